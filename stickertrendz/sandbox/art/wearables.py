"""Hats, glasses and what else a character wears."""

from collections.abc import Callable

from stickertrendz.sandbox.art.faces import Anchor
from stickertrendz.sandbox.art.pen import (
    Colour,
    Pen,
    arc,
    bent,
    corners,
    ellipse,
    pudgy,
    rotated,
    smooth,
    star,
    tinted,
)

WOOD: Colour = (190, 126, 76)
GOLD: Colour = (255, 206, 76)


def headphones(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.top
    reach = at.girth * 1.56
    drop = at.face[1]
    pen.stroke(arc(x, drop, reach, drop - y + 36, 185, 355), 72)
    pen.stroke(arc(x, drop, reach, drop - y + 36, 185, 355), 38, colour)
    for side in (-1, 1):
        pen.shape(pudgy(x + side * reach, drop, 48, 84, 3), tinted(colour, 0.2))


def sunglasses(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.face
    s = at.span
    pen.stroke(bent((x - s, y - s * 0.3), (x, y - s * 0.36), (x + s, y - s * 0.3)), s * 0.26)
    for side in (-1, 1):
        lens = smooth(
            (x + side * s * 0.3, y - s * 0.4),
            (x + side * s * 1.7, y - s * 0.45),
            (x + side * s * 1.6, y + s * 0.3),
            (x + side * s, y + s * 0.58),
            (x + side * s * 0.42, y + s * 0.3),
        )
        pen.shape(
            lens,
            (62, 60, 84),
            [
                (
                    rotated(
                        corners(
                            (x + side * s - 60, y - s * 0.2),
                            (x + side * s + 60, y - s * 0.2),
                            (x + side * s + 60, y - s * 0.04),
                            (x + side * s - 60, y - s * 0.04),
                        ),
                        x + side * s,
                        y,
                        -35,
                    ),
                    (150, 190, 240),
                )
            ],
        )


def wizard_hat(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.top
    w = at.girth
    pen.shape(smooth((x - w * 0.95, y + 10), (x - w * 0.5, y - w * 0.8), (x + w * 0.35, y - w * 1.75), (x + w * 0.4,
        y - w * 0.95), (x + w * 0.95, y + 10)), (106, 84, 190),
              [(star(x + dx * w, y - dy * w, w * 0.2), GOLD) for dx, dy in ((-0.3, 0.4), (0.3, 0.62), (0.1,
                  1.1))])  # fmt: skip
    pen.shape(ellipse(x, y + 14, w * 1.35, w * 0.26), (86, 66, 166))


def cowboy_hat(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.top
    w = at.girth
    pen.shape(smooth((x - w * 0.75, y), (x - w * 0.6, y - w * 0.9), (x, y - w * 0.68), (x + w * 0.6, y - w * 0.9),
        (x + w * 0.75, y)), WOOD,
              [(corners((x - w, y - w * 0.3), (x + w, y - w * 0.3), (x + w, y - w * 0.1), (x - w, y - w * 0.1)), (240,
                  92, 84))])  # fmt: skip
    pen.shape(
        smooth(
            (x - w * 1.6, y - w * 0.3),
            (x - w * 0.8, y - w * 0.02),
            (x, y - w * 0.06),
            (x + w * 0.8, y - w * 0.02),
            (x + w * 1.6, y - w * 0.3),
            (x + w * 0.9, y + w * 0.28),
            (x, y + w * 0.3),
            (x - w * 0.9, y + w * 0.28),
        ),
        tinted(WOOD, 0.12),
    )


def beanie(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.top
    w = at.girth
    pen.shape(ellipse(x, y - w * 0.92, w * 0.32, w * 0.32), (255, 250, 242))
    pen.shape(
        smooth(
            (x - w * 1.05, y + w * 0.2),
            (x - w * 0.9, y - w * 0.55),
            (x, y - w * 0.85),
            (x + w * 0.9, y - w * 0.55),
            (x + w * 1.05, y + w * 0.2),
        ),
        colour,
    )
    pen.shape(pudgy(x, y + w * 0.14, w * 1.18, w * 0.24, 4), tinted(colour, 0.4))


def flower_crown(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.top
    w = at.girth
    tones: list[Colour] = [(255, 140, 170), (255, 246, 236), (190, 150, 244), (255, 206, 92), (255, 140, 170)]
    for i, tone in enumerate(tones):
        cx, cy = x + (i - 2) * w * 0.52, y + abs(i - 2) ** 2 * w * 0.1
        for turn in range(0, 360, 72):
            pen.shape(rotated(ellipse(cx, cy - w * 0.2, w * 0.13, w * 0.17), cx, cy, turn), tone)
        pen.fill(ellipse(cx, cy, w * 0.12, w * 0.12), (255, 226, 110) if i != 3 else (255, 250, 240))


def party_hat(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.top
    w = at.girth * 0.72
    bands = [
        (
            corners((x - w, y - w * k), (x + w, y - w * (k + 0.25)), (x + w, y - w * k), (x - w, y - w * (k - 0.25))),
            tinted(colour, 0.6),
        )
        for k in (0.35, 0.95, 1.5)
    ]
    pen.shape(corners((x - w * 0.75, y + 20), (x, y - w * 2.0), (x + w * 0.75, y + 20)), colour, bands)
    pen.shape(ellipse(x, y - w * 2.05, w * 0.26, w * 0.26), GOLD)


def chef_hat(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.top
    w = at.girth
    pen.shape(
        [
            ellipse(x - w * 0.6, y - w * 0.72, w * 0.5, w * 0.44),
            ellipse(x + w * 0.6, y - w * 0.72, w * 0.5, w * 0.44),
            ellipse(x, y - w * 0.95, w * 0.56, w * 0.5),
        ],
        (255, 253, 248),
    )
    pen.shape(pudgy(x, y - w * 0.22, w * 0.82, w * 0.36, 5), (255, 253, 248))


def crown(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.top
    w = at.girth * 0.8
    pen.shape(corners((x - w, y + 20), (x - w * 1.1, y - w), (x - w * 0.5, y - w * 0.5), (x, y - w * 1.25),
        (x + w * 0.5, y - w * 0.5), (x + w * 1.1, y - w), (x + w, y + 20)), GOLD,
              [(ellipse(x + k * w, y - w * 0.15, w * 0.13, w * 0.15), (240, 90, 120)) for k in (-0.55, 0,
                  0.55)])  # fmt: skip


def scarf(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.neck
    w = at.girth * 1.05
    stripes = [
        (
            corners((x + w * 0.2, y + k), (x + w * 0.9, y + k), (x + w * 0.9, y + k + 20), (x + w * 0.2, y + k + 20)),
            tinted(colour, 0.6),
        )
        for k in (60, 110)
    ]
    pen.shape(
        corners((x + w * 0.3, y), (x + w * 0.75, y), (x + w * 0.82, y + 165), (x + w * 0.36, y + 175)), colour, stripes
    )
    pen.shape(pudgy(x, y + 8, w * 1.1, 48, 3), tinted(colour, 0.1))


def bow_tie(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.neck
    for side in (-1, 1):
        pen.shape(smooth((x, y + 20), (x + side * 110, y - 30), (x + side * 120, y + 70)), (240, 84, 104))
    pen.shape(ellipse(x, y + 20, 30, 32), (255, 120, 136))


WORN: dict[str, Callable[[Pen, Anchor, Colour], None]] = {
    "headphones": headphones, "sunglasses": sunglasses, "wizard hat": wizard_hat, "cowboy hat": cowboy_hat,
    "beanie": beanie, "flower crown": flower_crown, "party hat": party_hat, "chef hat": chef_hat,
    "knitted scarf": scarf, "a crown": crown, "bow tie": bow_tie,
}  # fmt: skip
