"""All that is known about the price of one offer: what it leaves, how it came about, and what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import DecimalField, F, Q, Sum

from fulfillment import costs
from fulfillment.costs import UnitCost
from fulfillment.models import OrderItem
from pricing import overrides, plan, rules
from pricing.book import NOT_SOLD, Book, Verdict, read_book
from pricing.effect import signed, waterfall
from pricing.models import Offer, Override, PriceChange
from pricing.rules import Waterfall
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.money import ZERO
from stickertrendz.ops.errors import NeedsPerson

from . import price_chart
from .override_pages import TARGETS
from .price_chart import Chart, Point

Status = PriceChange.Status
LINES, AHEAD = 100, 4  # of the history, and moments told of what comes
YEAR = timedelta(days=365)
STEPS = (
    ("Etsy’s fees", "fees"), ("Offsite Ads", "ads"), ("Print", "print_cost"), ("Postage", "shipping_cost"),
    ("Packaging", "packaging_cost"), ("Profit", "profit"),
)  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One step of a waterfall; start and width are percent of the price."""

    amount: Decimal
    start: float
    width: float
    kind: str

    @property
    def words(self) -> str:
        """What is taken and what is left need no plus."""
        return signed(self.amount).removeprefix("+") if self.amount else "–"


@dataclass(frozen=True)
class Ahead:
    at: datetime
    words: str


def of(offer: Offer) -> dict[str, Any]:
    """The page's context, in a constant number of queries; without costs or tiers the history is still told."""
    now = clock.now()
    changes = list(offer.changes.select_related("run", "reverts").order_by("-created_at", "-pk")[:LINES])
    facts: dict[str, Any] = {"changes": changes, "chart": _chart(offer, changes, now), "last": _last(changes)}
    try:
        book = read_book(now)
        row = Offer.objects.filter(pk=offer.pk).values(*plan.READ).get()
        verdict = plan.judge_row(book, row)
    except NeedsPerson as trouble:
        return facts | {"trouble": str(trouble)}
    applying, coming = _overrides(book, offer, verdict)
    return facts | {
        "verdict": verdict, "natural": verdict.natural,
        "differs": verdict.priced.price != offer.wanted_price, "fees": settings.ETSY_FEES,
        "fee_share": int(rules.FEES[settings.ETSY_FEES].rate * 100), "margin": int(rules.MARGIN * 100),
        "applying": applying, "ahead": _ahead(book, offer, row, verdict, [*applying, *coming]),
        "holding": book.holding(offer.sticker_id, offer.size, offer.tier), "enough": rules.UNITS_THAT_HOLD,
        "sold": book.sold.get((offer.sticker_id, offer.size), 0),
        "age": (now - offer.sticker.trend.created_at).days,
        **_falls(offer.wanted_price, verdict.cost, _ads_rate(now)),
    }  # fmt: skip


def of_design(sticker: Sticker) -> list[dict[str, Any]]:
    """The waterfall of each size; none where a cost is not known."""
    rate, known, found = _ads_rate(clock.now()), costs.table(), []
    for offer in sticker.offers.all():
        try:
            cost = costs.dearest(known, offer.size)
        except NeedsPerson:
            continue
        found.append({"offer": offer, **_falls(offer.wanted_price, cost, rate)})
    return found


def _falls(price: Decimal, cost: UnitCost, rate: Decimal) -> dict[str, Any]:
    """The waterfall as Etsy's fees really are, of any sale and of one that an Offsite Ad brought."""
    plain = waterfall(price, cost, rules.FEES["full"])
    with_ads = waterfall(price, cost, rules.FEES["full"], rate)
    names = [name for name, _ in STEPS]
    return {"falls": list(zip(names, bars(plain), bars(with_ads), strict=True)), "ads_share": int(rate * 100),
            "loses": with_ads.profit < 0}  # fmt: skip


def _ads_rate(now: datetime) -> Decimal:
    return rules.offsite_ads_rate(_sales(now - YEAR))


def bars(fall: Waterfall) -> list[Bar]:
    """What each step takes of the price, from the right to the left; a loss is drawn from the left edge."""
    left, drawn = fall.price, []
    for _, name in STEPS[:-1]:
        amount = getattr(fall, name)
        left -= amount
        drawn.append(Bar(-amount, *_span(left, amount, fall.price), "cost"))
    kind = "loss" if fall.profit < 0 else "profit"
    return [*drawn, Bar(fall.profit, *_span(ZERO, abs(fall.profit), fall.price), kind)]


