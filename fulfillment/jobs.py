"""Jobs of fulfilment: to the printer, news from it, deliveries, erasure."""

from stickertrendz.ops.runner import Running

from . import privacy, reprint, route, wanted, watch
from .models import Order


def route_orders(run: Running) -> None:
    """Paid orders go to the printer or to the bench, and so do copies and lines that came later."""
    run.each(Order.objects.due(Order.Status.PAID), route.route, done="orders_routed")
    run.each(watch.with_new_lines(), route.add_lines)
    run.each(reprint.unsent(), route.send_copy)


def watch_print(run: Running) -> None:
    """Stops what was cancelled, asks the printer for news, moves orders on, and alerts on deadlines."""
    run.each(wanted.wanted_no_more(), watch.stop, done="prints_stopped")
    run.each(watch.at_printers(), watch.watch)
    run.each(watch.posted_by_others(), watch.leave_bench)
    run.each(Order.objects.due(*watch.IN_WORK), watch.settle)
    run.count("orders_warned", watch.warn_of_deadlines())


def watch_deliveries(run: Running) -> None:
    """Shipped orders become delivered; those the printer keeps silent about raise alerts."""
    run.count("orders_warned", watch.warn_of_silence())
    run.each(watch.arriving(), watch.check_delivery)


def purge_customers(run: Running) -> None:
    """Erases personal data 90 days after delivery."""
    run.count("customers_purged", privacy.purge_due(by="purge_customers"))
