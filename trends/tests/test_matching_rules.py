"""Each manner of writing a name and each kind of brand context, one line of the table per rule."""

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from trends.blocklists import fold
from trends.disguise import tokens
from trends.matching import BRAND, PHRASE, Term, build

TERMS = [
    Term("Nike", "brands"),
    Term("Spider-Man", "characters"),
    Term("Hello Kitty", "characters"),
    Term("Domino's", "brands"),
    Term("Candy Crush", "games"),
    Term("Pokémon", "games"),
    Term("Target", "brands", BRAND),
    Term("Gap", "brands", BRAND),
    Term("UPS", "brands", BRAND),
    Term("Always", "brands", BRAND),
    Term("Frozen", "films and series", BRAND),
    Term("The Office", "films and series", BRAND),
    Term("Giants", "teams", BRAND),
    Term("Box", "brands", BRAND),
    Term("Have a Break", "slogans", PHRASE),
]
MATCHER = build(TERMS)


def found(text: str) -> list[str]:
    return [hit.term for hit in MATCHER.find(text)]


@pytest.mark.parametrize(
    ("text", "term", "rule"),
    [
        ("a nike cap", "Nike", "word as written"),
        ("hello kitty mug", "Hello Kitty", "words as written"),
        ("hello-kitty mug", "Hello Kitty", "words as written"),
        ("hello  kitty mug", "Hello Kitty", "words as written"),
        ("hello\u00a0kitty mug", "Hello Kitty", "words as written"),
        ("hello_kitty mug", "Hello Kitty", "words as written"),
        ("hello/kitty mug", "Hello Kitty", "words as written"),
        ("HELLO KITTY MUG", "Hello Kitty", "words as written"),
        ("dominos pizza", "Domino's", "word as written"),
        ("two nikes", "Nike", "as plural or possessive"),
        ("nike's cap", "Nike", "as plural or possessive"),
        ("hello kitty’s mug", "Hello Kitty", "as plural or possessive"),
        ("hello kitties", "Hello Kitty", "as plural or possessive"),
        ("candy crushes", "Candy Crush", "as plural or possessive"),
        ("hellokitty mug", "Hello Kitty", "written as one word"),
        ("spiderman mask", "Spider-Man", "written as one word"),
        ("poke mon card", "Pokémon", None),
        ("poké-mon card", "Pokémon", "written apart"),
        ("n i k e", "Nike", "spelled letter by letter"),
        ("n1ke cap", "Nike", "digits or signs for letters"),
        ("p0k3m0n", "Pokémon", "digits or signs for letters"),
        ("#HelloKittyDay", "Hello Kitty", "in a hashtag"),
        ("ＮＩＫＥ cap", "Nike", "word as written"),
        ("ɴɪᴋᴇ cap", "Nike", "word as written"),
        ("ｎіκе cap", "Nike", "word as written"),
        ("ni\u00adke cap", "Nike", "word as written"),
        ("Ⓝⓘⓚⓔ cap", "Nike", "word as written"),
        ("so have a break!", "Have a Break", "words as written"),
        ("have a breaks", None, None),
        ("a monike", None, None),
        ("nikes are not nikesy", "Nike", "as plural or possessive"),
    ],
)
def test_every_manner_of_writing_is_found_by_its_rule(text: str, term: str | None, rule: str | None) -> None:
    assert {(hit.term, hit.rule) for hit in MATCHER.find(text)} == ({(term, rule)} if term and rule else set())


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("my target store haul", "Target"),
        ("Frozen", "Frozen"),
        ("The Office", "The Office"),
        ("we watched Frozen all night", "Frozen"),
        ("frozen movie night", "Frozen"),
        ("i miss The Office so much", "The Office"),
        ("the Giants have done it", "Giants"),
        ("giants game tonight", "Giants"),
        ("this is Target's new bag", "Target"),
        ("a UPS truck stuck in snow", "UPS"),
        ("found at target today", "Target"),
        ("gap® hoodie", "Gap"),
    ],
)
def test_an_everyday_word_in_its_context_is_found(text: str, term: str) -> None:
    assert found(text) == [term]


@pytest.mark.parametrize(
    "text",
    [
        "frozen grapes for a movie night",  # the cue does not stand beside the word, which has no capital
        "the office where i work",
        "gentle giants of the sea",
        "mind the gap between trains",
        "kids are always on their phones",
        "push ups every day",
        "MOVE THE TARGET NOW PLEASE",  # all is shouted, so that no capital says anything
        "TARGET practice is fun for some",
        "Target practice is fun for some",  # the capital of a sentence's first word
        "photo of the Monster Giants in space",  # a piece of a longer name
        "ten boxes to ship one iphone case",
        "at frozen lakes",
    ],
)
def test_an_everyday_word_without_its_context_passes(text: str) -> None:
    assert found(text) == []


SCRIPTS = "abz AZ09'-#@éßİıΩжשعあ漢한ก🙂\u0301\u200d\n"


@given(st.text(alphabet=SCRIPTS, max_size=60))
@example("\ud800")
@example("🙂" * 2500)
@example("")
def test_texts_of_any_script_are_read_and_folding_twice_changes_nothing(text: str) -> None:
    MATCHER.find(text)
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_the_places_of_words_lie_in_order_within_the_text(text: str) -> None:
    spans = [(token.start, token.end) for token in tokens(text)]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


WORDS = [term.text.lower() for term in TERMS if term.context != BRAND and term.text.isascii() and term.text.isalpha()]


@given(st.sampled_from(WORDS), st.text(alphabet="abcdefghijklmnopqrtuvwxyz", min_size=1, max_size=5), st.booleans())
def test_a_term_inside_a_longer_word_is_never_found(word: str, more: str, before: bool) -> None:
    longer = more + word if before else word + more
    assume(longer not in WORDS)
    assert found(f"my {longer} today") == []


@pytest.mark.parametrize(
    ("sign", "letter"),
    [
        ("GREEK SMALL LETTER OMICRON", "o"),
        ("GREEK SMALL LETTER RHO", "p"),
        ("GREEK SMALL LETTER NU", "v"),
        ("GREEK SMALL LETTER CHI", "x"),
        ("CYRILLIC SMALL LETTER EN", "h"),
        ("CYRILLIC SMALL LETTER HA", "x"),
        ("CYRILLIC SMALL LETTER ES", "c"),
        ("ARMENIAN SMALL LETTER OH", "o"),
        ("LATIN SMALL LETTER DOTLESS I", "i"),
        ("LATIN SMALL LETTER L WITH STROKE", "l"),
        ("LATIN SMALL LETTER O WITH STROKE", "o"),
        ("LATIN SMALL LETTER D WITH STROKE", "d"),
        *((f"LATIN LETTER SMALL CAPITAL {letter}", letter.lower()) for letter in "BCDEGHIJKLMNOPRTUVWYZ"),
    ],
)
def test_a_letter_that_looks_like_another_is_read_as_it(sign: str, letter: str) -> None:
    assert fold(f"a{unicodedata.lookup(sign)}e") == f"a{letter}e"
