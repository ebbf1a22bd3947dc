"""Etsy's operations on the pictures of a listing; one upload at a time, because parallel ones scramble the ranks."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from etsy import lint
from stickertrendz.ops.errors import OutsideError

from . import wire
from .transport import call
from .wire import Request


@dataclass(frozen=True)
class Picture:
    image_id: int
    rank: int


def upload(listing_id: int, rank: int, content: bytes, *, name: str, alt_text: str, subject: str) -> Picture:
    """Puts the picture at that rank, in place of what is there; sending it again changes nothing.

    NeedsPerson says what Etsy would refuse or spoil.
    """
    lint.insist(lint.against_picture(rank, content))
    form: dict[str, wire.Value] = {"rank": rank, "overwrite": True, "alt_text": alt_text[:500]}
    request = Request("uploadListingImage", "POST", _path(listing_id), form=form, picture=(name, content))
    return call(request, _picture, subject=subject)


def get(listing_id: int, *, subject: str) -> list[Picture]:
    """The listing's pictures by rank."""
    request = Request("getListingImages", "GET", f"/application/listings/{listing_id}/images")
    found = call(request, lambda data: [_picture(one) for one in wire.page(data)], subject=subject)
    return sorted(found, key=lambda picture: picture.rank)


def delete(listing_id: int, image_id: int, *, subject: str) -> None:
    """Gone already is as good."""
    request = Request("deleteListingImage", "DELETE", f"{_path(listing_id)}/{image_id}")
    try:
        call(request, lambda _: None, subject=subject)
    except OutsideError as error:
        if error.status != 404:
            raise


def _path(listing_id: int) -> str:
    return f"/application/shops/{settings.ETSY_SHOP_ID}/listings/{listing_id}/images"


def _picture(data: Any) -> Picture:
    return Picture(int(data["listing_image_id"]), int(data["rank"]))
