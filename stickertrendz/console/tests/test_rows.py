"""One row of everything: its list and its own page open."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse

from etsy.models import Difference, LedgerEntry, Listing, Recall, SearchWeek, SetupObject, TakedownNotice, Token
from fulfillment.models import AccessLog, Order, OrderItem, PrintJob, PrivacyRequest, Shipment
from pricing.models import Offer, Override, PriceChange, StickerDay
from stickers.models import Exemption, Generation, Rescan, Sample, SampledDesign, Size, Sticker
from stickertrendz import clock
from stickertrendz.console import front_needs
from stickertrendz.ops import alerts, audit, intents, ledger, switches, transcripts
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.models import ErrorLog, Health, Metric, Run, Stamp
from stickertrendz.ops.work import WorkItem
from trends import blocklists
from trends.models import BlockedTopic, Cycle, Replay, Signal, Source, Trend

pytestmark = pytest.mark.django_db
OURS = {"ops", "trends", "stickers", "fulfillment", "pricing", "etsy"}
MODELS = sorted((m for m in admin.site._registry if m._meta.app_label in OURS), key=lambda model: model._meta.label)
NOW = clock.now()
DUE = NOW + timedelta(days=3)


@pytest.fixture
def everything() -> None:
    """A shop in small: one row of each kind."""
    sticker = _make_design()
    _make_order(sticker)
    _make_channel(sticker)
    _make_machinery()


def _make_design() -> Sticker:
    source = Source.objects.create(kind="reddit", place="frogs_of_the_day")
    signal = Signal.objects.create(source=source, native_id="a", text="A frog in a cup", score=9, created_at=NOW)
    trend = Trend.objects.create(
        topic="frog", topic_normalized="frog", status="published", rank_parts={"velocity": 1.5}
    )
    trend.signals.add(signal)
    Replay.objects.create(trend=trend, status="asked")
    Cycle.objects.create(
        run=Run.objects.create(workflow="trend_monitor", started_at=NOW, lease_until=NOW, status="completed"), topics=1
    )
    BlockedTopic.objects.create(topic="x", day=NOW.date(), term="x", kind="trademark")
    made = Generation.objects.create(
        trend=trend, variant=1, prompt="a frog", model_version="v", seed=1, status="passed"
    )
    sticker = Sticker.objects.create(
        trend=trend, generation=made, title="Frog", status="approved", thumbnail_key="t/a.png"
    )
    Size.objects.create(sticker=sticker, size="3in", dpi=300, print_key="p/a.png")
    Rescan.objects.create(after=0, until=1)
    term = blocklists.add("Frogco", "trademark", by="owner", why="test")  # with the row of the revision
    Exemption.objects.create(sticker=sticker, term=term, by="owner", why="test")
    return sticker


def _make_order(sticker: Sticker) -> None:
    order = Order.objects.create(
        receipt_id=1, ordered_at=NOW, etsy_updated_at=NOW, ship_by=DUE, total_amount=Decimal("4.49"), status="paid"
    )
    item = OrderItem.objects.create(
        order=order, transaction_id=1, sticker=sticker, size="3in", quantity=1, unit_price=Decimal("4.49"), sold_at=NOW
    )
    PrintJob.objects.create(item=item, provider="self_usps", status="waiting")
    Shipment.objects.create(order=order, shipped_at=NOW, status="new")
    AccessLog.objects.create(order=order, who="owner", why="label")
    PrivacyRequest.objects.create(kind="export", due_at=DUE)


def _make_channel(sticker: Sticker) -> None:
    price = {"wanted_price": Decimal("5.49"), "floor_price": Decimal("3.49")}
    offer = Offer.objects.create(sticker=sticker, size="3in", tier="just_dropped", tier_since=NOW, **price)
    PriceChange.objects.create(
        offer=offer, new_price=Decimal("5.49"), tier="just_dropped", reason="new", shipping_cost=Decimal("0.78"),
        floor_price=Decimal("3.49"),
    )  # fmt: skip
    Override.objects.create(kind="fixed", scope="offer", offer=offer, starts_at=NOW, reason="test")
    StickerDay.objects.create(sticker=sticker, day=NOW.date(), views=3)
    Token.objects.create(shop_id=1, access_sealed="x", refresh_sealed="y", expires_at=DUE)
    SetupObject.objects.create(kind="taxonomy", etsy_id=1)
    listing = Listing.objects.create(sticker=sticker, etsy_id=5, status="active")
    TakedownNotice.objects.create(
        listing=listing, status="received", received_at=NOW, complainant="A firm", claim="ours"
    )
    Recall.objects.create(kind="model", value="9f", why="a gun", by="owner", designs=1)
    Difference.objects.create(kind="title", about="ST-000001", key=listing.pk, here="A frog", there="Hello")
    sample = Sample.objects.create(week=NOW.date(), seed=1, drawn_from=1)
    SampledDesign.objects.create(sample=sample, sticker=sticker, position=1, reason="a gun")
    SearchWeek.objects.create(monday=NOW.date(), listings=1, views=2, sales=3)
    LedgerEntry.objects.create(
        entry_id=1, posted_at=NOW, type="transaction", amount=Decimal("-0.29"), currency="USD", listing=listing
    )


def _make_machinery() -> None:
    run = Run.objects.create(workflow="publisher", started_at=NOW, lease_until=NOW, status="completed", counts={"x": 1})
    ErrorLog.objects.create(run=run, step="publish", error_type="api_error", error_message="no", created_at=NOW)
    alerts.alert("key", "Title", "Text")
    audit.record("owner", "looked")
    intents.plan("draft", "ST-000001")
    ledger.open_call("etsy", "getListing", "", (Reserve("etsy"),))
    transcripts.record("score", subject="", model="m", prompt_version="score/1", request="q", answer="a", cost_micro=7)
    switches.throw("publishing", "prices look wrong", by="owner")
    Metric.objects.create(day=NOW.date(), name="orders", value=Decimal(3))
    Health.objects.create(name="worker", since=NOW, seen_at=NOW)
    Stamp.objects.get_or_create(pk=1, defaults={"mode": "sandbox", "shop_id": 1, "created_at": NOW})


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_its_list_and_its_page_open(client: Client, model: type[models.Model]) -> None:
    client.force_login(User.objects.create_superuser("owner"))
    row = model._default_manager.first()
    assert row, "make one above"
    name = f"admin:{model._meta.label_lower.replace('.', '_')}"
    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    assert client.get(reverse(f"{name}_change", args=[row.pk]), follow=True).status_code == 200


@pytest.mark.usefixtures("everything")
def test_every_kind_of_parked_row_is_counted_on_the_front_page() -> None:
    kinds = [model for model in MODELS if issubclass(model, WorkItem)]
    for model in kinds:
        model.objects.update(needs_attention="Look at this.")
    parked = [task for task in front_needs.tasks(NOW) if "cannot go on with" in task.words]
    assert {task.model: task.count for task in parked} == {m._meta.label_lower: m.objects.count() for m in kinds}
    assert len(parked) == len(kinds) == 9
