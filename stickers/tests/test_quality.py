"""The quality report: the right failure by name, with its number, and a drawing of it."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from stickers import quality
from stickers.components import Box
from stickers.cutout import cut_out


def picture(*boxes: Box, paper: str = "white", size: tuple[int, int] = (1024, 1024)) -> bytes:
    """Grainy ellipses on plain paper, so that the file is as heavy as a real one."""
    image = Image.new("RGB", size, paper)
    shapes = Image.new("L", size, 0)
    for box in boxes:
        ImageDraw.Draw(shapes).ellipse(box, fill=255)
    grain = np.random.default_rng(3).integers(60, 140, (size[1], size[0], 3), dtype=np.uint8)
    image.paste(Image.fromarray(grain), mask=shapes)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


GOOD = picture((200, 150, 820, 870))


def failures(original: bytes) -> dict[str, float]:
    report = quality.check(original, cut_out(original))
    assert report.ok == (not report.failures)
    return {failure.name: failure.number for failure in report.failures}


def test_good_picture_passes_with_its_numbers() -> None:
    report = quality.check(GOOD, cut_out(GOOD))
    assert report.ok
    assert report.numbers["width"] == 1024
    assert report.numbers["bytes"] == len(GOOD)
    assert 0.3 < report.numbers["opaque_share"] < 0.4


def test_every_check_is_told_with_its_number_and_limit_whether_it_held_or_not() -> None:
    original = picture((100, 200, 700, 900), (830, 100, 960, 230))
    report = quality.check(original, cut_out(original))
    assert {check.name: check.ok for check in report.checks} == {
        rule.name: rule.name != "stray_islands" for rule in quality.RULES
    }
    islands = next(check for check in report.checks if check.name == "stray_islands")
    assert (islands.label, islands.number, islands.limit) == ("Separate pieces", 2, "one piece")
    assert quality.checks(report.numbers) == report.checks


@pytest.mark.parametrize(
    ("measures", "number", "told"),
    [
        ("bytes", 29_490, "29,490"),
        ("blank_share", 0.8124, "81.24%"),
        ("aspect", 2.466, "2.466"),
        ("components", 2, "2"),
    ],
)
def test_numbers_are_told_in_the_units_of_their_limits(measures: str, number: float, told: str) -> None:
    [check] = quality.checks({measures: number})
    assert check.told == told


@pytest.mark.parametrize("rule", quality.RULES, ids=lambda rule: rule.name)
def test_a_number_on_its_limit_holds_and_one_past_it_does_not(rule: quality.Rule) -> None:
    held = {limit: quality.checks({rule.measures: limit})[0].ok for limit in (rule.least, rule.most)}
    assert all(held.values())
    past = [limit for limit in (rule.least - 0.001, rule.most + 0.001) if math.isfinite(limit)]
    assert past
    assert not any(quality.checks({rule.measures: number})[0].ok for number in past)


def test_picture_of_another_size_fails() -> None:
    assert failures(picture((100, 100, 400, 400), size=(1024, 512)))["wrong_size"] == 512


def test_file_too_light_or_too_heavy_fails() -> None:
    light = picture()
    assert failures(light)["file_size"] == len(light)
    heavy = GOOD + bytes(5_000_000)
    assert failures(heavy)["file_size"] == len(heavy)


def test_picture_without_background_fails_for_transparency_and_edge() -> None:
    blocks = Image.fromarray(np.random.default_rng(3).integers(0, 256, (256, 256, 3), dtype=np.uint8))
    file = io.BytesIO()
    blocks.resize((1024, 1024), Image.Resampling.NEAREST).save(file, "PNG")
    found = failures(file.getvalue())
    assert found["no_transparency"] < 0.01
    assert found["touches_edge"] > 3500


def test_mostly_blank_picture_fails() -> None:
    assert failures(picture((400, 400, 650, 650)))["mostly_blank"] > 0.9


def test_elongated_subject_fails() -> None:
    assert failures(picture((60, 380, 960, 700)))["aspect_ratio"] == pytest.approx(2.8, abs=0.05)


def test_subject_on_the_canvas_edge_fails() -> None:
    assert failures(picture((-100, 200, 600, 900)))["touches_edge"] > 100


def test_stray_islands_fail_and_are_located() -> None:
    original = picture((100, 200, 700, 900), (830, 100, 960, 230))
    report = quality.check(original, cut_out(original))
    assert [failure.name for failure in report.failures] == ["stray_islands"]
    left, top, right, bottom = report.islands[0]
    assert left < 830 < 960 < right
    assert top < 100 < 230 < bottom


def test_black_frame_of_a_safety_filter_fails() -> None:
    assert failures(picture(paper="black"))["black_frame"] == 0


def test_print_file_over_its_limit_fails() -> None:
    cut = replace(cut_out(GOOD), print_4in_png=bytes(2_000_001))
    assert [failure.name for failure in quality.check(GOOD, cut).failures] == ["print_file_size"]


def test_failures_are_drawn_on_the_picture() -> None:
    original = picture((100, 200, 700, 900), (830, 100, 960, 230))
    report = quality.check(original, cut_out(original))
    drawn = Image.open(io.BytesIO(quality.draw(original, report)))
    before = np.asarray(Image.open(io.BytesIO(original)))
    changed = (np.asarray(drawn) != before).any(axis=2)
    left, top, _, bottom = report.islands[0]
    assert drawn.size == (1024, 1024)
    assert changed[top:bottom, left : left + 6].mean() > 0.9
    assert changed[:60, :500].any()
    assert not changed[500:, :].any()
