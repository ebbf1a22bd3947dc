"""Furry and feathered animals: one drawing, told apart by a row in a table."""

from stickertrendz.sandbox.art.faces import Anchor
from stickertrendz.sandbox.art.menagerie import BEAK, CREAM, DARK, PINK, Animal
from stickertrendz.sandbox.art.pen import (
    Colour,
    Patch,
    Pen,
    Points,
    bent,
    corners,
    ellipse,
    knots,
    mirrored,
    pudgy,
    rotated,
    smooth,
    tinted,
)

BACKED = {"bushy", "ringed", "paddle", "thick", "thin", "curl", "puff", "spring", "wings", "spiked"}


def draw_animal(pen: Pen, animal: Animal, pose: str) -> Anchor:
    """`pose` is sitting, waving or portrait (the head alone)."""
    portrait = pose == "portrait"
    cy, ry = (510.0, 290.0) if portrait else (400.0, 195.0)
    rx = ry * 1.18 * animal.wide
    if not portrait:
        _tail(pen, animal)
        _body(pen, animal, waving=pose == "waving")
    _ears(pen, animal, cy, rx, ry)
    if animal.mark == "wool":
        puffs = [
            ellipse(500 + dx * rx, cy - dy * ry, ry * 0.36, ry * 0.34)
            for dx, dy in ((-0.55, 0.7), (0, 0.9), (0.55, 0.7))
        ]
        pen.shape(puffs, tinted(animal.coat, 0.4))
    if animal.mark == "spines":
        _spines(pen, cy, rx, ry)
    pen.shape(pudgy(500, cy, rx, ry, 2.3), animal.coat, _head_marks(animal, cy, rx, ry))
    face_y = cy + ry * 0.08
    _snout(pen, animal, face_y, ry)
    return Anchor(
        (500, face_y),
        ry * 0.56,
        (500, cy - ry * 0.88),
        rx * 0.62,
        (500, cy + ry * 0.93),
        (672, 640),
        cy + ry if portrait else 880,
    )


def _body(pen: Pen, a: Animal, waving: bool) -> None:
    for side in (-1, 1):
        pen.shape(ellipse(500 + side * 105, 850, 78, 42), BEAK if a.snout in ("bill", "beak") else a.coat)
    belly = ellipse(500, 745, 112, 125)
    patches: list[Patch] = [(belly, a.light)]
    if a.mark == "bands":
        patches = [(corners((250, y), (750, y), (750, y + 42), (250, y + 42)), DARK) for y in (650, 740, 825)]
    coat = DARK if a.mark == "eyes" else a.coat
    pen.shape(
        smooth(*knots("500,520 640,590 680,740 620,860 500,880 380,860 320,740 360,590")),
        a.coat,
        patches,
    )
    pen.rope(bent((375, 640), (345, 700), (385, 750)), 62, coat)
    pen.rope(bent((630, 640), (700, 610), (745, 540)) if waving else bent((625, 640), (655, 700), (615, 750)), 62, coat)


def _ears(pen: Pen, a: Animal, cy: float, rx: float, ry: float) -> None:
    top = cy - ry
    inner = PINK if a.ears in ("long", "huge", "pointy", "tall") else tinted(a.coat, -0.22)
    if a.ears == "pointy":
        outer = smooth(
            (500 - rx * 0.92, cy - ry * 0.3),
            (500 - rx * 0.86, top - ry * 0.42),
            (500 - rx * 0.72, top - ry * 0.42),
            (500 - rx * 0.2, cy - ry * 0.8),
        )
        _pair(pen, outer, a.coat, 500 - rx * 0.66, cy - ry * 0.82, inner, 0.55)
    elif a.ears in ("round", "small", "huge", "dark"):
        size = {"round": 0.36, "small": 0.24, "huge": 0.58, "dark": 0.36}[a.ears] * ry
        x, y = 500 - rx * (0.92 if a.ears == "huge" else 0.68), cy - ry * (0.6 if a.ears == "huge" else 0.78)
        _pair(
            pen,
            ellipse(x, y, size, size),
            DARK if a.ears == "dark" else a.coat,
            x,
            y,
            DARK if a.ears == "dark" else inner,
            0.58,
        )
    elif a.ears in ("long", "tall"):
        length = 1.15 if a.ears == "long" else 0.62
        x, y = 500 - rx * 0.42, top - ry * length * 0.35
        _pair(pen, ellipse(x, y, ry * 0.24, ry * length * 0.68, 10), a.coat, x, y, inner, 0.58)
    elif a.ears == "floppy":
        outer = smooth(
            (500 - rx * 0.7, cy - ry * 0.78),
            (500 - rx * 1.14, cy - ry * 0.66),
            (500 - rx * 1.26, cy + ry * 0.1),
            (500 - rx * 0.98, cy + ry * 0.12),
        )
        for ear in (outer, mirrored(outer)):
            pen.shape(ear, tinted(a.coat, -0.28))
    elif a.ears == "gills":
        for side in (-1, 1):
            for turn in (-32, 0, 32):
                frond = rotated(
                    ellipse(500 + side * rx * 1.12, cy - ry * 0.1, rx * 0.3, ry * 0.13), 500, cy, side * turn
                )
                pen.shape(frond, (240, 94, 134))
    else:
        _horns(pen, a, cy, rx, ry)


