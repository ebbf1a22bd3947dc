"""Spending is told before it is stopped."""

import pytest

from stickertrendz import clock, money
from stickertrendz.housekeeping import spending
from stickertrendz.ops import ledger, meters
from stickertrendz.ops.answers import Answer
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.models import Alert

pytestmark = pytest.mark.django_db


def spend(dollars: int) -> None:
    row = ledger.open_call("openai", "score", "", (Reserve("ai", 1),))
    ledger.close(row, Answer(None, cost_micro=dollars * money.MICRO), ms=1)


def test_a_day_within_its_figure_is_not_told() -> None:
    spend(8)
    spending.tell(clock.now())
    assert not Alert.objects.exists()


def test_a_dear_day_is_told_once() -> None:
    spend(9)
    spending.tell(clock.now())
    spending.tell(clock.now())
    assert [alert.key for alert in Alert.objects.all()] == ["spending:day"]


def test_a_dear_month_is_told_before_everything_stops() -> None:
    meters.spend("ai", 121 * money.MICRO, clock.now())
    spending.tell(clock.now())
    assert "Everything stops at $150" in Alert.objects.get(key="spending:month").text
