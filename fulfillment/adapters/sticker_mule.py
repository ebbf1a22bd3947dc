"""Sticker Mule by the contract in docs/print-providers.md: quote, artwork, order, find, read, cancel."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import httpx
from django.conf import settings

from fulfillment.privacy import Address
from stickertrendz.adapters.http import client
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.guard import Answer, Call, Repeat, send
from stickertrendz.ops.models import Intent

from .protocol import Parcel, Progress, Stage

SERVICE = "sticker_mule"
# Our own words: theirs could repeat a customer's address into logs and mails.
REFUSALS = {
    401: "does not accept STICKER_MULE_API_KEY",
    404: "does not know this order",
    409: "says that it is too late, or there already",
    422: "refused the order's size, picture or address",
}
by_hand = False
T = TypeVar("T")


def off() -> str:
    for name in ("STICKER_MULE_API_URL", "STICKER_MULE_API_KEY"):
        if not getattr(settings, name):
            return f"{name} is not set"
    return ""


def quote(size: str, quantity: int) -> Decimal:
    return _ask(
        "quote", "POST", "/quotes", lambda data: Decimal(data["total"]), json={"size": size, "quantity": quantity}
    )


def submit(parcel: Callable[[], Parcel], intent: Intent) -> None:
    wanted = parcel()
    artwork = {"content": wanted.artwork, "headers": {"Content-Type": "image/png"}}
    artwork_id = _ask("artworks.upload", "POST", "/artworks", lambda data: str(data["artwork_id"]), **artwork)
    order = {
        "external_id": wanted.external_id,
        "artwork_id": artwork_id,
        "size": wanted.size,
        "quantity": wanted.quantity,
        "ship_to": _ship_to(wanted.address),
    }
    send(Call(SERVICE, "orders.submit", Repeat.ONCE, subject=intent.subject), lambda: _place(order), intent)


def find(external_id: str) -> dict[str, Any] | None:
    def first(data: Any) -> dict[str, Any] | None:
        return {"order_id": str(data["orders"][0]["id"])} if data["orders"] else None

    return _ask("orders.find", "GET", "/orders", first, params={"external_id": external_id})


def status(order_id: str) -> Progress:
    return _ask("orders.get", "GET", f"/orders/{order_id}", _progress)


def cancel(order_id: str) -> bool:
    try:
        stage = _ask("orders.cancel", "POST", f"/orders/{order_id}/cancel", lambda data: Stage(data["status"]))
    except OutsideError as error:
        if error.status == httpx.codes.CONFLICT:
            return False
        raise
    return stage is Stage.CANCELLED


def _ship_to(address: Address) -> dict[str, str]:
    fields = asdict(address)
    country = fields.pop("country")
    return {**fields, "country_iso": country}


def _progress(data: Any) -> Progress:
    stage, shipment = Stage(data["status"]), data["shipment"]
    if not shipment:
        return Progress(stage)
    at = datetime.fromtimestamp(shipment["shipped_at"], UTC)
    return Progress(stage, str(shipment["carrier"])[:40], str(shipment["tracking_code"])[:60], at)


def _place(order: Mapping[str, Any]) -> Answer[None]:
    """One request. A key in use means that an earlier one arrived after all: unclear, so that it is looked up."""
    try:
        data, status = _request("POST", "/orders", json=order)
        order_id = _read(data, lambda data: str(data["id"]))
    except OutsideError as error:
        if error.status == httpx.codes.CONFLICT:
            raise OutsideError(SERVICE, error.message, ambiguous=True, status=error.status) from None
        raise
    return Answer(None, status=status, result={"order_id": order_id})


def _ask(operation: str, method: str, path: str, parse: Callable[[Any], T], **options: Any) -> T:
    """A call that may be repeated: it reads, or states the whole."""

    def go() -> Answer[T]:
        data, status = _request(method, path, **options)
        return Answer(_read(data, parse), status=status)

    return send(Call(SERVICE, operation, Repeat.SAFE), go)


def _read(data: Any, parse: Callable[[Any], T]) -> T:
    try:
        return parse(data)
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError):
        raise OutsideError(SERVICE, "the answer was not what the contract says", ambiguous=True) from None


def _request(method: str, path: str, headers: Mapping[str, str] | None = None, **options: Any) -> tuple[Any, int]:
    sent = {"Authorization": f"Bearer {settings.STICKER_MULE_API_KEY}", **(headers or {})}
    try:
        response = client().request(
            method,
            f"{settings.STICKER_MULE_API_URL}{path}",
            headers=sent,
            timeout=settings.STICKER_MULE_TIMEOUT,
            **options,
        )
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise OutsideError(SERVICE, "could not be reached") from None
    except httpx.TransportError as error:
        raise OutsideError(SERVICE, f"did not answer ({type(error).__name__})", ambiguous=True) from None
    if not response.is_success:
        raise _refusal(response)
    try:
        return response.json(), response.status_code
    except ValueError:
        raise OutsideError(SERVICE, "answered something unreadable", ambiguous=True) from None


def _refusal(response: httpx.Response) -> OutsideError:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        told = response.headers.get("retry-after", "")
        wait = float(told) if told.isdigit() else None
        return OutsideError(SERVICE, "asked us to slow down", status=status, retry_after=wait)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return OutsideError(SERVICE, f"failed with status {status}", status=status, ambiguous=True)
    return OutsideError(
        SERVICE, REFUSALS.get(status, f"refused this with status {status}"), status=status, permanent=True
    )
