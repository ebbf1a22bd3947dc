"""From a picture on a plain background to what a print shop takes: print files, thumbnail and cut path."""

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .border import BORDER, FINE, MARGIN, Distances, distance_field, outline
from .components import Box, components
from .cutpath import cut_path_svg
from .decode import BadImage, decode
from .matte import Separation, matte, separate

__all__ = ["VERSION", "BadImage", "CutOut", "cut_out", "matte"]

VERSION = "2"  # part of the keys the files are stored under; raise it when their pixels change
DPI = 300
WHITE = 250  # darkest channel from which a pixel counts as white
LEAST_DRAWN = 0.02  # share of the canvas that must be drawn in something other than white
HOLE_LEAST = 1 / 400  # share of the canvas an enclosed area needs to count as a hole
PNG = {"compress_level": 2, "compress_type": Image.RLE}  # for drawings as small as level 6, in half the time
MOST_PRINT_BYTES = 2_000_000
TONES = (127, 63, 31)  # steps between black and white, ever fewer for a picture too busy to fit


@dataclass(frozen=True)
class CutOut:
    """Files of one design, its effective dots per inch, and what was measured, boxes in the original's pixels."""

    print_png: bytes
    thumbnail_png: bytes
    print_4in_png: bytes
    cut_path_svg: bytes
    dpi_3in: int
    dpi_4in: int
    report: dict[str, float]
    content: Box
    islands: tuple[Box, ...]


@dataclass(frozen=True)
class Layout:
    """The square of the original, in its pixels, that the sticker's canvas shows."""

    left: int
    top: int
    side: int


def cut_out(image: bytes) -> CutOut:
    """Everything made from one picture; a blank one gives blank files. Raises BadImage."""
    picture = decode(image)
    separation = separate(picture)
    content = _content(separation.alpha)
    layout = _layout(content)
    field = distance_field(np.asarray(_seen(Image.fromarray(separation.alpha), layout, FINE, 0)))
    pieces = _pieces(field, layout)
    art = Image.fromarray(separation.on_white)
    small = _sticker(art, layout, field, 3 * DPI)
    return CutOut(
        print_png=_print_png(small),
        thumbnail_png=_png(small.reduce(3), DPI // 3),
        print_4in_png=_print_png(_sticker(art, layout, field, 4 * DPI)),
        cut_path_svg=cut_path_svg(field),
        dpi_3in=layout.side // 3,
        dpi_4in=layout.side // 4,
        report=_measured(picture, separation, content, len(pieces)),
        content=content,
        islands=tuple(pieces[1:]),
    )


def _content(alpha: np.ndarray) -> Box:
    left, top, right, bottom = Image.fromarray((alpha >= 128).astype(np.uint8)).getbbox() or (0, 0, 0, 0)
    return left, top, right, bottom


def _layout(content: Box) -> Layout:
    left, top, right, bottom = content
    longest = max(right - left, bottom - top, 1)
    side = math.ceil(longest * FINE / (FINE - 2 * (BORDER + MARGIN)))
    return Layout((left + right - side) // 2, (top + bottom - side) // 2, side)


def _seen(image: Image.Image, layout: Layout, side: int, beyond: int | str) -> Image.Image:
    """The layout's square, `side` pixels square, with the colour `beyond` where the original ends."""
    canvas = Image.new(image.mode, (layout.side, layout.side), beyond)
    canvas.paste(image, (-layout.left, -layout.top))
    return canvas.resize((side, side), Image.Resampling.LANCZOS)


def _sticker(art: Image.Image, layout: Layout, field: Distances, side: int) -> Image.Image:
    sticker = _seen(art, layout, side, "white")
    sticker.putalpha(outline(field, side))
    return sticker


def _print_png(sticker: Image.Image) -> bytes:
    data = _png(sticker, DPI)
    for tones in TONES:
        if len(data) < MOST_PRINT_BYTES:
            break
        coarser = [round(round(level * tones / 255) * 255 / tones) for level in range(256)]
        data = _png(sticker.point(3 * coarser + list(range(256))), DPI)
    return data


def _png(image: Image.Image, dpi: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(dpi, dpi), **PNG)
    return file.getvalue()


def _pieces(field: Distances, layout: Layout) -> list[Box]:
    """Boxes of the parts that would fall apart when cut, the largest first."""
    parts = components(field <= BORDER)
    boxes, areas = parts.boxes(), parts.areas()
    scale = layout.side / len(field)
    return [_in_original(boxes[part], layout, scale) for part in np.argsort(-areas)]


def _in_original(box: Box, layout: Layout, scale: float) -> Box:
    left, top, right, bottom = (round(edge * scale) for edge in box)
    return left + layout.left, top + layout.top, right + layout.left, bottom + layout.top


def _measured(picture: Image.Image, separation: Separation, content: Box, pieces: int) -> dict[str, float]:
    alpha, opaque = separation.alpha, separation.alpha >= 128
    red, green, blue = (separation.on_white[..., channel] >= WHITE for channel in range(3))
    left, top, right, bottom = content
    aspect = {"aspect": round((right - left) / (bottom - top), 3)} if bottom > top else {}
    return {
        "width": picture.width,
        "height": picture.height,
        "opaque_share": round(float(opaque.mean()), 4),
        "transparent_share": round(float((alpha == 0).mean()), 4),
        "blank_share": round(_blank_share(alpha == 0, red & green & blue), 4),
        **aspect,
        "components": pieces,
        "holes": _holes(separation),
        "edge_pixels": int(_on_edge(opaque)),
        "faint_edge_share": round(separation.faint_share, 4),
        "sliver_share": round(separation.sliver_share, 4),
        "brightness": round(float(np.asarray(picture.convert("RGB")).max()) / 255, 3),
    }


def _blank_share(removed: NDArray[np.bool_], white: NDArray[np.bool_]) -> float:
    """What the background took away. White that an outline holds is body, unless there is next to nothing else."""
    drawn = float((~removed & ~white).mean())
    return float(removed.mean()) if drawn > LEAST_DRAWN else 1.0


def _holes(separation: Separation) -> int:
    """Areas of the background's colour inside the subject, which stay white."""
    areas = components(separation.enclosed).areas()
    return int((areas >= HOLE_LEAST * separation.enclosed.size).sum())


def _on_edge(opaque: np.ndarray) -> int:
    return int(opaque[[0, -1]].sum() + opaque[1:-1, [0, -1]].sum())
