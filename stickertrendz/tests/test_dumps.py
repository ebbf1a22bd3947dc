"""A dump of the database, as a backup takes it, shows no plain name, street or e-mail address of anybody who bought."""

import base64
import html
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection

from fulfillment import privacy
from fulfillment.models import AccessLog, Order
from fulfillment.tests.making import print_file
from stickers.models import Size
from stickertrendz import clock
from stickertrendz.ops import storage
from stickertrendz.ops.models import ErrorLog
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.canaries import BUYER, GIFT_MESSAGE, MESSAGE, ODD, PERSONAL, canaries_in, customers
from stickertrendz.tests.making import empty_tables
from stickertrendz.tests.shop_scenes import on_sale, work

PLAIN = [*PERSONAL, BUYER["email"], *(text for buyer in customers() for text in (buyer["name"], buyer["first_line"]))]


@pytest.fixture
def empty_again(transactional_db: None, settings: LazySettings, tmp_path: Path) -> None:
    empty_tables()
    settings.MEDIA_ROOT = tmp_path
    settings.FULFILLMENT_PROVIDER = "sticker_mule"


def dump() -> str:
    """Schema and rows as SQL, and the same without the escapes of SQL."""
    told = _sqlite_dump() if connection.vendor == "sqlite" else _pg_dump()
    return told + told.replace("''", "'").replace("\\\\", "\\")


def _sqlite_dump() -> str:
    with closing(sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)) as reader:
        return "\n".join(reader.iterdump())


def _pg_dump() -> str:
    """By the newest that is installed: an older one refuses the server."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"), key=lambda path: int(path.parts[-3]))
    program = str(installed[-1]) if installed else shutil.which("pg_dump")
    if program is None:
        pytest.skip("pg_dump is not installed; on Debian: apt-get install postgresql-client")
    ours = connection.settings_dict
    told = {f"PG{name}": str(ours[key]) for name, key in
            (("HOST", "HOST"), ("PORT", "PORT"), ("USER", "USER"), ("PASSWORD", "PASSWORD"), ("DATABASE", "NAME"))
            if ours[key]}  # fmt: skip
    return subprocess.run([program], env={**os.environ, **told}, check=True, capture_output=True, text=True).stdout


def test_given_orders_of_a_shop_when_its_database_is_dumped_then_nobody_stands_in_it(
    empty_again: None, sandbox: Sandbox, virtual_time: time_machine.Traveller
) -> None:
    on_sale(sandbox)
    for size in Size.objects.all():
        storage.keep("private", size.print_key, print_file(300))
    for buyer in customers():
        wish = {"buyer": buyer, "message": MESSAGE, "gift_message": GIFT_MESSAGE}
        httpx.post(f"{sandbox.url}/_sandbox/buy", json=wish).raise_for_status()
    for _ in range(2):
        work("order_sync")
        virtual_time.shift(2 * 3600)
    taken = Order.objects.all()
    assert {privacy.unsealed(order).name for order in taken} == {buyer["name"] for buyer in customers()}
    assert AccessLog.objects.filter(who="sticker_mule").count() >= len(customers()) - 1, "one street is too long for it"
    dumped = dump()
    assert all(str(order.receipt_id) in dumped for order in taken)
    assert canaries_in(dumped, PLAIN) == []


FORMS: dict[str, Callable[[str], Any]] = {
    "plain": str,
    "in capitals": str.upper,
    "in JSON": lambda name: json.dumps({"name": name}),
    "in HTML": html.escape,
    "in an address of a page": quote_plus,
    "in base64": lambda name: base64.b64encode(f"x{name}".encode()).decode(),
    "in hexadecimal": lambda name: name.encode().hex(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_name_that_stands_in_a_dump_is_found(form: str, empty_again: None) -> None:
    names = [BUYER["name"], ODD[0][0], ODD[1][0]]
    assert canaries_in(dump(), names) == []
    for name in names:
        written = FORMS[form](name)
        ErrorLog.objects.create(step="x", error_type="x", error_message=written, created_at=clock.now())
    assert canaries_in(dump(), names) == names
