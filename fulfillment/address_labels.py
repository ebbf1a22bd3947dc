"""Address labels: 4 × 6 inch ones one by one, and US Letter sheets of ten, which may be part used. No postage."""

from collections.abc import Sequence
from dataclasses import dataclass

from .lettering import wrapped
from .paper import Document, Paper
from .privacy import Address

INCH = 72
PER_SHEET = 10
# Avery 5163: two columns of five labels, 4 × 2 inch.
LEFT, TOP, COLUMN, ROW = 0.15625 * INCH, 0.5 * INCH, 4.1875 * INCH, 2 * INCH
WIDE = 4 * INCH
PAD = 0.15 * INCH  # what a printer may be off without writing on the neighbour
AT_HOME = ("", "US", "USA", "UNITED STATES")


@dataclass(frozen=True)
class Label:
    order: str
    address: Address


@dataclass(frozen=True)
class Spot:
    """A label's top left corner on its page and its sides, in points."""

    left: float
    top: float
    width: float
    height: float


def labels_4x6(labels: Sequence[Label], sender: Sequence[str]) -> Document:
    """One page of 4 × 6 inch for each; the sender's lines may be none. ValueError without a label."""
    _some(labels)
    paper = Paper(4 * INCH, 6 * INCH)
    for label in labels:
        _draw(paper, label, sender, Spot(0, 0, paper.width, paper.height), largest=20)
        paper.next_page()
    return paper.document()


def labels_sheet(labels: Sequence[Label], sender: Sequence[str], start: int = 1) -> Document:
    """Avery 5163 sheets, whose first has its first free label at `start`, counted by rows from 1 to 10."""
    _some(labels)
    if not 1 <= start <= PER_SHEET:
        raise ValueError(f"A sheet has {PER_SHEET} labels: the first free one is a number from 1 to {PER_SHEET}.")
    paper = Paper(8.5 * INCH, 11 * INCH)
    for number, label in enumerate(labels, start - 1):
        row, column = divmod(number % PER_SHEET, 2)
        _draw(paper, label, sender, Spot(LEFT + column * COLUMN, TOP + row * ROW, WIDE, ROW), largest=14)
        if number % PER_SHEET == PER_SHEET - 1 and number != start - 2 + len(labels):
            paper.next_page()
    return paper.document()


def _some(labels: Sequence[Label]) -> None:
    if not labels:
        raise ValueError("There is no address to print: choose orders that have one.")


def lines_of(address: Address) -> list[str]:
    """As the USPS wants it: name, street, place with state and ZIP in one line; abroad the country last."""
    place = " ".join(part for part in (address.city, address.state, address.zip) if part)
    country = "" if address.country.strip().upper() in AT_HOME else address.country.upper()
    every = (address.name, address.first_line, address.second_line, place, country)
    return [line for line in every if line.strip()]


def _draw(paper: Paper, label: Label, sender: Sequence[str], spot: Spot, largest: int) -> None:
    """The sender small at the top left, the order number at the bottom right, the recipient large between."""
    paper.order = label.order
    left, right = spot.left + PAD, spot.left + spot.width - PAD
    small = 7 if spot.height < 3 * INCH else 9
    head = [line for each in sender for line in wrapped(each, spot.width * 0.6, small)]
    below = paper.lines(left, spot.top + PAD, head, small)
    top = max(below + small, spot.top + spot.height * 0.3)
    indent = spot.width * 0.12
    room = (right - left - indent, spot.top + spot.height - PAD - 2 * small - top)
    paper.block(left + indent, top, lines_of(label.address), room, (largest, 5))
    paper.text_to(right, spot.top + spot.height - PAD, label.order, 6, grey=True)
