"""Every rule of prices at its edges."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from fulfillment.fees import FEES
from pricing import rules
from pricing.rules import Adjustment, Span

D = Decimal
NOW = datetime(2026, 11, 1, tzinfo=UTC)
TIERS = [
    Span("just_dropped", 0, 3, D("5.49"), D("6.49")),
    Span("trending", 3, 14, D("4.49"), D("5.49")),
    Span("cooling", 14, 30, D("3.49"), D("4.49")),
    Span("evergreen", 30, None, D("3.49"), D("4.49")),
]
JUST_DROPPED, TRENDING, COOLING, EVERGREEN = TIERS
FLAT = FEES["flat"]
SECOND = timedelta(seconds=1)


def adjustment(
    scope: str = "sticker", *, kind: str = "fixed", percent: str = "", price: str = "", days_ago: int = 1
) -> Adjustment:
    return Adjustment(
        kind, scope, NOW - timedelta(days=days_ago), D(percent) if percent else None, D(price) if price else None, "why"
    )


@pytest.mark.parametrize(
    ("print_cost", "shipping", "packaging", "floor"),
    [
        ("1.50", "0.78", "0.15", "3.49"),  # 3" by ourselves
        ("2.00", "0.78", "0.20", "4.49"),  # 4" by ourselves
        ("1.50", "0.00", "0.00", "2.49"),  # 3" at Sticker Mule
        ("2.00", "0.00", "0.00", "2.99"),  # 4" at Sticker Mule
    ],
)
def test_the_floor_is_cost_over_fee_over_margin_rounded_up(
    print_cost: str, shipping: str, packaging: str, floor: str
) -> None:
    found = rules.floor_price(
        print_cost=D(print_cost),
        shipping_cost=D(shipping),
        packaging_cost=D(packaging),
        fee_rate=D("0.10"),
        margin=D("0.20"),
    )
    assert found == D(floor)


def test_a_floor_that_is_exactly_a_charm_price_stays_there() -> None:
    exact = D("3.49") * D("0.9") * D("0.8")
    zero = D(0)
    costs = {"shipping_cost": zero, "packaging_cost": zero, "fee_rate": D("0.10"), "margin": D("0.20")}
    assert rules.floor_price(print_cost=exact, **costs) == D("3.49")
    assert rules.floor_price(print_cost=exact + D("0.0001"), **costs) == D("3.99")


@pytest.mark.parametrize(
    ("price", "print_cost", "shipping", "packaging", "fees", "cost", "profit", "percent"),
    [
        ("4.49", "1.50", "0.00", "0.00", "0.45", "1.95", "2.54", 57),
        ("5.49", "2.00", "0.00", "0.00", "0.55", "2.55", "2.94", 54),
        ("4.49", "1.50", "0.78", "0.15", "0.45", "2.88", "1.61", 36),
        ("5.49", "2.00", "0.78", "0.20", "0.55", "3.53", "1.96", 36),
    ],
)
def test_the_waterfall_gives_the_owners_example_table(
    price: str, print_cost: str, shipping: str, packaging: str, fees: str, cost: str, profit: str, percent: int
) -> None:
    fall = rules.waterfall(
        D(price), print_cost=D(print_cost), shipping_cost=D(shipping), packaging_cost=D(packaging), fees=FLAT
    )
    assert (fall.fees, fall.cost, fall.profit, round(fall.margin * 100)) == (D(fees), D(cost), D(profit), percent)


@pytest.mark.parametrize(
    ("price", "fees", "sales", "taken", "ads", "profit"),
    [
        ("4.49", "flat", None, "0.45", "0", "1.61"),
        ("4.49", "full", None, "0.88", "0", "1.18"),  # 9.5 % and 45 cents
        ("4.49", "full", "0", "0.88", "0.67", "0.51"),  # 15 % while the shop is small
        ("4.49", "full", "9999.99", "0.88", "0.67", "0.51"),
        ("4.49", "full", "10000", "0.88", "0.54", "0.64"),  # 12 % from there on
        ("3.49", "full", "0", "0.78", "0.52", "-0.24"),  # at the flat floor an advertised sale loses money
        ("3.99", "full", "0", "0.83", "0.60", "0.13"),  # at the floor of the full fees it does not
        ("900.00", "flat", "0", "90.00", "100", "707.57"),  # never more than $100 an order
    ],
)
def test_fees_by_scheme_and_offsite_ads_are_taken_off(
    price: str, fees: str, sales: str | None, taken: str, ads: str, profit: str
) -> None:
    fall = rules.waterfall(
        D(price),
        print_cost=D("1.50"),
        shipping_cost=D("0.78"),
        packaging_cost=D("0.15"),
        fees=FEES[fees],
        ads_rate=D(0) if sales is None else rules.offsite_ads_rate(D(sales)),
    )
    assert (fall.fees, fall.ads, fall.profit) == (D(taken), D(ads), D(profit))


@pytest.mark.parametrize(
    ("print_cost", "shipping", "packaging", "floor"),
    [
        ("1.50", "0.78", "0.15", "3.99"),  # (2.43 + 0.45) / 0.905 / 0.8 = 3.978
        ("2.00", "0.78", "0.20", "4.99"),  # (2.98 + 0.45) / 0.905 / 0.8 = 4.738
        ("1.50", "0.00", "0.00", "2.99"),
        ("2.00", "0.00", "0.00", "3.49"),
    ],
)
def test_the_floor_of_the_full_fees_pays_the_cents_of_each_sale_too(
    print_cost: str, shipping: str, packaging: str, floor: str
) -> None:
    full = FEES["full"]
    costs = {"print_cost": D(print_cost), "shipping_cost": D(shipping), "packaging_cost": D(packaging)}
    found = rules.floor_price(**costs, fee_rate=full.rate, margin=D("0.20"), fixed_fee=full.fixed)
    assert found == D(floor)


@pytest.mark.parametrize(
    ("on_sale", "fees"),
    [("0", "0.20"), ("119", "0.20"), ("120", "0.20"), ("120.1", "0.40"), ("240", "0.40"), ("365", "0.80")],
)
def test_a_slot_costs_a_listing_fee_for_each_four_months_begun(on_sale: str, fees: str) -> None:
    assert rules.listing_fees(timedelta(days=float(on_sale))) == D(fees)


@pytest.mark.parametrize(
    ("days", "just_before", "at_the_edge"),
    [(3, "just_dropped", "trending"), (14, "trending", "cooling"), (30, "cooling", "evergreen")],
)
def test_the_lower_end_of_a_tier_belongs_to_it_and_the_upper_does_not(
    days: int, just_before: str, at_the_edge: str
) -> None:
    age = timedelta(days=days)
    assert rules.tier_of(age - SECOND, TIERS).name == just_before
    assert rules.tier_of(age, TIERS).name == at_the_edge
    assert rules.tier_of(age + SECOND, TIERS).name == at_the_edge


def test_a_trend_of_this_second_or_of_a_second_from_now_has_just_dropped() -> None:
    assert [rules.tier_of(age, TIERS).name for age in (-SECOND, timedelta(0), SECOND)] == ["just_dropped"] * 3


def test_a_gap_in_the_price_table_is_told() -> None:
    with pytest.raises(LookupError, match="no tier for an age of 5 days"):
        rules.tier_of(timedelta(days=5), [JUST_DROPPED, COOLING])


@pytest.mark.parametrize(("units", "kept"), [(0, "cooling"), (9, "cooling"), (10, "trending"), (11, "trending")])
def test_the_tenth_unit_holds_the_tier_and_the_ninth_does_not(units: int, kept: str) -> None:
    assert rules.tier_kept("trending", "cooling", units) == kept


@pytest.mark.parametrize(
    ("amount", "up", "nearest"),
    [
        ("0", "0.49", "0.49"),
        ("0.49", "0.49", "0.49"),
        ("0.50", "0.99", "0.49"),
        ("3.73", "3.99", "3.49"),
        ("3.74", "3.99", "3.99"),  # a tie goes up
        ("3.49", "3.49", "3.49"),
        ("3.491", "3.99", "3.49"),
        ("6.3135", "6.49", "6.49"),
        ("-1", "0.49", "0.49"),
    ],
)
def test_charm_prices_are_found_upwards_and_nearest(amount: str, up: str, nearest: str) -> None:
    assert (rules.charm_up(D(amount)), rules.charm_nearest(D(amount))) == (D(up), D(nearest))


@pytest.mark.parametrize(
    ("scopes", "winner"),
    [
        (["tier", "tag", "sticker", "offer"], "offer"),
        (["tier", "sticker", "tag"], "sticker"),
        (["tag", "tier"], "tag"),
        (["tier"], "tier"),
    ],
)
def test_the_most_specific_override_wins(scopes: list[str], winner: str) -> None:
    found = rules.winner(adjustment(scope) for scope in scopes)
    assert found is not None
    assert found.scope == winner


def test_of_equally_specific_overrides_the_later_start_wins() -> None:
    old, new = adjustment("tag", days_ago=9), adjustment("tag", days_ago=2)
    assert rules.winner([old, new]) is new
    assert rules.winner([new, old]) is new
    assert rules.winner([]) is None


@pytest.mark.parametrize(
    ("size", "tier", "override", "price", "note"),
    [
        ("3in", TRENDING, None, "4.49", "trending price"),
        ("4in", JUST_DROPPED, None, "6.49", "just_dropped price"),
        ("3in", COOLING, None, "3.49", "cooling price, at the floor"),
        ("3in", TRENDING, adjustment("tag", kind="holiday", percent="15"), "4.99", "holiday: why"),  # 5.1635
        ("3in", EVERGREEN, adjustment(kind="viral"), "5.49", "viral: why"),
        ("3in", COOLING, adjustment("tier", kind="clearance", percent="-20"), "3.49",
         "clearance: why, held up by the floor of $3.49, without effect"),
        ("3in", TRENDING, adjustment("offer", price="7.00"), "6.99", "fixed: why"),
        ("3in", TRENDING, adjustment("offer", price="1.00"), "3.49", "fixed: why, held up by the floor of $3.49"),
        ("3in", TRENDING, adjustment("offer", price="4.49"), "4.49", "fixed: why, without effect"),
    ],
)  # fmt: skip
def test_a_price_is_tier_then_override_then_charm_then_floor(
    size: str, tier: Span, override: Adjustment | None, price: str, note: str
) -> None:
    floor = D("3.49") if size == "3in" else D("4.49")
    priced = rules.price_of(size, tier, JUST_DROPPED, override, floor)
    assert (priced.price, priced.note) == (D(price), note)
    assert priced.under_override == (override is not None and "without effect" not in note)


def test_a_small_sticker_never_costs_less_than_349_however_cheap_it_is_made() -> None:
    assert rules.price_of("3in", COOLING, JUST_DROPPED, adjustment(price="0.99"), D("2.49")).price == D("3.49")
    assert rules.price_of("4in", COOLING, JUST_DROPPED, adjustment(price="0.99"), D("2.99")).price == D("2.99")


@pytest.mark.parametrize(("bold", "of", "halts"), [(1, 2, False), (2, 3, True), (0, 0, False), (151, 300, True)])
def test_more_than_half_of_the_shop_by_more_than_30_percent_is_too_bold(bold: int, of: int, halts: bool) -> None:
    calm = [(D("10.00"), D("7.00"))] * (of - bold)  # exactly 30 % is not more
    assert rules.too_bold([(D("10.00"), D("6.99"))] * bold + calm, of) is halts


def test_of_overrides_that_are_alike_in_all_the_one_made_later_wins_and_an_exemption_prices_nothing() -> None:
    first, second = (Adjustment("fixed", "offer", NOW, None, D(price), "why", price) for price in (4, 5))
    exempt = Adjustment("exempt", "offer", NOW + SECOND, None, None, "logo", 6)
    assert rules.winner([second, exempt, first]) is second
    assert rules.winner([exempt]) is None
