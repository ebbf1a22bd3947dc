"""The matcher finds disguised terms and leaves innocent words alone."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stickertrendz.testing import assert_growth
from trends.matching import BRAND, PHRASE, Hit, Matcher, Term, build, read_terms

TERMS = [
    Term("Spider-Man", "characters", id=7),
    Term("Starbucks", "brands"),
    Term("Nike", "brands"),
    Term("Disney", "brands"),
    Term("Pok\u00e9mon", "games"),
    Term("Harry Potter", "characters"),
    Term("Levi's", "brands"),
    Term("Dungeons & Dragons", "games"),
    Term("M&M's", "brands"),
    Term("Facebook", "brands"),
    Term("Therapist", "brands"),
    Term("Barbie", "brands"),
    Term("just do it", "slogans", PHRASE),
    Term("apple", "brands", BRAND),
    Term("target", "brands", BRAND),
    Term("Shell", "brands", BRAND),
]
MATCHER = build(TERMS)


def found(text: str, matcher: Matcher = MATCHER) -> list[str]:
    return [hit.term for hit in matcher.find(text)]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("my spiderman mask", "Spider-Man"),
        ("my spider man mask", "Spider-Man"),
        ("my Spider\u2011Man mask", "Spider-Man"),
        ("#SpiderManFan", "Spider-Man"),
        ("Starbucks' cups", "Starbucks"),
        ("Disney's castle", "Disney"),
        ("two Nikes", "Nike"),
        ("$tarbuck$ cup", "Starbucks"),
        ("N1K3 shoes", "Nike"),
        ("d!sney day", "Disney"),
        ("N I K E", "Nike"),
        ("n.i.k.e.", "Nike"),
        ("a N.I.K.E cap", "Nike"),
        ("\u041d\u0456k\u0435", None),
        ("N\u0456k\u0435 shoes", "Nike"),
        ("\uff2e\uff29\uff2b\uff25", "Nike"),
        ("\U0001d40d\U0001d422\U0001d424\U0001d41e", "Nike"),
        ("ni\u200bke", "Nike"),
        ("Ni\u0301ke", "Nike"),
        ("pokemons", "Pok\u00e9mon"),
        ("POK\u00c9MON", "Pok\u00e9mon"),
        ("#harrypotter", "Harry Potter"),
        ("harry potter's owl", "Harry Potter"),
        ("levis jeans", "Levi's"),
        ("Levi\u2019s jeans", "Levi's"),
        ("dungeons and dragons dice", "Dungeons & Dragons"),
        ("m&ms", "M&M's"),
        ("face-book", "Facebook"),
        ("face book", "Facebook"),
        ("barbies", "Barbie"),
        ("so just do it!", "just do it"),
        ("#JustDoIt", "just do it"),
    ],
)
def test_a_disguised_term_is_found(text: str, term: str | None) -> None:
    assert found(text) == ([term] if term else [])


@pytest.mark.parametrize(
    "text",
    [
        "pineapple pizza",
        "the rapist was caught",
        "mike and spike",
        "nikel",
        "harry met potter",
        "just donuts",
        "seashells",
        "2024 1337 $5",
        "",
        "\U0001f60a\U0001f44d",
    ],
)
def test_an_innocent_text_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "an apple a day",
        "apple pie",
        "he hit the target",
        "a crab in a shell",
        "Apple pie for everyone",
        "move to a target at once",
    ],
)
def test_an_everyday_word_passes_without_a_brand_context(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("the new apple watch band", "apple"),
        ("i got this at target", "target"),
        ("we walked into Target after lunch", "target"),
        ("Target", "target"),
        ("shell gas station", "Shell"),
        ("apple\u2122 things", "apple"),
    ],
)
def test_an_everyday_word_hits_in_a_brand_context(text: str, term: str) -> None:
    assert found(text) == [term]


def test_a_hit_says_where_and_why_and_which_row() -> None:
    text = "I \u2764 my spiderman mask"
    (hit,) = MATCHER.find(text)
    assert text[slice(*hit.span)] == "spiderman"
    assert hit == Hit("Spider-Man", "characters", hit.span, hit.why, 7)
    assert "written as one word" in hit.why


def test_the_reason_names_the_brand_cue() -> None:
    (hit,) = MATCHER.find("the apple watch")
    assert "watch" in hit.why


LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz\u00e9\u0430\u03bf", max_size=6)


@given(before=LETTERS, after=LETTERS, term=st.sampled_from([t for t in TERMS if " " not in t.text]))
def test_find_never_hits_inside_a_longer_word(before: str, after: str, term: Term) -> None:
    assume(before or after not in ("", "s", "es"))
    longer = before + term.text.lower().replace("-", "").replace("&", "").replace("'", "") + after
    assume(not {longer, longer.removesuffix("s"), longer.removesuffix("es")} & _spellings())
    assert found(f"a {longer} here") == []


def _spellings() -> set[str]:
    return {t.text.lower().replace("-", "").replace("&", "").replace("'", "").replace(" ", "") for t in TERMS}


@given(st.text())
def test_any_text_is_handled_and_spans_lie_within_it(text: str) -> None:
    for hit in MATCHER.find(f"{text} Nike {text}"):
        assert 0 <= hit.span[0] < hit.span[1] <= 2 * len(text) + 6


@given(st.text(max_size=20), st.sampled_from(["word", "phrase", "brand"]))
def test_any_term_can_be_built_and_finds_itself_or_nothing(text: str, context: str) -> None:
    hits = build([Term(text, "brands", context)]).find(text)
    assert {hit.term for hit in hits} <= {text}


@pytest.mark.parametrize("piece", ["nike ", "\u0430", "a ", "\U0001f60a", "@", "#Aa", "\u0301", "1a"])
def test_ten_kilobytes_of_anything_do_not_take_the_square_of_the_time(piece: str) -> None:
    short, long = (piece * (length // len(piece)) for length in (1_250, 10_000))
    assert_growth(lambda: MATCHER.find(short), lambda: MATCHER.find(long), at_most=30)


def test_terms_are_read_with_section_and_match_mode() -> None:
    lines = ["# note", "[brands]", "Nike", "Apple | brand", "", "[slogans]", "Just Do It | phrase"]
    assert list(read_terms(lines)) == [
        Term("Nike", "brands"),
        Term("Apple", "brands", BRAND),
        Term("Just Do It", "slogans", PHRASE),
    ]


@pytest.mark.parametrize("lines", [["Nike"], ["[brands]", "Nike | loud"]])
def test_a_wrong_line_is_named(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=f"line {len(lines)}"):
        list(read_terms(lines))
