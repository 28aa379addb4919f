from __future__ import annotations

import base64
import io
import json
import re
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest
from PIL import Image

from widgets.media import renderer
from widgets.media.decoders import PdfFacts
from widgets.media.registry import _renderers, offers
from widgets.media.sandbox import show
from widgets.media.viewers import pdf as pdf_viewer
from widgets.media.viewers import sound as sound_viewer
from widgets.media.viewers.pdf import PdfView

if TYPE_CHECKING:
    from collections.abc import Callable


def waits_for(what: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def sources(html: str) -> list[str]:
    return re.findall(r'src="(data:[^"]*)"', html)


def bytes_of(source: str) -> bytes:
    return base64.b64decode(source.partition(",")[2])


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp"),
                             ("BMP", "image/bmp"), ("ICO", "image/x-icon")]
)  # fmt: skip
def test_a_picture_is_shown_byte_for_byte_with_its_description(
    shows: Callable[..., Any], picture: Callable[..., bytes], kind: str, media_type: str
) -> None:
    data = picture(kind)
    seen = shows(data, "image/whatever", description='The "Moon"')
    assert sources(seen.html) == [f"data:{media_type};base64,{base64.b64encode(data).decode()}"]
    assert 'alt="The &quot;Moon&quot;"' in seen.html
    assert "60 × 40 pixels" in seen.html or kind == "ICO"
    assert '<input type="checkbox" aria-label="Full size">' in seen.html


def test_a_picture_that_browsers_do_not_show_becomes_a_png(
    shows: Callable[..., Any], picture: Callable[..., bytes]
) -> None:
    seen = shows(picture("TIFF"), "image/tiff")
    assert bytes_of(sources(seen.html)[0]).startswith(b"\x89PNG")
    assert "TIFF, 60 × 40 pixels" in seen.html


def test_a_moving_picture_says_how_many_frames(shows: Callable[..., Any]) -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "green", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert "3 frames" in shows(out.getvalue(), "image/gif").html


def test_a_picture_of_too_many_pixels_is_shown_as_bytes_with_the_reason(
    shows: Callable[..., Any], picture: Callable[..., bytes]
) -> None:
    seen = shows(picture("PNG", (9000, 9000), "1"), "image/png")
    assert sources(seen.html) == []
    assert "Shown as bytes: it cannot be decoded: 9000 × 9000 is more than the 40 million pixels" in seen.html
    assert "89 50 4e 47" in seen.html


