"""The room that asks: what does the service send?"""

from __future__ import annotations

from widgets.http.errors import FetchError
from widgets.model.reply import Reply

from .client import Fetcher
from .panel import FetchPanel

__all__ = ["FetchError", "FetchPanel", "Fetcher", "Reply"]
