"""The listing's pictures: the sticker laid on each template of `assets/mockups/`, under that template's own light."""

import functools
import io
import math
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .decode import decode
from .mockup_templates import FOLDER, Place, Template, load

CELLS = 40  # the warp is exact at the corners of a grid this fine
SMOOTH = 2  # a slanted or bent sticker is drawn this many times larger and averaged, lest it alias
QUALITIES = (90, 80, 65, 50, 35, 20)
MOST_BYTES = 1_000_000
CONTACT, SOFTNESS, DROP = 2, 8, (3, 6)  # pixels: blur of the shadow right under the edge, of the wider one, its fall
RIM = 2  # pixels of vinyl seen from the side
RIM_SHADE, RIM_SHINE = 44, 40  # levels by which the rim is darker below and lighter above
MOST_GLOSS = 90

Box = tuple[int, int, int, int]
Floats = NDArray[np.float64]


def listing_images(print_png: bytes, sizes: Collection[int] = (3, 4)) -> list[tuple[str, bytes]]:
    """Name and JPEG of each template with the sticker of that print file, in the templates' order. Raises BadImage.

    `sizes` are the inches it is sold in.
    """
    sticker = decode(print_png).convert("RGBA")
    return [(template.name, _jpeg(_filled(template, sticker, sizes))) for template in _templates(FOLDER)]


@functools.cache
def _templates(folder: Path) -> tuple[Template, ...]:
    return load(folder)


@functools.cache
def _scene(picture: Path) -> Image.Image:
    with Image.open(picture) as image:
        return image.convert("RGB")


def _filled(template: Template, sticker: Image.Image, sizes: Collection[int]) -> Image.Image:
    scene = _scene(template.picture).copy()
    for place in template.places:
        if place.inches is None or place.inches in sizes:
            _lay(sticker, scene, template.picture, place)
    return scene


def _lay(sticker: Image.Image, scene: Image.Image, picture: Path, place: Place) -> None:
    box = _box(place)
    laid = _laid(sticker, place, box)
    cover = laid.getchannel("A")
    patch = scene.crop(box)
    patch.paste((16, 16, 20), mask=_shadow(cover, place.shadow))
    patch.paste(_rimmed(_lit(laid.convert("RGB"), *_light(picture, place)), cover), mask=cover)
    scene.paste(patch, box[:2])


def _box(place: Place) -> Box:
    """The square's surroundings, with room for its shadow and for the sag of a bent one."""
    xs, ys = zip(*place.corners, strict=True)
    room = 4 * SOFTNESS
    sag = max(map(abs, place.sag)) * (max(ys) - min(ys))
    return (
        math.floor(min(xs)) - room, math.floor(min(ys) - sag) - room,
        math.ceil(max(xs)) + room, math.ceil(max(ys) + sag) + room,
    )  # fmt: skip


def _shadow(cover: Image.Image, strength: float) -> Image.Image:
    """Dark and narrow where the sticker touches, faint and wide where the light comes round it."""
    contact = cover.filter(ImageFilter.BoxBlur(CONTACT))
    fallen = ImageChops.offset(cover, *DROP).filter(ImageFilter.GaussianBlur(SOFTNESS))
    return ImageChops.lighter(contact, fallen).point([round(level * strength) for level in range(256)])


@functools.cache
def _light(picture: Path, place: Place) -> tuple[Image.Image, Image.Image]:
    """What the light of the template takes from white paper and what gloss it adds, for the place's box.

    Shade multiplies; light above the usual adds a gloss, since white vinyl cannot get whiter.
    """
    box = _box(place)
    grey = _scene(picture).crop(box).convert("L").filter(ImageFilter.GaussianBlur(14))
    square = Image.new("L", grey.size)
    ImageDraw.Draw(square).polygon([(x - box[0], y - box[1]) for x, y in place.corners], fill=255)
    usual = float(np.percentile(np.asarray(grey)[np.asarray(square) > 0], 70))
    share = [(max(level, 1) / usual) ** place.light for level in range(256)]
    shade = [round(white * min(1.0, lit)) for white in place.white for lit in share]
    gloss = [min(MOST_GLOSS, max(0, round(128 * (lit - 1)))) for lit in share]
    return Image.merge("RGB", [grey] * 3).point(shade), Image.merge("RGB", [grey.point(gloss)] * 3)


