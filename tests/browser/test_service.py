from __future__ import annotations

import re
import wave
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser.conftest import Voila, ready
from tests.browser.test_probe import colours, start, verdict
from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TRUE = "#aa4499"
"""The colour of the truth in the chart."""


def panel(page: Page) -> Locator:
    return page.locator(".ww-service")


def click(page: Page, name: str) -> None:
    panel(page).get_by_role("button", name=name, exact=True).click()


def unfold(page: Page) -> Locator:
    panel(page).get_by_text("Choose its rule, play a puzzle, see the truth").click()
    panel(page).get_by_role("button", name="Use it", exact=True).wait_for()
    return panel(page)


def field(page: Page, name: str) -> Locator:
    return panel(page).get_by_label(name, exact=True)


def probed(page: Page) -> Locator:
    return page.locator(".ww-probe").get_by_label("Address")


def test_a_token_bucket_is_chosen_probed_and_its_truth_laid_over_what_was_found(page: Page, service: str) -> None:
    shown = unfold(page)
    expect(shown).to_contain_text(f"Only for the bundled service at {service}")
    expect(field(page, "Rule")).to_have_value("token-bucket")
    field(page, "rate").fill("0.5")
    field(page, "burst").fill("2")
    field(page, "Status").select_option("429")
    click(page, "Use it")
    address = f"{service}/slow/token-bucket?burst=2&status=429"
    expect(probed(page)).to_have_value(address)
    start(page, successes=8)
    expect(verdict(page)).to_be_visible()
    click(page, "Reveal")
    truth = shown.get_by_role("region", name="Truth and score")
    expect(truth).to_contain_text("A bucket of 2 tokens gains 0.5 each second")
    expect(truth.get_by_role("row", name=re.compile("at most 5% refused"))).to_contain_text("0.038 s")
    expect(truth.get_by_role("row", name=re.compile("at most 5% refused"))).to_contain_text(
        re.compile("safe|too short")
    )
    expect(page.locator(".ww-probe")).to_contain_text("the true steady wait: 0.038 s")
    expect(truth).to_contain_text(re.compile(r"\d+ of 100 points"))
    expect(truth).to_contain_text(re.compile(r"It cost the service \d+ requests, \d+ of them refused, and \d+ sent"))
    seen = wait_for_colour(page, TRUE)
    assert {TRUE, "#1a9e77"} <= seen, "the truth and what was found are drawn over each other"
    click(page, "Reset the service")
    expect(shown).to_contain_text(re.compile(r"it forgot who asked /Slow-NASA, and the state of \d+ rule"))
    expect(truth).to_contain_text("of 100 points")


def wait_for_colour(page: Page, colour: str) -> set[str]:
    """The colours of the chart once one of them is there; the canvas is painted a moment after the page has it."""
    for _ in range(50):
        if colour in (seen := colours(page)):
            break
        page.wait_for_timeout(100)
    return seen


def test_a_puzzle_goes_from_its_link_to_its_score(page: Page, service: str) -> None:
    shown = unfold(page)
    field(page, "Level").select_option("1: honest headers, no chance")
    field(page, "Puzzle seed").fill("2024")
    click(page, "New puzzle")
    link = f"{service}/puzzle/1-2024"
    expect(shown.locator(".ww-link code")).to_have_text(link)
    expect(probed(page)).to_have_value(link)
    start(page, successes=4)
    expect(verdict(page)).to_be_visible()
    click(page, "Reveal")
    expect(field(page, "A safe wait, s")).to_have_value(re.compile(r"\d"))
    expect(shown).not_to_contain_text("of 100 points")
    field(page, "The rule").select_option("token-bucket")
    click(page, "Commit the guess")
    truth = shown.get_by_role("region", name="Truth and score")
    expect(truth).to_contain_text(re.compile(r"\d+ of 100 points"))
    expect(truth).to_contain_text(re.compile(r"It cost the service \d+ requests"))
    assert {TRUE, "#1a9e77"} <= wait_for_colour(page, TRUE)


def test_what_the_service_refuses_is_said_on_the_page_and_the_next_click_works(page: Page) -> None:
    shown = unfold(page)
    before = probed(page).input_value()
    field(page, "burst").fill("-3")
    click(page, "Use it")
    expect(shown.get_by_role("alert")).to_contain_text("burst")
    assert probed(page).input_value() == before
    field(page, "burst").fill("3")
    click(page, "Use it")
    expect(probed(page)).to_have_value(re.compile(r"/slow/token-bucket\?burst=3$"))
    expect(shown.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_opened_on_a_phone_nothing_scrolls_sideways_and_axe_finds_no_fault(
    dashboard: Voila, open_page: Callable[..., Page], theme: str
) -> None:
    page = ready(open_page(f"{dashboard.url}?theme={theme}", viewport={"width": 360, "height": 740}))
    shown = unfold(page)
    field(page, "Rule").select_option("random-failures")
    expect(field(page, "rule.gap")).to_be_visible()
    shown.get_by_text("What the parameters mean").click()
    click(page, "New puzzle")
    expect(shown.locator(".ww-link code")).to_be_visible()
    click(page, "Use it")
    expect(probed(page)).to_have_value(re.compile("random-failures"))
    start(page)
    expect(verdict(page)).to_be_visible()
    click(page, "Reveal")
    expect(shown.get_by_role("region", name="Truth and score")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    wide = "nodes => nodes.filter(n => n.getBoundingClientRect().right > 361).map(n => n.outerHTML.slice(0, 200))"
    assert shown.locator(":is(button, input, select, p, h3)").evaluate_all(wide) == []
    faults = Axe().run(page, context=".ww-service").response["violations"]
    assert "\n".join(f"{fault['id']}: {node['html'][:300]}" for fault in faults for node in fault["nodes"]) == ""


def test_a_seek_in_the_audio_player_asks_for_the_part_that_is_missing(chromium: Browser, tmp_path: Path) -> None:
    seconds, rate = 240, 44_100
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(bytes(2 * rate * seconds))
    # A page of its own: where Playwright routes requests, Chromium's player gets no ranges.
    with serve(MEDIA=str(tmp_path)) as base, closing(chromium.new_page()) as page:
        parts: list[str] = []

        def note(reply: Response) -> None:
            if reply.url.endswith(".wav"):
                assert reply.status == 206
                parts.append(reply.headers["content-range"])

        page.on("response", note)
        page.set_content(f'<audio controls preload="metadata" src="{base}/NASA/long.wav"></audio>')
        page.wait_for_function("document.querySelector('audio').readyState >= 1")
        assert page.evaluate("document.querySelector('audio').duration") == seconds
        page.evaluate("document.querySelector('audio').currentTime = 235")
        page.wait_for_function("(a => !a.seeking && a.readyState >= 2)(document.querySelector('audio'))")
        assert page.evaluate("document.querySelector('audio').currentTime") == 235
    starts = [int(re.fullmatch(r"bytes (\d+)-\d+/\d+", part)[1]) for part in parts]  # type: ignore[index]
    assert starts[0] == 0
    # Browsers ask from the start of a block that they keep.
    assert any(0.95 < start / (2 * rate * 235) <= 1.01 for start in starts[1:]), parts
