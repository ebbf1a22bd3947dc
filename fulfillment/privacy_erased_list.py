"""The list of erasures beside the backups: a restored database is told by it whom to forget again.

It holds keyed hashes of receipt numbers. Stores of objects append nothing, so each erasure is a file of its own.
A sandbox has a list for each database, because every sandbox sells under the same receipt numbers.
"""

from collections.abc import Iterable
from datetime import date, datetime
from secrets import token_hex

from django.core.files.storage import storages

from stickertrendz import clock
from stickertrendz.ops import crypto, stamp, storage
from stickertrendz.ops.models import Stamp

from .models import Order

STAMP = "%Y-%m-%d-%H%M%S"


def folder() -> str:
    stamp.claim()
    ours = Stamp.objects.get()
    live = ours.mode == "live"
    return f"erasures/{ours.shop_id if live else f'{ours.mode}-{ours.created_at:%Y%m%d-%H%M%S-%f}'}"


def append(orders: Iterable[Order]) -> str:
    """Writes these orders down, before they are erased, and returns the file's key."""
    lines = sorted(crypto.keyed_hash(crypto.ERASED, str(order.receipt_id)) for order in orders)
    return storage.keep("backups", f"{folder()}/{clock.now():{STAMP}}-{token_hex(4)}.txt", "\n".join(lines).encode())


def entries(since: date = date.min) -> set[str]:
    """The hashes written down since that day."""
    where = folder()
    try:
        _, names = storages["backups"].listdir(where)
    except FileNotFoundError:
        return set()
    recent = [name for name in names if datetime.strptime(name[:17], STAMP).date() >= since]  # noqa: DTZ007
    return {line for name in recent for line in storage.load("backups", f"{where}/{name}").decode().split()}


def those_in(listed: set[str], orders: Iterable[Order]) -> list[Order]:
    """The orders that the list names under a key we have."""
    return [one for one in orders if not listed.isdisjoint(crypto.keyed_hashes(crypto.ERASED, str(one.receipt_id)))]