def test_a_drawing_is_a_picture_and_its_source_is_text(shows: Callable[..., Any]) -> None:
    seen = shows(b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>y()</script></svg>', "image/svg+xml")
    assert sources(seen.html)[0].startswith("data:image/svg+xml;base64,")
    assert "<script" not in seen.html
    assert "&lt;script&gt;" in seen.html


@pytest.mark.parametrize("media_type", ["audio/wav", "audio/x-wav"])
def test_sound_has_controls_and_does_not_start_by_itself(
    shows: Callable[..., Any], sound: bytes, media_type: str
) -> None:
    html = shows(sound, media_type, description="A <bell>").html
    source = f"data:audio/wav;base64,{base64.b64encode(sound).decode()}"
    assert f'<audio src="{source}" controls aria-label="A &lt;bell&gt;" class="ww-player"></audio>' in html


def test_a_film_has_controls_and_does_not_start_by_itself(shows: Callable[..., Any]) -> None:
    html = shows(b"\0\0\0\x18ftypmp42", "video/mp4").html
    assert re.search('<video src="data:video/mp4;base64,[^"]+" controls aria-label="Film" class="ww-player">', html)


@pytest.mark.parametrize(("kind", "media_type"), [(ipywidgets.Audio, "audio/mpeg"), (ipywidgets.Video, "video/mp4")])
def test_what_is_too_large_for_markup_is_played_all_the_same(
    shows: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, kind: type[Any], media_type: str
) -> None:
    monkeypatch.setattr(sound_viewer, "_MOST_IN_MARKUP", 10)
    player = shows(bytes(11), media_type, shown_as=media_type).one(kind)
    assert (player.controls, player.autoplay, player.loop) == (True, False, False)
    assert bytes(player.value) == bytes(11)


def test_a_page_is_shown_in_the_sandboxed_frame_and_nowhere_else(shows: Callable[..., Any]) -> None:
    seen = shows(b'<h1>Hi</h1><script>x()</script><img src=x onerror="y()">', "text/html", description="A page")
    assert '<iframe class="ww-frame" sandbox=""' in seen.html
    assert 'title="A page"' in seen.html
    assert "<script" not in seen.html
    assert "<img" not in seen.html


def test_a_page_is_read_in_its_declared_charset(shows: Callable[..., Any]) -> None:
    assert "größer" in shows("<p>größer".encode("latin-1"), "text/html", charset="iso-8859-1").html
    assert "größer" in shows("<p>größer".encode(), "text/html", charset="idna").html


def test_a_pdf_tells_its_pages_and_shows_the_first_with_its_text(shows: Callable[..., Any], document: bytes) -> None:
    view = shows(document, "application/pdf", description="Leaflet").one(PdfView)
    assert "PDF, 3 pages" in view.children[0].value
    assert "Three &lt;b&gt;pages&lt;/b&gt;" in view.children[0].value
    assert "Chapter 2, page 2" in view.children[0].value
    assert waits_for(lambda: view._picture.value)
    assert bytes_of(sources(view._picture.value)[0]).startswith(b"\xff\xd8\xff")
    assert 'alt="Page 1 of 3: Leaflet"' in view._picture.value
    assert waits_for(lambda: "This is page 1" in view._text.value)


def test_whoever_leafs_quickly_waits_for_the_last_page_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[tuple[int, str], Future[Any]] = {}

    def start(work: Callable[..., Any], _: bytes, page: int) -> Future[Any]:
        future: Future[Any] = Future()
        asked[page, work.__name__] = future
        return future

    monkeypatch.setattr(pdf_viewer, "start", start)
    view = PdfView(b"", PdfFacts(3, (), ()), "Leaflet")
    asked[1, "pdf_page_picture"].set_running_or_notify_cancel()
    for page in (2, 3):
        view.turn_to(page)
    cancelled = {key for key, future in asked.items() if future.cancelled()}
    assert cancelled == {(1, "pdf_page_text"), (2, "pdf_page_picture"), (2, "pdf_page_text")}
    asked[3, "pdf_page_picture"].set_result(b"drawn")
    assert "Page 3 of 3: Leaflet" in view._picture.value


def test_turning_the_pages_of_a_pdf(shows: Callable[..., Any], document: bytes) -> None:
    view = shows(document, "application/pdf").one(PdfView)
    back, chooser, onward = view.children[1].children
    assert (back.disabled, onward.disabled) == (True, False)
    onward.click()
    assert waits_for(lambda: "This is page 2" in view._text.value)
    assert waits_for(lambda: 'alt="Page 2 of 3' in view._picture.value)
    chooser.value = 99
    assert chooser.value == 3
    assert waits_for(lambda: "This is page 3" in view._text.value)
    assert onward.disabled
    view.turn_to(-5)
    assert waits_for(lambda: "This is page 1" in view._text.value)


def test_csv_is_a_table_with_numbers_to_the_right(shows: Callable[..., Any]) -> None:
    seen = shows(b'name,mass\n"Mars, the red",0.107\nEarth,1.0\n<b>x</b>,2\n', "text/csv", description="Planets")
    assert '<th scope="col" class="ww-number">mass</th>' in seen.html
    assert '<td class="ww-text">Mars, the red</td>' in seen.html
    assert '<td class="ww-text">&lt;b&gt;x&lt;/b&gt;</td>' in seen.html
    assert 'role="region" aria-label="Planets"' in seen.html
    assert "3 rows, 2 columns" in seen.html


@pytest.mark.parametrize(
    ("body", "media_type"), [(b"a;b\n1,5;2\n", "text/csv"), (b"a\tb\n1,5\t2\n", "text/tab-separated-values")]
)
def test_other_delimiters_are_found(shows: Callable[..., Any], body: bytes, media_type: str) -> None:
    assert ">1,5</td>" in shows(body, media_type).html


def test_a_long_table_is_cut_and_says_so(shows: Callable[..., Any]) -> None:
    body = b"n\n" + b"".join(b"%d\n" % number for number in range(5000))
    html = shows(body, "text/csv").html
    assert "1,000 rows, 1 columns (only the first 1,000 rows)" in html
    assert html.count("<tr>") == 1001


def test_a_wide_table_is_cut_and_says_so(shows: Callable[..., Any]) -> None:
    html = shows(b",".join(b"%d" % number for number in range(600)) + b"\n", "text/csv").html
    assert "the first 500 of 600 columns" in html


def test_json_is_a_tree_that_opens(shows: Callable[..., Any]) -> None:
    seen = shows(json.dumps({"a": [1, {"<b>": None}], "c": "text"}).encode(), "application/json")
    assert "<details open><summary><small>2 members" in seen.html
    assert "<strong>a</strong> <small>2 items" in seen.html
    assert '<strong>&lt;b&gt;</strong> <code class="ww-null">null</code>' in seen.html
    assert '<code class="ww-string">&quot;text&quot;</code>' in seen.html


@pytest.mark.parametrize("media_type", ["application/problem+json", "application/vnd.api+json"])
def test_a_type_with_the_json_suffix_is_json(shows: Callable[..., Any], media_type: str) -> None:
    assert "1 member" in shows(b'{"a": 1}', media_type).html


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{not json", "Expecting property name"),
        (b"[" * 100_000, "nested too deeply"),
        (b"", "Expecting value"),
        (b"9" * 10_000, "Exceeds the limit"),
    ],
)
def test_what_is_not_json_is_shown_as_bytes_with_the_reason(
    shows: Callable[..., Any], body: bytes, reason: str
) -> None:
    assert re.search(f"Shown as bytes: .*{reason}", shows(body, "application/json").html)


