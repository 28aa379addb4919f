"""Plain text, and the source of anything that is text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.media.charset import Decoded, decode
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, show, tag
from widgets.media.viewers.code import code, language_of

if TYPE_CHECKING:
    import ipywidgets

    from widgets.media.blob import Shown

LONGEST = 400_000
"""Bytes that are shown as text; the rest is in the hexadecimal view and in the saved file."""


@renderer(
    "text/plain",
    "text/*",
    "application/javascript",
    "application/x-sh",
    "application/yaml",
    "application/toml",
    "application/sql",
    "application/typescript",
    "application/x-python-code",
    kind="text",
)
def show_text(reply: Shown) -> ipywidgets.Widget:
    """Show text as it is, in a box that scrolls; code in colours."""
    return show(text_box(reply, "Text"))


def read_text(reply: Shown, longest: int = LONGEST) -> tuple[Decoded, bool]:
    """Return the text of the first `longest` bytes, and whether there is more."""
    cut = len(reply.body) > longest
    return decode(reply.body[:longest], reply.charset, cut=cut), cut


def text_box(reply: Shown, name: str) -> Markup:
    """Return the text of a reply in a box that scrolls and can be reached by keyboard."""
    decoded, cut = read_text(reply)
    note = f"The first {LONGEST:,} of {len(reply.body):,} bytes." if cut else ""
    box = tag(
        "pre",
        *(code(decoded.text, language_of(reply)) if decoded.text else ["There is no text."]),
        class_="ww-pre",
        tabindex="0",
        role="region",
        aria_label=name,
    )
    return tag("div", tag("p", note, class_="ww-facts") if note else "", box)


def source_of(reply: Shown) -> Markup:
    """Return the text of a reply, folded away."""
    return tag("details", tag("summary", "Source"), text_box(reply, "Source"))
