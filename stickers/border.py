"""The white die-cut border: distance from the design, even in width, with round joins."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .components import Mask, filled

Distances = NDArray[np.float32]

GRID = 450  # the distance field's side; smooth enough to be enlarged to any print size
FINE = 2 * GRID  # the side at which distances are measured, and their unit: 1/300 inch on a 3" sticker
BORDER = 24  # 0.08 inch
MARGIN = 9  # 0.03 inch of clear canvas outside the cut line


def distance_field(design: NDArray[np.uint8]) -> Distances:
    """GRID by GRID distances from a FINE by FINE opacity; 0 in the design and all it encloses, even once outlined."""
    far = BORDER + 6
    distance = _distances(design >= 128, far)
    distance[filled(distance <= BORDER) & (distance > BORDER)] = 0
    return np.asarray(Image.fromarray(distance).reduce(FINE // GRID))


def _distances(mask: Mask, far: int) -> Distances:
    """Distance of every pixel to the nearest one of the mask, exact up to `far` and no more than that."""
    # Turned, so that a step across is a step of whole rows.
    square = np.ascontiguousarray(_rows_away(mask, far).T).astype(np.uint16) ** 2
    least, stepped = square.copy(), np.empty_like(square)
    for step in range(1, far):
        np.add(square, np.uint16(step * step), out=stepped)
        np.minimum(least[step:], stepped[:-step], out=least[step:])
        np.minimum(least[:-step], stepped[step:], out=least[:-step])
    return np.sqrt(np.ascontiguousarray(least.T), dtype=np.float32)


def _rows_away(mask: Mask, far: int) -> NDArray[np.uint8]:
    """Distance to the nearest pixel of the mask in the same column, no more than `far`."""
    away = np.where(mask, np.uint8(0), np.uint8(far))
    for rows in (away, away[::-1]):
        for before, row in pairwise(rows):
            np.minimum(row, before + np.uint8(1), out=row)
    return away


def outline(field: Distances, side: int) -> Image.Image:
    """The sticker's anti-aliased opacity, `side` pixels square."""
    # In levels beyond 0 and 255, which Pillow clips once they are enlarged.
    level = ((BORDER - field) * np.float32(side / FINE) + np.float32(0.5)) * 255 + np.float32(0.5)
    return Image.fromarray(level).resize((side, side), Image.Resampling.BICUBIC).convert("L")
