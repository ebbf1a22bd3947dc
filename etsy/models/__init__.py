"""Rows of the Etsy channel, by subject."""

from .account import SetupObject, Token
from .difference import Difference
from .ledger import LedgerEntry
from .listing import Listing
from .recall import Recall
from .seo import SearchWeek
from .takedown import TakedownNotice

__all__ = [
    "Difference", "LedgerEntry", "Listing", "Recall", "SearchWeek", "SetupObject", "TakedownNotice", "Token",
]  # fmt: skip
