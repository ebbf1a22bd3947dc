"""Odd names, addresses and keys go through days of the shop full of faults, and stand nowhere in plain words after."""

import base64
import hashlib
import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import openai as openai_sdk
import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import Client

from etsy.adapters import wire
from etsy.models import Listing
from fulfillment import privacy, privacy_erasure
from fulfillment.models import Order
from stickertrendz import clock
from stickertrendz.adapters import openai as openai_adapter
from stickertrendz.housekeeping.virtual_life import VirtualLife
from stickertrendz.ops.log import LineFormatter
from stickertrendz.ops.models import Alert, Call, ErrorLog, Mail
from stickertrendz.sandbox import faults, openai, reddit, replicate, sticker_mule
from stickertrendz.sandbox.etsy import access
from stickertrendz.sandbox.etsy import oauth as etsy_oauth
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import canaries
from stickertrendz.tests.canaries import BUYER, GIFT_MESSAGE, MESSAGE, canaries_in, customers, places, tables
from stickertrendz.tests.customer_desk import works_at_the_desk

KINDS = ("401", "500", "html", "malformed", "500_after", "timeout_after")
WORST = ("malformed", "timeout_after")  # an answer nobody can read, and none at all although the work was done
STRUCK = (
    ("etsy", "getShopReceipts"), ("etsy", "oauth.token"), ("etsy", "createReceiptShipment"),
    ("sticker_mule", "orders.submit"), ("openai", "*"), ("replicate", "*"), ("reddit", "*"),
)  # fmt: skip
OURS = ("stickertrendz", "trends", "stickers", "fulfillment", "pricing", "etsy")
LONGEST = 100  # characters the printer takes in a line
TRIES = 4  # a request and its repeats


def secret(name: str) -> str:
    return hashlib.sha256(f"canary {name}".encode()).hexdigest()


