"""A dress rehearsal in the owner's own shop: test drafts made, filled, read back, compared and deleted again.

Nothing goes on sale unless one listing is paid for. Each draft has an intent and ends with that intent's key, so that
what an interrupted rehearsal left is known for sure, and nothing else is ever touched.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Q
from PIL import Image

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import intents, storage
from stickertrendz.ops.errors import NeedsPerson, OutsideError
from stickertrendz.ops.models import Call, Intent
from stickertrendz.ops.subjects import subject_of

from . import lint, room, setup, stock
from .adapters import images, inventory, listings
from .adapters.inventory import Product
from .adapters.listings import Draft, ShopListing
from .models import Listing

KIND = "etsy_rehearsal"
CLAIM = timedelta(minutes=5)  # so long a rehearsal that died may still be running
PRICES = {"3": Decimal("0.49"), "4": Decimal("0.99")}  # Etsy's testing policy: below a dollar
TAGS = (
    "test listing", "please do not buy", "rehearsal", "sticker test", "vinyl sticker", "laptop sticker", "decal test",
    "sample", "shop test", "draft", "will be deleted", "not for sale", "free shipping",
)  # fmt: skip
TITLE = "Test {} - Rehearsal of a Sticker Shop - Please Do Not Buy"
TEXT = "This is a test of our own tools. It is deleted in a moment; please do not buy it.\n\n" + (
    "FREE SHIPPING!\n\nThis sticker design was created with the assistance of AI tools."
)


@dataclass
class Result:
    """One draft: what Etsy showed otherwise than sent, how long it took in seconds and how many calls."""

    key: str
    etsy_id: int | None = None
    differences: list[str] = field(default_factory=list)
    seconds: float = 0
    calls: int = 0
    deleted: bool = False


def rehearse(count: int, *, pay: bool = False) -> Iterator[Result]:
    """One draft after the other; with `pay` the first is put on sale for a moment, which costs the listing fee.

    Refused and Halt end it, after the draft at hand was deleted if that was possible.
    """
    setup.ids()  # before anything is made
    if pay:
        room.check_slots()
    pictures = _pictures()
    begun = f"{clock.now():%Y%m%dT%H%M%S%f}"
    for number in range(1, count + 1):
        yield _one(f"{begun}-{number:02}", pictures, pay=pay and number == 1)


def _one(key: str, pictures: Sequence[bytes], *, pay: bool) -> Result:
    result, began = Result(key), clock.now()
    intent = intents.plan(KIND, key)
    _claim(intent)
    try:
        _go_through(intent, result, pictures, pay)
    except (OutsideError, NeedsPerson) as error:
        result.differences.append(str(error))
    finally:
        Intent.objects.filter(pk=intent.pk).update(claimed_until=None)
        result.deleted = _remove(intent)
        result.seconds = (clock.now() - began).total_seconds()
        result.calls = Call.objects.filter(subject=subject_of(intent)).count()
    return result


def _claim(intent: Intent) -> None:
    Intent.objects.filter(pk=intent.pk).update(claimed_until=clock.now() + CLAIM)


def _go_through(intent: Intent, result: Result, pictures: Sequence[bytes], pay: bool) -> None:
    """The publisher's own calls, in its order."""
    draft, subject = _draft(intent.key), subject_of(intent)
    listing_id = result.etsy_id = listings.create_draft(draft, intent, subject=subject).listing_id
    _claim(intent)  # anew: the answer has ended the claim
    shown = [
        images.upload(listing_id, rank, content, name=f"{rank}.jpg", alt_text=f"Test {rank}", subject=subject).image_id
        for rank, content in enumerate(pictures, start=1)
    ]
    products = _products(intent.key)
    inventory.put(listing_id, products, setup.ids().variation, subject=subject)
    result.differences += _compare(listing_id, draft, products, shown, subject)
    if pay:
        result.differences += _on_sale_and_off(listing_id, subject)


def _draft(key: str) -> Draft:
    ids = setup.ids()
    return Draft(
        title=lint.title(TITLE.format(key)),
        description=f"{lint.description(TEXT)}\n\n{marker(key)}",
        tags=tuple(lint.tags(TAGS)),
        price=min(PRICES.values()),
        quantity=stock.QUANTITY,
        taxonomy_id=ids.taxonomy,
        shipping_profile_id=ids.shipping,
        return_policy_id=ids.returns,
        readiness_state_id=ids.readiness,
        shop_section_id=next(iter(ids.sections.values()), None),
        who_made=settings.ETSY_WHO_MADE,
        when_made=settings.ETSY_WHEN_MADE,
        production_partner_ids=tuple(settings.ETSY_PRODUCTION_PARTNER_IDS),
    )


