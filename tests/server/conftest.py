"""The real application on a real loopback socket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from server import create_app
from server.ports import claim
from server.serving import threaded_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flask import Flask

    Start: TypeAlias = Callable[..., tuple[subprocess.Popen[str], str]]

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = threaded_server(app, claim("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("WAITWISE_", "FLASK_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve an application until the test ends; gives its base URL."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The service with its bundled media, 50 times faster."""
    with serving(create_app({"SEED": 1, "TIME_SCALE": 0.02})) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty media folder."""
    made = tmp_path / "media"
    made.mkdir()
    return made


def port_free_now() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    """A port that was free a moment ago."""
    return port_free_now()


@pytest.fixture
def start() -> Iterator[Start]:
    """Start `python …` from the project's root and read on until a line holds `until`; gives process and line."""
    with starting() as run:
        yield run


@contextmanager
def starting() -> Iterator[Start]:
    with ExitStack() as stack:

        def run(arguments: Sequence[str], until: str, **environment: str) -> tuple[subprocess.Popen[str], str]:
            process = subprocess.Popen(
                [sys.executable, "-u", *arguments],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            seen = []
            for line in process.stdout:
                seen.append(line)
                if until in line:
                    return process, line
            raise AssertionError(f"{arguments} ended without saying {until!r}: {''.join(seen)}")

        yield run
