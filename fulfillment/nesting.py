"""Lays stickers on sheets by their true shapes, so that one sits in another's hollow."""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .cut_lines import Outline, Points

GAP = 2 / 25.4  # inch between two cut lines
CELL = 0.04  # inch; shapes are compared on this grid: finer gains little paper and costs its square in time
LEAST_MARGIN = 0.3  # inch, for the registration marks and what a printer cannot reach
FINE = 4  # dots a cell's side has while a shape is drawn, so that each cell it touches is found
SLANT = 0.3  # how much a place further right counts beside one further down; tried on sixty sheets of mixed stickers
ROTATIONS = range(4)  # quarter turns
KEPT = 40  # shapes whose spectra are kept, 3 MB each on a large sheet

Cells = NDArray[np.bool_]
Grid = NDArray[np.float32]
Spectrum = NDArray[np.complex64]


@dataclass(frozen=True)
class Sheet:
    """Inches. Cut lines stay off the margin, which holds the registration marks and the sheet's name."""

    name: str
    width: float
    height: float
    margin: float = 0.4

    def __post_init__(self) -> None:
        if self.margin < LEAST_MARGIN or min(self.printable) <= 0:
            raise ValueError(f"A sheet needs a margin of {LEAST_MARGIN} inch or more, and room inside it.")

    @property
    def printable(self) -> tuple[float, float]:
        return self.width - 2 * self.margin, self.height - 2 * self.margin


LETTER = Sheet("8.5 × 11 inch", 8.5, 11)
ROLL = Sheet("12 × 24 inch", 12, 24)
SHEETS = {"letter": LETTER, "roll": ROLL}


@dataclass(frozen=True)
class Box:
    """Inches from the sheet's top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Placement:
    """Where the box of `outlines[index]` has its top left corner, in inches, after quarter turns clockwise."""

    index: int
    left: float
    top: float
    quarters: int


class DoesNotFit(ValueError):
    """`outlines[index]` is too large for an empty sheet."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


def nest(outlines: Sequence[Outline], sheet: Sheet, taken: Sequence[Box] = ()) -> list[list[Placement]]:
    """Placements sheet by sheet: the larger first, each as high as it goes; `taken` stays free. Raises DoesNotFit.

    Copies of a sticker are equal outlines: that costs less than as many different ones.
    """
    left = sorted(range(len(outlines)), key=lambda index: -outlines[index].width * outlines[index].height)
    shapes = {outline: _Shape(outline) for outline in dict.fromkeys(outlines)}
    spectra = lru_cache(maxsize=KEPT)(_spectra)
    sheets = []
    while left:
        page = _Page(sheet, taken, spectra)
        for index in left:
            page.add(index, shapes[outlines[index]])
        placed = {placement.index for placement in page.placements}
        if not placed:
            raise DoesNotFit(left[0])
        sheets.append(page.placements)
        left = [index for index in left if index not in placed]
    return sheets


class _Shape:
    """An outline, the cells it takes in each rotation, and the side of the largest square among them."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.cells = [np.rot90(_cells(outline), -quarters) for quarters in ROTATIONS]
        self.heart = _largest_square(~self.cells[0])


def _spectra(shape: _Shape, size: tuple[int, int]) -> list[Spectrum]:
    """Of each rotation on a grid of that size, conjugate, so that a product is a correlation."""
    return [np.conj(np.fft.rfft2(cells.astype(np.float32), size)) for cells in shape.cells]


def _cells(outline: Outline) -> Cells:
    """Every cell that the shape grown by half the gap touches, with the shape in the middle."""
    columns, rows = (math.ceil(round((side + GAP) / CELL, 6)) for side in (outline.width, outline.height))
    image = Image.new("1", (columns * FINE, rows * FINE))
    pen = ImageDraw.Draw(image)
    for contour in outline.contours:
        dots = _dots(contour + _before(outline.width, outline.height, (rows, columns)))
        pen.polygon(dots, fill=1)
        pen.line(dots + dots[:2], fill=1, width=math.ceil(GAP / CELL * FINE) + 1, joint="curve")
    dotted = np.asarray(image, np.uint8).reshape(rows, FINE, columns, FINE)
    touched: Cells = dotted.max(axis=(1, 3)) > 0
    return touched


def _largest_square(used: Cells) -> int:
    """The side of the largest square of free cells."""
    sums = np.zeros((used.shape[0] + 1, used.shape[1] + 1), np.int32)
    used.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, out=sums[1:, 1:])
    return bisect_left(range(1, min(used.shape) + 1), True, key=lambda side: not _has_square(sums, side))


def _has_square(sums: NDArray[np.int32], side: int) -> bool:
    """Whether a square of that side holds no used cell, by the counts of used cells above and left of each corner."""
    held = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return not held.all()


def _before(width: float, height: float, cells: tuple[int, int]) -> tuple[float, float]:
    """Inches between the first cell's corner and the box in the middle of that many rows and columns of cells."""
    rows, columns = cells
    return (columns * CELL - width) / 2, (rows * CELL - height) / 2


