from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Voila, ready, voila
from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HAS_ENDED = 20_000


def panel(page: Page) -> Locator:
    return page.locator(".ww-probe")


def start(page: Page, address: str | None = None, successes: int | None = None) -> Locator:
    if address is not None:
        panel(page).get_by_label("Address").fill(address)
    if successes is not None:
        panel(page).get_by_label("Successes").fill(str(successes))
    panel(page).get_by_role("button", name="Probe", exact=True).click()
    return panel(page)


def stop(page: Page) -> None:
    panel(page).get_by_role("button", name="Stop", exact=True).click()


def rows(page: Page) -> list[list[str]]:
    """The attempts in the table, as text."""
    return [row.split("\t") for row in panel(page).locator(".ww-attempts tbody tr").all_inner_texts()]


def verdict(page: Page) -> Locator:
    return panel(page).locator(".ww-card")


def colours(page: Page) -> set[str]:
    """The colours of the chart's points, read from its canvas."""
    found: list[str] = (
        panel(page)
        .locator("canvas")
        .first.evaluate(
            """canvas => {
          const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Map();
          for (let i = 0; i < data.length; i += 4) {
            const key = [data[i], data[i + 1], data[i + 2]].map(v => v.toString(16).padStart(2, "0")).join("");
            if (data[i + 3] === 255) seen.set(key, (seen.get(key) || 0) + 1);
          }
          return [...seen].filter(([, count]) => count > 30).map(([key]) => "#" + key);
        }"""
        )
    )
    return set(found)


def test_points_appear_one_by_one_until_the_verdict(page: Page, service: str) -> None:
    del service
    lengths = set()
    start(page)
    end = time.monotonic() + 20
    while not verdict(page).count() and time.monotonic() < end:
        lengths.add(len(rows(page)))
        page.wait_for_timeout(20)
    expect(verdict(page)).to_be_visible()
    attempts = rows(page)
    assert len(lengths) >= 3, "the attempts came all at once"
    assert [row[0] for row in attempts] == [str(number) for number in range(1, len(attempts) + 1)]
    assert {row[5] for row in attempts} == {"200", "503"}
    assert [row[5] for row in attempts[-4:]] == ["200"] * 4
    found = float(attempts[-1][1])
    assert {row[1] for row in attempts[-3:]} == {attempts[-1][1]}
    assert found in {0.1024, 0.2048}
    expect(verdict(page)).to_contain_text(f"{found:.5g} s")
    expect(verdict(page)).to_contain_text("seems safe")
    expect(panel(page).get_by_text(f"The wait before each attempt ({len(attempts)} so far)")).to_have_count(1)
    assert {"#1a9e77", "#d55e00"} <= colours(page)


def test_a_tooltip_tells_number_wait_status_latency_and_time(page: Page) -> None:
    start(page)
    expect(verdict(page)).to_be_visible()
    canvas = panel(page).locator("canvas").first
    box = canvas.bounding_box()
    assert box is not None
    # The last accepted attempt stands at the right of the plot: its row is swept from top to bottom.
    count = len(rows(page))
    left, right = 64, 20
    x = box["x"] + left + (box["width"] - left - right) * count / (count + 1)
    tip = page.locator(".ww-chart div", has_text="latency (ms)").first
    for y in range(60, int(box["height"]) - 40, 4):
        page.mouse.move(x, box["y"] + y)
        page.wait_for_timeout(40)
        if tip.count():
            break
    for word in ("attempt", "wait (s)", "status", "latency (ms)", "time (s)"):
        expect(tip).to_contain_text(word)


# Of the window, which stays: a row may be replaced between one look and the next.
BELOW = """box => [...box.querySelectorAll('tbody tr')].at(-1).getBoundingClientRect().bottom
  - box.getBoundingClientRect().bottom"""
PLACE = "box => box.querySelector('tbody tr').getBoundingClientRect().top - box.offsetTop"


