"""A price set on the marketplace by hand is taken over, unless the offer was changed meanwhile."""

from decimal import Decimal
from typing import Any

import pytest

from fulfillment.models import PrintCost
from pricing import overrides
from pricing.adopt import adopt
from pricing.models import Offer, Override
from pricing.tests.making import DAY, offer_at_tier, run_plan
from stickertrendz.ops.errors import Beaten

pytestmark = pytest.mark.django_db
D = Decimal


def test_the_price_is_fixed_and_the_next_run_lets_it_end_in_49_or_99() -> None:
    offer = offer_at_tier("trending", trend_age=5 * DAY)
    override = adopt(offer, D("7.77"), by="etsy", why="set on Etsy by hand")
    offer.refresh_from_db()
    assert (offer.wanted_price, offer.pushed_price, offer.under_override) == (D("7.77"), D("7.77"), True)
    assert (override.kind, override.price, override.made_by) == ("fixed", D("7.77"), "etsy")
    run_plan()
    offer.refresh_from_db()
    assert offer.wanted_price == D("7.99")


@pytest.mark.parametrize("changed", [{"floor_price": D("4.49")}, {"pushed_price": D("5.49")}])
def test_an_offer_changed_meanwhile_is_looked_at_again_instead(changed: dict[str, Any]) -> None:
    offer = offer_at_tier("trending", trend_age=5 * DAY)
    Offer.objects.filter(pk=offer.pk).update(**changed)
    with pytest.raises(Beaten):
        adopt(offer, D("3.69"), by="etsy", why="set on Etsy by hand")
    assert not Override.objects.exists()


def test_however_cheap_it_is_to_make_a_small_sticker_is_kept_at_349_or_more() -> None:
    offer = offer_at_tier("evergreen", trend_age=40 * DAY)
    PrintCost.objects.update(cost=D("0.50"))
    run_plan()
    offer.refresh_from_db()
    adopt(offer, D("2.49"), by="etsy", why="set on Etsy by hand")
    offer.refresh_from_db()
    assert offer.floor_price == offer.wanted_price == D("3.49")


def test_one_release_ends_all_that_was_set_by_hand_there() -> None:
    offer = offer_at_tier("trending", trend_age=5 * DAY)
    for price in ("7.77", "8.88"):
        offer.refresh_from_db()
        override = adopt(offer, D(price), by="etsy", why="set on Etsy by hand")
    overrides.release(override, by="olive", why="enough")
    run_plan()
    offer.refresh_from_db()
    assert offer.wanted_price == D("4.49")
