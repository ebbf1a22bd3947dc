"""Gang sheets measured back: the PDF by rendering it, the cut file by its numbers."""

import io
import re
from dataclasses import replace
from datetime import date
from xml.etree.ElementTree import Element

import numpy as np
import pypdfium2
import pypdfium2.raw
import pytest
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from fulfillment.cut_files import registration_marks
from fulfillment.gang_sheets import Art, CannotPrint, GangSheets, Wanted, gang_sheets
from fulfillment.nesting import LETTER, ROLL, Sheet
from stickers.components import components

from .sheet_art import art, cut, mixed, rendered, texts

DAY = date(2026, 11, 21)
DPI = 150
SVG = "{http://www.w3.org/2000/svg}"
Points = NDArray[np.float64]


@pytest.fixture(scope="module")
def sixty() -> GangSheets:
    return gang_sheets(mixed(60), ROLL, DAY)


def one(kind: str = "round", inches: int = 3, copies: int = 1) -> Wanted:
    return Wanted(art(kind, inches), "3012345678", "ST-9000000012-1", copies)


def paths(svg: bytes) -> dict[str, Points]:
    """Each cut line's points in inches, by its id."""
    root = fromstring(svg)
    found = root.findall(f"{SVG}g[@id='cut-lines']/{SVG}path")
    return {path.get("id", ""): numbers(path.get("d", "")) for path in found}


def numbers(data: str) -> Points:
    return np.array(re.findall(r"-?[\d.]+", data), float).reshape(-1, 2) / 72


def dense(points: Points) -> Points:
    """The closed line by points at most 0.02 inch apart."""
    pairs = zip(points, np.roll(points, -1, axis=0), strict=True)
    return np.vstack([np.linspace(a, b, 2 + int(np.hypot(*(b - a)) / 0.02)) for a, b in pairs])


def stickers_of(page: NDArray[np.uint8], sheet: Sheet) -> NDArray[np.float64]:
    """Boxes in inches of what is printed inside the margin of a page on magenta paper."""
    red, green, blue = np.moveaxis(page, 2, 0)
    away = (red < 128) | (green >= 128) | (blue < 128)
    edge = int(sheet.margin * DPI) - 4  # what lies in the margin are marks and words
    inside = components(away[edge:-edge, edge:-edge])
    areas = np.asarray(inside.areas())
    return (np.array(inside.boxes())[areas > 100] + edge) / DPI


def test_sixty_mixed_stickers_are_of_true_size_apart_and_fill_the_sheets(sixty: GangSheets) -> None:
    sizes = {
        f"{wanted.line}-copy-{copy + 1}": wanted.art.inches for wanted in mixed(60) for copy in range(wanted.copies)
    }
    told: dict[str, Points] = {}
    for number, svg in enumerate(sixty.cuts):
        lines = paths(svg)
        told |= lines
        found = stickers_of(rendered(sixty.pdf, DPI, number), ROLL)
        assert len(found) == len(lines) == sixty.fills[number].count
        for name, points in lines.items():
            box = np.concatenate([points.min(axis=0), points.max(axis=0)])
            printed = found[np.abs(found - box).max(axis=1).argmin()]
            assert printed == pytest.approx(box, abs=0.01)
            assert max(printed[2:] - printed[:2]) == pytest.approx(sizes[name], abs=0.01)
            assert max(box[2:] - box[:2]) == pytest.approx(sizes[name], abs=0.001)
            assert min(box) >= ROLL.margin - 1e-6
            assert (box[2:] <= (ROLL.width - ROLL.margin + 1e-3, ROLL.height - ROLL.margin + 1e-3)).all()
    assert told.keys() == sizes.keys()
    assert len(sixty.fills) == 3
    assert all(fill.boxes >= 0.75 for fill in sixty.fills[:-1])
    assert all(fill.shapes < fill.boxes for fill in sixty.fills)