def _dots(contour: Points) -> list[tuple[float, float]]:
    return [(x, y) for x, y in (contour * (FINE / CELL)).tolist()]


@dataclass
class _Page:
    sheet: Sheet
    taken: Sequence[Box]
    spectra: Callable[[_Shape, tuple[int, int]], list[Spectrum]]
    placements: list[Placement] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Half a gap hangs over the edge, since there is no neighbour.
        self._origin = self.sheet.margin - GAP / 2
        columns, rows = (math.floor(round((side + GAP) / CELL, 6)) for side in self.sheet.printable)
        self._used: Grid = np.zeros((_quick(rows), _quick(columns)), np.float32)
        self._used[rows:] = self._used[:, columns:] = 1
        for box in self.taken:
            self._take(box)
        self._refused: set[_Shape] = set()
        self._look()

    def _look(self) -> None:
        self._spectrum = np.fft.rfft2(self._used)
        self._room = _largest_square(self._used > 0.5)

    def _take(self, box: Box) -> None:
        left, top = (max(math.floor((edge - GAP / 2 - self._origin) / CELL), 0) for edge in (box.left, box.top))
        right, bottom = (max(math.ceil((edge + GAP / 2 - self._origin) / CELL), 0) for edge in (box.right, box.bottom))
        self._used[top:bottom, left:right] = 1

    def add(self, index: int, shape: _Shape) -> None:
        """Places it, unless there is no room; a shape that found none once is not looked at again.

        On a nearly full page most find none: their largest square tells most of them in a fraction of the time.
        """
        if shape in self._refused or shape.heart > self._room:
            return
        spectra = self.spectra(shape, (self._used.shape[0], self._used.shape[1]))
        places = [self._place(cells, spectrum) for cells, spectrum in zip(shape.cells, spectra, strict=True)]
        quarters = min(ROTATIONS, key=lambda turn: places[turn][0])
        cost, row, column = places[quarters]
        if cost == math.inf:
            self._refused.add(shape)
            return
        cells = shape.cells[quarters]
        self._used[row : row + cells.shape[0], column : column + cells.shape[1]] += cells
        self._look()
        across, down = _before(*shape.outline.sides(quarters), (cells.shape[0], cells.shape[1]))
        left, top = self._origin + column * CELL + across, self._origin + row * CELL + down
        self.placements.append(Placement(index, left, top, quarters))

    def _place(self, cells: Cells, conjugate: Spectrum) -> tuple[float, int, int]:
        """The cheapest free row and column, infinitely dear when there is none."""
        height, width = cells.shape
        rows, columns = self._used.shape[0] - height + 1, self._used.shape[1] - width + 1
        if rows < 1 or columns < 1:
            return math.inf, 0, 0
        # How many used cells the shape would cover, for all places at once: a correlation, by its spectrum.
        covered = np.fft.irfft2(self._spectrum * conjugate, self._used.shape)[:rows, :columns]
        down, right = np.ogrid[height : height + rows, width : width + columns]
        cost = np.where(covered < 0.5, down + SLANT * right, np.inf)
        row, column = divmod(int(cost.argmin()), columns)
        return float(cost[row, column]), row, column


def _quick(size: int) -> int:
    """The next size of no other prime factors than 2, 3 and 5, whose transform is fast."""
    while True:
        rest = size
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return size
        size += 1
