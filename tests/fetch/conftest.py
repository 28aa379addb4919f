"""A service on a raw socket, for every test here."""

from __future__ import annotations

from tests.raw_service import answer, service

__all__ = ["answer", "service"]
