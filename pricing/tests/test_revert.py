"""Price changes taken back: of a run, a listing, one size; at least today's floor, and until a person releases it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.models import PrintCost
from pricing import overrides, plan, revert
from pricing.models import Offer, Override, PriceChange, Tier
from pricing.tests.making import DAY, book, design, offer_at_tier, prices, push_all, run_engine, run_plan, sell
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry, Run

pytestmark = pytest.mark.django_db
D = Decimal


def fallen(count: int = 2) -> tuple[list[Offer], Run]:
    """Offers that a run took from $5.49 to $4.49, and a dearer one that it left alone."""
    offers = [offer_at_tier("just_dropped", trend_age=4 * DAY) for _ in range(count)]
    offer_at_tier("just_dropped", trend_age=1 * DAY)
    return offers, run_engine()


def back(found: revert.Reverting) -> int:
    return revert.revert(found, by="olive", why="the costs were wrong")


def test_a_reverted_run_gives_every_price_back_and_leaves_the_rest_alone() -> None:
    _, run = fallen()
    push_all()
    assert prices() == [D("4.49"), D("4.49"), D("5.49")]
    found = revert.of_run(run)
    assert [(one.move.old.price, one.before, one.back_to) for one in found.doing] == [
        (D("4.49"), D("5.49"), D("5.49"))
    ] * 2
    assert prices() == [D("4.49"), D("4.49"), D("5.49")], "looking changes nothing"
    assert back(found) == 2
    assert prices() == [D("5.49")] * 3
    assert set(PriceChange.objects.filter(run=run).values_list("status", flat=True)) == {"reverted"}
    entry = AuditEntry.objects.get(action="reverted prices")
    assert (entry.who, entry.subject, entry.why, entry.detail) == (
        "olive", f"ops.run:{run.pk}", "the costs were wrong", {"prices": 2},
    )  # fmt: skip


def test_the_change_that_takes_another_back_names_it_and_waits_to_be_pushed() -> None:
    [offer], run = fallen(1)
    push_all()
    taken_back = PriceChange.objects.get(run=run)
    back(revert.of_run(run))
    line = PriceChange.objects.filter(offer=offer).first()
    assert line
    assert (line.status, line.old_price, line.new_price, line.reverts_id) == (
        "approved",
        D("4.49"),
        D("5.49"),
        taken_back.pk,
    )
    assert (line.reason, line.under_override, line.tier) == (f"reverted from run {run.pk}", True, "trending")


def test_a_reverted_price_stays_until_its_override_is_released() -> None:
    [offer], run = fallen(1)
    back(revert.of_run(run))
    override = Override.objects.get()
    assert (override.kind, override.offer, override.price, override.ends_at) == ("reverted", offer, D("5.49"), None)
    assert override.reason == f"reverted from run {run.pk}"
    assert run_plan().moves == []
    assert overrides.release(override, by="olive", why="costs are mended")
    run_plan()
    offer.refresh_from_db()
    assert (offer.wanted_price, offer.reason, offer.under_override) == (D("4.49"), "trending price", False)


def test_reverting_again_does_nothing_and_says_so() -> None:
    _, run = fallen()
    found = revert.of_run(run)
    assert (back(found), back(found)) == (2, 0)
    assert {one.skipped for one in revert.of_run(run).restores} == {"taken back already"}
    assert Override.objects.count() == 2
    assert AuditEntry.objects.filter(action="reverted prices").count() == 1


def test_a_price_never_goes_back_below_todays_floor() -> None:
    cheap = offer_at_tier("cooling", trend_age=20 * DAY, size="4in")
    Tier.objects.filter(name="cooling").update(price_large=D("5.49"))
    run = run_engine()
    PrintCost.objects.filter(size="4in", provider="self_usps").update(cost=D("2.30"))
    found = revert.of_run(run)
    assert [(one.before, one.back_to, one.move.verdict.floor) for one in found.doing] == [
        (D("4.49"), D("4.99"), D("4.99"))
    ]
    back(found)
    cheap.refresh_from_db()
    assert (cheap.wanted_price, cheap.floor_price) == (D("4.99"), D("4.99"))
    assert "held up by the floor of $4.99" in cheap.reason


def test_where_the_floor_leaves_the_price_as_it_is_nothing_is_reverted() -> None:
    offer_at_tier("cooling", trend_age=20 * DAY, size="4in")
    PrintCost.objects.filter(size="4in", provider="self_usps").update(cost=D("3.00"))
    run = run_engine()
    [one] = revert.of_run(run).restores
    assert (one.before, one.skipped) == (D("4.49"), "the floor leaves it at $5.99")
    assert back(revert.of_run(run)) == 0
    assert not Override.objects.exists()


def test_what_a_later_run_changed_again_is_told_and_left_unless_asked_for() -> None:
    [first, second], run = fallen()
    Tier.objects.filter(name="trending").update(price_small=D("4.99"))
    overrides.fix(second, D("4.49"), by="olive", why="mine")
    later = run_engine()
    found = revert.of_run(run)
    assert [one.move.offer_id for one in found.doing] == [second.pk]
    [left] = found.skipped
    assert left.move.offer_id == first.pk
    assert left.skipped.startswith(f"changed again by run {later.pk} on ")
    assert left.skipped.endswith("to $4.99")
    assert back(revert.of_run(run, also_later=True)) == 2
    assert prices()[:2] == [D("5.49"), D("5.49")]


def test_a_later_change_of_the_tier_alone_does_not_keep_a_price_from_going_back() -> None:
    offer = offer_at_tier("trending", trend_age=29 * DAY)
    run = run_engine()
    offer.sticker.trend.created_at -= 2 * DAY
    offer.sticker.trend.save()
    run_engine()
    assert back(revert.of_run(run)) == 1
    offer.refresh_from_db()
    assert (offer.tier, offer.wanted_price) == ("evergreen", D("4.49"))


def test_first_prices_mere_tiers_and_designs_off_sale_are_left_and_told_why() -> None:
    tier_only = offer_at_tier("cooling", trend_age=31 * DAY)
    archived = offer_at_tier("just_dropped", trend_age=4 * DAY)
    first = offer_at_tier("evergreen", trend_age=40 * DAY)
    run = run_engine()
    PriceChange.objects.filter(offer=first).update(run=run)
    Sticker.objects.filter(pk=archived.sticker_id).update(shelf="archived")
    assert {one.move.offer_id: one.skipped for one in revert.of_run(run).restores} == {
        tier_only.pk: "only its tier changed, not its price",
        archived.pk: "not on sale any more",
        first.pk: "its first price: there is none before",
    }


def test_a_run_that_changed_no_price_cannot_be_reverted() -> None:
    offer_at_tier("just_dropped", trend_age=20 * DAY)
    halted = Run.objects.create(workflow="pricing_engine", started_at=clock.now(), lease_until=clock.now())
    plan.propose(plan.make_plan(book()), halted)
    with pytest.raises(NeedsPerson, match="changed no price"):
        revert.of_run(halted)


def test_what_a_halted_run_proposed_is_no_change_of_its_even_after_the_plan_was_approved() -> None:
    offers = [offer_at_tier("just_dropped", trend_age=20 * DAY) for _ in range(2)]
    halted = Run.objects.create(workflow="pricing_engine", started_at=clock.now(), lease_until=clock.now())
    plan.propose(plan.make_plan(book()), halted)
    plan.approve(by="olive", why="they are right")
    told = PriceChange.objects.filter(offer__in=offers, run=halted).values_list("status", flat=True)
    assert set(told) == {"dismissed"}
    proposal = PriceChange.objects.filter(run=halted).earliest("pk")
    assert revert.of_change(proposal).skipped[0].skipped == "only proposed: the price never changed"
    for also_later in (False, True):
        with pytest.raises(NeedsPerson, match="changed no price"):
            revert.of_run(halted, also_later=also_later)


def test_a_change_that_was_overtaken_before_it_was_pushed_is_a_change_too() -> None:
    [offer], _ = fallen(1)
    push_all()
    Tier.objects.filter(name="trending").update(price_small=D("3.99"))
    run = run_engine()
    Tier.objects.filter(name="cooling").update(price_small=D("3.99"))
    offer.sticker.trend.created_at -= 11 * DAY
    offer.sticker.trend.save()
    run_engine()
    overtaken, newest = PriceChange.objects.filter(offer=offer).order_by("pk")[2:]
    assert (overtaken.status, overtaken.new_price) == ("superseded", D("3.99"))
    assert (newest.status, newest.old_price, newest.tier) == ("approved", D("3.99"), "cooling")
    assert [one.before for one in revert.of_listing(design(offer)).doing] == [D("4.49")]
    first = PriceChange.objects.get(offer=offer, old_price=D("5.49"))
    assert revert.of_change(first).skipped[0].skipped.startswith(f"changed again by run {run.pk} on ")


def test_only_the_offer_asked_for_goes_back() -> None:
    [first, _], run = fallen()
    assert back(revert.of_run(run, sku=str(first))) == 1
    assert prices()[:2] == [D("5.49"), D("4.49")]
    with pytest.raises(NeedsPerson, match="did not change the price of ST-999999-3"):
        revert.of_run(run, sku="ST-999999-3")


def test_a_listing_goes_back_with_both_sizes_each_to_the_price_before_its_last_change() -> None:
    sticker = design(offer_at_tier("trending", trend_age=5 * DAY))
    sticker.sizes.create(size="4in", dpi=300, print_key="print/x.png")
    plan.open_offers(sticker)
    Tier.objects.filter(name="trending").update(price_small=D("4.99"), price_large=D("5.99"))
    run_plan()
    assert prices() == [D("4.99"), D("5.99")]
    assert back(revert.of_listing(sticker)) == 2
    assert prices() == [D("4.49"), D("5.49")]
    [small, large] = revert.of_listing(sticker).restores
    assert small.skipped == large.skipped
    assert "release the override" in small.skipped


def test_one_change_of_one_size_goes_back() -> None:
    [first, _], run = fallen()
    assert back(revert.of_change(PriceChange.objects.get(offer=first, run=run))) == 1
    assert prices()[:2] == [D("5.49"), D("4.49")]
    assert Override.objects.get().reason == f"reverted from run {run.pk}"


def test_a_second_revert_ends_the_override_of_the_first() -> None:
    [offer], run = fallen(1)
    back(revert.of_run(run))
    Tier.objects.filter(name="trending").update(price_small=D("3.99"))
    overrides.fix(offer, D("6.49"), by="olive", why="mine")
    again = run_engine()
    assert back(revert.of_run(again)) == 1
    assert prices()[0] == D("5.49")
    assert Override.objects.filter(kind="reverted", released_at=None).count() == 1


def test_a_price_that_moved_since_it_was_looked_at_is_left_alone() -> None:
    [first, _], run = fallen()
    found = revert.of_run(run)
    Offer.objects.filter(pk=first.pk).update(wanted_price=D("6.99"))
    assert back(found) == 1
    assert prices()[:2] == [D("6.99"), D("5.49")]
    assert PriceChange.objects.get(run=run, offer=first).status == "approved"


def dearer(offer: Offer, run: Run) -> None:
    Offer.objects.filter(pk=offer.pk).update(wanted_price=D("7.99"))


def taken_back(offer: Offer, run: Run) -> None:
    PriceChange.objects.filter(offer=offer, run=run).update(status="reverted")


@pytest.mark.parametrize("meanwhile", [dearer, taken_back])
def test_somebody_faster_in_the_middle_undoes_the_whole_step_and_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Offer, Run], None]
) -> None:
    [first, _], run = fallen()
    apply, tries = plan.apply_moves, []

    def beaten_once(*args: Any, **named: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            meanwhile(first, run)  # undone with the step that it spoils
        return apply(*args, **named)

    monkeypatch.setattr(plan, "apply_moves", beaten_once)
    assert back(revert.of_run(run)) == 2
    assert len(tries) == 2
    assert prices()[:2] == [D("5.49"), D("5.49")]
    assert Override.objects.count() == 2


def test_a_listing_goes_back_behind_its_last_real_change_not_behind_one_that_was_only_proposed() -> None:
    offer = offer_at_tier("just_dropped", trend_age=4 * DAY)
    run_plan()
    offer.sticker.trend.created_at -= 20 * DAY
    offer.sticker.trend.save()
    plan.propose(plan.make_plan(book()))
    [one] = revert.of_listing(design(offer)).doing
    assert (one.move.old.price, one.back_to) == (D("4.49"), D("5.49"))


def test_the_effect_of_a_revert_is_that_of_the_last_30_days_sales() -> None:
    [first, _], run = fallen()
    sell(first, 3)
    found = revert.of_run(run)
    assert (found.effect.units, found.effect.revenue, found.effect.profit) == (3, D("3.00"), D("2.70"))


def test_reverting_takes_as_many_queries_for_twenty_as_for_two() -> None:
    _queries(1)  # asks for the pusher, who waits from then on
    assert _queries(2) == _queries(20)


def _queries(count: int) -> int:
    _, run = fallen(count)
    with CaptureQueriesContext(connection) as captured:
        assert back(revert.of_run(run)) == count
    return len(captured)
