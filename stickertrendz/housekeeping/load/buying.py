"""Orders, their lines, what was printed and posted, and who looked at whose data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from etsy.models import LedgerEntry
from fulfillment import privacy
from fulfillment.models import AccessLog, Order, OrderItem, PrintJob, PrivacyRequest, Shipment

from .catalogue import Design
from .plan import DAY, HOUR, MINUTE, Plan, moment
from .rows import Row, write

TOGETHER, TIMES = 64, 32  # so many customers buy by turns, each so often: sealing one text per order would take long
GROWTH = 0.7  # below 1: more is sold each month
LINES = (1, 1, 1, 2, 1, 1, 3, 1, 2, 1)  # of an order, by its key; 1.4 on average
ENDED = ("cancelled", "refunded")
PRICES = {"3in": ("3.49", "4.49", "5.49"), "4in": ("4.49", "5.49", "6.49")}
TIERS = ("cooling", "trending", "just_dropped")
ORDER = (
    "id receipt_id buyer_hash name_hash email_hash customer_sealed ordered_at etsy_updated_at ship_by total_amount "
    "refunded_amount fulfillment_provider route_why shipped_at delivered_at status status_since needs_attention "
    "created_at"
)
ITEM = (
    "id order_id transaction_id sticker_id size sku listing_id title quantity unit_price pricing_tier_at_sale refunded "
    "sold_at"
)
JOB = (
    "id item_id copy provider provider_order_id cost replaces_id reason status status_since needs_attention created_at"
)


@dataclass(frozen=True)
class Bought:
    """An order as all tables know it: the keys of its lines, when it was bought, how far it is and who prints it."""

    key: int
    first: int
    lines: int
    at: int
    status: str
    provider: str

    @property
    def went(self) -> bool:
        return self.status in ("shipped", "delivered") or (self.status == "refunded")


def bought(plan: Plan) -> Iterator[Bought]:
    """Every order, the oldest first; the same each time it is asked for."""
    chance, line, key = plan.chance("orders").random, 0, 0
    while line < plan.lines:
        key += 1
        lines = min(LINES[key % len(LINES)], plan.lines - line)
        at = min(plan.when(((line + 1) / plan.lines) ** GROWTH), plan.end - MINUTE)
        luck = chance()
        provider = "self_usps" if key % 8 == 0 else "sticker_mule"
        yield Bought(key, line + 1, lines, at, _status((plan.end - at) / DAY, provider, luck, key), provider)
        line += lines


def _status(age: float, provider: str, luck: float, key: int) -> str:
    if luck < 0.03:
        return "refunded" if luck < 0.018 and age > 3 else "cancelled"
    if age < 0.05:
        return "paid"
    if age < 4 and key % 997 == 0:
        return "needs_address"
    if age < 1.2:
        return "pending_manual" if provider == "self_usps" else "sent_to_print"
    if age < 2.5 and provider != "self_usps":
        return "print_confirmed"
    return "shipped" if age < 9 else "delivered"


def orders(plan: Plan) -> int:
    found = list(bought(plan))
    customers = (privacy.sealed_columns(_customer(n), 9_000_000 + n) for n in range(_who(len(found)) + TOGETHER))
    known = [tuple(one[name] for name in (*privacy.HASHES, "customer_sealed")) for one in customers]
    return write(Order, ORDER, (_order(plan, one, known[_who(one.key)]) for one in found))


def _who(order: int) -> int:
    return order // (TOGETHER * TIMES) * TOGETHER + order % TOGETHER


def _customer(number: int) -> privacy.Customer:
    name = f"Buyer {number}"
    address = privacy.Address(name, f"{number} Main Street", "", "Springfield", "IL", "62701", "US")
    return privacy.Customer(name, f"buyer{number}@example.com", address=address)


def _order(plan: Plan, one: Bought, customer: tuple[str, ...]) -> Row:
    total = sum(float(_price(line)) * _quantity(line) for line in range(one.first, one.first + one.lines))
    by = one.at + (8 * HOUR if one.key % 499 == 0 else 3 * DAY)
    shipped, delivered = one.at + 2 * DAY + HOUR, one.at + 7 * DAY
    parked = "Sticker Mule refused this: the address could not be read." if _is_stuck(one) else ""
    return (
        one.key, 3_300_000_000 + one.key, *customer, moment(one.at), moment(one.at), moment(by), f"{total:.2f}",
        f"{total:.2f}" if one.status == "refunded" else "0", one.provider, "self_usps: dearer\nsticker_mule: chosen",
        moment(shipped) if one.went else None, moment(delivered) if one.status == "delivered" else None, one.status,
        moment(min(one.at + DAY, plan.end)), parked, moment(one.at + 5 * MINUTE),
    )  # fmt: skip


def _is_stuck(one: Bought) -> bool:
    return one.status in ("sent_to_print", "pending_manual") and one.key % 61 == 0


def _size(line: int) -> str:
    return "4in" if line % 10 < 3 else "3in"


def _price(line: int) -> str:
    return PRICES[_size(line)][line % 3]


def _quantity(line: int) -> int:
    return 1 if line % 9 else 2 + line % 3


def items(plan: Plan, designs: list[Design]) -> int:
    return write(OrderItem, ITEM, _items(plan, designs))


def _items(plan: Plan, designs: list[Design]) -> Iterator[Row]:
    """Mostly of what was put on sale shortly before, sometimes of what sells on for ever; one in 5,000 is unknown."""
    chance, size = plan.chance("items"), plan.stickers
    sold = _on_sale_before(designs)
    lasting = max(2, int(size / (plan.on_sale * 0.4 + 1)))
    for one in bought(plan):
        newest = max(1, int((one.at - plan.begin) / (plan.end - plan.begin) * size))
        at = moment(one.at)
        for line in range(one.first, one.first + one.lines):
            back = int(chance.expovariate(1.0 / (0.02 * size + 1)))
            key = sold[max(1, newest - back)] if line % 6 else sold[max(1, (newest - back) // lasting * lasting)]
            number, size_ = 0 if line % 5000 == 0 else key, _size(line)
            yield (
                line, one.key, 4_400_000_000 + line, number or None, size_, f"ST-{number:06d}-{size_[0]}" if number
                else "OLD-1", 1_900_000_000 + key, "Die cut vinyl sticker for laptops", _quantity(line), _price(line),
                TIERS[line % 3], one.status == "refunded", at,
            )  # fmt: skip


def _on_sale_before(designs: list[Design]) -> list[int]:
    """For each key, the newest design up to it that was ever on sale."""
    found, last = [1], next(one.key for one in designs if one.published)
    for one in designs:
        last = one.key if one.published else last
        found.append(last)
    return found


def print_jobs(plan: Plan) -> int:
    return write(PrintJob, JOB, _jobs(plan))


def _jobs(plan: Plan) -> Iterator[Row]:
    states = {"paid": "waiting", "sent_to_print": "sent", "print_confirmed": "confirmed", "pending_manual": "sent",
              "needs_address": "waiting", "cancelled": "cancelled"}  # fmt: skip
    key = 0
    for one in bought(plan):
        at, since = moment(one.at + 10 * MINUTE), moment(min(one.at + DAY, plan.end))
        for line in range(one.first, one.first + one.lines):
            status = states.get(one.status, "shipped")
            if one.status == "pending_manual":
                status = ("sent", "sent", "printed", "packed")[line % 4]
            if status == "cancelled" and (plan.end - one.at) < 5 * DAY and line % 11 == 0:
                status = "printed"  # to be put aside
            parked = (
                "Sticker Mule refused this: the artwork is too small." if status == "sent" and line % 97 == 0 else ""
            )
            number = f"SM{line}" if one.provider != "self_usps" else ""
            key += 1
            yield key, line, 1, one.provider, number, "1.50", None, "", status, since, parked, at
            if one.went and line % 101 == 0:
                key += 1
                yield key, line, 2, one.provider, f"{number}R", "1.50", key - 1, "misprint", "shipped", since, "", since


def shipments(plan: Plan) -> int:
    def rows() -> Iterator[Row]:
        for one in bought(plan):
            if one.went:
                at, age = moment(one.at + 2 * DAY), (plan.end - one.at) / DAY
                status = "by_hand" if age < 4 and one.key % 301 == 0 else "told"
                parked = "Etsy refused this: the receipt is gone." if age < 4 and one.key % 503 == 0 else ""
                arrived = moment(one.at + 7 * DAY) if one.status == "delivered" else None
                yield one.key, "usps", _code(one), at, arrived, status, at, parked

    columns = "order_id carrier tracking_code shipped_at delivered_at status status_since needs_attention"
    return write(Shipment, columns, rows())


def _code(one: Bought) -> str:
    return f"9400{one.key * 104729:018d}"


def ledger(plan: Plan) -> int:
    """What Etsy booked for each order: the payment, the fee for processing it, and one for each line."""
    columns = "entry_id posted_at type amount currency reference_type reference_id order_id"
    return write(LedgerEntry, columns, (entry for one in bought(plan) for entry in _entries(one)))


def _entries(one: Bought) -> Iterator[Row]:
    at, first = moment(one.at), 6 * one.first  # numbers that no other order has
    sums = {line: float(_price(line)) * _quantity(line) for line in range(one.first, one.first + one.lines)}
    whole, payment = sum(sums.values()), 5_500_000_000 + one.key
    yield first, at, "PAYMENT_GROSS", f"{whole:.2f}", "USD", "shop_payment", payment, one.key
    fee = f"{-0.03 * whole - 0.25:.2f}"
    yield first + 1, at, "PAYMENT_PROCESSING_FEE", fee, "USD", "shop_payment", payment, one.key
    for place, (line, paid) in enumerate(sums.items(), 2):
        named = 4_400_000_000 + line
        yield first + place, at, "transaction", f"{-0.065 * paid:.2f}", "USD", "transaction", named, one.key


def looks(plan: Plan) -> int:
    """Every print order reads an address, and so is a look."""
    rows = (
        (one.key, one.provider, f"print order ST-{4_400_000_000 + one.first}-1", moment(one.at + 12 * MINUTE))
        for one in bought(plan)
        if one.status not in ("paid", "needs_address", "cancelled")
    )
    return write(AccessLog, "order_id who why at", rows)


def requests(plan: Plan) -> int:
    """Two a month, the last three unanswered."""

    def rows() -> Iterator[Row]:
        for number in range(1, 49):
            at, done = plan.end - number * 15 * DAY, number > 3
            kind = "erase" if number % 3 else "export"
            told: tuple[Any, ...] = (moment(at + DAY), moment(at + 2 * DAY)) if done else (None, None)
            yield number, kind, "mail", "email", moment(at), moment(at + 30 * DAY), *told, "owner"

    columns = "id kind identified found_by received_at due_at done_at answered_at handled_by"
    written = write(PrivacyRequest, columns, rows())
    last = sum(1 for _ in bought(plan))
    pairs = ((number, number * 97 % last + 1) for number in range(1, 49))
    return written + write(PrivacyRequest.orders.through, "privacyrequest_id order_id", pairs)


def promised(plan: Plan) -> Iterator[tuple[str, str, str, int]]:
    """What was done once for each order: kind and key of the intent, its subject, and when."""
    for one in bought(plan):
        if one.status not in ("paid", "needs_address", "cancelled"):
            yield (
                "print_order",
                f"{one.provider}:ST-{4_400_000_000 + one.first}-1",
                f"fulfillment.order:{one.key}",
                one.at,
            )
        if one.went:
            key = f"{3_300_000_000 + one.key}:{_code(one)}"
            yield "etsy_tracking", key, f"fulfillment.order:{one.key}", one.at + 2 * DAY
