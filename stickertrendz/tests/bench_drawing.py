"""How long the invented artist draws: each design of a test or a demo waits for it."""

import time

import pytest

from stickertrendz.sandbox.art import draw_sticker
from stickertrendz.sandbox.tests.test_art import PROMPT
from stickertrendz.testing import Bench

pytestmark = pytest.mark.bench


def test_a_drawing_takes_well_under_a_second(bench: Bench) -> None:
    draw_sticker(PROMPT.format("happy fox"), 0)
    start = time.process_time()
    for seed in range(5):
        draw_sticker(PROMPT.format("happy fox on a skateboard"), seed)
    bench.figure("a drawing of the sandbox", (time.process_time() - start) / 5, "s", limit=0.4)
