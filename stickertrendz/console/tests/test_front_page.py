"""The front page: each number leads to its rows, the four kinds of days, and page and mail tell the same."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stickertrendz import clock
from stickertrendz.console import front_charts, front_health, front_money, front_needs
from stickertrendz.console.tests.front_scenes import SCENES, broken_day, busy_day, quiet_day, sold
from stickertrendz.housekeeping import books, summary
from stickertrendz.ops import joblist, meters, switches

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("virtual_time")]
PART = "/admin/front/"
# Pages that show their rows without a list of the admin.
OWN_PAGES = {"rescan": "waiting_total", "sample": "waiting", "plan": "proposed", "came-back": "total"}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def test_each_task_leads_to_exactly_the_rows_it_counts(owner: Client) -> None:
    busy_day(2)
    tasks = front_needs.tasks(clock.now())
    told = {}
    for task in tasks:
        context = owner.get(task.href).context
        shown = context["cl"].result_count if "?" in task.href else next(
            (context[name] for part, name in OWN_PAGES.items() if f"/{part}/" in task.href), None
        )  # fmt: skip
        told[task.told] = (task.count, task.count if shown is None else shown)
    assert len(told) == 21
    assert {words: pair for words, pair in told.items() if pair[0] != pair[1]} == {}


def test_the_urgent_comes_first_and_one_is_told_in_the_singular() -> None:
    busy_day(1)
    tasks = front_needs.tasks(clock.now())
    assert [task.urgent for task in tasks] == sorted((task.urgent for task in tasks), reverse=True)
    words = {task.words: task for task in tasks}
    assert words["complaint whose listing is still on sale"].note in ("4 h 0 min left", "3 h 59 min left")
    assert words["design waits for your verdict"].href == reverse("admin:stickers_sticker_review")


@pytest.mark.parametrize("name", SCENES)
def test_each_kind_of_day_is_told_in_one_sentence(owner: Client, name: str) -> None:
    SCENES[name]()
    page = owner.get(PART).content.decode()
    headline = page.split('id="front-headline"')[1].split(">", 1)[1].split("<", 1)[0]
    told = {
        "first": "Nothing needs you; 1 sign of trouble.",  # no worker yet
        "quiet": "Nothing needs you; the shop is well.",
        "busy": "21 things need you, 8 urgent; the shop is well.",
        "broken": "4 things need you, 3 urgent; 6 signs of trouble.",
    }
    assert headline == told[name]
    assert ("Nothing. The shop runs by itself." in page) == (name == "quiet")
    assert ("none has run yet" in page) == (name == "first")


def test_a_broken_day_tells_who_halted_what_and_why_what_rests_and_what_missed_its_time() -> None:
    broken_day()
    found = front_health.wellness(clock.now())
    words = {sign.name: sign.words for sign in found.ill}
    assert words["Etsy as a whole"].startswith("halted by etsy since")
    assert words["Etsy as a whole"].endswith("the token was refused: connect Etsy again")
    assert "failed 3 times in a row" in words["Replicate"]
    assert "missed its time" in words["Order sync"]
    assert words["Trend monitor"].startswith("failed")
    assert "manage.py qcluster" in words["Worker"]
    assert [gauge.name for gauge in found.gauges if gauge.is_near] == ["AI this month"]


def test_a_job_tells_when_it_runs_next_unless_its_switch_is_thrown() -> None:
    quiet_day()
    now = clock.now().replace(hour=13, minute=5, second=0, microsecond=0)
    coming = {line.job.name: line.coming for line in front_health.wellness(now).jobs}
    assert set(coming) == set(joblist.jobs())
    assert coming["order_sync"] == now.replace(minute=15)
    assert coming["pricing_engine"] == now.replace(hour=6, minute=0) + timedelta(days=1)
    switches.throw("pricing", "prices look wrong", by="owner")
    line = next(line for line in front_health.wellness(now).jobs if line.job.name == "pricing_engine")
    assert (line.coming, line.sign.state) == (None, "idle")


def test_a_job_that_never_ran_is_no_trouble() -> None:
    assert {line.sign.state for line in front_health.wellness(clock.now()).jobs} == {"idle"}


def test_the_forecast_follows_the_pace_of_the_month() -> None:
    quiet_day()
    now = clock.now().replace(day=11, hour=0, minute=0, second=0, microsecond=0)
    level = meters.Level(100_000_000, 150_000_000, now.replace(day=1) + timedelta(days=30))
    assert front_health.forecast(level, now) == "$300.00 by the end of the month at this pace, above the cap"
    assert front_health.forecast(level, now.replace(day=1)) == ""


def test_page_and_mail_tell_the_same_money() -> None:
    quiet_day()
    now = clock.now()
    mail, spans = summary.facts(now), front_money.spans(now)
    assert spans[1].books == mail["month"]
    assert spans[0].books.revenue == mail["figures"]["gross_revenue"] == Decimal("4.49")
    assert spans[0].books.ai_spend == books.books(mail["figures"]).ai_spend
    assert front_charts.per_day(now, spans)[0].bars[-1].value == "$4.49"


def test_each_waterfall_goes_from_revenue_to_profit() -> None:
    quiet_day()
    spans = front_money.spans(clock.now())
    for one in (span.books for span in spans):
        assert one.revenue - sum(getattr(one, name) for name in books.COSTS) == one.profit
    falls = list(front_money.falls(spans))
    assert [fall.kind for fall in falls] == ["revenue", *["cost"] * 6, "profit"]
    assert all(0 <= fall.start <= 100 and 0 <= fall.start + fall.width <= 100.2 for fall in falls)
    assert falls[-1].width == pytest.approx(falls[-2].start, abs=0.2)


def test_a_loss_is_drawn_within_the_picture_and_told_with_a_minus() -> None:
    broken_day()
    falls = list(front_money.falls(front_money.spans(clock.now())))
    assert falls[-1].kind == "loss"
    assert falls[-1].cells[1].words.startswith("−$")
    assert [cell.is_loss for cell in falls[-1].cells] == [False, True, True]
    assert all(fall.start >= 0 and fall.start + fall.width <= 100.2 for fall in falls)


def test_every_link_of_the_page_opens(owner: Client) -> None:
    broken_day()
    spans = front_money.spans(clock.now())
    links = {cell.href for fall in front_money.falls(spans) for cell in fall.cells}
    links |= {span.orders.href for span in spans} | {tier.href for tier in front_charts.by_tier()}
    found = front_health.wellness(clock.now())
    links |= {sign.href for sign in (*found.signs, found.jobs[0].sign)} | {gauge.href for gauge in found.gauges}
    kinds = {(urlsplit(href).path, *sorted(parse_qs(urlsplit(href).query))): href for href in links}
    for href in kinds.values():
        assert owner.get(href).status_code == 200, href  # an unknown filter would lead elsewhere


def test_revenue_opens_the_lines_that_were_sold(owner: Client) -> None:
    quiet_day()
    sold(clock.now() - timedelta(days=1))
    href = front_money.rows("revenue", clock.today(), clock.today())
    assert owner.get(href).context["cl"].result_count == 1


def test_the_first_day_has_words_instead_of_charts(owner: Client) -> None:
    page = owner.get("/admin/").content.decode()
    assert "The first bar comes with the first sale." in page
    assert "Nothing is on sale yet." in page
    assert '<svg class="front-chart"' not in page


def test_every_day_of_the_chart_is_in_the_table_too_and_today_is_marked_as_open(owner: Client) -> None:
    quiet_day()
    chart = front_charts.per_day(clock.now(), front_money.spans(clock.now()))[0]
    assert [len(chart.bars), chart.bars[-1].open, chart.bars[-2].open] == [30, True, False]
    page = owner.get("/admin/").content.decode()
    assert all(page.count(f"{bar.label}: {bar.value}") for bar in chart.bars if bar.height)
    assert 'role="group" aria-label="Revenue a day: $' in page


def test_the_part_is_the_page_without_its_frame_and_never_cached(owner: Client) -> None:
    quiet_day()
    answer = owner.get(PART)
    assert answer["X-Front"] == "cards"
    assert "no-store" in answer["Cache-Control"]
    assert b"<html" not in answer.content
    assert b"What needs you" in answer.content
    owner.logout()
    assert owner.get(PART).status_code == 302


@pytest.mark.parametrize("many", [10, pytest.param(100, marks=pytest.mark.long)])
def test_it_asks_the_same_of_the_database_for_one_row_and_for_many(owner: Client, many: int) -> None:
    counts = []
    for rows in (1, many):
        with transaction.atomic():
            busy_day(rows)
            owner.get(PART)
            with CaptureQueriesContext(connection) as asked:
                owner.get(PART)
            counts.append(len(asked))
            transaction.set_rollback(True)
    assert counts[0] == counts[1] < 100, counts


def test_who_may_not_see_figures_or_rows_does_not_see_them_here(client: Client) -> None:
    busy_day(1)
    person = User.objects.create_user("packer", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(person)
    page = client.get("/admin/").content.decode()
    assert "past its ship-by date" in page
    assert "verdict" not in page.split('id="front-needs"')[1].split("</section>")[0]
    assert "front-money" not in page
    assert client.get(reverse("statement")).status_code == 403
    assert client.get(reverse("statement_all_csv")).status_code == 403


def test_the_statement_opens_as_page_and_csv_and_its_figures_agree(owner: Client) -> None:
    quiet_day()
    month = f"{clock.today():%Y-%m}"
    assert f"/admin/statement/{month}/" in owner.get(reverse("statement")).content.decode()
    page = owner.get(reverse("statement_month", args=[month])).content.decode()
    assert "computed: the ledger was not read" in page
    whole, one = (owner.get(href).content.decode().splitlines() for href in (
        reverse("statement_all_csv"), reverse("statement_csv", args=[month]),
    ))  # fmt: skip
    assert one == whole[:2]
    profit = Decimal(one[1].split(",")[-1])
    assert f"{abs(profit):.2f}" in page


@pytest.mark.parametrize("name", ["2026-13", "soon", "2999-01", "2026"])
def test_a_month_that_is_none_or_has_not_begun_is_not_found(owner: Client, name: str) -> None:
    assert owner.get(reverse("statement_month", args=[name])).status_code == 404
    assert owner.get(reverse("statement_csv", args=[name])).status_code == 404


def test_the_statement_is_in_the_sidebar(owner: Client) -> None:
    assert urlsplit(reverse("statement")).path in owner.get("/admin/ops/run/").content.decode()
