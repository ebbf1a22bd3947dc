"""The comparison is fair, repeatable and honest about what it rests on."""

import json
from dataclasses import asdict, replace
from decimal import Decimal
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from fulfillment.models import PrintCost
from pricing import backtest, demand, policies, rules
from pricing.backtest import Judged, Setup, break_even, compare
from pricing.demand import Market
from pricing.models import Tier
from pricing.policies import SEED, SEED_TIERS, Policy, fixed
from pricing.recorded import standing

from .test_policies import DAY, LEDGER

D = Decimal
SMALL = Setup(seed=3, days=45, designs=60, replications=20)
CHEAP, MIDDLE, DEAR = fixed(D("3.49"), D("4.49")), fixed(D("4.49"), D("5.49")), fixed(D("5.49"), D("6.49"))
SURE = Market(conversion=0.01, first_day_views=20, spread=0.5)  # many views: differences of means show at once


def judged(elasticity: float, *chosen: Policy, market: Market = SURE, setup: Setup = SMALL) -> list[Judged]:
    return compare(market, [elasticity], chosen, LEDGER, setup)[elasticity]


def drawn(market: Market, setup: Setup = SMALL) -> backtest.Shops:
    return next(backtest.lots(market, setup, lambda done: None))


def test_the_same_seed_gives_the_same_result_and_another_seed_another() -> None:
    first, again, other = (judged(-1.6, MIDDLE, DEAR, setup=replace(SMALL, seed=seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_how_many_shops_are_in_memory_together_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = judged(-1.6, MIDDLE, DEAR)
    monkeypatch.setattr(backtest, "DESIGN_DAYS_AT_ONCE", 3 * SMALL.days * SMALL.designs)
    heard: list[int] = []
    found = compare(SURE, [-1.6], [MIDDLE, DEAR], LEDGER, SMALL, heard.append)[-1.6]
    assert heard == [3, 6, 9, 12, 15, 18, 20]
    assert found == whole


def test_identical_policies_differ_by_nothing() -> None:
    twin = replace(MIDDLE, name="twin")
    _, found = judged(-1.6, MIDDLE, twin)
    assert (found.gain.low, found.gain.mean, found.gain.high, found.better) == (0, 0, 0, 0)


def test_where_nobody_minds_the_price_the_dearest_policy_wins_in_every_shop() -> None:
    found = {one.name: one for one in judged(0.0, CHEAP, MIDDLE, DEAR)}
    assert found[DEAR.name].better == 1.0
    assert found[CHEAP.name].units == found[DEAR.name].units
    assert found[CHEAP.name].profit.mean < found[MIDDLE.name].profit.mean < found[DEAR.name].profit.mean


def test_where_everybody_minds_the_price_the_cheapest_that_leaves_something_wins() -> None:
    below_floor = fixed(D("0.99"), D("0.99"))
    cheap, middle, dear, lowest = judged(-12.0, CHEAP, MIDDLE, DEAR, below_floor)
    assert cheap.profit.mean > middle.profit.mean > dear.profit.mean > 0
    assert asdict(lowest) | {"name": ""} == asdict(cheap) | {"name": ""}  # the floor lifts it to the cheapest


@pytest.mark.parametrize(("away", "pays"), [(-0.4, True), (0.4, False)])
def test_a_cut_pays_only_below_its_break_even(away: float, pays: bool) -> None:
    both = [fixed(price, D("6.49")) for price in (D("5.49"), D("4.49"))]
    prices, left = ([5.49, 4.49], [float(LEDGER.profit("3in", price.tiers[0].price_small)) for price in both])
    at = break_even(*prices, *left)
    assert at == pytest.approx(-2.2, abs=0.05)
    _, cut = judged(at + away, *both)
    assert (cut.gain.low > 0) if pays else (cut.gain.high < 0)


def test_an_interval_is_of_the_mean_not_of_the_shops() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 400)
    found = backtest.of_mean(values)
    assert found.mean == pytest.approx(values.mean())
    assert (found.high - found.low) == pytest.approx(4 * 2.0 / 20, rel=0.15)


def test_a_design_nobody_views_leaves_its_slot_after_fourteen_days() -> None:
    unseen = drawn(replace(SURE, first_day_views=0.0))
    assert unseen.on_sale.sum(axis=0).tolist() == [14] * unseen.views.shape[1]
    assert drawn(replace(SURE, first_day_views=500.0, lasting=1.0)).on_sale.all()


def test_a_design_comes_off_when_its_last_view_is_fourteen_days_old() -> None:
    views = np.zeros((40, 1), np.int64)
    views[10] = 1
    assert backtest.until_quiet(views).sum() == 25  # sale days 0 to 24, quiet from day 11 to day 24


@pytest.mark.parametrize(("views", "sells_well"), [(60.0, True), (0.5, False)])
def test_arrays_trade_as_the_policy_does_day_by_day(views: float, sells_well: bool) -> None:
    """The slow way: every offer and every day through the policy itself."""
    market, setup = (
        Market(first_day_views=views, spread=1.0, conversion=0.05 if sells_well else 0.6),
        Setup(2, 50, 25, 1),
    )
    shops = drawn(market, setup)
    assert (shops.views * ~shops.on_sale).any() != sells_well  # some would have come too late
    for policy in policies.compared(SEED_TIERS):
        totals = backtest.trade(shops, policy, market, LEDGER)
        revenue, profit, units, held = slowly(shops, policy, market)
        assert totals.units.sum() == units
        assert totals.revenue.sum() == pytest.approx(float(revenue))
        assert totals.profit.sum() == pytest.approx(float(profit))
        assert bool(held) == (policy.holds and sells_well)


def slowly(shops: backtest.Shops, policy: Policy, market: Market) -> tuple[Decimal, Decimal, int, int]:
    revenue, profit, units, held = D(0), D(0), 0, 0
    for design in range(shops.views.shape[1]):
        for n, size in enumerate(backtest.SIZES):
            tier: rules.Span | None = None
            sold: dict[int, int] = {}
            for day in range(len(shops.views)):
                recent = sum(count for when, count in sold.items() if when >= day - 30)
                before, tier = tier, policy.tier(day * DAY, tier, recent)
                if tier is not before:
                    sold.clear()
                held += tier is not rules.tier_of(day * DAY, policy.tiers)
                price = policy.price(size, tier, LEDGER.floor(size))
                views = shops.views[day, [design]] * shops.on_sale[day, [design]]
                chance = np.array([market.chance(size, float(price), float(day))])
                sold[day] = int(demand.buys(views, chance, shops.luck[day, [design], n])[0])
                units += sold[day]
                revenue += sold[day] * price
                profit += sold[day] * LEDGER.profit(size, price)
    return revenue, profit, units, held


def run(*args: object) -> str:
    out = StringIO()
    call_command("price_backtest", *map(str, args), stdout=out)
    return out.getvalue()


QUICK = ("--designs", 20, "--days", 20, "--replications", 5)


@pytest.mark.django_db
def test_json_holds_every_policy_at_every_elasticity_and_what_it_rests_on() -> None:
    found = json.loads(run(*QUICK, "--json", "--seed", 9))
    assert set(found) == {"notes", "sales", "fees", "assumed", "estimated", "results", "break_even"}
    assert (found["sales"], found["fees"], found["estimated"]) == (0, "flat", None)
    assert set(found["assumed"]) == {*asdict(Setup()), *asdict(Market())} - {"elasticity"}
    assert (found["assumed"]["seed"], found["assumed"]["half_life"]) == (9, 7.0)
    assert list(found["results"]) == ["-0.8 (low)", "-1.6 (middle)", "-2.6 (high)"]
    for rows in found["results"].values():
        assert [row["name"] for row in rows] == [SEED, "fixed 4.49/5.49", "fixed 5.49/6.49", "ours"]
        for row in rows:
            for figure in ("revenue", "profit", "units", "per_slot_day", "gain"):
                assert row[figure]["low"] <= row[figure]["mean"] <= row[figure]["high"]
    assert found["break_even"]["3in: cutting $4.49 to $3.49 pays at an elasticity"] == pytest.approx(-3.25, abs=0.01)


@pytest.mark.django_db
def test_tables_are_printed_with_the_owners_own_policy_among_them(tmp_path: Path) -> None:
    file = tmp_path / "steadier.toml"
    file.write_text("[[tier]]\nfrom_day = 0\nprice_3in = 4.99\nprice_4in = 5.99")
    told = run(*QUICK, "--policy", file)
    assert all(words in told for words in ("steadier", SEED, "ours", "elasticity -2.6 (high)", "below -3.25"))


@pytest.mark.django_db
def test_the_shops_own_tiers_and_costs_are_the_ones_compared() -> None:
    before = json.loads(run(*QUICK, "--json"))["results"]["-1.6 (middle)"]
    Tier.objects.update(price_small=D("9.99"), price_large=D("9.99"))
    PrintCost.objects.update(cost=D("2.50"))
    after = json.loads(run(*QUICK, "--json"))["results"]["-1.6 (middle)"]
    assert after[-1]["revenue"] != before[-1]["revenue"]
    assert after[2]["revenue"] == before[2]["revenue"]
    assert after[2]["profit"]["mean"] < before[2]["profit"]["mean"]


@pytest.mark.django_db
def test_etsys_full_fees_leave_less() -> None:
    flat, full = (json.loads(run(*QUICK, "--json", "--fees", fees))["results"] for fees in ("flat", "full"))
    assert full["-0.8 (low)"][2]["profit"]["mean"] < flat["-0.8 (low)"][2]["profit"]["mean"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--days", 0), "at least 1"),
        (("--replications", 1), "at least 2"),
        (("--seed", -1), "at least 0"),
        (("--urgency", 1.5), "from 0 to 1"),
        (("--policy", "nowhere.toml"), "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_refused(args: tuple[object, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*QUICK, *args)


@pytest.mark.django_db
def test_two_policies_of_one_name_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("[[tier]]\nfrom_day = 0\nprice_3in = 4.99\nprice_4in = 5.99")
    with pytest.raises(CommandError, match="same name"):
        run(*QUICK, "--policy", file)


@pytest.mark.django_db
def test_unknown_costs_and_a_gap_between_tiers_are_told_in_words() -> None:
    Tier.objects.filter(name="trending").delete()
    with pytest.raises(CommandError, match="no tier for an age of 3 days"):
        run(*QUICK)
    PrintCost.objects.all().delete()
    with pytest.raises(CommandError, match="add its print cost"):
        run(*QUICK)


def test_the_words_change_at_two_hundred_sales_and_tell_invented_ones_apart(settings: Settings) -> None:
    assert "assumption, not evidence" in standing(199)
    assert "199 so far" in standing(199)
    assert "assumption" not in standing(200)
    assert all("sandbox" in standing(count) for count in (1, 199, 200))
    assert "sandbox" not in standing(0)
    settings.LIVE = True
    assert not any("sandbox" in standing(count) for count in (1, 199, 200))


def test_where_new_trends_make_buyers_urgent_falling_prices_do_better() -> None:
    """The one premise under which tiers by age can beat the best fixed price."""
    plain, urgent = (judged(-4.0, DEAR, Policy(SEED, SEED_TIERS), CHEAP, market=replace(SURE, urgency=share))
                     for share in (0.0, 1.0))  # fmt: skip
    assert plain[2].profit.mean > plain[1].profit.mean > plain[0].profit.mean
    assert urgent[1].gain.mean > urgent[0].gain.mean == 0
