"""The cut-out: background gone, subject whole, border even, files of the promised size."""

import io
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from stickers.border import BORDER, FINE, distance_field, outline
from stickers.components import components, filled
from stickers.cutout import BadImage, cut_out, matte


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def owl(paper: str = "white") -> Image.Image:
    """An outlined body with white eyes on a plain background."""
    image = Image.new("RGB", (1024, 1024), paper)
    pen = ImageDraw.Draw(image)
    pen.ellipse((260, 200, 764, 824), fill="#8a5a2b", outline="black", width=14)
    for left in (360, 540):
        pen.ellipse((left, 330, left + 130, 460), fill="white")
    return image


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_background_goes_and_white_eyes_stay() -> None:
    alpha = matte(png(owl()))
    assert alpha.shape == (1024, 1024)
    assert alpha.dtype == np.uint8
    assert alpha[10, 10] == 0
    assert alpha[395, 425] == 255
    assert alpha[700, 512] == 255


def test_soft_shadow_and_noise_on_off_white_go() -> None:
    body = owl().convert("L").point(lambda level: 255 if level < 250 else 0)
    shade = Image.new("L", body.size, 0)
    shade.paste(90, (20, 34), body)
    shade = shade.filter(ImageFilter.GaussianBlur(18))
    paper = Image.composite(Image.new("RGB", body.size, "black"), Image.new("RGB", body.size, "#f8f6f2"), shade)
    paper.paste(owl(), mask=Image.fromarray(filled(np.asarray(body) > 0)).convert("L"))
    noisy = np.asarray(paper) + np.random.default_rng(1).normal(0, 1.5, (1024, 1024, 3))
    alpha = matte(png(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))))
    error = np.abs(alpha / 255.0 - filled(np.asarray(body) > 0))
    assert error.mean() < 0.003


def test_enclosed_hole_stays_and_shows_pure_white() -> None:
    image = Image.new("RGB", (1024, 1024), "#f6f4f0")
    ImageDraw.Draw(image).ellipse((200, 200, 824, 824), outline="#d03060", width=150)
    cut = cut_out(png(image))
    assert matte(png(image))[512, 512] == 255
    assert cut.report["holes"] == 1
    assert opened(cut.print_png).getpixel((450, 450)) == (255, 255, 255, 255)


def test_print_files_have_their_size_resolution_and_weight() -> None:
    cut = cut_out(png(owl()))
    for data, side, most in ((cut.print_png, 900, 2e6), (cut.print_4in_png, 1200, 2e6), (cut.thumbnail_png, 300, 5e5)):
        assert opened(data).size == (side, side)
        assert opened(data).mode == "RGBA"
        assert len(data) < most
    assert opened(cut.print_png).info["dpi"] == pytest.approx((300, 300), abs=0.01)
    assert opened(cut.print_4in_png).info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_busy_picture_still_fits_its_limit_with_its_white_kept() -> None:
    image = Image.new("RGB", (1024, 1024), "white")
    grain = np.random.default_rng(3).integers(80, 120, (900, 900, 3), dtype=np.uint8)
    image.paste(Image.fromarray(grain), (62, 62))
    cut = cut_out(png(image))
    assert len(cut.print_png) < 2_000_000
    assert 1_000_000 < len(cut.print_4in_png) < 2_000_000
    assert opened(cut.print_4in_png).getpixel((600, 20)) == (255, 255, 255, 255)


def test_effective_resolution_follows_the_crop() -> None:
    cut = cut_out(png(owl()))
    body = 624 + 1  # pixels from the top of the ellipse to its bottom
    side = body * 900 / (900 - 2 * (24 + 9))
    assert cut.dpi_3in == pytest.approx(side / 3, abs=1)
    assert cut.dpi_4in == pytest.approx(side / 4, abs=1)


def test_border_is_as_wide_on_every_side_and_round_at_corners() -> None:
    design = np.zeros((FINE, FINE), np.uint8)
    design[300:600, 300:600] = 255
    cover = np.asarray(outline(distance_field(design), FINE)) / 255.0
    for line in (cover[450, :300], cover[450, 600:], cover[:300, 450], cover[600:, 450]):
        assert line.sum() == pytest.approx(BORDER, abs=1)
    diagonal = np.array([cover[299 - step, 299 - step] for step in range(60)]).sum() * np.sqrt(2)
    assert diagonal == pytest.approx(BORDER, abs=1.5)


def test_border_is_opaque_white_and_edge_carries_no_background() -> None:
    green = owl("#00b446")
    picture = np.asarray(opened(cut_out(png(green)).print_png)).astype(int)
    rim = (picture[..., 3] > 0) & (picture[..., 3] < 255)
    assert rim.sum() > 500
    assert (picture[rim][:, :3] == 255).all()
    greenish = (picture[..., 1] - np.maximum(picture[..., 0], picture[..., 2]) > 40) & (picture[..., 3] > 0)
    assert greenish.sum() < 30


