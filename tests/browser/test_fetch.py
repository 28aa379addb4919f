from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask, Response
from playwright.sync_api import Locator, Page, expect

from tests.conftest import served

TYPES = {
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/svg+xml",
    "audio/wav",
    "video/mp4",
    "application/pdf",
    "text/html",
    "text/csv",
    "text/plain",
    "application/json",
    "application/fits",
}


def panel(page: Page) -> Locator:
    return page.locator(".ww-fetch")


FETCHED = """button => new Promise(resolve => {
  let busy = false;
  new MutationObserver((_, observer) => {
    if (button.textContent.includes("Stop")) busy = true;
    else if (busy) { observer.disconnect(); resolve(); }
  }).observe(button, {childList: true, subtree: true, characterData: true});
  button.click();
})"""


def fetch(page: Page, address: str | None = None) -> Locator:
    """Click Fetch and wait until the reply is there."""
    if address is not None:
        panel(page).get_by_label("Address").fill(address)
        panel(page).get_by_label("Address").press("Tab")
    # Watched from inside the page: a quick reply turns the button into Stop for a moment only.
    panel(page).get_by_role("button", name="Fetch", exact=True).evaluate(FETCHED)
    expect(panel(page).locator(".ww-chip.ww-busy")).to_have_count(0)
    return panel(page)


def test_every_type_of_the_service_is_rendered_with_its_description(page: Page, service: str) -> None:
    expect(panel(page).get_by_label("Address")).to_have_value(f"{service}/NASA")
    for media_type in (None, *sorted(TYPES)):  # first whatever the service chooses
        shown = fetch(page, f"{service}/NASA?type={quote(media_type)}" if media_type else None)
        facts = shown.locator(".ww-chips").inner_text()
        found = next(kind for kind in TYPES if kind in facts)
        assert media_type in {None, found}
        assert shown.locator(".ww-caption").inner_text().strip()
        assert_rendered(shown, found)


def assert_rendered(shown: Locator, media_type: str) -> None:
    """What a person sees of this type, in the DOM."""
    view = shown.locator(".ww-view")
    match media_type:
        case "image/jpeg" | "image/png" | "image/gif" | "image/svg+xml":
            picture = view.locator("img").first
            expect(picture).to_be_visible()
            picture.evaluate("element => element.decode()")
            assert picture.evaluate("element => element.naturalWidth") > 0
            inside = (
                "img => img.getBoundingClientRect().width <= img.closest('.ww-stage').getBoundingClientRect().width"
            )
            assert picture.evaluate(inside)
            assert picture.get_attribute("alt")
        case "audio/wav":
            sound = view.locator("audio")
            assert sound.evaluate(DURATION) > 1
            assert sound.evaluate("element => element.paused && element.controls && !element.autoplay && !element.loop")
            sound.evaluate("element => { element.currentTime = 1 }")
            assert sound.evaluate("element => element.currentTime") > 0.5
        case "video/mp4":
            film = view.locator("video")
            expect(film).to_be_visible()
            assert film.evaluate("element => element.controls && !element.autoplay && !element.loop")
        case "application/pdf":
            expect(view.locator("img")).to_be_visible()
            assert view.locator("img").evaluate("element => element.naturalWidth") > 300
            expect(view.get_by_text("pages").first).to_be_attached()
        case "text/html":
            frame = view.locator("iframe")
            assert frame.get_attribute("sandbox") == ""
            assert "Content-Security-Policy" in (frame.get_attribute("srcdoc") or "")
            expect(frame.content_frame.locator("h1")).to_be_visible()
        case "text/csv":
            assert view.locator("table tbody tr").count() > 5
        case "text/plain":
            expect(view.get_by_text("altitude", exact=False).first).to_be_visible()
        case "application/json":
            expect(view.locator(".ww-string", has_text="Mars").first).to_be_visible()
        case "application/fits":
            expect(view.locator("img, table").first).to_be_visible()
            expect(view.get_by_text("SIMPLE").first).to_be_attached()
        case _:
            raise AssertionError(f"no check for {media_type}")


DURATION = """element => new Promise((resolve, reject) => {
  if (element.readyState >= 1) resolve(element.duration);
  element.addEventListener("loadedmetadata", () => resolve(element.duration));
  setTimeout(() => reject(new Error("no metadata within 10 s")), 10000);
})"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_saving_is_within_sight_however_many_ways_there_are_to_show_a_reply(
    page: Page, width: int, height: int
) -> None:
    app = Flask(__name__)
    app.add_url_rule("/lines", "lines", lambda: Response("Array\n(\n [0] => Mars\n)\n", mimetype="text/html"))
    page.set_viewport_size({"width": width, "height": height})
    with served(app) as url:
        shown = fetch(page, f"{url}/lines")
        expect(shown.locator(".ww-pre").first).to_contain_text("[0] => Mars")
        row = panel(page).locator(".ww-stage > .ww-media > .ww-ways")
        save = row.locator(".ww-download")
        expect(save).to_contain_text("Save lines.txt")
        inner, outer = save.bounding_box(), row.bounding_box()
        assert inner is not None
        assert outer is not None
        assert outer["y"] <= inner["y"]
        assert inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1
        assert inner["x"] + inner["width"] <= width


FITS = "each => each.scrollWidth <= each.clientWidth && each.scrollHeight <= each.clientHeight"


@pytest.mark.parametrize("size", [(390, 844), (1056, 900), (1440, 900)], ids=["phone", "lab", "desk"])
def test_what_is_wrong_with_an_address_is_read_whole_at_a_click_at_most(page: Page, size: tuple[int, int]) -> None:
    """Nobody rests a pointer on a line to see whether it is cut, and on a phone there is none."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for address, words in (
        ("foo://" + "x" * 200, "can be asked"),
        ("http://me:secret@127.0.0.1:9/", "since addresses are shown and kept"),
    ):
        panel(page).get_by_label("Address").first.fill(address)
        panel(page).get_by_role("button", name="Fetch", exact=True).click()
        said = panel(page).locator(".ww-chips [role=alert] summary")
        advice = panel(page).locator(".ww-caption summary").first
        expect(said).to_contain_text(words)
        if words == "since addresses are shown and kept" and size[0] == 1440:
            assert said.evaluate(FITS)
            assert advice.evaluate(FITS)
        for line in (said, advice):
            line.click()
            assert line.evaluate(FITS)
            line.click()
