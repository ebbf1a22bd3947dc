"""The pricing engine as a job, and what leaves the shelf."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.models import PrintCost
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from pricing import archive, jobs, overrides, plan
from pricing.book import read_book
from pricing.models import Offer, Override, PriceChange, StickerDay
from pricing.moves import Move
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import meters, runner
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Alert, Run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
JOBS = [Job("pricing_engine", "pricing.jobs.pricing_engine", "0 6 * * *", "for this test", "pricing")]


@pytest.fixture
def woken(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the jobs that were asked for."""
    settings.JOB_LIST = "pricing.tests.test_engine.JOBS"
    names: list[str] = []
    monkeypatch.setattr(jobs, "wake_push_changes", lambda: names.append("push_changes"))
    return names


def on_sale(*, days: int = 20, stats: int = 15, views: Any = lambda day: 7, trend_age: int | None = None) -> Sticker:
    """A design on sale for so many days, with its view count known on the last days."""
    since = clock.now() - days * DAY
    age = (trend_age if trend_age is not None else days) * DAY
    sticker = make_sticker(trend_age=age, sizes=("3in",), shelf_since=since, published_at=since)
    plan.open_offers(sticker)
    today = clock.today()
    for day in range(stats):
        StickerDay.objects.create(sticker=sticker, day=today - day * DAY, views=views(day), favourites=0)
    return sticker


def leaving() -> list[int]:
    return [one.sticker_id for one in archive.leaving(read_book(clock.now()))]


def test_the_engine_prices_by_age_counts_and_wakes_the_pusher(woken: list[str]) -> None:
    plan.open_offers(make_sticker(trend_age=5 * DAY))
    Offer.objects.update(tier="just_dropped", wanted_price=Decimal("5.49"))
    assert runner.run_job("pricing_engine") == (0, 0)
    run = Run.objects.get()
    # only the small one: at trending the large one costs $5.49 too
    assert (run.counts, run.left) == ({"prices_updated": 1, "stickers_below_floor": 0, "stickers_archived": 0}, 0)
    assert PriceChange.objects.filter(run=run).exists()
    assert woken == ["push_changes"]


def test_nothing_to_change_wakes_nobody(woken: list[str]) -> None:
    plan.open_offers(make_sticker())
    assert runner.run_job("pricing_engine") == (0, 0)
    assert woken == []


def test_prices_that_lie_below_their_floors_since_costs_rose_are_counted(woken: list[str]) -> None:
    plan.open_offers(make_sticker(trend_age=40 * DAY, sizes=("3in",)))
    plan.open_offers(make_sticker(trend_age=5 * DAY, sizes=("3in",)))
    PrintCost.objects.filter(provider="self_usps", size="3in").update(cost=Decimal("1.60"))
    assert runner.run_job("pricing_engine") == (0, 0)
    assert Run.objects.get().counts == {"prices_updated": 1, "stickers_below_floor": 1, "stickers_archived": 0}
    assert set(Offer.objects.values_list("wanted_price", flat=True)) == {Decimal("3.99"), Decimal("4.49")}


