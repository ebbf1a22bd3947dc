"""Finds or makes what every listing of the shop refers to; running it again makes no doubles."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from stickertrendz import clock
from stickertrendz.ops import audit, meters
from stickertrendz.ops.errors import NeedsPerson, OutsideError, Refused
from stickertrendz.ops.models import Meter

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
MOST_SECTIONS = 20
ALONE = timedelta(minutes=10)  # so long a set-up that died keeps others out
PURPOSE = {
    Kind.TAXONOMY: "the category every listing stands in",
    Kind.READINESS: "printed to order, sent within 3 to 5 business days",
    Kind.RETURNS: "what buyers are told about returns; a listing cannot go on sale without one",
    Kind.SHIPPING: "free within the United States, delivered in 3 to 7 days",
    Kind.SECTION: "where buyers find it in the shop; each listing stands in one",
    Kind.SIZE_PROPERTY: "by which buyers choose 3 or 4 inches",
}


@dataclass(frozen=True)
class Found:
    """One object: its id, or none when a dry run would make it; `note` says what a person should know about it."""

    kind: str
    name: str
    etsy_id: int | None
    made: bool
    note: str = ""

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def purpose(self) -> str:
        return PURPOSE[Kind(self.kind)]

    @property
    def how(self) -> str:
        return "made" if self.made else "found" if self.etsy_id else "would be made"


@dataclass(frozen=True)
class Ids:
    """What a draft needs."""

    taxonomy: int
    readiness: int
    returns: int
    shipping: int
    variation: Variation
    sections: dict[str, int]


def look() -> list[Found]:
    """What is there and what a set-up would make; nothing is changed."""
    return list(_steps("", dry_run=True))


def set_up(*, by: str, postal_code: str = "") -> list[Found]:
    """Each object is kept as soon as it is found or made, so that after a failure the next run goes on from there.

    postal_code: where parcels are sent from; only needed while there is no shipping profile yet. NeedsPerson while
    another set-up runs: two at once would both find something missing, and make it twice.
    """
    found: list[Found] = []
    with _alone():
        for step in _steps(postal_code or settings.ETSY_ORIGIN_POSTAL_CODE, dry_run=False):
            _keep(step, by)
            found.append(step)
    return found


@contextmanager
def _alone() -> Iterator[None]:
    now = clock.now()
    row = Meter.objects.filter(pk=meters.row("etsy_setup", meters.EPOCH).pk)
    if not row.filter(Q(claimed_until=None) | Q(claimed_until__lt=now)).update(claimed_until=now + ALONE):
        raise NeedsPerson("Another set-up of the shop is running. Run this again when it is done.")
    try:
        yield
    finally:
        row.filter(claimed_until=now + ALONE).update(claimed_until=None)


def _steps(postal_code: str, *, dry_run: bool) -> Iterator[Found]:
    category = _category(shop.categories())
    asked = shop.properties(category.etsy_id)
    yield Found(Kind.TAXONOMY, category.path[-1], category.etsy_id, made=False, note=demands(asked))
    yield _size_property(asked)
    yield _find_or_make(Kind.READINESS, "", _readiness, lambda: shop.create_readiness_profile(*PROCESSING), dry_run)
    yield _find_or_make(Kind.RETURNS, "", _returns, _make_returns, dry_run)
    yield _find_or_make(Kind.SHIPPING, SHIPPING, _shipping, lambda: _make_shipping(postal_code), dry_run)
    there = shop.sections()
    for name in SECTIONS:
        yield _section(name, there, dry_run)


def demands(asked: Iterable[shop.Property]) -> str:
    """What Etsy wants every listing of the category to state and ours do not; empty when nothing."""
    names = ", ".join(one.name for one in asked if one.required and one.name.casefold() not in SIZE_NAMES)
    return f"Etsy asks every listing of this category for: {names}" if names else ""


@transaction.atomic
def _keep(found: Found, by: str) -> None:
    single = found.kind != Kind.SECTION
    if single:  # a shop has one of each but sections; a renamed one replaces the old
        SetupObject.objects.filter(kind=found.kind).exclude(name=found.name).delete()
    values = {"etsy_id": found.etsy_id, "checked_at": clock.now()}
    row, _ = SetupObject.objects.update_or_create(kind=found.kind, name=found.name, defaults=values)
    if found.made:
        audit.record(by, "made at Etsy", row, etsy_id=found.etsy_id)


def _category(nodes: Iterable[shop.Node]) -> shop.Node:
    """The stickers category by its path, else the deepest one called Stickers: Etsy renames branches."""
    named = [node for node in nodes if node.path[-1] == CATEGORY[-1]]
    exact = [node for node in named if node.path == CATEGORY]
    best = exact or sorted(named, key=lambda node: len(node.path), reverse=True)
    if not best:
        raise NeedsPerson("Etsy lists no category called Stickers; look at its category list and tell the developer.")
    return best[0]


def _size_property(asked: Iterable[shop.Property]) -> Found:
    usable = [one for one in asked if one.supports_variations]
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
    """Whatever policy the owner has made is the shop's policy; the one we used before stays while it is there."""
    policies = {one.etsy_id for one in shop.return_policies()}
    known = _kept(Kind.RETURNS, "")
    return known if known in policies else min(policies, default=None)


