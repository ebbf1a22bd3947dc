"""What holds for any picture: whole eyes, an even border, the same cut when turned, no change when done twice."""

import io
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from stickers.border import BORDER, FINE, distance_field
from stickers.cutout import cut_out, matte
from stickers.cutpath import contours
from stickers.tests.test_cutout import png
from stickers.tests.test_shadowed_art import inked

SIDE = 256
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32)


def creature(seed: int) -> tuple[Image.Image, list[tuple[int, int]]]:
    """An outlined body on noisy off-white, with white eyes, teeth or highlights; and where their centres are."""
    rng = Random(seed)
    image = Image.new("RGB", (SIDE, SIDE), rng.choice(("white", "#f8f6f2", "#f4f4f4")))
    pen = ImageDraw.Draw(image)
    left, top = rng.randint(20, 60), rng.randint(20, 60)
    colour = tuple(rng.randint(0, 200) for _ in range(3))
    pen.ellipse(
        (left, top, SIDE - rng.randint(20, 60), SIDE - rng.randint(20, 60)), fill=colour, outline="black", width=5
    )
    spots = [(rng.randint(105, 151), rng.randint(105, 151)) for _ in range(rng.randint(1, 3))]
    for x, y in spots:
        pen.ellipse((x - 9, y - 9, x + 9, y + 9), fill="white")
    noise = np.random.default_rng(seed).normal(0, rng.choice((0, 1, 2)), (SIDE, SIDE, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)), spots


@given(seeds)
@few
def test_what_is_white_inside_stays_wholly_opaque_and_the_canvas_edge_wholly_clear(seed: int) -> None:
    image, spots = creature(seed)
    alpha = matte(png(image))
    assert alpha.shape == (SIDE, SIDE)
    for x, y in spots:
        assert alpha[y - 9 : y + 10, x - 9 : x + 10].min() == 255
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0


@given(seeds, st.sampled_from([1, 2, 3]))
@few
def test_a_turned_picture_has_the_turned_opacity(seed: int, quarters: int) -> None:
    image, _ = creature(seed)
    upright = matte(png(image)).astype(int)
    turned = matte(png(Image.fromarray(np.rot90(np.asarray(image), quarters).copy()))).astype(int)
    assert np.abs(np.rot90(turned, -quarters) - upright).max() <= 2


@given(seeds)
@few
def test_what_was_cut_out_once_is_not_changed_by_cutting_it_out_again(seed: int) -> None:
    image, _ = creature(seed)
    alpha = matte(png(image))
    image.putalpha(Image.fromarray(alpha))
    assert np.array_equal(matte(png(image)), alpha)


def test_a_print_file_cut_out_again_keeps_its_outline() -> None:
    image, _ = creature(1)
    sticker = cut_out(png(image)).print_png
    assert np.array_equal(matte(sticker), np.asarray(Image.open(io.BytesIO(sticker)).getchannel("A")))


@pytest.mark.parametrize("name", ["cactus", "fox", "mushroom"])
def test_cut_line_is_as_far_from_the_art_everywhere(name: str) -> None:
    design = np.asarray(inked(name).getchannel("A").resize((FINE, FINE), Image.Resampling.LANCZOS))
    solid = np.pad(design >= 128, 1)
    buried = solid[:-2, 1:-1] & solid[2:, 1:-1] & solid[1:-1, :-2] & solid[1:-1, 2:]
    row, column = np.nonzero(solid[1:-1, 1:-1] & ~buried)
    [line] = contours(distance_field(design))
    points = np.array(line)[:, None, :]
    edge = np.stack([column + 0.5, row + 0.5], axis=1)[None]
    away = np.concatenate(
        [np.sqrt(((part - edge) ** 2).sum(axis=2)).min(axis=1) for part in np.array_split(points, 40)]
    )
    assert away.min() > BORDER - 1
    assert away.max() < BORDER + 1
    assert away.std() < 0.4
