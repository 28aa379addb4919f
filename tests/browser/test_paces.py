"""What is found lasts: a probe outlives its tab, has one prober, and is obeyed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Voila, ready, voila
from tests.browser.test_probe import choose, hero, panel, rows, set_fields, start, verdict
from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONG = 120_000


@pytest.fixture
def service() -> Iterator[str]:
    """A service of one's own, so that its state is that of one test."""
    with serve(TIME_SCALE=0.05, SEED=5) as url:
        yield url


@pytest.fixture
def dashboard(service: str, tmp_path: object) -> Iterator[Voila]:
    """A dashboard with a store of its own."""
    with voila(tmp_path, WAITWISE_SERVICE=service) as running:  # type: ignore[arg-type] # a Path, says pytest
        yield running


def tab(dashboard: Voila, open_page: Callable[..., Page], **options: object) -> Page:
    return ready(open_page(dashboard.url, viewport={"width": 1280, "height": 1000}, **options))


def ask_less(page: Page) -> None:
    """A certificate that takes eight straight answers instead of 59, so that a busy machine is no hindrance."""
    set_fields(page, **{"Refused, % at most": "20", "Confidence, %": "80"})


def measured(page: Page, least: int) -> None:
    """Wait until so many attempts were made; they are sent while their tab is open."""
    tabs = page.locator(".ww-lower .lm-TabBar-tab")
    tabs.filter(has_text="Attempts").click()
    expect(page.locator(".ww-attempts tbody tr").nth(least - 1)).to_be_attached(timeout=LONG)
    tabs.filter(has_text="Paces").click()


def test_a_tab_that_is_closed_costs_no_attempt_and_the_pace_is_kept_and_obeyed(
    dashboard: Voila, open_page: Callable[..., Page]
) -> None:
    first = tab(dashboard, open_page)
    choose(first, "careful")
    ask_less(first)
    start(first, strategy=None)
    measured(first, 7)
    first.close(run_before_unload=True)

    second = tab(dashboard, open_page)
    start(second)
    # For some seconds the first prober may be heard of no more without being known to be gone.
    expect(hero(second)).to_contain_text(
        re.compile(r"Unfinished, last request on .*Go on from its \d+ attempts\?", re.DOTALL)
    )
    panel(second).get_by_role("button", name="Go on", exact=True).click()
    measured(second, 8)
    expect(verdict(second)).to_contain_text("Certified", ignore_case=True, timeout=LONG)
    expect(hero(second)).to_contain_text("Kept: Fetch obeys it")
    numbers = [int(row[0]) for row in rows(second)]
    assert numbers == list(range(1, len(numbers) + 1))

    paces = second.locator(".ww-paces")
    expect(paces.locator(".ww-pace-facts")).to_contain_text("Certified, found")

    base = "http://" + (second.locator(".ww-header strong").first.text_content() or "")
    row = paces.locator(".ww-table tbody td").nth(1)
    expect(row).to_have_attribute("title", f"{base}, all of it, found at /Slow-NASA")
    paces.get_by_label("Governs").select_option(label=f"GET {base}/Slow-NASA")
    expect(row).to_have_attribute("title", f"GET {base}/Slow-NASA")

    fetch = second.locator(".ww-fetch")
    fetch.get_by_label("Address").fill(f"{base}/Slow-NASA")
    fetch.get_by_role("button", name="Fetch", exact=True).click()
    expect(fetch.locator(".ww-chips")).to_contain_text(re.compile("200|503"))


def test_of_two_tabs_one_probes_and_the_other_follows(
    dashboard: Voila, open_page: Callable[..., Page], service: str
) -> None:
    del service
    with serve(TIME_SCALE=0.05, SEED=5) as slower:
        look_on(tab(dashboard, open_page), tab(dashboard, open_page), f"{slower}/Slow-NASA")


def look_on(first: Page, second: Page, address: str) -> None:
    start(first, address, strategy="quick")
    measured(first, 3)
    start(second, address)
    expect(hero(second)).to_contain_text("another page probes this address")
    measured(second, 5)
    expect(verdict(first)).to_contain_text("Estimated", ignore_case=True, timeout=LONG)
    expect(verdict(second)).to_contain_text("Estimated", ignore_case=True)
    assert rows(second) == rows(first)


def test_fetch_counts_down_to_its_turn_and_can_be_hurried(
    dashboard: Voila, open_page: Callable[..., Page], service: str
) -> None:
    del service
    with serve(TIME_SCALE=0.6, SEED=5) as patient:
        page = tab(dashboard, open_page)
        start(page, f"{patient}/Slow-NASA", successes=2)
        expect(hero(page)).to_contain_text("Kept: Fetch obeys it", timeout=LONG)
        fetch = page.locator(".ww-fetch")
        fetch.get_by_label("Address").fill(f"{patient}/Slow-NASA")
        fetch.get_by_role("button", name="Fetch", exact=True).click()
        expect(fetch.locator(".ww-chips")).to_contain_text(re.compile(r"in \d+\.\d s\s*to keep the pace of"))
        fetch.get_by_role("button", name="Fetch now anyway").click()
        expect(fetch.locator(".ww-chips")).to_contain_text(re.compile("200|503"))
        expect(fetch.get_by_role("button", name="Fetch now anyway")).to_be_hidden()


NOTES = """() => {
  const box = document.querySelector('.ww-paces');
  window.said = []; window.places = [];
  new MutationObserver(() => {
    window.said.push(box.querySelector('.ww-line').textContent);
    window.places.push(box.querySelector('.ww-rows').getBoundingClientRect().y);
  }).observe(box, {subtree: true, childList: true, characterData: true});
}"""
"""What is said above the paces, and where their rows are meanwhile."""


def test_reading_the_paces_anew_moves_no_row(dashboard: Voila, open_page: Callable[..., Page], service: str) -> None:
    page = tab(dashboard, open_page)
    start(page, f"{service}/Slow-NASA")
    expect(hero(page)).to_contain_text("s between requests", timeout=LONG)
    paces = page.locator(".ww-paces")
    expect(paces.locator(".ww-rows td").first).to_be_visible()
    refresh = paces.get_by_role("button", name="Refresh")
    refresh.scroll_into_view_if_needed()
    page.evaluate(NOTES)
    refresh.click()
    page.wait_for_function("() => window.said.some(each => each.includes('Reading')) && !window.said.at(-1)")
    assert len(set(page.evaluate("window.places"))) == 1


def test_import_is_called_so_without_a_count_of_files(page: Page) -> None:
    upload = page.locator(".ww-upload")
    expect(upload).to_be_visible()
    assert upload.inner_text() == "Import"
