"""Connects the shop: prints the consent address, waits for Etsy's redirect, keeps the tokens sealed."""

import getpass
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from etsy.consent import Consent
from etsy.landing import Landing
from stickertrendz.environment import is_loopback
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt, NeedsPerson, OutsideError, Refused
from stickertrendz.ops.management import migrated

TIMEOUT = 30
WAIT_SECONDS = 600


class Command(BaseCommand):
    help = "Connect the Etsy shop (OAuth with PKCE). Can be run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--paste", action="store_true", help="paste the address Etsy sent the browser to, instead of listening"
        )
        parser.add_argument(
            "--wait", type=float, default=WAIT_SECONDS, metavar="SECONDS", help="for the browser (default 600)"
        )

    def handle(self, **options: Any) -> None:
        migrated.require()
        consent = Consent()
        try:
            stamp.claim()
            consent.accept(self._redirect(consent, options["paste"], options["wait"]), by=getpass.getuser())
        except (NeedsPerson, OutsideError, Refused, Halt) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Etsy shop {settings.ETSY_SHOP_ID} is connected.")

    def _redirect(self, consent: Consent, paste: bool, seconds: float) -> str:
        if not settings.LIVE and not paste:
            return _sandbox_consent(consent.address)
        if paste or not is_loopback(settings.ETSY_REDIRECT_URL):
            self._print(consent)
            return _pasted()
        with Landing(settings.ETSY_REDIRECT_URL) as landing:
            self._print(consent)
            self.stdout.write(f"Waiting for the browser at {settings.ETSY_REDIRECT_URL} (Ctrl-C ends).")
            return landing.wait(seconds)

    def _print(self, consent: Consent) -> None:
        self.stdout.write(f"Open this address, log in as the shop's owner and agree:\n\n{consent.address}\n")


def _pasted() -> str:
    try:
        return input("Paste the address your browser was sent to: ").strip()
    except EOFError as error:
        raise NeedsPerson("Nothing was pasted; run this again in a terminal.") from error


def _sandbox_consent(address: str) -> str:
    """The sandbox agrees by itself and tells so in the redirect."""
    try:
        answer = httpx.get(address, timeout=TIMEOUT)
    except httpx.HTTPError as error:
        raise NeedsPerson(f"The sandbox does not answer at {settings.SANDBOX_URL}; start it first.") from error
    if "location" not in answer.headers:
        raise NeedsPerson("The sandbox refused the consent: check ETSY_API_KEY and ETSY_REDIRECT_URL.")
    return answer.headers["location"]
