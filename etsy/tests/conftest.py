"""A connected and set-up shop in the sandbox, and designs ready to be put on sale."""

import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from PIL import Image

from etsy import contract, setup
from etsy.models import Listing, Token
from pricing import plan
from stickers.models import Generation, Size, Sticker
from stickertrendz.ops import crypto, queue, storage
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends.models import Trend

PARTNER = 66600001
TAGS = [
    "frog sticker", "cottagecore", "mushroom frog", "frog gift", "toad decal", "pond life", "vinyl sticker",
    "laptop sticker", "waterproof decal", "funny sticker", "gift for her", "cute animal", "free shipping",
]  # fmt: skip
JOBS = [
    Job("publisher", "etsy.jobs.publisher", "*/10 * * * *", "test", "publishing"),
    Job("push_changes", "etsy.jobs.push_changes", "*/10 * * * *", "test", "etsy"),
    Job("import_orders", "etsy.receipts.import_orders", "*/15 * * * *", "test", "etsy"),
    Job("push_tracking", "etsy.tracking.push_tracking", "*/15 * * * *", "test", "etsy"),
    Job("sync_stats", "etsy.stats.sync_stats", "0 8 * * *", "test", "etsy"),
]
MakeSticker = Callable[..., Sticker]


@pytest.fixture(autouse=True)
def _settings(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.ETSY_PRODUCTION_PARTNER_IDS = [PARTNER]
    settings.MEDIA_ROOT = tmp_path
    settings.JOB_LIST = "etsy.tests.conftest.JOBS"
    monkeypatch.setattr(queue, "enqueue", lambda name: None)


@pytest.fixture
def world(sandbox: Sandbox) -> Any:
    """Etsy as the sandbox keeps it, with room for a busy test."""
    found: Any = sandbox.worlds["etsy"]
    found.settings["per_second"] = 1000
    return found


@pytest.fixture
def shop(world: Any, db: None) -> Any:
    """The shop with its owner's consent and everything listings refer to."""
    call_command("etsy_authorize", stdout=io.StringIO())
    call_command("etsy_setup", stdout=io.StringIO())
    return world


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2000, 2000), (shade, 200, 120)).save(out, "JPEG", quality=20)
    return out.getvalue()


@pytest.fixture
def make_sticker(db: None) -> MakeSticker:
    def make(topic: str = "mushroom frog", score: str = "7.5", shelf: str = "wanted") -> Sticker:
        number = Trend.objects.count() + 1
        trend = Trend.objects.create(
            topic=topic, topic_normalized=f"{topic} {number}", status="generated", score_overall=score
        )
        generation = Generation.objects.create(
            trend=trend, variant=1, prompt="a frog", model_version="1", seed=number, status="passed"
        )
        keys = [storage.keep("public", f"listing/{number}-{rank}.jpg", picture(rank * 40)) for rank in (1, 2, 3)]
        sticker = Sticker.objects.create(
            trend=trend, generation=generation, status="approved", shelf=shelf, listing_images=keys, tags=TAGS,
            title=f"{topic.title()} Sticker - Cute Vinyl Decal - Laptop Water Bottle Sticker - Trending Animals",
            description="A frog.\n\nFREE SHIPPING!\n\nThis sticker design was created with the assistance of AI tools.",
        )  # fmt: skip
        for size in ("3in", "4in"):
            Size.objects.create(sticker=sticker, size=size, dpi=300, print_key=f"print/{number}-{size}.png")
        return sticker

    return make


@pytest.fixture
def priced_sticker(make_sticker: MakeSticker) -> Sticker:
    sticker = make_sticker()
    plan.open_offers(sticker)
    return sticker


def live(world: Any) -> list[dict[str, Any]]:
    return [listing for listing in world.listings.values() if listing["state"] == "active"]


def fault(sandbox: Sandbox, operation: str, kind: str, times: int | None = 1, **more: Any) -> None:
    sandbox.faults.add(Fault("etsy", operation, kind, times, **more))


def operations(sandbox: Sandbox) -> list[str]:
    return [call["operation"] for call in sandbox.calls() if call["service"] == "etsy"]


@pytest.fixture
def on_sale(shop: Any, make_sticker: MakeSticker) -> Listing:
    make_sticker()
    run_job("publisher")
    return Listing.objects.get(status="active")


@pytest.fixture
def about(shop: Any, on_sale: Listing, sandbox: Sandbox) -> contract.Ids:
    """A listing on sale, its picture, a paid receipt of it and the set-up objects, for calling each operation once."""
    assert on_sale.etsy_id
    shop.settings["per_second"] = 1000
    bought = httpx.post(f"{sandbox.url}/_sandbox/buy", json={"listing_id": on_sale.etsy_id}).json()
    ids = setup.ids()
    return contract.Ids(
        listing=on_sale.etsy_id, image=on_sale.images_seen[0], receipt=bought["receipt_id"], taxonomy=ids.taxonomy,
        readiness=ids.readiness, returns=ids.returns, shipping=ids.shipping, section=ids.sections["Popular"],
        variation=ids.variation, access_token=crypto.unseal(crypto.TOKEN, Token.objects.get().access_sealed),
        refresh_token=crypto.unseal(crypto.TOKEN, Token.objects.get().refresh_sealed),
    )  # fmt: skip


def changes() -> Run:
    assert run_job("push_changes")[0] == 0
    return Run.objects.filter(workflow="push_changes").latest("pk")
