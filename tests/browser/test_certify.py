"""From a click to a certificate, with everything that is seen on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_probe import (
    ACCEPTED,
    REFUSED,
    choose,
    colours,
    hero,
    panel,
    points,
    rows,
    set_fields,
    start,
    stop,
    verdict,
)
from tests.conftest import serve

LONG = 120_000


def pick(page: Page) -> None:
    """Click on the point of the last accepted attempt."""
    page.wait_for_timeout(300)
    left = [mark for mark in points(page, "rgb(26, 154, 108)") if mark["x"] < middle(page)]
    page.mouse.move(left[-1]["x"] - 5, left[-1]["y"] - 5)
    page.mouse.click(left[-1]["x"], left[-1]["y"])


def middle(page: Page) -> float:
    """Where the attempts end, and the shares begin."""
    box = panel(page).locator(".ww-chart").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * 0.72


@pytest.mark.long
def test_a_click_leads_to_a_certificate_with_both_views_and_each_attempt_whole(page: Page) -> None:
    set_goal(page, "20", "80")
    with serve(TIME_SCALE=0.05, SEED=7) as patient:
        start(page, f"{patient}/Slow-NASA", strategy=None)
        certified(page)


def certified(page: Page) -> None:
    expect(panel(page).locator(".ww-columns")).to_contain_text(re.compile(r"[1-9]\d* of 1,500"))
    expect(hero(page)).to_contain_text("Certified safe wait", timeout=LONG)
    expect(hero(page)).to_contain_text("At most 20\xa0% are refused, 80\xa0% sure.")
    expect(hero(page)).to_contain_text("Kept: Fetch obeys it from now on.")
    expect(verdict(page)).to_contain_text("at most 20\xa0% are refused")
    expect(verdict(page)).to_contain_text("Not excluded")
    expect(verdict(page)).to_contain_text("no certificate like this takes less than")
    assert {ACCEPTED, REFUSED} <= colours(page)
    pick(page)
    expect(panel(page).locator(".ww-note")).to_contain_text(re.compile(r"Attempt \d+ · after"))
    panel(page).get_by_role("button", name="Headers", exact=True).click()
    expect(panel(page).locator(".ww-detail")).to_contain_text("Content-Type")
    expect(panel(page).locator(".ww-chart")).to_contain_text("Accepted requests by wait")


def test_a_finished_probe_can_be_replayed(page: Page) -> None:
    start(page)
    expect(verdict(page)).to_be_attached()
    handle = panel(page).locator(".ww-slider .noUi-handle")
    handle.focus()
    page.keyboard.press("Home")
    expect(panel(page).locator(".ww-chart")).to_contain_text("The wait before each attempt (1 so far)")
    page.keyboard.press("ArrowRight")
    expect(panel(page).locator(".ww-chart")).to_contain_text("The wait before each attempt (2 so far)")


def set_goal(page: Page, refused: str, confidence: str) -> None:
    """Of the strategies that have one; eight straight answers show 20 % at 80 %, and a busy machine manages these."""
    choose(page, "careful")
    set_fields(page, **{"Refused, % at most": refused, "Confidence, %": confidence})


def test_each_attempt_is_reached_and_left_by_keyboard_alone(page: Page) -> None:
    start(page)
    expect(hero(page)).to_contain_text("s between requests")
    handle = panel(page).locator(".ww-slider .noUi-handle")
    handle.focus()
    page.keyboard.press("Home")
    expect(panel(page).locator(".ww-chart")).to_contain_text("(1 so far)")
    panel(page).get_by_role("button", name="Facts").focus()
    page.keyboard.press("Enter")
    note, detail = panel(page).locator(".ww-note"), panel(page).locator(".ww-detail")
    expect(note).to_contain_text("Attempt 1 ·")
    panel(page).get_by_role("button", name="›", exact=True).focus()
    page.keyboard.press("Enter")
    expect(note).to_contain_text("Attempt 2 ·")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(detail).to_contain_text("Content-Type")
    assert detail.evaluate("box => box.scrollWidth <= box.clientWidth"), "the headers are cut off"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(detail).to_have_count(0)


def test_make_it_certain_keeps_the_attempts(page: Page) -> None:
    set_goal(page, "20", "80")
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
    start(page, strategy="careful")
    page.locator(".ww-lower .lm-TabBar-tab", has_text="Attempts").click()
    expect(page.locator(".ww-attempts tbody tr").nth(20)).to_be_attached(timeout=LONG)
    stop(page)
    expect(verdict(page)).to_contain_text("Stopped by you after")
    expect(hero(page)).to_contain_text("No answer yet")


def test_a_spent_budget_ends_in_an_honest_verdict(page: Page) -> None:
    set_fields(page, Requests="6")
    start(page)
    expect(verdict(page)).to_contain_text("The budget of 6 requests is spent")
    expect(panel(page).locator(".ww-columns")).to_contain_text("6 requests")


def test_a_stranger_is_asked_only_with_leave(page: Page) -> None:
    # 0.0.0.0 leads to this very machine and is not written like it: a stranger that is none.
    with serve(TIME_SCALE=0.02) as url:
        start(page, url.replace("127.0.0.1", "0.0.0.0") + "/Slow-NASA")  # noqa: S104 - asked, not bound
        consent = hero(page)
        expect(consent).to_contain_text("0.0.0.0 is not this machine")
        expect(consent).to_contain_text("May it be asked up to 1,500 times?")
        consent.get_by_role("button", name="Do not").click()
        expect(consent).to_contain_text("Not measured yet")
        assert rows(page) == []
        start(page)
        consent.get_by_role("button", name="Probe this host").click()
        expect(verdict(page)).to_contain_text("seems safe")
        start(page)
        expect(consent).not_to_contain_text("is not this machine")
        expect(verdict(page)).to_contain_text("seems safe")


def test_an_unlimited_service_is_told_from_a_limited_one(page: Page, service: str) -> None:
    start(page, f"{service}/NASA/mars_landing_sites.json", strategy="quick")
    expect(hero(page)).to_contain_text("Not limited so far", timeout=LONG)
    expect(verdict(page)).to_contain_text("no limit seen", timeout=LONG, ignore_case=True)
    expect(verdict(page)).to_contain_text("Not excluded")