def test_a_large_tree_is_cut_and_says_so(shows: Callable[..., Any]) -> None:
    html = shows(json.dumps(list(range(50_000))).encode(), "application/json").html
    assert "and 49,700 more, not shown" in html
    assert len(html) < 1_000_000


def test_text_keeps_its_lines_and_loses_what_cannot_be_seen(shows: Callable[..., Any]) -> None:
    assert "one\n  two &lt;3\n" in shows(b"one\r\n  two <3\n\x1b", "text/plain").html


def test_long_text_is_cut_and_says_so(shows: Callable[..., Any]) -> None:
    html = shows(b"x" * 1_000_000, "text/plain").html
    assert "The first 400,000 of 1,000,000 bytes." in html
    assert len(html) < 410_000


def test_fits_shows_the_cards_of_each_unit(shows: Callable[..., Any], fits: bytes) -> None:
    html = shows(fits, "application/fits").html
    assert "FITS, 2 units" in html
    assert "Unit 0: primary, 4 × 3, 24 bytes of data" in html
    assert '<th scope="row">OBJECT</th><td>M 31&#x27;s core</td><td>what was seen</td>' in html
    assert "<td>a free remark</td>" in html
    assert "Unit 1: IMAGE, no data" in html


def test_unknown_bytes_are_shown_with_offsets_and_letters(shows: Callable[..., Any]) -> None:
    html = shows(b"\0" * 16 + bytes(range(48, 64)), "application/x-unheard-of").html
    assert "00000010  30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  0123456789:;&lt;=&gt;?" in html


def test_the_pages_of_a_dump_can_be_turned(shows: Callable[..., Any]) -> None:
    seen = shows(b"\0" * 4096 + b"second page", "application/octet-stream")
    chooser = seen.one(ipywidgets.BoundedIntText)
    assert "second page" not in seen.html
    chooser.value = 2
    assert "00001000  73 65 63 6f 6e 64 20 70" in seen.html
    chooser.value = 3
    assert chooser.value == 2


def test_nothing_at_all_is_shown_as_nothing(shows: Callable[..., Any]) -> None:
    assert "There are no bytes." in shows(b"", "").html


@pytest.mark.parametrize("media_type", ["image/png", "application/pdf", "application/fits"])
def test_bytes_that_are_not_what_they_say_are_shown_as_bytes_with_the_reason(
    shows: Callable[..., Any], media_type: str
) -> None:
    seen = shows(b"\x9e\x01\x02neither", media_type)
    assert "Shown as bytes: " in seen.html
    assert "9e 01 02 6e" in seen.html


def test_one_function_makes_a_new_media_type(shows: Callable[..., Any]) -> None:
    @renderer("application/x-shout")
    def shout(reply: Any) -> ipywidgets.Widget:
        return show(bytes(reply.body).decode().upper())

    try:
        assert "HELLO" in shows(b"hello", "application/x-shout").html
        assert ("application/x-shout", "application/x-shout") in offers()
    finally:
        del _renderers["application/x-shout"]


def test_a_viewer_that_fails_costs_nothing_but_the_view(shows: Callable[..., Any]) -> None:
    @renderer("application/x-broken")
    def broken(reply: Any) -> ipywidgets.Widget:
        raise ZeroDivisionError("<oops>")

    try:
        html = shows(b"abc", "application/x-broken").html
    finally:
        del _renderers["application/x-broken"]
    assert "Shown as bytes: the viewer failed: &lt;oops&gt;." in html
    assert "61 62 63" in html


def test_a_viewer_that_returns_no_widget_is_told_so(shows: Callable[..., Any]) -> None:
    @renderer("application/x-none")
    def none(reply: Any) -> Any:
        return None

    try:
        html = shows(b"abc", "application/x-none").html
    finally:
        del _renderers["application/x-none"]
    assert "the viewer failed: it returned NoneType, not a widget" in html


def test_a_reply_can_be_shown_as_another_type(shows: Callable[..., Any]) -> None:
    assert "61 62 63" in shows(b"abc", "text/plain", shown_as="application/octet-stream").html
