"""Customers nobody else is called like, every place where something is kept or shown, and how to find them there."""

import base64
import html
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache.backends import locmem
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ, Task

BUYER = {
    "name": "Quibblethorn Vexmoorish", "first_line": "77 Zanderquist Passage", "second_line": "Oomphkettle",
    "city": "Wuffleborough", "state": "OR", "zip": "ZQ7XW9PL", "email": "jumblewick@vexpost.example",
}  # fmt: skip
DATABASE = "test.sqlite3"  # its rows are looked at one by one, and its file remembers other tests
PICTURES, BEFORE_PIXELS = (".png", ".jpg"), 4096
MESSAGE, GIFT_MESSAGE = "please wrap it in snorfblatt", "with love from Plinkawumpa"
ODD = [  # name, first line
    ("Zoë Fläumhübel-Ødegård", "5½ Çnarlstraße"), ("D'Arcy O'Gribblefitz", '1 "Quorkle" Alley'),
    ("Robert'); DROP TABLE fulfillment_order;-- Snazzlewick", "%s {0} ${jndi:zonk} <b>Flimflammer</b>"),
    ("🦄 Pfloofington 🌈", "9 🏠 Gnurbleweg"), ("فلافيلانتو الزهرقوق", "شارع البطيخماشي ٧"),
    ("山田田野 太郎丸", "東京都架空区一丁目"),
    ("Wompelstrudel " * 12, "Krumplenook " * 15), ("Will May", "12 May Rose Way"),
]  # fmt: skip
# What of them stands nowhere else in any case. Common words are looked for as they were told, whole.
PERSONAL = [
    "Quibblethorn", "Vexmoorish", "Zanderquist", "Oomphkettle", "Wuffleborough", "ZQ7XW9PL", "jumblewick", "vexpost",
    "snorfblatt", "Plinkawumpa", "Fläumhübel", "Ødegård", "Çnarlstraße", "Gribblefitz", "Quorkle", "Snazzlewick",
    "jndi:zonk", "Flimflammer", "Pfloofington", "Gnurbleweg", "فلافيلانتو", "البطيخماشي", "山田田野", "東京都架空区",
    "Wompelstrudel", "Krumplenook", "Will May", "12 May Rose Way",
]  # fmt: skip


def customers() -> list[dict[str, str]]:
    """The plain one first."""
    return [BUYER, *({**BUYER, "name": name.strip(), "first_line": line.strip()} for name, line in ODD)]


# --- Where we look ------------------------------------------------------------------------------------------------
def places(client: Client, printed: str, *folders: Path) -> Iterator[tuple[str, str]]:
    """Name and content of everything that is kept, shown, sent or printed."""
    yield "the log", printed
    for number, letter in enumerate(mail.outbox):
        yield f"mail {number}", str(letter.message())
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.name.startswith(DATABASE):
                yield f"file {path.name}", _content(path).decode(errors="replace")
    yield from tables()
    yield from packed()
    yield from pages(client)


def _content(path: Path) -> bytes:
    """The whole file; of a picture what stands before its pixels."""
    with path.open("rb") as file:
        return file.read(BEFORE_PIXELS if path.suffix in PICTURES else -1)


def tables() -> Iterator[tuple[str, str]]:
    """Every column of every row of every table, as a dump would write them."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own table's name
            yield f"table {table}", "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())


def packed() -> Iterator[tuple[str, str]]:
    """What is kept in a form that a dump does not show: sessions, the queue's rows, the cache."""
    yield "sessions", str([session.get_decoded() for session in Session.objects.all()])
    yield "waiting tasks", str([waiting.task for waiting in OrmQ.objects.all()])
    yield "finished tasks", str(list(Task.objects.values()))
    kept = (content for one in locmem._caches.values() for content in one.values())  # type: ignore[attr-defined]
    yield "the cache", str([content.decode(errors="replace") for content in kept])


def pages(client: Client) -> Iterator[tuple[str, str]]:
    """The front page, every list and the first row's page of every model."""
    client.force_login(User.objects.get_or_create(username="owner", is_staff=True, is_superuser=True)[0])
    yield "the front page", client.get(reverse("admin:index")).content.decode()
    for model in admin.site._registry:
        name = f"admin:{model._meta.label_lower.replace('.', '_')}"
        yield f"list of {model.__name__}", shown(client, reverse(f"{name}_changelist"))
        first = model._default_manager.first()
        if first is not None:
            yield f"page of {model.__name__}", shown(client, reverse(f"{name}_change", args=[first.pk]))


def shown(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)  # the page of a re-scan is its list
    assert answer.status_code == 200, address
    return answer.content.decode()


# --- What we look for ---------------------------------------------------------------------------------------------
def canaries_in(text: str, canaries: Iterable[str]) -> list[str]:
    """Those that stand there in any case, escaped for HTML, JSON or URLs, in hex, or in base64 at any offset."""
    lowered = text.lower()
    return [
        one
        for one in canaries
        if any(form in lowered for form in written(one)) or any(form in text for form in encoded(one))
    ]


def written(canary: str) -> set[str]:
    escaped = (html.escape(canary), json.dumps(canary)[1:-1], quote(canary), quote_plus(canary))
    return {form.lower() for form in (canary, *escaped, canary.encode().hex())}


def encoded(canary: str) -> list[str]:
    """What of the canary is the same in every base64 text that holds it, for each of the three offsets."""
    cores = []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + canary.encode()).decode().rstrip("=")
        cores.append(whole[(8 * before + 5) // 6 : len(whole) - 1])
    return cores
