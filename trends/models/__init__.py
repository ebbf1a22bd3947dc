"""Rows of the trends app, by subject."""

from .evidence import Signal, Source
from .terms import BlockedTopic, Term
from .trend import Trend, TrendKeyword

__all__ = ["BlockedTopic", "Signal", "Source", "Term", "Trend", "TrendKeyword"]
