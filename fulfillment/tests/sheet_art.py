"""Real die-cut art for sheets, cut out by the shop's own chain, and PDFs read back."""

import io
from functools import cache

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fulfillment.gang_sheets import Art, Wanted
from stickers.cutout import CutOut, cut_out
from stickertrendz.sandbox.art import draw_sticker

Pixels = NDArray[np.uint8]
MAGENTA = (255, 0, 255, 255)
DRAWN = ("happy fox", "rainbow", "taco", "pizza slice", "banana")
CREATURES = ("round", "long", "bow", *DRAWN)


def figure(kind: str) -> bytes:
    """A picture of a round, a long or a hollow thing."""
    image = Image.new("RGB", (1024, 1024), "white")
    pen = ImageDraw.Draw(image)
    if kind == "round":
        pen.ellipse((120, 120, 904, 904), fill="#d64", outline="black", width=16)
    elif kind == "long":
        pen.rounded_rectangle((90, 330, 934, 760), 90, fill="#48a", outline="black", width=16)
    else:
        pen.arc((110, 110, 914, 914), 150, 30, fill="#284", width=190)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@cache
def cut(kind: str) -> CutOut:
    return cut_out(figure(kind) if kind in CREATURES[:3] else draw_sticker(kind, CREATURES.index(kind)))


@cache
def art(kind: str, inches: int = 3) -> Art:
    made = cut(kind)
    number = CREATURES.index(kind) + 1
    print_file = made.print_png if inches == 3 else made.print_4in_png
    return Art(f"ST-{number:06d}-{inches}", inches, made.cut_path_svg, lambda: print_file)


def mixed(count: int) -> list[Wanted]:
    """That many stickers of all designs in both sizes, one to three to a line."""
    wanted: list[Wanted] = []
    while count:
        number = len(wanted)
        copies = min(1 + number % 3, count)
        chosen = art(CREATURES[number % len(CREATURES)], 3 + number // 2 % 2)
        wanted.append(Wanted(chosen, str(3_012_345_000 + number), f"ST-{9_000_000_000 + number}-1", copies))
        count -= copies
    return wanted


def rendered(pdf: bytes, dpi: int, page: int = 0, ground: tuple[int, int, int, int] = MAGENTA) -> Pixels:
    """A page as a printer would see it, on paper of that colour."""
    with pypdfium2.PdfDocument(pdf) as document:
        # A hair less, since a pixel more would stretch the page.
        bitmap = document[page].render(scale=dpi / 72 - 1e-9, fill_color=ground, rev_byteorder=True)
        return np.asarray(bitmap.to_pil().convert("RGB"))


def texts(pdf: bytes) -> list[str]:
    """The words of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]
