"""The picture of a gang sheet on the screen shows each sticker where the cut file has it."""

import io
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from PIL import Image

from fulfillment.cut_lines import read
from fulfillment.gang_sheets import Art, CannotPrint, Laid, Wanted, gang_sheets, lay
from fulfillment.nesting import LETTER, Placement
from stickertrendz.console import sheet_pictures

TRIANGLE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path d="M0 0L100 0L30 60Z"/></svg>'
SQUARE = TRIANGLE.replace(b"L30 60", b"L100 100L0 100")


def art(sku: str, cut_path: bytes) -> Art:
    file = io.BytesIO()
    Image.new("RGBA", (400, 400), (250, 120, 60, 255)).save(file, "PNG")
    return Art(sku, 3, cut_path, file.getvalue)


@pytest.mark.parametrize("quarters", range(4))
def test_a_turned_sticker_lies_where_its_cut_line_does(quarters: int) -> None:
    outline = read(TRIANGLE, 3)
    one = Laid(Wanted(art("ST-1-3", TRIANGLE), "1", "a", 1), "a", outline, Placement(0, 1.5, 2.25, quarters))
    found = re.fullmatch(r"translate\(([\d.]+) ([\d.]+)\) rotate\((\d+)\)", sheet_pictures._moved(one))
    assert found
    angle = np.radians(float(found[3]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shown = outline.contours[0] @ turn.T + (float(found[1]), float(found[2]))
    assert np.allclose(shown, one.contours[0], atol=0.002)


def test_every_copy_is_drawn_and_every_design_once() -> None:
    wanted = [Wanted(art(sku, SQUARE), "1", sku, copies) for sku, copies in (("ST-1-3", 8), ("ST-2-3", 2))]
    made = gang_sheets(wanted, LETTER, date(2026, 11, 21))
    shown = sheet_pictures.draw(made.laid, LETTER)
    assert [picture.count("<use ") for picture in shown] == [fill.count for fill in made.fills]
    assert sum(picture.count("<use ") for picture in shown) == 10
    assert all(picture.count("<image ") <= 2 for picture in shown)
    assert all(picture.count("clip-path=") == picture.count("<image ") for picture in shown)


def test_a_print_file_that_is_missing_is_told_before_anything_is_saved() -> None:
    def missing() -> bytes:
        raise FileNotFoundError

    pages = lay([Wanted(replace(art("ST-1-3", SQUARE), read_print=missing), "1", "ST-1", 1)], LETTER)
    with pytest.raises(CannotPrint, match="print file of ST-1-3 is missing"):
        sheet_pictures.draw(pages, LETTER)
