"""Listing copy keeps the shop's form and Etsy's rules, whatever the model writes."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etsy import lint
from stickers import copy
from stickers.copy import ListingCopy
from trends import blocklists
from trends.models import Term

WORDS = st.text(max_size=60)


def listing(**changes: object) -> ListingCopy:
    usual = {
        "topic_title": "Sleepy Frog", "style": "Cute Cartoon", "category": "Animals",
        "description": "A frog that naps.",
        "topic_tags": ["sleepy frog", "frog sticker", "frog lover", "cute frog", "frog decal", "lazy frog", "frog art"],
        "audience_tags": ["gift for her", "animal lovers", "students"],
    }  # fmt: skip
    return ListingCopy.model_validate(usual | changes)


def test_the_title_has_the_shops_form() -> None:
    expected = "Sleepy Frog Sticker - Cute Cartoon Vinyl Decal - Laptop Water Bottle Sticker - Trending Animals"
    assert copy.title("Sleepy Frog", "Cute Cartoon", "Animals") == expected


def test_a_long_topic_gives_way_at_a_words_end_and_the_form_stays() -> None:
    title = copy.title("Remarkably Sleepy Capybara " * 10, "Cute Cartoon", "Animals")
    assert len(title) <= 140
    assert title.endswith("Vinyl Decal - Laptop Water Bottle Sticker - Trending Animals")
    assert set(title.split(" Sticker - ")[0].split()) <= {"Remarkably", "Sleepy", "Capybara"}


@given(topic=WORDS, style=WORDS, category=WORDS)
def test_every_title_is_one_etsy_takes(topic: str, style: str, category: str) -> None:
    title = copy.title(topic, copy.plain(style)[:24].strip(), copy.plain(category)[:20].strip())
    assert len(title) <= 140
    assert all(
        unicodedata.category(sign)[0] in "LP" or unicodedata.category(sign) in ("Nd", "Sm", "Zs") for sign in title
    )
    assert all(title.count(sign) <= 1 for sign in "%:&+")
    assert not set(title) & set("$^`")


@given(
    about=st.lists(WORDS, max_size=20),
    whom=st.lists(WORDS, max_size=9),
    topic=WORDS,
    keywords=st.lists(WORDS, max_size=9),
)
def test_there_are_always_thirteen_different_tags_etsy_takes(
    about: list[str], whom: list[str], topic: str, keywords: list[str]
) -> None:
    tags = copy.tags(listing(topic_tags=about, audience_tags=whom), topic, keywords)
    assert len(tags) == len({tag.casefold() for tag in tags}) == 13
    assert "free shipping" in tags
    for tag in tags:
        assert 0 < len(tag) <= 20
        assert tag[0] not in "-'"
        assert all(
            unicodedata.category(sign)[0] == "L" or unicodedata.category(sign) == "Nd" or sign in " -'" for sign in tag
        )


@example(topic="\uf900", about=[], words="")  # a letter that changes when it is composed
@example(topic="İ", about=["straße", "STRASSE"], words="")  # letters that change, and meet, in another case
@example(topic="\u1100%%\u1161", about=[], words="")  # letters that join where a sign between them goes
@given(topic=WORDS, about=st.lists(WORDS, max_size=20), words=st.text(max_size=300))
def test_nothing_is_left_for_the_lint_of_listings_to_mend(topic: str, about: list[str], words: str) -> None:
    """What was moderated is then exactly what is published."""
    title = copy.title(topic, "Cute Cartoon", "Animals")
    tags = copy.tags(listing(topic_tags=about), topic, [])
    assert lint.title(title) == title
    assert lint.tags(tags) == tags
    text = copy.description(f"A frog {words}", ["3in", "4in"])
    assert lint.description(text) == text
    assert lint.problems(title, text, tags) == []


def test_tags_mix_topic_evergreen_and_audience_as_planned() -> None:
    tags = copy.tags(listing(), "sleepy frog", [])
    assert tags[:7] == listing().topic_tags
    assert tags[7:9] == ["gift for her", "animal lovers"]
    assert tags[9:] == ["vinyl sticker", "laptop sticker", "waterproof decal", "free shipping"]


def test_too_few_topic_tags_are_made_up_from_the_trend() -> None:
    tags = copy.tags(listing(topic_tags=["frog"]), "sleepy frog", ["sleepy", "frog"])
    assert tags[:4] == ["frog", "sleepy frog", "sleepy", "sleepy frog sticker"]


def test_the_description_tells_sizes_shipping_and_that_ai_helped() -> None:
    text = copy.description("A frog 🐸 that naps.\n\nFor $5 only", ["3in", "4in"])
    assert text.startswith("A frog that naps.\n\nFor 5 only\n\n--- What You Get ---")
    assert 'sticker (3" x 3" or 4" x 4")' in text
    assert "FREE SHIPPING!" in text
    assert "This sticker design was created with the assistance of AI tools." in text
    assert '4"' not in copy.description("A frog.", ["3in"])
    assert not re.search(r"[{}🐸$]", text)


@pytest.mark.django_db
def test_the_shops_own_words_are_on_no_blocklist() -> None:
    own = [*copy.EVERGREEN, *copy.AUDIENCE, copy.FREE_SHIPPING, copy.title("Frog", "Cute", "Animals")]
    standing = copy.own_words(copy.description("A frog.", ["3in", "4in"]))
    assert Term.objects.exists()
    assert [hit.term for text in [*own, standing] for hit in blocklists.find(text)] == []


def test_only_the_shops_standing_lines_are_spared_from_the_blocklists() -> None:
    text = copy.description("A frog.", ["3in"]).replace("Finish: Glossy", "Finish: Nike")
    assert "USPS" not in copy.own_words(text)
    assert "A frog." in copy.own_words(text)
    assert "Nike" in copy.own_words(text)
