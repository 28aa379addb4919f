"""Make the README's picture: `python -m tests.tools.screenshot [FILE]`. It fetches, probes, and takes the page."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import ROOT, launched, ready, voila
from tests.conftest import serve


def main(target: Path) -> None:
    """Write the picture to `target`."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        service = stack.enter_context(serve(TIME_SCALE=0.02, SEED=3))
        served = stack.enter_context(voila(home, WAITWISE_SERVICE=service))
        page = stack.enter_context(launched()).new_page(viewport={"width": 1280, "height": 1000})
        page.goto(served.url)
        ready(page)
        fetch, probe = page.locator(".ww-fetch"), page.locator(".ww-probe")
        fetch.get_by_label("Address").fill(f"{service}/NASA?type=image/jpeg")
        fetch.get_by_role("button", name="Fetch", exact=True).click()
        probe.get_by_role("button", name="Probe", exact=True).click()
        expect(probe.locator(".ww-card")).to_be_visible(timeout=30_000)
        expect(fetch.locator("img").first).to_be_visible()
        page.screenshot(path=target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "dashboard.png")
