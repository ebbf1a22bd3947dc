"""What a listing brought: its views and its sales, for the list."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from fulfillment.models import OrderItem
from pricing.book import paid
from pricing.models import StickerDay


def with_figures(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `views`, the last total Etsy told, and `sold`, units that were paid for and not given back."""
    days = StickerDay.objects.filter(sticker=OuterRef("sticker"), views__isnull=False).order_by("-day")
    lines = OrderItem.objects.filter(sticker=OuterRef("sticker"), refunded=False)
    units = paid(lines).order_by().values("sticker").annotate(units=Sum("quantity"))
    told: QuerySet[Any] = rows.annotate(
        views=Subquery(days.values("views")[:1]), sold=Coalesce(Subquery(units.values("units")), 0)
    )
    return told
