"""The table of faults: operation, fault, and what comes of it, once and when it lasts; docs/faults.md shows it.

`python -m stickertrendz.tests.fault_table > docs/faults.md` writes that page.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

# What comes of a fault.
HEALED = "healed by a retry"
DONE = "done all the same"
RENEWED = "token renewed, went on"
WAITS = "put off, the row waits"
CYCLE_ENDS = "the cycle ends, the rows wait"
UNREAD = "not read, the next run reads again"
DEAD_SOURCE = "source dead, the others go on"
PARKED = "parked with words, the others go on"
ASKS = "parked: a person looks whether it arrived"
FAILED = "run failed, exit 1, alert, no row parked"
GIVEN_UP = "picture given up, the others go on"
GENERATION_FAILED = "trend generation_failed, alert"
QUALITY_FAILED = "trend quality_failed"
DRAWN_AGAIN = "drawn again"
REJECTED = "design rejected"
BY_HAND = "packed by hand, alert"
WAITS_THEN_DRAWN = f"{WAITS}; then {DRAWN_AGAIN}"
ENDS_THEN_DRAWN = f"{CYCLE_ENDS}; then {DRAWN_AGAIN}"
WAITS_THEN_BY_HAND = f"{WAITS}; then {BY_HAND}"

# The faults, in the sandbox's names; a 429 asks for a second or an hour of patience.
FAULTS = {
    "429": "429, again in 1 s",
    "429_hour": "429, again in 1 h",
    "500": "500",
    "500_after": "500 after the work",
    "timeout": "no answer",
    "timeout_after": "no answer after the work",
    "malformed": "broken JSON",
    "truncated": "answer cut off",
    "html": "HTML page, 502",
    "401": "401",
    "refuse": "content refused",
}
UNDONE = "500 timeout malformed html"
UNHEARD = "500_after timeout_after truncated"  # the work was done
UNCLEAR = f"{UNDONE} {UNHEARD}"
SHORT = f"429 {UNCLEAR}"
Comes = dict[str, str]

_MODEL: Comes = {HEALED: SHORT, WAITS: "429_hour", FAILED: "401"}
_MODEL_LASTING: Comes = {PARKED: SHORT, WAITS: "429_hour", FAILED: "401"}
_SOURCE_LASTING: Comes = {DEAD_SOURCE: f"{SHORT} 429_hour 401"}
_FEED: Comes = {HEALED: "429 500 500_after timeout timeout_after html", DEAD_SOURCE: "429_hour malformed truncated 401"}
_PICTURE: Comes = {HEALED: SHORT, WAITS_THEN_DRAWN: "429_hour", FAILED: "401"}
_ETSY: Comes = {HEALED: SHORT, RENEWED: "401", CYCLE_ENDS: "429_hour"}
_ETSY_LASTING: Comes = {PARKED: UNCLEAR, CYCLE_ENDS: "429 429_hour", FAILED: "401"}
_SET_LASTING: Comes = {PARKED: UNDONE, DONE: UNHEARD, CYCLE_ENDS: "429 429_hour", FAILED: "401"}
_ONCE: Comes = {HEALED: "429", WAITS: UNCLEAR, RENEWED: "401", CYCLE_ENDS: "429_hour"}
_ONCE_LASTING: Comes = {ASKS: UNDONE, DONE: UNHEARD, CYCLE_ENDS: "429 429_hour", FAILED: "401"}
_READ: Comes = {HEALED: SHORT, RENEWED: "401", UNREAD: "429_hour"}
_READ_LASTING: Comes = {UNREAD: f"{SHORT} 429_hour", FAILED: "401"}
_DELIST: Comes = {HEALED: SHORT, RENEWED: "401", WAITS: "429_hour"}
_PRINT: Comes = {HEALED: SHORT, WAITS: "429_hour", BY_HAND: "401"}
_PRINT_LASTING: Comes = {BY_HAND: f"{SHORT} 401", WAITS: "429_hour"}
_WATCH: Comes = {HEALED: SHORT, WAITS: "429_hour", PARKED: "401"}


@dataclass(frozen=True)
class Row:
    """An operation in a scene; `once` and `lasting` map what comes of it to the faults."""

    scene: str
    service: str
    operation: str
    once: Comes
    lasting: Comes

    def comes(self, fault: str, *, lasting: bool) -> str:
        found = [words for words, faults in (self.lasting if lasting else self.once).items() if fault in faults.split()]
        assert len(found) == 1, f"{self.operation} × {fault} must stand in the table once"
        return found[0]

    @property
    def faults(self) -> list[str]:
        return [fault for fault in FAULTS if any(fault in faults.split() for faults in self.once.values())]


ROWS = [
    Row("look for trends", "reddit", "access_token",
        {HEALED: SHORT, DEAD_SOURCE: "429_hour 401"}, _SOURCE_LASTING),
    Row("look for trends", "reddit", "rising", {HEALED: f"{SHORT} 401", DEAD_SOURCE: "429_hour"}, _SOURCE_LASTING),
    Row("look for trends without keys", "reddit", "rss", _FEED, _SOURCE_LASTING),
    Row("look for trends", "google_trends", "trending.rss", _FEED, _SOURCE_LASTING),
    Row("look for trends", "openai", "chat.completions",
        {**_MODEL, HEALED: f"{SHORT} refuse"}, {**_MODEL_LASTING, PARKED: f"{SHORT} refuse"}),
    Row("draw", "openai", "chat.completions",
        {**_MODEL, GENERATION_FAILED: "refuse"}, {**_MODEL_LASTING, GENERATION_FAILED: "refuse"}),
    Row("draw", "replicate", "predictions.create",
        {HEALED: "429", WAITS: f"{UNCLEAR} 429_hour", FAILED: "401", DRAWN_AGAIN: "refuse"},
        {GENERATION_FAILED: "429", CYCLE_ENDS: UNDONE, DONE: UNHEARD, WAITS: "429_hour", FAILED: "401",
         QUALITY_FAILED: "refuse"}),
    Row("draw", "replicate", "predictions.get", _PICTURE,
        {GENERATION_FAILED: "429", ENDS_THEN_DRAWN: UNCLEAR, WAITS_THEN_DRAWN: "429_hour", FAILED: "401"}),
    Row("draw", "replicate", "delivery", {HEALED: SHORT, WAITS_THEN_DRAWN: "429_hour", DRAWN_AGAIN: "401"},
        {GENERATION_FAILED: "429 500 500_after timeout timeout_after html 401", DRAWN_AGAIN: "malformed truncated",
         WAITS_THEN_DRAWN: "429_hour"}),
    Row("find a picture", "replicate", "predictions.list", _MODEL,
        {GIVEN_UP: SHORT, WAITS: "429_hour", FAILED: "401"}),
    Row("describe", "openai", "chat.completions",
        {**_MODEL, PARKED: "refuse"}, {**_MODEL_LASTING, PARKED: f"{SHORT} refuse"}),
    Row("moderate", "openai", "moderations", {**_MODEL, REJECTED: "refuse"}, {**_MODEL_LASTING, REJECTED: "refuse"}),
    Row("renew the token", "etsy", "oauth.token",
        {HEALED: SHORT, CYCLE_ENDS: "429_hour", FAILED: "401"}, _ETSY_LASTING),
    Row("publish", "etsy", "getListingsByShop", _ETSY, _ETSY_LASTING),
    Row("publish", "etsy", "createDraftListing", _ONCE, _ONCE_LASTING),
    Row("publish", "etsy", "getListing", _ETSY, _ETSY_LASTING),
    Row("publish", "etsy", "uploadListingImage", _ETSY, _ETSY_LASTING),
    Row("publish", "etsy", "getListingImages", _ETSY, _ETSY_LASTING),
    Row("publish", "etsy", "updateListingInventory", _ETSY, _ETSY_LASTING),
    Row("publish", "etsy", "getListingInventory", _ETSY, _ETSY_LASTING),
    Row("publish", "etsy", "updateListing", _ETSY, _SET_LASTING),
    Row("remove a picture", "etsy", "deleteListingImage", _ETSY, _SET_LASTING),
    Row("change prices", "etsy", "getListingsInventoryByListingIds", _READ, _READ_LASTING),
    Row("change prices", "etsy", "updateListingInventory", _ETSY, _SET_LASTING),
    Row("archive", "etsy", "getListing", _ETSY, _ETSY_LASTING),
    Row("archive", "etsy", "updateListing", _ETSY, _SET_LASTING),
    Row("take down", "etsy", "getListing", _DELIST, {CYCLE_ENDS: f"{SHORT} 429_hour", FAILED: "401"}),
    Row("take down", "etsy", "updateListing", _DELIST, _SET_LASTING),
    Row("delete", "etsy", "deleteListing", _ETSY, _SET_LASTING),
    Row("read views", "etsy", "getListingsByListingIds", _READ, _READ_LASTING),
    Row("read views", "etsy", "getListingsByShop", _READ, _READ_LASTING),
    Row("import orders", "etsy", "getShopReceipts", _READ, _READ_LASTING),
    Row("tell tracking", "etsy", "getShopReceipt", _ETSY, _ETSY_LASTING),
    Row("tell tracking", "etsy", "createReceiptShipment", _ONCE, _ONCE_LASTING),
    Row("print", "sticker_mule", "quote", _PRINT, _PRINT_LASTING),
    Row("print", "sticker_mule", "artworks.upload", _PRINT, _PRINT_LASTING),
    Row("print", "sticker_mule", "orders.submit",
        {HEALED: "429", WAITS: f"{UNCLEAR} 429_hour", BY_HAND: "401"},
        {BY_HAND: "429 401", WAITS_THEN_BY_HAND: UNDONE, DONE: UNHEARD, WAITS: "429_hour"}),
    Row("find a print order", "sticker_mule", "orders.find",
        {HEALED: SHORT, WAITS: "429_hour 401"}, {WAITS: f"{SHORT} 429_hour 401"}),
    Row("follow prints", "sticker_mule", "orders.get", _WATCH, {PARKED: f"{SHORT} 401", WAITS: "429_hour"}),
    Row("stop prints", "sticker_mule", "orders.cancel", _WATCH, {PARKED: f"{SHORT} 429_hour 401"}),
]  # fmt: skip

HEAD = """\
# What comes of each fault

