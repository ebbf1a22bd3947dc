"""Makes the pictures of a listing so: by rank, one after the other, read back, nothing more than wanted."""

from pathlib import PurePath

from stickertrendz.ops import alerts, storage
from stickertrendz.ops.errors import NeedsPerson, OutsideError
from stickertrendz.ops.subjects import subject_of

from .adapters import images
from .models import Listing


def make_so(listing: Listing) -> None:
    """A draft gets exactly our pictures; on a published listing, pictures that others changed are left to them."""
    wanted = list(listing.sticker.listing_images)
    if not wanted:
        raise NeedsPerson("This design has no listing pictures; make them again first.")
    fresh = not listing.images_asked  # nothing known to be there: whatever is, is written over
    present = {} if fresh else {picture.rank: picture.image_id for picture in _read(listing)}
    if listing.images_asked == wanted and list(present.values()) == listing.images_seen:
        return
    if listing.images_asked == wanted and listing.first_active_at:
        _adopt(listing, list(present.values()))
        return
    for rank, key in enumerate(wanted, start=1):
        if not _is_there(listing, rank, key, present):
            _upload(listing, rank, key)
    _read_back(listing, wanted)


def _read(listing: Listing) -> list[images.Picture]:
    return images.get(listing.etsy_number, subject=subject_of(listing))


def _is_there(listing: Listing, rank: int, key: str, present: dict[int, int]) -> bool:
    known = list(zip(listing.images_asked, listing.images_seen, strict=False))  # others may have taken some away
    return known[rank - 1 : rank] == [(key, present.get(rank))]


def _upload(listing: Listing, rank: int, key: str) -> None:
    picture = images.upload(
        listing.etsy_number,
        rank,
        storage.load("public", key),
        name=PurePath(key).name,
        alt_text=f"{listing.sticker.title} ({rank})",
        subject=subject_of(listing),
    )
    _keep(listing, [*listing.images_asked[: rank - 1], key], [*listing.images_seen[: rank - 1], picture.image_id])


def _keep(listing: Listing, asked: list[str], seen: list[int]) -> None:
    Listing.objects.filter(pk=listing.pk).update(images_asked=asked, images_seen=seen)
    listing.images_asked, listing.images_seen = asked, seen


def _read_back(listing: Listing, wanted: list[str]) -> None:
    """Expects 1..n as uploaded; what is too many goes, what is missing is for the next try, of three."""
    shown = [picture.image_id for picture in _read(listing)]
    extras = [image_id for image_id in shown if image_id not in listing.images_seen]
    for image_id in extras:
        images.delete(listing.etsy_number, image_id, subject=subject_of(listing))
    left = [picture.image_id for picture in _read(listing)] if extras else shown
    if left != listing.images_seen or len(left) != len(wanted):
        _keep(listing, [], [])
        raise OutsideError("etsy", "the pictures it shows are not the ones we sent")


def _adopt(listing: Listing, present: list[int]) -> None:
    _keep(listing, listing.images_asked, present)
    words = f"The pictures of {listing} were changed on Etsy, and it was not us. They stay as they are."
    alerts.alert(f"foreign-pictures:{listing.pk}", "A listing was changed on Etsy", words, listing)
