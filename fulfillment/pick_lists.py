"""What to print or take from the drawer today, by design and size; without a word about customers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .lettering import at_most, leading, wrapped
from .paper import Document, Paper

EDGE, SIDE, SIZE = 45, 54, 9
ORDERS_AT = 330  # where the column of orders begins


@dataclass(frozen=True)
class Pick:
    """One line of one order."""

    sku: str
    title: str
    size: str
    quantity: int
    order: str
    thumbnail: bytes = b""


@dataclass(frozen=True)
class Picked:
    """One design in one size, with the copies each order wants."""

    sku: str
    title: str
    size: str
    quantity: int
    orders: tuple[tuple[str, int], ...]
    thumbnail: bytes


def grouped(picks: Iterable[Pick]) -> list[Picked]:
    """By design and size, most copies first; lines of no copies are left out."""
    groups: dict[tuple[str, str], list[Pick]] = {}
    for pick in picks:
        if pick.quantity > 0:
            groups.setdefault((pick.sku, pick.size), []).append(pick)
    return sorted(map(_picked, groups.values()), key=lambda one: (-one.quantity, one.sku, one.size))


def _picked(picks: list[Pick]) -> Picked:
    orders: dict[str, int] = {}
    for pick in picks:
        orders[pick.order] = orders.get(pick.order, 0) + pick.quantity
    first = picks[0]
    return Picked(first.sku, first.title, first.size, sum(orders.values()), tuple(orders.items()), first.thumbnail)


def in_inches(size: str) -> str:
    """“3in” as 3″; what is no size as it is."""
    return f"{size[:-2]}″" if size.endswith("in") else size


def pick_list(picks: Iterable[Pick], on: date) -> Document:
    """US Letter, a row with a box to tick for each design and size. ValueError when there is nothing to pick."""
    rows = grouped(picks)
    if not rows:
        raise ValueError("There is nothing to pick: choose orders that are to be packed by hand.")
    paper = Paper(612, 792)
    y = _head(paper, rows, on)
    for row in rows:
        orders = wrapped(_orders(row), paper.width - EDGE - ORDERS_AT, SIZE)
        for chunk in _chunks(orders):
            height = max(SIDE, len(chunk) * leading(SIZE)) + 12
            if y + height > paper.height - EDGE:
                paper.next_page()
                y = EDGE
            _row(paper, y, row, chunk)
            y += height
            paper.rule(y - 4, EDGE, paper.width - EDGE)
    return paper.document()


def _chunks(lines: list[str]) -> Iterable[list[str]]:
    """As many lines of orders as a page takes in one row."""
    return (lines[start : start + 50] for start in range(0, len(lines), 50))


def _head(paper: Paper, rows: list[Picked], on: date) -> float:
    copies, orders = sum(row.quantity for row in rows), {order for row in rows for order, _ in row.orders}
    paper.text(EDGE, 60, "Pick list", 18, bold=True)
    paper.text_to(paper.width - EDGE, 60, f"{on:%-d %B %Y}", 11)
    told = f"{copies:,} stickers of {len(rows):,} kinds for {len(orders):,} orders"
    paper.text(EDGE, 76, told, 10, grey=True)
    paper.rule(86, EDGE, paper.width - EDGE)
    return 92


def _orders(row: Picked) -> str:
    return ", ".join(f"{order} × {copies:,}" if copies > 1 else order for order, copies in row.orders)


def _row(paper: Paper, y: float, row: Picked, orders: list[str]) -> None:
    paper.canvas.setLineWidth(0.8)
    paper.canvas.rect(EDGE, paper.height - y - 34, 12, 12)
    paper.picture(EDGE + 22, y, SIDE, row.thumbnail)
    paper.text_to(EDGE + 152, y + 32, f"{row.quantity:,} ×", 16, bold=True)
    paper.text(EDGE + 160, y + 32, in_inches(row.size), 13, bold=True)
    below = paper.lines(EDGE + 188, y, [row.sku], SIZE, bold=True)
    paper.lines(EDGE + 188, below, at_most(wrapped(row.title, 85, 8), 3), 8, grey=True)
    paper.lines(ORDERS_AT, y, orders, SIZE)
