"""The parent from which kernels are forked: it has loaded what a page needs, and has no thread, socket or ZMQ context.

The server starts it as `python -m widgets.kernels.preloaded CONTROL SERVER`, with one end of a pair of sockets as
`CONTROL`, and asks through that for kernels. Each request brings a socket of its own, by which the server learns how
that one kernel is doing: what is said there is in `widgets.kernels.fork_server`. A file that changed after it was
loaded makes the parent refuse, and the server starts another one; kernels of the old one stay what they are. The parent
ends when the server has closed `CONTROL` and its last kernel is gone; a kernel ends when the server does.

A fork copies one thread, with the memory of all. What makes that safe is that there is only one, and nothing that two
processes must not share; `not_ready` looks, before the first fork. What a library keeps for itself is made new in the
kernel: `random` and OpenSSL notice a fork by themselves, numpy is told.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import pkgutil
import random
import select
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NEEDED = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell")
"""Without these there is nothing to fork."""
USEFUL = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.magics",
    "IPython.extensions.storemagic",
    "matplotlib_inline.backend_inline",
    "faulthandler",
    "pdb",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "encodings.ascii",
    "encodings.latin_1",
    "ipywidgets",
    "widgets.app",
    "widgets.media.viewers",
    "widgets.pace.limiter.session",
    "charset_normalizer",
    "puremagic",
    "widgets.probe.chart.canvas",
    "server.factory",
    "server.serving",
    "sqlalchemy.dialects.sqlite",
)
"""What a page will load anyway. One that cannot be loaded here is left for the kernel, whose page then says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """A kernel that is wanted.

    Attributes:
        argv: What follows `python -m ipykernel_launcher`.
        environ: Its whole environment.
        cwd: Its folder.
    """

    argv: Sequence[str]
    environ: Mapping[str, str]
    cwd: str

    def packed(self) -> bytes:
        """As bytes for the other side.

        >>> Request(["-f", "k.json"], {"A": "1"}, "/tmp") == Request.unpacked(
        ...     Request(["-f", "k.json"], {"A": "1"}, "/tmp").packed()
        ... )
        True
        """
        return json.dumps({"argv": list(self.argv), "environ": dict(self.environ), "cwd": self.cwd}).encode()

    @classmethod
    def unpacked(cls, data: bytes) -> Request:
        """From the bytes of the other side."""
        return cls(**json.loads(data))


WHOLE = ("widgets.pace.store",)
"""Packages of which every module is loaded: they load their parts with the first use."""


def load(names: Iterable[str], *, must: bool) -> None:
    """Import modules by name."""
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:
            if must:
                raise


def parts_of(package: str) -> list[str]:
    """The modules of a package.

    >>> parts_of("widgets.kernels")[:2]
    ['widgets.kernels.connection', 'widgets.kernels.fork_server']
    """
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found is not None else None
    return [f"{package}.{each.name}" for each in pkgutil.iter_modules(places)] if places else []


