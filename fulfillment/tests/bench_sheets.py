"""What sixty stickers on sheets cost in time and paper, beside rows of boxes; and the time and memory of the most."""

import io
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from fulfillment import cut_lines
from fulfillment.cut_lines import Outline
from fulfillment.gang_sheets import MOST_ARTS, MOST_COPIES, Art, GangSheets, Wanted, gang_sheets, nest
from fulfillment.nesting import GAP, ROLL, Sheet
from stickertrendz.testing import Bench

from .sheet_art import CREATURES, art, mixed

pytestmark = pytest.mark.bench
DAY = date(2026, 11, 21)
MOST_SECONDS, MOST_EMPTY, MOST_MB = 5, 25, 400
Row = tuple[int, float, float]  # sheet, left, top


def rows(outlines: Sequence[Outline], sheet: Sheet) -> list[Row]:
    """Boxes from left to right in rows as high as their highest, the largest first."""
    spots: list[Row] = []
    page, x, y, high = 0, 0.0, 0.0, 0.0
    for outline in outlines:
        if x + outline.width > sheet.printable[0]:
            x, y, high = 0.0, y + high + GAP, 0.0
        if y + outline.height > sheet.printable[1]:
            page, x, y, high = page + 1, 0.0, 0.0, 0.0
        spots.append((page, x, y))
        x, high = x + outline.width + GAP, max(high, outline.height)
    return spots


def outlines_of(wanted: Sequence[Wanted]) -> list[Outline]:
    read = {one.art.sku: cut_lines.read(one.art.cut_path, one.art.inches) for one in wanted}
    copies = [read[one.art.sku] for one in wanted for _ in range(one.copies)]
    return sorted(copies, key=lambda outline: -outline.width * outline.height)


def naive_pdf(wanted: Sequence[Wanted]) -> None:
    """Each picture as it is, transparent, in rows: what reportlab does when asked plainly. No cut file."""
    canvas = Canvas(io.BytesIO(), (864, 1728))
    for one in wanted:
        for _ in range(one.copies):
            image = ImageReader(Image.open(io.BytesIO(one.art.read_print())))
            canvas.drawImage(image, 72, 72, 216, 216, mask="auto")
    canvas.save()


def laid_anew(wanted: Sequence[Wanted]) -> GangSheets:
    nest.cache_clear()
    return gang_sheets(wanted, ROLL, DAY)


def test_time_of_sixty_stickers(bench: Bench) -> None:
    wanted = mixed(60)
    start = time.process_time()
    laid_anew(wanted)
    bench.figure("gang sheets, 60 stickers", time.process_time() - start, "s", MOST_SECONDS)
    bench.compare("gang sheets beside plain drawing", lambda: laid_anew(wanted), lambda: naive_pdf(wanted))


def different(kind: int) -> Art:
    """One of its own, whose cut line is read from a file of its own."""
    like = art(CREATURES[kind % len(CREATURES)], 3 + kind % 2)
    return replace(like, sku=f"ST-{kind:06d}", cut_path=like.cut_path + f"<!-- {kind} -->".encode())


def test_time_of_as_many_stickers_as_are_laid_at_once(bench: Bench) -> None:
    """Under the 30 seconds that a web process is given, on a machine of half the speed."""
    wanted = [
        Wanted(different(kind), "1", f"ST-{kind}-{copy}", 1)
        for kind in range(MOST_ARTS)
        for copy in range(MOST_COPIES // MOST_ARTS)
    ]
    start = time.process_time()
    laid_anew(wanted)
    bench.figure(f"gang sheets, {MOST_COPIES} stickers of {MOST_ARTS} kinds", time.process_time() - start, "s", 20)


def test_paper_of_sixty_stickers(bench: Bench) -> None:
    wanted = mixed(60)
    made = gang_sheets(wanted, ROLL, DAY)
    outlines = outlines_of(wanted)
    spots = rows(outlines, ROLL)
    full = range(spots[-1][0])
    whole = ROLL.printable[0] * ROLL.printable[1]
    boxes = sum(box.width * box.height for box, (page, _, _) in zip(outlines, spots, strict=True) if page in full)
    bench.figure(
        "empty part of full sheets, by boxes", empty(made), "%", MOST_EMPTY, 100 - 100 * boxes / whole / len(full)
    )
    shapes = sum(fill.shapes for fill in made.fills[:-1]) / (len(made.fills) - 1)
    bench.figure("empty part of full sheets, by shapes", 100 - 100 * shapes, "%")
    last = made.fills[-1]
    bench.figure("the last sheet's boxes", 100 * last.boxes, "%")
    bench.figure("sheets for 60 stickers", len(made.fills), "sheets", spots[-1][0] + 1, spots[-1][0] + 1)


def empty(made: GangSheets) -> float:
    return 100 - 100 * sum(fill.boxes for fill in made.fills[:-1]) / (len(made.fills) - 1)


MEMORY = """
import io, resource, django
from datetime import date
django.setup()
import numpy as np
from PIL import Image
from fulfillment.gang_sheets import Art, Wanted, gang_sheets
from fulfillment.nesting import ROLL
from fulfillment.tests.sheet_art import cut, CREATURES

def different(number):
    # The same outline, and art in other colours: a hundred print files that are nowhere shared.
    def read():
        image = Image.open(io.BytesIO(cut(CREATURES[number % 8]).print_4in_png)).convert("RGBA")
        pixels = np.array(image)
        pixels[..., :3] = np.roll(pixels[..., :3], number, axis=0)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        return file.getvalue()
    return Art(f"ST-{number:06d}-4", 4, cut(CREATURES[number % 8]).cut_path_svg, read)

wanted = [Wanted(different(number), "1", f"ST-{number}-1", 1) for number in range(100)]
made = gang_sheets(wanted, ROLL, date(2026, 11, 21))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_memory_of_a_hundred_different_large_stickers(bench: Bench) -> None:
    ran = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    bench.figure("memory of 100 different 4″ stickers, the whole process", float(ran.stdout.split()[-1]), "MB", MOST_MB)
