"""Sends paid orders to print, each line once; when the printer cannot, our own hands take over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from stickers.models import Size
from stickertrendz import clock
from stickertrendz.ops import alerts, breaker, intents, storage
from stickertrendz.ops.errors import Beaten, NeedsPerson, NotYet, OutsideError, Refused
from stickertrendz.ops.models import Intent
from stickertrendz.ops.redact import redact

from . import privacy
from .adapters import PROVIDERS
from .adapters.protocol import Parcel
from .costs import BY_HAND
from .models import Order, OrderItem, PrintJob

MOST_FAILURES = 3
MOST_SENDS = 100  # our key is unique at the printer, so failures decide when to stop, not sends
LOOK_AGAIN = timedelta(minutes=10)


class _GiveUp(Exception):
    """The provider surely has no order of ours and gets none."""


def route(order: Order) -> None:
    """Orders the print of every line; afterwards the order is at the printer, or waits on the bench."""
    ready = order.ordered_at + timedelta(minutes=settings.ORDER_HOLD_MINUTES)
    if clock.now() < ready:
        raise NotYet(ready, "held for a while, so that a cancellation wins")
    if not order.fulfillment_provider:
        _update(order, fulfillment_provider=settings.FULFILLMENT_PROVIDER)
    items = list(order.items.filter(refunded=False).select_related("sticker").order_by("pk"))
    if not items:
        raise NeedsPerson("No line of this order is left to print; look at it on Etsy, then cancel or ship it there.")
    jobs = [_placed(order, item) for item in items]
    on_bench = any(PROVIDERS[job.provider].by_hand for job in jobs)
    order.move_to(Order.Status.PENDING_MANUAL if on_bench else Order.Status.SENT_TO_PRINT)


def print_again(job: PrintJob, reason: str) -> PrintJob:
    """The next copy of a line, made by hand; its order waits on the bench again."""
    last = PrintJob.objects.filter(item=job.item).aggregate(last=Max("copy"))["last"]
    copy = PrintJob.objects.create(
        item=job.item, copy=last + 1, provider=BY_HAND, note=reason[:200], status=PrintJob.Status.WAITING
    )
    order = job.item.order
    _place(order, copy)
    _tell(order, reason)
    if Order.Status.PENDING_MANUAL in Order.MOVES[order.status]:
        order.move_to(Order.Status.PENDING_MANUAL)
    return copy


def find_or_call_off(job: PrintJob) -> str | None:
    """For a waiting job that is wanted no more: the provider's order id if it got the order, else it never will."""
    intent = _intent(job)
    if intent.state == Intent.State.VOID:  # called off by a process that died before it could say so
        return None
    try:
        result = _once(job, intent, _refuse_to_send)
    except _GiveUp:
        intents.void(intent)
        return None
    return str(result["order_id"])


def _placed(order: Order, item: OrderItem) -> PrintJob:
    known = Size.objects.filter(sticker=item.sticker, size=item.size).exists()
    job, new = PrintJob.objects.get_or_create(
        item=item,
        copy=1,
        defaults={"provider": order.fulfillment_provider if known else BY_HAND, "status": PrintJob.Status.WAITING},
    )
    if new and not known:
        _tell(order, f"we have no print file for the line {item}")
    if job.status == PrintJob.Status.WAITING:
        _place(order, job)
    return job


def _place(order: Order, job: PrintJob) -> None:
    intent = _intent(job)
    try:
        _check_cost(job)
        result = _once(job, intent, lambda intent: _send(order, job, intent))
    except _GiveUp as reason:
        _take_over(order, job, intent, str(reason))
    except Refused as refused:
        if not breaker.is_open(refused.service):
            raise
        wait = (refused.until - clock.now()).total_seconds()
        _failed(order, job, intent, OutsideError(refused.service, refused.why, retry_after=wait))
    except OutsideError as error:
        _failed(order, job, intent, error)
    else:
        job.move_to(PrintJob.Status.SENT, provider_order_id=result["order_id"])


def _once(job: PrintJob, intent: Intent, send: Callable[[Intent], None]) -> dict[str, Any]:
    find = PROVIDERS[job.provider].find
    return intents.once(intent, send, lambda _: find(job.external_id), most_sends=MOST_SENDS)


def _send(order: Order, job: PrintJob, intent: Intent) -> None:
    if order.provider_failures >= MOST_FAILURES and not PROVIDERS[job.provider].by_hand:
        raise _GiveUp(order.provider_last_error)
    if not Order.objects.filter(pk=order.pk, status=order.status).exists():
        raise Beaten(f"Order {order} was cancelled or moved meanwhile.")
    PROVIDERS[job.provider].submit(lambda: _parcel(order, job), intent)


def _refuse_to_send(intent: Intent) -> None:
    raise _GiveUp


def _parcel(order: Order, job: PrintJob) -> Parcel:
    customer = privacy.read(order, by=job.provider, why=f"print order {job.external_id}")
    if customer.address is None:
        raise NeedsPerson("The address was erased or never given; enter it, or cancel the order on Etsy.")
    size = Size.objects.get(sticker=job.item.sticker, size=job.item.size)
    artwork = storage.load("private", size.print_key)
    return Parcel(job.external_id, size.size, job.item.quantity, artwork, customer.address)


def _check_cost(job: PrintJob) -> None:
    """Keeps what the provider asks; one that would cost more than the buyer paid is not chosen."""
    if job.cost is not None or not job.item.size:
        return
    provider, item = PROVIDERS[job.provider], job.item
    cost = provider.quote(item.size, item.quantity)
    paid = item.unit_price * item.quantity
    if cost > paid and not provider.by_hand:
        raise _GiveUp(f"{job.provider} asks ${cost} for a line sold at ${paid}")
    job.cost = cost
    job.save(update_fields=["cost"])


def _failed(order: Order, job: PrintJob, intent: Intent, error: OutsideError) -> None:
    """Three failures, or one that repeating cannot mend, and we take over; never while the outcome is unknown."""
    Order.objects.filter(pk=order.pk).update(provider_failures=F("provider_failures") + 1)
    _update(order, provider_last_error=redact(str(error)))
    intent.refresh_from_db()
    final = error.permanent or order.provider_failures >= MOST_FAILURES
    if not final:
        raise error
    if intent.state != Intent.State.SENT:
        _take_over(order, job, intent, str(error))
        return
    title = f"Order {order}: unknown whether {job.provider} prints it"
    text = f"{error}\nWe keep looking for {job.external_id} there. Do not pack it by hand before that is settled."
    alerts.alert(f"print-unknown:{order}", title, text, order)
    raise NotYet(clock.now() + LOOK_AGAIN, "unknown whether the printer has it")


def _take_over(order: Order, job: PrintJob, intent: Intent, reason: str) -> None:
    with transaction.atomic():
        intents.void(intent)
        job.provider, job.cost = BY_HAND, None
        job.save(update_fields=["provider", "cost"])
        _update(order, fulfillment_provider=BY_HAND, provider_last_error=redact(reason))
        _tell(order, reason)
    _place(order, job)


def _tell(order: Order, reason: str) -> None:
    text = f"Order {order} waits on the bench: {reason}\nShip by {order.ship_by:%Y-%m-%d %H:%M} UTC."
    alerts.alert(f"manual:{order}", f"Order {order} needs manual fulfillment", text, order)


def _intent(job: PrintJob) -> Intent:
    return intents.plan("print_order", f"{job.provider}:{job.external_id}", job)


def _update(order: Order, **columns: str) -> None:
    Order.objects.filter(pk=order.pk).update(**columns)
    order.refresh_from_db()
