"""The books of days: what was measured and what the rows say are the same money, and later refunds reach them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.models import Order
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz.housekeeping import books, metrics, statement, summary
from stickertrendz.ops.models import Metric

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)


def sell(at: datetime, price: str = "4.49", **fields: object) -> Order:
    """One sticker in one order, bought at that moment."""
    line = make_line(make_sticker(sizes=()), unit_price=Decimal(price), sold_at=at)
    receipt = make_receipt(line, ordered=at, **fields)
    take(receipt)
    return Order.objects.get(receipt_id=receipt.receipt_id)


@pytest.fixture(autouse=True)
def full_fees(settings: LazySettings) -> None:
    settings.ETSY_FEES = "full"


def test_closed_days_and_live_ones_come_to_the_same_as_the_rows_alone() -> None:
    for back in (0, 1, 2, 9):
        sell(NOON - DAY * back)
    first = TODAY - DAY * 9
    live = books.read(first, TODAY)
    assert books.close_days(NOON) == 9
    assert books.closed_until() == TODAY - DAY
    mixed = books.read(first, TODAY)
    assert (mixed.orders, mixed.revenue) == (live.orders, live.revenue) == (4, Decimal("17.96"))
    # Each closed day is rounded to a cent on its own.
    assert abs(mixed.etsy_fees - live.etsy_fees) <= Decimal("0.02")
    assert books.read(TODAY, TODAY).revenue == Decimal("4.49")


def test_a_day_is_closed_once_its_last_orders_have_come_in_and_only_once() -> None:
    sell(NOON - DAY)
    midnight = NOON.replace(hour=0, minute=20)
    assert books.close_days(midnight) == 0
    assert books.close_days(midnight + timedelta(hours=1)) == 1
    assert books.close_days(NOON) == 0
    assert Metric.objects.get(name="closed").day == TODAY - DAY


def test_without_a_run_or_a_sale_there_is_no_day_to_close() -> None:
    assert books.close_days(NOON) == 0
    assert books.read(TODAY, TODAY).profit == 0


def test_what_was_measured_of_a_day_before_its_end_is_not_taken_for_the_whole_day() -> None:
    metrics.measure(TODAY - DAY)
    sell(NOON - DAY)
    assert books.read(TODAY - DAY, TODAY).orders == 1


def test_a_refund_after_a_day_was_closed_reaches_it_at_the_next_morning() -> None:
    order = sell(NOON - DAY * 3)
    books.close_days(NOON)
    Order.objects.filter(pk=order.pk).update(status="refunded", refunded_amount=order.total_amount)
    books.restate(NOON)
    then = books.read(TODAY - DAY * 3, TODAY)
    assert (then.revenue, then.refunds, then.sales) == (Decimal("0.00"), Decimal("4.49"), Decimal("4.49"))


def test_a_refund_of_an_order_long_ago_reaches_the_day_on_which_it_was_sold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "RESTATED", 3)
    order = sell(NOON - DAY * 6)
    books.close_days(NOON)
    Order.objects.filter(pk=order.pk).update(refunded_amount=Decimal("1.00"), etsy_updated_at=NOON)
    books.restate(NOON)
    assert books.read(TODAY - DAY * 6, TODAY).revenue == Decimal("3.49")


def test_days_without_a_measured_list_of_listings_do_not_get_todays() -> None:
    sell(NOON - DAY * 2)
    books.close_days(NOON)
    assert not Metric.objects.filter(name="active_listings").exists()


def test_a_month_from_shop_prices_down_to_profit_adds_up() -> None:
    sell(NOON, "5.49", total=Decimal("5.49"), discount=Decimal("1.00"))
    sell(NOON, "4.49", total=Decimal("4.49"), refunded=Decimal("4.49"))
    one = statement.month(date(2026, 3, 1), TODAY)
    parts = [line.amount for line in statement.lines(one) if not line.kind]
    assert sum(parts) == one.profit == one.books.profit
    assert one.books.sales == one.books.revenue + one.books.coupons + one.books.refunds
    assert one.books.coupons == Decimal("1.00")
    assert one.going


def test_the_statement_lists_each_month_once_and_a_closed_one_as_the_page_of_it_says() -> None:
    for back in (0, 30, 60):
        sell(NOON - DAY * back)
    while books.close_days(NOON):
        pass
    found = statement.months(TODAY)
    assert [one.name for one in found] == ["2026-03", "2026-02", "2026-01"]
    assert [one.going for one in found] == [True, False, False]
    assert found[1].row == statement.month(date(2026, 2, 1), TODAY).row
    assert len(found[0].row) == len(statement.COLUMNS)


def test_the_mail_tells_the_month_as_the_books_do() -> None:
    sell(NOON - DAY)
    sell(NOON)
    books.close_days(NOON)
    assert summary.facts(NOON)["month"] == books.read(TODAY.replace(day=1), TODAY)


def test_reading_asks_the_same_of_the_database_however_many_days_are_closed() -> None:
    counts = []
    for back in (2, 40):
        sell(NOON - DAY * back)
        Metric.objects.all().delete()
        while books.close_days(NOON):
            pass
        with CaptureQueriesContext(connection) as asked:
            books.read(TODAY - DAY * 40, TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]
