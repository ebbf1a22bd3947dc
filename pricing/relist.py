"""Archived designs whose trend came back, and how a person puts one on sale again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from stickers import blocklisted
from stickers.models import Sticker
from stickertrendz import clock, money
from stickertrendz.ops import audit, meters, queue
from stickertrendz.ops.errors import NeedsPerson
from trends.models import Trend

from . import plan, rules, slots
from .models import Offer

LATELY = timedelta(days=3)
Shelf = Sticker.Shelf
wake_publisher = queue.waker("publisher")


@dataclass(frozen=True)
class Returned:
    """signals: posts and searches made after it was archived. seen_at: the newest of them. why: it was archived."""

    sticker: Sticker
    archived_at: datetime
    why: str
    signals: int
    seen_at: datetime
    rank: float


def returned() -> list[Returned]:
    """Archived designs whose trend is seen again in these days, by posts newer than the archiving; likeliest first.

    The trend itself was strengthened, or a new episode of it began. Three queries.
    """
    since = clock.now() - LATELY
    archived = _archived().select_related("trend")
    newer = Q(trend__signals__created_at__gt=F("shelf_since"))
    own = archived.filter(trend__in=Trend.objects.filter(last_seen_at__gte=since)).annotate(
        signals=Count("trend__signals", filter=newer, distinct=True),
        seen_at=Max("trend__signals__observed_at", filter=newer),
    )
    found = [
        Returned(one, one.shelf_since, one.shelf_why, one.signals, one.seen_at, one.trend.rank)
        for one in own.filter(signals__gt=0)
    ]
    found += _in_new_episodes(archived, since)
    return sorted(found, key=lambda one: (-one.rank, one.sticker.pk))


def _archived() -> QuerySet[Sticker]:
    """What may come back: approved, archived, of a topic that nobody shut."""
    rows: QuerySet[Sticker] = Sticker.objects.filter(shelf=Shelf.ARCHIVED, status=Sticker.Status.APPROVED)
    return rows.filter(trend__shut_why="").exclude(trend__status=Trend.Status.UNSAFE)


def _in_new_episodes(archived: QuerySet[Sticker], since: datetime) -> Iterable[Returned]:
    episodes = Trend.objects.filter(
        topic_normalized=OuterRef("trend__topic_normalized"), episode__gt=OuterRef("trend__episode"),
        created_at__gt=OuterRef("shelf_since"), last_seen_at__gte=since, shut_why="",
    ).exclude(status=Trend.Status.UNSAFE).order_by("-episode")  # fmt: skip
    seen = Trend.objects.filter(last_seen_at__gte=since, episode__gt=1).values("topic_normalized")
    archived = archived.filter(trend__topic_normalized__in=seen)  # the few of them, however many are archived
    rows: list[Any] = list(archived.annotate(again=Subquery(episodes.values("pk")[:1])).exclude(again=None))
    found = Trend.objects.annotate(known=Count("signals")).in_bulk({one.again for one in rows})
    for one in rows:
        trend = found[one.again]
        yield Returned(one, one.shelf_since, one.shelf_why, trend.known, trend.last_seen_at, trend.rank)


def relist(sticker: Sticker, *, by: str, why: str) -> None:
    """On sale again at today's prices by age: its time on the shelf and at its tier begins anew.

    NeedsPerson, saying what to do, when it may not or there is no room.
    """
    if trouble := refusal(sticker):
        raise NeedsPerson(trouble)
    now = clock.now()
    changed = {"shelf": Shelf.WANTED, "shelf_since": now, "shelf_why": f"relisted by {by}: {why}"[:200]}
    with transaction.atomic():
        if not _archived().filter(pk=sticker.pk).update(**changed):
            raise NeedsPerson(f"{sticker.number} was changed by somebody else meanwhile: look at it again.")
        plan.open_offers(sticker)
        Offer.objects.filter(sticker=sticker).update(tier_since=now)
        audit.record(by, "relisted design", sticker, why)
    wake_publisher()


def refusal(sticker: Sticker) -> str:
    """Why it cannot be relisted now; empty when it can."""
    fresh = Sticker.objects.select_related("trend", "generation").get(pk=sticker.pk)
    if fresh.shelf == Shelf.WITHDRAWN:
        return f"{fresh.number} was withdrawn ({fresh.shelf_why}): it does not come back this way."
    if fresh.shelf != Shelf.ARCHIVED or fresh.status != Sticker.Status.APPROVED:
        return f"{fresh.number} is not archived, so there is nothing to relist."
    if fresh.trend.is_shut:
        return f"Its topic was shut ({fresh.trend.shut_why or 'found unsafe'}): reopen the topic first."
    if hits := blocklisted.found(fresh):
        return f"The blocklists find {blocklisted.in_words(hits)}: exempt it from them on its blocklist page first."
    return _no_room()


def _no_room() -> str:
    taken = slots.taken(clock.now())
    if taken >= settings.MAX_ACTIVE_LISTINGS:
        return f"{taken} of {settings.MAX_ACTIVE_LISTINGS} listings are on sale: archive one first."
    for name, amount in (("listings", 1), ("listing_fees", money.micro(rules.LISTING_FEE))):
        level = meters.level(name)
        if level.left < amount:
            tells = settings.METERS[name]["tells"]
            return f"The limit of {tells} is reached until {level.until:%d %b %H:%M} UTC: relist it then."
    return ""
