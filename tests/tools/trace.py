"""`python -m tests.tools.trace`: which files one fetch and one attempt of a probe enter, from click to picture.

The panels of a real dashboard are driven without a browser against the bundled service, under Python's own profiling
hook in every thread. A file counts when one of its functions is called; what is only imported does not.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from contextlib import contextmanager
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Any

import widgets
from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ROOT = Path(widgets.__file__).parent


@contextmanager
def entered() -> Iterator[list[str]]:
    """The files of `widgets` that are entered inside, each once, in the order of their first call."""
    found: dict[str, None] = {}

    def look(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and frame.f_code.co_name != "<module>" and name.startswith(str(ROOT)):
            found.setdefault(str(Path(name).relative_to(ROOT)))

    files: list[str] = []
    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield files
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        files += found


def traced(click: Callable[[Any], None], path: str) -> list[str]:
    """Open a dashboard on the bundled service, click, and return the files entered until the thing is on the page."""
    with serve(TIME_SCALE=0.02) as base:
        dashboard = widgets.Dashboard(base)
        dashboard.fetch.address.value = base + path
        with entered() as files:
            click(dashboard)
        dashboard.probe.stop()
        dashboard.probe.join(30)
        dashboard.fetch.join(30)
    return files


def fetch(dashboard: Any) -> None:
    """One fetch, until it is shown."""
    dashboard.fetch.fetch()
    dashboard.fetch.join(30)


def attempt(dashboard: Any) -> None:
    """A probe, until its first attempt is in the chart."""
    drawn = threading.Event()
    view = type(dashboard.probe.live)
    put = view.on_attempt

    def seen(self: Any, one: Any) -> None:
        put(self, one)
        drawn.set()

    view.on_attempt = seen
    try:
        dashboard.probe.probe()
        if not drawn.wait(30):
            raise TimeoutError("no attempt was drawn within 30 s")
    finally:
        view.on_attempt = put


def main() -> None:
    """Print both paths."""
    with tempfile.TemporaryDirectory() as folder:
        environ["WAITWISE_STORE"] = f"sqlite:///{folder}/paces.sqlite"
        for title, click, path in (
            ("One fetch of a picture", fetch, "/NASA?type=image"),
            ("One attempt of a probe", attempt, "/NASA"),
        ):
            files = traced(click, path)
            print(f"{title}: {len(files)} files")
            print("\n".join(f"  {name}" for name in files))


if __name__ == "__main__":
    main()
