"""Rows that whole flows start from: prices and costs, trends, and designs ready to be put on sale."""

import io
from importlib import import_module

from django.apps import apps
from django.core.management import call_command
from PIL import Image

from stickers.models import Generation, Size, Sticker
from stickertrendz.ops import storage
from trends.models import Trend

PICTURES = 3
TAGS = [
    "otter sticker", "sea otter", "river otter", "otter gift", "holding hands", "ocean life", "vinyl sticker",
    "laptop sticker", "waterproof decal", "funny sticker", "gift for him", "small gift", "free shipping",
]  # fmt: skip


def empty_tables() -> None:
    """Nothing but prices and costs: what a test that commits begins with, whichever ran before it."""
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    for migration in ("pricing.migrations.0002_tiers", "fulfillment.migrations.0002_costs"):
        import_module(migration).add(apps, None)


def make_trend(topic: str, status: str = Trend.Status.DISCOVERED) -> Trend:
    return Trend.objects.create(
        topic=topic, topic_normalized=topic, keywords=topic.split(), sources=["reddit"], status=status,
        score_overall="8.5",
    )  # fmt: skip


def make_sticker(topic: str = "otters holding hands") -> Sticker:
    """An approved design in both sizes that should be on sale, with its pictures in storage."""
    trend = make_trend(topic, Trend.Status.GENERATED)
    generation = Generation.objects.create(
        trend=trend, variant=1, prompt=topic, model_version="1", seed=trend.pk, status=Generation.Status.PASSED
    )
    sticker = Sticker.objects.create(
        trend=trend, generation=generation, status=Sticker.Status.APPROVED, shelf=Sticker.Shelf.WANTED, tags=TAGS,
        listing_images=[_kept(picture(topic, rank)) for rank in range(PICTURES)],
        title=f"{topic.title()} Sticker - Cute Vinyl Decal - Laptop Water Bottle Sticker - Trending Animals",
        description="Otters.\n\nFREE SHIPPING!\n\nThis sticker design was created with the assistance of AI tools.",
    )  # fmt: skip
    for size in Size.Inches:
        Size.objects.create(sticker=sticker, size=size, dpi=300, print_key=f"prints/{sticker.number}-{size}.png")
    return sticker


def picture(topic: str, rank: int) -> bytes:
    """A small PNG, as long as Etsy wants it, another one for each topic and rank."""
    out = io.BytesIO()
    Image.new("RGB", (2000, 20), (sum(topic.encode()) % 256, 80 * rank, 120)).save(out, "PNG")
    return out.getvalue()


def _kept(content: bytes) -> str:
    return storage.keep("public", storage.key_for("listings/test", content, "1", "png"), content)
