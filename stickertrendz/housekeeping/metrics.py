"""The figures of one day, measured from rows and kept, so that a trend is seen after the rows are gone."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, DecimalField, F, Max, Q, QuerySet, Sum

from etsy.models import Listing
from fulfillment import costs
from fulfillment.fees import FEES
from fulfillment.models import Order, OrderItem, PrintJob
from pricing.book import paid
from pricing.models import PriceChange
from stickers.models import Generation, SampledDesign, Sticker
from stickertrendz import clock, money
from stickertrendz.ops.models import Call, ErrorLog, Metric, Run
from trends.models import Trend

LISTING_FEE = Decimal("0.20")
NEVER_PAID = (Order.Status.PENDING, Order.Status.CANCELLED)
MINUTELY = ("heartbeat", "send_mail")  # so many that they would hide how the others fare


def span(day: date) -> tuple[datetime, datetime]:
    """The UTC day as a half-open span."""
    start = datetime.combine(day, time(0), UTC)
    return start, start + timedelta(days=1)


def measure(day: date) -> dict[str, Decimal]:
    """All figures of the day, written over what an earlier measuring of it gave."""
    figures = {**takings(*span(day)), **_work(day), **spending(*span(day))}
    if day == clock.today():
        figures["active_listings"] = Decimal(Listing.objects.filter(status="active").count())
    return keep(day, figures)


def keep(day: date, figures: dict[str, Decimal]) -> dict[str, Decimal]:
    """Writes figures of the day over those of the same names."""
    rows = [Metric(day=day, name=name, value=Decimal(value)) for name, value in figures.items()]
    Metric.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day", "name"], update_fields=["value"])
    return figures


def sold(start: datetime, end: datetime) -> QuerySet[OrderItem]:
    """Lines sold in the span; refunded, unpaid and cancelled ones don't count."""
    lines = OrderItem.objects.filter(sold_at__gte=start, sold_at__lt=end, refunded=False)
    return paid(lines)


def sales(start: datetime, end: datetime) -> dict[str, Decimal]:
    """Orders and units sold in the span, and what they brought: after coupons and what was paid back."""
    items = sold(start, end)
    orders = Order.objects.filter(pk__in=items.order_by().values("order"))
    kept = Sum(F("total_amount") - F("refunded_amount"), output_field=DecimalField())
    sums = {**items.aggregate(units=Sum("quantity")), **orders.aggregate(orders=Count("pk"), revenue=kept)}
    return {name: Decimal(amount or 0) for name, amount in sums.items()}


def takings(start: datetime, end: datetime) -> dict[str, Decimal]:
    """What was sold in the span, what was paid back of it, and what Etsy, print and post took."""
    sums, costs_of = sales(start, end), _cost_of_goods(sold(start, end))
    fees, cogs = _fees(sums), money.total(costs_of.values())
    average = sums["revenue"] / sums["orders"] if sums["orders"] else money.ZERO
    return {
        "orders": sums["orders"], "units": sums["units"], "gross_revenue": money.cents(sums["revenue"]), "cogs": cogs,
        "etsy_fees": fees, "estimated_profit": money.cents(sums["revenue"]) - cogs - fees,
        "average_order_value": money.cents(average), **costs_of, **_not_kept(start, end, sums["revenue"]),
    }  # fmt: skip


def _not_kept(start: datetime, end: datetime, revenue: Decimal) -> dict[str, Decimal]:
    """Coupons, and what was paid and then paid back, of orders of the span."""
    lines = OrderItem.objects.filter(sold_at__gte=start, sold_at__lt=end)
    paid = Order.objects.filter(pk__in=lines.order_by().values("order")).exclude(status__in=NEVER_PAID)
    sums = paid.aggregate(paid=Sum("total_amount"), coupons=Sum("discount"))
    return {
        "coupons": money.cents(sums["coupons"] or money.ZERO),
        "refunds": money.cents((sums["paid"] or money.ZERO) - revenue),
    }


def _cost_of_goods(items: QuerySet[OrderItem]) -> dict[str, Decimal]:
    """Print, postage and packaging by the provider of each order, one row per provider and size."""
    table = costs.table()
    groups = items.order_by().values("order__fulfillment_provider", "size").annotate(units=Sum("quantity"))
    spent = dict.fromkeys(("print_cost", "postage", "packaging"), money.ZERO)
    for row in groups:
        provider = row["order__fulfillment_provider"] or settings.FULFILLMENT_PROVIDER
        if cost := table.get((provider, row["size"])):
            spent["print_cost"] += cost.print_cost * row["units"]
            spent["postage"] += cost.shipping_cost * row["units"]
            spent["packaging"] += cost.packaging_cost * row["units"]
    return {name: money.cents(amount) for name, amount in spent.items()}


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
        "prices_updated": pushed.filter(old_price__isnull=False).count(),
        "stickers_archived": archived.count(),
        "errors": ErrorLog.objects.filter(severity="error", **within).count(),
        **_runs(since, until),
        **_attempts(since, until),
    }
    return {name: Decimal(count) for name, count in counts.items()}


def _attempts(since: datetime, until: datetime) -> dict[str, int]:
    """How often pictures, drafts and print orders were tried, how often it went well, and what the samples found."""
    within: dict[str, Any] = {"at__gte": since, "at__lt": until}
    drawn = Generation.objects.filter(status_since__gte=since, status_since__lt=until)
    drafts = Call.objects.filter(service="etsy", operation="createDraftListing", **within).order_by()
    prints = PrintJob.objects.filter(copy=1, created_at__gte=since, created_at__lt=until).exclude(status="cancelled")
    failed = Call.objects.filter(operation="orders.submit", **within).exclude(outcome="done").order_by()
    judged = SampledDesign.objects.filter(judged_at__gte=since, judged_at__lt=until).exclude(verdict="")
    return {
        "pictures_tried": drawn.filter(status__in=["passed", "quality_failed", "failed"]).count(),
        "pictures_passed": drawn.filter(status="passed").count(),
        "listings_tried": drafts.values("subject").distinct().count(),
        "listings_made": drafts.filter(outcome="done").values("subject").distinct().count(),
        "prints_due": prints.count(),
        "prints_failed_first": failed.values("subject").distinct().count(),
        "samples_judged": judged.count(),
        "samples_wrong": judged.filter(verdict="wrong").count(),
    }


def _runs(since: datetime, until: datetime) -> dict[str, int]:
    """Runs that ended, and those of them that failed."""
    ended = Run.objects.filter(started_at__gte=since, started_at__lt=until).exclude(workflow__in=MINUTELY)
    failed = Count("pk", filter=Q(status__in=[Run.Status.FAILED, Run.Status.ABANDONED]))
    return ended.exclude(status=Run.Status.RUNNING).order_by().aggregate(runs=Count("pk"), runs_failed=failed)


def spending(since: datetime, until: datetime) -> dict[str, Decimal]:
    """AI in dollars, listing fees in dollars, and calls at Etsy."""
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
