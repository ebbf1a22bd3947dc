"""What every print provider can do; each is one module of this package (docs/adding-a-print-provider.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from fulfillment.privacy import Address
from stickertrendz.ops.models import Intent


@dataclass(frozen=True)
class Parcel:
    """One order line to be printed and posted. external_id: our own key, at most 32 characters. artwork: a PNG."""

    external_id: str
    size: str
    quantity: int
    artwork: bytes
    address: Address


class Stage(StrEnum):
    RECEIVED = "received"
    PRINTING = "printing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Progress:
    """How far a print is. carrier, code and time are told once it is shipped; an empty code is a letter."""

    stage: Stage
    carrier: str = ""
    tracking_code: str = ""
    shipped_at: datetime | None = None


class Provider(Protocol):
    """Asks through the guard: OutsideError when that failed, Refused when we stopped ourselves, and no other error."""

    by_hand: bool
    """Our own hands pack it; nobody outside is asked."""

    def off(self) -> str:
        """Why it is not asked at all, for example a missing key; empty when it is."""

    def quote(self, size: str, quantity: int) -> Decimal:
        """Dollars for printing and posting so many of one size. By hand: NeedsPerson when no cost is known."""

    def submit(self, parcel: Callable[[], Parcel], intent: Intent) -> None:
        """Orders the print; the intent's result then holds its `order_id`. Calling `parcel` reads customer data.

        The intent goes to the guard with the one request that creates the order: so it is marked as sent just before
        the bytes leave, and not at all when it was called off meanwhile. A key in use there is `ambiguous`.
        """

    def find(self, external_id: str) -> dict[str, Any] | None:
        """The result of an order sent before, or None when the provider surely has none with our key.

        One that cannot be searched raises NeedsPerson: what is unclear is not guessed.
        """

    def status(self, order_id: str) -> Progress:
        """How far it is now."""

    def cancel(self, order_id: str) -> bool:
        """True when it is called off, now or earlier; False when it is too late."""
