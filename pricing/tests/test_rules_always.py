"""What holds for any costs, fees, tables and overrides."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.fees import FEES
from pricing import rules
from pricing.rules import Adjustment, Span

D = Decimal
NOW = datetime(2026, 11, 1, tzinfo=UTC)
JUST_DROPPED = Span("just_dropped", 0, 3, D("5.49"), D("6.49"))
money = st.decimals("0", "500", places=2)
rates = st.decimals("0", "0.60", places=3)


@given(costs=st.tuples(money, money, money), fee=rates, margin=rates, fixed=st.decimals("0", "2", places=2))
def test_a_floor_always_pays_costs_fees_and_margin_and_is_the_lowest_such_charm_price(
    costs: tuple[Decimal, Decimal, Decimal], fee: Decimal, margin: Decimal, fixed: Decimal
) -> None:
    floor = rules.floor_price(
        print_cost=costs[0],
        shipping_cost=costs[1],
        packaging_cost=costs[2],
        fee_rate=fee,
        margin=margin,
        fixed_fee=fixed,
    )
    needed = sum(costs) + fixed
    assert floor * (1 - fee) * (1 - margin) >= needed
    assert floor == D("0.49") or (floor - D("0.50")) * (1 - fee) * (1 - margin) < needed
    assert floor % D("0.50") == D("0.49")


@given(
    tier_price=st.decimals("0.01", "60", places=2),
    floor=money.map(rules.charm_up),
    size=st.sampled_from(["3in", "4in"]),
    kind=st.sampled_from(["none", "percent", "price", "viral"]),
    percent=st.decimals("-99", "300", places=2),
    price=money,
)
def test_no_price_is_under_the_floor_and_all_end_in_49_or_99(
    tier_price: Decimal, floor: Decimal, size: str, kind: str, percent: Decimal, price: Decimal
) -> None:
    over = Adjustment(
        kind, "offer", NOW, percent if kind == "percent" else None, price if kind == "price" else None, ""
    )
    tier = Span("any", 0, None, tier_price, tier_price)
    priced = rules.price_of(size, tier, JUST_DROPPED, None if kind == "none" else over, floor)
    assert priced.price >= floor
    assert size == "4in" or priced.price >= D("3.49")
    assert priced.price % D("0.50") == D("0.49")


overriding = st.one_of(
    st.none(),
    st.builds(
        Adjustment,
        kind=st.sampled_from(["holiday", "clearance"]),
        scope=st.sampled_from(rules.SPECIFIC),
        starts_at=st.just(NOW),
        percent=st.decimals("-90", "300", places=2),
        price=st.none(),
        reason=st.just("why"),
    ),
    st.builds(
        Adjustment,
        kind=st.sampled_from(["fixed", "reverted"]),
        scope=st.just("offer"),
        starts_at=st.just(NOW),
        percent=st.none(),
        price=st.decimals("0.01", "500", places=2),
        reason=st.just("why"),
    ),
    st.just(Adjustment("viral", "sticker", NOW, None, None, "meme")),
)


@given(
    costs=st.tuples(money, money, money),
    scheme=st.sampled_from(["flat", "full"]),
    size=st.sampled_from(["3in", "4in"]),
    prices=st.tuples(st.decimals("0.01", "60", places=2), st.decimals("0.01", "60", places=2)),
    override=overriding,
    held=st.booleans(),
)
def test_whatever_is_sold_pays_its_costs_and_20_percent_even_under_overrides(
    costs: tuple[Decimal, Decimal, Decimal],
    scheme: str,
    size: str,
    prices: tuple[Decimal, Decimal],
    override: Adjustment | None,
    held: bool,
) -> None:
    fees = FEES[scheme]
    told = {"print_cost": costs[0], "shipping_cost": costs[1], "packaging_cost": costs[2]}
    floor = rules.floor_price(**told, fee_rate=fees.rate, margin=rules.MARGIN, fixed_fee=fees.fixed)
    tier, newest = (Span(name, 0, None, price, price) for name, price in zip(("now", "new"), prices, strict=True))
    price = rules.price_of(size, tier, newest, override, floor, held=held).price
    assert price >= floor
    assert price % D("0.50") == D("0.49")
    assert (price * (1 - fees.rate) - fees.fixed) >= sum(costs), "no sale loses money"
    with_ads = rules.waterfall(price, **told, fees=fees, ads_rate=rules.offsite_ads_rate(D(0)))
    assert with_ads.profit >= 0, "not even one that an Offsite Ad brought, by the fees that the floor was made with"


@given(st.lists(st.sampled_from(["tier", "tag", "sticker", "offer"]), min_size=1), st.integers(1, 9))
def test_the_winner_is_the_same_in_whatever_order_overrides_are_read(scopes: list[str], days: int) -> None:
    rows = [
        Adjustment("fixed", scope, NOW - timedelta(days=n % days), None, D(n + 1), "why", n)
        for n, scope in enumerate(scopes)
    ]
    assert rules.winner(rows) == rules.winner(reversed(rows))
