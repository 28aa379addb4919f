"""What tests of both packages share: the real service on a real loopback socket."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from werkzeug.serving import make_server
from xdist.scheduler import LoadFileScheduling

from server import create_app
from server.serving import QuietHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager
    from wsgiref.types import WSGIApplication


# Where this run was started in the background its children would inherit a deaf ear for interrupts.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no fault: what is slow is measured by `make bench`.
settings.register_profile("waitwise", deadline=None)
settings.load_profile("waitwise")


LONG = Path(__file__).with_name("long.txt")
"""What takes longer than it adds to every run, one pattern of test ids a line: the rest must fit into five minutes."""


def pytest_configure(config: pytest.Config) -> None:
    """Let whoever draws examples know whether the long tests are wanted too."""
    os.environ["WAITWISE_LONG_TESTS"] = "" if config.getoption("markexpr") == "not long" else "1"


def examples(many: int) -> int:
    """How many examples a property is tried on: `many` with the long tests, a tenth of them without."""
    return many if os.environ.get("WAITWISE_LONG_TESTS") else max(10, many // 10)


def seeds(first: int, many: int, few: int) -> range:
    """Seeds from `first` on that are tried in turn: `many` with the long tests, `few` without."""
    return range(first, first + (many if os.environ.get("WAITWISE_LONG_TESTS") else few))


PUNCTUAL = ("test_real_servers.py", "test_writing.py", "test_kill.py")
"""Files that mostly wait, in real time: they come last, side by side, when nothing makes them late."""


class Queues(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types
    """Keeps each file on one worker, and all that drive a browser too: beside two of them everything is late."""

    def _split_scope(self, nodeid: str) -> str:
        path = Path(nodeid.partition("::")[0])
        return "browser" if path.parent.name == "browser" else str(path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Queues | None:
    """Schedule by queues where files are to be kept together."""
    return Queues(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what is loaded here: it stays to the end, and to walk over all of it takes a second."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is long, and begin with the browsers, which take longest."""
    listed = LONG.read_text().splitlines()
    exact = {line for line in listed if line and not line.startswith("#") and not line.endswith("*")}
    begun = tuple(line.removesuffix("*") for line in listed if line.endswith("*"))
    found = {item.nodeid for item in items}
    for item in items:
        if item.nodeid in exact or item.nodeid.startswith(begun):
            item.add_marker("long")
    if config.args_source == pytest.Config.ArgsSource.TESTPATHS:  # all were collected
        stale = [*sorted(exact - found), *(one for one in begun if not any(each.startswith(one) for each in found))]
        if stale:
            raise pytest.UsageError(f"tests/long.txt names what is no test: {', '.join(stale[:5])}")
    order = {name: place for place, name in enumerate(PUNCTUAL, 1)}  # The longest of them first: the end is shared.
    items.sort(key=lambda item: (item.path.parent.name != "browser", order.get(item.path.name, 0)))


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """Serve an application on a free port; gives its base URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    # Its own half a second between two looks at whether it is to end would be waited for in every test.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)


def serve(**config: Any) -> AbstractContextManager[str]:
    """Serve the bundled service on a free port; gives its base URL."""
    return served(create_app(config))


@pytest.fixture
def start_service() -> Iterator[Callable[..., str]]:
    """Starts services as `start_service(TIME_SCALE=0.02)`; they end with the test."""
    with ExitStack() as stack:
        yield lambda **config: stack.enter_context(serve(**config))


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all tests' stores: to number one more folder, pytest looks at each that there is."""
    return tmp_path_factory.mktemp("stores")


@pytest.fixture(autouse=True)
def own_store(stores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test writes into the store of whoever runs it."""
    monkeypatch.setenv("WAITWISE_STORE", f"sqlite:///{mkdtemp(dir=stores)}/paces.sqlite")


@pytest.fixture
def no_loop() -> Iterator[None]:
    """No loop runs in this thread: a browser's driver leaves its own running in the one that all tests share.

    A test that starts a loop, or that looks whether there is one, is like one of a process without a browser then.
    """
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)
