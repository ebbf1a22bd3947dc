"""Warnings before the AI budget is used up; the stop itself is the guard's."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum

from stickertrendz import money
from stickertrendz.ops import alerts, meters
from stickertrendz.ops.models import Call

from .metrics import span


def tell(now: datetime) -> None:
    """One alert a day when the day, and one when the month, has cost more than the owner wants to hear of."""
    today = _dollars(Call.objects.filter(at__gte=span(now.date())[0]).aggregate(total=Sum("cost_micro"))["total"])
    month, cap = _dollars(meters.level("ai", now).used), settings.AI_MONTHLY_BUDGET_CAP_USD
    if today > settings.AI_DAILY_WARN_USD:
        text = f"${today} today, ${month} this month. Everything stops at ${cap} a month."
        alerts.alert("spending:day", f"AI spend today is above ${settings.AI_DAILY_WARN_USD}", text)
    if month > settings.AI_MONTHLY_ALERT_USD:
        text = f"${month} this month. Everything stops at ${cap}."
        alerts.alert("spending:month", f"AI spend this month is above ${settings.AI_MONTHLY_ALERT_USD}", text)


def _dollars(micro: int | None) -> Decimal:
    return money.cents(money.from_micro(micro or 0))
