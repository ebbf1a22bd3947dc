"""The plan: tiers by age, holds by sales, overrides, halts, and what it writes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from fulfillment.costs import UnitCost
from fulfillment.models import Order, OrderItem, PrintCost
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from pricing import overrides, plan
from pricing.book import Verdict, read_book
from pricing.models import Offer, Override, PriceChange, Tier
from pricing.moves import Move, Standing
from pricing.plan import Plan
from pricing.rules import Priced
from pricing.tests.making import DAY, offer_at_tier, run_plan, sell
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import switches
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry

pytestmark = pytest.mark.django_db
D = Decimal


def test_a_new_design_opens_with_the_prices_of_its_trends_age_and_a_first_change() -> None:
    sticker = make_sticker(trend_age=4 * DAY)
    plan.open_offers(sticker)
    plan.open_offers(sticker)
    small, large = Offer.objects.filter(sticker=sticker).order_by("size")
    assert (small.tier, small.wanted_price, small.floor_price) == ("trending", D("4.49"), D("3.49"))
    assert small.pushed_price is None
    assert (large.tier, large.wanted_price, large.floor_price) == ("trending", D("5.49"), D("4.49"))
    first = PriceChange.objects.get(offer=small)
    assert (first.status, first.old_price, first.new_price, first.tier) == ("approved", None, D("4.49"), "trending")
    assert (first.shipping_cost, first.floor_price, first.floor_inputs["print_cost"]) == (D("0.78"), D("3.49"), "1.50")


def test_the_daily_plan_moves_an_offer_to_the_tier_of_its_age() -> None:
    offer = offer_at_tier("just_dropped", trend_age=3 * DAY)
    run_plan()
    offer.refresh_from_db()
    assert (offer.tier, offer.wanted_price, offer.pushed_price) == ("trending", D("4.49"), D("5.49"))
    change = PriceChange.objects.filter(offer=offer).latest("pk")
    assert (change.status, change.old_price, change.new_price) == ("approved", D("5.49"), D("4.49"))
    assert run_plan().moves == []


def test_what_is_not_on_the_shelf_is_left_alone() -> None:
    offer = offer_at_tier("just_dropped", trend_age=3 * DAY)
    Sticker.objects.update(shelf="archived")
    assert run_plan().offers == 0
    offer.refresh_from_db()
    assert offer.wanted_price == D("5.49")


def test_ten_net_units_hold_tier_and_price_and_nine_do_not() -> None:
    held, let_go = (offer_at_tier("just_dropped", trend_age=5 * DAY) for _ in range(2))
    sell(held, 10, "just_dropped")
    sell(let_go, 9, "just_dropped")
    run_plan()
    assert list(Offer.objects.order_by("pk").values_list("tier", "wanted_price")) == [
        ("just_dropped", D("5.49")),
        ("trending", D("4.49")),
    ]


def test_refunded_cancelled_overridden_old_and_other_sales_do_not_hold_a_tier() -> None:
    offer = offer_at_tier("just_dropped", trend_age=5 * DAY)
    sell(offer, 9, "just_dropped")
    sell(offer, 1, "just_dropped", refunded=True)
    sell(offer, 1, "just_dropped", under_override=True)
    sell(offer, 1, "trending")
    sell(offer, 1, "just_dropped", sold_at=clock.now() - 30 * DAY - timedelta(seconds=1))
    cancelled = sell(offer, 1, "just_dropped")
    cancelled.move_to("cancelled")
    Order.objects.filter(pk=sell(offer, 1, "just_dropped").pk).update(status="pending")
    other_size = make_line(offer.sticker, "4in", tier="just_dropped")
    take(make_receipt(other_size))
    run_plan()
    offer.refresh_from_db()
    assert offer.tier == "trending"


def test_a_hold_ends_at_the_run_after_sales_fall_below_ten() -> None:
    offer = offer_at_tier("just_dropped", trend_age=5 * DAY)
    sell(offer, 10, "just_dropped")
    run_plan()
    OrderItem.objects.update(refunded=True)
    run_plan()
    offer.refresh_from_db()
    assert offer.tier == "trending"


def test_an_override_prices_without_changing_the_tier_and_ends_by_the_clock() -> None:
    offer = offer_at_tier("cooling", trend_age=20 * DAY)
    hold = overrides.hold(offer.sticker, by="olive", why="meme of the week")
    run_plan()
    offer.refresh_from_db()
    assert (offer.tier, offer.wanted_price, offer.reason) == ("cooling", D("5.49"), "viral: meme of the week")
    assert PriceChange.objects.filter(offer=offer).latest("pk").under_override
    Override.objects.filter(pk=hold.pk).update(ends_at=clock.now())
    run_plan()
    offer.refresh_from_db()
    assert offer.wanted_price == D("3.49")


def test_a_fixed_price_of_one_size_beats_a_holiday_on_the_tag_until_released() -> None:
    offer = offer_at_tier("trending", trend_age=5 * DAY)
    Override.objects.create(
        kind="holiday", scope="tag", tag="Teapot", percent=15, starts_at=clock.now() - DAY, reason="Tea day"
    )
    fixed = overrides.fix(offer, D("6.30"), by="olive", why="it sells")
    run_plan()
    offer.refresh_from_db()
    assert offer.wanted_price == D("6.49")
    assert overrides.release(fixed, by="olive", why="enough")
    assert not overrides.release(fixed, by="olive", why="again")
    run_plan()
    offer.refresh_from_db()
    assert (offer.wanted_price, offer.reason) == (D("4.99"), "holiday: Tea day")


def test_the_floor_is_that_of_the_dearest_provider_the_order_may_end_at() -> None:
    with override_settings(FULFILLMENT_PROVIDER="sticker_mule"):
        sticker = make_sticker(sizes=("4in",))
        plan.open_offers(sticker)
    offer = Offer.objects.get(sticker=sticker)
    assert offer.floor_price == D("4.49")
    assert PriceChange.objects.get(offer=offer).floor_inputs["provider"] == "self_usps"


def test_a_dearer_cost_raises_floor_and_price_together_at_the_next_run() -> None:
    offer = offer_at_tier("evergreen", trend_age=40 * DAY)
    PrintCost.objects.filter(provider="self_usps", size="3in").update(cost=D("2.10"))
    run_plan()
    offer.refresh_from_db()
    assert (offer.floor_price, offer.wanted_price) == (D("4.49"), D("4.49"))


def test_a_cost_nobody_entered_stops_pricing_in_plain_words() -> None:
    PrintCost.objects.filter(provider="self_usps").delete()
    with pytest.raises(NeedsPerson, match="What self_usps costs for 3in is not known"):
        plan.open_offers(make_sticker())


def test_an_unpushed_change_is_superseded_by_the_next() -> None:
    offer = offer_at_tier("just_dropped", trend_age=4 * DAY)
    run_plan()
    offer.sticker.trend.created_at -= 12 * DAY
    offer.sticker.trend.save()
    run_plan()
    told = PriceChange.objects.filter(offer=offer).order_by("pk").values_list("status", "new_price")
    assert list(told)[1:] == [("superseded", D("4.49")), ("approved", D("3.49"))]


def test_a_new_tier_at_the_same_price_is_in_force_at_once() -> None:
    offer = offer_at_tier("cooling", trend_age=31 * DAY)
    run_plan()
    change = PriceChange.objects.filter(offer=offer).latest("pk")
    assert (change.status, change.tier, change.old_price) == ("pushed", "evergreen", change.new_price)


def test_a_plan_moving_more_than_half_of_the_shop_by_more_than_30_percent_is_in_trouble() -> None:
    offers = [offer_at_tier("just_dropped", trend_age=20 * DAY) for _ in range(2)]
    offer_at_tier("evergreen", trend_age=40 * DAY)
    bold = plan.make_plan(read_book(clock.now()))
    assert "more than half" in bold.trouble()
    plan.propose(bold)
    assert PriceChange.objects.filter(status="proposed").count() == 2
    assert {Offer.objects.get(pk=offer.pk).wanted_price for offer in offers} == {D("5.49")}
    plan.approve(by="olive", why="the shop was closed for a fortnight")
    assert set(Offer.objects.values_list("wanted_price", flat=True)) == {D("3.49")}
    assert not PriceChange.objects.filter(status="proposed").exists()
    assert AuditEntry.objects.filter(action="approved price plan", who="olive").exists()


def test_a_plan_with_a_price_below_its_floor_is_in_trouble() -> None:
    cost = UnitCost("self_usps", "3in", D("1.50"), D("0.78"), D("0.15"))
    verdict = Verdict("cooling", "cooling", Priced(D("2.99"), False, ""), D("3.49"), cost)
    move = Move(1, "ST-000001-3", "Teapot", Standing("cooling", D("3.49"), None, False), verdict)
    assert "ST-000001-3 below the floor" in Plan(clock.now(), 1, [move]).trouble()


def test_planning_takes_as_many_queries_for_forty_offers_as_for_four() -> None:
    assert _queries_of_a_run(designs=2) == _queries_of_a_run(designs=18)
    assert Offer.objects.filter(tier="trending").count() == 40


def _queries_of_a_run(designs: int) -> int:
    for _ in range(designs):
        plan.open_offers(make_sticker(trend_age=5 * DAY))
    Offer.objects.update(tier="just_dropped", wanted_price=D("5.49"))
    with CaptureQueriesContext(connection) as captured:
        run_plan()
    return len(captured)


def test_an_approval_is_for_the_plan_that_was_looked_at() -> None:
    offers = [offer_at_tier("just_dropped", trend_age=20 * DAY) for _ in range(2)]
    seen = plan.make_plan(read_book(clock.now()))
    plan.propose(seen)
    Tier.objects.filter(name="cooling").update(price_small=D("3.99"))
    with pytest.raises(NeedsPerson, match="changed since you looked at it"):
        plan.approve(by="olive", why="fine", seen=seen.mark)
    assert {Offer.objects.get(pk=one.pk).wanted_price for one in offers} == {D("5.49")}
    again = plan.make_plan(read_book(clock.now()))
    plan.approve(by="olive", why="fine", seen=again.mark)
    assert {Offer.objects.get(pk=one.pk).wanted_price for one in offers} == {D("3.99")}


def test_an_approval_ends_also_the_proposals_that_todays_plan_has_no_use_for() -> None:
    _, gone = (offer_at_tier("just_dropped", trend_age=20 * DAY) for _ in range(2))
    plan.propose(plan.make_plan(read_book(clock.now())))
    Sticker.objects.filter(pk=gone.sticker_id).update(shelf="archived")
    assert len(plan.approve(by="olive", why="fine").repriced) == 1
    assert not PriceChange.objects.filter(status="proposed").exists()
    gone.refresh_from_db()
    assert gone.wanted_price == D("5.49")


def test_an_offer_that_somebody_changed_meanwhile_is_left_to_the_next_plan() -> None:
    changed, _ = (offer_at_tier("just_dropped", trend_age=5 * DAY) for _ in range(2))
    todays = plan.make_plan(read_book(clock.now()))
    Offer.objects.filter(pk=changed.pk).update(wanted_price=D("6.99"))
    plan.apply(todays)
    assert list(Offer.objects.order_by("pk").values_list("wanted_price", "tier")) == [
        (D("6.99"), "just_dropped"),
        (D("4.49"), "trending"),
    ]
    assert not PriceChange.objects.filter(offer=changed, tier="trending").exists()
    run_plan()
    changed.refresh_from_db()
    assert changed.wanted_price == D("4.49")


def test_one_design_is_repriced_at_once_by_a_person() -> None:
    offer, other = (offer_at_tier("just_dropped", trend_age=5 * DAY) for _ in range(2))
    plan.reprice(offer.sticker, by="olive", why="cannot wait")
    offer.refresh_from_db()
    other.refresh_from_db()
    assert (offer.wanted_price, other.wanted_price) == (D("4.49"), D("5.49"))
    assert AuditEntry.objects.get(action="repriced design").who == "olive"


def test_the_effect_of_a_plan_is_that_of_the_last_30_days_sales_at_any_tier() -> None:
    first, second = (offer_at_tier("just_dropped", trend_age=5 * DAY) for _ in range(2))
    sell(first, 3)
    sell(first, 2, "trending", under_override=True)
    sell(first, 4, sold_at=clock.now() - 31 * DAY)
    sell(second, 1, refunded=True)
    effect = plan.make_plan(read_book(clock.now())).effect
    assert (effect.units, effect.revenue, effect.profit) == (5, D("-5.00"), D("-4.50"))
    assert str(effect) == "revenue −$5.00, profit −$4.50 a month if as many are sold as in the last 30 days (5)"


def test_nobody_approves_a_plan_while_pricing_is_halted() -> None:
    offer = offer_at_tier("just_dropped", trend_age=20 * DAY)
    switches.throw("pricing", "pushed below its floor", by="pricing rollback")
    with pytest.raises(NeedsPerson, match=r"Pricing is halted: pushed below its floor\. Clear the switch first"):
        plan.approve(by="olive", why="never mind")
    offer.refresh_from_db()
    assert offer.wanted_price == D("5.49")
