"""What may go wrong with one prediction at Replicate: how it ends, and what lies at the address of its file."""

import base64
import io

from PIL import Image

from stickertrendz.sandbox.routing import Abort, Reply, Request

# How it ends instead of with a picture. "stuck" never begins, "cold" begins late, "empty" ends without a file.
ENDINGS = frozenset({"nsfw", "crash", "canceled", "aborted", "stuck", "cold", "empty"})
# What the finished prediction gives as the address of its picture.
ADDRESSES = {
    "elsewhere": "https://files.example.org/out-0.png",
    "plain_http": "http://replicate.delivery/out-0.png",
}
STATUSES = {"gone": 404, "gone_410": 410, "forbidden": 403}
SIZES = {"small": (768, 768), "oblong": (1024, 768)}
HUGE = 21 * 2**20
NAMES = ENDINGS | set(ADDRESSES) | set(STATUSES) | set(SIZES) | {"data_url", "redirect", "jpeg", "html", "huge", "cut"}
COLD_SECONDS = 90.0


def wished(request: Request) -> tuple[str, int]:
    """The oddity a call to the control room names, and for how many predictions; answers 400 to another name."""
    wanted = request.json()
    oddity = wanted.get("oddity") if isinstance(wanted, dict) else None
    if oddity not in NAMES:
        message = f"There is no oddity {oddity!r}; there are {', '.join(sorted(NAMES))}."
        raise Abort(Reply.of_json({"error": message}, 400))
    return str(oddity), int(wanted.get("times", 1))


def address(oddity: str, usual: str) -> str:
    if oddity == "data_url":
        return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    return ADDRESSES.get(oddity, usual)


def delivered(oddity: str, png: bytes) -> Reply:
    """What the host of the files answers."""
    if oddity in STATUSES:
        return Reply.text("There is no such file.", STATUSES[oddity])
    if oddity == "redirect":
        return Reply(302, b"", {"location": "https://files.example.org/out-0.png"})
    if oddity == "html":
        return Reply.text("<html><body>Please wait.</body></html>", 200, "text/html")
    if oddity == "jpeg":
        return Reply(200, _saved(png, "JPEG"), {"content-type": "image/jpeg"})
    return Reply(200, _bytes(oddity, png), {"content-type": "image/png", "cache-control": "public, max-age=3600"})


def _bytes(oddity: str, png: bytes) -> bytes:
    if oddity in SIZES:
        return _saved(png, "PNG", SIZES[oddity])
    if oddity == "huge":
        return png + bytes(HUGE)
    return png[: len(png) // 2] if oddity == "cut" else png


def _saved(png: bytes, form: str, size: tuple[int, int] | None = None) -> bytes:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    out = io.BytesIO()
    (picture.resize(size) if size else picture).save(out, form)
    return out.getvalue()
