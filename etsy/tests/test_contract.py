"""What leaves for Etsy is what Etsy's own document describes: every operation, and a whole day of the shop."""

import inspect
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings, settings
from django.core.management import call_command

from etsy import contract
from etsy.adapters import account, images, inventory, ledger, listings, receipts, shop, tokens
from etsy.models import Listing
from etsy.tests.conftest import PARTNER
from etsy.tests.openapi import Document
from stickertrendz import clock
from stickertrendz.housekeeping.virtual_life import BUSY_DAY, VirtualLife
from stickertrendz.ops import queue
from stickertrendz.ops.errors import OutsideError
from stickertrendz.sandbox.routing import Request
from stickertrendz.sandbox.server import Sandbox

wake = queue.enqueue  # before the fixtures of this folder put it to sleep
DOCUMENTS = ("etsy-openapi.mock.json", "etsy-openapi.json")
TOKEN = "/v3/public/oauth/token"
DAILY = {
    "createDraftListing", "uploadListingImage", "getListingImages", "updateListingInventory", "getListingInventory",
    "updateListing", "getListing", "getListingsByListingIds", "getListingsByShop", "getShopReceipts",
}  # fmt: skip


@pytest.fixture(params=DOCUMENTS)
def document(request: pytest.FixtureRequest, shared: Path) -> Document:
    return _read(shared / "contracts" / request.param)


@cache
def _read(file: Path) -> Document:
    return Document(file)


