"""How the dashboard looks and behaves to those who see it: nothing jumps, the answer is first, few clicks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Voila, ready, voila
from tests.browser.served import Answer, files_served
from tests.browser.test_fetch import fetch
from tests.browser.test_probe import choose, colours, hero, panel, set_fields, start, stop
from tests.conftest import serve
from tests.tools.screenshots import STATES, Stand, on_phone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LAB, TABLET = {"width": 1056, "height": 900}, {"width": 820, "height": 1180}
LAPTOP = {"width": 1300, "height": 900}
"""Little more than from where the cards are unequal: each part has the least room that it ever has beside the other."""
LONG = 90_000
WATCH_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver(list => {
    for (const each of list.getEntries()) window.shifts.push(
      [each.value, ...each.sources.map(s => s.node && [
        s.node.className || s.node.nodeName, s.node.textContent?.slice(0, 60),
        s.previousRect.y, s.currentRect.y, s.previousRect.height, s.currentRect.height].join("|")).slice(0, 3)]);
  }).observe({type: "layout-shift", buffered: false});
}"""
"""All shifts count, also those that follow upon a click."""
PLACES = """() => Object.fromEntries([".ww-fetch", ".ww-probe", ".ww-chips", ".ww-caption", ".ww-stage", ".ww-strip",
  ".ww-hero", ".ww-columns", ".ww-legends", ".ww-chart", ".ww-replay", ".ww-lower", ".ww-nav"].map(
  css => [css, document.querySelector(css)]).filter(
  ([_, each]) => each.checkVisibility({visibilityProperty: true})).map(
  ([css, each]) => [css, each.getBoundingClientRect().y]).filter(([_, y]) => y < innerHeight))"""
"""Of what is seen on the first screen."""


@pytest.fixture
def desk(dashboard: Voila, open_page: Callable[..., Page]) -> Page:
    """The dashboard at 1440 by 900."""
    return ready(open_page(dashboard.url, viewport=DESK))


def shifted(page: Page) -> float:
    page.wait_for_timeout(300)
    shifts: list[list[object]] = page.evaluate("window.shifts")
    return sum(float(str(each[0])) for each in shifts)


def moved(page: Page, before: dict[str, float]) -> dict[str, float]:
    """What of the first screen is elsewhere by more than a pixel, and by how much."""
    after = page.evaluate(PLACES)
    return {css: after.get(css, 9999) - y for css, y in before.items() if abs(after.get(css, 9999) - y) > 1}


@pytest.mark.long
@pytest.mark.parametrize("size", [DESK, LAB, PHONE], ids=["desk", "lab", "phone"])
def test_nothing_moves_during_three_fetches_and_a_whole_probe(
    dashboard: Voila, open_page: Callable[..., Page], service: str, size: dict[str, int]
) -> None:
    page = ready(open_page(dashboard.url, viewport=size))
    page.wait_for_timeout(1500)
    before = page.evaluate(PLACES)
    page.evaluate(WATCH_SHIFTS)
    for kind in ("image/jpeg", "application/json", "application/pdf"):
        fetch(page, f"{service}/NASA?type={kind}")
        page.wait_for_timeout(300)
    assert moved(page, before) == {}
    assert shifted(page) <= 0.01, page.evaluate("window.shifts")
    if size is PHONE:
        page.locator(".ww-nav").get_by_role("button", name="Probe").click()
        page.wait_for_timeout(500)
        page.evaluate("window.shifts.length = 0")
        before = page.evaluate(PLACES)
    start(page, f"{service}/Slow-NASA", strategy="careful")
    for words in ("between refused and accepted", "On trial"):
        expect(hero(page)).to_contain_text(words)
        assert moved(page, before) == {}, words
    stop(page)
    expect(hero(page)).to_contain_text("Stopped by you")
    assert moved(page, before) == {}, "stopped"
    start(page, f"{service}/Slow-NASA")
    expect(hero(page)).to_contain_text("s between requests")
    page.wait_for_timeout(500)
    assert moved(page, before) == {}, "estimated"
    assert shifted(page) <= 0.01, page.evaluate("window.shifts")


