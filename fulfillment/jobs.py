"""Jobs of fulfilment: to the printer, news from it, deliveries, erasure."""

from datetime import timedelta

from stickertrendz import clock
from stickertrendz.ops.runner import Running

from . import late_prints, privacy_erasure, privacy_requests, reprint, route, wanted, watch
from .models import Order

ERASURES_LOOKED_AT = timedelta(days=60)  # twice as long as backups are kept


def route_orders(run: Running) -> None:
    """Paid orders go to the printer or to the bench, and so do copies and lines that came later."""
    run.each(Order.objects.due(Order.Status.PAID), route.route, done="orders_routed")
    run.each(watch.with_new_lines(), route.add_lines)
    run.each(reprint.unsent(), route.send_copy)


def watch_print(run: Running) -> None:
    """Stops what was cancelled, asks the printer for news, moves orders on, and alerts on deadlines."""
    run.each(wanted.wanted_no_more(), watch.stop, done="prints_stopped")
    run.count("late_prints", late_prints.look())
    run.each(watch.at_printers(), watch.watch)
    run.each(watch.posted_by_others(), watch.leave_bench)
    run.each(Order.objects.due(*watch.IN_WORK), watch.settle)
    run.count("orders_warned", watch.warn_of_deadlines())


def watch_deliveries(run: Running) -> None:
    """Shipped orders become delivered; those the printer keeps silent about raise alerts."""
    run.count("orders_warned", watch.warn_of_silence())
    run.each(watch.arriving(), watch.check_delivery)


def purge_customers(run: Running) -> None:
    """Erases personal data that was kept long enough, or was erased before and is back; warns of what is due."""
    privacy_erasure.warn_of_orders_without_news()
    privacy_requests.warn_of_deadlines()
    erased = privacy_erasure.purge_due(by="purge_customers")
    again = privacy_erasure.erase_again(clock.today() - ERASURES_LOOKED_AT)
    run.count("customers_purged", erased.orders + again.orders)
    run.count("texts_cleaned", (erased.texts + again.texts).total())
