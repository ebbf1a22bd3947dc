"""Rows of the Etsy channel, by subject."""

from .account import SetupObject, Token
from .listing import Listing
from .takedown import TakedownNotice

__all__ = ["Listing", "SetupObject", "TakedownNotice", "Token"]
