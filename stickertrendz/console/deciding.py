"""The one page that asks before a list's action is done: each row, what becomes of it, and what is left out and why."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson

from .blocklist_forms import ReasonForm
from .cells import link

MOST = 5_000  # rows of one decision
SHOWN = 100  # of them with a line of their own
SECONDS = 20.0  # after which the rest is left for another go: the browser would give up waiting
REASONS = 5  # told in the message; more are counted
REFUSALS = (NeedsPerson, IllegalMove, Beaten)


@dataclass(frozen=True)
class Deed:
    """What an action does to each ticked row.

    plan: what will happen to the row, in words. step(row, by=name, **cleaned form): does it, on that row alone. Both
    raise NeedsPerson, IllegalMove or Beaten with the reason why the row is left out; `plan` may make no query.
    after: a sentence for the message when something was done. undo: the action of the same list that takes it back.
    picture: what stands beside the row's name; the list's own `thumbnail` when it has one.
    """

    title: str
    lead: str
    plan: Callable[[Any], str]
    step: Callable[..., object]
    button: str = ""
    after: str = ""
    form: type[forms.Form] = ReasonForm
    undo: str = ""
    most: int = MOST
    picture: Callable[[Any], SafeString | str] | None = None


@dataclass(frozen=True)
class Fate:
    """A row and what becomes of it; `stays` when it is left out."""

    row: Model
    words: str
    picture: SafeString | str
    stays: bool

    @property
    def name(self) -> SafeString | str:
        return link(self.row)


@dataclass
class Outcome:
    """What came of it. done: keys of rows; left_out: how often each reason; unreached: rows there was no time for."""

    done: list[Any]
    left_out: Counter[str]
    unreached: int = 0


def ask(admin: ModelAdmin, request: HttpRequest, rows: QuerySet[Any], deed: Deed) -> HttpResponse | None:
    """An action's whole body: asks first; once agreed to, does the deed on the rows shown, and says what came of it."""
    agreed = "agreed" in request.POST
    form = deed.form(request.POST if agreed else None)
    if not agreed or not form.is_valid():
        return _page(admin, request, rows, deed, form)
    keys = _agreed(request)[: deed.most]
    outcome = _do(deed, rows.filter(pk__in=keys), request.user.get_username(), form.cleaned_data)
    gone = len(keys) - len(outcome.done) - outcome.left_out.total() - outcome.unreached
    if gone:
        outcome.left_out["it is no longer in this list"] += gone
    _tell(request, deed, outcome)
    return None


def chosen(request: HttpRequest, rows: QuerySet[Any], most: int) -> QuerySet[Any]:
    """For a deed worked out beforehand: the ticked rows, at most so many; once agreed to, the very rows shown."""
    return rows.filter(pk__in=_agreed(request)[:most]) if "agreed" in request.POST else rows[:most]


def _agreed(request: HttpRequest) -> list[int]:
    return [int(key) for key in request.POST.get("keys", "").split(",") if key.isdecimal()]


def _page(
    admin: ModelAdmin, request: HttpRequest, rows: QuerySet[Any], deed: Deed, form: forms.Form
) -> TemplateResponse:
    chosen = list(rows[: deed.most + 1])
    more = rows.count() - deed.most if len(chosen) > deed.most else 0
    show = deed.picture or getattr(admin, "thumbnail", None)
    fates = [_fate(deed, row, show if place < SHOWN else None) for place, row in enumerate(chosen[: deed.most])]
    goes, stays = ([fate for fate in fates if fate.stays is left_out] for left_out in (False, True))
    told = {
        "deed": deed, "title": deed.title, "form": form, "more": max(0, more), "shown": SHOWN, "goes": goes,
        "reasons": Counter(fate.words for fate in stays).most_common(), "stays": stays, "marker": ACTION_CHECKBOX_NAME,
        "action": request.POST.get("action", ""),
        "keys": ",".join(str(fate.row.pk) for fate in fates), "first": fates[0].row.pk if fates else "",
        "back": request.get_full_path(), "opts": admin.opts,
    }  # fmt: skip
    return TemplateResponse(request, "console/decide.html", {**admin.admin_site.each_context(request), **told})


def _fate(deed: Deed, row: Any, show: Callable[[Any], SafeString | str] | None) -> Fate:
    picture = show(row) if show else ""
    try:
        return Fate(row, deed.plan(row), picture, stays=False)
    except REFUSALS as refusal:
        return Fate(row, str(refusal), picture, stays=True)


def _do(deed: Deed, rows: QuerySet[Any], who: str, told: dict[str, Any]) -> Outcome:
    """Row by row, each a transaction of its own; what one refuses does not hold up the next."""
    outcome, start = Outcome([], Counter()), time.monotonic()
    waiting = list(rows)
    for place, row in enumerate(waiting):
        if time.monotonic() - start > SECONDS:
            outcome.unreached = len(waiting) - place
            break
        try:
            deed.plan(row)
            deed.step(row, by=who, **told)
            outcome.done.append(row.pk)
        except REFUSALS as refusal:
            outcome.left_out[str(refusal)] += 1
    return outcome


def _tell(request: HttpRequest, deed: Deed, outcome: Outcome) -> None:
    """One message: how many were done, which were left out and why, and the way back where there is one."""
    parts = [f"{len(outcome.done):,} done"]
    if outcome.left_out:
        parts.append(f"{outcome.left_out.total():,} left out: {_reasons(outcome.left_out)}")
    if outcome.unreached:
        parts.append(f"{outcome.unreached:,} not reached in time: choose them again")
    words = f"{deed.title}: {', '.join(parts).rstrip('.')}."
    if outcome.done and deed.after:
        words += f" {deed.after}"
    way_back = _undo(request, deed.undo, outcome.done) if outcome.done and deed.undo else ""
    level = messages.SUCCESS if len(parts) == 1 else messages.WARNING
    messages.add_message(request, level, format_html("{} {}", words, way_back) if way_back else words)


def _reasons(left_out: Counter[str]) -> str:
    often = [f"{words} ({count:,}×)" if count > 1 else words for words, count in left_out.most_common(REASONS)]
    others = len(left_out) - REASONS
    return "; ".join([*often, f"and {others:,} more reasons"] if others > 0 else often)


def _undo(request: HttpRequest, action: str, keys: list[Any]) -> SafeString:
    """A button in the message: the other action, agreed to already, on just those rows."""
    return format_html(
        '<form method="post" action="{}" class="undo-form"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="action" value="{}"><input type="hidden" name="{}" value="{}">'
        '<input type="hidden" name="select_across" value="1"><input type="hidden" name="keys" value="{}">'
        '<input type="hidden" name="agreed" value="1"><input type="hidden" name="why" value="undone at once">'
        '<button class="console-link">Undo</button></form>',
        request.path, get_token(request), action, ACTION_CHECKBOX_NAME, keys[0], ",".join(map(str, keys)),
    )  # fmt: skip
