"""Posting from the bench: codes asked for, doubted and pasted, nothing sent twice, and printing again."""

import pytest
from django.test import Client

from fulfillment import bench
from fulfillment.models import Order, PrintJob, Shipment
from stickertrendz.console import packing_shipping
from stickertrendz.console.tests.benching import BENCH, bench_order, by_hand, do, job_of, post
from stickertrendz.console.tests.test_blocklist_pages import owner, page

__all__ = ["by_hand", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
GOOD, OTHER = "9400111202555842332669", "1Z999AA10123456784"


def test_the_bench_asks_for_codes_then_posts(owner: Client) -> None:
    orders = [bench_order(), bench_order()]
    asked = do(owner, "ship", *orders)
    assert all(f'name="code-{order.pk}"' in asked for order in orders)
    assert "not marked as packed" in asked
    shown = post(owner, *orders, **{f"code{orders[0].pk}": " 9400 1112 0255 5842 3326 69 "})
    assert "2 orders posted" in shown
    told = Shipment.objects.order_by("order_id").values_list("carrier", "tracking_code")
    assert list(told) == [("usps", GOOD), ("usps", "")]
    assert set(Order.objects.values_list("status", flat=True)) == {"shipped"}


def test_a_doubtful_code_is_shown_first_and_posted_when_one_insists(owner: Client) -> None:
    order = bench_order()
    wrong = GOOD[:-1] + "8"
    code = {f"code{order.pk}": wrong}
    shown = post(owner, order, **code)
    assert "wrong check digit" in shown
    assert not Shipment.objects.exists()
    sure = shown.split('name="sure" value="')[1].split('"')[0]
    assert "1 order posted" in post(owner, order, sure=sure, carrier="fedex", **code)
    assert Shipment.objects.get().carrier == "fedex"


def test_other_doubts_than_those_shown_are_shown_again(owner: Client) -> None:
    order = bench_order()
    first = post(owner, order, **{f"code{order.pk}": "12345"})
    sure = first.split('name="sure" value="')[1].split('"')[0]
    assert "54321 looks like no code" in post(owner, order, sure=sure, **{f"code{order.pk}": "54321"})
    assert not Shipment.objects.exists()


def test_one_code_for_two_orders_is_doubted(owner: Client) -> None:
    orders = [bench_order(), bench_order()]
    assert "is given for 2 orders" in post(owner, *orders, **{f"code{order.pk}": GOOD for order in orders})


def test_a_code_that_another_order_had_before_is_doubted(owner: Client) -> None:
    before, order = bench_order(), bench_order()
    assert "1 order posted" in post(owner, before, **{f"code{before.pk}": GOOD})
    assert f"{GOOD} was given for order {before} before." in post(owner, order, **{f"code{order.pk}": GOOD})
    assert Shipment.objects.count() == 1


def test_more_orders_than_a_form_holds_are_not_posted(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing_shipping, "MOST", 2)
    assert "3 orders are too many to post at once: choose at most 2." in do(
        owner, "ship", *(bench_order() for _ in "abc")
    )


def test_many_codes_are_pasted_at_once(owner: Client) -> None:
    chosen, other = bench_order(), bench_order()
    shown = post(owner, chosen, paste=f"{chosen},{OTHER}\n\n {other}\t9400 1112 0255 5842 3326 69\n")
    assert "2 orders posted" in shown
    told = Shipment.objects.order_by("order_id").values_list("carrier", "tracking_code")
    assert list(told) == [("ups", OTHER), ("usps", GOOD)]


@pytest.mark.parametrize(
    ("paste", "words"), [("123 {code}", "“123” is no order"), ("{order}", "has no code behind it"), ("x", "“x” is no")]
)
def test_a_pasted_line_that_says_nothing_posts_nothing(owner: Client, paste: str, words: str) -> None:
    order = bench_order()
    shown = post(owner, order, paste=paste.format(code=GOOD, order=order))
    assert words in shown
    assert paste.format(code=GOOD, order=order) in shown
    assert not Shipment.objects.exists()


def test_an_order_cancelled_while_the_page_was_open_is_not_posted(owner: Client) -> None:
    good, gone = bench_order(), bench_order()
    Order.objects.filter(pk=gone.pk).update(status="cancelled")
    shown = post(owner, good, gone)
    assert "1 order posted; 1 not:" in shown
    assert "Keep what is printed as stock" in shown


def test_posting_twice_by_an_impatient_click_is_one_letter(owner: Client) -> None:
    order = bench_order()
    post(owner, order)
    assert "0 orders posted; 1 had that behind it" in post(owner, order)
    assert Shipment.objects.count() == 1


def test_a_posted_sticker_is_printed_again_with_a_reason(owner: Client) -> None:
    order = bench_order()
    bench.mark_shipped(order, by="owner")
    address = f"{BENCH}again/{job_of(order).pk}/"
    assert "What went wrong" in page(owner, address)
    assert "Copy 2 is on the bench" in page(owner, address, {"reason": "misprint", "note": "white halo"})
    shown = page(owner, BENCH)
    assert "copy 2: misprint" in shown
    assert "sent before, printed again" in shown
    assert "50.0 %" in shown  # one of two prints of our own hands


def test_a_reprint_that_makes_no_sense_is_refused_in_words(owner: Client) -> None:
    order = bench_order()
    Order.objects.update(status="cancelled")
    page(owner, f"{BENCH}again/{job_of(order).pk}/", {"reason": "misprint", "note": ""})
    assert PrintJob.objects.count() == 1
