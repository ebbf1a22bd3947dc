"""The packing bench: what it shows to whom, steps on many at once, and the papers."""

import io
import zipfile
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fulfillment.models import AccessLog, Order, PrintJob
from fulfillment.tests.making import ADDRESS
from stickertrendz.console.tests.benching import BENCH, POST, bench_order, by_hand, do, job_of, make_design
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page

__all__ = ["by_hand", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
LETTER, LABEL = (612, 792), (288, 432)
VIEW, WORK, SEE = "fulfillment.view_order", "fulfillment.change_order", "fulfillment.see_customer"


def saved(client: Client, what: str, *orders: Order, **more: Any) -> bytes:
    answer = client.post(BENCH, {"do": what, "order": [order.pk for order in orders], **more})
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    return bytes(answer.content)


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    return [(round(one.get_width()), round(one.get_height())) for one in pypdfium2.PdfDocument(pdf)]


def words(pdf: bytes) -> str:
    return "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(pdf))


def test_the_bench_shows_work_by_date_and_never_a_customer(owner: Client) -> None:
    bench_order(hours=80)
    late, soon = bench_order(hours=-3), bench_order(hours=5)
    shown = page(owner, BENCH)
    order = ('bench-late">Late<', str(late), 'bench-soon">Due within 24', str(soon), 'bench-later">Later<')
    places = [shown.index(words) for words in order]
    assert shown.count("Sleepy Frog Sticker") >= 3
    assert sorted(places) == places
    assert "3 hours late" in shown
    assert "Vinyl" not in shown
    for private in (ADDRESS.name, ADDRESS.city, ADDRESS.first_line, "quillon@"):
        assert private not in shown
    assert not AccessLog.objects.exists()


def test_the_bench_costs_as_many_queries_for_fifty_orders_as_for_five(owner: Client) -> None:
    design = make_design()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(owner, BENCH)
        return len(asked)

    for _ in range(5):
        bench_order(design, "3in", "4in")
    few = queries()
    for _ in range(45):
        bench_order(design, "3in", "4in")
    assert queries() == few


@pytest.mark.parametrize("permissions", [(), ("etsy.view_listing",)])
def test_who_may_not_see_orders_sees_no_bench(client: Client, permissions: tuple[str, ...]) -> None:
    assert logged_in(client, *permissions).get(BENCH).status_code == 403


def test_strangers_are_sent_to_the_login(client: Client) -> None:
    assert client.get(BENCH).status_code == 302


def test_who_may_only_look_has_no_buttons_and_can_do_nothing(client: Client) -> None:
    order, viewer = bench_order(), logged_in(client, VIEW)
    assert 'name="do"' not in page(viewer, BENCH)
    for address in (BENCH, POST, f"{BENCH}again/{job_of(order).pk}/"):
        assert viewer.post(address, {"do": "printed", "order": order.pk}).status_code == 403
    assert job_of(order).status == "sent"


@pytest.mark.parametrize("paper", ["slips", "labels-4x6", "labels-letter"])
def test_papers_with_addresses_need_the_permission_to_see_customers(client: Client, paper: str) -> None:
    order, packer = bench_order(), logged_in(client, VIEW, WORK)
    assert 'value="slips"' not in page(packer, BENCH)
    assert packer.post(BENCH, {"do": paper, "order": order.pk}).status_code == 403
    assert not AccessLog.objects.exists()


def test_a_batch_is_told_in_one_message(owner: Client) -> None:
    orders = [bench_order() for _ in range(4)]
    do(owner, "printed", orders[0])
    Order.objects.filter(pk=orders[1].pk).update(status="cancelled")
    jobs = [job_of(order).pk for order in orders]
    shown = do(owner, "printed", orders[0], job=jobs[1:])
    assert "2 lines marked as printed; 1 had that behind it" in shown
    assert "cancelled" not in shown  # it had left the bench before, so it was not among the chosen


@pytest.mark.parametrize(("which", "left"), [("due", ["printed", "sent"]), ("all", ["printed", "printed"])])
def test_all_that_is_due_or_all_can_be_chosen_at_once(owner: Client, which: str, left: list[str]) -> None:
    orders = [bench_order(hours=5), bench_order(hours=50)]
    do(owner, "printed", which=which)
    assert [job_of(order).status for order in orders] == left


def test_a_single_line_of_an_order_can_be_chosen(owner: Client) -> None:
    order = bench_order(None, "3in", "4in")
    first, second = PrintJob.objects.filter(item__order=order).order_by("item")
    page(owner, BENCH, {"do": "packed", "job": first.pk})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("packed", "sent")


@pytest.mark.parametrize("told", [{"do": "printed"}, {"do": "printed", "job": ["x", "9" * 30]}])
def test_nothing_chosen_is_said(owner: Client, told: dict[str, Any]) -> None:
    assert "Nothing is chosen" in page(owner, BENCH, told)


def test_an_unknown_step_does_nothing(owner: Client) -> None:
    assert "no step of the bench" in do(owner, "burn", bench_order())


def test_a_wrong_click_is_undone(owner: Client) -> None:
    order = bench_order()
    do(owner, "packed", order)
    assert "1 line put one step back." in do(owner, "back", order)
    assert job_of(order).status == "printed"


def test_what_was_printed_for_a_cancelled_order_is_put_aside(owner: Client) -> None:
    order = bench_order()
    do(owner, "printed", order)
    Order.objects.update(status="cancelled")
    assert "Do not send: cancelled or refunded after printing" in page(owner, BENCH)
    assert "1 line put aside as stock." in page(owner, BENCH, {"do": "keep", "job": job_of(order).pk})
    assert "Do not send" not in page(owner, BENCH)


def test_the_pick_list_is_a_letter_page_without_names(owner: Client) -> None:
    orders = [bench_order(), bench_order()]
    pdf = saved(owner, "pick-list", *orders)
    assert sizes(pdf) == [LETTER]
    assert "Sleepy Frog" in words(pdf)
    assert ADDRESS.name not in words(pdf)
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    ("paper", "pages"), [("slips", [LETTER, LETTER]), ("labels-4x6", [LABEL, LABEL]), ("labels-letter", [LETTER])]
)
def test_slips_and_labels_are_paper_of_the_right_size_and_each_look_is_logged(
    owner: Client, paper: str, pages: list[tuple[int, int]]
) -> None:
    orders = [bench_order(), bench_order()]
    pdf = saved(owner, paper, *orders, start="3")
    assert sizes(pdf) == pages
    assert ADDRESS.name in words(pdf)
    assert set(AccessLog.objects.values_list("order", "who")) == {(order.pk, "owner") for order in orders}


