"""The page that posts what is packed: a tracking code for each order or none, typed or pasted, doubts told first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from etsy.tracking import LETTER_UP_TO
from fulfillment import bench, tracking_codes, worklist
from fulfillment.models import Order, Shipment
from fulfillment.tracking_codes import NAMES
from stickertrendz import clock

from . import packing_facts
from .packing_frame import MAY_WORK, back, numbers, page, require, told
from .packing_frame import bench as bench_page

MOST = 200  # orders at once: a form of more is more than a web server takes


@dataclass
class Told:
    """What the form says. codes: by the order's key. wrong: what cannot be used. doubts: what may be a slip."""

    codes: dict[int, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The same only for the same doubts: other codes are doubted anew."""
        return " ".join(self.doubts)


def view(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """GET asks for the codes of the orders it names; POST posts them, or shows what is doubtful first."""
    require(request, MAY_WORK)
    if request.method != "POST":
        return ask(site, request, list(_named(numbers(request.GET.getlist("order")))))
    orders = list(_named(numbers(request.POST.getlist("order"))))
    form = _read(request, orders)
    if form.wrong or not orders or (form.doubts and request.POST.get("sure") != form.mark):
        return ask(site, request, orders, form)
    return _post(request, orders, form)


def ask(site: admin.AdminSite, request: HttpRequest, orders: Sequence[Order], form: Told | None = None) -> HttpResponse:
    if len(orders) > MOST:
        words = f"{len(orders):,} orders are too many to post at once: choose at most {MOST}."
        return back(request, bench_page(request), words, done=False)
    form = form or Told()
    rows = [
        {"card": one, "code": form.codes.get(one.order.pk, ""), "unpacked": _unpacked(one), "dear": _dear(one.order)}
        for one in packing_facts.cards(orders, clock.now())
    ]
    facts: dict[str, Any] = {
        "rows": rows, "form": form, "carriers": NAMES, "carrier": request.POST.get("carrier", "usps"),
        "paste": request.POST.get("paste", "") if form.wrong else "", "letter_up_to": LETTER_UP_TO,
        "page_number": request.POST.get("page", ""),
    }  # fmt: skip
    return page(site, request, "ship", "Post", **facts)


def _named(keys: Sequence[int]) -> QuerySet[Order]:
    return Order.objects.filter(pk__in=keys).order_by("ship_by", "pk")


def _unpacked(card: packing_facts.Card) -> int:
    return sum(job.status != "packed" for job in card.jobs)


def _dear(order: Order) -> bool:
    """Etsy does not take it as shipped without tracking."""
    return order.total_amount > LETTER_UP_TO


def _read(request: HttpRequest, orders: list[Order]) -> Told:
    """The codes typed and pasted; orders that only the pasted lines name join the others."""
    form = Told()
    for order in orders:
        form.codes[order.pk] = tracking_codes.clean(request.POST.get(f"code-{order.pk}", ""))
    _paste(request.POST.get("paste", ""), orders, form)
    used = Counter(code for code in form.codes.values() if code)
    for order in orders:
        code = form.codes[order.pk]
        if len(code) > tracking_codes.LONGEST:
            form.wrong.append(f"Order {order}: that is too long for a tracking code.")
        elif doubt := tracking_codes.doubt(code):
            form.doubts.append(f"Order {order}: {doubt}")
    form.doubts += [f"{code} is given for {times} orders." for code, times in used.items() if times > 1]
    form.doubts += _used_before(used, orders)
    return form


def _used_before(codes: Iterable[str], orders: Sequence[Order]) -> list[str]:
    """Yesterday's paste again would send buyers after somebody else's parcel."""
    rows = Shipment.objects.filter(tracking_code__in=list(codes)).exclude(order__in=orders).select_related("order")
    return [f"{one.tracking_code} was given for order {one.order} before." for one in rows.order_by("pk")]


def _paste(text: str, orders: list[Order], form: Told) -> None:
    """Lines of an order number and its code, with blanks, a comma or a semicolon between."""
    lines = [line.replace(",", " ").replace(";", " ").split(maxsplit=1) for line in text.splitlines() if line.strip()]
    receipts = numbers(line[0] for line in lines)
    waiting = {str(order): order for order in worklist.orders().filter(receipt_id__in=receipts)}
    known = {str(order): order for order in orders} | waiting
    for number, *code in lines:
        if number not in known:
            form.wrong.append(f"“{number}” is no order that waits on the bench: correct or remove its line.")
        elif not code:
            form.wrong.append(f"Order {number} has no code behind it: add one, or remove its line.")
        else:
            form.codes[known[number].pk] = tracking_codes.clean(code[0])
            if known[number] not in orders:
                orders.append(known[number])


def _post(request: HttpRequest, orders: Sequence[Order], form: Told) -> HttpResponse:
    who, otherwise = request.user.get_username(), request.POST.get("carrier", "usps")

    def ship(order: Order) -> bool:
        code = form.codes[order.pk]
        carrier = tracking_codes.carrier_of(code) or (otherwise if otherwise in NAMES else "usps")
        return bench.mark_shipped(order, by=who, carrier=carrier, tracking_code=code)

    tally = bench.for_each(orders, ship)
    words = told(tally, "order", "posted") + _next(tally.done)
    return back(request, bench_page(request), words, done=not tally.refused)


def _next(done: int) -> str:
    return " Etsy is told within a quarter of an hour, and mails the buyers." if done else ""
