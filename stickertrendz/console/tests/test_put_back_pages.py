"""Prices put back: of a run, a design, one size; shown first, with a reason, and never others than those shown."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from pricing import overrides
from pricing.models import Offer, Override, PriceChange, Tier
from pricing.tests.making import DAY, offer_at_tier, prices, push_all, run_engine
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.console.tests.test_price_plan_page import asked
from stickertrendz.ops.models import AuditEntry, Run

__all__ = ["asked", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
D = Decimal


def fallen(count: int = 2, **columns: Any) -> tuple[list[Offer], Run]:
    """Offers that a run took from $5.49 to $4.49."""
    offers = [offer_at_tier("just_dropped", trend_age=4 * DAY, **columns) for _ in range(count)]
    run = run_engine()
    push_all()
    return offers, run


def address(what: str, key: int | None) -> str:
    return reverse(f"admin:pricing_offer_put_back_{what}", args=[key])


def seen(shown: str) -> str:
    return shown.split('name="seen" value="')[1].split('"')[0]


def test_a_run_is_put_back_from_its_page_with_a_reason(owner: Client, asked: list[str]) -> None:
    _, run = fallen()
    where = address("run", run.pk)
    assert where in page(owner, reverse("admin:ops_run_change", args=[run.pk]))
    shown = page(owner, where)
    assert "2 prices go back" in shown
    assert "$4.49 →</span> <strong>$5.49" in shown
    assert 'role="alert"' in page(owner, where, {"seen": seen(shown), "why": ""})
    assert prices() == [D("4.49")] * 2
    assert "2 of 2 prices go back" in page(owner, where, {"seen": seen(shown), "why": "costs were wrong"})
    assert prices() == [D("5.49")] * 2
    assert AuditEntry.objects.filter(who="owner", action="reverted prices", why="costs were wrong").exists()
    assert asked == ["push_changes"]
    assert "taken back already" in page(owner, where)


def test_what_changed_between_look_and_click_is_not_put_back(owner: Client) -> None:
    offers, run = fallen()
    where = address("run", run.pk)
    looked_at = seen(page(owner, where))
    overrides.fix(offers[0], D("4.99"), by="ada", why="mine")
    run_engine()
    assert "changed since you looked" in page(owner, where, {"seen": looked_at, "why": "costs were wrong"})
    assert prices() == [D("4.99"), D("4.49")]
    assert not PriceChange.objects.filter(status="reverted").exists()


def test_what_was_changed_again_is_left_with_its_reason_unless_asked_for(owner: Client) -> None:
    offers, run = fallen()
    overrides.fix(offers[0], D("4.99"), by="ada", why="mine")
    run_engine()
    where = address("run", run.pk)
    shown = page(owner, where)
    assert "1 price goes back" in shown
    assert "changed again by run" in shown
    shown = page(owner, f"{where}?also_later=1")
    assert "2 prices go back" in shown
    page(owner, where, {"seen": seen(shown), "why": "all of it", "also_later": "1"})
    assert prices() == [D("5.49")] * 2


def test_a_run_without_prices_says_so(owner: Client) -> None:
    _, run = fallen(1)
    PriceChange.objects.filter(run=run).update(run=None)
    answer = owner.get(address("run", run.pk), follow=True)
    assert "changed no price" in answer.content.decode()
    assert "Put back this run" not in page(owner, reverse("admin:ops_run_change", args=[run.pk]))


def test_a_design_and_one_size_are_put_back(owner: Client) -> None:
    [first, second], _ = fallen()
    where = address("design", first.sticker_id)
    assert where in page(owner, reverse("admin:stickers_sticker_change", args=[first.sticker_id]))
    page(owner, where, {"seen": seen(page(owner, where)), "why": "too cheap"})
    assert prices() == [D("5.49"), D("4.49")]
    change = PriceChange.objects.filter(offer=second).first()
    assert change
    where = address("change", change.pk)
    assert where in page(owner, reverse("admin:pricing_offer_change", args=[second.pk]))
    page(owner, where, {"seen": seen(page(owner, where)), "why": "too cheap"})
    assert prices() == [D("5.49")] * 2
    assert Override.objects.filter(kind="reverted", made_by="owner").count() == 2


def test_a_design_is_priced_by_the_rules_at_once(owner: Client, asked: list[str]) -> None:
    offer = offer_at_tier("just_dropped", trend_age=4 * DAY)
    where = reverse("admin:pricing_offer_reprice", args=[offer.sticker_id])
    shown = page(owner, where)
    assert "just dropped → trending" in shown
    Tier.objects.filter(name="trending").update(price_small=D("4.99"))
    assert "changed since you looked" in page(owner, where, {"seen": seen(shown), "why": "now"})
    assert prices() == [D("5.49")]
    page(owner, where, {"seen": seen(page(owner, where)), "why": "now"})
    assert prices() == [D("4.99")]
    assert asked == ["push_changes"]
    assert "as the rules have them" in page(owner, where)


def test_a_title_is_shown_as_text(owner: Client) -> None:
    _, run = fallen(1, title="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(owner, address("run", run.pk))


def test_the_preview_takes_the_same_queries_for_many_prices(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    found = []
    for count in (1, 4):
        _, run = fallen(count)
        page(owner, "/admin/")
        with django_assert_max_num_queries(40) as told:
            page(owner, address("run", run.pk))
        found.append(len(told.captured_queries))
    assert found[0] == found[1]


def test_only_who_may_change_offers_puts_prices_back(client: Client) -> None:
    [offer], run = fallen(1)
    change = PriceChange.objects.filter(offer=offer).first()
    assert change
    viewer = logged_in(client, "pricing.view_offer", "pricing.view_pricechange", "ops.view_run")
    assert "Put back" not in page(viewer, reverse("admin:ops_run_change", args=[run.pk]))
    reprice = reverse("admin:pricing_offer_reprice", args=[offer.sticker_id])
    for where in (address("run", run.pk), address("design", offer.sticker_id), address("change", change.pk), reprice):
        assert viewer.get(where).status_code == 403
        assert viewer.post(where, {"why": "no", "seen": "x"}).status_code == 403
    assert prices() == [D("4.49")]


def test_the_list_of_changes_leads_from_a_run_to_what_it_changed(owner: Client) -> None:
    [offer], run = fallen(1)
    fallen(1)
    shown: Any = owner.get(reverse("admin:pricing_pricechange_changelist"), {"run__id__exact": run.pk})
    assert [one.offer for one in shown.context["cl"].result_list] == [offer]
    change = PriceChange.objects.filter(run=run).get()
    assert "packaging cost" in page(owner, reverse("admin:pricing_pricechange_change", args=[change.pk]))
