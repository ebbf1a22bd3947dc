"""The statement by Etsy's ledger: which months are complete by it, what the difference is made of, and the profit."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from etsy import ledger
from etsy.models import LedgerEntry
from fulfillment.models import Order
from stickertrendz.housekeeping import books, etsy_fees, statement
from stickertrendz.ops.models import Health
from stickertrendz.tests.test_books import sell

pytestmark = pytest.mark.django_db
FIRST, TODAY = date(2026, 2, 1), date(2026, 3, 20)
AT = datetime(2026, 2, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _rates(settings: LazySettings) -> None:
    settings.ETSY_FEES = "full"


def posted(entry_type: str, amount: str, at: datetime = AT, **columns: Any) -> None:
    number = LedgerEntry.objects.count() + 1
    known = {"currency": "USD", **columns}
    LedgerEntry.objects.create(entry_id=number, posted_at=at, type=entry_type, amount=Decimal(amount), **known)


def read(since: datetime, until: datetime) -> None:
    Health.objects.update_or_create(name=ledger.CURSOR, defaults={"since": since, "seen_at": until})


def february() -> statement.Month:
    """One order of $4.49 with all its fees, an offsite ad, and one order whose fees are not posted."""
    order = sell(AT)
    sell(AT + DAY)
    posted("PAYMENT_GROSS", "4.49")
    posted("transaction", "-0.29", order=order)
    posted("PAYMENT_PROCESSING_FEE", "-0.38")
    posted("renew_sold_auto", "-0.20")
    posted("offsite_ads_fee", "-0.67", order=order)
    posted("DISBURSE2", "-2.95")
    read(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC))
    while books.close_days(datetime(2026, 3, 20, 12, tzinfo=UTC)):
        pass
    return statement.month(FIRST, TODAY)


def test_a_month_the_ledger_tells_completely_takes_etsys_fees_from_it() -> None:
    one = february()
    assert (one.by_ledger, one.source) == (True, "by Etsy’s ledger")
    assert one.fees == Decimal("1.54")
    assert one.profit == one.books.revenue - Decimal("1.54") - one.books.costs + etsy_fees.computed(one.books)
    parts = [line.amount for line in statement.lines(one) if not line.kind]
    assert sum(parts) == one.profit
    assert statement.months(TODAY)[1].row == one.row


def test_the_difference_is_made_of_its_reasons_to_the_cent() -> None:
    one = february()
    assert one.ledger
    posted("transaction_refund", "0.10", order=sell(AT - DAY * 20))
    one = statement.month(FIRST, TODAY)
    assert one.ledger
    found = {
        reason.name: reason.amount for reason in etsy_fees.reasons(one.books, one.ledger, *statement.bounds(FIRST))
    }
    assert sum(found.values()) == one.ledger.fees - etsy_fees.computed(one.books)
    assert found["Ads"] == Decimal("0.67")
    assert found["Orders of other months"] == Decimal("-0.10")
    assert found["Not posted yet"] == Decimal("-0.88")  # 9.5 % of 4.49, $0.25 and $0.20
    assert abs(found["Other rates"]) <= Decimal("0.02")


@pytest.mark.parametrize(
    ("since", "until"),
    [(datetime(2026, 2, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)),
     (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 3, 23, tzinfo=UTC))],
    ids=["begun too late", "not three days past its end"],
)  # fmt: skip
def test_a_month_that_was_not_read_whole_stays_computed_but_shows_what_is_known(
    since: datetime, until: datetime
) -> None:
    february()
    read(since, until)
    one = statement.month(FIRST, TODAY)
    assert (one.by_ledger, one.source) == (False, "computed: the ledger is not complete")
    assert one.fees == etsy_fees.computed(one.books)
    assert one.ledger
    assert one.ledger.fees == Decimal("1.54")


def test_an_entry_nobody_understands_keeps_the_month_computed_and_is_told() -> None:
    february()
    posted("a_new_fee", "-1.00")
    one = statement.month(FIRST, TODAY)
    assert one.source == "computed: 1 entries of the ledger are not understood"
    assert one.ledger
    assert one.ledger.fees == Decimal("1.54")


def test_without_the_ledger_nothing_changes() -> None:
    sell(AT)
    one = statement.month(FIRST, TODAY)
    assert (one.ledger, one.profit, one.source) == (None, one.books.profit, "computed: the ledger was not read")
    columns = dict(zip(statement.COLUMNS, one.row, strict=True))
    assert (columns["transaction_fees_ledger"], columns["fees_counted"]) == ("", "computed")


def test_the_page_and_the_csv_tell_it_and_ask_the_same_for_any_number_of_entries(client: Client) -> None:
    february()
    client.force_login(User.objects.create_superuser("owner"))
    page = client.get(reverse("statement_month", args=["2026-02"])).content.decode()
    for words in ("by Etsy’s ledger", "Offsite Ads and Etsy Ads", "$1.54", "1 order of this month without"):
        assert words in page, words
    csv = client.get(reverse("statement_csv", args=["2026-02"])).content.decode().splitlines()
    row = dict(zip(csv[0].split(","), csv[1].split(","), strict=True))
    assert (row["ads_ledger"], row["fees_counted"]) == ("-0.67", "ledger")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("statement_month", args=["2026-02"]))
            client.get(reverse("statement"))
        counts.append(len(asked))
        for number in range(30):
            posted("transaction", "-0.29", AT - DAY * (number * 3), order=Order.objects.first())
    assert counts[0] == counts[1]
