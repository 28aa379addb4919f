"""Three users of a real JupyterHub behind its own proxy, with the configuration of `deploy/jupyterhub`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import ROOT, free_port, launched
from tests.browser.test_probe import start, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

PROXY = "configurable-http-proxy"
USERS = ("ada", "grace", "katherine")
LONG = 90_000


def proxy(folder: Path) -> str:
    """The Hub's proxy: the one that is installed, else npm's."""
    if found := shutil.which(PROXY):
        return found
    if shutil.which("npm") is None:
        pytest.fail(f"The Hub's proxy is not here, nor npm to get it: npm install -g {PROXY}")
    subprocess.run(["npm", "install", "--silent", "--prefix", str(folder), f"{PROXY}@5"], check=True, timeout=300)
    return str(folder / "node_modules" / ".bin" / PROXY)


@contextmanager
def hub(folder: Path) -> Iterator[str]:
    """Run it on free ports; gives its address."""
    ports = {name: str(free_port()) for name in ("HUB_PORT", "HUB_API_PORT", "HUB_PROXY_PORT", "HUB_SERVICE_PORT")}
    files = {
        "HUB_DB": f"sqlite:///{folder / 'hub.sqlite'}",
        "HUB_COOKIE_SECRET": str(folder / "secret"),
        "HUB_PROXY_PID": str(folder / "proxy.pid"),
        "HUB_HOMES": str(folder / "homes"),
        "HUB_STORE": f"sqlite:///{folder / 'turns.sqlite'}",
        "HUB_PROXY": proxy(folder),
        "PYTHONPATH": str(ROOT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    (folder / "homes").mkdir()
    command = [sys.executable, "-m", "jupyterhub", "-f", "deploy/jupyterhub/jupyterhub_config.py"]
    with (folder / "hub.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | files | ports, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{ports['HUB_PORT']}/"
        until_answered(f"{url}hub/api/", process, folder / "hub.log")
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until_answered(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"The Hub did not start:\n{log.read_text('utf-8', 'replace')[-6000:]}")


def come_in(browser: Browser, url: str, user: str) -> tuple[BrowserContext, Page]:
    """Log in and wait for the dashboard."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(url)
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill("waitwise")
    page.get_by_role("button", name="Sign in").click()
    return context, ready(page, user)


def ready(page: Page, user: str) -> Page:
    page.wait_for_url(f"**/user/{user}/**", timeout=LONG)
    page.get_by_role("button", name="Probe", exact=True).wait_for(timeout=LONG)
    return page


@pytest.mark.long
def test_three_users_fetch_and_probe_see_nothing_of_each_other_leave_and_come_back(tmp_path: Path) -> None:
    with hub(tmp_path) as url, launched() as browser:
        there = {user: come_in(browser, url, user) for user in USERS}
        for number, (_, page) in enumerate(there.values()):
            expect(page.locator(".ww-header")).to_contain_text("Public")
            fetch = page.locator(".ww-fetch")
            address = fetch.get_by_label("Address")
            base = address.input_value().partition("/NASA")[0]
            address.fill(f"{base}/NASA?type=text/plain&mine={USERS[number]}")
            fetch.get_by_role("button", name="Fetch", exact=True).click()
            expect(fetch).to_contain_text("200", timeout=LONG)
        # All of them ask from one address, and so would share the limiter of one rule.
        for number, (_, page) in enumerate(there.values()):
            start(page, f"{base}/slow/minimum-gap?gap=0.4{number}")
        for _, page in there.values():
            expect(verdict(page)).to_contain_text("seems safe", timeout=LONG)
        for user, (_, page) in there.items():
            seen = page.content()
            others = [other for other in USERS if other != user]
            assert [other for other in others if f"mine={other}" in seen or f"/user/{other}" in seen] == []
        context, page = there["ada"]
        for other in ("grace", "katherine"):
            # Neither the page of another nor its kernel's name may be had with this login.
            assert context.request.get(f"{url}user/{other}/", max_redirects=10).status in {403, 404}
            assert context.request.get(f"{url}user/{other}/api/kernels").status in {403, 404}
        page.close(run_before_unload=True)
        back = context.new_page()
        back.goto(f"{url}user/ada/")
        ready(back, "ada")
        expect(back.locator(".ww-fetch")).not_to_contain_text("mine=")
