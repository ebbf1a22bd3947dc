"""What a print provider asks for the lines of an order, beside what the order leaves for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings

from stickertrendz.money import ZERO, total
from stickertrendz.ops.errors import NeedsPerson

from .adapters import PROVIDERS
from .costs import BY_HAND
from .fees import FEES
from .models import Order, OrderItem

Quotes = dict[int, Decimal]


@dataclass(frozen=True)
class Bid:
    """One provider's answer. quotes: dollars per line, by its key. left: dollars that the lines leave after fees.

    why_not: why it was not asked or did not answer; what it asks is unknown then.
    """

    provider: str
    left: Decimal = ZERO
    quotes: Quotes = field(default_factory=dict)
    why_not: str = ""

    @property
    def cost(self) -> Decimal:
        return total(self.quotes.values())

    @property
    def loss(self) -> Decimal:
        """Dollars by which it asks for more than is left."""
        return max(self.cost - self.left, ZERO)

    @property
    def chosen(self) -> bool:
        """Our own hands are the last resort: they print even at a loss."""
        return self.provider == BY_HAND or not (self.why_not or self.loss)

    def __str__(self) -> str:
        """One line for the operator."""
        how = "chosen" if self.chosen else "not chosen"
        if self.why_not:
            return f"{self.provider}: {how}, {self.why_not}"
        loss = f", a loss of ${self.loss}" if self.loss else ""
        return f"{self.provider}: {how}, asks ${self.cost} of ${self.left} left after fees{loss}"


def left(order: Order, lines: Sequence[OrderItem]) -> Decimal:
    """Dollars that these lines bring: their part of what was paid for goods, after coupons, refunds and Etsy's fees."""
    wanted = {line.pk: line.unit_price * line.quantity for line in order.items.filter(refunded=False)}
    gross = total(wanted.values())
    part = sum((wanted.get(line.pk, ZERO) for line in lines), ZERO) / gross if gross else ZERO
    paid = (order.total_amount - order.refunded_amount) * part
    return FEES[settings.ETSY_FEES].left(paid, sum(line.quantity for line in lines))


def ask(provider: str, order: Order, lines: Sequence[OrderItem]) -> Bid:
    """What the provider asks, each size and quantity once. It may raise what providers raise."""
    if why_not := PROVIDERS[provider].off() or ("" if lines else "we have no print file for it"):
        return Bid(provider, why_not=why_not)
    kinds = {(line.size, line.quantity) for line in lines}
    asked = {kind: PROVIDERS[provider].quote(*kind) for kind in sorted(kinds)}
    return Bid(provider, left(order, lines), {line.pk: asked[line.size, line.quantity] for line in lines})


def by_hand(order: Order, lines: Sequence[OrderItem]) -> Bid:
    """What our own hands cost, as far as it is known."""
    try:
        return ask(BY_HAND, order, lines)
    except NeedsPerson as unknown:
        return Bid(BY_HAND, why_not=str(unknown))
