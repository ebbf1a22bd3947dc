"""Puts the character on noisy off-white paper, now and then badly, as image models do."""

from functools import lru_cache
from io import BytesIO
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

SIZE = 1024
FLAWS = ("tiny", "edge", "blank", "thin", "scattered")
FLAW_SHARE = 0.08
FILLED = 0.27  # share of the paper a character covers at least, if LONGEST allows
LONGEST = 900
SHADOW_SHARE = 0.6


def flaw_of(rng: Random) -> str:
    """Empty for a good picture."""
    return rng.choice(FLAWS) if rng.random() < FLAW_SHARE else ""


def finished(character: Image.Image, rng: Random, flaw: str) -> bytes:
    """A 1024 x 1024 RGB PNG."""
    paper_tone = rng.choice(((250, 249, 246), (252, 252, 252), (248, 247, 243), (251, 248, 244)))
    paper = Image.new("RGB", (SIZE, SIZE), paper_tone)
    if flaw != "blank":
        for sprite, x, y in _placed(character, rng, flaw):
            if flaw == "" and rng.random() < SHADOW_SHARE:
                _shadow(paper, sprite, x, y)
            paper.paste(sprite, (x, y), sprite)
    return _png(_grainy(paper, rng))


def _placed(character: Image.Image, rng: Random, flaw: str) -> list[tuple[Image.Image, int, int]]:
    drawn = character.crop(character.getbbox())
    if flaw == "scattered":
        small = _fitted(drawn, 300)
        return [(small, 90, 110), (small, SIZE - 110 - small.width, SIZE - 120 - small.height)]
    if flaw == "thin":
        strip = drawn.resize((170, 820), Image.Resampling.BOX)
        return [(strip, (SIZE - 170) // 2, 100)]
    sprite = _fitted(drawn, {"tiny": 130, "edge": 820}.get(flaw) or _well_filling(drawn, rng))
    x, y = (SIZE - sprite.width) // 2, (SIZE - sprite.height) // 2
    if flaw == "edge":
        return [(sprite, SIZE - sprite.width + 140, y)]
    return [(sprite, x + rng.randint(-30, 30), y + rng.randint(-30, 30))]


def _well_filling(drawn: Image.Image, rng: Random) -> int:
    """Longest side: thin characters are drawn larger, as they are when a sticker is asked for."""
    share = float(np.asarray(drawn.getchannel("A")).mean()) / 255 * drawn.width * drawn.height / max(drawn.size) ** 2
    filling = SIZE * (FILLED / share) ** 0.5
    return int(min(LONGEST, max(rng.randint(680, 800), filling)))


def _fitted(drawn: Image.Image, longest: int) -> Image.Image:
    scale = longest / max(drawn.size)
    size = (max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale)))
    return drawn.resize(size, Image.Resampling.BOX if scale < 0.5 else Image.Resampling.BILINEAR, reducing_gap=1.5)


def _shadow(paper: Image.Image, sprite: Image.Image, x: int, y: int) -> None:
    # Blurred at a quarter of the size: a soft shadow needs no detail.
    small = sprite.getchannel("A").resize((max(1, sprite.width // 4), max(1, sprite.height // 4)), Image.Resampling.BOX)
    canvas = Image.new("L", (SIZE // 4, SIZE // 4))
    canvas.paste(small, (x // 4 + 3, y // 4 + 5))
    soft = canvas.filter(ImageFilter.GaussianBlur(5)).point(lambda v: v * 0.28)
    paper.paste((120, 116, 118), mask=soft.resize((SIZE, SIZE), Image.Resampling.BILINEAR))


@lru_cache(maxsize=1)
def _grain() -> NDArray[np.int16]:
    noise = np.random.default_rng(7).normal(0, 1.1, (SIZE, SIZE))
    return np.rint(noise).astype(np.int16)[:, :, None]


def _grainy(paper: Image.Image, rng: Random) -> Image.Image:
    grain = np.roll(_grain(), (rng.randrange(SIZE), rng.randrange(SIZE)), axis=(0, 1))
    pixels = np.asarray(paper, dtype=np.int16) + grain
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB")


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
