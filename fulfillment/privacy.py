"""Customer data: sealed when it arrives, read only with a name and a reason, erased for good."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import audit, crypto

from .models import AccessLog, Order

KEPT_AFTER_DELIVERY = timedelta(days=90)


@dataclass(frozen=True)
class Address:
    name: str
    first_line: str
    second_line: str
    city: str
    state: str
    zip: str
    country: str


@dataclass(frozen=True)
class Customer:
    name: str = ""
    email: str = ""
    message: str = ""
    gift_message: str = ""
    address: Address | None = None


def seal(customer: Customer) -> str:
    return crypto.seal(crypto.CUSTOMER, json.dumps(asdict(customer)))


def sealed_columns(customer: Customer, buyer_user_id: int | None) -> dict[str, str]:
    """The columns of an order that hold this customer: one sealed text and the hashes to find it by."""
    return {
        "customer_sealed": seal(customer),
        "buyer_hash": crypto.look_up(str(buyer_user_id)) if buyer_user_id else "",
        "name_hash": crypto.look_up(customer.name) if customer.name else "",
        "email_hash": crypto.look_up(customer.email) if customer.email else "",
    }


def read(order: Order, *, by: str, why: str) -> Customer:
    """The only way to a customer's data. The look is logged first; an erased customer is an empty one."""
    AccessLog.objects.create(order=order, who=by, why=why, at=clock.now())
    if not order.customer_sealed:
        return Customer()
    data = json.loads(crypto.unseal(crypto.CUSTOMER, order.customer_sealed))
    address = data.pop("address")
    return Customer(**data, address=Address(**address) if address else None)


def find(
    *, receipt_id: int | None = None, buyer_user_id: int | None = None, name: str = "", email: str = ""
) -> QuerySet[Order]:
    """Orders of one customer, by any of the keys; names and addresses are compared as keyed hashes."""
    asked = Q()
    if receipt_id:
        asked |= Q(receipt_id=receipt_id)
    if buyer_user_id:
        asked |= Q(buyer_hash=crypto.look_up(str(buyer_user_id)))
    if name:
        asked |= Q(name_hash=crypto.look_up(name))
    if email:
        asked |= Q(email_hash=crypto.look_up(email))
    return Order.objects.filter(asked) if asked else Order.objects.none()


def purge(orders: Iterable[Order], *, by: str, why: str) -> int:
    """Erases personal data for good and leaves a tombstone that no import writes over; returns how many."""
    erased = 0
    for order in orders:
        with transaction.atomic():
            now = clock.now()
            columns = {"customer_sealed": "", "buyer_hash": "", "name_hash": "", "email_hash": "", "purged_at": now}
            if Order.objects.filter(pk=order.pk, purged_at=None).update(**columns):
                audit.record(by, "purged customer data", order, why)
                erased += 1
    return erased


def due_for_purge() -> QuerySet[Order]:
    """Delivered 90 days ago; orders that will never be delivered count from their end."""
    limit = clock.now() - KEPT_AFTER_DELIVERY
    delivered = Q(delivered_at__lt=limit)
    ended = Q(status__in=[Order.Status.CANCELLED, Order.Status.REFUNDED], delivered_at=None, status_since__lt=limit)
    return Order.objects.filter(delivered | ended, purged_at=None)


def purge_due(*, by: str = "purge_customers") -> int:
    return purge(due_for_purge().iterator(), by=by, why="90 days after delivery")
