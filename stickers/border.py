"""The white die-cut border: distance from the design, even in width, with round joins."""

from typing import Any

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
    field: Distances = distance.reshape(GRID, 2, GRID, 2).mean(axis=(1, 3), dtype=np.float32)
    return field


def _distances(mask: Mask, far: int) -> Distances:
    """Distance of every pixel to the nearest one of the mask, exact up to `far` and no more than that."""
    square = np.minimum(_rows_away(mask, far), far).astype(np.uint16) ** 2
    least = square.copy()
    for step in range(1, far):
        stepped = square + np.uint16(step * step)
        np.minimum(least[:, step:], stepped[:, :-step], out=least[:, step:])
        np.minimum(least[:, :-step], stepped[:, step:], out=least[:, :-step])
    return np.sqrt(np.minimum(least, far * far), dtype=np.float32)


def _rows_away(mask: Mask, far: int) -> NDArray[np.int16]:
    """Distance to the nearest pixel of the mask in the same column."""
    row = np.arange(len(mask), dtype=np.int16)[:, None]
    above = np.maximum.accumulate(np.where(mask, row, np.int16(-far)), axis=0)
    below = np.minimum.accumulate(np.where(mask, row, np.int16(len(mask) + far))[::-1], axis=0)[::-1]
    away: NDArray[Any] = np.minimum(row - above, below - row)
    return away


def outline(field: Distances, side: int) -> Image.Image:
    """The sticker's anti-aliased opacity, `side` pixels square."""
    enlarged = np.asarray(Image.fromarray(field).resize((side, side), Image.Resampling.BICUBIC))
    cover = (BORDER - enlarged) * (side / FINE) + 0.5
    return Image.fromarray((np.clip(cover, 0, 1) * 255 + 0.5).astype(np.uint8))
