"""Sends paid orders to print, each line once, where it leaves money; our own hands take over when that fails."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from stickers.models import Size
from stickertrendz import clock
from stickertrendz.ops import alerts, breaker, intents, storage
from stickertrendz.ops.errors import Beaten, NeedsPerson, NotYet, OutsideError, Refused
from stickertrendz.ops.models import Intent
from stickertrendz.ops.redact import redact

from . import bids, costs, privacy, refunds, wanted
from .adapters import PROVIDERS
from .adapters.protocol import Parcel
from .bids import Bid, Quotes
from .costs import BY_HAND
from .models import Order, OrderItem, PrintJob

MOST_FAILURES = 3
MOST_SENDS = 100  # our key is unique at the printer, so failures decide when to stop, not sends
LOOK_AGAIN = timedelta(minutes=10)
Status, Job = Order.Status, PrintJob.Status
NOTHING_LEFT = "No line of this order is left to print; look at it on Etsy, then cancel or ship it there."
OPEN = (Job.WAITING, Job.SENT, Job.CONFIRMED, Job.PRINTED, Job.PACKED)


class _GiveUp(Exception):
    """The provider surely has no order of ours and gets none."""


def route(order: Order) -> None:
    """Orders the print of every line; afterwards the order is at the printer, or waits on the bench."""
    ready = order.ordered_at + timedelta(minutes=settings.ORDER_HOLD_MINUTES)
    if clock.now() < ready:
        raise NotYet(ready, "held for a while, so that a cancellation wins")
    refunds.check(order)
    lines = _lines(order)
    if not lines:
        raise NeedsPerson(NOTHING_LEFT)
    quotes = {} if _is_decided(order) else _decide(order, lines)
    for line in lines:
        _placed(order, line, quotes.get(line.pk))
    order.move_to(Status.PENDING_MANUAL if _on_bench(order) else Status.SENT_TO_PRINT)


def add_lines(order: Order) -> None:
    """Lines that an import brought after the order was routed follow it."""
    for line in _lines(order):
        _placed(order, line, None)
    if _on_bench(order) and order.status != Status.PENDING_MANUAL:
        order.move_to(Status.PENDING_MANUAL)


def send_copy(job: PrintJob) -> None:
    """A line that is printed again by a printer; its order stays where it is."""
    _place(job.item.order, job)


def find_or_call_off(job: PrintJob) -> str | None:
    """For a waiting job that is wanted no more: the provider's order id if it got the order, else it never will."""
    intent = _intent(job)
    if intent.state == Intent.State.VOID:
        return None
    try:
        result = _once(job, intent, _refuse_to_send)
    except _GiveUp:
        intents.void(intent)
        intent.refresh_from_db()
        if intent.state == Intent.State.VOID:
            return None
        result = intent.result  # another worker's request got there after all
    return str(result["order_id"])


def _lines(order: Order) -> list[OrderItem]:
    return list(order.items.filter(refunded=False).select_related("sticker").order_by("pk"))


def _on_bench(order: Order) -> bool:
    return PrintJob.objects.filter(item__order=order, provider=BY_HAND, status__in=OPEN).exists()


def _is_decided(order: Order) -> bool:
    """A printer is asked anew until the first line went out: a refund may come. Our own hands keep what they got."""
    if order.fulfillment_provider in ("", BY_HAND):
        return bool(order.fulfillment_provider)
    jobs = list(PrintJob.objects.filter(item__order=order).exclude(status=Job.CANCELLED).select_related("item"))
    keys, went = [wanted.key(job) for job in jobs], [Intent.State.SENT, Intent.State.DONE]
    begun = any(job.status != Job.WAITING for job in jobs)
    return begun or Intent.objects.filter(kind=wanted.KIND, key__in=keys, state__in=went).exists()


