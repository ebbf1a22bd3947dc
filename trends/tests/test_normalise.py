"""Two spellings of one trend normalise alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.normalise import jaccard, same, stem_key, stems


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = stems(text)
    assert stems(" ".join(once)) == once
    assert stem_key(stem_key(text)) == stem_key(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_normalising_plain_english_twice_changes_nothing(text: str) -> None:
    assert stem_key(stem_key(text)) == stem_key(text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Dancing Capybaras!", "dancing capybara"),
        ("Capybara, dancing", "the dancing capybaras"),
        ("café", "CAFE"),
        ("\uff23\uff21\uff34 hats", "cat hat"),
        ("moo deng baby hippo", "baby hippo Moo Deng"),
        ("moo deng tiny baby hippo", "moo deng baby hippo"),
        ("the capybara's hat", "capybara hat"),
    ],
)
def test_spellings_of_one_trend_are_the_same(a: str, b: str) -> None:
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [("cat hat", "cat sock"), ("", ""), ("!!!", "???"), ("\U0001f60a", ""), ("frog", "frog wizard tea party")],
)
def test_different_trends_are_not_the_same(a: str, b: str) -> None:
    assert not same(a, b)


def test_exactly_the_threshold_is_not_the_same() -> None:
    assert jaccard({1, 2, 3, 4}, {1, 2, 3, 5}) == pytest.approx(0.6)
    assert not same("cat frog owl bear", "cat frog owl moth")


def test_stop_words_and_punctuation_fall_out_and_order_does_not_count() -> None:
    assert stems("The cat, in a hat!") == ("cat", "hat")
    assert stem_key("hat cat hat") == "cat hat"


def test_a_text_of_stop_words_keeps_them() -> None:
    assert stem_key("now and then") == stem_key("then and now") != ""
