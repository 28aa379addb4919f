"""Hundreds of hostile replies in a real Chromium, under Voila and under JupyterLab: none runs, none sends a request."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, voila
from tests.browser.parade import BATCH, path_of
from tests.browser.served import Answer, Files, files_served
from tests.browser.test_lab import lab  # noqa: F401 - a fixture, asked for by its name
from tests.media import attacks
from widgets.media.sandbox import POLICY

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOTEBOOK = "attacks.ipynb"
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LONG = 60_000
SMALL = """.ww-parade { zoom: 0.1; display: flex; flex-flow: row wrap }
.ww-hostile { flex: none; width: 1000px; height: auto }"""
"""As a page that was zoomed out: all is in sight at once, and pictures that ask to be loaded late are loaded."""

SEEN = """async shown => {
  const frame = () => new Promise(requestAnimationFrame)
  for (const one of shown) {
    const { top, bottom } = one.getBoundingClientRect()
    if (top < 0 || bottom > innerHeight) { one.scrollIntoView(); await frame() }
  }
  await frame(); await frame()
}"""


@pytest.fixture
def beacon() -> Iterator[Files]:
    """Where an attack that succeeds is seen."""
    with files_served() as files:
        yield files


@pytest.fixture
def hostile(beacon: Files) -> Iterator[Files]:
    """The service that sends all of it."""
    with files_served() as files:
        for reply in attacks.replies(beacon.url):
            files.put(path_of(reply), Answer(reply.body, reply.headers))
        yield files


@pytest.fixture
def notebook(hostile: Files, beacon: Files, tmp_path: Path) -> Path:
    """A notebook that shows the replies."""
    source = f"from tests.browser.parade import Parade\n\nParade({hostile.url!r}, {beacon.url!r})"
    cell = {"cell_type": "code", "id": "parade", "source": source, "metadata": {}, "outputs": []}
    whole = {"cells": [cell | {"execution_count": None}], "metadata": {"kernelspec": KERNEL}}
    path = tmp_path / NOTEBOOK
    path.write_text(json.dumps(whole | {"nbformat": 4, "nbformat_minor": 5}))
    return path


def parade(page: Page, hostile: Files, beacon: Files) -> None:
    """Find that the beacon sees one attack, that no reply does anything, and that the beacon still sees everything."""
    page.add_style_tag(content=SMALL)
    press(page, "First", f"2 shown, {len(hostile.answers)} left")
    wait_until(page, lambda: seen(beacon, "/ran/") == seen(beacon, "/asked/") == 1)
    beacon.asked.clear()
    march(page, hostile, beacon)
    click(page, "Bare")
    wait_until(page, lambda: seen(beacon, "/ran/") > 10 and seen(beacon, "/asked/") > 10)


def march(page: Page, hostile: Files, beacon: Files) -> None:
    """Show every batch and find that none of it did anything."""
    left, frames = len(hostile.answers), 0
    while left:
        shown = min(BATCH, left)
        left -= shown
        press(page, "Onward", f"{shown} shown, {left} left")
        expect(page.locator(".ww-hostile")).to_have_count(shown, timeout=LONG)
        page.locator(".ww-hostile").evaluate_all(SEEN)
        frames += page.locator("iframe.ww-frame").count()
        page.wait_for_timeout(300)
        assert beacon.asked == []
    assert set(hostile.asked) == set(hostile.answers)
    assert frames > len(attacks.STRINGS) - 10  # A few are, by their bytes, no page.
    page.wait_for_timeout(500)
    assert beacon.asked == []


def press(page: Page, name: str, words: str) -> None:
    """Press a button and wait until what it shows is there."""
    click(page, name)
    # By its class: to look for a text, or a role, in a page of this size keeps the page busy by itself.
    expect(page.locator(".ww-done")).to_have_text(words, timeout=LONG)


def click(page: Page, name: str) -> None:
    page.locator("button.ww-deed", has_text=name).click()


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what the beacon sees, which the page does not say."""
    end = time.monotonic() + LONG / 1000
    while not holds() and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert holds()


def seen(beacon: Files, way: str) -> int:
    return len({path for path in beacon.asked if path.startswith(way)})


def test_nothing_runs_and_nothing_is_asked_under_voila(
    notebook: Path, hostile: Files, beacon: Files, open_page: Callable[..., Page]
) -> None:
    with voila(notebook.parent, str(notebook), PYTHONPATH=str(ROOT)) as running:
        page = open_page(running.url, viewport={"width": 1280, "height": 2000})
        parade(page, hostile, beacon)


class Beacon(Files):
    """Counts connections too: a browser may open one and then ask for nothing."""

    connections = 0

    def get_request(self) -> tuple[socket.socket, object]:
        self.connections += 1
        return super().get_request()


