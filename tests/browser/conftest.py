"""A real Voila in a process of its own with an empty HOME, and a real Chromium in front of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserType, Page, Playwright, Request, Route, expect, sync_playwright

from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).parents[2]
SCALE = 0.04
"""/Slow-NASA answers 25 times faster than it does for people; faster still, a busy machine is no longer too soon."""
PATIENCE = 40_000
"""Milliseconds until something that is waited for counts as absent: a busy machine is no fault."""
START = 120
"""Seconds that Voila may be silent while it starts."""
READY = re.compile(r"https?://\S+:(\d+)/")
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--autoplay-policy=user-gesture-required",
)

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Voila:
    """A running Voila: where it serves, and its process."""

    url: str
    pid: int

    def kernels(self) -> list[int]:
        """The process ids of its kernels, forked or not."""
        children = {pid: commandline(pid) for pid in children_of(self.pid)}
        parents = [pid for pid, command in children.items() if b"widgets.kernels.preloaded" in command]
        forked = [pid for parent in parents for pid in children_of(parent)]
        return [pid for pid, command in children.items() if b"ipykernel" in command] + forked


def commandline(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""  # it ended while we looked


def children_of(parent: int) -> list[int]:
    pids = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(fields[1]) == parent and fields[0] != "Z":
            pids.append(int(stat.parent.name))
    return pids


def free_port() -> int:
    """A port that was free a moment ago: Voila itself takes the next one when it no longer is."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def voila(home: Path, notebook: str = "dashboard.ipynb", flags: Sequence[str] = (), **environ: str) -> Iterator[Voila]:
    """Serve a notebook as a person does, on a free port."""
    command = [sys.executable, "-m", "voila", notebook, "--no-browser", f"--port={free_port()}", *flags]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WAITWISE_", "JUPYTER_"))}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=kept | {"HOME": str(home)} | environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: Queue[str] = Queue()
    assert process.stderr is not None
    # Read to the end, so that a full pipe never stops Voila.
    reader = threading.Thread(target=read_all, args=(process.stderr, lines), daemon=True)
    reader.start()
    try:
        yield Voila(wait_until_ready(lines), process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(30)
        process.stderr.close()


def read_all(stream: Iterable[str], lines: Queue[str]) -> None:
    for line in stream:
        lines.put(line)


def wait_until_ready(lines: Queue[str]) -> str:
    seen: list[str] = []
    while True:
        try:
            seen.append(lines.get(timeout=START))
        except Empty:
            pytest.fail(f"Voila did not start within {START} s:\n" + "".join(seen))
        if "running at" in "".join(seen) and (found := READY.search(seen[-1])):
            return f"http://localhost:{found[1]}/"


@pytest.fixture(scope="session")
def service() -> Iterator[str]:
    """The bundled service with its times divided by 25."""
    with serve(TIME_SCALE=SCALE, SEED=7) as url:
        yield url


@pytest.fixture(scope="session")
def dashboard(service: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voila]:
    """The dashboard in front of the scaled service."""
    with voila(tmp_path_factory.mktemp("home"), WAITWISE_SERVICE=service) as running:
        yield running


def launch(kind: BrowserType, *flags: str) -> Browser:
    """Start the system's Chromium, headless, with further `flags`."""
    named = os.environ.get("CHROMIUM", "")
    # The one without windows of its own opens a page in three quarters of the time.
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = named or next(filter(None, map(shutil.which, known)), None)
    if path is None:
        pytest.fail("The browser tests need a Chromium: install it, or name it in the environment variable CHROMIUM.")
    return kind.launch(executable_path=path, args=[*FLAGS, *flags])


DRIVERS: list[Playwright] = []
"""The driver that runs in this process, if any."""


@contextmanager
def launched(*flags: str) -> Iterator[Browser]:
    """A browser with further `flags`. A process can have one driver only: where one runs, it starts this one too."""
    with ExitStack() as stack:
        if not DRIVERS:
            DRIVERS.append(stack.enter_context(sync_playwright()))
            stack.callback(DRIVERS.clear)
        yield stack.enter_context(closing(launch(DRIVERS[0].chromium, *flags)))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each test has contexts of its own."""
    with launched() as browser:
        yield browser


@dataclass
class Outside:
    """What a page asked of other hosts."""

    asked: list[str]

    def note(self, request: Request) -> None:
        if not re.match(r"(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:|about:", request.url):
            self.asked.append(request.url)


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens tabs; at the end of the test none may have asked another host for anything, or have logged an error."""
    outside, errors = Outside([]), []
    contexts = []

    def hang(route: Route) -> None:
        """Neither answer nor refuse: the worst that a network can do."""

    def opened(url: str = "about:blank", **options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        context.route(re.compile(r"^https?://(?!localhost|127\.0\.0\.1)"), hang)
        context.on("request", outside.note)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        # As a person closes a tab: then its kernel ends too, and asks no service of the next test.
        last = context.new_page()
        for page in context.pages[:-1]:
            page.close(run_before_unload=True)
        last.wait_for_timeout(200)
        context.close()
    assert outside.asked == []
    assert errors == []


@pytest.fixture
def page(dashboard: Voila, open_page: Callable[..., Page]) -> Page:
    """The dashboard, ready to be clicked."""
    return ready(open_page(dashboard.url, viewport={"width": 1280, "height": 1000}))


def ready(page: Page) -> Page:
    page.locator(".ww-fetch").get_by_role("button", name="Fetch", exact=True).wait_for()
    return page


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