def test_the_table_follows_the_newest_attempt_unless_the_person_has_scrolled_back(page: Page, service: str) -> None:
    start(page, f"{service}/Slow-NASA", successes=40)
    window = panel(page).locator(".ww-attempts")
    expect(panel(page).locator(".ww-attempts tbody tr").nth(18)).to_be_attached()
    before = len(rows(page))
    assert window.evaluate(BELOW) <= 1
    window.evaluate("box => { box.scrollTop = -box.scrollHeight }")
    page.wait_for_timeout(100)
    place = window.evaluate(PLACE)
    expect(panel(page).locator(".ww-attempts tbody tr").nth(before + 4)).to_be_attached()
    held = window.evaluate(PLACE)
    stop(page)
    expect(verdict(page)).to_be_visible()
    assert abs(held - place) <= 2, "the table slid away under the person who read it"


def test_fetch_works_while_a_probe_runs_and_stop_is_felt_in_a_wait(page: Page, service: str) -> None:
    with serve() as patient:
        start(page, f"{patient}/slow/token-bucket?burst=1&rate=0.02&dialect=retry-after")
        expect(panel(page).get_by_text(re.compile(r"Waiting [\d.]+ s before attempt \d+"))).to_be_visible()
        expect(panel(page).locator(".ww-countdown")).to_have_text(re.compile(r"\d+\.\d s"))
        fetch = page.locator(".ww-fetch")
        fetch.get_by_label("Address").fill(f"{service}/NASA?type=text/csv")
        fetch.get_by_role("button", name="Fetch", exact=True).click()
        expect(fetch.locator("table").first).to_be_visible()
        expect(verdict(page)).to_have_count(0)
        asked = time.monotonic()
        stop(page)
        expect(verdict(page)).to_contain_text("Stopped by you")
        assert time.monotonic() - asked < 20, "it waited for the end of the wait"
        expect(panel(page).get_by_role("button", name="Probe", exact=True)).to_be_enabled()


def test_every_failure_gets_its_sentence_and_the_next_click_works(page: Page, service: str, silent: str) -> None:
    start(page, "http://127.0.0.1:9/")
    expect(verdict(page)).to_contain_text("nothing listens there")
    start(page, f"{service}/no-such-page")
    expect(verdict(page)).to_contain_text("The service answers 404")
    start(page, "abc")
    expect(panel(page).get_by_role("alert")).to_contain_text("'abc' is not an address")
    start(page, silent)
    expect(panel(page).get_by_role("button", name="Stop", exact=True)).to_be_enabled()
    page.wait_for_timeout(300)
    stop(page)
    expect(verdict(page)).to_contain_text("Stopped by you")
    start(page, f"{service}/Slow-NASA")
    expect(verdict(page)).to_contain_text("seems safe", timeout=HAS_ENDED)


def test_the_attempts_can_be_saved_as_csv_and_the_chart_as_png(page: Page, tmp_path: Path) -> None:
    start(page)
    expect(verdict(page)).to_be_visible()
    page.wait_for_timeout(300)
    box = panel(page).locator("canvas").first.bounding_box()
    assert box is not None
    with page.expect_download() as picture:
        page.mouse.click(box["x"] + box["width"] - 16, box["y"] + 12)
    picture.value.save_as(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    with page.expect_download() as download:
        panel(page).get_by_role("link", name="Save the attempts as CSV").click()
    download.value.save_as(tmp_path / "attempts.csv")
    lines = (tmp_path / "attempts.csv").read_text().splitlines()
    assert len(lines) == len(rows(page)) + 1


def test_two_tabs_probe_at_once_and_leave_no_kernel_behind(open_page: Callable[..., Page], tmp_path: Path) -> None:
    with voila(tmp_path, WAITWISE_TIME_SCALE="0.02") as running:
        tabs = [ready(open_page(running.url)) for _ in range(2)]
        services = {tab.locator(".ww-header strong").first.inner_text() for tab in tabs}
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
