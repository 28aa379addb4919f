"""nginx's real `limit_req` and ours decide alike on the request times that nginx itself logged."""

from __future__ import annotations

import copy
import random
import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import pytest

from server.limiters import LeakyBucket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = {
    "strict": LeakyBucket(rate=10, per=1, burst=0, delay=None),
    "nodelay": LeakyBucket(rate=10, per=1, burst=5, delay=None),
    "queued": LeakyBucket(rate=20, per=1, burst=8, delay=0),
    "two-stage": LeakyBucket(rate=20, per=1, burst=8, delay=3),
    "per-minute": LeakyBucket(rate=700, per=60, burst=3, delay=None),  # cut to 11.666 a second
}
REQUESTS = 60
GRAIN = 0.001
"""nginx's limit runs on its monotonic clock, its log on the wall clock: their milliseconds begin at other moments."""

CONF = """
daemon off; master_process off; worker_processes 1;
pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  log_format times '$request_uri $status $msec $request_time';
  access_log {folder}/access.log times;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {zones}
  server {{ listen 127.0.0.1:{port}; root {folder}; {locations} }}
}}
"""


class Logged(NamedTuple):
    """One request as nginx saw it; times in seconds."""

    number: int
    started: float
    delay: float
    accepted: bool


def configuration(folder: Path, port: int) -> str:
    zones, locations = [], []
    for name, rule in RULES.items():
        unit = "s" if rule.per == 1 else "m"
        zones.append(f"limit_req_zone $host zone={name}:1m rate={rule.rate}r/{unit};")
        burst = f" burst={rule.burst}" if rule.burst else ""
        delay = " nodelay" if rule.delay is None else f" delay={rule.delay}" if rule.delay else ""
        locations.append(f"location /{name} {{ limit_req zone={name}{burst}{delay}; try_files /served =404; }}")
    return CONF.format(folder=folder, port=port, zones="\n".join(zones), locations="\n".join(locations))


@contextmanager
def nginx(folder: Path) -> Iterator[int]:
    """Run a private nginx on a free loopback port; gives the port."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin:/opt/homebrew/bin")
    if program is None:
        pytest.fail("nginx is not installed, and this test compares with the real one: install nginx-light or nginx")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    (folder / "served").write_text("served")
    (folder / "nginx.conf").write_text(configuration(folder, port))
    with subprocess.Popen(
        [program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            for _ in range(100):
                if process.poll() is not None:
                    pytest.fail(f"nginx ended at once: {process.stderr.read() if process.stderr else ''}")
                with closing(socket.socket()) as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def send(port: int) -> None:
    """Send each rule its own train of bursts and pauses, without waiting for answers; then read them all."""
    draw = random.Random(20)  # noqa: S311 - a schedule, not a secret
    plan: list[tuple[float, str, int]] = []
    for name, rule in RULES.items():
        at = 0.0
        for number in range(REQUESTS):
            plan.append((at, name, number))
            at += draw.choice([0.004, 0.01, 0.03, 0.62 * rule.interval, 1.43 * rule.interval])
    start, open_ones = time.monotonic(), []
    for at, name, number in sorted(plan):
        time.sleep(max(0.0, start + at - time.monotonic()))
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.sendall(f"GET /{name}?n={number} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        open_ones.append(connection)
    for connection in open_ones:
        while connection.recv(65_536):
            pass
        connection.close()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Logged]]:
    folder = tmp_path_factory.mktemp("nginx")
    with nginx(folder) as port:
        send(port)
    found: dict[str, list[Logged]] = {name: [] for name in RULES}
    for line in (folder / "access.log").read_text().splitlines():
        target, status, ended, lasted = line.split()
        name, number = target.removeprefix("/").split("?n=")
        assert status in {"200", "503"}
        found[name].append(Logged(int(number), float(ended) - float(lasted), float(lasted), status == "200"))
    return {name: sorted(requests) for name, requests in found.items()}


@pytest.mark.parametrize("name", RULES)
def test_ours_refuses_the_requests_that_nginx_refused(name: str, log: dict[str, list[Logged]]) -> None:
    limiter, at_the_edge = copy.deepcopy(RULES[name]), 0
    later: list[float] = []
    for request in log[name]:
        outcomes = []
        for shift in (0, GRAIN, -GRAIN):
            ours = copy.deepcopy(limiter)
            decision = ours.ask(request.started + shift)
            outcomes.append(decision.accepted)
            if decision.accepted is request.accepted:
                break
        else:
            pytest.fail(f"nginx {'served' if request.accepted else 'refused'} request {request}, ours did not")
        at_the_edge += len(outcomes) > 1
        limiter = ours
        if decision.accepted:
            later.append(request.delay - decision.delay)
    served = sum(request.accepted for request in log[name])
    assert len(log[name]) == REQUESTS
    assert 5 < served < REQUESTS - 5
    assert at_the_edge <= 3
    # A busy machine answers late now and then, but never early.
    assert min(later) > -3 * GRAIN
    assert median(later) < 3 * GRAIN


def test_queued_answers_were_really_held_back(log: dict[str, list[Logged]]) -> None:
    assert max(request.delay for request in log["queued"]) > 0.2
    assert median(request.delay for request in log["nodelay"]) < 3 * GRAIN