@pytest.mark.parametrize("size", [DESK, LAPTOP, PHONE], ids=["desk", "laptop", "phone"])
def test_a_description_is_read_whole_and_neither_it_nor_what_went_wrong_moves_the_stage(
    dashboard: Voila, open_page: Callable[..., Page], service: str, size: dict[str, int]
) -> None:
    page = ready(open_page(dashboard.url, viewport=size))
    page.wait_for_timeout(1500)
    before = page.evaluate(PLACES)
    cut = "each => each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1"
    for kind in ("image/jpeg", "text/plain"):
        fetch(page, f"{service}/NASA?type={kind}")
        expect(page.locator(".ww-caption summary")).to_be_visible()
        assert page.locator(".ww-caption :is(p, summary)").evaluate_all(f"all => all.filter({cut}).length") == 0, kind
        assert moved(page, before) == {}, kind
    page.locator(".ww-fetch").get_by_label("Address").fill("http://me:secret@127.0.0.1:9/")
    page.locator(".ww-fetch").get_by_role("button", name="Fetch", exact=True).click()
    expect(page.locator(".ww-chips [role=alert] .ww-say")).to_contain_text("since addresses are shown and kept")
    places = {css: y for css, y in moved(page, before).items() if size is not PHONE or css != ".ww-caption"}
    assert places == {}, "on a phone what to do gives a line to what went wrong"


WRONG = {
    "/file": (("Location", "file:///etc/passwd"),),
    "/out": (("Location", f"http://{'a' * 60}.{'b' * 60}.invalid/"),),
    "/dead": (("Location", "http://127.0.0.1:9/"),),
}
"""Redirects that lead nowhere, which is told in few words and in many."""
BEYOND = """() => [...document.querySelectorAll(".ww-panel")].filter(each => each.checkVisibility(
  {visibilityProperty: true})).flatMap(card => {
  const edge = card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
  return [...card.querySelectorAll(`button:not(.ww-quiet, .ww-try *), .ww-say, .lm-TabBar-tabLabel, h3, input`)].filter(
    each => each.checkVisibility({visibilityProperty: true}) && each.getBoundingClientRect().width > 1 &&
    each.getBoundingClientRect().right > edge + 0.6).map(each => each.textContent || each.className);
})"""
"""What is seen of a card beyond the edge of its content; the samples scroll in their row, and quiet buttons pass it."""


def test_at_every_width_nothing_scrolls_sideways_and_what_went_wrong_moves_nothing(
    dashboard: Voila, open_page: Callable[..., Page], service: str
) -> None:
    page = ready(open_page(dashboard.url, viewport=PHONE))
    page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    start(page, f"{service}/Slow-NASA", strategy="doubling")  # so that there is a pace
    expect(hero(page)).to_contain_text("s between requests")
    page.locator(".ww-nav").get_by_role("button", name="Fetch").click()
    widths = {width: 900 if width > 723 else 700 for width in (320, 360, 390, 820, 1300, 1440)}
    tabs = "document.querySelector('.ww-fetch .lm-TabBar').getBoundingClientRect().y"
    places: dict[int, set[float]] = {width: set() for width in widths}
    with files_served() as files:
        for path in ("/good", *WRONG):
            fetch(page, files.put(path, Answer(b"ok", WRONG.get(path, ()), 302 if path in WRONG else 200)))
            for width, height in widths.items():
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_timeout(60)
                places[width].add(page.evaluate(tabs))
                assert page.evaluate("document.scrollingElement.scrollWidth") <= width, (path, width)
                assert page.evaluate(BEYOND) == [], (path, width)
    assert {width: len(ys) for width, ys in places.items()} == dict.fromkeys(widths, 1), places
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 700})
        mode, copy = page.locator(".ww-header > .ww-chip").last, page.locator(".ww-bar .ww-copy")
        expect(mode).to_contain_text("Local")
        inside = "each => [each.scrollWidth <= each.clientWidth + 1, each.getBoundingClientRect().right]"
        fits, right = mode.evaluate(inside)
        box = copy.bounding_box()
        assert fits, width
        assert box is not None
        assert right < box["x"], width
        for place in ("Paces", "Lab"):
            page.locator(".ww-nav").get_by_role("button", name=place).click()
            page.wait_for_timeout(200)
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width, (place, width)
            assert page.evaluate(BEYOND) == [], (place, width)


def test_what_went_wrong_is_read_whole_on_a_click(desk: Page) -> None:
    with files_served() as files:
        fetch(desk, files.put("/out", Answer(b"", WRONG["/out"], 302)))
    said = desk.locator(".ww-chips summary")
    height = said.bounding_box()
    said.click()
    whole = said.bounding_box()
    assert height is not None
    assert whole is not None
    assert whole["height"] > height["height"], "there is more than has the room"
    assert said.evaluate("each => each.scrollHeight <= each.clientHeight + 1")


CUT = """() => [...document.querySelectorAll(`.ww-wait, .ww-wait span, .ww-words, .ww-badge, .ww-sentence, .ww-hero,
  .ww-acts button, .ww-three > section, .ww-hero .ww-planned, .ww-note p, .ww-estimate p, .ww-bar > *,
  .ww-header > *`)].filter(each =>
    each.checkVisibility({visibilityProperty: true}) && getComputedStyle(each).display !== "inline" &&
    (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)).map(
  each => each.className + each.tagName + ": " + each.textContent)"""
