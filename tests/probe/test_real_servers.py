"""The careful strategy against limiters that nobody here wrote, at small time scales."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask_limiter import Limiter

from server.limiters import LeakyBucket, SlidingLog
from tests.conftest import served
from widgets.probe import Attempt, Goal, Outcome, Verdict, probe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOAL = Goal(refusal_rate=0.1)
"""Looser than the one people are offered: half the requests, and a busy machine may stall at twice as many of them."""

RATE = 2
TRUTH = {
    "nginx": LeakyBucket(rate=RATE, per=1, burst=0, delay=None).steady_wait(GOAL.refusal_rate),
    "nginx, burst": LeakyBucket(rate=RATE, per=1, burst=5, delay=None).steady_wait(GOAL.refusal_rate),
    "Flask-Limiter": SlidingLog(limit=2 * RATE, window=2).steady_wait(GOAL.refusal_rate),
}
"""Seconds, of the same rules as we wrote them. A rule with a burst refuses 1 - w/T of the requests at a spacing w
below its T, so that 10 % are refused at 0.9 T."""

ROOM = 1.25
"""What a certified wait may be in parts of the true one."""

CONF = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  limit_req_zone $host zone=strict:1m rate={rate}r/s;
  limit_req_zone $host zone=burst:1m rate={rate}r/s;
  server {{
    listen 127.0.0.1:{port}; root {folder};
    location /strict {{ limit_req zone=strict; try_files /served =404; }}
    location /burst {{ limit_req zone=burst burst=5 nodelay; try_files /served =404; }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """A private nginx with `limit_req`, with a burst and without; gives its base URL."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin:/opt/homebrew/bin")
    if program is None:
        pytest.fail("nginx is not installed, and this test probes the real one: install nginx-light or nginx")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    (folder / "served").write_text("served")
    (folder / "nginx.conf").write_text(CONF.format(folder=folder, port=port, rate=RATE))
    process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with closing(socket.socket()) as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def flask_limiter() -> Iterator[str]:
    """Flask-Limiter with a moving window, 429 and headers; gives its base URL."""
    app = Flask(__name__)
    limiter = Limiter(
        lambda: "everybody", app=app, storage_uri="memory://", strategy="moving-window", headers_enabled=True
    )
    app.add_url_rule("/", view_func=limiter.limit(f"{RATE * 2} per 2 second")(lambda: "served"))
    with served(app) as base:
        yield base


@dataclass(frozen=True, slots=True)
class Probed:
    """One probe of a real server.

    Attributes:
        verdict: What the careful strategy says.
        longest: The longest spacing of ours, seconds, that was refused after an acceptance. A gap refuses one that is
            long enough only where this machine stalled between the clock and the socket.
    """

    verdict: Verdict
    longest: float

    def lies_within(self, truth: float, *, gap: bool) -> bool:
        """Whether it is certified and no more than a quarter too long, for what this machine let it see."""
        longest = max(truth, self.longest) if gap else truth
        return self.verdict.kind == "certified" and (self.verdict.wait or inf) <= ROOM * longest


def probed(url: str) -> Probed:
    """Probe it once."""
    attempts: list[Attempt] = []
    verdict = probe(url, "careful", GOAL, on_attempt=attempts.append)
    refused = (
        later.spacing or 0.0
        for sooner, later in pairwise(attempts)
        if (sooner.outcome, later.outcome) == (Outcome.ACCEPTED, Outcome.REFUSED)
    )
    return Probed(verdict, max(refused, default=0.0))


def tried(url: str, truth: float, *, gap: bool) -> list[Probed]:
    """Probe it, and once more where it took too long a wait: a busy machine does so now and then, a fault each time."""
    first = probed(url)
    return [first] if first.lies_within(truth, gap=gap) else [first, probed(url)]


@pytest.fixture(scope="module")
def tries(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Probed]]:
    """What the careful strategy says of each that is asked for, all of them probed at once since they only wait."""
    wanted = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    with ExitStack() as stack:
        web = stack.enter_context(nginx(tmp_path_factory.mktemp("nginx")))
        limited = stack.enter_context(flask_limiter())
        addresses = {"nginx": f"{web}/strict", "nginx, burst": f"{web}/burst", "Flask-Limiter": f"{limited}/"}
        addresses = {name: address for name, address in addresses.items() if name in wanted}
        with ThreadPoolExecutor(len(addresses)) as pool:
            found = pool.map(
                lambda name: tried(addresses[name], TRUTH[name], gap=name != "Flask-Limiter"), addresses.keys()
            )
            return dict(zip(addresses, found, strict=True))


SERVERS = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name == "nginx" else [pytest.mark.long]) for name in TRUTH]
)
"""One real server is probed each time, the others with the long tests."""


@SERVERS
def test_the_certified_wait_is_the_true_one_or_little_more(tries: dict[str, list[Probed]], name: str) -> None:
    last = tries[name][-1]
    assert last.lies_within(TRUTH[name], gap=name != "Flask-Limiter"), last.verdict.statement


@SERVERS
def test_no_certified_wait_is_shorter_than_the_true_one(tries: dict[str, list[Probed]], name: str) -> None:
    for each in tries[name]:
        assert each.verdict.kind != "certified" or (each.verdict.wait or 0) >= TRUTH[name], each.verdict.statement
