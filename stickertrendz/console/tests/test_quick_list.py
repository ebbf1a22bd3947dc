"""Long lists: how far rows are counted, and which steps of dates are offered."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from stickertrendz import clock
from stickertrendz.console import quick_list
from stickertrendz.console.quick_list import BoundedPaginator, between
from stickertrendz.ops.models import AuditEntry

pytestmark = pytest.mark.django_db


def entries(count: int, apart: timedelta = timedelta(0)) -> None:
    now = clock.now()
    AuditEntry.objects.bulk_create(
        AuditEntry(who="somebody", action="looked", at=now - apart * number) for number in range(count)
    )


def test_rows_are_counted_up_to_the_bound_and_told_as_more_behind_it(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr(quick_list, "MOST", 120)
    entries(120)
    pages = BoundedPaginator(AuditEntry.objects.all(), 50)
    assert (str(pages.count), pages.num_pages) == ("120", 3)
    entries(1)
    pages = BoundedPaginator(AuditEntry.objects.all(), 50)
    assert (str(pages.count), pages.count, pages.num_pages) == ("more than 120", 120, 3)
    client.force_login(User.objects.create_superuser("owner"))
    assert "more than 120" in client.get("/admin/ops/auditentry/").content.decode()


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("year", [date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]),
        ("month", [date(2024, 12, 1) if n == 0 else date(2025, n, 1) for n in range(13)] + [date(2026, 1, 1)]),
    ],
)
def test_steps_go_from_the_first_to_the_last_year_or_month(kind: str, wanted: list[date]) -> None:
    assert list(between(date(2024, 12, 31), date(2026, 1, 1), kind)) == wanted
    moments = between(datetime(2024, 12, 31, 23, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), kind)
    assert list(moments) == [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in wanted]


def test_days_of_a_leap_february_are_all_offered() -> None:
    days = list(between(date(2024, 2, 1), date(2024, 2, 29), "day"))
    assert (len(days), days[-1]) == (29, date(2024, 2, 29))


def test_a_list_offers_the_years_of_its_rows(client: Client) -> None:
    entries(3, apart=timedelta(days=366))
    client.force_login(User.objects.create_superuser("owner"))
    page = client.get("/admin/ops/auditentry/").content.decode()
    for row in AuditEntry.objects.all():
        assert f"at__year={row.at.year}" in page
