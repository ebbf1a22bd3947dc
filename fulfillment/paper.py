"""Pages of a PDF: text, pictures and rules from the top left corner, and what could not be written told aloud."""

import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

from .lettering import BOX, Run, clean, leading, run_width, runs, width, wrapped

rl_config.useA85 = 0  # streams as bytes: as text they would be a quarter longer
GREY = 0.4

Room = tuple[float, float]  # width and height


@dataclass(frozen=True)
class Document:
    """A PDF, and what a person must look after, by order number.

    by_hand: letters no font has, drawn as boxes. too_long: orders whose text did not fit and ends in “…”.
    Both come from customers' words: show them to whoever prints, never keep them.
    """

    pdf: bytes
    by_hand: dict[str, str]
    too_long: tuple[str, ...] = ()


class _Picture(PDFImageXObject):  # type: ignore[misc]
    """An RGB picture without loss, pressed lightly: zlib's usual level takes four times as long for a fifth less."""

    def __init__(self, name: str, image: Image.Image) -> None:
        super().__init__(name)
        self.width, self.height = image.size
        self.bitsPerComponent, self.colorSpace, self._filters = 8, "DeviceRGB", ("FlateDecode",)
        self.streamContent = zlib.compress(image.tobytes(), 1)


class Paper:
    """Pages of one PDF, in points from the top left corner, noting for each order what could not be written."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.order = ""
        # invariant: the same content gives the same bytes, and no clock is read.
        self.canvas = Canvas("", (width, height), pageCompression=1, invariant=1)
        self._by_hand: dict[str, str] = {}
        self._too_long: dict[str, None] = {}

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False, grey: bool = False) -> None:
        """Writes one line whose baseline is at y."""
        self.canvas.setFillGray(GREY if grey else 0)
        for run in runs(clean(text), bold):
            self._write(x, self.height - y, run, size)
            x += run_width(run, size)

    def text_to(
        self, right: float, y: float, text: str, size: float, *, bold: bool = False, grey: bool = False
    ) -> None:
        """The same, ending at `right`."""
        self.text(right - width(clean(text), size, bold), y, text, size, bold=bold, grey=grey)

    def _write(self, x: float, y: float, run: Run, size: float) -> None:
        font, letters = run
        if font:
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, y, letters)
            return
        self._by_hand[self.order] = "".join(dict.fromkeys(self._by_hand.get(self.order, "") + letters))
        self.canvas.setLineWidth(size / 16)
        for place in range(len(letters)):
            self.canvas.rect(x + (place + 0.1) * BOX * size, y, 0.8 * BOX * size, 0.72 * size)

    def lines(
        self, x: float, y: float, lines: Iterable[str], size: float, *, bold: bool = False, grey: bool = False
    ) -> float:
        """Writes lines below one another; the first one's top is at y. Returns where the next would begin."""
        for line in lines:
            self.text(x, y + size, line, size, bold=bold, grey=grey)
            y += leading(size)
        return y

    def block(self, x: float, y: float, text: Sequence[str], room: Room, sizes: tuple[int, int]) -> float:
        """Lines in that room, as large as between the two sizes they go, or else cut short with “…”.

        Smaller letters are better than broken lines, down to two thirds of the largest size.
        """
        largest, least = sizes
        large = range(largest, 2 * largest // 3, -1)
        unbroken = [size for size in large if len(_broken(text, room[0], size)) == len(text)]
        lines: list[str] = []
        for size in [*unbroken, *range(largest, least - 1, -1)]:
            lines = _broken(text, room[0], size)
            if len(lines) * leading(size) <= room[1]:
                return self.lines(x, y, lines, size)
        self._too_long[self.order] = None
        lines = lines[: int(room[1] / leading(least))]
        return self.lines(x, y, [*lines[:-1], f"{lines[-1][:-1]}…"], least)

    def picture(self, x: float, y: float, side: float, png: bytes) -> None:
        """A picture in a square whose top left corner is at x, y; an empty frame when it is missing or damaged."""
        bottom = self.height - y - side
        try:
            image = Image.open(io.BytesIO(png))
            image.load()
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            self.canvas.setLineWidth(0.5)
            self.canvas.rect(x, bottom, side, side)
            return
        on_white = Image.new("RGB", image.size, "white")
        on_white.paste(image.convert("RGBA"), mask=image.convert("RGBA").getchannel("A"))
        # A picture drawn many times is embedded once: reportlab knows it by its content.
        self.canvas.drawImage(ImageReader(on_white), x, bottom, side, side, preserveAspectRatio=True)

    def embed(self, name: str, image: Image.Image) -> None:
        """Draws an RGB picture on the unit square as it now lies; the name stands for its one copy in the file."""
        self.canvas._doc.addForm(name, _Picture(name, image))
        self.canvas.doForm(name)

    def rule(self, y: float, left: float, right: float, *, dashed: bool = False) -> None:
        self.canvas.setLineWidth(0.5)
        self.canvas.setDash([3, 3] if dashed else [])
        self.canvas.line(left, self.height - y, right, self.height - y)
        self.canvas.setDash([])

    def next_page(self) -> None:
        self.canvas.showPage()

    def document(self) -> Document:
        return Document(self.canvas.getpdfdata(), self._by_hand, tuple(self._too_long))


def _broken(text: Iterable[str], room: float, size: float) -> list[str]:
    return [line for each in text for line in wrapped(each, room, size)]
