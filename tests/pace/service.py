"""The bundled service, with a log of its own of what was asked and answered; and one that lives in virtual time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from server import create_app
from server.limiters import MinimumGap
from tests.conftest import served
from tests.pace.prober import ATTEMPT, NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Asked(NamedTuple):
    """One request as the service saw it."""

    probe: str
    number: int
    status: int


@dataclass
class Logged:
    """Passes every request on, and writes down its number and the status of its answer.

    It is written before the answer is sent: what a prober knows, the log knows.
    """

    app: WSGIApplication
    log: list[Asked] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # The body is read and closed here: a client that was killed leaves no file open.
        body, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        probe, number = Request(environ).headers[ATTEMPT].split()
        self.log.append(Asked(probe, int(number), int(status.split()[0])))
        start_response(status, list(headers))
        return body


def bundled(**config: Any) -> WSGIApplication:
    """The bundled service."""
    return create_app(config)


def in_virtual_time(gap: float) -> WSGIApplication:
    """Refuses what comes sooner than `gap` seconds after the request before, by the time that each request states."""
    limiter = MinimumGap(gap=gap, noise=0)

    @Request.application
    def app(request: Request) -> Response:
        return Response(status=200 if limiter.ask(float(request.headers[NOW])).accepted else 503)

    return app


@contextmanager
def logged(app: WSGIApplication) -> Iterator[tuple[str, list[Asked]]]:
    """Serve it on a free port; gives its base URL, and the log."""
    noted = Logged(app)
    with served(noted) as base:
        yield base, noted.log
