"""How the shop is found and bought from: sales per view of each listing, and which tags are looked at."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from statistics import median, quantiles

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q

from fulfillment.models import Order, OrderItem
from pricing.models import StickerDay
from stickertrendz import clock
from stickertrendz.ops import alerts
from stickertrendz.ops.runner import Running
from stickertrendz.ops.subjects import address, subject_of

from .models import Listing, SearchWeek

SPAN = timedelta(days=28)
OLD_ENOUGH = timedelta(days=14)  # younger ones had no time to be found
ENOUGH = 30
ENOUGH_OF_A_TAG = 3
SHOWN = 20
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Figures:
    """Of one listing. `sales`: paid orders that hold it and were not refunded; `lacking`: well-seen tags not on it."""

    listing: Listing
    views: int
    sales: int
    lacking: tuple[str, ...] = ()

    @property
    def conversion(self) -> Decimal | None:
        return percent(self.sales, self.views)


@dataclass(frozen=True)
class TagFigures:
    words: str
    listings: int
    views: int

    @property
    def each(self) -> float:
        """Views per listing."""
        return self.views / self.listings


@dataclass(frozen=True)
class Report:
    """Figures of the days after `since`. `left_out` listings are too young, or their views are not known."""

    since: date
    until: date
    rows: list[Figures]
    left_out: int

    @property
    def too_few(self) -> bool:
        return len(self.rows) < ENOUGH

    @cached_property
    def views(self) -> int:
        return sum(row.views for row in self.rows)

    @cached_property
    def sales(self) -> int:
        return sum(row.sales for row in self.rows)

    @property
    def conversion(self) -> Decimal | None:
        return percent(self.sales, self.views)

    @property
    def by_views(self) -> list[Figures]:
        return sorted(self.rows, key=lambda row: -row.views)

    @cached_property
    def unbought(self) -> list[Figures]:
        """In the upper quarter by views, and bought less than half as often per view as the shop; most views first."""
        if self.too_few:
            return []
        many = quantiles([row.views for row in self.rows], n=4, method="inclusive")[2]
        found = [row for row in self.rows if row.views >= many and 2 * row.sales * self.views < self.sales * row.views]
        return sorted(found, key=lambda row: -row.views)

    @cached_property
    def unseen(self) -> list[Figures]:
        """Seen less than half as often as the median listing, fewest views first."""
        if self.too_few:
            return []
        few = median(row.views for row in self.rows) / 2
        found = sorted((row for row in self.rows if row.views < few), key=lambda row: row.views)
        general = _general(self.rows)
        best = [tag.words for tag in _ranked(self.rows, lambda tags: tags) if tag.words in general]
        return [_with_lacking(row, best) for row in found]

    @cached_property
    def tags(self) -> list[TagFigures]:
        return _ranked(self.rows, lambda tags: tags)[:SHOWN]

    @cached_property
    def pairs(self) -> list[TagFigures]:
        """At most 78 pairs of a listing's 13 tags."""
        return _ranked(self.rows, lambda tags: [f"{one} + {other}" for one, other in combinations(tags, 2)])[:SHOWN]


def percent(sales: int, views: int) -> Decimal | None:
    """Sales per hundred views; None where nobody looked."""
    return (HUNDRED * sales / views).quantize(Decimal("0.01")) if views else None


def _tags(row: Figures) -> list[str]:
    return sorted({tag.casefold() for tag in row.listing.sticker.tags})


def _with_lacking(row: Figures, best: list[str]) -> Figures:
    has = set(_tags(row))
    return Figures(row.listing, row.views, row.sales, tuple(tag for tag in best if tag not in has)[:3])


def _general(rows: list[Figures]) -> set[str]:
    """Tags of at least three topics: those of one topic would not fit another listing."""
    topics = {(row.listing.sticker.trend_id, tag) for row in rows for tag in _tags(row)}
    counts = Counter(tag for _, tag in topics)
    return {tag for tag, count in counts.items() if count >= ENOUGH_OF_A_TAG}


def _ranked(rows: list[Figures], parts: Callable[[list[str]], Iterable[str]]) -> list[TagFigures]:
    """By views per listing; what fewer than three listings have says nothing."""
    counts: Counter[str] = Counter()
    views: Counter[str] = Counter()
    for row in rows:
        for words in parts(_tags(row)):
            counts[words] += 1
            views[words] += row.views
    enough = [TagFigures(words, count, views[words]) for words, count in counts.items() if count >= ENOUGH_OF_A_TAG]
    return sorted(enough, key=lambda tag: (-tag.each, -tag.listings, tag.words))


