"""Replicate itself: a prompt becomes a PNG picture. Costs about a cent."""

import io
from datetime import timedelta

import pytest
from django.conf import settings
from PIL import Image

from stickers.adapters import replicate
from stickers.adapters.replicate import Prediction, Wish
from stickertrendz import clock
from stickertrendz.ops import intents

pytestmark = [
    pytest.mark.live(
        "REPLICATE_API_TOKEN",
        REPLICATE_BASE_URL="https://api.replicate.com", REPLICATE_OUTPUT_HOSTS=["replicate.delivery"],
    ),
    pytest.mark.usefixtures("real_service"),
    pytest.mark.django_db,
    pytest.mark.timeout(400),
]  # fmt: skip
PATIENCE = timedelta(minutes=5)  # a cold start takes minutes


def test_a_prompt_becomes_a_picture_that_can_be_found_again() -> None:
    begun = clock.now()
    seed = int(begun.timestamp()) % 1_000_000_000
    wish = Wish(settings.REPLICATE_MODEL_VERSION, "a sticker of a sleepy frog, white background", "text", seed)
    made = replicate.create(wish, estimate_micro=10_000, intent=intents.plan("prediction", f"live test {seed}"))
    ended = _wait(made)
    assert ended.status == "succeeded", ended.error
    found = replicate.find(wish, since=begun - timedelta(minutes=1), subject="")
    assert found is not None
    assert found.id == made.id
    with Image.open(io.BytesIO(replicate.download(ended.outputs[0], subject=""))) as picture:
        assert (picture.format, picture.size) == ("PNG", (1024, 1024))


def _wait(made: Prediction) -> Prediction:
    deadline = clock.now() + PATIENCE
    while made.status in ("starting", "processing") and clock.now() < deadline:
        clock.sleep(3)
        made = replicate.get(made.id, subject="")
    return made