"""What says the answer and has not the room for it."""


@pytest.mark.parametrize("size", [DESK, LAPTOP, LAB, TABLET, PHONE], ids=["desk", "laptop", "lab", "tablet", "phone"])
def test_no_word_of_the_answer_is_cut_off(
    dashboard: Voila, open_page: Callable[..., Page], service: str, size: dict[str, int]
) -> None:
    page = ready(open_page(dashboard.url, viewport=size))
    if size is PHONE:
        page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    for strategy in ("identify", "careful", "quick"):
        choose(page, strategy)
        expect(page.locator(".ww-strategy .mod-active")).to_contain_text(re.compile(strategy, re.IGNORECASE))
        page.wait_for_timeout(200)
        assert page.evaluate(CUT) == [], strategy
    start(page, f"{service}/Slow-NASA", strategy="doubling")
    expect(hero(page)).to_contain_text("s between requests")
    expect(page.locator(".ww-live .ww-planned")).to_be_visible()
    assert page.evaluate(CUT) == []
    start(page, "http://api.example.org/v1/items")
    expect(hero(page)).to_contain_text("is not this machine")
    assert page.evaluate(CUT) == []


def test_on_the_narrowest_phone_each_line_of_the_columns_is_seen_whole(
    dashboard: Voila, open_page: Callable[..., Page]
) -> None:
    """The second line of what a probe cannot show was cut through its middle."""
    page = ready(open_page(dashboard.url, viewport={"width": 320, "height": 720}))
    page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    expect(page.locator(".ww-three")).to_contain_text("Cannot show")
    cut = """() => [...document.querySelectorAll('.ww-three > section')].filter(each => {
      const last = [...each.querySelectorAll('p, li')].at(-1).getBoundingClientRect();
      const columns = document.querySelector('.ww-columns').getBoundingClientRect();
      return last.bottom > Math.min(each.getBoundingClientRect().bottom, columns.bottom) + 1;
    }).map(each => each.textContent)"""
    assert page.evaluate(cut) == []


