"""People at the review desk for tests, with designs that wait for them."""

from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.making import make_sticker

DESK = "/admin/stickers/sticker/review/"
TOPICS = ("otters holding hands", "sleepy fox", "cozy frog", "grumpy cat")


@pytest.fixture(autouse=True)
def outside(sandbox: Sandbox) -> None:
    """Virtual time, and nothing real outside."""


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def browser_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


def flagged(topic: str = TOPICS[0], hours: float = 1, **columns: Any) -> Sticker:
    sticker = make_sticker(topic)
    waits = {"status": "flagged", "shelf": "none", "status_since": clock.now() - timedelta(hours=hours)}
    scores = {"violence": 0.55, "hate": 0.02}
    shown = {"moderation_categories": scores, "moderation_score": 0.55, "thumbnail_key": sticker.listing_images[0]}
    Sticker.objects.filter(pk=sticker.pk).update(**waits | shown | columns)
    sticker.refresh_from_db()
    return sticker


class Sitting:
    """A person at the desk, whose browser runs no script: what is in hand, and what the page says."""

    def __init__(self, client: Client, address: str = DESK) -> None:
        self.client = client
        self.look(client.get(address, follow=True))

    def look(self, answer: Any) -> str:
        if answer.redirect_chain:
            self.at = answer.redirect_chain[-1][0]
        elif answer.request["REQUEST_METHOD"] == "GET":
            self.at = DESK + (f"?{answer.request['QUERY_STRING']}" if answer.request["QUERY_STRING"] else "")
        self.shown = unescape(answer.content.decode())
        return self.shown

    @property
    def told(self) -> dict[str, str]:
        """The hidden fields of the form."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.at).query).items()}

    @property
    def key(self) -> int:
        return int(self.told.get("design", 0))

    def press(self, do: str, **more: str) -> str:
        return self.look(self.client.post(DESK, {**self.told, "do": do, **more}, follow=True))

    def reload(self) -> str:
        return self.look(self.client.get(self.at, follow=True))


def status(sticker: Sticker) -> str:
    return Sticker.objects.get(pk=sticker.pk).status
