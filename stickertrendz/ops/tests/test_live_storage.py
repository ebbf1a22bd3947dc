"""Cloudflare R2 itself: a picture goes up, comes back the same, by our key and by its address, and is removed."""

import io
import uuid
from collections.abc import Iterator

import httpx
import pytest
from django.core.files.storage import storages
from PIL import Image
from pytest_django.fixtures import Settings

from stickertrendz.ops import storage

pytestmark = [
    pytest.mark.live(
        "AWS_S3_ENDPOINT_URL", "CLOUDFLARE_R2_ACCESS_KEY", "CLOUDFLARE_R2_SECRET_KEY", "CLOUDFLARE_R2_BUCKET",
        "CLOUDFLARE_R2_PRIVATE_BUCKET", CLOUDFLARE_R2_PUBLIC_HOST="",
    ),
    pytest.mark.usefixtures("real_service"),
]  # fmt: skip


@pytest.fixture
def key(real_service: None, settings: Settings) -> Iterator[str]:
    settings.STORAGES = dict(settings.STORAGES)  # changed, so that Django builds the storages anew
    key = f"live-test/{uuid.uuid4().hex}.png"
    yield key
    for where in ("public", "private"):
        storages[where].delete(key)
        assert not storages[where].exists(key)


@pytest.mark.parametrize("where", ["public", "private"])
def test_a_picture_goes_up_and_comes_back_the_same(key: str, where: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "green").save(out, "PNG")
    storage.keep(where, key, out.getvalue())
    assert storage.load(where, key) == out.getvalue()
    answer = httpx.get(storages[where].url(key), timeout=30)
    assert (answer.status_code, answer.content) == (200, out.getvalue())
