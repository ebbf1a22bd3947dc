"""Things a character sits in, stands on or holds."""

from collections.abc import Callable

from stickertrendz.sandbox.art.faces import Anchor
from stickertrendz.sandbox.art.pen import (
    Colour,
    Pen,
    arc,
    bent,
    corners,
    ellipse,
    heart,
    knots,
    mirrored,
    pudgy,
    rotated,
    smooth,
    tinted,
)

WOOD: Colour = (190, 126, 76)
GOLD: Colour = (255, 206, 76)
FOAM: Colour = (238, 248, 255)


def bathtub(pen: Pen, at: Anchor, colour: Colour) -> None:
    for x in (260, 740):
        pen.shape(ellipse(x, 930, 46, 36), GOLD)
    pen.shape(smooth(*knots("150,720 500,740 850,720 820,840 730,920 270,920 180,840")), tinted(colour, 0.55))
    pen.shape(pudgy(500, 725, 400, 42, 4), tinted(colour, 0.8))
    foam = [
        ellipse(x, y, r, r)
        for x, y, r in ((190, 690, 62), (280, 670, 70), (380, 695, 58), (620, 692, 60), (720, 668, 74), (815, 692, 58))
    ]
    pen.shape(foam, FOAM)


def teacup(pen: Pen, at: Anchor, colour: Colour) -> None:
    pen.stroke(arc(790, 790, 90, 84, -90, 90), 84)
    pen.stroke(arc(790, 790, 90, 84, -90, 90), 50, colour)
    dots = [(heart(x, 800, 30), tinted(colour, 0.65)) for x in (330, 500, 670)]
    pen.shape(smooth(*knots("200,680 500,700 800,680 770,830 640,935 360,935 230,830")), colour, dots)
    pen.shape(pudgy(500, 680, 320, 36, 4), tinted(colour, 0.4))


def basket(pen: Pen, at: Anchor, colour: Colour) -> None:
    weave = [(corners((180, y), (820, y), (820, y + 12), (180, y + 12)), tinted(WOOD, -0.25)) for y in (755, 815, 875)]
    pen.shape(corners(*knots("215,700 785,700 725,930 275,930")), tinted(WOOD, 0.25), weave)
    pen.shape(pudgy(500, 705, 320, 42, 4), tinted(WOOD, 0.4))


def boot(pen: Pen, at: Anchor, colour: Colour) -> None:
    pen.shape(smooth(*knots("300,650 700,650 700,800 800,830 850,920 600,945 310,940 290,800")), colour)
    pen.shape(pudgy(500, 660, 230, 46, 4), tinted(colour, 0.45))
    pen.shape(pudgy(570, 945, 300, 26, 4), tinted(colour, -0.3))


def pot(pen: Pen, at: Anchor, colour: Colour) -> None:
    pen.shape(corners(*knots("270,720 730,720 670,945 330,945")), (226, 130, 88))
    pen.shape(pudgy(500, 715, 275, 46, 4), (238, 152, 108))


def skateboard(pen: Pen, at: Anchor, colour: Colour) -> None:
    for x in (330, 670):
        pen.shape(ellipse(x, 940, 44, 44), (250, 246, 236))
    pen.rope(bent(*knots("130,830 210,888 500,890 790,888 870,830")), 44, colour)


def surfboard(pen: Pen, at: Anchor, colour: Colour) -> None:
    pen.shape(
        smooth(*knots("60,850 300,840 700,850 940,890 700,940 300,935")),
        colour,
        [(ellipse(500, 890, 430, 14), tinted(colour, 0.7))],
    )


def cloud(pen: Pen, at: Anchor, colour: Colour) -> None:
    pen.shape(
        [
            ellipse(x, y, r * 1.2, r)
            for x, y, r in ((240, 880, 84), (380, 850, 96), (520, 870, 100), (660, 850, 96), (780, 885, 80))
        ],
        (240, 247, 255),
    )


def pillow(pen: Pen, at: Anchor, colour: Colour) -> None:
    pen.shape(
        smooth(*knots("140,800 500,830 860,800 890,880 860,950 500,935 140,950 110,880")),
        tinted(colour, 0.3),
    )


def crescent(pen: Pen, at: Anchor, colour: Colour) -> None:
    pen.shape(
        smooth(*knots("120,620 200,820 380,900 620,900 800,820 880,620 900,800 800,930 500,985 200,930 100,800")),
        (255, 222, 116),
    )


