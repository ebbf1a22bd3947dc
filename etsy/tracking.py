"""Tells Etsy once that a parcel was sent: each telling mails the buyer."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction

from fulfillment import wanted
from fulfillment.models import Shipment
from stickertrendz.ops import audit, intents
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.models import Intent
from stickertrendz.ops.runner import Running
from stickertrendz.ops.subjects import subject_of

from .adapters import receipts
from .limits import stops_on_429

Status = Shipment.Status
AGAIN_AFTER = timedelta(minutes=10)
CARRIERS = {"usps", "ups", "fedex", "dhl"}
FORBIDDEN = 403
LETTER_UP_TO = Decimal(10)


class _NotAllowed(Exception):
    """Etsy lets this key read the receipt and not tell tracking; a key that may nothing fails otherwise."""


def push_tracking(run: Running) -> None:
    shipments = Shipment.objects.due(Status.NEW).exclude(order__status__in=wanted.ENDED)  # Etsy refuses theirs
    run.each(shipments, stops_on_429(tell), done="tracking_told")


def tell(shipment: Shipment) -> None:
    """Newer keys of US shops may not do this: the operator copies the code to Etsy by hand then.

    Nor does Etsy take an order above $10 as shipped without tracking; what to tell it is for a person to say.
    """
    if not shipment.tracking_code and shipment.posting > 1:  # a copy's letter; the order was told as shipped before
        shipment.move_to(Status.TOLD)
        return
    if not shipment.tracking_code and shipment.order.total_amount > LETTER_UP_TO:
        shipment.move_to(Status.BY_HAND)
        return
    receipt_id = shipment.order.receipt_id
    intent = intents.plan("etsy_tracking", f"{receipt_id}:{shipment.tracking_code or 'letter'}", shipment)
    try:
        intents.once(intent, partial(_send, shipment), partial(_find, shipment), again_after=AGAIN_AFTER)
    except _NotAllowed:
        shipment.move_to(Status.BY_HAND)
    else:
        shipment.move_to(Status.TOLD)


def copied_by_hand(shipment: Shipment, *, by: str) -> None:
    """A person told Etsy what this key may not tell. Beaten or IllegalMove when Etsy knows it already."""
    with transaction.atomic():
        shipment.move_to(Status.TOLD)
        audit.record(by, "copied tracking to Etsy by hand", shipment)


def _send(shipment: Shipment, intent: Intent) -> None:
    """A person may have told Etsy already; telling it again would mail the buyer again."""
    if _find(shipment, intent) is not None:
        intents.done(intent, {})
        return
    carrier, subject = shipment.carrier.casefold(), subject_of(shipment)
    known = carrier if carrier in CARRIERS else "other"
    try:
        receipts.tell_tracking(shipment.order.receipt_id, known, shipment.tracking_code, intent, subject=subject)
    except OutsideError as error:
        if error.status == FORBIDDEN:
            raise _NotAllowed from error
        raise


def _find(shipment: Shipment, _: Intent) -> dict[str, Any] | None:
    receipt = receipts.get(shipment.order.receipt_id, subject=subject_of(shipment))
    if receipt is None:
        return None
    told = shipment.tracking_code in receipt.tracking_codes if shipment.tracking_code else receipt.is_shipped
    return {} if told else None
