"""Everything we hold on the customer of a privacy request, as plain values that JSON can write.

The fields are documented in docs/privacy.md; whoever adds one adds it there.
"""

from dataclasses import asdict
from typing import Any

from django.db.models import prefetch_related_objects

from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from . import privacy, privacy_requests
from .models import Order, OrderItem, PrintJob, PrivacyRequest, Shipment

FORM = "sticker-trendz-customer-export/1"
HELD = ("items__print_jobs", "shipments", "looks", "privacy_requests")


def export(request: PrivacyRequest, *, by: str) -> dict[str, Any]:
    """The look at each order is logged, and is in the export as well. Moments are ISO 8601 in UTC, amounts text.

    NeedsPerson when this is no request for an export.
    """
    if request.kind != PrivacyRequest.Kind.EXPORT:
        raise NeedsPerson("This customer asked for erasure, not for an export.")
    why = f"export for privacy request {request.pk}"
    told = [(order, privacy.read(order, by=by, why=why)) for order in request.orders.order_by("ordered_at", "pk")]
    prefetch_related_objects([order for order, _ in told], *HELD)
    told_orders = [_order(order, customer) for order, customer in told]
    privacy_requests.exported(request, by=by)
    return {
        "format": FORM, "made_at": clock.now().isoformat(), "request": _request(request),
        "orders": told_orders,
    }  # fmt: skip


def _request(request: PrivacyRequest) -> dict[str, Any]:
    moments = ("received_at", "done_at", "answered_at")
    return {
        "number": request.pk,
        "kind": request.kind,
        **{name: _moment(getattr(request, name)) for name in moments},
    }


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
            {"at": _moment(look.at), "by": look.who, "why": look.why}
            for look in sorted(order.looks.all(), key=lambda look: (look.at, look.pk))
        ],
        "privacy_requests": [_request(request) for request in order.privacy_requests.all()],
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
    return {
        "number": job.external_id,
        "provider": job.provider,
        "status": job.status,
        "printed_again_because": job.get_reason_display(),
        "note": job.note,
    }


def _shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "carrier": shipment.carrier,
        "tracking_code": shipment.tracking_code,
        "shipped_at": _moment(shipment.shipped_at),
        "delivered_at": _moment(shipment.delivered_at),
    }


def _moment(at: Any) -> str | None:
    return at.isoformat() if at else None
