"""From a prompt to a picture: which character, in which mood, pose and company, in which colours."""

import re
from dataclasses import dataclass
from random import Random

from PIL import Image

from stickertrendz.sandbox.art.animals import draw_animal
from stickertrendz.sandbox.art.faces import MOODS, Anchor, face
from stickertrendz.sandbox.art.foods import FOODS
from stickertrendz.sandbox.art.menagerie import ANIMALS
from stickertrendz.sandbox.art.oddballs import ODDBALLS
from stickertrendz.sandbox.art.pen import Colour, Patch, Pen, bent, ellipse, heart, star, tinted
from stickertrendz.sandbox.art.props import BEHIND, HELD
from stickertrendz.sandbox.art.things import THINGS
from stickertrendz.sandbox.art.wearables import WORN

SUBJECTS = (*ANIMALS, *ODDBALLS, *FOODS, *THINGS)
FRONT = {**HELD, **WORN}
ACCENTS: tuple[Colour, ...] = (
    (255, 122, 150), (96, 176, 236), (255, 178, 74), (150, 122, 232), (88, 196, 168), (244, 96, 92), (255, 208, 92),
)  # fmt: skip
INKS: tuple[Colour, ...] = ((44, 32, 48), (30, 34, 56), (54, 36, 34))
NO_MOUTH_SNOUTS = ("bill", "beak")


@dataclass(frozen=True)
class Scene:
    subject: str
    mood: str
    prop: str
    pose: str
    badge: bool


def read(prompt: str, rng: Random) -> Scene:
    """Words the prompt does not settle are chosen by `rng`."""
    text = _concept(prompt)
    subject = _earliest(text, SUBJECTS) or rng.choice(SUBJECTS)
    rest = text.replace(subject, " ", 1)
    prop = _earliest(rest, (*BEHIND, *FRONT))
    mood = _earliest(rest, MOODS) or rng.choice(("happy", "tiny", "jolly", "sleepy"))
    portrait = "close-up" in prompt.lower() or "portrait" in prompt.lower()
    if portrait and prop not in WORN:
        prop = ""
    pose = "portrait" if portrait else rng.choice(("sitting", "waving"))
    if not prop and rng.random() < 0.35:
        prop = rng.choice(("flower crown", "beanie", "bow tie", "a crown", "party hat"))
    return Scene(subject, mood, prop, pose, "badge" in prompt.lower())


def _concept(prompt: str) -> str:
    """What the sticker shows, without the style words that follow the first full stop."""
    lowered = prompt.lower()
    after = lowered.split(" of ", 1)[1] if " design of " in lowered or " portrait of " in lowered else lowered
    return after.split(".", 1)[0]


def _earliest(text: str, words: tuple[str, ...] | dict[str, str]) -> str:
    found = [(m.start(), -len(word), word) for word in words if (m := re.search(rf"\b{word}(?:s|es)?\b", text))]
    return min(found)[2] if found else ""


def paint(scene: Scene, rng: Random) -> Image.Image:
    """The character alone on a transparent canvas larger than the final size."""
    pen = Pen(rng.choice(INKS), rng.uniform(11.5, 15.5), rng.uniform(-5, 5))
    accent = rng.choice(ACCENTS)
    if scene.badge:
        _badge(pen, accent, rng)
    if scene.prop in BEHIND:
        BEHIND[scene.prop](pen, Anchor((500, 400), 100, (500, 200), 140, (500, 600), (680, 640), 880), accent)
    anchor = _character(pen, scene, rng)
    if scene.prop in FRONT:
        FRONT[scene.prop](pen, anchor, accent)
    return pen.image


def _character(pen: Pen, scene: Scene, rng: Random) -> Anchor:
    mouth = rng.choice(("smile", "smile", "open", "cat", "o"))
    if scene.subject in ANIMALS:
        animal = ANIMALS[scene.subject]
        anchor = draw_animal(pen, animal, scene.pose)
        mouth = "none" if animal.snout in NO_MOUTH_SNOUTS else mouth
        if animal.snout in ("patch", "nose", "broad", "pig"):
            _face_with_snout(pen, anchor, scene.mood, mouth, animal.snout)
            return anchor
        face(pen, anchor, scene.mood, mouth)
        return anchor
    drawer, colour = {**ODDBALLS, **FOODS, **THINGS}[scene.subject]
    varied = tinted(colour, rng.uniform(-0.08, 0.16))
    if scene.subject in FOODS or scene.subject in THINGS:
        _limbs(pen, rng)
    anchor = drawer(pen, varied)
    face(pen, anchor, scene.mood, mouth)
    return anchor


def _face_with_snout(pen: Pen, anchor: Anchor, mood: str, mouth: str, snout: str) -> None:
    face(pen, anchor, mood, "none")
    if snout in ("patch", "nose"):
        x, y = anchor.face
        # The mouth belongs under the nose, which the snout has already drawn.
        lower = Anchor(
            (x, y + anchor.span * 0.34),
            anchor.span * 0.8,
            anchor.top,
            anchor.girth,
            anchor.neck,
            anchor.hand,
            anchor.base,
        )
        _mouth_only(pen, lower, mouth)


def _mouth_only(pen: Pen, anchor: Anchor, mouth: str) -> None:
    x, y = anchor.face
    s = anchor.span
    for side in (-1, 1):
        pen.stroke(
            bent((x, y + s * 0.38), (x + side * s * 0.16, y + s * 0.56), (x + side * s * 0.34, y + s * 0.42)),
            max(8.0, s * 0.1),
        )
    if mouth == "open":
        pen.shape(ellipse(x, y + s * 0.62, s * 0.14, s * 0.16), (240, 110, 125))


def _limbs(pen: Pen, rng: Random) -> None:
    lift = rng.choice((-1, 1))
    pen.stroke(bent((300, 620), (190, 640), (130, 640 - 110 * lift)), 30)
    pen.stroke(bent((700, 620), (810, 640), (870, 640 + 110 * lift)), 30)
    for side in (-1, 1):
        pen.stroke(bent((500 + side * 90, 820), (500 + side * 95, 910), (500 + side * 100, 950)), 30)
        pen.stroke(bent((500 + side * 100, 950), (500 + side * 130, 955), (500 + side * 150, 955)), 36)


def _badge(pen: Pen, accent: Colour, rng: Random) -> None:
    pale = tinted(accent, 0.45)
    marks: list[Patch] = []
    for _ in range(9):
        x, y, r = rng.uniform(60, 940), rng.uniform(60, 940), rng.uniform(14, 30)
        marks.append((star(x, y, r) if rng.random() < 0.6 else heart(x, y, r), tinted(accent, 0.8)))
    low = [(ellipse(500, 1010, 520, 250), tinted(accent, 0.1))]
    pen.shape(ellipse(500, 510, 470, 470), pale, [*low, *marks])
