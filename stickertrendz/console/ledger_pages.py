"""The list of what Etsy wrote into the payment account: the rows behind the fees of the statement."""

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.decorators import display

from etsy import ledger
from etsy.models import LedgerEntry

from .cells import link
from .rows import NumbersSearched, ReadOnlyAdmin

MEANS = {
    "transaction": "transaction fee", "processing": "processing fee", "listing": "listing or renewal", "ads": "ads",
    "other_fees": "other fee or credit", "labels": "postage bought at Etsy", "payments": "paid by a buyer",
    "refunds": "paid back to a buyer", "passed_on": "tax, passed on", "payouts": "to or from the bank",
    ledger.UNKNOWN: "not known: left out",
}  # fmt: skip


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin, NumbersSearched):
    """Found by Etsy's numbers; the order and the listing are those that the entry names."""

    about = (
        "What Etsy wrote into the shop's payment account: payments, fees, refunds and deposits, read once a day. The "
        "statement takes Etsy's fees from here; what is not known is left out of it and told there."
    )
    list_display = ("posted_at", "type", "means", "money", "concerns")
    list_filter = ("posted_at",)
    list_select_related = ("order", "listing__sticker__trend")
    search_fields = ("=entry_id", "=reference_id")

    @display(description="meaning")
    def means(self, row: LedgerEntry) -> str:
        return MEANS[ledger.meaning(row.type, row.currency)]

    @display(description="amount", ordering="amount")
    def money(self, row: LedgerEntry) -> str:
        sign = "−" if row.amount < 0 else ""
        return f"{sign}${abs(row.amount)}" if row.currency == ledger.CURRENCY else f"{row.amount} {row.currency}"

    @display(description="about")
    def concerns(self, row: LedgerEntry) -> SafeString | str:
        if row.order:
            return link(row.order, f"order {row.order}")
        return link(row.listing) if row.listing else "–"
