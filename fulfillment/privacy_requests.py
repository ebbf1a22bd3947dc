"""What customers ask for under the privacy law: a dated request that is exported or erased, then answered in time."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from stickertrendz import clock
from stickertrendz.ops import alerts, audit
from stickertrendz.ops.errors import NeedsPerson

from . import privacy_erasure
from .models import Order, PrivacyRequest
from .privacy_erasure import Erased, to_ship

ANSWER_WITHIN = timedelta(days=30)
WARN_BEFORE = timedelta(days=7)
Kind = PrivacyRequest.Kind


def receive(
    kind: str, orders: Iterable[Order], *, by: str, identified: str, found_by: str, received_at: datetime
) -> PrivacyRequest:
    """Opens a request; it is due 30 days after it was received. Orders may be none: that has to be answered too."""
    due_at = received_at + ANSWER_WITHIN
    request = PrivacyRequest.objects.create(
        kind=kind, identified=identified, found_by=found_by, received_at=received_at, due_at=due_at, handled_by=by
    )
    request.orders.set(orders)
    audit.record(by, "opened a privacy request", request, kind=kind, orders=request.orders.count())
    return request


def to_erase(request: PrivacyRequest) -> QuerySet[Order]:
    return request.orders.filter(purged_at=None)


def unshipped(request: PrivacyRequest) -> QuerySet[Order]:
    """Those that cannot be shipped any more once they are erased."""
    return to_ship(to_erase(request))


def erase(request: PrivacyRequest, *, by: str, with_unshipped: bool = False) -> Erased:
    """Erases its orders, those still to be shipped only when told so; it is done when none is left.

    NeedsPerson when this is no request to erase.
    """
    if request.kind != Kind.ERASE:
        raise NeedsPerson("This customer asked for an export, not for erasure.")
    kept = Order.objects.none() if with_unshipped else unshipped(request)
    orders = to_erase(request).exclude(pk__in=kept.values("pk"))
    erased = privacy_erasure.purge(orders, by=by, why=f"privacy request {request.pk}")
    _book(request, by, {"orders": erased.orders, "texts": erased.texts.total()}, done=not to_erase(request).exists())
    return erased


def exported(request: PrivacyRequest, *, by: str) -> None:
    """Books that the export was made."""
    _book(request, by, {"exports": 1}, done=True)
    audit.record(by, "exported customer data", request)


def _book(request: PrivacyRequest, by: str, figures: dict[str, int], *, done: bool) -> None:
    request.outcome = dict(Counter(request.outcome) + Counter(figures))
    request.handled_by = by
    request.done_at = request.done_at or (clock.now() if done else None)
    request.save(update_fields=["outcome", "handled_by", "done_at"])


def answer(request: PrivacyRequest, *, by: str) -> None:
    """Books that the customer was told. NeedsPerson while what was asked for is not done."""
    if request.done_at is None and request.orders.exists():
        raise NeedsPerson("Export or erase first, then tell the customer.")
    if PrivacyRequest.objects.filter(pk=request.pk, answered_at=None).update(answered_at=clock.now(), handled_by=by):
        audit.record(by, "answered a privacy request", request)


def open_requests() -> QuerySet[PrivacyRequest]:
    return PrivacyRequest.objects.filter(answered_at=None)


def warn_of_deadlines() -> int:
    """A week before a request is due, and when it is past, once a day until it is answered; returns how many."""
    now, told = clock.now(), 0
    for request in open_requests().filter(due_at__lt=now + WARN_BEFORE):
        state = "is past its date" if request.due_at < now else "is due soon"
        text = f"{request} has to be answered by {request.due_at:%Y-%m-%d %H:%M} UTC. Open it in the console."
        told += alerts.alert(f"privacy-request:{request.pk}", f"A privacy request {state}", text, request)
    return told
