"""Moderation at its thresholds, with gaps in the model's answer, and in every text of a design."""

import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from PIL import Image

from stickers import copy
from stickers.models import Generation, Sticker
from stickers.prompts import styled
from stickertrendz.ops import storage
from stickertrendz.ops.models import AuditEntry, Mail
from stickertrendz.sandbox import moderation
from stickertrendz.sandbox.moderation import ABSENT
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists
from trends.shut import shut

from .conftest import Ready, RunJob, Scored

pytestmark = pytest.mark.django_db(transaction=True)
Answered = Callable[..., None]


def outcome(sticker: Sticker) -> tuple[str, str]:
    sticker.refresh_from_db()
    return sticker.status, sticker.shelf


def why(sticker: Sticker) -> str:
    return AuditEntry.objects.filter(subject=f"stickers.sticker:{sticker.pk}").latest("pk").why


@pytest.mark.parametrize(("score", "expected"), [
    (0.0, "approved"), (0.39999, "approved"), (0.4, "flagged"), (0.40001, "flagged"), (0.69999, "flagged"),
    (0.7, "flagged"), (0.70001, "rejected"), (1.0, "rejected"),
])  # fmt: skip
def test_the_thresholds_are_exact(
    scored: Scored, pending: Sticker, run_job: RunJob, score: float, expected: str
) -> None:
    scored(score)
    run_job()
    assert outcome(pending)[0] == expected
    assert pending.moderation_categories["violence"] == score


def test_the_thresholds_are_settings(scored: Scored, pending: Sticker, run_job: RunJob, settings: Any) -> None:
    settings.MODERATION_FLAG_AT, settings.MODERATION_REJECT_ABOVE = "0.2", "0.3"
    scored(0.31)
    run_job()
    assert outcome(pending)[0] == "rejected"


@pytest.mark.parametrize("category", ["hate", "sexual/minors", "illicit/violent"])
def test_the_worst_category_decides_whichever_it_is(
    answered: Answered, pending: Sticker, run_job: RunJob, category: str
) -> None:
    answered({"category_scores": {category: 0.8, "violence": 0.5}})
    run_job()
    assert outcome(pending)[0] == "rejected"
    assert pending.reject_reason == f"moderation: {category} 0.80"
    assert pending.moderation_score == 0.8


def test_what_the_model_itself_flags_is_seen_by_a_person_however_low_its_scores(
    answered: Answered, pending: Sticker, run_job: RunJob
) -> None:
    answered({"flagged": True})
    run_job()
    assert outcome(pending) == ("flagged", "none")
    assert "but the model itself flagged it" in why(pending)
    assert "the model itself flagged it" in Mail.objects.get().text


@pytest.mark.parametrize("told", [None, ABSENT])
def test_a_category_without_a_score_is_looked_at_by_a_person(
    answered: Answered, pending: Sticker, run_job: RunJob, told: object
) -> None:
    answered({"category_scores": {"violence": told}})
    run_job()
    assert outcome(pending) == ("flagged", "none")
    assert "it gave no score for violence" in why(pending)


def test_a_category_that_is_absent_altogether_is_looked_at_by_a_person(
    answered: Answered, pending: Sticker, run_job: RunJob
) -> None:
    parts = ("categories", "category_scores", "category_applied_input_types")
    answered({part: {"sexual": ABSENT} for part in parts})
    run_job()
    assert outcome(pending)[0] == "flagged"
    assert "it gave no score for sexual" in why(pending)


def test_a_gap_does_not_save_what_another_category_rejects(
    answered: Answered, pending: Sticker, run_job: RunJob
) -> None:
    answered({"category_scores": {"violence": 0.9, "sexual": None}})
    run_job()
    assert outcome(pending)[0] == "rejected"


