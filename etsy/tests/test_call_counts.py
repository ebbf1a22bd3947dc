"""How many calls the shop's changes cost, counted on our own Call rows."""

from typing import Any

import pytest

from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, changes
from pricing import plan
from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz.ops.models import Call
from stickertrendz.ops.runner import run_job

HUNDRED = 100


@pytest.fixture
def hundred(shop: Any, make_sticker: MakeSticker, settings: Any) -> list[int]:
    """A hundred and one listings on sale: one really published, the others copied on both sides."""
    pattern = _published(shop, make_sticker)
    first = Listing.objects.get()
    for _ in range(HUNDRED):
        sticker = make_sticker()
        plan.open_offers(sticker)
        number = sticker.number
        copied = {name: value for name, value in pattern.items() if name != "listing_id"}
        products = [{**one, "sku": f"{number}-{size}"} for one, size in zip(pattern["products"], "34", strict=True)]
        there = shop.add("listings", {**copied, "products": products})
        columns = {
            name: getattr(first, name) for name in ("state_asked", "state_seen", "section_asked", "section_seen")
        }
        Listing.objects.create(
            sticker=sticker, etsy_id=there["listing_id"], status="active", first_active_at=first.first_active_at,
            fee_booked_at=first.fee_booked_at, **columns,
        )  # fmt: skip
    for offer in Offer.objects.all():
        Offer.objects.filter(pk=offer.pk).update(pushed_price=offer.wanted_price)
    Sticker.objects.filter(pk=first.sticker_id).update(shelf="none")
    Listing.objects.filter(pk=first.pk).update(status="inactive")
    pattern["state"] = "inactive"
    Call.objects.all().delete()
    return [row.etsy_id for row in Listing.objects.filter(status="active") if row.etsy_id]


def _published(shop: Any, make_sticker: MakeSticker) -> dict[str, Any]:
    make_sticker()
    run_job("publisher")
    [listing] = shop.listings.values()
    found: dict[str, Any] = listing
    return found


def want_other_prices(but: int = 0) -> None:
    for offer in Offer.objects.filter(size="3in", sticker__shelf="wanted").order_by("pk")[but:]:
        Offer.objects.filter(pk=offer.pk).update(wanted_price=offer.wanted_price - 1)


def test_repricing_takes_a_call_for_each_listing_that_changes_and_two_to_read_them(hundred: list[int]) -> None:
    assert len(hundred) == HUNDRED
    unchanged = 10
    want_other_prices(but=unchanged)
    assert changes().counts["prices_pushed"] == HUNDRED - unchanged
    counted = list(Call.objects.order_by("pk").values_list("operation", flat=True))
    assert counted.count("updateListingInventory") == HUNDRED - unchanged
    assert len(counted) == HUNDRED - unchanged + 2
    assert not Offer.objects.filter(sticker__shelf="wanted").exclude(pushed_price__isnull=False).exists()


def test_one_listing_gone_costs_three_more_reads_and_not_a_hundred(shop: Any, hundred: list[int]) -> None:
    del shop.listings[hundred[50]]
    want_other_prices()
    assert changes().counts["prices_pushed"] == HUNDRED - 1
    assert Call.objects.count() <= HUNDRED - 1 + 2 + 3
    gone = Listing.objects.get(etsy_id=hundred[50])
    assert (gone.needs_attention, bool(gone.missing_since)) == ("", True)


def test_a_run_that_changes_nothing_asks_nothing_and_stats_ask_once_for_each_hundred_on_and_off_sale(
    hundred: list[int],
) -> None:
    changes()
    assert Call.objects.count() == 0
    assert run_job("sync_stats")[0] == 0
    assert list(Call.objects.order_by("pk").values_list("operation", flat=True)) == [
        "getListingsByListingIds", "getListingsByListingIds", "getListingsByShop",
    ]  # fmt: skip
