"""Rows of the pricing app, by subject."""

from .offer import Offer, PriceChange
from .policy import Override, Tier
from .stats import StickerDay

__all__ = ["Offer", "Override", "PriceChange", "StickerDay", "Tier"]
