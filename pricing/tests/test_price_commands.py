"""price_plan and revert_prices at the terminal: what an owner reads before prices move."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pricing import plan
from pricing.management.commands import price_plan
from pricing.models import Offer, Override, PriceChange, Tier
from pricing.tests.making import DAY, offer_at_tier, prices, run_engine, sell
from stickertrendz import clock
from stickertrendz.ops import meters, switches
from stickertrendz.ops.models import Run

pytestmark = pytest.mark.django_db
D = Decimal


def said(command: str, *args: Any) -> str:
    out = io.StringIO()
    call_command(command, *args, stdout=out, stderr=out)
    return out.getvalue()


def test_the_plan_tells_each_change_its_money_and_the_whole_and_changes_nothing() -> None:
    moving, _ = (
        offer_at_tier("just_dropped", trend_age=5 * DAY, title="Frog in a hat"),
        offer_at_tier("trending", trend_age=5 * DAY),
    )
    sell(moving, 4, "just_dropped")
    told = said("price_plan")
    [line] = [line for line in told.splitlines() if line.startswith(str(moving))]
    assert line.split("  ")[0] == str(moving)
    for part in (
        "Frog in a hat",
        "just_dropped → trending",
        "$5.49 → $4.49",
        "$3.49",
        "−$4.00",
        "−$3.60",
        "trending price",
    ):
        assert part in line
    assert "2 offers looked at, 1 change their price." in told
    assert "revenue −$4.00, profit −$3.60 a month if as many are sold as in the last 30 days (4)" in told
    assert told.endswith("It would be applied.\n")
    assert prices() == [D("5.49"), D("4.49")]


def test_a_plan_that_changes_nothing_says_so() -> None:
    offer_at_tier("trending", trend_age=5 * DAY)
    assert said("price_plan").endswith("1 offers looked at, 0 change their price.\nNothing would change on Etsy.\n")


def test_the_plan_as_json_holds_the_same() -> None:
    moving = offer_at_tier("just_dropped", trend_age=5 * DAY, title="Frog")
    offer_at_tier("trending", trend_age=5 * DAY)
    sell(moving, 4, "just_dropped")
    told = json.loads(said("price_plan", "--json"))
    assert told == {
        "offers": 2, "archived": [], "halted": "", "skipped": "",
        "units_30_days": 4, "revenue_30_days": "-4.00", "profit_30_days": "-3.60",
        "moves": [{
            "sku": str(moving), "title": "Frog", "old_tier": "just_dropped", "new_tier": "trending",
            "old_price": "5.49", "new_price": "4.49", "floor": "3.49", "reason": "trending price",
            "units_30_days": 4, "revenue_30_days": "-4.00", "profit_30_days": "-3.60",
        }],
    }  # fmt: skip


def test_the_plan_tells_when_and_why_it_would_be_halted_or_skipped() -> None:
    offer_at_tier("just_dropped", trend_age=20 * DAY)
    assert "HALTED for a person to approve: The plan would move more than half" in said("price_plan")
    assert "more than half" in json.loads(said("price_plan", "--json"))["halted"]
    Offer.objects.update(tier="cooling", wanted_price=D("3.49"))
    meters.spend("etsy", 4300, clock.now())
    assert "not be applied today: 4300 of 5000 Etsy calls" in said("price_plan")
    switches.throw("pricing", "the costs are wrong", by="olive")
    assert "not be applied today: Pricing is halted" in said("price_plan")


def test_a_plan_that_cannot_be_made_says_what_is_missing() -> None:
    offer_at_tier("just_dropped", trend_age=5 * DAY)
    Tier.objects.all().delete()
    with pytest.raises(CommandError, match="There is no plan: There are no price tiers"):
        said("price_plan")


def test_a_long_look_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    offer_at_tier("just_dropped", trend_age=1 * DAY)
    monkeypatch.setattr(plan, "AT_ONCE", 1)
    assert "looked at …" not in said("price_plan")
    monkeypatch.setattr(price_plan, "PATIENCE", 0)
    assert "1 offers looked at …" in said("price_plan")


def lowered() -> Run:
    offer_at_tier("just_dropped", trend_age=5 * DAY, title="Frog")
    offer_at_tier("just_dropped", trend_age=5 * DAY, title="Otter")
    return run_engine()


def test_reverting_shows_asks_and_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run = lowered()
    monkeypatch.setattr("builtins.input", lambda question: "y")
    told = said("revert_prices", run.pk, "--why", "wrong costs")
    assert "Frog" in told
    assert "2 of 2 prices go back." in told
    assert "2 prices went back; push_changes sends them to Etsy." in told
    assert prices() == [D("5.49")] * 2
    assert "taken back already" in said("revert_prices", run.pk, "--yes")


@pytest.mark.parametrize("answer", ["n", "", None])
def test_without_a_yes_nothing_is_reverted(monkeypatch: pytest.MonkeyPatch, answer: str | None) -> None:
    run = lowered()

    def reply(question: str) -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", reply)
    assert "Nothing was reverted." in said("revert_prices", run.pk)
    assert "2 of 2 prices go back." in said("revert_prices", run.pk, "--dry-run")
    assert prices() == [D("4.49")] * 2
    assert not Override.objects.exists()


def test_one_offer_of_a_run_goes_back_and_what_is_wrong_is_told() -> None:
    run = lowered()
    sku = str(Offer.objects.order_by("pk")[0])
    assert "1 of 1 prices go back." in said("revert_prices", run.pk, "--offer", sku, "--yes")
    assert prices() == [D("5.49"), D("4.49")]
    with pytest.raises(CommandError, match="There is no run 4711"):
        said("revert_prices", 4711)
    other = Run.objects.create(workflow="publisher", started_at=clock.now(), lease_until=clock.now())
    with pytest.raises(CommandError, match=r"\(publisher\) changed no price"):
        said("revert_prices", other.pk)


def test_what_was_changed_since_is_told_and_reverted_only_when_asked() -> None:
    run = lowered()
    Tier.objects.filter(name="trending").update(price_small=D("4.99"))
    later = run_engine()
    told = said("revert_prices", run.pk, "--yes")
    assert f"changed again by run {later.pk}" in told
    assert "0 of 2 prices go back." in told
    said("revert_prices", run.pk, "--yes", "--also-later")
    assert prices() == [D("5.49")] * 2
    assert PriceChange.objects.filter(run=run, status="reverted").count() == 2
