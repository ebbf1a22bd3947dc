"""The sandbox's moderation model: word lists for text, a hash of the picture for images, thirteen categories."""

import base64
import binascii
import hashlib
import re
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

CATEGORIES = (
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
    "self-harm/intent",
    "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic",
)  # fmt: skip
FORMATS = frozenset({"PNG", "JPEG", "WEBP", "GIF"})
SEEN_IN_IMAGES = frozenset(
    {"self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence", "violence/graphic"}
)
ABSENT = "(absent)"
MAX_IMAGE_BYTES = 20 * 1024 * 1024
# Of a thousand pictures so many are doubtful (0.4 to 0.7), and so many clearly refused.
DOUBTFUL, REFUSED = 40, 10

# Words that weigh 0.9 alone, and words that weigh 0.5.
STRONG = {
    "sexual": "porn nude naked nsfw erotic hentai orgy", "violence": "murder stabbing massacre behead shooting",
    "violence/graphic": "gore entrails dismembered bloodbath", "hate": "nazi kkk swastika",
    "self-harm": "suicide selfharm",
    "illicit": "cocaine heroin meth", "harassment": "bitch cunt whore",
}  # fmt: skip
MILD = {
    "sexual": "sexy lingerie busty thong", "violence": "gun knife blood weapon kill sword",
    "illicit": "weed stoned bong",
    "harassment": "idiot loser stupid", "self-harm": "starving",
}  # fmt: skip


class BadImage(ValueError):
    """The message is what the service would answer."""


def moderate(seed: int, texts: list[str], images: list[bytes]) -> dict[str, Any]:
    scores = dict.fromkeys(CATEGORIES, 0.0)
    for text in texts:
        _weigh_text(scores, text)
    for image in images:
        _weigh_image(scores, seed, image)
    flags = {name: value >= 0.5 for name, value in scores.items()}
    kinds = {
        name: [*(["text"] if texts else []), *(["image"] if images and name in SEEN_IN_IMAGES else [])]
        for name in CATEGORIES
    }
    return {
        "flagged": any(flags.values()),
        "categories": flags,
        "category_scores": scores,
        "category_applied_input_types": kinds,
    }


def edited(result: dict[str, Any], edit: dict[str, Any]) -> dict[str, Any]:
    """The result with what the edit says instead: parts are edited in turn, what is `ABSENT` is left out."""
    changed = {
        name: edited(result[name], value) if isinstance(value, dict) else value
        for name, value in edit.items()
        if value != ABSENT
    }
    return {**{name: value for name, value in result.items() if edit.get(name) != ABSENT}, **changed}


def decoded_image(url: str) -> bytes:
    """Data URLs only: there is no internet here to fetch from."""
    match = re.fullmatch(r"data:image/(?:png|jpeg|webp|gif);base64,(.+)", url, re.DOTALL)
    if not match:
        raise BadImage("Failed to download image: only data URLs can be read here.")
    try:
        data = base64.b64decode(match[1], validate=True)
        with Image.open(BytesIO(data)) as picture:
            if picture.format not in FORMATS:
                raise BadImage("Unsupported image format: send PNG, JPEG, WEBP or GIF.")
            picture.load()
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError) as error:
        raise BadImage("Invalid image data: the image could not be decoded.") from error
    if len(data) > MAX_IMAGE_BYTES:
        raise BadImage("Image is too large: the limit is 20 MB.")
    return data


def _weigh_text(scores: dict[str, float], text: str) -> None:
    words = set(re.findall(r"[a-z]+", text.lower()))
    for name in CATEGORIES:
        found = 0.9 * bool(words & set(STRONG.get(name, "").split())) or 0.5 * bool(
            words & set(MILD.get(name, "").split())
        )
        quiet = _fraction("text", name, text) * 0.02
        scores[name] = max(scores[name], found + quiet)


def _weigh_image(scores: dict[str, float], seed: int, image: bytes) -> None:
    digest = hashlib.sha256(image).hexdigest()
    lot = _fraction(seed, "image", digest) * 1000
    worst = "violence" if _fraction(seed, "kind", digest) < 0.6 else "sexual"
    for name in sorted(SEEN_IN_IMAGES):
        quiet = _fraction(seed, name, digest) * 0.08
        if name == worst and lot < REFUSED:
            quiet = 0.72 + lot / REFUSED * 0.2
        elif name == worst and lot < REFUSED + DOUBTFUL:
            quiet = 0.42 + (lot - REFUSED) / DOUBTFUL * 0.26
        scores[name] = max(scores[name], quiet)


def _fraction(*key: object) -> float:
    digest = hashlib.sha256("|".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