@pytest.mark.parametrize(("looked_at", "missed"), [("text", "the picture"), ("image", "the words")])
def test_low_scores_of_half_a_look_are_no_approval(
    answered: Answered, pending: Sticker, run_job: RunJob, looked_at: str, missed: str
) -> None:
    kinds = {name: ["text"] for name in moderation.CATEGORIES}
    if looked_at == "image":
        kinds = {name: ["image"] if name in moderation.SEEN_IN_IMAGES else [] for name in kinds}
    answered({"category_applied_input_types": kinds})
    run_job()
    assert outcome(pending)[0] == "flagged"
    assert why(pending).endswith(f"but it did not look at {missed}")


def test_a_design_of_a_topic_that_was_shut_meanwhile_is_not_approved_by_itself(
    pending: Sticker, run_job: RunJob
) -> None:
    """A complaint about another design of the topic came before this one was judged."""
    shut(pending.trend, by="takedown", why="complaint by Frog Inc")
    run_job()
    assert outcome(pending)[0] == "flagged"
    assert why(pending).endswith("but its topic was shut (complaint by Frog Inc)")


def test_of_several_results_the_worst_counts(answered: Answered, pending: Sticker, run_job: RunJob) -> None:
    answered({}, {"category_scores": {"sexual": 0.75}}, {"category_scores": {"sexual": 0.1}})
    run_job()
    assert outcome(pending)[0] == "rejected"
    assert pending.reject_reason == "moderation: sexual 0.75"


@pytest.mark.parametrize("edits", [
    [],
    [{"category_scores": {"violence": float("nan")}}],
    [{"category_scores": {"violence": float("inf")}}],
    [{"category_scores": {"violence": -0.2}}],
    [{"category_scores": {"violence": 1.5}}],
    [{"category_scores": {"violence": "much"}}],
    [{"category_scores": None}],
    [{"category_applied_input_types": ABSENT}],
    [{}, {"category_scores": {"violence": float("nan")}}],
], ids=str)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_no_verdict_and_asked_for_again(
    answered: Answered, pending: Sticker, run_job: RunJob, edits: list[dict[str, Any]]
) -> None:
    answered(*edits)
    run_job()
    assert outcome(pending) == ("pending", "none")
    answered({})
    run_job(later=timedelta(hours=1))
    assert outcome(pending) == ("approved", "wanted")


def test_a_model_that_looked_at_nothing_approves_nothing_and_a_person_is_asked_in_the_end(
    sandbox: Sandbox, answered: Answered, pending: Sticker, run_job: RunJob
) -> None:
    world: Any = sandbox.worlds["openai"]
    scores = world.moderation({"input": "a frog"}, False)["results"][0]["category_scores"]
    answered({"category_applied_input_types": {name: [] for name in scores}})
    for _ in range(3):
        run_job(later=timedelta(hours=2))
    assert outcome(pending) == ("pending", "none")
    assert "the moderation judged nothing" in pending.needs_attention


def print_file(sticker: Sticker, content: bytes) -> None:
    storage.keep("private", "tests/print.png", content)
    sticker.sizes.update(print_key="tests/print.png")


def test_a_picture_the_model_does_not_take_is_looked_at_by_a_person(
    sandbox: Sandbox, pending: Sticker, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moderation, "MAX_IMAGE_BYTES", 100)
    run_job()
    assert outcome(pending) == ("flagged", "none")
    assert pending.moderation_score is None
    assert "too large" in why(pending)
    assert "too large" in Mail.objects.get().text
    assert len([call for call in sandbox.calls() if call["operation"] == "moderations"]) == 1, "asked once"


def test_a_print_file_that_cannot_be_read_waits_for_a_person_unapproved(
    sandbox: Sandbox, pending: Sticker, run_job: RunJob
) -> None:
    print_file(pending, b"no picture at all")
    run_job()
    assert outcome(pending) == ("pending", "none")
    assert "damaged" in pending.needs_attention
    assert sandbox.calls() == []


