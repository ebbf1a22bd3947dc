"""What a change of price would bring: revenue and profit, if as many are sold as in the last 30 days."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from fulfillment.costs import UnitCost
from fulfillment.fees import FEES, Fees
from stickertrendz.money import ZERO

from . import rules
from .rules import Waterfall


@dataclass(frozen=True, slots=True)
class Effect:
    """units: sold in the last 30 days. revenue and profit: dollars more (or less) in 30 days at today's demand."""

    units: int = 0
    revenue: Decimal = ZERO
    profit: Decimal = ZERO

    def __str__(self) -> str:
        figures = f"revenue {signed(self.revenue)}, profit {signed(self.profit)} a month"
        return f"{figures} if as many are sold as in the last 30 days ({self.units})"


def signed(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else '+'}${abs(amount):,.2f}"


def effect(units: int, old: Decimal, new: Decimal, cost: UnitCost) -> Effect:
    """Nothing is assumed about buyers who come or stay away because of the price."""
    fees = FEES[settings.ETSY_FEES]
    gained = waterfall(new, cost, fees).profit - waterfall(old, cost, fees).profit
    return Effect(units, units * (new - old), units * gained)


def total(effects: Iterable[Effect]) -> Effect:
    units, revenue, profit = 0, ZERO, ZERO
    for one in effects:
        units, revenue, profit = units + one.units, revenue + one.revenue, profit + one.profit
    return Effect(units, revenue, profit)


def waterfall(price: Decimal, cost: UnitCost, fees: Fees, ads_rate: Decimal = ZERO) -> Waterfall:
    """What is left of the price when it is sent the way this cost tells."""
    return rules.waterfall(
        price,
        print_cost=cost.print_cost,
        shipping_cost=cost.shipping_cost,
        packaging_cost=cost.packaging_cost,
        fees=fees,
        ads_rate=ads_rate,
    )
