"""Gang sheets: chosen stickers side by side at true size, as a PDF to print and a cut file for each sheet.

There is no bleed: the die-cut border is 0.08 inch of white around the art, on white vinyl, so a cut that is off by less
shows neither art cut into nor a seam of another colour.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
from PIL import Image

from . import cut_lines, nesting
from .cut_files import ARM, UNITS, Cut, cut_svg, registration_marks
from .cut_lines import Outline, Points
from .lettering import width
from .nesting import Placement, Sheet
from .paper import Paper

MOST_COPIES, MOST_ARTS = 300, 100  # at once: about 10 seconds, where a web process is given 30 for an answer
ALIKE = 0.01  # share of the picture's side that its opaque part and the cut line may be apart
LABEL = 5.5  # points
# What was looked at is saved next: the files of a layout kept here do not wait for it again.
nest = lru_cache(maxsize=4)(nesting.nest)


class CannotPrint(ValueError):
    """Why there are no sheets, and what to do, in the operator's words."""


@dataclass(frozen=True, eq=False)
class Art:
    """One design in one size: `inches` along the long side of its cut line. The same sku is the same picture."""

    sku: str
    inches: float
    cut_path: bytes
    read_print: Callable[[], bytes]  # pictures are large: each is read when its turn comes


@dataclass(frozen=True)
class Wanted:
    """Copies of one order line, which the cut file names `line`."""

    art: Art
    order: str
    line: str
    copies: int


@dataclass(frozen=True)
class Fill:
    """How much of a sheet's printable area its stickers take, as shares: by their boxes, and by their true shapes.

    Where the boxes of two stickers overlap, which their shapes do not, that area counts once.
    """

    count: int
    boxes: float
    shapes: float


@dataclass(frozen=True)
class Laid:
    """One copy on its sheet, where its name is that in the cut file."""

    wanted: Wanted
    name: str
    outline: Outline
    placement: Placement

    @property
    def contours(self) -> tuple[Points, ...]:
        corner = (self.placement.left, self.placement.top)
        return tuple(points + corner for points in self.outline.turned(self.placement.quarters))


Page = tuple[Laid, ...]


@dataclass(frozen=True)
class GangSheets:
    """A page, a cut file, a fill and what lies where, sheet by sheet. The last sheet holds the rest."""

    pdf: bytes
    cuts: tuple[bytes, ...]
    fills: tuple[Fill, ...]
    laid: tuple[Page, ...] = field(compare=False)


def gang_sheets(wanted: Sequence[Wanted], sheet: Sheet, on: date) -> GangSheets:
    """As few sheets as nesting finds, each sticker exactly as large as its size says. Raises CannotPrint."""
    pages = lay(wanted, sheet)
    cuts = tuple(cut_svg(sheet, [Cut(one.name, one.contours) for one in page]) for page in pages)
    return GangSheets(_pdf(pages, sheet, on), cuts, tuple(fill(page, sheet) for page in pages), pages)


def lay(wanted: Sequence[Wanted], sheet: Sheet) -> tuple[Page, ...]:
    """What will lie where, before anything is drawn. Raises CannotPrint."""
    chosen = [one for one in wanted if one.copies > 0]
    total = sum(one.copies for one in chosen)
    if not total:
        raise CannotPrint("There is nothing to print: choose orders that are to be packed by hand.")
    arts = {one.art.sku: one.art for one in chosen}
    if total > MOST_COPIES or len(arts) > MOST_ARTS:
        raise CannotPrint(
            f"{total:,} stickers of {len(arts):,} kind{'' if len(arts) == 1 else 's'} are too many at once: "
            f"choose fewer orders, at most {MOST_COPIES} stickers of {MOST_ARTS} kinds."
        )
    outlines = {sku: _outline(art) for sku, art in arts.items()}
    copies = list(_named(chosen))
    shapes = [outlines[one.art.sku] for one, _ in copies]
    try:
        placed = nest(tuple(shapes), sheet, tuple(registration_marks(sheet)))
    except nesting.DoesNotFit as error:
        art, outline = copies[error.index][0].art, shapes[error.index]
        raise CannotPrint(
            f"{art.sku} is {outline.width:.2f} × {outline.height:.2f} inches and does not fit on {sheet.name} "
            f"with a margin of {sheet.margin:g}: choose a larger sheet."
        ) from error
    return tuple(tuple(Laid(*copies[one.index], shapes[one.index], one) for one in page) for page in placed)


def _named(chosen: Sequence[Wanted]) -> Iterator[tuple[Wanted, str]]:
    """Each copy with its name in the cut file: the line's, and which copy of it."""
    counted: dict[str, int] = {}
    for one in chosen:
        for _ in range(one.copies):
            counted[one.line] = counted.get(one.line, 0) + 1
            yield one, f"{one.line}-copy-{counted[one.line]}"


def _outline(art: Art) -> Outline:
    try:
        return cut_lines.read(art.cut_path, art.inches)
    except cut_lines.Unreadable as error:
        raise CannotPrint(f"{art.sku} cannot be cut: {error}. Leave it out, or have its design drawn again.") from error


def _pdf(pages: Sequence[Page], sheet: Sheet, on: date) -> bytes:
    paper = Paper(sheet.width * UNITS, sheet.height * UNITS)
    paper.canvas.setTitle("Gang sheets")
    paper.canvas.setTrimBox((0, 0, paper.width, paper.height))
    forms: set[str] = set()
    for number, page in enumerate(pages, 1):
        for one in page:
            if one.wanted.art.sku not in forms:
                forms.add(one.wanted.art.sku)
                _define(paper, one.wanted.art, one.outline)
            _place(paper, one)
        _mark(paper, sheet)
        told = f"Sheet {number} of {len(pages)} · {on:%-d %B %Y} · {sheet.name} · {len(page)} stickers · print at 100 %"
        _label(paper, sheet, told, page)
        paper.next_page()
    return paper.document().pdf


