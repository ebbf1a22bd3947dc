"""Price policies that are compared: tables of tiers read by the engine's own rules, and what a sale leaves."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from fulfillment.costs import UnitCost
from fulfillment.fees import Fees

from . import rules
from .rules import Span

SEED_TIERS = (
    Span("just_dropped", 0, 3, Decimal("5.49"), Decimal("6.49")),
    Span("trending", 3, 14, Decimal("4.49"), Decimal("5.49")),
    Span("cooling", 14, 30, Decimal("3.49"), Decimal("4.49")),
    Span("evergreen", 30, None, Decimal("3.49"), Decimal("4.49")),
)
SEED = "seed's tiers"


class BadPolicy(ValueError):
    """A policy file that cannot be used; the message says what to mend."""


@dataclass(frozen=True)
class Policy:
    """holds: ten units sold at a tier within 30 days keep it."""

    name: str
    tiers: tuple[Span, ...]
    holds: bool = False

    def tier(self, age: timedelta, current: Span | None = None, units: int = 0) -> Span:
        """current: the tier on offer until now. units: sold at it in 30 days."""
        natural = rules.tier_of(age, self.tiers)
        if not self.holds or current is None:
            return natural
        return current if rules.tier_kept(current.name, natural.name, units) == current.name else natural

    def price(self, size: str, tier: Span, floor: Decimal) -> Decimal:
        return rules.price_of(size, tier, self.tiers[0], None, floor).price


@dataclass(frozen=True)
class Ledger:
    """costs: of one sticker, by size, by the dearest way of sending it."""

    fees: Fees
    costs: Mapping[str, UnitCost]

    def floor(self, size: str) -> Decimal:
        cost = self.costs[size]
        return rules.floor_price(
            print_cost=cost.print_cost,
            shipping_cost=cost.shipping_cost,
            packaging_cost=cost.packaging_cost,
            fee_rate=self.fees.rate,
            margin=rules.MARGIN,
            fixed_fee=self.fees.fixed,
        )

    def profit(self, size: str, price: Decimal) -> Decimal:
        """What one sale leaves, in dollars."""
        cost = self.costs[size]
        return rules.waterfall(
            price,
            print_cost=cost.print_cost,
            shipping_cost=cost.shipping_cost,
            packaging_cost=cost.packaging_cost,
            fees=self.fees,
        ).profit


def fixed(small: Decimal, large: Decimal) -> Policy:
    return Policy(f"fixed {small}/{large}", (Span("fixed", 0, None, small, large),))


def compared(ours: Sequence[Span]) -> list[Policy]:
    """The seed's tiers first, then one price for ever, the newest tier's or the middle one's, then the engine's way."""
    newest, middle = SEED_TIERS[:2]
    return [
        Policy(SEED, SEED_TIERS),
        fixed(middle.price_small, middle.price_large),
        fixed(newest.price_small, newest.price_large),
        Policy("ours", tuple(ours), holds=True),
    ]


def read(file: Path) -> Policy:
    """A policy from TOML: `name`, `holds`, and `[[tier]]` tables with `from_day`, `price_3in`, `price_4in`.

    Each tier lasts until the next begins. BadPolicy when something is missing or makes no sense.
    """
    try:
        told = tomllib.loads(file.read_text(), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadPolicy(f"{file} cannot be read: {error}") from error
    unknown = set(told) - {"name", "holds", "tier"}
    if unknown:
        raise BadPolicy(f"{file}: {', '.join(sorted(unknown))} is not known here; name, holds and [[tier]] are.")
    holds = told.get("holds", False)
    if not isinstance(holds, bool):
        raise BadPolicy(f"{file}: holds is true or false.")
    return Policy(str(told.get("name", file.stem)), _spans(told.get("tier"), file), holds)


def _spans(tables: Any, file: Path) -> tuple[Span, ...]:
    try:
        rows = [(int(row["from_day"]), _dollars(row["price_3in"]), _dollars(row["price_4in"])) for row in tables]
    except (TypeError, KeyError, ValueError, ArithmeticError) as error:
        raise BadPolicy(
            f"{file}: each [[tier]] needs from_day (days), price_3in and price_4in (dollars above 0)."
        ) from error
    starts = [start for start, _, _ in rows]
    if not rows or starts[0] != 0 or starts != sorted(set(starts)):
        raise BadPolicy(f"{file}: the first [[tier]] has from_day = 0, and each one after it a later day.")
    ends: list[int | None] = [*starts[1:], None]
    return tuple(
        Span(f"from day {start}", start, end, small, large)
        for (start, small, large), end in zip(rows, ends, strict=True)
    )


def _dollars(told: Any) -> Decimal:
    amount = Decimal(str(told))
    if not 0 < amount < 1000:
        raise ValueError("not a price")
    return amount
