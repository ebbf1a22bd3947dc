"""The page of budgets, caps, quotas and breakers: how much is used, and when a resting service is tried again."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from stickertrendz import clock, money
from stickertrendz.ops import models as ops

from .rows import ReadOnlyAdmin

DOLLARS = {"ai", "listing_fees"}  # counted in micro-dollars
BREAKERS, PACES = Q(name__startswith="breaker:"), Q(name__startswith="pace:")


class Kind(admin.SimpleListFilter):
    title, parameter_name = "kind", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("limit", "Budgets, caps and quotas"), ("breaker", "Breakers"), ("pace", "Pace of requests")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kinds = {"limit": ~BREAKERS & ~PACES, "breaker": BREAKERS, "pace": PACES}
        return queryset.filter(kinds.get(self.value() or "", Q()))


@admin.register(ops.Meter)
class MeterAdmin(ReadOnlyAdmin):
    about = (
        "What may still be spent, sent and sold: each budget, cap and quota with its window, and each service's "
        "breaker. A limit is changed in the settings; a breaker closes by itself when its service answers again."
    )
    list_display = ("what", "window", "level", "amount", "state")
    list_filter = (Kind,)
    search_fields = ("name",)
    readonly_fields = ("what", "level", "amount", "state")
    fieldsets = ((None, {"fields": ("what", "window", "level", "amount", "state", "name")}),)

    @display(description="what", ordering="name")
    def what(self, meter: ops.Meter) -> str:
        kind, _, service = meter.name.partition(":")
        name = service.replace("_", " ").capitalize()
        if service:
            return f"{name}: {'breaker' if kind == 'breaker' else 'pace of requests'}"
        told = settings.METERS.get(meter.name, {}).get("tells", meter.name)
        return f"{told[:1].upper()}{told[1:]}"

    @display(description="used")
    def level(self, meter: ops.Meter) -> SafeString | str:
        limit = _limit(meter)
        if not limit:
            return "–"
        used = meter.used + meter.reserved
        return format_html(
            '<meter min="0" max="{}" high="{}" value="{}" title="{} %"></meter>',
            limit, limit * 4 // 5, min(used, limit), 100 * used // limit,
        )  # fmt: skip

    @display(description="of")
    def amount(self, meter: ops.Meter) -> str:
        limit = _limit(meter)
        if not limit:
            return f"{meter.used:,} failures in a row" if meter.name.startswith("breaker:") else "–"
        if meter.name in DOLLARS:
            used, most = (money.cents(money.from_micro(part)) for part in (meter.used + meter.reserved, limit))
            return f"${used} of ${most}"
        return f"{meter.used + meter.reserved:,} of {limit:,}"

    @display(description="now")
    def state(self, meter: ops.Meter) -> str:
        if not meter.name.startswith("breaker:"):
            limit = _limit(meter)
            return "used up" if limit and meter.used + meter.reserved >= limit else "–"
        if meter.until is None:
            return "closed: requests go out"
        if meter.until > clock.now():
            return f"open: try again at {meter.until:%H:%M} UTC"
        return "half open: the next request tries it out"


def _limit(meter: ops.Meter) -> int | None:
    """What the service told of its own limit, else what the settings say; breakers and paces have none."""
    if meter.limit is not None:
        return meter.limit
    configured: int | None = settings.METERS.get(meter.name, {}).get("limit")
    return configured
