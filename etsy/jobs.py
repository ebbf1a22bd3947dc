"""Jobs of the Etsy channel: new listings, and whatever changed about the others."""

from datetime import timedelta
from functools import partial

from django.db.models import F, Q, QuerySet

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.runner import Running
from stickertrendz.ops.work import Outcome

from . import prices, sections, setup
from .limits import stops_on_429
from .make_so import make_so
from .models import Listing, TakedownNotice
from .publish import plan_listings, publish, settle, underway
from .shelf import ENDED, OFF_SALE
from .takedown import delist

Status = Listing.Status


def publisher(run: Running) -> None:
    """Puts designs on sale, best first: new ones, interrupted ones, and archived ones that are wanted again."""
    plan_listings()
    due = Listing.objects.due(Status.PLANNED, Status.DRAFT, Status.INACTIVE)
    new = due.exclude(status=Status.INACTIVE)
    run.each(Listing.objects.filter(pk__in=underway(new)), stops_on_429(settle))
    best = F("sticker__trend__score_overall").desc(nulls_last=True)
    ended = Listing.objects.due(*ENDED).exclude(renewal_asked_at=None)
    back = (due.filter(status=Status.INACTIVE) | ended).filter(sticker__shelf=Sticker.Shelf.WANTED)
    for rows in (back, new):
        outcomes = run.each(rows.order_by(best, "created_at", "pk"), stops_on_429(publish))
        if outcomes[Outcome.REFUSED]:
            waiting = Listing.objects.filter(status__in=[Status.PLANNED, Status.DRAFT], needs_attention="")
            run.note(f"{waiting.count()} listings wait for the next cycle")
            break
    published = Listing.objects.filter(first_active_at__gte=run.row.started_at)
    run.count("stickers_published", published.count())


def push_changes(run: Running) -> None:
    """Makes Etsy follow what changed here: takedowns first, then archived designs, prices, sections."""
    run.each(TakedownNotice.objects.due(TakedownNotice.Status.RECEIVED), delist, done="takedowns")
    run.each(_unwanted(), stops_on_429(make_so), done="delisted")
    judged = Listing.objects.due(*OFF_SALE).filter(takedowns__status=TakedownNotice.Status.VALID).distinct()
    run.each(judged, stops_on_429(make_so), done="deleted")
    missing = Listing.objects.due(Status.ACTIVE, *OFF_SALE).exclude(missing_since=None)
    run.each(missing, stops_on_429(make_so))
    prices.push(run)
    _push_sections(run)


def _unwanted() -> QuerySet[Listing]:
    """On sale, and should not be. A parked one does not stay there for that: it is tried at once and then each hour."""
    an_hour_ago = clock.now() - timedelta(hours=1)
    untried = Q(seen_at=None) | Q(seen_at__lt=F("sticker__shelf_since")) | Q(seen_at__lt=an_hour_ago)
    parked = Listing.objects.parked().filter(untried, status=Status.ACTIVE)
    rows: QuerySet[Listing] = (Listing.objects.due(Status.ACTIVE) | parked).exclude(sticker__shelf=Sticker.Shelf.WANTED)
    return rows


def _push_sections(run: Running) -> None:
    on_sale = list(Listing.objects.due(Status.ACTIVE).filter(sticker__shelf=Sticker.Shelf.WANTED))
    ids, names = setup.ids().sections, sections.wanted(on_sale)
    moved = [one.pk for one in on_sale if ids.get(names[one.pk]) not in (None, one.section_asked)]
    step = stops_on_429(partial(make_so, thorough=False))
    run.each(Listing.objects.due(Status.ACTIVE).filter(pk__in=moved), step, done="sections_changed")
