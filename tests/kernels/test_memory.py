"""What is left in the server when a visitor has gone: nothing."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.ioloop import IOLoop

from widgets.kernels import memory
from widgets.kernels.connection import HeardConnection
from widgets.kernels.memory import SETTLES, settle_in, trimmer
from widgets.kernels.visitors import VisitorKernels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JUPYTERS = 3600.0
"""Seconds that a timer of Jupyter's own keeps a connection, and a context the request in which it was started.

It is a minute there. Here it is longer than any machine needs for what is waited for, so that nothing goes because the
timer has run out, however long the rest takes.
"""
REQUEST: ContextVar[object] = ContextVar("request")


class Handler(KernelWebsocketHandler):
    """A page's websocket without a network."""

    def __init__(self) -> None:
        self.said: list[object] = []

    def write_message(self, message: object, binary: bool = False) -> Any:
        self.said.append(message)


async def visit(kernels: VisitorKernels, *, asks_first: bool) -> list[weakref.ref[Any]]:
    """Come as Voila has a visitor come, and leave; gives what was theirs."""
    kernel_id = await kernels.start_kernel()
    kernel: Any = kernels.get_kernel(kernel_id)
    rendering = kernel.client()
    rendering.start_channels()
    await rendering.wait_for_ready(timeout=60)
    assert rendering.context is kernels.context, "no threads of its own for its sockets"
    rendering.stop_channels()
    handler = Handler()
    REQUEST.set(handler)
    connection = HeardConnection(parent=kernel, websocket_handler=handler)
    await connection.prepare()
    connecting = connection.connect()
    assert connecting is not None, "the kernel is there"
    await connecting
    theirs = [weakref.ref(each) for each in (kernel, rendering, connection, handler)]
    if asks_first:  # as a browser does: it asks for the end of its kernel, and then its connection closes
        ending = asyncio.ensure_future(kernels.shutdown_kernel(kernel_id))
        await asyncio.sleep(0)
        connection.disconnect()
        await ending
    else:
        connection.disconnect()
        await kernels.shutdown_kernel(kernel_id)
    return theirs


def kept() -> dict[str, Counter[str]]:
    """What a process has of its own: handles, threads, and names of logs."""
    handles: Counter[str] = Counter()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # that of the folder itself is closed by now
            handles[str(each.readlink()).partition(":")[0]] += 1
    threads = Counter(each.name for each in threading.enumerate())
    return {"handles": handles, "threads": threads, "logs": Counter(list(logging.Logger.manager.loggerDict))}


def more(then: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """What there is more of now than there was, by what it is."""
    now = kept()
    return {kind: now[kind] - then[kind] for kind in now if now[kind].total() > then[kind].total()}


async def soon(told: Callable[[], bool]) -> bool:
    """Whether it comes true before a timer of Jupyter's could make it so; what takes a moment may take it."""
    end = time.monotonic() + JUPYTERS / 20
    while not told() and time.monotonic() < end:
        await asyncio.sleep(0.05)
        gc.collect()
    return told()


@pytest.fixture
def unheard() -> Iterator[None]:
    """Nothing is logged: pytest keeps each record until the end of the test, with the objects that it tells of.

    Jupyter asks a kernel in two channels who it is, and closes both after the first answer. Where the other one comes
    in the same moment the log tells of the channel that is closed, and what answers it holds the page's connection.
    """
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.skipif(sys.platform != "linux", reason="counts handles in /proc")
@pytest.mark.usefixtures("forking", "unheard")
def test_of_visitors_who_have_left_nothing_stays() -> None:
    async def visits(kernels: VisitorKernels) -> None:
        there: list[dict[str, Counter[str]]] = []
        for asks_first in (False, True):
            theirs = await asyncio.create_task(visit(kernels, asks_first=asks_first))
            assert await soon(lambda: all(each() is None for each in theirs))  # noqa: B023 - asked at once
            there.append(kept())
        assert await soon(lambda: not more(there[0])), more(there[0])
        of_each = ("_kernels", "_kernel_buffers", "_kernel_connections", "_kernel_ports", "_pending_kernels")
        assert [name for name in of_each if getattr(kernels, name)] == []
        assert not HeardConnection._open_sessions

    kernels = VisitorKernels(kernel_info_timeout=JUPYTERS)
    try:
        asyncio.run(visits(kernels))
    finally:
        kernels.context.destroy(linger=0)  # else a socket that was left open would have the process wait for ever


def test_memory_is_given_back_once_when_those_who_leave_have_left(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[float, Callable[[], None]]] = []
    done: list[str] = []
    monkeypatch.setattr(IOLoop, "call_later", lambda _, seconds, call: calls.append((seconds, call)))
    monkeypatch.setattr(memory, "_trim", lambda: done.append("trimmed"))
    monkeypatch.setattr(gc, "collect", lambda: done.append("collected"))

    async def leave() -> None:
        kernels = VisitorKernels()
        for _ in range(3):
            kernels.remove_kernel("of somebody")
        assert ([seconds for seconds, _ in calls], done) == ([SETTLES], [])
        calls.pop()[1]()
        assert done == ["collected", "trimmed"]
        kernels.remove_kernel("of one more")
        assert len(calls) == 1

    asyncio.run(leave())


TRIM = """
import os
from widgets.kernels.memory import trimmer
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGESIZE")
blocks = [bytes(2_000) for _ in range(20_000)]
last = bytes(2_000)  # beyond them, so that the heap cannot just be cut
blocks.clear()
before = resident()
trimmer()()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_what_was_freed_is_returned_to_the_system() -> None:
    said = subprocess.run([sys.executable, "-c", TRIM], capture_output=True, text=True, check=True, timeout=60)
    assert int(said.stdout) > 30_000_000


def test_where_the_c_library_cannot_nothing_happens() -> None:
    assert trimmer("no such library")() is None


def test_what_is_there_when_the_server_starts_is_looked_at_no_more() -> None:
    gc.unfreeze()  # as it was before the tests were collected
    settle_in()
    assert gc.get_freeze_count() > 10_000
