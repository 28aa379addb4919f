"""A page of another name that is made to lead here (DNS rebinding) gets nothing: neither a page, nor a kernel."""

from __future__ import annotations

import http.client
import re
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.conftest import Voila

EVIL = "rebinding.example"


def status(url: str, host: str, **headers: str) -> int:
    """The status that a client gets which calls the server by another name."""
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection("localhost", parts.port, timeout=30)) as connection:
        connection.request("GET", parts.path, headers={"Host": host, **headers})
        return connection.getresponse().status


def kernel_of(dashboard: Voila) -> str:
    """The id of a kernel that a page of its own name was given."""
    with urllib.request.urlopen(dashboard.url, timeout=60) as reply:
        found = re.search(r'"kernelId": *"([0-9a-f-]{36})"', reply.read().decode())
    assert found is not None
    return found[1]


@pytest.mark.browser
def test_another_name_gets_no_page_no_kernel_and_no_websocket(dashboard: Voila) -> None:
    port = urlsplit(dashboard.url).port
    kernel = kernel_of(dashboard)
    shake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    channels = f"{dashboard.url}api/kernels/{kernel}/channels"
    for host in (f"{EVIL}:{port}", "169.254.169.254", f"[2001:db8::1]:{port}"):
        assert status(dashboard.url, host) == 403
        assert status(f"{dashboard.url}api/kernels/{kernel}", host) == 403
        assert status(channels, host, Origin=f"http://{host}", **shake) == 403
    assert status(channels, f"localhost:{port}", Origin=f"http://{EVIL}", **shake) == 403
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"127.0.0.2:{port}", f"[::1]:{port}"):
        assert status(f"{dashboard.url}api/kernels/{kernel}", host) != 403


@pytest.mark.browser
def test_a_browser_that_is_led_here_by_another_name_sees_no_dashboard(dashboard: Voila, chromium: Browser) -> None:
    port = urlsplit(dashboard.url).port
    with closing(launch(chromium.browser_type, f"--host-resolver-rules=MAP {EVIL} 127.0.0.1")) as browser:
        page = browser.new_page()
        response = page.goto(f"http://{EVIL}:{port}/")
        assert response is not None
        assert response.status == 403
        assert page.get_by_role("button", name="Fetch", exact=True).count() == 0
        told = page.evaluate(
            """port => new Promise(done => {
                const socket = new WebSocket(`ws://127.0.0.1:${port}/api/kernels/0/channels`);
                socket.onopen = () => done("open"); socket.onerror = () => done("refused"); })""",
            port,
        )
        assert told == "refused"
