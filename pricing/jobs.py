"""The daily pricing engine."""

from django.conf import settings

from stickertrendz import clock
from stickertrendz.ops import alerts, meters, queue
from stickertrendz.ops.errors import Halt
from stickertrendz.ops.runner import Running

from . import archive, book, breach, plan
from .plan import Plan

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
    run.count("stickers_below_floor", len(today.raised_to_floor))
    if trouble := today.trouble():
        plan.propose(today, run.row)
        alerts.alert("pricing-halted", "The price plan was halted", _in_words(today))
        raise Halt(trouble)
    plan.dismiss_proposals()
    done = plan.apply(today, run.row, run.beat)
    run.left = len(today.moves) - len(done) if done else 0  # without any progress it waits for tomorrow
    run.count("prices_updated", sum(move.reprices for move in done))
    if today.repriced:
        run.note(f"{len(today.repriced)} prices: {today.effect}.")
    leaving = [one for one in archive.leaving(opened) if archive.take_off(one, opened.now)]
    run.count("stickers_archived", len(leaving))
    if today.moves or leaving:
        wake_push_changes()


def _in_words(halted: Plan) -> str:
    words = (
        f"{halted.trouble()} {halted.effect}.\nAll prices stay as they are until you decide on the page Price plan: "
        "approve what it shows, or mend the tiers and costs, and the next run judges anew."
    )
    if low := halted.raised_to_floor:
        words += f"\nUntil then {len(low)} prices stay below today's floors, because costs rose."
    return words


def etsy_is_short() -> str:
    """Why no price may be pushed now; empty when there is budget for it."""
    level, share = meters.level("etsy"), settings.ETSY_SHARES[PRICES]
    if level.used <= level.limit * share:
        return ""
    return (
        f"{level.used} of {level.limit} Etsy calls are used, more than {share:.0%}; orders and publishing come first."
    )
