"""The Probe panel: what a person sets, what happens, what was found. UI; nothing here decides anything."""

from __future__ import annotations

from .probe_panel import ProbePanel

__all__ = ["ProbePanel"]
