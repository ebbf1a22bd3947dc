"""The ledger of the payment account: what a sale, a refund, a label and a week's deposit write into it, and reading it.

Amounts are cents, fees negative. Types and references are those that sellers report of Etsy (open-api 302, 442).
"""

from stickertrendz.sandbox.etsy import validate as rule
from stickertrendz.sandbox.etsy.access import Operation
from stickertrendz.sandbox.etsy.errors import refusal
from stickertrendz.sandbox.etsy.world import CURRENCY, EtsyWorld, Record
from stickertrendz.sandbox.routing import Reply, Request

TRANSACTION_FEE = 0.065
PROCESSING_FEE, PROCESSING_CENTS = 0.03, 25
OFFSITE_ADS_FEE = 0.15
WINDOW = 31 * 86400
PAYMENT_IDS, LABEL_IDS = 100_000_000_000, 200_000_000_000  # added to the receipt's id
EPOCH = rule.integer_between(946_684_800, 99_999_999_999)


def book_sale(world: EtsyWorld, receipt: Record) -> None:
    """The payment with its tax, the tax Etsy passes on, and the fees of a sale; of renewals tells the shelf."""
    number, tax = receipt["receipt_id"], receipt.get("tax", 0)
    earned = receipt["total"] + receipt["shipping"]
    world.charge(earned + tax, "PAYMENT_GROSS", "shop_payment", PAYMENT_IDS + number)
    if tax:
        world.charge(-tax, "sales_tax", "receipt", number)
    for line, cents in _paid(receipt):
        world.charge(-round(cents * TRANSACTION_FEE), "transaction", "transaction", line["transaction_id"])
    if receipt["shipping"]:
        first = receipt["lines"][0]["transaction_id"]
        world.charge(-round(receipt["shipping"] * TRANSACTION_FEE), "shipping_transaction", "transaction", first)
    processing = round((earned + tax) * PROCESSING_FEE) + PROCESSING_CENTS
    world.charge(-processing, "PAYMENT_PROCESSING_FEE", "shop_payment", PAYMENT_IDS + number)
    if receipt.get("ad"):
        world.charge(-round(earned * OFFSITE_ADS_FEE), "offsite_ads_fee", "receipt", number)


def _paid(receipt: Record) -> list[tuple[Record, int]]:
    """Each line with the cents paid for it: the coupon is shared out by price, the last line takes the rest."""
    whole = sum(line["price"] * line["quantity"] for line in receipt["lines"])
    shares = [round(receipt["total"] * line["price"] * line["quantity"] / whole) for line in receipt["lines"][:-1]]
    return list(zip(receipt["lines"], [*shares, receipt["total"] - sum(shares)], strict=True))


def book_refund(world: EtsyWorld, receipt: Record, cents: int) -> None:
    """What the buyer gets back, and the same share of tax and fees that Etsy gives back; renewals stay paid."""
    number, tax = receipt["receipt_id"], receipt.get("tax", 0)
    gross = receipt["total"] + receipt["shipping"] + tax
    share = cents / gross if gross else 0
    world.charge(-cents, "REFUND_GROSS", "payment_adjustment", PAYMENT_IDS + number)
    if tax:
        world.charge(round(tax * share), "sales_tax_refund", "receipt", number)
    for line, paid in _paid(receipt):
        back = round(paid * TRANSACTION_FEE * share)
        world.charge(back, "transaction_refund", "transaction", line["transaction_id"])
    world.charge(round(cents * PROCESSING_FEE), "PAYMENT_PROCESSING_FEE_REFUND", "shop_payment", PAYMENT_IDS + number)
    if receipt.get("ad"):
        back = round((receipt["total"] + receipt["shipping"]) * OFFSITE_ADS_FEE * share)
        world.charge(back, "offsite_ads_fee_refund", "receipt", number)


def book_label(world: EtsyWorld, receipt: Record, cents: int) -> None:
    world.charge(-cents, "shipping_labels", "shipping_label", LABEL_IDS + receipt["receipt_id"])


def read(world: EtsyWorld, request: Request) -> Reply:
    query = rule.read_query(
        request, {**rule.PAGE, "min_created": EPOCH, "max_created": EPOCH}, ["min_created", "max_created"]
    )
    since, until = query["min_created"], query["max_created"]
    if until - since > WINDOW:
        raise refusal(
            400, f"Time window between min_created and max_created must be no more than {WINDOW} seconds (31 days)."
        )
    shown_until = min(until, world.now() - world.settings["ledger_lag"])
    found = [entry for entry in world.table("ledger").values() if since <= entry["created"] <= shown_until]
    return Reply.of_json({"count": len(found), "results": [_view(entry) for entry in rule.page(found, query)]})


def _view(entry: Record) -> Record:
    return {
        "entry_id": entry["entry_id"],
        "ledger_id": 1,
        "sequence_number": entry["entry_id"],
        "amount": entry["amount"],
        "currency": CURRENCY,
        "description": entry["kind"],
        "balance": entry["balance"],
        "create_date": entry["created"],
        "created_timestamp": entry["created"],
        "ledger_type": entry["kind"],
        "reference_type": entry.get("reference_type", "listing"),
        "reference_id": entry["reference"],
        "parent_entry_id": 0,
        "payment_adjustments": [],
    }


OPERATIONS = [
    Operation(
        "GET", "shops/{shop_id}/payment-account/ledger-entries", "getShopPaymentAccountLedgerEntries",
        "transactions_r", read,
    )
]  # fmt: skip
