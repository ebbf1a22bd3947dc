"""Our own hands and the US post: the order waits on the bench, nothing leaves the house before the letter."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fulfillment import costs
from stickertrendz.ops import intents
from stickertrendz.ops.models import Intent

from .protocol import Parcel, Progress, Stage

by_hand = True


def off() -> str:
    return ""


def quote(size: str, quantity: int) -> Decimal:
    return costs.unit_cost(costs.BY_HAND, size).total * quantity


def submit(parcel: Callable[[], Parcel], intent: Intent) -> None:
    intents.done(intent, {"order_id": ""})


def find(external_id: str) -> dict[str, Any] | None:
    return {"order_id": ""}


def status(order_id: str) -> Progress:
    """The bench says itself when something is shipped."""
    return Progress(Stage.RECEIVED)


def cancel(order_id: str) -> bool:
    return True
