"""Runs: the lock, the lease, the time box, asking again, and how each ending is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django_q.models import OrmQ, Schedule

from stickertrendz import clock
from stickertrendz.ops import joblist, queue, runner, stamp, switches
from stickertrendz.ops.errors import Halt, LostLock, OutsideError
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Alert, ErrorLog, Health, Run, Stamp
from stickertrendz.ops.runner import Running
from trends.models import Trend

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[Running], None]
_work: list[Work] = []


def probe(run: Running) -> None:
    """The job under test."""
    _work[0](run)


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job("probe", f"{__name__}.probe", "* * * * *", "tests", switch="pricing")
    monkeypatch.setattr(joblist, "jobs", lambda: {"probe": job})


def run(work: Work) -> tuple[int, int]:
    _work[:] = [work]
    return runner.run_job("probe")


def make_trends(count: int) -> None:
    Trend.objects.bulk_create(Trend(topic=f"t{n}", topic_normalized=f"t{n}", status="discovered") for n in range(count))


def test_a_good_run_is_completed_with_its_counts() -> None:
    assert run(lambda job: job.count("trends_found", 3)) == (0, 0)
    row = Run.objects.get()
    assert (row.status, row.counts, row.errors_count) == ("completed", {"trends_found": 3}, 0)


def test_a_held_lock_is_a_quiet_exit_0_and_the_holder_runs_once_more() -> None:
    codes: list[tuple[int, int]] = []

    def work(job: Running) -> None:
        if not codes:
            codes.append(runner.run_job("probe"))

    assert run(work) == (0, 0)
    assert codes == [(0, 0)]
    assert list(Run.objects.values_list("status", "asked_by").order_by("pk")) == [
        ("completed", "schedule"),
        ("completed", "asked for while it ran"),
    ]


def test_a_dead_lease_is_swept_aloud_and_the_job_runs() -> None:
    dead = Run.objects.create(workflow="probe", started_at=clock.now(), lease_until=clock.now() - timedelta(seconds=1))
    assert run(lambda job: None) == (0, 0)
    dead.refresh_from_db()
    assert dead.status == "abandoned"
    assert "abandoned" in ErrorLog.objects.get().error_message


def test_a_run_that_was_swept_loses_its_lock_and_stops() -> None:
    def work(job: Running) -> None:
        Run.objects.update(status="abandoned")
        job.beat()
        pytest.fail("went on without its lock")

    assert run(work) == (0, 0)
    assert Run.objects.get().status == "abandoned"


def test_the_time_box_takes_no_new_row_and_asks_for_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    make_trends(5)

    def work(job: Running) -> None:
        def step(trend: Trend) -> None:
            if trend.topic == "t1":
                job.row.started_at -= runner.TIME_BOX

        job.each(Trend.objects.due("discovered"), step, done="seen")

    _work[:] = [work]
    assert runner.work("probe") == 0
    row = Run.objects.get()
    assert (row.status, row.left, row.counts) == ("partial", 3, {"seen": 2})
    assert OrmQ.objects.count() == 1


def test_one_failing_row_leaves_the_others_and_the_run_is_partial() -> None:
    make_trends(4)

    def step(trend: Trend) -> None:
        if trend.topic == "t2":
            raise OutsideError("etsy", "bad title", permanent=True)

    assert run(lambda job: void(job.each(Trend.objects.due("discovered"), step, done="seen"))) == (0, 0)
    row = Run.objects.get()
    assert (row.status, row.counts, row.errors_count) == ("partial", {"seen": 3}, 1)


def void(_: object) -> None: ...


def test_three_unforeseen_errors_of_one_type_in_a_row_fail_the_run() -> None:
    make_trends(10)

    def step(trend: Trend) -> None:
        raise ZeroDivisionError

    assert run(lambda job: void(job.each(Trend.objects.due("discovered"), step))) == (1, 0)
    assert Run.objects.get().status == "failed"
    assert Trend.objects.parked().count() == 3


@pytest.mark.parametrize("error", [Halt("all sources are dead"), ValueError("bug")])
def test_an_unrecoverable_error_fails_the_run_with_exit_code_1(error: Exception) -> None:
    def work(job: Running) -> None:
        raise error

    assert run(work) == (1, 0)
    row = Run.objects.get()
    assert (row.status, row.errors_count) == ("failed", 1)
    assert str(error) in row.note


def test_even_an_exit_closes_the_row() -> None:
    def work(job: Running) -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        run(work)
    assert Run.objects.get().status == "failed"


def test_three_failed_runs_in_a_row_alert_once() -> None:
    def work(job: Running) -> None:
        raise Halt("dead")

    for _ in range(4):
        run(work)
    assert Alert.objects.get().key == "failing:probe"


def test_a_thrown_switch_stops_the_job_and_says_so() -> None:
    switches.throw("pricing", "prices look wrong", by="owner")
    assert run(lambda job: pytest.fail("ran")) == (0, 0)
    assert "prices look wrong" in Run.objects.get().note


def test_another_shops_database_is_refused() -> None:
    stamp.claim()
    Stamp.objects.update(shop_id=1)
    assert run(lambda job: pytest.fail("ran")) == (1, 0)
    assert not Run.objects.exists()


def test_a_dead_database_is_told_by_one_plain_mail(monkeypatch: pytest.MonkeyPatch, mailoutbox: list[object]) -> None:
    def down() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(stamp, "claim", down)
    assert [run(lambda job: None) for _ in range(3)] == [(1, 0)] * 3
    assert len(mailoutbox) == 1


def test_the_schedule_table_equals_the_list() -> None:
    Schedule.objects.create(name="old", func="nothing")
    call_command("sync_schedule")
    call_command("sync_schedule")
    assert [row.name for row in Schedule.objects.all()] == ["probe"]


def test_lost_lock_is_not_swallowed_by_except_exception() -> None:
    assert not issubclass(LostLock, Exception)


def test_the_heartbeat_says_that_a_worker_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert runner.run_job("heartbeat") == (0, 0)
    assert Health.objects.get(name="worker").ok


def test_a_switch_over_everything_leaves_mail_and_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    switches.throw("everything", "holidays", by="owner")
    monkeypatch.undo()
    runner.run_job("heartbeat")
    assert Health.objects.get(name="worker").ok


def test_a_database_that_dies_in_the_middle_is_an_exit_code_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(job: Running) -> None:
        def down(*args: object) -> None:
            raise OperationalError("gone")

        monkeypatch.setattr(runner, "_close", down)
        monkeypatch.setattr(Run, "refresh_from_db", down)

    assert run(work) == (1, 0)


def test_a_wish_during_a_long_run_goes_to_the_queue_for_two_would_pass_its_time_out() -> None:
    def work(job: Running) -> None:
        runner.run_job("probe")
        job.row.started_at -= runner.SHORT

    assert run(work) == (0, 0)
    assert (Run.objects.count(), OrmQ.objects.count()) == (1, 1)


def test_a_task_under_way_is_not_taken_for_a_waiting_one() -> None:
    queue.enqueue("probe")
    queue.enqueue("probe")
    assert OrmQ.objects.count() == 1
    OrmQ.objects.update(lock=clock.now() + timedelta(seconds=1500))  # what a worker does when it takes a task
    queue.enqueue("probe")
    assert OrmQ.objects.count() == 2
