"""The sandbox model's judgement of a topic, as a stated rubric over its words and its evidence.

Velocity comes from the numbers in the evidence, commercial value from nouns that make a sticker, safety from
words nobody wants on a bottle, uniqueness from how much the topic says. Invented and recorded topics are treated alike.
"""

import math
import re
from dataclasses import asdict, dataclass
from itertools import pairwise

from stickertrendz.sandbox.vocabulary import ACTIVITIES, CREATURES, FOODS, MOODS, OBJECTS, PLANTS, WEAK_ALONE, word_set

MORE_NOUNS = word_set(
    "puppy kitty goldfish elephant giraffe lion horse pony squirrel chipmunk parrot hippo llama goat "
    "flamingo lizard gecko lobster starfish dolphin manatee walrus zebra kangaroo wombat ferret guinea-pig "
    " chinchilla quokka lemur badger bat firefly ladybug caterpillar gremlin goblin wizard witch "
    "mermaid fairy gnome yeti bigfoot skeleton snowman mothman coffee latte matcha cookie cake burger "
    "cheese noodle waffle bagel pretzel popcorn marshmallow blueberry cherry tomato onion garlic flower "
    "bonsai monstera lavender daffodil sunset lighthouse campfire balloon umbrella cassette camera guitar "
    "skateboard typewriter lantern crystal comet galaxy disco-ball teacup sock sweater"
)
STICKER_NOUNS = frozenset({*CREATURES, *FOODS, *PLANTS, *OBJECTS, *(noun.replace("-", " ") for noun in MORE_NOUNS)})
CHARM = frozenset(MOODS) | word_set(
    "cute baby little fluffy round smol adorable magical vintage retro dancing smiling pink golden rainbow orange"
)
SCENES = frozenset(word for phrase in ACTIVITIES for word in phrase.split() if len(word) > 3)

# Words that cap the safety score, with the cap.
VETOES: dict[int, frozenset[str]] = {
    1: word_set(
    "porn nude nudes naked sex sexual sexy nsfw onlyfans rape rapist pedophile incest nazi nazis hitler "
    "genocide slur"
),
    2: word_set(
    "shooting shooter shot gun guns dead death deaths dies died die kill kills killed killer murder "
    "murdered murderer suicide corpse victim victims tragedy crash crashed bomb bombing war wars terror "
    "terrorist hostage abuse abused assault cancer hospital funeral cocaine meth overdose earthquake "
    "tornado hurricane flood wildfire explosion stabbing stabbed injured blood bloody torture cruelty"
),
    4: word_set(
    "trump biden obama congress senate senator president presidential election elections vote votes voter "
    "republican republicans democrat democrats gop maga politician political politics governor mayor "
    "minister parliament government protest protests police cop cops immigration israel gaza "
    "palestine russia russian ukraine putin iran china court judge lawsuit lawyer arrest arrested jail "
    "prison abortion religion church muslim christian racist racism tariff tariffs epstein scandal ceo "
    "billionaire landlord"
),
}  # fmt: skip
# Words of the news, of persons and of talk about oneself: not things to put on a sticker.
NEWSY = word_set(
    "news host actor actress singer rapper celebrity boyfriend girlfriend husband wife ex mom dad mother "
    "father brother sister son daughter boss coworker neighbor teacher til aita update breaking report "
    "reports says said told announced rate rates economy stock stocks price prices tax rent salary score "
    "final game season playoffs coach quarterback nfl nba mlb weather forecast storm traffic trailer "
    "movie film episode netflix lyrics album tour ticket tickets men women man woman guy people kid kids "
    "human humans owner owners"
)
COMMON = word_set(
    "a an the in on at of for to and or with my your our his her their this that is are was it its i me "
    "we you from by as just has have had be been being not no do does did like looks look so too very "
    "here there"
)


@dataclass(frozen=True)
class Score:
    velocity: int
    commercial: int
    safety: int
    uniqueness: int
    overall: float
    reasoning: str


