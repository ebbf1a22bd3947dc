"""Finds the topics several signals share, or one bursting signal carries, without asking a model."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from trends import rank
from trends.normalise import fold, jaccard, stem_key, stems
from trends.rank import Seen, Story
from trends.vocabulary import BRIDGES, CAPTION_WORDS, CHARMING, DRAWABLE, EVERYDAY, STOP_WORDS

__all__ = ["GOOGLE_TRENDS", "REDDIT", "Seen", "Topic", "topics"]

REDDIT, GOOGLE_TRENDS = "reddit", "google_trends"
LONGEST = 4  # words of one phrase
LONGEST_TOPIC = 5  # words of a topic joined from phrases the same signals carry
LONGEST_SEARCH = 5  # a search of more words is a question, not a topic
TOO_COMMON = 0.02  # a single word in a larger share of all posts says nothing about any of them
ENOUGH_TO_JUDGE = 200  # posts before that share means anything
SEVERAL = 3  # different wordings that make one word, or words that name nothing, worth a topic
BURST = 4.0  # times the place's own pace at which one post alone makes a topic
LIVELY_BURST = 2.0  # the same for words that are a picture already: "clumsy husky", "dinosaur egg"
LIVELY = 3  # something to draw and its character, or two things to draw
TOGETHER = 0.6
LABEL_EVIDENCE = 20  # stories looked at for the wording of a label

_PIECE = re.compile(r"[^\w\s'\u2019#&-]+|\s[-\u2013\u2014]+\s")
_TOKEN = re.compile(r"#\w+|[^\W_]+(?:['\u2019][^\W_]+)*")
_OWNERS = re.compile("'[sS]$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")

Candidate = tuple[tuple[str, ...], Sequence[str], bool]  # key, words as written, whether somebody named it


@dataclass(frozen=True)
class Topic:
    """`parts` adds up to `rank`; a negative rank means a veto. `signal_ids` are (source, native id) pairs."""

    topic: str
    keywords: tuple[str, ...]
    rank: float
    parts: dict[str, float]
    signal_ids: tuple[tuple[str, str], ...]


@dataclass
class _Phrase:
    """A run of words as keys, how people wrote it, and the stories that carry it."""

    key: tuple[str, ...]
    spellings: Counter[str]
    stories: set[int]
    tagged: bool = False  # seen as a hashtag or a search, so somebody named it
    capitals: int = 0  # how often it was written as a name

    def add(self, story: int, written: Sequence[str], tagged: bool) -> None:
        self.spellings[fold(" ".join(written))] += 1
        self.stories.add(story)
        self.tagged = self.tagged or tagged
        self.capitals += all(word[0].isupper() for word in written)

    @property
    def is_named(self) -> bool:
        """Somebody gave it this name, or most write it like one: "Haneda Airport", unlike "gas station"."""
        return self.tagged or self.capitals * 2 > self.spellings.total()


def topics(signals: Sequence[Seen], now: datetime) -> list[Topic]:
    """Best first. Vetoed topics come last with a negative rank, so that a person can see why."""
    # The strongest first: their wording counts, and the order in which signals came does not.
    stories = sorted(rank.stories(signals), key=lambda story: (-story.score, story.source, story.id))
    shared = _shared(_phrases(stories), stories)
    found = [_topic(group, stories, now) for group in _grouped(shared)]
    return _distinct(sorted(found, key=lambda topic: (-topic.rank, topic.topic)))


def _phrases(stories: Sequence[Story]) -> dict[tuple[str, ...], _Phrase]:
    """Every run of words that may be worth a topic, with the stories that carry it."""
    phrases: dict[tuple[str, ...], _Phrase] = {}
    read = [list(_pieces(story)) for story in stories]
    followed = _followed(read)
    for number, (story, pieces) in enumerate(zip(stories, read, strict=True)):
        for piece in pieces:
            for key, written, tagged in _runs(piece, followed, bursts=story.pace >= LIVELY_BURST):
                if key not in phrases:
                    phrases[key] = _Phrase(key, Counter(), set())
                phrases[key].add(number, written, tagged)
    return phrases


def _pieces(story: Story) -> Iterable[Candidate]:
    """The stretches of a text that nothing interrupts, and the names somebody gave."""
    if story.source == GOOGLE_TRENDS:
        yield from _named(fold(story.text).split())
        return
    for piece in _PIECE.split(story.text):
        keys: list[str] = []
        written: list[str] = []
        for token in _TOKEN.findall(piece):
            if token[0] == "#":
                yield from _named([fold(part) for part in _CAMEL.split(token[1:]) if part])
                continue
            word = _OWNERS.sub("", token.replace("\u2019", "'"))
            bare = fold(word).replace("'", "")
            if _says_something(bare) and bare not in CAPTION_WORDS:
                keys.append(_key(bare))
                written.append(word)
            elif bare not in BRIDGES:
                yield tuple(keys), written, False
                keys, written = [], []
        yield tuple(keys), written, False


def _followed(read: Iterable[Sequence[Candidate]]) -> Set[tuple[str, ...]]:
    """Pairs of words that two stories share or a name holds, and names of one word: the rest cannot make a topic."""
    once: set[tuple[str, ...]] = set()
    followed: set[tuple[str, ...]] = set()
    for pieces in read:
        own: set[tuple[str, ...]] = set()
        for keys, _, tagged in pieces:
            (followed if tagged else own).update(pairwise(keys))
            if tagged and len(keys) == 1:
                followed.add(keys)
        followed |= own & once
        once |= own
    return followed


def _named(parts: Sequence[str]) -> Iterable[Candidate]:
    """A hashtag or a search: somebody gave the thing this name, so it is taken whole."""
    key = tuple(_key(part) for part in parts if _says_something(part))
    if key and len(key) <= LONGEST_SEARCH:
        yield key, parts, True


def _says_something(word: str) -> bool:
    return len(word) > 1 and word not in STOP_WORDS and not word.isdigit()


def _runs(piece: Candidate, followed: Set[tuple[str, ...]], *, bursts: bool) -> Iterable[Candidate]:
    """A name whole; of a stretch each run of words that others may share, or each where one story is enough."""
    keys, written, tagged = piece
    if tagged:
        yield piece
        return
    bursts = bursts and not DRAWABLE.isdisjoint(keys)
    for start, first in enumerate(keys):
        if first in DRAWABLE or (first,) in followed:
            yield (first,), written[start : start + 1], False
        for end in range(start + 2, min(len(keys), start + LONGEST) + 1):
            if not bursts and keys[end - 2 : end] not in followed:
                break
            yield keys[start:end], written[start:end], False


def _key(word: str) -> str:
    """Cheap singular: stemming every word of thousands of posts would cost more than all the rest."""
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] != "s" else word


def _shared(phrases: dict[tuple[str, ...], _Phrase], stories: Sequence[Story]) -> list[_Phrase]:
    """Phrases worth a topic, strongest first: several different stories share it, or one that bursts carries it."""
    limit = len(stories) * TOO_COMMON if len(stories) >= ENOUGH_TO_JUDGE else float("inf")
    kept = [p for p in phrases.values() if _worth(p, stories, limit)]
    kept.sort(key=lambda p: (-len(p.stories) * (len(p.key) + _drawable(p.key)), -len(p.key), p.key))
    return kept


def _worth(phrase: _Phrase, stories: Sequence[Story], limit: float) -> bool:
    carrying = [stories[number] for number in phrase.stories]
    drawable = _drawable(phrase.key) > 0
    wordings = len({story.text for story in carrying})
    if phrase.tagged and any(story.source == GOOGLE_TRENDS for story in carrying):
        return True
    if len(phrase.key) == 1 and not phrase.tagged:
        apart = wordings > 1 and len({story.place for story in carrying}) > 1
        several = (apart or wordings >= SEVERAL) and len(carrying) <= limit
        return drawable and phrase.key[0] not in EVERYDAY and several
    if wordings > 1 and (drawable or phrase.is_named or wordings >= SEVERAL):
        return True
    if len(phrase.key) == 1 or not (drawable or phrase.tagged):
        return False
    return max(story.pace for story in carrying) >= (LIVELY_BURST if _liveliness(phrase.key) >= LIVELY else BURST)


def _drawable(key: Sequence[str]) -> int:
    return sum(1 for word in key if word in DRAWABLE)


def _grouped(phrases: Sequence[_Phrase]) -> list[list[_Phrase]]:
    """Phrases the same stories carry are one topic: "moo deng" and "baby hippo"."""
    groups: list[list[_Phrase]] = []
    by_story: dict[int, list[int]] = defaultdict(list)
    for phrase in phrases:
        near = {number for story in phrase.stories for number in by_story[story]}
        home = next((n for n in sorted(near) if _together(groups[n], phrase)), None)
        if home is None:
            home = len(groups)
            groups.append([])
            for story in phrase.stories:
                by_story[story].append(home)
        groups[home].append(phrase)
    return groups


def _together(group: Sequence[_Phrase], phrase: _Phrase) -> bool:
    return jaccard(group[0].stories, phrase.stories) >= TOGETHER


def _topic(group: Sequence[_Phrase], stories: Sequence[Story], now: datetime) -> Topic:
    carrying = [stories[number] for number in sorted(set().union(*(phrase.stories for phrase in group)))]
    label = _label(group, carrying)
    keywords = tuple(dict.fromkeys(stems(label)))
    parts = rank.parts(label, carrying, now)
    ids = tuple((story.source, story.id) for story in carrying)
    return Topic(label, keywords, round(sum(parts.values()), 3), parts, ids)


def _label(group: Sequence[_Phrase], carrying: Sequence[Story]) -> str:
    """The strongest phrase, then the others' new words as far as people write them together, up to five words."""
    chosen: list[str] = []
    sizes: list[int] = []
    for phrase in sorted(group, key=lambda p: (-len(p.stories), -_liveliness(p.key), -len(p.key), p.key)):
        known = {_key(word) for word in chosen}
        fresh = [w for w in phrase.spellings.most_common(1)[0][0].split() if _key(w) not in known]
        if not chosen or (_liveliness([_key(w) for w in fresh]) and len(chosen) + len(fresh) <= LONGEST_TOPIC):
            chosen += fresh
            sizes.append(len(chosen))
    together = (_as_written(chosen[:size], carrying) for size in reversed(sizes))
    return next(filter(None, together), " ".join(chosen[: sizes[0]]))


