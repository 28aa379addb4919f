"""Every exported Python keeps the pace and every form of Retry-After, against a service that refuses in each."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.pace.export.test_code import RUN, pace
from widgets.pace.export.code import CODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WAIT = 0.05
HOLD = 0.2


def soon() -> float:
    return time.time() + HOLD


FORMS: dict[str, Callable[[], dict[str, str]]] = {
    "nothing said": dict,
    "a fraction": lambda: {"Retry-After": f"{HOLD}"},
    "a unit": lambda: {"Retry-After": f"{HOLD}s"},
    "several": lambda: {"Retry-After": f"0, {HOLD}"},
    "a date by its own clock": lambda: {"Date": formatdate(1e9, usegmt=True), "Retry-After": formatdate(1e9 + 1)},
    "a date by mine": lambda: {"Retry-After": formatdate(int(soon() + 1), usegmt=True)},
    "an ISO date": lambda: {"Retry-After": datetime.fromtimestamp(soon(), UTC).isoformat()},
    "an ISO date without a zone": lambda: {"Retry-After": datetime.fromtimestamp(soon(), UTC).isoformat()[:23]},
    "epoch seconds": lambda: {"Retry-After": str(soon())},
    "epoch milliseconds": lambda: {"Retry-After": str(round(soon() * 1000))},
    "nonsense": lambda: {"Retry-After": "soon"},
}
LEAST = dict.fromkeys(FORMS, HOLD - 0.002) | {"nothing said": 2 * WAIT, "nonsense": 2 * WAIT}
"""Seconds that the next request must stay away; a time in milliseconds may be one off."""


class Refusing:
    """Refuses the first request for each form, and keeps the moments of all."""

    def __init__(self) -> None:
        self.asked: dict[str, list[tuple[float, str]]] = defaultdict(list)

    def __call__(self, address: str) -> dict[str, str] | None:
        """What is said to who is refused, or `None`."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        who, form = query["who"], query.get("form", "")
        came = time.monotonic()  # before it is said until when: a busy machine may stall between the two
        first = form not in [earlier for _, earlier in self.asked[who]]
        said = FORMS[form]() if form and first else None
        self.asked[who].append((came, form))
        return said


@contextmanager
def refusing(service: Refusing) -> Iterator[str]:
    """Serve it without a `Date` of the server's own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = service(self.path)
            self.send_response_only(200 if said is None else 429)
            for name, value in ((said or {}) | {"Content-Length": "0"}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[float, str]]]:
    """What each snippet asked, and when; they run at once, since most of it is waiting."""
    service, folder = Refusing(), tmp_path_factory.mktemp("snippets")
    with refusing(service) as base:
        running = [start(folder, name, base) for name in RUN]
        try:
            for process in running:
                _, told = process.communicate(timeout=120)
                assert process.returncode == 0, told
        finally:  # one that waits for hours ends with the test
            for process in running:
                process.kill()
                process.communicate()
    return service.asked


def start(folder: Path, name: str, base: str) -> subprocess.Popen[str]:
    script = folder / f"{list(RUN).index(name)}.py"
    text = CODE[name][1](pace(base, WAIT))
    # The address of a target has no query; the script asks for what is refused in each form by one.
    text = text.replace(f"URL = {base!r}", f"URL = {base + '?who=' + str(list(RUN).index(name))!r}")
    each = "\n".join(f"{called(name)(form)}" for form in FORMS)
    script.write_text(text + each + "\n")
    return subprocess.Popen([sys.executable, script], stderr=subprocess.PIPE, text=True)


def called(name: str) -> Callable[[str], str]:
    def call(form: str) -> str:
        address = f"URL + '&form=' + {form!r}"
        once = RUN[name].replace("ask(client)", f"ask(client, {address})").replace("URL)", f"{address})")
        # The ratelimiter does not ask again by itself.
        return f"{once}\n{once}" if "ratelimiter" in name else once

    return call


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", RUN)
def test_a_snippet_of_python_stays_away_as_long_as_it_is_told(
    name: str, form: str, asked: dict[str, list[tuple[float, str]]]
) -> None:
    mine = asked[str(list(RUN).index(name))]
    moments = [moment for moment, which in mine if which == form]
    assert len(moments) == 2, "it is refused once and then served"
    assert moments[1] - moments[0] >= LEAST[form]


@pytest.mark.parametrize("name", RUN)
def test_no_two_requests_of_a_snippet_are_closer_than_the_pace(
    name: str, asked: dict[str, list[tuple[float, str]]]
) -> None:
    moments = [moment for moment, _ in asked[str(list(RUN).index(name))]]
    # They are counted from answer to answer here, where a busy machine may shorten one by what it lengthened the other.
    assert min(after - before for before, after in pairwise(moments)) >= WAIT / 2


@pytest.mark.parametrize("said", ["200000", "inf", "9" * 400])
def test_a_script_that_is_told_to_stay_away_for_days_ends_with_a_sentence(said: str) -> None:
    text = CODE["httpx"][1](pace("http://127.0.0.1:9/")).partition("class Paced")[0]
    script = text + f"\ngate.saw(429, {{'Retry-After': {said!r}}})\ngate.wait()\n"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "says to stay away for" in done.stderr
