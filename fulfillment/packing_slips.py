"""The slip in the parcel: what is in it, for whom, and what was written to them. Never a price: it may be a gift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .lettering import at_most, leading, width, wrapped
from .paper import Document, Paper
from .pick_lists import in_inches

EDGE = 54.0
SIDE, ROW = 48, 62
FOOT = 60  # points kept for the last line of a page
THANKS = "Thank you for your order!"


@dataclass(frozen=True)
class SlipLine:
    title: str
    sku: str
    size: str
    quantity: int
    thumbnail: bytes = b""


@dataclass(frozen=True)
class Slip:
    """One order. message: from the buyer to the shop; gift_message: for who receives it."""

    order: str
    ordered_on: date
    ship_by: date
    name: str
    lines: tuple[SlipLine, ...]
    message: str = ""
    gift_message: str = ""


def packing_slips(slips: Sequence[Slip], shop: str) -> Document:
    """US Letter; each order begins a page and takes as many as it needs. ValueError without an order."""
    if not slips:
        raise ValueError("There is no packing slip to print: choose at least one order.")
    paper = Paper(612, 792)
    for slip in slips:
        _Sheet(paper, slip, shop).draw()
        paper.next_page()
    return paper.document()


class _Sheet:
    """The pages of one slip, written from top to bottom."""

    def __init__(self, paper: Paper, slip: Slip, shop: str) -> None:
        self.paper, self.slip, self.shop = paper, slip, shop
        self.right, self.bottom = paper.width - EDGE, paper.height - FOOT
        self.y = EDGE
        paper.order = slip.order

    def draw(self) -> None:
        self._head()
        for line in self.slip.lines:
            self._line(line)
        self._total()
        if self.slip.gift_message.strip():
            self._words("A gift message for you", self.slip.gift_message, 12)
        self._thanks()
        if self.slip.message.strip():
            self._message()

    def _head(self) -> None:
        paper, slip = self.paper, self.slip
        title = "Packing slip"
        room = self.right - EDGE - width(title, 18, True) - 20
        below = paper.lines(EDGE, self.y, wrapped(self.shop, room, 18, True), 18, bold=True)
        paper.text_to(self.right, self.y + 18, title, 18, grey=True)
        dates = (f"Order {slip.order}", f"Ordered {slip.ordered_on:%-d %B %Y}", f"Ship by {slip.ship_by:%-d %B %Y}")
        top = below + 12
        for row, words in enumerate(dates):
            paper.text_to(self.right, top + 11 + row * 15, words, 11 if row == 0 else 10, bold=row == 0)
        names = wrapped(slip.name, (self.right - EDGE) * 0.6, 13, True)
        paper.text(EDGE, top + 9, "For", 9, grey=True)
        below = paper.lines(EDGE, top + 13, names, 13, bold=True)
        self.y = max(below, top + 45) + 12
        self._columns()

    def _columns(self) -> None:
        for x, words in ((EDGE + SIDE + 14, "Sticker"), (self.right - 110, "Size")):
            self.paper.text(x, self.y, words, 8, grey=True)
        self.paper.text_to(self.right, self.y, "Copies", 8, grey=True)
        self.paper.rule(self.y + 5, EDGE, self.right)
        self.y += 12

    def _room_for(self, height: float) -> bool:
        """Whether that much is left on the page; otherwise a new page is begun."""
        if self.y + height <= self.bottom:
            return True
        self.paper.text_to(self.right, self.bottom + 24, "continued on the next page", 8, grey=True)
        self.paper.next_page()
        self.paper.text(EDGE, EDGE + 10, f"Order {self.slip.order}, continued", 11, bold=True)
        self.y = EDGE + 30
        return False

    def _line(self, line: SlipLine) -> None:
        if not self._room_for(ROW):
            self._columns()
        paper, x, y = self.paper, EDGE + SIDE + 14, self.y
        paper.picture(EDGE, y, SIDE, line.thumbnail)
        below = paper.lines(x, y, at_most(wrapped(line.title, self.right - 126 - x, 10), 3), 10)
        paper.text(x, below + 8, line.sku, 8, grey=True)
        paper.text(self.right - 110, y + 28, in_inches(line.size), 11)
        # More than one copy is what is overlooked when packing.
        paper.text_to(self.right, y + 30, f"{line.quantity:,}", 18 if line.quantity > 1 else 11, bold=line.quantity > 1)
        self.y += ROW
        paper.rule(self.y - 8, EDGE, self.right)

    def _total(self) -> None:
        copies = sum(line.quantity for line in self.slip.lines)
        self._room_for(24)
        self.paper.text_to(self.right, self.y + 8, f"{copies:,} {'sticker' if copies == 1 else 'stickers'}", 10)
        self.y += 30

    def _words(self, title: str, text: str, size: float) -> None:
        """What somebody wrote, over as many pages as it takes."""
        self._room_for(20 + 2 * leading(size))
        self.paper.text(EDGE, self.y + 9, title, 9, grey=True)
        self.y += 16
        for line in wrapped(text, self.right - EDGE, size):
            self._room_for(leading(size))
            self.y = self.paper.lines(EDGE, self.y, [line], size)
        self.y += 18

    def _thanks(self) -> None:
        self._room_for(30)
        self.paper.text(EDGE, self.y + 12, THANKS, 12, bold=True)
        self.y += 36

    def _message(self) -> None:
        """A gift's receiver need not read what its buyer wrote to the shop: that part is cut off."""
        if self.slip.gift_message.strip():
            self._room_for(60)
            self.paper.rule(self.y, EDGE, self.right, dashed=True)
            self.paper.text(EDGE, self.y + 11, "✂ Cut off and keep: this is a gift.", 8, grey=True)
            self.y += 20
        self._words("Note from the buyer", self.slip.message, 10)
