"""The listing's pictures: flat, large, light enough, with the sticker where and how the template says."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from stickers import mockups
from stickers.decode import BadImage
from stickers.mockup_templates import FOLDER, Place, Template, load

Pixels = NDArray[np.float64]
SIDE = 1200
TEMPLATES = load(FOLDER)
FIVE_TO_FOUR = 456 / 570  # Etsy's search crops the first picture to it
RULER_ROW = 1336  # of the size picture; the ruler's shorter lines end above it
GREY = (150, 150, 150)
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
SLANTED: Corners = ((300.0, 200.0), (1250.0, 330.0), (1180.0, 1240.0), (180.0, 1090.0))
UPRIGHT: Corners = ((250, 250), (1250, 250), (1250, 1250), (250, 1250))


def as_png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def disc(colour: str = "#e02020") -> bytes:
    image = Image.new("RGBA", (SIDE, SIDE), (255, 255, 255, 0))
    ImageDraw.Draw(image).ellipse((0, 0, SIDE - 1, SIDE - 1), fill=colour)
    return as_png(image)


def checkerboard(squares: int = 8) -> Image.Image:
    board = np.indices((squares, squares)).sum(axis=0) % 2 * 255
    return Image.fromarray(board.astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.NEAREST).convert("RGBA")


IMAGES = dict(mockups.listing_images(disc()))


def pixels(image: Image.Image) -> Pixels:
    return np.asarray(image).astype(float)


def shown(name: str) -> Image.Image:
    return Image.open(io.BytesIO(IMAGES[name]))


def reddish(image: Image.Image) -> NDArray[np.bool_]:
    red, green, blue = (np.asarray(channel).astype(int) for channel in image.split())
    found: NDArray[np.bool_] = red - np.maximum(green, blue) > 90
    return found


def laid(sticker: Image.Image, place: Place) -> Image.Image:
    """The sticker as it lies, on a transparent canvas of 1600 by 1600."""
    box = mockups._box(place)
    canvas = Image.new("RGBA", (1600, 1600))
    canvas.paste(mockups._laid(sticker, place, box), box[:2])
    return canvas


def placed_on_grey(sticker: Image.Image, tmp_path: Path, corners: Corners = SLANTED, **keys: float) -> Pixels:
    picture = tmp_path / "1-grey.jpg"
    Image.new("RGB", (2000, 2000), GREY).save(picture, quality=100)
    template = Template("grey", picture, (Place(corners, **keys),))  # type: ignore[arg-type]
    return pixels(mockups._filled(template, sticker, (3, 4)))


def crossing(place: Place, u: float, v: float, sticker: Image.Image) -> tuple[float, float]:
    """Where a point of the sticker is seen: the middle of a small black dot drawn there."""
    dotted = sticker.copy()
    x, y = u * SIDE, v * SIDE
    ImageDraw.Draw(dotted).ellipse((x - 9.5, y - 9.5, x + 8.5, y + 8.5), fill="black")
    seen = laid(dotted, place)
    dark = np.asarray(seen.getchannel("A")) / 255 * (255 - pixels(seen.convert("L")))
    rows, columns = np.indices(dark.shape)
    return float((columns * dark).sum() / dark.sum()) + 0.5, float((rows * dark).sum() / dark.sum()) + 0.5


def test_four_pictures_come_in_the_order_of_their_numbers() -> None:
    assert list(IMAGES) == ["white", "laptop", "bottle", "size"]


@pytest.mark.parametrize("name", IMAGES)
def test_picture_is_flat_large_and_light(name: str) -> None:
    assert (shown(name).format, shown(name).mode) == ("JPEG", "RGB")
    assert max(shown(name).size) >= 2000
    assert len(IMAGES[name]) < 1_000_000


@pytest.mark.parametrize("name", IMAGES)
def test_picture_tells_nothing_but_itself(name: str) -> None:
    assert set(shown(name).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not shown(name).getexif()


def test_same_sticker_gives_the_same_bytes() -> None:
    assert dict(mockups.listing_images(disc())) == IMAGES


def test_noisy_sticker_stays_light() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 4), dtype=np.uint8)
    noise[..., 3] = 255
    for name, image in mockups.listing_images(as_png(Image.fromarray(noise))):
        assert len(image) < 1_000_000, name


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_sticker_lies_within_the_corners_and_nothing_else_changes(template: Template) -> None:
    scene = Image.open(template.picture).convert("RGB")
    added = reddish(shown(template.name)) & ~reddish(scene)
    outside = np.abs(pixels(shown(template.name)) - pixels(scene)).max(axis=2)
    within = 0
    for place in template.places:
        middle = np.mean(place.corners, axis=0).astype(int)
        assert added[middle[1], middle[0]]
        left, top, right, bottom = mockups._box(place)
        within += added[top:bottom, left:right].sum()
        outside[top:bottom, left:right] = 0
    assert within > 0.97 * added.sum()
    assert np.percentile(outside, 99) < 20


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_sticker_is_whole_and_large_in_etsys_search_crop(template: Template) -> None:
    width, height = shown(template.name).size
    kept = min(height, width * FIVE_TO_FOUR)
    ys = [y for place in template.places for _, y in place.corners]
    assert min(ys) >= (height - kept) / 2
    assert max(ys) <= (height + kept) / 2
    assert max(ys) - min(ys) > 0.38 * kept


def test_white_picture_is_white_around_the_sticker() -> None:
    assert pixels(shown("white"))[:200].min() >= 250


def inch_marks(template: Template, row: int) -> list[float]:
    """Where the ruler's long lines are, from a row that only they reach."""
    grey = pixels(Image.open(template.picture).convert("L"))[row, :1940]  # the ruler ends at 1,967
    around = np.lib.stride_tricks.sliding_window_view(np.pad(grey, 15, mode="edge"), 31)
    dark = grey < 0.7 * np.median(around, axis=1)
    starts = np.flatnonzero(dark[1:] & ~dark[:-1]) + 1
    ends = np.flatnonzero(~dark[1:] & dark[:-1]) + 1
    return [float(start + end) / 2 for start, end in zip(starts, ends, strict=False)]