def marker(key: str) -> str:
    """The last line, by which a rehearsal's draft is known; the publisher's own marker is another."""
    return f"Rehearsal no. {key}"


def _products(key: str) -> list[Product]:
    readiness = setup.ids().readiness
    return [
        Product(f"TEST-{key[-2:]}-{size}", f"{size} inches", price, stock.QUANTITY, readiness)
        for size, price in PRICES.items()
    ]


def _pictures() -> list[bytes]:
    """Those of the newest approved design, as they would be sent; before there is one, a plain square."""
    designs = Sticker.objects.filter(status=Sticker.Status.APPROVED).exclude(listing_images=[])
    sticker = designs.order_by("-pk").first()
    return [storage.load("public", key) for key in sticker.listing_images] if sticker else [_square()]


def _square() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2000, 2000), (230, 230, 230)).save(out, "JPEG", quality=80)
    return out.getvalue()


def _compare(
    listing_id: int, draft: Draft, products: Sequence[Product], pictures: Sequence[int], subject: str
) -> list[str]:
    """What Etsy shows otherwise than it was sent, in words."""
    there = listings.get(listing_id, subject=subject)
    if there is None:
        return ["Etsy does not know the draft it has just made"]
    sizes = {(one.sku, one.value, one.price) for one in inventory.get(listing_id, subject=subject)}
    pairs = {
        "state": ("draft", there.state),
        "title": (draft.title, there.title),
        "description": (draft.description.strip(), there.description.replace("\r\n", "\n").strip()),
        "tags": (sorted(draft.tags), sorted(there.tags)),
        "section": (draft.shop_section_id, there.section_id),
        "sizes and prices": ({(one.sku, one.value, one.price) for one in products}, sizes),
        "pictures": (list(pictures), [one.image_id for one in images.get(listing_id, subject=subject)]),
    }
    return [f"{name}: sent {sent!r}, shown {seen!r}" for name, (sent, seen) in pairs.items() if sent != seen]


def _on_sale_and_off(listing_id: int, subject: str) -> list[str]:
    """Each state is asked for and read back; the fee is booked like that of any listing."""
    found = []
    for state, reserve, operation in (("active", room.FEE, "activateListing"), ("inactive", (), "updateListing")):
        listings.update(listing_id, {"state": state}, subject=subject, reserve=reserve, operation=operation)
        there = listings.get(listing_id, subject=subject)
        if there is None or there.state != state:
            found.append(f"state: sent {state!r}, shown {there.state if there else 'nothing'!r}")
    return found


def clean(tell: Callable[[str], object] = lambda words: None) -> int:
    """Deletes what earlier rehearsals left; how many are gone. Those that may still be running are left alone."""
    now, gone = clock.now(), 0
    for intent in Intent.objects.filter(kind=KIND).exclude(state=Intent.State.VOID).order_by("pk"):
        if intent.claimed_until and intent.claimed_until > now:
            tell(
                f"Rehearsal {intent.key} runs or broke off just now: left alone until {intent.claimed_until:%H:%M} UTC."
            )
        elif intent.state == Intent.State.PLANNED:
            _settle(intent)
        elif _remove(intent):
            gone += 1
    return gone


def _remove(intent: Intent) -> bool:
    """Deletes the intent's own draft, if there is one; whether it is known to be gone.

    A lost one that is not found may still appear: its intent stays open until that is out of the question.
    """
    intent.refresh_from_db()
    listing_id = _find(intent)
    if listing_id is not None:
        listings.delete(listing_id, subject=subject_of(intent))
    elif intent.state == Intent.State.SENT and clock.now() < (intent.sent_at or clock.now()) + intents.CERTAIN_AFTER:
        return False
    _settle(intent)
    return True


def _settle(intent: Intent) -> None:
    Intent.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=clock.now()), pk=intent.pk).update(
        state=Intent.State.VOID, claimed_until=None
    )


def _find(intent: Intent) -> int | None:
    """The listing that carries this intent's marker and is none of the shop's designs.

    One whose number we were told is taken at that word while reading does not know it: reading lags behind writing.
    """
    subject, told = subject_of(intent), intent.result.get("etsy_id")
    if told and (there := listings.get(told, subject=subject)) is None:
        return int(told)
    candidates = [there] if told else listings.in_state("draft") if intent.state == Intent.State.SENT else []
    carrying = [one.listing_id for one in candidates if one and _carries(one, intent)]
    return next((one for one in carrying if not Listing.objects.filter(etsy_id=one).exists()), None)


def _carries(there: ShopListing, intent: Intent) -> bool:
    return there.description.strip().endswith(f"\n{marker(intent.key)}")