def _lit(colours: Image.Image, shade: Image.Image, gloss: Image.Image) -> Image.Image:
    return ImageChops.screen(ImageChops.multiply(colours, shade), gloss)


def _rimmed(sticker: Image.Image, cover: Image.Image) -> Image.Image:
    """The thickness of the vinyl: its edge catches the light above and to the left, and lacks it below."""
    above = ImageChops.subtract(cover, ImageChops.offset(cover, RIM, RIM))
    below = ImageChops.subtract(cover, ImageChops.offset(cover, -RIM, -RIM))
    shine = above.point([level * RIM_SHINE // 255 for level in range(256)])
    shade = below.point([level * RIM_SHADE // 255 for level in range(256)])
    return ImageChops.subtract(
        ImageChops.add(sticker, Image.merge("RGB", [shine] * 3)), Image.merge("RGB", [shade] * 3)
    )


def _laid(sticker: Image.Image, place: Place, box: Box) -> Image.Image:
    """The sticker as it lies, on a transparent patch of that box."""
    return _upright(sticker, place, box) if _is_upright(place) else _warped(sticker, place, box)


def _is_upright(place: Place) -> bool:
    """Whether it lies flat and straight on whole pixels, so that it need only be brought to size."""
    (left, top), (right, top2), (right2, bottom), (left2, bottom2) = place.corners
    straight = (left, top, right, bottom) == (left2, top2, right2, bottom2)
    return straight and not place.bend and all(float(edge).is_integer() for edge in (left, top, right, bottom))


def _upright(sticker: Image.Image, place: Place, box: Box) -> Image.Image:
    (left, top), _, (right, bottom), _ = place.corners
    patch = Image.new("RGBA", (box[2] - box[0], box[3] - box[1]))
    fitted = sticker.resize((int(right - left), int(bottom - top)), Image.Resampling.LANCZOS)
    patch.paste(fitted, (int(left) - box[0], int(top) - box[1]))
    return patch


def _warped(sticker: Image.Image, place: Place, box: Box) -> Image.Image:
    left, top, right, bottom = box
    size = ((right - left) * SMOOTH, (bottom - top) * SMOOTH)
    sides = zip(place.corners, place.corners[1:] + place.corners[:1], strict=True)
    finest = round(SMOOTH * max(math.dist(*side) for side in sides))
    if sticker.width > finest:
        sticker = sticker.resize((finest, finest), Image.Resampling.LANCZOS)
    cells = _cells(sticker.width, place, box)
    return sticker.transform(size, Image.Transform.MESH, cells, Image.Resampling.BILINEAR).reduce(SMOOTH)


def _cells(side: int, place: Place, box: Box) -> list[tuple[Box, tuple[float, ...]]]:
    """Each cell of the patch and its corners in the sticker, from the top left counter-clockwise, in pixels."""
    left, top, right, bottom = box
    x = np.linspace(0, (right - left) * SMOOTH, CELLS + 1).round()
    y = np.linspace(0, (bottom - top) * SMOOTH, CELLS + 1).round()
    across, down = np.meshgrid(left + x / SMOOTH, top + y / SMOOTH)
    seen = np.stack(_source(place, across, down), axis=-1) * side
    quads = np.concatenate([seen[:-1, :-1], seen[1:, :-1], seen[1:, 1:], seen[:-1, 1:]], axis=-1)
    return [
        ((int(x[j]), int(y[i]), int(x[j + 1]), int(y[i + 1])), tuple(quads[i, j].tolist()))
        for i in range(CELLS)
        for j in range(CELLS)
        if quads[i, j].max() > 0 and quads[i, j].min() < side
    ]


def _source(place: Place, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Which point of the sticker, as shares of its side, is seen at each point of the template."""
    a, b, c, d, e, f, g, h = _perspective(place.corners)
    depth = g * x + h * y + 1
    u, v = (a * x + b * y + c) / depth, (d * x + e * y + f) / depth
    if place.bend:
        sine = np.clip((2 * u - 1) * place.bend, -0.999, 0.999)
        ends = math.sqrt(1 - place.bend**2)
        hang = (np.sqrt(1 - sine * sine) - ends) / (1 - ends)
        top, bottom = place.sag
        v = (v - top * hang) / (1 + (bottom - top) * hang)
        u = (np.arcsin(sine) / math.asin(place.bend) + 1) / 2
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
