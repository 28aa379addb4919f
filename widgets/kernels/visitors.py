"""How many people a server has room for, and what the one beyond them is told.

`VisitorKernels` is Voila's kernel manager, named in `kit/page/voila.json`: it turns pages away with 503 and
`Retry-After` when every place is taken, ends the kernels of pages that were lost, and shows the operator who is there
(`health`).
"""

from __future__ import annotations

import os
import random
import sys
import time
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import psutil
import tornado.web
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from tornado.ioloop import IOLoop
from traitlets import default

from widgets.kit.mode import ModeError, chosen

from .connection import hear_kernels, time_once
from .fork_server import ForkServerError
from .health import serve_health
from .memory import Leftovers, settle_in
from .opening import serve_opening
from .provisioner import fork_server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MB = 1_000_000
OURS = "waitwise-fork"
EACH = 120 * MB
"""What a visitor may come to need: some 50 MB for the page, and as much again for what decodes its replies."""
KEPT = 500 * MB
"""What the server and the system keep for themselves."""
FEWEST, MOST = 4, 200
RETRY = 60
"""Seconds after which it is worth asking again: a page that was left gives its place back in a minute and a half."""
LONELY = 40.0
"""Seconds without a connection after which a page is lost, whatever its kernel still does."""
ARRIVING = 70.0
"""Seconds for a page to connect the first time: where many come at once, a browser may be slow to have all of it."""
LATE = 120.0
"""Seconds after which a page that was let in and started no kernel does not count any more."""


class SettingsError(ValueError):
    """A setting of the server cannot be used; the message names it and says what it should be."""


