"""What designs and trends brought, counted for one page of their lists in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum
from django.http import HttpRequest

from fulfillment.models import OrderItem
from pricing.book import NOT_SOLD
from pricing.models import Offer
from stickers.models import Sticker
from trends.models import Trend

from .cells import in_words
from .quick_list import QuickList


@dataclass(frozen=True)
class Sold:
    """Units that were paid for and not given back, and what they were sold for in dollars."""

    units: int = 0
    revenue: Decimal = Decimal(0)

    def __str__(self) -> str:
        return f"{self.units} · ${self.revenue:,.2f}" if self.units else "–"


NOTHING = Sold()


def sold_by(column: str, keys: Iterable[int]) -> dict[int, Sold]:
    """By the key of `column` of an order's line, `sticker` or `sticker__trend`; what sold nothing is left out."""
    lines = OrderItem.objects.filter(**{f"{column}__in": list(keys)}, refunded=False)
    rows = lines.exclude(order__status__in=NOT_SOLD).order_by().values_list(column)
    told = rows.annotate(units=Sum("quantity"), revenue=Sum(F("quantity") * F("unit_price")))
    return {key: Sold(units, revenue) for key, units, revenue in told}


def tiers(stickers: Iterable[Sticker]) -> dict[int, str]:
    """The tiers of each design's sizes, mostly one; of what has offers."""
    rows = Offer.objects.filter(sticker__in=list(stickers)).order_by("sticker", "size")
    found: dict[int, dict[str, None]] = {}
    for key, tier in rows.values_list("sticker", "tier"):
        found.setdefault(key, {})[tier] = None
    return {key: in_words(", ".join(names)) for key, names in found.items()}


class DesignList(QuickList):
    """A page of designs, each with `sold` and `tiers`: two queries whatever its length."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        sold, found = sold_by("sticker", [row.pk for row in rows]), tiers(rows)
        for row in rows:
            row.sold, row.tiers = sold.get(row.pk, NOTHING), found.get(row.pk, "")
        self.result_list = rows


class TrendList(QuickList):
    """A page of trends, each with `posts`, `designs`, `thumbnail` and `sold`: three queries whatever its length."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        keys = [row.pk for row in rows]
        posts, sold, pictures = posts_of(keys), sold_by("sticker__trend", keys), pictures_of(keys)
        for row in rows:
            shown = pictures.get(row.pk, [])
            row.posts, row.sold, row.designs = posts.get(row.pk, 0), sold.get(row.pk, NOTHING), len(shown)
            row.thumbnail = next(filter(None, shown), "")
        self.result_list = rows


def posts_of(keys: Iterable[int]) -> dict[int, int]:
    rows: Any = Trend.signals.through.objects.filter(trend_id__in=list(keys)).order_by()
    return dict(rows.values_list("trend_id").annotate(Count("pk")))


def pictures_of(keys: Iterable[int]) -> dict[int, list[str]]:
    """The thumbnails of each trend's designs, one entry a design."""
    found: dict[int, list[str]] = {}
    for trend, key in Sticker.objects.filter(trend__in=list(keys)).order_by("pk").values_list("trend", "thumbnail_key"):
        found.setdefault(trend, []).append(key)
    return found
