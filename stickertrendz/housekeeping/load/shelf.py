"""Offers, their prices and views, listings on Etsy, and what came of complaints."""

import json
from collections.abc import Iterator
from decimal import Decimal

from etsy.models import Difference, Listing, Recall, SearchWeek, SetupObject, TakedownNotice, Token
from pricing.models import Offer, Override, PriceChange, StickerDay, Tier
from stickertrendz.ops import crypto

from .catalogue import Design, approved
from .plan import DAY, HOUR, MINUTE, Plan, day, moment
from .rows import Row, write

FLOORS = {"3in": "3.49", "4in": "4.49"}
INPUTS = json.dumps({
    "provider": "self_usps", "print_cost": "2.00", "shipping_cost": "0.78", "packaging_cost": "0.20", "fees": "flat",
    "margin": "0.20",
})  # fmt: skip
CHANGE = (
    "offer_id run_id status old_price new_price tier reason shipping_cost floor_price floor_inputs created_at pushed_at"
)
VIEWED = 6  # days of each design of which views are kept
PROPOSED = 40  # changes of a plan that was halted last night


class Prices:
    """What each size costs by the age of its trend, from the shop's own tiers."""

    def __init__(self) -> None:
        self.tiers = list(Tier.objects.order_by("min_days"))

    def reached(self, age: int) -> list[Tier]:
        """The tiers passed through by that age in seconds, the present one last."""
        return [tier for tier in self.tiers if tier.min_days * DAY <= age]

    def of(self, tier: Tier, size: str) -> str:
        price = tier.price_small if size == "3in" else tier.price_large
        return str(max(price, Decimal(FLOORS[size])))


def _age(plan: Plan, one: Design) -> int:
    """Seconds on the shelf, up to today or to its end."""
    return (one.until or plan.end) - one.published


def offer_key(one: Design, size: str) -> int:
    return 2 * one.key - (size == "3in")


def offers(plan: Plan, designs: list[Design], prices: Prices) -> int:
    def rows() -> Iterator[Row]:
        for one in approved(designs):
            tier = prices.reached(_age(plan, one))[-1]
            since = moment(one.published + tier.min_days * DAY)
            for size in FLOORS:
                price = prices.of(tier, size)
                yield (
                    offer_key(one, size), one.key, size, tier.name, since, price, FLOORS[size], price, since,
                    f"{tier.name} price",
                )  # fmt: skip

    columns = "id sticker_id size tier tier_since wanted_price floor_price pushed_price pushed_at reason"
    return write(Offer, columns, rows())


def price_changes(plan: Plan, designs: list[Design], prices: Prices) -> int:
    return write(PriceChange, CHANGE, _changes(plan, designs, prices))


def _changes(plan: Plan, designs: list[Design], prices: Prices) -> Iterator[Row]:
    runs, proposed = plan.runs["pricing_engine"], 0
    for one in approved(designs):
        before: dict[str, str | None] = dict.fromkeys(FLOORS)
        for tier in prices.reached(_age(plan, one)):
            at = one.published + tier.min_days * DAY
            run = runs.at(at) if tier.min_days else None
            for size in FLOORS:
                new = prices.of(tier, size)
                yield (
                    offer_key(one, size), run, "pushed", before[size], new, tier.name, f"{tier.name} price", "0.78",
                    FLOORS[size], INPUTS, moment(at), moment(at + MINUTE),
                )  # fmt: skip
                before[size] = new
        if one.shelf == "wanted" and proposed < PROPOSED:
            proposed += 1
            yield (
                offer_key(one, "3in"), runs.at(plan.end), "proposed", before["3in"], "3.99", tier.name, "viral",
                "0.78", "3.49", INPUTS, moment(plan.end - 3 * HOUR), None,
            )  # fmt: skip


def views(plan: Plan, designs: list[Design]) -> int:
    def rows() -> Iterator[Row]:
        for one in approved(designs):
            days = _age(plan, one) // DAY
            for number in range(min(days, VIEWED)):
                at = one.published + DAY * (days - number)
                yield one.key, day(at), 40 + one.key % 211 - number, one.key % 7

    return write(StickerDay, "sticker_id day views favourites", rows())


def listings(plan: Plan, designs: list[Design]) -> int:
    columns = (
        "id sticker_id etsy_id state_asked state_seen copy_asked copy_seen section_asked section_seen images_asked "
        "images_seen seen_at first_active_at fee_booked_at created_at status status_since needs_attention"
    )
    return write(Listing, columns, _listings(plan, designs))


