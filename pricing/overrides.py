"""Dated exceptions from the price table: which are in force, and how the operator makes and ends them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit, queue
from stickertrendz.ops.errors import NeedsPerson

from . import rules
from .models import Offer, Override, Tier
from .rules import Adjustment

Kind, Scope = Override.Kind, Override.Scope
BY_PERCENT = {Kind.HOLIDAY: (0, 300), Kind.CLEARANCE: (-90, 0)}
MOST, LONGEST_TAG = 1_000, 20  # dollars, characters
wake_engine = queue.waker("pricing_engine")


@dataclass(frozen=True)
class InForce:
    """All overrides of one moment, by what they apply to."""

    by_target: Mapping[tuple[str, object], list[Adjustment]]

    def on(self, offer_id: int | None, sticker_id: int, tags: Iterable[str], tier: str) -> Iterator[Adjustment]:
        """Every override that applies to this offer."""
        if not self.by_target:
            return
        targets: list[tuple[str, object]] = [(Scope.OFFER, offer_id), (Scope.STICKER, sticker_id), (Scope.TIER, tier)]
        targets += [(Scope.TAG, tag) for tag in {tag.casefold() for tag in tags}]
        for target in targets:
            yield from self.by_target.get(target, ())

    def over(self, offer_id: int | None, sticker_id: int, tags: Iterable[str], tier: str) -> Adjustment | None:
        """The one override that prices this offer."""
        return rules.winner(self.on(offer_id, sticker_id, tags, tier))

    def and_also(self, more: Iterable[tuple[object, Adjustment]]) -> "InForce":
        """The same with these added, each for its target."""
        by_target = {key: list(found) for key, found in self.by_target.items()}
        for target, one in more:
            by_target.setdefault((one.scope, target), []).append(one)
        return InForce(by_target)


def in_force(now: datetime, without: Override | None = None) -> InForce:
    by_target: dict[tuple[str, object], list[Adjustment]] = defaultdict(list)
    for row in at(now).select_related("tier"):
        if row == without:
            continue
        by_target[row.scope, target_of(row)].append(adjustment(row))
    return InForce(dict(by_target))


def at(now: datetime) -> QuerySet[Override]:
    """Overrides that count at this moment; they end by themselves."""
    lasting = Q(ends_at=None) | Q(ends_at__gt=now)
    return Override.objects.filter(lasting, starts_at__lte=now, released_at=None)


def adjustment(row: Override) -> Adjustment:
    number = row.pk or rules.NOT_MADE_YET
    return Adjustment(row.kind, row.scope, row.starts_at, row.percent, row.price, row.reason, number)


def target_of(row: Override) -> object:
    """The key of the offer or design, the name of the tier, or the tag."""
    tier = row.tier.name if row.tier else ""
    return {Scope.OFFER: row.offer_id, Scope.STICKER: row.sticker_id, Scope.TAG: row.tag.casefold(), Scope.TIER: tier}[
        Scope(row.scope)
    ]


def draft(
    kind: str,
    *,
    why: str,
    offer: Offer | None = None,
    sticker: Sticker | None = None,
    tag: str = "",
    tier: Tier | None = None,
    percent: Decimal | None = None,
    price: Decimal | None = None,
    starts: datetime | None = None,
    until: datetime | None = None,
) -> Override:
    """An override as it would be, not saved yet: to be looked at, then made. NeedsPerson when it makes no sense."""
    targets = {Scope.OFFER: offer, Scope.STICKER: sticker, Scope.TAG: tag.strip(), Scope.TIER: tier}
    given = [scope for scope, target in targets.items() if target]
    row = Override(
        kind=kind, scope=given[0] if given else "", offer=offer, sticker=sticker, tag=tag.strip(), tier=tier,
        percent=percent, price=price, starts_at=starts or clock.now(), ends_at=until, reason=why.strip()[:200],
    )  # fmt: skip
    if len(given) != 1:
        raise NeedsPerson("Say what it is for: one size of a design, a design, a tag, or a tier.")
    if trouble := _trouble(row):
        raise NeedsPerson(trouble)
    return row


def _trouble(row: Override) -> str:
    """Why it cannot be made, in words for the operator; empty when it can."""
    if not row.reason:
        return "Give a reason: it is shown beside each price it sets."
    if len(row.tag) > LONGEST_TAG:
        return f"No tag is longer than {LONGEST_TAG} characters on Etsy."
    if row.ends_at and row.ends_at <= row.starts_at:
        return "It ends before it starts: choose a later end."
    if row.ends_at and row.ends_at <= clock.now():
        return "It would be over already: choose an end that lies ahead."
    if bounds := BY_PERCENT.get(Kind(row.kind)):
        least, most = bounds
        fits = row.price is None and bool(row.percent) and least <= (row.percent or 0) <= most
        kind = row.get_kind_display().lower()
        return "" if fits else f"A {kind} needs a percentage between {least} and {most}, and not zero."
    if row.kind == Kind.FIXED:
        fits = row.percent is None and row.price is not None and 0 < row.price <= MOST
        return "" if fits else f"A fixed price lies above zero and is at most ${MOST}."
    return "" if row.price is None and row.percent is None else "This kind of override has neither price nor percent."


def make(row: Override, *, by: str) -> Override:
    """Saves it and, when it counts already, asks for a run of the engine; a later start waits for the daily one.

    NeedsPerson when the newest override of its target says the same: a second click makes no second one.
    """
    row.made_by = by
    detail = {"starts": str(row.starts_at), "ends": str(row.ends_at or "when released")}
    with transaction.atomic():
        if twin := _twin(row):
            raise NeedsPerson(f"the same override was made by {twin.made_by} already: nothing was done")
        row.save()
        audit.record(by, "made override", row, row.reason, scope=row.scope, **detail)
    if row.starts_at <= clock.now():
        wake_engine()
    return row


def _twin(row: Override) -> Override | None:
    """The newest override of the same target, where this one would change nothing. Two clicks at once wait here."""
    if target := row.offer or row.sticker or row.tier:
        list(type(target)._default_manager.select_for_update().filter(pk=target.pk))
    lasting = Override.objects.filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()), released_at=None)
    same = {"scope": row.scope, "offer": row.offer, "sticker": row.sticker, "tag": row.tag, "tier": row.tier}
    last: Override | None = lasting.filter(**same).order_by("-pk").first()
    if last is None or last.starts_at > row.starts_at:
        return None
    alike = all(getattr(last, name) == getattr(row, name) for name in ("kind", "percent", "price", "ends_at"))
    return last if alike else None


def fix(offer: Offer, price: Decimal, *, by: str, why: str, until: datetime | None = None) -> Override:
    """The operator's own price; never below the floor."""
    return make(draft(Kind.FIXED, offer=offer, price=price, until=until, why=why), by=by)


def hold(sticker: Sticker, *, by: str, why: str, until: datetime | None = None) -> Override:
    """A viral design stays at the newest tier's price whatever its age, and is not archived."""
    return make(draft(Kind.VIRAL, sticker=sticker, until=until, why=why), by=by)


def exempt(sticker: Sticker, *, by: str, why: str, until: datetime | None = None) -> Override:
    """Never archived; its prices stay as the table has them."""
    return make(draft(Kind.EXEMPT, sticker=sticker, until=until, why=why), by=by)


def release(override: Override, *, by: str, why: str) -> bool:
    """Ends it now; False when it had ended already."""
    now = clock.now()
    lasting = Override.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), pk=override.pk, released_at=None)
    with transaction.atomic():
        ended = lasting.update(released_at=now)
        if ended:
            audit.record(by, "released override", override, why)
    if ended:
        wake_engine()
    return bool(ended)
