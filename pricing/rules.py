"""Arithmetic of prices: pure functions on Decimal dollars, no rows and no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from stickertrendz.money import ZERO, cents

CHARM_STEP, CHARM_END = Decimal("0.50"), Decimal("0.49")
MARGIN = Decimal("0.20")
LEAST = {"3in": Decimal("3.49")}
UNITS_THAT_HOLD = 10
OFFSITE_ADS_RATE = Decimal("0.15")
SPECIFIC = ("tier", "tag", "sticker", "offer")


@dataclass(frozen=True)
class Fees:
    """rate: share of the price. fixed: dollars per sale."""

    rate: Decimal
    fixed: Decimal


FEES = {
    "flat": Fees(Decimal("0.10"), ZERO),
    "full": Fees(Decimal("0.065") + Decimal("0.03"), Decimal("0.25") + Decimal("0.20")),
}


@dataclass(frozen=True)
class Span:
    """A tier: prices of one age span in days, the lower end inclusive, the upper exclusive."""

    name: str
    min_days: int
    max_days: int | None
    price_small: Decimal
    price_large: Decimal

    def price(self, size: str) -> Decimal:
        return self.price_small if size == "3in" else self.price_large


@dataclass(frozen=True)
class Adjustment:
    """An override in force: sets a price, shifts the tier's by percent or, with neither, holds the newest tier's."""

    kind: str
    scope: str
    starts_at: datetime
    percent: Decimal | None
    price: Decimal | None
    reason: str


@dataclass(frozen=True)
class Priced:
    """under_override: the override changed the price. note: why this price, for the operator."""

    price: Decimal
    under_override: bool
    note: str


@dataclass(frozen=True)
class Waterfall:
    """What is left of a price, step by step, for one sticker."""

    price: Decimal
    fees: Decimal
    ads: Decimal
    print_cost: Decimal
    shipping_cost: Decimal
    packaging_cost: Decimal

    @property
    def cost(self) -> Decimal:
        return self.fees + self.ads + self.print_cost + self.shipping_cost + self.packaging_cost

    @property
    def profit(self) -> Decimal:
        return self.price - self.cost

    @property
    def margin(self) -> Decimal:
        """Profit as a share of the price."""
        return self.profit / self.price if self.price else ZERO


def charm_up(amount: Decimal) -> Decimal:
    """The lowest price ending in .49 or .99 that is not below the amount."""
    return _charm(amount, ROUND_CEILING)


def charm_nearest(amount: Decimal) -> Decimal:
    """The nearest price ending in .49 or .99, ties up."""
    return _charm(amount, ROUND_HALF_UP)


def _charm(amount: Decimal, rounding: str) -> Decimal:
    steps = ((amount - CHARM_END) / CHARM_STEP).to_integral_value(rounding=rounding)
    return CHARM_END + CHARM_STEP * max(steps, ZERO)


def floor_price(
    *,
    print_cost: Decimal,
    shipping_cost: Decimal,
    packaging_cost: Decimal,
    fee_rate: Decimal,
    margin: Decimal,
    fixed_fee: Decimal = ZERO,
) -> Decimal:
    """The lowest price that pays all costs, the fees and the margin. One division, so an exact result stays exact."""
    costs = print_cost + shipping_cost + packaging_cost + fixed_fee
    return charm_up(costs / ((1 - fee_rate) * (1 - margin)))


def tier_of(age: timedelta, tiers: Sequence[Span]) -> Span:
    """The tier of an age; what is dated in the future is new. LookupError when the table has a gap there."""
    age = max(age, timedelta(0))
    for tier in tiers:
        ends = timedelta(days=tier.max_days) if tier.max_days is not None else timedelta.max
        if timedelta(days=tier.min_days) <= age < ends:
            return tier
    raise LookupError(f"The price table has no tier for an age of {age.days} days; mend it under Tiers.")


def tier_kept(current: str, natural: str, units_at_current: int) -> str:
    """The tier that prices an offer: the current one while enough was sold at it, else that of the age."""
    return current if units_at_current >= UNITS_THAT_HOLD else natural


def winner(adjustments: Iterable[Adjustment]) -> Adjustment | None:
    """One wins, none stack: the most specific, then the one that started later."""
    return max(adjustments, key=lambda one: (SPECIFIC.index(one.scope), one.starts_at), default=None)


def price_of(size: str, tier: Span, newest: Span, override: Adjustment | None, floor: Decimal) -> Priced:
    """Tier price, one override, charm, floor: in this order. newest: the tier that a viral hold prices at."""
    least = max(floor, LEAST.get(size, ZERO))
    plain = max(charm_nearest(tier.price(size)), least)
    if override is None:
        return Priced(plain, False, f"{tier.name} price" if plain > least else f"{tier.name} price, at the floor")
    asked = charm_nearest(_overridden(override, tier.price(size), newest.price(size)))
    price = max(asked, least)
    effect = "" if price == asked else f", held up by the floor of ${least}"
    if price == plain:
        effect += ", without effect"
    return Priced(price, price != plain, f"{override.kind}: {override.reason}{effect}")


def _overridden(override: Adjustment, tier_price: Decimal, newest_price: Decimal) -> Decimal:
    if override.price is not None:
        return override.price
    if override.percent is not None:
        return tier_price * (1 + override.percent / 100)
    return newest_price


def waterfall(
    price: Decimal,
    *,
    print_cost: Decimal,
    shipping_cost: Decimal,
    packaging_cost: Decimal,
    fees: Fees,
    offsite_ads: bool = False,
) -> Waterfall:
    ads = cents(price * OFFSITE_ADS_RATE) if offsite_ads else ZERO
    return Waterfall(price, cents(price * fees.rate + fees.fixed), ads, print_cost, shipping_cost, packaging_cost)


def too_bold(moves: Sequence[tuple[Decimal, Decimal]], offers: int) -> bool:
    """More than half of the offers would move by more than 30 %. moves: (old, new)."""
    bold = sum(1 for old, new in moves if abs(new - old) > old * Decimal("0.30"))
    return bold * 2 > offers
