"""Everything we hold on the customer of a privacy request, as plain values that JSON can write.

The fields are documented in docs/privacy.md; whoever adds one adds it there.
"""

from dataclasses import asdict
from typing import Any

from stickertrendz import clock

from . import privacy, privacy_requests
from .models import Order, OrderItem, PrintJob, PrivacyRequest, Shipment

FORM = "sticker-trendz-customer-export/1"


def export(request: PrivacyRequest, *, by: str) -> dict[str, Any]:
    """The look at each order is logged, and is in the export as well. Moments are ISO 8601 in UTC, amounts text."""
    rows = request.orders.prefetch_related("items__print_jobs", "shipments", "looks").order_by("ordered_at", "pk")
    why = f"export for privacy request {request.pk}"
    told = [(order, privacy.read(order, by=by, why=why)) for order in rows]
    told_orders = [_order(order, customer) for order, customer in told]
    privacy_requests.exported(request, by=by)
    return {
        "format": FORM, "made_at": clock.now().isoformat(), "request": _request(request),
        "orders": told_orders,
    }  # fmt: skip


def _request(request: PrivacyRequest) -> dict[str, Any]:
    return {"number": request.pk, "kind": request.kind, "received_at": request.received_at.isoformat()}


def _order(order: Order, customer: privacy.Customer) -> dict[str, Any]:
    moments = ("ordered_at", "ship_by", "shipped_at", "delivered_at", "purged_at")
    return {
        "receipt_number": order.receipt_id,
        "status": order.status,
        **{name: _moment(getattr(order, name)) for name in moments},
        "currency": order.currency,
        "total": str(order.total_amount),
        "discount": str(order.discount),
        "refunded": str(order.refunded_amount),
        "customer": None if order.purged_at else asdict(customer),
        "lines": [_line(item) for item in order.items.all()],
        "shipments": [_shipment(shipment) for shipment in order.shipments.all()],
        "access_log": [
            {"at": _moment(look.at), "by": look.who, "why": look.why} for look in order.looks.order_by("at", "pk")
        ],
    }


def _line(item: OrderItem) -> dict[str, Any]:
    return {
        "transaction_number": item.transaction_id,
        "title": item.title,
        "sku": item.sku,
        "size": item.size,
        "quantity": item.quantity,
        "unit_price": str(item.unit_price),
        "refunded": item.refunded,
        "print_orders": [_print_job(job) for job in item.print_jobs.all()],
    }


def _print_job(job: PrintJob) -> dict[str, Any]:
    return {"number": job.external_id, "provider": job.provider, "status": job.status}


def _shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "carrier": shipment.carrier,
        "tracking_code": shipment.tracking_code,
        "shipped_at": _moment(shipment.shipped_at),
        "delivered_at": _moment(shipment.delivered_at),
    }


def _moment(at: Any) -> str | None:
    return at.isoformat() if at else None
