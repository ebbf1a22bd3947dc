"""What of a picture is subject and what is background, judged from the canvas edge inwards."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from .components import Mask, components
from .decode import decode

Bytes = NDArray[np.uint8]

FRAME = 6  # pixels along the canvas edge from which the background is learnt
NEAR, NEAR_MOST = 10, 30  # distance from the background's colour that is still background; noise widens it
LIGHT = 110  # a background whose darkest channel is above this may carry shadows
SHADOW_DARKEST, SHADOW_TINT, SHADOW_STEP = 120, 16, 10  # level, chroma and change per 3x3 pixels of a soft shadow
DRIFT_DARKEST, DRIFT_TINT = 50, 90  # the same for a background that changes colour across the canvas
SPECK = 1 / 4000  # share of the canvas below which a lone region is dirt
PINHOLE = 12  # pixels
FAINT = 15  # distance of two colours, over all channels, that are near alike
SLIVER = 3  # lines are at most twice as wide, in pixels of the half-sized picture
BAND = 2  # pixels of subject beside the background whose opacity is estimated
OUTLINE = 110  # brightest channel of a dark outline
OUTLINED = 0.98  # share of the rim that is dark where a subject is outlined all around
MOST_SHADOW = 0.2  # share of the subject; beyond, something else than a shadow would go
REACHES = ((1, 2), (2, 1), (3, 0), (4, 2), (2, 5), (5, 3))  # where to look for pure colours, turned four ways


@dataclass(frozen=True)
class Separation:
    """`alpha` in the picture's own frame, the picture `on_white`, areas of background colour inside the subject.

    Of the rim, `faint_share` is where subject and background hardly differ, `sliver_share` grey lines left standing.
    """

    alpha: Bytes
    on_white: Bytes
    enclosed: Mask
    faint_share: float
    sliver_share: float


def matte(image: bytes) -> Bytes:
    """Opacity, height by width, of the picture as it is seen, turned as its EXIF says. Raises BadImage."""
    return separate(decode(image)).alpha


def separate(image: Image.Image) -> Separation:
    if image.mode == "RGBA":
        alpha = np.array(image.getchannel("A"))
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
        if np.mean(_frame(alpha) < 128) > 0.5:
            alpha[~_without_specks(alpha >= 128, alpha > 0)] = 0
            return Separation(alpha, np.asarray(image), np.zeros(alpha.shape, np.bool_), 0.0, 0.0)
    return _separate_opaque(image)


def _separate_opaque(image: Image.Image) -> Separation:
    edge = _frame(np.asarray(image)).astype(np.int16)
    colour = np.median(edge, axis=0)
    near, toned, passable, steep = _background_like(image, edge, colour)
    outside = _flood(passable)
    subject = _without_steep_shadow(image, _without_specks(~outside, ~outside), steep)
    alpha, on_white, faint_share = _soften(image, subject, colour)
    enclosed = near & subject
    sliver_share = _sliver_share(subject, toned)
    return Separation(alpha, _whiten(on_white, enclosed, colour), enclosed, faint_share, sliver_share)


def _frame(pixels: Bytes) -> Bytes:
    """The pixels along the canvas edge, one per row."""
    rest = pixels.shape[2:]
    sides = (pixels[:FRAME], pixels[-FRAME:], pixels[:, :FRAME], pixels[:, -FRAME:])
    return np.concatenate([side.reshape(-1, *rest) for side in sides])


def _background_like(
    image: Image.Image, edge: NDArray[np.int16], colour: NDArray[np.float64]
) -> tuple[Mask, Mask, Mask, Mask]:
    """Pixels of the background's colour; those and its shadows' tones; of these where tones change only gently.

    And where they may change steeply, if all around the subject is an outline.
    """
    distance = np.abs(edge - colour).max(axis=1)
    usual = distance[distance <= NEAR_MOST]
    noise = float(usual.std()) if usual.size else 0.0
    uneven = float(np.percentile(distance, 80)) > NEAR_MOST / 2
    if noise > 1:  # calmed, it must not widen the limits until they swallow pale subjects
        image, noise = image.filter(ImageFilter.BoxBlur(1)), noise / 3
    plain = Image.new("RGB", image.size, tuple(int(c) for c in colour))
    near = _brightest(ImageChops.difference(image, plain)) <= min(NEAR + 3 * noise, NEAR_MOST)
    if not uneven and colour.min() < LIGHT:
        return near, near, near, near
    balanced = image if uneven else _balanced(image, colour)
    darkest, tint = (DRIFT_DARKEST, DRIFT_TINT) if uneven else (SHADOW_DARKEST, SHADOW_TINT)
    low, high = _darkest(balanced), _brightest(balanced)
    gentle = _change(np.asarray(image.convert("L"))) <= min(SHADOW_STEP + 2 * noise, 2 * SHADOW_STEP)
    toned = near | ((low >= darkest) & (high - low <= tint))
    passable = near | (gentle & toned)
    return near, toned, passable, passable if uneven else toned


def _balanced(image: Image.Image, colour: NDArray[np.float64]) -> Image.Image:
    """The picture with its background made white."""
    return image.point([min(255, round(level * 255 / float(c))) for c in colour for level in range(256)])


def _brightest(image: Image.Image) -> Bytes:
    red, green, blue = image.split()
    return np.asarray(ImageChops.lighter(ImageChops.lighter(red, green), blue))


def _darkest(image: Image.Image) -> Bytes:
    red, green, blue = image.split()
    return np.asarray(ImageChops.darker(ImageChops.darker(red, green), blue))


def _change(level: Bytes) -> Bytes:
    """Greatest less least level in each 3 by 3 square."""
    most, least = level.copy(), level.copy()
    for ufunc, out in ((np.maximum, most), (np.minimum, least)):
        ufunc(out[1:], level[:-1], out=out[1:])
        ufunc(out[:-1], level[1:], out=out[:-1])
        across = out.copy()
        ufunc(out[:, 1:], across[:, :-1], out=out[:, 1:])
        ufunc(out[:, :-1], across[:, 1:], out=out[:, :-1])
    return most - least


def grown(mask: Mask) -> Mask:
    """The mask and every pixel beside it, corners included."""
    tall = mask.copy()
    tall[1:] |= mask[:-1]
    tall[:-1] |= mask[1:]
    wide = tall.copy()
    wide[:, 1:] |= tall[:, :-1]
    wide[:, :-1] |= tall[:, 1:]
    return wide


def _flood(passable: Mask) -> Mask:
    """What can be reached from the canvas edge through gaps of three pixels and more."""
    blocks = components(~passable)
    walls = blocks.paint(blocks.areas() > PINHOLE)
    roomy = components(~grown(walls))
    reached = roomy.paint(roomy.at_border())
    for _ in range(2):
        reached = grown(reached) & ~walls
    return reached


def _without_steep_shadow(image: Image.Image, subject: Mask, steep: Mask) -> Mask:
    """The subject less the tones of shadow beside it, if then a dark outline is all around."""
    dark = grown_by(_brightest(image) < OUTLINE, 2)
    if _is_outlined(subject, dark):
        return subject
    inside = subject & ~_flood(steep)
    bare = _without_specks(inside, inside)
    lost = int(subject.sum()) - int(bare.sum())
    return bare if _is_outlined(bare, dark) and lost <= MOST_SHADOW * subject.sum() else subject


def _is_outlined(subject: Mask, dark: Mask) -> bool:
    rim = grown(~subject) & subject
    return int((rim & dark).sum()) > OUTLINED * int(rim.sum())


def _sliver_share(subject: Mask, toned: Mask) -> float:
    """Lines in tones of shadow with background on both sides, as a share of the rim; measured at half the size.

    They are the contour of a pale subject that the flood broke into, or a shadow too steep for it.
    """
    subject, ink = subject[::2, ::2], (subject & ~toned)[::2, ::2]
    narrow = subject & ~grown_by(~grown_by(~subject, SLIVER), SLIVER)
    rim = grown(~subject) & subject
    return float((narrow & ~grown_by(ink, 2)).sum()) / max(int(rim.sum()), 1)


def grown_by(mask: Mask, count: int) -> Mask:
    """The mask grown so many times."""
    for _ in range(count):
        mask = grown(mask)
    return mask


def _without_specks(core: Mask, whole: Mask) -> Mask:
    """The mask `whole` less the lone regions of `core` that are dirt."""
    parts = components(core)
    specks = parts.paint(parts.areas() < SPECK * core.size)
    for _ in range(2):
        specks = grown(specks) & whole
    return whole & ~specks if specks.any() else whole


def _soften(image: Image.Image, subject: Mask, colour: NDArray[np.float64]) -> tuple[Bytes, Bytes, float]:
    """Opacity, unmixed at the rim from the pure colours on both sides; the picture over white; the faint share."""
    faint_share, pixels = 0.0, np.asarray(image)
    alpha = np.where(subject, np.uint8(255), np.uint8(0))
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=Image.fromarray(alpha))
    on_white = np.array(white)
    beside = grown_by(~subject, BAND)
    rim = np.flatnonzero(beside & subject)
    if rim.size:
        share, behind, faint = _unmix(pixels, rim, ~subject, ~beside, colour)
        faint_share = float(faint.mean())
        alpha.reshape(-1)[rim] = np.rint(share * 255).astype(np.uint8)
        shown = pixels.reshape(-1, 3)[rim] + (1 - share)[:, None] * (255 - behind)
        on_white.reshape(-1, 3)[rim] = np.clip(shown, 0, 255).astype(np.uint8)
    return alpha, on_white, faint_share


def _unmix(
    pixels: Bytes, rim: NDArray[np.int64], outside: Mask, inside: Mask, colour: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], Mask]:
    """Each rim pixel's share of subject, the background's colour behind it, and whether the two are near alike."""
    here = pixels.reshape(-1, 3)[rim].astype(np.float32)
    fore, fores = _mean_around(pixels, rim, inside)
    behind, behinds = _mean_around(pixels, rim, outside)
    behind = np.where(behinds > 0, behind, colour.astype(np.float32))
    across = fore - behind
    length = (across * across).sum(axis=1)
    share = ((here - behind) * across).sum(axis=1) / np.maximum(length, 1)
    # Without a pure colour nearby, or with two alike, the rim is taken whole.
    known = fores[:, 0] > 0
    faint = known & (length < FAINT * FAINT)
    share = np.where(known & ~faint, np.clip((share - 0.03) / 0.9, 0, 1), 1).astype(np.float32)
    return share, behind, faint


def _mean_around(pixels: Bytes, rim: NDArray[np.int64], among: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean colour of the pixels `among` around each rim pixel, and how many there were."""
    height, width = among.shape
    row, column = np.divmod(rim, width)
    total, count = np.zeros((len(rim), 3), np.float32), np.zeros((len(rim), 1), np.float32)
    flat, allowed = pixels.reshape(-1, 3), among.reshape(-1)
    for down, right in REACHES:
        for _ in range(4):
            down, right = right, -down
            at = np.clip(row + down, 0, height - 1) * width + np.clip(column + right, 0, width - 1)
            weight = allowed[at][:, None]
            total += flat[at] * weight
            count += weight
    return (total / np.maximum(count, 1)).astype(np.float32), count


def _whiten(on_white: Bytes, enclosed: Mask, colour: NDArray[np.float64]) -> Bytes:
    """Holes show the white vinyl, not the background's tone."""
    if enclosed.any() and colour.min() < 255:
        lift = (255 - colour).astype(np.int16)
        on_white[enclosed] = np.minimum(on_white[enclosed] + lift, 255).astype(np.uint8)
    return on_white
