"""What a fetch costs beside plain `requests`, and what 1 GB does to memory, to the first look, and to Stop."""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import requests
import zmq
from ipywidgets.widgets.widget import _remove_buffers
from jupyter_client.session import Session

from tests.raw_service import RawService, Talk
from widgets.fetch import Fetcher, Reply
from widgets.kit.widgetry import close
from widgets.media import render

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    import ipywidgets

MEGABYTE = 1_000_000
BLOCK = b"The quick brown fox jumps over the lazy dog. 0123456789\n" * 20_000


def sends(size: int, media_type: str = "text/plain") -> Talk:
    """Return a service that sends a body of `size` bytes as fast as it is taken."""

    def talk(connection: socket.socket, _: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        for start in range(0, size, len(BLOCK)):
            connection.sendall(BLOCK[: size - start])

    return talk


def memory(name: str) -> int:
    """Return a line of this process's status in bytes, such as `VmRSS` or `VmHWM`."""
    return int(Path("/proc/self/status").read_text().partition(f"{name}:")[2].split()[0]) * 1024


def main() -> None:
    """Print the figures."""
    fetcher = Fetcher(cap=2_000 * MEGABYTE)
    gigabyte(fetcher)  # First, so that no memory that others left behind hides what it takes.
    for size in (MEGABYTE, 20 * MEGABYTE):
        for media_type in ("text/plain", "application/octet-stream"):
            beside_plain(fetcher, size, media_type)


def beside_plain(fetcher: Fetcher, size: int, media_type: str, turns: int = 9) -> None:
    """Fetch and show, and `requests.get` with a push of the same bytes, in turns; prints the medians and the ratio."""
    service = RawService(sends(size, media_type))
    with wire() as push:

        def plain() -> None:
            push(b"", requests.get(service.url, timeout=10).content)

        shown: list[ipywidgets.Widget] = []

        def ours() -> None:
            shown.append(render(fetcher.fetch(service.url)))
            laid(shown[-1], push)

        def pair() -> tuple[float, float]:
            times = seconds(ours), seconds(plain)
            close(shown.pop())  # as the page closes what was shown before
            return times

        pair()
        both = [pair() for _ in range(turns)]
    mine, theirs = (statistics.median(times) * 1000 for times in zip(*both, strict=True))
    ratio = statistics.median(one / other for one, other in both)
    say(
        f"{size // MEGABYTE:>4} MB of {media_type}: fetched, shown and sent to the page in {mine:.0f} ms; requests.get "
        f"and a push of its bytes {theirs:.0f} ms; ratio {ratio:.2f} of {turns} pairs (goal at 20 MB: 1.2)"
    )
    service.close()


def seconds(work: Callable[[], object]) -> float:
    """Return the time of `work`."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def wire() -> Iterator[Callable[[bytes, bytes], None]]:
    """Messages as a kernel sends them, signed, to another thread that takes them; each push waits until it is there."""
    session = Session(key=b"a key", check_pid=False)
    with zmq.Context() as context, context.socket(zmq.PUSH) as here, context.socket(zmq.PULL) as there:
        there.linger = here.linger = 0
        here.connect(f"tcp://127.0.0.1:{there.bind_to_random_port('tcp://127.0.0.1')}")
        came = threading.Semaphore(0)

        def take() -> None:
            while b"end" not in there.recv_multipart():
                came.release()

        taker = threading.Thread(target=take)
        taker.start()

        def push(state: bytes, *buffers: bytes) -> None:
            session.send(here, "comm_msg", {"data": state.decode()}, buffers=list(buffers))
            came.acquire()

        yield push
        here.send(b"end")
        taker.join()


def laid(widget: ipywidgets.Widget, push: Callable[..., None]) -> None:
    """Send a widget and all inside it."""
    state, _, buffers = _remove_buffers(widget.get_state())
    push(json.dumps(state, default=repr).encode(), *buffers)
    for child in getattr(widget, "children", ()):
        laid(child, push)


def gigabyte(fetcher: Fetcher) -> None:
    """Fetch 1 GB, look at its first part, and stop another one on the way."""
    service = RawService(sends(1000 * MEGABYTE))
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    came: list[float] = []
    looks: list[float] = []

    def note(*_: object) -> None:
        if not came:
            came.append(time.monotonic())

    def look(part: Reply) -> None:
        render(part)
        looks.append(time.monotonic())

    reply = fetcher.fetch(service.url, on_progress=note, on_part=look)
    grown = (memory("VmHWM") - before) / MEGABYTE
    say(
        f"1000 MB: {reply.elapsed:.2f} s, memory grew by {grown:.0f} MB (goal: under 64), first look "
        f"{looks[0] - came[0]:.2f} s after the first byte (goal: under 1)"
    )
    stop = threading.Event()
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        stop.set()

    threading.Timer(0.3, press).start()
    part = fetcher.fetch(service.url, stop=stop)
    stopped = time.monotonic() - pressed[0]
    say(f"1000 MB: Stop took {stopped:.2f} s (goal: under 1) and kept {len(part.body) // MEGABYTE} MB")
    service.close()


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
