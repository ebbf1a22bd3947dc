"""The life of an order: what was bought, printed and posted, and who looked at its customer. No name, no address."""

from datetime import timedelta

from django.conf import settings

from fulfillment import wanted
from fulfillment.costs import BY_HAND
from fulfillment.models import Order, PrintJob, Shipment
from stickertrendz import clock
from stickertrendz.ops.subjects import subject_of

from . import timeline_words
from .order_story import UNSENT, carrier
from .timeline import Life
from .timeline_strands import short

# What became of a print, where the audit does not tell who did it: printers and jobs leave no entry.
BY_THEMSELVES = {
    "sent": "Given to {}", "confirmed": "Being printed by {}", "shipped": "Sent by {}", "cancelled": "Called off at {}",
    "failed": "Failed at {}",
}  # fmt: skip


def of_order(order: Order) -> Life:
    jobs = list(PrintJob.objects.filter(item__order=order).select_related("item__sticker"))
    parcels = list(order.shipments.all())
    requests = order.privacy_requests.values_list("pk", flat=True)
    life = Life({subject_of(order): ""}, orders=[order.pk])
    life.names |= {subject_of(job): what(job) for job in jobs} | {subject_of(one): carrier(one) for one in parcels}
    life.deeds = {f"fulfillment.privacyrequest:{key}": f"privacy request {key}" for key in requests}
    _begin(life, order)
    for job in jobs:
        _print(life, job)
    for one in parcels:
        _parcel(life, one)
    _end(life, order)
    return life


def _begin(life: Life, order: Order) -> None:
    now = clock.now()
    hold = order.ordered_at + timedelta(minutes=settings.ORDER_HOLD_MINUTES)
    life.tell(order.ordered_at, f"Ordered on Etsy for ${order.total_amount}", "sale")
    life.tell(order.created_at, "Came here from Etsy")
    if order.status == "paid" and hold > now:
        life.tell(hold, "Held until then, so that a cancellation wins", "stands", coming=True)
    if order.status in UNSENT:
        late = order.ship_by <= now
        life.tell(order.ship_by, "To be sent by then", "trouble" if late else "post", coming=not late)


def _print(life: Life, job: PrintJob) -> None:
    """How it began, and where it is now if nobody here took it there: people's own steps are in the audit."""
    by_hand = job.provider == BY_HAND
    where = "our own hands" if by_hand else timeline_words.who(job.provider)
    of = {"of": subject_of(job), "named": what(job)}
    if job.copy == 1:
        life.tell(job.created_at, f"To be printed by {where}", "print", **of)
    if job.status in BY_THEMSELVES and not by_hand:
        kind = "trouble" if job.status == "failed" else "print"
        life.tell(job.status_since, BY_THEMSELVES[job.status].format(where), kind, **of)


def _parcel(life: Life, one: Shipment) -> None:
    number = f"{carrier(one)} {one.tracking_code}".strip()
    of = {"of": subject_of(one), "named": carrier(one)}
    life.tell(one.shipped_at, f"Posted: {number}", "post", **of)
    if one.status != "new":
        life.tell(one.status_since, "Etsy knows of it" if one.status == "told" else "To be told to Etsy by hand",
                  "sent" if one.status == "told" else "trouble", **of)  # fmt: skip
    life.tell(one.delivered_at, f"Delivered: {number}", "post", **of)


def _end(life: Life, order: Order) -> None:
    if order.status in wanted.ENDED:
        life.tell(order.status_since, f"{order.get_status_display()} on Etsy", "trouble")
    elif order.needs_attention:
        life.tell(order.status_since, "Waits for a person", "trouble", why=short(order.needs_attention))
    life.tell(order.shipped_at, "All of it was on its way", "post")
    life.tell(order.delivered_at, "All of it had arrived", "post")
    life.tell(order.purged_at, "Its customer’s data was erased", "looked")


def what(job: PrintJob) -> str:
    item = job.item
    title = item.sticker.title.split(" - ")[0] if item.sticker else item.title
    size = f", {item.size[0]}″" if item.size else ""
    copy = f" (copy {job.copy})" if job.copy > 1 else ""
    return f"{item.quantity} × {title}{size}{copy}"