def score(topic: str, context: str, sources: str) -> dict[str, int | float | str]:
    words = _words(topic)
    velocity = _velocity(context, sources)
    commercial = _commercial(words)
    safety = min(_safety(words, worst=1), _safety(_words(context), worst=3))
    uniqueness = _uniqueness(words)
    overall = _overall(velocity, commercial, safety, uniqueness)
    return asdict(
        Score(velocity, commercial, safety, uniqueness, overall, _reasoning(topic, velocity, commercial, safety))
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower().replace("’", "'"))


def _singular(word: str) -> set[str]:
    forms = {word}
    if word.endswith("ies"):
        forms.add(word[:-3] + "y")
    if word.endswith("es"):
        forms.add(word[:-2])
    if word.endswith("s"):
        forms.add(word[:-1])
    return forms


def sticker_nouns_in(words: list[str]) -> set[str]:
    singles = {form for word in words for form in _singular(word)} & STICKER_NOUNS
    pairs = {f"{a} {form}" for a, b in pairwise(words) for form in _singular(b)} & STICKER_NOUNS
    return singles | pairs


def _velocity(context: str, sources: str) -> int:
    """Growth per hour where the evidence states it, else the largest count in it; two sources add a point."""
    plain = re.sub(r"(?<=\d)[,_](?=\d{3})", "", context.lower())
    hourly = [float(n) for n in re.findall(r"(\d+(?:\.\d+)?)\s*(?:/\s*h|per hour|an hour|points/h)", plain)]
    # Years, ids and clock times are not counts: only bare integers below ten million, without letters around them.
    counts = [float(n) for n in re.findall(r"(?<![\w.:-])(\d{2,7})(?![\w:-])", plain)]
    best = max(hourly) * 4 if hourly else max(counts, default=1.0)
    several = len({s for s in re.split(r"[\s,;]+", sources.lower()) if s}) > 1
    return max(1, min(10, round(2 * math.log10(best + 1)) + several))


def _commercial(words: list[str]) -> int:
    nouns = sticker_nouns_in(words)
    if not nouns:
        return 3 if CHARM & set(words) else 2
    content = [w for w in words if w not in COMMON and not any(w in noun for noun in nouns)]
    points = 5 + 2 * bool(CHARM & set(content)) + bool(SCENES & set(content)) + bool(content)
    points += len(nouns) > 1
    if nouns <= WEAK_ALONE and not CHARM & set(content):
        points -= 2
    points -= 3 * bool(NEWSY & set(words)) + 3 * bool(
        {"i", "my", "me", "he", "she", "they", "who", "what", "why", "how"} & set(words)
    )
    points -= 2 * (len(words) > 9)
    return max(1, min(10, points))


def _safety(words: list[str], worst: int) -> int:
    """`worst` softens what stands in the evidence only: one gloomy post does not damn a topic to 1."""
    found = [cap for cap, terms in VETOES.items() if terms & set(words)]
    return max(worst, min(found)) if found else 9


def _uniqueness(words: list[str]) -> int:
    content = {w for w in words if w not in COMMON}
    return {0: 2, 1: 3, 2: 7}.get(len(content), 8)


def _overall(velocity: int, commercial: int, safety: int, uniqueness: int) -> float:
    weighted = 0.25 * velocity + 0.35 * commercial + 0.2 * safety + 0.2 * uniqueness
    lowest = min(velocity, commercial, safety, uniqueness)
    if safety < 6:
        weighted = min(weighted, max(lowest, 4.0))
    elif commercial < 6:
        weighted = min(weighted, max(lowest, 6.4))
    return round(weighted, 1)


def _reasoning(topic: str, velocity: int, commercial: int, safety: int) -> str:
    name = topic.strip()[:120] or "This topic"
    if safety < 6:
        return f"{name} touches news or harm and does not belong on a sticker."
    if commercial < 6:
        return f"{name} gives an artist nothing clear to draw, whatever its reach."
    pace = "growing fast" if velocity >= 8 else "growing steadily"
    return f"{name} is easy to draw, friendly and {pace}."
