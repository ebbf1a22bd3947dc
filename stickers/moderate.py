"""Moderation of a finished sticker: blocklists on every text, then picture and words by the moderation model."""

import io
from typing import Any

from django.conf import settings
from PIL import Image

from stickertrendz.adapters import openai
from stickertrendz.ops import storage
from stickertrendz.ops.errors import NeedsPerson, OutsideError
from stickertrendz.ops.subjects import subject_of
from trends.models import Term, Trend

from . import blocklisted, review
from .decode import BadImage, decode
from .models import Size, Sticker
from .prompts import concept_of

BY = "moderation"
BOTH = {"image": "the picture", "text": "the words"}
TRADEMARK, KEYWORD = "trademark_violation", "keyword_blocked"


def moderate(sticker: Sticker) -> None:
    """Approved below 0.4, rejected above 0.7; between the two, or where the judgement has a gap, a person decides."""
    if hits := blocklisted.found(sticker):
        return reject_for(sticker, hits, by=BY)
    try:
        seen = openai.moderate(text=_words(sticker), image=_seen(sticker), subject=subject_of(sticker))
    except openai.Denied:
        raise
    except OutsideError as refused:
        if not refused.permanent:
            raise
        return review.flag(sticker, by=BY, why=f"the moderation model did not take it: {refused.message}")
    if not seen.scores:
        raise OutsideError(openai.SERVICE, "the moderation judged nothing")
    return _decide(sticker, seen)


def _decide(sticker: Sticker, seen: openai.Moderation) -> None:
    category, score = max(seen.scores.items(), key=lambda pair: pair[1])
    columns: dict[str, Any] = {"moderation_score": score, "moderation_categories": seen.scores}
    verdict = f"moderation: {category} {score:.2f}"
    if score > float(settings.MODERATION_REJECT_ABOVE):
        return review.reject(sticker, by=BY, why=verdict, **columns)
    if score >= float(settings.MODERATION_FLAG_AT):
        return review.flag(sticker, by=BY, why=verdict, **columns)
    if gaps := _gaps(seen, sticker.trend):
        return review.flag(sticker, by=BY, why=f"{verdict}, but {' and '.join(gaps)}", **columns)
    return review.approve(sticker, by=BY, why=verdict, **columns)


def _gaps(seen: openai.Moderation, trend: Trend) -> list[str]:
    """Why low scores alone do not make a design harmless."""
    found = ["the model itself flagged it"] if seen.flagged else []
    if trend.is_shut:
        found.append(f"its topic was shut ({trend.shut_why})")
    if missing := [words for kind, words in BOTH.items() if kind not in seen.looked_at]:
        found.append(f"it did not look at {' and '.join(missing)}")
    if seen.unscored:
        found.append(f"it gave no score for {', '.join(seen.unscored)}")
    return found


def _seen(sticker: Sticker) -> bytes:
    """The print file of 900 pixels, as a PNG on white: what a model sees behind transparency is its own affair."""
    key = sticker.sizes.get(size=Size.Inches.SMALL).print_key
    try:
        drawn = decode(storage.load("private", key)).convert("RGBA")
    except BadImage as bad:
        raise NeedsPerson(f"Its print file {key} is not judged: {bad}. Reject the design.") from bad
    sheet = Image.new("RGBA", drawn.size, "white")
    sheet.alpha_composite(drawn)
    out = io.BytesIO()
    sheet.convert("RGB").save(out, "PNG")
    return out.getvalue()


def _words(sticker: Sticker) -> str:
    drawn = concept_of(sticker.generation.prompt)
    return f"{drawn}\n{sticker.title}\n{', '.join(sticker.tags)}\n{sticker.description}"


def reject_for(sticker: Sticker, hits: blocklisted.Found, *, by: str) -> None:
    trademark = any(hit.kind == Term.Kind.TRADEMARK for _, hit in hits)
    found = ", ".join(dict.fromkeys(f"{hit.term} in the {place}" for place, hit in hits))
    review.reject(sticker, by=by, why=TRADEMARK if trademark else KEYWORD, detail=found)
