"""The linter: whatever goes in, what comes out is what Etsy accepts and was in the text before."""

from hypothesis import given
from hypothesis import strategies as st

from etsy import lint
from stickertrendz.sandbox.etsy import validate
from stickertrendz.sandbox.routing import Abort

GOOD_TAGS = [f"tag number {number}" for number in range(12)] + ["free shipping"]
DISCLOSED = "Made with the assistance of AI tools."


def accepted(rule: object, name: str, value: str) -> bool:
    try:
        rule(name, value)  # type: ignore[operator]  # the sandbox's parsers share one shape
    except Abort:
        return False
    return True


@given(st.text(max_size=400))
def test_any_title_becomes_one_that_etsy_accepts(text: str) -> None:
    mended = lint.title(text)
    assert not mended or accepted(validate.title, "title", mended)


@given(st.text(max_size=400))
def test_a_title_is_only_shortened(text: str) -> None:
    left = iter("".join(text.split()))
    assert all(char in left for char in "".join(lint.title(text).split()))


@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_tags_become_ones_that_etsy_accepts(texts: list[str]) -> None:
    mended = lint.tags(texts)
    assert len(mended) <= 13
    assert not mended or accepted(validate.tags, "tags", ",".join(mended))


def test_titles_lose_emoji_and_repeated_marks_and_end_with_a_whole_word() -> None:
    assert lint.title("Frog 🐸 & Toad & Co: 100% + 50%") == "Frog & Toad Co: 100% + 50"
    long = lint.title("word " * 60)
    assert len(long) <= 140
    assert long.endswith("word")
    assert lint.title("Cool $5 `frog` ^_^ ™") == "Cool 5 frog _ ™"


def test_tags_are_cut_at_words_and_made_distinct() -> None:
    assert lint.tag("waterproof laptop decals") == "waterproof laptop"
    assert lint.tag("-frog's") == "frog's"
    assert lint.tag("a_b,c") == "abc"
    assert lint.tags(["Frog", "frog", "toad"]) == ["frog", "toad"]


def test_free_shipping_survives_a_list_that_is_too_long() -> None:
    mended = lint.tags([*(f"tag {number}" for number in range(20)), "free shipping"])
    assert len(mended) == 13
    assert mended[-1] == "free shipping"


def test_what_cannot_be_mended_is_told_with_what_to_do() -> None:
    assert lint.problems("Frog", DISCLOSED, GOOD_TAGS) == []
    told = " ".join(lint.problems("", "A frog.", GOOD_TAGS[:5]))
    for words in ("title is empty", "5 usable tags", '"free shipping" is missing', "AI tools were used"):
        assert words in told