def test_an_offer_that_was_pushed_while_it_was_planned_does_not_wait_for_tomorrow(
    woken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        plan.open_offers(make_sticker(trend_age=5 * DAY, sizes=("3in",)))
    Offer.objects.update(tier="just_dropped", wanted_price=Decimal("5.49"))
    apply, pushed = plan.apply, Offer.objects.filter(pk=Offer.objects.latest("pk").pk)

    def late(*args: Any) -> list[Move]:
        pushed.filter(pushed_price=None).update(pushed_price=Decimal("5.49"))
        return apply(*args)

    monkeypatch.setattr(plan, "apply", late)
    assert runner.run_job("pricing_engine") == (0, 1), "it asks for itself again"
    assert Run.objects.latest("pk").counts["prices_updated"] == 1
    assert runner.run_job("pricing_engine") == (0, 0)
    assert Run.objects.latest("pk").counts["prices_updated"] == 1
    assert set(Offer.objects.values_list("wanted_price", flat=True)) == {Decimal("4.49")}


def test_above_85_percent_of_the_etsy_budget_the_engine_skips_with_an_alert(woken: list[str]) -> None:
    plan.open_offers(make_sticker(trend_age=5 * DAY))
    Offer.objects.update(tier="just_dropped", wanted_price=Decimal("5.49"))
    meters.spend("etsy", 4250, clock.now())
    assert jobs.etsy_is_short() == ""
    meters.spend("etsy", 1, clock.now())
    assert runner.run_job("pricing_engine") == (0, 0)
    assert "4251 of 5000 Etsy calls" in Run.objects.get().note
    assert Alert.objects.filter(key="pricing-skipped").exists()
    assert set(Offer.objects.values_list("wanted_price", flat=True)) == {Decimal("5.49")}


def test_a_bold_plan_fails_the_run_leaves_prices_and_tells_the_operator(woken: list[str]) -> None:
    plan.open_offers(make_sticker(trend_age=20 * DAY, sizes=("3in",)))
    Offer.objects.update(tier="just_dropped", wanted_price=Decimal("5.49"))
    assert runner.run_job("pricing_engine") == (1, 0)
    assert Run.objects.get().status == Run.Status.FAILED
    told = Alert.objects.get(key="pricing-halted").text
    assert "approve what it shows" in told
    assert "below today's floors" not in told
    assert Offer.objects.get().wanted_price == Decimal("5.49")
    assert PriceChange.objects.filter(status="proposed").count() == 1
    assert woken == []


def test_a_halted_plan_tells_how_many_prices_it_leaves_below_their_floors(woken: list[str]) -> None:
    plan.open_offers(make_sticker(trend_age=40 * DAY, sizes=("3in",)))
    PrintCost.objects.filter(provider="self_usps", size="3in").update(cost=Decimal("3.00"))
    assert runner.run_job("pricing_engine") == (1, 0)
    assert "1 prices stay below today's floors" in Alert.objects.get(key="pricing-halted").text
    assert Offer.objects.get().wanted_price == Decimal("3.49")


def test_no_sale_and_no_new_view_for_14_days_archives(woken: list[str]) -> None:
    sticker = on_sale()
    assert runner.run_job("pricing_engine") == (0, 0)
    sticker.refresh_from_db()
    assert (sticker.shelf, sticker.shelf_why) == ("archived", "no sale and no new view for 14 days")
    assert Run.objects.get().counts["stickers_archived"] == 1
    assert woken == ["push_changes"]


def test_what_was_looked_at_bought_too_new_or_measured_too_rarely_stays() -> None:
    on_sale(views=lambda day: 20 - day)
    on_sale(days=13)
    on_sale(stats=9)
    on_sale(views=lambda day: None)
    on_sale(stats=20, views=lambda day: None if 11 <= day <= 14 else 7 if day < 11 else 6)  # seen on a day not measured
    bought = on_sale()
    take(make_receipt(make_line(bought)))
    assert leaving() == []


def test_missing_days_are_no_zero_views_but_ten_known_days_are_enough() -> None:
    gone = on_sale(views=lambda day: None if day % 3 == 1 else 7)
    assert leaving() == [gone.pk]


def test_held_viral_and_exempt_designs_are_never_archived() -> None:
    held, viral, exempt, by_hand, let_go = (on_sale() for _ in range(5))
    for sticker, units in ((held, 10), (let_go, 9)):
        take(make_receipt(make_line(sticker, tier="cooling", quantity=units, sold_at=clock.now() - 20 * DAY)))
    overrides.hold(viral, by="olive", why="meme")
    overrides.exempt(exempt, by="olive", why="it is our logo")
    overrides.fix(Offer.objects.get(sticker=by_hand), Decimal("4.99"), by="olive", why="mine")
    assert leaving() == [by_hand.pk, let_go.pk], "a price set by hand keeps nothing on the shelf, nine units neither"


def test_an_exemption_is_over_when_it_is_released_or_has_ended() -> None:
    released, ended = on_sale(), on_sale()
    for sticker, row in [(one, overrides.exempt(one, by="olive", why="logo")) for one in (released, ended)]:
        if sticker == released:
            assert overrides.release(row, by="olive", why="enough")
        else:
            Override.objects.filter(pk=row.pk).update(ends_at=clock.now())
    assert leaving() == [released.pk, ended.pk]


def test_above_280_on_sale_the_weakest_leave_and_old_unsold_ones_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROOMY", 2)
    young = on_sale(views=lambda day: 20 - day)
    earning = on_sale(views=lambda day: 20 - day)
    take(make_receipt(make_line(earning)))
    old = on_sale(views=lambda day: 20 - day, days=40)
    assert leaving() == [old.pk]
    monkeypatch.setattr(archive, "ROOMY", 1)
    assert leaving() == [old.pk, young.pk]


def test_listings_that_ended_on_etsy_take_no_slot_and_push_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROOMY", 2)
    for _ in range(2):
        on_sale(views=lambda day: 20 - day)
    ended = on_sale(days=150, stats=0)
    new = on_sale(days=1, stats=0)
    assert len(leaving()) == 1, "the new one takes a slot before its first views are read"
    StickerDay.objects.create(sticker=ended, day=clock.today() - 2 * DAY, views=3)
    assert len(leaving()) == 2
    Sticker.objects.filter(pk=new.pk).update(shelf="archived")
    assert len(leaving()) == 1


def test_a_shelf_somebody_else_decided_about_is_left_to_them() -> None:
    sticker = on_sale()
    found = archive.leaving(read_book(clock.now()))
    Sticker.objects.filter(pk=sticker.pk).update(shelf="withdrawn")
    assert [archive.take_off(one, clock.now()) for one in found] == [False]
    sticker.refresh_from_db()
    assert sticker.shelf == "withdrawn"


def test_a_run_over_forty_listings_takes_as_many_queries_as_one_over_four(woken: list[str]) -> None:
    _queries_of_a_run(1)  # stamps the database
    assert _queries_of_a_run(3) == _queries_of_a_run(36)
    assert Offer.objects.filter(tier="trending", wanted_price="4.49").count() == 40


def _queries_of_a_run(more: int) -> int:
    """Of one that lowers every price and ranks every slot."""
    for _ in range(more):
        on_sale(trend_age=5, views=lambda day: 20 - day)
    Offer.objects.update(tier="just_dropped", wanted_price=Decimal("5.49"), reason="before")
    with CaptureQueriesContext(connection) as captured:
        assert runner.run_job("pricing_engine") == (0, 0)
    return len(captured)


def test_the_run_tells_what_its_prices_bring(woken: list[str]) -> None:
    sticker = on_sale(trend_age=5)
    take(make_receipt(make_line(sticker, tier="just_dropped", quantity=3)))
    Offer.objects.update(tier="just_dropped", wanted_price=Decimal("5.49"))
    assert runner.run_job("pricing_engine") == (0, 0)
    words = "1 prices: revenue −$3.00, profit −$2.70 a month if as many are sold as in the last 30 days (3)."
    assert words in Run.objects.get().note


def test_proposals_of_a_halted_run_are_over_with_the_next_that_is_not(woken: list[str]) -> None:
    first, second = on_sale(trend_age=20), on_sale(trend_age=20)
    Offer.objects.update(tier="just_dropped", wanted_price=Decimal("5.49"))
    assert runner.run_job("pricing_engine") == (1, 0)
    assert PriceChange.objects.filter(status="proposed").count() == 2
    Offer.objects.filter(sticker=first).update(tier="cooling", wanted_price=Decimal("3.49"))
    assert runner.run_job("pricing_engine") == (0, 0), "one of two is not more than half"
    assert not PriceChange.objects.filter(status="proposed").exists()
    assert Offer.objects.get(sticker=second).wanted_price == Decimal("3.49")
