"""Price policies side by side on simulated shops: the same views and the same luck under each policy."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from . import demand, rules
from .book import HELD_FOR
from .demand import Array, Market, Whole
from .policies import Ledger, Policy
from .slots import QUIET

SIZES = tuple(demand.USUAL)
DESIGN_DAYS_AT_ONCE = 450_000  # in memory together, 40 MB
RESAMPLES = 2_000
MIDDLE = (0.025, 0.975)


@dataclass(frozen=True)
class Setup:
    """`designs` listings a shop, all put on sale at age 0 and watched for `days`; `replications` such shops."""

    seed: int = 1
    days: int = 60
    designs: int = 300
    replications: int = 200


@dataclass(frozen=True)
class Shops:
    """Some shops drawn together, all their designs in one row. views, on_sale: (days, designs of all shops);
    luck: (days, designs of all shops, sizes)."""

    count: int
    views: Whole
    luck: Array
    on_sale: npt.NDArray[np.bool_]

    def per_shop(self, values: npt.NDArray[np.number]) -> Array:
        """Sums of values by design."""
        return np.asarray(values.reshape(self.count, -1).sum(axis=1), float)


@dataclass(frozen=True)
class Totals:
    """Of each shop: dollars, stickers, and days its listings took a slot."""

    revenue: Array
    profit: Array
    units: Array
    slot_days: Array


@dataclass(frozen=True)
class Spread:
    """low and high: the middle 95 %."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Judged:
    """Of one policy. The spreads are what shops got; per_slot_day is None where nobody counted the days.

    gain: the mean profit above the first policy's and its interval. better: share of shops with more profit than
    under the first policy.
    """

    name: str
    revenue: Spread
    profit: Spread
    units: Spread
    per_slot_day: Spread | None
    gain: Spread
    better: float


def compare(
    market: Market,
    elasticities: Sequence[float],
    policies: Sequence[Policy],
    ledger: Ledger,
    setup: Setup,
    tell: Callable[[int], None] = lambda done: None,
) -> dict[float, list[Judged]]:
    """Each policy at each elasticity; gains are over the first policy. tell: hears how many shops are done."""
    parts: dict[tuple[float, str], list[Totals]] = {}
    for shops in lots(market, setup, tell):
        for elasticity in elasticities:
            for policy in policies:
                traded = trade(shops, policy, replace(market, elasticity=elasticity), ledger)
                parts.setdefault((elasticity, policy.name), []).append(traded)
    return {
        elasticity: judge(
            {policy.name: _joined(parts[elasticity, policy.name]) for policy in policies}, spread, of_mean
        )
        for elasticity in elasticities
    }


