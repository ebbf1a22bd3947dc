"""Plants and household objects with a face."""

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
    star,
    tinted,
)

LEAF: Colour = (104, 182, 96)
CLAY: Colour = (226, 130, 88)


def _pot(pen: Pen, colour: Colour) -> None:
    pen.shape(corners(*knots("320,660 680,660 635,880 365,880")), colour)
    pen.shape(pudgy(500, 650, 210, 44, 4), tinted(colour, 0.12))


def cactus(pen: Pen, colour: Colour) -> Anchor:
    for side in (-1, 1):
        y = 470 + side * 35
        pen.rope(
            bent((500 + side * 150, y), (500 + side * 250, y), (500 + side * 262, y - 70), (500 + side * 262, y - 130)),
            82,
            LEAF,
        )
    ribs = [(ellipse(x, 420, 9, 260), tinted(LEAF, -0.16)) for x in (395, 605)]
    pen.shape(
        smooth(*knots("500,140 620,190 670,340 670,640 500,680 330,640 330,340 380,190")),
        LEAF,
        ribs,
    )
    for turn in range(0, 360, 72):
        pen.shape(rotated(ellipse(500, 90, 34, 44), 500, 135, turn), (255, 130, 170))
    pen.shape(ellipse(500, 135, 26, 26), (255, 220, 90))
    _pot(pen, CLAY)
    return Anchor((500, 430), 88, (500, 130), 110, (500, 610), (765, 400), 880)


