"""The line the knife follows: the outer contours of the die-cut border, as a closed SVG path at true size."""

import numpy as np
from numpy.typing import NDArray

from .border import BORDER, GRID, Distances

INCHES = 3  # the path is drawn for 3"; for another size it is scaled, since every size has the same outline
UNITS = 900  # of the viewBox, 300 to the inch

Point = tuple[float, float]
Edge = tuple[int, int, int]  # row, column, and 0 for the grid edge to the right or 1 for the one downwards


def cut_path_svg(field: Distances) -> bytes:
    """A path of one closed contour for each piece; without any for a blank design."""
    data = "".join(_subpath(contour) for contour in contours(field))
    path = f'<path d="{data}" fill="none" stroke="#ff00ff" stroke-width="1"/>' if data else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{INCHES}in" height="{INCHES}in" '
        f'viewBox="0 0 {UNITS} {UNITS}">{path}</svg>\n'
    ).encode()


def _subpath(contour: list[Point]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in contour) + "Z"


def contours(field: Distances) -> list[list[Point]]:
    """Closed lines where the field equals the border's width, in units of the viewBox."""
    level = np.pad(field, 1, constant_values=BORDER + 1) - np.float32(BORDER)
    following = _links(level <= 0)
    lines = []
    while following:
        first, edge = following.popitem()
        line = [first]
        while edge != first:
            line.append(edge)
            edge = following.pop(edge)
        lines.append([_crossing(level, edge) for edge in line])
    return lines


def _links(inside: NDArray[np.bool_]) -> dict[Edge, Edge]:
    """From each grid edge the contour crosses to the next one, with the inside on the right hand."""
    case = (inside[:-1, :-1] * 1 + inside[:-1, 1:] * 2 + inside[1:, 1:] * 4 + inside[1:, :-1] * 8).astype(np.uint8)
    links: dict[Edge, Edge] = {}
    for row, column in np.argwhere((case > 0) & (case < 15)).tolist():
        sides = ((row, column, 0), (row, column + 1, 1), (row + 1, column, 0), (row, column, 1))
        for enter, leave in TURNS[int(case[row, column])]:
            links[sides[enter]] = sides[leave]
    return links


TOP, RIGHT, BOTTOM, LEFT = range(4)
# By which corners are inside (1 top left, 2 top right, 4 bottom right, 8 bottom left): from side to side.
TURNS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((TOP, LEFT),),
    2: ((RIGHT, TOP),),
    3: ((RIGHT, LEFT),),
    4: ((BOTTOM, RIGHT),),
    5: ((TOP, LEFT), (BOTTOM, RIGHT)),
    6: ((BOTTOM, TOP),),
    7: ((BOTTOM, LEFT),),
    8: ((LEFT, BOTTOM),),
    9: ((TOP, BOTTOM),),
    10: ((RIGHT, TOP), (LEFT, BOTTOM)),
    11: ((RIGHT, BOTTOM),),
    12: ((LEFT, RIGHT),),
    13: ((TOP, RIGHT),),
    14: ((LEFT, TOP),),
}


def _crossing(level: Distances, edge: Edge) -> Point:
    row, column, down = edge
    here, there = float(level[row, column]), float(level[row + down, column + 1 - down])
    part = here / (here - there) if here != there else 0.5
    # The padding shifts by one, the pixel's centre back by a half.
    x, y = column + part * (1 - down) - 0.5, row + part * down - 0.5
    return x * UNITS / GRID, y * UNITS / GRID
