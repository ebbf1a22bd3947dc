"""Rows of the stickers app, by subject."""

from .generation import Generation
from .rescan import Exemption, Rescan
from .sample import Sample, SampledDesign
from .sticker import Size, Sticker

__all__ = ["Exemption", "Generation", "Rescan", "Sample", "SampledDesign", "Size", "Sticker"]
