"""Decimal dollars, the only rounding function, and micro-dollars for what models cost."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MICRO = 1_000_000
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """The amount in whole cents, halves up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    return cents(sum(amounts, ZERO))


def micro(dollars: Decimal) -> int:
    """Dollars as whole micro-dollars."""
    return int((dollars * MICRO).to_integral_value(rounding=ROUND_HALF_UP))


def from_micro(amount: int) -> Decimal:
    """Micro-dollars as dollars, four places: what one model call costs is less than a cent."""
    return (Decimal(amount) / MICRO).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
