"""Is a bought picture fit to become a sticker: each check a number against its limit, drawn where it failed."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from .components import Box
from .cutout import MOST_PRINT_BYTES, CutOut
from .decode import BadImage, decode

SIDE = 1024
LEAST_BYTES, MOST_BYTES = 50_000, 5_000_000
LEAST_TRANSPARENT = 0.01  # below a hundredth of the canvas no background was found
MOST_BLANK = 0.80
LEAST_ASPECT, MOST_ASPECT = 0.5, 2.0
DARK = 0.06  # brightest level of a safety filter's black frame, as a share of white
INK = "#e6007e"


@dataclass(frozen=True)
class Failure:
    """A check that did not hold: its name, the limit in words, and the number measured."""

    name: str
    limit: str
    number: float


@dataclass(frozen=True)
class Report:
    failures: tuple[Failure, ...]
    numbers: dict[str, float]
    content: Box
    islands: tuple[Box, ...]

    @property
    def ok(self) -> bool:
        return not self.failures


def check(original: bytes, cut: CutOut) -> Report:
    """Judge a picture and what was cut from it. Raises BadImage when the original cannot be read."""
    width, height = _size(original)
    numbers = {
        "width": width,
        "height": height,
        "bytes": len(original),
        "print_bytes": max(len(cut.print_png), len(cut.print_4in_png)),
        "dpi_3in": cut.dpi_3in,
        "dpi_4in": cut.dpi_4in,
        **cut.report,
    }
    return Report(tuple(_failures(numbers)), numbers, cut.content, cut.islands)


def _size(original: bytes) -> tuple[int, int]:
    try:
        return Image.open(io.BytesIO(original)).size
    except OSError as error:
        raise BadImage("the file cannot be read as a picture") from error


def _failures(n: dict[str, float]) -> Iterator[Failure]:
    if (n["width"], n["height"]) != (SIDE, SIDE):
        off = max(n["width"], n["height"], key=lambda side: abs(side - SIDE))
        yield Failure("wrong_size", f"{SIDE} by {SIDE} pixels", off)
    if not LEAST_BYTES <= n["bytes"] <= MOST_BYTES:
        yield Failure("file_size", "50 KB to 5 MB", n["bytes"])
    if n["transparent_share"] < LEAST_TRANSPARENT:
        yield Failure("no_transparency", f"at least {LEAST_TRANSPARENT:.0%} transparent", n["transparent_share"])
    if n["blank_share"] > MOST_BLANK:
        yield Failure("mostly_blank", f"at most {MOST_BLANK:.0%} blank", n["blank_share"])
    if n["components"] and not LEAST_ASPECT <= n["aspect"] <= MOST_ASPECT:
        yield Failure("aspect_ratio", f"{LEAST_ASPECT} to {MOST_ASPECT}", n["aspect"])
    if n["edge_pixels"]:
        yield Failure("touches_edge", "no pixel on the canvas edge", n["edge_pixels"])
    if n["components"] > 1:
        yield Failure("stray_islands", "one piece", n["components"])
    if n["brightness"] <= DARK:
        yield Failure("black_frame", f"brighter than {DARK:.0%}", n["brightness"])
    if n["print_bytes"] > MOST_PRINT_BYTES:
        yield Failure("print_file_size", "at most 2 MB", n["print_bytes"])


def draw(original: bytes, report: Report) -> bytes:
    """The original as PNG, with the failures written on it and drawn where they happened."""
    picture = decode(original)
    paper = Image.new("RGBA", picture.size, "white")
    picture = Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    pen = ImageDraw.Draw(picture)
    unit = max(picture.width, picture.height) / SIDE
    for box in _marked(report, picture.size):
        pen.rectangle(_ordered(box), outline=INK, width=max(1, round(6 * unit)))
    for line, failure in enumerate(report.failures):
        _write(pen, (12 * unit, (12 + 40 * line) * unit), f"{failure.name}: {failure.number:g} ({failure.limit})", unit)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=2)
    return file.getvalue()


def _marked(report: Report, size: tuple[int, int]) -> Iterator[Box]:
    names = {failure.name for failure in report.failures}
    if "stray_islands" in names:
        yield from report.islands
    if names & {"aspect_ratio", "mostly_blank"} and report.content != (0, 0, 0, 0):
        yield report.content
    if names & {"touches_edge", "black_frame", "no_transparency", "wrong_size"}:
        yield 0, 0, *size


def _ordered(box: Box) -> Box:
    """Box for a pen that counts the last pixel in."""
    return box[0], box[1], max(box[2] - 1, box[0]), max(box[3] - 1, box[1])


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, unit: float) -> None:
    size = max(8.0, 28 * unit)
    pen.rectangle(pen.textbbox(at, text, font_size=size), fill="white")
    pen.text(at, text, fill=INK, font_size=size)
