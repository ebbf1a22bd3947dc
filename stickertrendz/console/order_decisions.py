"""Deeds on one order or many that cannot be taken back: what each would do is shown before it is done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from fulfillment import bench, in_hand, refunds
from fulfillment.models import Order, OrderItem
from stickertrendz.ops import audit, work

from .packing_frame import MAY_WORK, back, numbers, require, told
from .packing_frame import page as bench_page

MOST = 200
TOO_MANY = f"Choose at most {MOST} at a time: nothing was done."


def _of_orders(keys: Sequence[int]) -> list[Order]:
    return list(Order.objects.filter(pk__in=keys).order_by("ship_by", "pk"))


def _of_lines(keys: Sequence[int]) -> list[OrderItem]:
    return list(OrderItem.objects.filter(pk__in=keys).select_related("order"))


def _retry(order: Order, *, by: str) -> bool:
    if not work.retry(order, by=by):
        return False
    audit.record(by, "asked for another try", order)
    return True


@dataclass(frozen=True)
class Decision:
    """The words of its page and of the message afterwards, the rows it takes, and the step on each."""

    asks: str
    effect: str
    done: str
    step: Callable[..., bool]
    thing: str = "order"
    find: Callable[[Sequence[int]], list[Any]] = _of_orders


DECISIONS = {
    "delivered": Decision(
        "Mark as delivered",
        "These orders count as arrived from now on: that ends their work, and 90 days later their customers’ data is "
        "erased. It cannot be taken back.",
        "marked as delivered", bench.mark_delivered,
    ),
    "in-hand": Decision(
        "Print with our own hands",
        "These orders are not given to a printer any more: within minutes they are on the bench. What a printer has "
        "already is refused, so that nothing is printed twice.",
        "on its way to the bench", in_hand.take,
    ),
    "paid-back": Decision(
        "This line was paid back",
        "It is not printed and not sent, is called off at its printer where that is still possible, and leaves the "
        "figures. Pay the money back on Etsy; here it is only noted.",
        "marked as paid back", refunds.pay_back, "line", _of_lines,
    ),
    "again": Decision(
        "Try again", "The next run takes these orders up where they stopped.", "to be tried again", _retry
    ),
}  # fmt: skip


def view(site: admin.AdminSite, request: HttpRequest, name: str) -> HttpResponse:
    """GET asks, POST does it; one message tells what became of all."""
    if name not in DECISIONS:
        raise Http404
    require(request, MAY_WORK)
    asked = request.POST if request.method == "POST" else request.GET
    keys = numbers(asked.getlist("row"))
    if request.method != "POST":
        return page(site, request, name, keys)
    decision = DECISIONS[name]
    if len(keys) > MOST:
        return back(request, _where([]), TOO_MANY, done=False)
    rows = decision.find(keys)
    tally = bench.for_each(rows, partial(decision.step, by=request.user.get_username()))
    return back(request, _where(rows), told(tally, decision.thing, decision.done), done=not tally.refused)


def page(site: admin.AdminSite, request: HttpRequest, name: str, keys: Sequence[int]) -> HttpResponse:
    require(request, MAY_WORK)
    decision = DECISIONS[name]
    rows = decision.find(keys[: MOST + 1])
    if len(rows) > MOST:
        return back(request, _where([]), TOO_MANY, done=False)
    facts = {"kind": name, "decision": decision, "rows": rows, "where": _where(rows)}
    return bench_page(site, request, "decide", decision.asks, **facts)


def _where(rows: Iterable[Order | OrderItem]) -> str:
    """The page of the only order, else the list."""
    orders = {row.order_id if isinstance(row, OrderItem) else row.pk for row in rows}
    if len(orders) == 1:
        return reverse("admin:fulfillment_order_change", args=[orders.pop()])
    return reverse("admin:fulfillment_order_changelist")
