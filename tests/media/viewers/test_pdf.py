from __future__ import annotations

import base64
import io
import re
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from widgets.media.decoders import PdfFacts
from widgets.media.viewers import pdf as pdf_viewer
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


def locked(document: bytes, algorithm: str, password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(document))
    writer.encrypt(password, "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_an_encrypted_pdf_that_needs_no_password_is_shown(
    shows: Callable[..., Any], document: bytes, algorithm: str
) -> None:
    view = shows(locked(document, algorithm, ""), "application/pdf").one(PdfView)
    assert "PDF, 3 pages" in view.children[0].value
    assert waits_for(lambda: "This is page 1" in view._text.value)
    assert waits_for(lambda: "<img" in view._picture.value)


def test_a_pdf_that_needs_a_password_says_so(shows: Callable[..., Any], document: bytes) -> None:
    html = shows(locked(document, "AES-256", "secret"), "application/pdf").html
    assert "Shown as bytes: it cannot be decoded: it is locked with a password." in html


def test_a_document_without_a_page_says_so_and_draws_none(shows: Callable[..., Any]) -> None:
    out = io.BytesIO()
    pypdf.PdfWriter().write(out)
    html = shows(out.getvalue(), "application/pdf").html
    assert "PDF, 0 pages" in html
    assert "There is no page in it." in html
    assert "page 1" not in html
    assert "cannot be" not in html
