"""Everything that happened to one thing, newest first: its strands are merged, alike calls told as one, and paged."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

SHOWN = 50  # moments of a page, and those of the same instant
MOST = 200  # rows read of each strand


@dataclass(frozen=True)
class Moment:
    """What happened once, or `times` times alike between `began` and `at`.

    words: goes on from `who`, or stands alone. same: moments with the same are told as one, in the words of `many`.
    of: the subject of another thing it happened to, called `named`. coming: has not happened yet.
    """

    at: datetime
    words: str
    kind: str = "made"
    who: str = ""
    run: int | None = None
    why: str = ""
    of: str = ""
    named: str = ""
    subject: str = ""  # whose page tells more, by the words of `link`
    link: str = ""
    same: tuple[object, ...] = ()
    many: str = ""
    times: int = 1
    began: datetime | None = None
    coming: bool = False

    @property
    def start(self) -> datetime:
        return self.began or self.at


@dataclass
class Life:
    """The rows that belong to one thing. Subjects with how they are called here; the thing itself by nothing.

    names: of these everything is told. deeds: of these only what was done to them on purpose. offers, orders and
    stickers: keys whose prices, looks at the customer and sales are told. since: nothing before is told.
    """

    names: dict[str, str] = field(default_factory=dict)
    deeds: dict[str, str] = field(default_factory=dict)
    offers: Sequence[int] = ()
    orders: Sequence[int] = ()
    stickers: Sequence[int] = ()
    since: datetime | None = None
    moments: list[Moment] = field(default_factory=list)

    def tell(self, at: datetime | None, words: str, kind: str = "made", **more: object) -> None:
        """A moment known from a column; nothing where the column is empty."""
        if at is not None:
            self.moments.append(Moment(at, words, kind, **more))  # type: ignore[arg-type]


Strand = Callable[[datetime | None], list[Moment]]


@dataclass(frozen=True)
class Page:
    """Moments, newest first; `earlier` is where the next page begins, if there is one."""

    moments: list[Moment]
    earlier: datetime | None = None

    def days(self) -> Iterator[tuple[date | None, list[Moment]]]:
        """By day; what is still to come has none."""
        for day, found in groupby(self.moments, lambda moment: None if moment.coming else moment.at.date()):
            yield day, list(found)


def page(strands: Iterable[Strand], known: Iterable[Moment], before: datetime | None = None) -> Page:
    """Each strand answers at most MOST moments before that time, newest first; `known` are all of their kind.

    A strand that was cut off is complete only above its oldest row: what lies lower is left to the next page.
    """
    told = [moment for moment in known if before is None or moment.at < before]
    cut: datetime | None = None
    for strand in strands:
        rows = strand(before)
        told += rows
        if len(rows) >= MOST:
            cut = max(cut, rows[-1].at) if cut else rows[-1].at
    whole = [moment for moment in told if cut is None or moment.at > cut]
    whole = whole or [moment for moment in told if moment.at == cut]  # MOST rows of one instant
    return _first(_together(whole), more=cut is not None)


def _together(moments: Iterable[Moment]) -> list[Moment]:
    """Newest first, with those that are the same told as one."""
    found: dict[object, Moment] = {}
    for number, moment in enumerate(sorted(moments, key=lambda moment: moment.at, reverse=True)):
        key = moment.same or number
        found[key] = _joined(found[key], moment) if key in found else moment
    return list(found.values())


def _joined(newer: Moment, older: Moment) -> Moment:
    times = newer.times + older.times
    told: dict[str, Any] = {"times": times, "began": older.start, "words": newer.many.format(times)}
    if newer.of != older.of:
        told |= {"of": "", "named": ""}
    return replace(newer, **told)


def _first(moments: list[Moment], *, more: bool) -> Page:
    """The newest; the page goes on until none of what happened several times is torn."""
    if not moments:
        return Page([])
    end = min(moment.start for moment in moments[:SHOWN])
    for moment in moments[SHOWN:]:
        if moment.at >= end:
            end = min(end, moment.start)
    shown = [moment for moment in moments if moment.at >= end]
    return Page(shown, end if more or len(shown) < len(moments) else None)
