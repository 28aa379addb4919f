"""What many fetches leave behind: `python -m tests.fetch.wear [FETCHES]` prints it as a line of JSON.

The panel, the real client and the viewers fetch each type that the bundled service has, over and over; the service runs
in a process of its own. What the history keeps is full before the first count.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ipywidgets.widgets.widget import _instances

from tests.media.wear import resident
from widgets.fetch import Fetcher, FetchPanel
from widgets.media import render
from widgets.media.thumb import thumb

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = (
    *("image/jpeg", "image/png", "image/gif", "image/svg+xml", "audio", "video", "application/pdf", "text/csv"),
    *("text/html", "application/fits", "application/json", "text/plain"),
)
WARM_UP = 3
"""Rounds over all types before the first count: decoders and caches are there then, and the history is full."""


@contextmanager
def service() -> Iterator[str]:
    """Serve the bundled service from another process."""
    code = "import sys, tests.conftest as c\nwith c.serve() as url:\n print(url, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdout.readline().strip()
        process.stdin.close()


def counts() -> dict[str, int]:
    """Return what a fetch may leave behind."""
    return {
        "resident": resident(),
        "widgets": len(_instances),
        "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - of the kernel's own folder
        "threads": threading.active_count(),
    }


def main(fetches: int) -> None:
    """Print what grew between the warm-up and the end."""
    with service() as base:
        panel = FetchPanel(Fetcher(), render, thumb=thumb)

        def once(number: int) -> None:
            panel.address.value = f"{base}/NASA?type={TYPES[number % len(TYPES)]}"
            panel.fetch()
            panel.join(60)
            assert panel.reply is not None
            assert panel.reply.complete, panel.reply

        for number in range(WARM_UP * len(TYPES)):
            once(number)
        time.sleep(1)  # What looks a reply over has ended then.
        before = counts()
        for number in range(fetches):
            once(number)
        time.sleep(1)
        after = counts()
    grown = {name: after[name] - before[name] for name in before}
    sys.stdout.write(json.dumps({"fetches": fetches, "types": len(TYPES), "before": before, "grown": grown}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