Written by `python -m stickertrendz.tests.fault_table` from the table that `stickertrendz/tests/test_faults.py` proves
line by line. Each fault is made in the sandbox, once and lasting; then the service is well again, the operator retries
what was parked, and the work must end as if nothing had happened, nothing lost and nothing doubled, unless the outcome
itself says otherwise. "Once" is one request that fails; "lasting" means that every request fails while the job runs
five times, twelve minutes apart.
"""


def page() -> str:
    """The table as Markdown: one line for all faults of an operation that end alike."""
    return "\n".join(
        [HEAD, *(line for service in dict.fromkeys(row.service for row in ROWS) for line in _part(service))]
    )


def _part(service: str) -> Iterator[str]:
    yield from (f"## {service}", "| to | operation | fault | once | lasting |", "|---|---|---|---|---|")
    for row in ROWS:
        if row.service == service:
            yield from _lines(row)
    yield ""


def _lines(row: Row) -> Iterator[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for fault in row.faults:
        ends = row.comes(fault, lasting=False), row.comes(fault, lasting=True)
        alike.setdefault(ends, []).append(FAULTS[fault])
    for (once, lasting), faults in alike.items():
        yield f"| {row.scene} | {row.operation} | {'; '.join(faults)} | {once} | {lasting} |"


if __name__ == "__main__":
    sys.stdout.write(page())
