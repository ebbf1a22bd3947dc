"""All of the made-up shop in one transaction: either the whole of it is there, or nothing."""

from collections.abc import Callable, Iterator

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from stickertrendz import clock
from stickertrendz.housekeeping import books
from stickertrendz.ops import stamp

from . import buying, catalogue, drawings, evidence, journal, shelf
from .plan import Plan

Part = tuple[str, Callable[[], int]]


def fill(plan: Plan, told: Callable[[str, int], None]) -> None:
    """told: called with what was written and how many rows, after each part."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # or the checks of all foreign keys pile up until the end
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        stamp.claim()
        for words, part in _parts(plan):
            told(words, part())
        _go_on_counting()
    _analyse()
    days = 0
    while some := books.close_days(clock.now()):
        days += some
        told("days of the books closed", days)


def _parts(plan: Plan) -> Iterator[Part]:
    designs, prices = catalogue.designs(plan), shelf.Prices()
    yield "runs", lambda: journal.runs(plan)
    yield "trends", lambda: evidence.trends(plan)
    yield "keywords of trends", lambda: evidence.keywords(plan)
    yield "signals", lambda: evidence.signals(plan)
    yield "blocked topics", lambda: evidence.blocked_topics(plan)
    yield "cycles and replays", lambda: evidence.cycles(plan) + evidence.replays(plan)
    yield "pictures bought", lambda: drawings.generations(plan, designs)
    yield "stickers", lambda: drawings.stickers(plan, designs)
    yield "sizes", lambda: drawings.sizes(plan, designs)
    yield "samples and re-scans", lambda: drawings.samples(plan, designs) + drawings.rescans(plan, designs)
    yield "offers", lambda: shelf.offers(plan, designs, prices)
    yield "price changes", lambda: shelf.price_changes(plan, designs, prices)
    yield "views", lambda: shelf.views(plan, designs)
    yield "listings", lambda: shelf.listings(plan, designs)
    yield "overrides, complaints, recalls", lambda: shelf.overrides(plan, designs) + shelf.complaints(plan, designs)
    yield "the shop at Etsy", lambda: shelf.shop(plan)
    yield "orders", lambda: buying.orders(plan)
    yield "order lines", lambda: buying.items(plan, designs)
    yield "print jobs", lambda: buying.print_jobs(plan)
    yield "shipments", lambda: buying.shipments(plan)
    yield "entries of Etsy's ledger", lambda: buying.ledger(plan)
    yield "looks at customers, privacy requests", lambda: buying.looks(plan) + buying.requests(plan)
    yield "calls", lambda: journal.calls(plan)
    yield "intents", lambda: journal.intents(plan, designs)
    yield "audit entries", lambda: journal.audit(plan, designs)
    yield "errors, mails, alerts", lambda: journal.errors(plan) + journal.mails_and_alerts(plan)
    yield "transcripts, meters, state", lambda: journal.transcripts(plan) + journal.meters(plan) + journal.state(plan)


def _go_on_counting() -> None:
    """New rows get keys behind those that were given here."""
    with connection.cursor() as cursor:
        for line in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(line)


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
