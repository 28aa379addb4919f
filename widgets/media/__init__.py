"""The room that shows: whatever came, as a person would like to see it, and nothing of it runs."""

from __future__ import annotations

from . import viewers as viewers  # importing them registers them
from .registry import renderer
from .show import render

__all__ = ["render", "renderer"]
