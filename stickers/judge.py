"""A collected picture is cut out and checked: it becomes a sticker with all its files, or calls for another try."""

import time
from dataclasses import asdict

from django.conf import settings
from django.db import transaction

from stickertrendz.ops import storage

from . import cutout, mockups, quality, tries
from .cutout import BadImage, CutOut
from .models import Generation, Size, Sticker
from .quality import Check


def judge(generation: Generation) -> None:
    original = storage.load("private", generation.original_key)
    begun = time.perf_counter()
    try:
        cut = cutout.cut_out(original)
    except BadImage as bad:
        return tries.unfit(generation, [f"unreadable: {bad.reason}"])
    cut_at = time.perf_counter()
    report = quality.check(original, cut)
    took = {"cut_seconds": round(cut_at - begun, 3), "check_seconds": round(time.perf_counter() - cut_at, 3)}
    judged = {"numbers": {**report.numbers, **took}, "checks": [asdict(check) for check in report.checks]}
    if not report.ok:
        marked = _keep("private", "marked", quality.draw(original, report), "png")
        return tries.unfit(generation, [_in_words(each) for each in report.failures], marked_key=marked, **judged)
    small, large = _print_key(cut.print_png), _print_key(cut.print_4in_png)
    columns = {
        "thumbnail_key": _keep("public", "thumbnails", cut.thumbnail_png, "png"),
        "cut_path_key": _keep("private", "cut_paths", cut.cut_path_svg, "svg"),
        "listing_images": _listing_images(cut),
    }
    with transaction.atomic():
        generation.move_to(Generation.Status.PASSED, failures=[], **judged)
        sticker = Sticker.objects.create(
            status=Sticker.Status.PENDING, trend=generation.trend, generation=generation, **columns
        )
        Size.objects.create(sticker=sticker, size=Size.Inches.SMALL, dpi=cut.dpi_3in, print_key=small)
        if _is_sold_large(cut):
            Size.objects.create(sticker=sticker, size=Size.Inches.LARGE, dpi=cut.dpi_4in, print_key=large)
    return None


def _in_words(check: Check) -> str:
    return f"{check.name}: {check.label} {check.told}, allowed {check.limit}"


def _print_key(png: bytes) -> str:
    return _keep("private", "prints", png, "png")


def _keep(where: str, kind: str, content: bytes, suffix: str) -> str:
    return storage.keep(where, storage.key_for(kind, content, cutout.VERSION, suffix), content)


def _is_sold_large(cut: CutOut) -> bool:
    return cut.dpi_4in >= settings.MIN_DPI_4IN


def _listing_images(cut: CutOut) -> list[str]:
    sizes = (3, 4) if _is_sold_large(cut) else (3,)
    images = mockups.listing_images(cut.print_4in_png, sizes)
    return [_keep("public", f"listings/{name}", image, "jpg") for name, image in images]
