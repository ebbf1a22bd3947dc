"""The page of jobs: how each fares in words, and a run asked for at once in the queue's own way."""

import re
from datetime import datetime, timedelta

import pytest
from croniter import croniter
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries

from stickertrendz import clock
from stickertrendz.console import cron_words, job_pages, roles
from stickertrendz.ops import guard, joblist, queue, runner, switches
from stickertrendz.ops.errors import Refused
from stickertrendz.ops.models import AuditEntry, Health, Run

pytestmark = pytest.mark.django_db
JOBS = reverse("jobs")
ONCE = guard.Repeat.ONCE


@pytest.fixture
def operator(client: Client) -> Client:
    roles.sync(apps)
    person = User.objects.create(username="operator", is_staff=True)
    person.groups.set(Group.objects.filter(name="operator"))
    client.force_login(person)
    return client


@pytest.fixture
def worker() -> None:
    Health.objects.create(name="worker", since=clock.now(), seen_at=clock.now())


def ran(name: str, minutes_ago: int = 1, **columns: object) -> Run:
    start = clock.now() - timedelta(minutes=minutes_ago)
    ended = {"status": "completed", "ended_at": start + timedelta(seconds=4), "lease_until": start, **columns}
    return Run.objects.create(workflow=name, started_at=start, **ended)


def page(client: Client, address: str = JOBS) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def ask(client: Client, name: str) -> str:
    answer = client.post(reverse("job_run", args=[name]), follow=True)
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("* * * * *", "every minute"),
        ("3-58/5 * * * *", "every 5 minutes"),
        ("20 * * * *", "every hour, at minute 20"),
        ("30 1-23/2 * * *", "every 2 hours, at minute 30"),
        ("5 6 * * *", "daily at 06:05"),
        ("30 5 * * 1", "Mondays at 05:30"),
        ("0 1,5 * * *", "0 1,5 * * *"),
        ("0 0 1 * *", "0 0 1 * *"),
    ],
)
def test_a_schedule_is_told_in_words_and_an_unusual_one_as_it_is(cron: str, words: str) -> None:
    assert cron_words.in_words(cron) == words


