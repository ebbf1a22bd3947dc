"""The blocklist files the database is seeded from are complete, clean and fast to search."""

import random
from functools import cache
from pathlib import Path

import pytest

from stickertrendz.testing import assert_growth
from trends.matching import Matcher, Term, build, read_terms

DATA = Path(__file__).resolve().parents[2] / "data"
TRADEMARKS, KEYWORDS = "trademark_blocklist.txt", "keyword_blocklist.txt"


@cache
def terms(name: str) -> tuple[Term, ...]:
    with (DATA / name).open(encoding="utf-8") as lines:
        return tuple(read_terms(lines))


@cache
def matcher(name: str) -> Matcher:
    return build(terms(name))


def test_at_least_four_thousand_names_stand_in_every_section() -> None:
    names = terms(TRADEMARKS)
    assert len(names) >= 4_000
    assert {term.kind for term in names} == {
        "brands", "characters", "films and series", "games", "musicians", "celebrities", "teams", "slogans",
    }  # fmt: skip


def test_the_keyword_list_covers_every_kind() -> None:
    kinds = {term.kind for term in terms(KEYWORDS)}
    assert kinds == {"offensive", "hate", "drugs", "sexual", "violence", "self-harm", "tragedy"}


@pytest.mark.parametrize("name", [TRADEMARKS, KEYWORDS])
def test_no_term_stands_twice(name: str) -> None:
    texts = [term.text.casefold() for term in terms(name)]
    assert len(texts) == len(set(texts))


def test_every_name_that_needs_no_context_finds_itself() -> None:
    missed = [term.text for term in terms(TRADEMARKS) if term.context != "brand" and not find(TRADEMARKS, term.text)]
    assert missed == []


def find(name: str, text: str) -> list[str]:
    return [hit.term for hit in matcher(name).find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "sleepy capybara in a teacup",
        "grumpy frog on a skateboard",
        "pineapple with sunglasses",
        "moo deng baby hippo",
        "an apple and a banana in a basket",
        "a seashell on the beach",
        "maine coon in a rain boot",
        "shooting star over a cozy tent",
        "dinosaur holding a boba tea",
        "whippet in a knitted scarf",
        "tiny ghost eating noodles",
        "raccoon wizard reading a book",
        "red panda playing a guitar",
        "cactus in a cowboy hat",
        "party hat octopus",
    ],
)
def test_good_sticker_topics_pass_both_lists(text: str) -> None:
    assert find(TRADEMARKS, text) == find(KEYWORDS, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "starbucks bear cup",
        "hello kitty mug",
        "ikea shark plush",
        "Taylor Swift Eras Tour",
        "sp1der-man beanie",
        "mcdonalds happy meal toy",
        "stanley cup tumbler",
        "crocs strawberry charm",
        "pink stanley tumbler",
        "winter is coming mug",
        "the green bay packers logo",
    ],
)
def test_protected_topics_are_caught(text: str) -> None:
    assert find(TRADEMARKS, text) != []


@pytest.mark.parametrize(
    "text", ["f u c k", "sh1t happens", "school shooting", "KYS", "c\u043ecaine bear", "plane crash victims"]
)
def test_unwanted_words_are_caught(text: str) -> None:
    assert find(KEYWORDS, text) != []


def test_forty_thousand_terms_build_in_linear_time_and_are_searched_hardly_slower_than_a_few() -> None:
    rng = random.Random(7)  # the bench measures seconds; this guards the order
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    made = ["".join(rng.choices(syllables, k=rng.randint(2, 5))) for _ in range(24_000)]
    many = [Term(" ".join(rng.choices(made, k=rng.randint(1, 3))), "brands") for _ in range(40_000)]
    assert_growth(lambda: build(many[:5_000]), lambda: build(many), at_most=30)
    small, large = build(many[:1_000]), build(many)
    texts = [" ".join(rng.choices(made[:500] + ["the", "a", "my"] * 300, k=25)) for _ in range(100)]
    assert_growth(lambda: list(map(small.find, texts)), lambda: list(map(large.find, texts)), at_most=15)
