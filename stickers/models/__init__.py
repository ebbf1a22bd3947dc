"""Rows of the stickers app, by subject."""

from .generation import Generation
from .sticker import Size, Sticker

__all__ = ["Generation", "Size", "Sticker"]