def test_cut_path_is_one_closed_line_at_true_size_around_the_design() -> None:
    cut = cut_out(png(owl()))
    text = cut.cut_path_svg.decode()
    assert 'width="3in" height="3in" viewBox="0 0 900 900"' in text
    paths = re.findall(r"M([^MZ]*)Z", text)
    assert len(paths) == 1
    points = np.array([[float(number) for number in pair.split()] for pair in paths[0].split("L")])
    assert points.min() > 0
    assert points.max() < 900
    assert np.abs(np.diff(np.vstack([points, points[:1]]), axis=0)).max() < 3
    # The line runs where the print file's edge is half opaque.
    alpha = np.asarray(opened(cut.print_png).getchannel("A")).astype(float)
    column, row = (points - 0.5).round().astype(int).T
    assert abs(alpha[row, column].mean() - 127) < 25


def test_area_between_legs_closed_by_the_border_is_filled() -> None:
    image = Image.new("RGB", (1024, 1024), "white")
    ImageDraw.Draw(image).arc((250, 250, 774, 774), 4, 356, fill="black", width=60)
    cut = cut_out(png(image))
    assert opened(cut.print_png).getpixel((450, 450)) == (255, 255, 255, 255)
    assert cut.cut_path_svg.count(b"M") == 1


def test_two_subjects_apart_count_as_two_pieces() -> None:
    image = Image.new("RGB", (1024, 1024), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((80, 300, 400, 620), fill="red")
    pen.ellipse((640, 300, 960, 620), fill="blue")
    cut = cut_out(png(image))
    assert cut.report["components"] == 2
    assert len(cut.islands) == 1


def test_blank_picture_gives_blank_files() -> None:
    cut = cut_out(png(Image.new("RGB", (1024, 1024), "white")))
    assert cut.report["blank_share"] == 1.0
    assert opened(cut.print_png).getchannel("A").getextrema() == (0, 0)
    assert b"<path" not in cut.cut_path_svg


def test_transparency_that_is_given_is_kept() -> None:
    image = Image.new("RGBA", (1024, 1024), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((200, 200, 800, 800), fill=(255, 255, 255, 255))
    alpha = matte(png(image))
    assert alpha[500, 500] == 255
    assert alpha[5, 5] == 0


@pytest.mark.parametrize("mode", ["P", "L", "LA", "1", "RGBA"])
def test_every_colour_mode_is_read(mode: str) -> None:
    assert cut_out(png(owl().convert(mode))).report["opaque_share"] > 0.2


def bomb() -> bytes:
    """A PNG of 30,000 by 30,000 black pixels in a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(30_001 * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def animated() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue")]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


def cmyk() -> bytes:
    file = io.BytesIO()
    Image.new("CMYK", (200, 200)).save(file, "JPEG")
    return file.getvalue()


BAD = {
    "empty": b"",
    "text": b"<html>502 Bad Gateway</html>",
    "truncated": png(owl())[:6000],
    "bomb": bomb(),
    "huge file": bytes(21_000_000),
    "tiny": png(Image.new("RGB", (8, 8))),
    "wide": png(Image.new("RGB", (6000, 1000))),
    "animated": animated(),
    "CMYK": cmyk(),
    "16-bit": png(Image.fromarray(np.zeros((200, 200), np.uint16))),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_fit_picture_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(BadImage) as refusal:
        cut_out(BAD[name])
    assert refusal.value.reason


def test_damaged_bytes_are_refused_or_read_but_never_crash() -> None:
    rng, whole = np.random.default_rng(4), png(owl().resize((128, 128)))
    refused = 0
    for _ in range(60):
        damaged = bytearray(whole)
        for at in rng.integers(0, len(whole), 4):
            damaged[at] = int(rng.integers(0, 256))
        try:
            matte(bytes(damaged))
        except BadImage:
            refused += 1
    assert refused > 30


def test_components_agree_with_a_plain_flood() -> None:
    mask = np.random.default_rng(2).random((60, 70)) < 0.55
    found = components(mask)
    numbers = np.zeros(mask.shape, int)
    for number in range(found.count):
        only = found.paint(np.arange(found.count) == number)
        assert only.sum() == found.areas()[number]
        numbers[only] = number + 1
    assert ((numbers > 0) == mask).all()
    for one, other in ((numbers[1:], numbers[:-1]), (numbers[:, 1:], numbers[:, :-1])):
        assert (one == other)[(one > 0) & (other > 0)].all()
    assert found.count == plain_count(mask)


def plain_count(mask: np.ndarray) -> int:
    left = {(int(row), int(column)) for row, column in np.argwhere(mask)}
    count = 0
    while left:
        count += 1
        queue = [left.pop()]
        while queue:
            row, column = queue.pop()
            beside = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)} & left
            left -= beside
            queue.extend(beside)
    return count
