"""Rows of the trends app, by subject."""

from .evidence import Signal, Source
from .replay import Cycle, Replay
from .terms import BlockedTopic, Term
from .trend import Trend, TrendKeyword

__all__ = ["BlockedTopic", "Cycle", "Replay", "Signal", "Source", "Term", "Trend", "TrendKeyword"]
