"""Bytes from strangers: read or refused with words for the operator, in little memory, never with a crash."""

import contextlib
import io
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from stickers import quality
from stickers.cutout import BadImage, cut_out, matte
from stickers.decode import decode
from stickers.tests.test_cutout import bomb, png

MOST_MB = 500


def dot(mode: str = "RGB", side: int = 128) -> Image.Image:
    image = Image.new("RGB", (side, side), "white")
    ImageDraw.Draw(image).ellipse((side // 4, side // 4, 3 * side // 4, 3 * side // 4), fill="#c03060")
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


WHOLE = {kind: saved(dot(), kind) for kind in ("PNG", "JPEG", "WEBP")}


def orientation(turn: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = turn
    return exif.tobytes()


def frames(kind: str) -> bytes:
    return saved(dot(), kind, save_all=True, append_images=[Image.new("RGB", (128, 128), "blue")])


def vast_webp() -> bytes:
    """An animation in a few kilobytes whose header claims the largest canvas there is, a gigabyte of it."""
    data = frames("WEBP")
    return data[:24] + (b"\xff\x3f\x00" * 2) + data[30:]


READ = {
    "palette": saved(dot("P"), "PNG"),
    "palette with a transparent colour": saved(dot("P"), "PNG", transparency=0),
    "grey": saved(dot("L"), "PNG"),
    "grey with alpha": saved(dot("LA"), "PNG"),
    "1-bit": saved(dot("1"), "PNG"),
    "rotated by EXIF": saved(dot(), "JPEG", exif=orientation(6)),
    "broken colour profile": saved(dot(), "PNG", icc_profile=b"no profile" * 100),
    "wrong extension": WHOLE["JPEG"],
}
# What the reason must say.
REFUSED = {
    "empty": (b"", "cannot be read"),
    "text": (b"<html>502 Bad Gateway</html>", "cannot be read"),
    "truncated PNG": (WHOLE["PNG"][:200], "cannot be read"),
    "truncated JPEG": (WHOLE["JPEG"][:900], "cannot be read"),
    "CMYK": (saved(dot("CMYK"), "JPEG"), "colour mode is CMYK"),
    "16-bit grey": (saved(dot("L").convert("I;16"), "PNG"), "colour mode is I;16"),
    "animated PNG": (frames("PNG"), "animated"),
    "animated WebP": (frames("WEBP"), "animated"),
    "animated GIF": (frames("GIF"), "cannot be read"),
    "TIFF": (saved(dot(), "TIFF"), "cannot be read"),
    "PNG bomb": (bomb(), "more than"),
    "wide": (saved(Image.new("1", (60_000, 100)), "PNG"), "more than"),
    "WebP of 268 megapixels": (vast_webp(), "more than"),
    "huge file": (bytes(20_000_001), "more than 20,000,000"),
    "tiny": (saved(dot(side=8), "PNG"), "less than 64 pixels"),
}


@pytest.mark.parametrize("name", READ)
def test_unusual_but_sound_picture_is_read(name: str) -> None:
    assert decode(READ[name]).size == (128, 128)
    assert cut_out(READ[name]).report["opaque_share"] >= 0


@pytest.mark.parametrize("kind", WHOLE)
def test_picture_is_turned_as_its_exif_says_everywhere(kind: str) -> None:
    upright = Image.new("RGB", (128, 192), "white")
    ImageDraw.Draw(upright).ellipse((30, 20, 90, 80), fill="#c03060")
    data = saved(upright.rotate(90, expand=True), kind, exif=orientation(6), quality=95)
    cut = cut_out(data)
    report = quality.check(data, cut)
    assert matte(data).shape == (192, 128)
    assert (report.numbers["width"], report.numbers["height"]) == (128, 192)
    assert Image.open(io.BytesIO(quality.draw(data, report))).size == (128, 192)
    assert cut.content == pytest.approx((30, 20, 91, 81), abs=2)


@pytest.mark.parametrize("name", REFUSED)
def test_unfit_picture_is_refused_in_the_operators_words(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(BadImage, match=words) as refusal:
        cut_out(data)
    assert "Traceback" not in refusal.value.reason
    assert "\n" not in refusal.value.reason


@given(kind=st.sampled_from(sorted(WHOLE)), data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_bytes_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[kind])
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=6)):
        damaged[at] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(damaged))) :]
    with contextlib.suppress(BadImage):
        assert decode(bytes(damaged)).mode in ("RGB", "RGBA")


READER = """
import pathlib, sys
from stickers.cutout import BadImage, cut_out
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        cut_out(path.read_bytes())
    except BadImage:
        pass
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from Linux's /proc")
def test_no_file_however_hostile_takes_half_a_gigabyte(tmp_path: Path) -> None:
    largest = Image.frombytes("RGB", (2048, 2048), random.Random(1).randbytes(3 * 2048 * 2048))
    hostile = {name: data for name, (data, _) in REFUSED.items()} | READ | {"noise of the largest size": png(largest)}
    for name, data in hostile.items():
        (tmp_path / name).write_bytes(data)
    told = subprocess.run([sys.executable, "-c", READER, str(tmp_path)], capture_output=True, text=True, check=True)
    assert int(told.stdout) / 1024 < MOST_MB
    sys.stdout.write(f"most resident over all hostile files: {int(told.stdout) // 1024} MB\n")
