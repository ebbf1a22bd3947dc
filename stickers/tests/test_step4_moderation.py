"""Step 4, content moderation: its acceptance criteria, through the jobs and against the sandbox."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django_q.models import OrmQ

from stickers import review
from stickers.models import Generation, Sticker
from stickertrendz.ops import alerts
from stickertrendz.ops.errors import IllegalMove
from stickertrendz.ops.models import Alert, AuditEntry, Mail
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists

from .conftest import RunJob, Scored

pytestmark = pytest.mark.django_db(transaction=True)
Fault = Callable[..., None]


@pytest.fixture
def flagged(scored: Scored, pending: Sticker, run_job: RunJob) -> Sticker:
    scored(0.55)
    run_job()
    pending.refresh_from_db()
    return pending


@pytest.mark.parametrize("score", [0.1, 0.39])
def test_a_score_below_0_4_is_auto_approved(scored: Scored, pending: Sticker, run_job: RunJob, score: float) -> None:
    scored(score)
    run_job()
    pending.refresh_from_db()
    assert (pending.status, pending.shelf, pending.reviewed_by) == ("approved", "wanted", "moderation")
    assert pending.moderation_score == score == pending.moderation_categories["violence"]
    assert AuditEntry.objects.filter(action="approved sticker", subject=f"stickers.sticker:{pending.pk}").exists()
    assert "job publisher" in {task.group() for task in OrmQ.objects.all()}


@pytest.mark.parametrize("score", [0.4, 0.55, 0.7])
def test_a_score_from_0_4_to_0_7_is_flagged_and_an_alert_mail_is_sent(
    scored: Scored, pending: Sticker, run_job: RunJob, score: float
) -> None:
    scored(score)
    run_job()
    pending.refresh_from_db()
    assert (pending.status, pending.shelf) == ("flagged", "none")
    assert alerts.deliver(Mail.objects.get())
    [letter] = mail.outbox
    for part in (pending.title, pending.trend.topic, "reddit", f"violence: {score:.2f}", settings.CONSOLE_URL):
        assert part in letter.body
    [picture] = letter.attachments
    assert picture["Content-ID"] == "<picture-0>"
    assert picture.get_payload(decode=True).startswith(b"\x89PNG")
    assert settings.OPENAI_API_KEY not in letter.message().as_string()


@pytest.mark.parametrize("score", [0.71, 0.99])
def test_a_score_above_0_7_is_auto_rejected_with_the_reason(
    scored: Scored, pending: Sticker, run_job: RunJob, score: float
) -> None:
    scored(score)
    run_job()
    pending.refresh_from_db()
    assert (pending.status, pending.shelf) == ("rejected", "none")
    assert pending.reject_reason == f"moderation: violence {score:.2f}"
    assert not Mail.objects.exists()
    assert not OrmQ.objects.exists()


@pytest.mark.parametrize(("place", "kind", "reason"), [
    ("description", "trademark", "trademark_violation"), ("title", "trademark", "trademark_violation"),
    ("tags", "trademark", "trademark_violation"), ("prompt", "trademark", "trademark_violation"),
    ("description", "keyword", "keyword_blocked"),
])  # fmt: skip
def test_a_blocklist_term_in_description_or_another_text_is_auto_rejected_as_trademark_violation_or_its_kind(
    sandbox: Sandbox, pending: Sticker, run_job: RunJob, place: str, kind: str, reason: str
) -> None:
    blocklists.add("Zorblatt", kind, by="test", why="test")
    if place == "prompt":
        Generation.objects.update(prompt="A frog like Zorblatt.")
    else:
        Sticker.objects.update(**{place: ["zorblatt frog"] if place == "tags" else "A Zorblatt frog"})
    run_job()
    pending.refresh_from_db()
    assert (pending.status, pending.reject_reason, pending.shelf) == ("rejected", reason, "none")
    assert sandbox.calls() == []
    assert "Zorblatt" in AuditEntry.objects.get(action="rejected sticker").why


def test_the_styles_own_words_about_brands_and_logos_block_nothing(pending: Sticker, run_job: RunJob) -> None:
    blocklists.add("logos", "keyword", by="test", why="test")
    run_job()
    pending.refresh_from_db()
    assert pending.status == "approved"


def test_after_24_hours_without_a_verdict_one_reminder_is_sent(flagged: Sticker, run_job: RunJob) -> None:
    run_job("review_deadlines", later=timedelta(hours=23))
    assert not Alert.objects.filter(key__startswith="reminder:").exists()
    for _ in range(2):
        run_job("review_deadlines", later=timedelta(hours=2))
    assert Alert.objects.filter(key__startswith="reminder:").count() == 1
    flagged.refresh_from_db()
    assert flagged.status == "flagged"


def test_flagged_and_48_hours_without_a_review_it_is_auto_rejected_by_the_hourly_job_and_an_alert_mail_is_sent(
    flagged: Sticker, run_job: RunJob
) -> None:
    """Hourly, by `review_deadlines`, and not with the daily analytics: no design waits up to three days."""
    run_job("review_deadlines", later=timedelta(hours=48, minutes=1))
    flagged.refresh_from_db()
    assert (flagged.status, flagged.reject_reason) == ("rejected", "not reviewed within 48 hours")
    alert = Alert.objects.get(key__startswith="expired:")
    assert alert.mail is not None


def test_a_persons_approval_puts_it_on_the_shelf_and_wakes_the_publisher(flagged: Sticker) -> None:
    review.approve(flagged, by="ada", why="harmless")
    flagged.refresh_from_db()
    assert (flagged.status, flagged.shelf, flagged.reviewed_by) == ("approved", "wanted", "ada")
    assert "job publisher" in {task.group() for task in OrmQ.objects.all()}
    with pytest.raises(IllegalMove):
        review.approve(flagged, by="ada")


def test_what_is_on_sale_is_withdrawn_when_it_is_rejected_later(flagged: Sticker) -> None:
    review.approve(flagged, by="ada")
    review.reject(flagged, by="ada", why="a complaint")
    flagged.refresh_from_db()
    assert (flagged.status, flagged.shelf, flagged.shelf_why) == ("rejected", "withdrawn", "a complaint")


@pytest.mark.parametrize(("operation", "title"), [("moderations", "A title"), ("chat.completions", "")])
def test_an_outage_of_the_model_leaves_designs_waiting_and_a_later_run_goes_on(
    sandbox: Sandbox, pending: Sticker, run_job: RunJob, fault: Fault, operation: str, title: str
) -> None:
    Sticker.objects.update(title=title)
    fault("openai", operation, "500", times=None)
    run_job()
    pending.refresh_from_db()
    assert pending.status == "pending"
    sandbox.faults.clear()
    run_job(later=timedelta(hours=1))
    pending.refresh_from_db()
    assert (pending.status, bool(pending.title)) == ("approved", True)
