"""Rows of the Etsy channel, by subject."""

from .account import SetupObject, Token
from .difference import Difference
from .listing import Listing
from .recall import Recall
from .seo import SearchWeek
from .takedown import TakedownNotice

__all__ = ["Difference", "Listing", "Recall", "SearchWeek", "SetupObject", "TakedownNotice", "Token"]
