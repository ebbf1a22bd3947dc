"""Finds or makes what every listing of the shop refers to; running it again makes no doubles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson, OutsideError, Refused

from .adapters import shop
from .adapters.inventory import Variation
from .models import SetupObject

Kind = SetupObject.Kind
CATEGORY = ("Paper & Party Supplies", "Stickers, Labels & Tags", "Stickers")
PROCESSING = ("made_to_order", 3, 5)  # business days, as the listing promises
DELIVERY_DAYS = (3, 7)
SHIPPING = "Free US shipping"
POPULAR, TRENDING, NEW, CHEAP = SECTIONS = ("Popular", "Trending Now", "New Drops", "Under $5")
SIZE_NAMES = ("size", "dimensions")
CUSTOM_PROPERTY = ("Size", 513)  # Etsy's own id for a property that the seller names


@dataclass(frozen=True)
class Found:
    """One object: its id, or none when a dry run would make it."""

    kind: str
    name: str
    etsy_id: int | None
    made: bool


@dataclass(frozen=True)
class Ids:
    """What a draft needs."""

    taxonomy: int
    readiness: int
    returns: int
    shipping: int
    variation: Variation
    sections: dict[str, int]


def set_up(*, postal_code: str = "", dry_run: bool = False) -> list[Found]:
    """postal_code: where parcels are sent from; only needed while there is no shipping profile yet."""
    category = _category(shop.categories())
    found = [
        Found(Kind.TAXONOMY, category.path[-1], category.etsy_id, made=False),
        _size_property(category.etsy_id),
        _find_or_make(Kind.READINESS, "", _readiness, lambda: shop.create_readiness_profile(*PROCESSING), dry_run),
        _find_or_make(Kind.RETURNS, "", _returns, _make_returns, dry_run),
        _find_or_make(Kind.SHIPPING, SHIPPING, _shipping, lambda: _make_shipping(postal_code), dry_run),
        *(_section(name, dry_run) for name in SECTIONS),
    ]
    if not dry_run:
        for one in found:
            _keep(one)
    return found


def _keep(found: Found) -> None:
    single = found.kind != Kind.SECTION
    if single:  # a shop has one of each but sections; a renamed one replaces the old
        SetupObject.objects.filter(kind=found.kind).exclude(name=found.name).delete()
    values = {"etsy_id": found.etsy_id, "checked_at": clock.now()}
    SetupObject.objects.update_or_create(kind=found.kind, name=found.name, defaults=values)


def _category(nodes: Iterable[shop.Node]) -> shop.Node:
    """The stickers category by its path, else the deepest one called Stickers: Etsy renames branches."""
    named = [node for node in nodes if node.path[-1] == CATEGORY[-1]]
    exact = [node for node in named if node.path == CATEGORY]
    best = exact or sorted(named, key=lambda node: len(node.path), reverse=True)
    if not best:
        raise NeedsPerson("Etsy lists no category called Stickers; look at its category list and tell the developer.")
    return best[0]


def _size_property(taxonomy_id: int) -> Found:
    usable = [one for one in shop.properties(taxonomy_id) if one.supports_variations]
    named = [(one.name, one.etsy_id) for one in usable if one.name.casefold() in SIZE_NAMES]
    name, etsy_id = next(iter(named), CUSTOM_PROPERTY)
    return Found(Kind.SIZE_PROPERTY, name, etsy_id, made=False)


def _find_or_make(
    kind: str, name: str, find: Callable[[], int | None], make: Callable[[], int], dry_run: bool
) -> Found:
    """Made only when not found; a twin made meanwhile, or refused as one, is found by looking again."""
    known = find()
    if known or dry_run:
        return Found(kind, name, known, made=False)
    try:
        return Found(kind, name, make(), made=True)
    except OutsideError as error:
        again = find() if error.status == 409 or error.ambiguous else None
        if again is None:
            raise
        return Found(kind, name, again, made=True)


def _readiness() -> int | None:
    return next(
        (one.etsy_id for one in shop.readiness_profiles() if (one.state, one.min_days, one.max_days) == PROCESSING),
        None,
    )


def _returns() -> int | None:
    """Whatever policy the owner has made is the shop's policy."""
    return next((one.etsy_id for one in shop.return_policies()), None)


def _make_returns() -> int:
    return shop.create_return_policy(accepts_returns=False, accepts_exchanges=False)


def _shipping() -> int | None:
    return next((one.etsy_id for one in shop.shipping_profiles() if one.name == SHIPPING), None)


def _make_shipping(postal_code: str) -> int:
    if not postal_code:
        raise NeedsPerson("Etsy asks where parcels are sent from: run etsy_setup --postal-code with your ZIP code.")
    return shop.create_free_us_shipping(SHIPPING, postal_code, *DELIVERY_DAYS)


def _section(name: str, dry_run: bool) -> Found:
    def find() -> int | None:
        return next((one.etsy_id for one in shop.sections() if one.name == name), None)

    return _find_or_make(Kind.SECTION, name, find, lambda: shop.create_section(name), dry_run)


def ids() -> Ids:
    """The stored ids; Refused while the shop is not set up, so that listings wait instead of failing."""
    rows = list(SetupObject.objects.all())
    by_kind = {row.kind: row for row in rows if row.kind != Kind.SECTION}
    missing = [kind.label for kind in Kind if kind != Kind.SECTION and kind not in by_kind]
    if missing:
        why = f"the Etsy shop is not set up ({', '.join(missing)} missing): run manage.py etsy_setup"
        raise Refused(clock.now() + timedelta(minutes=10), why, "etsy")
    size = by_kind[Kind.SIZE_PROPERTY]
    return Ids(
        taxonomy=by_kind[Kind.TAXONOMY].etsy_id,
        readiness=by_kind[Kind.READINESS].etsy_id,
        returns=by_kind[Kind.RETURNS].etsy_id,
        shipping=by_kind[Kind.SHIPPING].etsy_id,
        variation=Variation(size.etsy_id, size.name),
        sections={row.name: row.etsy_id for row in rows if row.kind == Kind.SECTION},
    )
