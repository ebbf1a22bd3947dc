"""All that is known about the price of one offer: how it came about, and what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from fulfillment.fees import FEES
from pricing import overrides, plan, rules
from pricing.book import Book, Verdict, read_book
from pricing.models import Offer, Override, PriceChange
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from . import price_chart, price_falls
from .override_pages import TARGETS
from .price_chart import Chart, Point

Status = PriceChange.Status
LINES, AHEAD = 100, 6  # of the history, and moments looked at of what comes


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
    applying, coming = _overrides(book, offer, row, verdict)
    return facts | {
        "verdict": verdict, "natural": verdict.natural,
        "differs": verdict.priced.price != offer.wanted_price, "fees": settings.ETSY_FEES,
        "fee_share": int(FEES[settings.ETSY_FEES].rate * 100), "margin": int(rules.MARGIN * 100),
        "applying": applying, "ahead": _ahead(book, offer, row, verdict, [*applying, *coming]),
        "holding": book.holding(offer.sticker_id, offer.size, offer.tier), "enough": rules.UNITS_THAT_HOLD,
        "sold": book.sold.get((offer.sticker_id, offer.size), 0),
        "age": (now - offer.sticker.trend.created_at).days,
        **price_falls.of(offer.wanted_price, verdict.cost, price_falls.ads_rate()),
    }  # fmt: skip


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


def _overrides(
    book: Book, offer: Offer, row: dict[str, Any], verdict: Verdict
) -> tuple[list[Override], list[Override]]:
    """Those that apply to the offer now, the one that sets the price first; and those that will."""
    found = list(book.in_force.on(offer.pk, offer.sticker_id, offer.sticker.tags, verdict.tier))
    numbers = [one.number for one in found if one != verdict.override]
    numbers = [*([verdict.override.number] if verdict.override else []), *numbers]
    mine = Q(offer=offer) | Q(sticker=offer.sticker_id) | Q(scope__in=[Override.Scope.TAG, Override.Scope.TIER])
    later = Q(released_at=None, starts_at__gt=book.now) & mine
    rows = Override.objects.filter(Q(pk__in=numbers) | later).select_related(*TARGETS)
    by_key = {one.pk: one for one in rows}
    applying = [by_key.pop(number) for number in numbers if number in by_key]
    return applying, [one for one in by_key.values() if _will_touch(one, book, offer, row)]


def _will_touch(one: Override, book: Book, offer: Offer, row: dict[str, Any]) -> bool:
    """Whether it applies to the offer when it begins."""
    if one.scope == Override.Scope.TAG:
        return overrides.target_of(one) in {tag.casefold() for tag in offer.sticker.tags}
    if one.scope == Override.Scope.TIER:
        return overrides.target_of(one) == plan.judge_row(replace(book, now=one.starts_at, known={}), row).tier
    return True


def _ahead(
    book: Book, offer: Offer, row: dict[str, Any], verdict: Verdict, touching: Sequence[Override]
) -> list[Ahead]:
    """Of the next moments those at which its price or the reason changes, if its sales stay as they are."""
    moments = sorted(_moments(book, offer, touching), key=lambda moment: moment.at)
    told, before = [], verdict
    for moment in moments[:AHEAD]:
        later = replace(book, now=moment.at, in_force=overrides.in_force(moment.at), known={})
        then = plan.judge_row(later, row)
        if then.priced != before.priced:
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
    """A price that stays has another reason."""
    if before.priced.price == then.priced.price:
        return f"the price stays ${then.priced.price} ({then.priced.note})"
    return f"${then.priced.price} instead of ${before.priced.price} ({then.priced.note})"
