"""Work that waits for a job, made of few rows, and what has come of it when it is done."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from PIL import Image

from stickers.models import Generation, Size, Sticker
from stickertrendz import clock
from stickertrendz.ops import storage
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import shop_scenes as shop
from stickertrendz.tests.making import make_trend
from stickertrendz.tests.shop_scenes import TOPICS, Facts, work, world
from trends.models import Source, Trend
from trends.tests.make import posts_about

PLACES = ("aww", "memes", "cute")
DRAWN = "sleepy capybara in a bathtub"


@dataclass(frozen=True)
class Scene:
    """`done` tells what undisturbed and disturbed work must have in common, doubles at the sandbox included."""

    job: str
    prepare: Callable[[Sandbox], None]
    done: Callable[[Sandbox], Facts]
    settings: Facts = field(default_factory=dict)


# --- Trends -------------------------------------------------------------------------------------------------------
def talked_about(sandbox: Sandbox) -> None:
    """Two topics in three subreddits; searches are about nothing."""
    Source.objects.filter(kind="reddit").exclude(place__in=PLACES).update(enabled=False)
    world(sandbox, "reddit").play(posts_about(TOPICS, PLACES))
    world(sandbox, "google_trends").play([])


def discovered(sandbox: Sandbox) -> Facts:
    return {
        "sources": sorted(Source.objects.filter(enabled=True).values_list("place", "state")),
        "trends": sorted((one.topic, "scored" if one.scored_at else one.status) for one in Trend.objects.all()),
    }


# --- Designs ------------------------------------------------------------------------------------------------------
def to_draw(sandbox: Sandbox) -> None:
    make_trend(DRAWN)


def perhaps_bought(sandbox: Sandbox) -> None:
    """The answer to one of three orders was lost; it is time to look for the picture."""
    to_draw(sandbox)
    sandbox.faults.add(Fault("replicate", "predictions.create", "500_after", times=1))
    work("sticker_generator")
    clock.sleep(200)


def drawn(sandbox: Sandbox) -> Facts:
    there = world(sandbox, "replicate").predictions.values()
    return {
        "trend": Trend.objects.get().status,
        "pictures": sorted(Generation.objects.values_list("variant", "try_no", "status")),
        "designs": Counter(Sticker.objects.values_list("status", flat=True)),
        "doubles": sum(_bought_twice(one, other) for one, other in combinations(there, 2)),
    }


def _bought_twice(one: Facts, other: Facts) -> bool:
    """After an hour the service has removed the picture; buying it again is right then."""
    return bool(one["input"]["seed"] == other["input"]["seed"] and other["created"] - one["created"] < 3600)


def to_describe(sandbox: Sandbox) -> None:
    for topic in TOPICS:
        make_pending(topic)


def to_moderate(sandbox: Sandbox) -> None:
    for topic in TOPICS:
        make_pending(topic, title=f"{topic.title()} Sticker", tags=["free shipping"], description="Words.")


def make_pending(topic: str, **columns: Any) -> Sticker:
    trend = make_trend(topic, Trend.Status.GENERATED)
    generation = Generation.objects.create(
        trend=trend, variant=1, prompt=topic, model_version="1", seed=trend.pk, status=Generation.Status.PASSED
    )
    file = io.BytesIO()
    Image.new("RGBA", (300, 300), "green").save(file, "PNG")
    key = storage.key_for("tests", file.getvalue(), "1", "png")
    for where in ("public", "private"):
        storage.keep(where, key, file.getvalue())
    sticker = Sticker.objects.create(
        trend=trend, generation=generation, status=Sticker.Status.PENDING, thumbnail_key=key, **columns
    )
    Size.objects.create(sticker=sticker, size=Size.Inches.SMALL, dpi=300, print_key=key)
    return sticker


def judged(sandbox: Sandbox) -> Facts:
    return {
        "designs": sorted((one.trend.topic, one.status, bool(one.title), one.shelf) for one in Sticker.objects.all())
    }


MULE = {"FULFILLMENT_PROVIDER": "sticker_mule"}
HELD = {"ORDER_HOLD_MINUTES": 10_000}  # nothing is printed
SCENES = {
    "look for trends": Scene("trend_monitor", talked_about, discovered),
    "look for trends without keys": Scene("trend_monitor", talked_about, discovered, {"REDDIT_CLIENT_ID": ""}),
    "draw": Scene("sticker_generator", to_draw, drawn),
    "find a picture": Scene("sticker_generator", perhaps_bought, drawn),
    "describe": Scene("sticker_generator", to_describe, judged),
    "moderate": Scene("sticker_generator", to_moderate, judged),
    "publish": Scene("publisher", shop.to_publish, shop.listed),
    "renew the token": Scene("publisher", shop.to_publish_with_an_old_token, shop.listed),
    "remove a picture": Scene("publisher", shop.draft_with_a_picture_too_many, shop.listed),
    "change prices": Scene("push_changes", shop.price_changed, shop.listed),
    "archive": Scene("push_changes", shop.archived, shop.listed),
    "delete": Scene("push_changes", shop.rightly_complained_of, shop.listed),
    "take down": Scene("push_changes", shop.complained_of, shop.listed),
    "read views": Scene("analytics_sync", shop.to_count, shop.counted),
    "import orders": Scene("order_sync", shop.bought, shop.taken, HELD),
    "tell tracking": Scene("order_sync", shop.posted, shop.taken, HELD),
    "print": Scene("order_sync", shop.to_print, shop.printed, MULE),
    "find a print order": Scene("order_sync", shop.perhaps_sent, shop.printed, MULE),
    "follow prints": Scene("order_sync", shop.at_the_printer, shop.confirmed, MULE),
    "stop prints": Scene("order_sync", shop.cancelled_at_the_printer, shop.confirmed, MULE),
}
