"""Timelines: strands are merged, alike calls are one moment, pages lose and repeat nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stickertrendz.console import timeline
from stickertrendz.console.timeline import MOST, Moment, Page, Strand, page

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(seconds: int, words: str = "x", **more: object) -> Moment:
    return Moment(NOON + timedelta(seconds=seconds), words, **more)  # type: ignore[arg-type]


def strand(moments: Sequence[Moment]) -> Strand:
    """As a query answers: newest first, at most MOST."""

    def answer(before: datetime | None) -> list[Moment]:
        rows = [one for one in moments if before is None or one.at < before]
        return sorted(rows, key=lambda one: one.at, reverse=True)[:MOST]

    return answer


def whole(strands: Sequence[Strand], known: Sequence[Moment] = ()) -> list[Page]:
    pages = [page(strands, known)]
    while pages[-1].earlier:
        pages.append(page(strands, known, pages[-1].earlier))
    return pages


def test_strands_are_told_as_one_newest_first() -> None:
    shown = page([strand([at(1, "a"), at(3, "c")]), strand([at(2, "b")])], [at(4, "d")])
    assert [moment.words for moment in shown.moments] == ["d", "c", "b", "a"]
    assert shown.earlier is None


def test_ten_pictures_are_one_moment() -> None:
    pictures = [at(n, "sent a picture", same=("upload", 1), many="sent {} pictures") for n in range(10)]
    shown = page([strand([*pictures, at(5, "between")])], []).moments
    assert [moment.words for moment in shown] == ["sent 10 pictures", "between"]
    assert (shown[0].times, shown[0].start, shown[0].at) == (10, pictures[0].at, pictures[9].at)


def test_several_about_different_things_name_none() -> None:
    rows = [at(n, "sent", same=("a",), many="sent {}", of=f"stickers.sticker:{n}", named=str(n)) for n in range(2)]
    [moment] = page([strand(rows)], []).moments
    assert (moment.of, moment.named) == ("", "")


def test_days_are_headed_and_what_comes_has_no_day() -> None:
    coming = Moment(NOON + timedelta(days=1), "later", coming=True)
    shown = page([strand([at(0), at(-90000)])], [coming])
    assert [(day, len(found)) for day, found in shown.days()] == [
        (None, 1), (NOON.date(), 1), (NOON.date() - timedelta(days=1), 1),
    ]  # fmt: skip


def test_hundreds_of_moments_are_paged_without_loss_or_repetition() -> None:
    many = [at(n, f"a{n}") for n in range(0, 900, 2)]
    few = [at(n, f"b{n}") for n in range(0, 900, 90)]
    pages = whole([strand(many), strand(few)])
    told = [moment.words for one in pages for moment in one.moments]
    assert sorted(told) == sorted(moment.words for moment in [*many, *few])
    assert all(len(one.moments) >= timeline.SHOWN for one in pages[:-1])


def test_more_rows_of_one_instant_than_are_read_do_not_stop_the_pages() -> None:
    pages = whole([strand([*[at(5, f"n{n}") for n in range(MOST + 20)], at(0, "first")])])
    assert pages[-1].moments[-1].words == "first"


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["", "g", "h"])), max_size=150), st.integers(1, 7))
def test_no_moment_is_lost_told_twice_or_torn(rows: list[tuple[int, str]], shown: int) -> None:
    usual, timeline.SHOWN = timeline.SHOWN, shown
    try:
        moments = [
            at(second, str(number), same=(group, second // 10), many="{} times") if group else at(second, str(number))
            for number, (second, group) in enumerate(rows)
        ]
        pages = whole([strand(moments[::2]), strand(moments[1::2])])
    finally:
        timeline.SHOWN = usual
    told = [moment for one in pages for moment in one.moments]
    assert sum(moment.times for moment in told) == len(rows)
    assert len([one for one in told if one.same]) == len({(group, second // 10) for second, group in rows if group})
    assert [one.at for one in told] == sorted((one.at for one in told), reverse=True)