def _horns(pen: Pen, a: Animal, cy: float, rx: float, ry: float) -> None:
    top = cy - ry
    if a.ears in ("horns", "antlers", "antennae"):
        for side in (-1, 1):
            x = 500 + side * rx * 0.45
            if a.ears == "horns":
                pen.shape(
                    smooth((x - 45, top + 60), (x + side * 40, top - ry * 0.42), (x + 45, top + 60)),
                    tinted(a.coat, -0.25),
                )
                continue
            tip = (x + side * ry * 0.3, top - ry * 0.5)
            pen.rope(
                bent((x, top + 40), (x + side * 10, top - 30), tip),
                26,
                (214, 170, 110) if a.ears == "antlers" else DARK,
            )
            if a.ears == "antlers":
                pen.rope(
                    bent((x + side * 12, top - 40), (x - side * 20, top - 70), (x - side * 30, top - 100)),
                    22,
                    (214, 170, 110),
                )
            else:
                pen.shape(ellipse(*tip, 26, 26), a.coat)
    elif a.ears == "tuft":
        pen.shape(smooth((460, top + 30), (455, top - 50), (490, top - 30), (520, top - 75), (540, top + 30)), a.coat)
    elif a.ears == "horn":
        for side in (-1, 1):
            pen.shape(ellipse(500 + side * rx * 0.7, top + ry * 0.22, 44, 70, side * -30), a.coat)
        pen.shape(corners((452, top + 30), (500, top - ry * 0.85), (548, top + 30)), (255, 214, 102),
                  [(corners((440, top - 20), (560, top - 60), (560, top - 85), (440, top - 45)), (255, 170,
                      190))])  # fmt: skip


def _pair(pen: Pen, outer: Points, coat: Colour, x: float, y: float, inner: Colour, scale: float) -> None:
    core = (outer - (x, y)) * scale + (x, y)
    pen.shape(outer, coat, [(core, inner)])
    pen.shape(mirrored(outer), coat, [(mirrored(core), inner)])


def _tail(pen: Pen, a: Animal) -> None:
    if a.tail == "wings":
        for side in (-1, 1):
            pen.shape(ellipse(500 + side * 215, 640, 130, 86, side * 28), (222, 240, 252))
    elif a.tail in ("bushy", "ringed"):
        tail = smooth(*knots("590,850 760,840 850,700 820,560 740,580 720,700 620,750"))
        tip: list[Patch] = [(ellipse(810, 590, 110, 78), a.light)]
        rings = [(ellipse(x, y, 90, 24, 25), DARK) for x, y in ((800, 600), (785, 680), (735, 765))]
        pen.shape(tail, a.coat, rings if a.tail == "ringed" else tip)
    elif a.tail == "spiked":
        for x, y in ((690, 800), (755, 765), (815, 715)):
            pen.shape(corners((x - 44, y), (x + 5, y - 85), (x + 50, y - 10)), (255, 176, 66))
        pen.shape(smooth(*knots("580,870 760,850 890,700 800,740 620,740")), a.coat)
    elif a.tail == "paddle":
        pen.shape(ellipse(740, 800, 130, 62, 25), (104, 70, 52))
    elif a.tail == "puff":
        pen.shape(ellipse(690, 810, 62, 56), a.light)
    elif a.tail in BACKED:
        width = {"thick": 92, "curl": 54, "thin": 26, "spring": 24}[a.tail]
        pen.rope(bent(*knots("600,840 730,840 790,750 760,660")), width, PINK if a.tail == "thin" else a.coat)


