"""The drawn stickers: format, variety, the same again for the same seed, and the promised share of flaws."""

from io import BytesIO
from random import Random

import numpy as np
import pytest
from PIL import Image

from stickertrendz.sandbox.art import draw_sticker
from stickertrendz.sandbox.art.finish import finished, flaw_of
from stickertrendz.sandbox.art.props import BEHIND
from stickertrendz.sandbox.art.scene import FRONT, SUBJECTS, paint, read
from stickertrendz.sandbox.vocabulary import ACTIVITIES, CREATURES, FOODS, MOODS, OBJECTS, PLANTS

PROMPT = "A die-cut vinyl sticker design of a {}. Bold black outlines, suitable for laptop or water bottle sticker."


def ink_share(data: bytes) -> float:
    """Share of pixels far from the paper's tone."""
    pixels = np.asarray(Image.open(BytesIO(data)), dtype=np.int16)
    return float((np.abs(pixels - pixels[2, 2]).max(axis=2) > 60).mean())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_drawing_is_an_rgb_png_of_the_right_size(seed: int) -> None:
    data = draw_sticker(PROMPT.format("sleepy capybara in a bathtub"), seed)
    picture = Image.open(BytesIO(data))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (1024, 1024))
    assert 60_000 < len(data) < 3_000_000


def test_the_same_prompt_and_seed_draw_the_same_and_others_do_not() -> None:
    prompt = PROMPT.format("grumpy frog")
    first = draw_sticker(prompt, 5)
    assert draw_sticker(prompt, 5) == first
    assert draw_sticker(prompt, 6) != first
    assert draw_sticker(PROMPT.format("happy frog"), 5) != first


@pytest.mark.long
def test_every_subject_of_the_vocabulary_is_read_and_drawn() -> None:
    for subject in (*CREATURES, *FOODS, *PLANTS, *OBJECTS):
        scene = read(PROMPT.format(f"happy {subject}"), Random(1))
        assert scene.subject == subject
        data = finished(paint(scene, Random(1)), Random(1), "")
        # White animals are little more than their outline.
        assert ink_share(data) > 0.03, subject


def test_every_activity_and_mood_of_the_vocabulary_is_understood() -> None:
    for mood in MOODS:
        assert read(PROMPT.format(f"{mood} otter"), Random(1)).mood == mood
    for activity in ACTIVITIES:
        assert read(PROMPT.format(f"happy otter {activity}"), Random(1)).prop in {*FRONT, *BEHIND}


def test_style_words_after_the_concept_do_not_become_the_subject() -> None:
    scene = read("A die-cut vinyl sticker design of a shy otter. With a cat and a pizza in the corner.", Random(1))
    assert scene.subject == "otter"


def test_an_unknown_topic_still_gives_a_character() -> None:
    assert read(PROMPT.format("quiet quasar festival"), Random(4)).subject in SUBJECTS


def test_one_in_twelve_is_flawed() -> None:
    flaws = [flaw_of(Random(f"{n}")) for n in range(3000)]
    assert 0.06 < sum(map(bool, flaws)) / len(flaws) < 0.10
    assert {"", "tiny", "edge", "blank", "thin", "scattered"} == set(flaws)


def test_flaws_show_in_the_picture() -> None:
    character = paint(read(PROMPT.format("happy bear"), Random(2)), Random(2))
    good = ink_share(finished(character, Random(3), ""))
    assert ink_share(finished(character, Random(3), "blank")) == 0
    assert ink_share(finished(character, Random(3), "tiny")) < good / 10
    edge = np.asarray(Image.open(BytesIO(finished(character, Random(3), "edge"))), dtype=np.int16)
    assert (np.abs(edge[:, -1] - edge[2, 2]).max(axis=1) > 60).any()
