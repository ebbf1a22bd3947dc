"""Food with a face."""

from collections.abc import Callable

import numpy as np

from stickertrendz.sandbox.art.faces import Anchor
from stickertrendz.sandbox.art.pen import (
    Colour,
    Pen,
    arc,
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

LEAF: Colour = (112, 186, 84)
CRUST: Colour = (228, 166, 92)


def _sprinkles(low: tuple[float, float], high: tuple[float, float], count: int) -> list[tuple[np.ndarray, Colour]]:
    spots = np.random.default_rng(count).uniform(low, high, (count, 2))
    colours: list[Colour] = [(255, 240, 120), (130, 220, 240), (255, 255, 255), (150, 110, 240)]
    return [(rotated(ellipse(x, y, 20, 8), x, y, i * 47.0), colours[i % 4]) for i, (x, y) in enumerate(spots)]


def avocado(pen: Pen, colour: Colour) -> Anchor:
    skin = smooth(*knots("500,150 610,270 720,520 720,740 500,880 280,740 280,520 390,270"))
    flesh = (skin - (500, 560)) * 0.84 + (500, 560)
    pen.shape(skin, (84, 146, 70), [(flesh, (222, 240, 150))])
    pen.shape(ellipse(500, 700, 120, 118), (166, 106, 62))
    return Anchor((500, 480), 88, (500, 170), 90, (500, 600), (715, 600), 880)


def taco(pen: Pen, colour: Colour) -> Anchor:
    for x, y, tone in (
        (300, 420, LEAF),
        (420, 350, (240, 86, 70)),
        (540, 340, LEAF),
        (650, 380, (240, 86, 70)),
        (730, 470, LEAF),
    ):
        pen.shape(ellipse(x, y, 86, 80), tone)
    pen.shape(smooth(*knots("130,780 160,540 330,400 520,370 720,430 850,580 870,780 500,800")), (250, 200, 96),
              [(ellipse(x, y, 18, 14), (228, 166, 70)) for x, y in ((260, 600), (720, 560), (600, 470), (780, 700),
                  (380, 480), (230, 720))])  # fmt: skip
    return Anchor((500, 610), 100, (500, 320), 130, (500, 720), (850, 640), 800)


def pizza(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(smooth(*knots("200,330 480,400 800,330 620,640 510,880 480,880 370,640")), (255, 212, 96),
              [(ellipse(x, y, 62, 58), (226, 82, 62)) for x, y in ((340, 440), (660, 430), (500, 730))])  # fmt: skip
    pen.shape(smooth(*knots("150,300 320,200 500,175 680,200 850,300 820,370 500,300 180,370")), CRUST)
    return Anchor((500, 530), 86, (500, 190), 140, (500, 640), (680, 560), 880)


def donut(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(ellipse(500, 540, 330, 315), CRUST)
    icing = smooth(
        *knots(
            "500,235 700,290 800,480 790,620 700,640 650,740 560,700 470,780 400,700 300,730 250,620 "
            "205,600 210,450 310,290"
        )
    )
    pen.shape(icing, colour, _sprinkles((280, 270), (730, 420), 16))
    pen.shape(ellipse(500, 420, 72, 50), (250, 246, 238))
    return Anchor((500, 590), 110, (500, 235), 150, (500, 780), (800, 640), 855)


def toast(pen: Pen, colour: Colour) -> Anchor:
    crust = smooth(
        *knots("270,250 400,190 600,190 730,250 770,370 710,460 720,820 600,850 400,850 280,820 290,460 230,370")
    )
    inner = (crust - (500, 530)) * 0.86 + (500, 530)
    pen.shape(crust, (206, 138, 76), [(inner, (255, 226, 168))])
    pen.shape(pudgy(590, 330, 74, 56, 4), (255, 222, 96))
    return Anchor((500, 560), 105, (500, 210), 170, (500, 720), (715, 640), 850)


def boba(pen: Pen, colour: Colour) -> Anchor:
    pen.rope(bent((540, 330), (570, 200), (600, 90)), 44, tinted(colour, -0.1))
    pearls = [
        (ellipse(x, y, 40, 38), (92, 62, 58))
        for x, y in ((400, 800), (480, 815), (560, 800), (620, 770), (440, 745), (530, 750))
    ]
    milk = corners(*knots("230,400 770,400 690,870 310,870"))
    pen.shape(corners(*knots("260,330 740,330 675,860 325,860")), (255, 246, 232), [(milk, (232, 190, 150)), *pearls])
    pen.shape(pudgy(500, 320, 275, 48, 4), tinted(colour, 0.25))
    return Anchor((500, 560), 92, (420, 280), 120, (500, 700), (715, 620), 870)


def ramen(pen: Pen, colour: Colour) -> Anchor:
    for i in range(5):
        pen.rope(arc(330 + i * 85, 480, 62, 90, 180, 360), 30, (255, 226, 140))
    pen.shape(ellipse(660, 430, 92, 76), (255, 250, 240), [(ellipse(660, 432, 44, 38), (255, 176, 54))])
    pen.shape(corners(*knots("270,240 380,240 380,470 270,470")), (60, 92, 74))
    pen.shape(smooth(*knots("150,490 500,470 850,490 800,700 660,850 340,850 200,700")), colour,
              [(corners(*knots("100,520 900,520 900,560 100,560")), tinted(colour, 0.55))])  # fmt: skip
    return Anchor((500, 650), 105, (500, 360), 140, (500, 790), (820, 640), 850)


def dumpling(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(
        smooth(*knots("130,760 180,530 330,370 500,320 670,370 820,530 870,760 700,840 300,840")),
        (255, 240, 212),
    )
    for x, lean in ((330, 50), (415, 25), (500, 0), (585, -25), (670, -50)):
        pen.stroke(bent((x - lean * 0.4, 375), (x, 410), (x + lean * 0.4, 450)), 15)
    return Anchor((500, 640), 110, (500, 330), 140, (500, 770), (850, 700), 840)


def sushi(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(
        smooth(*knots("170,700 190,540 400,480 600,480 810,540 830,700 780,830 500,860 220,830")),
        (255, 252, 244),
    )
    stripes = [
        (rotated(corners((x, 250), (x + 26, 250), (x + 26, 600), (x, 600)), x, 425, -20), (255, 206, 176))
        for x in (250, 370, 490, 610, 730)
    ]
    pen.shape(
        smooth(*knots("120,560 180,400 420,320 640,330 840,420 890,580 500,530")),
        (250, 134, 98),
        stripes,
    )
    return Anchor((500, 670), 110, (500, 330), 150, (500, 800), (825, 720), 860)


def croissant(pen: Pen, colour: Colour) -> Anchor:
    for x, y, turn in ((200, 700, -55), (800, 700, 55), (300, 570, -32), (700, 570, 32)):
        pen.shape(ellipse(x, y, 105, 165, turn), (232, 166, 84))
    pen.shape(smooth(*knots("500,330 660,390 700,600 600,730 400,730 300,600 340,390")), (240, 178, 96))
    return Anchor((500, 570), 88, (500, 350), 140, (500, 690), (830, 640), 830)


def strawberry(pen: Pen, colour: Colour) -> Anchor:
    seeds = [
        (ellipse(x, y, 11, 17), (255, 226, 130))
        for x, y in (
            (330, 430),
            (440, 400),
            (560, 400),
            (670, 430),
            (300, 560),
            (700, 560),
            (390, 720),
            (500, 780),
            (610, 720),
        )
    ]
    pen.shape(
        smooth(*knots("500,300 700,300 790,450 700,690 500,880 300,690 210,450 300,300")),
        (244, 76, 88),
        seeds,
    )
    leaves = [rotated(ellipse(500, 225, 48, 110), 500, 305, turn) for turn in (-75, -40, 0, 40, 75)]
    pen.shape(leaves, LEAF)
    return Anchor((500, 560), 100, (500, 240), 130, (500, 740), (745, 600), 880)


def lemon(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(ellipse(620, 240, 110, 50, -25), LEAF)
    body = smooth(
        *knots("110,560 190,500 330,340 520,290 700,350 810,500 890,560 810,640 690,790 500,830 310,790 190,640")
    )
    pen.shape(body, (255, 220, 74))
    return Anchor((500, 560), 105, (500, 300), 150, (500, 740), (800, 680), 830)


def watermelon(pen: Pen, colour: Colour) -> Anchor:
    wedge = arc(500, 380, 400, 430, 0, 180)
    inner = arc(500, 380, 345, 370, 0, 180)
    red = arc(500, 380, 315, 335, 0, 180)
    seeds = [
        (ellipse(x, y, 13, 20), (70, 46, 50))
        for x, y in ((280, 440), (720, 440), (360, 640), (640, 640), (500, 690), (420, 430), (580, 430))
    ]
    pen.shape(wedge, (74, 160, 84), [(inner, (226, 246, 196)), (red, (250, 94, 100)), *seeds])
    return Anchor((500, 530), 95, (500, 375), 170, (500, 660), (800, 600), 810)


def banana(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(
        smooth(*knots("330,150 400,140 420,220 560,330 660,520 690,760 660,870 590,850 420,720 330,500 330,280")),
        (255, 222, 82),
    )
    pen.shape(pudgy(360, 165, 42, 42, 4), (148, 110, 60))
    return Anchor((490, 520), 72, (365, 150), 60, (560, 640), (665, 600), 870)


def ice_cream(pen: Pen, colour: Colour) -> Anchor:
    grid = [
        (rotated(corners((300, y), (720, y), (720, y + 13), (300, y + 13)), 500, y, turn), (200, 130, 66))
        for y in range(600, 900, 70)
        for turn in (35, -35)
    ]
    pen.shape(corners((320, 560), (680, 560), (500, 930)), (240, 184, 106), grid)
    scoop = smooth(
        *knots("500,170 680,230 760,420 720,570 640,540 580,610 500,550 420,620 350,545 280,570 240,420 320,230")
    )
    pen.shape(scoop, colour, _sprinkles((350, 200), (650, 300), 10))
    pen.shape(ellipse(500, 160, 54, 54), (236, 62, 78))
    return Anchor((500, 410), 92, (500, 170), 120, (500, 560), (735, 480), 930)


def cupcake(pen: Pen, colour: Colour) -> Anchor:
    pleats = [
        (corners((x, 560), (x + 26, 560), (x + 16, 890), (x + 6, 890)), (198, 122, 90)) for x in range(260, 740, 72)
    ]
    pen.shape(corners(*knots("240,570 760,570 680,880 320,880")), (238, 172, 122), pleats)
    for y, rx, ry in ((540, 320, 105), (420, 240, 100), (305, 150, 90)):
        pen.shape(ellipse(500, y, rx, ry), tinted(colour, 0.15))
    pen.shape(ellipse(500, 205, 50, 50), (236, 62, 78))
    return Anchor((500, 520), 105, (500, 230), 120, (500, 660), (790, 580), 880)


def egg(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(
        smooth(*knots("420,230 620,200 800,330 850,560 760,760 560,850 330,800 170,640 180,420 280,330")),
        (255, 253, 246),
    )
    pen.shape(ellipse(500, 540, 205, 198), (255, 194, 54), [(ellipse(430, 450, 50, 34, 30), (255, 236, 160))])
    return Anchor((500, 550), 88, (500, 330), 140, (500, 720), (800, 640), 850)


def pickle(pen: Pen, colour: Colour) -> Anchor:
    bumps = [
        (ellipse(x, y, 20, 16), (74, 136, 58))
        for x, y in ((440, 240), (560, 280), (400, 400), (600, 660), (420, 760), (540, 800), (390, 640))
    ]
    pen.shape(
        smooth(*knots("500,130 620,200 660,420 650,700 590,860 480,880 380,800 350,520 380,220")),
        (118, 178, 80),
        bumps,
    )
    return Anchor((505, 470), 74, (500, 150), 90, (500, 600), (655, 580), 880)


def pancakes(pen: Pen, colour: Colour) -> Anchor:
    for i, y in enumerate((790, 690, 590)):
        pen.shape(pudgy(500, y, 340 - 10 * i, 78, 3), (236, 176, 102))
    syrup = smooth(*knots("210,480 500,420 790,480 770,620 710,560 640,700 560,570 420,560 340,660 280,560"))
    pen.shape(ellipse(500, 500, 320, 95), (250, 206, 140))
    pen.shape(syrup, (186, 98, 46))
    pen.shape(pudgy(500, 420, 90, 56, 4), (255, 226, 110))
    return Anchor((500, 690), 110, (500, 385), 110, (500, 830), (830, 690), 868)


def potato(pen: Pen, colour: Colour) -> Anchor:
    spots = [
        (ellipse(x, y, 20, 14), (176, 126, 78)) for x, y in ((330, 360), (650, 300), (700, 660), (340, 760), (560, 800))
    ]
    pen.shape(
        smooth(*knots("430,190 620,200 740,360 740,620 680,820 470,870 300,780 250,540 290,320")),
        (220, 172, 112),
        spots,
    )
    return Anchor((500, 500), 96, (500, 190), 140, (500, 680), (735, 600), 870)


def peach(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(ellipse(610, 220, 120, 52, -25), LEAF)
    half = smooth(*knots("500,320 650,260 800,370 810,600 680,800 500,860"))
    pen.shape([half, mirrored(half)], (255, 176, 136), [(ellipse(280, 560, 170, 200), (255, 196, 140))])
    pen.stroke(bent((500, 320), (485, 380), (490, 440)), 15)
    return Anchor((500, 600), 108, (500, 285), 140, (500, 780), (800, 640), 860)


def sandwich(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(pudgy(500, 790, 330, 80, 4), (232, 176, 104))
    pen.shape(smooth(*knots("150,700 320,660 500,700 680,660 850,700 700,760 500,740 300,760")), LEAF)
    pen.shape(corners(*knots("170,640 830,640 700,720 560,650 300,710")), (255, 206, 76))
    pen.shape(
        smooth(*knots("170,640 190,440 330,300 500,270 670,300 810,440 830,640 500,660")),
        (240, 186, 112),
    )
    return Anchor((500, 500), 105, (500, 285), 160, (500, 620), (820, 560), 868)


ROSE: Colour = (255, 140, 176)
FOODS: dict[str, tuple[Callable[[Pen, Colour], Anchor], Colour]] = {
    "avocado": (avocado, LEAF), "taco": (taco, CRUST), "pizza": (pizza, CRUST), "donut": (donut, ROSE),
    "toast": (toast, CRUST),
    "boba": (boba, ROSE), "ramen": (ramen, (224, 84, 78)), "dumpling": (dumpling, CRUST), "sushi": (sushi, ROSE),
    "croissant": (croissant, CRUST), "strawberry": (strawberry, ROSE), "lemon": (lemon, LEAF),
    "watermelon": (watermelon, LEAF),
    "banana": (banana, LEAF), "ice cream": (ice_cream, (255, 170, 196)), "cupcake": (cupcake, (176, 146, 240)),
    "egg": (egg, CRUST),
    "pickle": (pickle, LEAF), "pancake": (pancakes, CRUST), "potato": (potato, CRUST), "peach": (peach, ROSE),
    "sandwich": (sandwich, CRUST), "muffin": (cupcake, (190, 130, 92)),
}  # fmt: skip
