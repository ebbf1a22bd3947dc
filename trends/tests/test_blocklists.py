"""The blocklists in the database."""

from datetime import timedelta

import pytest

from stickertrendz import clock
from stickertrendz.ops.models import AuditEntry
from trends import blocklists
from trends.models import BlockedTopic, Term

pytestmark = pytest.mark.django_db


def terms(text: str) -> list[str]:
    return [hit.term for hit in blocklists.find(text)]


@pytest.mark.parametrize(
    "topic", ["nike panda dunks", "disney castle cake", "mickey mouse waffle", "spider-man beanie"]
)
def test_known_brands_are_blocked(topic: str) -> None:
    assert [hit.kind for hit in blocklists.find(topic)][:1] == ["trademark"]


@pytest.mark.parametrize("topic", ["pineapple party", "happy frog wizard", "tired penguin with sunglasses"])
def test_clean_topics_pass(topic: str) -> None:
    assert terms(topic) == []


def test_an_offensive_word_is_blocked_as_a_keyword() -> None:
    assert "keyword" in {hit.kind for hit in blocklists.find("porn frog")}


def test_a_new_term_blocks_at_once_and_is_on_record() -> None:
    assert terms("zorblax mug") == []
    term = blocklists.add("  Zorblax ", "trademark", by="ada", why="a notice came")
    assert terms("zorblaxes mug") == ["Zorblax"]
    assert (term.folded, term.added_by, term.origin) == ("zorblax", "ada", "console")
    assert AuditEntry.objects.filter(action="added term", who="ada", why="a notice came").exists()


def test_a_retired_term_no_longer_blocks_and_can_come_back() -> None:
    term = blocklists.add("zorblax", "trademark", by="ada", why="test")
    blocklists.retire(term, by="ada", why="not a brand")
    assert terms("zorblax mug") == []
    again = blocklists.add("Zorblax", "trademark", by="bob", why="it is one")
    assert again.pk == term.pk
    assert terms("zorblax mug") == ["Zorblax"]
    assert AuditEntry.objects.filter(action="retired term").count() == 1


def test_a_retired_term_can_be_put_back_as_it_was() -> None:
    term = blocklists.add("zorblax", "trademark", by="ada", why="test", match="phrase", section="games")
    assert not blocklists.reinstate(term, by="ada", why="it is in force")
    blocklists.retire(term, by="ada", why="not a brand")
    assert not blocklists.retire(term, by="ada", why="again")
    assert blocklists.reinstate(term, by="bob", why="it is one")
    term.refresh_from_db()
    assert (term.match, term.section, term.retired_at) == ("phrase", "games", None)
    assert terms("zorblax mug") == ["zorblax"]
    assert AuditEntry.objects.get(action="reinstated term").why == "it is one"


def test_how_a_term_matches_can_be_changed_with_a_reason() -> None:
    term = blocklists.add("zorblax", "trademark", by="ada", why="test")
    assert terms("a zorblax mug") == ["zorblax"]
    assert blocklists.change_match(term, "brand", by="bob", why="also a herb")
    assert not blocklists.change_match(term, "brand", by="bob", why="again")
    assert terms("a zorblax mug") == []
    entry = AuditEntry.objects.get(action="changed how a term matches")
    assert (entry.who, entry.why, entry.detail["match"]) == ("bob", "also a herb", "brand")


def test_only_terms_changed_since_a_revision_are_looked_for_by_a_smaller_list() -> None:
    before = blocklists.revision()
    blocklists.add("zorblax", "trademark", by="ada", why="test")
    until = blocklists.revision()
    blocklists.add("florp", "trademark", by="ada", why="test")
    text = "nike zorblax florp"
    assert [hit.term for hit in blocklists.since(before, until).find(text)] == ["zorblax"]
    everything = [hit.term for hit in blocklists.since(blocklists.EVER, blocklists.revision()).find(text)]
    assert everything == ["Nike", "zorblax", "florp"] == terms(text)


def test_an_everyday_word_blocks_only_in_a_brand_context() -> None:
    assert terms("an apple a day") == []
    assert terms("new Apple iPhone") != []


def test_a_term_without_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="no letters"):
        blocklists.add("!!!", "keyword", by="ada", why="test")


def test_a_term_too_long_to_store_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 120"):
        blocklists.add("z" * 121, "keyword", by="ada", why="test")


def test_a_blocked_topic_leads_to_the_term_that_shut_it_out() -> None:
    hit = blocklists.find("nike panda dunks")[0]
    blocklists.count_blocked("nike panda dunks", hit)
    assert BlockedTopic.objects.get().listed == Term.objects.get(kind="trademark", text="Nike")


def test_blocked_topics_are_counted_by_day(virtual_time: object) -> None:
    hit = blocklists.find("nike panda dunks")[0]
    for _ in range(3):
        blocklists.count_blocked("nike panda dunks", hit)
    row = BlockedTopic.objects.get()
    assert (row.count, row.term, row.kind) == (3, "Nike", "trademark")
    BlockedTopic.objects.update(day=clock.today() - timedelta(days=1))
    blocklists.count_blocked("nike panda dunks", hit)
    assert BlockedTopic.objects.count() == 2


def test_the_shipped_lists_fill_the_table_without_doubles() -> None:
    kinds = Term.objects.values_list("kind", "folded")
    assert len(set(kinds)) == len(kinds) > 5000
    assert set(Term.objects.values_list("match", flat=True)) <= set(Term.Match.values)
    assert not Term.objects.filter(folded="").exists()
