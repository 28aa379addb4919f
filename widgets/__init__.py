"""Waitwise: fetch anything, wait wisely. Everything that the notebook shows, and what lies beneath it."""

from __future__ import annotations

from .app import Dashboard

__all__ = ["Dashboard"]
