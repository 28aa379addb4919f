"""PDF: how many pages, one page as a picture, and its text. Browsers refuse to show a PDF inside a sandboxed frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import DecoderError, in_child, result_of, start
from widgets.media.decoders import PageText, PdfFacts, pdf_facts, pdf_page_picture, pdf_page_text
from widgets.media.registry import View, renderer
from widgets.media.sandbox import Text, change, data_address, show, tag

if TYPE_CHECKING:
    from concurrent.futures import Future

    from widgets.media.reply import Reply


@renderer("application/pdf", "application/x-pdf", kind="pages")
def show_pdf(reply: Reply) -> ipywidgets.Widget:
    """Show a PDF a page at a time."""
    data = bytes(reply.body)
    return PdfView(data, in_child(pdf_facts, data), reply.description or "PDF")


class PdfView(View):
    """One page at a time, with a chooser; pages are drawn elsewhere, so that nothing waits for them."""

    def __init__(self, data: bytes, facts: PdfFacts, name: str) -> None:
        self._data = data
        self._name = name
        self._pages = facts.pages
        self._wanted = 0
        self._asked: list[Future[bytes] | Future[PageText]] = []
        self._picture = show(css="ww-page")
        self._text = show()
        self.page = ipywidgets.BoundedIntText(value=1, min=1, max=max(1, facts.pages), description="Page")
        self._back = ipywidgets.Button(description="Previous page", disabled=True)
        self._on = ipywidgets.Button(description="Next page", disabled=facts.pages < 2)  # noqa: PLR2004 - one page has no next
        self._chooser = ipywidgets.Box([self._back, self.page, self._on], _dom_classes=["ww-form"])
        super().__init__([_about(facts), *([self._chooser] if facts.pages > 1 else []), self._picture, self._text])
        self._back.on_click(lambda _: self.turn_to(self.page.value - 1))
        self._on.on_click(lambda _: self.turn_to(self.page.value + 1))
        self.page.observe(lambda _: self._draw(), "value")
        if facts.pages:
            self._draw()
        else:
            change(self._picture, tag("p", "There is no page in it.", class_="ww-reason"))

    def turn_to(self, page: int) -> None:
        """Show a page, counted from 1; a number that there is not becomes the nearest one."""
        self.page.value = min(max(1, page), max(1, self._pages))

    def _draw(self) -> None:
        """Ask for the page and return at once."""
        number = self._wanted = self.page.value
        self._back.disabled = number <= 1
        self._on.disabled = number >= self._pages
        for future in self._asked:
            if not future.running():  # Whoever leafs quickly waits for the last page only; one that is begun is let be.
                future.cancel()
        picture, text = start(pdf_page_picture, self._data, number), start(pdf_page_text, self._data, number)
        self._asked = [picture, text]
        picture.add_done_callback(lambda done: self._paint(number, done))
        text.add_done_callback(lambda done: self._write(number, done))

    def _paint(self, number: int, done: Future[bytes]) -> None:
        if number != self._wanted or self.is_closed:  # Another page was asked for meanwhile, or none any more.
            return
        try:
            alternative = f"Page {number} of {self._pages}: {self._name}"
            source = data_address(result_of(done), "image/jpeg")
            change(self._picture, tag("img", src=source, alt=alternative))
        except DecoderError as error:
            change(self._picture, tag("p", f"This page cannot be drawn: {error}.", role="status"))

    def _write(self, number: int, done: Future[PageText]) -> None:
        if number != self._wanted or self.is_closed:
            return
        try:
            found = result_of(done)
            words: list[Text] = [found.text.strip() or "This page holds no text.", " …" if found.cut else ""]
        except DecoderError as error:
            words = [f"The text of this page cannot be read: {error}."]
        box = tag("pre", *words, class_="ww-pre", tabindex="0", role="region", aria_label=f"Text of page {number}")
        change(self._text, tag("details", tag("summary", f"Text of page {number}"), box, open=True))


def _about(facts: PdfFacts) -> ipywidgets.HTML:
    words = f"PDF, {facts.pages:,} page{'' if facts.pages == 1 else 's'}"
    rows: list[Text] = [tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in facts.metadata]
    entries: list[Text] = [
        tag("li", "  " * depth + title + (f", page {page}" if page else "")) for depth, title, page in facts.outline
    ]
    about = tag("details", tag("summary", "About this document"), tag("table", tag("tbody", *rows), class_="ww-table"))
    outline = tag("details", tag("summary", "Outline"), tag("ol", *entries, class_="ww-outline"))
    said = tag("p", f"{facts.said}.", class_="ww-reason") if facts.said else ""
    return show(tag("p", words, class_="ww-facts"), said, about if rows else "", outline if entries else "")
