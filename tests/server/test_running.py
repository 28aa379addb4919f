"""running(): finding a service, or starting one."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import requests

from server import create_app, embedded, running
from server.embedded import ServiceNotFoundError, ServiceURL, ask_health
from server.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.server.conftest import Start

# Another process, with `usual` in place of 5009: it says what running() gave, twice, and lives until its input ends.
PROGRAM = """
import sys, server.embedded as embedded
from server import running
embedded.USUAL = {usual}
service, again = running(), running()
print("service", service, service.started_here, service is again)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _nothing_found_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_found", None)


@contextmanager
def program(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Some other program on a port; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    answer(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(30)


def say(*parts: bytes, pause: float = 0.0) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)

    return answer


def until_hung_up(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.recv(1)


def test_a_service_that_a_person_started_is_found_within_a_moment(
    serve: Callable[[Flask], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = serve(create_app())
    monkeypatch.setattr(embedded, "USUAL", int(base.rpartition(":")[2]))
    service = running()
    assert (service, service.started_here) == (base, False)
    assert running() is service


def test_without_one_it_starts_here_and_ends_with_the_process(start: Start, free_port: int) -> None:
    process, line = start(["-c", PROGRAM.format(usual=free_port)], "service")
    assert line.split() == ["service", f"http://127.0.0.1:{free_port}", "True", "True"]
    base = line.split()[1]
    assert requests.get(f"{base}/health", timeout=20).json()["embedded"] is True
    assert requests.get(f"{base}/NASA", timeout=20).status_code == 200
    output, _ = process.communicate(timeout=10)
    assert output == "", "an embedded service writes nothing"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{base}/health", timeout=20)


LAZY = """
import os, sys, threading, urllib.request
for name in [name for name in os.environ if name.startswith("WAITWISE_")]:
    del os.environ[name]
import server.embedded as embedded
from server import running
embedded.USUAL, embedded._OPENED = {usual}, {opened}
service = running()
print("loaded", "flask" in sys.modules)
if {opened} < 1:
    while "flask" not in sys.modules:
        threading.Event().wait(0.01)
    print("made", True)
with urllib.request.urlopen(service + "/NASA", timeout=60) as answer:
    print("served", answer.status, "flask" in sys.modules)
"""


@pytest.mark.parametrize("opened", [60.0, 0.01])
def test_the_application_is_made_when_it_is_asked_for_or_a_moment_after(
    start: Start, free_port: int, opened: float
) -> None:
    process, line = start(["-c", LAZY.format(usual=free_port, opened=opened)], "loaded")
    if opened == 60:
        assert line.split() == ["loaded", "False"]
    output, _ = process.communicate(timeout=60)
    assert output.splitlines()[-1] == "served 200 True"


def test_a_setting_that_cannot_be_used_is_told_to_whoever_starts_it(
    monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    monkeypatch.setattr(embedded, "USUAL", free_port)
    monkeypatch.setenv("WAITWISE_SEED", "a number")
    with pytest.raises(SettingsError, match="WAITWISE_SEED"):
        running()


def test_one_inside_another_process_is_never_adopted(start: Start, free_port: int) -> None:
    _, first = start(["-c", PROGRAM.format(usual=free_port)], "service")
    _, second = start(["-c", PROGRAM.format(usual=free_port)], "service")
    assert first.split()[1:3] == [f"http://127.0.0.1:{free_port}", "True"]
    assert second.split()[2] == "True"
    assert 5000 <= int(second.split()[1].rpartition(":")[2]) <= 5500


def test_processes_that_start_at_once_get_one_service_each(start: Start, free_port: int) -> None:
    lines: list[str] = []
    threads = [
        threading.Thread(target=lambda: lines.append(start(["-c", PROGRAM.format(usual=free_port)], "service")[1]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    places = {line.split()[1] for line in lines}
    assert len(places) == 4
    assert all(requests.get(f"{place}/health", timeout=20).json()["embedded"] for place in places)


@pytest.mark.parametrize(
    "answer",
    [
        until_hung_up,
        say(*[b"HTTP/1.1 200 OK\r\nX: "] + [b"x"] * 1200, pause=0.05),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n", *[b"x"] * 1200, pause=0.05),
        say(b"\x00\xff nonsense\r\n\r\n"),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"),
        say(b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"service": "other"}'),
        say(b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000),
    ],
    ids=["silent", "dripping header", "dripping body", "no HTTP", "a list", "another service", "endless"],
)
def test_another_program_on_the_port_is_neither_adopted_nor_waited_for(
    answer: Callable[[socket.socket], None],
) -> None:
    with program(answer) as port:
        began = time.perf_counter()
        assert ask_health(f"http://127.0.0.1:{port}", 0.3) is None
        assert time.perf_counter() - began < 20, "it goes on for a minute"


def test_the_environment_names_a_service(serve: Callable[[Flask], str], monkeypatch: pytest.MonkeyPatch) -> None:
    base = serve(create_app())
    monkeypatch.setenv("WAITWISE_SERVICE", f"{base}/")
    service = running()
    assert (service, service.started_here) == (base, False)


@pytest.mark.parametrize(
    ("named", "advice"),
    [
        ("http://127.0.0.1:1", "Start one with `python -m server --port 1`"),
        ("http://localhost:1/", "Start one with `python -m server --port 1`"),
        ("http://127.0.0.1:1/deeper", "Look whether it runs"),
        ("https://127.0.0.1:1", "Look whether it runs"),
        ("nonsense", "Write an address such as http://127.0.0.1:5009"),
        ("ftp://127.0.0.1", "Write an address such as http://127.0.0.1:5009"),
        ("http://[", "Write an address such as http://127.0.0.1:5009"),
        ("http://x:y", "Write an address such as http://127.0.0.1:5009"),
    ],
)
def test_a_named_service_that_does_not_answer_is_an_error_that_says_so_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, named: str, advice: str
) -> None:
    monkeypatch.setenv("WAITWISE_SERVICE", named)
    with pytest.raises(ServiceNotFoundError) as told:
        running()
    assert str(told.value).startswith(f"WAITWISE_SERVICE says {named!r}, but no Waitwise service answers there. ")
    assert advice in str(told.value)
    assert str(told.value).endswith(", or unset the variable.")


def test_the_url_is_a_plain_string_without_a_slash_at_its_end() -> None:
    url = ServiceURL("http://127.0.0.1:5009/", started_here=True)
    assert isinstance(url, str)
    assert json.dumps(f"{url}/NASA") == '"http://127.0.0.1:5009/NASA"'