def mushroom(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(smooth(*knots("380,500 620,500 650,700 690,840 500,880 310,840 350,700")), (255, 242, 218))
    spots = [
        (ellipse(x, y, rx, ry), (255, 250, 240))
        for x, y, rx, ry in (
            (500, 270, 76, 60),
            (310, 420, 62, 54),
            (690, 420, 62, 54),
            (420, 500, 34, 24),
            (600, 490, 34, 24),
        )
    ]
    pen.shape(
        smooth(*knots("500,130 720,200 880,430 860,540 500,580 140,540 120,430 280,200")),
        colour,
        spots,
    )
    return Anchor((500, 690), 78, (500, 150), 200, (500, 800), (670, 740), 880)


def house_plant(pen: Pen, colour: Colour) -> Anchor:
    for turn, length in ((-70, 250), (70, 250), (-38, 300), (38, 300), (0, 330)):
        leaf = smooth((500, 640), (580, 640 - length * 0.6), (500, 640 - length * 1.55), (420, 640 - length * 0.6))
        vein = rotated(bent((500, 620), (500, 640 - length * 0.6), (500, 640 - length * 1.1)), 500, 640, turn)
        pen.shape(rotated(leaf, 500, 640, turn), tinted(LEAF, 0.12 if turn else -0.08))
        pen.stroke(vein, 9, tinted(LEAF, -0.3))
    _pot(pen, colour)
    return Anchor((500, 760), 66, (500, 610), 150, (500, 860), (660, 780), 880)


def sunflower(pen: Pen, colour: Colour) -> Anchor:
    pen.rope(bent((500, 600), (510, 740), (500, 900)), 40, LEAF)
    for side in (-1, 1):
        pen.shape(ellipse(500 + side * 110, 800, 105, 48, side * -25), LEAF)
    for turn in range(0, 360, 30):
        pen.shape(rotated(ellipse(500, 190, 72, 120), 500, 410, turn), colour)
    pen.shape(ellipse(500, 410, 200, 200), (150, 96, 60))
    return Anchor((500, 410), 84, (500, 190), 130, (500, 620), (600, 790), 900)


def tulip(pen: Pen, colour: Colour) -> Anchor:
    pen.rope(bent((500, 560), (495, 740), (500, 900)), 40, LEAF)
    for side in (-1, 1):
        pen.shape(ellipse(500 + side * 110, 750, 60, 170, side * 28), LEAF)
    pen.shape(
        smooth(*knots("260,200 380,300 500,170 620,300 740,200 750,450 640,600 500,640 360,600 250,450")),
        colour,
    )
    return Anchor((500, 450), 92, (500, 200), 150, (500, 640), (600, 740), 900)


def pumpkin(pen: Pen, colour: Colour) -> Anchor:
    pen.rope(bent((500, 330), (490, 250), (550, 190)), 56, (112, 146, 74))
    for x, rx in ((270, 160), (730, 160), (390, 170), (610, 170)):
        pen.shape(ellipse(x, 590, rx, 255), (246, 146, 52))
    pen.shape(ellipse(500, 590, 165, 272), (252, 160, 64))
    return Anchor((500, 580), 110, (500, 300), 160, (500, 780), (860, 620), 862)


def mug(pen: Pen, colour: Colour) -> Anchor:
    pen.stroke(arc(720, 570, 120, 130, -90, 90), 92)
    pen.stroke(arc(720, 570, 120, 130, -90, 90), 58, colour)
    for x in (390, 500, 610):
        pen.rope(bent((x, 300), (x + 30, 240), (x - 20, 190), (x + 15, 130)), 20, (236, 232, 240))
    pen.shape(
        pudgy(480, 600, 270, 270, 4),
        colour,
        [(corners(*knots("150,790 800,790 800,830 150,830")), tinted(colour, 0.5))],
    )
    pen.shape(ellipse(480, 345, 250, 62), (140, 90, 64))
    return Anchor((480, 590), 105, (480, 300), 180, (480, 760), (745, 700), 870)


def planet(pen: Pen, colour: Colour) -> Anchor:
    ring = rotated(arc(500, 540, 430, 130, 178, 362), 500, 540, 14)
    pen.rope(ring, 46, (255, 214, 120))
    bands = [
        (rotated(corners((150, y), (850, y), (850, y + 46), (150, y + 46)), 500, 540, 14), tinted(colour, 0.3))
        for y in (340, 460, 690)
    ]
    pen.shape(ellipse(500, 540, 290, 290), colour, bands)
    pen.rope(rotated(arc(500, 540, 430, 130, 2, 178), 500, 540, 14), 46, (255, 214, 120))
    return Anchor((500, 500), 100, (500, 255), 160, (500, 760), (830, 640), 830)


def moon(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(
        smooth(
            *knots("560,130 360,190 230,380 230,620 370,800 580,870 780,790 620,750 520,620 500,480 530,300 680,170")
        ),
        (255, 224, 122),
    )
    return Anchor((380, 520), 62, (480, 150), 110, (430, 700), (720, 800), 870)


def cloud(pen: Pen, colour: Colour) -> Anchor:
    puffs = [
        ellipse(x, y, r, r * 0.92)
        for x, y, r in ((270, 620, 150), (420, 480, 190), (620, 480, 180), (750, 630, 140), (500, 650, 200))
    ]
    pen.shape(puffs, (236, 244, 255))
    return Anchor((500, 580), 105, (470, 310), 150, (500, 780), (850, 650), 835)


def rainbow(pen: Pen, colour: Colour) -> Anchor:
    tones: list[Colour] = [
        (244, 92, 96),
        (255, 170, 76),
        (255, 224, 96),
        (126, 206, 122),
        (108, 170, 244),
        (174, 132, 236),
    ]
    pen.stroke(arc(500, 700, 300, 330, 180, 360), 270)
    for i, tone in enumerate(tones):
        pen.stroke(arc(500, 700, 395 - 38 * i, 425 - 38 * i, 180, 360), 44, tone)
    for x in (220, 780):
        pen.shape(
            [ellipse(x - 70, 760, 80, 66), ellipse(x + 70, 760, 80, 66), ellipse(x, 720, 95, 85)], (246, 249, 255)
        )
    return Anchor((500, 470), 78, (500, 275), 130, (500, 600), (860, 720), 830)


def star_friend(pen: Pen, colour: Colour) -> Anchor:
    points = star(500, 540, 410, 5, 0.58)
    soft = smooth(*[(float(x), float(y)) for x, y in points])
    pen.shape(soft, (255, 214, 84))
    return Anchor((500, 540), 100, (500, 170), 70, (500, 700), (800, 480), 880)


def heart_friend(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(heart(500, 520, 380), colour, [(ellipse(300, 330, 70, 44, 35), tinted(colour, 0.55))])
    return Anchor((500, 480), 112, (500, 240), 160, (500, 720), (810, 560), 900)


def tent(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(
        corners((500, 200), (900, 830), (100, 830)),
        colour,
        [(corners((500, 200), (620, 830), (900, 830)), tinted(colour, -0.14))],
    )
    pen.shape(smooth((500, 420), (600, 830), (400, 830)), (86, 70, 96))
    pen.shape(smooth(*knots("500,420 440,640 330,830 420,830")), tinted(colour, 0.3))
    pen.shape(mirrored(smooth(*knots("500,420 440,640 330,830 420,830"))), tinted(colour, 0.3))
    return Anchor((500, 700), 44, (500, 215), 60, (500, 800), (790, 740), 830)


def rocket(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(smooth((420, 780), (500, 950), (580, 780)), (255, 186, 66))
    for side in (-1, 1):
        fin = smooth(*knots("640,560 780,720 770,850 620,780"))
        pen.shape(fin if side > 0 else mirrored(fin), colour)
    pen.shape(smooth(*knots("500,90 640,280 670,560 610,800 500,820 390,800 330,560 360,280")), (246, 246, 252),
              [(ellipse(500, 90, 180, 160), colour), (corners(*knots("200,720 800,720 800,765 200,765")),
                  colour)])  # fmt: skip
    return Anchor((500, 480), 84, (500, 120), 80, (500, 660), (675, 560), 930)


def book(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(corners(*knots("250,230 770,230 770,850 250,850")), (255, 248, 232))
    pen.shape(
        corners(*knots("220,200 720,200 720,820 220,820")),
        colour,
        [(corners(*knots("220,200 285,200 285,820 220,820")), tinted(colour, -0.2))],
    )
    pen.shape(corners(*knots("600,200 660,200 660,360 630,325 600,360")), (255, 214, 84))
    return Anchor((500, 540), 95, (480, 205), 160, (500, 700), (755, 620), 850)


def lamp(pen: Pen, colour: Colour) -> Anchor:
    pen.rope(bent((500, 560), (500, 700), (500, 820)), 40, (206, 166, 96))
    pen.shape(pudgy(500, 845, 150, 40, 3), (206, 166, 96))
    pen.shape(corners(*knots("380,200 620,200 760,580 240,580")), colour)
    return Anchor((500, 430), 88, (500, 205), 110, (500, 590), (560, 700), 885)


def teapot(pen: Pen, colour: Colour) -> Anchor:
    pen.rope(bent((720, 640), (850, 560), (900, 420)), 76, colour)
    pen.stroke(arc(270, 600, 130, 130, 90, 270), 84)
    pen.stroke(arc(270, 600, 130, 130, 90, 270), 50, colour)
    pen.shape(
        ellipse(500, 610, 280, 240),
        colour,
        [(ellipse(x, 760, 30, 30), tinted(colour, 0.5)) for x in (360, 450, 550, 640)],
    )
    pen.shape(ellipse(500, 385, 150, 52), tinted(colour, 0.2))
    pen.shape(ellipse(500, 320, 46, 46), (255, 214, 84))
    return Anchor((500, 580), 105, (500, 300), 130, (500, 760), (800, 640), 850)


THINGS: dict[str, tuple[Callable[[Pen, Colour], Anchor], Colour]] = {
    "cactus": (cactus, LEAF), "succulent": (house_plant, (120, 170, 226)), "mushroom": (mushroom, (240, 84, 76)),
    "toadstool": (mushroom, (170, 122, 220)),
    "house plant": (house_plant, CLAY), "fern": (house_plant, (150, 130, 220)), "sunflower": (sunflower, (255, 204,
    66)), "daisy": (sunflower, (255, 252, 244)),
    "tulip": (tulip, (255, 122, 150)), "pumpkin": (pumpkin, LEAF), "mug": (mug, (108, 184, 214)), "planet": (planet,
    (176, 128, 226)), "moon": (moon, LEAF),
    "cloud": (cloud, LEAF), "rainbow": (rainbow, LEAF), "star": (star_friend, LEAF), "heart": (heart_friend, (250, 96,
    120)), "tent": (tent, (250, 150, 74)),
    "rocket": (rocket, (240, 86, 84)), "book": (book, (90, 150, 204)), "lamp": (lamp, (255, 206, 110)),
    "teapot": (teapot, (238, 138, 158)),
}  # fmt: skip
