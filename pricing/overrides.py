"""Dated exceptions from the price table: which are in force, and how the operator makes and ends them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit

from . import rules
from .models import Offer, Override
from .rules import Adjustment

Scope = Override.Scope


@dataclass(frozen=True)
class InForce:
    """All overrides of one moment, by what they apply to."""

    by_target: dict[tuple[str, object], list[Adjustment]]

    def over(self, offer_id: int | None, sticker_id: int, tags: Iterable[str], tier: str) -> Adjustment | None:
        """The one override that counts for this offer."""
        targets: list[tuple[str, object]] = [(Scope.OFFER, offer_id), (Scope.STICKER, sticker_id), (Scope.TIER, tier)]
        targets += [(Scope.TAG, tag.casefold()) for tag in tags]
        return rules.winner(found for target in targets for found in self.by_target.get(target, ()))


def in_force(now: datetime) -> InForce:
    by_target: dict[tuple[str, object], list[Adjustment]] = defaultdict(list)
    for row in at(now).select_related("tier"):
        by_target[row.scope, _target(row)].append(
            Adjustment(row.kind, row.scope, row.starts_at, row.percent, row.price, row.reason)
        )
    return InForce(by_target)


def at(now: datetime) -> QuerySet[Override]:
    """Overrides that count at this moment; they end by themselves."""
    lasting = Q(ends_at=None) | Q(ends_at__gt=now)
    return Override.objects.filter(lasting, starts_at__lte=now, released_at=None)


def _target(row: Override) -> object:
    tier = row.tier.name if row.tier else ""
    return {Scope.OFFER: row.offer_id, Scope.STICKER: row.sticker_id, Scope.TAG: row.tag.casefold(), Scope.TIER: tier}[
        Scope(row.scope)
    ]


def fix(offer: Offer, price: Decimal, *, by: str, why: str, until: datetime | None = None) -> Override:
    """The operator's own price, from the next run of the engine on; never below the floor."""
    return _add(Override(kind=Override.Kind.FIXED, scope=Scope.OFFER, offer=offer, price=price, ends_at=until), by, why)


def hold(sticker: Sticker, *, by: str, why: str, until: datetime | None = None) -> Override:
    """A viral design stays at the newest tier's price whatever its age."""
    return _add(Override(kind=Override.Kind.VIRAL, scope=Scope.STICKER, sticker=sticker, ends_at=until), by, why)


def release(override: Override, *, by: str, why: str) -> bool:
    """Ends it now; False when it had been released already."""
    with transaction.atomic():
        ended = Override.objects.filter(pk=override.pk, released_at=None).update(released_at=clock.now())
        if ended:
            audit.record(by, "released override", override, why)
    return bool(ended)


def _add(override: Override, by: str, why: str) -> Override:
    override.starts_at, override.made_by, override.reason = clock.now(), by, why[:200]
    with transaction.atomic():
        override.save()
        audit.record(by, "made override", override, why)
    return override
