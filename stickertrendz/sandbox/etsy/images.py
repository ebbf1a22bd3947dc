"""Listing images: decoded to prove they are pictures, kept as size and hash."""

import hashlib
import io

from PIL import Image, UnidentifiedImageError

from stickertrendz.sandbox.etsy import validate as rule
from stickertrendz.sandbox.etsy.access import Operation
from stickertrendz.sandbox.etsy.errors import problem, refusal
from stickertrendz.sandbox.etsy.listing_view import image_view, images_view
from stickertrendz.sandbox.etsy.listings import IMAGES
from stickertrendz.sandbox.etsy.world import EtsyWorld, Record
from stickertrendz.sandbox.routing import Reply, Request

MAX_BYTES = 20_000_000
ALT_TEXT = 500
NO_IMAGE = "Either a valid image file or a listing_image_id must be provided."
FIELDS = {
    "rank": rule.integer_between(1, IMAGES),
    "overwrite": rule.boolean,
    "is_watermarked": rule.boolean,
    "alt_text": rule.text_up_to(ALT_TEXT),
    "listing_image_id": rule.integer,
}


def upload(world: EtsyWorld, request: Request) -> Reply:
    listing = world.get("listings", request.args["listing_id"])
    if request.content_type != "multipart/form-data":
        raise refusal(400, NO_IMAGE)
    given = rule.parsed(request.form(), FIELDS)
    files = request.files()
    if set(files) - {"image"}:
        raise refusal(400, NO_IMAGE)
    image = _measured(files["image"]) if "image" in files else _known(world, given.get("listing_image_id"))
    image = {**image, "alt_text": given.get("alt_text", image["alt_text"]), "created": world.now()}
    if "image" in files:
        image["listing_image_id"] = world.number("image")
    rank = _place(listing["images"], image, given.get("rank", 1), overwrite=given.get("overwrite", False))
    listing["updated"] = world.now()
    return Reply.of_json(image_view(world, listing, rank), 201)


def _measured(file: tuple[str, bytes]) -> Record:
    filename, content = file
    if not filename or not content:
        raise refusal(400, NO_IMAGE)
    if len(content) > MAX_BYTES:
        raise problem("image", "the file is too large")
    try:
        kind, (width, height), alpha = _decode(content)
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise refusal(400, NO_IMAGE) from None
    if kind not in ("PNG", "JPEG", "GIF"):
        raise problem("image", f"{kind} is not supported")
    digest = hashlib.sha256(content).hexdigest()
    return {"width": width, "height": height, "bytes": len(content), "sha256": digest, "alpha": alpha, "alt_text": ""}


def _decode(content: bytes) -> tuple[str | None, tuple[int, int], bool]:
    """Kind, size, transparency; reads all of it cheaply: a PNG by its checksums, a JPEG at an eighth of its size."""
    with Image.open(io.BytesIO(content)) as image:
        kind, size, alpha = image.format, image.size, image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        if kind == "PNG":
            image.verify()
        else:
            image.draft("L", (size[0] // 8, size[1] // 8))
            image.load()
    return kind, size, alpha


def _known(world: EtsyWorld, listing_image_id: int | None) -> Record:
    for listing in world.listings.values():
        for image in listing["images"]:
            if image["listing_image_id"] == listing_image_id:
                return dict(image)
    raise refusal(400, NO_IMAGE)


def _place(images: list[Record], image: Record, rank: int, *, overwrite: bool) -> int:
    """Puts the image at its rank, or last when there are fewer; others move down unless it overwrites."""
    if overwrite and rank <= len(images):
        images[rank - 1] = image
        return rank
    if len(images) >= IMAGES:
        raise problem("images", f"a listing may have at most {IMAGES} images")
    images.insert(rank - 1, image)
    return min(rank, len(images))


def read(world: EtsyWorld, request: Request) -> Reply:
    shown = images_view(world, world.read(request.args["listing_id"]))
    return Reply.of_json({"count": len(shown), "results": shown})


def remove(world: EtsyWorld, request: Request) -> Reply:
    listing = world.get("listings", request.args["listing_id"])
    kept = [image for image in listing["images"] if image["listing_image_id"] != int(request.args["listing_image_id"])]
    if len(kept) == len(listing["images"]):
        raise refusal(404, "The listing has no such image.")
    if not kept and listing["state"] == "active":
        raise refusal(409, "An active listing needs at least one image.")
    listing["images"], listing["updated"] = kept, world.now()
    return Reply(204)


_OF_LISTING = "shops/{shop_id}/listings/{listing_id}/images"
OPERATIONS = [
    Operation("POST", _OF_LISTING, "uploadListingImage", "listings_w", upload),
    Operation("GET", "listings/{listing_id}/images", "getListingImages", "", read),
    Operation("DELETE", f"{_OF_LISTING}/{{listing_image_id}}", "deleteListingImage", "listings_w", remove),
]
