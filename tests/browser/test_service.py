from __future__ import annotations

import re
import wave
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser.conftest import Voila, ready
from tests.browser.test_probe import ACCEPTED, TRUE, choose, colours, hero
from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def panel(page: Page) -> Locator:
    return page.locator(".ww-service")


def click(page: Page, name: str) -> None:
    panel(page).get_by_role("button", name=name, exact=True).click()


def unfold(page: Page) -> Locator:
    page.locator(".ww-lower .lm-TabBar-tab", has_text="Lab").click()
    panel(page).get_by_role("button", name="Probe this rule", exact=True).wait_for()
    return panel(page)


def field(page: Page, name: str) -> Locator:
    return panel(page).get_by_label(name, exact=True)


def probed(page: Page) -> Locator:
    return page.locator(".ww-probe").get_by_label("Address")


@pytest.mark.long
def test_a_token_bucket_is_chosen_probed_and_its_truth_laid_over_what_was_found(page: Page, service: str) -> None:
    shown = unfold(page)
    choose(page, "doubling")
    expect(shown).to_contain_text(f"Only for the bundled service at {service}")
    expect(field(page, "Rule")).to_have_value("token-bucket")
    field(page, "rate").fill("0.5")
    field(page, "burst").fill("2")
    field(page, "Refuses with").select_option("429")
    click(page, "Probe this rule")
    address = f"{service}/slow/token-bucket?burst=2&status=429"
    expect(probed(page)).to_have_value(address)
    expect(hero(page)).to_contain_text("s between requests")
    click(page, "Reveal the truth")
    expect(hero(page)).to_contain_text(re.compile(r"\d+\s*of 100 points"))
    expect(hero(page)).to_contain_text("Token bucket: 0.038 s")
    truth = shown.get_by_role("region", name="Truth and score")
    expect(truth).to_contain_text("A bucket of 2 tokens gains 0.5 each second")
    expect(truth.get_by_role("row", name=re.compile("at most 5 % refused"))).to_contain_text("0.038 s")
    expect(truth.get_by_role("row", name=re.compile("at most 5 % refused"))).to_contain_text(
        re.compile("safe|too short")
    )
    expect(page.locator(".ww-probe")).to_contain_text("the true steady wait: 0.038 s")
    expect(truth).to_contain_text(re.compile(r"It cost the service \d+ requests, \d+ of them refused, and \d+ sent"))
    seen = wait_for_colour(page, TRUE)
    assert {TRUE, ACCEPTED} <= seen, "the truth and what was found are drawn over each other"
    click(page, "Reset the service")
    expect(shown).to_contain_text(re.compile(r"it forgot who asked /Slow-NASA, and the state of \d+ rule"))
    expect(truth).to_contain_text("of 100 points")


def wait_for_colour(page: Page, colour: str) -> set[str]:
    """The colours of the chart once one of them is there; it is drawn a moment after the page has it."""
    for _ in range(50):
        if colour in (seen := colours(page)):
            break
        page.wait_for_timeout(100)
    return seen


def test_a_puzzle_goes_from_its_link_to_its_score(page: Page, service: str) -> None:
    shown = unfold(page)
    choose(page, "doubling")
    field(page, "Level").select_option("1: honest headers, no chance")
    field(page, "Puzzle seed").fill("2024")
    click(page, "New puzzle")
    link = f"{service}/puzzle/1-2024"
    expect(shown.locator(".ww-link code")).to_have_text(link)
    expect(probed(page)).to_have_value(link)
    guess = page.locator(".ww-guess")
    expect(guess.get_by_label("A safe wait, s")).to_be_visible()
    expect(hero(page)).to_contain_text("Puzzle 1-2024")
    expect(hero(page)).not_to_contain_text("of 100 points")
    guess.get_by_label("A safe wait, s").fill("0.04")
    guess.get_by_label("The rule").select_option("token-bucket")
    guess.get_by_role("button", name="Commit the guess").click()
    expect(hero(page)).to_contain_text(re.compile(r"\d+\s*of 100 points"))
    truth = shown.get_by_role("region", name="Truth and score")
    expect(truth).to_contain_text(re.compile(r"It cost the service \d+ requests"))
    assert {TRUE} <= wait_for_colour(page, TRUE)


def test_what_the_service_refuses_is_said_on_the_page_and_the_next_click_works(page: Page) -> None:
    shown = unfold(page)
    before = probed(page).input_value()
    field(page, "burst").fill("-3")
    click(page, "Probe this rule")
    expect(shown.get_by_role("alert")).to_contain_text("burst")
    assert probed(page).input_value() == before
    field(page, "burst").fill("3")
    click(page, "Probe this rule")
    expect(probed(page)).to_have_value(re.compile(r"/slow/token-bucket\?burst=3$"))
    expect(shown.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_opened_on_a_phone_nothing_scrolls_sideways_and_axe_finds_no_fault(
    dashboard: Voila, open_page: Callable[..., Page], theme: str
) -> None:
    page = ready(open_page(f"{dashboard.url}?theme={theme}", viewport={"width": 360, "height": 740}))
    lab = page.locator(".ww-nav").get_by_role("button", name="Lab")
    lab.click()
    shown = unfold(page)
    field(page, "Rule").select_option("random-failures")
    expect(field(page, "rule.gap")).to_be_visible()
    shown.get_by_text("What the parameters mean").click()
    click(page, "Probe this rule")
    expect(probed(page)).to_have_value(re.compile("random-failures"))
    expect(hero(page)).to_be_visible()
    page.wait_for_timeout(700)
    page.locator(".ww-probe").get_by_role("button", name="Stop the probe", exact=True).click()
    expect(page.locator(".ww-probe").get_by_role("button", name="Probe", exact=True)).to_be_visible()
    lab.click()
    click(page, "Reveal the truth")
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
