"""What the tests of kept paces share: stores on both databases, and a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pace.databases import postgresql
from widgets.pace import PaceStore
from widgets.probe import Verdict

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

URL = "http://localhost:5009/Slow-NASA"


class FakeClock:
    """A machine's clocks that only move when they are told to."""

    def __init__(self, ident: str = "machine/boot") -> None:
        self.id, self.shared = ident, True
        self.time, self.wall = 1000.0, 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def today(self) -> float:
        return self.wall

    def wait(self, seconds: float, stop: threading.Event) -> None:
        self.advance(max(seconds, 1e-6))  # a real clock goes on by itself, however little is waited for

    def advance(self, seconds: float) -> None:
        self.time += seconds
        self.wall += seconds


@pytest.fixture
def clock() -> FakeClock:
    """Its time."""
    return FakeClock()


@pytest.fixture
def lab(tmp_path: Path, clock: FakeClock) -> PaceStore:
    """A store whose time the test makes."""
    return PaceStore(f"sqlite:///{tmp_path}/p.sqlite", clock=clock)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL on a socket of its own; it ends with the tests."""
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/paces.sqlite"
    url: str = request.getfixturevalue("postgres")
    clear(url)
    return url


def clear(url: str) -> None:
    """Empty a PostgreSQL of earlier tests."""
    from sqlalchemy import create_engine  # noqa: PLC0415 - only these tests need it

    from widgets.pace.store.schema import tables  # noqa: PLC0415 - as above

    engine = create_engine(url)
    tables.drop_all(engine)
    engine.dispose()


@pytest.fixture
def store(store_url: str) -> Iterator[PaceStore]:
    opened = PaceStore(store_url)
    yield opened
    opened.close()


@pytest.fixture
def verdict() -> Verdict:
    return Verdict(
        kind="certified",
        wait=6.6,
        tested=6.6,
        refusal_bound=0.05,
        confidence=0.95,
        accepted=70,
        refused=0,
        requests=92,
        seconds=480.0,
        span=460.0,
        horizon=400.0,
        statement="At one request each 6.6 s at most 5% are refused.",
    )
