"""The server's side of the parent from which kernels are forked: it starts one, asks it for kernels, follows each.

`ForkServer.kernel` gives a `ForkedKernel`, which has of `subprocess.Popen` what a provisioner uses. The two processes
talk through a pair of sockets without a name, so that nobody else can; what is asked for travels in memory without a
name too, since an environment holds secrets. For each kernel there is a pair of its own. Through it comes one of

- `{"pid": 17}`: the kernel runs, in a session of its own;
- `{"stale": "…/states.py"}`: that file changed after it was loaded; another parent is started, and asked;
- `{"refused": "…"}`: it would be a kernel with other code than it should have; it is started in the ordinary way;

and, once, `{"exit": 0}` when it has ended. Its number stays its own until that has been heard.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .preloaded import Request

logger = logging.getLogger(__name__)

PROGRAM = "widgets.kernels.preloaded"
PATIENCE = 20.0
"""Seconds in which a kernel must have been forked, loading included: the ordinary way takes no longer."""
_TRIES = 3
_REST = 60.0
"""Seconds without a try where a parent cannot even be started: else each page would wait for it to fail again."""
POSSIBLE = sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(os, "memfd_create")
"""Whether this system has what is needed. macOS forbids most of its libraries after a fork."""


class ForkServerError(Exception):
    """No kernel could be forked; the message says why."""


class ForkServer:
    """A parent, started when it is first needed and anew when its code has changed.

    Args:
        environ: The environment to load with; that of this process unless given.
        folder: Where to load from first, as a kernel does from its own; where this process is unless given.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, folder: str | None = None) -> None:
        self._environ, self._folder = environ, folder
        self._control: socket.socket | None = None
        self._parents: list[subprocess.Popen[bytes]] = []
        self._rests_until = 0.0

    def start(self) -> None:
        """Start a parent, unless one runs, and let it load while others work."""
        if not POSSIBLE:
            raise ForkServerError("kernels are forked on Linux only, from Python 3.11 on")
        if time.monotonic() < self._rests_until:
            raise ForkServerError("the process that forks kernels could not be started a moment ago")
        if self._control is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            command = [sys.executable, "-m", PROGRAM, str(theirs.fileno()), str(os.getpid())]
            with theirs:
                parent = subprocess.Popen(  # noqa: S603 - our own program
                    command,
                    stdin=subprocess.DEVNULL,
                    env=self._environ,
                    cwd=self._folder,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl+C is meant for the server, which ends this one.
                )
            ours.setblocking(False)  # noqa: FBT003 - socket's own signature
            self._control = ours
            self._parents = [each for each in self._parents if each.poll() is None] + [parent]

    @property
    def pid(self) -> int | None:
        """The number of the parent that is asked now."""
        return self._parents[-1].pid if self._control is not None else None

    async def kernel(self, request: Request) -> ForkedKernel:
        """Fork a kernel.

        Raises:
            ForkServerError: There is none; the message says why.
        """
        for _ in range(_TRIES):
            self.start()
            told, mine = await self._asked(request)
            match told:
                case {"pid": int(pid)}:
                    return ForkedKernel(pid, mine)
                case {"stale": changed}:
                    logger.info("Kernels are forked from a new process: %s has changed.", changed)
                    mine.close()
                    self.leave()
                case {"refused": why}:
                    mine.close()
                    raise ForkServerError(why)
                case _:
                    mine.close()
                    self.leave()
        self._rests_until = time.monotonic() + _REST
        raise ForkServerError(
            f"the process that forks kernels ends before it has forked one; asked again in {_REST:.0f} s"
        )

    async def _asked(self, request: Request) -> tuple[dict[str, Any], socket.socket]:
        """Ask, and return what is said, with the socket on which more will be; nothing when the parent is gone."""
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        mine.setblocking(False)  # noqa: FBT003 - as above
        packed = os.memfd_create("kernel wanted")
        try:
            with os.fdopen(packed, "wb", closefd=False) as file:
                file.write(request.packed())
            assert self._control is not None  # noqa: S101 - it was just started
            with suppress(OSError):
                socket.send_fds(self._control, [b"kernel"], [theirs.fileno(), packed])
        finally:
            os.close(packed)
            theirs.close()
        try:
            said = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(mine, 65536), PATIENCE)
        except TimeoutError as error:
            mine.close()
            raise ForkServerError(f"no kernel was forked within {PATIENCE:.0f} s") from error
        except OSError:
            said = b""
        except BaseException:
            mine.close()
            raise
        return json.loads(said or "{}"), mine

    def leave(self) -> None:
        """Ask the present parent for no more kernels: it ends with its last one."""
        if self._control is not None:
            self._control.close()
            self._control = None

    def close(self) -> None:
        """Leave, and end every parent; kernels that run go on."""
        self.leave()
        for parent in self._parents:
            parent.terminate()
            parent.wait()
        self._parents.clear()


class ForkedKernel:
    """A kernel that was forked from another process, with what a provisioner uses of `subprocess.Popen`.

    Args:
        pid: Its number, which is that of its session and its group too.
        teller: Where its end is told.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, teller: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._teller = teller
        # Told by the kernel itself, which is not buried before we have heard of its end: the number is still its own.
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Its return code as `subprocess` has it, or `None` while it runs."""
        if self.returncode is None:
            try:
                said = self._teller.recv(65536)
            except BlockingIOError:
                return None
            except OSError:
                said = b""
            if said:
                self._over(int(json.loads(said)["exit"]))
            elif _readable(self._handle):
                # Its parent ended before it did, and nobody can say how.
                self._over(-signal.SIGKILL)
        return self.returncode

    def _over(self, code: int) -> None:
        self.returncode = code
        self._teller.close()
        os.close(self._handle)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and give its return code.

        Raises:
            subprocess.TimeoutExpired: It has not ended in time.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() >= until:
                raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout or 0.0)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing happens when it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def _readable(handle: int) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(0))
