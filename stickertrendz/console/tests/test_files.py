"""Pictures in the console, in local folders or in buckets: the policy lets them show, private ones stay private."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from stickers.models import Generation, Size, Sticker
from stickertrendz.ops import storage
from trends.models import Trend

pytestmark = pytest.mark.django_db
HOST = "pictures.example.com"
PNG = b"\x89PNG a frog"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def r2(s3: str, settings: Settings) -> None:
    settings.AWS_S3_ENDPOINT_URL = s3
    settings.CLOUDFLARE_R2_ACCESS_KEY, settings.CLOUDFLARE_R2_SECRET_KEY = "access", "secret"
    settings.CLOUDFLARE_R2_BUCKET, settings.CLOUDFLARE_R2_PRIVATE_BUCKET = "shown", "kept"
    settings.CLOUDFLARE_R2_PUBLIC_HOST = HOST
    settings.STORAGES = dict(settings.STORAGES)  # changed, so that Django builds the storages anew
    client: Any = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="access", aws_secret_access_key="secret"
    )
    for bucket in ("shown", "kept"):
        client.create_bucket(Bucket=bucket)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.fixture
def sticker() -> Sticker:
    trend = Trend.objects.create(topic="frog", topic_normalized="frog", status="generated")
    drawn = Generation.objects.create(
        trend=trend, variant=1, seed=1, prompt="a frog", model_version="v", status="passed", original_key="o/frog.png"
    )
    made = Sticker.objects.create(
        trend=trend, generation=drawn, status="flagged", thumbnail_key="t/frog.png", listing_images=["l/frog.jpg"]
    )
    Size.objects.create(sticker=made, size=Size.Inches.SMALL, dpi=300, print_key="p/frog.png")
    return made


def page(client: Client, row: Sticker | Generation) -> str:
    return client.get(reverse(f"admin:stickers_{row._meta.model_name}_change", args=[row.pk])).content.decode()


def test_public_pictures_show_from_the_buckets_host_which_the_policy_allows(
    r2: None, owner: Client, sticker: Sticker
) -> None:
    listed = owner.get(reverse("admin:stickers_sticker_changelist"))
    assert f'src="https://{HOST}/t/frog.png"' in listed.content.decode()
    assert f'src="https://{HOST}/l/frog.jpg"' in page(owner, sticker)
    [pictures] = [part for part in listed.headers["Content-Security-Policy"].split("; ") if part.startswith("img-src")]
    assert pictures == f"img-src 'self' data: blob: https://{HOST}"


def test_private_files_in_a_bucket_are_shown_by_the_console_alone(r2: None, owner: Client, sticker: Sticker) -> None:
    for key in ("p/frog.png", "o/frog.png"):
        storage.keep("private", key, PNG)
    for shown, key in ((page(owner, sticker), "p/frog.png"), (page(owner, sticker.generation), "o/frog.png")):
        assert f'src="/media/private/{key}"' in shown
        assert "X-Amz-Signature" not in shown
        answer = owner.get(f"/media/private/{key}")
        assert (answer["Content-Type"], b"".join(answer)) == ("image/png", PNG)
    owner.logout()
    assert owner.get("/media/private/p/frog.png").status_code == 302


def test_without_a_host_of_its_own_the_bucket_is_read_through_the_console(
    r2: None, settings: Settings, owner: Client, sticker: Sticker
) -> None:
    settings.CLOUDFLARE_R2_PUBLIC_HOST = ""
    settings.STORAGES = dict(settings.STORAGES)
    storage.keep("public", "t/frog.png", PNG)
    listed = owner.get(reverse("admin:stickers_sticker_changelist"))
    assert 'src="/media/public/t/frog.png"' in listed.content.decode()
    assert "img-src 'self' data: blob:;" in listed.headers["Content-Security-Policy"]
    assert b"".join(owner.get("/media/public/t/frog.png")) == PNG


@pytest.mark.parametrize("bucket", [False, True])
@pytest.mark.parametrize("key", ["nothing.png", "../../secret.txt", "p"])
def test_what_is_not_there_or_outside_is_not_found(
    request: pytest.FixtureRequest, owner: Client, bucket: bool, key: str
) -> None:
    if bucket:
        request.getfixturevalue("r2")
    storage.keep("private", "p/frog.png", PNG)
    assert owner.get(f"/media/private/{key}").status_code == 404
