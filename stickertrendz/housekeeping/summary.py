"""The daily summary mail: the day in ten seconds, with links into the console and no personal data."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.template.loader import render_to_string

from stickertrendz import clock
from stickertrendz.ops import alerts, meters
from stickertrendz.ops.models import Alert, Mail, Run

from . import books, metrics


def post(now: datetime) -> Mail:
    """Puts the summary of the last 24 hours into the outbox."""
    content = facts(now)
    text = render_to_string("mail/summary.txt", content)
    html = render_to_string("mail/summary.html", content)
    return alerts.post(f"Sticker Trendz Daily Summary - {now:%Y-%m-%d}", text, html=html)


def facts(now: datetime) -> dict[str, Any]:
    """What the mail says: health, revenue, pricing, costs and alerts."""
    yesterday = now - timedelta(days=1)
    runs = Run.objects.filter(workflow="trend_monitor", started_at__gte=yesterday)
    best, units = metrics.top_performer(yesterday, now)
    return {
        "day": now.date(), "console": settings.CONSOLE_URL, "cap": settings.MAX_ACTIVE_LISTINGS,
        "monitor": runs.count(), "monitor_failed": runs.filter(status__in=["failed", "abandoned"]).count(),
        "figures": metrics.measure(now.date()), "yesterday": metrics.measure(_before(now.date())),
        "month": books.read(now.date().replace(day=1), now.date()), "best": best, "best_units": units,
        "ai": meters.level("ai", now), "ai_cap": settings.AI_MONTHLY_BUDGET_CAP_USD, "calls": meters.level("etsy", now),
        "fees": meters.level("listing_fees", now),
        "alerts": Alert.objects.filter(created_at__gte=yesterday)[:20], "jobs": _failed_runs(yesterday),
    }  # fmt: skip


def _before(day: date) -> date:
    return day - timedelta(days=1)


def _failed_runs(since: datetime) -> list[dict[str, Any]]:
    rows = Run.objects.filter(started_at__gte=since, status__in=["failed", "abandoned"])
    return [dict(row) for row in rows.values("workflow").annotate(count=Count("pk")).order_by("workflow")]


def due() -> bool:
    """One summary a day, however often the job runs."""
    return not Mail.objects.filter(subject=f"Sticker Trendz Daily Summary - {clock.today():%Y-%m-%d}").exists()
