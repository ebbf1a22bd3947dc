"""What waits for a person, anywhere in the shop: how many, what to do, and where; the urgent first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.db.models import Count, Min, Q
from django.urls import reverse

from etsy.models import Difference, TakedownNotice
from etsy.models.takedown import WITHIN
from fulfillment import privacy_requests, worklist
from fulfillment.models import Order, Shipment
from fulfillment.privacy_requests import WARN_BEFORE
from pricing import history, relist
from stickers import desk, rescan, sampling
from stickertrendz.ops.models import Alert, ErrorLog, Mail
from stickertrendz.ops.work import WorkItem

from .order_story import UNSENT

DAY = timedelta(days=1)
ORDER, NOTICE, ERROR, ALERT = "fulfillment.order", "etsy.takedownnotice", "ops.errorlog", "ops.alert"
DESK = "stickers.sticker"


@dataclass(frozen=True)
class Task:
    """Something waiting for a person. told: "one of it|many of it". model: whose rows, as `app.model`."""

    count: int
    told: str
    href: str
    model: str
    urgent: bool = False
    note: str = ""

    @property
    def words(self) -> str:
        one, _, many = self.told.partition("|")
        return one if self.count == 1 or not many else many

    @property
    def permission(self) -> str:
        app, name = self.model.split(".")
        return f"{app}.view_{name}"


def tasks(now: datetime) -> list[Task]:
    """Only what really waits; an empty list is a good morning."""
    found = [*_complaints(now), *_orders(now), *_requests(now), *_parked(), *_designs(), *_shop(), *_told(now)]
    return sorted((task for task in found if task.count), key=lambda task: not task.urgent)


def rows_of(model: str, **conditions: Any) -> str:
    """The list of those rows and no others. Moments are told with their zone."""
    values = {name: v.isoformat() if isinstance(v, datetime) else v for name, v in conditions.items()}
    address = reverse(f"admin:{model.replace('.', '_')}_changelist")
    return f"{address}?{urlencode(values)}" if values else address


def _complaints(now: datetime) -> Iterator[Task]:
    by_status = TakedownNotice.objects.order_by().values_list("status").annotate(Count("pk"), Min("received_at"))
    found = {status: (count, first) for status, count, first in by_status}
    count, first = found.get("received", (0, now))
    yield Task(count, "complaint whose listing is still on sale|complaints whose listings are still on sale",
               rows_of(NOTICE, status__exact="received"), NOTICE, True, time_left(first + WITHIN, now))  # fmt: skip
    for status, told in (
        ("down", "complaint to judge: its listing is down|complaints to judge: their listings are down"),
        ("questionable", "complaint waits for advice|complaints wait for advice"),
    ):
        yield Task(found.get(status, (0,))[0], told, rows_of(NOTICE, status__exact=status), NOTICE)


def time_left(until: datetime, now: datetime) -> str:
    left = until - now
    if left <= timedelta(0):
        return "past its time"
    hours, rest = divmod(int(left.total_seconds()), 3600)
    return f"{hours // 24} days left" if hours >= 48 else f"{hours} h {rest // 60} min left"


def _orders(now: datetime) -> Iterator[Task]:
    """What is to be packed, sent, or lacks an address."""
    bench = reverse("admin:fulfillment_order_bench")
    sums = Order.objects.filter(status__in=UNSENT).aggregate(
        lost=Count("pk", filter=Q(status="needs_address")),
        late=Count("pk", filter=Q(ship_by__lte=now)),
        soon=Count("pk", filter=Q(ship_by__gt=now, ship_by__lte=now + DAY)),
    )
    copied = Shipment.objects.filter(status="by_hand")
    soon = {"due": "soon", "ship_by__gt": now}
    yield Task(sums["late"], "order past its ship-by date|orders past their ship-by date", rows_of(ORDER, due="late"),
               ORDER, True)  # fmt: skip
    yield Task(sums["lost"], "order without an address|orders without an address",
               rows_of(ORDER, status__exact="needs_address"), ORDER, True)  # fmt: skip
    yield Task(worklist.to_put_aside().count(), "sticker printed for an order that ended since|stickers printed for "
               "orders that ended since", bench, ORDER, True)  # fmt: skip
    yield Task(copied.count(), "tracking code to copy to Etsy by hand|tracking codes to copy to Etsy by hand",
               rows_of("fulfillment.shipment", status__exact="by_hand"), "fulfillment.shipment", True)  # fmt: skip
    yield Task(sums["soon"], "order to ship within a day|orders to ship within a day", rows_of(ORDER, **soon), ORDER)
    yield Task(worklist.orders().count(), "order to pack on the bench|orders to pack on the bench", bench, ORDER)


def _requests(now: datetime) -> Iterator[Task]:
    sums = privacy_requests.open_requests().aggregate(count=Count("pk"), due=Min("due_at"))
    due = sums["due"] or now
    yield Task(sums["count"], "customer asked for their data|customers asked for their data",
               rows_of("fulfillment.privacyrequest", answered_at__isempty=1), "fulfillment.privacyrequest",
               due < now + WARN_BEFORE, time_left(due, now))  # fmt: skip


def _parked() -> Iterator[Task]:
    """Of every kind of work, print jobs and takedown notices too."""
    for model in apps.get_models():
        if issubclass(model, WorkItem):
            names = model._meta
            told = "|".join(
                f"{kind} the shop cannot go on with" for kind in (names.verbose_name, names.verbose_name_plural)
            )
            href = rows_of(names.label_lower, needs_attention__gt="")
            yield Task(model.objects.parked().count(), told, href, names.label_lower, True)


def _designs() -> Iterator[Task]:
    yield Task(desk.waiting().count(), "design waits for your verdict|designs wait for your verdict",
               reverse("admin:stickers_sticker_review"), DESK)  # fmt: skip
    yield Task(rescan.waiting().count(), "design off sale waits for your word|designs off sale wait for your word",
               rows_of("stickers.rescan"), "stickers.rescan")  # fmt: skip
    yield Task(sampling.waiting().count(), "rejected design to be judged|rejected designs to be judged",
               rows_of("stickers.sample"), "stickers.sample")  # fmt: skip


def _shop() -> Iterator[Task]:
    yield Task(history.proposals().count(), "proposed price waits for your word|proposed prices wait for your word",
               reverse("admin:pricing_offer_plan"), "pricing.offer")  # fmt: skip
    yield Task(len(relist.returned()), "archived design is in fashion again|archived designs are in fashion again",
               reverse("admin:pricing_offer_came_back"), "pricing.offer")  # fmt: skip
    yield Task(Difference.objects.filter(counts=True).count(), "difference between Etsy and our books|"
               "differences between Etsy and our books", rows_of("etsy.difference", counts__exact=1),
               "etsy.difference")  # fmt: skip


def _told(now: datetime) -> Iterator[Task]:
    """What the shop has told and nobody has taken up yet."""
    lately, stuck = {"created_at__gt": now - DAY}, {"sent_at__isnull": True, "attempts__gte": 3}
    fresh = {"resolved__exact": 0, "severity__exact": "error", **lately}
    yield Task(Mail.objects.filter(**stuck).count(), "mail cannot be sent|mails cannot be sent",
               rows_of("ops.mail", **stuck), "ops.mail", True)  # fmt: skip
    yield Task(ErrorLog.objects.filter(**fresh).count(), "error since yesterday|errors since yesterday",
               rows_of(ERROR, **fresh), ERROR)  # fmt: skip
    yield Task(Alert.objects.filter(seen_by="", **lately).count(), "alert since yesterday|alerts since yesterday",
               rows_of(ALERT, seen_by__exact="", **lately), ALERT)  # fmt: skip