def places(environ: Mapping[str, str], free: int) -> int:
    """How many visitors at once: what `WAITWISE_VISITORS` says, else as many as there is memory for.

    >>> places({}, free=4_000 * MB), places({}, free=0), places({"WAITWISE_VISITORS": "40"}, free=0)
    (29, 4, 40)

    Args:
        environ: The server's environment.
        free: Bytes that are free.

    Raises:
        SettingsError: `WAITWISE_VISITORS` is no number, or none of people.
    """
    said = environ.get("WAITWISE_VISITORS", "").strip()
    if not said:
        return min(MOST, max(FEWEST, (free - KEPT) // EACH))
    if not said.isdecimal() or int(said) < 1:
        raise SettingsError(f"WAITWISE_VISITORS must be a whole number from 1 on, got {said!r}.")
    return int(said)


def places_or_exit(environ: Mapping[str, str], free: int) -> int:
    """As `places`; a setting that cannot be used ends the server before anybody has come, with one line that says why.

    Raises:
        SystemExit: One cannot be used, `WAITWISE_MODE` too: a page would find that out only when somebody looks at it.
    """
    try:
        chosen(environ)
        return places(environ, free)
    except (ModeError, SettingsError) as error:
        sys.exit(str(error))


def free_memory(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes of memory that this process could still have: of the machine, or of the container that it is in."""
    free = int(psutil.virtual_memory().available)
    try:
        limit, used = ((cgroup / f"memory.{name}").read_text("ascii").strip() for name in ("max", "current"))
        return min(free, int(limit) - int(used))
    except (OSError, ValueError):  # There is none, or it says "max".
        return free


class Waiting:
    """Pages that were let in and have no kernel yet.

    >>> now = [0.0]
    >>> waiting = Waiting(clock=lambda: now[0])
    >>> waiting.add(); waiting.add(); waiting.count()
    2
    >>> waiting.remove(); now[0] = LATE + 1; waiting.count()
    0
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: list[float] = []

    def add(self) -> None:
        """One more was let in."""
        self._since.append(self._clock())

    def remove(self) -> None:
        """One of them has a kernel, or will have none."""
        del self._since[:1]

    def count(self) -> int:
        """How many wait."""
        self._since = [since for since in self._since if self._clock() - since < LATE]
        return len(self._since)


def register(factory: KernelProvisionerFactory) -> None:
    """Make the provisioner known, also where an installation that is older than this code has no entry point for it."""
    entry = EntryPoint(OURS, "widgets.kernels.provisioner:ForkProvisioner", factory.GROUP_NAME)
    factory.provisioners.setdefault(OURS, entry)


class VisitorKernel(ServerKernelManager):
    """A visitor's kernel, which has in common with the others what is the same for all."""

    @default("event_logger")
    def _events_of_all(self) -> Any:
        """One log of events: each would read its rules again, and `logging` keeps what each is called for ever."""
        kernels: Any = self.parent
        if kernels.events is None:
            kernels.events = super()._default_event_logger()
        return kernels.events

    def client(self, **options: Any) -> Any:
        """Return a client with the sockets' threads of all: else each starts two, whose memory glibc keeps apart."""
        return super().client(**{"context": self.context} | options)


class VisitorKernels(AsyncMappingKernelManager):
    """Voila's kernels: as many as there are places."""

    events: Any = None

    @default("kernel_manager_class")
    def _each(self) -> str:
        return f"{__name__}.VisitorKernel"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if os.name == "posix":
            # A port that was free when it was chosen is another's by the time the kernel binds it, where many come at
            # once: their own connections take ports too. A kernel that could not bind dies, and its page never comes.
            self.config.KernelManager.setdefault("transport", "ipc")
        self.places = places_or_exit(os.environ, free_memory())
        self.waiting = Waiting()
        self.leftovers = Leftovers()
        self._starting: set[str] = set()
        self._alone: dict[str, float] = {}
        self._met: set[str] = set()
        self._choose_provisioner()
        configuration = getattr(self.parent, "voila_configuration", None)
        if configuration is not None:
            self._before = configuration.prelaunch_hook
            configuration.prelaunch_hook = self.admit
            IOLoop.current().add_callback(serve_health, self)
            IOLoop.current().add_callback(serve_opening, self.parent)
            IOLoop.current().add_callback(hear_kernels, self.parent)
            IOLoop.current().add_callback(time_once, self.parent)
            IOLoop.current().add_callback(settle_in)
        self.log.info("There is room for %d visitors (WAITWISE_VISITORS changes that).", self.places)

    def _choose_provisioner(self) -> None:
        """Have a parent load while the server starts, where kernels are to be forked."""
        factory = KernelProvisionerFactory.instance(parent=self.parent)
        if factory.default_provisioner_name != OURS:
            return
        register(factory)
        try:
            fork_server().start()
        except (ForkServerError, OSError) as error:
            self.log.warning("Kernels are started in the ordinary way, not forked: %s.", error)

    @property
    def visitors(self) -> int:
        """How many are here, or on their way in."""
        return len(self._starting.union(self.list_kernel_ids())) + self.waiting.count()

    def admit(self, request: tornado.web.RequestHandler | None, **page: Any) -> Any:
        """Let a page in, or tell it when to come back: Voila's hook before each launch of a kernel."""
        if request is not None and self.visitors >= self.places:
            self.log.warning("A visitor was asked to come back: all %d places are taken.", self.places)
            turn_away(request, self.places)
        if request is not None:
            self.waiting.add()
        return self._before(request, **page) if self._before else None

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]  # jupyter_server's is one too
        """Start a kernel for a page that was let in."""
        kernel_id = options["kernel_id"] = options.get("kernel_id") or self.new_kernel_id()
        self.waiting.remove()
        self._starting.add(kernel_id)  # It is among the others before it is ready, and is one visitor all the while.
        try:
            return str(await super().start_kernel(**options))
        finally:
            self._starting.discard(kernel_id)

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel that has ended, with all that is kept for its page.

        A page that is left asks for the end of its kernel and closes its connection. Jupyter buffers what a kernel says
        while nobody is connected: where the connection closes while the kernel ends, in four sockets that nothing else
        would ever close.
        """
        if kernel_id in self:
            self.stop_watching_activity(kernel_id)
            self.stop_buffering(kernel_id)
        self._kernel_connections.pop(kernel_id, None)
        self._kernel_ports.pop(kernel_id, None)
        self.leftovers.left()
        return super().remove_kernel(kernel_id)

    async def cull_kernels(self) -> None:
        """Look at every kernel, and forget those that are no more."""
        there = set(self.list_kernel_ids())
        self._met &= there
        self._alone = {each: since for each, since in self._alone.items() if each in there}
        await super().cull_kernels()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel whose page has been gone for a while, or has not come, whatever it does."""
        now = time.monotonic()
        if self._kernel_connections.get(kernel_id, 0):
            self._met.add(kernel_id)
            self._alone.pop(kernel_id, None)
            await super().cull_kernel_if_idle(kernel_id)
            return
        allowed = LONELY if kernel_id in self._met else ARRIVING
        if now - self._alone.setdefault(kernel_id, now) >= allowed:
            self.log.warning("Kernel %s ends: its page has had no connection for %.0f s.", kernel_id, allowed)
            await ensure_async(self.shutdown_kernel(kernel_id))

    async def shutdown_all(self, *arguments: Any, **options: Any) -> None:  # type: ignore[override]
        """End every kernel, and the parent from which they were forked."""
        await ensure_async(super().shutdown_all(*arguments, **options))
        fork_server().close()


def turn_away(request: tornado.web.RequestHandler, places: int) -> None:
    """Answer with 503, a time to come back, and a page that does so by itself.

    Raises:
        tornado.web.Finish: Always; the request is answered.
    """
    # Those who were turned away together do not come back together.
    seconds = RETRY + random.randrange(RETRY // 2)  # noqa: S311 - nothing is secret about it
    request.set_status(503)
    request.set_header("Retry-After", str(seconds))
    request.set_header("Cache-Control", "no-store")
    request.set_header("Content-Type", "text/html; charset=utf-8")
    request.finish(full_page(places, seconds))
    raise tornado.web.Finish


def full_page(places: int, seconds: int) -> str:
    """The page of somebody for whom there is no place."""
    here = Path(__file__).parent
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(here), autoescape=True)
    style = (here.parent / "kit" / "kit.css").read_text("utf-8")
    return environment.get_template("full.html.j2").render(places=places, seconds=seconds, style=style)


__all__ = [
    "SettingsError",
    "VisitorKernels",
    "free_memory",
    "full_page",
    "places",
    "places_or_exit",
    "register",
    "turn_away",
]
