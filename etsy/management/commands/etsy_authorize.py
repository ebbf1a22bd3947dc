"""Connects the shop: prints the consent address, waits for Etsy's redirect, keeps the tokens sealed."""

import getpass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from etsy import oauth
from etsy.adapters import shop
from stickertrendz.environment import is_loopback
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt, NeedsPerson, OutsideError, Refused

TIMEOUT = 30


class Command(BaseCommand):
    help = "Connect the Etsy shop (OAuth with PKCE). Can be run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--paste", action="store_true", help="paste the address Etsy sent the browser to, instead of listening"
        )

    def handle(self, **options: Any) -> None:
        consent = oauth.Consent()
        try:
            stamp.claim()
            consent.accept(self._redirect(consent, options["paste"]), by=getpass.getuser())
            _check_shop()
        except (NeedsPerson, OutsideError, Refused, Halt) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Etsy shop {settings.ETSY_SHOP_ID} is connected.")

    def _redirect(self, consent: oauth.Consent, paste: bool) -> str:
        if not settings.LIVE:
            return _sandbox_consent(consent.address)
        self.stdout.write(f"Open this address, log in as the shop's owner and agree:\n\n{consent.address}\n")
        if paste or not is_loopback(settings.ETSY_REDIRECT_URL):
            return input("Paste the address your browser was sent to: ").strip()
        self.stdout.write(f"Waiting for the browser at {settings.ETSY_REDIRECT_URL} (Ctrl-C ends).")
        return _listen()


def _sandbox_consent(address: str) -> str:
    """The sandbox agrees by itself and tells so in the redirect."""
    try:
        answer = httpx.get(address, timeout=TIMEOUT)
    except httpx.HTTPError as error:
        raise NeedsPerson(f"The sandbox does not answer at {settings.SANDBOX_URL}; start it first.") from error
    if "location" not in answer.headers:
        raise NeedsPerson("The sandbox refused the consent: check ETSY_API_KEY and ETSY_REDIRECT_URL.")
    return answer.headers["location"]


def _listen() -> str:
    """One request to the redirect address; what else the browser asks for is answered and passed over."""
    target = urlsplit(settings.ETSY_REDIRECT_URL)
    came: list[str] = []

    class Landing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urlsplit(self.path).path == target.path:
                came.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"You can close this window and go back to the terminal.")

        def log_message(self, format: str, *args: Any) -> None:
            """The address holds the code: it is not logged."""

    with HTTPServer((target.hostname or "127.0.0.1", target.port or 80), Landing) as server:
        while not came:
            server.handle_request()
    return came[0]


def _check_shop() -> None:
    _, shop_id = shop.me()
    if shop_id != settings.ETSY_SHOP_ID:
        raise NeedsPerson(
            f"That account owns shop {shop_id}, but ETSY_SHOP_ID says {settings.ETSY_SHOP_ID}: correct one."
        )
