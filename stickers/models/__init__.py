"""Rows of the stickers app, by subject."""

from .generation import Generation
from .rescan import Exemption, Rescan
from .sticker import Size, Sticker

__all__ = ["Exemption", "Generation", "Rescan", "Size", "Sticker"]
