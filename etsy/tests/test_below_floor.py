"""A price pushed below its floor halts pricing and goes back at once; dearer costs alone never do that."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from etsy import stock
from etsy.adapters import inventory
from etsy.catalogue import Catalogue
from etsy.models import Listing
from etsy.tests.conftest import changes
from fulfillment.models import PrintCost
from pricing import breach, plan
from pricing.book import read_book
from pricing.models import Offer, Override, PriceChange, Tier
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import runner
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Alert, Switch

D = Decimal
JOBS = [
    Job("publisher", "etsy.jobs.publisher", "*/10 * * * *", "test", "publishing"),
    Job("push_changes", "etsy.jobs.push_changes", "*/10 * * * *", "test", "etsy"),
    Job("pricing_engine", "pricing.jobs.pricing_engine", "0 6 * * *", "test", "pricing"),
]


@pytest.fixture(autouse=True)
def _jobs(settings: Any, _settings: None) -> None:
    settings.JOB_LIST = "etsy.tests.test_below_floor.JOBS"


def large() -> Offer:
    return Offer.objects.get(size="4in")


def shown(shop: Any, sku: str) -> Decimal:
    [product] = [one for listing in shop.listings.values() for one in listing["products"] if one["sku"] == sku]
    return Decimal(product["offerings"][0]["price"]) / 100


def want(price: str) -> Offer:
    """The larger size is to cost this, by a plan's line in the history."""
    offer = large()
    Offer.objects.filter(pk=offer.pk).update(wanted_price=D(price))
    PriceChange.objects.create(
        offer=offer, old_price=offer.wanted_price, new_price=D(price), tier="trending", reason="older",
        shipping_cost=0, floor_price=offer.floor_price,
    )  # fmt: skip
    return large()


def send_wrongly(monkeypatch: pytest.MonkeyPatch, price: str) -> None:
    """A planted bug: the larger size goes out at another price than the one wanted."""
    right = stock._product

    def wrong(offer: Offer, readiness: int) -> inventory.Product:
        product = right(offer, readiness)
        return replace(product, price=D(price)) if offer.size == "4in" else product

    monkeypatch.setattr(stock, "_product", wrong)


def meanwhile(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object]) -> None:
    """Done once while a price is on its way: after the wish was read, before Etsy's answer is written down."""
    send, deeds = inventory.put, [deed]

    def put(*args: Any, **named: Any) -> Any:
        if deeds:
            deeds.pop()()
        return send(*args, **named)

    monkeypatch.setattr(inventory, "put", put)


def is_calm() -> bool:
    return not Switch.objects.exists() and not Alert.objects.filter(key__startswith="below-floor").exists()


