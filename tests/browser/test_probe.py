from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Voila, ready, voila
from tests.conftest import serve
from widgets.model.quantity import as_wait

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HAS_ENDED = 20_000


def panel(page: Page) -> Locator:
    return page.locator(".ww-probe")


def choose(page: Page, strategy: str) -> None:
    panel(page).locator(".ww-strategy").get_by_role("button", name=re.compile(f"^{strategy}", re.IGNORECASE)).click()


def set_fields(page: Page, **values: str) -> None:
    """Set what is folded away, by label."""
    fold = panel(page).get_by_role("button", name="Goal, budget, request")
    fold.click()
    for label, value in values.items():
        panel(page).get_by_label(label, exact=True).fill(value)
        panel(page).get_by_label(label, exact=True).press("Tab")
    fold.click()


def start(
    page: Page, address: str | None = None, successes: int | None = None, strategy: str | None = "doubling"
) -> Locator:
    """Start a probe; by doubling, which is the quickest where a service is fast, unless another strategy is named."""
    if strategy is not None:
        choose(page, strategy)
    if address is not None:
        panel(page).get_by_label("Address").fill(address)
    if successes is not None:
        set_fields(page, Successes=str(successes))
    panel(page).get_by_role("button", name="Probe", exact=True).click()
    return panel(page)


def stop(page: Page) -> None:
    panel(page).get_by_role("button", name="Stop the probe", exact=True).click()


def rows(page: Page) -> list[list[str]]:
    """The attempts in the table, as text."""
    cells = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    found: list[list[str]] = page.locator(".ww-attempts tbody tr").evaluate_all(cells)
    return found


def verdict(page: Page) -> Locator:
    """The whole statement, which stands under Attempts."""
    return page.locator(".ww-record .ww-card")


def hero(page: Page) -> Locator:
    """What happens now."""
    return panel(page).locator(".ww-hero")


def colours(page: Page) -> set[str]:
    """The colours of what is drawn in the chart."""
    found: list[str] = (
        panel(page)
        .locator(".ww-chart svg")
        .first.evaluate(
            """svg => [...svg.querySelectorAll("path, text, rect")].flatMap(each => {
          const style = getComputedStyle(each);
          return [style.fill, style.stroke];
        }).filter(each => each.startsWith("rgb(")).map(each => "#" + each.match(/\\d+/g).map(
          part => Number(part).toString(16).padStart(2, "0")).join(""))"""
        )
    )
    return set(found)


def points(page: Page, colour: str) -> list[dict[str, float]]:
    """The middles of the marks of a colour, from left to right."""
    found: list[dict[str, float]] = (
        panel(page)
        .locator(".ww-chart svg")
        .first.evaluate(
            """(svg, colour) => [...svg.querySelectorAll("path")].filter(
          each => getComputedStyle(each).fill === colour).map(each => {
          const box = each.getBoundingClientRect();
          return {x: box.x + box.width / 2, y: box.y + box.height / 2};
        }).sort((one, other) => one.x - other.x)""",
            colour,
        )
    )
    return found


ACCEPTED, REFUSED, TRUE = "#1a9a6c", "#d2532f", "#8f5300"
"""Colours of the light chart."""


