"""The Fetch panel: what is asked, what came, what came before. UI."""

from __future__ import annotations

from .fetch_panel import FetchPanel

__all__ = ["FetchPanel"]