@pytest.fixture
def counter() -> Iterator[Beacon]:
    with Beacon() as beacon:
        thread = threading.Thread(target=beacon.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield beacon
        beacon.shutdown()
        thread.join(30)


CONNECTING = (
    '<iframe src="URL"></iframe>',
    '<frameset><frame src="URL"></frameset>',
    '<a href="URL">words</a>',
    '<a href="URL" target="_blank" ping="URL">words</a>',
    '<svg width="99" height="99"><a xlink:href="URL"><text y="20">words</text></a></svg>',
    '<form action="URL"><button>words</button><input type="submit"></form>',
    '<link rel="preconnect" href="URL"><link rel="dns-prefetch" href="URL"><base href="URL"><a href="x">words</a>',
    '<meta http-equiv="refresh" content="0;url=URL">',
    '<object data="URL"></object><embed src="URL">',
    "[words](URL) <URL>",
)
PAGES = """
import ipywidgets
from tests.browser.parade import _of_kind, _unseen
from tests.browser.test_attacks import CONNECTING
from tests.media import attacks
from widgets.media import Piece, render

texts = [text.replace("URL", f"{BEACON}/linked") for text in CONNECTING]
armed = attacks.armed(BEACON)
told = [("text/html", text) for text in [*armed, *texts]]
told += [("text/markdown", text) for text in ["\\n".join(armed), *texts]]
with _unseen():
    shown = [render(Piece("http://x.example/", text.encode("utf-8", "replace"), kind), shown_as=kind)
             for kind, text in told]
    values = [one.value for view in shown for one in _of_kind(view, ipywidgets.HTML) if "<iframe" in one.value]
ipywidgets.VBox([ipywidgets.HTML("".join(values), _dom_classes=["ww-parade"]),
                 ipywidgets.Label(f"{len(values)} of {len(shown)}", _dom_classes=["ww-done"])])
"""
BARE = """<iframe sandbox srcdoc='<iframe src="URL/frame"></iframe>'></iframe>
<iframe sandbox
 srcdoc='<meta http-equiv="Content-Security-Policy" content="POLICY"><a href="URL/link">words</a>'></iframe>"""
"""What a page without all this does: a frame connects, and a click connects in spite of the policy."""


CLICKED = "a, area, button, input[type=submit], input[type=image]"
WORTH = "css => [...document.querySelectorAll('*')].some(each => each.shadowRoot || each.matches(css))"
"""Whether a frame may hold any of it. To ask that takes a tenth of what Playwright takes to look, which in a frame that
it does not know yet needs all of its engine; and most frames hold none."""


def press_all(page: Page) -> int:
    """Click everything in the frames that looks as if it could be clicked; gives how many there were."""
    pressed = 0
    for frame in page.frames[1:]:
        for one in frame.locator(CLICKED).all() if frame.evaluate(WORTH, CLICKED) else ():
            one.dispatch_event("click")
            pressed += 1
    return pressed


def test_no_page_opens_a_connection_and_no_click_does(
    counter: Beacon, tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    cell = {"cell_type": "code", "id": "pages", "source": f"BEACON = {counter.url!r}\n{PAGES}", "metadata": {}}
    whole = {"cells": [cell | {"outputs": [], "execution_count": None}], "metadata": {"kernelspec": KERNEL}}
    path = tmp_path / NOTEBOOK
    path.write_text(json.dumps(whole | {"nbformat": 4, "nbformat_minor": 5}))
    with voila(path.parent, str(path), PYTHONPATH=str(ROOT)) as running:
        page = open_page(running.url, viewport={"width": 1280, "height": 2000})
        done = page.locator(".ww-done")
        expect(done).to_be_visible(timeout=LONG)
        shown = len(attacks.STRINGS) + 1 + 2 * len(CONNECTING)
        expect(done).to_have_text(f"{shown} of {shown}")
        page.wait_for_timeout(500)
        assert press_all(page) > 2 * len(CONNECTING) / 2
        page.wait_for_timeout(1000)
        assert counter.connections == 0
        page.set_content(BARE.replace("URL", counter.url).replace("POLICY", POLICY.replace("'", "&apos;")))
        # The main frame and three others: those of the page before go away one by one.
        wait_until(page, lambda: len(page.frames) == 4 and "/frame" in counter.asked and counter.connections > 0)
        before = counter.connections
        assert press_all(page) == 1
        wait_until(page, lambda: counter.connections > before and "/link" in counter.asked)


def test_nothing_runs_and_nothing_is_asked_under_jupyterlab(
    notebook: Path, hostile: Files, beacon: Files, open_page: Callable[..., Page], request: pytest.FixtureRequest
) -> None:
    url: str = request.getfixturevalue("lab").replace("dashboard.ipynb", notebook.name)
    page = open_page(url, viewport={"width": 1500, "height": 2000})
    run_cell(page)
    parade(page, hostile, beacon)


def run_cell(page: Page) -> None:
    """Run the first cell of a notebook in JupyterLab, once its kernel is there."""
    page.get_by_text("(ipykernel) | Idle").wait_for(timeout=LONG)
    page.locator(".jp-Notebook .jp-CodeCell").first.click()
    page.keyboard.press("Shift+Enter")
