"""Deeds on one order or many that cannot be taken back: what each would do is shown before it is done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from fulfillment import bench, in_hand, refunds
from fulfillment.costs import BY_HAND
from fulfillment.models import Order, OrderItem
from stickertrendz.ops import audit, work
from stickertrendz.ops.errors import NeedsPerson

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


def _check_delivered(order: Order) -> None:
    if order.status == Order.Status.DELIVERED:
        raise NeedsPerson(f"Order {order} counts as delivered already.")
    bench.check_deliverable(order)


def _check_in_hand(order: Order) -> None:
    if order.fulfillment_provider == BY_HAND:
        raise NeedsPerson(f"Order {order} is in our own hands already.")
    in_hand.check(order)


def _check_paid_back(line: OrderItem) -> None:
    if line.refunded:
        raise NeedsPerson(f"{line}: it is marked as paid back already.")


def _check_parked(order: Order) -> None:
    if not order.needs_attention:
        raise NeedsPerson(f"Order {order} is not parked: the jobs go on with it by themselves.")


@dataclass(frozen=True)
class Decision:
    """The words of its page and of the message afterwards, the step on each row, and the rows it takes.

    check: NeedsPerson with the reason why a row is left out; makes no query.
    """

    asks: str
    effect: str
    done: str
    step: Callable[..., bool]
    check: Callable[[Any], None]
    thing: str = "order"
    find: Callable[[Sequence[int]], list[Any]] = _of_orders


DECISIONS = {
    "delivered": Decision(
        "Mark as delivered",
        "These orders count as arrived from now on: that ends their work, and 90 days later their customers’ data is "
        "erased. It cannot be taken back.",
        "marked as delivered", bench.mark_delivered, _check_delivered,
    ),
    "in-hand": Decision(
        "Print with our own hands",
        "These orders are not given to a printer any more: within minutes they are on the bench. What a printer has "
        "already is refused, so that nothing is printed twice.",
        "on its way to the bench", in_hand.take, _check_in_hand,
    ),
    "paid-back": Decision(
        "This line was paid back",
        "It is not printed and not sent, is called off at its printer where that is still possible, and leaves the "
        "figures. Pay the money back on Etsy; here it is only noted.",
        "marked as paid back", refunds.pay_back, _check_paid_back, "line", _of_lines,
    ),
    "again": Decision(
        "Try again", "The next run takes these orders up where they stopped.", "to be tried again", _retry,
        _check_parked,
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
    goes, left_out = _parted(rows, decision.check)
    facts = {"kind": name, "decision": decision, "rows": goes, "left_out": left_out, "where": _where(rows)}
    return bench_page(site, request, "decide", decision.asks, **facts)


def _parted(rows: Iterable[Any], check: Callable[[Any], None]) -> tuple[list[Any], list[str]]:
    """The rows it will be done on, and why each of the others is left out."""
    goes, left_out = [], []
    for row in rows:
        try:
            check(row)
        except NeedsPerson as why:
            left_out.append(str(why))
        else:
            goes.append(row)
    return goes, left_out


def _where(rows: Iterable[Order | OrderItem]) -> str:
    """The page of the only order, else the list."""
    orders = {row.order_id if isinstance(row, OrderItem) else row.pk for row in rows}
    if len(orders) == 1:
        return reverse("admin:fulfillment_order_change", args=[orders.pop()])
    return reverse("admin:fulfillment_order_changelist")
