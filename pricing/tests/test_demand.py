"""The demand model does what it states, and chance is the same for the same names."""

import math
from dataclasses import replace
from datetime import date
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing import demand
from pricing.demand import USUAL, Market, day_of, quality_of, substream

USUAL_PRICES = {size: usual.price for size, usual in USUAL.items()}
DAY = date(2026, 11, 20).toordinal()
LIVELY = Market(first_day_views=40)


def test_a_designs_day_is_the_same_whatever_else_is_drawn_and_in_which_order() -> None:
    def lived(designs: list[int]) -> dict[int, tuple[float, demand.Day]]:
        return {
            n: (q := quality_of(LIVELY, 7, n), day_of(LIVELY, q, 2.0, USUAL_PRICES, substream(7, n, DAY)))
            for n in designs
        }

    forwards = lived(list(range(20)))
    assert lived(list(reversed(range(5, 20)))) == {n: forwards[n] for n in range(5, 20)}
    assert len({one for one, _ in forwards.values()}) == 20


def test_another_seed_or_day_is_another_day() -> None:
    def views(seed: int, day: int) -> list[int]:
        return [day_of(LIVELY, 1.0, 0.0, USUAL_PRICES, substream(seed, n, day)).views for n in range(20)]

    assert views(7, DAY) != views(8, DAY)
    assert views(7, DAY) != views(7, DAY + 1)


def test_sizes_not_on_offer_are_not_bought() -> None:
    assert set(day_of(LIVELY, 1.0, 0.0, {"4in": 5.49}, substream(1)).units) == {"4in"}


@given(
    seed=st.integers(0, 2**32),
    elasticity=st.floats(-12, 0),
    cheap=st.floats(2.49, 9.99),
    dearer=st.floats(0, 5),
    age=st.floats(0, 90),
)
def test_a_dearer_price_never_sells_more_to_the_same_viewers(
    seed: int, elasticity: float, cheap: float, dearer: float, age: float
) -> None:
    market = replace(LIVELY, elasticity=elasticity, conversion=0.2)
    low, high = (day_of(market, 3.0, age, {"3in": price}, substream(seed)) for price in (cheap, cheap + dearer))
    assert low.views == high.views
    assert high.units["3in"] <= low.units["3in"] <= low.views


@given(views=st.integers(0, 60), chance=st.floats(0.001, demand.MOST_BUY), luck=st.floats(0, 0.9999))
def test_buys_read_the_binomial_distribution_backwards(views: int, chance: float, luck: float) -> None:
    of = [math.comb(views, k) * chance**k * (1 - chance) ** (views - k) for k in range(views + 1)]
    reached = list(accumulate(of))
    count = int(demand.buys(np.array([views]), np.array([chance]), np.array([luck]))[0])
    assert count == views or luck < reached[count] + 1e-9
    assert count == 0 or luck >= reached[count - 1] - 1e-9


def test_never_more_buy_than_came() -> None:
    assert demand.buys(np.array([0, 3]), np.array([0.03, 0.03]), np.array([1.0, 1.0])).tolist() == [0, 3]


def test_on_average_as_many_buy_as_the_model_says() -> None:
    market, rng = Market(), substream(3)
    views = rng.poisson(20.0, 200_000)
    chance = np.full(views.shape, market.chance("3in", 4.99, 5.0))
    expected = 20.0 * 0.03 * 0.7 * (4.99 / 4.49) ** -1.6
    assert demand.buys(views, chance, rng.random(views.shape)).mean() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("elasticity", [-0.8, -1.6, -2.6])
def test_one_percent_of_price_moves_sales_by_the_elasticity(elasticity: float) -> None:
    market = Market(elasticity=elasticity)
    ratio = market.chance("4in", 5.49 * 1.01, 9.0) / market.chance("4in", 5.49, 9.0)
    assert math.log(ratio) / math.log(1.01) == pytest.approx(elasticity)


def test_urgency_takes_the_price_from_buyers_minds_while_a_trend_is_new() -> None:
    market = Market(urgency=1.0, elasticity=-2.0)
    assert market.elasticity_at(0.0) == 0
    assert market.elasticity_at(market.half_life) == pytest.approx(-1.0)
    assert market.elasticity_at(1000.0) == pytest.approx(-2.0)


def test_attention_halves_down_to_what_lasts() -> None:
    market = Market(lasting=0.1, half_life=7.0)
    assert market.attention(0.0) == pytest.approx(1.0)
    assert market.attention(7.0) == pytest.approx(0.55)
    assert market.attention(700.0) == pytest.approx(0.1)
    assert market.attention(-3.0) == pytest.approx(1.0)


def test_usual_prices_give_the_owners_projection_for_three_hundred_listings() -> None:
    """5,000 views at 3 % are 150 orders a month, seven of ten for the small size."""
    market = Market()
    month = market.first_day_views * market.attention(np.arange(30.0)).sum()
    bought = {size: 300 * month * market.chance(size, price, 0.0) for size, price in USUAL_PRICES.items()}
    assert sum(bought.values()) == pytest.approx(150, rel=0.1)
    assert bought["3in"] / sum(bought.values()) == pytest.approx(0.7)


def test_few_designs_are_hits_and_the_average_is_one() -> None:
    found = np.sort(Market().qualities(substream(5), 100_000))
    assert found.mean() == pytest.approx(1.0, rel=0.05)
    assert found[-10_000:].sum() > found.sum() / 2
    assert np.median(found) < 0.4
