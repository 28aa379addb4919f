"""The service's own pages, as a person sees them in a browser."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = ("/", "/docs", "/lab", "/puzzle/1-5/about", "/puzzle/2-7/about", "/nowhere")


@pytest.fixture(scope="module")
def played() -> Iterator[str]:
    """A service with a client that is shut out, a puzzle that is open, and one that is solved."""
    with serve(TIME_SCALE=1, SEED=1) as base:
        for key in ("ann", "bob", "ann"):
            ask = f"{base}/slow/penalty-box?burst=1&penalty=60"
            requests.get(ask, headers={"X-API-Key": key}, timeout=20)
        requests.get(f"{base}/puzzle/2-7", timeout=20)
        requests.post(f"{base}/puzzle/1-5/guess", json={"kind": "token-bucket", "wait": 2.0}, timeout=20)
        yield base


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone_and_axe_finds_no_fault(chromium: Browser, played: str, theme: str) -> None:
    with closing(chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme=theme)) as context:  # type: ignore[arg-type]
        page = context.new_page()
        for path in PAGES:
            page.goto(played + path)
            assert page.evaluate("document.scrollingElement.scrollWidth") <= 360, path
            faults = Axe().run(page).response["violations"]
            assert [(path, fault["id"], node["html"][:200]) for fault in faults for node in fault["nodes"]] == []


def test_the_teachers_view_shows_a_ban_as_it_happens_and_forgets_on_a_click(chromium: Browser, played: str) -> None:
    with closing(chromium.new_page()) as page:
        page.goto(f"{played}/lab")
        expect(page.get_by_role("row", name="key ann")).to_contain_text("shut out for")
        requests.get(f"{played}/slow/token-bucket", headers={"X-API-Key": "cid"}, timeout=20)
        expect(page.get_by_role("row", name="key cid")).to_contain_text("would be served · bucket 9 of 10")
        page.get_by_role("button", name="Forget everything").click()
        expect(page.locator("#rows")).to_contain_text("Nobody plays yet.")
        expect(page.get_by_role("row", name="key ann")).to_have_count(0)
