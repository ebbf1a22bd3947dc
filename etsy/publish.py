"""Brings approved designs to Etsy: one draft each, made once, then made what is wanted."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from pricing import plan
from stickers.models import Sticker
from stickertrendz.ops import intents
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Intent
from stickertrendz.ops.subjects import subject_of

from . import room, sections, setup, stock, words
from .adapters import listings
from .adapters.listings import Draft, ShopListing
from .make_so import make_so
from .models import Listing

logger = logging.getLogger(__name__)
Status = Listing.Status
CLOCKS_MAY_DIFFER = timedelta(minutes=10)
DRAFT = "etsy_draft"
NEVER_TOO_OFTEN = 1_000  # nothing is sent any more
CLOSED = (Status.DELETED, Status.WITHDRAWN)


def plan_listings() -> int:
    """One planned listing for every design that should be on sale and has none; two workers make it once."""
    open_ones = Listing.objects.exclude(status__in=CLOSED)
    wanted = Sticker.objects.filter(status=Sticker.Status.APPROVED, shelf=Sticker.Shelf.WANTED)
    made = 0
    for key in wanted.exclude(pk__in=open_ones.values("sticker")).order_by("pk").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                Listing.objects.create(sticker_id=key, status=Status.PLANNED)
                made += 1
        except IntegrityError:
            logger.info("Sticker %s got its listing from another worker", key)
    return made


def underway(due: QuerySet[Listing]) -> list[int]:
    """Those that were sent and may have landed, or are not wanted any more: what becomes of them needs no room."""
    keys = {draft_key(one): one.pk for one in due.filter(status=Status.PLANNED).select_related("sticker")}
    sent = Intent.objects.filter(kind=DRAFT, key__in=keys, state__in=[Intent.State.SENT, Intent.State.DONE])
    unwanted = due.exclude(sticker__shelf=Sticker.Shelf.WANTED).values_list("pk", flat=True)
    return [*(keys[key] for key in sent.values_list("key", flat=True)), *unwanted]


def settle(listing: Listing) -> None:
    """Takes what landed for ours, or takes it back; whether there is room to put it on sale is asked afterwards."""
    if not _still_wanted(listing):
        _take_back(listing)
    else:
        _draft_once(listing, _send_when_there_is_room)


def publish(listing: Listing) -> None:
    """From the first call to on sale; interrupted anywhere, running it again goes on from there."""
    if not _still_wanted(listing):
        _take_back(listing)
        return
    room.check_slots()
    if listing.status == Status.PLANNED:
        room.check_fees()
    plan.open_offers(listing.sticker)  # also of what comes back: nobody kept its floor while it was off sale
    if listing.status == Status.PLANNED:
        _draft_once(listing, _send)
    _delete_twins(listing)
    make_so(listing)


def _still_wanted(listing: Listing) -> bool:
    return Sticker.objects.filter(pk=listing.sticker_id, shelf=Sticker.Shelf.WANTED).exists()


def _intent(listing: Listing) -> Intent:
    return intents.plan(DRAFT, draft_key(listing), listing)


def draft_key(listing: Listing) -> str:
    """Relisting is a new deed: the key holds the listing's row besides the design's number."""
    return f"{listing.sticker.number}:{listing.pk}"


def _draft_once(listing: Listing, send: Callable[[Listing, Intent], None]) -> None:
    _adopt_draft(listing, intents.once(_intent(listing), partial(send, listing), partial(_find, listing)))


def _send_when_there_is_room(listing: Listing, intent: Intent) -> None:
    room.check_slots()
    room.check_fees()
    _send(listing, intent)


def _send(listing: Listing, intent: Intent) -> None:
    listings.create_draft(_draft(listing), intent, subject=subject_of(listing))


def _draft(listing: Listing) -> Draft:
    ids, text = setup.ids(), words.wanted(listing.sticker)
    return Draft(
        title=text.title,
        description=text.description,
        tags=text.tags,
        price=min(offer.wanted_price for offer in stock.offers(listing)),
        quantity=stock.QUANTITY,
        taxonomy_id=ids.taxonomy,
        shipping_profile_id=ids.shipping,
        return_policy_id=ids.returns,
        readiness_state_id=ids.readiness,
        shop_section_id=ids.sections.get(sections.wanted([listing])[listing.pk]),
        who_made=settings.ETSY_WHO_MADE,
        when_made=settings.ETSY_WHEN_MADE,
        production_partner_ids=tuple(settings.ETSY_PRODUCTION_PARTNER_IDS),
    )


def _adopt_draft(listing: Listing, result: dict[str, Any]) -> None:
    listing.move_to(Status.DRAFT, etsy_id=result["etsy_id"], state_seen=Status.DRAFT)


def _find(listing: Listing, intent: Intent) -> dict[str, Any] | None:
    """The oldest listing with our marker made since we sent; drafts first, for that is what we asked for."""
    if told := intent.result.get("told"):
        return {"etsy_id": _pointed_out(listing, told)}
    found = _marked(listing, intent.sent_at or intent.planned_at)
    return {"etsy_id": found[0].listing_id} if found else None


def _pointed_out(listing: Listing, etsy_id: int) -> int:
    """The number a person gave, when that listing is really this design's and nobody else's."""
    found = listings.get(etsy_id, subject=subject_of(listing))
    number = listing.sticker.number
    if found is None or words.number_in(found.description) != number:
        raise NeedsPerson(
            f"Listing {etsy_id} on Etsy does not end with “Design no. {number}”. Look for it there again."
        )
    if Listing.objects.exclude(pk=listing.pk).filter(etsy_id=etsy_id).exists():
        raise NeedsPerson(f"Listing {etsy_id} on Etsy belongs to another listing here. Look for it there again.")
    return etsy_id


def _marked(listing: Listing, since: datetime) -> list[ShopListing]:
    """Listings on Etsy that carry this design's number and belong to no row of ours but this one."""
    number = listing.sticker.number
    taken = set(Listing.objects.exclude(pk=listing.pk).exclude(etsy_id=None).values_list("etsy_id", flat=True))
    found: list[ShopListing] = []
    for state in (Status.DRAFT, Status.ACTIVE, Status.INACTIVE):
        young = _since(state, since - CLOCKS_MAY_DIFFER)
        found += [one for one in young if words.number_in(one.description) == number and one.listing_id not in taken]
        if found:
            break
    return sorted(found, key=lambda one: one.listing_id)