def _listings(plan: Plan, designs: list[Design]) -> Iterator[Row]:
    """The key of a listing is its design's."""
    for one in approved(designs):
        state = "active" if one.shelf == "wanted" else "expired" if one.key % 50 == 0 else "inactive"
        at, copied = moment(one.published), f"{one.key * 104729:064x}"
        pictures = json.dumps(
            [f"listings/{kind}/{one.key:032x}.2.jpg" for kind in ("white", "laptop", "bottle", "size")]
        )
        parked = "Etsy refused this: the shop's section is full." if one.key % 9973 == 0 else ""
        yield (
            one.key, one.key, 1_900_000_000 + one.key, state, state, copied, copied, 240_002, 240_002, pictures,
            json.dumps([5_500_000_000 + 4 * one.key + rank for rank in range(4)]), moment(plan.end - HOUR), at, at,
            at, state, moment(one.until or one.published), parked,
        )  # fmt: skip


def overrides(plan: Plan, designs: list[Design]) -> int:
    def rows() -> Iterator[Row]:
        on_sale = [one for one in designs if one.shelf == "wanted"][-12:]
        for number, one in enumerate(on_sale):
            kind, percent = ("viral", None) if number % 2 else ("clearance", "-20.00")
            started = moment(plan.end - number * HOUR)
            yield kind, "sticker", one.key, "", percent, started, None, f"Sells fast no. {number}", "operator", started
        for week in range(plan.days // 7):
            at = plan.end - week * 7 * DAY - 3 * DAY
            yield (
                "holiday", "tag", None, "cute sticker", "10.00", moment(at), moment(at + 2 * DAY), "Weekend", "owner",
                moment(at),
            )  # fmt: skip

    columns = "kind scope sticker_id tag percent starts_at ends_at reason made_by created_at"
    return write(Override, columns, rows())


def complaints(plan: Plan, designs: list[Design]) -> int:
    """Most are settled; one listing is still on sale, some wait for a verdict. And a few recalls."""
    on_sale, off = (
        [one.key for one in approved(designs) if (one.shelf == "wanted") is wanted] for wanted in (True, False)
    )
    states = ["received", "down", "down", "down", "questionable", "questionable"] + ["valid", "withdrawn", "valid"] * 18

    def rows() -> Iterator[Row]:
        keys = on_sale[:1] + off[:: max(1, len(off) // 70)]
        for number, (state, key) in enumerate(zip(states, keys, strict=False)):
            at = plan.end - 5 * HOUR - number * 12 * DAY
            judged = "owner" if state in ("valid", "withdrawn") else ""
            yield (
                key, moment(at), f"Brand no. {number}", "Our mark is in the picture.", judged, state,
                moment(at + HOUR), moment(at + 2 * HOUR) if number else None,
            )  # fmt: skip

    recalls = (
        ("prompt", f"sticker_image/1.{number}", "Hands looked wrong", "owner", moment(plan.end - number * 90 * DAY), 40)
        for number in range(1, 6)
    )
    columns = "listing_id received_at complainant claim judged_by status status_since delisted_at"
    return write(TakedownNotice, columns, rows()) + write(Recall, "kind value why by at designs", recalls)


def shop(plan: Plan) -> int:
    """Its connection, its weekly figures, and what the last comparison found."""
    now = moment(plan.end)
    sealed = crypto.seal(crypto.TOKEN, "made up by seed_load; connect Etsy anew before asking it for anything")
    token = (55_500_001, 77_700_001, sealed, sealed, '["listings_r", "listings_w"]', moment(plan.end + HOUR), now, now)
    kinds = ("taxonomy", "readiness", "returns", "shipping", "size_property")
    objects = ((kind, "", 240_000 + number, now) for number, kind in enumerate(kinds, 10))
    weeks = (
        (str(monday), 2000 + week, 90_000 + 311 * week, 2_400 + 9 * week, 210, 330, f"{monday} 08:30:00")
        for week in range(plan.days // 7)
        for monday in [_monday(plan, week)]
    )
    found = (
        ("price", f"ST-{number:06d}", number, "$4.49", "$4.99", "follow", True, now)
        for number in range(1, min(40, plan.stickers))
    )
    return (
        write(Token, "shop_id user_id access_sealed refresh_sealed scopes expires_at refreshed_at created_at", [token])
        + write(SetupObject, "kind name etsy_id checked_at", objects)
        + write(SearchWeek, "monday listings views sales unbought unseen told_at", weeks)
        + write(Difference, "kind about key here there mend counts found_at", found)
    )


def _monday(plan: Plan, week: int) -> str:
    """Of that many weeks ago."""
    return day(plan.end - plan.now.weekday() * DAY - week * 7 * DAY)
