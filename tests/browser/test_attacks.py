"""Hundreds of hostile replies in a real Chromium, under Voila and under JupyterLab: none runs, none sends a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, voila
from tests.browser.parade import BATCH, path_of
from tests.browser.served import Answer, Files, files_served
from tests.browser.test_lab import lab  # noqa: F401 - a fixture, asked for by its name
from tests.media import attacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOTEBOOK = "attacks.ipynb"
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LONG = 60_000
SEEN = """async frames => {
  for (const frame of frames) { frame.scrollIntoView(); await new Promise(requestAnimationFrame) }
}"""
"""Pictures that ask to be loaded late are loaded once they come into sight."""


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


def march(page: Page, hostile: Files, beacon: Files) -> None:
    """Show every batch and find that none of it did anything."""
    batch, left, frames = 0, len(hostile.answers), 0
    while left:
        batch, shown = batch + 1, min(BATCH, left)
        left -= shown
        page.get_by_role("button", name="Onward", exact=True).click()
        expect(page.get_by_text(f"batch {batch}: {shown} shown, {left} left")).to_be_visible(timeout=LONG)
        expect(page.locator(".ww-hostile")).to_have_count(shown, timeout=LONG)
        page.locator("iframe.ww-frame").evaluate_all(SEEN)
        frames += page.locator("iframe.ww-frame").count()
        page.wait_for_timeout(300)
        assert beacon.asked == []
    assert set(hostile.asked) == set(hostile.answers)
    assert frames > len(attacks.STRINGS) - 10  # A few are, by their bytes, no page.
    page.wait_for_timeout(500)
    assert beacon.asked == []


def prove(page: Page, beacon: Files) -> None:
    """Show some attacks without protection and find that the beacon sees them; then take them away."""
    page.get_by_role("button", name="Bare", exact=True).click()
    for _ in range(200):
        if seen(beacon, "/ran/") > 10 and seen(beacon, "/asked/") > 10:
            break
        page.wait_for_timeout(100)
    assert seen(beacon, "/ran/") > 10
    assert seen(beacon, "/asked/") > 10
    page.reload()
    page.wait_for_timeout(500)
    beacon.asked.clear()


def seen(beacon: Files, way: str) -> int:
    return len({path for path in beacon.asked if path.startswith(way)})


def test_nothing_runs_and_nothing_is_asked_under_voila(
    notebook: Path, hostile: Files, beacon: Files, open_page: Callable[..., Page]
) -> None:
    with voila(notebook.parent, str(notebook), PYTHONPATH=str(ROOT)) as running:
        page = open_page(running.url, viewport={"width": 1280, "height": 2000})
        prove(page, beacon)
        march(page, hostile, beacon)


def test_nothing_runs_and_nothing_is_asked_under_jupyterlab(
    notebook: Path, hostile: Files, beacon: Files, open_page: Callable[..., Page], request: pytest.FixtureRequest
) -> None:
    url: str = request.getfixturevalue("lab").replace("dashboard.ipynb", notebook.name)
    page = open_page(url, viewport={"width": 1500, "height": 2000})
    run_cell(page)
    prove(page, beacon)
    run_cell(page)
    march(page, hostile, beacon)


def run_cell(page: Page) -> None:
    """Run the first cell of a notebook in JupyterLab, once its kernel is there."""
    page.get_by_text("(ipykernel) | Idle").wait_for(timeout=LONG)
    page.locator(".jp-Notebook .jp-CodeCell").first.click()
    page.keyboard.press("Shift+Enter")
