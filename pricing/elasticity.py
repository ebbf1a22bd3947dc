"""How buyers answered to prices: the elasticity that explains recorded views and units, and how sure it is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .recorded import Exposure

LEAST_DESIGNS = 10  # sold and seen at more than one price; fewer say nothing about the others
STEEPEST = 20.0


@dataclass(frozen=True)
class Estimate:
    """error: standard error. designs: that sold and were seen at more than one price; units: of these."""

    elasticity: float
    error: float
    designs: int
    units: int

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, by the normal distribution."""
        return self.elasticity - 1.96 * self.error, self.elasticity + 1.96 * self.error


def estimate(seen: Iterable[Exposure]) -> Estimate | None:
    """The elasticity that best explains how each offer's units fell on its own prices, given the views at each.

    Poisson with an effect for each offer, so that hits at high prices do not pass for willingness to pay; the error
    treats a sticker as one observation. None where prices did not change enough to tell.
    """
    offers = _informative(seen)
    if len({offer[0].sticker for offer in offers}) < LEAST_DESIGNS:
        return None
    elasticity = 0.0
    for _ in range(100):
        slopes, bends = _likelihood(offers, elasticity)
        step = sum(slopes.values()) / bends if bends > 0 else np.inf
        elasticity += float(np.clip(step, -1, 1))
        if abs(elasticity) > STEEPEST:
            return None  # all sold at one end of the prices: any steeper explains it better
        if abs(step) < 1e-9:
            break
    designs = len(slopes)
    spread = sum(slope**2 for slope in slopes.values()) * designs / (designs - 1)
    units = sum(each.units for offer in offers for each in offer)
    return Estimate(elasticity, float(np.sqrt(spread)) / bends, designs, units)


def _informative(seen: Iterable[Exposure]) -> list[list[Exposure]]:
    """The prices of each offer that was bought and seen at more than one."""
    offers = defaultdict(list)
    for each in seen:
        offers[each.sticker, each.size].append(each)
    return [found for found in offers.values() if len(found) > 1 and any(each.units for each in found)]


def _likelihood(offers: Sequence[Sequence[Exposure]], elasticity: float) -> tuple[dict[int, float], float]:
    """First derivatives by sticker, and the second, negated, of the log likelihood."""
    slopes: dict[int, float] = defaultdict(float)
    bends = 0.0
    for offer in offers:
        prices = np.log([each.price for each in offer])
        units = np.array([each.units for each in offer])
        weights = np.array([each.views for each in offer]) * np.exp(elasticity * (prices - prices.mean()))
        expected = weights / weights.sum()
        mean = expected @ prices
        slopes[offer[0].sticker] += float(units @ (prices - mean))
        bends += float(units.sum() * (expected @ (prices - mean) ** 2))
    return slopes, bends
