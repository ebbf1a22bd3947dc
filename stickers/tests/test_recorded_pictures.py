"""Recorded pictures: opacity against the truth, and a verdict on every one. Run with -s it prints the docs' tables."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stickers import quality
from stickers.components import Mask
from stickers.cutout import cut_out, matte
from stickers.matte import grown_by

JUDGED = 13  # pictures with a known opacity, without the translucent one
TRANSLUCENT = "white_noto_ufo"
BAND = 3  # pixels to either side of the edge


def near_edge(truth: np.ndarray) -> Mask:
    solid = truth >= 0.5
    near: Mask = grown_by(~solid, BAND) & grown_by(solid, BAND)
    return near


def errors(truth: Path, picture: Path) -> tuple[float, float]:
    """Mean absolute error of opacity over the canvas, and over the band along the edge."""
    expected = np.asarray(Image.open(truth).convert("L")) / 255
    error = np.abs(matte(picture.read_bytes()) / 255 - expected)
    return float(error.mean()), float(error[near_edge(expected)].mean())


def test_opacity_is_near_the_truth_over_the_canvas_and_along_the_edge(shared: Path) -> None:
    found = {
        truth.stem: errors(truth, shared / "data" / "images" / truth.name)
        for truth in sorted((shared / "data" / "truth").glob("white_noto_*.png"))
    }
    for name, (canvas, edge) in found.items():
        judged = "reported only" if name == TRANSLUCENT else ""
        sys.stdout.write(f"| {name.removeprefix('white_noto_')} | {canvas:.5f} | {edge:.4f} | {judged} |\n")
    found.pop(TRANSLUCENT)
    canvas, edge = np.array(list(found.values())).T
    sys.stdout.write(f"| mean, worst of {len(found)} | {canvas.mean():.5f}, {canvas.max():.5f} | ")
    sys.stdout.write(f"{edge.mean():.4f}, {edge.max():.4f} | |\n")
    assert len(found) >= JUDGED
    assert canvas.mean() <= 0.010
    assert canvas.max() <= 0.03
    assert edge.max() <= 0.12


# What a picture must be refused for, or nothing where it must get through. Others are only told.
VERDICTS = {
    "awkward_blank_white.png": "mostly_blank",
    "awkward_blank_noise.png": "mostly_blank",
    "awkward_tiny_subject_fox.png": "mostly_blank",
    "awkward_elongated_snake.png": "aspect_ratio",
    "awkward_too_small_300px.png": "wrong_size",
    "awkward_many_islands_sparkles.png": "stray_islands",
    "awkward_two_subjects.png": "stray_islands",
    "awkward_radial_colour_gradient_rocket.png": "touches_edge",
    "awkward_grey_gradient_rocket.png": "mostly_blank",
    "awkward_interior_hole_donut.png": "file_size",
    "awkward_green_screen_fox.png": "",
    "photo_rembg_animal-3.jpg": "touches_edge",
    "photo_rembg_plants-1.jpg": "touches_edge",
    "alpha512_ai_dog.png": "wrong_size",
    "alpha512_ai_hoodie_dog.png": "wrong_size",
    "alpha512_noto_fox.png": "wrong_size",
    "alpha512_noto_rocket.png": "wrong_size",
    "alpha_rembg_cutout_animal-1.png": "wrong_size",
    "white_ai_cat.png": "",
}


def test_every_recorded_picture_gets_its_verdict_and_a_refused_one_a_drawing(shared: Path) -> None:
    for path in sorted((shared / "data" / "images").iterdir()):
        original = path.read_bytes()
        report = quality.check(original, cut_out(original))
        told = ", ".join(f"`{each.name}` {each.told} ({each.limit})" for each in report.failures)
        sys.stdout.write(f"| {path.stem} | {told or 'accepted'} |\n")
        assert report.ok or Image.open(io.BytesIO(quality.draw(original, report))).format == "PNG"
        expected = VERDICTS.get(path.name)
        if expected is not None:
            names = [each.name for each in report.failures]
            assert expected in names if expected else not names, path.name


@pytest.mark.parametrize("name", ["awkward_green_screen_fox.png", "awkward_grey_gradient_rocket.png"])
def test_coloured_and_graded_backgrounds_leave_nothing_outside_the_subject(name: str, shared: Path) -> None:
    alpha = matte((shared / "data" / "images" / name).read_bytes())
    assert alpha[:100].max() == alpha[-100:].max() == alpha[:, :100].max() == alpha[:, -100:].max() == 0
    assert 0.15 < (alpha > 127).mean() < 0.3