def _define(paper: Paper, art: Art, outline: Outline) -> None:
    """The sticker as a form of its own, drawn as often as it has copies: its picture within its cut line.

    The line clips what is outside, so that no picture's corner covers a neighbour; nothing in the file is transparent.
    """
    canvas, side = paper.canvas, outline.picture * UNITS
    canvas.beginForm(art.sku, -1, -1, outline.width * UNITS + 1, outline.height * UNITS + 1)
    path = canvas.beginPath()
    for contour in outline.contours:
        (x, y), *rest = ((contour * (1, -1) + (0, outline.height)) * UNITS).tolist()
        path.moveTo(x, y)
        for x, y in rest:
            path.lineTo(x, y)
        path.close()
    canvas.clipPath(path, stroke=0, fill=0)
    left, top = outline.offset
    bottom = outline.height - top - outline.picture
    canvas.transform(side, 0, 0, side, left * UNITS, bottom * UNITS)
    paper.embed(f"{art.sku}-picture", picture(art, outline))
    canvas.endForm()


def picture(art: Art, outline: Outline) -> Image.Image:
    """The print file on white. Raises CannotPrint where it is missing, damaged, or another design's."""
    try:
        image = Image.open(io.BytesIO(art.read_print())).convert("RGBA")
    except FileNotFoundError as error:
        raise CannotPrint(
            f"The print file of {art.sku} is missing: leave it out, or have its design drawn again."
        ) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CannotPrint(f"The print file of {art.sku} cannot be read: try again, or leave it out.") from error
    alpha = image.getchannel("A")
    if not _alike(alpha, outline):
        raise CannotPrint(f"The print file of {art.sku} does not belong to its cut line: leave it out and report it.")
    on_white = Image.new("RGB", image.size, "white")
    on_white.paste(image, mask=alpha)
    return on_white


def _alike(alpha: Image.Image, outline: Outline) -> bool:
    """Whether what is opaque fills the cut line's box."""
    opaque = alpha.point(lambda level: 255 if level >= 128 else 0).getbbox()
    if not opaque or alpha.width != alpha.height:
        return False
    left, top = (-side for side in outline.offset)
    box = (left, top, left + outline.width, top + outline.height)
    pairs = zip(opaque, box, strict=True)
    return all(abs(dots / alpha.width - inches / outline.picture) <= ALIKE for dots, inches in pairs)


def _place(paper: Paper, one: Laid) -> None:
    quarters = one.placement.quarters
    wide, high = one.outline.width * UNITS, one.outline.height * UNITS
    left, top = one.placement.left * UNITS, one.placement.top * UNITS
    bottom = paper.height - top - one.outline.sides(quarters)[1] * UNITS
    # Where the form's own lower left corner goes when it is turned clockwise.
    corner = ((0, 0), (0, wide), (wide, high), (high, 0))[quarters]
    paper.canvas.saveState()
    paper.canvas.translate(left + corner[0], bottom + corner[1])
    paper.canvas.rotate(-90 * quarters)
    paper.canvas.doForm(one.wanted.art.sku)
    paper.canvas.restoreState()


def _mark(paper: Paper, sheet: Sheet) -> None:
    paper.canvas.setFillGray(0)
    for box in registration_marks(sheet):
        left, top, right, bottom = (side * UNITS for side in (box.left, box.top, box.right, box.bottom))
        paper.canvas.rect(left, paper.height - bottom, right - left, bottom - top, stroke=0, fill=1)


def _label(paper: Paper, sheet: Sheet, told: str, page: Page) -> None:
    """The sheet's name above, its orders below, between the marks."""
    margin = sheet.margin * UNITS
    left, room = margin + ARM * UNITS, paper.width - 2 * (margin + ARM * UNITS)
    paper.text(left, margin - 8, told, LABEL + 1)
    orders = list(dict.fromkeys(one.wanted.order for one in page))
    paper.lines(left, paper.height - margin + 4, _listed(orders, room), LABEL)


def _listed(orders: list[str], room: float) -> list[str]:
    """As many order numbers as two lines hold, and how many more there are."""
    lines: list[str] = []
    line = "Orders"
    for number, order in enumerate(orders):
        more = f" and {len(orders) - number} more" if len(lines) == 1 else ""
        if width(f"{line} {order}{more}", LABEL) > room:
            lines.append(line + more)
            if more:
                return lines
            line = ""
        line = f"{line} {order}".strip()
    return [*lines, line]


def fill(page: Page, sheet: Sheet) -> Fill:
    whole = sheet.printable[0] * sheet.printable[1]
    shapes = sum(_area(points) for one in page for points in one.contours)
    boxes = np.array([_bounds(one.contours) for one in page])
    return Fill(len(page), _union(boxes) / whole, shapes / whole)


def _bounds(contours: tuple[Points, ...]) -> tuple[float, float, float, float]:
    points = np.vstack(contours)
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom


def _area(points: Points) -> float:
    x, y = points.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def _union(boxes: Points) -> float:
    """The area that boxes cover together."""
    across, down = np.unique(boxes[:, [0, 2]]), np.unique(boxes[:, [1, 3]])
    covered = np.zeros((len(down) - 1, len(across) - 1), bool)
    for left, top, right, bottom in boxes:
        rows = slice(*np.searchsorted(down, (top, bottom)))
        covered[rows, slice(*np.searchsorted(across, (left, right)))] = True
    return float((covered * np.outer(np.diff(down), np.diff(across))).sum())
