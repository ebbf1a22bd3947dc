"""The page of the gang sheets: how they will look before they are saved, then print file and cut lines."""

import io
import zipfile
from collections.abc import Sequence
from functools import partial

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from fulfillment.gang_sheets import Art, CannotPrint, Fill, GangSheets, Wanted, fill, gang_sheets, lay
from fulfillment.models import PrintJob
from fulfillment.nesting import LETTER, SHEETS, Sheet
from stickers.models import Size
from stickertrendz import clock
from stickertrendz.ops import storage

from . import sheet_pictures
from .packing_facts import orders_of
from .packing_frame import back, page
from .packing_frame import bench as bench_page
from .packing_papers import download

SAVES = {"sheets-zip": "application/zip", "sheets-pdf": "application/pdf"}


def view(site: admin.AdminSite, request: HttpRequest, do: str, jobs: Sequence[PrintJob]) -> HttpResponse:
    """Shows the sheets of these jobs, or hands them out."""
    name = request.POST.get("sheet", "")
    sheet = SHEETS.get(name, LETTER)
    wanted, left_out = _wanted(jobs)
    try:
        if do in SAVES:
            return _saved(do, gang_sheets(wanted, sheet, clock.now().date()))
        shown = _shown(wanted, sheet)
    except CannotPrint as refusal:
        return back(request, bench_page(request), " ".join([str(refusal), *left_out]), done=False)
    lines = {one.line for one in wanted}
    printed = [job for job in jobs if job.external_id in lines]
    facts = {
        "sheets": shown, "jobs": printed, "orders": orders_of(printed), "left_out": left_out, "sheet": sheet,
        "sizes": SHEETS, "stickers": sum(one.copies for one in wanted), "page_number": request.POST.get("page", ""),
    }  # fmt: skip
    return page(site, request, "sheets", "Gang sheets", **facts)


def _shown(wanted: Sequence[Wanted], sheet: Sheet) -> list[tuple[Fill, SafeString]]:
    """How much is on each sheet, and its picture. Raises CannotPrint."""
    pages = lay(wanted, sheet)
    return [(fill(page, sheet), shown) for page, shown in zip(pages, sheet_pictures.draw(pages, sheet), strict=True)]


def _wanted(jobs: Sequence[PrintJob]) -> tuple[list[Wanted], list[str]]:
    """What can be laid on a sheet, and why the rest cannot; one query, one cut line read for each design and size."""
    rows = Size.objects.filter(sticker__in={job.item.sticker_id for job in jobs}).exclude(print_key="")
    sizes = {(one.sticker_id, one.size): one for one in rows.select_related("sticker")}
    keys = {(job.item.sticker_id, job.item.size) for job in jobs}
    arts = {key: art for key, size in sizes.items() if key in keys and (art := _art(size))}
    wanted = [
        Wanted(art, str(job.item.order), job.external_id, job.item.quantity)
        for job in jobs
        if job.item.sticker_id and (art := arts.get((job.item.sticker_id, job.item.size)))
    ]
    laid = {one.line for one in wanted}
    lost = [job for job in jobs if job.external_id not in laid]
    return wanted, [f"{one.item} of order {one.item.order} has no print file or cut line: left out." for one in lost]


def _art(size: Size) -> Art | None:
    try:
        cut_path = storage.load("private", size.sticker.cut_path_key) if size.sticker.cut_path_key else b""
    except OSError:
        return None
    if not cut_path:
        return None
    return Art(size.sku, float(size.size[0]), cut_path, partial(storage.load, "private", size.print_key))


def _saved(do: str, made: GangSheets) -> HttpResponse:
    name = f"gang-sheets-{clock.now():%Y-%m-%d-%H%M}"
    if do == "sheets-pdf":
        return download(made.pdf, f"{name}.pdf", SAVES[do])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(f"{name}.pdf", made.pdf)
        for number, cut in enumerate(made.cuts, 1):
            folder.writestr(f"{name}-cut-{number}.svg", cut)
    return download(file.getvalue(), f"{name}.zip", SAVES[do])
