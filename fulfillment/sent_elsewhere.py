"""An order that somebody marked as shipped on the marketplace, not we: told while a printer makes it."""

from stickertrendz.ops import alerts

from .costs import BY_HAND
from .models import Order, PrintJob

AT_PRINTER = (PrintJob.Status.SENT, PrintJob.Status.CONFIRMED)


def tell(order: Order) -> None:
    """Where a printer makes it: nobody else tells that the buyer may get two parcels."""
    made = PrintJob.objects.filter(item__order=order, item__refunded=False, replaces=None).exclude(provider=BY_HAND)
    printers = set(made.filter(status__in=AT_PRINTER).values_list("provider", flat=True))
    if printers:
        text = (
            f"Etsy says that it is on its way, but {', '.join(sorted(printers))} is making it. If it was sent from "
            "another hand, ask the printer to stop, or the buyer gets it twice; if not, tell the buyer when it comes."
        )
        alerts.alert(
            f"sent-twice:{order}", f"Order {order} was marked as shipped while it is at the printer", text, order
        )
