"""The page of the packing bench: today's work, the steps on it, and the papers for it."""

from collections.abc import Callable
from functools import partial

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from fulfillment import bench, worklist
from fulfillment.models import PrintJob

from . import packing_facts, packing_papers, packing_sheets, packing_shipping
from .packing_frame import MAY_LOOK, MAY_WORK, back, numbers, page, require, told
from .packing_frame import bench as bench_page

Step = Callable[..., bool]
STEPS: dict[str, tuple[Step, str]] = {
    "printed": (bench.mark_printed, "marked as printed"),
    "packed": (bench.mark_packed, "marked as packed"),
    "back": (bench.step_back, "put one step back"),
    "keep": (partial(bench.put_aside, kept=True), "put aside as stock"),
    "bin": (partial(bench.put_aside, kept=False), "put aside and thrown away"),
}
ASIDE = ("keep", "bin")
NOTHING = "Nothing is chosen: tick orders or single stickers first."


def view(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """GET shows the bench; POST does one thing with what is chosen: a step, a paper, or on to posting it."""
    require(request, MAY_LOOK)
    if request.method != "POST":
        return page(site, request, "bench", "Bench", **packing_facts.of(request.GET.get("page")))
    require(request, MAY_WORK)
    do = request.POST.get("do", "")
    jobs = _put_aside(request) if do in ASIDE else packing_facts.chosen(request.POST)
    if not jobs:
        return back(request, bench_page(request), NOTHING, done=False)
    if do in STEPS:
        return _step(request, do, jobs)
    if do == "ship":
        return packing_shipping.ask(site, request, packing_facts.orders_of(jobs))
    if do.startswith("sheets"):
        return packing_sheets.view(site, request, do, jobs)
    return packing_papers.paper(request, do, jobs)


def _put_aside(request: HttpRequest) -> list[PrintJob]:
    rows = worklist.to_put_aside().filter(pk__in=numbers(request.POST.getlist("job")))
    return list(rows.select_related("item__order"))


def _step(request: HttpRequest, do: str, jobs: list[PrintJob]) -> HttpResponse:
    step, what = STEPS[do]
    tally = bench.for_each(jobs, partial(step, by=request.user.get_username()))
    return back(request, bench_page(request), told(tally, "line", what), done=not tally.refused)
