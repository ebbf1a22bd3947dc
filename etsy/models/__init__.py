"""Rows of the Etsy channel, by subject."""

from .account import SetupObject, Token
from .difference import Difference
from .listing import Listing
from .takedown import TakedownNotice

__all__ = ["Difference", "Listing", "SetupObject", "TakedownNotice", "Token"]