def _as_written(chosen: Sequence[str], carrying: Sequence[Story]) -> str:
    """The shortest stretch of any evidence that holds all the words, if any: "fox in a teacup", not "teacup fox"."""
    wanted = {_key(word) for word in chosen}
    best: Sequence[str] = ()
    for story in carrying[:LABEL_EVIDENCE]:
        run = story.words
        keys = [_key(word) for word in run]
        for start, key in enumerate(keys):
            end = _reach(keys, start, wanted) if key in wanted else 0
            if end and end - start <= LONGEST_TOPIC + 1 and (not best or end - start < len(best)):
                best = run[start:end]
    return " ".join(best)


def _reach(keys: Sequence[str], start: int, wanted: Set[str]) -> int:
    """Where a stretch from `start` first holds all wanted words; 0 if it never does."""
    missing = set(wanted)
    for at in range(start, min(len(keys), start + LONGEST_TOPIC + 1)):
        missing.discard(keys[at])
        if not missing:
            return at + 1
    return 0


def _liveliness(key: Sequence[str]) -> int:
    return 2 * _drawable(key) + sum(1 for word in key if word in CHARMING)


def _distinct(found: Iterable[Topic]) -> list[Topic]:
    """One topic per trend: what says the same in other words, or only rests on the same signals, is left out."""
    kept: list[Topic] = []
    keys: set[str] = set()
    by_signal: dict[tuple[str, str], list[Topic]] = defaultdict(list)
    for topic in found:
        key = stem_key(topic.topic)
        rivals = {rival.topic: rival for signal in topic.signal_ids for rival in by_signal[signal]}.values()
        if not key or key in keys or any(_covers(rival, topic) for rival in rivals):
            continue
        keys.add(key)
        kept.append(topic)
        for signal in topic.signal_ids:
            by_signal[signal].append(topic)
    return kept


def _covers(rival: Topic, topic: Topic) -> bool:
    ours, theirs = set(topic.keywords), set(rival.keywords)
    if jaccard(ours, theirs) > TOGETHER or ours <= theirs or theirs <= ours:
        return True
    return len(set(topic.signal_ids) - set(rival.signal_ids)) * 2 < len(topic.signal_ids)
