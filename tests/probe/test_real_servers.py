"""The careful strategy against limiters that nobody here wrote, at small time scales."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask_limiter import Limiter
from werkzeug.serving import make_server

from server.limiters import LeakyBucket, SlidingLog
from server.serving import QuietHandler
from widgets.probe import Verdict, probe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RATE = 4
TRUTH = {
    "nginx": LeakyBucket(rate=RATE, per=1, burst=0, delay=None).steady_wait(0.05),
    "nginx, burst": LeakyBucket(rate=RATE, per=1, burst=5, delay=None).steady_wait(0.05),
    "Flask-Limiter": SlidingLog(limit=2 * RATE, window=2).steady_wait(0.05),
}
"""Seconds, of the same rules as we wrote them. A rule with a burst refuses 1 - w/T of the requests at a spacing w
below its T, so that 5 % are refused at 0.95 T."""

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
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    """What the careful strategy says of each, all of them probed at once since they only wait."""
    with ExitStack() as stack:
        web = stack.enter_context(nginx(tmp_path_factory.mktemp("nginx")))
        limited = stack.enter_context(flask_limiter())
        addresses = {"nginx": f"{web}/strict", "nginx, burst": f"{web}/burst", "Flask-Limiter": f"{limited}/"}
        with ThreadPoolExecutor(len(addresses)) as pool:
            found = pool.map(lambda url: probe(url, "careful"), addresses.values())
            return dict(zip(addresses, found, strict=True))


@pytest.mark.parametrize("name", TRUTH)
def test_the_certified_wait_is_the_true_one_or_little_more(verdicts: dict[str, Verdict], name: str) -> None:
    verdict = verdicts[name]
    assert verdict.kind == "certified", verdict.statement
    assert verdict.wait is not None
    assert 1.0 <= verdict.wait / TRUTH[name] <= 1.25, verdict.statement
