"""The daily pricing engine."""

from django.conf import settings

from stickertrendz import clock
from stickertrendz.ops import alerts, meters, queue
from stickertrendz.ops.errors import Halt
from stickertrendz.ops.runner import Running

from . import archive, book, breach, plan

wake_push_changes = queue.waker("push_changes")
PRICES = 2  # priority of price changes among Etsy's callers


def pricing_engine(run: Running) -> None:
    """Prices by the age of trends, archives what is quiet; etsy pushes what changed."""
    if low := breach.roll_back():
        wake_push_changes()
        raise Halt(f"{low} prices had been pushed below their floors: they go back, and pricing is halted.")
    if words := etsy_is_short():
        run.note(words)
        alerts.alert("pricing-skipped", "Prices were not looked at today", words)
        return
    opened = book.read_book(clock.now())
    today = plan.make_plan(opened, tick=lambda _: run.beat())
    run.count("stickers_below_floor", len(today.below_floor()))
    if trouble := today.trouble():
        plan.propose(today, run.row)
        words = f"{trouble} {today.effect}.\nIt is listed under price changes as proposed."
        alerts.alert("pricing-halted", "The price plan was halted", words)
        raise Halt(trouble)
    plan.dismiss_proposals()
    plan.apply(today, run.row, run.beat)
    run.count("prices_updated", len(today.repriced))
    if today.repriced:
        run.note(f"{len(today.repriced)} prices: {today.effect}.")
    leaving = [one for one in archive.leaving(opened) if archive.take_off(one, opened.now)]
    run.count("stickers_archived", len(leaving))
    if today.moves or leaving:
        wake_push_changes()


def etsy_is_short() -> str:
    """Why no price may be pushed now; empty when there is budget for it."""
    level, share = meters.level("etsy"), settings.ETSY_SHARES[PRICES]
    if level.used <= level.limit * share:
        return ""
    return (
        f"{level.used} of {level.limit} Etsy calls are used, more than {share:.0%}; orders and publishing come first."
    )
