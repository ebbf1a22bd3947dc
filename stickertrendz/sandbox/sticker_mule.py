"""A print provider that prints single stickers on demand, by the contract in docs/print-providers.md."""

import hashlib
import io
import re
from collections.abc import Callable
from typing import Any

from PIL import Image, UnidentifiedImageError

from stickertrendz.sandbox.routing import Abort, Handler, Reply, Request, Route, Service, plain_error

KEY = "sandbox-sticker-mule-key"
CENTS = {"3in": 150, "4in": 200}
PIXELS = {"3in": 900, "4in": 1200}
HOUR = 3600
# Hours after the order at which it enters each status.
LIFE = ((0, "received"), (2, "printing"), (26, "shipped"), (98, "delivered"))
ADDRESS = {"name": 100, "first_line": 100, "second_line": 100, "city": 60, "state": 40, "zip": 20, "country_iso": 2}
NEEDED = ("name", "first_line", "city", "zip", "country_iso")
ORDER = {"external_id", "artwork_id", "size", "quantity", "ship_to"}
EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


def _refuse(status: int, message: str) -> Abort:
    return Abort(plain_error(status, message))


class StickerMuleWorld:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.artworks: dict[str, dict[str, int]] = {}
        self.orders: dict[str, dict[str, Any]] = {}

    def dump(self) -> dict[str, Any]:
        return {"artworks": self.artworks, "orders": list(self.orders.values())}

    def load(self, state: dict[str, Any]) -> None:
        self.artworks = dict(state["artworks"])
        self.orders = {order["id"]: order for order in state["orders"]}

    def show(self, order: dict[str, Any]) -> dict[str, Any]:
        """The order as the provider tells it now: its status follows from its age."""
        hours = (self.clock() - order["created_at"]) / HOUR
        status = order["cancelled"] or [name for after, name in LIFE if hours >= after][-1]
        shipped = status in ("shipped", "delivered")
        code = f"9400{int(hashlib.sha256(order['id'].encode()).hexdigest(), 16) % 10**18:018d}"
        shipment = {"carrier": "usps", "tracking_code": code, "shipped_at": int(order["created_at"] + 26 * HOUR)}
        public = {name: order[name] for name in ("id", "external_id", "size", "quantity", "currency", "total")}
        return {
            **public,
            "created_at": int(order["created_at"]),
            "status": status,
            "shipment": shipment if shipped else None,
        }

    def keep_artwork(self, content: bytes) -> Reply:
        try:
            with Image.open(io.BytesIO(content)) as image:
                image.load()
                kind, (width, height) = image.format, image.size
        except (UnidentifiedImageError, OSError):
            raise _refuse(422, "The artwork is not a readable image.") from None
        if kind != "PNG":
            raise _refuse(422, "The artwork must be a PNG.")
        known = hashlib.sha256(content).hexdigest()
        status = 200 if known in self.artworks else 201
        self.artworks[known] = {"width": width, "height": height}
        return Reply.of_json({"artwork_id": known, "width": width, "height": height}, status)

    def submit(self, wanted: Any) -> Reply:
        if not isinstance(wanted, dict) or set(wanted) != ORDER:
            raise _refuse(422, f"An order has exactly these fields: {', '.join(sorted(ORDER))}.")
        if not EXTERNAL_ID.fullmatch(str(wanted["external_id"])):
            raise _refuse(422, "external_id is 1 to 32 letters, digits, hyphens or underscores.")
        if self.by_external_id(wanted["external_id"]):
            raise _refuse(409, "external_id is in use.")
        size, quantity = _size_and_quantity(wanted)
        artwork = self.artworks.get(wanted["artwork_id"])
        if artwork is None or min(artwork.values()) < PIXELS[size] * 0.9:
            raise _refuse(
                422, f"artwork_id must name an uploaded picture of about {PIXELS[size]} pixels a side for {size}."
            )
        _check_address(wanted["ship_to"])
        number = f"SM{1001 + len(self.orders)}"
        self.orders[number] = {
            **wanted, "id": number, "currency": "USD", "total": _dollars(CENTS[size] * quantity),
            "created_at": self.clock(), "cancelled": "",
        }  # fmt: skip
        return Reply.of_json(self.show(self.orders[number]), 201)

    def by_external_id(self, external_id: str) -> list[dict[str, Any]]:
        return [order for order in self.orders.values() if order["external_id"] == external_id]

    def order(self, number: str) -> dict[str, Any]:
        if number not in self.orders:
            raise _refuse(404, f"There is no order {number}.")
        return self.orders[number]


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _size_and_quantity(wanted: dict[str, Any]) -> tuple[str, int]:
    size, quantity = wanted.get("size"), wanted.get("quantity")
    if size not in CENTS:
        raise _refuse(422, f"size is one of {', '.join(CENTS)}.")
    if type(quantity) is not int or not 1 <= quantity <= 100:
        raise _refuse(422, "quantity is a whole number from 1 to 100.")
    return size, quantity


