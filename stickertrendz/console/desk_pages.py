"""The review desk: one flagged design at a time, decided by key or button, or all of them at a glance."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from stickers import desk, review
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson

from . import desk_facts
from .packing_frame import require, time_left

MAY_LOOK, MAY_DECIDE = "stickers.view_sticker", "stickers.change_sticker"
FRAGMENT = "X-Desk"  # the header of the desk's script, and of what it is answered: no sign-in page has it
SKIPPED, MOST_SKIPPED = "desk_skipped", 500
CLAIM = "%Y%m%dT%H%M%S%f"
AT_A_GLANCE = 24
REASONS = {"trademark": "trademark", "unsafe": "not safe", "poor": "poor drawing", "off_topic": "off topic"}
OTHER = "other"


@dataclass(frozen=True)
class Outcome:
    """What became of a deed: the design in hand now, and one sentence."""

    sticker: Sticker | None
    words: str
    well: bool = True


def view(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """GET shows the design in hand, or hands one out; POST does one thing with it and goes on to the next."""
    require(request, MAY_LOOK)
    may = request.user.has_perm(MAY_DECIDE)
    if request.method == "POST":
        require(request, MAY_DECIDE)
        return _post(site, request)
    if not may or request.GET.get("view") == "grid":
        return _grid(site, request, may)
    sticker = desk.in_hand(_key(request), _until(request))
    if sticker is None:
        return _answer(site, request, _open(request))
    return _shown(site, request, Outcome(sticker, ""))


def _open(request: HttpRequest) -> Outcome:
    """The design that was asked for, or the next one, with the reason why it is another."""
    key = _key(request)
    if not key:
        return Outcome(_next(request), "")
    try:
        return Outcome(desk.pick_up(key, _until(request)), "")
    except Beaten as refusal:
        return Outcome(_next(request), str(refusal), well=False)


def _post(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    do, _, reason = request.POST.get("do", "").partition(":")
    if do == "hold":
        return _hold(request)
    if do == "leave":
        desk.let_go(_key(request), _until(request))
        return HttpResponse(status=204)
    if do not in DEEDS:
        raise Http404
    return _answer(site, request, DEEDS[do](request, reason))


def _hold(request: HttpRequest) -> HttpResponse:
    """Somebody still looks at it."""
    try:
        return JsonResponse({"claim": _token(desk.pick_up(_key(request), _until(request)))})
    except Beaten as refusal:
        return JsonResponse({"words": str(refusal)}, status=409)


def _decided(request: HttpRequest, step: Callable[..., None], why: str, done: str) -> Outcome:
    """Refused in words when the design is in somebody else's hand by now, or cannot be decided so."""
    try:
        sticker = desk.pick_up(_key(request), _until(request))
    except Beaten as refusal:
        return Outcome(_next(request), f"{refusal} Your decision changed nothing.", well=False)
    try:
        step(sticker, by=request.user.get_username(), why=why, claimed_until=None)
    except NeedsPerson as refusal:
        return Outcome(sticker, str(refusal), well=False)
    except (Beaten, IllegalMove) as refusal:
        return Outcome(_next(request), f"{refusal} Your decision changed nothing.", well=False)
    return Outcome(_next(request), f"{sticker.number} {done}.")


def _approve(request: HttpRequest, _: str) -> Outcome:
    return _decided(request, review.approve, "", "is approved and goes on sale")


def _reject(request: HttpRequest, reason: str) -> Outcome:
    why = REASONS.get(reason) or request.POST.get("why", "").strip()[:200]
    if not why:
        return Outcome(_same(request), "Say why it is rejected: choose a reason, or write one.", well=False)
    return _decided(request, review.reject, why, f"is rejected: {why}")


def _skip(request: HttpRequest, _: str) -> Outcome:
    """It comes back after all others."""
    key = _key(request)
    desk.let_go(key, _until(request))
    request.session[SKIPPED] = [*(one for one in _skipped(request) if one != key), key][-MOST_SKIPPED:]
    sticker = _next(request)
    alone = sticker is not None and sticker.pk == key
    return Outcome(sticker, "There is no other design to judge now." if alone else "Skipped: it comes back last.")


def _undo(request: HttpRequest, _: str) -> Outcome:
    """My last word, whichever page I said it on."""
    who = request.user.get_username()
    last = desk.last_decided(who)
    if last is None:
        return Outcome(_same(request), "You decided nothing within a day that could be taken back.", well=False)
    try:
        review.take_back(last, by=who, claimed_until=clock.now() + desk.HOLD)
    except (NeedsPerson, Beaten, IllegalMove) as refusal:
        return Outcome(_same(request), str(refusal), well=False)
    desk.let_go(_key(request), _until(request))
    return Outcome(desk.pick_up(last.pk, last.claimed_until), f"{last.number} is back: decide again.")


