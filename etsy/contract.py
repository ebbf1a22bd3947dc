"""Every operation our Etsy client has, each called once with real data, so that it can be held against a document."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from PIL import Image

from stickertrendz import clock
from stickertrendz.ops import intents
from stickertrendz.ops.models import Intent

from .adapters import account, images, inventory, ledger, listings, receipts, shop, tokens
from .adapters.inventory import Product, Variation
from .adapters.listings import Draft
from .adapters.transport import Priority

SUBJECT = "contract"
SIZE = Variation(513, "Size")
TAGS = (
    "mushroom frog", "frog's sticker", "cottagecore", "pond life", "toad decal", "vinyl sticker", "laptop sticker",
    "waterproof decal", "funny sticker", "gift for her", "cute animal", "water-bottle", "free shipping",
)  # fmt: skip


@dataclass(frozen=True)
class Ids:
    """What the calls refer to; the defaults do for a document, which knows no shop."""

    listing: int = 1_900_000_001
    image: int = 5_500_000_001
    receipt: int = 3_300_000_001
    taxonomy: int = 1000
    readiness: int = 230_001
    returns: int = 220_001
    shipping: int = 210_001
    section: int = 240_001
    variation: Variation = SIZE
    access_token: str = "77700001.access"  # noqa: S105 - no document knows a real one
    refresh_token: str = "77700001.refresh"  # noqa: S105 - as little


def calls(ids: Ids) -> dict[str, Callable[[], object]]:
    """By Etsy's name of the operation, in an order that deletes last."""
    return {
        "exchangeCode": lambda: tokens.exchange_code("code", "v" * 64),
        "refreshToken": lambda: tokens.refresh(ids.refresh_token),
        "getMe": lambda: account.owner(ids.access_token),
        "tokenScopes": lambda: account.scopes(ids.access_token),
        "getShop": account.facts,
        "getShopProductionPartners": account.partners,
        "getSellerTaxonomyNodes": shop.categories,
        "getPropertiesByTaxonomyId": lambda: shop.properties(ids.taxonomy),
        "getShopReadinessStateDefinitions": shop.readiness_profiles,
        "createShopReadinessStateDefinition": lambda: shop.create_readiness_profile("ready_to_ship", 1, 2),
        "getShopReturnPolicies": shop.return_policies,
        "createShopReturnPolicy": lambda: shop.create_return_policy(accepts_returns=False, accepts_exchanges=False),
        "getShopShippingProfiles": shop.shipping_profiles,
        "createShopShippingProfile": lambda: shop.create_free_us_shipping("Free US shipping", "97201", 3, 7),
        "getShopSections": shop.sections,
        "createShopSection": lambda: shop.create_section("Contract"),
        "createDraftListing": lambda: listings.create_draft(_draft(ids), _intent(), subject=SUBJECT),
        "getListing": lambda: listings.get(ids.listing),
        "getListingsByListingIds": lambda: listings.get_many([ids.listing, ids.listing + 1], priority=Priority.STATS),
        "getListingsByShop": lambda: list(listings.in_state("draft")),
        "updateListing": lambda: listings.update(ids.listing, {"tags": TAGS, "title": "Frog"}, subject=SUBJECT),
        "uploadListingImage": lambda: _upload(ids),
        "getListingImages": lambda: images.get(ids.listing, subject=SUBJECT),
        "getListingInventory": lambda: inventory.get(ids.listing),
        "getListingsInventoryByListingIds": lambda: inventory.get_many([ids.listing], priority=Priority.PRICES),
        "updateListingInventory": lambda: inventory.put(ids.listing, _products(ids), ids.variation, subject=SUBJECT),
        "getShopReceipts": lambda: list(receipts.pages({"min_last_modified": 1_700_000_000, "was_paid": True})),
        "getShopReceipt": lambda: receipts.get(ids.receipt, subject=SUBJECT),
        "createReceiptShipment": lambda: receipts.tell_tracking(
            ids.receipt, "usps", "9400100000000000000000", _intent(), subject=SUBJECT
        ),
        "getShopPaymentAccountLedgerEntries": lambda: ledger.page(clock.now() - timedelta(days=31), clock.now(), 0),
        "deleteListingImage": lambda: images.delete(ids.listing, ids.image, subject=SUBJECT),
        "deleteListing": lambda: listings.delete(ids.listing, subject=SUBJECT),
    }


def _intent() -> Intent:
    """One of its own each time: what is done once must not be taken for done before."""
    return intents.plan(SUBJECT, f"{clock.now():%Y-%m-%d %H:%M:%S.%f}")


def _draft(ids: Ids) -> Draft:
    return Draft(
        title="Mushroom Frog Sticker - Cute Vinyl Decal, 3 in",
        description="A frog & its mushroom.\n\nThis sticker design was created with the assistance of AI tools.",
        tags=TAGS, price=Decimal("4.49"), quantity=100, taxonomy_id=ids.taxonomy, shipping_profile_id=ids.shipping,
        return_policy_id=ids.returns, readiness_state_id=ids.readiness, shop_section_id=ids.section,
        who_made=settings.ETSY_WHO_MADE, when_made=settings.ETSY_WHEN_MADE,
        production_partner_ids=tuple(settings.ETSY_PRODUCTION_PARTNER_IDS),
    )  # fmt: skip


def _products(ids: Ids) -> list[Product]:
    sizes = (("ST-1-3in", "3 inches", Decimal("4.49")), ("ST-1-4in", "4 inches", Decimal("5.49")))
    return [Product(sku, size, price, 100, ids.readiness) for sku, size, price in sizes]


def _upload(ids: Ids) -> object:
    out = io.BytesIO()
    Image.new("RGB", (2000, 2000), "white").save(out, "JPEG", quality=20)
    return images.upload(ids.listing, 1, out.getvalue(), name="frog.jpg", alt_text="A frog", subject=SUBJECT)
