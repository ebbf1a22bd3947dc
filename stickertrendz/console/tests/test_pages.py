"""Every registered page opens, searches and filters; every page says that this is the sandbox."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from fulfillment.models import PrintCost
from stickertrendz import clock
from stickertrendz.console.navigation import sections
from stickertrendz.ops import switches
from stickertrendz.ops.models import AuditEntry
from trends.models import Signal, Source, Trend

pytestmark = pytest.mark.django_db
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label_lower)
def test_every_list_opens_and_can_be_searched(owner: Client, model: type[models.Model]) -> None:
    page = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
    assert owner.get(page).status_code == 200
    assert owner.get(page, {"q": "frog-7"}).status_code == 200
    assert admin.site._registry[model].search_fields


def test_every_model_of_ours_is_in_the_console() -> None:
    ours = ("ops", "trends", "stickers", "fulfillment", "pricing", "etsy")
    every = [model for app in ours for model in apps.get_app_config(app).get_models()]
    assert [model.__name__ for model in every if model not in REGISTERED] == ["TrendKeyword", "MergeGate"]
    assert len(every) > 35


def test_the_front_page_and_the_login_say_that_this_is_the_sandbox(owner: Client) -> None:
    assert b"nothing here is real" in owner.get("/admin/").content
    owner.logout()
    assert b"nothing here is real" in owner.get("/admin/login/").content


def test_a_thrown_switch_is_shown_on_every_page_until_it_is_cleared(owner: Client) -> None:
    owner.post(reverse("admin:ops_switch_add"), {"name": "publishing", "reason": "prices look wrong"})
    switch = switches.thrown("publishing")
    assert switch is not None
    assert switch.thrown_by == "owner"
    assert b"prices look wrong" in owner.get(reverse("admin:etsy_listing_changelist")).content
    owner.post(
        reverse("admin:ops_switch_delete", args=[switch.pk]), {"agreed": "1", "keys": switch.pk, "why": "mended"}
    )
    assert switches.thrown("publishing") is None


def test_a_trends_page_shows_its_evidence_and_the_terms_of_its_rank(owner: Client) -> None:
    source = Source.objects.create(kind="reddit", place="frogs_of_the_day")
    post = Signal.objects.create(
        source=source, native_id="a1", text="A frog asleep in a teacup", score=900, created_at=clock.now()
    )
    trend = Trend.objects.create(
        topic="sleepy frog", topic_normalized="frog sleepi", status="discovered", rank_parts={"velocity": 2.5}
    )
    trend.signals.add(post)
    page = owner.get(reverse("admin:trends_trend_change", args=[trend.pk])).content.decode()
    assert "A frog asleep in a teacup" in page
    assert "velocity" in page
    assert reverse("admin:trends_signal_change", args=[post.pk]) in page


def test_nothing_is_shown_to_strangers(client: Client) -> None:
    assert client.get("/admin/").status_code == 302
    assert client.get("/media/private/x.png").status_code == 302


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/admin/pricing/offer/", "Offers"),
        ("/admin/pricing/offer/3/change/", "Offers"),
        ("/admin/pricing/offer/plan/", "Price plan"),
        ("/admin/", "Front page"),
        ("/admin/stickers/sample/", "Was moderation right?"),
    ],
)
def test_the_sidebar_marks_the_entry_nearest_to_the_page(rf: RequestFactory, path: str, entry: str) -> None:
    items = [item for section in sections(rf.get(path)) for item in section["items"]]
    assert [item["title"] for item in items if item["active"]] == [entry]


def test_the_policy_allows_this_host_only(owner: Client) -> None:
    policy = owner.get("/admin/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_who_edited_a_setting_and_what_it_was_is_in_the_audit(owner: Client) -> None:
    cost = PrintCost.objects.create(provider="printful", size="3in", cost=Decimal("1.50"))
    page = reverse("admin:fulfillment_printcost_change", args=[cost.pk])
    owner.post(page, {"provider": "printful", "size": "3in", "cost": "1.75"})
    changed = AuditEntry.objects.get()
    assert (changed.who, changed.action) == ("owner", "changed setting")
    assert changed.subject == f"fulfillment.printcost:{cost.pk}"
    assert changed.detail == {"values": {"cost": ["1.50", "1.75"]}}
    owner.post(reverse("admin:fulfillment_printcost_delete", args=[cost.pk]), {"post": "yes"})
    gone = AuditEntry.objects.latest("pk")
    assert (gone.action, gone.subject) == ("deleted setting", f"fulfillment.printcost:{cost.pk}")
    assert not PrintCost.objects.filter(pk=cost.pk).exists()
