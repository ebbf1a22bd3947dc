"""The page of how the shop is found and bought from: today's figures above, one row per week below."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from etsy import seo
from etsy.models import SearchWeek
from stickertrendz import clock

from .rows import ReadOnlyAdmin

MOST = 300  # listings on the page


@admin.register(SearchWeek)
class SearchWeekAdmin(ReadOnlyAdmin):
    about = (
        "How the shop is found and bought from: what is seen and not bought, what is hardly seen, and which tags "
        "bring views. Each line offers its next step; below are the figures of each week that was mailed."
    )
    list_display = ("__str__", "listings", "views", "sales", "conversion", "many_unbought", "rarely_seen", "told_at")
    list_display_links = None
    search_fields = ("monday",)
    list_before_template = "console/etsy/seo.html"

    @display(description="sales per 100 views")
    def conversion(self, week: SearchWeek) -> str:
        value = seo.percent(week.sales, week.views)
        return "–" if value is None else str(value)

    @display(description="seen, not bought")
    def many_unbought(self, week: SearchWeek) -> str:
        return "too few data" if week.unbought is None else str(week.unbought)

    @display(description="hardly seen")
    def rarely_seen(self, week: SearchWeek) -> str:
        return "too few data" if week.unseen is None else str(week.unseen)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        facts = {"report": seo.report(clock.today()), "shown": seo.SHOWN, "most": MOST, "enough": seo.ENOUGH,
                 "enough_of_a_tag": seo.ENOUGH_OF_A_TAG}  # fmt: skip
        return super().changelist_view(request, {**(extra_context or {}), **facts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The list shows all there is to know of a week: mails lead here."""
        return HttpResponseRedirect(reverse("admin:etsy_searchweek_changelist"))
