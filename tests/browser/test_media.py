"""Every viewer in a real browser: a file made here, served, fetched by the dashboard, and looked at in the page."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from tests.browser.board import Board, opened
from tests.browser.test_fetch import DURATION
from tests.media import files, films

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Voila

PICTURES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "ICO": "image/x-icon",
}
SOUNDS = {
    "audio/wav": files.sound,
    "audio/mpeg": films.mp3,
    "audio/ogg": films.opus,
    "audio/flac": films.flac,
    "audio/mp4": films.m4a,
}
FILMS = {"video/mp4": films.mp4, "video/webm": films.webm}
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0H20V10z"/></svg>'


@pytest.fixture(scope="module")
def board(dashboard: Voila, chromium: Browser) -> Iterator[Board]:
    with opened(dashboard, chromium) as board:
        yield board


def natural_size(picture: Locator) -> list[int]:
    """Return the pixels of a picture once the browser has decoded it."""
    picture.evaluate("element => element.decode()")
    found: list[int] = picture.evaluate("element => [element.naturalWidth, element.naturalHeight]")
    return found


def accessible_name(board: Board, element: Locator) -> str:
    """Return what a screen reader is told, as Chromium computes it."""
    session = board.page.context.new_cdp_session(board.page)
    element.evaluate("element => { globalThis.named = element }")
    handle = session.send("Runtime.evaluate", {"expression": "named"})["result"]["objectId"]
    (node,) = session.send("Accessibility.getPartialAXTree", {"objectId": handle, "fetchRelatives": False})["nodes"]
    session.detach()
    name: str = node["name"]["value"]
    return name


def contrast(colour: str) -> float:
    """Return the contrast with white of a colour such as `rgb(1, 2, 3)` or `rgba(1, 2, 3, 0.87)`, by WCAG 2.2."""
    red, green, blue, *alpha = (float(part) for part in re.findall(r"[\d.]+", colour))
    share = alpha[0] if alpha else 1.0
    parts = [1 - share * (1 - part / 255) for part in (red, green, blue)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_decoded_by_the_browser_and_described(board: Board, kind: str) -> None:
    size = (48, 48) if kind == "ICO" else (60, 40)
    view = board.shows(files.picture(kind, size), PICTURES[kind], ("X-Description", "A black field"))
    picture = view.get_by_role("img", name="A black field")
    expect(picture).to_be_visible()
    assert natural_size(picture) == list(size)
    expect(view).to_contain_text(f"{kind}, {size[0]} × {size[1]} pixels")


def test_a_large_picture_is_fitted_until_its_box_is_ticked(board: Board) -> None:
    view = board.shows(files.picture("PNG", (900, 90)), "image/png")
    picture = view.locator("img")
    assert natural_size(picture) == [900, 90]
    fitted = picture.evaluate("element => [element.clientWidth, element.closest('.ww-view').clientWidth]")
    assert fitted[0] <= fitted[1] < 900
    view.get_by_label("Full size").press("Space")
    assert picture.evaluate("element => element.clientWidth") == 900


def test_a_picture_has_no_scroll_bar_of_its_own_within_the_one_of_the_stage(board: Board) -> None:
    view = board.shows(files.picture("PNG", (900, 700)), "image/png")
    picture = view.locator("img")
    natural_size(picture)
    # Playwright hides scroll bars: what could have one is told by its style.
    between = picture.evaluate(
        """element => {
            const found = []
            let each = element.closest('.ww-zoom')
            while (!(each = each.parentElement).matches('.ww-shown')) found.push(getComputedStyle(each).overflowY)
            return found
        }"""
    )
    assert between
    assert not {"auto", "scroll"} & set(between)


def test_what_the_camera_noted_is_there_without_the_place(board: Board) -> None:
    notes = Image.Exif()
    notes[0x0110] = "Camera 7"
    notes.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "JPEG", exif=notes)
    view = board.shows(out.getvalue(), "image/jpeg")
    view.get_by_text("What its tags say").click()
    expect(view.get_by_text("Camera 7")).to_be_visible()
    expect(view.get_by_text("GPS")).to_have_count(0)


def test_a_drawing_is_a_picture_with_its_source_below(board: Board) -> None:
    view = board.shows(DRAWING, "image/svg+xml", ("X-Description", "Half a field"))
    assert natural_size(view.get_by_role("img", name="Half a field"))[0] > 0
    view.get_by_text("Source", exact=True).click()
    expect(view.get_by_text("viewBox")).to_be_visible()
    assert board.page.locator("svg path[d='M0 0H20V10z']").count() == 0


@pytest.mark.parametrize("media_type", SOUNDS)
def test_a_sound_can_be_played_and_waits_for_it(board: Board, media_type: str) -> None:
    view = board.shows(SOUNDS[media_type](), media_type, ("X-Description", "A bell"))
    player = view.locator("audio")
    assert accessible_name(board, player) == "A bell"
    assert player.evaluate(DURATION) == pytest.approx(1, abs=0.1)
    assert player.evaluate("element => element.paused && element.controls && !element.autoplay && !element.loop")


def test_a_wav_file_has_a_wave_form_and_its_facts(board: Board) -> None:
    view = board.shows(files.sound(), "audio/wav")
    assert natural_size(view.get_by_role("img", name="Wave form")) == [500, 60]
    expect(view).to_contain_text("WAV, 1.0 s, 8,000 samples a second, 8 bits, mono")


@pytest.mark.parametrize("media_type", FILMS)
def test_a_film_can_be_played_and_waits_for_it(board: Board, media_type: str) -> None:
    film = board.shows(FILMS[media_type](), media_type, ("X-Description", "A walk")).locator("video")
    assert accessible_name(board, film) == "A walk"
    assert film.evaluate(DURATION) == pytest.approx(1, abs=0.1)
    assert film.evaluate("element => [element.videoWidth, element.videoHeight]") == list(films.SIZE)
    assert film.evaluate("element => element.paused && element.controls && !element.autoplay && !element.loop")


def test_the_page_chooser_of_a_pdf_changes_the_picture_and_the_text(board: Board) -> None:
    view = board.shows(files.document(), "application/pdf", ("X-Description", "Leaflet"))
    first = view.get_by_role("img", name="Page 1 of 3: Leaflet")
    assert natural_size(first)[0] > 200
    expect(view.get_by_text("This is page 1")).to_be_visible()
    drawn = first.get_attribute("src")
    view.get_by_role("button", name="Next page").click()
    expect(view.get_by_role("img", name="Page 2 of 3")).to_be_visible()
    expect(view.get_by_text("This is page 2")).to_be_visible()
    chooser = view.get_by_label("Page", exact=True)
    chooser.fill("3")
    chooser.press("Enter")
    third = view.get_by_role("img", name="Page 3 of 3")
    assert natural_size(third)[0] > 200
    assert third.get_attribute("src") != drawn


def test_a_pdf_tells_its_outline_and_its_metadata(board: Board) -> None:
    view = board.shows(files.document(), "application/pdf")
    for name, words in (("Outline", "Chapter 2, page 2"), ("About this document", "Three <b>pages</b>")):
        view.get_by_text(name, exact=True).click()
        expect(view.get_by_text(words)).to_be_visible()


def test_a_web_page_stands_in_its_frame_with_source_and_links(board: Board) -> None:
    body = b"<title>x</title><h1>News</h1><a href='http://x.example/'>More</a><script>document.title='ran'</script>"
    view = board.shows(body, "text/html", ("X-Description", "The news"))
    frame = view.locator("iframe[sandbox=''][title='The news']")
    expect(frame.content_frame.get_by_role("heading", name="News")).to_be_visible()
    view.get_by_text("1 link").click()
    expect(view.get_by_role("cell", name="http://x.example/")).to_be_visible()
    view.get_by_text("Source", exact=True).click()
    expect(view.get_by_text("document.title='ran'")).to_be_visible()
    assert frame.content_frame.locator("title").text_content() == "x"


def test_markdown_stands_in_a_frame_as_what_it_means(board: Board) -> None:
    view = board.shows(b"# Plan\n\n| a | b |\n|---|---|\n| 1 | *two* |\n", "text/markdown")
    page = view.locator("iframe[sandbox='']").content_frame
    expect(page.get_by_role("heading", name="Plan")).to_be_visible()
    expect(page.locator("td em")).to_have_text("two")


@pytest.mark.parametrize("media_type", ["text/plain", "text/x-python", "application/javascript", "text/x-sh"])
def test_text_and_code_keep_their_lines(board: Board, media_type: str) -> None:
    view = board.shows(b"one:\n  two <b>3\n", media_type)
    text = view.get_by_role("region", name="Text")
    assert text.inner_text() == "one:\n  two <b>3\n"
    assert "monospace" in text.evaluate("element => getComputedStyle(element).fontFamily")


def test_code_is_told_apart_by_colour_and_each_colour_can_be_read(board: Board) -> None:
    text = board.shows(b"# why\ndef wait(x=7):\n    return 'no'\n", "text/x-python").get_by_role("region", name="Text")
    colours = text.locator("span").evaluate_all("all => all.map(each => getComputedStyle(each).color)")
    assert len(set(colours)) == 5
    for colour in {*colours, text.evaluate("element => getComputedStyle(element).color")}:
        assert contrast(colour) >= 4.5