@pytest.mark.parametrize("job", joblist.jobs().values(), ids=lambda job: job.name)
def test_the_words_for_each_job_are_what_the_schedule_does(job: joblist.Job) -> None:
    words = cron_words.in_words(job.cron)
    times = croniter(job.cron, datetime(2026, 3, 4, 11, 7))  # noqa: DTZ001  the schedule has no zone
    first, second = times.get_next(datetime), times.get_next(datetime)
    gap = int((second - first).total_seconds() // 60)
    told = {1: "every minute", 60: "every hour", 1440: "daily at", 10080: "Mondays at"}
    many = f"every {gap} minutes" if gap < 60 else f"every {gap // 60} hours"
    assert words.startswith(told.get(gap, many))


def test_each_job_is_shown_with_its_purpose_its_last_run_its_next_and_what_stops_it(operator: Client) -> None:
    run = ran("publisher", errors_count=1)
    ran("pricing_engine", 3, status="failed")
    shown = page(operator)
    for job in joblist.jobs().values():
        assert job.why in shown
    assert reverse("admin:ops_run_change", args=[run.pk]) in shown
    assert "took 4.0 s" in shown
    assert "last 24 hours: <a" in shown
    assert "1 failed" in shown
    assert "Publishing, Away, Everything" in shown
    assert "no switch" in shown
    assert "No worker is running" in shown


def test_a_run_that_missed_its_time_is_not_well(operator: Client) -> None:
    ran("order_sync", 60 * 24 * 3)
    assert "<strong>not well:</strong> <a" in page(operator)
    assert "and missed its time at" in page(operator)


def test_the_page_takes_the_same_queries_however_much_ran(
    operator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        ran("publisher", number)
        ran("order_sync", number, status="failed")
    with django_assert_max_num_queries(22):
        operator.get(JOBS)


@pytest.mark.usefixtures("worker")
def test_a_run_asked_for_waits_in_the_queue_once_is_written_down_and_done_in_the_askers_name(operator: Client) -> None:
    assert "Heartbeat was asked for" in ask(operator, "heartbeat")
    shown = ask(operator, "heartbeat")
    assert "asked for:</strong> a worker takes it next" in shown
    assert OrmQ.objects.count() == 1
    entry = AuditEntry.objects.filter(action="asked for a run").first()
    assert entry
    assert (entry.who, entry.detail) == ("operator", {"job": "heartbeat"})
    task = OrmQ.objects.get().task
    assert task["func"] == "stickertrendz.ops.runner.work"
    runner.work(*task["args"])
    assert Run.objects.get().asked_by == "operator"


def test_without_a_worker_nothing_is_asked_for(operator: Client) -> None:
    assert "No worker is running: start one with manage.py qcluster" in ask(operator, "heartbeat")
    Health.objects.create(name="worker", since=clock.now(), seen_at=clock.now() - timedelta(minutes=6))
    assert "Nothing was asked for" in ask(operator, "heartbeat")
    assert not OrmQ.objects.exists()
    assert not AuditEntry.objects.filter(action="asked for a run").exists()


@pytest.mark.usefixtures("worker")
def test_a_halted_job_is_not_asked_for(operator: Client) -> None:
    switches.throw("publishing", "a bad batch", by="owner")
    assert "Clear the switch first" in ask(operator, "publisher")
    assert not OrmQ.objects.exists()
    shown = page(operator)
    assert "halted now:</strong>" in shown
    assert "when “Publishing” is cleared" in shown
    assert "Heartbeat was asked for" in ask(operator, "heartbeat"), "no switch stops it"


@pytest.mark.usefixtures("worker")
def test_a_job_that_is_running_runs_once_more_and_its_lock_is_shown(operator: Client) -> None:
    run = ran("heartbeat", status="running", ended_at=None, lease_until=clock.now() + timedelta(minutes=5))
    assert "holds the lock until" in page(operator)
    assert "it runs once more when it is done" in ask(operator, "heartbeat")
    assert runner.work("heartbeat", "operator") == 0, "a quiet end"
    run.refresh_from_db()
    assert run.again


@pytest.mark.usefixtures("worker")
def test_a_run_whose_process_died_holds_nobody_up_and_is_not_said_to_be_at_work(operator: Client) -> None:
    ran("heartbeat", 60 * 24, status="running", ended_at=None)
    shown = page(operator)
    assert "died before its end" in shown
    assert "holds the lock" not in shown
    assert "a worker takes it within seconds" in ask(operator, "heartbeat")


def test_the_outbox_and_the_heartbeat_run_on_while_everything_is_halted(operator: Client) -> None:
    switches.throw("everything", "fire", by="owner")
    lines = {line.of.job.name: line for line in job_pages.lines(clock.now())}
    for name in runner.NEVER_STOPPED:
        assert lines[name].of.coming
        assert lines[name].halts is None
    assert lines["publisher"].of.coming is None


def test_away_begins_nothing_new_and_lets_what_is_on_sale_be_sold(operator: Client) -> None:
    switches.throw("away", "until Monday", by="owner")
    assert {line.of.job.name for line in job_pages.lines(clock.now()) if line.halts} == {"publisher"}
    assert runner.run_job("publisher") == (0, 0)
    assert Run.objects.get().note == "Away is halted: until Monday"
    buying = guard.Call("replicate", "predictions.create", ONCE)
    with pytest.raises(Refused, match="until Monday"):
        guard.pass_switches(buying)
    for going_on in (guard.Call("etsy", "getShopReceipts", guard.Repeat.SAFE), guard.Call("sticker_mule", "x", ONCE)):
        guard.pass_switches(going_on)


def test_what_spends_or_reaches_customers_asks_first_and_says_what_it_may_do(operator: Client) -> None:
    shown = page(operator)
    for job in joblist.jobs().values():
        address = reverse("job_run", args=[job.name])
        assert (f'href="{address}"' in shown) == bool(job.reaches)
        assert (f'action="{address}"' in shown) != bool(job.reaches)
    publisher = page(operator, reverse("job_run", args=["publisher"]))
    assert "$0.20 each" in publisher
    assert not OrmQ.objects.exists()


def test_a_viewer_sees_the_jobs_and_asks_for_none(client: Client, worker: None) -> None:
    roles.sync(apps)
    person = User.objects.create(username="viewer", is_staff=True)
    person.groups.set(Group.objects.filter(name="viewer"))
    client.force_login(person)
    assert "Run now" not in page(client).replace("“Run now”", "")
    assert client.post(reverse("job_run", args=["heartbeat"])).status_code == 403
    assert client.get(reverse("job_run", args=["heartbeat"])).status_code == 403
    assert not queue.waiting()


def test_a_job_that_is_not_in_the_schedule_is_not_found(operator: Client) -> None:
    assert operator.get(reverse("job_run", args=["mine-bitcoin"])).status_code == 404
