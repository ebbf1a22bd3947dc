"""What a blocklist of 100,000 terms costs in time and memory, beside looking for each term in turn."""

import csv
import random
import time
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from stickertrendz.testing import Bench
from trends.matching import Matcher, Term, build, read_terms

DATA = Path(__file__).resolve().parents[2] / "data"
TERMS = 100_000
TITLES = 2_000
NAIVE_TITLES = 20  # each takes the naive version milliseconds

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def terms() -> list[Term]:
    """The list of the shop, filled up with names made of words of its own names, so that many begin alike."""
    with (DATA / "trademark_blocklist.txt").open(encoding="utf-8") as lines:
        known = list(read_terms(lines))
    rng = random.Random(3)
    words = [word for term in known for word in term.text.split()]
    made = (Term(" ".join(rng.choices(words, k=rng.randint(2, 4))), "brands") for _ in range(TERMS - len(known)))
    return [*known, *made]


@pytest.fixture(scope="module")
def matcher(terms: list[Term]) -> Matcher:
    return build(terms)


@pytest.fixture
def titles(shared: Path) -> list[str]:
    with (shared / "data/reddit/r_all_daily_top.csv").open(encoding="utf-8", newline="") as lines:
        found = [row["title"] for row in csv.DictReader(lines)]
    return random.Random(3).sample(found, TITLES)


def test_a_title_is_searched_in_less_than_100_microseconds(
    bench: Bench, terms: list[Term], matcher: Matcher, titles: list[str]
) -> None:
    folded = [term.text.casefold() for term in terms]
    few = titles[:NAIVE_TITLES]

    def naive() -> None:
        for title in few:
            text = title.casefold()
            [term for term in folded if term in text]

    def ours() -> None:
        for title in few:
            matcher.find(title)

    bench.compare("find() of a title among 100,000 terms", ours, naive, unit=len(few), at_least=10)
    seconds = min(_seconds(matcher, titles) for _ in range(5))
    bench.figure("find() of a title, 2,000 titles", seconds / len(titles) * 1e6, "µs", limit=100)


def test_100_000_terms_are_built_in_three_seconds_and_200_megabytes(bench: Bench, terms: list[Term]) -> None:
    assert len(terms) == TERMS
    bench.figure("build() of 100,000 terms", min(_build_seconds(terms) for _ in range(3)), "s", limit=3)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = build(terms)
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert kept.find("nike")
    bench.figure("memory of 100,000 terms built", used / 1e6, "MB", limit=200)


def test_ten_kilobytes_are_searched_in_less_than_a_tenth_of_a_second(
    bench: Bench, matcher: Matcher, titles: list[str]
) -> None:
    text = " ".join(islice(titles, 400))[:10_000]
    bench.figure("find() of 10 kB", min(_seconds(matcher, [text]) for _ in range(5)) * 1e3, "ms", limit=100)


def _seconds(matcher: Matcher, texts: list[str]) -> float:
    started = time.process_time()
    for text in texts:
        matcher.find(text)
    return time.process_time() - started


def _build_seconds(terms: list[Term]) -> float:
    started = time.process_time()
    build(terms)
    return time.process_time() - started
