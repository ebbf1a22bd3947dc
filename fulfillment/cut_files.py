"""What the cutter gets: the cut lines of a sheet and its registration marks, at the places where the PDF has them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .cut_lines import Points
from .nesting import Box, Sheet

UNITS = 72  # to the inch: also right for programs that pass over the file's inches and take its units for points
# Silhouette's and Graphtec's kind: a square and two angles, in three corners, so that a turned sheet is noticed.
SQUARE, ARM, THICK = 5 / 25.4, 15 / 25.4, 0.5 / 25.4  # inches
NO_ID = re.compile(r"[^A-Za-z0-9._]+")


@dataclass(frozen=True)
class Cut:
    """One sticker on a sheet: a name, and closed contours in inches from the sheet's top left corner."""

    name: str
    contours: tuple[Points, ...]


def registration_marks(sheet: Sheet) -> list[Box]:
    """A square at the top left, angles at the top right and the bottom left: black boxes in the margin's inner part."""
    near = sheet.margin - SQUARE
    right, bottom = sheet.width - near, sheet.height - near
    return [
        Box(near, near, near + SQUARE, near + SQUARE),
        Box(right - ARM, near, right, near + THICK),
        Box(right - THICK, near, right, near + ARM),
        Box(near, bottom - THICK, near + ARM, bottom),
        Box(near, bottom - ARM, near + THICK, bottom),
    ]


def cut_svg(sheet: Sheet, cuts: Iterable[Cut]) -> bytes:
    """An SVG of the sheet's true size: a path to cut for each sticker, and the marks, filled and not to be cut."""
    marks = "\n".join(_rect(box) for box in registration_marks(sheet))
    paths = "\n".join(f'<path id="{_id(cut.name)}" d="{_data(cut.contours)}"/>' for cut in cuts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{sheet.width:g}in" height="{sheet.height:g}in" '
        f'viewBox="0 0 {sheet.width * UNITS:g} {sheet.height * UNITS:g}">\n'
        f'<g id="registration-marks" fill="#000000" stroke="none">\n{marks}\n</g>\n'
        f'<g id="cut-lines" fill="none" stroke="#ff00ff" stroke-width="0.5">\n{paths}\n</g>\n</svg>\n'
    ).encode()


def _rect(box: Box) -> str:
    x, y, wide, high = (
        f"{side * UNITS:.3f}" for side in (box.left, box.top, box.right - box.left, box.bottom - box.top)
    )
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}"/>'


def _data(contours: Sequence[Points]) -> str:
    return "".join(
        "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in (points * UNITS).tolist()) + "Z" for points in contours
    )


def _id(name: str) -> str:
    """The name as XML takes it."""
    plain = NO_ID.sub("-", name)
    return plain if plain[:1].isalpha() else f"line-{plain}"