DEEDS = {"approve": _approve, "reject": _reject, "skip": _skip, "undo": _undo}


def _next(request: HttpRequest) -> Sticker | None:
    return desk.take(_skipped(request))


def _same(request: HttpRequest) -> Sticker | None:
    """What is in hand stays there, where it still can."""
    try:
        return desk.pick_up(_key(request), _until(request))
    except Beaten:
        return _next(request)


def _answer(site: admin.AdminSite, request: HttpRequest, outcome: Outcome) -> HttpResponse:
    """For the script the next design at once; for a form, or a first look, the address of that design."""
    if FRAGMENT in request.headers or (request.method == "GET" and outcome.sticker is None):
        return _shown(site, request, outcome)
    if outcome.words:
        (messages.success if outcome.well else messages.warning)(request, outcome.words)
    return HttpResponseRedirect(address(outcome.sticker))


def address(sticker: Sticker | None) -> str:
    """The desk with this design in hand."""
    here = reverse("admin:stickers_sticker_review")
    return f"{here}?{urlencode({'design': sticker.pk, 'claim': _token(sticker)})}" if sticker else here


def _shown(site: admin.AdminSite, request: HttpRequest, outcome: Outcome) -> HttpResponse:
    """The whole page, or for the script its changing part."""
    part = FRAGMENT in request.headers
    facts = _counts(request, outcome.sticker) | {"outcome": outcome, "reasons": REASONS.items()}
    if sticker := outcome.sticker:
        one = Sticker.objects.select_related("trend", "generation").prefetch_related("sizes").get(pk=sticker.pk)
        skipped = _skipped(request)
        facts |= desk_facts.of(one, skipped) | {
            "claim": _token(sticker), "address": address(sticker), "again": one.pk in skipped,
        }  # fmt: skip
    if part:
        return TemplateResponse(request, "console/desk/part.html", facts, headers={FRAGMENT: "1"})
    context = {**site.each_context(request), "opts": Sticker._meta, "title": "Review desk", **facts}
    return TemplateResponse(request, "console/desk/page.html", context)


def _counts(request: HttpRequest, mine: Sticker | None = None) -> dict[str, Any]:
    """Of the designs that wait: all, those in somebody else's hand, those this person skipped."""
    held = Q(claimed_until__gt=clock.now()) & ~Q(pk=mine.pk if mine else None)
    skipped = Q(pk__in=_skipped(request))
    rows = desk.waiting().order_by()
    return rows.aggregate(total=Count("pk"), held=Count("pk", filter=held), skipped=Count("pk", filter=skipped))


def _grid(site: admin.AdminSite, request: HttpRequest, may: bool) -> HttpResponse:
    rows = Paginator(desk.waiting().select_related("trend"), AT_A_GLANCE).get_page(request.GET.get("page"))
    now = clock.now()
    cards = [_card(sticker, now) for sticker in rows]
    facts = {"rows": rows, "cards": cards, "may_decide": may, **_counts(request)}
    context = {**site.each_context(request), "opts": Sticker._meta, "title": "Review desk", **facts}
    return TemplateResponse(request, "console/desk/grid.html", context)


def _card(sticker: Sticker, now: datetime) -> dict[str, Any]:
    deadline = sticker.status_since + review.REJECT_AFTER
    worst = max(sticker.moderation_categories.items(), key=lambda pair: pair[1], default=None)
    return {
        "sticker": sticker, "worst": worst, "left": time_left(deadline, now),
        "urgent": deadline - now <= review.REMIND_AFTER,
        "held": bool(sticker.claimed_until and sticker.claimed_until > now),
    }  # fmt: skip


def _skipped(request: HttpRequest) -> list[int]:
    return list(request.session.get(SKIPPED, []))


def _key(request: HttpRequest) -> int:
    told = (request.POST if request.method == "POST" else request.GET).get("design", "")
    return int(told) if told.isdecimal() and len(told) < 19 else 0


def _until(request: HttpRequest) -> datetime | None:
    """Until when the page was given its design."""
    told = (request.POST if request.method == "POST" else request.GET).get("claim", "")
    try:
        return datetime.strptime(told, CLAIM).replace(tzinfo=UTC)
    except ValueError:
        return None


def _token(sticker: Sticker) -> str:
    return f"{sticker.claimed_until:{CLAIM}}"
