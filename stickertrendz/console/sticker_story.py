"""All that is known about one design, put together for its page in a constant number of queries."""

from typing import Any

from django.db.models import Sum

from stickers import review_mail, scores
from stickers.models import Size, Sticker

from . import files

POSTS, ORDERS = 6, 20


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
    }  # fmt: skip


def _picture(sticker: Sticker, sizes: list[tuple[Size, str]]) -> str:
    """The print file, which is transparent around the design; the thumbnail where there is none."""
    if sizes:
        return sizes[0][1]
    return files.address("public", sticker.thumbnail_key)
