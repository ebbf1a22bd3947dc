"""Outlined, cel-shaded vector shapes on a transparent canvas drawn larger than the final size."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

Points = NDArray[np.float64]
Colour = tuple[int, int, int]
Patch = tuple[Points, Colour]

CANVAS = 1792
# Shapes are placed on a board of 1000 units; a margin lets ears, hats and tilted things stick out.
MARGIN = 160
UNIT = CANVAS / (1000 + 2 * MARGIN)


def ellipse(cx: float, cy: float, rx: float, ry: float, turn: float = 0.0) -> Points:
    """`turn` is in degrees."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    return rotated(np.stack([cx + rx * np.cos(angle), cy + ry * np.sin(angle)], axis=1), cx, cy, turn)


def pudgy(cx: float, cy: float, rx: float, ry: float, square: float = 2.5) -> Points:
    """A superellipse: rounder than a box, boxier than an ellipse."""
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    power = 2 / square
    x = cx + rx * np.sign(cos) * np.abs(cos) ** power
    y = cy + ry * np.sign(sin) * np.abs(sin) ** power
    return np.stack([x, y], axis=1)


def rotated(points: Points, cx: float, cy: float, turn: float) -> Points:
    angle = np.deg2rad(turn)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray((points - (cx, cy)) @ matrix + (cx, cy), dtype=np.float64)


def knots(text: str) -> list[tuple[float, float]]:
    """Reads "x,y x,y ...", which is how outlines are written down here."""
    pairs = (pair.split(",") for pair in text.split())
    return [(float(x), float(y)) for x, y in pairs]


def smooth(*given: tuple[float, float]) -> Points:
    """A closed Catmull-Rom curve through the knots."""
    p = np.array(given, dtype=np.float64)
    before, after, later = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = np.linspace(0, 1, 10, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (x[:, None, :] for x in (before, p, after, later))
    curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    return np.asarray(curve.reshape(-1, 2) / 2, dtype=np.float64)


def corners(*given: tuple[float, float]) -> Points:
    return np.array(given, dtype=np.float64)


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> Points:
    """Open; degrees run clockwise from the right, as in ImageDraw."""
    angle = np.deg2rad(np.linspace(start, end, 24))
    return np.stack([cx + rx * np.cos(angle), cy + ry * np.sin(angle)], axis=1)


def bent(*given: tuple[float, float]) -> Points:
    """An open curve through three or more knots."""
    doubled = [given[0], *given, given[-1]]
    closed = smooth(*doubled)
    return closed[10 : 10 * (len(doubled) - 2) + 1]


def star(cx: float, cy: float, r: float, points: int = 5, depth: float = 0.5, turn: float = -90) -> Points:
    angle = np.deg2rad(turn) + np.arange(points * 2) * np.pi / points
    radius = np.where(np.arange(points * 2) % 2 == 0, r, r * depth)
    return np.stack([cx + radius * np.cos(angle), cy + radius * np.sin(angle)], axis=1)


def heart(cx: float, cy: float, r: float) -> Points:
    t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return np.stack([cx + x * r / 16, cy + y * r / 16], axis=1)


def mirrored(points: Points, axis: float = 500.0) -> Points:
    flipped = points.copy()
    flipped[:, 0] = 2 * axis - flipped[:, 0]
    return flipped


def tinted(colour: Colour, amount: float) -> Colour:
    """Towards white for amounts above 0, towards black below."""
    goal = 255 if amount > 0 else 0
    r, g, b = (round(c + (goal - c) * abs(amount)) for c in colour)
    return r, g, b


class Pen:
    """Draws in board units; `tilt` turns everything about the middle of the board, in degrees."""

    def __init__(self, ink: Colour, width: float, tilt: float = 0.0) -> None:
        self.ink = ink
        self.width = width
        self.tilt = tilt
        # Transparent ink, not transparent black, so that shrinking leaves no foreign fringe.
        self.image = Image.new("RGBA", (CANVAS, CANVAS), (*ink, 0))
        self._draw = ImageDraw.Draw(self.image)

    def _place(self, points: Points) -> Points:
        return (rotated(points, 500, 500, self.tilt) + MARGIN) * UNIT

    def stroke(self, points: Points, width: float | None = None, colour: Colour | None = None) -> None:
        """An open line with round ends."""
        placed = self._place(points)
        thick = (width or self.width) * UNIT
        self._draw.line([tuple(p) for p in placed], fill=colour or self.ink, width=round(thick), joint="curve")
        for x, y in (placed[0], placed[-1]):
            r = thick / 2 - 0.5
            self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour or self.ink)

    def fill(self, points: Points, colour: Colour) -> None:
        self._draw.polygon([tuple(p) for p in self._place(points)], fill=colour)

    def rope(self, points: Points, width: float, colour: Colour) -> None:
        """A thick outlined line: arms, legs, tails, handles."""
        self.stroke(points, width + 2 * self.width)
        self.stroke(points, width, colour)

    def shape(self, parts: Points | Sequence[Points], fill: Colour, patches: Sequence[Patch] = ()) -> None:
        """One silhouette of one or more parts: outline around the union, patches and shading inside it."""
        placed = [self._place(p) for p in ([parts] if isinstance(parts, np.ndarray) else parts)]
        for part in placed:
            self._outline(part)
        low = np.floor(np.min([p.min(axis=0) for p in placed], axis=0)).clip(0, CANVAS - 2)
        high = np.ceil(np.max([p.max(axis=0) for p in placed], axis=0)).clip(low + 1, CANVAS)
        width, height = (int(v) for v in high - low)
        mask = Image.new("L", (width, height))
        stencil = ImageDraw.Draw(mask)
        for part in placed:
            stencil.polygon([tuple(p) for p in part - low], fill=255)
        tile = Image.new("RGB", (width, height), fill)
        brush = ImageDraw.Draw(tile)
        for patch, colour in patches:
            brush.polygon([tuple(p) for p in self._place(patch) - low], fill=colour)
        _shade(tile, mask)
        self.image.paste(tile, (int(low[0]), int(low[1])), mask)

    def _outline(self, placed: Points) -> None:
        loop = [tuple(p) for p in placed]
        thick = round(2 * self.width * UNIT)
        self._draw.line([*loop, *loop[:2]], fill=self.ink, width=thick, joint="curve")
        self._draw.polygon(loop, fill=self.ink)


def _shade(tile: Image.Image, mask: Image.Image) -> None:
    """A dark crescent at the lower right and a light rim at the upper left, following the silhouette."""
    reach = max(8, round(min(tile.size) * 0.085))
    dark = ImageChops.multiply(tile, Image.new("RGB", tile.size, (226, 206, 224)))
    tile.paste(dark, mask=_crescent(mask, -reach // 2, -reach))
    light = ImageChops.screen(tile, Image.new("RGB", tile.size, (62, 58, 50)))
    tile.paste(light, mask=_crescent(mask, reach // 3, reach // 2))


def _crescent(mask: Image.Image, dx: int, dy: int) -> Image.Image:
    moved = Image.new("L", mask.size)
    moved.paste(mask, (dx, dy))
    return ImageChops.subtract(mask, moved)
