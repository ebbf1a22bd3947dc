"""Connected regions of a mask, found by its horizontal runs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
Box = tuple[int, int, int, int]  # left, top, right, bottom; the last two exclusive


@dataclass(frozen=True)
class Components:
    """Regions joined by sides, numbered from 0; `start` and `end` are flat positions in rows of `width + 1`."""

    shape: tuple[int, int]
    start: Ints
    end: Ints
    label: Ints
    count: int

    def areas(self) -> Ints:
        return np.bincount(self.label, weights=self.end - self.start, minlength=self.count).astype(np.int64)

    def boxes(self) -> list[Box]:
        stride = self.shape[1] + 1
        left, right = self._extreme(self.start % stride, self.end % stride)
        top, bottom = self._extreme(self.start // stride, self.start // stride + 1)
        return [(int(a), int(b), int(c), int(d)) for a, b, c, d in zip(left, top, right, bottom, strict=True)]

    def _extreme(self, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        least, most = np.full(self.count, np.iinfo(np.int64).max), np.zeros(self.count, np.int64)
        np.minimum.at(least, self.label, low)
        np.maximum.at(most, self.label, high)
        return least, most

    def at_border(self) -> Mask:
        """Which regions reach the outermost row or column."""
        stride = self.shape[1] + 1
        row = self.start // stride
        outer = (row == 0) | (row == self.shape[0] - 1) | (self.start % stride == 0) | (self.end % stride == stride - 1)
        touching = np.zeros(self.count, np.bool_)
        touching[self.label[outer]] = True
        return touching

    def paint(self, chosen: Mask) -> Mask:
        """The mask of the regions whose number is chosen."""
        height, width = self.shape
        runs = chosen[self.label]
        change = np.zeros(height * (width + 1), np.int8)
        change[self.start[runs]] = 1
        change[self.end[runs]] = -1
        painted: Mask = np.cumsum(change, dtype=np.int8).view(np.bool_).reshape(height, width + 1)[:, :width]
        return painted


def components(mask: Mask) -> Components:
    height, width = mask.shape
    flat = np.zeros((height, width + 1), np.bool_)
    flat[:, :width] = mask
    flat = flat.ravel()
    turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        turns = np.concatenate(([0], turns))
    start, end = turns[0::2], turns[1::2]
    roots = _join(len(start), *_overlaps(start, end, width + 1))
    names, label = np.unique(roots, return_inverse=True)
    return Components((height, width), start, end, label, len(names))


def _overlaps(start: Ints, end: Ints, stride: int) -> tuple[Ints, Ints]:
    """Pairs (run, run in the next row) that share a column."""
    first = np.searchsorted(end, start + stride, side="right")
    many = np.maximum(np.searchsorted(start, end + stride, side="left") - first, 0)
    upper = np.repeat(np.arange(len(start)), many)
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return upper, np.repeat(first, many) + within


def _join(count: int, one: Ints, other: Ints) -> Ints:
    """The least member of each run's group, by hooking roots together and flattening."""
    root: NDArray[Any] = np.arange(count)
    while True:
        low, high = np.minimum(root[one], root[other]), np.maximum(root[one], root[other])
        if np.array_equal(low, high):
            return root
        np.minimum.at(root, high, low)
        while not np.array_equal(root, flatter := root[root]):
            root = flatter


def filled(mask: Mask) -> Mask:
    """The mask with every region it encloses."""
    outside = components(~mask)
    return ~outside.paint(outside.at_border())