@pytest.fixture
def heard(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Every request that arrives at Etsy's addresses, as it arrived."""
    arrived: list[Request] = []
    handle = sandbox.handle

    def listening(request: Request, connection: Any) -> Any:
        if request.path.startswith("/v3/"):
            arrived.append(request)
        return handle(request, connection)

    monkeypatch.setattr(sandbox, "handle", listening)
    return arrived


@pytest.fixture
def every_operation(heard: list[Request], about: contract.Ids) -> list[Request]:
    heard.clear()
    for call in contract.calls(about).values():
        with suppress(OutsideError):
            call()
    return list(heard)


def judged(document: Document, requests: list[Request]) -> list[str]:
    """Etsy's published document leaves its token endpoint out; what it does not describe cannot be judged by it."""
    described = [one for one in requests if one.path != TOKEN or document.describes(TOKEN)]
    return [complaint for one in described for complaint in document.complaints(one)]


def test_the_contract_calls_every_operation_of_the_client(about: contract.Ids) -> None:
    sources = "".join(
        inspect.getsource(module) for module in (account, images, inventory, ledger, listings, receipts, shop, tokens)
    )
    named = set(re.findall(r'(?:Request|_tokens)\(\s*"(\w+)"', sources))
    named |= set(re.findall(r'operation: str = "(\w+)"', sources))
    assert named == set(contract.calls(about))


def test_every_operation_sends_what_etsys_document_describes(
    document: Document, every_operation: list[Request]
) -> None:
    assert judged(document, every_operation) == []
    seen = {document.operation(one.method, one.path) for one in every_operation if one.path != TOKEN}
    assert seen == {name for name in contract.calls(contract.Ids()) if not name.endswith(("Token", "Code"))}


def test_a_misspelt_field_anywhere_is_noticed(document: Document, every_operation: list[Request]) -> None:
    tried = 0
    for request in every_operation:
        if request.path == TOKEN and not document.describes(TOKEN):
            continue
        for field, wrong in misspelt(request):
            assert any(field in complaint for complaint in document.complaints(wrong)), f"{request.path}: {field}"
            tried += 1
    assert tried > 60


def misspelt(request: Request) -> Iterator[tuple[str, Request]]:
    """The request once for each of its fields, that field with another name."""
    for name in request.query:
        query = {f"{name}z" if key == name else key: values for key, values in request.query.items()}
        yield f"{name}z", replace(request, query=query)
    for name in names(request):
        quotes = b'name="%s"' if request.content_type == "multipart/form-data" else b'"%s":'
        if request.content_type == "application/x-www-form-urlencoded":
            body = re.sub(rf"(^|&){name}=".encode(), rf"\1{name}z=".encode(), request.body)
        else:
            body = request.body.replace(quotes % name.encode(), quotes % f"{name}z".encode())
        yield f"{name}z", replace(request, body=body)


def names(request: Request) -> set[str]:
    if request.content_type == "application/json":
        return set(re.findall(r'"(\w+)":', request.body.decode()))
    return set(request.form()) | set(request.files())


PLANTED = [
    ("createDraftListing", b"when_made=made_to_order", b"when_made=2020_2025", "is not one of"),
    ("createDraftListing", b"price=4.49", b"price=four", "is not of type 'number'"),
    ("createDraftListing", b"is_supply=false", b"is_supply=no", "is not of type 'boolean'"),
    ("createDraftListing", b"quantity=100&", b"", "'quantity' is a required property"),
    ("createDraftListing", b"who_made=", b"who_made=i_did&who_made=", "given 2 times"),
    ("updateListing", b"title=", b"price=3.49&title=", "'price' was unexpected"),
    ("updateListingInventory", b'"is_enabled":true', b'"is_enabled":"yes"', "is not of type 'boolean'"),
    ("updateListingInventory", b'"values":["3 inches"]', b'"values":"3 inches"', "is not of type 'array'"),
    ("uploadListingImage", b'name="rank"\r\n\r\n1', b'name="rank"\r\n\r\nfirst', "is not of type 'integer'"),
    ("createReceiptShipment", b"{", b'{"carrier":"usps",', "'carrier' was unexpected"),
]


def test_every_planted_mistake_is_noticed(document: Document, every_operation: list[Request]) -> None:
    for operation, right, wrong, complaint in PLANTED:
        good = next(one for one in every_operation if document.operation(one.method, one.path) == operation)
        bad = replace(good, body=good.body.replace(right, wrong, 1))
        assert bad.body != good.body
        assert any(complaint in told for told in document.complaints(bad)), (operation, wrong)


def test_a_wrong_encoding_key_or_address_is_noticed(document: Document, every_operation: list[Request]) -> None:
    good = next(one for one in every_operation if document.operation(one.method, one.path) == "createDraftListing")
    as_json = replace(good, headers={**good.headers, "content-type": "application/json"})
    no_secret = replace(good, headers={**good.headers, "x-api-key": "keystring"})
    no_token = replace(good, headers={name: told for name, told in good.headers.items() if name != "authorization"})
    elsewhere = replace(good, path=f"{good.path}/active")
    too_many = replace(good, method="GET", body=b"", headers={}, query={"limit": ["101"]})
    told = [" ".join(document.complaints(one)) for one in (as_json, no_secret, no_token, elsewhere, too_many)]
    expected = ("content type application/json", "x-api-key", "no bearer token", "no such operation", "maximum of 100")
    assert all(word in words for word, words in zip(expected, told, strict=True)), told


@pytest.mark.long
def test_a_full_day_of_the_shop_sends_what_etsys_document_describes(
    shared: Path, heard: list[Request], db: None, sandbox: Sandbox, settings: LazySettings,
    virtual_time: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The demo's busiest day, with every job woken that the shop itself wakes."""
    monkeypatch.setattr(queue, "enqueue", wake)
    settings.JOB_LIST = "stickertrendz.schedule.JOBS"
    few = {"discoveries": 1, "images": 3}
    settings.METERS = settings.METERS | {name: {**settings.METERS[name], "limit": most} for name, most in few.items()}
    call_command("etsy_authorize", stdout=io.StringIO())
    call_command("etsy_setup", stdout=io.StringIO())
    life = VirtualLife(sandbox, virtual_time, lambda _: None)
    life.day(clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1), BUSY_DAY)
    for name in DOCUMENTS:
        document = _read(shared / "contracts" / name)
        assert judged(document, heard) == []
        assert {document.operation(one.method, one.path) for one in heard if one.path != TOKEN} >= DAILY


def test_pictures_go_one_after_the_other_by_rank_with_a_file_name_and_a_boundary(
    heard: list[Request], on_sale: Listing
) -> None:
    uploads = [one for one in heard if one.path.endswith("/images") and one.method == "POST"]
    assert [one.form()["rank"] for one in uploads] == [["1"], ["2"], ["3"]]
    for one in uploads:
        assert one.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert one.files()["image"][0].endswith(".jpg")


def test_a_draft_says_by_whom_when_and_for_what_it_is_made_and_its_partner_goes_with_every_update(
    heard: list[Request], on_sale: Listing
) -> None:
    [draft] = [one.form() for one in heard if one.path.endswith("/listings") and one.method == "POST"]
    assert {"who_made", "when_made", "is_supply", "production_partner_ids"} <= set(draft)
    updates = [one.form() for one in heard if one.method == "PATCH"]
    assert updates
    assert all(one["production_partner_ids"] == [str(PARTNER)] for one in updates)
    assert not any({"price", "quantity", "who_made", "item_weight"} & set(one) for one in updates)


def test_the_page_on_the_contract_names_only_tests_that_exist() -> None:
    root = Path(settings.BASE_DIR)
    named = set(re.findall(r"\b(test_\w+)`", (root / "docs/etsy-contract.md").read_text()))
    places = [*root.glob("etsy/tests/test_*.py"), *root.glob("stickertrendz/tests/test_*.py")]
    there = {name for place in places for name in re.findall(r"def (test_\w+)", place.read_text())}
    assert len(named) > 20
    assert named <= there
