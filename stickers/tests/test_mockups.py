"""The listing's pictures: flat, large, light enough, with the sticker where the template says."""

import io
import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from stickers import mockups
from stickers.decode import BadImage


def sticker(colour: str = "#e02020") -> bytes:
    image = Image.new("RGBA", (1200, 1200), (255, 255, 255, 0))
    ImageDraw.Draw(image).ellipse((12, 12, 1188, 1188), fill=colour)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


IMAGES = dict(mockups.listing_images(sticker()))


def shown(name: str) -> Image.Image:
    return Image.open(io.BytesIO(IMAGES[name]))


def reddish(image: Image.Image) -> np.ndarray:
    red, green, blue = (np.asarray(channel).astype(int) for channel in image.split())
    found: np.ndarray = red - np.maximum(green, blue) > 90
    return found


def test_four_pictures_come_in_order() -> None:
    assert list(IMAGES) == ["white", "laptop", "bottle", "size"]


@pytest.mark.parametrize("name", IMAGES)
def test_picture_is_flat_large_and_light(name: str) -> None:
    assert shown(name).format == "JPEG"
    assert shown(name).mode == "RGB"
    assert max(shown(name).size) >= 2000
    assert len(IMAGES[name]) < 1_000_000


@pytest.mark.parametrize("template", mockups.templates(), ids=lambda template: template.name)
def test_sticker_lies_within_the_corners_and_nothing_else_changes(template: mockups.Template) -> None:
    scene = Image.open(mockups.FOLDER / template.picture).convert("RGB")
    added = reddish(shown(template.name)) & ~reddish(scene)
    middle = np.mean(template.corners, axis=0).astype(int)
    assert added[middle[1], middle[0]]
    left, top, right, bottom = template.box()
    assert added[top:bottom, left:right].sum() > 0.97 * added.sum()
    outside = np.abs(np.asarray(shown(template.name)).astype(int) - np.asarray(scene)).max(axis=2)
    outside[top:bottom, left:right] = 0
    assert np.percentile(outside, 99) < 20


def test_white_picture_is_white_around_the_sticker() -> None:
    assert np.asarray(shown("white"))[:200].min() >= 250


def test_size_picture_shows_three_inches_against_its_own_ruler() -> None:
    columns = np.flatnonzero(reddish(shown("size"))[620, :1400])
    assert columns.max() - columns.min() == pytest.approx(900 * 1176 / 1200, abs=6)


def test_bent_sticker_narrows_towards_the_sides_of_the_bottle() -> None:
    template = next(t for t in mockups.templates() if t.name == "bottle")
    (left, top), (right, _), _, (_, bottom) = template.corners
    x = np.linspace(left, right, 5)
    u, _ = mockups._source(template, x, np.full(5, (top + bottom) / 2))
    assert u[[0, 2, 4]] == pytest.approx([0, 0.5, 1], abs=1e-6)
    assert u[1] - u[0] > u[2] - u[1]


def test_light_of_the_template_falls_on_the_sticker() -> None:
    white = Image.open(io.BytesIO(dict(mockups.listing_images(sticker("white")))["bottle"]))
    row = np.asarray(white.convert("L"))[1175, 570:1030].astype(int)
    assert row.max() - row.min() > 25


def test_every_template_names_a_picture_that_is_there() -> None:
    entries = json.loads((mockups.FOLDER / "templates.json").read_text())
    assert {entry["picture"] for entry in entries} == {path.name for path in mockups.FOLDER.glob("*.jpg")}


def test_bytes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(BadImage):
        mockups.listing_images(b"not a picture")
