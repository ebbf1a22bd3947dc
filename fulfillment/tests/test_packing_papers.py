"""Packing slips, address labels and pick lists, read back from their PDFs."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pypdfium2
import pytest

from fulfillment.address_labels import Label, labels_4x6, labels_sheet, lines_of
from fulfillment.packing_slips import Slip, SlipLine, packing_slips
from fulfillment.pick_lists import Pick, grouped, pick_list
from fulfillment.privacy import Address

from .sheet_art import cut, rendered, texts

HOME = Address("Quillon Marsh", "12 Teapot Lane", "", "Dryville", "NM", "87001-4242", "US")
SENDER = ["Sticker Trendz", "5 Kettle Road", "Dryville NM 87001"]
WHITE = (255, 255, 255, 255)


def line(number: int = 1, **fields: object) -> SlipLine:
    made = SlipLine("Happy fox sticker", f"ST-{number:06d}-3", "3in", 1, cut("round").thumbnail_png)
    return replace(made, **fields)  # type: ignore[arg-type]


def slip(*lines: SlipLine, **fields: object) -> Slip:
    made = Slip("3012345678", date(2026, 11, 20), date(2026, 11, 27), "Zoë Łukasiewicz", lines or (line(),))
    return replace(made, **fields)  # type: ignore[arg-type]


def label(**fields: str) -> Label:
    return Label("3012345678", replace(HOME, **fields))


def words(text: str) -> list[str]:
    return text.split()


def test_a_slip_says_all_about_its_order_and_nothing_about_money() -> None:
    made = packing_slips([slip(line(1), line(2, size="4in", quantity=3), message="Flat, please")], "Sticker Trendz")
    (told,) = texts(made.pdf)
    for expected in (
        "Sticker Trendz", "Order 3012345678", "Ordered 20 November 2026", "Ship by 27 November 2026", "Zoë Łukasiewicz",
        "ST-000001-3", "ST-000002-3", "4″", "4 stickers", "Flat, please", "Thank you for your order!",
    ):  # fmt: skip
        assert expected in told
    assert not re.search(r"[$€£]|\d\.\d\d", told)
    assert (made.by_hand, made.too_long) == ({}, ())


def test_a_gift_message_is_for_the_receiver_and_the_buyers_note_is_cut_off() -> None:
    gift = slip(gift_message="Happy birthday,\nElla 🎉", message="She must not know the price")
    (told,) = texts(packing_slips([gift], "").pdf)
    assert told.index("A gift message for you") < told.index("Happy birthday,") < told.index("Cut off and keep")
    assert told.index("Cut off and keep") < told.index("She must not know")
    assert "Cut off" not in texts(packing_slips([slip(message="Hello")], "").pdf)[0]


def test_each_order_begins_a_page_and_a_long_one_goes_on_with_all_its_lines() -> None:
    long = slip(*(line(number) for number in range(1, 41)), order="3012345679")
    pages = texts(packing_slips([slip(), long, slip(order="3012345680")], "Sticker Trendz").pdf)
    assert "3012345678" in pages[0]
    assert "Order 3012345680" in pages[-1]
    rest = pages[1:-1]
    assert len(rest) > 3
    assert all("Order 3012345679" in page for page in rest)
    assert [page.count("continued on the next page") for page in rest] == [1] * (len(rest) - 1) + [0]
    assert set(re.findall(r"ST-\d{6}-3", "".join(rest))) == {f"ST-{number:06d}-3" for number in range(1, 41)}


def test_a_message_of_many_pages_is_printed_whole() -> None:
    message = " ".join(f"word{number}" for number in range(4000))
    pages = texts(packing_slips([slip(message=message)], "").pdf)
    assert len(pages) > 3
    assert re.findall(r"word\d+", " ".join(pages)) == message.split()


def test_hostile_words_and_numbers_do_not_stop_a_slip() -> None:
    odd = line(title="\x00\u202e" + "W" * 500, sku="", size="", quantity=0, thumbnail=b"\x89PNG broken")
    made = packing_slips([slip(odd, line(quantity=10_000), name="عمر\ud800", order="1")], "a\x1bb" * 200)
    assert "10,000" in "".join(texts(made.pdf))
    assert made.by_hand == {"1": "عمر�"}


def test_a_thumbnail_is_drawn_and_a_missing_one_is_an_empty_frame() -> None:
    there, absent = (
        rendered(packing_slips([slip(line(thumbnail=png))], "").pdf, 72, ground=WHITE)[120:190, 50:106]
        for png in (cut("round").thumbnail_png, b"")
    )
    assert np.ptp(there, axis=2).max() > 80, "coloured"
    assert np.ptp(absent, axis=2).max() == 0
    assert absent.min() < 160


def test_one_picture_on_many_lines_is_in_the_file_once() -> None:
    made = packing_slips([slip(*[line()] * 6)], "")
    assert made.pdf.count(b"/Subtype /Image") == 1


def test_a_label_has_the_address_as_the_post_wants_it() -> None:
    assert lines_of(replace(HOME, second_line="Apt 4")) == [
        "Quillon Marsh", "12 Teapot Lane", "Apt 4", "Dryville NM 87001-4242",
    ]  # fmt: skip
    assert lines_of(replace(HOME, country="ca", state="", second_line=" ")) == [
        "Quillon Marsh", "12 Teapot Lane", "Dryville 87001-4242", "CA",
    ]  # fmt: skip


def test_labels_are_four_by_six_inches_one_to_a_page() -> None:
    made = labels_4x6([label(), label(name="Олена 李雷")], SENDER)
    with pypdfium2.PdfDocument(made.pdf) as document:
        assert [page.get_size() for page in document] == [(288, 432)] * 2
    first, second = texts(made.pdf)
    assert words(first) == words(" ".join([*SENDER, *lines_of(HOME), "3012345678"]))
    assert "Олена 李雷" in second


@pytest.mark.parametrize(("start", "places"), [(1, [0, 1, 2]), (9, [8, 9, 10]), (10, [9, 10, 11])])
def test_a_part_used_sheet_goes_on_at_its_first_free_label(start: int, places: list[int]) -> None:
    made = labels_sheet([label()] * 3, [], start)
    inked = []
    for page in range(len(texts(made.pdf))):
        ink = rendered(made.pdf, 72, page, WHITE).min(axis=2) < 128
        for place in range(10):
            top, left = 36 + place // 2 * 144, 11 + place % 2 * 302
            if ink[top : top + 144, left : left + 288].any():
                inked.append(page * 10 + place)
        ink[36:756, 11:601] = False
        assert not ink.any(), "nothing beside the labels"
    assert inked == places


def test_full_sheets_have_no_empty_page_after_them() -> None:
    assert [len(texts(labels_sheet([label()] * count, SENDER).pdf)) for count in (1, 10, 11, 20, 21)] == [1, 1, 2, 2, 3]


def test_long_addresses_shrink_and_wrap_and_lose_no_word() -> None:
    long = label(
        name="Hubert Blaine Wolfeschlegelsteinhausenbergerdorff Senior and the Whole Family",
        second_line="Building 14, Floor 3, Suite 1207, at the back behind the garage",
    )
    for made in (labels_4x6([long], SENDER), labels_sheet([long], SENDER)):
        told = "".join(texts(made.pdf)[0].split())
        assert "".join("".join(lines_of(long.address)).split()) in told
        assert made.too_long == ()


def test_an_address_that_cannot_fit_is_cut_with_dots_and_told() -> None:
    made = labels_sheet([label(name="W" * 5000), Label("1", HOME)], [])
    assert made.too_long == ("3012345678",)
    assert "…" in texts(made.pdf)[0]


def test_nothing_to_print_and_impossible_starts_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="no packing slip to print: choose"):
        packing_slips([], "")
    with pytest.raises(ValueError, match="no address to print: choose"):
        labels_4x6([], SENDER)
    with pytest.raises(ValueError, match="nothing to pick: choose"):
        pick_list([Pick("ST-1-3", "", "3in", 0, "1")], date(2026, 11, 21))
    for start in (0, 11):
        with pytest.raises(ValueError, match="a number from 1 to 10"):
            labels_sheet([label()], SENDER, start)


def pick(sku: str, quantity: int, order: str) -> Pick:
    return Pick(sku, "Happy fox", f"{sku[-1]}in", quantity, order, cut("round").thumbnail_png)


def test_picks_are_grouped_by_design_and_size_most_copies_first() -> None:
    rows = grouped([pick("ST-1-3", 1, "a"), pick("ST-2-4", 5, "a"), pick("ST-1-3", 2, "b"), pick("ST-1-3", 1, "a")])
    assert [(row.sku, row.quantity, row.orders) for row in rows] == [
        ("ST-2-4", 5, (("a", 5),)),
        ("ST-1-3", 4, (("a", 2), ("b", 2))),
    ]


def test_a_pick_list_names_every_order_over_as_many_pages_as_it_takes() -> None:
    picks = [pick(f"ST-{number}-3", 1 + number % 2, str(3_012_345_000 + number)) for number in range(30)]
    picks += [pick("ST-99-4", 2, str(3_012_346_000 + number)) for number in range(300)]
    pages = texts(pick_list(picks, date(2026, 11, 21)).pdf)
    told = " ".join(pages)
    assert "645 stickers of 31 kinds for 330 orders" in told
    assert set(re.findall(r"301234\d{4}", told)) == {one.order for one in picks}
    assert {f"ST-{number}-3" for number in range(30)} <= set(re.findall(r"ST-\d+-\d", told))
    assert "21 November 2026" in pages[0]
