"""Four days of the shop for the front page: the first one, a quiet one, a busy one and a broken one."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from etsy.models import Difference, Listing, TakedownNotice
from fulfillment.models import Order, OrderItem, PrintJob, PrivacyRequest, Shipment
from fulfillment.tests.making import make_sticker
from pricing.models import Offer, PriceChange
from stickers.models import Sample, SampledDesign, Sticker
from stickertrendz import clock
from stickertrendz.ops import alerts, joblist, meters, switches
from stickertrendz.ops.models import ErrorLog, Health, Mail, Meter, Metric, Run
from trends.models import Signal, Source

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LINES = {"gross_revenue": "31.43", "orders": "7", "units": "7", "etsy_fees": "6.14", "listing_fees": "0.80",
         "print_cost": "10.50", "postage": "5.46", "packaging": "1.05", "ai_spend": "2.90", "coupons": "1.20",
         "refunds": "0", "active_listings": "112", "runs": "200", "runs_failed": "2", "etsy_calls": "840",
         "estimated_profit": "8.28", "closed": "1"}  # fmt: skip
PLACE = "frogs_of_the_day"
TIERS = ("just_dropped", "trending", "cooling", "evergreen")


def first_day() -> None:
    """Nothing has happened yet."""


def quiet_day() -> None:
    """Forty days of sales, all jobs well, nothing to do."""
    now = clock.now()
    Health.objects.create(name="worker", since=now - DAY, seen_at=now)
    Source.objects.create(kind="reddit", place=PLACE, state="good")
    Run.objects.bulk_create(
        Run(workflow=name, started_at=now - HOUR / 30, ended_at=now, lease_until=now, status="completed")
        for name in joblist.jobs()
    )
    Metric.objects.bulk_create(
        Metric(day=(now - DAY * back).date(), name=name, value=_value(name, value, back))
        for back in range(1, 41)
        for name, value in LINES.items()
    )
    meters.spend("ai", 61_370_000, now)
    meters.spend("listing_fees", 14_200_000, now)
    meters.spend("etsy", 812, now)
    for number in range(8):
        _on_sale(TIERS[number % 3])
    sold(now)


def _value(name: str, value: str, back: int) -> Decimal:
    """Up and down through the week, and growing."""
    swings = name in ("gross_revenue", "orders", "ai_spend")
    share = Decimal(60 + (back * 37) % 70 + (40 - back)) / 100 if swings else Decimal(1)
    return round(Decimal(value) * share, 2)


def _on_sale(tier: str, **columns: Any) -> Listing:
    sticker, now = make_sticker(sizes=(), thumbnail_key="", **columns), clock.now()
    price = {"wanted_price": Decimal("4.49"), "floor_price": Decimal("3.49")}
    Offer.objects.create(sticker=sticker, size="3in", tier=tier, tier_since=now, **price)
    return Listing.objects.create(sticker=sticker, status="active", first_active_at=now - DAY * 30)


def sold(at: datetime, **columns: Any) -> Order:
    """One order of one sticker, bought then."""
    number, now = Order.objects.count() + 1, clock.now()
    known = {"status": "shipped", "ship_by": now + DAY * 3, "total_amount": Decimal("4.49"), **columns}
    order = Order.objects.create(receipt_id=number, ordered_at=at, etsy_updated_at=at, **known)
    OrderItem.objects.create(
        order=order, transaction_id=number, size="3in", quantity=1, unit_price=Decimal("4.49"), sold_at=at
    )
    return order


def busy_day(many: int = 3) -> None:
    """Of everything that can wait for a person, so many rows."""
    quiet_day()
    now = clock.now()
    alerts.alert("busy", "Etsy asked for a new agreement", "Sign in there and agree.")
    sample = Sample.objects.create(week=now.date(), seed=1, drawn_from=many)
    for number in range(many):
        make_sticker(sizes=(), status="flagged", shelf="none")
        make_sticker(sizes=(), shelf="withdrawn", shelf_why="blocklist: a term")
        rejected = make_sticker(sizes=(), status="rejected", shelf="none")
        SampledDesign.objects.create(sample=sample, sticker=rejected, position=number, reason="a gun")
        _orders(number)
        _shop(number)
        PrivacyRequest.objects.create(kind="export", due_at=now + DAY * 20)
        ErrorLog.objects.create(step="draw", error_type="api_error", error_message="no answer", created_at=now)
        Mail.objects.create(to="x", subject="x", text="x", attempts=4, not_before=now, created_at=now)
    park(many)


def _orders(number: int) -> None:
    now = clock.now()
    sold(now, status="needs_address")
    sold(now, status="paid", ship_by=now - HOUR)
    soon = sold(now, status="pending_manual", ship_by=now + HOUR)
    PrintJob.objects.create(item=soon.items.get(), provider="self_usps", status="sent")
    ended = sold(now, status="cancelled")
    PrintJob.objects.create(item=ended.items.get(), provider="self_usps", status="printed")
    Shipment.objects.create(order=sold(now), shipped_at=now, status="by_hand", tracking_code=f"9400{number}")


def _shop(number: int) -> None:
    now, listing = clock.now(), _on_sale("trending")
    for status in ("received", "down", "questionable"):
        TakedownNotice.objects.create(
            listing=listing, status=status, received_at=now - HOUR * 20, complainant=f"A firm {status}", claim="ours"
        )
    Difference.objects.create(kind="title", about="ST-000001", key=number, here="A frog", there="Hello")
    PriceChange.objects.create(
        offer=listing.sticker.offers.get(), new_price=Decimal("3.99"), tier="cooling", reason="halted",
        status="proposed", shipping_cost=Decimal("0.78"), floor_price=Decimal("3.49"),
    )  # fmt: skip
    back = make_sticker(sizes=(), shelf="archived", shelf_since=now - DAY)
    source = Source.objects.get(place=PLACE)
    back.trend.signals.add(
        Signal.objects.create(source=source, native_id=f"n{number}", text="A teapot", score=1, created_at=now)
    )


def park(many: int) -> None:
    """So many designs and listings that the shop cannot go on with."""
    for model, status in ((Sticker, "approved"), (Listing, "active")):
        keys = model.objects.filter(status=status).values_list("pk", flat=True)[:many]
        model.objects.filter(pk__in=list(keys)).update(needs_attention="The picture is gone: draw it again.")


def broken_day() -> None:
    """The worker is silent, Etsy is halted, a service rests, a source is dead, a job failed, money runs out."""
    quiet_day()
    now = clock.now()
    Health.objects.update(seen_at=now - HOUR)
    Run.objects.filter(workflow="trend_monitor").update(status="failed")
    Run.objects.filter(workflow="order_sync").update(started_at=now - HOUR * 3)
    switches.throw("etsy", "the token was refused: connect Etsy again", by="etsy")
    Meter.objects.create(name="breaker:replicate", window=meters.EPOCH, used=3, until=now + HOUR / 2)
    Source.objects.update(state="dead")
    meters.spend("ai", 80_000_000, now)
    Metric.objects.filter(name="print_cost").update(value=Decimal("40"))
    sold(now, status="paid", ship_by=now - HOUR)
    park(2)
    for _ in range(4):
        ErrorLog.objects.create(step="draw", error_type="api_error", error_message="no answer", created_at=now)


SCENES = {"first": first_day, "quiet": quiet_day, "busy": busy_day, "broken": broken_day}