def test_the_model_sees_the_design_at_900_pixels_without_transparency_on_white(
    ready: Ready, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(1)
    sent: list[bytes] = []
    monkeypatch.setattr("stickertrendz.sandbox.openai.moderate", partial(judging, sent))
    run_job()
    assert len(sent) == Sticker.objects.count() > 0
    for png in sent:
        picture = Image.open(io.BytesIO(png))
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (900, 900))
        assert picture.getpixel((0, 0)) == (255, 255, 255)
        assert len(set(picture.resize((90, 90)).get_flattened_data())) > 10, "the design is on it"
        assert len(png) < 3_000_000


def judging(sent: list[bytes], seed: int, texts: list[str], images: list[bytes]) -> dict[str, Any]:
    sent.extend(images)
    return moderation.moderate(seed, texts, images)


def test_a_refused_key_flags_nothing_and_parks_nothing(
    pending: Sticker, run_job: RunJob, fault: Callable[..., None]
) -> None:
    fault("openai", "moderations", "401", times=None)
    run_job(code=1)
    assert outcome(pending) == ("pending", "none")
    assert pending.needs_attention == ""


@pytest.mark.parametrize("place", ["title", "tags", "description", "prompt"])
def test_the_model_judges_every_text(pending: Sticker, run_job: RunJob, place: str) -> None:
    if place == "prompt":
        Generation.objects.update(prompt=styled("a capybara at a massacre"))
    else:
        Sticker.objects.update(**{place: ["massacre fun"] if place == "tags" else "A massacre"})
    run_job()
    assert outcome(pending)[0] == "rejected"
    assert pending.reject_reason.startswith("moderation: violence 0.9")


def test_the_model_judges_the_picture_that_is_sold(sandbox: Sandbox, pending: Sticker, run_job: RunJob) -> None:
    """The sandbox scores a picture by its bytes: one whose bytes it finds doubtful is flagged."""
    shades = ((green, blue) for green in range(256) for blue in range(16))
    for shade in shades:
        file = io.BytesIO()
        Image.new("RGB", (64, 64), (0, *shade)).save(file, "PNG")
        if worst(sandbox, file.getvalue()) >= 0.42:
            break
    print_file(pending, file.getvalue())
    run_job()
    assert outcome(pending)[0] in ("flagged", "rejected")


def worst(sandbox: Sandbox, image: bytes) -> float:
    scores = moderation.moderate(sandbox.seed, [], [image])["category_scores"]
    return float(max(scores.values()))


def test_the_whole_template_with_its_standing_lines_is_approved(pending: Sticker, run_job: RunJob) -> None:
    blocklists.add("USPS", "trademark", by="test", why="test")
    Sticker.objects.update(description=copy.description("A capybara that naps.", ["3in", "4in"]))
    run_job()
    assert outcome(pending) == ("approved", "wanted")


def test_the_same_word_outside_a_standing_line_is_found(sandbox: Sandbox, pending: Sticker, run_job: RunJob) -> None:
    blocklists.add("USPS", "trademark", by="test", why="test")
    Sticker.objects.update(description=copy.description("A capybara that works for USPS.", ["3in"]))
    run_job()
    assert outcome(pending) == ("rejected", "none")
    assert pending.reject_reason == "trademark_violation"
    assert why(pending) == "trademark_violation: USPS in the description"
    assert sandbox.calls() == []


def test_what_was_found_where_is_told_for_every_place(pending: Sticker, run_job: RunJob) -> None:
    blocklists.add("Zorblatt", "trademark", by="test", why="test")
    blocklists.add("quibblefrak", "keyword", by="test", why="test")
    Sticker.objects.update(title="Zorblatt Sticker", tags=["quibblefrak fun", "zorblatt"])
    run_job()
    assert outcome(pending)[0] == "rejected"
    assert pending.reject_reason == "trademark_violation", "the weightier of the two"
    for words in ("Zorblatt in the title", "quibblefrak in the tag", "Zorblatt in the tag"):
        assert words in why(pending)
