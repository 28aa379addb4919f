"""Keep a pace, obey it, share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .store import PaceStore

if TYPE_CHECKING:
    from .limiter.session import NotSent, PacedSession

__all__ = ["NotSent", "PaceStore", "PacedSession"]


def __getattr__(name: str) -> Any:
    """Load `requests` with what needs it (PEP 562): a page opens without."""
    if name in {"NotSent", "PacedSession"}:
        from .limiter import session  # noqa: PLC0415

        return getattr(session, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
