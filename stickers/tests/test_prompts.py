"""The model is asked for three designs in a strict shape, and what it answers is checked before anything is drawn."""

import json
from typing import Any

import pytest

from stickers import prompts
from stickers.ask import Unusable
from stickers.models import Generation
from stickertrendz.adapters.openai import strict_schema
from stickertrendz.ops import prompt_files
from stickertrendz.ops.models import Alert, Transcript
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists
from trends.models import Trend

from .conftest import Ready, RunJob

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {
    "full body": "a sleepy capybara sitting in a bathtub, seen from the front",
    "close-up portrait": "the face of a yawning capybara with foam on its head",
    "round badge": "a capybara and three rubber ducks inside a round wooden frame",
}


@pytest.fixture
def trend(sandbox: Sandbox, ready: Ready) -> Trend:
    for term, kind in (("Starbucks", "trademark"), ("Pikachu", "trademark"), ("gun", "keyword")):
        blocklists.add(term, kind, by="test", why="test")
    return ready(1)[0]


def answer(**changed: str) -> dict[str, Any]:
    """Three good prompts; a changed one is named by its composition, with spaces as underscores."""
    concepts = GOOD | {name.replace("_", " "): concept for name, concept in changed.items()}
    shown = [(name, f"A die-cut vinyl sticker design of {concept}.") for name, concept in concepts.items()]
    return {"prompts": [{"composition": name, "prompt": prompt} for name, prompt in shown]}


def say(sandbox: Sandbox, *answers: Any) -> None:
    world: Any = sandbox.worlds["openai"]
    world.say(*answers)


def asked() -> list[str]:
    return [each.request for each in Transcript.objects.filter(purpose="image_prompts").order_by("pk")]


def test_three_good_designs_are_taken_at_the_first_answer(sandbox: Sandbox, trend: Trend) -> None:
    say(sandbox, answer())
    designs = prompts.write(trend)
    assert {each.composition: prompts.concept_of(each.prompt) for each in designs} == GOOD
    assert len(asked()) == 1


def test_the_model_is_bound_to_the_compositions_we_tell_apart() -> None:
    schema = strict_schema(prompts.ImagePrompts)
    named = json.dumps(schema)
    explained = prompt_files.load("stickers", "image_prompts").system
    for composition in prompts.Composition:
        assert f'"{composition}"' in named
        assert f'"{composition}":' in explained


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "too few": ({"prompts": answer()["prompts"][:2]}, "2 prompts instead of 3"),
    "one composition twice": (
        {"prompts": [answer()["prompts"][0] | {"composition": "round badge"}, *answer()["prompts"][1:]]},
        "two designs have the same composition",
    ),
    "other words for the same": (
        answer(round_badge="the faces of the yawning capybaras, with foam on their heads"),
        "two designs are too much alike",
    ),
    "a composition of its own": (
        {"prompts": [answer()["prompts"][0] | {"composition": "portrait"}, *answer()["prompts"][1:]]},
        "prompts.0.composition",
    ),
    "text": (answer(full_body="a capybara holding a board with the words bath time"), "prompt 1: it asks for writing"),
    "a quotation": (answer(full_body="a capybara in a bathtub shouting “hooray”"), "it asks for writing"),
    "a logo": (answer(full_body="a capybara in a bathtub with a soap logo"), "it asks for somebody's brand"),
    "a brand": (answer(full_body="a capybara with a Starbucks cup in a bathtub"), "on a blocklist"),
    "a character": (answer(full_body="a capybara dressed as Pikachu in a bathtub"), "on a blocklist"),
    "a character unnamed": (
        answer(full_body="a yellow mouse from the video game, in a bathtub"), "somebody's character or style",
    ),
    "a studio's style": (
        answer(full_body="a capybara in a bathtub in the style of a famous studio"), "somebody's character or style",
    ),
    "a forbidden word": (answer(full_body="a capybara with a gun in a bathtub"), "on a blocklist"),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_an_answer_that_breaks_a_rule_is_asked_for_once_more_and_told_why(
    sandbox: Sandbox, trend: Trend, rule: str
) -> None:
    broken, why = BROKEN[rule]
    say(sandbox, broken, answer())
    assert len(prompts.write(trend)) == 3
    first, second = asked()
    assert why in second
    assert "Your last answer could not be used" not in first


@pytest.mark.parametrize("rule", BROKEN)
def test_an_answer_that_breaks_it_twice_is_not_drawn(sandbox: Sandbox, trend: Trend, rule: str) -> None:
    broken, why = BROKEN[rule]
    say(sandbox, broken, broken, answer())
    with pytest.raises(Unusable) as caught:
        prompts.write(trend)
    assert why in str(caught.value)
    assert len(asked()) == 2


def test_a_trend_without_a_drawable_design_is_told_and_nothing_is_bought(
    sandbox: Sandbox, trend: Trend, run_job: RunJob
) -> None:
    broken, why = BROKEN["a brand"]
    say(sandbox, broken, broken)
    run_job()
    trend.refresh_from_db()
    assert (trend.status, Generation.objects.count()) == ("generation_failed", 0)
    assert why in Alert.objects.get(key=f"generation-failed:{trend.pk}").text
    assert not [call for call in sandbox.calls() if call["service"] == "replicate"]


def test_everyday_words_that_only_look_forbidden_are_drawn() -> None:
    for concept in (
        "a frog reading a book under a lamp", "a cat beside a crossword puzzle", "a dog signing with its paw",
        "a bear from the forest", "a snail with a letterbox shell", "an owl that wrote home",
    ):  # fmt: skip
        assert prompts.objections(concept) == []


def test_a_term_added_today_is_refused_today() -> None:
    assert prompts.objections("a capybara in a bathtub") == []
    blocklists.add("capybara", "trademark", by="test", why="test")
    assert prompts.objections("a capybara in a bathtub") == ["it names “capybara”, which is on a blocklist"]


def test_the_style_around_the_concept_is_not_judged(sandbox: Sandbox) -> None:
    whole = prompts.styled("a capybara in a bathtub")
    assert "no logos" in whole
    assert prompts.objections(prompts.concept_of(whole)) == []
