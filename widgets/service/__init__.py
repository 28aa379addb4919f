"""The room of the bundled service: choose its rule, play its puzzles, see the truth beside what was inferred."""

from __future__ import annotations

from .panel import ServicePanel
from .score import Cost

__all__ = ["Cost", "ServicePanel"]
