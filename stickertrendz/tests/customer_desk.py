"""Every way in which the operator handles customers in the console, with what goes wrong on it too."""

import re
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from etsy.tests.test_sold_import import ITEMS, ORDERS, file, item_row, order_row
from fulfillment.models import Order, PrintJob
from stickertrendz.console.tests.test_import_pages import sealed_in
from stickertrendz.tests.canaries import BUYER, ODD


def works_at_the_desk(client: Client) -> None:
    """An address by hand, a look, slips and labels, Etsy's files, an export, an erasure."""
    client.force_login(User.objects.get_or_create(username="owner", is_staff=True, is_superuser=True)[0])
    gated = Order.objects.filter(status="needs_address").first()
    assert gated is not None
    address = reverse("order_address", args=[gated.pk])
    block = f"{BUYER['name']}\n{BUYER['first_line']}\n{BUYER['city']}, {BUYER['state']} 97001"
    fields = {name: BUYER[name] for name in ("name", "first_line", "second_line", "city", "state")}
    for told in ({"read": "1", "block": f"{block}\nCanada"}, {"read": "1", "block": block}, {**fields, "zip": "none"}):
        assert client.post(address, told).status_code == 200
    assert client.post(address, {**fields, "zip": "97001"}).status_code == 302
    assert BUYER["first_line"] in posted(client, reverse("order_customer", args=[gated.pk]), {"why": "packing"})
    prints_papers(client)
    imports_files(client)
    for kind in ("export", "erase"):
        asks(client, kind)


def prints_papers(client: Client) -> None:
    """Slips and labels of what the printer refused, which the bench packs."""
    jobs = list(PrintJob.objects.filter(provider="self_usps").values_list("pk", flat=True))
    for name in ("pick-list", "slips", "labels-4x6", "labels-letter"):
        paper = client.post(reverse("admin:fulfillment_order_bench"), {"do": name, "job": jobs})
        assert paper.content.startswith(b"%PDF"), name


def imports_files(client: Client) -> None:
    """A good line and one that cannot be read."""
    named: dict[str, Any] = {"Full Name": BUYER["name"], "Ship Name": BUYER["name"], "Street 1": BUYER["first_line"],
             "Ship Address1": BUYER["first_line"], "Ship City": BUYER["city"], "Ship Zipcode": "97001"}  # fmt: skip
    files = {
        "orders": SimpleUploadedFile("o.csv", file(ORDERS, order_row(**named), order_row(502, **named))),
        "items": SimpleUploadedFile("i.csv", file(ITEMS, item_row(**named), item_row(502, 902, Price="free", **named))),
    }
    page = reverse("admin:fulfillment_order_import")
    shown_first = posted(client, page, files)
    assert "Taken" not in shown_first
    posted(client, page, {"take": sealed_in(shown_first)})
    assert Order.objects.filter(receipt_id=501).exists()


def asks(client: Client, kind: str) -> None:
    """A customer is looked for by name, and exported or erased within a request."""
    add = reverse("admin:fulfillment_privacyrequest_add")
    who = {"name": BUYER["name"]} if kind == "export" else {"email": BUYER["email"], "name": ODD[0][0]}
    found = re.findall(r'name="order" value="(\d+)"', posted(client, add, who))
    assert found
    told = {"open": "1", "order": found, "kind": kind, "identified": "etsy", "received_at": "2020-01-01T00:00"}
    request = client.post(add, told)["Location"]
    if kind == "export":
        assert BUYER["first_line"] in posted(client, request, {"export": "1"})
    else:
        posted(client, request, {"erase": "1", "sure": "on"})
        assert Order.objects.filter(pk__in=found).exclude(purged_at=None).exists()
    posted(client, request, {"answered": "1"})


def posted(client: Client, address: str, told: dict[str, Any]) -> str:
    answer = client.post(address, told, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()
