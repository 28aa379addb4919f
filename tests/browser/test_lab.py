"""The same notebook in JupyterLab, run cell by cell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def lab(service: str, tmp_path: Path) -> Iterator[str]:
    """A JupyterLab of its own, on a copy of the notebook so that the checkout stays clean."""
    shutil.copy(ROOT / "dashboard.ipynb", tmp_path)
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}"]
    environ = os.environ | {"HOME": str(tmp_path), "WAITWISE_SERVICE": service, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://localhost:{port}/lab/tree/dashboard.ipynb?reset"
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"http://localhost:{port}/api", timeout=2).close()
                break
            except (OSError, urllib.error.URLError):
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def test_the_notebook_works_in_jupyterlab_cell_by_cell(lab: str, open_page: Callable[..., Page]) -> None:
    page = open_page(lab, viewport={"width": 1500, "height": 1000})
    page.set_default_timeout(60_000)
    cells = page.locator(".jp-Notebook .jp-Cell")
    cells.last.wait_for()
    # A cell that is run before the kernel is there is run by nobody.
    page.get_by_text("(ipykernel) | Idle").wait_for()
    page.locator(".jp-Notebook .jp-CodeCell").first.click()
    page.keyboard.press("Shift+Enter")
    fetch = page.locator(".ww-fetch").get_by_role("button", name="Fetch", exact=True)
    fetch.wait_for()
    fetch.click()
    expect(page.locator(".ww-fetch .ww-chips")).to_contain_text("200 OK")
    page.locator(".ww-probe").get_by_role("button", name="Doubling").click()
    page.locator(".ww-probe").get_by_role("button", name="Probe", exact=True).click()
    expect(page.locator(".ww-probe .ww-hero")).to_contain_text("Estimated wait")
    expect(page.locator(".ww-record .ww-card")).to_contain_text("seems safe")
    expect(page.locator(".ww-chart svg").first).to_be_visible()
    page.locator(".ww-probe").get_by_role("button", name="Probe", exact=True).click()
    timer = page.locator(".ww-probe .ww-run > .ww-timer")
    expect(timer).to_contain_text("next request in")
    page.get_by_role("menuitem", name="Kernel").first.click()
    page.get_by_text("Restart Kernel…", exact=True).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.locator(".ww-dashboard.jupyter-widgets-disconnected")).to_be_visible()
    said = "([place, part]) => getComputedStyle(document.querySelector(place), part).content"
    assert "Run its cell again" in page.evaluate(said, [".ww-dashboard", "::before"]), "a page is not reloaded there"
    assert "until its kernel was lost" in page.evaluate(said, [".ww-probe .ww-run .ww-badge", "::after"])
    expect(timer).to_be_hidden()
    page.get_by_text("(ipykernel) | Idle").wait_for()  # a server that restarts a kernel does not end
