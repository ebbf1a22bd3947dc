"""A seller with a set-up shop, who talks to the sandbox's Etsy by plain httpx."""

import base64
import hashlib
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from PIL import Image

KEY = "sandboxkeystring"
REDIRECT = "http://localhost:3003/oauth/redirect"
SCOPES = "listings_r listings_w listings_d shops_r shops_w transactions_r transactions_w"
VERIFIER = "v" * 64
SHOP = "/v3/application/shops/55500001"
LEDGER = "/shops/55500001/payment-account/ledger-entries"
MONTH = 31 * 86400


def consent(http: httpx.Client, **changes: str | None) -> httpx.Response:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": KEY,
        "redirect_uri": REDIRECT,
        "scope": SCOPES,
        "state": "s1",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **changes,
    }
    return http.get("/oauth/connect", params={name: value for name, value in asked.items() if value is not None})


def told(answer: httpx.Response) -> dict[str, str]:
    """What the redirect carries."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchange(http: httpx.Client, code: str, **changes: str) -> httpx.Response:
    given = {"grant_type": "authorization_code", "client_id": KEY, "redirect_uri": REDIRECT, "code": code}
    return http.post("/v3/public/oauth/token", data={**given, "code_verifier": VERIFIER, **changes})


def refresh(http: httpx.Client, token: str) -> httpx.Response:
    given = {"grant_type": "refresh_token", "client_id": KEY, "refresh_token": token}
    return http.post("/v3/public/oauth/token", data=given)


def picture(size: tuple[int, int] = (700, 700), kind: str = "PNG", mode: str = "RGB") -> bytes:
    content = io.BytesIO()
    Image.new(mode, size, 0).save(content, kind)
    return content.getvalue()


class Seller:
    """Connected with every scope we ask for, the shop set up, no limit on calls per second."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        http.post("/_sandbox/etsy", json={"per_second": 10_000, "per_day": 100_000})
        self.tokens = exchange(http, told(consent(http))["code"]).json()
        http.headers["x-api-key"] = f"{KEY}:sandboxsecret"
        http.headers["authorization"] = f"Bearer {self.tokens['access_token']}"
        self.shipping = self.post("/shipping-profiles", self.shipping_form()).json()["shipping_profile_id"]
        returns = {"accepts_returns": "false", "accepts_exchanges": "false"}
        self.returns = self.post("/policies/return", returns).json()["return_policy_id"]
        self.readiness = self.post("/readiness-state-definitions", self.readiness_form()).json()["readiness_state_id"]

    @staticmethod
    def shipping_form() -> dict[str, str]:
        return {
            "title": "US",
            "origin_country_iso": "US",
            "origin_postal_code": "97000",
            "primary_cost": "0",
            "secondary_cost": "0",
            "destination_country_iso": "US",
            "min_delivery_days": "2",
            "max_delivery_days": "5",
        }

    @staticmethod
    def readiness_form() -> dict[str, str]:
        return {"readiness_state": "made_to_order", "min_processing_time": "1", "max_processing_time": "3"}

    def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        return self.http.post(SHOP + path, data=form)

    def form(self, **changes: str | None) -> dict[str, str]:
        form = {
            "quantity": "50",
            "title": "Sleepy frog sticker",
            "description": "Made with AI tools.",
            "price": "4.49",
            "who_made": "i_did",
            "when_made": "made_to_order",
            "is_supply": "false",
            "taxonomy_id": "100422",
            "shipping_profile_id": str(self.shipping),
            "readiness_state_id": str(self.readiness),
            "tags": "frog,vinyl sticker",
            "return_policy_id": str(self.returns),
            **changes,
        }
        return {name: value for name, value in form.items() if value is not None}

    def draft(self, **changes: str | None) -> int:
        answer = self.post("/listings", self.form(**changes))
        assert answer.status_code == 201, answer.text
        return int(answer.json()["listing_id"])

    def upload(self, listing: int, content: bytes | None = None, **fields: str) -> httpx.Response:
        files = {"image": ("a.png", picture() if content is None else content)}
        return self.http.post(f"{SHOP}/listings/{listing}/images", data=fields, files=files)

    def patch(self, listing: int, **form: str) -> httpx.Response:
        return self.http.patch(f"{SHOP}/listings/{listing}", data=form)

    def published(self, **changes: str | None) -> int:
        listing = self.draft(**changes)
        assert self.upload(listing).status_code == 201
        assert self.patch(listing, state="active").status_code == 200
        return listing

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(f"/v3/application{path}", params=query)

    def listing(self, listing: int) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/listings/{listing}").json()
        return found

    def stock(self, listing: int, products: list[dict[str, Any]], **varies: list[int]) -> httpx.Response:
        body = {"products": products, **{f"{what}_on_property": ids for what, ids in varies.items()}}
        return self.http.put(f"/v3/application/listings/{listing}/inventory", json=body)

    def product(self, price: float = 4.49, sku: str = "ST-1-3", quantity: int = 10, size: str = "") -> dict[str, Any]:
        values = [{"property_id": 513, "value_ids": [1], "values": [size], "property_name": "Size"}] if size else []
        offering = {"price": price, "quantity": quantity, "is_enabled": True, "readiness_state_id": self.readiness}
        return {"sku": sku, "property_values": values, "offerings": [offering]}

    def buy(self, **wanted: Any) -> dict[str, Any]:
        answer = self.http.post("/_sandbox/buy", json=wanted)
        assert answer.status_code == 201, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    def receipts(self, **query: Any) -> list[int]:
        return [receipt["receipt_id"] for receipt in self.get("/shops/55500001/receipts", **query).json()["results"]]

    def fees(self) -> list[tuple[str, int]]:
        """Type and cents of all entries of the last five months, which the ledger tells by the month."""
        now = int(self.http.get("/_sandbox/clock").json()["now"])
        windows = [now - MONTH * back for back in range(5, 0, -1)]
        entries = [entry for since in windows for entry in self.ledger(since, since + MONTH - 1)]
        return [(entry["ledger_type"], entry["amount"]) for entry in [*entries, *self.ledger(now, now)]]

    def ledger(self, since: int, until: int) -> list[dict[str, Any]]:
        answer = self.get(LEDGER, min_created=since, max_created=until, limit=100)
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def later(self, seconds: float) -> None:
        self.http.post("/_sandbox/clock", json={"advance": seconds})
        self.tokens = exchange(self.http, told(consent(self.http))["code"]).json()
        self.http.headers["authorization"] = f"Bearer {self.tokens['access_token']}"
