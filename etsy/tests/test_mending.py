"""Mends of differences: what a person asked for, once each, and nothing that others wrote without asking."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from etsy import compare_orders, reconcile
from etsy.models import Difference
from etsy.tests.conftest import live
from etsy.tests.test_reconcile import bought_long_ago, first, found, in_order, orphan
from fulfillment import orders
from stickertrendz.ops.models import Alert, AuditEntry, Run
from stickertrendz.ops.runner import run_job

__all__ = ["in_order"]  # the fixture


def test_the_job_mends_what_was_asked_for_and_tells_what_is_left(in_order: Any) -> None:
    first(in_order)["title"] = "Hello"
    live(in_order)[1]["title"] = "Hello"
    reconcile.look()
    assert reconcile.ask(Difference.objects.all()[:1], by="olive") == 1
    assert run_job("reconcile")[0] == 0
    run = Run.objects.get(workflow="reconcile")
    assert (run.counts["mended"], run.counts["differences"]) == (1, 1)
    assert AuditEntry.objects.get(action="mended title").who == "olive"
    assert Alert.objects.get(key="reconcile").title == "1 differences between Etsy and here"


def test_mending_the_section_leaves_the_words_that_others_wrote(in_order: Any) -> None:
    ours = {one["listing_id"]: (one["title"], one["shop_section_id"]) for one in live(in_order)}
    theirs = first(in_order)
    theirs.update(title="Hello", shop_section_id=None)
    [section] = [one for one in reconcile.look() if one.kind == "section"]
    assert reconcile.mend(section) == ""
    assert (theirs["title"], theirs["shop_section_id"]) == ("Hello", ours[theirs["listing_id"]][1])
    theirs.update(shop_section_id=None)
    [title] = [one for one in reconcile.look() if one.kind == "title"]
    assert reconcile.mend(title) == ""
    assert (theirs["title"], theirs["shop_section_id"]) == (ours[theirs["listing_id"]][0], None)


def test_a_wish_asked_for_while_etsy_is_read_is_kept(in_order: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first(in_order)["title"] = "Hello"
    reconcile.look()
    real = compare_orders.compare

    def meanwhile(days: int) -> Iterator[Difference]:
        reconcile.ask(Difference.objects.all(), by="olive")
        return real(days)

    monkeypatch.setattr(compare_orders, "compare", meanwhile)
    reconcile.look()
    assert Difference.objects.get().asked_by == "olive"


def test_a_mend_that_breaks_the_run_is_not_tried_by_each_run_after_it(
    in_order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought_long_ago(in_order)
    reconcile.look()
    reconcile.ask(Difference.objects.all(), by="olive")
    with monkeypatch.context() as patch:
        patch.setattr(orders, "take", lambda *_: 1 / 0)
        assert run_job("reconcile")[0] == 1
    assert run_job("reconcile")[0] == 0
    assert found() == [("order missing here", "take")], "offered again, not done"


def test_a_receipt_that_vanished_before_it_could_be_taken_is_told(in_order: Any) -> None:
    bought_long_ago(in_order)
    [missing] = reconcile.look()
    in_order.receipts.pop(missing.key)
    assert reconcile.mend(missing) == "Etsy does not know this receipt"


def test_a_draft_that_became_somebodys_is_not_deleted(in_order: Any) -> None:
    orphan(in_order)
    [one] = reconcile.look()
    in_order.listings[one.key]["state"] = "active"
    assert reconcile.mend(one) == "it is no draft of ours any more"
    assert one.key in in_order.listings


def test_no_draft_is_deleted_without_asking(in_order: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    orphan(in_order)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError) as told:
        call_command("reconcile", "--mend", stdout=io.StringIO())
    assert told.value.returncode == 1
    assert max(in_order.listings) == Difference.objects.get().key


def test_no_words_of_others_are_overwritten_without_asking(in_order: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first(in_order)["title"] = "Hello"
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    with pytest.raises(CommandError):
        call_command("reconcile", "--mend", stdout=io.StringIO())
    assert first(in_order)["title"] == "Hello"