def test_what_is_printed_is_what_is_cut_with_white_around_the_art(sixty: GangSheets) -> None:
    page, inside = rendered(sixty.pdf, DPI), drawn(sixty.cuts[0])
    red, green, blue = np.moveaxis(page, 2, 0)
    printed = (red < 128) | (green >= 128) | (blue < 128)
    edge = int(ROLL.margin * DPI) - 4
    middle = (slice(edge, -edge), slice(edge, -edge))
    assert (printed != inside)[middle].sum() < 0.01 * inside.sum(), "the same but for pixels on the line"
    # Of the border's 0.08 inch, the outer half, where white meets the magenta paper.
    core = np.asarray(Image.fromarray(inside).convert("L").filter(ImageFilter.MinFilter(2 * 6 + 1))) > 0
    rim = inside & ~core
    assert (np.minimum(red, blue)[rim] >= 200).mean() > 0.99


def drawn(svg: bytes) -> NDArray[np.bool_]:
    """The insides of a cut file's lines, a pixel for each of the page's."""
    image = Image.new("1", (int(ROLL.width * DPI), int(ROLL.height * DPI)))
    pen = ImageDraw.Draw(image)
    for points in paths(svg).values():
        pen.polygon([(x, y) for x, y in (points * DPI - 0.5).tolist()], fill=1)
    return np.asarray(image)


def test_cut_lines_are_two_millimetres_apart(sixty: GangSheets) -> None:
    nearest = 9.0
    for svg in sixty.cuts:
        lines = [dense(points) for points in paths(svg).values()]
        for number, here in enumerate(lines):
            for there in lines[:number]:
                low, high = there.min(axis=0) - 0.1, there.max(axis=0) + 0.1
                close = here[((here > low) & (here < high)).all(axis=1)]
                if len(close):
                    nearest = min(nearest, float(np.hypot(*(close[:, None] - there[None]).T).min()))
    assert 2 <= nearest * 25.4 < 3


def test_a_design_is_in_the_file_once_and_without_loss() -> None:
    made = gang_sheets([one(copies=7), one("taco", copies=5)], LETTER, DAY)
    assert made.pdf.count(b"/Subtype /Image") == 2
    original = Image.open(io.BytesIO(cut("round").print_png)).convert("RGBA")
    on_white = Image.alpha_composite(Image.new("RGBA", original.size, "white"), original).convert("RGB")
    with pypdfium2.PdfDocument(made.pdf) as document:
        kinds = [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
        images = [found.get_bitmap().to_pil().tobytes() for found in document[0].get_objects(kinds, max_depth=3)]
    assert on_white.tobytes() in images


def test_pages_are_the_sheet_and_each_names_itself_and_its_orders() -> None:
    wanted = [Wanted(art("round", 4), f"30123456{number:02}", f"ST-{number}-1", 1) for number in range(30)]
    made = gang_sheets(wanted, ROLL, DAY)
    with pypdfium2.PdfDocument(made.pdf) as document:
        for page in document:
            assert page.get_mediabox() == page.get_trimbox() == (0, 0, 864, 1728)
    for number, words in enumerate(texts(made.pdf), 1):
        assert f"Sheet {number} of 3 · 21 November 2026 · 12 × 24 inch" in words
        assert set(re.findall(r"30123456\d\d", words)) == {
            f"30123456{int(name.split('-')[1]):02}" for name in paths(made.cuts[number - 1])
        }


def test_orders_that_have_no_room_below_the_sheet_are_counted() -> None:
    wanted = [Wanted(art("long"), "9" * 60 + str(number), f"ST-{number}-1", 1) for number in range(12)]
    words = texts(gang_sheets(wanted, ROLL, DAY).pdf)[0]
    told = re.search(r"and (\d+) more", words)
    assert told
    assert len(re.findall(r"9{60}\d+", words)) + int(told[1]) == 12


def test_the_cut_file_opens_at_true_size_and_names_lines_and_copies() -> None:
    same = one(copies=2)
    svg = gang_sheets([same, one("taco"), replace(same, line="17 <&>\x00", copies=1)], LETTER, DAY).cuts[0]
    root = fromstring(svg)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("8.5in", "11in", "0 0 612 792")
    assert set(paths(svg)) == {*(f"ST-9000000012-1-copy-{copy}" for copy in (1, 2, 3)), "line-17-copy-1"}


def test_registration_marks_are_printed_where_the_cut_file_has_them() -> None:
    made = gang_sheets([one()], LETTER, DAY)
    marks = [rect(found) for found in fromstring(made.cuts[0]).findall(f"{SVG}g[@id='registration-marks']/{SVG}rect")]
    page = rendered(made.pdf, 300)
    assert len(marks) == 5
    for mark in marks:
        left, top, right, bottom = (int(side * 300 + 0.5) for side in mark)
        assert (page[top + 1 : bottom - 1, left + 1 : right - 1] == 0).all()
    square = [int(side * 300 + 0.5) for side in marks[0]]
    around = page[square[1] - 9 : square[3] + 9, square[0] - 9 : square[2] + 9]
    assert (around[[0, -1]] == (255, 0, 255)).all()
    assert (around[:, [0, -1]] == (255, 0, 255)).all()
    corner = page[-int(0.4 * 300) :, -int(0.4 * 300) :]
    assert (corner == (255, 0, 255)).all(), "the fourth corner is empty, so that a turned sheet is noticed"


def rect(found: Element) -> tuple[float, float, float, float]:
    x, y, wide, high = (float(found.get(side, "")) / 72 for side in ("x", "y", "width", "height"))
    return x, y, x + wide, y + high


def test_stickers_keep_away_from_the_marks() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (300, 300), "#2a6").save(file, "PNG")
    line = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 0L9 9L0 9Z"/></svg>'
    sharp = Art("ST-000099-3", 3, line, file.getvalue)
    made = gang_sheets([Wanted(sharp, "3012345678", "ST-1-1", 4)], LETTER, DAY)
    square = registration_marks(LETTER)[0]
    for points in paths(made.cuts[0]).values():
        outside = np.maximum(0, dense(points) - (square.right, square.bottom))
        assert np.hypot(*outside.T).min() * 25.4 >= 1.99


