"""What the review desk shows of a design, put together in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etsy import words
from fulfillment.fees import FEES
from pricing.book import judge, read_book
from pricing.effect import waterfall
from stickers import blocklisted, desk, review, review_mail, scores
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry
from stickertrendz.ops.subjects import subject_of
from trends import blocklists

from . import files
from .cells import in_words
from .marking import Part, parts
from .packing_frame import time_left

POSTS, ALIKE, LAPTOP = 5, 6, 1  # LAPTOP: the rank of its picture among those of the listing
ALIKE_FROM = 1 / 3
# The moderation model judges a picture for these; everything else it judges by the words alone.
BY_PICTURE = {
    "sexual", "violence", "violence/graphic", "self-harm", "self-harm/intent", "self-harm/instructions",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a size would cost today, and what would be left of it."""

    size: str
    price: Decimal
    tier: str
    profit: Decimal


@dataclass(frozen=True)
class Alike:
    sticker: Sticker
    same_topic: bool


def of(sticker: Sticker, skipped: Sequence[int]) -> dict[str, Any]:
    """The context of one design in hand."""
    now, sizes = clock.now(), list(sticker.sizes.all())
    posts = review_mail.strongest_posts(sticker, POSTS)
    deadline = sticker.status_since + review.REJECT_AFTER
    return {
        "sticker": sticker, "picture": _picture(sticker), "sizes": sizes, "now": now,
        "laptop": _laptop(sticker), "upcoming": _pictures(desk.upcoming(skipped, but=sticker.pk)),
        "deadline": deadline, "left": time_left(deadline, now), "urgent": deadline - now <= review.REMIND_AFTER,
        "why": _why_flagged(sticker), **_scores(sticker), **_words(sticker),
        "posts": posts, "posts_left": sticker.trend.signals.count() - len(posts),
        "alike": alike(sticker), **_prices(sticker, [size.size for size in sizes]),
    }  # fmt: skip


def _picture(sticker: Sticker) -> str:
    """The print file of three inches, which is transparent around the design; the thumbnail where there is none."""
    keys = [size.print_key for size in sticker.sizes.all() if size.print_key]
    return files.address("private", keys[0]) if keys else files.address("public", sticker.thumbnail_key)


def _laptop(sticker: Sticker) -> str:
    shots = sticker.listing_images
    return files.address("public", shots[LAPTOP]) if len(shots) > LAPTOP else ""


def _pictures(sticker: Sticker | None) -> list[str]:
    """What the browser may fetch ahead."""
    return list(filter(None, (_picture(sticker), _laptop(sticker)))) if sticker else []


def _why_flagged(sticker: Sticker) -> str:
    last = AuditEntry.objects.filter(subject=subject_of(sticker), action="flagged sticker").order_by("-at").first()
    return last.why if last else ""


def _scores(sticker: Sticker) -> dict[str, Any]:
    ranked = scores.ranked(sticker.moderation_categories)
    limits = scores.flag_at(), scores.reject_above()
    return {
        "by_picture": [one for one in ranked if one.category in BY_PICTURE],
        "by_words": [one for one in ranked if one.category not in BY_PICTURE],
        "flag_at": limits[0], "reject_above": limits[1], "marks": [round(100 * limit, 2) for limit in limits],
    }  # fmt: skip


def _words(sticker: Sticker) -> dict[str, Any]:
    """As they would be published, with what the blocklists find in them marked."""
    find, exempt = blocklists.current().find, blocklisted.exempted([sticker])
    hits = blocklisted.places(blocklisted.search(sticker, find, exempt))
    try:
        published, trouble = words.wanted(sticker), ""
    except NeedsPerson as wrong:
        published, trouble = words.Words(sticker.title, sticker.description, tuple(sticker.tags)), str(wrong)

    def marked(text: str) -> list[Part]:
        return parts(text, [hit for hit in find(text) if (sticker.pk, hit.id) not in exempt])

    return {"hits": list(hits.items()), "title_parts": marked(published.title), "words_trouble": trouble,
            "tag_parts": [marked(tag) for tag in published.tags], "description": published.description}  # fmt: skip


def _prices(sticker: Sticker, sizes: Sequence[str]) -> dict[str, Any]:
    try:
        book = read_book(clock.now())
        return {"prices": [_price(book, sticker, size) for size in sizes]}
    except NeedsPerson as trouble:
        return {"price_trouble": str(trouble)}


def _price(book: Any, sticker: Sticker, size: str) -> Asked:
    born = sticker.trend.created_at
    verdict = judge(book, offer_id=None, sticker_id=sticker.pk, size=size, tags=sticker.tags, trend_from=born, tier="")
    price = verdict.priced.price
    return Asked(size, price, in_words(verdict.tier), waterfall(price, verdict.cost, FEES["full"]).profit)


def alike(sticker: Sticker) -> list[Alike]:
    """Designs on sale whose topics share at least a third of their words with this one's, the nearest first.

    One query for the topics: what is on sale has as many rows as the shop has slots.
    """
    mine = set(sticker.trend.topic_normalized.split())
    others = Sticker.objects.filter(shelf=Sticker.Shelf.WANTED).exclude(pk=sticker.pk)
    nearness = {key: _nearness(mine, topic) for key, topic in others.values_list("pk", "trend__topic_normalized")}
    near = sorted(
        (key for key, share in nearness.items() if share >= ALIKE_FROM), key=lambda key: (-nearness[key], -key)
    )
    rows = Sticker.objects.select_related("trend").in_bulk(near[:ALIKE])
    return [Alike(rows[key], same_topic=nearness[key] == 1) for key in near[:ALIKE] if key in rows]


def _nearness(mine: set[str], topic: str) -> float:
    """Words in common as a share of all words of both, 0 to 1."""
    theirs = set(topic.split())
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0
