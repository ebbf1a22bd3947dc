"""Arithmetic of prices: pure functions on Decimal dollars, no rows and no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from fulfillment.fees import Fees
from stickertrendz.money import ZERO, cents

CHARM_STEP, CHARM_END = Decimal("0.50"), Decimal("0.49")
MARGIN = Decimal("0.20")
LEAST = {"3in": Decimal("3.49")}
UNITS_THAT_HOLD = 10
SPECIFIC = ("tier", "tag", "sticker", "offer")
EXEMPT, REVERTED = "exempt", "reverted"  # kinds of override: the first prices nothing, the second tells all itself
NOT_MADE_YET = 2**63  # the number of an override that is only looked at: later than any other
BIG_SHOP = Decimal("10000")
ADS_RATE, ADS_RATE_OF_BIG_SHOPS, MOST_ADS = Decimal("0.15"), Decimal("0.12"), Decimal("100")
LISTING_FEE = Decimal("0.20")
LISTED_FOR = timedelta(days=120)  # what one listing fee pays for


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
    """An override in force: sets a price, shifts the tier's by percent or, with neither, holds the newest tier's.

    number: the row's key, by which the later made wins between equals.
    """

    kind: str
    scope: str
    starts_at: datetime
    percent: Decimal | None
    price: Decimal | None
    reason: str
    number: int = NOT_MADE_YET

    @property
    def words(self) -> str:
        return self.reason if self.kind == REVERTED else f"{self.kind}: {self.reason}"


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
    """One wins, none stack: the most specific, then the one that started later, then the one made later."""
    pricing = (one for one in adjustments if one.kind != EXEMPT)
    return max(pricing, key=lambda one: (SPECIFIC.index(one.scope), one.starts_at, one.number), default=None)


def price_of(
    size: str, tier: Span, newest: Span, override: Adjustment | None, floor: Decimal, *, held: bool = False
) -> Priced:
    """Tier price, one override, charm, floor: in this order. newest: the tier that a viral hold prices at.

    held: the tier is kept by its sales although the trend is older.
    """
    least = max(floor, LEAST.get(size, ZERO))
    plain = max(charm_nearest(tier.price(size)), least)
    if override is None:
        note = f"{tier.name} price" + (", held by its sales" if held else "")
        return Priced(plain, False, note if plain > least else f"{note}, at the floor")
    asked = charm_nearest(_overridden(override, tier.price(size), newest.price(size)))
    price = max(asked, least)
    effect = "" if price == asked else f", held up by the floor of ${least}"
    if price == plain:
        effect += ", without effect"
    return Priced(price, price != plain, f"{override.words}{effect}")


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
    ads_rate: Decimal = ZERO,
) -> Waterfall:
    """ads_rate: of a sale that came by an Offsite Ad; zero for any other."""
    ads = min(cents(price * ads_rate), MOST_ADS)
    return Waterfall(price, cents(price * fees.rate + fees.fixed), ads, print_cost, shipping_cost, packaging_cost)


def offsite_ads_rate(sales: Decimal) -> Decimal:
    """Share of an order that Etsy takes when one of its Offsite Ads brought the buyer, at most $100 an order.

    sales: dollars in the last 365 days. Up to $10,000 a shop pays 15 % and may opt out; from there it pays 12 % and
    may not. It is no part of the floor: few orders come this way, and a small shop can stop them.
    """
    return ADS_RATE_OF_BIG_SHOPS if sales >= BIG_SHOP else ADS_RATE


def listing_fees(on_sale: timedelta) -> Decimal:
    """Dollars that a slot has cost by then: one fee for each four months begun."""
    return LISTING_FEE * max(1, -(-on_sale // LISTED_FOR))


def too_bold(moves: Sequence[tuple[Decimal, Decimal]], offers: int) -> bool:
    """More than half of the offers would move by more than 30 %. moves: (old, new)."""
    bold = sum(1 for old, new in moves if abs(new - old) > old * Decimal("0.30"))
    return bold * 2 > offers
