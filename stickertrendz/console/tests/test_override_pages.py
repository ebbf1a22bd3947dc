"""The pages of overrides: previewed, made as previewed, shown with state and dates, released with a reason."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from pricing import overrides
from pricing.models import Override, Tier
from pricing.tests.making import DAY, offer_at_tier, sell
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.console.tests.test_price_plan_page import asked
from stickertrendz.console.tests.test_put_back_pages import seen
from stickertrendz.ops.models import AuditEntry

__all__ = ["asked", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
D = Decimal
LIST, ADD = reverse("admin:pricing_override_changelist"), reverse("admin:pricing_override_add")


def told(**fields: Any) -> dict[str, Any]:
    return {"kind": "clearance", "scope": "tier", "target": "trending", "percent": "-20", "why": "slow", **fields}


def address(row: Override) -> str:
    return reverse("admin:pricing_override_change", args=[row.pk])


def test_an_override_is_previewed_and_then_made_as_it_was_shown(owner: Client, asked: list[str]) -> None:
    offer_at_tier("trending", trend_age=4 * DAY)
    shown = page(owner, ADD, told())
    assert "1 of 1 offers change their price; none of them was sold" in shown
    assert "$4.49 →</span> <strong>$3.49" in shown
    assert not Override.objects.exists()
    assert "It is in force" in page(owner, ADD, told(make="1", seen=seen(shown)))
    made = Override.objects.get()
    assert (made.kind, str(made.tier), made.percent, made.made_by) == ("clearance", "trending", D("-20"), "owner")
    assert AuditEntry.objects.filter(who="owner", action="made override", why="slow").exists()
    assert asked == ["pricing_engine"]


def test_the_money_is_told_where_something_was_sold(owner: Client) -> None:
    sell(offer_at_tier("trending", trend_age=4 * DAY), 2)
    shown = page(owner, ADD, told())
    assert "revenue −$2.00, profit −$1.80 a month if as many are sold as in the last 30 days (2)" in shown


def test_what_was_not_shown_is_not_made(owner: Client) -> None:
    offer_at_tier("trending", trend_age=4 * DAY)
    looked_at = seen(page(owner, ADD, told()))
    offer_at_tier("trending", trend_age=5 * DAY)
    shown = page(owner, ADD, told(make="1", seen=looked_at))
    assert "changed since you looked" in shown
    assert "2 of 2 offers change" in shown
    assert not Override.objects.exists()
    page(owner, ADD, told(make="1"))
    assert not Override.objects.exists()


def test_where_it_has_no_effect_is_told(owner: Client) -> None:
    offer_at_tier("cooling", trend_age=15 * DAY)
    shown = page(owner, ADD, told(target="cooling"))
    assert "None of 1 offers changes its price." in shown
    assert "without effect: the floor holds it up" in shown


def test_the_offer_leads_to_a_form_that_knows_what_it_is_for(owner: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    where = f"{ADD}?kind=fixed&scope=offer&target={offer}"
    assert where.replace("&", "&amp;") in page(owner, reverse("admin:pricing_offer_change", args=[offer.pk]))
    assert f'value="{offer}"' in page(owner, where)
    fixed = told(kind="fixed", scope="offer", target=str(offer), percent="", price="6.20")
    shown = page(owner, ADD, fixed)
    assert "$4.49 →</span> <strong>$5.99" in shown
    page(owner, ADD, {**fixed, "make": "1", "seen": seen(shown)})
    assert Override.objects.get().offer == offer


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"scope": "offer", "target": "ST-000001"}, "There is no size of this number"),
        ({"scope": "offer", "target": "frog"}, "There is no size of this number"),
        ({"scope": "sticker", "target": "ST-999999"}, "There is no design of this number"),
        ({"target": "ancient"}, "There is no tier of this name"),
        ({"percent": ""}, "needs a percentage"),
        ({"percent": "20"}, "needs a percentage"),
        ({"kind": "fixed", "percent": "", "price": "0"}, "fixed price"),
        ({"kind": "reverted"}, "Select a valid choice"),
        ({"until": "2020-01-01T00:00"}, "ends before it starts"),
        ({"why": " "}, "This field is required"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(owner: Client, wrong: dict[str, str], says: str) -> None:
    shown = page(owner, ADD, told(**wrong, make="1"))
    assert says in shown
    assert not Override.objects.exists()


def test_the_list_tells_state_and_dates_and_no_keys(owner: Client) -> None:
    now, offer = clock.now(), offer_at_tier("trending", trend_age=4 * DAY)
    tier = Tier.objects.get(name="cooling")
    overrides.make(overrides.draft("clearance", tier=tier, percent=D(-20), why="later", starts=now + DAY), by="ada")
    overrides.fix(offer, D("4.99"), by="ada", why="a gift")
    old = overrides.hold(offer.sticker, by="ada", why="was hot", until=now + DAY)
    Override.objects.filter(pk=old.pk).update(starts_at=now - 3 * DAY, ends_at=now - DAY)
    gone = overrides.exempt(offer.sticker, by="ada", why="a friend’s")
    overrides.release(gone, by="ada", why="done")
    shown = page(owner, LIST)
    for words in ("waiting", "in force", "ended by the clock", "released", "tier cooling", "−20 %", "$4.99"):
        assert words in shown, words
    assert f"{offer.sticker.number}, 3″" in shown
    for state, why in (("waiting", "later"), ("in force", "a gift"), ("ended by the clock", "was hot")):
        rows = owner.get(LIST, {"state": state}).context["cl"].result_list
        assert [row.reason for row in rows] == [why]


def test_an_override_is_released_with_a_reason_and_tells_what_that_changes(owner: Client, asked: list[str]) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    row = overrides.fix(offer, D("5.99"), by="ada", why="a gift")
    shown = page(owner, address(row))
    assert "1 price goes back to the rules" in shown
    assert 'role="alert"' in page(owner, address(row), {"why": ""})
    assert "Released: the engine prices" in page(owner, address(row), {"why": "over"})
    row.refresh_from_db()
    assert row.released_at
    assert AuditEntry.objects.filter(who="owner", action="released override", why="over").exists()
    assert asked == ["pricing_engine"] * 2
    assert "had ended already" in page(owner, address(row), {"why": "again"})
    assert "Release it" not in page(owner, address(row))


def test_many_are_released_by_one_reason(owner: Client) -> None:
    offers = [offer_at_tier("trending", trend_age=4 * DAY) for _ in range(3)]
    rows = [overrides.fix(offer, D("5.99"), by="ada", why="a gift") for offer in offers]
    overrides.release(rows[0], by="ada", why="over")
    chosen = {"action": "release_chosen", "_selected_action": [row.pk for row in rows[:2]]}
    assert "a gift” ends" in page(owner, LIST, chosen)
    assert Override.objects.filter(released_at=None).count() == 2
    agreed = {"agreed": "1", "keys": ",".join(str(row.pk) for row in rows[:2]), "why": "all over"}
    assert "1 done, 1 left out: it has ended already" in page(owner, LIST, {**chosen, **agreed})
    assert list(Override.objects.filter(released_at=None)) == [rows[2]]
    assert AuditEntry.objects.filter(who="owner", action="released override", why="all over").count() == 1


def test_only_who_may_makes_and_releases(client: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    row = overrides.fix(offer, D("5.99"), by="ada", why="a gift")
    viewer = logged_in(client, "pricing.view_override")
    assert "Make an override" not in page(viewer, LIST)
    assert "Release it" not in page(viewer, address(row))
    assert viewer.get(ADD).status_code == 403
    assert viewer.post(ADD, told(make="1")).status_code == 403
    assert viewer.post(address(row), {"why": "no"}).status_code == 403
    viewer.post(LIST, {"action": "release_chosen", "_selected_action": [row.pk], "why": "no"})
    row.refresh_from_db()
    assert row.released_at is None


def test_list_and_preview_take_the_same_queries_however_many_there_are(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    found = []
    for more in (1, 3):
        for _ in range(more):
            offer = offer_at_tier("trending", trend_age=4 * DAY)
            overrides.fix(offer, D("5.99"), by="ada", why="a gift")
            overrides.hold(offer.sticker, by="ada", why="hot")
        page(owner, LIST)
        with django_assert_max_num_queries(40) as told_list:
            page(owner, LIST)
        with django_assert_max_num_queries(40) as told_preview:
            page(owner, ADD, told())
        found.append((len(told_list.captured_queries), len(told_preview.captured_queries)))
    assert found[0] == found[1]


def test_reasons_and_titles_are_shown_as_text(owner: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY, title="<b>bold</b>")
    row = overrides.fix(offer, D("5.99"), by="ada", why="<script>alert(1)</script>")
    for where in (LIST, address(row), reverse("admin:pricing_offer_change", args=[offer.pk])):
        shown = page(owner, where)
        assert "<script>alert(1)" not in shown
        assert "<b>bold" not in shown