def lots(market: Market, setup: Setup, tell: Callable[[int], None]) -> Iterator[Shops]:
    at_once = max(1, DESIGN_DAYS_AT_ONCE // (setup.days * setup.designs))
    for start in range(0, setup.replications, at_once):
        end = min(start + at_once, setup.replications)
        yield _drawn(market, setup, range(start, end))
        tell(end)


def _drawn(market: Market, setup: Setup, replications: range) -> Shops:
    ages = np.arange(setup.days, dtype=float)
    views, luck = [], []
    for replication in replications:
        rng = demand.substream(setup.seed, replication)
        expected = market.first_day_views * np.outer(market.attention(ages), market.qualities(rng, setup.designs))
        views.append(rng.poisson(expected))
        luck.append(rng.random((setup.days, setup.designs, len(SIZES))))
    viewed = np.concatenate(views, axis=1)
    return Shops(len(replications), viewed, np.concatenate(luck, axis=1), until_quiet(viewed))


def until_quiet(views: Whole) -> npt.NDArray[np.bool_]:
    """Until nobody came for as long as the archiver waits; without views nobody buys either."""
    seen = np.concatenate([np.zeros((1, views.shape[1]), np.int64), views.cumsum(axis=0)])[:-1]  # before each day
    quiet = np.zeros(views.shape, bool)
    quiet[QUIET.days :] = seen[QUIET.days :] == seen[: -QUIET.days]
    return ~np.logical_or.accumulate(quiet, axis=0)


@dataclass(frozen=True)
class Table:
    """A policy as arrays. natural: tier by day; price, profit: (tiers, sizes); chance: (days, tiers, sizes);
    keeps: whether so many units hold a tier."""

    natural: Whole
    price: Array
    profit: Array
    chance: Array
    keeps: npt.NDArray[np.bool_]


def tabulate(policy: Policy, market: Market, ledger: Ledger, days: int) -> Table:
    """Asks the policy for every case once, so that the arrays cannot differ from the engine's rules."""
    tiers = policy.tiers
    prices = [[policy.price(size, tier, ledger.floor(size)) for size in SIZES] for tier in tiers]
    profits = [[ledger.profit(size, price) for size, price in zip(SIZES, row, strict=True)] for row in prices]
    old, new = tiers[0], tiers[-1]
    ripe = timedelta(days=new.min_days)
    dollars, ages = np.array(prices, float), np.arange(days, dtype=float)
    return Table(
        natural=np.array([tiers.index(policy.tier(timedelta(days=day))) for day in range(days)]),
        price=dollars,
        profit=np.array(profits, float),
        chance=np.stack([market.chance(s, dollars[None, :, n], ages[:, None]) for n, s in enumerate(SIZES)], axis=2),
        keeps=np.array([policy.tier(ripe, old, units) is old for units in range(rules.UNITS_THAT_HOLD + 1)]),
    )


def trade(shops: Shops, policy: Policy, market: Market, ledger: Ledger) -> Totals:
    """Lives every day of the shops under the policy."""
    days, designs = shops.views.shape
    table = tabulate(policy, market, ledger, days)
    tier = np.full((designs, len(SIZES)), table.natural[0])
    sold = np.zeros((days, designs, len(SIZES)), np.int16)  # at the tier on offer
    money = np.zeros((3, designs))
    for day in range(days):
        tier = _repriced(tier, sold[max(0, day - HELD_FOR.days) : day], table, day)
        viewed = np.flatnonzero(shops.views[day] * shops.on_sale[day])
        at = (tier[viewed], np.arange(len(SIZES)))
        views = np.repeat(shops.views[day, viewed, None], len(SIZES), axis=1)
        units = demand.buys(views, table.chance[day][at], shops.luck[day, viewed])
        sold[day, viewed] = units
        money[:, viewed] += [(units * table.price[at]).sum(1), (units * table.profit[at]).sum(1), units.sum(1)]
    revenue, profit, count = (shops.per_shop(row) for row in money)
    return Totals(revenue, profit, count, shops.per_shop(shops.on_sale.sum(axis=0)))


def _repriced(tier: Whole, recent: npt.NDArray[np.int16], table: Table, day: int) -> Whole:
    """The morning's run. recent: units of 30 days at the tier on offer; forgotten where the tier changes."""
    if not table.keeps.any():
        return np.full_like(tier, table.natural[day])
    counted = np.minimum(recent.sum(axis=0), len(table.keeps) - 1)
    kept = np.where(table.keeps[counted], tier, table.natural[day])
    recent[:, kept != tier] = 0
    return kept


def _joined(parts: Sequence[Totals]) -> Totals:
    names = ("revenue", "profit", "units", "slot_days")
    return Totals(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def judge(
    totals: Mapping[str, Totals], got: Callable[[Array], Spread], gained: Callable[[Array], Spread]
) -> list[Judged]:
    """Each policy beside the first. got: mean and interval of what shops got. gained: of the differences in profit,
    pair by pair.
    """
    first = next(iter(totals.values())).profit
    return [
        Judged(
            name,
            revenue=got(found.revenue),
            profit=got(found.profit),
            units=got(found.units),
            per_slot_day=got(found.profit / found.slot_days) if found.slot_days.all() else None,
            gain=gained(found.profit - first),
            better=float((found.profit > first).mean()),
        )
        for name, found in totals.items()
    ]


def of_mean(values: Array) -> Spread:
    """The mean and where it would lie in other samples of this size, by bootstrap."""
    rng = demand.substream(0)  # the same interval at every run
    means = [rng.choice(values, len(values)).mean() for _ in range(RESAMPLES)]
    return replace(spread(np.array(means)), mean=float(values.mean()))


def spread(values: Array) -> Spread:
    low, high = np.quantile(values, MIDDLE)
    return Spread(float(values.mean()), float(low), float(high))


def break_even(dear: float, cheap: float, dear_profit: float, cheap_profit: float) -> float:
    """The elasticity at which a cut from `dear` to `cheap` leaves the profit as it was: it pays only below that.

    It follows from prices and the profit of one sale alone, however many views. Both profits are above 0.
    """
    return -math.log(dear_profit / cheap_profit) / math.log(dear / cheap)