def _check_address(ship_to: Any) -> None:
    if not isinstance(ship_to, dict) or not set(ship_to) <= set(ADDRESS):
        raise _refuse(422, f"ship_to takes {', '.join(ADDRESS)}.")
    for name, length in ADDRESS.items():
        text = ship_to.get(name, "")
        if not isinstance(text, str) or len(text) > length or (name in NEEDED and not text.strip()):
            raise _refuse(422, f"ship_to.{name} must be a text of at most {length} characters.")
    if ship_to["country_iso"] != "US":
        raise _refuse(422, "We deliver to the United States only.")


def _authorized(handler: Handler) -> Handler:
    def checked(request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return plain_error(401, "Unknown API key.")
        return handler(request)

    return checked


def service(sandbox_seed: int, clock: Callable[[], float], base_url: Callable[[], str]) -> Service:
    world = StickerMuleWorld(clock)

    def quote(request: Request) -> Reply:
        wanted = request.json()
        if not isinstance(wanted, dict) or set(wanted) != {"size", "quantity"}:
            raise _refuse(422, "A quote needs size and quantity.")
        size, quantity = _size_and_quantity(wanted)
        items = _dollars(CENTS[size] * quantity)
        return Reply.of_json({"currency": "USD", "items": items, "shipping": "0.00", "total": items})

    def upload(request: Request) -> Reply:
        if request.content_type != "image/png":
            raise _refuse(415, "Send the artwork as image/png.")
        return world.keep_artwork(request.body)

    def find(request: Request) -> Reply:
        wanted = request.query.get("external_id")
        if set(request.query) != {"external_id"} or wanted is None:
            raise _refuse(422, "Orders are found by external_id.")
        return Reply.of_json({"orders": [world.show(order) for order in world.by_external_id(wanted[0])]})

    def read(request: Request) -> Reply:
        return Reply.of_json(world.show(world.order(request.args["id"])))

    def cancel(request: Request) -> Reply:
        order = world.order(request.args["id"])
        if world.show(order)["status"] not in ("received", "cancelled"):
            raise _refuse(409, "The order is already being printed.")
        order["cancelled"] = "cancelled"
        return Reply.of_json(world.show(order))

    routes = (
        ("POST", "quotes", "quote", quote),
        ("POST", "artworks", "artworks.upload", upload),
        ("POST", "orders", "orders.submit", lambda request: world.submit(request.json())),
        ("GET", "orders", "orders.find", find),
        ("GET", "orders/{id}", "orders.get", read),
        ("POST", "orders/{id}/cancel", "orders.cancel", cancel),
    )
    return Service("sticker_mule", world, [
        Route(method, f"/sticker_mule/v1/{path}", name, _authorized(handler)) for method, path, name, handler in routes
    ])  # fmt: skip
