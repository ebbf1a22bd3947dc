"""Moderation of a finished sticker: blocklists on every text, then picture and words by the moderation model."""

from typing import Any

from django.conf import settings

from stickertrendz.adapters import openai
from stickertrendz.ops import storage
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.subjects import subject_of
from trends.models import Term

from . import blocklisted, review
from .models import Sticker
from .prompts import concept_of

BY = "moderation"
TRADEMARK, KEYWORD = "trademark_violation", "keyword_blocked"


def moderate(sticker: Sticker) -> None:
    """Approved below 0.4, rejected above 0.7, between the two a person decides."""
    if hits := blocklisted.found(sticker):
        return reject_for(sticker, hits, by=BY)
    seen = openai.moderate(
        text=_words(sticker), image=storage.load("public", sticker.thumbnail_key), subject=subject_of(sticker)
    )
    if not seen.scores:
        raise OutsideError(openai.SERVICE, "the moderation judged nothing")
    category, score = max(seen.scores.items(), key=lambda pair: pair[1])
    columns: dict[str, Any] = {"moderation_score": score, "moderation_categories": seen.scores}
    verdict = f"moderation: {category} {score:.2f}"
    if score > float(settings.MODERATION_REJECT_ABOVE):
        return review.reject(sticker, by=BY, why=verdict, **columns)
    if score >= float(settings.MODERATION_FLAG_AT):
        return review.flag(sticker, by=BY, why=verdict, **columns)
    return review.approve(sticker, by=BY, why=verdict, **columns)


def _words(sticker: Sticker) -> str:
    drawn = concept_of(sticker.generation.prompt)
    return f"{drawn}\n{sticker.title}\n{', '.join(sticker.tags)}\n{sticker.description}"


def reject_for(sticker: Sticker, hits: blocklisted.Found, *, by: str) -> None:
    trademark = any(hit.kind == Term.Kind.TRADEMARK for _, hit in hits)
    found = ", ".join(dict.fromkeys(f"{hit.term} in the {place}" for place, hit in hits))
    review.reject(sticker, by=by, why=TRADEMARK if trademark else KEYWORD, detail=found)