def _decide(order: Order, lines: Sequence[OrderItem]) -> Quotes:
    """One printer for the whole order, and why: the first that leaves money."""
    answers: list[Bid] = []
    for provider in costs.candidates():
        answers.append(_bid(order, provider, lines))
        if answers[-1].chosen:
            break
    *refused, chosen = answers
    with transaction.atomic():
        _update(order, fulfillment_provider=chosen.provider, route_why="\n".join(map(str, answers)))
        _hand_over(order, chosen)
        if refused:
            _tell(order, str(refused[-1]))
        _tell_loss(order, chosen)
    return chosen.quotes


def _bid(order: Order, provider: str, lines: Sequence[OrderItem]) -> Bid:
    if PROVIDERS[provider].by_hand:
        return bids.by_hand(order, [line for line in lines if line.size])
    if order.provider_failures >= MOST_FAILURES:
        return Bid(provider, why_not=f"failed {order.provider_failures} times: {order.provider_last_error}")
    try:
        return bids.ask(provider, order, [line for line in lines if _has_print_file(line)])
    except Refused as refused:
        error = _rest_as_failure(refused)
    except OutsideError as failed:
        error = failed
    if not _count(order, error):
        raise error
    return Bid(provider, why_not=order.provider_last_error)


def _hand_over(order: Order, chosen: Bid) -> None:
    """Lines meant for another printer that were not sent yet, where the chosen one can print them."""
    jobs = PrintJob.objects.filter(item__order=order, status=Job.WAITING).exclude(provider=chosen.provider)
    for job in jobs if chosen.provider == BY_HAND else jobs.filter(item__in=chosen.quotes):
        _move(job, _intent(job), chosen.provider, None)


def _has_print_file(line: OrderItem) -> bool:
    return Size.objects.filter(sticker=line.sticker_id, size=line.size).exclude(print_key="").exists()


def _placed(order: Order, line: OrderItem, cost: Decimal | None) -> None:
    known = _has_print_file(line)
    provider = order.fulfillment_provider if known else BY_HAND
    first = {"provider": provider or BY_HAND, "status": Job.WAITING, "cost": cost}
    job, new = PrintJob.objects.get_or_create(item=line, copy=1, defaults=first)
    if new and not known:
        _tell(order, f"we have no print file for the line {line}")
    if job.status == Job.WAITING:
        _place(order, job)


def _place(order: Order, job: PrintJob) -> None:
    intent = _intent(job)
    try:
        _keep_cost(order, job)
        result = _once(job, intent, lambda intent: _send(order, job, intent))
    except _GiveUp as reason:
        _take_over(order, job, intent, str(reason))
    except Refused as refused:
        _failed(order, job, intent, _rest_as_failure(refused))
    except OutsideError as error:
        _failed(order, job, intent, error)
    else:
        _note_placed(job, intent, result)


def _note_placed(job: PrintJob, intent: Intent, result: dict[str, Any]) -> None:
    """When the line was given up while we sent it, its print is looked for and called off like any that came late."""
    try:
        job.move_to(Job.SENT, provider_order_id=result["order_id"])
    except Beaten:
        if not PrintJob.objects.filter(pk=job.pk, provider_order_id=result["order_id"]).exists():
            Intent.objects.filter(pk=intent.pk).update(state=Intent.State.VOID, claimed_until=None)
        raise


def _once(job: PrintJob, intent: Intent, send: Callable[[Intent], None]) -> dict[str, Any]:
    find = PROVIDERS[job.provider].find
    return intents.once(intent, send, lambda _: find(job.external_id), most_sends=MOST_SENDS)


def _send(order: Order, job: PrintJob, intent: Intent) -> None:
    """The last look before it is sent; whoever ends the order after it makes the intent void, which the guard sees."""
    over = wanted.ENDED if job.replaces_id else (*wanted.ENDED, *wanted.GONE)
    if order.provider_failures >= MOST_FAILURES and not PROVIDERS[job.provider].by_hand:
        raise _GiveUp(order.provider_last_error)
    if not OrderItem.objects.filter(pk=job.item_id, refunded=False).exclude(order__status__in=over).exists():
        raise Beaten(f"Order {order} was cancelled, paid back or shipped meanwhile.")
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