def balloon(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.hand
    pen.stroke(bent((x, y), (x + 70, y - 140), (x + 105, 330)), 12)
    pen.shape(heart(x + 105, 220, 120), (250, 92, 112), [(ellipse(x + 60, 170, 26, 18, 40), (255, 190, 200))])


def umbrella(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.hand
    x += 20
    pen.rope(bent((x, y + 40), (x, 300), (x, 140)), 22, WOOD)
    low = at.top[1] + 10
    top = low - 190
    canopy = smooth(
        (x - 370, low),
        (x - 290, top + 90),
        (x - 60, top),
        (x + 120, top + 40),
        (x + 220, low),
        (x + 110, low - 24),
        (x, low),
        (x - 120, low - 24),
        (x - 245, low),
    )
    pen.shape(
        canopy,
        colour,
        [(smooth((x - 245, low), (x - 150, top + 60), (x - 60, top), (x - 90, low - 20)), tinted(colour, 0.45))],
    )


def flower(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.hand
    pen.rope(bent((x, y + 60), (x + 30, y - 30), (x + 35, y - 110)), 22, (98, 176, 90))
    for turn in range(0, 360, 60):
        pen.shape(rotated(ellipse(x + 38, y - 185, 36, 48), x + 38, y - 130, turn), tinted(colour, 0.2))
    pen.shape(ellipse(x + 38, y - 130, 36, 36), GOLD)


def cup(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.hand
    pen.rope(bent((x + 30, y - 80), (x + 45, y - 140), (x + 62, y - 190)), 24, (240, 100, 130))
    pen.shape(corners((x - 70, y - 90), (x + 110, y - 90), (x + 85, y + 120), (x - 45, y + 120)), (238, 200, 164),
              [(ellipse(x - 20 + 28 * i, y + 85 - 16 * (i % 2), 17, 17), (92, 62, 58)) for i in range(4)])  # fmt: skip
    pen.shape(pudgy(x + 20, y - 92, 102, 22, 4), (255, 250, 242))


def coffee(pen: Pen, at: Anchor, colour: Colour) -> None:
    x, y = at.hand
    pen.shape(
        corners((x - 60, y - 90), (x + 100, y - 90), (x + 80, y + 110), (x - 40, y + 110)),
        (250, 246, 238),
        [(corners((x - 80, y - 40), (x + 120, y - 40), (x + 120, y + 50), (x - 80, y + 50)), (176, 120, 80))],
    )
    pen.shape(pudgy(x + 20, y - 95, 95, 26, 4), (120, 84, 66))


def reading(pen: Pen, at: Anchor, colour: Colour) -> None:
    y = at.neck[1] + 95
    left = corners((500, y + 30), (300, y - 20), (300, y + 150), (500, y + 200))
    pen.shape(left, colour)
    pen.shape(mirrored(left), tinted(colour, -0.12))


def guitar(pen: Pen, at: Anchor, colour: Colour) -> None:
    y = at.neck[1] + 120
    pen.rope(bent((520, y + 30), (680, y - 70), (840, y - 175)), 34, (120, 80, 58))
    pen.shape(pudgy(862, y - 190, 44, 36, 4), (150, 100, 70))
    body = [ellipse(380, y + 95, 125, 110), ellipse(510, y + 30, 88, 80)]
    pen.shape(body, (236, 152, 76), [(ellipse(455, y + 60, 44, 42), (90, 58, 52))])


def noodles(pen: Pen, at: Anchor, colour: Colour) -> None:
    y = at.neck[1] + 110
    for x in (430, 500, 570):
        pen.rope(arc(x, y + 10, 36, 50, 180, 360), 20, (255, 226, 140))
    pen.shape(
        smooth((330, y), (500, y - 8), (670, y), (630, y + 110), (560, y + 160), (440, y + 160), (370, y + 110)),
        (226, 84, 80),
    )


def backpack(pen: Pen, at: Anchor, colour: Colour) -> None:
    pen.shape(pudgy(500, 690, 245, 170, 4), colour)


Prop = Callable[[Pen, Anchor, Colour], None]
BEHIND: dict[str, Prop] = {
    "surfboard": surfboard, "cloud": cloud, "pillow": pillow, "crescent moon": crescent, "backpack": backpack,
    "skateboard": skateboard,
}  # fmt: skip
HELD: dict[str, Prop] = {
    "bathtub": bathtub, "teacup": teacup, "basket": basket, "rain boot": boot, "flower pot": pot, "balloon": balloon,
    "umbrella": umbrella, "a flower": flower, "boba tea": cup, "coffee cup": coffee, "reading a book": reading,
    "guitar": guitar, "noodles": noodles,
}  # fmt: skip
