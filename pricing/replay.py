"""Recorded sales replayed: what they would have brought at the prices of another policy."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

import numpy as np

from .backtest import RESAMPLES, Judged, Spread, Totals, judge, spread
from .book import HELD_FOR
from .demand import Array, substream
from .policies import Ledger, Policy
from .recorded import Sale
from .rules import Span

Case = tuple[str, Decimal, Decimal]  # size, price paid, price under the policy


@dataclass(frozen=True)
class Cases:
    """units: (designs, cases). Of each case: logarithm of new over paid price, dollars and profit of a sale."""

    units: Array
    dearer: Array
    price: Array
    profit: Array


def replay(
    sold: Sequence[Sale], policies: Sequence[Policy], ledger: Ledger, elasticity: tuple[float, float], slot_days: int
) -> list[Judged]:
    """Every sale at each policy's price: units × (price / price paid) ^ elasticity. Gains are over the first policy.

    elasticity: estimate and standard error. Told is what every design once brings at the estimate; for the intervals
    each resample draws the designs anew and one elasticity for all policies.
    Sales under an override are left out: any policy would have had it. ValueError when no others are left.
    """
    mine = sorted((sale for sale in sold if _counts(sale)), key=lambda sale: (sale.sticker, sale.size))
    if not mine:
        raise ValueError("No sale is left to replay: all were made under overrides.")
    designs = {sticker: n for n, sticker in enumerate(dict.fromkeys(sale.sticker for sale in mine))}
    rng = substream(1)  # the same intervals at every run
    share = [1 / len(designs)] * len(designs)
    draws = [(np.ones(len(designs), np.int64), elasticity[0])]
    draws += [(rng.multinomial(len(designs), share), rng.normal(*elasticity)) for _ in range(RESAMPLES)]
    totals = {}
    for policy in policies:
        cases = _cases(mine, designs, policy, ledger)
        drawn = [drawn_designs @ cases.units * np.exp(e * cases.dearer) for drawn_designs, e in draws]
        units = np.array(drawn)
        days = np.full(len(units), float(slot_days))
        totals[policy.name] = Totals(units @ cases.price, units @ cases.profit, units.sum(axis=1), days)
    return judge(totals, _around_first, _around_first)


def _around_first(values: Array) -> Spread:
    """The mean of the draws would be dearer than the estimate: a power of an uncertain number is curved."""
    return replace(spread(values[1:]), mean=float(values[0]))


def _counts(sale: Sale) -> bool:
    return not sale.under_override and sale.price > 0


def _cases(sold: Sequence[Sale], designs: dict[int, int], policy: Policy, ledger: Ledger) -> Cases:
    found: dict[Case, int] = {}
    cells: list[tuple[int, int, int]] = []
    for sale, price in priced(sold, policy, ledger):
        case = found.setdefault((sale.size, sale.price, price), len(found))
        cells.append((designs[sale.sticker], case, sale.units))
    rows, columns, units = np.array(cells).T
    table = np.zeros((len(designs), len(found)))
    np.add.at(table, (rows, columns), units)
    paid, new = (np.array([float(case[n]) for case in found]) for n in (1, 2))
    profit = np.array([float(ledger.profit(size, price)) for size, _, price in found])
    return Cases(table, np.log(new / paid), new, profit)


def priced(sold: Sequence[Sale], policy: Policy, ledger: Ledger) -> Iterator[tuple[Sale, Decimal]]:
    """Each sale and the policy's price that day. Sales of one offer lie together, in the order of time.

    What was really sold decides whether a tier is held: the price path must not depend on the elasticity drawn.
    """
    floors = {size: ledger.floor(size) for size in ledger.costs}
    for _, of_offer in groupby(sold, key=lambda sale: (sale.sticker, sale.size)):
        tier: Span | None = None
        recent: deque[tuple[date, int]] = deque()
        held = 0
        for day, of_day in groupby(of_offer, key=lambda sale: sale.sold_at.date()):
            todays = list(of_day)
            while recent and recent[0][0] < day - HELD_FOR:
                held -= recent.popleft()[1]
            before, tier = tier, policy.tier(todays[0].age, tier, held)
            if tier is not before:
                recent.clear()
                held = 0
            price = policy.price(todays[0].size, tier, floors[todays[0].size])
            yield from ((sale, price) for sale in todays)
            recent.append((day, sum(sale.units for sale in todays)))
            held += recent[-1][1]
