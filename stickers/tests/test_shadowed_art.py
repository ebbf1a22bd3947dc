"""Pale and outlined subjects in shadows of every kind: cut out whole, or refused, but never bitten and accepted."""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from stickers import quality
from stickers.cutout import cut_out
from stickers.matte import separate
from stickertrendz.sandbox.art.scene import paint, read

SIDE = 1024
# Blur, shift to the right and down, and greatest darkness. A contact shadow lies under the feet.
SHADOWS = {
    "none": (1, 0, 0, 0.0),
    "soft": (24, 18, 30, 0.30),
    "glow": (14, 0, 0, 0.35),
    "steep": (6, 14, 22, 0.45),
    "steep glow": (5, 0, 0, 0.50),
    "hard": (2, 16, 22, 0.40),
    "contact": (10, 0, 0, 0.50),
}
PAPERS = {"white": ((255, 255, 255), 0.0), "noisy off-white": ((247, 245, 241), 1.6)}
PALE = {"white": "#fff", "ghost white": "#f4f4f8", "pale grey": "#d6d6da", "cream": "#fcf0d6", "pale pink": "#ffe4e6"}
INKED = ("fox", "ghost", "bunny", "polar bear", "mushroom", "cactus")
BITTEN = 0.01  # share of the subject lost, from which the eye sees it


