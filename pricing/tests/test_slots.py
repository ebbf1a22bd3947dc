"""Slot economics: what each design on sale earned a day, and in which order designs leave."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.models import Order, OrderItem
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from pricing import archive, overrides, plan, slots
from pricing.models import StickerDay
from pricing.slots import Slot
from pricing.tests.making import DAY, book
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.models import AuditEntry

pytestmark = pytest.mark.django_db
D = Decimal


def on_sale(days: int = 20, *, gained: int = 5, trend_age: int | None = None, stats: int = 20) -> Sticker:
    """So many days on sale; views rose by `gained` within the last fortnight."""
    since = clock.now() - days * DAY
    sticker = make_sticker(trend_age=(trend_age or days) * DAY, shelf_since=since, published_at=since)
    plan.open_offers(sticker)
    days_known = [
        StickerDay(sticker=sticker, day=clock.today() - n * DAY, views=9 + gained * (n < 7)) for n in range(stats)
    ]
    StickerDay.objects.bulk_create(days_known)
    return sticker


def sell(sticker: Sticker, price: str, *, size: str = "3in", ago: int = 1, **fields: Any) -> None:
    take(make_receipt(make_line(sticker, size, unit_price=D(price), sold_at=clock.now() - ago * DAY, **fields)))


def slot(sticker: Sticker) -> Slot:
    """The same in the ranking of all and alone."""
    now = book()
    found = next(one for one in slots.ranking(now) if one.sticker_id == sticker.pk)
    assert slots.ranking(now, only=sticker.pk) == [found]
    return found


def test_profit_is_price_less_fees_less_the_dearest_cost_less_the_listing_fee(settings: Any) -> None:
    sticker = on_sale(days=20)
    sell(sticker, "4.49", quantity=2)
    sell(sticker, "5.49", size="4in", ago=16)
    found = slot(sticker)
    # 2 × (4.49 × 0.9 − 2.43) + (5.49 × 0.9 − 2.98) − 0.20
    assert (found.units, found.sold_lately, found.profit) == (3, 2, D("4.983"))
    assert (found.days, found.per_day) == (20, D("4.983") / 20)
    settings.ETSY_FEES = "full"
    # 2 × (4.49 × 0.905 − 0.45 − 2.43) + (5.49 × 0.905 − 0.45 − 2.98) − 0.20
    assert slot(sticker).profit == D("3.70535")


@pytest.mark.parametrize(("price", "paid"), [("6.00", "4.50"), ("7.00", "5.25")])
def test_a_coupon_leaves_a_slot_only_what_the_buyer_paid(price: str, paid: str) -> None:
    sticker = on_sale()
    sell(sticker, price, quantity=1)
    Order.objects.update(total_amount=D("9.00"), discount=D("3.00"))
    assert slot(sticker).profit == D(paid) * D("0.9") - D("2.43") - D("0.20")


def test_what_was_refunded_unpaid_or_sold_before_it_was_on_the_shelf_again_earns_nothing() -> None:
    sticker = on_sale(days=20)
    sell(sticker, "4.49", refunded=True)
    sell(sticker, "4.49", ago=30)
    assert slot(sticker).profit == D("-0.20")


def test_a_listing_fee_counts_for_each_four_months() -> None:
    assert slot(on_sale(days=121)).profit == D("-0.40")


def test_a_sale_whose_size_is_unknown_counts_at_the_dearer_cost() -> None:
    sticker = on_sale()
    sell(sticker, "4.49")
    OrderItem.objects.update(size="")
    assert slot(sticker).profit == D("4.49") * D("0.9") - D("2.98") - D("0.20")


def test_the_clock_of_a_slot_starts_when_it_was_on_sale_and_on_the_shelf() -> None:
    sticker = on_sale(days=20)
    Sticker.objects.filter(pk=sticker.pk).update(published_at=clock.now() - 5 * DAY)
    found = slot(sticker)
    assert (found.days, found.is_judged) == (5, False)
    fresh = on_sale(days=0, stats=0)
    assert (slot(fresh).per_day, slot(fresh).new_views) == (D("-0.20"), None)


def test_the_quiet_leave_first_then_the_old_that_are_only_looked_at_then_the_least_earning() -> None:
    earning, losing = on_sale(), on_sale()
    sell(earning, "6.49")
    only_seen, quiet = on_sale(days=40), on_sale(gained=0)
    too_new, viral = on_sale(days=13, gained=0), on_sale(gained=0)
    overrides.hold(viral, by="olive", why="meme")
    ranked = [one.sticker_id for one in slots.ranking(book())]
    assert ranked[:4] == [quiet.pk, only_seen.pk, losing.pk, earning.pk]
    assert set(ranked[4:]) == {too_new.pk, viral.pk}
    assert slot(viral).kept == "viral: meme"


@pytest.mark.parametrize(
    ("seconds", "judged"), [(-1, False), (0, True), (1, True)], ids=["a second before", "at", "a second after"]
)
def test_fourteen_full_days_are_needed_to_the_second(time_machine: Any, seconds: int, judged: bool) -> None:
    sticker = on_sale(days=14, gained=0)
    time_machine.move_to(sticker.shelf_since + 14 * DAY + timedelta(seconds=seconds), tick=False)
    assert slot(sticker).is_judged is judged


@pytest.mark.parametrize(("days", "first"), [(29, False), (30, True)])
def test_a_trend_of_30_days_without_a_sale_but_with_views_comes_first_at_the_evergreen_price(
    time_machine: Any, days: int, first: bool
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    old, losing = on_sale(days=20, trend_age=days), on_sale(days=20)
    sell(losing, "3.49", ago=1)
    Sticker.objects.filter(pk=losing.pk).update(shelf_since=clock.now() - 25 * DAY)
    sell(old, "6.49", ago=15)
    ranked = [one.sticker_id for one in slots.ranking(book())]
    assert (ranked[0] == old.pk) is first
    tiers = set(old.offers.values_list("tier", flat=True))
    assert tiers == ({"evergreen"} if first else {"cooling"})


def test_the_console_and_the_archiver_see_one_ranking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROOMY", 1)
    for _ in range(3):
        on_sale()
    ranked = [one.sticker_id for one in slots.ranking(book()) if one.may_leave]
    assert [one.sticker_id for one in archive.leaving(book())] == ranked[:2]


def test_the_ranking_takes_as_many_queries_for_ten_designs_as_for_two() -> None:
    assert _queries(2) == _queries(8) == 10


def _queries(more: int) -> int:
    for _ in range(more):
        sell(on_sale(), "4.49")
    with CaptureQueriesContext(connection) as captured:
        slots.ranking(book())
    return len(captured)


def test_a_person_archives_a_design_once_and_it_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(archive, "wake_push_changes", lambda: asked.append(1))
    sticker = on_sale()
    assert archive.archive(sticker, by="olive", why="ugly")
    assert not archive.archive(sticker, by="olive", why="ugly")
    sticker.refresh_from_db()
    assert (sticker.shelf, sticker.shelf_why, len(asked)) == ("archived", "ugly", 1)
    assert AuditEntry.objects.get(action="archived design").subject == f"stickers.sticker:{sticker.pk}"
