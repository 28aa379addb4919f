"""Scrapy's own crawler with the middleware, against a service on a real socket."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from server.limiters import MinimumGap
from tests.conftest import served
from tests.pace.target import logging_target
from widgets.pace import PaceStore

if TYPE_CHECKING:
    from pathlib import Path


def crawl(url: str, store: str, count: int, *more: str) -> str:
    """What the crawler says it was served."""
    command = [sys.executable, "-m", "tests.pace.crawl", url, store, str(count), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert not done.returncode, done.stderr
    ignored = [line for line in done.stderr.splitlines() if line.startswith("ignored: ")]
    return "\n".join([done.stdout.strip(), *ignored])


def test_a_crawl_keeps_a_pace(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/p.sqlite"
    with logging_target() as target, PaceStore(url) as store:
        store.keep(target.url, 0.1)
        assert crawl(target.url, url, 5) == "5 {200}"
        assert len(target.arrivals) == 5
        assert min(target.gaps) >= 0.1


@pytest.mark.long
def test_a_crawl_learns_the_pace_and_is_refused_nothing_from_then_on(tmp_path: Path) -> None:
    limiter, asked = MinimumGap(0.3, 0.0), list[int]()

    @Request.application
    def app(_: Request) -> Response:
        asked.append(200 if limiter.ask(time.monotonic()).accepted else 503)
        return Response("page", asked[-1])

    url = f"sqlite:///{tmp_path}/p.sqlite"
    with served(app) as base, PaceStore(url) as store:
        for _ in range(3):  # where answers come late a strategy wants more of them; the next crawl goes on with it
            if store.pace(base) is None:
                assert crawl(f"{base}/", url, 40, "quick") == "40 {200}"
        assert 503 in asked
        pace = store.pace(base)
        assert pace
        assert pace.wait >= 0.3
        ((_, learnt),) = store.probes.history(pace.target.service)
        assert learnt.wait
        store.keep(base, learnt.wait, learnt, replace=True)  # as a person does who wants no shorter one to be tried
        before = len(asked)
        assert crawl(f"{base}/", url, 15, "quick") == "15 {200}"
        assert asked[before:] == [200] * 15


def test_a_crawl_that_only_obeys_asks_nothing_again(tmp_path: Path) -> None:
    """`WAITWISE_LEARN = None` was taken for no word at all, and learned carefully."""
    asked = list[str]()

    @Request.application
    def app(request: Request) -> Response:
        asked.append(request.query_string.decode())
        return Response("no", 404 if len(asked) == 1 else 429)

    url = f"sqlite:///{tmp_path}/p.sqlite"
    with served(app) as base, PaceStore(url) as store:
        assert crawl(f"{base}/", url, 2) == "0 set()"
        # Scrapy's own retry of a 429 is two more.
        assert sorted(asked) == ["page=0"] + ["page=1"] * 3
        assert store.probes.unfinished() == []


def test_a_redirect_that_is_kept_back_says_what_was_sent(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/p.sqlite"
    app = Request.application(lambda request: redirect("/b") if request.path == "/a" else Response("b"))
    with served(app) as base, PaceStore(url) as store:
        store.keep(f"{base}/a", 0.01, scope="path")
        store.keep(f"{base}/b", 7200, scope="path")
        said = crawl(f"{base}/a", url, 1)
    assert said.startswith("0 set()\nignored: /a?page=0 was asked, and redirects to /b, which was not. ")
    assert "; it was not sent." in said


def test_a_refused_request_that_is_not_due_again_gives_its_refusal_back(tmp_path: Path) -> None:
    asked = list[str]()

    @Request.application
    def app(request: Request) -> Response:
        asked.append(request.path)
        return Response("a day", 429, {"Retry-After": "86400"})

    with served(app) as base:
        assert crawl(f"{base}/", f"sqlite:///{tmp_path}/p.sqlite", 1, "quick", "429") == "1 {429}"
        assert len(asked) == 1
