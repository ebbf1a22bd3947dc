"""Is a bought picture fit to become a sticker: each check a number against its limit, drawn where it failed."""

import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw

from .components import Box
from .cutout import MOST_PRINT_BYTES, CutOut
from .decode import decode

SIDE = 1024
INK = "#e6007e"


@dataclass(frozen=True)
class Rule:
    """What one of the measured numbers may be, `least` and `most` included."""

    name: str
    label: str
    measures: str
    limit: str
    least: float = -math.inf
    most: float = math.inf


RULES = (
    Rule("wrong_size", "Side of the picture", "side", f"{SIDE} by {SIDE} pixels", least=SIDE, most=SIDE),
    Rule("file_size", "Bytes of the picture", "bytes", "50 KB to 5 MB", least=50_000, most=5_000_000),
    # Below a hundredth of the canvas no background was found.
    Rule("no_transparency", "Transparent share", "transparent_share", "at least 1% transparent", least=0.01),
    Rule("mostly_blank", "Blank share", "blank_share", "at most 80% blank", most=0.80),
    Rule("aspect_ratio", "Width to height", "aspect", "0.5 to 2.0", least=0.5, most=2.0),
    Rule("touches_edge", "Pixels on the canvas edge", "edge_pixels", "no pixel on the canvas edge", most=0),
    Rule("stray_islands", "Separate pieces", "components", "one piece", most=1),
    # Sound pictures have at most 0.10, ones that the flood broke into 0.16 and more: docs/cutout.md.
    Rule("faint_edge", "Edge lost in shadow", "sliver_share", "at most 13% of the edge in grey lines", most=0.13),
    # A safety filter answers with a black frame.
    Rule("black_frame", "Brightest level", "brightness", "brighter than 6%", least=0.061),
    Rule("print_file_size", "Bytes of the print file", "print_bytes", "at most 2 MB", most=MOST_PRINT_BYTES),
)


@dataclass(frozen=True)
class Check:
    """A number measured against its limit: `name` for programs, `label` and `limit` in the operator's words."""

    name: str
    label: str
    number: float
    limit: str
    ok: bool

    @property
    def told(self) -> str:
        """The number as its limit is told: in percent, or else whole ones with their thousands apart."""
        if "%" in self.limit:
            return f"{100 * self.number:.4g}%"
        return f"{self.number:,.0f}" if self.number == int(self.number) else f"{self.number:.4g}"


@dataclass(frozen=True)
class Report:
    """Every check, held or not, in a fixed order; boxes in the original's pixels."""

    checks: tuple[Check, ...]
    numbers: dict[str, float]
    content: Box
    islands: tuple[Box, ...]

    @property
    def failures(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.ok)

    @property
    def ok(self) -> bool:
        return not self.failures


def check(original: bytes, cut: CutOut) -> Report:
    """Judge a picture and what was cut from it."""
    sides = (cut.report["width"], cut.report["height"])
    numbers = {
        "side": max(sides, key=lambda side: abs(side - SIDE)),
        "bytes": len(original),
        "print_bytes": max(len(cut.print_png), len(cut.print_4in_png)),
        "dpi_3in": cut.dpi_3in,
        "dpi_4in": cut.dpi_4in,
        **cut.report,
    }
    return Report(checks(numbers), numbers, cut.content, cut.islands)


def checks(numbers: Mapping[str, float]) -> tuple[Check, ...]:
    """The checks for these numbers, for instance a Generation's stored ones; without its number there is no check."""
    return tuple(_judged(rule, numbers[rule.measures]) for rule in RULES if rule.measures in numbers)


def _judged(rule: Rule, number: float) -> Check:
    return Check(rule.name, rule.label, number, rule.limit, ok=rule.least <= number <= rule.most)


def draw(original: bytes, report: Report) -> bytes:
    """The original as PNG, with the failures written and drawn where they happened. Raises BadImage."""
    picture = decode(original)
    paper = Image.new("RGBA", picture.size, "white")
    picture = Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    pen = ImageDraw.Draw(picture)
    unit = max(picture.width, picture.height) / SIDE
    for box in _marked(report, picture.size):
        pen.rectangle(_ordered(box), outline=INK, width=max(1, round(6 * unit)))
    for line, failure in enumerate(report.failures):
        words = f"{failure.label}: {failure.told} ({failure.limit})"
        _write(pen, (12 * unit, (12 + 40 * line) * unit), words, unit)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=2)
    return file.getvalue()


def _marked(report: Report, size: tuple[int, int]) -> Iterator[Box]:
    names = {failure.name for failure in report.failures}
    if "stray_islands" in names:
        yield from report.islands
    if names & {"aspect_ratio", "mostly_blank"} and report.content != (0, 0, 0, 0):
        yield report.content
    if names & {"touches_edge", "black_frame", "no_transparency", "wrong_size", "faint_edge"}:
        yield 0, 0, *size


def _ordered(box: Box) -> Box:
    """Box for a pen that counts the last pixel in."""
    return box[0], box[1], max(box[2] - 1, box[0]), max(box[3] - 1, box[1])


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, unit: float) -> None:
    size = max(8.0, 28 * unit)
    pen.rectangle(pen.textbbox(at, text, font_size=size), fill="white")
    pen.text(at, text, fill=INK, font_size=size)
