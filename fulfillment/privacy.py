"""Customer data: sealed when it arrives, read only with a name and a reason, found again by keyed hashes."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import crypto

from .models import AccessLog, Order

HASHES = ("buyer_hash", "name_hash", "email_hash")


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
    buyer_user_id: int | None = None


def seal(customer: Customer) -> str:
    return crypto.seal(crypto.CUSTOMER, json.dumps(asdict(customer)))


def sealed_columns(customer: Customer, buyer_user_id: int | None) -> dict[str, str]:
    """The columns of an order that hold this customer: one sealed text and the hashes to find it by."""
    told = replace(customer, buyer_user_id=buyer_user_id or customer.buyer_user_id)
    return {
        "customer_sealed": seal(told),
        "buyer_hash": _hash(str(told.buyer_user_id or "")),
        "name_hash": _hash(told.name),
        "email_hash": _hash(told.email),
    }


def _hash(text: str) -> str:
    return crypto.keyed_hash(crypto.LOOK_UP, text) if text else ""


def read(order: Order, *, by: str, why: str) -> Customer:
    """The only way for anybody to a customer's data. The look is logged first; an erased customer is an empty one."""
    AccessLog.objects.create(order=order, who=by, why=why, at=clock.now())
    return unsealed(order)


def unsealed(order: Order) -> Customer:
    """The same for the machinery that seals anew or erases, where nobody looks.

    ImproperlyConfigured when its key is not in FIELD_KEYS.
    """
    if not order.customer_sealed:
        return Customer()
    data = json.loads(crypto.unseal(crypto.CUSTOMER, order.customer_sealed))
    address = data.pop("address")
    return Customer(**data, address=Address(**address) if address else None)


def sealed_anew(order: Order) -> dict[str, str]:
    """Its columns under the newest key. A buyer's hash stays where the sealed text does not tell the buyer."""
    customer = unsealed(order)
    columns = sealed_columns(customer, None)
    if not customer.buyer_user_id:
        del columns["buyer_hash"]
    return columns


def find(
    *, receipt_id: int | None = None, buyer_user_id: int | None = None, name: str = "", email: str = ""
) -> QuerySet[Order]:
    """Orders that match any of the keys; persons are compared as keyed hashes, under every key there is."""
    asked = Q(receipt_id=receipt_id) if receipt_id else Q()
    texts = (str(buyer_user_id or ""), name, email)
    for column, text in zip(HASHES, texts, strict=True):
        if text.strip():
            asked |= Q(**{f"{column}__in": crypto.keyed_hashes(crypto.LOOK_UP, text)})
    return Order.objects.filter(asked) if asked else Order.objects.none()


def with_same_buyers(orders: Iterable[Order]) -> QuerySet[Order]:
    """These orders and all others that were bought from the same Etsy accounts."""
    keys, hashes = [], set()
    for order in orders:
        keys.append(order.pk)
        buyer = unsealed(order).buyer_user_id
        hashes |= {order.buyer_hash, *(crypto.keyed_hashes(crypto.LOOK_UP, str(buyer)) if buyer else ())}
    return Order.objects.filter(Q(pk__in=keys) | Q(buyer_hash__in=hashes - {""}))