def _keep_cost(order: Order, job: PrintJob) -> None:
    if job.cost is None and job.item.size:
        bid = bids.by_hand(order, [job.item]) if job.provider == BY_HAND else bids.ask(job.provider, order, [job.item])
        if bid.quotes:
            job.cost = bid.cost
            job.save(update_fields=["cost"])


def _rest_as_failure(refused: Refused) -> OutsideError:
    """A printer that rests after failures has failed; what we stopped by hand has not."""
    if not breaker.is_open(refused.service):
        raise refused
    wait = (refused.until - clock.now()).total_seconds()
    return OutsideError(refused.service, refused.why, retry_after=wait)


def _count(order: Order, error: OutsideError) -> bool:
    """Whether this failure is the last: the third, or one that repeating cannot mend."""
    _update(order, provider_failures=F("provider_failures") + 1, provider_last_error=redact(str(error)))
    return error.permanent or order.provider_failures >= MOST_FAILURES


def _failed(order: Order, job: PrintJob, intent: Intent, error: OutsideError) -> None:
    """After the last failure we take over; never while the outcome is unknown, or when another worker placed it."""
    intent.refresh_from_db()
    if intent.state == Intent.State.DONE:
        _note_placed(job, intent, intent.result)
        return
    last = _count(order, error)
    if not last:
        raise error
    if intent.state != Intent.State.SENT:
        _take_over(order, job, intent, str(error))
        return
    title = f"Order {order}: unknown whether {job.provider} prints it"
    text = f"{error}\nWe keep looking for {job.external_id} there. Do not pack it by hand before that is settled."
    alerts.alert(f"print-unknown:{order}", title, text, order)
    raise NotYet(clock.now() + LOOK_AGAIN, "unknown whether the printer has it")


def _take_over(order: Order, job: PrintJob, intent: Intent, reason: str) -> None:
    bid, given_up = bids.by_hand(order, [job.item]), f"{job.provider}: given up for {job.item}, {redact(reason)}"
    with transaction.atomic():
        _move(job, intent, BY_HAND, bid.cost if bid.quotes else None)
        why = "\n".join(filter(None, [order.route_why, given_up, str(bid)]))
        _update(order, fulfillment_provider=BY_HAND, provider_last_error=redact(reason), route_why=why)
        _tell(order, reason)
        _tell_loss(order, bid)
    _place(order, job)


def _move(job: PrintJob, intent: Intent, provider: str, cost: Decimal | None) -> None:
    """To another printer. Beaten when another worker sent, placed or moved the line since we looked."""
    seen = Intent.objects.filter(pk=intent.pk, state=intent.state, sends=intent.sends)
    waiting = PrintJob.objects.filter(pk=job.pk, provider=job.provider, status=Job.WAITING)
    if not (seen.update(state=Intent.State.VOID) and waiting.update(provider=provider, cost=cost)):
        raise Beaten(f"{job} was placed by another worker meanwhile.")
    job.provider, job.cost = provider, cost


def _tell(order: Order, reason: str) -> None:
    text = f"Order {order} waits on the bench: {reason}\nShip by {order.ship_by:%Y-%m-%d %H:%M} UTC."
    alerts.alert(f"manual:{order}", f"Order {order} needs manual fulfillment", text, order)


def _tell_loss(order: Order, bid: Bid) -> None:
    if bid.loss:
        text = f"{bid}\nNo printer leaves money on it, so it is packed by hand. It was sold: ship it all the same."
        alerts.alert(f"loss:{order}", f"Order {order} loses ${bid.loss}", text, order)


def _intent(job: PrintJob) -> Intent:
    return intents.plan(wanted.KIND, wanted.key(job), job)


def _update(order: Order, **columns: Any) -> None:
    """Status and claim stay as we saw them: a change made meanwhile is found when the order moves."""
    Order.objects.filter(pk=order.pk).update(**columns)
    order.refresh_from_db(fields=list(columns))
