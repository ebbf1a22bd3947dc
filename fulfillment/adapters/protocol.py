"""What every print provider can do; each is one module of this package."""

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
    stage: Stage
    carrier: str = ""
    tracking_code: str = ""
    shipped_at: datetime | None = None


class Provider(Protocol):
    by_hand: bool
    """Our own hands pack it; nobody outside is asked."""

    def quote(self, size: str, quantity: int) -> Decimal:
        """Dollars for printing and posting."""

    def submit(self, parcel: Callable[[], Parcel], intent: Intent) -> None:
        """Orders the print; the intent's result then holds its `order_id`. Calling `parcel` reads customer data."""

    def find(self, external_id: str) -> dict[str, Any] | None:
        """The result of an order sent before, or None when the provider has none with our key."""

    def status(self, order_id: str) -> Progress: ...

    def cancel(self, order_id: str) -> bool:
        """False when it is too late."""
