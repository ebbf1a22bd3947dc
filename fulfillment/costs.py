"""What printing and posting one sticker costs, per provider and size, from the rows the operator edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from stickertrendz.ops.errors import NeedsPerson

from .models import PrintCost, ShippingRate

BY_HAND = "self_usps"


@dataclass(frozen=True)
class UnitCost:
    provider: str
    size: str
    print_cost: Decimal
    shipping_cost: Decimal
    packaging_cost: Decimal

    @property
    def total(self) -> Decimal:
        return self.print_cost + self.shipping_cost + self.packaging_cost


def table() -> dict[tuple[str, str], UnitCost]:
    """Unit costs by (provider, size), where both the print cost and an active US rate are known."""
    rates = {(rate.provider, rate.size): rate for rate in ShippingRate.objects.filter(is_active=True, region="us")}
    return {
        key: UnitCost(*key, row.cost, rates[key].shipping_cost, rates[key].packaging_cost)
        for row in PrintCost.objects.all()
        if (key := (row.provider, row.size)) in rates
    }


def unit_cost(provider: str, size: str) -> UnitCost:
    return _known(table(), provider, size)


def candidates() -> list[str]:
    """Who may print an order, the preferred one first; our own hands are the last resort."""
    return list(dict.fromkeys([settings.FULFILLMENT_PROVIDER, BY_HAND]))


def dearest(costs: Mapping[tuple[str, str], UnitCost], size: str) -> UnitCost:
    """The dearest of the providers an order may end at: the configured one, or our own hands when it fails."""
    return max((_known(costs, provider, size) for provider in candidates()), key=lambda cost: cost.total)


def _known(costs: Mapping[tuple[str, str], UnitCost], provider: str, size: str) -> UnitCost:
    if (provider, size) not in costs:
        raise NeedsPerson(
            f"What {provider} costs for {size} is not known: add its print cost and an active US shipping rate."
        )
    return costs[provider, size]