def bean(colour: str) -> Image.Image:
    """A creature without an outline, drawn at twice the size for smooth edges."""
    image = Image.new("RGBA", (2 * SIDE, 2 * SIDE))
    pen = ImageDraw.Draw(image)
    for ear in ((560, 300, 860, 760), (1180, 300, 1480, 760)):
        pen.ellipse(ear, fill=colour)
    pen.ellipse((480, 460, 1560, 1500), fill=colour)
    pen.rounded_rectangle((620, 1300, 1420, 1760), 160, fill=colour)
    for left in (800, 1120):
        pen.ellipse((left, 800, left + 120, 960), fill="#202020")
    pen.ellipse((960, 1000, 1080, 1080), fill="#e08090")
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def inked(name: str) -> Image.Image:
    """A sandbox character with its outline, filling most of the canvas."""
    rng = Random(name)
    drawn = paint(read(f"a happy {name}", rng), rng)
    drawn = drawn.crop(drawn.getbbox())
    drawn.thumbnail((760, 760), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", (SIDE, SIDE))
    image.paste(drawn, ((SIDE - drawn.width) // 2, (SIDE - drawn.height) // 2))
    return image


def shade(alpha: Image.Image, kind: str) -> NDArray[np.float64]:
    blur, right, down, darkness = SHADOWS[kind]
    shadow = Image.new("L", alpha.size, 0)
    if kind == "contact":
        left, _, end, bottom = alpha.getbbox() or (0, 0, 0, 0)
        ImageDraw.Draw(shadow).ellipse((left + 20, bottom - 40, end - 20, bottom + 40), fill=255)
    else:
        shadow.paste(alpha, (right, down))
    return np.asarray(shadow.filter(ImageFilter.GaussianBlur(blur))) / 255 * darkness


def composed(subject: Image.Image, kind: str, paper: str) -> Image.Image:
    colour, noise = PAPERS[paper]
    pixels = np.asarray(subject).astype(float)
    alpha = pixels[..., 3:] / 255
    behind = np.array(colour) * (1 - shade(subject.getchannel("A"), kind)[..., None])
    mixed = pixels[..., :3] * alpha + behind * (1 - alpha)
    mixed += np.random.default_rng(1).normal(0, noise, mixed.shape)
    return Image.fromarray(np.clip(mixed + 0.5, 0, 255).astype(np.uint8))


@dataclass(frozen=True)
class Outcome:
    """Shares of the subject lost and of shadow kept, and which checks failed."""

    kind: str
    lost: float
    kept: float
    failures: tuple[str, ...]

    @property
    def bitten(self) -> bool:
        return self.lost > BITTEN


def outcome(subject: Image.Image, kind: str, paper: str) -> Outcome:
    image = composed(subject, kind, paper)
    truth = np.asarray(subject.getchannel("A")) / 255
    alpha = separate(image).alpha / 255
    body = truth > 0.9
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    failed = quality.check(file.getvalue(), cut_out(file.getvalue())).failures
    # Flat drawings make light files, which says nothing of the cut.
    names = tuple(each.name for each in failed if each.name != "file_size")
    lost, kept = (truth - alpha)[body].clip(0).sum(), alpha[truth < 0.02].sum()
    return Outcome(kind, float(lost / body.sum()), float(kept / body.sum()), names)


@pytest.mark.parametrize("kind", SHADOWS)
@pytest.mark.parametrize("name", ["pale grey", "white", "cream"])
def test_pale_subject_without_an_outline_is_whole_or_refused(name: str, kind: str) -> None:
    found = outcome(bean(PALE[name]), kind, "noisy off-white")
    assert found.failures or not found.bitten


@pytest.mark.parametrize("kind", SHADOWS)
@pytest.mark.parametrize("name", ["bunny", "ghost"])
def test_outlined_subject_in_any_shadow_is_whole_clean_and_accepted(name: str, kind: str) -> None:
    found = outcome(inked(name), kind, "noisy off-white")
    assert found.lost < 0.001
    assert found.kept < 0.001
    assert found.failures == ()


def test_large_grey_part_without_an_outline_is_no_shadow() -> None:
    image = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((500, 300, 900, 800), fill="#a0a0a0")
    pen.ellipse((150, 250, 650, 850), fill="#c04040", outline="black", width=16)
    alpha = separate(image).alpha
    assert alpha[550, 860] == alpha[550, 300] == 255
    assert alpha[200, 800] == 0


def recorded(shared: Path) -> Iterator[Image.Image]:
    """Subjects with a known opacity, without the translucent one."""
    for truth in sorted((shared / "data" / "truth").glob("white_noto_*.png")):
        if truth.stem != "white_noto_ufo":
            image = Image.open(shared / "data" / "images" / truth.name).convert("RGBA")
            image.putalpha(Image.open(truth).convert("L"))
            yield image


def table(outcomes: list[Outcome]) -> str:
    """How it went by kind of shadow, in Markdown."""
    lines = [
        "| shadow | pictures | bitten | of them accepted | whole | of them refused | by `faint_edge` | shadow kept |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in SHADOWS:
        here = [each for each in outcomes if each.kind == kind]
        bitten, whole = [each for each in here if each.bitten], [each for each in here if not each.bitten]
        refused = [each for each in whole if each.failures]
        faint = sum("faint_edge" in each.failures for each in refused)
        accepted = sum(not each.failures for each in bitten)
        cells = (kind, len(here), len(bitten), accepted, len(whole), len(refused), faint)
        kept = np.mean([each.kept for each in here])
        lines.append(f"| {' | '.join(map(str, cells))} | {kept:.2%} |")
    return "\n".join(lines)


def subjects(group: str, shared: Path) -> list[Image.Image]:
    if group == "pale, no outline":
        return [bean(colour) for colour in PALE.values()]
    return [inked(name) for name in INKED] if group == "outlined" else list(recorded(shared))


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("group", ["pale, no outline", "outlined", "recorded"])
def test_no_bitten_picture_is_accepted_and_none_in_a_soft_shadow_refused_for_its_edge(group: str, shared: Path) -> None:
    outcomes = [outcome(each, kind, paper) for each in subjects(group, shared) for kind in SHADOWS for paper in PAPERS]
    sys.stdout.write(f"\n{group}\n\n{table(outcomes)}\n")
    assert not [each for each in outcomes if each.bitten and not each.failures]
    soft = [each for each in outcomes if each.kind in ("none", "soft", "glow") and not each.bitten]
    assert not [each for each in soft if "faint_edge" in each.failures]
    if group == "outlined":
        assert not [each for each in outcomes if each.bitten or each.failures or each.kept > BITTEN]
