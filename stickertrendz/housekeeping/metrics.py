"""The figures of one day, measured from rows and kept, so that a trend is seen after the rows are gone."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, DecimalField, F, Max, QuerySet, Sum

from etsy.models import Listing
from fulfillment import costs
from fulfillment.fees import FEES
from fulfillment.models import Order, OrderItem
from pricing.book import NOT_SOLD
from pricing.models import PriceChange
from stickers.models import Generation, Sticker
from stickertrendz import money
from stickertrendz.ops.models import Call, ErrorLog, Metric
from trends.models import Trend

LISTING_FEE = Decimal("0.20")


def span(day: date) -> tuple[datetime, datetime]:
    """The UTC day as a half-open span."""
    start = datetime.combine(day, time(0), UTC)
    return start, start + timedelta(days=1)


def measure(day: date) -> dict[str, Decimal]:
    """All figures of the day, written over what an earlier measuring of it gave."""
    figures = {**_money(day), **_work(day), **_spending(day)}
    rows = [Metric(day=day, name=name, value=Decimal(value)) for name, value in figures.items()]
    Metric.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day", "name"], update_fields=["value"])
    return figures


def sold(start: datetime, end: datetime) -> QuerySet[OrderItem]:
    """Lines sold in the span; refunded, unpaid and cancelled ones don't count."""
    lines = OrderItem.objects.filter(sold_at__gte=start, sold_at__lt=end, refunded=False)
    return lines.exclude(order__status__in=NOT_SOLD)


def sales(start: datetime, end: datetime) -> dict[str, Decimal]:
    """Orders and units sold in the span, and what they brought: after coupons and what was paid back."""
    items = sold(start, end)
    orders = Order.objects.filter(pk__in=items.order_by().values("order"))
    kept = Sum(F("total_amount") - F("refunded_amount"), output_field=DecimalField())
    sums = {**items.aggregate(units=Sum("quantity")), **orders.aggregate(orders=Count("pk"), revenue=kept)}
    return {name: Decimal(amount or 0) for name, amount in sums.items()}


def _money(day: date) -> dict[str, Decimal]:
    sums = sales(*span(day))
    items = sold(*span(day))
    cogs, fees = _cost_of_goods(items), _fees(sums)
    average = sums["revenue"] / sums["orders"] if sums["orders"] else money.ZERO
    return {
        "orders": sums["orders"], "units": sums["units"], "gross_revenue": money.cents(sums["revenue"]), "cogs": cogs,
        "etsy_fees": fees, "estimated_profit": money.cents(sums["revenue"]) - cogs - fees,
        "average_order_value": money.cents(average),
    }  # fmt: skip


def _cost_of_goods(items: QuerySet[OrderItem]) -> Decimal:
    """Print, postage and packaging by the provider of each order, one row per provider and size."""
    table = costs.table()
    groups = items.values("order__fulfillment_provider", "size").annotate(units=Sum("quantity"))
    amount = money.ZERO
    for row in groups:
        provider = row["order__fulfillment_provider"] or settings.FULFILLMENT_PROVIDER
        if cost := table.get((provider, row["size"])):
            amount += cost.total * row["units"]
    return money.cents(amount)


def _fees(sums: dict[str, Decimal]) -> Decimal:
    fees = FEES[settings.ETSY_FEES]
    return money.cents(fees.of(sums["revenue"], int(sums["units"]), int(sums["orders"])))


def _work(day: date) -> dict[str, Decimal]:
    since, until = span(day)
    within: dict[str, Any] = {"created_at__gte": since, "created_at__lt": until}
    pushed = PriceChange.objects.filter(status="pushed", pushed_at__gte=since, pushed_at__lt=until)
    archived = Sticker.objects.filter(shelf="archived", shelf_since__gte=since, shelf_since__lt=until)
    live = Listing.objects.filter(first_active_at__gte=since, first_active_at__lt=until)
    qualifying = Trend.objects.filter(
        score_overall__gte=settings.TREND_SCORE_THRESHOLD, score_safety__gte=settings.MIN_TREND_SAFETY, **within
    )
    counts = {
        "trends_discovered": qualifying.count(),
        "stickers_generated": Sticker.objects.filter(**within).count(),
        "pictures_failed_quality": Generation.objects.filter(status="quality_failed", **within).count(),
        "stickers_published": live.count(),
        "active_listings": Listing.objects.filter(status="active").count(),
        "prices_updated": pushed.filter(old_price__isnull=False).count(),
        "stickers_archived": archived.count(),
        "errors": ErrorLog.objects.filter(severity="error", **within).count(),
    }
    return {name: Decimal(count) for name, count in counts.items()}


def _spending(day: date) -> dict[str, Decimal]:
    since, until = span(day)
    calls = Call.objects.filter(at__gte=since, at__lt=until)
    spent = calls.aggregate(total=Sum("cost_micro"))["total"] or 0
    fees = Listing.objects.filter(fee_booked_at__gte=since, fee_booked_at__lt=until).count() * LISTING_FEE
    etsy = calls.filter(service="etsy").exclude(outcome="cancelled").count()
    return {"ai_spend": money.from_micro(spent), "listing_fees": fees, "etsy_calls": Decimal(etsy)}


def top_performer(start: datetime, end: datetime) -> tuple[str, int]:
    """Title and units of the design that sold most in the span; ("", 0) when nothing sold."""
    items = sold(start, end).filter(sticker__isnull=False)
    best = (
        items.values("sticker")
        .annotate(units=Sum("quantity"), title=Max("sticker__title"))
        .order_by("-units", "sticker")
    )
    row = best.first()
    return (row["title"], row["units"]) if row else ("", 0)
