"""Trends and what they were found by: signals, keywords, cycles, replays and what the blocklists kept out."""

import json
from collections.abc import Iterator

from trends.models import BlockedTopic, Cycle, Replay, Signal, Source, Term, Trend, TrendKeyword

from . import words
from .plan import DAY, HOUR, Plan, day, moment
from .rows import Row, write

SEEN = 2  # posts and searches of a trend
KEPT = 30  # days that candidates of cycles are kept
BACK = 40  # trends that came back lately, at most
PARTS = json.dumps({
    "velocity": 3.2, "cross_source": 1.0, "spread": 2.0, "evidence": 1.4, "recurrence": 0.5, "freshness": 1.0,
    "drawable": 2.0, "specific": 1.0,
})  # fmt: skip
TREND = (
    "id topic topic_normalized episode keywords sources rank rank_parts score_velocity score_commercial score_safety "
    "score_uniqueness score_overall score_spread reasoning model prompt_version scored_at scored_evidence status "
    "status_since needs_attention asked_by created_at last_seen_at shut_why"
)


def trends(plan: Plan) -> int:
    return write(Trend, TREND, _trends(plan))


def _trends(plan: Plan) -> Iterator[Row]:
    chance, count = plan.chance("trends").random, plan.trends
    for key in range(1, count + 1):
        found, luck = min(plan.when(key / count), plan.end - HOUR), chance()
        number, episode = _topic(plan, key)
        stems = sorted(words.phrase(number))
        status = _status(plan, key, luck)
        overall = 7 + 3 * luck if key % 2 else 2 + 4.9 * luck
        safety, keys = (3 if status == "unsafe" else 9), json.dumps(stems)
        scores: Row = (None,) * 6 if status == "found" else (6, 8, safety, 7, f"{overall:.2f}", f"{luck:.2f}")
        parked = "Etsy refused this: the topic is not drawn." if key % 7001 == 0 else ""
        yield (
            key, words.topic(number), " ".join(stems), episode, keys, '["reddit"]' if luck < 0.7 else
            '["reddit", "google_trends"]', round(20 * luck, 3), PARTS, *scores,
            f"{stems[0]} {stems[1]} gives an artist something to draw.", "gpt-6-luna", "score/1.2157de",
            None if status == "found" else moment(found + HOUR), 6, status, moment(found + 2 * HOUR), parked, "",
            moment(found), moment(found + HOUR), "complaint" if luck < 0.001 else "",
        )  # fmt: skip


def _topic(plan: Plan, key: int) -> tuple[int, int]:
    """Whose phrase it bears and for the how manieth time; some of the newest are old topics that came back."""
    old = (key - plan.trends // 2) | 1
    if key % 2 and plan.trends - key < 20 * BACK and key % 20 == 1 and old > 0:
        return old, 2
    return key, 1 + key // words.PHRASES


def _status(plan: Plan, key: int, luck: float) -> str:
    back = plan.trends - key
    if key % 2 == 0:
        return "found" if back < 30 else "queued" if back < 60 else "unsafe" if luck < 0.15 else "watching"
    if back < 10:
        return "processing"
    return "generated" if back < 100 else "archived" if back > plan.trends // 20 else "published"


def signals(plan: Plan) -> int:
    """Two of each trend, and how they hang together."""
    sources = list(Source.objects.order_by("pk").values_list("pk", flat=True))
    columns = "id source_id native_id text url score comments created_at observed_at score_before observed_before looks"
    through = Trend.signals.through
    pairs = ((number // SEEN + 1, number + 1) for number in range(plan.trends * SEEN))
    return write(Signal, columns, _signals(plan, sources)) + write(through, "trend_id signal_id", pairs)


def _signals(plan: Plan, sources: list[int]) -> Iterator[Row]:
    chance = plan.chance("signals").random
    for number in range(plan.trends * SEEN):
        luck, seen = chance(), min(plan.when(number / (plan.trends * SEEN)), plan.end - HOUR)
        mood, animal, deed = words.phrase(number // SEEN + 1)
        points = int(4000 * luck * luck)
        yield (
            number + 1, sources[number * 7 % (len(sources) - 1)], f"s{number:07x}", f"A {mood} {animal} I saw {deed}",
            f"https://www.reddit.com/r/aww/comments/s{number:07x}/", points, points // 20, moment(seen - 3 * HOUR),
            moment(seen), points // 2, moment(seen - HOUR), 1 + int(5 * luck),
        )  # fmt: skip


def keywords(plan: Plan) -> int:
    def rows() -> Iterator[Row]:
        for key in range(1, plan.trends + 1):
            one, two, three = sorted(words.phrase(_topic(plan, key)[0]))
            yield from ((key, f"3 {pair}") for pair in (f"{one} {two}", f"{one} {three}", f"{two} {three}"))

    return write(TrendKeyword, "trend_id key", rows())


def blocked_topics(plan: Plan) -> int:
    terms = list(Term.objects.filter(kind="trademark").order_by("pk").values_list("pk", "text")[:200])

    def rows() -> Iterator[Row]:
        for number in range(min(plan.days * 15, plan.stickers // 5) if terms else 0):
            term, text = terms[number % len(terms)]
            at = day(plan.end - number * DAY // 15)
            yield f"{text} {words.topic(number)}", at, text, "trademark", term, 1 + number % 7

    return write(BlockedTopic, "topic day term kind listed_id count", rows())


def cycles(plan: Plan) -> int:
    runs = plan.runs["trend_monitor"]

    def rows() -> Iterator[Row]:
        for number in range(max(0, runs.count - KEPT * 12), runs.count):
            names = (words.topic(number * 40 + place) for place in range(40))
            candidates = [
                {"topic": name, "rank": round(16 - place * 0.3, 2), "parts": json.loads(PARTS), "evidence": 12,
                 "fate": "scored" if place < 5 else "waits", "why": "others ranked higher", "trend": None}
                for place, name in enumerate(names)
            ]  # fmt: skip
            yield runs.first + number, 70, json.dumps(candidates), moment(runs.begin + number * runs.period)

    return write(Cycle, "run_id topics candidates created_at", rows())


def replays(plan: Plan) -> int:
    found = json.dumps({"overall": "7.40", "velocity": 7, "commercial": 8, "safety": 9, "uniqueness": 6})

    def rows() -> Iterator[Row]:
        for number in range(min(200, plan.trends // 4)):
            at = moment(plan.end - number * HOUR * 3)
            parked = "The model's answer could not be read." if number == 3 else ""
            state = "asked" if number < 4 else "taken" if number % 5 == 0 else "done"
            yield plan.trends - 4 * number, 3, found if number > 3 else "{}", 210, state, at, parked, "operator", at

    columns = "trend_id samples found cost_micro status status_since needs_attention asked_by created_at"
    return write(Replay, columns, rows())
