"""Nesting and cut lines, on shapes that nobody drew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fulfillment import cut_lines, gang_sheets
from fulfillment.cut_lines import FINEST, Outline, Unreadable
from fulfillment.gang_sheets import Art, Wanted
from fulfillment.nesting import GAP, LETTER, Box, DoesNotFit, Sheet, nest

from .sheet_art import cut

SMALL = Sheet("small", 6, 7, 0.4)


def svg(points: NDArray[np.float64]) -> bytes:
    data = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 900"><path d="M{data}Z"/></svg>'.encode()


def star(radii: list[int], stretch: float) -> bytes:
    """A closed line around a centre, as far from it in each direction as told."""
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    away = np.array(radii, float)
    return svg(np.column_stack([450 + away * np.cos(angles), 450 + stretch * away * np.sin(angles)]))


stars = st.builds(star, st.lists(st.integers(60, 430), min_size=3, max_size=12), st.sampled_from([0.3, 0.7, 1.0]))
outlines = st.builds(cut_lines.read, stars, st.sampled_from([1.0, 2.0, 3.0]))


def ink(outline: Outline, quarters: int, left: float, top: float, grown: float) -> NDArray[np.uint8]:
    """The shape on its sheet at 100 dots per inch, with a rim of that many inches."""
    image = Image.new("L", (int(SMALL.width * 100), int(SMALL.height * 100)))
    pen = ImageDraw.Draw(image)
    for contour in outline.turned(quarters):
        dots = [(x, y) for x, y in ((contour + np.array([left, top])) * 100).tolist()]
        pen.polygon(dots, fill=1)
        pen.line(dots + dots[:2], fill=1, width=max(1, int(grown * 200)), joint="curve")
    return np.asarray(image)


@settings(max_examples=25)
@given(st.lists(outlines, min_size=1, max_size=9))
def test_each_shape_is_placed_once_inside_the_margin_and_apart(shapes: list[Outline]) -> None:
    pages = nest(shapes, SMALL)
    placed = [placement for page in pages for placement in page]
    assert sorted(placement.index for placement in placed) == list(range(len(shapes)))
    for page in pages:
        covered = np.zeros((700, 600), np.uint8)
        for one in page:
            shape = shapes[one.index]
            wide, high = shape.sides(one.quarters)
            assert one.left >= 0.4 - 1e-9
            assert one.top >= 0.4 - 1e-9
            assert one.left + wide <= 5.6 + 1e-9
            assert one.top + high <= 6.6 + 1e-9
            covered += ink(shape, one.quarters, one.left, one.top, GAP / 2 - 0.01)
        assert covered.max() == 1, "shapes with nearly half the gap around do not touch"


@given(outlines)
def test_four_quarter_turns_lead_back_and_keep_the_box(shape: Outline) -> None:
    assert np.allclose(shape.turned(4)[0], shape.contours[0])
    for quarters in range(4):
        points = shape.turned(quarters)[0]
        assert points.min(axis=0) == pytest.approx((0, 0), abs=1e-9)
        assert points.max(axis=0) == pytest.approx(shape.sides(quarters), abs=1e-9)


def test_what_is_taken_stays_free() -> None:
    square = cut_lines.read(svg(np.array([[0, 0], [900, 0], [900, 900], [0, 900.0]])), 2)
    pages = nest([square] * 4, SMALL, [Box(0.4, 0.4, 2, 6.6)])
    assert min(one.left for page in pages for one in page) >= 2 + GAP
    assert [len(page) for page in pages] == [3, 1]


def test_a_shape_too_large_for_the_sheet_is_named() -> None:
    small, large = (cut_lines.read(star([400] * 40, 1.0), inches) for inches in (2, 9))
    with pytest.raises(DoesNotFit) as told:
        nest([small, large], LETTER)
    assert told.value.index == 1


def test_a_sheet_needs_a_margin_and_room() -> None:
    for width, margin in ((8, 0.1), (0.7, 0.4)):
        with pytest.raises(ValueError, match=r"margin of 0\.3 inch or more"):
            Sheet("odd", width, 11, margin)


@pytest.mark.parametrize("inches", [3, 4])
@pytest.mark.parametrize("kind", ["round", "bow", "happy fox"])
def test_a_real_cut_line_is_as_long_as_its_size_and_hardly_leaves_the_drawn_one(kind: str, inches: int) -> None:
    outline = cut_lines.read(cut(kind).cut_path_svg, inches)
    assert max(outline.width, outline.height) == pytest.approx(inches, abs=1e-9)
    # The print file is 3 or 4 inches with a clear margin of 1/100 of its side around the line.
    assert outline.picture == pytest.approx(inches * 900 / 882, abs=0.01)
    data = cut(kind).cut_path_svg.split(b'd="M')[1].split(b"Z")[0]
    drawn = np.array([pair.split() for pair in data.split(b"L")], float) * (outline.picture / 900) + outline.offset
    thinned = outline.contours[0]
    assert len(thinned) < len(drawn) / 3
    assert max(distance(point, thinned) for point in drawn[::7]) <= FINEST + 1e-9


def distance(point: NDArray[np.float64], line: NDArray[np.float64]) -> float:
    start, along = line, np.roll(line, -1, axis=0) - line
    part = np.clip(((point - start) * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
    return float(np.hypot(*(start + part[:, None] * along - point).T).min())


def test_pieces_of_one_sticker_keep_their_places() -> None:
    two = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 900">'
        b'<path d="M100 100L200 100L200 200ZM700 100L800 100L800 400Z"/></svg>'
    )
    outline = cut_lines.read(two, 3)
    assert (outline.width, outline.height) == pytest.approx((3, 3 * 300 / 700))
    assert outline.contours[1][:, 0].min() == pytest.approx(3 * 600 / 700)


@pytest.mark.parametrize(
    "data", ["", "M1 1L2 2", "M1 1C2 2 3 3 4 4Z", "M0 0L5 0L9 0Z", "M1 1L2 x Z", "M0 0L1 nanZ", "L1 1Z"]
)
def test_a_line_that_is_not_closed_or_not_ours_is_refused(data: str) -> None:
    with pytest.raises(Unreadable):
        cut_lines.read(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="{data}"/></svg>'.encode(), 3
        )


def test_a_hostile_file_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg viewBox="0 0 9 9">&b;</svg>'
    with pytest.raises(Unreadable):
        cut_lines.read(bomb, 3)


def test_what_was_laid_a_moment_ago_is_not_laid_again_and_other_lines_are() -> None:
    def wanted(size: float) -> list[Wanted]:
        return [Wanted(Art("ST-1-3", size, square_file, bytes), "1", "ST-1", 3)]

    square_file = svg(np.array([[0, 0], [900, 0], [900, 900], [0, 900]]))
    gang_sheets.nest.cache_clear()
    first, again = (gang_sheets.lay(wanted(3), LETTER) for _ in range(2))
    assert [one.placement for one in first[0]] == [one.placement for one in again[0]]
    assert gang_sheets.nest.cache_info()[:2] == (1, 1)
    gang_sheets.lay(wanted(2), LETTER)
    assert gang_sheets.nest.cache_info()[:2] == (1, 2)
