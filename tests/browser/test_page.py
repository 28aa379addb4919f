from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Voila, ready
from tests.browser.test_fetch import fetch
from tests.browser.test_probe import start, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1440, "height": 900}}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_scrolls_sideways_and_axe_finds_no_fault(
    dashboard: Voila, open_page: Callable[..., Page], size: str, theme: str
) -> None:
    page = ready(open_page(f"{dashboard.url}?theme={theme}", viewport=SIZES[size]))
    fetch(page, page.locator(".ww-fetch").get_by_label("Address").input_value() + "?type=image/jpeg")
    if size == "phone":
        page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    start(page)
    expect(verdict(page)).to_be_attached()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= SIZES[size]["width"]
    faults = Axe().run(page).response["violations"]
    assert "\n".join(f"{fault['id']}: {node['html'][:300]}" for fault in faults for node in fault["nodes"]) == ""


def test_two_cards_at_desk_width_and_one_on_a_phone(dashboard: Voila, open_page: Callable[..., Page]) -> None:
    page = ready(open_page(dashboard.url, viewport=SIZES["desk"]))
    tops = {round(page.locator(css).bounding_box()["y"]) for css in (".ww-fetch", ".ww-probe")}  # type: ignore[index]
    assert len(tops) == 1
    page = ready(open_page(dashboard.url, viewport=SIZES["phone"]))
    expect(page.locator(".ww-fetch")).to_be_visible()
    expect(page.locator(".ww-probe .ww-hero")).to_be_hidden()
    page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    expect(page.locator(".ww-fetch")).to_be_hidden()
    expect(page.locator(".ww-probe .ww-hero")).to_be_visible()


def test_the_header_names_the_service_where_it_came_from_and_the_mode(page: Page, service: str) -> None:
    header = page.locator(".ww-header")
    expect(header).to_contain_text(service.removeprefix("http://"))
    expect(header).to_contain_text("found running")
    expect(header).to_contain_text("Local")


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    page.locator(".ww-fetch").get_by_label("Address").focus()
    reached = []
    for _ in range(24):
        reached.append(page.evaluate("document.activeElement.textContent || document.activeElement.id"))
        page.keyboard.press("Tab")
    assert "Fetch" in reached
    assert "Probe" in reached
    page.locator(".ww-fetch").get_by_role("button", name="Fetch", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ww-fetch .ww-chips")).to_contain_text(re.compile("200 OK"))


def test_enter_in_the_address_fetches(page: Page, service: str) -> None:
    address = page.locator(".ww-fetch").get_by_label("Address")
    address.fill(f"{service}/NASA?type=text/csv")
    address.press("Enter")
    expect(page.locator(".ww-fetch .ww-chips")).to_contain_text("text/csv")


def test_enter_on_another_address_ends_the_fetch_that_is_under_way(page: Page, service: str) -> None:
    address = page.locator(".ww-fetch").get_by_label("Address")
    address.fill(f"{service}/health?latency=10")
    address.press("Enter")
    expect(page.locator(".ww-fetch").get_by_role("button", name="Stop")).to_be_visible()
    address.fill(f"{service}/NASA?type=text/csv")
    address.press("Enter")
    expect(page.locator(".ww-fetch .ww-chips")).to_contain_text("text/csv")


@pytest.mark.parametrize("address", ["abc", "ftp://x", "", "http://"])
def test_nonsense_in_the_fetch_field_gets_a_sentence_and_the_last_reply_stays(
    page: Page, service: str, address: str
) -> None:
    fetch(page, f"{service}/NASA?type=text/csv")
    fetch(page, address)
    alert = page.locator(".ww-fetch").get_by_role("alert")
    expect(alert).to_be_visible()
    expect(page.locator(".ww-fetch table").first).to_be_visible()
    fetch(page, f"{service}/NASA?type=image/png")
    expect(page.locator(".ww-fetch .ww-view img").first).to_be_visible()
    expect(alert).to_have_count(0)
