"""Waitwise: fetch anything, wait wisely. Everything that the notebook shows, and what lies beneath it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import interrupts
from .model import strategies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .app import Dashboard

__all__ = ["Dashboard"]

interrupts.end_while_loading()


def __getattr__(name: str) -> object:
    # Whoever needs one room alone, a decoder's child process above all, need not load every other one.
    if name == "Dashboard":
        from .app import Dashboard  # noqa: PLC0415

        return Dashboard
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _strategies() -> Mapping[str, strategies.Make]:
    from .probe.strategies import STRATEGIES  # noqa: PLC0415 - as above

    return STRATEGIES


strategies.offer(_strategies)
