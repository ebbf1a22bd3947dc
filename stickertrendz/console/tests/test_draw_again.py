"""A trend of which no design came out is drawn again from its page, after its cost was told."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from stickertrendz import clock
from stickertrendz.ops import meters, switches
from stickertrendz.ops.models import AuditEntry
from trends.models import Trend

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def make(status: str = "generation_failed", **columns: str) -> Trend:
    return Trend.objects.create(topic="frog", topic_normalized="frog", status=status, **columns)


def page(trend: Trend) -> str:
    return reverse("admin:trends_trend_change", args=[trend.pk])


def draw(trend: Trend) -> str:
    return reverse("admin:trends_trend_draw", args=[trend.pk])


@pytest.mark.parametrize("status", ["generation_failed", "quality_failed"])
def test_a_failed_trend_is_drawn_again_after_cost_and_cap_were_told(owner: Client, status: str) -> None:
    trend = make(status)
    assert draw(trend) in owner.get(page(trend)).content.decode()
    meters.spend("images", settings.MAX_IMAGES_PER_DAY - 8, clock.now())
    shown = owner.get(draw(trend)).content.decode()
    assert "3 pictures cost about $0.02, or $0.07 when each needs all its tries" in shown
    assert "8 of today’s 50 pictures are left" in shown
    trend.refresh_from_db()
    assert trend.status == status, "looking orders nothing"
    assert owner.post(draw(trend))["Location"] == page(trend)
    trend.refresh_from_db()
    assert (trend.status, trend.asked_by) == ("discovered", "owner")
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.action, entry.subject) == ("owner", "asked for new designs", f"trends.trend:{trend.pk}")
    assert [task.group() for task in OrmQ.objects.all()] == ["job sticker_generator"]


def test_a_second_click_asks_for_nothing_more(owner: Client) -> None:
    trend = make()
    owner.post(draw(trend))
    assert "This trend is " in owner.post(draw(trend)).content.decode()
    assert AuditEntry.objects.count() == 1


def test_a_used_up_day_and_a_halt_are_told(owner: Client) -> None:
    meters.spend("images", settings.MAX_IMAGES_PER_DAY - 2, clock.now())
    switches.throw("generation", "6 of 10 failed", by="sticker_generator")
    shown = owner.get(draw(make())).content.decode()
    assert "Only 2 of today’s 50 pictures are left, so it is begun after" in shown
    assert "Generation is halted (6 of 10 failed)" in shown


@pytest.mark.parametrize("columns", [{"status": "generated"}, {"shut_why": "a complaint"}])
def test_it_is_neither_offered_nor_done_for_a_shut_trend_or_one_with_designs(
    owner: Client, columns: dict[str, str]
) -> None:
    trend = make(**columns)
    assert draw(trend) not in owner.get(page(trend)).content.decode()
    assert 'role="alert"' in owner.post(draw(trend)).content.decode()
    assert not OrmQ.objects.exists()


def test_a_viewer_is_neither_offered_it_nor_allowed(client: Client) -> None:
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    trend = make()
    assert draw(trend) not in client.get(page(trend)).content.decode()
    assert client.get(draw(trend)).status_code == client.post(draw(trend)).status_code == 403
