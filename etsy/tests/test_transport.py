"""The client: encoding, errors of every shape, what the headers tell, and where Etsy's pages end."""

from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest

from etsy.adapters import listings, wire
from etsy.adapters import shop as shop_api
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, fault
from stickertrendz.ops import meters
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.models import Alert, Call
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox


def test_form_fields_are_encoded_as_etsy_wants_them() -> None:
    given: dict[str, wire.Value] = {
        "tags": ["a b", "c"], "flag": False, "yes": True, "price": Decimal("4.49"), "none": None, "empty": "",
        "list": [],
    }  # fmt: skip
    assert wire.fields(given) == {"tags": "a b,c", "flag": "false", "yes": "true", "price": "4.49"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"error":"User does not own Shop"}', "User does not own Shop"),
        (b'[{"path":"/title/1","type":"invalid_characters","message":"no emoji"}]', "/title/1 no emoji"),
        (b'{"error":"invalid_grant","error_description":"revoked"}', "invalid_grant revoked"),
        (b'{"error":[{"path":"/tags","message":"too long"}]}', "/tags too long"),
        (b"<html>502</html>", "an error page"),
        (b"", "no reason given"),
        (b'"plain"', "plain"),
        (b"[]", "no reason given"),
    ],
)
def test_every_shape_of_error_body_is_understood(body: bytes, told: str) -> None:
    assert wire.explain(body) == told


@pytest.mark.parametrize(
    ("status", "permanent", "ambiguous"),
    [
        (400, True, False),
        (403, True, False),
        (409, True, False),
        (429, False, False),
        (500, False, True),
        (503, False, True),
    ],
)
def test_errors_say_whether_work_may_have_been_done(status: int, permanent: bool, ambiguous: bool) -> None:
    error = wire.refusal("op", status, b"{}", {"retry-after": "7", "x-etsy-request-uuid": "abc"})
    assert (error.permanent, error.ambiguous, error.retry_after, error.status) == (permanent, ambiguous, 7.0, status)
    assert "abc" in error.message


@pytest.mark.parametrize(("kind", "ambiguous"), [("malformed", True), ("timeout", True), ("500", True), ("429", False)])
def test_a_write_without_a_good_answer_is_ambiguous(sandbox: Sandbox, shop: Any, kind: str, ambiguous: bool) -> None:
    fault(sandbox, "createShopSection", kind, times=None, seconds=0.01)
    with pytest.raises(OutsideError) as caught:
        shop_section()
    assert caught.value.ambiguous is ambiguous


def shop_section() -> int:
    return shop_api.create_section("Another")


def test_nul_and_lone_surrogates_are_taken_out() -> None:
    assert wire.clean({"a": ["x\0y", "\ud800z"]}) == {"a": ["xy", "z"]}


def test_money_becomes_decimal() -> None:
    assert wire.amount({"amount": 449, "divisor": 100, "currency_code": "USD"}) == Decimal("4.49")
    assert wire.amount(4.49) == Decimal("4.49")
    assert wire.amount(None) == Decimal("0.00")


def test_the_limit_and_the_request_id_are_read_from_the_headers(shop: Any) -> None:
    shop.settings["per_day"] = 7000
    listings.count_active()
    call = Call.objects.latest("pk")
    assert meters.limit("etsy") == 7000
    assert (call.quota_limit, call.operation, len(call.request_id)) == (7000, "getListingsByShop", 32)


@pytest.mark.parametrize("secret", ["wrong", "", "one:two"])
def test_a_refused_key_of_our_app_ends_the_run_is_told_once_and_parks_no_listing(
    shop: Any, make_sticker: MakeSticker, settings: Any, secret: str
) -> None:
    for topic in ("frog", "otter"):
        make_sticker(topic)
    right, settings.ETSY_API_SECRET = settings.ETSY_API_SECRET, secret
    assert run_job("publisher")[0] == 1
    assert not Listing.objects.parked().exists()
    assert "API key" in Alert.objects.get(key="refused:etsy").text
    settings.ETSY_API_SECRET = right
    assert run_job("publisher")[0] == 0
    assert Listing.objects.filter(status="active").count() == 2


def test_a_403_that_is_not_about_the_key_is_about_its_row(sandbox: Sandbox, shop: Any) -> None:
    fault(sandbox, "getListing", "403")
    with pytest.raises(OutsideError, match="403"):
        listings.get(1)


def test_a_listing_counts_as_young_as_etsy_sorts_it() -> None:
    """Newest first, and a renewal may make new: who stops at the first older one must go by the same time."""
    told = {"listing_id": 1, "state": "active", "created_timestamp": 1_800_000_000, "original_creation_timestamp": 1}
    assert listings._listing(told).created_at == wire.moment(1_800_000_000)


@pytest.mark.parametrize(("drafts", "all_shown"), [(299, True), (300, False)])
def test_where_etsys_pages_end_before_the_listings_do_it_is_told_in_the_operators_words(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch, drafts: int, all_shown: bool
) -> None:
    monkeypatch.setattr(listings, "LAST_OFFSET", 200)
    [model] = shop.listings.values()
    for number in range(drafts):
        shop.listings[number] = {**model, "listing_id": number, "state": "draft"}
    shown = 0
    expected = nullcontext() if all_shown else pytest.raises(OutsideError, match="300 listings or more in state draft")
    with expected:
        for _ in listings.in_state("draft"):
            shown += 1
    assert shown == drafts
    assert Alert.objects.filter(key="etsy-pages:draft").exists() is not all_shown