def _spines(pen: Pen, cy: float, rx: float, ry: float) -> None:
    tufts = [rotated(ellipse(500, cy - ry * 1.06, rx * 0.16, ry * 0.26), 500, cy, turn) for turn in range(-96, 97, 24)]
    pen.shape(tufts, (132, 94, 72))


def _head_marks(a: Animal, cy: float, rx: float, ry: float) -> list[Patch]:
    def both(part: Points, colour: Colour) -> list[Patch]:
        return [(part, colour), (mirrored(part), colour)]

    dark = tinted(a.coat, -0.32)
    eye_x, eye_y = 500 - ry * 0.56, cy + ry * 0.08
    if a.mark == "stripes":
        side = both(ellipse(500 - rx, cy + ry * 0.1, rx * 0.2, ry * 0.06), dark) + both(
            ellipse(500 - rx, cy + ry * 0.34, rx * 0.18, ry * 0.06), dark
        )
        return [(ellipse(500 + dx * rx, cy - ry * 0.95, rx * 0.05, ry * 0.34), dark) for dx in (-0.22, 0, 0.22)] + side
    if a.mark == "cheeks":
        return both(ellipse(500 - rx * 0.72, cy + ry * 0.62, rx * 0.58, ry * 0.5), a.light)
    if a.mark in ("eyes", "mask", "sleepy eyes"):
        colour = (120, 86, 66) if a.mark == "sleepy eyes" else DARK
        grey = tinted(colour, 0.28)
        spread = (0.3, 0.4) if a.mark == "eyes" else (0.46, 0.34)
        return both(ellipse(eye_x - ry * 0.04, eye_y, rx * spread[0], ry * spread[1], -24), grey)
    if a.mark == "spots":
        return [(ellipse(500 - rx * 0.62, cy - ry * 0.35, rx * 0.42, ry * 0.55, 20), DARK)]
    if a.mark == "blaze":
        return [
            (ellipse(500, cy - ry * 0.3, rx * 0.16, ry * 0.9), a.light),
            (ellipse(500, cy + ry * 0.7, rx * 0.62, ry * 0.5), a.light),
        ]
    if a.mark in ("bib", "heart face"):
        return [
            *both(ellipse(500 - rx * 0.36, cy + ry * 0.16, rx * 0.42, ry * 0.66), a.light),
            (ellipse(500, cy + ry * 0.5, rx * 0.62, ry * 0.42), a.light),
        ]
    if a.mark == "freckles":
        return [
            (ellipse(500 + dx * rx, cy - ry * dy, rx * 0.05, ry * 0.05), CREAM)
            for dx, dy in ((-0.3, 0.62), (0, 0.7), (0.3, 0.62))
        ]
    return []


def _snout(pen: Pen, a: Animal, y: float, ry: float) -> None:
    low = y + ry * 0.42
    if a.snout == "patch" and a.mark not in ("bib", "blaze"):
        pen.fill(ellipse(500, low, ry * 0.4, ry * 0.28), a.light)
    elif a.snout == "broad":
        pen.shape(pudgy(500, low + ry * 0.06, ry * 0.46, ry * 0.32, 3), a.light)
        for side in (-1, 1):
            pen.fill(ellipse(500 + side * ry * 0.17, low - ry * 0.06, ry * 0.06, ry * 0.08), tinted(a.light, -0.6))
        return
    elif a.snout == "pig":
        pen.shape(pudgy(500, low - ry * 0.1, ry * 0.28, ry * 0.2), (255, 140, 156))
        for side in (-1, 1):
            pen.fill(ellipse(500 + side * ry * 0.1, low - ry * 0.1, ry * 0.045, ry * 0.085), (168, 62, 84))
        return
    elif a.snout == "bill":
        pen.shape(
            smooth((500 - ry * 0.4, low), (500, low - ry * 0.2), (500 + ry * 0.4, low), (500, low + ry * 0.2)), BEAK
        )
        pen.stroke(bent((500 - ry * 0.3, low), (500, low + ry * 0.06), (500 + ry * 0.3, low)), 9)
        return
    elif a.snout == "beak":
        pen.shape(
            smooth((500 - ry * 0.17, low - ry * 0.14), (500 + ry * 0.17, low - ry * 0.14), (500, low + ry * 0.16)), BEAK
        )
        return
    if a.snout in ("patch", "nose"):
        size = 0.17 if a.ears == "huge" and a.mark == "none" and a.snout == "nose" else 0.1
        pen.fill(ellipse(500, low - ry * 0.2, ry * 0.13, ry * size), (70, 50, 62))
