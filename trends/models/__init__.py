"""Rows of the trends app, by subject."""

from .evidence import Signal, Source
from .replay import Cycle, Replay
from .terms import BlockedTopic, Term
from .trend import MergeGate, Trend, TrendKeyword

__all__ = ["BlockedTopic", "Cycle", "MergeGate", "Replay", "Signal", "Source", "Term", "Trend", "TrendKeyword"]
