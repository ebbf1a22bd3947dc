"""The print provider, by the contract in docs/sandbox.md."""

from typing import Any

import httpx
import pytest

from stickertrendz.sandbox.tests.seller import picture

BASE = "/sticker_mule/v1"
SHIP_TO = {
    "name": "Pebble Test",
    "first_line": "1 Acorn Avenue",
    "city": "Puddleton",
    "zip": "97001",
    "country_iso": "US",
}


@pytest.fixture
def mule(client: httpx.Client) -> httpx.Client:
    client.headers["authorization"] = "Bearer sandbox-sticker-mule-key"
    return client


def upload(mule: httpx.Client, content: bytes | None = None) -> httpx.Response:
    body = picture((900, 900)) if content is None else content
    return mule.post(f"{BASE}/artworks", content=body, headers={"content-type": "image/png"})


def order(mule: httpx.Client, **changes: Any) -> httpx.Response:
    wanted = {
        "external_id": "ST-1-1",
        "artwork_id": upload(mule).json()["artwork_id"],
        "size": "3in",
        "quantity": 2,
        "ship_to": SHIP_TO,
    }
    return mule.post(f"{BASE}/orders", json={**wanted, **changes})


def test_the_key_is_asked_for(client: httpx.Client) -> None:
    assert client.get(f"{BASE}/orders", params={"external_id": "x"}).status_code == 401


def test_a_quote_tells_the_price(mule: httpx.Client) -> None:
    answer = mule.post(f"{BASE}/quotes", json={"size": "4in", "quantity": 3})
    assert answer.json() == {"currency": "USD", "items": "6.00", "shipping": "0.00", "total": "6.00"}


def test_artwork_is_a_readable_png_and_kept_once(mule: httpx.Client) -> None:
    assert [upload(mule).status_code for _ in range(2)] == [201, 200]
    assert upload(mule, picture()[:100]).status_code == 422
    assert upload(mule, picture(kind="JPEG")).status_code == 422


def test_an_order_is_found_by_its_external_id_and_not_taken_twice(mule: httpx.Client) -> None:
    made = order(mule)
    assert (made.status_code, made.json()["total"]) == (201, "3.00")
    assert order(mule).status_code == 409
    found = mule.get(f"{BASE}/orders", params={"external_id": "ST-1-1"}).json()["orders"]
    assert found == [made.json()] == [mule.get(f"{BASE}/orders/{made.json()['id']}").json()]
    assert mule.get(f"{BASE}/orders", params={"external_id": "ST-2-1"}).json() == {"orders": []}


def test_an_order_is_printed_shipped_and_delivered_in_time(mule: httpx.Client) -> None:
    number = order(mule).json()["id"]
    seen = []
    for hours in (0, 2, 24, 72):
        mule.post("/_sandbox/clock", json={"advance": hours * 3600})
        shown = mule.get(f"{BASE}/orders/{number}").json()
        seen.append((shown["status"], bool(shown["shipment"])))
    assert seen == [("received", False), ("printing", False), ("shipped", True), ("delivered", True)]


def test_an_order_can_be_cancelled_until_it_is_printed(mule: httpx.Client) -> None:
    first, second = order(mule).json()["id"], order(mule, external_id="ST-2-1").json()["id"]
    assert mule.post(f"{BASE}/orders/{first}/cancel").json()["status"] == "cancelled"
    assert mule.post(f"{BASE}/orders/{first}/cancel").status_code == 200
    mule.post("/_sandbox/clock", json={"advance": 7200})
    assert mule.post(f"{BASE}/orders/{second}/cancel").status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"external_id": "x" * 33},
        {"external_id": "a b"},
        {"artwork_id": "0"},
        {"size": "5in"},
        {"size": "4in"},
        {"quantity": 0},
        {"ship_to": {**SHIP_TO, "country_iso": "DE"}},
        {"ship_to": {**SHIP_TO, "zip": ""}},
        {"ship_to": None},
        {"note": "hi"},
    ],
)
def test_a_wrong_order_is_refused(mule: httpx.Client, change: dict[str, Any]) -> None:
    assert order(mule, **change).status_code == 422
