"""Work that waits for the jobs of the Etsy channel and of fulfilment, and what has come of it."""

import io
from copy import deepcopy
from datetime import timedelta
from typing import Any

from django.core.management import call_command

from etsy.adapters import images
from etsy.models import Listing, TakedownNotice, Token
from fulfillment import orders, watch
from fulfillment.models import Order, PrintJob, Shipment
from fulfillment.tests.making import make_line, make_receipt
from fulfillment.tests.making import make_sticker as make_printable
from pricing.models import Offer, StickerDay
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import runner, storage
from stickertrendz.ops.models import Alert
from stickertrendz.sandbox.etsy import sales
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.making import PICTURES, make_sticker

TOPICS = ("sleepy frog wizard", "tiny otter pirate")
Facts = dict[str, Any]


def world(sandbox: Sandbox, name: str) -> Any:
    return sandbox.worlds[name]


def work(job: str) -> None:
    assert runner.run_job(job)[0] == 0


# --- Etsy ---------------------------------------------------------------------------------------------------------
def connect(sandbox: Sandbox) -> None:
    for command in ("etsy_authorize", "etsy_setup"):
        call_command(command, stdout=io.StringIO())


def to_publish(sandbox: Sandbox) -> None:
    connect(sandbox)
    make_sticker(TOPICS[0])


def to_publish_with_an_old_token(sandbox: Sandbox) -> None:
    to_publish(sandbox)
    Token.objects.update(expires_at=clock.now())


def draft_with_a_picture_too_many(sandbox: Sandbox) -> None:
    to_publish(sandbox)
    sandbox.faults.add(Fault("etsy", "updateListing", "500", times=4))
    work("publisher")
    listing = Listing.objects.get()
    assert (listing.status, len(listing.images_seen)) == ("draft", PICTURES)
    content = storage.load("public", listing.sticker.listing_images[0])
    images.upload(listing.etsy_id or 0, PICTURES + 1, content, name="more.png", alt_text="", subject="")
    clock.sleep(600)


def on_sale(sandbox: Sandbox) -> list[Listing]:
    connect(sandbox)
    for topic in TOPICS:
        make_sticker(topic)
    work("publisher")
    clock.sleep(600)
    return list(Listing.objects.filter(status="active").order_by("pk"))


def price_changed(sandbox: Sandbox) -> None:
    on_sale(sandbox)
    for offer in Offer.objects.all():
        Offer.objects.filter(pk=offer.pk).update(wanted_price=offer.wanted_price + 1)


def archived(sandbox: Sandbox) -> None:
    """One of two."""
    first, _ = on_sale(sandbox)
    Sticker.objects.filter(pk=first.sticker_id).update(shelf=Sticker.Shelf.ARCHIVED)


def rightly_complained_of(sandbox: Sandbox) -> None:
    first, _ = on_sale(sandbox)
    Sticker.objects.filter(pk=first.sticker_id).update(shelf=Sticker.Shelf.WITHDRAWN)
    TakedownNotice.objects.create(listing=first, status="valid", received_at=clock.now(), complainant="A", claim="b")


def complained_of(sandbox: Sandbox) -> None:
    first, _ = on_sale(sandbox)
    TakedownNotice.objects.create(listing=first, status="received", received_at=clock.now(), complainant="A", claim="b")


def listed(sandbox: Sandbox) -> Facts:
    etsy = world(sandbox, "etsy")
    titles = [one["title"] for one in etsy.listings.values()]
    return {
        "rows": sorted(Listing.objects.values_list("sticker__trend__topic", "status")),
        "there": sorted(_shown(one) for one in etsy.listings.values()),
        "fees": len(etsy.table("ledger")),
        "prices": sorted(Offer.objects.values_list("sticker__trend__topic", "size", "pushed_price")),
        "notices": sorted(TakedownNotice.objects.values_list("status", flat=True)),
        "doubles": len(titles) - len(set(titles)),
    }


def _shown(listing: Facts) -> tuple[Any, ...]:
    prices = [product["offerings"][0]["price"] for product in listing["products"]]
    return listing["title"], listing["state"], [picture["sha256"] for picture in listing["images"]], prices


def to_count(sandbox: Sandbox) -> None:
    """Views, and a draft that nobody made."""
    first, _ = on_sale(sandbox)
    orphan = deepcopy(world(sandbox, "etsy").listings[first.etsy_id])
    world(sandbox, "etsy").add("listings", {**orphan, "listing_id": 1, "state": "draft"})
    clock.sleep(timedelta(hours=3).total_seconds())
    for listing in world(sandbox, "etsy").listings.values():
        listing["views"] = 7


def counted(sandbox: Sandbox) -> Facts:
    views = StickerDay.objects.values_list("sticker__trend__topic", "views")
    return {"views": sorted(views), "orphans told": Alert.objects.filter(key__startswith="orphan:").count()}


# --- Orders -------------------------------------------------------------------------------------------------------
def bought(sandbox: Sandbox) -> None:
    on_sale(sandbox)
    for _ in TOPICS:
        sales.buy(world(sandbox, "etsy"))


def taken(sandbox: Sandbox) -> Facts:
    return {
        "orders": sorted(Order.objects.values_list("receipt_id", "items__quantity")),
        "shipments": sorted(Shipment.objects.values_list("tracking_code", "status")),
        "mails": world(sandbox, "etsy").mails_to_buyers,
        "doubles": max(0, world(sandbox, "etsy").mails_to_buyers - Shipment.objects.count()),
    }


def posted(sandbox: Sandbox) -> None:
    """A parcel of each of two orders is on its way; Etsy does not know."""
    bought(sandbox)
    work("order_sync")
    for number, order in enumerate(Order.objects.order_by("pk")):
        watch.note_shipment(order, "USPS", f"9400{number}", clock.now())


def to_print(sandbox: Sandbox) -> None:
    connect(sandbox)
    for _ in TOPICS:
        orders.take(make_receipt(make_line(make_printable())))


def perhaps_sent(sandbox: Sandbox) -> None:
    """The answers of the printer were lost; it is time to look for the orders there."""
    to_print(sandbox)
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", "500_after", times=2))
    work("order_sync")
    clock.sleep(200)


def at_the_printer(sandbox: Sandbox) -> None:
    to_print(sandbox)
    work("order_sync")
    clock.sleep(timedelta(hours=2.5).total_seconds())


def cancelled_at_the_printer(sandbox: Sandbox) -> None:
    to_print(sandbox)
    work("order_sync")
    Order.objects.update(status="cancelled")


def printed(sandbox: Sandbox) -> Facts:
    there = world(sandbox, "sticker_mule").orders.values()
    begun = ("sent_to_print", "print_confirmed")
    return {
        "orders": ["at the printer" if one.status in begun else one.status for one in Order.objects.all()],
        "jobs": sorted(PrintJob.objects.values_list("provider", "copy")),
        "there": sorted((one["quantity"], one["cancelled"]) for one in there),
        "doubles": len(there) - len({one["external_id"] for one in there}),
    }


def confirmed(sandbox: Sandbox) -> Facts:
    return {**printed(sandbox), "jobs": sorted(PrintJob.objects.values_list("provider", "status"))}
