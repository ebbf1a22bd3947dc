"""The listing's pictures: the sticker laid on each template of `assets/mockups/`, under that template's own light."""

import functools
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from .decode import decode

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "mockups"
CELLS = 24  # the warp is exact at the corners of a grid this fine
QUALITIES = (90, 80, 65, 50)
MOST_BYTES = 1_000_000
SOFTNESS = 6  # pixels the shadow is blurred by
DROP = (3, 6)  # where the shadow falls

Box = tuple[int, int, int, int]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Template:
    """`corners` are where the sticker's square comes to lie: top left, top right, bottom right, bottom left.

    `bend` is half the width over the radius of the upright cylinder it is wrapped on, 0 for a flat face and less
    than 1; `shadow` is how dark its shadow is, 0 to 1.
    """

    name: str
    picture: str
    corners: tuple[tuple[float, float], ...]
    bend: float
    shadow: float

    def box(self) -> Box:
        """The square's surroundings, with room for its shadow and for the sag of a bent one."""
        room = 4 * SOFTNESS
        xs, ys = zip(*self.corners, strict=True)
        left, top, right, bottom = int(min(xs)), int(min(ys)), int(max(xs)), int(max(ys))
        return left - room, top - room, right + room, bottom + 2 * room


def listing_images(print_png: bytes) -> list[tuple[str, bytes]]:
    """Name and JPEG of each template with the sticker of that print file, in the templates' order. Raises BadImage."""
    sticker = decode(print_png).convert("RGBA")
    return [(template.name, _jpeg(_placed(sticker, template))) for template in templates()]


@functools.cache
def templates() -> tuple[Template, ...]:
    return tuple(Template(**entry) for entry in json.loads((FOLDER / "templates.json").read_text()))


@functools.cache
def _scene(template: str) -> Image.Image:
    with Image.open(FOLDER / template) as picture:
        return picture.convert("RGB")


@functools.cache
def _light(picture: str, box: Box) -> Image.Image:
    """How much lighter or darker than its middle each spot of the template is, 128 being the same."""
    level = _scene(picture).crop(box).convert("L").filter(ImageFilter.GaussianBlur(14))
    usual = float(np.percentile(np.asarray(level), 70))
    return level.point([min(255, round(128 * shade / usual)) for shade in range(256)])


def _placed(sticker: Image.Image, template: Template) -> Image.Image:
    scene, box = _scene(template.picture).copy(), template.box()
    laid = _warped(sticker, template)
    cover = laid.getchannel("A")
    patch = scene.crop(box)
    fallen = ImageChops.offset(cover, *DROP).filter(ImageFilter.BoxBlur(SOFTNESS))
    patch.paste((20, 20, 24), mask=fallen.point([round(level * template.shadow) for level in range(256)]))
    patch.paste(_lit(laid.convert("RGB"), _light(template.picture, box)), mask=cover)
    scene.paste(patch, box[:2])
    return scene


def _lit(colours: Image.Image, light: Image.Image) -> Image.Image:
    """Shade multiplies; light above the usual adds a gloss, since white vinyl cannot get whiter."""
    shade = light.point([min(255, level * 2) for level in range(256)])
    gloss = light.point([min(110, max(0, level - 128)) for level in range(256)])
    shaded = ImageChops.multiply(colours, Image.merge("RGB", [shade] * 3))
    return ImageChops.screen(shaded, Image.merge("RGB", [gloss] * 3))


def _warped(sticker: Image.Image, template: Template) -> Image.Image:
    """The sticker as it lies, on a transparent patch of the template's box."""
    left, top, right, bottom = template.box()
    width, height = right - left, bottom - top
    if sticker.width > width:  # no finer than shown, lest the warp alias
        sticker = sticker.resize((width, width), Image.Resampling.LANCZOS)
    x = np.linspace(0, width, CELLS + 1).round()
    y = np.linspace(0, height, CELLS + 1).round()
    down, across = np.meshgrid(y, x, indexing="ij")
    u, v = _source(template, across + left, down + top)
    cells = [
        ((int(x[j]), int(y[i]), int(x[j + 1]), int(y[i + 1])), _quad(u * sticker.width, v * sticker.height, i, j))
        for i in range(CELLS)
        for j in range(CELLS)
    ]
    return sticker.transform((width, height), Image.Transform.MESH, cells, Image.Resampling.BILINEAR)


def _quad(u: Floats, v: Floats, i: int, j: int) -> tuple[float, ...]:
    """The source of one cell: its corners from the top left, counter-clockwise."""
    corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
    return tuple(float(value) for at in corners for value in (u[at], v[at]))


def _source(template: Template, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Which point of the sticker, as shares of its side, is seen at each point of the template."""
    a, b, c, d, e, f, g, h = _perspective(template.corners)
    depth = g * x + h * y + 1
    u, v = (a * x + b * y + c) / depth, (d * x + e * y + f) / depth
    if template.bend:
        sine = np.clip((2 * u - 1) * template.bend, -0.999, 0.999)
        # Seen from a little above, a level line round a cylinder sags in the middle.
        v = v - 0.06 * (np.sqrt(1 - sine * sine) - np.sqrt(1 - template.bend**2))
        u = (np.arcsin(sine) / np.arcsin(template.bend) + 1) / 2
    return u, v


def _perspective(corners: tuple[tuple[float, float], ...]) -> Floats:
    """The eight numbers that bring the corners to (0, 0), (1, 0), (1, 1) and (0, 1)."""
    rows, goals = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        goals += [u, v]
    return np.linalg.solve(np.array(rows, dtype=float), np.array(goals, dtype=float))


def _jpeg(image: Image.Image) -> bytes:
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        if file.tell() < MOST_BYTES:
            break
    return file.getvalue()
