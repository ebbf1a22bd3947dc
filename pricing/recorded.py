"""The shop's own sales and views as plain values: what was bought and seen at which price."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, pairwise

from django.conf import settings
from django.db.models import QuerySet

from fulfillment.models import OrderItem

from .book import paid
from .demand import USUAL
from .models import PriceChange, StickerDay

ENOUGH_SALES = 200
NOON = time(12, tzinfo=UTC)

Key = tuple[int, str]  # sticker and size
At = tuple[int, str, Decimal]  # and price


@dataclass(frozen=True, slots=True)
class Sale:
    """One order line. price: dollars each, before coupons. age: of the trend when it was sold."""

    sticker: int
    size: str
    units: int
    price: Decimal
    sold_at: datetime
    age: timedelta
    under_override: bool


@dataclass(frozen=True)
class Exposure:
    """One size of one sticker at one price: views of the sticker meanwhile, and units bought."""

    sticker: int
    size: str
    price: float
    views: float
    units: int


def lines() -> QuerySet[OrderItem]:
    """Order lines of ours that were paid and kept. A line is one decision to buy, however many it is for."""
    ours = OrderItem.objects.filter(refunded=False, sticker__isnull=False, size__in=list(USUAL))
    return paid(ours)


def standing(count: int) -> str:
    """How much a comparison is worth with so many recorded sales."""
    said = f"The database holds {count} sales, enough to argue with."
    if count < ENOUGH_SALES:
        said = (
            f"This is an assumption, not evidence, until there are {ENOUGH_SALES} real sales; there are {count} so far."
        )
    if count and not settings.LIVE:
        said += " The sandbox's customers made them: they say nothing about yours."
    return said


def sales() -> list[Sale]:
    """Oldest first."""
    columns = ("sticker", "size", "quantity", "unit_price", "sold_at", "sticker__trend__created_at", "under_override")
    return [
        Sale(sticker, size, units, price, at, at - trend_from, over)
        for sticker, size, units, price, at, trend_from, over in lines().order_by("sold_at", "pk").values_list(*columns)
    ]


def exposures(sold: Sequence[Sale]) -> list[Exposure]:
    """Units and views of the stickers that sold, by the price on show; only days whose views are known. Two queries.

    A day's price is the one on show at noon UTC; views between two readings are spread evenly over the days between.
    """
    shown = _shown({sale.sticker for sale in sold})
    sizes = defaultdict(list)
    for sticker, size in shown:
        sizes[sticker].append(size)
    views: dict[At, float] = defaultdict(float)
    known: set[tuple[int, date]] = set()
    for sticker, day, new in _new_views(sizes):
        known.add((sticker, day))
        for size in sizes[sticker]:
            if (price := _price_at(shown[sticker, size], datetime.combine(day, NOON))) is not None:
                views[sticker, size, price] += new
    units: dict[At, int] = defaultdict(int)
    for sale in sold:
        price = _price_at(shown.get((sale.sticker, sale.size), []), sale.sold_at)
        if price is not None and (sale.sticker, sale.sold_at.date()) in known:
            units[sale.sticker, sale.size, price] += sale.units
    return [Exposure(*key[:2], float(key[2]), seen, units[key]) for key, seen in views.items() if seen]


def _shown(stickers: set[int]) -> dict[Key, list[tuple[datetime, Decimal]]]:
    """Prices by when they were pushed, of every size of the stickers."""
    found: dict[Key, list[tuple[datetime, Decimal]]] = defaultdict(list)
    pushed = PriceChange.objects.filter(pushed_at__isnull=False).order_by("pushed_at", "pk")
    columns = ("offer__sticker", "offer__size", "pushed_at", "new_price")
    for sticker, size, at, price in pushed.values_list(*columns).iterator():
        if sticker in stickers and at is not None:
            found[sticker, size].append((at, price))
    return found


def _price_at(shown: Sequence[tuple[datetime, Decimal]], at: datetime) -> Decimal | None:
    number = bisect_right(shown, at, key=lambda change: change[0])
    return shown[number - 1][1] if number else None


def _new_views(stickers: Mapping[int, object]) -> Iterator[tuple[int, date, float]]:
    """Views of each day between two readings of the running total; a total that fell says nothing."""
    readings = StickerDay.objects.filter(views__isnull=False).order_by("sticker", "day")
    rows = readings.values_list("sticker", "day", "views").iterator()
    for sticker, found in groupby(rows, key=lambda row: row[0]):
        if sticker not in stickers:
            continue
        for (_, day, before), (_, later, after) in pairwise(found):
            days, new = (later - day).days, (after or 0) - (before or 0)
            if new >= 0:
                yield from ((sticker, day + timedelta(days=n), new / days) for n in range(days))


def slot_days() -> int:
    """Days on which stickers took a place on the shelf, as the daily figures counted them."""
    return StickerDay.objects.count()