def test_nothing_chosen_and_too_much_are_refused_in_words() -> None:
    with pytest.raises(CannotPrint, match="nothing to print: choose orders"):
        gang_sheets([one(copies=0), one(copies=-3)], ROLL, DAY)
    with pytest.raises(CannotPrint, match="10,001 stickers of 1 kind are too many at once: choose fewer"):
        gang_sheets([one(copies=10_000), one()], ROLL, DAY)
    many = [replace(one(), art=replace(art("round"), sku=f"ST-{number}-3")) for number in range(101)]
    with pytest.raises(CannotPrint, match="101 stickers of 101 kinds are too many at once"):
        gang_sheets(many, ROLL, DAY)


def test_a_sticker_too_large_for_the_sheet_is_refused_in_words() -> None:
    with pytest.raises(CannotPrint, match=r"ST-000001-4 is 4\.00 × 4\.00 inches and does not fit on index card"):
        gang_sheets([one(inches=4)], Sheet("index card", 5, 3), DAY)


def missing() -> bytes:
    raise FileNotFoundError("prints/ab/abc.png")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"read_print": missing}, "print file of ST-000001-3 is missing"),
        ({"read_print": lambda: b"no picture"}, "print file of ST-000001-3 cannot be read"),
        ({"read_print": lambda: cut("round").print_png[:-2000]}, "print file of ST-000001-3 cannot be read"),
        ({"read_print": lambda: cut("long").print_png}, "does not belong to its cut line"),
        ({"cut_path": b""}, "ST-000001-3 cannot be cut: the cut line's file is damaged"),
        ({"cut_path": b"<svg"}, "ST-000001-3 cannot be cut"),
        ({"cut_path": b'<svg viewBox="0 0 900 900"></svg>'}, "holds no closed cut line"),
    ],
)
def test_a_missing_or_damaged_file_is_told_with_its_sku(change: dict[str, object], words: str) -> None:
    broken: Art = replace(art("round"), **change)  # type: ignore[arg-type]
    with pytest.raises(CannotPrint, match=words):
        gang_sheets([Wanted(broken, "3012345678", "ST-1-1", 1)], LETTER, DAY)


def test_the_same_choice_gives_the_same_bytes() -> None:
    first, again = (gang_sheets([one(copies=3), one("bow")], LETTER, DAY) for _ in range(2))
    assert (first.pdf, first.cuts, first.fills) == (again.pdf, again.cuts, again.fills)


def test_what_is_told_to_lie_where_is_what_is_cut(sixty: GangSheets) -> None:
    for laid, svg in zip(sixty.laid, sixty.cuts, strict=True):
        lines = paths(svg)
        assert [one.name for one in laid] == list(lines)
        for one in laid:
            assert np.vstack(one.contours) == pytest.approx(lines[one.name], abs=1e-4)
