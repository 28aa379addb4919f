"""HTML and Markdown: in a frame where nothing runs and nothing is asked for."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import inert_page, links, markdown_page
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, Text, frame, show, tag
from widgets.media.viewers.text import read_text, source_of
from widgets.model.quantity import counted

if TYPE_CHECKING:
    from widgets.media.reply import Reply


_LONGEST = 5_000_000


@renderer("text/html", "application/xhtml+xml", "*/*+html", kind="a page without its scripts")
def show_page(reply: Reply) -> ipywidgets.Widget:
    """Show a page without its scripts, and its source below."""
    decoded, cut = read_text(reply, _LONGEST)
    title = reply.description or f"Page from {reply.url}"
    page, below = in_child(inert_page, decoded.text), (_links(decoded.text), source_of(reply))
    words = f"This is the page of its first {_LONGEST // 1_000_000} MB; {len(reply.body):,} bytes came."
    why = words if cut else _why_blank(page, decoded.text)
    said = [show(tag("p", why, class_="ww-reason"))] if why else []
    return ipywidgets.VBox([*said, frame(page, title), show(*below)])


def _why_blank(page: str, text: str) -> str:
    """Return why a page is blank; an empty string where there is something to see on it.

    The shell of an app is what many services send in place of what was asked for.
    """
    alone = _without_scripts(text)
    seen = _SEEN.search(page) or _PAINTED.search(page) or _GROUND.search(alone)
    if len(page) > _LONGEST_SHELL or seen or unescape(_UNSEEN.sub("", page)).strip():
        return ""
    missing = [what for what, sign in _MISSING.items() if sign.search(text if what == "scripts" else alone)]
    if not missing:
        return "There is nothing to see on this page."
    how = "do not run" if missing == ["scripts"] else "neither run nor load" if "scripts" in missing else "do not load"
    below = " The addresses of its frames stand among its links." if "frames" in missing else ""
    return f"This page is blank without its {' and '.join(missing)}, which {how} here.{below}"


def _without_scripts(text: str) -> str:
    """Return what stands neither in scripts nor in what is shown where none run."""
    first, *others = _SCRIPTS.split(text)
    return first + "".join(piece for end, piece in zip(others[::2], others[1::2], strict=True) if end)


_SCRIPTS = re.compile(r"(?i)<(/?)(?:script|noscript)\b")
_MISSING = {
    "scripts": re.compile(r"(?i)<script"),
    "frames": re.compile(r"(?i)<i?frame\b[^<>]*\bsrc\s*="),
    "objects": re.compile(r"(?i)<(?:object|embed|applet)\b"),
}
"""By which a browser fills a page, and which are left out here."""

_GROUND = re.compile(r"(?i)<body\b[^<>]*\b(?:(?:bgcolor|background)\s*=|style\s*=[^<>]*\b(?:background|border)\b)")

_LONGEST_SHELL = 200_000
_SEEN = re.compile(
    r"(?i)<(?:img|svg|input|select|textarea|video|audio|hr|meter|progress|button|li|fieldset|details|frame|iframe|object|"
    r"embed|math|marquee|table\b[^<>]*\bborder|\w+\b[^<>]*\b(?:bgcolor|background)\s*=)\b"
)
_PAINTED = re.compile(
    r"""(?i)\bcontent\s*:\s*(?!["']{2}|none|normal|inherit|initial)|\bborder[a-z-]*\s*:\s*(?!0|none)|"""
    r"""\bbackground(?:-color|-image)?\s*:\s*(?!(?:none|transparent|inherit|initial|unset|white|\#fff(?:fff)?)\b)"""
)
"""What a style sheet writes or paints where no word stands."""

_UNSEEN = re.compile(r"<(title|style)\b[^<>]*>[^<]*</\1>|<[^<>]*>")
"""None of these goes on beyond the next `<`: many of them without an end would take time with the square of it."""


def _links(text: str) -> Markup:
    """Return the links of a page as text: none of them can be followed by mistake."""
    try:
        found = in_child(links, text)
    except DecoderError as error:  # The page is there all the same.
        return tag("p", f"Its links are not listed: {error}.", class_="ww-facts")
    rows: list[Text] = [tag("tr", tag("td", words or "(no words)"), tag("td", address)) for words, address in found]
    table = tag("table", tag("tbody", *rows), class_="ww-table")
    box = tag("div", table, class_="ww-scroll", tabindex="0", role="region", aria_label="Links of the page")
    return tag("details", tag("summary", counted(len(found), "link")), box) if found else tag("div")


@renderer("text/markdown", "text/x-markdown", kind="a page made from Markdown")
def show_markdown(reply: Reply) -> ipywidgets.Widget:
    """Show Markdown as the page that it means, and its source below."""
    decoded, _ = read_text(reply)
    page = in_child(markdown_page, decoded.text)
    below = _links(page), source_of(reply)
    return ipywidgets.VBox([frame(page, reply.description or "Markdown"), show(*below)])
