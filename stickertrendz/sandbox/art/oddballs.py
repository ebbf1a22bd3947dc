"""Creatures with a shape of their own: frogs, ghosts, sea folk, snails, robots."""

from collections.abc import Callable

from stickertrendz.sandbox.art.faces import Anchor
from stickertrendz.sandbox.art.pen import Colour, Pen, arc, bent, ellipse, knots, mirrored, pudgy, smooth, tinted


def frog(pen: Pen, colour: Colour) -> Anchor:
    for side in (-1, 1):
        pen.shape(ellipse(500 + side * 190, 800, 120, 75, side * -20), colour)
        pen.shape(ellipse(500 + side * 130, 860, 80, 34), tinted(colour, 0.15))
    pen.shape(
        smooth(*knots("500,520 650,620 660,780 500,870 340,780 350,620")),
        colour,
        [(ellipse(500, 760, 130, 120), tinted(colour, 0.6))],
    )
    head = pudgy(500, 450, 270, 170, 2.2)
    bumps = [ellipse(500 + side * 155, 320, 92, 88) for side in (-1, 1)]
    pen.shape([head, *bumps], colour, [(ellipse(500, 590, 240, 90), tinted(colour, 0.45))])
    return Anchor((500, 380), 150, (500, 292), 120, (500, 600), (690, 640), 890)


def ghost(pen: Pen, colour: Colour) -> Anchor:
    pale = tinted(colour, 0.78)
    body = smooth(
        *knots(
            "500,190 660,240 720,420 730,640 760,850 670,800 590,860 500,800 410,860 330,800 240,850 "
            "270,640 280,420 340,240"
        )
    )
    for side in (-1, 1):
        pen.shape(ellipse(500 + side * 235, 560, 85, 46, side * -35), pale)
    pen.shape(body, pale)
    return Anchor((500, 430), 105, (500, 215), 150, (500, 590), (760, 530), 860)


def octopus(pen: Pen, colour: Colour) -> Anchor:
    for x, lean in ((330, -90), (670, 90), (415, -40), (585, 40)):
        pen.rope(bent((x, 620), (x + lean * 0.4, 780), (x + lean * 1.2, 850), (x + lean * 1.8, 800)), 92, colour)
    pen.rope(bent((500, 640), (500, 800), (500, 850)), 92, tinted(colour, 0.12))
    pen.shape(smooth(*knots("500,170 700,260 740,460 650,660 500,700 350,660 260,460 300,260")), colour,
              [(ellipse(400 + 60 * i, 250 + 20 * (i % 2), 24, 20), tinted(colour,
                  0.35)) for i in range(4)])  # fmt: skip
    return Anchor((500, 480), 110, (500, 205), 150, (500, 640), (790, 790), 880)


def jellyfish(pen: Pen, colour: Colour) -> Anchor:
    for i, x in enumerate((350, 425, 500, 575, 650)):
        pen.rope(
            bent((x, 560), (x + 35, 680), (x - 30, 780), (x + 20, 860 - 40 * (i % 2))),
            46,
            tinted(colour, 0.3 if i % 2 else 0.05),
        )
    pen.shape(smooth(*knots("500,180 710,280 790,520 650,590 500,575 350,590 210,520 290,280")), colour,
              [(ellipse(360, 320, 60, 40, 30), tinted(colour, 0.5))])  # fmt: skip
    return Anchor((500, 420), 110, (500, 210), 150, (500, 580), (740, 560), 870)


def whale(pen: Pen, colour: Colour) -> Anchor:
    pen.shape(smooth(*knots("800,520 800,400 880,290 930,330 900,400 970,420 940,480 860,540")), colour)
    pen.rope(bent((420, 330), (420, 250), (350, 210)), 30, (150, 214, 245))
    pen.rope(bent((420, 330), (420, 250), (490, 210)), 30, (150, 214, 245))
    pen.shape(smooth(*knots("130,540 220,370 420,310 640,360 820,440 880,560 780,690 560,760 320,760 170,680")), colour,
              [(ellipse(400, 800, 420, 150), tinted(colour, 0.75))])  # fmt: skip
    pen.shape(ellipse(640, 690, 110, 56, -35), tinted(colour, -0.12))
    return Anchor((370, 540), 115, (330, 345), 110, (400, 590), (690, 700), 770)


def snail(pen: Pen, colour: Colour) -> Anchor:
    flesh = (250, 218, 164)
    pen.shape(smooth(*knots("180,860 200,620 330,560 430,660 640,760 900,850 860,885 500,890")), flesh)
    for x in (235, 350):
        pen.rope(bent((x, 600), (x - 5, 500), (x - 25, 440)), 28, flesh)
        pen.shape(ellipse(x - 25, 430, 34, 34), flesh)
    pen.shape(ellipse(620, 590, 255, 250), colour)
    pen.stroke(
        bent(*knots("820,700 830,520 660,420 480,500 460,660 580,740 710,690 720,570 620,520 560,590 610,640")),
        20,
    )
    return Anchor((290, 680), 62, (620, 350), 130, (330, 760), (700, 640), 890)


