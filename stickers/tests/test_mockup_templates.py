"""A template that cannot be used is refused at start, in words that say what to mend."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from stickers import mockup_templates
from stickers.mockup_templates import FOLDER, BadTemplate, load, templates_are_sound

SQUARE = [[500, 300], [1400, 300], [1400, 1200], [500, 1200]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good template."""
    Image.new("RGB", (2000, 1500), "seagreen").save(tmp_path / "1-mug.jpg")
    tell(tmp_path, corners=SQUARE)
    return tmp_path


def tell(folder: Path, name: str = "1-mug", **entry: Any) -> None:
    (folder / f"{name}.json").write_text(json.dumps([entry]))


def test_templates_come_in_the_order_of_their_numbers(folder: Path) -> None:
    for name in ("10-car", "2-phone"):
        shutil.copy(folder / "1-mug.jpg", folder / f"{name}.jpg")
        tell(folder, name, corners=SQUARE)
    assert [template.name for template in load(folder)] == ["mug", "phone", "car"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"corners": [[500, 300], [2001, 300], [1400, 1200], [500, 1200]]}, "2001, 300 is outside the picture of 2000"),
        ({"corners": [[500, 300], [1400, 1200], [1400, 300], [500, 1200]]}, "clockwise"),
        ({"corners": [SQUARE[0], SQUARE[3], SQUARE[2], SQUARE[1]]}, "clockwise"),
        ({"corners": [[500, 300], [1400, 300], [700, 500], [500, 1200]]}, "clockwise"),
        ({"corners": SQUARE[:3]}, "four pairs of numbers"),
        ({"corners": [*SQUARE[:3], [500, "1200"]]}, "four pairs of numbers"),
        ({"shadow": 0.5}, 'must be an object with "corners"'),
        ({"corners": SQUARE, "bend": 1}, "bend is 1; it must be a number from 0 to 0.98"),
        ({"corners": SQUARE, "bend": "round"}, "bend is 'round'"),
        ({"corners": SQUARE, "sag": [0.1]}, "sag is [0.1]; it must be two numbers"),
        ({"corners": SQUARE, "shadow": 2}, "shadow is 2"),
        ({"corners": SQUARE, "light": True}, "light is True"),
        ({"corners": SQUARE, "white": [255, 255, 256]}, "three whole numbers from 0 to 255"),
        ({"corners": SQUARE, "inches": 5}, "inches is 5; it must be 3 or 4"),
        ({"corners": SQUARE, "shaddow": 0.5}, "unknown key 'shaddow'"),
    ],
)
def test_bad_place_is_refused(folder: Path, entry: dict[str, Any], words: str) -> None:
    tell(folder, **entry)
    with pytest.raises(BadTemplate) as refused:
        load(folder)
    assert str(refused.value).startswith("1-mug.json, place 1")
    assert words in str(refused.value)


@pytest.mark.parametrize(("text", "words"), [("{", "is not JSON"), ("[]", "at least one place"), ("{}", "list")])
def test_bad_data_file_is_refused(folder: Path, text: str, words: str) -> None:
    (folder / "1-mug.json").write_text(text)
    with pytest.raises(BadTemplate, match=words):
        load(folder)


@pytest.mark.parametrize(("gone", "left"), [("1-mug.jpg", "1-mug.json"), ("1-mug.json", "1-mug.jpg")])
def test_half_a_template_is_refused(folder: Path, gone: str, left: str) -> None:
    (folder / gone).unlink()
    with pytest.raises(BadTemplate, match=f"{left} is there but {gone} is missing"):
        load(folder)


def test_file_that_is_no_template_is_refused(folder: Path) -> None:
    (folder / "notes.txt").write_text("remember the milk")
    with pytest.raises(BadTemplate, match=r"notes\.txt is no template"):
        load(folder)


def test_two_templates_of_one_name_are_refused(folder: Path) -> None:
    shutil.copy(folder / "1-mug.jpg", folder / "2-mug.jpg")
    tell(folder, "2-mug", corners=SQUARE)
    with pytest.raises(BadTemplate, match="have the same name"):
        load(folder)


@pytest.mark.parametrize(("mode", "size"), [("RGB", (1999, 1500)), ("L", (2000, 1500))])
def test_small_or_colourless_picture_is_refused(folder: Path, mode: str, size: tuple[int, int]) -> None:
    Image.new(mode, size).save(folder / "1-mug.jpg")
    with pytest.raises(BadTemplate, match="RGB and at least 2,000 pixels"):
        load(folder)


def test_picture_of_another_format_is_refused(folder: Path) -> None:
    Image.new("RGB", (2000, 1500)).save(folder / "1-mug.jpg", "PNG")
    with pytest.raises(BadTemplate, match="is not a JPEG"):
        load(folder)


def test_start_tells_what_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mockup_templates, "FOLDER", folder)
    assert templates_are_sound() == []
    (folder / "1-mug.jpg").unlink()
    [error] = templates_are_sound()
    assert error.id == "stickers.E001"
    assert "1-mug.jpg is missing" in error.msg


def test_pictures_of_our_templates_are_small() -> None:
    assert all(path.stat().st_size < 400_000 for path in FOLDER.glob("*.jpg"))
