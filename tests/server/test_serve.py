"""Many clients at once: `python -m server --serve`, which is Waitress, and gunicorn with threads."""

from __future__ import annotations

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests

from tests.server.conftest import port_free_now, starting

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.server.conftest import Start


WITH_THREADS = ["-m", "gunicorn", "--workers=1", "--threads=8", "--no-control-socket", "server:create_app()"]


@pytest.fixture
def served(start: Start) -> tuple[subprocess.Popen[str], str]:
    process, line = start(["-m", "server", "--serve", "--port", "0", "--time-scale", "0.02"], "Waitwise service on")
    return process, line.split()[3]


def test_media_ranges_rules_and_docs_are_what_they_are_elsewhere(served: tuple[subprocess.Popen[str], str]) -> None:
    process, base = served
    whole = requests.get(f"{base}/NASA/eagle_has_landed.wav", timeout=20)
    part = requests.get(f"{base}/NASA/eagle_has_landed.wav", headers={"Range": "bytes=100-199"}, timeout=20)
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert whole.headers["X-Description"]
    assert requests.get(f"{base}/openapi.json", timeout=20).json()["openapi"] == "3.1.0"
    assert requests.get(f"{base}/broken/endless?bytes=1000", timeout=20).content == b"and on and on " * 71 + b"and on"
    too_long = requests.post(f"{base}/lab/puzzles", json={"level": "x" * 100_000}, timeout=20)
    assert too_long.status_code == 413
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert process.stdout is not None
    logged = [json.loads(line) for line in process.stdout if line.startswith("{")]
    assert [(line["path"], line["status"]) for line in logged][:2] == [
        ("/NASA/eagle_has_landed.wav", 200),
        ("/NASA/eagle_has_landed.wav", 206),
    ]


@pytest.fixture(scope="module", params=["waitress", "gunicorn"])
def base(request: pytest.FixtureRequest) -> Iterator[str]:
    """The service for many, under each of the servers that the README names; no test leaves it another."""
    with starting() as start:
        if request.param == "waitress":
            process, line = start(["-m", "server", "--serve", "--port", "0"], "Waitwise service on")
            address = line.split()[3]
        else:
            port = port_free_now()
            process, _ = start([*WITH_THREADS, f"--bind=127.0.0.1:{port}"], "Booting worker")
            address = f"http://127.0.0.1:{port}"
        yield address
        process.terminate()
        process.wait(10)


def test_of_many_at_once_as_many_are_served_as_the_rule_allows(base: str) -> None:
    url = f"{base}/slow/token-bucket?rate=0.000001&burst=5&scope=shared"
    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(lambda _: requests.get(url, timeout=20).status_code, range(96)))
    assert sorted(statuses) == [200] * 5 + [503] * 91


def test_parts_and_what_was_not_changed_are_answered_as_everywhere(base: str) -> None:
    url = f"{base}/NASA/eagle_has_landed.wav"
    whole = requests.get(url, timeout=20)
    assert int(whole.headers["Content-Length"]) == len(whole.content)
    part = requests.get(url, headers={"Range": "bytes=100-199"}, timeout=20)
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    same = requests.get(url, headers={"If-None-Match": whole.headers["ETag"]}, timeout=20)
    assert (same.status_code, same.content) == (304, b"")
    asked = requests.head(url, timeout=20)
    assert (asked.headers["Content-Length"], asked.content) == (whole.headers["Content-Length"], b"")
    assert len(requests.get(f"{base}/broken/endless?bytes=1000", timeout=20).content) == 1000


def test_the_teachers_view_still_knows_a_proxy(base: str) -> None:
    assert requests.get(f"{base}/lab", timeout=20).status_code == 200
    assert requests.get(f"{base}/lab", headers={"X-Forwarded-For": "203.0.113.9"}, timeout=20).status_code == 403
