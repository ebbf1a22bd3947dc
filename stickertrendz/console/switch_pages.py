"""The page of switches: what each stops and what goes on, thrown and cleared with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timesince import timesince
from unfold.decorators import display

from stickertrendz.ops import joblist, runner, switches
from stickertrendz.ops.errors import Beaten
from stickertrendz.ops.models import Switch

from . import deciding
from .deciding import Deed
from .rows import ConsoleAdmin

NAMES = Switch.Name
# What each halts beside the jobs that the schedule names, and what goes on although it is thrown.
WORDS = {
    NAMES.EVERYTHING: ("Every job and every request to any service.", "The outbox, the heartbeat and this console."),
    NAMES.TRENDS: ("Looking for new topics, and scoring them.", "Topics already found are drawn, sold and printed."),
    NAMES.GENERATION: ("Buying pictures.", "Trends are found and scored; approved designs go on sale."),
    NAMES.PUBLISHING: ("New listings.", "Listings on sale stay, sell and change prices; orders are printed."),
    NAMES.PRICING: ("New prices.", "Prices stay as they are; everything else goes on."),
    NAMES.FULFILLMENT: ("Sending orders to the printer.", "Orders come in and wait; you may pack them yourself."),
    NAMES.ETSY: ("Every request to Etsy: no order comes in, nothing is published or taken down.",
                 "Designs are found and drawn; orders already here are printed."),
    NAMES.AWAY: ("New work while nobody looks: buying pictures, and new listings.",
                 "What is on sale stays, sells and is printed. Buyers are promised the same days as ever: if you "
                 "cannot post in time, give your listings a longer processing time at Etsy as well."),
}  # fmt: skip


@dataclass(frozen=True)
class Description:
    name: str
    stops: str
    goes_on: str
    thrown: Switch | None


def described() -> Iterator[Description]:
    """Every switch, thrown or not."""
    thrown = {switch.name: switch for switch in Switch.objects.all()}
    for name in NAMES:
        stops, goes_on = WORDS[name]
        jobs = [job.title for job in joblist.jobs().values() if name in runner.stopped_by(job)]
        told = f"{stops} Jobs: {', '.join(jobs)}." if jobs and name != NAMES.EVERYTHING else stops
        yield Description(str(name.label), told, goes_on, thrown.get(name.value))


def _cleared(switch: Switch) -> str:
    since = f"{switch.thrown_at:%-d %b %H:%M} UTC ({timesince(switch.thrown_at)} ago)"
    stops, _ = WORDS[NAMES(switch.name)]
    return f"Halted since {since} by {switch.thrown_by}: {switch.reason}. This may go on again: {stops}"


def _clear(switch: Switch, *, by: str, why: str) -> None:
    if not switches.clear(switch.name, by=by, why=why):
        raise Beaten("somebody else has cleared it already")


CLEAR = Deed(
    "Clear switches",
    "What was halted goes on with the next run of its jobs. Look first whether the reason it was thrown for is gone.",
    _cleared, _clear, "Clear", "The next runs take up what waited.",
)  # fmt: skip


@admin.register(Switch)
class SwitchAdmin(ConsoleAdmin):
    """Adding a row throws the switch, deleting it clears it."""

    about = (
        "The parts of the shop that are halted now, by whom and why. Add one to halt a part; clear it when its reason "
        "is gone, and everything goes on where it stood."
    )
    list_display = ("name", "reason", "thrown_by", "thrown_at", "ago")
    search_fields = ("name", "reason")
    fields = ("name", "reason")
    actions = ("clear",)
    list_before_template = change_form_outer_before_template = "console/ops/switches.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Deleting is clearing, which asks for a reason."""
        return {name: told for name, told in super().get_actions(request).items() if name != "delete_selected"}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        facts = {**(extra_context or {}), "switches": list(described())}
        shown: HttpResponse = super().changelist_view(request, facts)
        return shown

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        facts = {**(extra_context or {}), "switches": list(described())}
        shown: HttpResponse = super().add_view(request, form_url, facts)
        return shown

    def save_model(self, request: HttpRequest, obj: Switch, form: Any, change: bool) -> None:
        """Two may throw it at once: the row is then the first one's, with the first one's reason."""
        switches.throw(obj.name, obj.reason, by=request.user.get_username())
        row = Switch.objects.get(name=obj.name)
        obj.pk, obj.reason = row.pk, row.reason

    @admin.action(description="Clear: let it go on", permissions=["delete"])
    def clear(self, request: HttpRequest, rows: QuerySet[Switch]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, CLEAR)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The same page for one switch; there is nothing to ask about one that somebody cleared meanwhile."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        rows = Switch.objects.filter(pk=object_id) if object_id.isdecimal() else Switch.objects.none()
        if request.method == "GET" and not rows.exists():
            messages.info(request, "This switch is not thrown any more: somebody has cleared it.")
            return redirect("admin:ops_switch_changelist")
        return deciding.ask(self, request, rows, CLEAR) or redirect("admin:ops_switch_changelist")

    @display(description="for")
    def ago(self, switch: Switch) -> str:
        return str(timesince(switch.thrown_at))
