"""What the demo's shop made, sold and spent, read back from its rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from rich.console import Console
from rich.table import Table

from etsy.models import Listing
from fulfillment.models import Order
from pricing.models import PriceChange
from stickers.models import Generation, Sticker
from stickertrendz import money
from stickertrendz.ops.models import Call, ErrorLog
from trends.models import Trend

from . import metrics

PRINTING = ("sent_to_print", "print_confirmed", "shipped", "delivered")


@dataclass(frozen=True)
class Result:
    """Listings live now; trends that qualified, orders, print jobs and errors of the business day."""

    listings: int
    qualified: int
    orders: int
    printed: int
    errors: int

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def line(self) -> str:
        if self.ok and not self.qualified:
            return "DEMO: nothing qualified"
        return (
            f"DEMO {'OK' if self.ok else 'FAILED'}: {self.listings} listings live, {self.orders} orders received, "
            f"{self.printed} sent to print, {self.errors} errors"
        )


def result(since: datetime) -> Result:
    orders = Order.objects.filter(ordered_at__gte=since)
    return Result(
        listings=Listing.objects.filter(status="active").count(),
        qualified=_qualified(Trend.objects.filter(scored_at__gte=since)).count(),
        orders=orders.count(),
        printed=orders.filter(status__in=PRINTING).count(),
        errors=ErrorLog.objects.filter(severity="error", created_at__gte=since).count(),
    )


def _qualified(scored: QuerySet[Trend]) -> QuerySet[Trend]:
    return scored.exclude(status__in=["watching", "unsafe"])


def counts(since: datetime, until: datetime) -> str:
    """One day in a line."""
    made = {"created_at__gte": since, "created_at__lt": until}
    numbers = {
        "trends": Trend.objects.filter(scored_at__gte=since, scored_at__lt=until).count(),
        "pictures": Generation.objects.filter(**made).count(),
        "designs": Sticker.objects.filter(**made).count(),
        "listings": Listing.objects.filter(first_active_at__gte=since, first_active_at__lt=until).count(),
        "orders": Order.objects.filter(ordered_at__gte=since, ordered_at__lt=until).count(),
    }
    return ", ".join(f"{number:2} {name}" for name, number in numbers.items())


def show(console: Console, now: datetime, past_days: int, seconds: float) -> None:
    """The table of what was made and spent: the business day beside all days."""
    day, start = now - timedelta(days=1), now - timedelta(days=past_days + 1)
    table = Table(title=f"The business day took {seconds:.0f} s", title_justify="left")
    table.add_column("")
    table.add_column("that day", justify="right")
    table.add_column(f"all {past_days + 1} days", justify="right")
    for (name, today), (_, ever) in zip(_rows(day, now), _rows(start, now), strict=True):
        table.add_row(name, today, ever)
    console.print(table)


def _rows(since: datetime, until: datetime) -> list[tuple[str, str]]:
    made = {"created_at__gte": since, "created_at__lt": until}
    scored = Trend.objects.filter(scored_at__gte=since, scored_at__lt=until)
    sales = metrics.sales(since, until)
    fees = Listing.objects.filter(fee_booked_at__gte=since, fee_booked_at__lt=until).count()
    moved = PriceChange.objects.filter(
        status="pushed", old_price__isnull=False, pushed_at__gte=since, pushed_at__lt=until
    )
    calls = Call.objects.filter(at__gte=since, at__lt=until)
    spent = calls.aggregate(total=Sum("cost_micro"))["total"] or 0
    return [
        ("Trends scored", str(scored.count())),
        ("Trends that qualified", str(_qualified(scored).count())),
        ("Pictures bought", str(Generation.objects.filter(**made).exclude(prediction_id="").count())),
        ("Pictures refused by quality", str(Generation.objects.filter(status="quality_failed", **made).count())),
        ("Designs approved", str(Sticker.objects.filter(status="approved", **made).count())),
        (
            "Designs flagged or rejected",
            str(Sticker.objects.filter(status__in=["flagged", "rejected"], **made).count()),
        ),
        (
            "Listings published",
            str(Listing.objects.filter(first_active_at__gte=since, first_active_at__lt=until).count()),
        ),
        ("Stickers sold", str(sales["units"])),
        ("Revenue", f"${money.cents(sales['revenue'])}"),
        ("Prices moved", str(moved.count())),
        ("AI spend", f"${money.from_micro(spent)}"),
        ("Listing fees", f"${money.cents(fees * metrics.LISTING_FEE)}"),
        ("Calls to outside services", str(calls.count())),
    ]