def load_without_debugger() -> None:
    """Load ipykernel's debugger without debugpy: a fifth of a kernel's memory, and Voila lets no page debug."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # the import system's own word for "there is none"
    try:
        load(["ipykernel.debugger"], must=False)
    finally:
        del sys.modules["debugpy"]


def not_ready(known: Iterable[int]) -> str:
    """Why this process must not fork: what it has beside one thread and the file handles `known`; or an empty string.

    >>> import threading
    >>> waiting = threading.Event()
    >>> thread = threading.Thread(target=waiting.wait)
    >>> thread.start()
    >>> not_ready(range(1000)).endswith(" threads")
    True
    >>> waiting.set()
    """
    threads = max(threading.active_count(), len(list(Path("/proc/self/task").iterdir())))
    if threads > 1:
        return f"it has {threads} threads"
    zmq = sys.modules.get("zmq")
    if zmq is not None and zmq.Context._instance is not None:  # noqa: SLF001 - nothing public tells
        return "it has a ZMQ context"
    widget = sys.modules.get("ipywidgets.widgets.widget")
    if widget is not None and widget._instances:  # noqa: SLF001 - nothing public tells
        return f"it has {len(widget._instances)} widgets"  # noqa: SLF001
    odd = {number: _target(number) for number in open_handles() if number not in set(known)}
    odd = {number: target for number, target in odd.items() if target is not None}
    return f"it has open files: {', '.join(map(str, odd.values()))}" if odd else ""


def open_handles() -> list[int]:
    """The numbers of the file handles that are open."""
    return [int(each.name) for each in Path("/proc/self/fd").iterdir()]


def _target(number: int) -> str | None:
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink())
    except OSError:  # The one by which they were listed.
        return None


def stamps() -> dict[str, float]:
    """When each file of ours was last changed."""
    files = (file for name in ("widgets", "server") for file in (Path(__file__).parents[2] / name).rglob("*.py"))
    return {str(file): _changed(str(file)) for file in files}


def _changed(file: str) -> float:
    try:
        return Path(file).stat().st_mtime
    except OSError:
        return -1.0


def other_code(request: Request) -> str:
    """Why what is loaded here is not what that kernel would load; or an empty string."""
    if request.environ.get("PYTHONPATH", "") != os.environ.get("PYTHONPATH", ""):
        return "its PYTHONPATH differs from the one that was loaded with"
    own = Path(__file__).parents[2]
    for name in ("widgets", "server"):
        there = Path(request.cwd) / name / "__init__.py"
        if there.exists() and not there.samefile(own / name / "__init__.py"):
            return f"it would load {there}, and {own / name} is loaded"
    return ""


class Parent:
    """Forks kernels on request, and tells how each of them ended.

    Args:
        control: Where requests come from.
        loaded: When each file was last changed before it was loaded.
    """

    def __init__(self, control: socket.socket, loaded: Mapping[str, float]) -> None:
        self._control = control
        self._stamps = loaded
        self._living: dict[int, tuple[int, socket.socket]] = {}
        """By the handle of the process: its number, and who asked for it."""
        self._ended: dict[socket.socket, int] = {}
        """By who has been told: the number. Until it is buried no other process can get it, and be killed for it."""

    def serve(self) -> tuple[Request, socket.socket] | None:
        """Fork until there is nobody to fork for; in the forked process alone it returns what that is to become."""
        wanted = True
        while wanted or self._living:
            ready = self._ready(wanted=wanted)
            for handle in ready & self._living.keys():
                self._tell_end(handle)
            for teller in [each for each in self._ended if each.fileno() in ready]:
                self._bury(teller)
            if self._control.fileno() in ready:
                got = self._received()
                wanted = got is not None
                if got is not None and (child := self._answer(*got)) is not None:
                    return child
        return None

    def _ready(self, *, wanted: bool) -> set[int]:
        poll = select.poll()
        tellers = [self._control, *self._ended] if wanted else self._ended
        for number in [*self._living, *(each.fileno() for each in tellers)]:
            poll.register(number, select.POLLIN)
        return {number for number, _ in poll.poll()}

    def _received(self) -> tuple[Request, socket.socket] | None:
        """A request with the socket of whoever asks; `None` when no more will come."""
        data, handles, _, _ = socket.recv_fds(self._control, 64, 2)
        if not data:
            return None
        teller, packed = socket.socket(fileno=handles[0]), handles[1]
        with os.fdopen(packed, "rb") as file:
            file.seek(0)
            return Request.unpacked(file.read()), teller

    def _answer(self, request: Request, teller: socket.socket) -> tuple[Request, socket.socket] | None:
        """Fork, or say why not."""
        changed = next((file for file, when in self._stamps.items() if _changed(file) != when), None)
        if why := changed or other_code(request):
            tell(teller, {"stale": why} if changed else {"refused": why})
            teller.close()
            return None
        pid = os.fork()
        if pid == 0:
            self._let_go()
            return request, teller
        self._living[os.pidfd_open(pid)] = pid, teller
        return None

    def _let_go(self) -> None:
        """In a forked process: close what is the parent's, and what belongs to other kernels."""
        self._control.close()
        for handle, (_, teller) in self._living.items():
            os.close(handle)
            teller.close()
        for teller in self._ended:
            teller.close()

    def _tell_end(self, handle: int) -> None:
        pid, teller = self._living.pop(handle)
        os.close(handle)
        status = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        self._ended[teller] = pid
        if status is None or not tell(teller, {"exit": exit_code(status.si_code, status.si_status)}):
            self._bury(teller)

    def _bury(self, teller: socket.socket) -> None:
        os.waitpid(self._ended.pop(teller), 0)
        teller.close()


