"""Pages of the overrides: previewed before one is made, shown with their state and dates, and released."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from pricing import overrides, preview
from pricing.effect import signed
from pricing.models import Offer, Override, Tier
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from . import deciding, price_frame, shop_cells, shop_deeds
from .blocklist_forms import ReasonForm
from .cells import in_words, link, short
from .filters import belonging_to
from .override_forms import OverrideForm
from .price_frame import AT_ONCE, CHANGED, back, mark, of_line, require, with_pictures
from .rows import ReadOnlyAdmin
from .shop_filters import ENDS

STATES = {"waiting": "info", "in force": "success", "ended by the clock": "warning", "released": "warning"}
MAY_RELEASE = "pricing.change_override"
TARGETS = ("offer__sticker__trend", "sticker__trend", "tier")


def state(row: Override, now: datetime) -> str:
    if row.released_at:
        return "released"
    if row.ends_at and row.ends_at <= now:
        return "ended by the clock"
    return "waiting" if row.starts_at > now else "in force"


def applies_to(row: Override) -> SafeString | str:
    """A link to the size or design, or the tag or tier in words."""
    if row.offer:
        return link(row.offer, f"{row.offer.sticker.number}, {row.offer.size[0]}″")
    if row.sticker:
        return link(row.sticker, row.sticker.number)
    return f"tag “{row.tag}”" if row.tag else f"tier {in_words(row.tier.name)}" if row.tier else "–"


def sets(row: Override) -> str:
    """What it does to a price."""
    if row.price is not None:
        return f"${row.price:.2f}"
    if row.percent is not None:
        return f"{row.percent.normalize():+f} %".replace("-", "−")
    return "never archived" if row.kind == Override.Kind.EXEMPT else "newest tier’s price, never archived"


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = clock.now()
        live, over = Q(released_at=None), Q(ends_at__lte=now)
        chosen = {
            "waiting": live & ~over & Q(starts_at__gt=now), "in force": live & ~over & Q(starts_at__lte=now),
            "ended by the clock": live & over, "released": ~live,
        }  # fmt: skip
        return queryset.filter(chosen.get(self.value() or "", Q()))


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    about = (
        "Every exception from the price table: what it applies to, what it sets, and until when. Make one after "
        "seeing the prices it would set; release one and the table prices again."
    )
    list_display = ("target", "how", "what", "kind", "because", "starts", "ends", "made_by")
    list_display_links = ("because",)
    list_filter = (
        StateFilter, ENDS, "kind", "scope", belonging_to("offer", Offer, "offer"),
        belonging_to("sticker", Sticker, "design"),
    )  # fmt: skip
    list_select_related = TARGETS
    search_fields = ("reason", "tag", "offer__sticker__title", "sticker__title")
    list_before_template = "console/pricing/overrides_intro.html"
    actions = ("release_chosen",)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_RELEASE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pricing.add_override")

    @display(description="applies to", ordering="scope")
    def target(self, row: Override) -> SafeString | str:
        return applies_to(row)

    @display(description="sets")
    def what(self, row: Override) -> str:
        return sets(row)

    @display(description="state", label=STATES)
    def how(self, row: Override) -> str:
        return state(row, clock.now())

    @display(description="why", ordering="reason")
    def because(self, row: Override) -> SafeString | str:
        return short(row.reason, 40)

    @display(description="starts", ordering="starts_at")
    def starts(self, row: Override) -> str:
        return f"{row.starts_at:%-d %b %Y %H:%M}"

    @display(description="ends", ordering="ends_at")
    def ends(self, row: Override) -> str:
        """While it lasts, how much of it is left."""
        at = row.released_at or row.ends_at
        if at is None:
            return "when released"
        left = f", in {shop_cells.until(at)}" if at > clock.now() else ""
        return f"{at:%-d %b %Y %H:%M}{left}"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First the prices it would set; then one click makes it, while they are still the same."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.method == "POST"
        form = OverrideForm(request.POST if posted else None, initial=request.GET.dict())
        if not posted or not form.is_valid():
            return self._page(request, "override_add", "Make an override", form=form, tiers=Tier.objects.all())
        try:
            found = preview.preview(form.drafted)
        except NeedsPerson as trouble:
            return back(request, reverse("admin:pricing_override_changelist"), str(trouble), done=False)
        seen = mark(of_line(line) for line in found.lines)
        if "make" in request.POST and request.POST.get("seen") == seen:
            return self._make(request, form.drafted)
        return self._page(
            request, "override_add", "Make this override?", form=form, seen=seen, row=form.drafted,
            target=applies_to(form.drafted), sets=sets(form.drafted), tiers=Tier.objects.all(),
            stale=CHANGED if "make" in request.POST else "", **_told(found),
        )  # fmt: skip

    def _make(self, request: HttpRequest, drafted: Override) -> HttpResponse:
        try:
            row = overrides.make(drafted, by=request.user.get_username())
        except NeedsPerson as refusal:
            return back(request, reverse("admin:pricing_override_changelist"), _sentence(refusal), done=False)
        now = row.starts_at <= clock.now()
        words = "It is in force: the engine sets its prices within minutes." if now else "It waits for its start."
        return back(request, reverse("admin:pricing_override_change", args=[row.pk]), words, done=True)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What it does now and what would change without it; released with a reason."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = object_id if object_id.isdecimal() else 0
        row = get_object_or_404(Override.objects.select_related(*TARGETS), pk=key)
        form = ReasonForm(request.POST or None)
        if request.method == "POST":
            require(request, MAY_RELEASE)
            if form.is_valid():
                return self._release(request, row, form.cleaned_data["why"])
        found = state(row, clock.now())
        facts: dict[str, Any] = {}
        if live := found in ("waiting", "in force"):
            try:
                facts = _told(preview.preview(row))
            except NeedsPerson as trouble:
                facts = {"trouble": str(trouble)}
        return self._page(
            request, "override", "Override", row=row, state=found, form=form, target=applies_to(row), sets=sets(row),
            live=live, may_release=self.has_operate_permission(request), **facts,
        )  # fmt: skip

    def _release(self, request: HttpRequest, row: Override, why: str) -> HttpResponse:
        where = reverse("admin:pricing_override_change", args=[row.pk])
        if overrides.release(row, by=request.user.get_username(), why=why):
            return back(request, where, "Released: the engine prices by the table within minutes.", done=True)
        return back(request, where, "It had ended already: nothing was done.", done=False)

    @admin.action(description="Release …", permissions=["operate"])
    def release_chosen(self, request: HttpRequest, rows: QuerySet[Override]) -> HttpResponse | None:
        """Such as all that putting a run back has left."""
        return deciding.ask(self, request, rows.select_related(*TARGETS), shop_deeds.RELEASE)

    def _page(self, request: HttpRequest, name: str, title: str, **facts: Any) -> TemplateResponse:
        return price_frame.page(self.admin_site, request, name, title, opts=self.opts, **facts)


def _sentence(refusal: NeedsPerson) -> str:
    words = str(refusal)
    return f"{words[:1].upper()}{words[1:]}."


def _told(found: preview.Preview) -> dict[str, Any]:
    """The preview for a page; `undone` is what releasing it would bring."""
    changing, without = found.changing, found.without_effect
    effect = found.effect
    return {
        "words": _words(found), "changing": with_pictures([of_line(line) for line in changing[:AT_ONCE]]),
        "without": with_pictures([of_line(line) for line in without[:AT_ONCE]]), "total": len(changing),
        "total_without": len(without), "undone": {"profit": signed(-effect.profit), "units": effect.units},
    }  # fmt: skip


def _words(found: preview.Preview) -> str:
    """The preview's sentence; without sales there is no money to tell of."""
    if found.effect.units or not found.lines or found.override.kind == Override.Kind.EXEMPT:
        return found.words
    if not found.changing:
        return f"None of {len(found.lines)} offers changes its price."
    changes = f"{len(found.changing)} of {len(found.lines)} offers change their price"
    return f"{changes}; none of them was sold in the last 30 days, so no effect on the takings can be told."