def _make_returns() -> int:
    return shop.create_return_policy(accepts_returns=False, accepts_exchanges=False)


def _shipping() -> int | None:
    there = _named(shop.shipping_profiles(), Kind.SHIPPING, SHIPPING)
    return there.etsy_id if there else None


def _named(there: Iterable[shop.Named], kind: str, name: str) -> shop.Named | None:
    """The one kept before, though the owner may have renamed it; else one of that name."""
    known = _kept(kind, name)
    renamed = [one for one in there if one.etsy_id == known]
    return next(iter(renamed), None) or next((one for one in there if one.name == name), None)


def _kept(kind: str, name: str) -> int | None:
    return SetupObject.objects.filter(kind=kind, name=name).values_list("etsy_id", flat=True).first()


def _make_shipping(postal_code: str) -> int:
    if not postal_code:
        raise NeedsPerson(
            "Etsy asks where parcels are sent from: set ETSY_ORIGIN_POSTAL_CODE to your ZIP code, or run "
            "etsy_setup --postal-code ZIP."
        )
    return shop.create_free_us_shipping(SHIPPING, postal_code, *DELIVERY_DAYS)


def _section(name: str, there: list[shop.Named], dry_run: bool) -> Found:
    """Found in the list read before; only a doubtful answer makes us read it again."""
    if section := _named(there, Kind.SECTION, name):
        note = "" if section.name == name else f"called “{section.name}” in the shop"
        return Found(Kind.SECTION, name, section.etsy_id, made=False, note=note)
    if len(there) + missing(there).index(name) >= MOST_SECTIONS:
        words = f"The shop has {len(there)} sections and Etsy allows {MOST_SECTIONS}"
        if dry_run:
            return Found(Kind.SECTION, name, None, made=False, note=f"{words}: delete one first")
        raise NeedsPerson(f"{words}: delete or rename one in Shop Manager › Listings, or name one “{name}”.")

    def find() -> int | None:
        section = None if dry_run else _named(shop.sections(), Kind.SECTION, name)
        return section.etsy_id if section else None

    return _find_or_make(Kind.SECTION, name, find, lambda: shop.create_section(name), dry_run)


def missing(there: list[shop.Named]) -> list[str]:
    """Names of our sections that are not in the shop, in our order."""
    return [name for name in SECTIONS if _named(there, Kind.SECTION, name) is None]


def ids() -> Ids:
    """The stored ids; Refused while the shop is not set up, so that listings wait instead of failing."""
    rows = list(SetupObject.objects.all())
    by_kind = {row.kind: row for row in rows if row.kind != Kind.SECTION}
    lacking = [kind.label for kind in Kind if kind != Kind.SECTION and kind not in by_kind]
    if lacking:
        why = f"the Etsy shop is not set up ({', '.join(lacking)} missing): run manage.py etsy_setup"
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
