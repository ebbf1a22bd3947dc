"""The page of the price plan: what the pricing engine would do now, before it does it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fulfillment.fees import FEES
from pricing import archive, effect, history, jobs, plan
from pricing.archive import Leaving
from pricing.book import read_book
from pricing.effect import signed
from pricing.moves import Move
from pricing.plan import Plan
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit, queue, switches
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Run

from .blocklist_forms import ReasonForm
from .price_frame import AT_ONCE, back, of_move, page, require, with_pictures

ENGINE = "pricing_engine"
MAY_LOOK, MAY_DECIDE = "pricing.view_offer", "pricing.change_offer"
wake_engine = queue.waker(ENGINE)


@dataclass(frozen=True)
class Group:
    """Offers that change alike. left: of a sale by all of Etsy's fees. money: what changes in profit a month."""

    why: str
    size: str
    old: Decimal
    new: Decimal
    offers: int
    left: Decimal
    money: str

    @property
    def leaves(self) -> str:
        return signed(self.left).removeprefix("+")


def view(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """GET shows the plan; POST runs the engine, approves a halted plan or drops what a halted run proposed."""
    require(request, MAY_LOOK)
    form = ReasonForm(request.POST if request.method == "POST" and "run" not in request.POST else None)
    if request.method == "POST":
        require(request, MAY_DECIDE)
        if "run" in request.POST:
            return _run(request)
        if form.is_valid():
            return _decide(request, form.cleaned_data["why"])
    return page(site, request, "plan", "Price plan", form=form, **_facts(request))


def _facts(request: HttpRequest) -> dict[str, Any]:
    """A constant number of queries, however many offers there are."""
    facts: dict[str, Any] = {
        "may_decide": request.user.has_perm(MAY_DECIDE), "skipped": _skipped(),
        "last": Run.objects.filter(workflow=ENGINE).order_by("-started_at").first(),
        "proposed": history.proposals().count(),
    }  # fmt: skip
    try:
        book = read_book(clock.now())
        todays, leaving = plan.make_plan(book), archive.leaving(book)
    except NeedsPerson as trouble:
        return facts | {"trouble": str(trouble)}
    told = sorted((move for move in todays.moves if move.is_told), key=_boldest_first)
    rows = Paginator([of_move(move) for move in told], AT_ONCE).get_page(request.GET.get("page"))
    designs = Sticker.objects.in_bulk([one.sticker_id for one in leaving])
    return facts | {
        "plan": todays, "money": _money(todays), "groups": _groups(told), "rows": rows,
        "shown": with_pictures(list(rows)), "silent": len(todays.moves) - len(told),
        "leaving": [(designs[one.sticker_id], one.why) for one in leaving], "halted": todays.trouble(),
        "below": len(todays.below_floor()), "seen": _mark(todays, leaving),
    }  # fmt: skip


def _mark(todays: Plan, leaving: Sequence[Leaving]) -> str:
    """Of all that a run does: prices, and what leaves."""
    return " ".join([todays.mark, *(str(one.sticker_id) for one in leaving)])


def _skipped() -> str:
    switch = switches.thrown("pricing")
    return str(switch) if switch else jobs.etsy_is_short()


def _money(todays: Plan) -> dict[str, Any]:
    told = todays.effect
    return {"revenue": signed(told.revenue), "profit": signed(told.profit), "units": told.units,
            "changed": len(todays.repriced)}  # fmt: skip


def _boldest_first(move: Move) -> tuple[Decimal, str]:
    return -abs(move.new_price - move.old.price) / move.old.price, move.sku


def _groups(moves: Sequence[Move]) -> list[Group]:
    """The plan in a few lines: what changes alike, most offers first."""
    found: dict[tuple[str, str, Decimal, Decimal], list[Move]] = defaultdict(list)
    for move in moves:
        if move.reprices:
            row = of_move(move)
            found[row.tier if move.retiers else row.note, row.size, row.old, row.new].append(move)
    groups = [Group(*alike, len(rows), _left(rows[0]), _gain(rows)) for alike, rows in found.items()]
    return sorted(groups, key=lambda group: (-group.offers, group.why, group.size))


def _left(move: Move) -> Decimal:
    return effect.waterfall(move.new_price, move.verdict.cost, FEES["full"]).profit


def _gain(moves: Sequence[Move]) -> str:
    told = effect.total(move.effect for move in moves)
    return signed(told.profit) if told.units else "–"


def _run(request: HttpRequest) -> HttpResponse:
    """The engine looks again with all its guards: asked for only while the plan is the one on the page."""
    where = _address()
    if words := _skipped():
        return back(request, where, words, done=False)
    try:
        book = read_book(clock.now())
        seen = _mark(plan.make_plan(book), archive.leaving(book))
    except NeedsPerson as trouble:
        return back(request, where, str(trouble), done=False)
    if request.POST.get("seen") != seen:
        return back(request, where, "The plan has changed since you looked at it: look at it again.", done=False)
    audit.record(request.user.get_username(), "asked for a pricing run")
    wake_engine()
    return back(request, where, "The engine is on its way; load this page again in a minute.", done=True)


def _decide(request: HttpRequest, why: str) -> HttpResponse:
    who = request.user.get_username()
    if "dismiss" in request.POST:
        dropped = plan.dismiss_proposals()
        audit.record(who, "dismissed proposed prices", why=why, prices=dropped)
        return back(request, _address(), f"{dropped} proposed prices are dropped; all prices stay.", done=True)
    if "approve" not in request.POST:
        return back(request, _address(), "Nothing was decided.", done=False)
    try:
        done = plan.approve(by=who, why=why, seen=request.POST.get("seen") or "no plan")
    except NeedsPerson as refusal:
        return back(request, _address(), str(refusal), done=False)
    words = f"Approved: {len(done.repriced)} prices are changed here and sent to Etsy within minutes."
    return back(request, _address(), words, done=True)


def _address() -> str:
    return reverse("admin:pricing_offer_plan")
