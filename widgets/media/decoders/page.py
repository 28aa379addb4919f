"""HTML and Markdown: what can be told of a page without showing it."""

from __future__ import annotations

from html.parser import HTMLParser

import mistune

MOST_LINKS = 500
_LONGEST = 300


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._address: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._address = dict(attrs).get("href")
            self._words = []

    def handle_data(self, data: str) -> None:
        if self._address is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._address is not None and len(self.found) < MOST_LINKS:
            words = " ".join("".join(self._words).split())
            self.found.append((words[:_LONGEST], self._address[:_LONGEST]))
            self._address = None


def links(text: str) -> list[tuple[str, str]]:
    """Return the words and the address of each link of a page."""
    parser = _Links()
    parser.feed(text)
    parser.close()
    return parser.found


def markdown_page(text: str) -> str:
    """Return Markdown as an HTML document; it is as little to be trusted as the text is."""
    turn = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "task_lists"])
    return f"<!doctype html><body>{turn(text)}</body>"