def turtle(pen: Pen, colour: Colour) -> Anchor:
    for x, y in ((290, 830), (690, 830)):
        pen.shape(ellipse(x, y, 82, 60), colour)
    pen.shape(ellipse(840, 760, 70, 34, -20), colour)
    pen.shape(smooth(*knots("180,790 240,560 450,420 680,470 830,640 850,790 500,830")), (160, 112, 70),
              [(ellipse(x, y, 66, 58), (196, 146, 92)) for x, y in ((560, 530), (700, 660), (560, 700), (430,
                  600))])  # fmt: skip
    pen.shape(ellipse(290, 540, 190, 170), colour)
    return Anchor((290, 560), 88, (290, 385), 100, (290, 700), (690, 800), 890)


def crab(pen: Pen, colour: Colour) -> Anchor:
    for side in (-1, 1):
        for y in (700, 760, 815):
            pen.rope(
                bent((500 + side * 200, y - 60), (500 + side * 300, y - 30), (500 + side * 340, y + 50)), 40, colour
            )
        pen.rope(bent((500 + side * 210, 560), (500 + side * 310, 500), (500 + side * 320, 420)), 52, colour)
        claw = smooth(*knots("720,420 730,280 810,230 800,320 880,270 900,370 840,450"))
        pen.shape(claw if side > 0 else mirrored(claw), colour)
    pen.shape(pudgy(500, 640, 290, 190, 2.2), colour, [(ellipse(500, 830, 220, 90), tinted(colour, 0.35))])
    return Anchor((500, 610), 110, (500, 465), 130, (500, 780), (800, 330), 860)


def alien(pen: Pen, colour: Colour) -> Anchor:
    for side in (-1, 1):
        pen.rope(bent((500 + side * 70, 230), (500 + side * 110, 150), (500 + side * 150, 130)), 24, colour)
        pen.shape(ellipse(500 + side * 155, 128, 32, 32), (255, 214, 80))
    pen.shape(
        smooth(*knots("500,560 620,640 640,860 500,885 360,860 380,640")),
        tinted(colour, -0.1),
        [(ellipse(500, 770, 70, 80), tinted(colour, 0.4))],
    )
    pen.shape(smooth(*knots("500,190 730,270 750,450 620,620 500,660 380,620 250,450 270,270")), colour)
    return Anchor((500, 440), 118, (500, 215), 140, (500, 640), (650, 730), 885)


def robot(pen: Pen, colour: Colour) -> Anchor:
    pen.rope(bent((500, 260), (500, 200), (500, 160)), 22, (160, 164, 180))
    pen.shape(ellipse(500, 145, 38, 38), (255, 96, 96))
    for side in (-1, 1):
        pen.rope(bent((500 + side * 170, 690), (500 + side * 260, 720), (500 + side * 270, 800)), 50, (178, 184, 200))
        pen.shape(pudgy(500 + side * 90, 860, 70, 40, 4), (130, 136, 156))
        pen.shape(ellipse(500 + side * 262, 430, 40, 62), (178, 184, 200))
    pen.shape(
        pudgy(500, 730, 180, 130, 4),
        colour,
        [(pudgy(500, 730, 90, 55, 5), tinted(colour, 0.6)), (ellipse(465, 730, 20, 20), (255, 96, 96))],
    )
    pen.shape(pudgy(500, 430, 255, 185, 4.5), colour, [(pudgy(500, 440, 205, 135, 5), tinted(colour, 0.72))])
    return Anchor((500, 420), 100, (500, 250), 170, (500, 610), (770, 790), 895)


def butterfly(pen: Pen, colour: Colour) -> Anchor:
    upper = smooth(*knots("520,500 620,280 830,220 900,400 780,560 600,590"))
    lower = smooth(*knots("530,560 700,580 800,700 720,840 580,780"))
    for wing in (lower, upper):
        core = (wing - wing.mean(axis=0)) * 0.58 + wing.mean(axis=0)
        pen.shape(wing, colour, [(core, tinted(colour, 0.5))])
        pen.shape(mirrored(wing), colour, [(mirrored(core), tinted(colour, 0.5))])
    for side in (-1, 1):
        pen.stroke(arc(500 + side * 70, 330, 70, 140, 180 if side > 0 else 270, 270 if side > 0 else 360), 14)
    pen.shape(ellipse(500, 640, 70, 190), (96, 74, 96))
    pen.shape(ellipse(500, 440, 135, 120), (250, 224, 190))
    return Anchor((500, 450), 62, (500, 335), 90, (500, 560), (760, 640), 840)


ODDBALLS: dict[str, tuple[Callable[[Pen, Colour], Anchor], Colour]] = {
    "frog": (frog, (122, 200, 92)), "toad": (frog, (176, 158, 92)), "ghost": (ghost, (170, 180, 226)),
    "octopus": (octopus, (238, 118, 150)), "squid": (octopus, (160, 136, 226)), "jellyfish": (jellyfish, (176, 140,
    240)),
    "whale": (whale, (96, 164, 222)), "narwhal": (whale, (140, 182, 224)), "shark": (whale, (134, 156, 180)),
    "snail": (snail, (236, 130, 116)), "turtle": (turtle, (134, 196, 104)), "tortoise": (turtle, (196, 186, 108)),
    "crab": (crab, (244, 96, 78)), "alien": (alien, (136, 214, 108)), "robot": (robot, (112, 190, 206)),
    "butterfly": (butterfly, (104, 160, 240)),
}  # fmt: skip
