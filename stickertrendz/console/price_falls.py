"""What is left of a price, step by step, as bars: of any sale, and of one that an Offsite Ad brought."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from fulfillment import costs
from fulfillment.costs import UnitCost
from fulfillment.fees import FEES
from pricing import rules
from pricing.effect import signed, waterfall
from pricing.rules import Waterfall
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.money import ZERO
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Metric

YEAR = timedelta(days=365)
STEPS = (
    ("Etsy’s fees", "fees"), ("Offsite Ads", "ads"), ("Print", "print_cost"), ("Postage", "shipping_cost"),
    ("Packaging", "packaging_cost"), ("Profit", "profit"),
)  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One step of a waterfall; start and width are percent of the price."""

    amount: Decimal
    start: float
    width: float
    kind: str

    @property
    def words(self) -> str:
        """What is taken and what is left need no plus."""
        return signed(self.amount).removeprefix("+") if self.amount else "–"


def of_design(sticker: Sticker) -> list[dict[str, Any]]:
    """The waterfall of each size; none where a cost is not known."""
    rate, known, found = ads_rate(), costs.table(), []
    for offer in sticker.offers.all():
        try:
            cost = costs.dearest(known, offer.size)
        except NeedsPerson:
            continue
        found.append({"offer": offer, **of(offer.wanted_price, cost, rate)})
    return found


def of(price: Decimal, cost: UnitCost, rate: Decimal) -> dict[str, Any]:
    """The waterfall as Etsy's fees really are, of any sale and of one that an Offsite Ad brought."""
    plain = waterfall(price, cost, FEES["full"])
    with_ads = waterfall(price, cost, FEES["full"], rate)
    names = [name for name, _ in STEPS]
    return {"falls": list(zip(names, bars(plain), bars(with_ads), strict=True)), "ads_share": int(rate * 100),
            "loses": with_ads.profit < 0}  # fmt: skip


def ads_rate() -> Decimal:
    """What Etsy takes of a sale by an Offsite Ad, by the revenue measured day by day in a year."""
    days = Metric.objects.filter(name="gross_revenue", day__gt=clock.today() - YEAR)
    return rules.offsite_ads_rate(days.aggregate(sum=Sum("value"))["sum"] or ZERO)


def bars(fall: Waterfall) -> list[Bar]:
    """What each step takes of the price, from the right to the left; a loss is drawn from the left edge."""
    left, drawn = fall.price, []
    for _, name in STEPS[:-1]:
        amount = getattr(fall, name)
        left -= amount
        drawn.append(Bar(-amount, *_span(left, amount, fall.price), "cost"))
    kind = "loss" if fall.profit < 0 else "profit"
    return [*drawn, Bar(fall.profit, *_span(ZERO, abs(fall.profit), fall.price), kind)]


def _span(start: Decimal, width: Decimal, price: Decimal) -> tuple[float, float]:
    """Percent of the price, within it."""
    first, last = max(start, ZERO), min(max(start + width, ZERO), price)
    return round(float(first / price * 100), 1), round(float((last - first) / price * 100), 1)
