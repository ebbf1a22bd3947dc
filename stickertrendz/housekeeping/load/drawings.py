"""Pictures bought, designs made of them, and what was decided about them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from stickers.models import Exemption, Generation, Rescan, Sample, SampledDesign, Size, Sticker
from stickers.sampling import SIZE, monday
from trends.models import Term

from . import words
from .catalogue import Design
from .plan import DAY, HOUR, MINUTE, Plan, moment
from .rows import Row, write

GENERATION = (
    "id trend_id variant try_no composition prompt prompt_version concept_version model_version seed prediction_id "
    "ordered_at original_key predict_seconds cost_micro numbers checks failures status status_since needs_attention "
    "asked_by created_at"
)
MODEL = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
PROMPT = (
    "A die-cut vinyl sticker design of a {topic}, whole body, front view. Bold black outlines, vibrant colors, white "
    "background, cartoon illustration style, simple and clean, suitable for laptop or water bottle sticker. No text."
)
FAILED = json.dumps(["edge_pixels: it is cut off at the left edge"])
STICKER = (
    "id trend_id generation_id title description tags style category copy_version moderation_score "
    "moderation_categories reject_reason reviewed_by status status_since needs_attention asked_by shelf shelf_since "
    "shelf_why thumbnail_key cut_path_key listing_images created_at published_at"
)


def generations(plan: Plan, designs: list[Design]) -> int:
    """One that passed for each design, with the design's key; and behind them every second one's first, failed try."""
    return write(Generation, GENERATION, _generations(plan, designs))


def _generations(plan: Plan, designs: list[Design]) -> Iterator[Row]:
    for one in designs:
        yield _generation(plan, one, one.key, 1, "passed", "[]")
    for one in designs[::2]:
        yield _generation(plan, one, plan.stickers + one.key // 2 + 1, 0, "quality_failed", FAILED)
    for number in range(40):  # the newest trends are being drawn
        trend, at = plan.trends - 1 - 2 * (number // 4), moment(plan.end - number * MINUTE)
        status = ("planned", "ordered", "collected", "failed")[number % 4]
        parked = "Replicate refused this: the prompt was judged unsafe." if number in (7, 19) else ""
        topic = words.topic(trend)
        yield (
            2 * plan.stickers + number, trend, 9 + number, 0, "close-up", PROMPT.format(topic=topic),
            "sticker_image/1.252188", "image_prompts/2.afc3c3", MODEL, number, "", None, "", None, 0, "{}", "[]",
            "[]", status, at, parked, "", at,
        )  # fmt: skip


def _generation(plan: Plan, one: Design, key: int, attempt: int, status: str, failures: str) -> Row:
    at, trend = moment(one.made - MINUTE), plan.trend_of(one.key)
    picture = f"originals/{key % 256:02x}/{key:032x}.1.png"
    return (
        key, trend, 1 + one.key % 3, attempt, "whole body", PROMPT.format(topic=words.topic(trend)),
        "sticker_image/1.252188", "image_prompts/2.afc3c3", MODEL, key * 7919, f"p{key:024x}", at, picture, 5.5, 5369,
        words.MEASURED, words.CHECKED, failures, status, at, "", "", at,
    )  # fmt: skip


def stickers(plan: Plan, designs: list[Design]) -> int:
    return write(Sticker, STICKER, (_sticker(plan, one) for one in designs))


def _sticker(plan: Plan, one: Design) -> Row:
    trend = plan.trend_of(one.key)
    mood, animal, deed = words.phrase(trend)
    topic, at = f"{mood} {animal} {deed}", moment(one.made)
    pictures = [f"listings/{kind}/{one.key:032x}.2.jpg" for kind in ("white", "laptop", "bottle", "size")]
    by_hand = one.key % 4 == 0
    rejected = words.REJECTED[one.key % len(words.REJECTED)] if one.status == "rejected" else ""
    who = "" if one.status in ("pending", "flagged") else "operator" if by_hand else "moderation"
    title = f"{topic.title()} Sticker - {words.STYLES[one.key % 5]} Vinyl Decal - Laptop Water Bottle Sticker"
    return (
        one.key, trend, one.key, title, words.DESCRIPTION.format(topic=topic, number=one.key),
        json.dumps([f"{animal} sticker", f"{mood} {animal}", *words.TAGS]), words.STYLES[one.key % 5],
        words.CATEGORIES[one.key % 5], "listing_copy/1.09a992", (one.key % 97) / 100, words.JUDGED, rejected, who,
        one.status, at, one.attention, "", one.shelf, moment(one.since), one.why,
        f"thumbnails/{one.key:032x}.2.png", f"cut_paths/{one.key:032x}.2.svg", json.dumps(pictures), at,
        moment(one.published) if one.published else None,
    )  # fmt: skip


def sizes(plan: Plan, designs: list[Design]) -> int:
    rows = (
        (one.key, f"{inches}in", dpi, f"prints/{one.key:032x}.{inches}.png")
        for one in designs
        for inches, dpi in ((3, 262), (4, 196))
    )
    return write(Size, "sticker_id size dpi print_key", rows)


def samples(plan: Plan, designs: list[Design]) -> int:
    """Up to twenty rejected designs of each week; all but the last two weeks are judged."""
    drawn: dict[str, list[Design]] = {}
    for one in designs:
        if one.status == "rejected" and one.key % 4:
            drawn.setdefault(str(monday(datetime.fromtimestamp(one.made, UTC))), []).append(one)
    weeks = list(enumerate(sorted(drawn), 1))
    first = ((number, week, number * 31, len(drawn[week]), f"{week} 05:30:00") for number, week in weeks)
    written = write(Sample, "id week seed drawn_from drawn_at", first)

    def held() -> Iterator[Row]:
        for number, week in weeks:
            done = number < len(weeks) - 1
            for place, one in enumerate(drawn[week][:SIZE], 1):
                verdict = "" if not done else "wrong" if place == 3 else "right"
                when = moment(one.made + 8 * DAY) if done and one.made + 8 * DAY < plan.end else None
                yield number, one.key, place, words.REJECTED[3], verdict, "operator" if done else "", when

    return written + write(
        SampledDesign, "sample_id sticker_id position reason verdict judged_by judged_at", held()
    )  # fmt: skip


def rescans(plan: Plan, designs: list[Design]) -> int:
    """One a week; and the owner's exemptions."""
    weeks = plan.days // 7
    scans = (
        (week, week + 1, plan.stickers * week // weeks, plan.stickers * week // weeks, week % 3, "",
         moment(plan.begin + week * 7 * DAY), moment(plan.begin + week * 7 * DAY + HOUR))
        for week in range(weeks)
    )  # fmt: skip
    terms = list(Term.objects.order_by("pk").values_list("pk", flat=True)[:40])
    exempted = (
        (designs[number * len(designs) // 50].key, term, "owner", "The word is meant as the animal here.", at)
        for number, term in enumerate(terms)
        for at in [moment(plan.end - number * 9 * DAY)]
    )
    return write(Rescan, "after until cursor looked_at found asked_by started_at ended_at", scans) + write(
        Exemption, "sticker_id term_id by why at", exempted
    )
