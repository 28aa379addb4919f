"""The version that the service states of itself; a test keeps it in step with pyproject.toml."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
SERVICE: Final = "waitwise"
