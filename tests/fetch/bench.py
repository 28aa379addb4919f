"""What a fetch costs beside plain `requests`, and what 1 GB does to memory, to the first look, and to Stop."""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from tests.raw_service import RawService, Talk
from widgets.fetch import Fetcher, Reply
from widgets.media import render

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

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


def median_ms(work: Callable[[], object], runs: int = 9) -> float:
    """Return the median time of `work` in milliseconds."""
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def main() -> None:
    """Print the figures."""
    fetcher = Fetcher(cap=2_000 * MEGABYTE)
    gigabyte(fetcher)  # First, so that no memory that others left behind hides what it takes.
    for size in (MEGABYTE, 20 * MEGABYTE):
        service = RawService(sends(size))
        plain = median_ms(lambda url=service.url: requests.get(url, timeout=10).content)  # type: ignore[misc]
        ours = median_ms(lambda url=service.url: render(fetcher.fetch(url)))  # type: ignore[misc]
        sent = pushed(render(fetcher.fetch(service.url))) / MEGABYTE
        say(
            f"{size // MEGABYTE:>4} MB: requests.get {plain:.1f} ms, fetch and render {ours:.1f} ms, "
            f"{sent:.1f} MB to the browser"
        )
        service.close()


def pushed(widget: ipywidgets.Widget) -> int:
    """Return the bytes of a widget and all inside it, as the browser gets them."""
    below = [*getattr(widget, "children", ()), *filter(None, (getattr(widget, "layout", None),))]
    return len(json.dumps(widget.get_state(), default=repr)) + sum(map(pushed, below))


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
