"""The pages of trends: what they show of evidence, rank, score and cycles, what they ask the model, and how quickly."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from stickertrendz.ops import transcripts
from stickertrendz.ops.models import Run, Transcript
from stickertrendz.ops.runner import run_job
from stickertrendz.ops.subjects import subject_of
from stickertrendz.ops.work import attempt
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists, replay
from trends.models import Cycle, Replay, Trend
from trends.score import score_trend
from trends.tests.make import make_signal, make_source, make_trend, posts_about

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.fixture
def scored(sandbox: Sandbox) -> Trend:
    trend = make_trend("sleepy frog in a teacup", rank_parts={"velocity": 3.2, "brand_new_term": 1.1, "veto_sex": -100})
    attempt(trend, score_trend)
    trend.refresh_from_db()
    return trend


def page(client: Client, row: Any) -> str:
    return client.get(
        reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])
    ).content.decode()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_a_trends_page_tells_its_speed_against_what_is_usual_in_its_subreddit(owner: Client) -> None:
    trend = make_trend(signals=0)
    post = make_signal("a frog asleep", make_source(place="frogs", baseline=300.0), score=900)
    trend.signals.add(post)
    shown = page(owner, trend)
    assert "1800" in shown, "points an hour"
    assert "6.0 ×" in shown, "six times the usual 300"
    assert "r/frogs 1" in shown


def test_each_term_of_the_rank_is_explained_also_one_nobody_described(owner: Client, scored: Trend) -> None:
    shown = page(owner, scored)
    assert "How much faster its fastest post gains points" in shown
    assert "brand new term" in shown
    assert "A part of the rank." in shown
    assert "It is about sex." in shown


def test_what_the_model_was_asked_and_answered_is_on_the_trends_page(owner: Client, scored: Trend) -> None:
    shown = page(owner, scored)
    kept = Transcript.objects.get()
    assert "You are a trend analyst for a sticker business." in shown
    assert kept.prompt_version in shown
    assert f"?transcript={kept.pk}" in shown


def test_an_answer_that_was_no_use_says_why(owner: Client, scored: Trend) -> None:
    transcripts.record(
        "trend_score", subject=subject_of(scored), model="m", prompt_version="score/1", request="q",
        answer='{"velocity": 12}', cost_micro=7,
    )  # fmt: skip
    assert "not usable: Input should be less than or equal to 10" in page(owner, scored)


def test_the_model_is_asked_again_only_after_the_cost_was_told_and_by_the_job(
    owner: Client, scored: Trend, sandbox: Sandbox
) -> None:
    address = reverse("admin:trends_trend_replay", args=[scored.pk])
    asked = len(sandbox.calls())
    assert "1, at most $0.00" in owner.get(address).content.decode()
    assert not Replay.objects.exists()
    owner.post(f"{address}?transcript={Transcript.objects.get().pk}", {"samples": "3"})
    row = Replay.objects.get()
    assert (row.samples, row.asked_by, row.transcript) == (3, "owner", Transcript.objects.get())
    assert "job trend_evaluation" in [task.group() for task in OrmQ.objects.all()]
    assert len(sandbox.calls()) == asked, "nothing went out from the page"


def test_old_and_new_stand_side_by_side_and_the_new_one_is_taken_over_by_a_button(owner: Client, scored: Trend) -> None:
    Trend.objects.update(score_overall="1.25", reasoning="the first verdict", status="watching")
    row = replay.ask(scored, by="owner")
    assert "has not answered yet" in page(owner, row)
    attempt(row, replay.replay)
    shown = page(owner, Replay.objects.get())
    assert "1.25" in shown
    assert Replay.objects.get().found["overall"] in shown
    take = reverse("admin:trends_replay_take", args=[row.pk])
    assert take in shown
    assert owner.get(take).status_code == 403
    assert Trend.objects.get().reasoning == "the first verdict"
    owner.post(take)
    assert str(Trend.objects.get().score_overall) == Replay.objects.get().found["overall"]


def test_who_may_only_look_cannot_ask_the_model_nor_take_a_score_over(client: Client, scored: Trend) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)
    row = replay.wish(scored, by="owner")
    assert client.get(reverse("admin:trends_trend_replay", args=[scored.pk])).status_code == 403
    assert client.post(reverse("admin:trends_replay_take", args=[row.pk])).status_code == 403
    shown = page(client, scored)
    assert "sleepy frog" in shown
    assert reverse("admin:trends_trend_replay", args=[scored.pk]) not in shown, "no button that is refused"


def test_a_topic_written_as_markup_is_shown_and_not_run(owner: Client) -> None:
    trend = make_trend("<script>frog()", signals=0)
    trend.signals.add(make_signal("<img src=x onerror=frog()>", make_source(place="frogs"), score=9))
    shown = page(owner, trend) + owner.get(reverse("admin:trends_trend_changelist")).content.decode()
    assert "&lt;script&gt;frog()" in shown
    assert "<script>frog()" not in shown
    assert "<img src=x" not in shown


@pytest.mark.parametrize("name", ["trend", "cycle", "replay"])
def test_a_page_of_a_number_that_is_none_leads_home(owner: Client, name: str) -> None:
    answer = owner.get(f"{reverse(f'admin:trends_{name}_changelist')}²/change/", follow=True)
    assert "doesn’t exist" in answer.content.decode()


def test_a_cycles_page_tells_why_candidates_stayed_behind(owner: Client, sandbox: Sandbox) -> None:
    blocklists.add("Zorblax", "trademark", by="ada", why="test")
    topics = ["zorblax frog wizard", "sleepy otter pirate", "tiny frog funeral"]
    sandbox.worlds["reddit"].play(posts_about(topics))  # type: ignore[attr-defined]
    sandbox.worlds["google_trends"].play([])  # type: ignore[attr-defined]
    run_job("trend_monitor")
    shown = page(owner, Cycle.objects.get())
    assert all(word in shown for word in ("Blocked", "New trend", "Vetoed", "Nothing to wear: tragedy"))
    assert page(owner, Trend.objects.get(topic="sleepy otter pirate"))


def test_the_lists_and_pages_ask_the_database_as_often_for_many_rows_as_for_few(owner: Client) -> None:
    def counts() -> list[int]:
        lists = [reverse(f"admin:trends_{name}_changelist") for name in ("trend", "cycle", "replay")]
        rows = [Trend.objects.latest("pk"), Cycle.objects.latest("pk")]
        pages = [reverse(f"admin:trends_{row._meta.model_name}_change", args=[row.pk]) for row in rows]
        return [queries(owner, address) for address in lists + pages]

    def fill(start: int, n: int) -> None:
        made = [make_trend(f"frog number {start + each} of many", signals=n) for each in range(n)]
        for trend in made:
            replay.wish(trend, by="owner")
            run = Run.objects.create(
                workflow="trend_monitor", started_at=trend.created_at, lease_until=trend.created_at, status="completed"
            )
            candidate = {"topic": "x", "rank": 1, "parts": {}, "evidence": 1, "fate": "new", "why": ""}
            Cycle.objects.create(run=run, topics=n, candidates=[{**candidate, "trend": each.pk} for each in made])

    fill(0, 2)
    counts()
    few = counts()
    fill(100, 12)
    assert counts() == few


def test_an_empty_list_says_what_fills_it_and_leads_back_to_all(owner: Client) -> None:
    make_trend("a calm frog", signals=0)
    shown = owner.get(reverse("admin:trends_trend_changelist"), {"q": "nobody wrote this"}).content.decode()
    assert "The monitor looks at the sources every two hours" in shown
    assert '<a class="console-button quiet-button" href="?">Show all</a>' in shown
