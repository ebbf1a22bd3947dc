"""The front page: what needs the operator, whether the shop is well, and the day's money."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from etsy import budget
from etsy.models import Listing
from fulfillment import privacy_requests, worklist
from fulfillment.models import Order
from pricing import history
from stickers import rescan
from stickers.models import Sticker
from stickertrendz import clock, money
from stickertrendz.housekeeping import metrics
from stickertrendz.ops import meters
from stickertrendz.ops.models import Alert, ErrorLog, Health, Run
from stickertrendz.ops.work import WorkItem
from trends.models import Source

from .order_story import UNSENT

DAY = timedelta(days=1)
DESIGNS, ORDERS = "stickers_sticker", "fulfillment_order"
WORKER_SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Task:
    """Something waiting for a person: how many, what to do, and where."""

    count: int
    words: str
    href: str
    urgent: bool = False


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    return {
        **context, "title": "Today", "tasks": tasks(now), "health": health(now), "figures": figures(now),
        "newest": Sticker.objects.exclude(thumbnail_key="").select_related("trend")[:12],
    }  # fmt: skip


def tasks(now: datetime) -> list[Task]:
    """Only what really waits; an empty list is a good morning."""
    designs = Sticker.objects.all()
    lately = {"created_at__gt": now - DAY}
    found = [
        Task(designs.filter(status="flagged").count(), "designs wait for your verdict", _list(DESIGNS, "flagged")),
        Task(rescan.waiting().count(), "designs off sale wait for your word", _list("stickers_rescan")),
        *_orders(now),
        Task(
            privacy_requests.open_requests().count(),
            "customers asked for their data",
            reverse("admin:fulfillment_privacyrequest_changelist") + "?answered_at__isempty=1",
            True,
        ),
        Task(history.proposals().count(), "proposed prices wait for your word", reverse("admin:pricing_offer_plan")),
        Task(_parked(), "rows parked for you", _list("ops_errorlog"), True),
        Task(
            ErrorLog.objects.filter(resolved=False, severity="error", **lately).count(),
            "errors since yesterday",
            _list("ops_errorlog"),
        ),
        Task(Alert.objects.filter(seen_by="", **lately).count(), "alerts since yesterday", _list("ops_alert")),
    ]
    return [task for task in found if task.count]


def _orders(now: datetime) -> list[Task]:
    """What is to be packed, sent, or lacks an address."""
    orders, bench = Order.objects.all(), reverse("admin:fulfillment_order_bench")
    unsent = orders.filter(status__in=UNSENT)
    lost, late = orders.filter(status="needs_address"), unsent.filter(ship_by__lte=now)
    soon = unsent.filter(ship_by__gt=now, ship_by__lte=now + DAY)
    return [
        Task(worklist.orders().count(), "orders to pack on the bench", bench),
        Task(worklist.to_put_aside().count(), "stickers printed for orders that ended since", bench, True),
        Task(lost.count(), "orders without an address", _list(ORDERS, "needs_address"), True),
        Task(late.count(), "orders past their ship-by date", f"{_list(ORDERS)}?due=late", True),
        Task(soon.count(), "orders to ship within a day", f"{_list(ORDERS)}?due=soon", True),
    ]


def _parked() -> int:
    """Of every kind of work, print jobs and takedown notices too."""
    return sum(model.objects.parked().count() for model in apps.get_models() if issubclass(model, WorkItem))


def _list(name: str, status: str = "") -> str:
    return reverse(f"admin:{name}_changelist") + (f"?status__exact={status}" if status else "")


def health(now: datetime) -> list[dict[str, Any]]:
    worker = Health.objects.filter(name="worker").first()
    alive = bool(worker and worker.seen_at > now - WORKER_SILENT_AFTER)
    seen = f"last seen {worker.seen_at:%H:%M}" if worker else "never seen"
    rows = [
        {"name": "Worker", "ok": alive, "words": "alive" if alive else f"{seen}; start one with manage.py qcluster"}
    ]
    dead = list(Source.objects.filter(enabled=True, state=Source.State.DEAD))
    rows.append({"name": "Trend sources", "ok": not dead, "words": ", ".join(map(str, dead)) or "all answer"})
    calls = meters.level("etsy")
    words = "; ".join(filter(None, (f"{calls.used} of {calls.limit}", budget.outlook(now))))
    rows.append({"name": "Etsy calls, 24 h", "ok": calls.used < calls.limit * 0.7, "words": words})
    last = {run.workflow: run for run in Run.objects.filter(started_at__gt=now - 2 * DAY).order_by("started_at")}
    for name in ("trend_monitor", "sticker_generator", "publisher", "order_sync", "pricing_engine", "analytics_sync"):
        rows.append(_job(name, last.get(name)))
    return rows


def _job(name: str, run: Run | None) -> dict[str, Any]:
    words = f"{run.get_status_display()} {run.started_at:%d %b %H:%M}" if run else "not run in two days"
    well = run is not None and run.status not in (Run.Status.FAILED, Run.Status.ABANDONED)
    return {"name": name.replace("_", " "), "ok": well, "words": words}


def figures(now: datetime) -> list[dict[str, str]]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    spent, budget = meters.level("ai"), settings.AI_MONTHLY_BUDGET_CAP_USD
    sold, month = metrics.sales(today, today + DAY), metrics.sales(today.replace(day=1), today + DAY)
    live = Listing.objects.filter(status="active").count()
    cost = money.cents(money.from_micro(spent.used))
    return [
        {"name": "Live listings", "value": str(live), "of": f"of {settings.MAX_ACTIVE_LISTINGS}"},
        {"name": "Orders today", "value": str(sold["orders"]), "of": f"${money.cents(sold['revenue'])}"},
        {"name": "This month", "value": f"${money.cents(month['revenue'])}", "of": f"{month['orders']} orders"},
        {"name": "AI spend this month", "value": f"${cost}", "of": f"of ${budget}"},
    ]