def test_an_order_without_address_is_left_out_aloud(owner: Client) -> None:
    known, lost = bench_order(), bench_order()
    Order.objects.filter(pk=lost.pk).update(customer_sealed="")
    assert len(sizes(saved(owner, "labels-4x6", known, lost))) == 1
    assert f"No address is known for order {lost}" in page(owner, BENCH)
    assert f"No address is known for order {lost}" in do(owner, "slips", lost)


@pytest.mark.parametrize("start", ["0", "11", "x", ""])
def test_labels_begin_at_a_label_the_sheet_has(owner: Client, start: str) -> None:
    assert "from 1 to 10" in do(owner, "labels-letter", bench_order(), start=start)
    assert not AccessLog.objects.exists()


def test_gang_sheets_are_shown_then_saved_with_their_cut_files(owner: Client) -> None:
    orders = [bench_order(None, "3in", "4in"), bench_order()]
    assert "3 stickers of 2 orders on 1 sheet" in do(owner, "sheets", *orders)
    folder = zipfile.ZipFile(io.BytesIO(saved(owner, "sheets-zip", *orders)))
    pdf, cut = sorted(folder.namelist(), key=len)
    assert sizes(folder.read(pdf)) == [LETTER]
    assert b'width="8.5in"' in folder.read(cut)
    assert sizes(saved(owner, "sheets-pdf", *orders, sheet="roll")) == [(864, 1728)]


def test_a_line_that_cannot_be_cut_is_left_out_of_the_sheets_aloud(owner: Client) -> None:
    good, bad = bench_order(), bench_order(make_design("Other Frog"))
    sticker = job_of(bad).item.sticker
    assert sticker is not None
    type(sticker).objects.filter(pk=sticker.pk).update(cut_path_key="")
    shown = do(owner, "sheets", good, bad)
    assert "1 sticker of 1 order on 1 sheet" in shown
    assert f"of order {bad} has no print file or cut line" in shown
    assert "nothing to print" in do(owner, "sheets", bad)


def test_the_sidebar_counts_what_waits(owner: Client) -> None:
    bench_order()
    before = page(owner, "/admin/ops/run/").partition(">Bench<")[2]
    assert before
    assert "1" in before.partition("</a>")[0]