def test_points_appear_one_by_one_until_the_verdict(page: Page, service: str) -> None:
    del service
    lengths = set()
    page.locator(".ww-lower .lm-TabBar-tab", has_text="Attempts").click()  # they are sent while it is open
    start(page)
    end = time.monotonic() + 20
    while not verdict(page).count() and time.monotonic() < end:
        lengths.add(len(rows(page)))
        page.wait_for_timeout(20)
    expect(verdict(page)).to_be_attached()
    attempts = rows(page)
    assert len(lengths) >= 3, "the attempts came all at once"
    assert [row[0] for row in attempts] == [str(number) for number in range(1, len(attempts) + 1)]
    assert {row[5] for row in attempts} == {"200", "503"}
    assert [row[5] for row in attempts[-4:]] == ["200"] * 4
    found = float(attempts[-1][1])
    assert {row[1] for row in attempts[-3:]} == {attempts[-1][1]}
    card = verdict(page)
    if "that was not tried" in card.inner_text():  # a busy machine asked later than it was told to
        assert found in {0.0512, 0.1024, 0.2048, 0.4096}
        kept = float(hero(page).locator(".ww-wait").inner_text().split()[0])
        assert max(found, 0.18) < kept < 1
    else:
        assert found in {0.2048, 0.4096}, "as it was asked for"
        expect(hero(page).locator(".ww-wait")).to_contain_text(as_wait(found).removesuffix(" s"))
    expect(card).to_contain_text("seems safe")
    expect(panel(page).locator(".ww-chart")).to_contain_text(f"The wait before each attempt ({len(attempts)} so far)")
    assert {ACCEPTED, REFUSED} <= colours(page)


def test_a_tooltip_tells_number_wait_answer_and_latency(page: Page) -> None:
    start(page)
    expect(hero(page)).to_contain_text("s between requests")
    page.wait_for_timeout(300)
    mark = points(page, "rgb(26, 154, 108)")[2]
    page.mouse.move(mark["x"] - 5, mark["y"] - 5)
    page.mouse.move(mark["x"], mark["y"])
    tip = page.locator(".ww-chart div").filter(
        has_text=re.compile(r"^Attempt \d+ · after [\d.]+ s · 200 accepted · [\d.e+]+ ms$")
    )
    expect(tip.first).to_be_visible()


# Of the window, which stays: a row may be replaced between one look and the next.
BELOW = """box => [...box.querySelectorAll('tbody tr')].at(-1).getBoundingClientRect().bottom
  - box.getBoundingClientRect().bottom"""
UNDER = """box => {
  const places = css => [...box.querySelectorAll(css)].map(each => Math.round(each.getBoundingClientRect().x));
  const head = box.querySelector('.ww-columns-of').getBoundingClientRect();
  return [places('.ww-columns-of th'), places('.widget-vbox tbody tr:last-child td').slice(-7),
    Math.round(head.y - box.getBoundingClientRect().y)];
}"""
PLACE = "box => box.querySelector('tbody tr').getBoundingClientRect().top - box.offsetTop"


def test_the_table_follows_the_newest_attempt_unless_the_person_has_scrolled_back(page: Page, service: str) -> None:
    start(page, f"{service}/Slow-NASA", successes=40)
    page.locator(".ww-lower .lm-TabBar-tab", has_text="Attempts").click()
    window = page.locator(".ww-attempts")
    expect(page.locator(".ww-attempts tbody tr").nth(18)).to_be_attached()
    before = len(rows(page))
    assert window.evaluate(BELOW) <= 1
    names, cells, from_top = window.evaluate(UNDER)
    assert names == cells, "each name stands above its column"
    assert from_top == 0, "also when the first rows are out of sight"
    window.evaluate("box => { box.scrollTop = -box.scrollHeight }")
    page.wait_for_timeout(100)
    place = window.evaluate(PLACE)
    expect(page.locator(".ww-attempts tbody tr").nth(before + 4)).to_be_attached()
    held = window.evaluate(PLACE)
    stop(page)
    expect(verdict(page)).to_be_attached()
    assert abs(held - place) <= 2, "the table slid away under the person who read it"


