"""Every kind of source and its door: one line each."""

from trends.models import Source

from . import google_trends, reddit
from .protocol import Adapter

ADAPTERS: dict[str, Adapter] = {
    Source.Kind.REDDIT: reddit.ADAPTER,
    Source.Kind.GOOGLE: google_trends.TRENDING,
    Source.Kind.BREAKOUT: google_trends.BREAKOUTS,
}
