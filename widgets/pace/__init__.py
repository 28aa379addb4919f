"""Keep a pace, obey it, share it."""

from __future__ import annotations

from .limiter.session import NotSent, PacedSession
from .store import PaceStore

__all__ = ["NotSent", "PaceStore", "PacedSession"]
