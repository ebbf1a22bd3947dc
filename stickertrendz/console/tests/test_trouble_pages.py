"""The machine room: what an error means and what to do, alerts seen, switches thrown and cleared, runs in words."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from stickertrendz import clock
from stickertrendz.console.error_advice import _KINDS, NEXT_RUN, PAGE, PARKED, WAITS, Advice, advice
from stickertrendz.console.json_words import shown
from stickertrendz.console.switch_pages import WORDS, described
from stickertrendz.console.tests.test_blocklist_pages import owner
from stickertrendz.ops import alerts, audit, joblist, ledger, meters, runner, switches, work
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.models import Alert, AuditEntry, Call, ErrorLog, Meter, Run, Switch
from trends.models import Trend

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
ERRORS, ALERTS, SWITCHES = (reverse(f"admin:ops_{name}_changelist") for name in ("errorlog", "alert", "switch"))


def make_error(kind: str = "timeout", **columns: object) -> ErrorLog:
    told = {"step": "publish", "error_message": "no answer", "created_at": clock.now(), **columns}
    return ErrorLog.objects.create(error_type=kind, **told)


def page(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def agree(client: Client, address: str, action: str, *keys: int, **told: str) -> str:
    agreed = {"agreed": "1", "select_across": "1", "keys": ",".join(map(str, keys))}
    data = {"action": action, "_selected_action": keys[0], **agreed, **told}
    return re.sub(r"\s+", " ", client.post(address, data, follow=True).content.decode())


@pytest.mark.parametrize("kind", [*sorted(_KINDS), "KeyError"])
def test_each_kind_of_error_says_what_it_means_what_to_do_and_whether_the_shop_tries_again(
    owner: Client, kind: str
) -> None:
    error = make_error(kind, workflow="publisher")
    told, shown = advice(error), page(owner, reverse("admin:ops_errorlog_change", args=[error.pk]))
    for words in (told.means, told.now, told.by_itself):
        assert words.replace("'", "&#x27;") in shown
    assert told.by_itself.startswith(("Yes", "No"))  # and “Nothing …”


def fail(trend: Trend, error: Exception) -> Advice:
    """What the error list advises after a step on the trend raised this."""

    def step(_: Trend) -> None:
        raise error

    work.attempt(trend, step)
    return advice(ErrorLog.objects.order_by("-pk")[0])


@pytest.mark.django_db(transaction=True)
def test_the_advice_says_of_the_same_kind_whether_the_row_waits_or_is_parked_as_the_step_left_it() -> None:
    trend = Trend.objects.create(topic="owl", topic_normalized="owl", status="discovered")
    for minutes in (2, 10):
        passing = fail(trend, OutsideError("etsy", "it is down", status=503))
        trend.refresh_from_db()
        assert trend.not_before
        assert round((trend.not_before - clock.now()).total_seconds() / 60) == minutes
        assert f"{minutes}" in passing.by_itself
        assert passing.by_itself == WAITS
        Trend.objects.update(not_before=None)
    assert fail(trend, OutsideError("etsy", "it is down", status=503)).by_itself == PARKED
    assert Trend.objects.parked().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [401, 404, 422])
def test_what_a_service_refuses_for_good_is_told_as_parked(status: int) -> None:
    trend = Trend.objects.create(topic="owl", topic_normalized="owl", status="discovered")
    told = fail(trend, OutsideError("etsy", "no", status=status, permanent=True))
    assert told.by_itself == PARKED
    assert "try" in told.now


@pytest.mark.django_db(transaction=True)
def test_a_run_that_a_service_stopped_is_told_as_that_services_fault_and_taken_up_by_the_next() -> None:
    row = Run.objects.create(workflow="order_sync", started_at=clock.now(), lease_until=clock.now(), status="running")
    down = OutsideError("etsy", "it is down", status=503)
    assert runner._fail(joblist.jobs()["order_sync"], runner.Running(row), down) == 1
    error = ErrorLog.objects.get()
    assert (error.error_type, error.service) == ("api_error", "etsy")
    assert advice(error).by_itself == NEXT_RUN


def test_an_error_of_a_page_of_the_console_names_no_parked_row() -> None:
    assert advice(make_error("KeyError")).by_itself == PAGE


def test_an_error_leads_to_its_run_to_its_row_and_to_another_try_of_what_is_parked(owner: Client) -> None:
    run = Run.objects.create(workflow="publisher", started_at=clock.now(), lease_until=clock.now(), status="failed")
    trend = Trend.objects.create(topic="owl", topic_normalized="owl", status="discovered", needs_attention="Look.")
    error = make_error(run=run, subject=f"trends.trend:{trend.pk}", context={"where": ["a.py:3 go"]})
    shown = page(owner, reverse("admin:ops_errorlog_change", args=[error.pk]))
    for row, name in ((run, "ops_run"), (trend, "trends_trend")):
        assert reverse(f"admin:{name}_change", args=[row.pk]) in shown
    assert 'name="action" value="try_again"' in shown
    assert "a.py:3 go" in shown
    assert "(&#x27;" not in shown
    Trend.objects.update(needs_attention="")
    assert "try_again" not in page(owner, reverse("admin:ops_errorlog_change", args=[error.pk]))


def test_errors_are_resolved_after_a_look_and_put_back_by_one_click(owner: Client) -> None:
    errors = [make_error(), make_error("auth", resolved=True)]
    shown = agree(owner, ERRORS, "resolve", *(error.pk for error in errors))
    assert "Mark as resolved: 1 done, 1 left out: it is resolved already" in shown
    undo = re.search(r'<form method="post"[^>]*class="undo-form">.*?</form>', shown)
    assert undo
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo[0]))
    assert fields["keys"] == str(errors[0].pk)
    assert "Put back as not resolved: 1 done" in owner.post(ERRORS, fields, follow=True).content.decode()
    errors[0].refresh_from_db()
    assert not errors[0].resolved
    assert AuditEntry.objects.filter(action="reopened error", who="owner").exists()


def test_an_alert_is_marked_as_seen_with_a_name_and_put_back(owner: Client) -> None:
    alerts.alert("key", "Title", "Text")
    alert = Alert.objects.get()
    agree(owner, ALERTS, "see", alert.pk)
    alert.refresh_from_db()
    assert alert.seen_by == "owner"
    assert "Title" not in page(owner, f"{ALERTS}?seen=no").split('id="changelist"')[-1]
    agree(owner, ALERTS, "unsee", alert.pk)
    alert.refresh_from_db()
    assert alert.seen_by == ""
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"saw alert", "put alert back as unseen"}


def test_every_switch_is_described_before_it_is_thrown(owner: Client) -> None:
    assert set(WORDS) == set(Switch.Name)
    shown = page(owner, reverse("admin:ops_switch_add"))
    for switch in described():
        assert switch.stops.replace("'", "&#x27;") in shown
        assert switch.goes_on in shown
    assert "Jobs: Publisher." in shown
    assert "_" not in "".join(switch.stops for switch in described())


def test_clearing_a_switch_shows_since_when_and_why_and_asks_for_a_reason(owner: Client) -> None:
    switches.throw("publishing", "a bad batch", by="somebody")
    switch = Switch.objects.get()
    delete = reverse("admin:ops_switch_delete", args=[switch.pk])
    shown = page(owner, delete)
    assert "by somebody: a bad batch" in shown
    assert f'href="{SWITCHES}">Back' in shown
    owner.post(delete, {"agreed": "1", "keys": switch.pk, "why": ""})
    assert switches.thrown("publishing"), "no reason was given"
    agree(owner, SWITCHES, "clear", switch.pk, why="mended")
    assert not switches.thrown("publishing")
    assert AuditEntry.objects.get(action="cleared switch").why == "mended"
    gone = owner.get(delete, follow=True)
    assert "somebody has cleared it" in gone.content.decode()
    assert gone.redirect_chain[0][0] == SWITCHES


def test_a_runs_page_counts_in_words_and_leads_to_its_errors_calls_and_rows(owner: Client) -> None:
    now = clock.now()
    run = Run.objects.create(
        workflow="publisher", started_at=now, lease_until=now, status="partial", counts={"designs_published": 3}
    )
    Call.objects.create(run=run, service="etsy", operation="x", at=now, subject="trends.trend:5")
    make_error(run=run, subject="trends.trend:6")
    shown = page(owner, reverse("admin:ops_run_change", args=[run.pk]))
    assert "designs published" in shown
    assert "(&#x27;" not in shown
    assert f"{ERRORS}?run__id__exact={run.pk}" in shown
    for key in (5, 6):
        assert reverse("admin:trends_trend_change", args=[key]) in shown
    assert "no answer" in page(owner, f"{ERRORS}?run__id__exact={run.pk}")


def test_a_breaker_says_when_it_is_tried_again_and_a_budget_how_much_is_left(owner: Client) -> None:
    until = clock.now() + timedelta(minutes=20)
    Meter.objects.create(name="breaker:openai", window=meters.EPOCH, used=5, until=until)
    Meter.objects.create(name="ai", window=clock.now(), used=30_000_000)
    shown = page(owner, reverse("admin:ops_meter_changelist"))
    assert f"open: try again at {until:%H:%M} UTC" in shown
    assert "$30.00 of $" in shown
    assert "<meter " in shown
    assert "Openai: breaker" not in page(owner, f"{reverse('admin:ops_meter_changelist')}?kind=limit")


def test_what_is_kept_as_json_is_shown_as_tables() -> None:
    told = str(shown({"held_by": [{"meter": "<b>"}], "sure": True, "none": None}))
    assert "<th>held by</th>" in told
    assert "&lt;b&gt;" in told
    assert "<td>yes</td>" in told
    assert "{" not in told
    assert shown({}) == "–"


@pytest.mark.parametrize("name", ["errorlog", "alert", "auditentry", "call", "run", "meter", "intent"])
def test_a_list_of_the_machine_room_takes_the_same_queries_for_many_rows_as_for_one(
    owner: Client, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = clock.now()
    for number in range(12):
        run = Run.objects.create(workflow=f"w{number}", started_at=now, lease_until=now, status="completed")
        make_error(run=run, subject=f"trends.trend:{number}")
        alerts.alert(f"key {number}", "Title", "Text")
        audit.record("owner", "looked", run)
        ledger.open_call("etsy", "getListing", f"trends.trend:{number}", ())
        Meter.objects.create(name="images", window=now - timedelta(days=number))
    with django_assert_max_num_queries(22):
        owner.get(reverse(f"admin:ops_{name}_changelist"))