def _span(start: Decimal, width: Decimal, price: Decimal) -> tuple[float, float]:
    """Percent of the price, within it."""
    first, last = max(start, ZERO), min(max(start + width, ZERO), price)
    return round(float(first / price * 100), 1), round(float((last - first) / price * 100), 1)


def _sales(since: datetime) -> Decimal:
    lines = OrderItem.objects.filter(sold_at__gte=since, refunded=False).exclude(order__status__in=NOT_SOLD)
    value = Sum(F("quantity") * F("unit_price"), output_field=DecimalField())
    return lines.aggregate(value=value)["value"] or ZERO


def _chart(offer: Offer, changes: Sequence[PriceChange], now: datetime) -> Chart | None:
    """Prices that the shop showed; before anything was pushed there are none."""
    shown = sorted((one for one in changes if one.pushed_at), key=lambda one: (one.pushed_at, one.pk))
    points = [Point(one.pushed_at or now, one.new_price, one.floor_price, one.tier) for one in shown]
    return price_chart.draw(points, now)


def _last(changes: Sequence[PriceChange]) -> PriceChange | None:
    """The last change of the price, where it can be taken back."""
    standing = (one for one in changes if one.status in (Status.APPROVED, Status.PUSHED))
    changed = next((one for one in standing if one.old_price and one.old_price != one.new_price), None)
    return changed if changed and not changed.reverts_id else None


def _overrides(book: Book, offer: Offer, verdict: Verdict) -> tuple[list[Override], list[Override]]:
    """Those that apply to the offer now, the one that sets the price first; and those that will."""
    found = list(book.in_force.on(offer.pk, offer.sticker_id, offer.sticker.tags, verdict.tier))
    numbers = [one.number for one in found if one != verdict.override]
    numbers = [*([verdict.override.number] if verdict.override else []), *numbers]
    mine = Q(offer=offer) | Q(sticker=offer.sticker_id) | Q(scope__in=[Override.Scope.TAG, Override.Scope.TIER])
    later = Q(released_at=None, starts_at__gt=book.now) & mine
    rows = Override.objects.filter(Q(pk__in=numbers) | later).select_related(*TARGETS)
    by_key = {row.pk: row for row in rows}
    applying = [by_key.pop(number) for number in numbers if number in by_key]
    tags = {tag.casefold() for tag in offer.sticker.tags}
    coming = [row for row in by_key.values() if row.scope != Override.Scope.TAG or row.tag.casefold() in tags]
    return applying, coming


def _ahead(
    book: Book, offer: Offer, row: dict[str, Any], verdict: Verdict, touching: Sequence[Override]
) -> list[Ahead]:
    """The next moments at which the rules may price it otherwise, if its sales stay as they are."""
    moments = sorted(_moments(book, offer, touching), key=lambda moment: moment.at)
    told, before = [], verdict
    for moment in moments[:AHEAD]:
        later = replace(book, now=moment.at, in_force=overrides.in_force(moment.at), known={})
        then = plan.judge_row(later, row)
        told.append(Ahead(moment.at, f"{moment.words}: {_becomes(before, then)}"))
        before = then
    return told


def _moments(book: Book, offer: Offer, touching: Sequence[Override]) -> Iterator[Ahead]:
    born = offer.sticker.trend.created_at
    for tier in book.tiers:
        if (at := born + timedelta(days=tier.min_days)) > book.now:
            yield Ahead(at, f"its trend is {tier.min_days} days old, the age of {tier.name}")
    for one in touching:
        if one.starts_at > book.now:
            yield Ahead(one.starts_at, f"“{one}” begins")
        if one.ends_at and one.ends_at > book.now:
            yield Ahead(one.ends_at, f"“{one}” ends")


def _becomes(before: Verdict, then: Verdict) -> str:
    """A price that stays tells why."""
    if before.priced.price == then.priced.price:
        return f"the price stays ${then.priced.price} ({then.priced.note})"
    return f"${then.priced.price} instead of ${before.priced.price} ({then.priced.note})"
