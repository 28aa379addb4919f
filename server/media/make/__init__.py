"""Make the resources that this project derives from NASA's facts, byte for byte the same each time."""

from __future__ import annotations

from .everything import make_all

__all__ = ["make_all"]
