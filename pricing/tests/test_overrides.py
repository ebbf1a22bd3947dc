"""Overrides: refused when they make no sense, looked at before they are made, begun and ended by the clock."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.tests.making import make_sticker
from pricing import overrides, plan
from pricing.models import Offer, Override, PriceChange, Tier
from pricing.preview import Preview, preview
from pricing.tests.making import DAY, design, offer_at_tier, prices, run_plan, sell
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry

pytestmark = pytest.mark.django_db
D = Decimal
Kind = Override.Kind
TEA_DAY: dict[str, Any] = {"kind": Kind.HOLIDAY, "tag": "Teapot", "percent": D(15), "why": "Tea day"}
CLEARANCE: dict[str, Any] = {"kind": Kind.CLEARANCE, "percent": D(-20), "why": "slow week"}


def cooling() -> Tier:
    return Tier.objects.get(name="cooling")


def seen(row: Override) -> list[tuple[Decimal, Decimal, str]]:
    return [(line.now, line.then, line.note) for line in preview(row).lines]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tag": ""}, "Say what it is for"),
        ({"tier": True}, "Say what it is for"),
        ({"why": " "}, "Give a reason"),
        ({"percent": None}, "A holiday needs a percentage between 0 and 300"),
        ({"percent": D(-5)}, "A holiday needs a percentage between 0 and 300"),
        ({"percent": D(301)}, "A holiday needs a percentage between 0 and 300"),
        ({"price": D(3)}, "A holiday needs a percentage between 0 and 300"),
        ({"kind": Kind.CLEARANCE}, "A clearance needs a percentage between -90 and 0"),
        ({"kind": Kind.FIXED}, "lies above zero"),
        ({"kind": Kind.FIXED, "percent": None, "price": D(0)}, "lies above zero"),
        ({"kind": Kind.FIXED, "percent": None, "price": D("1000.01")}, "is at most .1000"),
        ({"tag": "a tag that is far too long"}, "No tag is longer than 20"),
        ({"kind": Kind.VIRAL}, "neither price nor percent"),
        ({"kind": Kind.EXEMPT}, "neither price nor percent"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused_in_plain_words(given: dict[str, Any], words: str) -> None:
    if given.get("tier"):
        given = {**given, "tier": cooling()}
    with pytest.raises(NeedsPerson, match=words):
        overrides.draft(**{**TEA_DAY, **given})


def test_an_end_before_the_start_or_in_the_past_is_refused() -> None:
    now = clock.now()
    for starts, until, words in [
        (now + 2 * DAY, now + DAY, "ends before it starts"),
        (now + DAY, now + DAY, "ends before it starts"),
        (now - 2 * DAY, now - DAY, "over already"),
    ]:
        with pytest.raises(NeedsPerson, match=words):
            overrides.draft(**TEA_DAY, starts=starts, until=until)


def test_looking_at_an_override_changes_nothing_and_making_it_prices_as_it_was_shown() -> None:
    frog, _ = offer_at_tier("trending", trend_age=5 * DAY), offer_at_tier("trending", trend_age=5 * DAY, tags=["otter"])
    sell(frog, 4)
    drafted = overrides.draft(**TEA_DAY)
    shown = preview(drafted)
    assert [(line.sku, line.now, line.then, line.note) for line in shown.lines] == [
        (str(frog), D("4.49"), D("4.99"), "holiday: Tea day")
    ]
    assert (shown.effect.units, shown.effect.revenue, shown.effect.profit) == (4, D("2.00"), D("1.80"))
    assert shown.words.startswith("1 of 1 offers change their price: revenue +$2.00")
    assert (Override.objects.count(), prices()) == (0, [D("4.49"), D("4.49")])
    overrides.make(drafted, by="olive")
    run_plan()
    assert prices() == [D("4.99"), D("4.49")]
    entry = AuditEntry.objects.get(action="made override")
    assert (entry.who, entry.why) == ("olive", "Tea day")


def test_the_seeds_clearance_has_no_effect_at_todays_costs_and_the_preview_says_why() -> None:
    offer_at_tier("cooling", trend_age=20 * DAY)
    offer_at_tier("cooling", trend_age=20 * DAY, size="4in")
    shown = preview(overrides.draft(**CLEARANCE, tier=cooling()))
    assert shown.words.startswith("0 of 2 offers change their price")
    assert [line.note for line in shown.without_effect] == ["without effect: the floor holds it up"] * 2


def test_a_clearance_takes_20_percent_off_where_the_floor_lets_it() -> None:
    Tier.objects.filter(name="cooling").update(price_small=D("4.99"), price_large=D("5.49"))
    offer_at_tier("cooling", trend_age=20 * DAY)
    offer_at_tier("cooling", trend_age=20 * DAY, size="4in")
    offer_at_tier("trending", trend_age=5 * DAY)
    row = overrides.make(overrides.draft(**CLEARANCE, tier=cooling()), by="olive")
    run_plan()
    assert prices() == [D("3.99"), D("4.49"), D("4.49")]
    assert overrides.release(row, by="olive", why="enough")
    run_plan()
    assert prices() == [D("4.99"), D("5.49"), D("4.49")]


def test_a_preview_says_which_override_wins_and_which_is_replaced() -> None:
    fixed, plain = offer_at_tier("trending", trend_age=5 * DAY), offer_at_tier("trending", trend_age=5 * DAY)
    overrides.fix(fixed, D("6.49"), by="olive", why="mine")
    overrides.make(overrides.draft(**{**TEA_DAY, "why": "Old tea day"}), by="olive")
    assert seen(overrides.draft(**{**TEA_DAY, "percent": D(30)})) == [
        (D("6.49"), D("6.49"), "without effect: “fixed: mine” wins"),
        (D("4.99"), D("5.99"), "holiday: Tea day, instead of “holiday: Old tea day”"),
    ]
    assert seen(overrides.draft(Kind.FIXED, offer=plain, price=D("1.00"), why="cheap")) == [
        (D("4.99"), D("3.49"), "fixed: cheap, held up by the floor of $3.49, instead of “holiday: Old tea day”")
    ]
    assert seen(overrides.draft(Kind.FIXED, offer=plain, price=D("4.90"), why="same")) == [
        (D("4.99"), D("4.99"), "without effect: it costs that already")
    ]


def test_a_future_override_is_shown_at_the_ages_and_beside_the_overrides_of_its_start() -> None:
    offer = offer_at_tier("trending", trend_age=5 * DAY)
    overrides.hold(design(offer), by="olive", why="meme", until=clock.now() + 5 * DAY)
    soon = overrides.draft(**TEA_DAY, starts=clock.now() + DAY)
    later = overrides.draft(**{**TEA_DAY, "percent": D(40)}, starts=clock.now() + 10 * DAY)
    assert seen(soon) == [(D("5.49"), D("5.49"), "without effect: “viral: meme” wins")]
    assert seen(later) == [(D("3.49"), D("4.99"), "holiday: Tea day")], "cooling by then, and the hold has ended"


def test_a_viral_hold_and_an_exemption_are_shown_for_all_sizes_of_the_design() -> None:
    sticker = make_sticker(trend_age=20 * DAY)
    plan.open_offers(sticker)
    offer_at_tier("cooling", trend_age=20 * DAY)
    assert [line.then for line in preview(overrides.draft(Kind.VIRAL, sticker=sticker, why="meme")).lines] == [
        D("5.49"), D("6.49"),
    ]  # fmt: skip
    exempt = preview(overrides.draft(Kind.EXEMPT, sticker=sticker, why="logo"))
    assert [(line.has_effect, line.note) for line in exempt.lines] == [(False, "price stays, never archived")] * 2
    assert exempt.words == "2 offers keep their prices; their designs are never archived."


def test_an_exemption_never_prices_anything_even_beside_other_overrides() -> None:
    offer = offer_at_tier("cooling", trend_age=20 * DAY)
    overrides.exempt(design(offer), by="olive", why="logo")
    run_plan()
    assert prices() == [D("3.49")]
    overrides.make(overrides.draft(**TEA_DAY), by="olive")
    run_plan()
    assert prices() == [D("3.99")], "the tag's holiday counts although the exemption is more specific"


def test_an_override_for_nothing_on_sale_says_so() -> None:
    assert preview(overrides.draft(**TEA_DAY)).words == "It applies to nothing that is on sale."


def test_an_override_made_already_is_shown_without_counting_itself_twice() -> None:
    offer_at_tier("trending", trend_age=5 * DAY)
    row = overrides.make(overrides.draft(**TEA_DAY), by="olive")
    assert seen(row) == [(D("4.49"), D("4.99"), "holiday: Tea day")]


def at(moment: datetime, time_machine: Any) -> list[Decimal]:
    time_machine.move_to(moment, tick=False)
    run_plan()
    return prices()


def test_an_override_begins_and_ends_to_the_second_at_the_next_run(time_machine: Any) -> None:
    now, second = clock.now().replace(microsecond=0), timedelta(seconds=1)
    offer_at_tier("trending", trend_age=4 * DAY)
    starts, ends = now + DAY, now + 3 * DAY
    overrides.make(overrides.draft(**TEA_DAY, starts=starts, until=ends), by="olive")
    assert at(starts - second, time_machine) == [D("4.49")]
    assert at(starts, time_machine) == [D("4.99")]
    assert at(ends - second, time_machine) == [D("4.99")]
    assert at(ends, time_machine) == [D("4.49")]


def test_an_override_that_ended_or_was_released_cannot_be_released_again() -> None:
    row = overrides.make(overrides.draft(**TEA_DAY, until=clock.now() + DAY), by="olive")
    Override.objects.filter(pk=row.pk).update(ends_at=clock.now())
    assert not overrides.release(row, by="olive", why="too late")


def test_making_and_releasing_ask_for_the_engine_but_a_later_start_waits_for_the_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(overrides, "wake_engine", lambda: asked.append("engine"))
    overrides.make(overrides.draft(**TEA_DAY, starts=clock.now() + DAY), by="olive")
    assert asked == []
    row = overrides.make(overrides.draft(**TEA_DAY), by="olive")
    overrides.release(row, by="olive", why="enough")
    assert asked == ["engine", "engine"]


def test_the_history_says_from_when_on_a_price_that_stays_is_no_overrides_any_more() -> None:
    offer = offer_at_tier("trending", trend_age=5 * DAY)
    overrides.fix(offer, D("4.99"), by="olive", why="mine", until=clock.now() + DAY)
    run_plan()
    Override.objects.update(ends_at=clock.now())
    Tier.objects.filter(name="trending").update(price_small=D("4.99"))
    run_plan()
    offer.refresh_from_db()
    assert (offer.wanted_price, offer.under_override) == (D("4.99"), False)
    newest = PriceChange.objects.filter(offer=offer).first()
    assert newest
    assert (newest.under_override, newest.old_price, newest.new_price) == (False, D("4.99"), D("4.99"))


def test_the_history_says_from_when_on_a_price_that_stays_is_an_overrides() -> None:
    offer = offer_at_tier("trending", trend_age=5 * DAY)
    overrides.fix(offer, D("4.49"), by="olive", why="mine")
    run_plan()
    assert not Offer.objects.get().under_override, "the table says the same"
    Tier.objects.filter(name="trending").update(price_small=D("3.99"))
    run_plan()
    assert Offer.objects.get().under_override
    newest = PriceChange.objects.filter(offer=offer).first()
    assert newest
    assert (newest.under_override, newest.status) == (True, "pushed")


def test_a_preview_takes_as_many_queries_for_twenty_offers_as_for_two() -> None:
    assert _queries(2) == _queries(18)


def _queries(more: int) -> int:
    for _ in range(more):
        offer_at_tier("trending", trend_age=5 * DAY)
    with CaptureQueriesContext(connection) as captured:
        found: Preview = preview(overrides.draft(**TEA_DAY))
    assert len(found.changing) == Offer.objects.count()
    return len(captured)