def test_a_price_sent_below_its_floor_halts_pricing_goes_back_and_is_told(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = large()
    want("5.49")
    with monkeypatch.context() as bug:
        send_wrongly(bug, "3.49")
        changes()
    switch = Switch.objects.get()
    assert (switch.name, switch.thrown_by) == ("pricing", "pricing rollback")
    assert f"{before}: $3.49 pushed, the floor was $4.49" in switch.reason
    alert = Alert.objects.get(key__startswith="below-floor")
    assert "Pricing is halted" in alert.text
    evidence = PriceChange.objects.get(new_price=D("3.49"))
    assert (evidence.status, evidence.floor_price, evidence.old_price) == ("reverted", D("4.49"), before.pushed_price)
    assert large().wanted_price == before.pushed_price == D("6.49"), "the last price that was pushed rightly"
    assert Override.objects.get().kind == "reverted"
    changes()
    assert shown(shop, str(before)) == D("6.49")
    assert runner.run_job("pricing_engine") == (0, 0)
    assert large().wanted_price == D("6.49"), "halted until a person clears the switch"


def test_a_floor_that_nobody_explains_between_reading_and_sending_halts_pricing(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    want("4.49")
    foreign = {"wanted_price": D("5.99"), "floor_price": D("5.99")}
    meanwhile(monkeypatch, lambda: Offer.objects.filter(size="4in").update(**foreign))
    changes()
    assert Switch.objects.get().name == "pricing"
    assert PriceChange.objects.get(floor_price=D("5.99"), new_price=D("4.49")).status == "reverted"
    changes()
    assert shown(shop, str(large())) == large().wanted_price == D("6.49")


def test_dearer_costs_between_reading_and_sending_are_no_breach(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dearer() -> None:
        PrintCost.objects.filter(size="4in").update(cost=D("4.00"))
        plan.apply(plan.make_plan(read_book(clock.now())))

    want("4.49")
    meanwhile(monkeypatch, dearer)
    changes()
    assert large().floor_price == D("6.99")
    assert is_calm()
    changes()
    assert is_calm()
    assert shown(shop, str(large())) == D("6.99")


def test_costs_that_fell_and_rose_again_around_a_push_are_no_breach(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan_at(cost: str, price: str) -> None:
        PrintCost.objects.filter(size="4in").update(cost=D(cost))
        Tier.objects.update(price_large=D(price))
        plan.apply(plan.make_plan(read_book(clock.now())))

    before = large().pushed_price
    plan_at("1.00", "3.49")
    meanwhile(monkeypatch, lambda: plan_at("2.00", str(before)))
    changes()
    assert is_calm(), "Etsy's price before was right again, so there was no change left to push"
    changes()
    assert is_calm()
    assert shown(shop, str(large())) == large().wanted_price == before


@pytest.mark.parametrize("nth", range(1, 5))
def test_cheaper_costs_while_the_wish_is_read_are_no_breach(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    read, calls = stock.offers, []

    def offers(listing: Listing) -> list[Offer]:
        calls.append(listing)
        if len(calls) == nth:
            PrintCost.objects.filter(size="4in").update(cost=D("1.00"))
            Tier.objects.update(price_large=D("3.49"))
            plan.apply(plan.make_plan(read_book(clock.now())))
        return read(listing)

    want("5.49")
    with monkeypatch.context() as changing:
        changing.setattr(stock, "offers", offers)
        changes()
    assert len(calls) >= nth
    assert is_calm()
    changes()
    assert is_calm()
    assert shown(shop, str(large())) == large().wanted_price == D("3.49")


def test_dearer_costs_raise_the_price_at_the_next_run_and_halt_nothing(shop: Any, on_sale: Listing) -> None:
    PrintCost.objects.filter(size="4in").update(cost=D("4.00"))
    want("4.49")
    changes()
    assert is_calm(), "the floor of the last plan was kept"
    assert shown(shop, str(large())) == D("4.49")
    assert runner.run_job("pricing_engine") == (0, 0)
    changes()
    assert is_calm()
    assert shown(shop, str(large())) == D("6.99")


def test_a_price_somebody_set_on_etsy_below_the_floor_is_raised_but_halts_nothing(shop: Any, on_sale: Listing) -> None:
    offer = want("5.49")
    [theirs] = [one for one in shop.listings.values() if one["state"] == "active"]
    [product] = [one for one in theirs["products"] if one["sku"] == str(offer)]
    product["offerings"][0]["price"] = 99
    changes()
    assert is_calm()
    assert shown(shop, str(offer)) == large().wanted_price == D("4.49")
    line = PriceChange.objects.filter(offer=offer).first()
    assert line
    assert (line.status, line.new_price, line.under_override) == ("pushed", D("4.49"), True)
    assert runner.run_job("pricing_engine") == (0, 0)
    assert is_calm()


def test_a_price_somebody_set_on_etsy_overtakes_what_was_on_its_way_and_its_sales_hold_no_tier(
    shop: Any, on_sale: Listing
) -> None:
    offer = want("5.49")
    [theirs] = [one for one in shop.listings.values() if one["state"] == "active"]
    [product] = [one for one in theirs["products"] if one["sku"] == str(offer)]
    product["offerings"][0]["price"] = 777
    changes()
    assert PriceChange.objects.get(reason="older").status == "superseded"
    assert Catalogue([str(offer)], []).tier_at(str(offer), None, clock.now()) == (offer.tier, True)


def push_too_low_and_die(monkeypatch: pytest.MonkeyPatch) -> None:
    """A price below the floor reached Etsy, and nobody was left to take it back."""
    want("5.49")
    with monkeypatch.context() as bug:
        send_wrongly(bug, "3.49")
        bug.setattr(breach, "roll_back", lambda: 0)
        changes()


def test_a_rollback_that_died_after_the_push_is_made_by_the_engine(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_too_low_and_die(monkeypatch)
    assert is_calm()
    assert runner.run_job("pricing_engine") == (1, 0)
    assert Switch.objects.get().name == "pricing"
    assert large().wanted_price == D("6.49")
    assert breach.roll_back() == 0, "done once"


def test_a_breach_of_a_design_that_is_off_sale_by_then_is_told_once_and_not_for_ever(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_too_low_and_die(monkeypatch)
    Sticker.objects.update(shelf="archived")
    assert breach.roll_back() == 1
    assert Switch.objects.get().name == "pricing"
    assert not Override.objects.exists(), "there is no price to give back"
    assert breach.roll_back() == 0
