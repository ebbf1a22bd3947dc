"""Customers' names and words in any script: drawn, or told as missing; never lost, never an error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.lettering import FONTS, clean, missing, width, wrapped
from fulfillment.paper import Document, Paper

from .sheet_art import rendered, texts

NAMES = [
    "Zoë Łukasiewicz",
    "Ngô Thị Ánh",
    "Ελένη",
    "Олена Їжак",
    "李雷",
    "김민준",
    "さくら",
    "Þórr Ægir",
    "O’Brien – №1",
]
EMOJI = "🎉🦊❤👩🚀"
WHITE = (255, 255, 255, 255)


def written(text: str, bold: bool = False) -> Document:
    paper = Paper(400, 40)
    paper.order = "3012345678"
    paper.text(4, 28, text, 20, bold=bold)
    return paper.document()


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_names_of_many_scripts_are_written_with_embedded_fonts(name: str, bold: bool) -> None:
    made = written(name, bold)
    assert made.by_hand == {}
    assert texts(made.pdf)[0].strip() == name
    assert b"/FontFile2" in made.pdf


@pytest.mark.parametrize("letter", sorted(set("".join(NAMES) + EMOJI) - {" "}))
def test_each_letter_leaves_ink(letter: str) -> None:
    made = written(letter)
    assert made.by_hand == {}
    page = rendered(made.pdf, 72, ground=WHITE)
    assert (page[:, : 8 + int(width(letter, 20))] < 160).any()


def test_letters_that_no_font_has_are_drawn_as_boxes_and_told_once() -> None:
    made = written("عمر Zoë ע עمر")
    assert made.by_hand == {"3012345678": "عمرע"}
    box = rendered(written("ع").pdf, 144, ground=WHITE).min(axis=2) < 128
    rows, columns = np.nonzero(box)
    assert box.sum() < (np.ptp(rows) + 1) * (np.ptp(columns) + 1) / 2, "an outline, not a blot"
    assert np.ptp(rows) > 20


def test_letters_in_fancy_dress_are_taken_in_plain() -> None:
    made = written("𝓐𝓵𝓲𝓬𝓮 𝔹𝕠𝕓")
    assert made.by_hand == {}
    assert "Alice Bob" in texts(made.pdf)[0]


def test_control_characters_and_turns_of_direction_leave_no_trace() -> None:
    assert clean("a\x00b\x1b[31m\u202ec\u200d\ufeff\td\r\ne") == "a b [31mc d e"
    assert clean("👩🏽‍🚀") == "👩🚀"
    assert clean("e\u0301") == "é"


def test_half_a_surrogate_pair_is_told_as_something_that_can_be_shown() -> None:
    told = written("a\ud800b").by_hand["3012345678"]
    assert told.encode() == "\N{REPLACEMENT CHARACTER}".encode()


@given(st.text(max_size=40))
def test_no_text_raises_and_each_letter_is_drawn_or_told(text: str) -> None:
    made = written(text)
    assert made.by_hand.get("3012345678", "") == missing(text)


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=120), st.integers(30, 200))
def test_wrapped_lines_hold_all_words_and_are_no_wider_than_the_room(text: str, room: int) -> None:
    lines = wrapped(text, room, 10)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())
    assert all(width(line, 10) <= room for line in lines)


def test_ten_thousand_letters_without_a_space_are_broken_too() -> None:
    lines = wrapped("W" * 10_000, 300, 10)
    assert "".join(lines) == "W" * 10_000


def test_each_font_has_its_licence_beside_it() -> None:
    for font in FONTS.glob("*.ttf"):
        family = font.stem.split("-")[0]
        assert list(FONTS.glob(f"{family}-*.txt")), font.name
        assert font.name in (FONTS / "README.md").read_text()
