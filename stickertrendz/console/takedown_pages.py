"""Pages of the complaints: a notice is recorded, its listing taken down, and judged."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.decorators import display

from etsy import models as etsy
from etsy import takedown
from stickertrendz.ops.errors import Beaten, IllegalMove

from .blocklist_forms import ReasonForm
from .cells import COLOURS
from .rows import WorkAdmin


@admin.register(etsy.TakedownNotice)
class TakedownAdmin(WorkAdmin):
    list_display = ("listing", "complainant", "how", "received_at", "delisted_at", "needs_attention")
    list_filter = ("status",)
    list_select_related = ("listing__sticker__trend",)
    search_fields = ("complainant", "claim")
    actions = ("drop_complaints", "try_again")

    @admin.action(description="The complaint was withdrawn", permissions=["operate"])
    def drop_complaints(self, request: HttpRequest, rows: QuerySet[etsy.TakedownNotice]) -> HttpResponse | None:
        """Asks first, as there is no way back from this verdict."""
        form = ReasonForm(request.POST if "why" in request.POST else None)
        if not form.is_valid():
            told = {"title": "Withdrawn complaints", "notices": rows, "form": form, "opts": self.opts}
            context = {**self.admin_site.each_context(request), **told}
            return TemplateResponse(request, "console/blocklists/complaints.html", context)
        for notice in rows:
            try:
                takedown.drop(notice, by=request.user.get_username(), why=form.cleaned_data["why"])
                messages.success(request, f"{notice}: withdrawn. The design waits for your word under Re-scans.")
            except (Beaten, IllegalMove) as refusal:
                messages.warning(request, str(refusal))
        return None

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, notice: etsy.TakedownNotice) -> tuple[str, str]:
        return notice.status, notice.get_status_display()
