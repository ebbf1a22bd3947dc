"""The page of the price plan: what would change and why, and only what was looked at is done."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from fulfillment.models import PrintCost
from pricing.models import Offer, PriceChange, Tier
from pricing.plan import make_plan, propose
from pricing.tests.making import DAY, book, offer_at_tier, prices, sell
from pricing.tests.test_slots import on_sale
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.ops import meters, queue, switches
from stickertrendz.ops.models import AuditEntry

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
D = Decimal
PLAN = reverse("admin:pricing_offer_plan")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> list[str]:
    """Names of the jobs that were asked for."""
    settings.MEDIA_ROOT = tmp_path
    jobs: list[str] = []
    monkeypatch.setattr(queue, "enqueue", jobs.append)
    return jobs


def aged(count: int = 2, **columns: Any) -> list[Offer]:
    """Offers at $5.49 whose trends are four days old: $4.49 by the rules."""
    return [offer_at_tier("just_dropped", trend_age=4 * DAY, **columns) for _ in range(count)]


def halted() -> list[Offer]:
    """The tiers were mended so boldly that a run halts: $5.49 to $3.49."""
    offers = aged()
    Tier.objects.filter(name="trending").update(price_small=D("3.49"))
    propose(make_plan(book()))
    return offers


def mark() -> str:
    return make_plan(book()).mark


def test_what_leaves_the_shelf_is_shown_and_belongs_to_what_was_looked_at(owner: Client, asked: list[str]) -> None:
    on_sale(gained=5)
    looked_at = mark()
    quiet = on_sale(gained=0)
    shown = page(owner, PLAN)
    assert "1 design leaves the shelf" in shown
    assert quiet.number in shown.split('id="leaving"')[1]
    assert "has changed since you looked" in page(owner, PLAN, {"run": "1", "seen": looked_at})
    page(owner, PLAN, {"run": "1", "seen": shown.split('name="seen" value="')[1].split('"')[0]})
    assert asked == ["pricing_engine"]


def test_the_page_tells_what_changes_why_and_what_it_brings(owner: Client) -> None:
    first, _ = aged()
    sell(first, 3)
    shown = page(owner, PLAN)
    assert "2 prices change, no design leaves the shelf" in shown
    assert f"{first.sticker.number}</strong>, 3″" in shown
    assert "just dropped → trending" in shown
    assert "$5.49 →</span> <strong>$4.49" in shown
    assert "<strong>−$3.00</strong> revenue a month, change" in shown
    assert "<strong>−$2.70</strong> profit a month, change" in shown
    assert '−$2.70 <span class="why">of 3 sold' in shown
    assert "none sold lately" in shown
    assert prices() == [D("5.49"), D("5.49")], "looking changes nothing"


def test_alike_changes_are_summed_up_with_what_a_sale_then_leaves(owner: Client) -> None:
    aged()
    offer_at_tier("trending", trend_age=15 * DAY)
    shown = page(owner, PLAN).split("In short")[1]
    # 4.49 − (4.49 × 9.5 % + 0.45) − 2.43, and the same of 3.49
    assert (
        '<td data-name="Offers" class="number">2</td><td data-name="A sale leaves" class="number">$1.18</td>' in shown
    )
    assert (
        '<td data-name="Offers" class="number">1</td><td data-name="A sale leaves" class="number">$0.28</td>' in shown
    )


def test_without_offers_and_without_changes_it_says_so(owner: Client) -> None:
    assert "Nothing is on sale yet." in page(owner, PLAN)
    offer_at_tier("just_dropped", trend_age=1 * DAY)
    Offer.objects.update(reason="just_dropped price")
    assert "All 1 prices are as the rules have them." in page(owner, PLAN)


def test_without_costs_there_is_no_plan_and_the_page_says_what_to_add(owner: Client) -> None:
    aged(1)
    PrintCost.objects.all().delete()
    assert "There is no plan: What" in page(owner, PLAN)


def test_the_engine_is_run_for_the_plan_on_the_page_only(owner: Client, asked: list[str]) -> None:
    aged()
    looked_at = mark()
    assert f'value="{looked_at}"' in page(owner, PLAN)
    Tier.objects.filter(name="trending").update(price_small=D("4.99"))
    assert "has changed since you looked" in page(owner, PLAN, {"run": "1", "seen": looked_at})
    assert asked == []
    assert "The engine is on its way" in page(owner, PLAN, {"run": "1", "seen": mark()})
    assert asked == ["pricing_engine"]
    assert AuditEntry.objects.filter(who="owner", action="asked for a pricing run").exists()


def test_why_it_would_be_skipped_is_told_and_the_engine_is_not_run(owner: Client, asked: list[str]) -> None:
    aged()
    meters.spend("etsy", 4_251, clock.now())
    shown = page(owner, PLAN)
    assert "4251 of 5000 Etsy calls are used" in shown
    assert "Run the engine now" not in shown
    page(owner, PLAN, {"run": "1", "seen": mark()})
    switches.throw("pricing", "costs look wrong", by="ada")
    assert "costs look wrong" in page(owner, PLAN).split('id="sum"')[1]
    page(owner, PLAN, {"run": "1", "seen": mark()})
    assert asked == []


def test_a_halted_plan_is_approved_with_a_reason(owner: Client, asked: list[str]) -> None:
    halted()
    shown = page(owner, PLAN)
    assert "would move more than half" in shown
    assert "left 2 proposed prices" in shown
    assert 'role="alert"' in page(owner, PLAN, {"approve": "1", "seen": mark(), "why": ""})
    assert prices() == [D("5.49")] * 2
    assert "2 prices are changed" in page(owner, PLAN, {"approve": "1", "seen": mark(), "why": "a sale"})
    assert prices() == [D("3.49")] * 2
    assert AuditEntry.objects.filter(who="owner", action="approved price plan", why="a sale").exists()
    assert asked == ["push_changes"]


def test_a_halted_plan_that_changed_since_the_look_is_not_approved(owner: Client) -> None:
    halted()
    looked_at = mark()
    Tier.objects.filter(name="trending").update(price_small=D("2.99"))
    offer_at_tier("just_dropped", trend_age=5 * DAY)
    assert "look at it again" in page(owner, PLAN, {"approve": "1", "seen": looked_at, "why": "a sale"})
    assert "look at it again" in page(owner, PLAN, {"approve": "1", "why": "a sale"})
    assert prices() == [D("5.49")] * 3


def test_a_proposal_is_dropped_with_a_reason(owner: Client) -> None:
    halted()
    assert "proposed prices wait for your word" in page(owner, "/admin/")
    assert "2 proposed prices are dropped" in page(owner, PLAN, {"dismiss": "1", "why": "tiers are mended"})
    assert not PriceChange.objects.filter(status="proposed").exists()
    assert "proposed prices wait" not in page(owner, "/admin/")
    entry = AuditEntry.objects.get(action="dismissed proposed prices")
    assert (entry.who, entry.why, entry.detail) == ("owner", "tiers are mended", {"prices": 2})


def test_long_plans_are_read_in_pages_by_the_same_number_of_queries(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    aged(2)
    with django_assert_max_num_queries(40) as few:
        page(owner, PLAN)
    aged(3)
    owner.get(PLAN)
    with django_assert_max_num_queries(40) as more:
        page(owner, PLAN)
    assert len(few.captured_queries) == len(more.captured_queries)


def test_more_than_a_page_of_changes_is_split(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stickertrendz.console.price_plan_pages.AT_ONCE", 2)
    aged(3)
    assert "1 to 2 of 3" in page(owner, PLAN)
    assert "3 to 3 of 3" in page(owner, f"{PLAN}?page=2")
    assert "3 to 3 of 3" in page(owner, f"{PLAN}?page=999")


def test_a_title_is_shown_as_text(owner: Client) -> None:
    aged(1, title="<script>alert(1)</script>")
    shown = page(owner, PLAN)
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_whoever_may_only_look_decides_nothing(client: Client, asked: list[str]) -> None:
    halted()
    viewer = logged_in(client, "pricing.view_offer")
    assert "Approve" not in page(viewer, PLAN)
    for deed in ("run", "approve", "dismiss"):
        assert viewer.post(PLAN, {deed: "1", "seen": mark(), "why": "no"}).status_code == 403
    assert asked == []
    assert PriceChange.objects.filter(status="proposed").count() == 2


def test_a_click_from_elsewhere_decides_nothing(owner: Client, asked: list[str]) -> None:
    halted()
    elsewhere = Client(enforce_csrf_checks=True)
    elsewhere.cookies = owner.cookies
    assert elsewhere.get(PLAN).status_code == 200
    assert elsewhere.post(PLAN, {"approve": "1", "seen": mark(), "why": "no"}).status_code == 403
    assert asked == []


def test_whoever_may_not_see_prices_sees_no_plan(client: Client) -> None:
    assert logged_in(client, "stickers.view_sticker").get(PLAN).status_code == 403