def test_what_a_public_page_may_ask_is_said_in_whole_at_every_width(
    service: str, tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    with voila(tmp_path, WAITWISE_SERVICE=service, WAITWISE_MODE="public") as running:
        page = ready(open_page(running.url, viewport=DESK))
        start(page, "http://127.0.0.1:9/", strategy="quick")
        expect(hero(page)).to_contain_text("to ask others")
        for width in (1440, 1366, 1300, 1200, 1100, 1056, 820):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(150)
            assert page.evaluate(CUT) == [], width


@pytest.mark.parametrize("size", [LAPTOP, LAB, PHONE], ids=["laptop", "lab", "phone"])
def test_what_is_said_beside_a_probe_and_after_it_is_said_in_whole(
    dashboard: Voila, open_page: Callable[..., Page], service: str, size: dict[str, int]
) -> None:
    page = ready(open_page(dashboard.url, viewport=size))
    if size is PHONE:
        page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    address = f"{service}/slow/token-bucket?burst=1&rate=0.02&dialect=retry-after"
    start(page, address, strategy="careful")
    expect(page.locator(".ww-note").first).to_contain_text("You may close this page")
    page.wait_for_function(f"() => ({CUT})().length === 0")
    page.wait_for_timeout(700)  # the second click of a double one does not stop
    stop(page)
    expect(hero(page)).to_contain_text("Stopped by you")
    page.reload()
    ready(page)
    if size is PHONE:
        page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    panel(page).get_by_label("Address").fill(address)
    expect(hero(page)).to_contain_text("A careful probe was stopped on")
    set_fields(page, **{"Refused, % at most": "20"})
    expect(hero(page)).to_contain_text("Its goal: at most 5")
    page.wait_for_function(f"() => ({CUT})().length === 0")


def test_on_a_phone_each_pace_says_how_it_serves_and_what_it_governs(
    dashboard: Voila, open_page: Callable[..., Page], service: str
) -> None:
    page = ready(open_page(dashboard.url, viewport=PHONE))
    page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    start(page, f"{service}/Slow-NASA")
    expect(hero(page)).to_contain_text("s between requests")
    page.locator(".ww-nav").get_by_role("button", name="Paces").click()
    row = page.locator(".ww-rows tbody tr").first
    expect(row.locator("td").nth(3)).to_contain_text(re.compile("accepted"))
    expect(row.locator("td").nth(3)).to_be_visible()
    cells = row.locator("td:nth-child(4), td:nth-child(2) > b")
    assert (
        cells.evaluate_all(
            "all => all.filter(each => each.scrollHeight > each.clientHeight + 1 || "
            "each.scrollWidth > each.clientWidth + 1).map(each => each.textContent)"
        )
        == []
    )
    heights = "css => [...document.querySelectorAll(css)].map(each => Math.round(each.getBoundingClientRect().y))"
    buttons = page.evaluate(heights, ".ww-over-rows button")
    assert buttons == page.evaluate(heights, ".ww-rows tbody tr"), "each button lies over its row"


def test_the_buttons_beside_an_answer_stand_in_its_middle(desk: Page, service: str) -> None:
    start(desk, f"{service}/Slow-NASA", strategy="identify")
    expect(hero(desk)).to_contain_text("Which limiter it is", timeout=LONG)
    buttons = hero(desk).locator(".ww-acts")
    # They are shown last, by a message of their own: until then they have no box.
    expect(buttons).to_be_visible()
    whole, acts = hero(desk).bounding_box(), buttons.bounding_box()
    assert whole is not None
    assert acts is not None
    assert abs(whole["y"] + whole["height"] / 2 - acts["y"] - acts["height"] / 2) <= 1


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_answer_is_on_the_first_screen(
    dashboard: Voila, open_page: Callable[..., Page], service: str, size: dict[str, int]
) -> None:
    page = ready(open_page(dashboard.url, viewport=size))
    if size is PHONE:
        page.locator(".ww-nav").get_by_role("button", name="Probe").click()
    start(page, f"{service}/Slow-NASA")
    number = hero(page).locator(".ww-wait")
    expect(number).to_contain_text("s between requests")
    box = number.bounding_box()
    assert box is not None
    assert box["y"] < 330
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


class Clicks:
    """Counts the clicks of a task, none of which may need scrolling."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, name: str | re.Pattern[str], within: str = "body") -> None:
        button = self.page.locator(within).get_by_role("button", name=name, exact=isinstance(name, str)).first
        box = button.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= DESK["height"] - box["height"], f"{name} is not on the first screen"
        button.click()
        self.count += 1


def test_a_picture_is_one_click_and_two_replies_are_compared_with_three(desk: Page) -> None:
    click = Clicks(desk)
    click("Picture", ".ww-fetch")
    expect(desk.locator(".ww-stage img").first).to_be_visible()
    assert click.count == 1
    click = Clicks(desk)
    click("Table", ".ww-fetch")
    expect(desk.locator(".ww-chips")).to_contain_text("text/csv")
    click("Compare", ".ww-fetch")
    sheet = desk.locator(".ww-comparison")
    expect(sheet.get_by_role("columnheader", name="Reply 1").first).to_be_visible()
    second = sheet.get_by_role("columnheader", name="Reply 1").first.bounding_box()
    stage = desk.locator(".ww-stage").bounding_box()
    assert second is not None
    assert stage is not None
    assert second["x"] + second["width"] <= stage["x"] + stage["width"] + 1, "the second column is cut off"
    assert click.count + 1 <= 3


@pytest.mark.long
def test_a_safe_wait_is_one_click_and_its_code_another_two(desk: Page, service: str) -> None:
    choose(desk, "doubling")
    panel(desk).get_by_label("Address").fill(f"{service}/Slow-NASA")
    click = Clicks(desk)
    click("Probe", ".ww-probe")
    expect(hero(desk)).to_contain_text("s between requests")
    assert click.count == 1
    wait = hero(desk).locator(".ww-wait span").text_content()
    click("Get the code", ".ww-probe")
    code = desk.locator(".ww-paces .ww-block")
    expect(code).to_contain_text("PacedSession")
    expect(code).to_contain_text(f"{wait} s")
    assert (code.text_content() or "").startswith("from widgets.pace import"), "the code comes before its comments"
    expect(desk.locator(".ww-paces").get_by_role("button", name="Copy code")).to_be_in_viewport()


def test_a_puzzle_goes_to_its_score_with_three_clicks(desk: Page) -> None:
    choose(desk, "doubling")
    desk.locator(".ww-lower .lm-TabBar-tab", has_text="Lab").click()
    lab = desk.locator(".ww-service")
    lab.get_by_label("Puzzle seed").fill("7")
    lab.get_by_role("button", name="New puzzle").click()
    expect(hero(desk)).to_contain_text("Puzzle 1-7", timeout=LONG)
    form = desk.locator(".ww-guess")
    form.get_by_label("The rule").select_option("token-bucket")
    form.get_by_label("A safe wait, s").fill("soon")
    form.get_by_role("button", name="Commit the guess").click()
    wrong, slot = form.get_by_text("A safe wait is a number of seconds"), desk.locator(".ww-slot")
    expect(wrong).to_be_in_viewport()
    assert slot.evaluate("each => each.scrollHeight - each.clientHeight") <= 0, "it has the room for it"
    form.get_by_label("A safe wait, s").fill("0.5")
    form.get_by_role("button", name="Commit the guess").click()
    expect(hero(desk)).to_contain_text(re.compile(r"\d+\s*of 100 points"))
    expect(desk.locator(".ww-columns")).to_contain_text("Manners")


def test_what_a_foreign_service_sends_is_seen_after_one_click(desk: Page) -> None:
    body = b'{"name": "Ceres", "moons": [], "orbit": {"days": 1680, "tilt": {"degrees": 10.6, "of": {"deep": 1}}}}'
    with files_served() as files:
        headers = (("Content-Type", "application/json"), ("X-RateLimit-Limit", "60"), ("X-RateLimit-Remaining", "57"))
        fetch(desk, files.put("/v1/items", Answer(body, headers)))
        stage = desk.locator(".ww-stage")
        for value in ("Ceres", "1680", "10.6"):
            expect(stage.get_by_text(value).locator("visible=true").first).to_be_visible()
        expect(desk.locator(".ww-chips")).to_contain_text("57 of 60 left")


def test_a_refused_fetch_offers_to_probe_that_address(desk: Page) -> None:
    with files_served() as files:
        address = files.put("/busy", Answer(b"later", (("Content-Type", "text/plain"),), 503))
        fetch(desk, address)
        Clicks(desk)("Probe this address", ".ww-fetch")
        expect(panel(desk).get_by_label("Address")).to_have_value(address)
        expect(panel(desk).get_by_role("button", name="Stop the probe", exact=True)).to_be_visible()
        desk.wait_for_timeout(700)
        panel(desk).get_by_role("button", name="Stop the probe", exact=True).click()


FOCUSED = "document.activeElement.closest('.ww-fetch, .ww-probe')?.className.match(/ww-(fetch|probe)/)?.[1] || ''"


def test_the_focus_stays_in_the_card_whose_button_was_pressed(desk: Page, service: str) -> None:
    fetch(desk, f"{service}/NASA?type=text/csv")
    assert desk.evaluate(FOCUSED) == "fetch"
    with files_served() as files:
        start(desk, files.put("/busy", Answer(b"later", (("Retry-After", "30"),), 503)))
        expect(panel(desk).get_by_role("button", name="Stop the probe", exact=True)).to_be_visible()
        assert desk.evaluate(FOCUSED) == "probe"
        desk.wait_for_timeout(700)
        desk.keyboard.press("Enter")
        expect(panel(desk).get_by_role("button", name="Probe", exact=True)).to_be_visible()
        assert desk.evaluate(FOCUSED) == "probe"


def test_a_system_in_the_dark_gets_a_dark_page_and_the_switch_turns_all_of_it_and_back(
    dashboard: Voila, open_page: Callable[..., Page], service: str
) -> None:
    page = ready(open_page(dashboard.url, viewport=DESK, color_scheme="dark"))
    start(page, f"{service}/Slow-NASA")
    expect(hero(page)).to_contain_text("s between requests")
    ground = "getComputedStyle(document.querySelector('.ww-fetch')).backgroundColor"
    body = "getComputedStyle(document.body).backgroundColor"
    field = "getComputedStyle(document.querySelector('.ww-fetch input')).color"
    dark = ("rgb(22, 27, 34)", "rgb(14, 18, 23)", "rgb(233, 237, 242)")
    light = ("rgb(255, 255, 255)", "rgb(244, 245, 247)", "rgb(23, 27, 33)")
    for sides, accepted in ((dark, "#3dbe90"), (light, "#1a9a6c"), (dark, "#3dbe90")):
        page.wait_for_timeout(200)
        assert tuple(map(page.evaluate, (ground, body, field))) == sides
        assert accepted in colours(page)
        page.get_by_role("button", name="Turn light into dark").or_(page.locator(".ww-bar .ww-icon")).first.click()


def test_ctrl_enter_probes_what_is_typed_and_escape_stops_it(desk: Page) -> None:
    button = panel(desk).locator(".ww-command > button")
    expect(button).to_have_attribute("title", "Start the probe (Ctrl+Enter)")
    with files_served() as files:
        address = files.put("/busy", Answer(b"later", (("Retry-After", "30"),), 503))
        field = panel(desk).get_by_label("Address")
        field.fill(address)
        field.press("Control+Enter")
        expect(panel(desk).get_by_role("button", name="Stop the probe", exact=True)).to_be_visible()
        expect(button).to_have_attribute("title", "Stop the probe (Esc)")
        expect(desk.locator(".ww-legend")).to_contain_text("1 refused")
        assert desk.evaluate("document.activeElement.tagName") == "INPUT", "the focus stays where it was"
        desk.wait_for_timeout(700)
        desk.keyboard.press("Escape")
        expect(hero(desk)).to_contain_text("Stopped by you")
        assert files.asked == ["/busy"]
        desk.keyboard.press("Escape")
        expect(button).to_have_text("Probe")


def test_escape_folds_the_options_where_the_focus_is_in_them_and_gives_it_back_to_their_button(desk: Page) -> None:
    with files_served() as files:
        start(desk, files.put("/busy", Answer(b"later", (("Retry-After", "30"),), 503)))
        stops = panel(desk).get_by_role("button", name="Stop the probe", exact=True)
        expect(desk.locator(".ww-legend")).to_contain_text("1 refused")
        fetch_card = desk.locator(".ww-fetch")
        unfold = fetch_card.get_by_role("button", name="Method, headers, login")
        unfold.click()
        fetch_card.get_by_label("Query").fill("a=b")
        desk.keyboard.press("Escape")
        expect(fetch_card.locator(".ww-over")).to_be_hidden()
        expect(unfold).to_be_focused()
        expect(stops).to_be_visible()
        unfold.click()
        expect(fetch_card.get_by_label("Query")).to_have_value("a=b")
        fetch_card.get_by_label("Address").focus()
        desk.keyboard.press("Escape")
        expect(hero(desk)).to_contain_text("Stopped by you")
        expect(fetch_card.locator(".ww-over")).to_be_visible()
        desk.keyboard.press("Escape")
        expect(fetch_card.locator(".ww-over")).to_be_hidden()
        expect(unfold).to_be_focused()


@pytest.mark.parametrize(
    ("card", "unfold", "fields", "covered"),
    [
        (".ww-fetch", "Method, headers, login", ["Method", "Size limit, MB"], "Picture"),
        (".ww-probe", "Goal, budget, request", ["Refused, % at most", "Headers"], "Quick"),
    ],
)
def test_the_focus_goes_from_what_opens_the_options_into_them_and_never_under_them(
    desk: Page, card: str, unfold: str, fields: list[str], covered: str
) -> None:
    room = desk.locator(card)
    button = room.get_by_role("button", name=unfold)
    button.focus()
    desk.keyboard.press("Enter")
    expect(room.locator(".ww-over")).to_be_visible()
    for _ in range(3):  # the address and its button lie between
        desk.keyboard.press("Tab")
    expect(room.get_by_label(fields[0], exact=True).last).to_be_focused()
    room.get_by_label(fields[1], exact=True).last.focus()
    expect(room.locator(".ww-over")).to_be_visible()
    desk.keyboard.press("Tab")
    expect(room.get_by_role("button", name=covered)).to_be_focused()
    expect(room.locator(".ww-over")).to_be_hidden()


def test_where_the_system_gives_the_colours_nothing_is_lost_and_nothing_unseen_appears(
    desk: Page, service: str
) -> None:
    """As in a high contrast of Windows: grounds go, and transparent letters are drawn."""
    desk.emulate_media(forced_colors="active")
    fetch(desk, f"{service}/NASA?type=text/plain")
    ground = "each => getComputedStyle(each).backgroundColor"
    letters = "each => getComputedStyle(each).fontSize"
    assert desk.locator(".ww-thumb > .jupyter-button").first.evaluate(letters) == "0px"
    chosen = desk.locator(".ww-segments button")
    assert chosen.first.evaluate(ground) != chosen.nth(1).evaluate(ground)
    page = desk.locator("body").evaluate(ground)
    for graphic in (".ww-mark", ".ww-dot", ".ww-key .ww-band"):
        assert desk.locator(graphic).first.evaluate(ground) not in {page, "rgba(0, 0, 0, 0)"}
    tab = desk.locator(".ww-fetch .lm-TabBar-tab.lm-mod-current > .lm-TabBar-tabLabel")
    assert "underline" in tab.evaluate("each => getComputedStyle(each).textDecorationLine")


PARTLY = """row => [...row.querySelectorAll(".ww-chip")].filter(each => {
  const chip = each.getBoundingClientRect(), room = row.getBoundingClientRect();
  return chip.top < room.bottom - 1 && chip.right > room.right + 1;
}).map(each => each.textContent)"""


def test_on_the_narrowest_phone_nothing_is_cut_that_is_shown(desk: Page) -> None:
    desk.set_viewport_size({"width": 320, "height": 640})
    with files_served() as files:
        answer = Answer(b"busy", (("Content-Type", "text/plain"), ("Retry-After", "2")), 503)
        shown = fetch(desk, files.put("/busy", answer))
    assert shown.locator(".ww-chips .widget-html-content > div").first.evaluate(PARTLY) == []
    tabs = shown.locator(".lm-TabBar-content").first
    assert tabs.evaluate(
        "each => each.lastElementChild.getBoundingClientRect().right <= each.getBoundingClientRect().right"
    )
    desk.locator(".ww-nav").get_by_role("button", name="Probe").click()
    for strategy in desk.locator(".ww-segments button").all():
        assert strategy.evaluate(
            "each => each.scrollHeight <= each.clientHeight && each.scrollWidth <= each.clientWidth"
        )


def test_what_a_service_writes_from_right_to_left_runs_so_and_turns_nothing_beside_it_round(desk: Page) -> None:
    described = "تقرير عن الرياح ABC 1"
    headers = (("Content-Type", "application/json"), ("X-Description", described.encode().decode("latin-1")))
    with files_served() as files:
        shown = fetch(desk, files.put("/wind", Answer('{"قيمة": [1, 2], "x": "الرياح"}'.encode(), headers)))
    said = shown.locator(".ww-caption summary")
    expect(said).to_have_text(described)
    for place in (said, shown.locator(".ww-tree strong").first, shown.locator(".ww-tree code.ww-string").first):
        assert place.evaluate("each => getComputedStyle(each).unicodeBidi") == "plaintext"


def test_what_is_pressed_below_the_first_screen_brings_its_card_into_sight(desk: Page, service: str) -> None:
    start(desk, f"{service}/Slow-NASA")
    expect(hero(desk)).to_contain_text("s between requests")
    for name, css in (("Show the probe", ".ww-hero .ww-said"), ("Fetch with it", ".ww-fetch .ww-chips")):
        desk.set_viewport_size({"width": 1440, "height": 500})
        button = desk.locator(".ww-paces").get_by_role("button", name=name)
        button.evaluate("each => each.scrollIntoView({block: 'start'})")
        assert desk.locator(css).evaluate("each => each.getBoundingClientRect().top") < 0
        button.click()
        seen = "css => document.querySelector(css).getBoundingClientRect().top >= 0"
        desk.wait_for_function(seen, arg=css)


AXE_WALKS = {
    "replies": ("open", "picture", "pdf", "csv", "json", "compared"),
    "ends": ("no-limit", "nothing-to-pace", "no-answers", "stranger", "fields"),
    "verdicts": ("estimated", "certified", "attempts"),
    "probe": ("searching", "stopped"),
    "trial": ("on-trial",),
    "others": ("unfinished", "looking-on"),
    "kinds": ("sound", "film", "page", "fits", "text"),
    "paces": ("estimated", "paces"),
    "puzzle": ("puzzle", "solved"),
}
"""States that follow from each other on one page; that of a kernel that is gone has a test of its own."""


def faults(page: Page, state: str) -> list[str]:
    """What axe finds, dark and light."""
    found = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(150)
        broken = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [f"{state}, {theme}: {each['id']}: {node['html'][:200]}" for each in broken for node in each["nodes"]]
    return found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("walk", AXE_WALKS)
def test_axe_finds_no_fault_in_any_state_light_and_dark(
    dashboard: Voila, open_page: Callable[..., Page], service: str, walk: str, size: dict[str, int]
) -> None:
    page = ready(open_page(dashboard.url, viewport=DESK))
    found = []
    with serve(TIME_SCALE=0.4, SEED=3) as slow:
        stand = Stand(page, service, slow, dashboard, page.context.browser)  # type: ignore[arg-type] # a page has one
        for state in AXE_WALKS[walk]:
            STATES[state](stand)
            if size is PHONE:
                on_phone(page, state)
            found += faults(page, state)
            page.set_viewport_size(DESK)  # type: ignore[arg-type] # it has both
        if walk == "trial":  # else it goes on for a while, and the next page looks on
            page.keyboard.press("Escape")
            expect(page.locator(".ww-hero.ww-run")).to_have_count(0, timeout=LONG)
    assert "\n".join(found) == ""


FOCUS = """() => {
  const each = document.activeElement, style = getComputedStyle(each);
  if (each === document.body) return null;
  const box = each.getBoundingClientRect();
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return [each.id || each.className + each.textContent.slice(0, 40), seen, box.width > 0 && box.height > 0];
}"""


def test_the_focus_is_seen_on_every_control_that_the_tabulator_reaches(desk: Page, service: str) -> None:
    fetch(desk, f"{service}/NASA?type=text/csv")
    desk.locator(".ww-probe").get_by_role("button", name="Goal, budget, request").click()
    desk.locator(".ww-brand h1").click()
    unseen, reached = [], 0
    for _ in range(150):
        desk.keyboard.press("Tab")
        found = desk.evaluate(FOCUS)
        if found is None:
            break
        reached += 1
        unseen += [found[0]] if not (found[1] and found[2]) else []
    assert unseen == []
    assert 40 <= reached < 150, "the tabulator goes through the page, and out of it"


def test_the_console_holds_no_error_at_opening(dashboard: Voila, open_page: Callable[..., Page]) -> None:
    page = open_page()
    said: list[str] = []
    page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
    page.goto(dashboard.url)
    ready(page)
    expect(page.locator(".ww-chart svg").first).to_be_visible()
    page.wait_for_timeout(500)
    assert said == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_is_folded_away_opens_over_its_card_and_is_seen_whole(
    dashboard: Voila, open_page: Callable[..., Page], size: dict[str, int]
) -> None:
    page = ready(open_page(dashboard.url, viewport=size))
    for place, card, name in (("Fetch", ".ww-fetch", "Method, headers, login"), ("Probe", ".ww-probe", "Goal, budget")):
        if size is PHONE:
            page.locator(".ww-nav").get_by_role("button", name=place).click()
        expect(page.locator(card).get_by_role("button", name=name)).to_be_visible()
        before = page.locator(card).bounding_box()
        page.locator(card).get_by_role("button", name=name).click()
        over = page.locator(card).locator(".ww-over")
        expect(over).to_be_visible()
        assert page.locator(card).bounding_box() == before, "the card keeps its height"
        hidden = over.evaluate("each => each.scrollHeight - each.clientHeight")
        assert hidden <= 1, f"{hidden} px of the fields of {place} are cut off"
        page.locator(card).get_by_role("button", name=name).click()


def test_a_server_that_is_gone_is_said_while_its_connection_is_tried_again(
    service: str, tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    import os  # noqa: PLC0415
    import signal  # noqa: PLC0415

    with voila(tmp_path, WAITWISE_SERVICE=service) as running:
        page = ready(open_page(running.url, viewport=DESK))
        expect(page.locator(".ww-dashboard.ww-kept")).to_be_visible()
        expect(page.locator(".ww-unheard")).to_have_count(0)
        os.kill(running.pid, signal.SIGKILL)
        expect(page.locator(".ww-dashboard.ww-unheard")).to_be_visible(timeout=LONG)
        said = page.evaluate("getComputedStyle(document.querySelector('.ww-dashboard'), '::before').content")
        assert "The server does not answer this page." in said
        assert "attempts and paces are kept" in said


def test_a_connection_that_ends_when_another_one_stands_is_no_sign_that_the_server_is_gone(desk: Page) -> None:
    """As after a sleep: the new one is open before it is noticed that the old one is not."""
    desk.clock.install()
    opened = """async () => {
      const kernel = JSON.parse(document.getElementById("jupyter-config-data").textContent).kernelId;
      const address = `${location.origin.replace("http", "ws")}/api/kernels/${kernel}/channels`;
      const stands = [new WebSocket(address), new WebSocket(address)];
      await Promise.all(stands.map(each => new Promise(done => each.addEventListener("open", done))));
      return new Promise(done => { stands[0].addEventListener("close", () => done(true)); stands[0].close(); });
    }"""
    assert desk.evaluate(opened)
    desk.clock.run_for(10_000)
    expect(desk.locator(".ww-dashboard")).to_be_visible()
    expect(desk.locator(".ww-unheard")).to_have_count(0)


def test_a_kernel_that_is_gone_leaves_one_sentence_and_the_page_as_it_was(
    service: str, tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    import os  # noqa: PLC0415
    import signal  # noqa: PLC0415

    with voila(tmp_path, WAITWISE_SERVICE=service) as running:
        page = ready(open_page(running.url, viewport=DESK))
        before = page.evaluate("document.querySelector('.ww-fetch').getBoundingClientRect().x")
        for pid in running.kernels():
            os.kill(pid, signal.SIGKILL)
        gone = page.locator(".ww-dashboard.jupyter-widgets-disconnected")
        expect(gone).to_be_visible(timeout=LONG)
        said = "getComputedStyle(document.querySelector('.ww-dashboard'), '::before').content"
        assert "This page has lost its kernel." in page.evaluate(said)
        assert page.evaluate("document.querySelector('.ww-fetch').getBoundingClientRect().x") == before
        assert page.evaluate("document.querySelector('.ww-dashboard').scrollWidth") <= DESK["width"] - 48
        assert "\n".join(faults(page, "kernel-gone")) == ""
