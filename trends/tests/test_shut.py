"""What keeps a topic out: blocked terms in it or in its evidence, and the word of a person."""

import pytest

from stickertrendz.ops.models import AuditEntry
from trends import blocklists
from trends.blocklists import Blocklist
from trends.discover import to_score
from trends.matching import Hit
from trends.models import Trend
from trends.shut import Screen, reopen, shut

from .make import make_trend

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen() -> Screen:
    blocklists.add("Zorblax", "trademark", by="ada", why="test")
    return Screen(blocklists.current())


@pytest.mark.parametrize(
    ("carrying", "free", "blocked"), [(1, 0, True), (1, 1, False), (2, 2, True), (2, 3, False), (0, 3, False)]
)
def test_a_brand_in_at_least_half_of_the_evidence_blocks_a_topic_that_lost_its_name(
    screen: Screen, carrying: int, free: int, blocked: bool
) -> None:
    texts = [f"the new zorblax frog set {n}" for n in range(carrying)] + [f"my frog set {n}" for n in range(free)]
    hit = screen.blocked_by("frog set", texts)
    assert (hit is not None) == blocked
    assert hit is None or hit.term == "Zorblax"


def test_a_term_in_the_topic_blocks_whatever_its_evidence(screen: Screen) -> None:
    hit = screen.blocked_by("zorblax frog", ["a frog", "another frog"])
    assert hit is not None
    assert hit.kind == "trademark"


def test_one_wording_counts_once_however_often_it_was_posted(screen: Screen) -> None:
    assert screen.blocked_by("frog set", ["zorblax frog set"] * 9 + ["frog set one", "frog set two"]) is None


def test_evidence_that_topics_share_is_searched_once_in_a_run() -> None:
    searched: list[str] = []

    class Counting(Blocklist):
        def find(self, text: str) -> list[Hit]:
            searched.append(text)
            return super().find(text)

    known = blocklists.current()
    screen = Screen(Counting(known.matcher, known.kinds))
    posts = [f"happy frog number {n}" for n in range(50)]
    for topic in ("happy frog", "frog number", "happy number"):
        screen.blocked_by(topic, posts)
    assert len(searched) == len(set(searched)) == 53


def test_a_topic_that_a_person_shut_is_neither_scored_nor_let_through_until_it_is_reopened() -> None:
    trend = make_trend(status="found")
    shut(trend, by="ada", why="the owner of the name asked us not to")
    assert (trend.is_shut, to_score().count()) == (True, 0)
    reopen(Trend.objects.get(), by="ada", why="advice was taken")
    assert to_score().count() == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["shut topic", "reopened topic"]
