"""What is left of large replies that were shown and closed: `python -m tests.media.wear ROUNDS`, a line of JSON."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys

import psutil

from widgets.kit.widgetry import close
from widgets.media import Piece, render


def resident() -> int:
    """Return the bytes that this process has in memory, without those that only its allocator keeps for later."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)
    return int(psutil.Process().memory_info().rss)


def show_and_close(body: bytes) -> None:
    """Show a reply, then otherwise, and close it."""
    view = render(Piece("http://x.example/file", body, "audio/mpeg"))
    view.choice.value = "audio/wav"
    view.join(30)
    close(view)


def main(rounds: int) -> None:
    """Print by how many bytes this process grew."""
    body = os.urandom(2_000_000)
    for _ in range(3):  # What is loaded once stays.
        show_and_close(body)
    before = resident()
    for _ in range(rounds):
        show_and_close(body)
    sys.stdout.write(json.dumps({"rounds": rounds, "resident": resident() - before}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
