"""Sessions that learn, against limiters that nobody here wrote: nginx, Flask-Limiter, express-rate-limit."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.probe.test_real_servers import flask_limiter, nginx
from widgets.pace import PacedSession, PaceStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

logger = logging.getLogger(__name__)

pytestmark = pytest.mark.long

JOB, MOST = 20, 60
EXPRESS = """
const express = require("express");
const { rateLimit } = require("express-rate-limit");
const app = express();
app.use(rateLimit({ windowMs: 2000, limit: 4, standardHeaders: "draft-7", legacyHeaders: false }));
app.get("/", (_, answer) => answer.send("served"));
app.listen(Number(process.argv[2]), "127.0.0.1");
"""


@contextmanager
def nginx_alone(folder: Path) -> Iterator[str]:
    """Two requests a second, no burst."""
    with nginx(folder) as base:
        yield f"{base}/strict"


@contextmanager
def nginx_burst(folder: Path) -> Iterator[str]:
    """Two requests a second, a burst of five."""
    with nginx(folder) as base:
        yield f"{base}/burst"


@contextmanager
def flask(folder: Path) -> Iterator[str]:
    """Four requests in two seconds, any two."""
    del folder
    with flask_limiter() as base:
        yield f"{base}/"


@contextmanager
def express(folder: Path) -> Iterator[str]:
    """Four requests in each two seconds, installed as people install it."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("npm is not installed")
    (folder / "app.js").write_text(EXPRESS)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "express@4", "express-rate-limit@7"]
    try:
        subprocess.run(install, cwd=folder, check=True, timeout=120, capture_output=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm cannot install express-rate-limit here")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(["node", "app.js", str(port)], cwd=folder)
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with closing(socket.socket()) as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("real", [nginx_alone, nginx_burst, flask, express])
def test_a_job_of_twenty_is_served_whole_and_once_learned_hardly_anything_is_refused(
    tmp_path: Path, real: Callable[[Path], AbstractContextManager[str]]
) -> None:
    statuses: list[int] = []
    with (
        real(tmp_path) as url,
        PaceStore(f"sqlite:///{tmp_path}/paces.sqlite") as store,
        PacedSession(store, learn="quick") as session,
    ):
        note = session.note

        def noted(limiter: object, response: object, why: str = "") -> None:
            statuses.append(response.status_code)  # type: ignore[attr-defined]
            note(limiter, response, why)  # type: ignore[arg-type]

        session.note = noted  # type: ignore[method-assign]
        began = time.monotonic()
        assert [session.get(url).status_code for _ in range(JOB)] == [200] * JOB
        took, refused = time.monotonic() - began, len(statuses) - JOB
        logger.info("%s: %d pages in %.1f s, %d refused", real.__name__, JOB, took, refused)
        assert refused <= 8
        while store.pace(url) is None and len(statuses) < MOST:
            session.get(url)
        pace = store.pace(url)
        assert pace is not None, "a count that is obeyed shows its pace, too"
        logger.info("learned %.3f s, %s, after %d requests", pace.wait, pace.kind, len(statuses))
        assert pace.wait >= 0.45
        before = len(statuses)
        for _ in range(10):
            session.get(url)
        assert len(statuses) - before <= 11, "ten pages, and one refusal at most where this machine stalled"
