"""Makes one listing on Etsy what is wanted now: reads it, sends only what differs, reads it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from stickertrendz import clock
from stickertrendz.ops import alerts
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.subjects import subject_of

from . import pictures, room, sections, setup, stock, words
from .adapters import listings
from .adapters.listings import ShopListing
from .adapters.wire import Value
from .models import Listing
from .shelf import ACTIVATE, ENDED, RENEW, make_sure_it_is_gone, see, wanted_state
from .words import Words

Status = Listing.Status
ON_ETSY = (Status.DRAFT, Status.ACTIVE, Status.INACTIVE)
NOT_FOUND = 404


def make_so(listing: Listing, *, thorough: bool = True) -> None:
    """thorough: pictures and inventory too, which cost calls of their own. Repeating it is the recovery.

    The shelf is read again before each change and after activating, so the last word is always kept. What ended on
    Etsy by itself is left, unless a person agreed to the fee of renewing it.
    """
    with minding_its_end(listing):
        found = _look(listing)
        if found is None:
            return
        aspects = [partial(_make_words_so, listing, found)]
        if thorough or listing.status != Status.ACTIVE:
            aspects += [partial(pictures.make_so, listing), partial(stock.make_so, listing)]
        for aspect in aspects:
            if wanted_state(listing) == Status.ACTIVE and _changeable(listing):
                aspect()
        _make_state_so(listing, found)


@contextmanager
def minding_its_end(listing: Listing) -> Iterator[None]:
    """A 404 in the middle of our work may mean that the listing is gone; otherwise it is an error like others."""
    try:
        yield
    except OutsideError as error:
        if error.status != NOT_FOUND or _look(listing) is not None:
            raise


def _look(listing: Listing) -> ShopListing | None:
    """Reads the listing and writes down its state; None when Etsy no longer has it. NotYet while that is not sure."""
    found = listings.get(listing.etsy_number, subject=subject_of(listing))
    if found is None:
        make_sure_it_is_gone(listing)
    see(listing, found)
    return found if listing.status != Status.DELETED else None


def _changeable(listing: Listing) -> bool:
    renewed = listing.status in ENDED and listing.renewal_asked_at is not None
    return renewed or listing.status in ON_ETSY


def _make_state_so(listing: Listing, found: ShopListing) -> None:
    """Twice at most: activated, and taken back when the shelf changed meanwhile.

    A change that Etsy accepts and does not make is an error: repeated in silence it would use up the day's listings.
    """
    for _ in range(2):
        before = listing.status
        wish = wanted_state(listing)
        if wish == Status.DELETED and listing.status != Status.DELETED:
            _delete(listing)
        if wish == listing.status or not _changeable(listing):
            return
        if wish == Status.ACTIVE:
            _activate(listing, found)
        else:
            _ask(listing, wish)
            _update(listing, {"state": wish})
        _look(listing)
        if listing.status == before:
            raise OutsideError("etsy", f"accepted that the listing becomes {wish}, but still shows it as {before}")


def _delete(listing: Listing) -> None:
    _ask(listing, Status.DELETED)
    listings.delete(listing.etsy_number, subject=subject_of(listing))
    see(listing, None)


def _activate(listing: Listing, found: ShopListing) -> None:
    """The first activation and each renewal cost a fee, reserved with the call; only our own id is ever activated.

    For a draft the publisher has just made sure that there is room.
    """
    operation = _paid_by(listing, found)
    if listing.status != Status.DRAFT:
        room.check_slots()
    sold_out = listing.status == Status.SOLD_OUT
    _ask(listing, Status.ACTIVE)
    fee = room.FEE if operation in (ACTIVATE, RENEW) else ()
    _update(listing, {"state": Status.ACTIVE.value}, reserve=fee, operation=operation)
    if sold_out:  # Etsy puts one piece of each on sale
        stock.make_so(listing)


def _paid_by(listing: Listing, found: ShopListing) -> str:
    """The operation under which a fee is paid; a plain update costs none."""
    if listing.status == Status.DRAFT:
        return ACTIVATE
    over = found.ends_at is not None and found.ends_at <= clock.now()
    return RENEW if over or listing.status in ENDED else "updateListing"


def _ask(listing: Listing, state: str) -> None:
    Listing.objects.filter(pk=listing.pk).update(state_asked=state)
    listing.state_asked = state


def _update(
    listing: Listing, changes: dict[str, Value], *, reserve: tuple[Reserve, ...] = (), operation: str = "updateListing"
) -> None:
    listings.update(listing.etsy_number, changes, subject=subject_of(listing), reserve=reserve, operation=operation)


def _make_words_so(listing: Listing, found: ShopListing) -> None:
    """Title, description, tags and section by one request; what others wrote over ours is left to them."""
    asked, section = words.wanted(listing.sticker), _section(listing)
    seen = Words(found.title, found.description, found.tags).digest
    changes: dict[str, Value] = {}
    if asked.digest not in (seen, listing.copy_asked):
        changes |= {"title": asked.title, "description": asked.description, "tags": list(asked.tags)}
    if section not in (found.section_id, listing.section_asked, None):
        changes["shop_section_id"] = section
    if changes:
        _update(listing, changes)
    _tell_foreign(listing, "words", seen, asked.digest, listing.copy_asked, listing.copy_seen)
    _tell_foreign(listing, "section", found.section_id, section, listing.section_asked, listing.section_seen)
    _keep(
        listing,
        copy_asked=asked.digest,
        copy_seen=asked.digest if "title" in changes else seen,
        section_asked=section,
        section_seen=section if "shop_section_id" in changes else found.section_id,
    )


def _section(listing: Listing) -> int | None:
    return setup.ids().sections.get(sections.wanted([listing])[listing.pk])


def _tell_foreign(listing: Listing, what: str, seen: object, *ours: object) -> None:
    if listing.first_active_at and seen not in ours:
        text = f"The {what} of {listing} changed on Etsy, and it was not us. We leave it until our own wish changes."
        alerts.alert(f"foreign-{what}:{listing.pk}", "A listing was changed on Etsy", text, listing)


def _keep(listing: Listing, **columns: object) -> None:
    Listing.objects.filter(pk=listing.pk).update(**columns)
    for name, value in columns.items():
        setattr(listing, name, value)
