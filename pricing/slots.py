"""What each place on the shelf earns: profit per slot-day of every design on sale, and which are the weakest."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, DecimalField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum

from fulfillment import costs
from fulfillment.fees import FEES
from fulfillment.models import Order, OrderItem
from stickers.models import Sticker
from stickertrendz.money import ZERO

from . import rules
from .book import Book, paid
from .models import Offer, Override, StickerDay

QUIET = timedelta(days=14)
DAYS_WITH_STATS = 10
OLD_TREND = timedelta(days=30)
UNSEEN = timedelta(days=3)
DEARER_SIZE = "4in"  # what a sale cost whose size the marketplace did not tell
Kind = Override.Kind


@dataclass(frozen=True, slots=True)
class Sales:
    """Of one design since it went on the shelf: net units, their profit in dollars, and units of the last 14 days."""

    units: int = 0
    lately: int = 0
    profit: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Slot:
    """One design on sale.

    days: whole days on sale. profit: dollars since it went on the shelf, the listing fee of its slot taken off.
    new_views: in the last 14 days; None when too few days are known. kept: why it is never archived; empty otherwise.
    """

    sticker_id: int
    title: str
    since: datetime
    days: int
    units: int
    sold_lately: int
    profit: Decimal
    new_views: int | None
    trend_age: timedelta
    kept: str

    @property
    def per_day(self) -> Decimal:
        """Dollars a slot-day."""
        return self.profit / max(self.days, 1)

    @property
    def is_judged(self) -> bool:
        """Long enough on sale and with enough stats: what is not known never archives."""
        return self.days >= QUIET.days and self.new_views is not None

    @property
    def may_leave(self) -> bool:
        return self.is_judged and not self.kept

    @property
    def is_quiet(self) -> bool:
        return not self.sold_lately and self.new_views == 0

    @property
    def is_only_looked_at(self) -> bool:
        """An old trend whose design is seen but not bought: it has the evergreen price already."""
        return self.trend_age >= OLD_TREND and not self.sold_lately and bool(self.new_views)

    @property
    def weakness(self) -> tuple[bool, bool, bool, Decimal, int]:
        """Sorts first what leaves first: the quiet, the old that are only looked at, then the least profit a day."""
        return not self.may_leave, not self.is_quiet, not self.is_only_looked_at, self.per_day, self.sticker_id


def ranking(book: Book, only: int | None = None) -> list[Slot]:
    """Every design on sale, the weakest first; what may not leave comes last. Five queries.

    only: the key of the one design to be told of.
    """
    of = {} if only is None else {"sticker": only}
    views, sales, kept = _new_views(book.now, of), _sales(book, of), _kept(book, of)
    designs = on_sale() if only is None else on_sale().filter(pk=only)
    rows = designs.values_list("pk", "title", "trend__created_at", "shelf_since", "published_at")
    slots = []
    for key, title, trend_from, shelved, published in rows.iterator():
        since = max(shelved, published or shelved)
        sold = sales.get(key, Sales())
        fees = rules.listing_fees(book.now - since)
        slots.append(
            Slot(
                key, title, since, (book.now - since).days, sold.units, sold.lately, sold.profit - fees,
                views.get(key), book.now - trend_from, kept.get(key, ""),
            )
        )  # fmt: skip
    return sorted(slots, key=lambda slot: slot.weakness)


def on_sale() -> QuerySet[Sticker]:
    """Wanted on the shelf, and on sale once."""
    rows: QuerySet[Sticker] = Sticker.objects.filter(shelf=Sticker.Shelf.WANTED, published_at__isnull=False)
    return rows.order_by("pk")


def ended(now: datetime) -> QuerySet[Sticker]:
    """Of these, what the marketplace did not show for days though it is not new, as a listing that expired.

    It takes no slot. Where the daily figures fail altogether this is every design, so that nothing leaves for want
    of room that nobody measured.
    """
    since = now - UNSEEN
    seen = StickerDay.objects.filter(sticker=OuterRef("pk"), day__gte=since.date())
    return on_sale().filter(~Exists(seen), shelf_since__lt=since, published_at__lt=since)


def taken(now: datetime) -> int:
    """Slots that our designs take."""
    return on_sale().count() - ended(now).count()


def _new_views(now: datetime, of: dict[str, int]) -> dict[int, int]:
    """Views gained in 14 days by design, where at least ten of these days are known.

    Counted from the last total known before, so that a view on a day without stats is not overlooked.
    """
    start = (now - QUIET).date()
    within = Q(day__gte=start)
    known = StickerDay.objects.filter(day__gte=start - QUIET, **of).values("sticker").order_by()
    counted = known.annotate(
        days=Count("views", filter=within),
        most=Max("views", filter=within),
        least=Min("views", filter=within),
        before=Max("views", filter=~within),
    ).filter(days__gte=DAYS_WITH_STATS)
    return {row["sticker"]: row["most"] - _least(row["least"], row["before"]) for row in counted}


def _least(within: int, before: int | None) -> int:
    return within if before is None else min(within, before)


def _sales(book: Book, of: dict[str, int]) -> dict[int, Sales]:
    """Profit by the dearest way of sending, as the floor has it; a coupon is shared out by the prices of its order."""
    fees = FEES[settings.ETSY_FEES]
    lines = OrderItem.objects.filter(refunded=False, sticker__shelf=Sticker.Shelf.WANTED, **of)
    on_shelf = paid(lines.filter(sold_at__gte=F("sticker__shelf_since"))).order_by()
    off = _coupons(on_shelf)
    lately = Sum("quantity", filter=Q(sold_at__gte=book.now - QUIET), default=0)
    sales: dict[int, Sales] = {}
    alike = on_shelf.values_list("sticker", "size", "unit_price")  # whole numbers are added up much faster than money
    for sticker, size, price, units, new in alike.annotate(units=Sum("quantity"), lately=lately):
        cost = costs.dearest(book.costs, size or DEARER_SIZE).total + fees.fixed
        income = price * units - off.pop(sticker, ZERO)
        so_far = sales.get(sticker, Sales())
        profit = so_far.profit + income * (1 - fees.rate) - cost * units
        sales[sticker] = Sales(so_far.units + units, so_far.lately + new, profit)
    return sales


def _coupons(lines: QuerySet[OrderItem]) -> dict[int, Decimal]:
    """What coupons took off these lines, by design; of the orders that had one.

    Divided here, because SQLite divides whole dollars as whole numbers and drops the cents.
    """
    had_one = lines.filter(order__in=Order.objects.filter(discount__gt=0))
    price = Sum(F("unit_price") * F("quantity"), output_field=DecimalField(max_digits=20, decimal_places=2))
    alike = had_one.values_list("sticker", "order__discount", "order__total_amount").annotate(price=price)
    off: dict[int, Decimal] = defaultdict(Decimal)
    for sticker, discount, paid_for, full in alike.iterator():
        off[sticker] += full * discount / (paid_for + discount)
    return off


def _kept(book: Book, of: dict[str, int]) -> dict[int, str]:
    """Why a design is never archived: a size is held at its tier by sales, or it is viral or exempt now."""
    kept: dict[int, str] = {}
    offers = Offer.objects.filter(sticker__in=on_sale(), **of).order_by()
    columns = ("pk", "sticker", "size", "tier", "sticker__tags")
    for offer_id, sticker, size, tier, tags in offers.values_list(*columns).iterator():
        if book.holding(sticker, size, tier) >= rules.UNITS_THAT_HOLD:
            kept[sticker] = "held by its sales"
        for over in book.in_force.on(offer_id, sticker, tags, tier):
            if over.kind in (Kind.VIRAL, Kind.EXEMPT):
                kept[sticker] = over.words
    return kept
