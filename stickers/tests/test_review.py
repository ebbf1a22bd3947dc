"""Designs that wait for a person: the mail, the two deadlines to the second, and verdicts that meet each other."""

import email
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.db import transaction

from stickers import review, review_mail
from stickers.models import Sticker
from stickertrendz.ops import alerts, runner
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson
from stickertrendz.ops.models import Alert, AuditEntry, Mail
from stickertrendz.ops.work import Outcome, attempt, claim
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import fork
from trends.tests.make import make_signal, make_source

from .conftest import RunJob, Scored

pytestmark = pytest.mark.django_db(transaction=True)
DAY, SECOND = timedelta(hours=24), timedelta(seconds=1)


@pytest.fixture
def flagged(scored: Scored, pending: Sticker, run_job: RunJob) -> Sticker:
    scored(0.55)
    run_job()
    pending.refresh_from_db()
    assert pending.status == "flagged"
    return pending


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Time stands still at this moment."""
    with time_machine.travel(moment, tick=False):
        yield


def deadlines(moment: datetime) -> None:
    with at(moment):
        assert runner.run_job("review_deadlines")[0] == 0


def told(kind: str) -> int:
    return Alert.objects.filter(key__startswith=f"{kind}:").count()


def letter(kind: str) -> EmailMessage:
    """The mail as it would be read: sent, turned into bytes and parsed again."""
    [row] = Mail.objects.filter(alert__key__startswith=f"{kind}:")
    assert alerts.deliver(row)
    read = email.message_from_bytes(outbox.outbox[-1].message().as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def body(read: EmailMessage, kind: str) -> str:
    part = read.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


def test_the_flagged_mail_shows_the_picture_inline(flagged: Sticker) -> None:
    read = letter("flagged")
    html = body(read, "html")
    [shown] = re.findall(r'src="cid:([^"]+)"', html)
    [picture] = [part for part in read.walk() if part.get_content_maintype() == "image"]
    assert picture["Content-ID"] == f"<{shown}>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content().startswith(b"\x89PNG\r\n")
    assert read.get_content_type() == "multipart/related", "the words and what they show belong together"
    assert [part.get_content_type() for part in read.iter_parts()] == ["multipart/alternative", "image/png"]
    assert "http" not in "".join(re.findall(r'src="([^"]+)"', html)), "nothing is fetched when it is read"


@pytest.mark.parametrize("kind", ["html", "plain"])
def test_both_forms_of_the_flagged_mail_tell_all_that_is_needed(
    pending: Sticker, answered: Callable[..., None], run_job: RunJob, settings: Any, kind: str
) -> None:
    post = make_signal("a capybara asleep in the bath", make_source(place="aww"), score=900)
    post.url = "https://www.reddit.com/r/aww/comments/abc/"
    post.save()
    pending.trend.signals.add(post)
    answered({"category_scores": {"violence": 0.55, "sexual": 0.41}})
    run_job()
    said = body(letter("flagged"), kind)
    console = settings.CONSOLE_URL
    for words in (
        pending.number, pending.title, pending.trend.topic, "reddit", "a capybara asleep in the bath", post.url,
        "r/aww, 900 points", "violence", "0.55 doubtful", "0.41 doubtful", "From 0.4" if kind == "html" else "from 0.4",
        "above 0.7", f"{console}/admin/stickers/sticker/{pending.pk}/change/",
        f"{console}/admin/trends/trend/{pending.trend_id}/change/", "48 hours",
    ):  # fmt: skip
        assert words in said
    assert said.count("self-harm") == 3, "every category is told, not only the worst"


def test_a_post_met_in_several_places_is_told_once_and_the_strongest_first(flagged: Sticker) -> None:
    told = {"a frog asleep": 900, "frogs again": 1200, "one more frog": 30, "the least": 5}
    for place in ("aww", "frogs"):
        source = make_source(place=place)
        for text, score in told.items():
            flagged.trend.signals.add(make_signal(text, source, score=score))
    flagged.trend.signals.add(make_signal("a search without a score", source, score=None))
    texts = [post.text for post in review_mail.strongest_posts(flagged, 3)]
    assert texts == ["frogs again", "a frog asleep", "one more frog"]


def test_the_mails_hold_no_secret_and_only_plain_links(flagged: Sticker, settings: Any) -> None:
    raw = body(letter("flagged"), "plain") + body(letter("flagged"), "html")
    for name in settings.SECRET_SETTINGS:
        value = getattr(settings, name, "")
        assert not isinstance(value, str) or len(value) < 8 or value not in raw
    links = re.findall(r"https?://[^\s\"<)]+", raw)
    assert links
    assert [link for link in links if "?" in link or "#" in link or "@" in link] == []


def test_a_mail_about_words_with_signs_stays_one_mail(scored: Scored, pending: Sticker, run_job: RunJob) -> None:
    Sticker.objects.update(title='Frog <b>& "Co"</b>')
    scored(0.5)
    run_job()
    read = letter("flagged")
    assert "Frog &lt;b&gt;&amp; &quot;Co&quot;&lt;/b&gt;" in body(read, "html")
    assert 'Frog <b>& "Co"</b>' in body(read, "plain")


def test_nothing_happens_a_second_before_24_hours(flagged: Sticker) -> None:
    deadlines(flagged.status_since + DAY - SECOND)
    assert told("reminder") == 0


@pytest.mark.parametrize("late", [timedelta(0), SECOND])
def test_at_24_hours_one_reminder_is_sent(flagged: Sticker, late: timedelta) -> None:
    for hours in range(3):
        deadlines(flagged.status_since + DAY + late + timedelta(hours=hours))
    assert told("reminder") == 1
    flagged.refresh_from_db()
    assert flagged.status == "flagged"
    ends = flagged.status_since + 2 * DAY
    assert f"rejected on {ends.day} {ends:%B at %H:%M} UTC" in body(letter("reminder"), "plain")


def test_a_second_before_48_hours_it_still_waits(flagged: Sticker) -> None:
    deadlines(flagged.status_since + 2 * DAY - SECOND)
    flagged.refresh_from_db()
    assert flagged.status == "flagged"


@pytest.mark.parametrize("late", [timedelta(0), SECOND])
def test_at_48_hours_it_is_rejected_and_a_mail_says_so(flagged: Sticker, late: timedelta) -> None:
    for hours in range(3):
        deadlines(flagged.status_since + 2 * DAY + late + timedelta(hours=hours))
    flagged.refresh_from_db()
    assert (flagged.status, flagged.shelf, flagged.reject_reason) == ("rejected", "none", review.NOT_REVIEWED)
    assert (told("expired"), told("reminder")) == (1, 0), "no reminder of what is decided in the same run"
    assert "not reviewed within 48 hours" in body(letter("expired"), "plain")
    assert AuditEntry.objects.filter(action="rejected sticker", who="review_deadlines").count() == 1


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_a_design_decided_in_between_is_not_touched(flagged: Sticker, verdict: str) -> None:
    since = flagged.status_since
    getattr(review, verdict)(flagged, by="owner", why="seen")
    for hours in (24, 48, 72):
        deadlines(since + timedelta(hours=hours))
    decided = Sticker.objects.get()
    assert (decided.status, decided.reviewed_by) == (f"{verdict.removesuffix('e')}ed", "owner")
    assert told("reminder") + told("expired") == 0


@pytest.mark.parametrize("step", [review.remind, review.expire])
def test_a_verdict_between_look_and_deed_wins(flagged: Sticker, step: Callable[[Sticker], None]) -> None:
    seen_before = Sticker.objects.get()
    review.approve(flagged, by="owner")
    with pytest.raises(Beaten):
        step(seen_before)
    decided = Sticker.objects.get()
    assert (decided.status, decided.reminded_at) == ("approved", None)
    assert told("reminder") + told("expired") == 0


def test_a_design_somebody_is_deciding_on_is_left_to_them(flagged: Sticker) -> None:
    with at(flagged.status_since + 2 * DAY):
        assert claim(flagged)
        runner.run_job("review_deadlines")
        assert Sticker.objects.get().status == "flagged"
    deadlines(flagged.status_since + 2 * DAY + timedelta(minutes=11))
    assert Sticker.objects.get().status == "rejected"


def test_one_put_back_into_review_starts_anew(flagged: Sticker) -> None:
    first = flagged.status_since
    deadlines(first + DAY)
    deadlines(first + 2 * DAY)
    again = first + 2 * DAY + timedelta(hours=1)
    with at(again):
        review.flag(Sticker.objects.get(), by="owner", why="I was away")
    row = Sticker.objects.get()
    assert (row.status, row.status_since, row.reminded_at, row.reject_reason) == ("flagged", again, None, "")
    deadlines(again + DAY - SECOND)
    assert (told("flagged"), told("reminder")) == (2, 1)
    deadlines(again + DAY)
    assert told("reminder") == 2
    deadlines(again + 2 * DAY - SECOND)
    assert Sticker.objects.get().status == "flagged"
    deadlines(again + 2 * DAY)
    assert Sticker.objects.get().status == "rejected"
    assert told("expired") == 2


def test_one_put_back_on_the_same_day_is_told_again(flagged: Sticker) -> None:
    review.reject(flagged, by="owner", why="a slip")
    with at(flagged.status_since + timedelta(minutes=1)):
        review.flag(flagged, by="owner", why="a slip of the finger")
    assert told("flagged") == 2


def test_what_was_withdrawn_from_sale_does_not_come_back_to_review(flagged: Sticker) -> None:
    review.approve(flagged, by="owner")
    review.reject(flagged, by="owner", why="a complaint")
    with pytest.raises(NeedsPerson, match="withdrawn from sale"):
        review.flag(flagged, by="owner", why="please")


@pytest.mark.parametrize("step", ["expire", "remind"])
def test_two_workers_at_once_do_it_once(live_sandbox: Sandbox, pending: Sticker, step: str) -> None:
    """Two processes attempt the same row; the job's lock is left out, so that the row alone protects itself."""
    with transaction.atomic():
        review.flag(pending, by="moderation", why="moderation: violence 0.55")

    def race() -> int:
        row = Sticker.objects.get()
        done = [attempt(row, getattr(review, step)).outcome for _ in range(2)]
        return sum(outcome is Outcome.DONE for outcome in done)

    with fork(live_sandbox, race) as first, fork(live_sandbox, race) as second:
        assert first.wait() + second.wait() == 1
    kind = {"expire": "expired", "remind": "reminder"}[step]
    assert told(kind) == 1
    assert AuditEntry.objects.filter(action="rejected sticker").count() == (step == "expire")


def test_two_people_at_once_decide_once(flagged: Sticker) -> None:
    mine, yours = Sticker.objects.get(), Sticker.objects.get()
    review.approve(mine, by="ada")
    with pytest.raises(Beaten):
        review.reject(yours, by="bob", why="no")
    assert Sticker.objects.get().reviewed_by == "ada"
    with pytest.raises(IllegalMove):
        review.approve(mine, by="ada")
    assert AuditEntry.objects.exclude(who="moderation").count() == 1
