"""A sticker's cut line at true size: read from its file, thinned to what a knife can follow, turned by quarters."""

import hashlib
import re
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray

Points = NDArray[np.float64]  # n × 2, inches, closed without repeating the first

FINEST = 0.001  # inch a thinned line may leave the drawn one: a tenth of what the best plotters repeat
NUMBER = r"-?\d+(?:\.\d+)?"
SUBPATH = re.compile(rf"M({NUMBER} {NUMBER}(?:L{NUMBER} {NUMBER})+)Z")


class Unreadable(ValueError):
    """The file holds no closed line."""


@dataclass(frozen=True)
class Outline:
    """Contours in inches from the top left of their common box, whose long side is the sticker's size.

    The picture is a square of `picture` inches whose top left corner lies at `offset`, since it is a little larger.
    Outlines are equal when `file`, the digest of what they were read from, and sides are.
    """

    file: str
    contours: tuple[Points, ...] = field(compare=False)
    width: float
    height: float
    picture: float
    offset: tuple[float, float]

    def sides(self, quarters: int) -> tuple[float, float]:
        """Width and height after that many quarter turns."""
        return (self.width, self.height) if quarters % 2 == 0 else (self.height, self.width)

    def turned(self, quarters: int) -> tuple[Points, ...]:
        """The contours after that many quarter turns clockwise, from the top left of their turned box."""
        return tuple(_turned(points, quarters, self.width, self.height) for points in self.contours)


def read(svg: bytes, inches: float) -> Outline:
    """The cut line of a sticker whose long side is to measure `inches`. Raises Unreadable."""
    contours, side = _drawn(svg)
    low = np.min([points.min(axis=0) for points in contours], axis=0)
    high = np.max([points.max(axis=0) for points in contours], axis=0)
    if not (high - low).min() > 0:
        raise Unreadable("the cut line encloses nothing")
    scale = inches / float((high - low).max())
    width, height = ((high - low) * scale).tolist()
    placed = tuple(_thinned((points - low) * scale) for points in contours)
    left, top = (-low * scale).tolist()
    return Outline(hashlib.sha256(svg).hexdigest(), placed, width, height, side * scale, (left, top))


def _drawn(svg: bytes) -> tuple[list[Points], float]:
    """Contours in units of the viewBox, and its side."""
    try:
        root = fromstring(svg)
        side = float(root.get("viewBox", "").split()[2])
    except (ParseError, DefusedXmlException, IndexError, ValueError) as error:
        raise Unreadable("the cut line's file is damaged") from error
    path = root.find("{http://www.w3.org/2000/svg}path")
    data = "" if path is None else path.get("d", "")
    if not data or SUBPATH.sub("", data):
        raise Unreadable("the file holds no closed cut line")
    contours = [
        np.array([pair.split() for pair in subpath.split("L")], np.float64) for subpath in SUBPATH.findall(data)
    ]
    return contours, side


def _turned(points: Points, quarters: int, width: float, height: float) -> Points:
    x, y = points.T
    turns = ((x, y), (height - y, x), (width - x, height - y), (y, width - x))
    return np.column_stack(turns[quarters % 4])


def _thinned(points: Points) -> Points:
    """Ramer, Douglas and Peucker's line. The box keeps its sides: the outermost points always stay."""
    corners = sorted({int(index) for axis in points.T for index in (axis.argmin(), axis.argmax())})
    closed = np.vstack([points, points[:1]])
    kept = np.zeros(len(closed), bool)
    kept[[0, *corners]] = True
    ends = [0, *corners, len(points)]
    spans = [(start, end) for start, end in pairwise(ends) if end - start > 1]
    while spans:
        start, end = spans.pop()
        away = _distances(closed[start + 1 : end], closed[start], closed[end])
        farthest = int(away.argmax())
        if away[farthest] > FINEST:
            middle = start + 1 + farthest
            kept[middle] = True
            spans += [span for span in ((start, middle), (middle, end)) if span[1] - span[0] > 1]
    return points[kept[:-1]]


def _distances(points: Points, start: Points, end: Points) -> NDArray[np.float64]:
    along = end - start
    length = float(np.hypot(*along))
    off = points - start
    if not length:
        return np.hypot(off[:, 0], off[:, 1])
    across: NDArray[np.float64] = np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]) / length
    return across
