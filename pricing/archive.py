"""Takes the quietest designs off the shelf, and only where the figures really say that they are quiet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, DecimalField, F, Max, Min, QuerySet, Sum

from fulfillment import costs
from fulfillment.models import OrderItem
from stickers.models import Sticker

from . import rules
from .book import NOT_SOLD, Book
from .models import Offer, Override, StickerDay

QUIET = timedelta(days=14)
DAYS_WITH_STATS = 10
OLD_TREND = timedelta(days=30)
ROOMY = 280
PROTECTING = (Override.Scope.OFFER, Override.Scope.STICKER)


@dataclass(frozen=True)
class Leaving:
    sticker_id: int
    why: str


@dataclass(frozen=True)
class Figures:
    """Of one design with enough days and stats to be judged."""

    sticker_id: int
    new_views: int
    sold: bool
    trend_age: timedelta
    profit_per_day: Decimal

    @property
    def quiet(self) -> bool:
        return not self.sold and self.new_views == 0

    @property
    def weakness(self) -> tuple[bool, Decimal]:
        """Sorts first what leaves first: old trends that are looked at but not bought, then the least profit a day."""
        looked_at_only = self.trend_age >= OLD_TREND and not self.sold
        return not looked_at_only, self.profit_per_day


def leaving(book: Book) -> list[Leaving]:
    """Without sale and new view for 14 days; and above 280 on sale, the weakest until 280 are left."""
    protected = _protected(book)
    judged = [one for one in _figures(book) if one.sticker_id not in protected]
    quiet = [one for one in judged if one.quiet]
    rest = sorted((one for one in judged if not one.quiet), key=lambda one: one.weakness)
    too_many = max(0, _on_sale().count() - len(quiet) - ROOMY)
    return [Leaving(one.sticker_id, "no sale and no new view for 14 days") for one in quiet] + [
        Leaving(one.sticker_id, f"weakest of too many: ${one.profit_per_day:.3f} a day") for one in rest[:too_many]
    ]


def take_off(one: Leaving, now: datetime) -> bool:
    """False when somebody else decided about its shelf meanwhile."""
    wanted = Sticker.objects.filter(pk=one.sticker_id, shelf=Sticker.Shelf.WANTED)
    return bool(wanted.update(shelf=Sticker.Shelf.ARCHIVED, shelf_since=now, shelf_why=one.why))


def _on_sale() -> QuerySet[Sticker]:
    return Sticker.objects.filter(shelf=Sticker.Shelf.WANTED, published_at__isnull=False)


def _figures(book: Book) -> list[Figures]:
    """Designs on sale for 14 full days with stats on ten of them: missing stats never archive."""
    since = book.now - QUIET
    views = _new_views(since)
    sold = set(_sold().filter(sold_at__gte=since).values_list("sticker", flat=True))
    profits = _profits(book)
    rows = _on_sale().filter(shelf_since__lte=since, published_at__lte=since)
    found = []
    for key, trend_from, shelved, published in rows.values_list(
        "pk", "trend__created_at", "shelf_since", "published_at"
    ):
        if key in views and published:
            days = Decimal((book.now - max(shelved, published)).days)
            profit = profits.get(key, Decimal(0)) / days
            found.append(Figures(key, views[key], key in sold, book.now - trend_from, profit))
    return found


def _new_views(since: datetime) -> dict[int, int]:
    known = StickerDay.objects.filter(day__gte=since.date()).values("sticker").order_by()
    counted = known.annotate(days=Count("views"), least=Min("views"), most=Max("views")).filter(
        days__gte=DAYS_WITH_STATS
    )
    return {row["sticker"]: row["most"] - row["least"] for row in counted}


def _sold() -> QuerySet[OrderItem]:
    return (
        OrderItem.objects.filter(refunded=False, sticker__isnull=False).exclude(order__status__in=NOT_SOLD).order_by()
    )


def _profits(book: Book) -> dict[int, Decimal]:
    """Profit of each design since it went on the shelf, by the dearest way of sending it."""
    fees = rules.FEES[settings.ETSY_FEES]
    income = Sum(F("unit_price") * F("quantity"), output_field=DecimalField(max_digits=14, decimal_places=2))
    sales = _sold().filter(sold_at__gte=F("sticker__shelf_since")).values("sticker", "size")
    profits: dict[int, Decimal] = {}
    for row in sales.annotate(income=income, units=Sum("quantity")):
        cost = costs.dearest(book.costs, row["size"]).total + fees.fixed
        profit = row["income"] * (1 - fees.rate) - cost * row["units"]
        profits[row["sticker"]] = profits.get(row["sticker"], Decimal(0)) + profit
    return profits


def _protected(book: Book) -> set[int]:
    """Held at a tier by sales, or priced by hand or as viral by an override in force."""
    found: set[int] = set()
    offers = Offer.objects.filter(sticker__shelf=Sticker.Shelf.WANTED)
    for offer_id, sticker, tier, tags, trend_from in offers.values_list(
        "pk", "sticker", "tier", "sticker__tags", "sticker__trend__created_at"
    ):
        over = book.in_force.over(offer_id, sticker, tags, tier)
        by_hand = over is not None and (over.scope in PROTECTING or over.kind == Override.Kind.VIRAL)
        if by_hand or tier != book.natural_tier(trend_from).name:
            found.add(sticker)
    return found
