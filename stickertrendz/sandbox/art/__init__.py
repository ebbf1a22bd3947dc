"""Draws cartoon sticker art from the words of a prompt, the same for the same prompt and seed."""

from random import Random

from stickertrendz.sandbox.art.finish import finished, flaw_of
from stickertrendz.sandbox.art.scene import paint, read


def draw_sticker(prompt: str, seed: int) -> bytes:
    """A 1024 x 1024 RGB PNG on noisy off-white; about one in twelve has a flaw that a quality check should find."""
    rng = Random(f"{seed}|{prompt}")
    scene = read(prompt, rng)
    return finished(paint(scene, rng), rng, flaw_of(rng))
