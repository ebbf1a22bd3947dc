"""All that is known about one design, put together for its page in a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from stickers import review_mail, scores
from stickers.models import Size, Sticker
from stickertrendz.ops.models import AuditEntry
from stickertrendz.ops.subjects import subject_of

from . import files

POSTS, ORDERS, ENTRIES = 6, 20, 50


@dataclass(frozen=True)
class Moment:
    at: datetime
    words: str
    who: str = ""
    why: str = ""


def of(key: int) -> dict[str, Any]:
    """The page's context; nothing when there is no such design."""
    rows = Sticker.objects.select_related("trend", "generation").prefetch_related("sizes", "offers", "listings")
    sticker = rows.filter(pk=key).first()
    if sticker is None:
        return {}
    posts = review_mail.strongest_posts(sticker, POSTS)
    items = sticker.order_items.select_related("order")
    sizes = [(size, files.address("private", size.print_key)) for size in sticker.sizes.all() if size.print_key]
    return {
        "sticker": sticker, "sizes": sizes, "picture": _picture(sticker, sizes),
        "cut_path": files.address("private", sticker.cut_path_key),
        "shots": [files.address("public", shot) for shot in sticker.listing_images],
        "scores": scores.ranked(sticker.moderation_categories), "flag_at": scores.flag_at(),
        "reject_above": scores.reject_above(),
        "marks": [round(100 * limit, 2) for limit in (scores.flag_at(), scores.reject_above())],
        "posts": posts, "posts_left": sticker.trend.signals.count() - len(posts),
        "items": items[:ORDERS], "units": items.filter(refunded=False).aggregate(units=Sum("quantity"))["units"] or 0,
        "moments": _moments(sticker),
    }  # fmt: skip


def _picture(sticker: Sticker, sizes: list[tuple[Size, str]]) -> str:
    """The print file, which is transparent around the design; the thumbnail where there is none."""
    if sizes:
        return sizes[0][1]
    return files.address("public", sticker.thumbnail_key)


def _moments(sticker: Sticker) -> list[Moment]:
    """In the order of time; every verdict with who gave it and why."""
    drawn = sticker.generation
    found = [
        Moment(sticker.trend.created_at, "Its topic was first seen"),
        Moment(sticker.created_at, "Cut out, checked and kept as a design"),
    ]
    found += [Moment(drawn.ordered_at, "The picture was ordered")] if drawn.ordered_at else []
    found += [Moment(sticker.published_at, "Went on sale for the first time")] if sticker.published_at else []
    found += [Moment(sticker.reminded_at, "A reminder of the missing verdict was sent")] if sticker.reminded_at else []
    done = AuditEntry.objects.filter(subject=subject_of(sticker))[:ENTRIES]
    found += [Moment(entry.at, entry.action.capitalize(), entry.who, entry.why) for entry in done]
    return sorted(found, key=lambda moment: moment.at)
