"""Rows from before are mended, and then the database itself refuses a price below its floor; both ways."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from fulfillment.tests.making import make_sticker
from pricing.models import Offer, PriceChange
from stickertrendz import clock

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
GUARDED = "0005_no_price_below_its_floor"


def migrate(name: str) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([("pricing", name)])
    return executor.loader.project_state([("pricing", name)]).apps


@pytest.fixture
def before() -> Iterator[Any]:
    """The rows as they were before; afterwards every migration again, also those that came since or build on these."""
    yield migrate("0003_overrides_and_reverts")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def offer(apps: Any, price: str, floor: str, *, under_override: tuple[bool, ...] = ()) -> int:
    now, sticker = clock.now(), make_sticker()
    row = apps.get_model("pricing", "Offer").objects.create(
        sticker_id=sticker.pk, size="3in", tier="trending", tier_since=now, wanted_price=D(price), floor_price=D(floor)
    )
    for told in under_override:
        PriceChange.objects.create(
            offer_id=row.pk, new_price=D(price), tier="trending", shipping_cost=0, floor_price=D(floor),
            under_override=told, status="pushed",
        )  # fmt: skip
    return int(row.pk)


def test_prices_below_their_floors_are_raised_and_overrides_written_down(before: Any) -> None:
    low, right = offer(before, "2.99", "10.49"), offer(before, "10.49", "9.49")
    plain = offer(before, "5.49", "3.49", under_override=(True, False))
    by_hand = offer(before, "5.49", "3.49", under_override=(False, True))
    migrate(GUARDED)
    rows = {row.pk: (row.wanted_price, row.under_override) for row in Offer.objects.all()}
    assert rows == {
        low: (D("10.49"), False), right: (D("10.49"), False), plain: (D("5.49"), False), by_hand: (D("5.49"), True),
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="no_price_below_its_floor"), transaction.atomic():
        Offer.objects.filter(pk=right).update(wanted_price=D("9.48"))
    with pytest.raises(IntegrityError, match="no_price_below_its_floor"), transaction.atomic():
        Offer.objects.filter(pk=right).update(floor_price=D("10.50"))
    assert Offer.objects.filter(pk=right).update(wanted_price=D("9.49")) == 1


def test_the_way_back_takes_the_columns_away_and_keeps_the_prices(before: Any) -> None:
    row = offer(before, "5.49", "3.49")
    older = migrate("0002_tiers")
    [kept] = older.get_model("pricing", "Offer").objects.all()
    assert (kept.pk, kept.wanted_price) == (row, D("5.49"))
    assert not hasattr(kept, "under_override")
