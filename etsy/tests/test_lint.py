"""The linter: whatever goes in, what comes out is what Etsy accepts and was in the text before."""

import io
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from etsy import lint
from etsy.adapters import images, inventory, shop
from etsy.adapters.inventory import Product, Variation
from etsy.tests.conftest import operations
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.sandbox.etsy import validate
from stickertrendz.sandbox.routing import Abort
from stickertrendz.sandbox.server import Sandbox

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


@given(st.text(max_size=400))
def test_a_title_is_only_shortened(text: str) -> None:
    assert only_shortened(lint.title(text), text)


def only_shortened(mended: str, text: str) -> bool:
    """Every letter of the mended text comes, in order, from the text: nothing was added."""
    before, after = (iter("".join(unicodedata.normalize("NFC", one).split())) for one in (text, mended))
    return all(char in before for char in after)


# What makes Etsy refuse, and what a cut may leave behind, often enough to meet by chance.
NASTY = st.text(st.one_of(st.sampled_from("%:&+$^`™©®-', ()\t\r\n\0🐸é\u0301\ud800"), st.characters()), max_size=300)


@given(NASTY)
@example("\ufb2a")
def test_mending_twice_is_mending_once(text: str) -> None:
    for mend in (lint.title, lint.tag, lint.description, lint.value):
        once = mend(text)
        assert mend(once) == once
        assert only_shortened(once, text)


@given(st.lists(NASTY, max_size=20))
def test_mending_tags_twice_is_mending_once(texts: list[str]) -> None:
    once = lint.tags(texts)
    assert lint.tags(once) == once
    assert all(any(only_shortened(mended, text) for text in texts) for mended in once)


@given(NASTY, NASTY, st.lists(NASTY, max_size=20))
def test_what_was_mended_has_no_problems_but_those_only_a_writer_can_solve(
    title: str, description: str, tags: list[str]
) -> None:
    words = f"{lint.description(description)}\n\n{DISCLOSED}"
    given_tags = lint.tags([*tags, *GOOD_TAGS])
    assert lint.problems(lint.title(title) or "Frog", words, given_tags) == []
    assert accepted(validate.text, "description", words)
    assert accepted(validate.tags, "tags", ",".join(given_tags))


@given(NASTY)
def test_any_choice_becomes_one_that_etsy_accepts(text: str) -> None:
    mended = lint.value(text)
    assert not mended or lint.against_product("ST-1-3", mended, Decimal("4.49"), 100) == []


@given(st.decimals("-1", "60000", places=3), st.integers(-5, 1200))
def test_prices_and_quantities_are_judged_as_etsy_judges_them(price: Decimal, quantity: int) -> None:
    told = " ".join(lint.against_product("ST-1-3", "3 inches", price, quantity))
    assert ("is no price" in told) is not accepted(validate.price, "price", str(price))
    assert ("quantity" in told) is not accepted(validate.integer_between(1, 999), "quantity", str(quantity))


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Frog 🐸", 'shorten it to "Frog"'), ("a" * 141, "shorten it to"), ("  ", "The title is empty"),
        ("50% + 50% off", 'shorten it to "50% + 50 off"'),
    ],
)  # fmt: skip
def test_an_unmended_title_is_told_with_the_one_to_use(title: str, told: str) -> None:
    [problem] = lint.problems(title, DISCLOSED, GOOD_TAGS)
    assert told in problem


def test_unmended_tags_and_descriptions_are_told_too() -> None:
    told = lint.problems("Frog", f"{DISCLOSED}\x07", ["-frog", "🐸", *GOOD_TAGS[2:]])
    assert told == [
        "The description has control characters: take them out.",
        'Etsy refuses the tag "-frog": shorten it to "frog".',
        'Etsy refuses the tag "🐸": take it out.',
        "There are 12 usable tags: 13 distinct ones of at most 20 characters are needed.",
    ]
    twice = lint.problems("Frog", DISCLOSED, [GOOD_TAGS[0].upper(), *GOOD_TAGS[:-2], "free shipping"])
    assert "12 usable tags" in twice[0]


def test_a_product_is_told_what_is_wrong_with_each_part() -> None:
    assert lint.against_product("S" * 33, "3 (inches)", Decimal("0.19"), 0) == [
        f'The SKU "{"S" * 33}" must have 1 to 32 characters.',
        'Etsy refuses the choice "3 (inches)": write "3 inches".',
        "$0.19 is no price for Etsy: it must be from $0.20 to $50,000.00, in whole cents.",
        "A quantity of 0 is refused: it must be from 1 to 999.",
    ]
    for price in ("0.20", "50000.00"):
        assert lint.against_product("S" * 32, "3 inches", Decimal(price), 999) == []


def picture(kind: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (2000, 1500)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rank", "content", "told"),
    [
        (1, picture(), ""), (20, picture("PNG"), ""), (21, picture(), "one too many"),
        (1, picture("GIF", "P"), "is GIF"), (1, picture("PNG", "RGBA"), "transparent"),
        (1, picture("PNG", "LA"), "transparent"), (1, b"", "cannot be read"),
        (1, picture(size=(1999, 1999)), "1999 pixels"), (1, picture("BMP"), "bytes: make it again"),
    ],
    ids=["good", "last", "rank", "gif", "rgba", "la", "empty", "small", "large"],
)  # fmt: skip
def test_pictures_are_judged_by_number_size_kind_transparency_and_pixels(rank: int, content: bytes, told: str) -> None:
    found = " ".join(lint.against_picture(rank, content))
    assert told in found if told else found == ""


def test_a_section_has_a_name_of_at_most_24_characters() -> None:
    assert lint.against_section("x" * 24) == []
    for name in ("x" * 25, " "):
        assert lint.against_section(name)


def test_nothing_that_etsy_would_refuse_is_sent(sandbox: Sandbox, db: None) -> None:
    wrong = Product("ST-1-3", "3 (inches)", Decimal("4.49"), 100, 1)
    for call in (
        lambda: inventory.put(1, [wrong], Variation(513, "Size"), subject=""),
        lambda: images.upload(1, 1, picture(size=(600, 600)), name="a.jpg", alt_text="", subject=""),
        lambda: shop.create_section("A name that is much too long"),
    ):
        with pytest.raises(NeedsPerson):
            call()
    assert operations(sandbox) == []
