"""Offers on sale, sales and runs of the engine for tests of pricing."""

from datetime import timedelta
from decimal import Decimal

from fulfillment.models import Order
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from pricing import plan
from pricing.book import Book, read_book
from pricing.models import Offer, PriceChange, Tier
from pricing.plan import Plan
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.models import Run

DAY = timedelta(days=1)


def offer_at_tier(tier: str, *, trend_age: timedelta, size: str = "3in", **columns: object) -> Offer:
    """An offer on sale whose trend has aged since its price was set and pushed."""
    sticker = make_sticker(trend_age=trend_age, sizes=(size,), **columns)
    plan.open_offers(sticker)
    row = Tier.objects.get(name=tier)
    price = row.price_small if size == "3in" else row.price_large
    offers = Offer.objects.filter(sticker=sticker)
    offers.update(tier=tier, wanted_price=price, pushed_price=price, reason="before", under_override=False)
    PriceChange.objects.filter(offer__sticker=sticker).update(
        status="pushed", tier=tier, new_price=price, pushed_at=clock.now()
    )
    return offers.get()


def sell(offer: Offer, units: int, tier: str = "", **fields: object) -> Order:
    line = make_line(offer.sticker, offer.size, quantity=units, tier=tier or offer.tier, **fields)
    return take(make_receipt(line))[0]


def book() -> Book:
    return read_book(clock.now())


def run_plan() -> Plan:
    todays = plan.make_plan(book())
    plan.apply(todays)
    return todays


def run_engine() -> Run:
    """A plan applied by a run of its own, without its alerts and archiver."""
    now = clock.now()
    run = Run.objects.create(workflow="pricing_engine", status="completed", started_at=now, lease_until=now)
    plan.apply(plan.make_plan(book()), run)
    return run


def push_all() -> None:
    """Etsy shows every wanted price, as etsy writes it down."""
    for offer in Offer.objects.all():
        Offer.objects.filter(pk=offer.pk).update(pushed_price=offer.wanted_price)
        waiting = PriceChange.objects.filter(offer=offer, status="approved", new_price=offer.wanted_price)
        waiting.update(status="pushed", pushed_at=clock.now())


def prices() -> list[Decimal]:
    return list(Offer.objects.order_by("pk").values_list("wanted_price", flat=True))


def design(offer: Offer) -> Sticker:
    return Sticker.objects.get(pk=offer.sticker_id)