def exit_code(code: int, status: int) -> int:
    """What `subprocess` calls the return code: the status, or the signal's number below zero.

    >>> import os
    >>> exit_code(os.CLD_EXITED, 3), exit_code(os.CLD_KILLED, 9)
    (3, -9)
    """
    return status if code == os.CLD_EXITED else -status


def tell(teller: socket.socket, what: dict[str, Any]) -> bool:
    """Say something to whoever asked for a kernel; false when nobody listens any more."""
    try:
        teller.send(json.dumps(what).encode())
    except OSError:
        return False
    return True


def become(request: Request, teller: socket.socket, server: int, folder: str) -> None:
    """Turn this forked process into the kernel that is wanted, and run it to its end."""
    os.setsid()
    if not tell(teller, {"pid": os.getpid()}):
        os._exit(0)  # Whoever asked waits no more.
    teller.close()
    threading.Thread(target=end_with, args=(server,), name="server's end", daemon=True).start()
    sys.path.remove(folder)  # It is where the parent was started; a kernel looks where it is itself.
    os.chdir(request.cwd)
    os.environ.clear()
    os.environ.update(request.environ)
    time.tzset()
    renew_randomness()
    name_process("kernel")
    gc.enable()
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415 - loaded long ago; the parent's tests need it not

    # What asks whether the server lives is `end_with`: ipykernel looks at its parent, which here is another process.
    # Nobody types into a page's kernel, so that a history of what was typed is only a file that all of them would lock.
    sys.argv = ["ipykernel_launcher", *request.argv]
    settings = ["--IPKernelApp.parent_handle=1", "--HistoryManager.enabled=False"]
    app = IPKernelApp.instance()
    app.initialize([*request.argv, *settings])
    # What ipywidgets does when it is imported in a kernel: it was imported before there was one.
    if (ipywidgets := sys.modules.get("ipywidgets")) is not None:
        ipywidgets.register_comm_target()
    app.start()


def end_with(server: int) -> None:
    """End this process at once when the server's process ends."""
    poll = select.poll()
    poll.register(server, select.POLLIN)
    poll.poll()
    os._exit(1)


def renew_randomness() -> None:
    """Give this process random numbers of its own: those of `random` and numpy, and OpenSSL's."""
    random.seed()
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed()
    ssl = sys.modules.get("ssl")
    if ssl is not None:
        ssl.RAND_add(os.urandom(32), 32.0)


def name_process(name: str) -> None:
    """What `ps` and `top` call this process."""
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(f"waitwise {name}"[:15], "utf-8")


def main(argv: Sequence[str]) -> None:
    """Load, look whether a fork is safe, and fork."""
    folder = sys.path[0]
    control = socket.socket(fileno=int(argv[0]))
    server = os.pidfd_open(int(argv[1]))
    if os.getppid() != int(argv[1]):
        return  # It ended before its handle was had, which then is another process's.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    name_process("parent")
    files = stamps()  # Before anything is loaded: what changes meanwhile has changed.
    load(NEEDED, must=True)
    load_without_debugger()
    load(USEFUL, must=False)
    for package in WHOLE:
        load(parts_of(package), must=False)
    if why := not_ready({0, 1, 2, control.fileno(), server}):
        sys.exit(f"No kernel can be forked from a process like this: {why}.")
    # What is never freed need not be looked through, nor be copied because it was.
    gc.collect()
    gc.freeze()
    gc.disable()
    child = Parent(control, files).serve()
    if child is not None:
        become(*child, server, folder)


if __name__ == "__main__":
    main(sys.argv[1:])