@pytest.mark.parametrize("inches", [3, 4])
def test_size_picture_shows_each_size_true_to_its_own_ruler(inches: int) -> None:
    template = TEMPLATES[3]
    marks = inch_marks(template, RULER_ROW)
    assert len(marks) == 9
    inch = (marks[-1] - marks[0]) / 8
    place = next(place for place in template.places if place.inches == inches)
    (left, top), _, (right, bottom), _ = place.corners
    row = reddish(shown("size"))[round((top + bottom) / 2), int(left) - 40 : int(right) + 40]
    columns = np.flatnonzero(row)
    assert (columns.max() - columns.min() + 1) / inch == pytest.approx(inches, rel=0.01)


def test_size_not_on_sale_is_not_shown() -> None:
    only_small = Image.open(io.BytesIO(dict(mockups.listing_images(disc(), sizes=[3]))["size"]))
    small, large = TEMPLATES[3].places
    for place, seen in ((small, True), (large, False)):
        x, y = np.mean(place.corners, axis=0).astype(int)
        assert reddish(only_small)[y, x] == seen


def test_corners_of_the_sticker_land_on_the_corners_of_the_place() -> None:
    cover = np.asarray(laid(checkerboard(), Place(SLANTED)).getchannel("A")) >= 128
    ys, xs = np.nonzero(cover)
    for x, y in SLANTED:
        assert np.hypot(xs + 0.5 - x, ys + 0.5 - y).min() < 1
    inside = Image.new("L", (1600, 1600))
    ImageDraw.Draw(inside).polygon(SLANTED, fill=255)
    assert np.count_nonzero(cover ^ (np.asarray(inside) > 0)) < 4 * 1000


def test_straight_lines_stay_straight_in_perspective() -> None:
    white = Image.new("RGBA", (SIDE, SIDE), "white")
    points = np.array([crossing(Place(SLANTED), t, 0.3 + 0.4 * t, white) for t in (0.1, 0.3, 0.5, 0.7, 0.9)])
    start, way = points[0], points[-1] - points[0]
    off = np.cross(np.c_[points - start, np.zeros(5)], [*way, 0])[:, 2] / np.hypot(*way)
    assert np.abs(off).max() < 0.5


