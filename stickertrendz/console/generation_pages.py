"""Pages of the pictures bought."""

from django.contrib import admin
from unfold.decorators import display

from stickers import models as stickers

from .cells import COLOURS
from .rows import WorkAdmin


@admin.register(stickers.Generation)
class GenerationAdmin(WorkAdmin):
    list_display = (
        "trend",
        "variant",
        "try_no",
        "how",
        "composition",
        "predict_seconds",
        "failed_checks",
        "created_at",
        "needs_attention",
    )
    list_filter = ("status",)
    list_select_related = ("trend",)
    search_fields = ("trend__topic", "prompt", "prediction_id")
    date_hierarchy = "created_at"

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, generation: stickers.Generation) -> tuple[str, str]:
        return generation.status, generation.get_status_display()

    @display(description="failed checks")
    def failed_checks(self, generation: stickers.Generation) -> str:
        return ", ".join(str(failure) for failure in generation.failures) or "–"