def test_fetch_works_while_a_probe_runs_and_stop_is_felt_in_a_wait(page: Page, service: str) -> None:
    with serve() as patient:
        start(page, f"{patient}/slow/token-bucket?burst=1&rate=0.02&dialect=retry-after")
        timer = panel(page).get_by_role("timer")
        expect(timer).to_have_text(re.compile(r"next request in\s*\d+\.\d s\s*attempt \d+"))
        fetch = page.locator(".ww-fetch")
        fetch.get_by_label("Address").fill(f"{service}/NASA?type=text/csv")
        fetch.get_by_role("button", name="Fetch", exact=True).click()
        expect(fetch.locator("table").first).to_be_visible()
        expect(verdict(page)).to_have_count(0)
        asked = time.monotonic()
        stop(page)
        expect(verdict(page)).to_contain_text("Stopped by you")
        assert time.monotonic() - asked < 20, "it waited for the end of the wait"
        expect(panel(page).get_by_role("button", name="Probe", exact=True)).to_be_visible()


def test_every_failure_gets_its_sentence_and_the_next_click_works(page: Page, service: str, silent: str) -> None:
    start(page, "http://127.0.0.1:9/")
    expect(verdict(page)).to_contain_text("nothing listens there")
    start(page, f"{service}/no-such-page")
    expect(verdict(page)).to_contain_text("The service answers 404")
    expect(hero(page)).to_contain_text("404 Not Found at this address")
    start(page, "abc")
    expect(panel(page).get_by_role("alert")).to_contain_text("'abc' is not an address")
    start(page, silent)
    expect(panel(page).get_by_role("button", name="Stop the probe", exact=True)).to_be_visible()
    page.wait_for_timeout(700)  # the second click of a double one does not stop
    stop(page)
    expect(verdict(page)).to_contain_text("Stopped by you")
    start(page, f"{service}/Slow-NASA")
    expect(verdict(page)).to_contain_text("seems safe", timeout=HAS_ENDED)


def test_the_attempts_can_be_saved_as_csv_and_the_chart_as_svg(page: Page, tmp_path: Path) -> None:
    start(page)
    expect(hero(page)).to_contain_text("s between requests")
    page.wait_for_timeout(300)
    box = panel(page).locator(".ww-chart svg").first.bounding_box()
    assert box is not None
    with page.expect_download() as picture:
        page.mouse.click(box["x"] + box["width"] - 7, box["y"] + box["height"] - 7)
    picture.value.save_as(tmp_path / "chart.svg")
    assert "<svg" in (tmp_path / "chart.svg").read_text("utf-8")[:300]
    page.locator(".ww-lower .lm-TabBar-tab", has_text="Attempts").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the attempts as CSV").click()
    download.value.save_as(tmp_path / "attempts.csv")
    lines = (tmp_path / "attempts.csv").read_text().splitlines()
    assert len(lines) == len(rows(page)) + 1


def test_two_tabs_probe_at_once_and_leave_no_kernel_behind(open_page: Callable[..., Page], tmp_path: Path) -> None:
    with voila(tmp_path, WAITWISE_TIME_SCALE="0.02") as running:
        tabs = [ready(open_page(running.url)) for _ in range(2)]
        services = {tab.locator(".ww-header strong").first.text_content() for tab in tabs}
        assert len(services) == 2, "two kernels share one embedded service"
        for tab in tabs:
            start(tab)
        for tab in tabs:
            expect(verdict(tab)).to_contain_text("seems safe", timeout=HAS_ENDED)
            assert [row[5] for row in rows(tab)[-4:]] == ["200"] * 4
        assert len(running.kernels()) == 2
        for tab in tabs:
            tab.close(run_before_unload=True)
        assert gone(running, 60)


def gone(running: Voila, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while running.kernels() and time.monotonic() < end:
        time.sleep(0.2)
    return not running.kernels()


def test_on_a_phone_the_legend_names_what_is_drawn_and_nothing_else(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    keys = panel(page).locator(".ww-key")
    start(page, "http://127.0.0.1:9/")
    expect(hero(page)).to_contain_text("No answer")
    failed = keys.filter(has_text="failed")
    expect(failed).to_have_text(re.compile(r"^[1-9]\d* failed$"))
    expect(failed).to_be_visible()
    expect(keys.filter(has_text="accepted").locator("visible=true")).to_have_count(0)