@pytest.fixture
def keys(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Every secret setting has a value seen nowhere else, and the sandbox accepts just these."""
    values = {name: secret(name) for name in settings.SECRET_SETTINGS}
    for name in ("FIELD_KEYS", "BACKUP_KEY"):
        values[name] = base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()
    for name, value in values.items():
        setattr(settings, name, [f"canary:{value}"] if name == "FIELD_KEYS" else value)
    accepted = (
        (openai, "KEY", values["OPENAI_API_KEY"]), (replicate, "BEARER", f"Bearer {values['REPLICATE_API_TOKEN']}"),
        (reddit, "CLIENT_SECRET", values["REDDIT_CLIENT_SECRET"]), (access, "KEYSTRING", values["ETSY_API_KEY"]),
        (etsy_oauth, "KEYSTRING", values["ETSY_API_KEY"]), (access, "SHARED", values["ETSY_API_SECRET"]),
        (sticker_mule, "KEY", values["STICKER_MULE_API_KEY"]),
    )  # fmt: skip
    for module, name, value in accepted:
        monkeypatch.setattr(module, name, value)
    return values


@pytest.fixture
def chatty_services(keys: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals repeat the keys they were sent, and the printer's the address, as careless services do."""
    said = ", ".join(keys.values())
    monkeypatch.setattr(faults, "WORDS", {status: f"{word} for {said}" for status, word in faults.WORDS.items()})
    check = sticker_mule._check_address

    def chatty(ship_to: Any) -> None:
        if ship_to["city"] == BUYER["city"] and ship_to["state"] == "??":
            raise sticker_mule._refuse(422, f"We know nobody at {ship_to}.")
        check(ship_to)

    monkeypatch.setattr(sticker_mule, "_check_address", chatty)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything the process would print, more talkative than it is: our own words of all levels, others' from info."""
    [handler] = [each for each in logging.root.handlers if isinstance(each.formatter, LineFormatter)]
    assert isinstance(handler, logging.StreamHandler)
    loggers = [logging.getLogger(name) for name in ("", *OURS)]
    levels = [logger.level for logger in loggers]
    stream = io.StringIO()
    before = handler.setStream(stream)
    for logger in loggers:
        logger.setLevel(logging.DEBUG if logger.name != "root" else logging.INFO)
    yield stream
    handler.setStream(before)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def shop(
    db: None, sandbox: Sandbox, keys: dict[str, str], settings: LazySettings, tmp_path: Path,
    virtual_time: time_machine.Traveller, capsys: pytest.CaptureFixture[str],
) -> VirtualLife:  # fmt: skip
    """A connected shop with something on sale, small enough to live through days quickly."""
    settings.MEDIA_ROOT = tmp_path
    settings.FULFILLMENT_PROVIDER = "sticker_mule"
    few = {"discoveries": 1, "images": 3}
    settings.METERS = settings.METERS | {name: {**settings.METERS[name], "limit": most} for name, most in few.items()}
    call_command("etsy_authorize")
    call_command("etsy_setup")
    life = VirtualLife(sandbox, virtual_time, lambda _: None)
    life.run("trend_monitor")
    assert Listing.objects.filter(status="active").exists()
    return life


def lives_through_faults(shop: VirtualLife, kinds: Sequence[str]) -> None:
    """Each kind of fault strikes every service while new orders are on their way; then calm days end everything."""
    for number, kind in enumerate(kinds):
        for buyer in customers()[number :: len(kinds)]:
            buy(shop, buyer)
        for service, operation in STRUCK:
            shop.sandbox.faults.add(Fault(service, operation, kind, times=TRIES, seconds=0.01))
        day(shop)
        shop.sandbox.faults.clear()
    buy(shop, BUYER, state="??")
    buy(shop, BUYER, address=False)
    loses_its_token(shop)
    for _ in range(2):
        day(shop)


def day(shop: VirtualLife) -> None:
    for name in ("order_sync", "trend_monitor", "order_sync", "pricing_engine", "analytics_sync", "send_mail"):
        shop.run(name)
        shop.traveller.shift(4 * 3600)


def buy(shop: VirtualLife, buyer: dict[str, str], *, state: str = "OR", address: bool = True) -> None:
    wish = {"buyer": {**buyer, "state": state}, "message": MESSAGE, "gift_message": GIFT_MESSAGE, "address": address}
    httpx.post(f"{shop.sandbox.url}/_sandbox/buy", json=wish).raise_for_status()


def loses_its_token(shop: VirtualLife) -> None:
    """The owner took the consent back at Etsy; the operator asks for it again."""
    etsy: Any = shop.sandbox.worlds["etsy"]
    for kept in ("access_tokens", "refresh_tokens"):
        etsy.table(kept).clear()
    shop.run("order_sync")
    assert Alert.objects.filter(key="etsy-token").exists()
    call_command("etsy_authorize")


def tokens(sandbox: Sandbox) -> list[str]:
    """Whatever the services handed out and still know."""
    etsy: Any = sandbox.worlds["etsy"]
    known = [token for kept in ("access_tokens", "refresh_tokens") for token in etsy.table(kept)]
    posts: Any = sandbox.worlds["reddit"]
    return [*known, *posts.tokens]


@pytest.mark.timeout(400)  # days of faults; a busy machine takes three times as long
@pytest.mark.parametrize("kinds", [WORST, pytest.param(KINDS, marks=pytest.mark.long)], ids=["worst", "all"])
def test_neither_customers_nor_keys_stand_in_plain_words_anywhere(
    shop: VirtualLife, keys: dict[str, str], chatty_services: None, written: io.StringIO, client: Client,
    settings: LazySettings, capsys: pytest.CaptureFixture[str], kinds: Sequence[str],
) -> None:  # fmt: skip
    lives_through_faults(shop, kinds)
    they_really_went_through(shop)
    works_at_the_desk(client)

    printed = written.getvalue() + "".join(capsys.readouterr())
    sought = [*canaries.PERSONAL, *halves(keys.values()), *halves(tokens(shop.sandbox))]
    found = {
        place: leaked
        for place, content in places(client, printed, settings.VAR_DIR, settings.MEDIA_ROOT)
        if (leaked := canaries_in(content, sought))
    }
    assert found == {}
    nothing_is_left_sealed_after_a_purge()


def halves(secrets: Iterable[str]) -> list[str]:
    """What a secret begins and ends with: a text that was cut in the middle of it gives half of it away."""
    return [half for one in secrets for half in (one[: len(one) // 2], one[len(one) // 2 :])]


def nothing_is_left_sealed_after_a_purge() -> None:
    privacy_erasure.purge(Order.objects.all(), by="test", why="the end")
    assert [table for table, rows in tables() if "canary:gAAAA" in rows] == ["table etsy_token"]
    assert set(Order.objects.values_list("customer_sealed", *privacy.HASHES)) == {("", "", "", "")}


def they_really_went_through(shop: VirtualLife) -> None:
    """Orders reached the printer with name and address, or the bench when it failed too often; they can be read with
    a reason, and every service failed."""
    printer: Any = shop.sandbox.worlds["sticker_mule"]
    printed = {order["ship_to"]["first_line"] for order in printer.orders.values()}
    orders = Order.objects.order_by("receipt_id")
    packed = {_street(order) for order in orders.filter(items__print_jobs__provider="self_usps")}
    odd = {buyer["first_line"] for buyer in customers() if len(buyer["first_line"]) < LONGEST}
    assert odd <= printed | packed
    assert len(odd & printed) >= len(odd) // 2
    assert len(orders) >= len(customers()) + 2
    customer = privacy.read(orders[0], by="test", why="to see that it was kept")
    assert (customer.name, customer.email, customer.gift_message) == (BUYER["name"], BUYER["email"], GIFT_MESSAGE)
    assert orders.filter(provider_last_error__contains="refused the order's size, picture or address").exists()
    struck = {service for service, _ in STRUCK}
    assert set(Call.objects.exclude(outcome="done").values_list("service", flat=True)) >= struck
    assert set(ErrorLog.objects.values_list("service", flat=True)) >= struck
    assert Mail.objects.exclude(sent_at=None).exists()


def _street(order: Order) -> str:
    address = privacy.unsealed(order).address
    return address.first_line if address else ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "where", ["the log", "mail 0", "table ops_errorlog", "list of ErrorLog", "file planted.bin", "sessions"]
)
def test_a_planted_name_is_found_wherever_it_is_planted(
    where: str, client: Client, written: io.StringIO, tmp_path: Path
) -> None:
    name = BUYER["name"]
    plant: dict[str, Callable[[], object]] = {
        "the log": lambda: logging.getLogger("stickertrendz").info("parcel for %s", name),
        "mail 0": lambda: mail.send_mail("Parcel", f"for {name}", "a@b.example", ["c@d.example"]),
        "sessions": lambda: Session.objects.create(
            session_key="x", session_data=SessionStore().encode({"for": name}), expire_date=clock.now()
        ),
        "file planted.bin": lambda: (tmp_path / "planted.bin").write_bytes(b"\0" + name.upper().encode()),
    }
    plant.get(where, lambda: plant_error(name))()
    looked = places(client, written.getvalue(), tmp_path)
    assert any(place == where and canaries_in(text, [name]) for place, text in looked)


def plant_error(words: str) -> None:
    ErrorLog.objects.create(step="test", error_type="test", error_message=words, created_at=clock.now())


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_a_key_is_found_in_a_basic_authorization_header(before: str) -> None:
    header = base64.b64encode(f"{before}:{secret('REDDIT')}".encode()).decode()
    assert canaries_in(f"Basic {header}", [secret("REDDIT"), secret("OTHER")]) == [secret("REDDIT")]


def test_a_refusal_that_is_cut_short_does_not_give_half_a_key_away(settings: LazySettings) -> None:
    settings.ETSY_API_SECRET = key = secret("ETSY")
    words = "x" * (wire.LONGEST_MESSAGE - 40) + key
    assert canaries_in(wire.explain(json.dumps({"error": words}).encode()), halves([key])) == []
    answer = httpx.Response(500, request=httpx.Request("GET", "http://127.0.0.1"))
    error = openai_sdk.APIStatusError("x" * 460 + key, response=answer, body=None)  # type: ignore[arg-type]
    assert canaries_in(str(openai_adapter._status_error(error)), halves([key])) == []
