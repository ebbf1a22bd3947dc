"""The ledger of the payment account: what sales, refunds, ads, labels and Mondays write into it."""

from typing import Any

import pytest

from stickertrendz.sandbox.server import Sandbox
from stickertrendz.sandbox.tests.seller import LEDGER, MONTH, Seller

WEEK = 7 * 86400


def test_a_sale_with_coupon_tax_and_ad_comes_to_what_the_shop_keeps(seller: Seller) -> None:
    seller.published()
    seller.buy(quantity=2, discount=98, tax=60, ad=True)
    entries = dict(seller.fees())
    paid = 2 * 449 - 98
    assert entries["PAYMENT_GROSS"] == paid + 60
    assert entries["sales_tax"] == -60
    assert entries["transaction"] == -round(paid * 0.065)
    assert entries["PAYMENT_PROCESSING_FEE"] == -round((paid + 60) * 0.03) - 25
    assert entries["offsite_ads_fee"] == -round(paid * 0.15)
    assert (entries["renew_sold_auto"], entries["transaction_quantity"]) == (-20, -20)


def test_entries_name_what_they_are_about(seller: Seller) -> None:
    listing = seller.published()
    receipt = seller.buy(tax=30, ad=True)
    now = int(seller.http.get("/_sandbox/clock").json()["now"])
    named = {one["ledger_type"]: (one["reference_type"], one["reference_id"]) for one in seller.ledger(now - 60, now)}
    assert named["listing"] == named["renew_sold_auto"] == ("listing", str(listing))
    assert named["transaction"] == ("transaction", str(receipt["transactions"][0]["transaction_id"]))
    assert named["offsite_ads_fee"] == named["sales_tax"] == ("receipt", str(receipt["receipt_id"]))
    assert named["PAYMENT_GROSS"][0] == "shop_payment"


@pytest.mark.parametrize(("refund", "share"), [("full", 1.0), ("part", 0.5)])
def test_a_refund_gives_its_share_of_tax_and_fees_back(seller: Seller, refund: str, share: float) -> None:
    seller.published()
    receipt = seller.buy(tax=51, ad=True)
    seller.http.post("/_sandbox/cancel", json={"receipt_id": receipt["receipt_id"], "refund": refund})
    entries = dict(seller.fees())
    assert entries["REFUND_GROSS"] == -round(500 * share)
    for kind, whole in (("sales_tax", 51), ("transaction", 29), ("offsite_ads_fee", 67)):
        assert abs(entries[f"{kind}_refund"] - whole * share) <= 1
    assert entries["PAYMENT_PROCESSING_FEE_REFUND"] == round(500 * share * 0.03)


def test_a_label_is_in_the_ledger_and_nowhere_else(seller: Seller) -> None:
    seller.published()
    receipt = seller.buy()
    assert seller.http.post("/_sandbox/label", json={"receipt_id": receipt["receipt_id"], "cents": 412}).is_success
    assert seller.fees()[-1] == ("shipping_labels", -412)
    assert seller.http.post("/_sandbox/label", json={"receipt_id": receipt["receipt_id"]}).status_code == 400


def test_what_lies_there_is_paid_out_on_monday_and_debts_are_not(seller: Seller, sandbox: Sandbox) -> None:
    seller.published()
    seller.later(WEEK)
    seller.listing(seller.draft())
    assert "DISBURSE2" not in dict(seller.fees())
    seller.buy()
    entries: Any = sandbox.worlds["etsy"].table("ledger")  # type: ignore[attr-defined]
    before = entries[max(entries)]["balance"]
    seller.later(WEEK)
    seller.listing(seller.draft())
    assert seller.fees()[-1] == ("DISBURSE2", -before)
    assert entries[max(entries)]["balance"] == 0


def test_it_is_read_by_windows_of_at_most_31_days_in_pages_of_at_most_100(seller: Seller) -> None:
    for _ in range(3):
        seller.published()
    now = int(seller.http.get("/_sandbox/clock").json()["now"])
    page = seller.get(LEDGER, min_created=now - MONTH + 60, max_created=now + 60, limit=2, offset=1).json()
    assert (page["count"], len(page["results"])) == (3, 2)
    refused = seller.get(LEDGER, min_created=now - MONTH, max_created=now + 1)
    assert refused.status_code == 400
    assert "2678400 seconds (31 days)" in refused.json()["error"]
    assert seller.get(LEDGER, min_created=now, max_created=now, limit=101).status_code == 400
    assert seller.get(LEDGER, max_created=now).status_code == 400


def test_entries_may_be_shown_later_than_they_are_dated(seller: Seller) -> None:
    seller.http.post("/_sandbox/etsy", json={"ledger_lag": 3600})
    seller.published()
    assert seller.fees() == []
    seller.later(3600)
    assert seller.fees() == [("listing", -20)]
