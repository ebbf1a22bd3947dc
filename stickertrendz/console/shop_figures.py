"""What listings sold and what is left of prices, worked out for one page of their lists in a few queries."""

from typing import Any

from django.http import HttpRequest

from fulfillment import costs
from fulfillment.costs import UnitCost
from fulfillment.fees import FEES
from pricing.effect import signed, waterfall
from pricing.models import Offer
from stickertrendz.ops.errors import NeedsPerson

from .design_figures import NOTHING, sold_by
from .quick_list import QuickList

Costs = dict[str, UnitCost]


def dearest(sizes: Any) -> Costs:
    """The dearest way of sending each size, as the floor has it; what is not known is left out. Two queries."""
    known, found = costs.table(), {}
    for size in sizes:
        try:
            found[size] = costs.dearest(known, size)
        except NeedsPerson:
            continue
    return found


def left(offer: Offer, known: Costs) -> str:
    """Dollars left of a sale and their share of the price, by Etsy's fees as they really are; no ad brought it."""
    if offer.size not in known:
        return "–"
    profit = waterfall(offer.wanted_price, known[offer.size], FEES["full"]).profit
    return f"{signed(profit).removeprefix('+')} ({profit / offer.wanted_price * 100:.0f} %)"


class OfferList(QuickList):
    """A page of offers, each with `left_of_sale`."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        known = dearest({row.size for row in rows})
        for row in rows:
            row.left_of_sale = left(row, known)
        self.result_list = rows


class ListingList(QuickList):
    """A page of listings, each with `brought`, what its design sold, and `left`, what is left of each of its prices."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        sold = sold_by("sticker", [row.sticker_id for row in rows])
        known = dearest({offer.size for row in rows for offer in row.sticker.offers.all()})
        for row in rows:
            row.brought = sold.get(row.sticker_id, NOTHING)
            row.left = {offer.pk: left(offer, known) for offer in row.sticker.offers.all()}
        self.result_list = rows
