"""Eyes, cheeks and mouths for every mood, and the point on a body where they sit."""

from dataclasses import dataclass

from stickertrendz.sandbox.art.pen import Colour, Pen, arc, bent, ellipse, heart, smooth

WHITE: Colour = (255, 255, 255)
TONGUE: Colour = (240, 110, 125)


@dataclass(frozen=True)
class Anchor:
    """Where things attach to a body, in board units."""

    face: tuple[float, float]
    span: float
    """Half the distance between the eyes."""
    top: tuple[float, float]
    """Where a hat rests."""
    girth: float
    """Half the width of the head at hat level."""
    neck: tuple[float, float]
    hand: tuple[float, float]
    """The right hand, which holds things."""
    base: float
    """Lowest point of the body."""


MOODS = {
    "sleepy": "shut", "cozy": "shut", "dreamy": "shut", "chill": "shut", "zen": "shut", "tired": "shut",
    "happy": "glad", "cheerful": "glad", "giggly": "glad", "jolly": "glad", "silly": "wink", "cheeky": "wink",
    "grumpy": "cross", "sassy": "cross", "moody": "cross", "anxious": "wide", "startled": "wide", "confused": "wide",
    "lovestruck": "love", "romantic": "love", "fancy": "shine", "brave": "shine", "tiny": "shine", "chubby": "shine",
}  # fmt: skip


def face(pen: Pen, at: Anchor, mood: str, mouth: str, blush: Colour = (255, 150, 160)) -> None:
    x, y = at.face
    s = at.span
    for side in (-1, 1):
        cheek = ellipse(x + side * s * 1.42, y + s * 0.42, s * 0.33, s * 0.2)
        pen.fill(cheek, blush)
        _eye(pen, x + side * s, y, s * 0.34, side, MOODS.get(mood, "shine"))
    if mouth != "none":
        _mouth(pen, x, y + s * 0.3, s, "frown" if MOODS.get(mood) == "cross" else mouth)


def _eye(pen: Pen, x: float, y: float, r: float, side: int, kind: str) -> None:
    line = max(9.0, r * 0.36)
    if kind == "wink":
        kind = "glad" if side > 0 else "shine"
    if kind == "shut":
        pen.stroke(arc(x, y - r * 0.2, r, r * 0.8, 15, 165), line)
    elif kind == "glad":
        pen.stroke(arc(x, y + r * 0.5, r, r * 1.1, 200, 340), line)
    elif kind == "love":
        pen.fill(heart(x, y, r * 1.25), pen.ink)
        pen.fill(heart(x, y, r * 0.95), (235, 70, 95))
    elif kind == "wide":
        pen.shape(ellipse(x, y, r * 1.15, r * 1.15), WHITE)
        pen.fill(ellipse(x, y, r * 0.45, r * 0.45), pen.ink)
    else:
        _shining_eye(pen, x, y, r)
        if kind == "cross":
            pen.stroke(
                bent((x - side * r * 1.2, y - r * 0.85), (x, y - r * 1.15), (x + side * r * 1.2, y - r * 1.7)), line
            )


def _shining_eye(pen: Pen, x: float, y: float, r: float) -> None:
    pen.fill(ellipse(x, y, r, r * 1.15), pen.ink)
    pen.fill(ellipse(x - r * 0.3, y - r * 0.42, r * 0.38, r * 0.42), WHITE)
    pen.fill(ellipse(x + r * 0.34, y + r * 0.42, r * 0.18, r * 0.18), WHITE)


def _mouth(pen: Pen, x: float, y: float, s: float, kind: str) -> None:
    line = max(8.0, s * 0.11)
    if kind == "cat":
        for side in (-1, 1):
            pen.stroke(arc(x + side * s * 0.2, y, s * 0.2, s * 0.2, 0, 180), line)
    elif kind == "open":
        pen.shape(smooth((x - s * 0.3, y), (x, y + s * 0.05), (x + s * 0.3, y), (x, y + s * 0.46)), (150, 40, 62),
                  [(ellipse(x, y + s * 0.42, s * 0.2, s * 0.18), TONGUE)])  # fmt: skip
    elif kind == "o":
        pen.fill(ellipse(x, y + s * 0.14, s * 0.13, s * 0.16), pen.ink)
    elif kind == "frown":
        pen.stroke(arc(x, y + s * 0.32, s * 0.24, s * 0.16, 200, 340), line)
    else:
        pen.stroke(arc(x, y, s * 0.28, s * 0.24, 20, 160), line)
