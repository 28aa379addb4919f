"""What an operator sees: who is there, what memory that takes, what is at work. For whoever has the token alone.

`/waitwise/health` answers as a page, and as JSON to whoever accepts JSON first. The token is `WAITWISE_OPERATOR_TOKEN`,
else a new one that the server's log names once. There is no way in without it: behind a proxy every visitor seems to
come from this machine.
"""

from __future__ import annotations

import hmac
import os
import secrets
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import jinja2
import tornado.web
from jupyter_server.utils import url_path_join
from tornado.routing import PathMatches, Rule

from widgets.model.quantity import as_span

from .provisioner import fork_server

if TYPE_CHECKING:
    from logging import Logger

MB = 1_000_000
RECENT = 20.0
"""Seconds within which a kernel that sent its page something counts as at work: a probe does so every 15 s."""
_started = time.monotonic()


class Visitors(Protocol):
    """What is looked at: `VisitorKernels`, or what a test has in its place."""

    parent: Any
    places: int

    @property
    def log(self) -> Logger:
        """Where it is said."""

    @property
    def visitors(self) -> int:
        """How many are here."""

    def list_kernel_ids(self) -> list[str]:
        """Their kernels."""

    def get_kernel(self, kernel_id: str) -> Any:
        """Return the manager of one."""


@dataclass(frozen=True, slots=True)
class Health:
    """What is there now; memory in bytes, in proportion where processes share it."""

    visitors: int
    places: int
    at_work: int
    forked: int
    up: float
    memory_server: int
    memory_parent: int
    memory_kernels: int


def memory_of(pid: int) -> int:
    """The bytes that a process has, where each page that several have counts in parts (PSS); 0 when it is gone.

    >>> import os
    >>> memory_of(os.getpid()) > 1_000_000
    True
    """
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024


def health_of(kernels: Visitors) -> Health:
    """Count, and look at each process."""
    managers = [kernels.get_kernel(each) for each in kernels.list_kernel_ids()]
    processes = [getattr(each.provisioner, "process", None) for each in managers]
    now = datetime.now(UTC)
    parent = fork_server().pid
    return Health(
        visitors=kernels.visitors,
        places=kernels.places,
        at_work=sum((now - each.last_activity).total_seconds() < RECENT for each in managers),
        forked=sum(type(each).__name__ == "ForkedKernel" for each in processes),
        up=round(time.monotonic() - _started, 1),
        memory_server=memory_of(os.getpid()),
        memory_parent=memory_of(parent) if parent else 0,
        memory_kernels=sum(memory_of(each.pid) for each in processes if each is not None),
    )


class HealthHandler(tornado.web.RequestHandler):
    """Answers whoever has the token."""

    def initialize(self, kernels: Visitors, token: str) -> None:
        """Take what is to be shown, and to whom."""
        self._kernels, self._token = kernels, token

    def get(self) -> None:
        """Show it."""
        given = self.get_argument("token", "") or self.request.headers.get("Authorization", "").removeprefix("token ")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise tornado.web.HTTPError(403)
        health = health_of(self._kernels)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        if "json" in self.request.headers.get("Accept", "").partition(",")[0]:
            self.finish(asdict(health))
        else:
            self.finish(health_page(health))


def health_page(health: Health) -> str:
    """The page of the operator."""
    here = Path(__file__).parent
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(here), autoescape=True)
    style = (here.parent / "kit" / "kit.css").read_text("utf-8")
    return environment.get_template("health.html.j2").render(health=health, MB=MB, up=as_span(health.up), style=style)


def serve_health(kernels: Visitors) -> None:
    """Add the page to the server that has these kernels, before its rule for everything else."""
    server: Any = kernels.parent
    token, chosen = os.environ.get("WAITWISE_OPERATOR_TOKEN", "").strip(), True
    if not token:
        token, chosen = secrets.token_urlsafe(24), False
    path = url_path_join(server.server_url, "/waitwise/health")
    rule = Rule(PathMatches(path), HealthHandler, {"kernels": kernels, "token": token})
    server.app.default_router.rules.insert(0, rule)
    shown = "WAITWISE_OPERATOR_TOKEN" if chosen else token
    kernels.log.info("For the operator: http://localhost:%d%s?token=%s", server.port, path, shown)
