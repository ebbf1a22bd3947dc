"""One offer that a plan changes: from which tier and price to which, and why."""

from dataclasses import dataclass
from decimal import Decimal

from . import effect
from .book import Verdict
from .effect import Effect


@dataclass(frozen=True, slots=True)
class Standing:
    """An offer as the plan found it; it is changed only while it still stands so."""

    tier: str
    price: Decimal
    pushed: Decimal | None
    under_override: bool


@dataclass(frozen=True, slots=True)
class Move:
    """units: sold in the last 30 days, at any tier."""

    offer_id: int
    sku: str
    title: str
    old: Standing
    verdict: Verdict
    units: int = 0

    @property
    def new_price(self) -> Decimal:
        return self.verdict.priced.price

    @property
    def reprices(self) -> bool:
        return self.new_price != self.old.price

    @property
    def retiers(self) -> bool:
        return self.verdict.tier != self.old.tier

    @property
    def is_told(self) -> bool:
        """Worth a line in the price history: sales are counted by what it says."""
        return self.reprices or self.retiers or self.verdict.priced.under_override != self.old.under_override

    @property
    def is_pushed(self) -> bool:
        """The marketplace shows this price already."""
        return self.old.pushed == self.new_price

    @property
    def effect(self) -> Effect:
        return effect.effect(self.units, self.old.price, self.new_price, self.verdict.cost)
