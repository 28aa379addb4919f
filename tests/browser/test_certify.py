"""From a click to a certificate, with everything that is seen on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_probe import colours, panel, rows, start, stop, verdict
from tests.conftest import serve
from widgets.probe.panel.form import LABELS

LONG = 120_000


def choose(page: Page, strategy: str) -> None:
    panel(page).get_by_label("Strategy").select_option(label=LABELS[strategy])


def set_budget(page: Page, **values: str) -> None:
    panel(page).get_by_text("Budget and request").click()
    for label, value in values.items():
        panel(page).get_by_label(label, exact=True).fill(value)
        panel(page).get_by_label(label, exact=True).press("Tab")


def pick(page: Page, number: int) -> None:
    """Click on the point of an attempt."""
    box = panel(page).locator(".ww-chart canvas").first.bounding_box()
    assert box is not None
    left, right = 64, 20
    x = box["x"] + left + (box["width"] - left - right) * number / max(10, len(rows(page)) + 1)
    tip = page.locator(".ww-chart div", has_text="latency (ms)").first
    for y in range(60, int(box["height"]) - 40, 4):
        page.mouse.move(x, box["y"] + y)
        page.wait_for_timeout(40)
        if tip.count():
            page.mouse.click(x, box["y"] + y)
            return
    pytest.fail(f"no point was found at attempt {number}")


def test_a_click_leads_to_a_certificate_with_both_views_and_each_attempt_whole(page: Page) -> None:
    set_goal(page, "20", "80")
    with serve(TIME_SCALE=0.05, SEED=7) as patient:
        start(page, f"{patient}/Slow-NASA")
        certified(page)


def certified(page: Page) -> None:
    expect(panel(page).locator(".ww-spent")).to_contain_text(re.compile(r"requests [1-9]\d* of 1,500"))
    expect(verdict(page)).to_be_visible(timeout=LONG)
    expect(verdict(page)).to_contain_text("Certified", ignore_case=True)
    expect(verdict(page)).to_contain_text("at most 20 % are refused")
    expect(verdict(page)).to_contain_text("Not excluded")
    expect(verdict(page)).to_contain_text("the least for this certificate")
    assert {"#1a9e77", "#d55e00"} <= colours(page)
    pick(page, len(rows(page)))
    expect(panel(page).locator(".ww-detail")).to_contain_text(f"Attempt {len(rows(page))}")
    expect(panel(page).locator(".ww-detail")).to_contain_text("Content-Type")
    panel(page).get_by_role("button", name="Acceptance").click()
    expect(panel(page).get_by_text("Accepted requests by wait")).to_have_count(1)
    expect(panel(page).locator(".ww-chart canvas").first).to_be_visible()


def test_a_finished_probe_can_be_replayed(page: Page) -> None:
    start(page)
    expect(verdict(page)).to_be_visible()
    handle = panel(page).locator(".ww-replay .noUi-handle")
    handle.focus()
    page.keyboard.press("Home")
    expect(panel(page).get_by_text("The wait before each attempt (1 so far)")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(panel(page).get_by_text("The wait before each attempt (2 so far)")).to_have_count(1)


def set_goal(page: Page, refused: str, confidence: str) -> None:
    """Of the strategies that have one; eight straight answers show 20 % at 80 %, and a busy machine manages these."""
    choose(page, "careful")
    for label, value in (("Refused, % at most", refused), ("Confidence, %", confidence)):
        panel(page).get_by_label(label, exact=True).fill(value)
        panel(page).get_by_label(label, exact=True).press("Tab")


def test_each_attempt_is_reached_and_left_by_keyboard_alone(page: Page) -> None:
    start(page)
    expect(verdict(page)).to_be_visible()
    detail = panel(page).locator(".ww-detail")
    panel(page).get_by_role("button", name="Details").focus()
    page.keyboard.press("Enter")
    expect(detail).to_contain_text("Attempt 1")
    expect(detail).to_contain_text("Content-Type")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(detail).to_contain_text("Attempt 2")
    assert detail.evaluate("box => box.scrollWidth <= box.clientWidth"), "the headers are cut off"
    number = panel(page).get_by_label("Attempt", exact=True)
    number.fill("3")
    number.press("Tab")
    expect(detail).to_contain_text("Attempt 3")
    page.keyboard.press("Enter")
    expect(detail).to_have_count(0)


def test_make_it_certain_keeps_the_attempts(page: Page) -> None:
    set_goal(page, "20", "80")
    choose(page, "doubling")
    start(page)
    expect(verdict(page)).to_contain_text("seems safe")
    before = rows(page)
    panel(page).get_by_role("button", name="Make it certain").click()
    expect(verdict(page)).not_to_contain_text("4 successes in a row", timeout=LONG)
    # Certified, or what a busy machine's clock leaves of it: either comes from a trial that was added to the attempts.
    expect(verdict(page)).to_contain_text(re.compile("were accepted at"))
    after = rows(page)
    assert after[: len(before)] == before
    assert len(after) >= len(before) + 8


def test_stop_ends_in_what_is_known(page: Page) -> None:
    choose(page, "careful")
    start(page)
    expect(panel(page).locator(".ww-attempts tbody tr").nth(20)).to_be_attached(timeout=LONG)
    stop(page)
    expect(verdict(page)).to_contain_text("Stopped by you after")
    expect(verdict(page)).to_contain_text("Inconclusive", ignore_case=True)


def test_a_spent_budget_ends_in_an_honest_verdict(page: Page) -> None:
    set_budget(page, Requests="6")
    start(page)
    expect(verdict(page)).to_contain_text("The budget of 6 requests is spent")
    expect(panel(page).locator(".ww-spent")).to_contain_text("requests 6 of 6")


def test_a_stranger_is_asked_only_with_leave(page: Page) -> None:
    # 0.0.0.0 leads to this very machine and is not written like it: a stranger that is none.
    with serve(TIME_SCALE=0.02) as url:
        start(page, url.replace("127.0.0.1", "0.0.0.0") + "/Slow-NASA")  # noqa: S104 - asked, not bound
        consent = panel(page).locator(".ww-consent")
        expect(consent).to_contain_text("0.0.0.0 belongs to somebody else")
        expect(consent).to_contain_text("1500 requests")
        consent.get_by_role("button", name="Do not").click()
        expect(consent).to_be_hidden()
        assert rows(page) == []
        start(page)
        consent.get_by_role("button", name="Probe this host").click()
        expect(verdict(page)).to_contain_text("seems safe")
        start(page)
        expect(consent).to_be_hidden()
        expect(verdict(page)).to_contain_text("seems safe")


def test_an_unlimited_service_is_told_from_a_limited_one(page: Page, service: str) -> None:
    choose(page, "quick")
    start(page, f"{service}/NASA/mars_landing_sites.json")
    expect(verdict(page)).to_contain_text("no limit seen", timeout=LONG, ignore_case=True)
    expect(verdict(page)).to_contain_text("Not excluded")
