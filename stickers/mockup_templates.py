"""Templates of the listing's pictures: each a JPEG and a JSON file of one name that says where the sticker lies."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error
from PIL import Image, UnidentifiedImageError

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "mockups"
NAME = re.compile(r"(\d+)-([a-z][a-z0-9-]*)")  # the number is the place among the listing's pictures
LONG_SIDE = 2000
BEND = 0.98  # beyond, the sticker's sides would be seen edge-on
MOST_SAG = 0.5

Point = tuple[float, float]


class BadTemplate(ValueError):
    """The template cannot be used; the words name the file and what to mend."""


@dataclass(frozen=True)
class Place:
    """Where and how the sticker's square lies in the picture.

    `corners`: its top left, top right, bottom right and bottom left, in pixels of the picture.
    `bend`: for an upright cylinder, the square's width over the cylinder's, as seen; 0 for a flat face.
    `sag`: how far the middles of a bent one's top and bottom hang below their corners, as shares of its height.
    `shadow`: how dark the shadow under it is, 0 to 1.
    `light`: how strongly the light on the object shows on it, 0 to 1.
    `white`: red, green and blue of white paper in this light, 0 to 255.
    `inches`: shown only if the sticker is sold in this size.
    """

    corners: tuple[Point, Point, Point, Point]
    bend: float = 0
    sag: tuple[float, float] = (0, 0)
    shadow: float = 0.5
    light: float = 0.5
    white: tuple[int, int, int] = (255, 255, 255)
    inches: int | None = None


@dataclass(frozen=True)
class Template:
    name: str
    picture: Path
    places: tuple[Place, ...]


def load(folder: Path) -> tuple[Template, ...]:
    """In the order of their numbers. Raises BadTemplate."""
    found = [_template(path) for path in _pairs(folder)]
    for one, other in combinations(found, 2):
        if one.name == other.name:
            raise BadTemplate(f"{one.picture.name} and {other.picture.name} have the same name; rename one")
    return tuple(found)


def templates_are_sound(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """System check: every template of the listing's pictures can be used."""
    try:
        load(FOLDER)
    except BadTemplate as bad:
        return [Error(f"assets/mockups: {bad}", hint="docs/mockups.md tells what a template is.", id="stickers.E001")]
    return []


def _pairs(folder: Path) -> list[Path]:
    """The data files by number, each with its picture beside it."""
    files = [path for path in folder.iterdir() if not path.name.startswith(".")]
    for path in files:
        if path.suffix not in {".json", ".jpg"} or not NAME.fullmatch(path.stem):
            raise BadTemplate(f"{path.name} is no template; name the files like 5-mug.jpg and 5-mug.json")
        partner = path.with_suffix(".jpg" if path.suffix == ".json" else ".json")
        if partner not in files:
            raise BadTemplate(f"{path.name} is there but {partner.name} is missing; a template is both")
    return sorted((path for path in files if path.suffix == ".json"), key=lambda path: (_number(path), path.name))


def _number(path: Path) -> int:
    return int(path.stem.partition("-")[0])


def _template(data: Path) -> Template:
    picture = data.with_suffix(".jpg")
    size = _size(picture)
    try:
        entries = json.loads(data.read_bytes())
    except ValueError as error:
        raise BadTemplate(f"{data.name} is not JSON: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise BadTemplate(f"{data.name} must be a list of at least one place")
    places = tuple(_place(entry, size, f"{data.name}, place {at}") for at, entry in enumerate(entries, 1))
    return Template(data.stem.partition("-")[2], picture, places)


def _size(picture: Path) -> tuple[int, int]:
    try:
        with Image.open(picture, formats=("JPEG",)) as image:
            size, mode = image.size, image.mode
    except UnidentifiedImageError as error:
        raise BadTemplate(f"{picture.name} is not a JPEG") from error
    if mode != "RGB" or max(size) < LONG_SIDE:
        wanted = f"RGB and at least {LONG_SIDE:,} pixels on its long side"
        raise BadTemplate(f"{picture.name} is {mode}, {size[0]} by {size[1]}; it must be {wanted}")
    return size


def _place(entry: Any, size: tuple[int, int], where: str) -> Place:
    if not isinstance(entry, dict) or "corners" not in entry:
        raise BadTemplate(f'{where} must be an object with "corners"')
    if unknown := sorted(set(entry) - {field.name for field in fields(Place)}):
        raise BadTemplate(f"{where} has the unknown key {unknown[0]!r}")
    corners = entry["corners"]
    if not _numbers(corners, 4, lambda corner: _numbers(corner, 2)):
        raise BadTemplate(f"{where}: corners must be four pairs of numbers")
    _refuse_unfit(corners, size, where)
    _refuse_values(entry, where)
    entry = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Place(**entry | {"corners": tuple((x, y) for x, y in corners)})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(values: Any, count: int, each: Any = _is_number) -> bool:
    return isinstance(values, list) and len(values) == count and all(each(value) for value in values)


def _refuse_unfit(corners: list[list[float]], size: tuple[int, int], where: str) -> None:
    width, height = size
    for x, y in corners:
        if not (0 <= x <= width and 0 <= y <= height):
            raise BadTemplate(f"{where}: the corner {x:g}, {y:g} is outside the picture of {width} by {height}")
    around = zip(corners, corners[1:] + corners[:1], corners[2:] + corners[:2], strict=True)
    if any((bx - ax) * (cy - by) - (by - ay) * (cx - bx) <= 0 for (ax, ay), (bx, by), (cx, cy) in around):
        raise BadTemplate(
            f"{where}: the corners must go round clockwise from the top left (top right, bottom right, bottom left) "
            "without their sides crossing or folding inwards"
        )


def _refuse_values(entry: dict[str, Any], where: str) -> None:
    for key, least, most in (("bend", 0, BEND), ("shadow", 0, 1), ("light", 0, 1)):
        value = entry.get(key, 0)
        if not _is_number(value) or not least <= value <= most:
            raise BadTemplate(f"{where}: {key} is {value!r}; it must be a number from {least:g} to {most:g}")
    sag = entry.get("sag", [0, 0])
    if not _numbers(sag, 2, lambda share: _is_number(share) and abs(share) <= MOST_SAG):
        raise BadTemplate(f"{where}: sag is {sag!r}; it must be two numbers from {-MOST_SAG:g} to {MOST_SAG:g}")
    white = entry.get("white", [255] * 3)
    if not _numbers(white, 3, lambda level: isinstance(level, int) and 0 <= level <= 255):
        raise BadTemplate(f"{where}: white is {white!r}; it must be three whole numbers from 0 to 255")
    if entry.get("inches") not in {None, 3, 4}:
        raise BadTemplate(f"{where}: inches is {entry['inches']!r}; it must be 3 or 4")
