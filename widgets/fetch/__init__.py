"""The room that asks: what does the service send?"""

from __future__ import annotations

from .client import Fetcher
from .errors import FetchError
from .panel import FetchPanel
from .reply import Reply

__all__ = ["FetchError", "FetchPanel", "Fetcher", "Reply"]
