"""What a print shop's own programs see: resolution, size in inches, and one closed line to cut along."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stickers.components import components, filled
from stickers.cutout import CutOut, cut_out
from stickertrendz.sandbox.art import draw_sticker

INCH = 0.01  # how far off a printed side may be


@pytest.fixture(scope="module")
def cut() -> CutOut:
    return cut_out(draw_sticker("a happy mushroom", 1))


def needs(program: str, package: str) -> None:
    if not shutil.which(program):
        pytest.skip(f"checked by {program}: apt-get install {package}")


def told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(("inches", "name"), [(3, "print_png"), (4, "print_4in_png")])
def test_print_file_has_its_inches_and_is_sound_for_pngcheck(
    inches: int, name: str, cut: CutOut, tmp_path: Path
) -> None:
    needs("pngcheck", "pngcheck")
    file = tmp_path / "print.png"
    file.write_bytes(getattr(cut, name))
    words = told("pngcheck", "-v", str(file))
    size, density = (
        re.search(r"(\d+) x (\d+) image, 32-bit RGB\+alpha", words),
        re.search(r"(\d+)x(\d+) pixels/me", words),
    )
    assert "No errors detected" in words
    assert size
    assert density
    for pixels, per_metre in zip(size.groups(), density.groups(), strict=True):
        assert int(pixels) / (int(per_metre) * 0.0254) == pytest.approx(inches, abs=INCH)


@pytest.fixture
def drawn(cut: CutOut, tmp_path: Path) -> Image.Image:
    """The cut line as librsvg draws it at 300 dots an inch."""
    needs("rsvg-convert", "librsvg2-bin")
    file = tmp_path / "cut.svg"
    file.write_bytes(cut.cut_path_svg)
    command = ["rsvg-convert", "--dpi-x=300", "--dpi-y=300", str(file)]
    return Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))


def test_cut_line_is_drawn_at_three_inches_inside_the_canvas(drawn: Image.Image) -> None:
    ink = drawn.getchannel("A")
    assert drawn.size == pytest.approx((900, 900), abs=INCH * 300)
    left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
    assert min(left, top, 900 - right, 900 - bottom) >= 5  # clear canvas outside the line
    assert max(right - left, bottom - top) > 850


def test_cut_line_is_one_closed_outer_contour_along_the_print_files_edge(drawn: Image.Image, cut: CutOut) -> None:
    line = np.asarray(drawn.getchannel("A")) > 0
    assert components(line).count == 1
    # A closed line encloses exactly one area, and the paper around it is one.
    assert sorted(components(~line).at_border()) == [False, True]
    sticker = np.asarray(Image.open(io.BytesIO(cut.print_png)).getchannel("A")) >= 128
    assert (filled(line) ^ sticker).sum() < line.sum()
    assert components(sticker).count == 1
