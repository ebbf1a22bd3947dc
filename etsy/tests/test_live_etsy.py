"""Etsy itself: a draft with picture and prices per size, read back and deleted again. Nothing goes on sale."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from etsy import oauth, setup
from etsy.adapters import images, inventory, listings, tokens
from etsy.adapters.inventory import Product
from etsy.adapters.listings import Draft
from etsy.models import Token
from stickertrendz import clock
from stickertrendz.ops import crypto, intents

pytestmark = [
    pytest.mark.live(
        "ETSY_API_KEY", "ETSY_API_SECRET", "ETSY_SHOP_ID", "ETSY_TOKEN_FILE",
        ETSY_API_URL="https://openapi.etsy.com/v3", ETSY_WHO_MADE="i_did", ETSY_PRODUCTION_PARTNER_IDS=[],
    ),
    pytest.mark.usefixtures("real_service"),
    pytest.mark.django_db,
]  # fmt: skip
TITLE = "Automated test of Sticker Trendz, deleted in a moment"


@pytest.fixture
def connected(real_service: None) -> None:
    """Etsy takes a refresh token back when it is used: the file gets the next one."""
    kept = Path(os.environ["LIVE_ETSY_TOKEN_FILE"])
    fresh = tokens.refresh(kept.read_text().strip())
    kept.write_text(fresh.refresh)
    Token.objects.create(
        shop_id=settings.ETSY_SHOP_ID, access_sealed=crypto.seal(crypto.TOKEN, fresh.access), refresh_sealed="",
        expires_at=clock.now() + timedelta(seconds=fresh.expires_in),
    )  # fmt: skip
    assert oauth.access_token() == fresh.access
    setup.set_up(by="test", postal_code=os.environ.get("LIVE_ETSY_POSTAL_CODE", ""))


@pytest.fixture
def draft(connected: None) -> Iterator[int]:
    """A draft of its own, deleted whatever happens."""
    made = listings.create_draft(_wish(), intents.plan("etsy_draft", f"live test {clock.now()}"), subject="")
    yield made.listing_id
    listings.delete(made.listing_id, subject="")
    assert listings.get(made.listing_id) is None


def _wish() -> Draft:
    ids = setup.ids()
    return Draft(
        title=TITLE, description=TITLE, tags=("frog sticker",), price=Decimal("4.49"), quantity=5,
        taxonomy_id=ids.taxonomy, shipping_profile_id=ids.shipping, return_policy_id=ids.returns,
        readiness_state_id=ids.readiness, shop_section_id=None, who_made=settings.ETSY_WHO_MADE,
        when_made=settings.ETSY_WHEN_MADE, production_partner_ids=tuple(settings.ETSY_PRODUCTION_PARTNER_IDS),
    )  # fmt: skip


def test_a_draft_takes_a_picture_and_a_price_per_size_and_shows_them(draft: int) -> None:
    images.upload(draft, 1, _picture(), name="test.png", alt_text="a green square", subject="")
    ids = setup.ids()
    sizes: list[Any] = [("ST-1-3", "3 inches", Decimal("4.49")), ("ST-1-4", "4 inches", Decimal("5.49"))]
    products = [Product(sku, size, price, 5, ids.readiness) for sku, size, price in sizes]
    inventory.put(draft, products, ids.variation, subject="")
    seen = listings.get(draft)
    assert seen is not None
    assert (seen.state, seen.title) == ("draft", TITLE)
    assert len(images.get(draft, subject="")) == 1
    assert [(one.sku, one.value, one.price) for one in inventory.get(draft)] == sizes


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2000, 2000), "green").save(out, "PNG")
    return out.getvalue()
