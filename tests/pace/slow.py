"""A service on the loopback that refuses by a rule, and a store: both on one clock that only moves when one waits."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from tests.conftest import served
from tests.pace.conftest import FakeClock
from widgets.pace import PaceStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from server.limiters import Limiter


@dataclass
class Slow:
    """What was asked of it, and the clock of both."""

    clock: FakeClock
    store: PaceStore
    url: str = ""
    asked: list[tuple[float, str, int]] = field(default_factory=list)

    def count(self, status: int) -> int:
        """How many were answered so."""
        return sum(each == status for _, _, each in self.asked)


@contextmanager
def slow(
    limiter: Limiter,
    folder: Path,
    *,
    latency: float = 0.05,
    answer: Callable[[Request, int], Response | None] = lambda request, status: None,
) -> Iterator[Slow]:
    """Serve that rule; what it refuses is answered with 429, and `answer` may answer otherwise."""
    clock = FakeClock()
    with PaceStore(f"sqlite:///{folder}/slow.sqlite", clock=clock) as store:
        found = Slow(clock, store)

        @Request.application
        def app(request: Request) -> Response:
            now = clock.now()
            status = 200 if limiter.ask(now).accepted else 429
            response = answer(request, status) or Response(request.path, status)
            found.asked.append((now, request.path, response.status_code))
            clock.advance(latency)
            return response

        with served(app) as found.url:
            yield found
