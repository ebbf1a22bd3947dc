"""Whatever the code writes down has plain words in a timeline: the code itself is read for what it writes."""

import re

import pytest

from pricing.models import PriceChange
from stickertrendz.console import timeline_words
from stickertrendz.console.tests import vocabulary_of_code
from stickertrendz.console.tests.vocabulary_of_code import HOLE
from stickertrendz.ops.models import Run
from stickertrendz.schedule import JOBS
from trends.score import PURPOSE, REPLAY


def without_words(found: set[str], words: dict[str, object]) -> set[str]:
    """Texts with a hole need one that fits; others need their own."""
    return {text for text in found if not any(re.fullmatch(_pattern(text), known) for known in words)}


def _pattern(text: str) -> str:
    return ".+".join(map(re.escape, text.split(HOLE)))


def test_every_action_of_the_audit_has_words() -> None:
    found = vocabulary_of_code.audited()
    assert len(found) > 80
    assert {"approved sticker", "complaint withdrawn", "asked for other words", "entered address"} <= found
    left = without_words(found, dict(timeline_words.ACTIONS))
    assert left == {f"{timeline_words.MENDED}{HOLE}"}, "write words for them into timeline_words.ACTIONS"


def test_every_operation_and_every_kind_of_intent_has_words() -> None:
    asked = vocabulary_of_code.asked()
    assert {"createDraftListing", "activateListing", "predictions.create", "orders.submit", "rising"} <= asked
    assert without_words(asked, dict(timeline_words.OPERATIONS)) == set()
    intended = vocabulary_of_code.intended()
    assert {"etsy_draft", "print_order", "prediction"} <= intended
    assert without_words(intended, dict(timeline_words.INTENTS)) == set()


def test_every_job_status_and_outcome_has_words() -> None:
    assert {job.name for job in JOBS} == set(timeline_words.JOBS)
    assert set(timeline_words.WRITES_IN) <= set(timeline_words.JOBS)
    assert set(PriceChange.Status.values) == set(timeline_words.PRICES)
    assert set(Run.Status.values) == set(timeline_words.RUNS)
    assert {PURPOSE, REPLAY} <= set(timeline_words.PURPOSES)
    chats = {name.removeprefix("chat:") for name in timeline_words.OPERATIONS if name.startswith("chat:")}
    assert chats | {REPLAY} == set(timeline_words.PURPOSES)


@pytest.mark.parametrize("name", ["added term", "recalled designs", "mended price", "a word of before {x}"])
def test_an_action_without_its_detail_or_without_words_is_told_all_the_same(name: str) -> None:
    assert timeline_words.action(name, {})
    assert "{" not in timeline_words.action(name, {}).replace("{x}", "")


def test_a_persons_name_stays_and_what_is_no_person_gets_a_name() -> None:
    assert timeline_words.who("olive") == "olive"
    assert timeline_words.who("publisher") == "The publisher"
    assert timeline_words.who("etsy") == "Etsy"
