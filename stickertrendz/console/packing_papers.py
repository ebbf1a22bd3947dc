"""Papers of the bench: pick list, packing slips, labels. Those with addresses are made and sent, never kept."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from fulfillment import address_labels, packing_slips, pick_lists, privacy
from fulfillment.address_labels import Label
from fulfillment.models import Order, PrintJob
from fulfillment.packing_slips import Slip, SlipLine
from fulfillment.paper import Document
from fulfillment.pick_lists import Pick
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import storage

from .packing_facts import orders_of
from .packing_frame import MAY_SEE, back, require
from .packing_frame import bench as bench_page

SHOP = "Sticker Trendz"


def paper(request: HttpRequest, name: str, jobs: Sequence[PrintJob]) -> HttpResponse:
    """A PDF to save, or back to the bench with why there is none."""
    if name not in PAPERS:
        return back(request, bench_page(request), "Nothing was done: that is no step of the bench.", done=False)
    try:
        made = PAPERS[name](request, jobs)
    except ValueError as refusal:
        return back(request, bench_page(request), str(refusal), done=False)
    if made.by_hand:  # their numbers only: what is missing are letters of a name
        numbers = ", ".join(sorted(made.by_hand))
        messages.warning(request, f"No font here has some letters of order {numbers}: write those by hand.")
    return download(made.pdf, f"{name}-{clock.now():%Y-%m-%d-%H%M}.pdf", "application/pdf")


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Sent and not kept: the console lets no browser store its pages."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _pick_list(request: HttpRequest, jobs: Sequence[PrintJob]) -> Document:
    pictures = _Pictures()
    picks = [
        Pick(job.item.sku, _title(job), job.item.size, job.item.quantity, str(job.item.order), pictures.of(job))
        for job in jobs
    ]
    return pick_lists.pick_list(picks, clock.now().date())


def _slips(request: HttpRequest, jobs: Sequence[PrintJob]) -> Document:
    pictures, by_order = _Pictures(), _by_order(jobs)
    slips = [
        _slip(order, customer, by_order[order.pk], pictures)
        for order, customer in _customers(request, orders_of(jobs), "packing slip")
    ]
    return packing_slips.packing_slips(slips, SHOP)


def _slip(order: Order, customer: privacy.Customer, jobs: Iterable[PrintJob], pictures: "_Pictures") -> Slip:
    lines = tuple(
        SlipLine(_title(job), job.item.sku, job.item.size, job.item.quantity, pictures.of(job)) for job in jobs
    )
    return Slip(
        str(order), order.ordered_at.date(), order.ship_by.date(), customer.name, lines, customer.message,
        customer.gift_message,
    )  # fmt: skip


def _labels_4x6(request: HttpRequest, jobs: Sequence[PrintJob]) -> Document:
    return address_labels.labels_4x6(_labels(request, jobs), settings.SHOP_RETURN_ADDRESS)


def _labels_sheet(request: HttpRequest, jobs: Sequence[PrintJob]) -> Document:
    start = request.POST.get("start", "1")
    if not start.isdecimal() or not 1 <= int(start) <= 10:
        raise ValueError("Labels on Letter: the first free label is a number from 1 to 10.")
    return address_labels.labels_sheet(_labels(request, jobs), settings.SHOP_RETURN_ADDRESS, int(start))


def _labels(request: HttpRequest, jobs: Sequence[PrintJob]) -> list[Label]:
    return [
        Label(str(order), customer.address)
        for order, customer in _customers(request, orders_of(jobs), "address label")
        if customer.address
    ]


def _customers(request: HttpRequest, orders: Sequence[Order], why: str) -> list[tuple[Order, privacy.Customer]]:
    """Who gets these orders, each look logged; orders whose address is not known are left out, aloud."""
    require(request, MAY_SEE)
    who = request.user.get_username()
    read = [(order, privacy.read(order, by=who, why=why)) for order in orders]
    lost = [str(order) for order, customer in read if customer.address is None]
    if lost:
        words = f"No address is known for order {', '.join(lost)}: enter it on the order's page."
        if len(lost) == len(read):
            raise ValueError(words)
        messages.warning(request, f"{words} The others are in the file.")
    return [(order, customer) for order, customer in read if customer.address]


class _Pictures:
    """Thumbnails, each read once; a design without one is listed without."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def of(self, job: PrintJob) -> bytes:
        sticker: Sticker | None = job.item.sticker
        key = sticker.thumbnail_key if sticker else ""
        if key not in self._known:
            self._known[key] = _loaded(key)
        return self._known[key]


def _loaded(key: str) -> bytes:
    try:
        return storage.load("public", key) if key else b""
    except OSError:
        return b""


def _by_order(jobs: Iterable[PrintJob]) -> dict[int, list[PrintJob]]:
    found: dict[int, list[PrintJob]] = {}
    for job in jobs:
        found.setdefault(job.item.order_id, []).append(job)
    return found


def _title(job: PrintJob) -> str:
    """What the listing's title begins with: the rest is for Etsy's search."""
    title = job.item.sticker.title if job.item.sticker else job.item.title
    return title.split(" - ")[0]


PAPERS: dict[str, Callable[[Any, Sequence[PrintJob]], Document]] = {
    "pick-list": _pick_list,
    "slips": _slips,
    "labels-4x6": _labels_4x6,
    "labels-letter": _labels_sheet,
}
