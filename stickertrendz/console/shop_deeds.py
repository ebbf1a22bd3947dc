"""What the lists of the shop do to many rows at once: each is previewed, and done as the jobs do it."""

from collections.abc import Iterable
from typing import Any

from etsy import takedown
from etsy.models import Listing, TakedownNotice
from pricing import archive, overrides, plan, relist, revert
from pricing.book import read_book
from pricing.models import Offer, Override, PriceChange
from pricing.moves import Move
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from .deciding import Deed

Shelf = Sticker.Shelf
FEW = 100  # rows whose prices are worked out one by one
SENT = "Etsy follows within minutes."


def _leaves(listing: Listing) -> str:
    if listing.sticker.shelf != Shelf.WANTED:
        raise NeedsPerson("its design is not on the shelf")
    return "Taken off Etsy and archived; it can be relisted."


def _archive(listing: Listing, *, by: str, why: str) -> None:
    if not archive.archive(listing.sticker, by=by, why=why):
        raise NeedsPerson("its design is not on the shelf any more")


def _comes_back(listing: Listing) -> str:
    if listing.sticker.shelf != Shelf.ARCHIVED:
        raise NeedsPerson("its design is not archived")
    return "On sale again at today’s prices, if its topic, the blocklists and the room allow it."


def _relist(listing: Listing, *, by: str, why: str) -> None:
    relist.relist(listing.sticker, by=by, why=why)


ARCHIVE = Deed(
    "Take off sale", "These leave the shop and free their slots. They are archived, not deleted, and can be relisted.",
    _leaves, _archive, after=SENT, undo="relist",
)  # fmt: skip
RELIST = Deed(
    "Put on sale again",
    "These go on sale again with the next publisher, at the prices of their trend’s age. A listing that ended after "
    "four months costs Etsy’s fee once more.",
    _comes_back, _relist, after="The next publisher puts them on sale.", undo="archive",
)  # fmt: skip


def _hold(listing: Listing, *, by: str, why: str) -> None:
    overrides.hold(listing.sticker, by=by, why=why)


def _held(listing: Listing) -> str:
    if listing.sticker.shelf != Shelf.WANTED:
        raise NeedsPerson("its design is not on the shelf")
    return "All its sizes at the newest tier’s price, and never archived, until you release the override."


HOLD = Deed(
    "Hold as viral", "An override keeps each design at the newest tier’s price; release it under Overrides.",
    _held, _hold, after="Their overrides are in the list of overrides, where they are released.",
)  # fmt: skip


def reprice(rows: Iterable[Offer]) -> Deed:
    """By today's rules, as the daily run would price them; each size of a design together with the others.

    NeedsPerson where tiers or costs are missing.
    """
    keys = [row.pk for row in rows]
    designs = Offer.objects.filter(pk__in=keys).order_by().values("sticker")
    moves = {move.offer_id: move for move in _todays(designs)}

    def words(offer: Offer) -> str:
        if offer.pk not in moves:
            raise NeedsPerson("today’s rules leave it as it is")
        return _change(moves[offer.pk])

    def step(offer: Offer, *, by: str, why: str) -> None:
        plan.reprice(offer.sticker, by=by, why=why)

    return Deed(
        "Price by the rules now", "These change at once instead of with the daily run, all sizes of a design together.",
        words, step, after=SENT, most=FEW,
    )  # fmt: skip


def _todays(designs: Any) -> Iterable[Move]:
    return plan.make_plan(read_book(clock.now()), Offer.objects.filter(sticker__in=designs)).repriced


def _change(move: Move) -> str:
    words = f"${move.old.price} → ${move.new_price} ({move.verdict.priced.note})"
    return f"{words}: {move.effect}" if move.effect.units else words


def put_back(rows: Iterable[PriceChange]) -> Deed:
    """Each to the price before that change, or today's floor where that is higher."""
    found = {row.pk: revert.of_change(row) for row in rows}

    def words(change: PriceChange) -> str:
        looked = found[change.pk]
        if not looked.doing:
            raise NeedsPerson(next((one.skipped for one in looked.skipped), "there is nothing to put back"))
        one = looked.doing[0]
        return f"${one.move.old.price} → ${one.back_to}, and stays there until you release the override that keeps it."

    def step(change: PriceChange, *, by: str, why: str) -> None:
        if not revert.revert(found[change.pk], by=by, why=why):
            raise NeedsPerson("its price moved meanwhile")

    return Deed(
        "Put prices back", "Each goes back to the price before the ticked change, and an override keeps it there.",
        words, step, after=SENT, most=FEW,
    )  # fmt: skip


def _released(row: Override) -> str:
    if row.released_at or (row.ends_at and row.ends_at <= clock.now()):
        raise NeedsPerson("it has ended already")
    return f"“{row.reason}” ends: what it priced is priced by the table within minutes."


def _release(row: Override, *, by: str, why: str) -> None:
    if not overrides.release(row, by=by, why=why):
        raise NeedsPerson("it has ended already")


RELEASE = Deed(
    "Release overrides", "From then on age and sales decide these prices again. A released override is not put back; "
    "make a new one.",
    _released, _release, after="The engine prices by the table within minutes.",
)  # fmt: skip


def _dropped(notice: TakedownNotice) -> str:
    if notice.status not in (TakedownNotice.Status.DOWN, TakedownNotice.Status.QUESTIONABLE):
        raise NeedsPerson(f"it is {notice.get_status_display().lower()}: there is nothing to withdraw")
    return "Withdrawn: its topic opens again; the design waits for your word under Re-scans, or on its recall’s page."


DROP = Deed(
    "Withdrawn complaints",
    "The complainant gave in: say so of those that did. This verdict cannot be taken back; nothing goes on sale by it.",
    _dropped, takedown.drop, after="Each design waits for your word under Re-scans, or on the page of its recall.",
)  # fmt: skip
