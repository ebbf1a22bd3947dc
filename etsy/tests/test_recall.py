"""Recalls: exactly the batch, on Etsy too, once, and back again design by design."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from etsy import recall
from etsy.models import Listing, Recall
from etsy.recall import Batch
from etsy.tests.conftest import MakeSticker, changes, fault, live
from fulfillment.models import Order, OrderItem
from pricing.models import Offer
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry, Call, Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists

BAD = Batch("prompt", "style/7")


@pytest.fixture
def shelf(make_sticker: MakeSticker) -> list[Sticker]:
    """Five designs; the second and the fourth were drawn by a bad prompt."""
    made = [make_sticker() for _ in range(5)]
    bad = [made[1].generation_id, made[3].generation_id]
    Generation.objects.update(prompt_version="style/6")
    Generation.objects.filter(pk__in=bad).update(prompt_version="style/7")
    return made


@pytest.fixture
def on_shelf(shop: Any, shelf: list[Sticker]) -> list[Sticker]:
    """The same, on sale on Etsy."""
    run_job("publisher")
    assert len(live(shop)) == 5
    return shelf


def bad_ones(shelf: list[Sticker]) -> set[int]:
    return {shelf[1].pk, shelf[3].pk}


def sell(sticker: Sticker, quantity: int, number: int, **columns: Any) -> None:
    now = clock.now()
    order = Order.objects.create(
        receipt_id=number, status="paid", ordered_at=now, etsy_updated_at=now, ship_by=now, total_amount="5.49"
    )
    OrderItem.objects.create(
        order=order, transaction_id=number, sticker=sticker, size="3in", quantity=quantity, unit_price="5.49",
        sold_at=clock.now(), **columns,
    )  # fmt: skip


def test_a_bad_batch_is_previewed_and_taken_off_exactly_on_etsy_too(shop: Any, on_shelf: list[Sticker]) -> None:
    sell(on_shelf[1], 3, 1)
    sell(on_shelf[3], 2, 2, refunded=True)
    sell(on_shelf[0], 9, 3)
    assert recall.extent(BAD) == recall.Extent(designs=2, on_sale=2, units=3, undecided=0, off_already=0)
    assert {one.pk for one in recall.recallable(BAD)} == bad_ones(on_shelf)
    made = recall.recall(BAD, by="owner", why="gun in the hand of a frog")
    changes()
    on_etsy = set(Listing.objects.filter(etsy_id__in=[one["listing_id"] for one in live(shop)]).values_list("sticker"))
    assert on_etsy == {(one.pk,) for one in on_shelf} - {(key,) for key in bad_ones(on_shelf)}
    assert set(Sticker.objects.filter(shelf="withdrawn").values_list("pk", flat=True)) == bad_ones(on_shelf)
    assert (made.designs, recall.still_on_etsy(made).count()) == (2, 0)
    assert AuditEntry.objects.get(action="recalled designs").detail == {"designs": 2}


def test_the_second_click_recalls_nothing_and_leaves_no_row(shelf: list[Sticker]) -> None:
    recall.recall(BAD, by="owner", why="bad")
    with pytest.raises(NeedsPerson, match="nothing was recalled"):
        recall.recall(BAD, by="owner", why="bad")
    assert Recall.objects.count() == 1


def test_a_recall_that_etsy_interrupts_goes_on_with_the_next_run(
    sandbox: Sandbox, shop: Any, on_shelf: list[Sticker], virtual_time: Any
) -> None:
    made = recall.recall(BAD, by="owner", why="bad")
    fault(sandbox, "updateListing", "500", times=8)
    changes()
    assert recall.still_on_etsy(made).exists()
    virtual_time.shift(timedelta(minutes=11))
    changes()
    assert not recall.still_on_etsy(made).exists()
    assert len(live(shop)) == 3


def test_what_is_off_for_another_cause_or_not_approved_is_told_and_left(shelf: list[Sticker]) -> None:
    Sticker.objects.filter(pk=shelf[1].pk).update(shelf="withdrawn", shelf_why="complaint by Frog Inc")
    Sticker.objects.filter(pk=shelf[3].pk).update(status="flagged", shelf="none")
    assert recall.extent(BAD) == recall.Extent(designs=0, on_sale=0, units=0, undecided=1, off_already=1)
    Sticker.objects.filter(pk=shelf[3].pk).update(status="approved", shelf="archived")
    recall.recall(BAD, by="owner", why="bad")
    assert Sticker.objects.get(pk=shelf[1].pk).shelf_why == "complaint by Frog Inc"
    assert Sticker.objects.get(pk=shelf[3].pk).shelf == "withdrawn", "what is archived could be relisted"


def test_a_design_found_good_goes_back_and_the_others_stay(shop: Any, on_shelf: list[Sticker]) -> None:
    made = recall.recall(BAD, by="owner", why="bad")
    changes()
    assert recall.put_back(made, on_shelf[1], by="owner", why="harmless")
    assert not recall.put_back(made, on_shelf[1], by="owner", why="harmless")
    assert not recall.put_back(made, on_shelf[0], by="owner", why="never recalled")
    run_job("publisher")
    assert len(live(shop)) == 4
    assert [one.pk for one in recall.kept_off(made)] == [on_shelf[3].pk]


def test_a_design_that_the_blocklists_find_by_now_is_not_put_back(shelf: list[Sticker]) -> None:
    made = recall.recall(BAD, by="owner", why="bad")
    blocklists.add("mushroom frog", "trademark", by="owner", why="theirs", section="characters")
    assert not recall.put_back(made, shelf[1], by="owner", why="harmless")
    assert Sticker.objects.get(pk=shelf[1].pk).shelf == "withdrawn"


def test_the_next_recall_does_not_put_back_what_another_keeps_off(shelf: list[Sticker]) -> None:
    first = recall.recall(BAD, by="owner", why="bad")
    second = recall.recall(Batch("prompt", "style/6"), by="owner", why="bad too")
    assert not recall.put_back(second, shelf[1], by="owner", why="harmless")
    assert (recall.kept_off(first).count(), recall.kept_off(second).count()) == (2, 3)


def test_a_span_holds_its_beginning_and_not_its_end(shelf: list[Sticker]) -> None:
    now = clock.now()
    for number, sticker in enumerate(shelf):
        when = now - timedelta(hours=number)
        Sticker.objects.filter(pk=sticker.pk).update(created_at=when, published_at=when - timedelta(days=1))
    since, until = now - timedelta(hours=3), now - timedelta(hours=1)
    assert {one.pk for one in recall.recallable(Batch("created", since=since, until=until))} == {
        shelf[2].pk, shelf[3].pk
    }  # fmt: skip
    published = Batch("published", since=since - timedelta(days=1), until=until - timedelta(days=1))
    assert {one.pk for one in recall.recallable(published)} == {shelf[2].pk, shelf[3].pk}


def test_by_model_version_by_trend_and_by_run(on_shelf: list[Sticker]) -> None:
    Generation.objects.filter(sticker=on_shelf[2]).update(model_version="9f")
    assert [one.pk for one in recall.recallable(Batch("model", "9f"))] == [on_shelf[2].pk]
    assert [one.pk for one in recall.recallable(Batch("trend", str(on_shelf[4].trend_id)))] == [on_shelf[4].pk]
    Sticker.objects.filter(pk=on_shelf[0].pk).update(copy_version="listing_copy/1.ab")
    assert [one.pk for one in recall.recallable(Batch("prompt", "listing_copy/1.ab"))] == [on_shelf[0].pk]
    run = Run.objects.get(workflow="publisher")
    assert recall.recallable(Batch("run", str(run.pk))).count() == 5
    assert recall.recallable(Batch("run", str(run.pk + 99))).count() == 0


def test_a_run_that_only_changed_a_price_put_nothing_on_sale(shop: Any, on_shelf: list[Sticker]) -> None:
    Offer.objects.filter(sticker=on_shelf[0]).update(wanted_price="7.99")
    run = changes()
    assert Call.objects.filter(run=run.pk).exclude(subject="").exists()
    assert recall.recallable(Batch("run", str(run.pk))).count() == 0


def test_a_recall_takes_as_many_queries_for_five_designs_as_for_one(shelf: list[Sticker]) -> None:
    counts = []
    for batch in (Batch("trend", str(shelf[0].trend_id)), Batch("model", "1")):
        with CaptureQueriesContext(connection) as queries:
            recall.extent(batch)
            recall.recall(batch, by="owner", why="bad")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Recall.objects.get(kind="model").designs == 4
