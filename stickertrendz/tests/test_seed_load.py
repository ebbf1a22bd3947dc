"""The made-up shop for measuring: it refuses a database in use, is whole, and is the same for the same seed."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Model, Sum

from fulfillment.models import Order, OrderItem, PrintJob, Shipment
from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz.housekeeping import books
from stickertrendz.housekeeping.load import evidence, shelf
from stickertrendz.housekeeping.load.plan import Plan
from trends.models import Trend

pytestmark = pytest.mark.django_db
# Tables that people, the queue or the first change of the blocklists fill.
NOT_MADE = {
    "trends.blocklistrevision",
    "auth.user",
    "auth.group",
    "django_q.schedule",
    "django_q.ormq",
    "django_q.success",
    "django_q.failure",
}


def fill(days: int = 2, lines: int = 700) -> str:
    told = StringIO()
    call_command("seed_load", stickers=600, order_lines=lines, days=days, stdout=told)
    return told.getvalue()


def test_every_table_of_the_console_has_rows_and_they_hang_together() -> None:
    told = fill(days=8)
    empty = {model._meta.label_lower for model in admin.site._registry if not model._default_manager.exists()}
    assert empty <= NOT_MADE
    assert "700 order lines" in told
    assert (Sticker.objects.count(), OrderItem.objects.count()) == (600, 700)
    assert Offer.objects.values("sticker").distinct().count() == Sticker.objects.exclude(published_at=None).count()
    assert not OrderItem.objects.filter(sold_at__lt=F("sticker__created_at")).exists()
    shipped = Order.objects.filter(status__in=["shipped", "delivered"])
    assert Shipment.objects.filter(order__in=shipped).count() == shipped.count()
    for model in apps.get_models():
        if hasattr(model, "MOVES"):
            known = model._default_manager.filter(status__in=model.MOVES)
            assert known.count() == model._default_manager.count()


def test_amounts_of_orders_are_those_of_their_lines_and_past_days_are_closed() -> None:
    fill(days=3)
    sums = Order.objects.annotate(lines=Sum(F("items__unit_price") * F("items__quantity")))
    assert [row for row in sums if row.lines != row.total_amount] == []
    last = books.closed_until()
    assert last
    assert (Order.objects.latest("ordered_at").ordered_at.date() - last).days <= 2


def test_new_rows_get_keys_behind_those_made_up() -> None:
    fill(days=2)
    assert (
        Trend.objects.create(status="found", topic="after it", topic_normalized="after it").pk == Trend.objects.count()
    )


def test_the_same_seed_gives_the_same_shop() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    one, same, other = (Plan(300, 300, seed, now, 30, 10) for seed in (1, 1, 2))
    assert list(evidence._trends(one)) == list(evidence._trends(same))
    assert list(evidence._trends(one)) != list(evidence._trends(other))


def test_a_database_in_use_is_refused() -> None:
    Trend.objects.create(status="found", topic="in use", topic_normalized="in use")
    with pytest.raises(CommandError, match=r"1 trends, 0 stickers, 0 orders.*point DATABASE_URL at a new one"):
        fill()


def test_the_live_shop_is_refused(settings: LazySettings) -> None:
    settings.LIVE = True
    with pytest.raises(CommandError, match="this is the live shop"):
        fill()


def test_what_was_interrupted_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(shelf, "offers", interrupt)
    with pytest.raises(CommandError, match="taken back"):
        fill(days=2)
    for model in (Trend, Sticker, PrintJob):
        assert not _any(model)


def _any(model: type[Model]) -> bool:
    return bool(model._default_manager.aggregate(rows=Count("pk"))["rows"])
