"""The door in front of a real browser: a page that may ask keeps the pace, and any other page gets nothing through."""

from __future__ import annotations

import subprocess
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from tests.browser.conftest import PATIENCE, launch
from tests.conftest import served
from tests.pace.door.test_door import PACE, clients
from tests.pace.target import LoggingTarget, logging_target
from widgets.pace import PacedSession, PaceStore
from widgets.pace.door import Door, door

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

EVIL, REBOUND = "evil.example", "rebinding.example"
EACH = 5
ASKING = """async ([url, times]) => {
    const said = [];
    for (let i = 0; i < times; i++) said.push(await (await fetch(url, {cache: "no-store"})).text());
    return said.join("");
}"""
FETCHED = """async url => {
    const told = [];
    for (const options of [{}, {mode: "no-cors"}, {method: "POST", mode: "no-cors", body: "x"},
                           {method: "PUT", body: "x"}, {headers: {"X-Mine": "1"}}, {credentials: "include"}])
        told.push(await fetch(url, options).then(answer => answer.type, () => "refused"));
    return told;
}"""
EMBEDDED = """url => Promise.all(["img", "script", "iframe", "audio", "embed", "object"].map(name =>
  new Promise(done => {
    const element = document.createElement(name);
    element.onload = element.onerror = () => done(name);
    setTimeout(() => done(name), 3000);
    element[name === "object" ? "data" : "src"] = url;
    document.body.append(element);
})))"""
SUBMITTED = """([url, method]) => {
    const form = Object.assign(document.createElement("form"), {action: url, method});
    document.body.append(form);
    form.submit();
}"""


@Request.application
def empty(_: Request) -> Response:
    """A page with nothing in it."""
    return Response("<!doctype html><title>a page</title><body></body>", mimetype="text/html")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PaceStore]:
    with PaceStore(f"sqlite:///{tmp_path}/paces.sqlite") as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[Browser]:
    """One for which names of others lead to this machine."""
    rules = f"--host-resolver-rules=MAP {EVIL} 127.0.0.1, MAP {REBOUND} 127.0.0.1"
    with closing(launch(chromium.browser_type, rules)) as opened:
        yield opened


@contextmanager
def page_at(browser: Browser, url: str) -> Iterator[tuple[Page, list[int]]]:
    """A page, and the statuses of what was answered to it or by it."""
    context, statuses = browser.new_context(), list[int]()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.on("response", lambda response: statuses.append(response.status))
    yield page, statuses
    context.close()


@contextmanager
def asked_by(origin: str, store: PaceStore) -> Iterator[tuple[Door, LoggingTarget]]:
    """A door that a page of that origin may ask through, and a service behind it."""
    with logging_target() as target, door(store, origins=[origin]) as opened:
        yield opened, target


@pytest.mark.browser
def test_a_page_with_curl_r_node_and_a_paced_session_keeps_one_pace_on_the_wire(
    browser: Browser, store: PaceStore
) -> None:
    with served(empty) as origin, asked_by(origin, store) as (opened, target), PacedSession(store) as session:
        store.keep(target.url, PACE)
        url = opened.gate.base + target.url
        ways = clients(url)
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in ways.values()]
        mine = threading.Thread(target=lambda: [session.get(target.url) for _ in range(EACH)])
        with page_at(browser, origin) as (page, _):
            mine.start()
            assert page.evaluate(ASKING, [url, EACH]) == "ok" * EACH
        mine.join(60)
        assert [each.communicate(timeout=60)[0] for each in running] == ["ok" * EACH] * len(running)
        assert len(target.arrivals) == EACH * (len(running) + 2)
        assert min(target.gaps) >= PACE


@pytest.mark.browser
@pytest.mark.parametrize("token", [None, ""], ids=["who knows the token", "without a token"])
def test_nothing_that_a_page_of_another_origin_can_do_goes_through(
    browser: Browser, store: PaceStore, token: str | None
) -> None:
    with served(empty) as base, logging_target() as target, door(store, token=token) as opened:
        url = opened.gate.base + target.url
        evil = base.replace("127.0.0.1", EVIL)
        with page_at(browser, evil) as (page, statuses):
            # With `no-cors` a page may send what it likes, and sees nothing of the answer.
            assert page.evaluate(FETCHED, url) == ["refused", "opaque", "opaque", "refused", "refused", "refused"]
            page.evaluate(EMBEDDED, url)
            assert set(statuses) == {403}
            assert len(statuses) >= 6
        for method in ("GET", "POST"):
            with page_at(browser, evil) as (page, statuses), page.expect_navigation() as told:
                page.evaluate(SUBMITTED, [url, method])
            assert told.value is not None
            assert told.value.status == 403
        assert target.arrivals == []


@pytest.mark.browser
def test_a_name_that_is_made_to_lead_to_the_door_opens_nothing(browser: Browser, store: PaceStore) -> None:
    with logging_target() as target, door(store) as opened:
        there = opened.gate.base.replace("127.0.0.1", REBOUND)
        context = browser.new_context()
        page = context.new_page()
        for url in (there, there + target.url):
            answer = page.goto(url)
            assert answer is not None
            assert answer.status == 403
            # It is of one origin with the door now, as the browser sees it.
            assert page.evaluate("async url => (await fetch(url)).status", there + target.url) == 403
        context.close()
        assert target.arrivals == []
