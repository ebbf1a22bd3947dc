"""`manage.py purge_pii`: a customer's data goes within a dated request; no name is taken from the command line."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from fulfillment.models import Order, PrivacyRequest
from fulfillment.tests.making import make_order
from stickertrendz import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def purge(*arguments: str) -> str:
    said = io.StringIO()
    call_command("purge_pii", *arguments, stdout=said)
    return said.getvalue()


def held() -> set[int]:
    return set(Order.objects.filter(purged_at=None).values_list("receipt_id", flat=True))


def test_a_receipt_is_erased_within_a_dated_request() -> None:
    gone, kept = make_order("delivered"), make_order("delivered")
    assert "1 orders erased" in purge("--receipt", str(gone.receipt_id), "--yes")
    assert held() == {kept.receipt_id}
    request = PrivacyRequest.objects.get()
    assert (request.kind, request.found_by, list(request.orders.all())) == ("erase", "receipt", [gone])
    assert request.done_at is not None
    assert request.answered_at is None


@pytest.mark.parametrize(("flag", "typed"), [("--email", "quillon@example.com\n"), ("--name", "Quillon Marsh\n")])
def test_names_and_mail_addresses_are_read_from_standard_input(
    flag: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_order("delivered")
    other = make_order("delivered", receipt={"name": "Other", "email": "other@example.com"})
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = purge(flag, "--yes")
    assert held() == {other.receipt_id}
    assert typed.strip() not in said


def test_namesakes_are_not_erased_by_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    make_order("delivered")
    make_order("delivered", receipt={"buyer_user_id": 99})
    monkeypatch.setattr("sys.stdin", io.StringIO("Quillon Marsh\n"))
    with pytest.raises(CommandError, match="Several Etsy accounts"):
        purge("--name", "--yes")
    assert len(held()) == 2


def test_other_orders_of_the_same_account_are_told() -> None:
    asked, other = make_order("delivered"), make_order("delivered")
    said = purge("--receipt", str(asked.receipt_id), "--dry-run")
    assert f"not among them: {other}. Add each by --receipt" in said
    make_order("delivered", delivered_at=clock.now() - timedelta(days=91))
    assert "not among them" not in purge("--due", "--dry-run")


def test_a_name_on_the_command_line_is_refused() -> None:
    with pytest.raises(CommandError, match="unrecognized arguments"):
        call_command("purge_pii", "--name", "Quillon Marsh")


def test_a_dry_run_lists_the_orders_and_erases_nothing() -> None:
    order = make_order("delivered")
    said = purge("--buyer-id", "4711471147", "--dry-run")
    assert f"{order} of {order.ordered_at:%Y-%m-%d}, Delivered" in said
    assert "Quillon" not in said
    assert held() == {order.receipt_id}
    assert not PrivacyRequest.objects.exists()


def test_orders_that_still_need_their_address_are_left_unless_told_so() -> None:
    order = make_order("pending_manual")
    said = purge("--receipt", str(order.receipt_id), "--yes")
    assert "still needs its address" in said
    assert held() == {order.receipt_id}
    purge("--receipt", str(order.receipt_id), "--yes", "--with-unshipped")
    assert held() == set()


@pytest.mark.parametrize(("typed", "left"), [("yes", 0), ("no", 1)])
def test_it_asks_before_it_erases(typed: str, left: int, monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order("delivered")
    monkeypatch.setattr("builtins.input", lambda question: typed)
    purge("--receipt", str(order.receipt_id))
    assert len(held()) == left


def test_what_is_due_goes_without_a_request() -> None:
    make_order("delivered", delivered_at=clock.now() - timedelta(days=91))
    kept = make_order("delivered", delivered_at=clock.now())
    assert "1 orders erased" in purge("--due", "--yes")
    assert held() == {kept.receipt_id}
    assert not PrivacyRequest.objects.exists()


@pytest.mark.parametrize("arguments", [[], ["--due", "--receipt", "1"]])
def test_it_wants_to_know_whose_data(arguments: list[Any]) -> None:
    with pytest.raises(CommandError, match="Say whose data"):
        purge(*arguments)