def _since(state: str, since: datetime) -> list[ShopListing]:
    """Etsy gives the newest first, so paging ends at the first older one."""
    young: list[ShopListing] = []
    for one in listings.in_state(state):
        if one.created_at and one.created_at < since:
            break
        young.append(one)
    return young


def _delete_twins(listing: Listing) -> None:
    """A draft sent twice may have landed twice, the first one late: what is not ours to activate is deleted."""
    if listing.status != Status.DRAFT:
        return
    intent = _intent(listing)
    if intent.sends < 2:
        return
    for twin in _marked(listing, intent.planned_at):
        if twin.listing_id != listing.etsy_id and twin.state == Status.DRAFT:
            listings.delete(twin.listing_id, subject=subject_of(listing))


def _take_back(listing: Listing) -> None:
    if listing.status == Status.PLANNED:
        _call_off(listing)
    else:
        make_so(listing)


def _call_off(listing: Listing) -> None:
    """Not wanted any more before it was there; a draft that may have landed is found first, then deleted."""
    intent = _intent(listing)
    gone = intent.state == Intent.State.VOID
    landed = {} if gone else intents.once(intent, intents.void, partial(_find, listing), most_sends=NEVER_TOO_OFTEN)
    if landed:
        _adopt_draft(listing, landed)
        make_so(listing)
    else:
        listing.move_to(Status.WITHDRAWN)
