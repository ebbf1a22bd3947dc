"""Jobs that need several apps: orders in and on their way, and the morning's figures and summary."""

from etsy import oauth
from etsy.ledger import import_ledger
from etsy.receipts import import_orders
from etsy.stats import sync_stats
from etsy.tracking import push_tracking
from fulfillment.jobs import purge_customers, route_orders, watch_deliveries, watch_print
from stickers.jobs import review_deadlines
from stickertrendz import clock
from stickertrendz.ops import transcripts
from stickertrendz.ops.runner import Running
from trends import candidates, replay

from . import books, metrics, spending, summary


def order_sync(run: Running) -> None:
    """New orders come in, paid ones go to the printer, parcels are told to Etsy; spending is watched, days closed."""
    import_orders(run)
    route_orders(run)
    watch_print(run)
    push_tracking(run)
    spending.tell(clock.now())
    books.close_days(clock.now())


def analytics_sync(run: Running) -> None:
    """Views of the day, Etsy's ledger, deadlines, erasures, figures; then the summary, once a day."""
    sync_stats(run)
    import_ledger(run)
    oauth.warn_of_idleness()
    review_deadlines(run)
    watch_deliveries(run)
    purge_customers(run)
    purge_records(run)
    books.restate(clock.now())
    metrics.measure(clock.today())
    if summary.due():
        summary.post(clock.now())


def purge_records(run: Running) -> None:
    """What was kept to look into verdicts goes after 30 days: transcripts, replays, candidates of cycles."""
    run.count("transcripts_purged", transcripts.purge())
    run.count("replays_purged", replay.purge())
    run.count("cycles_purged", candidates.purge())
