"""What Etsy keeps of a sale: the rates, and what is left of an order."""

from dataclasses import dataclass
from decimal import Decimal

from stickertrendz.money import ZERO, cents


@dataclass(frozen=True)
class Fees:
    """rate: share of the price. fixed: dollars per sale of one sticker; `once`: the part of it taken once an order."""

    rate: Decimal
    fixed: Decimal
    once: Decimal = ZERO

    def of(self, paid: Decimal, units: int, orders: int = 1) -> Decimal:
        """Dollars, not rounded, that Etsy keeps of what was paid for so many units in so many orders."""
        return paid * self.rate + self.once * orders + (self.fixed - self.once) * units

    def left(self, paid: Decimal, units: int) -> Decimal:
        """Dollars of an order of so many units that remain with the shop."""
        return cents(paid - self.of(paid, units))


FEES = {
    "flat": Fees(Decimal("0.10"), ZERO),
    "full": Fees(Decimal("0.065") + Decimal("0.03"), Decimal("0.25") + Decimal("0.20"), once=Decimal("0.25")),
}
