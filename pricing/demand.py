"""How often a design is viewed on a day and who buys it, as a stated model: pure, seeded, an assumption.

Views are Poisson around `first_day_views × quality × attention(age)`. Each viewer buys a size with the chance
`conversion × share of the size × (price / usual price) ^ elasticity`, so buys are Poisson too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

ELASTICITIES = {"low": -0.8, "middle": -1.6, "high": -2.6}
MOST_BUY = 0.5  # of the viewers, however cheap it is


@dataclass(frozen=True)
class Usual:
    """price: dollars at which `Market.conversion` holds. share: of all buys at usual prices, 0 to 1."""

    price: float
    share: float


USUAL = {"3in": Usual(4.49, 0.7), "4in": Usual(5.49, 0.3)}  # the owner's order mix


@dataclass(frozen=True)
class Market:
    """The assumptions; docs/price-evidence.md argues each.

    elasticity: percent more buys for one percent more price, negative.
    urgency: share of the elasticity that is missing while a trend is new, 0 to 1; fades like attention.
    first_day_views: views of the average design on its first day.
    half_life: days in which attention falls by half.
    lasting: share of the first day's attention that never fades.
    spread: standard deviation of the logarithm of quality.
    conversion: buys of all sizes per view at usual prices.
    """

    elasticity: float = ELASTICITIES["middle"]
    urgency: float = 0.0
    first_day_views: float = 1.5
    half_life: float = 7.0
    lasting: float = 0.1
    spread: float = 1.5
    conversion: float = 0.03

    def attention(self, age: float | Array) -> Array:
        """Share of the first day's views, by the trend's age in days."""
        return self.lasting + (1 - self.lasting) * self._freshness(age)

    def elasticity_at(self, age: float | Array) -> Array:
        return self.elasticity * (1 - self.urgency * self._freshness(age))

    def chance(self, size: str, price: float | Array, age: float | Array) -> Array:
        """That a viewer buys this size, 0 to `MOST_BUY`. Prices are dollars, ages days."""
        usual = USUAL[size]
        response = (np.asarray(price, float) / usual.price) ** self.elasticity_at(age)
        return np.minimum(self.conversion * usual.share * response, MOST_BUY)

    def qualities(self, rng: np.random.Generator, designs: int) -> Array:
        """How often designs are viewed, 1 on average: few hits, many duds."""
        return rng.lognormal(-(self.spread**2) / 2, self.spread, designs)

    def _freshness(self, age: float | Array) -> Array:
        return np.asarray(0.5 ** (np.maximum(age, 0.0) / self.half_life))


@dataclass(frozen=True)
class Day:
    """What one design got on one day. units: by size."""

    views: int
    units: dict[str, int]


def substream(seed: int, *names: int) -> np.random.Generator:
    """Chance of its own for what the numbers name (a design, a day): what else is drawn, and when, changes nothing."""
    return np.random.default_rng((seed, *names))


def quality_of(market: Market, seed: int, design: int) -> float:
    return float(market.qualities(substream(seed, design), 1)[0])


def day_of(market: Market, quality: float, age: float, prices: Mapping[str, float], rng: np.random.Generator) -> Day:
    """One design's day on sale. prices: dollars by size on offer. The same `rng` gives the same views
    whatever the prices, and a dearer price never sells more: use `substream(seed, design, date.toordinal())`.
    """
    views = rng.poisson(market.first_day_views * quality * market.attention(age))
    luck = dict(zip(USUAL, rng.random(len(USUAL)), strict=True))
    units = {
        size: int(buys(np.array([views]), market.chance(size, np.array([price]), age), np.array([luck[size]]))[0])
        for size, price in prices.items()
    }
    return Day(int(views), units)


def buys(views: npt.NDArray[np.integer], chance: Array, luck: Array) -> Whole:
    """How many of `views` buy: the binomial distribution read backwards at `luck`, 0 to 1. Arrays of one shape.

    The same luck at a lower chance never gives more, which is what makes policies comparable pair by pair.
    """
    probability = np.exp(views * np.log1p(-chance))  # of no buy
    reached = probability.copy()
    count = np.zeros(views.shape, np.int64)
    more = (luck >= reached) & (views > 0)
    while more.any():
        count[more] += 1
        n, p = views[more], chance[more]
        probability[more] *= p / (1 - p) * (n - count[more] + 1) / count[more]
        reached[more] += probability[more]
        more &= (luck >= reached) & (count < views)
    return count
