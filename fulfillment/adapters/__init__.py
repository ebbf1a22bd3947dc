"""Print providers by name; a new one is a module that speaks the protocol and a line here."""

from . import self_usps, sticker_mule
from .protocol import Provider

PROVIDERS: dict[str, Provider] = {"self_usps": self_usps, "sticker_mule": sticker_mule}
