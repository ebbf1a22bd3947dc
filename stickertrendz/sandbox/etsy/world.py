"""The shop as Etsy knows it: plain records that survive JSON, and the ids they get."""

from collections.abc import Callable
from typing import Any

from stickertrendz.sandbox.etsy.errors import refusal

KEYSTRING = "sandboxkeystring"
SHARED = "sandboxsecret"
SHOP_ID = 55500001
USER_ID = 77700001
CURRENCY = "USD"
LISTING_FEE_CENTS = 20
WEEK, A_MONDAY = 7 * 86400, 4 * 86400  # seconds since 1970 of its first Monday

Record = dict[str, Any]

FIRST_DAY: Record = {
    "per_second": 5, "per_day": 5000, "gated": False, "vacation": False, "read_lag": 0, "ledger_lag": 0,
    "currency": CURRENCY, "properties": [],
}  # fmt: skip

# Every kind of record, the name of its id and the first id given out.
KINDS = {
    "listings": ("listing_id", 1_900_000_001),
    "receipts": ("receipt_id", 3_300_000_001),
    "shipping_profiles": ("shipping_profile_id", 210_001),
    "return_policies": ("return_policy_id", 220_001),
    "readiness_states": ("readiness_state_id", 230_001),
    "sections": ("shop_section_id", 240_001),
    "ledger": ("entry_id", 910_000_001),
    "codes": ("code", 0),
    "access_tokens": ("token", 0),
    "refresh_tokens": ("token", 0),
}
COUNTED = {
    "image": 5_500_000_001,
    "product": 7_100_000_001,
    "offering": 8_100_000_001,
    "transaction": 4_400_000_001,
    "destination": 250_001,
    "shipment": 6_600_001,
    "token": 1,
}


class EtsyWorld:
    """`table(kind)` maps an id to its record; records are changed in place by the subjects' modules."""

    def __init__(self, seed: int, clock: Callable[[], float], base_url: Callable[[], str]) -> None:
        self.seed = seed
        self.clock = clock
        self.base_url = base_url
        self._tables: dict[str, dict[Any, Record]] = {kind: {} for kind in KINDS}
        self._next = {**{kind: first for kind, (_, first) in KINDS.items()}, **COUNTED}
        self.settings: dict[str, Any] = dict(FIRST_DAY)
        self.calls_by_hour: dict[int, int] = {}
        self.mails_to_buyers = 0

    def now(self) -> int:
        return int(self.clock())

    def table(self, kind: str) -> dict[Any, Record]:
        return self._tables[kind]

    @property
    def listings(self) -> dict[int, Record]:
        return self._tables["listings"]

    @property
    def receipts(self) -> dict[int, Record]:
        return self._tables["receipts"]

    def number(self, kind: str) -> int:
        given = self._next[kind]
        self._next[kind] += 1
        return given

    def add(self, kind: str, record: Record) -> Record:
        """Keeps the record under a new id of its kind."""
        name = KINDS[kind][0]
        kept = {name: self.number(kind), **record}
        self._tables[kind][kept[name]] = kept
        return kept

    def get(self, kind: str, key: Any) -> Record:
        """The record, or 404."""
        found = self._tables[kind].get(int(key) if str(key).isdigit() else key)
        if found is None:
            raise refusal(404, f"Could not find a record of {kind} with {KINDS[kind][0]} = {key}.")
        return found

    def readable(self, listing: Record) -> bool:
        """Whether reading knows the listing yet: writing does at once, reading only `read_lag` seconds later."""
        return bool(self.now() - listing["created"] >= self.settings["read_lag"])

    def read(self, listing_id: str) -> Record:
        """The listing as reading knows it, or 404."""
        listing = self.get("listings", listing_id)
        if not self.readable(listing):
            raise refusal(404, f"Could not find a record of listings with listing_id = {listing_id}.")
        return listing

    def charge(self, cents: int, kind: str, reference_type: str, reference: int) -> None:
        """Books an amount into the payment account, fees negative; what lay there on Monday is paid out first."""
        self.pay_out()
        self._book(cents, kind, reference_type, reference, self.now())

    def pay_out(self) -> None:
        """A balance from before this week went to the bank on its Monday at 00:00 UTC."""
        last = next(reversed(self.table("ledger").values()), None)
        monday = self.now() - (self.now() - A_MONDAY) % WEEK
        if last and last["created"] < monday and last["balance"] > 0:
            self._book(-last["balance"], "DISBURSE2", "bank_transfer", monday, monday)

    def _book(self, cents: int, kind: str, reference_type: str, reference: int, at: int) -> None:
        last = next(reversed(self.table("ledger").values()), None)
        balance = (last["balance"] if last else 0) + cents
        self.add(
            "ledger",
            {
                "amount": cents, "balance": balance, "kind": kind, "reference_type": reference_type,
                "reference": str(reference), "created": at,
            },
        )  # fmt: skip

    def dump(self) -> dict[str, Any]:
        tables = {kind: list(table.values()) for kind, table in self._tables.items()}
        hours = {str(hour): count for hour, count in self.calls_by_hour.items()}
        return {
            **tables,
            "next": self._next,
            "settings": self.settings,
            "calls_by_hour": hours,
            "mails_to_buyers": self.mails_to_buyers,
        }

    def load(self, state: dict[str, Any]) -> None:
        self._tables = {kind: {record[name]: record for record in state[kind]} for kind, (name, _) in KINDS.items()}
        self._next = dict(state["next"])
        self.settings = {**FIRST_DAY, **state["settings"]}
        self.calls_by_hour = {int(hour): count for hour, count in state["calls_by_hour"].items()}
        self.mails_to_buyers = state["mails_to_buyers"]


def money(cents: int) -> Record:
    return {"amount": cents, "divisor": 100, "currency_code": CURRENCY}
