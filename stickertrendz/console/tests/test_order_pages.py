"""The pages of orders: the list by urgency, one order's story in plain words, and deeds that are shown before."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fulfillment import bench, in_hand, reprint, route, wanted
from fulfillment.models import AccessLog, Order, OrderItem, PrintJob
from fulfillment.orders import take
from fulfillment.tests.making import ADDRESS, make_line, make_receipt
from stickertrendz import clock
from stickertrendz.console.tests.benching import bench_order, make_design
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.ops import intents
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry, Intent
from stickertrendz.sandbox.server import Sandbox

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
LIST = "/admin/fulfillment/order/"


@pytest.fixture(autouse=True)
def by_hand(sandbox: Sandbox, settings: LazySettings) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"


def paid(**fields: Any) -> Order:
    order, _ = take(make_receipt(make_line(make_design()), **fields))
    return order


def story(client: Client, order: Order) -> str:
    shown = page(client, reverse("admin:fulfillment_order_change", args=[order.pk]))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown))


def decide(client: Client, what: str, *rows: Any) -> str:
    return page(client, f"{LIST}decide/{what}/", {"row": [row.pk for row in rows]})


def in_list(client: Client, query: str = "") -> list[str]:
    """The order numbers of the list, from top to bottom."""
    return re.findall(r'change/[^"]*"[^>]*>\s*(\d{10})\s*<', page(client, LIST + query))


def test_an_order_tells_its_story_in_plain_words_and_no_customer(owner: Client) -> None:
    order = bench_order(None, "3in", "4in", hours=30)
    for job in PrintJob.objects.all():
        bench.mark_printed(job, by="olive")
    Order.objects.update(route_why="self_usps: $2.08 of $4.94 left after fees, chosen")
    shown = story(owner, order)
    for words in (
        "Ordered on Etsy for $10.98", "To be printed by our own hands", "olive marked it as printed",
        "30 hours left", "$2.08 of $4.94 left", "Look at name and address",
    ):  # fmt: skip
        assert words in shown
    bench.mark_shipped(order, by="olive", tracking_code="9400111202555842332669")
    bench.mark_delivered(order, by="olive")
    shown = story(owner, order)
    for words in ("Posted: USPS 9400111202555842332669", "Delivered: USPS", "All of it had arrived"):
        assert words in shown
    assert ADDRESS.name not in shown
    assert not AccessLog.objects.exists()


def test_an_order_that_is_held_back_says_until_when(owner: Client) -> None:
    order = paid(ordered=clock.now() - timedelta(minutes=5))
    assert "Held until then, so that a cancellation wins" in story(owner, order)


def test_a_reprint_and_its_reason_are_in_the_story(owner: Client) -> None:
    order = bench_order()
    reprint.print_again(PrintJob.objects.get(), "cut", "off by a hair", by="olive")
    shown = story(owner, order)
    assert "olive had it printed again 1 × " in shown
    assert "3″ (copy 2)" in shown
    assert "cut off-register, off by a hair" in shown


def test_an_orders_page_costs_as_many_queries_for_twenty_lines_as_for_two(owner: Client) -> None:
    design = make_design()
    few, many = (bench_order(design, *["3in"] * lines) for lines in (2, 20))

    def queries(order: Order) -> int:
        with CaptureQueriesContext(connection) as asked:
            story(owner, order)
        return len(asked)

    assert queries(few) == queries(many)


def test_the_list_costs_as_many_queries_for_twenty_orders_as_for_two(owner: Client) -> None:
    design = make_design()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(owner, LIST)
        return len(asked)

    for _ in range(2):
        bench_order(design)
    few = queries()
    for _ in range(18):
        bench_order(design, "3in", "4in")
    assert queries() == few


def test_the_list_begins_with_what_must_leave_first_and_ends_with_what_left(owner: Client) -> None:
    later, gone, late = bench_order(hours=50), bench_order(hours=-90), bench_order(hours=-2)
    bench.mark_shipped(gone, by="olive")
    assert in_list(owner) == [str(late), str(later), str(gone)]
    assert "2 hours late" in page(owner, LIST)


def test_the_list_is_filtered_by_date_and_by_who_is_needed_and_searched_by_sku(owner: Client) -> None:
    late, soon, later = bench_order(hours=-2), bench_order(hours=5), bench_order(hours=50)
    Order.objects.filter(pk=later.pk).update(needs_attention="look at it")
    assert in_list(owner, "?due=late") == [str(late)]
    assert in_list(owner, "?due=soon") == [str(late), str(soon)]
    assert in_list(owner, "?parked=yes") == [str(later)]
    assert in_list(owner, "?status__exact=shipped") == []
    sku = OrderItem.objects.get(order=soon).sku
    assert in_list(owner, f"?q={sku}") == [str(soon)]
    assert in_list(owner, f"?q={later}") == [str(later)]


def test_delivered_is_asked_first_and_told_in_one_message(owner: Client) -> None:
    orders = [bench_order(), bench_order(), bench_order()]
    for order in orders[:2]:
        bench.mark_shipped(order, by="olive")
    told = {"action": "mark_delivered", "_selected_action": [order.pk for order in orders]}
    assert "ends their work" in page(owner, LIST, told)
    assert not Order.objects.filter(status="delivered").exists()
    shown = decide(owner, "delivered", *orders)
    assert "2 orders marked as delivered; 1 not:" in shown
    assert "mark it as shipped first" in shown


def test_many_orders_are_posted_from_the_list(owner: Client) -> None:
    orders = [bench_order(), bench_order()]
    told = {"action": "mark_shipped", "_selected_action": [order.pk for order in orders]}
    assert "Post 2 orders" in page(owner, LIST, told)


def test_more_than_can_be_decided_at_once_is_told_and_nothing_is_done(owner: Client) -> None:
    order = paid()
    Order.objects.update(needs_attention="the printer refused it")
    rows = [order.pk, *range(10_000, 10_200)]
    shown = page(owner, f"{LIST}decide/again/", {"row": rows})
    assert "Choose at most 200 at a time: nothing was done." in shown
    assert Order.objects.get().needs_attention


def test_a_line_that_was_paid_back_is_not_printed_any_more(owner: Client) -> None:
    bench_order(None, "3in", "4in")
    item = OrderItem.objects.first()
    assert item is not None
    assert "leaves the figures" in page(owner, f"{LIST}decide/paid-back/?row={item.pk}")
    assert "1 line marked as paid back." in decide(owner, "paid-back", item)
    item.refresh_from_db()
    assert item.refunded


def test_a_parked_order_is_tried_again(owner: Client) -> None:
    order = paid()
    Order.objects.update(needs_attention="the printer refused it")
    assert "the printer refused it" in story(owner, order)
    assert "1 order to be tried again." in decide(owner, "again", order)
    assert Order.objects.get().needs_attention == ""


def test_who_may_only_look_decides_nothing(client: Client) -> None:
    order, viewer = bench_order(), logged_in(client, "fulfillment.view_order")
    assert "Post …" not in story(viewer, order)
    assert viewer.get(f"{LIST}decide/delivered/?row={order.pk}").status_code == 403
    assert viewer.post(f"{LIST}decide/delivered/", {"row": order.pk}).status_code == 403


def test_there_are_no_other_decisions(owner: Client) -> None:
    assert owner.get(f"{LIST}decide/burn/").status_code == 404


def test_an_order_no_printer_has_yet_is_taken_into_our_own_hands(owner: Client, settings: LazySettings) -> None:
    settings.FULFILLMENT_PROVIDER = "sticker_mule"
    order = paid()
    assert "1 order on its way to the bench." in decide(owner, "in-hand", order)
    order.refresh_from_db()
    route.route(order)
    assert (PrintJob.objects.get().provider, Order.objects.get().status) == ("self_usps", "pending_manual")
    assert AuditEntry.objects.get(action="took into our own hands").who == "owner"


def planned(order: Order) -> PrintJob:
    """A print that is meant for the printer and was not sent yet."""
    job: PrintJob = PrintJob.objects.create(item=order.items.get(), provider="sticker_mule", status="waiting", cost=2)
    intents.plan(wanted.KIND, wanted.key(job), job)
    return job


def test_a_print_that_was_planned_and_not_sent_is_taken_along() -> None:
    order = paid()
    job = planned(order)
    assert [in_hand.take(order, by="olive"), in_hand.take(order, by="olive")] == [True, False]
    route.route(order)
    job.refresh_from_db()
    assert (job.provider, job.status, order.status) == ("self_usps", "sent", "pending_manual")
    assert Intent.objects.get(key__startswith="sticker_mule").state == Intent.State.VOID


@pytest.mark.parametrize("state", [Intent.State.SENT, Intent.State.DONE])
def test_what_a_printer_has_or_may_have_is_not_taken(state: str) -> None:
    order = paid()
    job = planned(order)
    Intent.objects.update(state=state)
    with pytest.raises(NeedsPerson, match="not to be printed twice"):
        in_hand.take(order, by="olive")
    job.refresh_from_db()
    assert (job.provider, Order.objects.get().fulfillment_provider) == ("sticker_mule", "")


def test_an_order_that_is_being_sent_this_moment_is_not_taken() -> None:
    order = paid()
    Order.objects.update(claimed_until=clock.now() + timedelta(minutes=5))
    with pytest.raises(NeedsPerson, match="this moment"):
        in_hand.take(order, by="olive")


def test_an_order_at_the_printer_is_not_taken() -> None:
    order = paid()
    Order.objects.update(status="sent_to_print", fulfillment_provider="sticker_mule")
    with pytest.raises(NeedsPerson, match="print its lines again"):
        in_hand.take(order, by="olive")