@pytest.mark.parametrize("u", [0.05, 0.25, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("v", [0.1, 0.5, 0.9])
def test_bent_sticker_lies_on_the_cylinder_seen_from_above(u: float, v: float) -> None:
    """A cylinder of radius 500 and the sticker's centre line are projected by hand, tilted by 0.2 rad."""
    radius, tilt, half = 500, 0.2, 0.9
    height = 2 * half * radius

    def seen(across: float, down: float) -> tuple[float, float]:
        angle = (2 * across - 1) * half
        deep = radius * (np.cos(angle) - np.cos(half))
        y = 300 + down * height * np.cos(tilt) + deep * np.sin(tilt)
        return 800 + radius * np.sin(angle), float(y)

    corners = (seen(0, 0), seen(1, 0), seen(1, 1), seen(0, 1))
    hang = float(radius * (1 - np.cos(half)) * np.sin(tilt) / (height * np.cos(tilt)))
    place = Place(corners, bend=float(np.sin(half)), sag=(hang, hang))
    white = Image.new("RGBA", (SIDE, SIDE), "white")
    assert crossing(place, u, v, white) == pytest.approx(seen(u, v), abs=1)


def test_fine_lines_do_not_alias() -> None:
    """Lines too fine to show become an even grey, instead of coarse bands."""
    lines = np.zeros((SIDE, SIDE, 4), np.uint8)
    lines[:, ::2, :3] = 255
    lines[..., 3] = 255
    place = Place(((100, 100), (400, 130), (380, 420), (90, 400)))
    grey = pixels(laid(Image.fromarray(lines), place).convert("L"))[150:380, 130:360]
    assert grey.std() < 4
    assert grey.mean() == pytest.approx(127, abs=4)


@pytest.mark.parametrize("corners", [SLANTED, UPRIGHT], ids=["slanted", "upright"])
def test_border_has_neither_dark_nor_light_fringe(
    corners: Corners, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a grey object, without shadow and rim, a white border blends from white to grey and nothing else."""
    monkeypatch.setattr(mockups, "RIM_SHADE", 0)
    monkeypatch.setattr(mockups, "RIM_SHINE", 0)
    art = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))  # black under the transparency, the worst for a fringe
    ImageDraw.Draw(art).ellipse((100, 100, 1100, 1100), fill="white")
    seen = placed_on_grey(art, tmp_path, corners, shadow=0)
    assert seen.max() >= 254
    assert seen.min() >= GREY[0] - 2
    assert np.ptp(seen, axis=2).max() <= 2


def test_rim_is_lit_from_above_and_shaded_below(tmp_path: Path) -> None:
    seen = placed_on_grey(Image.new("RGBA", (SIDE, SIDE), GREY), tmp_path, shadow=0)[..., 0]
    middle = seen[700, 700]
    column = seen[:, 700]
    assert column.max() > middle + 20
    assert column.min() < middle - 20
    assert column.argmax() < 400 < 1000 < column.argmin()


def test_shadow_falls_below_and_fades_within_its_box(tmp_path: Path) -> None:
    seen = placed_on_grey(Image.new("RGBA", (SIDE, SIDE), "white"), tmp_path, shadow=0.6)[..., 0]
    left, top, right, bottom = mockups._box(Place(SLANTED))
    assert seen[:, 700].min() < GREY[0] - 40
    below, above = seen[1170:1260, 700], seen[160:250, 700]
    assert below.min() < above.min()
    assert np.abs(seen[[top, bottom - 1], left:right] - GREY[0]).max() <= 2


def test_light_of_the_template_falls_on_the_sticker() -> None:
    white = Image.open(io.BytesIO(dict(mockups.listing_images(disc("white")))["bottle"])).convert("L")
    xs, ys = zip(*TEMPLATES[2].places[0].corners, strict=True)
    row = pixels(white)[round(float(np.mean(ys))), round(min(xs)) + 30 : round(max(xs)) - 30]
    assert row.max() - row.min() > 25


def test_new_template_is_two_files_and_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mockups"
    shutil.copytree(FOLDER, folder)
    Image.new("RGB", (2000, 1500), "seagreen").save(folder / "15-phone-case.jpg")
    (folder / "15-phone-case.json").write_text('[{"corners": [[500, 300], [1400, 320], [1380, 1200], [520, 1180]]}]')
    monkeypatch.setattr(mockups, "FOLDER", folder)
    images = dict(mockups.listing_images(disc()))
    assert list(images) == ["white", "laptop", "bottle", "size", "phone-case"]
    added = Image.open(io.BytesIO(images["phone-case"]))
    assert added.size == (2000, 1500)
    assert reddish(added)[750, 950]
    assert not reddish(added)[100, 100]


def test_bytes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(BadImage):
        mockups.listing_images(b"not a picture")