def report(until: date) -> Report:
    """Three queries, however many listings."""
    since = until - SPAN
    on_sale = Listing.objects.filter(status=Listing.Status.ACTIVE)
    listings = list(on_sale.select_related("sticker__trend").order_by("pk"))
    totals, sales = _totals(since, until), _sales(since, until)
    rows = []
    for listing in listings:
        views = _views(listing, since, *totals.get(listing.sticker_id, (None, None)))
        if views is not None and _on_sale_since(listing) <= until - OLD_ENOUGH:
            rows.append(Figures(listing, views, sales.get(listing.sticker_id, 0)))
    return Report(since, until, rows, len(listings) - len(rows))


def _totals(since: date, until: date) -> dict[int, tuple[int | None, int | None]]:
    """The last known running total up to `since` and the last up to `until`, by design: totals only grow."""
    days = StickerDay.objects.filter(day__gt=since - SPAN, day__lte=until)
    on_sale = days.filter(sticker__in=Listing.objects.filter(status=Listing.Status.ACTIVE).values("sticker"))
    known = on_sale.order_by().values("sticker").annotate(
        before=Max("views", filter=Q(day__lte=since)), after=Max("views", filter=Q(day__gt=since))
    )  # fmt: skip
    return {row["sticker"]: (row["before"], row["after"]) for row in known}


def _views(listing: Listing, since: date, before: int | None, after: int | None) -> int | None:
    """None where a total is missing, which is not the same as zero; one put on sale since then began at zero."""
    if before is None and _on_sale_since(listing) > since:
        before = 0
    if before is None or after is None or after < before:
        return None
    return after - before


def _on_sale_since(listing: Listing) -> date:
    return (listing.first_active_at or listing.created_at).date()


def _sales(since: date, until: date) -> dict[int, int]:
    begin = datetime.combine(since + timedelta(days=1), time(), UTC)
    sold = OrderItem.objects.filter(sold_at__gte=begin, sold_at__lt=begin + (until - since), refunded=False)
    on_sale = sold.filter(sticker__in=Listing.objects.filter(status=Listing.Status.ACTIVE).values("sticker"))
    paid = on_sale.exclude(order__in=Order.objects.filter(status=Order.Status.PENDING))
    counted = paid.order_by().values("sticker").annotate(orders=Count("order", distinct=True))
    return {row["sticker"]: row["orders"] for row in counted}


def tell_week(run: Running) -> None:
    """Mails the week's figures once; running it again the same week changes nothing."""
    today = clock.today()
    found = report(today)
    judged = None if found.too_few else (len(found.unbought), len(found.unseen))
    try:
        with transaction.atomic():
            week = SearchWeek.objects.create(
                monday=today - timedelta(days=today.weekday()), listings=len(found.rows), views=found.views,
                sales=found.sales, unbought=judged and judged[0], unseen=judged and judged[1],
            )  # fmt: skip
            alerts.post(f"[Sticker Trendz] How the shop was found, {week}", _letter(found, week))
    except IntegrityError:
        return
    run.count("listings_measured", len(found.rows))


def _letter(found: Report, week: SearchWeek) -> str:
    lines = [
        f"{found.since + timedelta(days=1):%-d %B} to {found.until:%-d %B %Y}: {len(found.rows)} listings, "
        f"{found.views} views, {found.sales} sales ({_percent(found.conversion)}).",
    ]  # fmt: skip
    if found.too_few:
        lines.append(f"Too few data to judge listings: {ENOUGH} with known views for two weeks are needed.")
    else:
        lines += _section("Many views, few sales: look at the first picture and the price", found.unbought)
        lines += _section("Few views: try other tags", found.unseen)
    lines += ["", f"{settings.CONSOLE_URL}{address(subject_of(week))}"]
    return "\n".join(lines)


def _section(title: str, rows: list[Figures]) -> list[str]:
    more = [f"- and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    return ["", f"{title}:", *(_line(row) for row in rows[:SHOWN]), *more] if rows else ["", f"{title}: none."]


def _line(row: Figures) -> str:
    sticker = row.listing.sticker
    lacks = f"; it lacks {', '.join(row.lacking)}" if row.lacking else ""
    return f"- {sticker.number} {sticker}: {row.views} views, {row.sales} sales ({_percent(row.conversion)}){lacks}"


def _percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{value} %"
