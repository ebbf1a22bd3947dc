"""Compared policies price by the engine's rules: never below the floor, and never otherwise than the engine."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.costs import UnitCost
from fulfillment.fees import FEES, Fees
from fulfillment.tests.making import make_sticker
from pricing import plan, policies
from pricing.demand import USUAL
from pricing.models import Offer, Tier
from pricing.policies import SEED_TIERS, BadPolicy, Ledger, Policy
from pricing.rules import Span

D = Decimal
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
COSTS = {
    "3in": UnitCost("self_usps", "3in", D("1.50"), D("0.78"), D("0.15")),
    "4in": UnitCost("self_usps", "4in", D("2.00"), D("0.78"), D("0.20")),
}
LEDGER = Ledger(FEES["flat"], COSTS)
money = st.decimals(0, 20, places=2)


@pytest.mark.django_db
def test_the_seeds_tiers_are_the_ones_a_new_shop_begins_with() -> None:
    rows = Tier.objects.values_list("name", "min_days", "max_days", "price_small", "price_large")
    assert [Span(*row) for row in rows] == list(SEED_TIERS)


@pytest.mark.django_db
@pytest.mark.parametrize("age", [0 * DAY, 3 * DAY - SECOND, 3 * DAY, 14 * DAY, 30 * DAY, 400 * DAY])
def test_ours_prices_as_the_engine_does(age: timedelta) -> None:
    ours = policies.compared(SEED_TIERS)[-1]
    sticker = make_sticker(trend_age=age)
    plan.open_offers(sticker)
    for offer in Offer.objects.filter(sticker=sticker):
        tier = ours.tier(age)
        assert (offer.tier, offer.floor_price) == (tier.name, LEDGER.floor(offer.size))
        assert offer.wanted_price == ours.price(offer.size, tier, LEDGER.floor(offer.size))


@given(
    prices=st.lists(st.tuples(money, money), min_size=1, max_size=5),
    costs=st.tuples(money, money, money),
    rate=st.decimals("0", "0.40", places=3),
    fixed=st.decimals(0, 2, places=2),
    age=st.integers(0, 100),
    units=st.integers(0, 30),
    size=st.sampled_from(list(USUAL)),
)
def test_no_policy_prices_below_the_floor_or_sells_at_a_loss(
    prices: list[tuple[D, D]], costs: tuple[D, D, D], rate: D, fixed: D, age: int, units: int, size: str
) -> None:
    starts = range(0, 10 * len(prices), 10)
    tiers = tuple(
        Span(str(start), start, None if start == starts[-1] else start + 10, *row)
        for start, row in zip(starts, prices, strict=True)
    )
    ledger = Ledger(Fees(rate, fixed), {size: UnitCost("printer", size, *costs)})
    policy = Policy("any", tiers, holds=True)
    price = policy.price(size, policy.tier(timedelta(days=age), tiers[0], units), ledger.floor(size))
    assert price >= ledger.floor(size)
    assert price % D("0.50") == D("0.49")
    assert ledger.profit(size, price) >= 0


def test_ten_units_hold_a_tier_where_the_policy_holds() -> None:
    seed, *_, ours = policies.compared(SEED_TIERS)
    newest, trending = SEED_TIERS[:2]
    assert ours.tier(5 * DAY, newest, 10) is newest
    assert ours.tier(5 * DAY, newest, 9) is trending
    assert ours.tier(5 * DAY) is trending
    assert seed.tier(5 * DAY, newest, 10) is trending


def test_a_sale_leaves_what_the_owners_table_says() -> None:
    assert LEDGER.profit("3in", D("4.49")) == D("1.61")
    assert LEDGER.profit("4in", D("5.49")) == D("1.96")


def write(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(text)
    return file


def test_an_owners_table_is_read_from_a_file(tmp_path: Path) -> None:
    text = """
        name = "steadier"
        holds = true
        [[tier]]
        from_day = 0
        price_3in = 5.49
        price_4in = "6.49"
        [[tier]]
        from_day = 7
        price_3in = 4.49
        price_4in = 5.49
    """
    policy = policies.read(write(tmp_path, text))
    assert (policy.name, policy.holds) == ("steadier", True)
    assert policy.price("3in", policy.tier(7 * DAY - SECOND), D("3.49")) == D("5.49")
    assert policy.price("4in", policy.tier(7 * DAY), D("3.49")) == D("5.49")


def test_a_file_without_a_name_is_called_by_its_own(tmp_path: Path) -> None:
    file = write(tmp_path, "[[tier]]\nfrom_day = 0\nprice_3in = 5\nprice_4in = 6")
    policy = policies.read(file)
    assert (policy.name, policy.holds) == ("mine", False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "cannot be read"),
        ("name = 'x'", "each .*tier.* needs"),
        ("tier = []", "from_day = 0"),
        ("[[tier]]\nfrom_day = 0\nprice_3in = 5", "price_4in"),
        ("[[tier]]\nfrom_day = 0\nprice_3in = 0\nprice_4in = 6", "above 0"),
        ("[[tier]]\nfrom_day = 0\nprice_3in = 'dear'\nprice_4in = 6", "dollars"),
        ("[[tier]]\nfrom_day = 0\nprice_3in = nan\nprice_4in = 6", "dollars"),
        ("[[tier]]\nfrom_day = 1\nprice_3in = 5\nprice_4in = 6", "from_day = 0"),
        ("[[tier]]\nfrom_day = 0\nprice_3in = 5\nprice_4in = 6\n" * 2, "later day"),
        ("colour = 'red'\n[[tier]]\nfrom_day = 0\nprice_3in = 5\nprice_4in = 6", "colour is not known"),
        ("holds = 'yes'\n[[tier]]\nfrom_day = 0\nprice_3in = 5\nprice_4in = 6", "true or false"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_what_to_mend(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadPolicy, match=words):
        policies.read(write(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPolicy, match="cannot be read"):
        policies.read(tmp_path / "none.toml")
