"""The one module that puts anything of a reply into HTML.

`ipywidgets.HTML` runs event handlers in what it is given. So viewers build what they show from `tag`, which escapes
every text and attribute and knows only harmless names, and `show` makes the widget. A whole document from a service
goes into `frame`: an iframe with an empty `sandbox`, where no script runs, behind a content security policy, without
which pictures, fonts and styles could still send requests out; and only after frames and the addresses of links were
taken out of it, which open connections all the same.
"""

from __future__ import annotations

import base64
import html
import re
from typing import TYPE_CHECKING, TypeAlias

import ipywidgets

from widgets.kit.widgetry import lean

from .reply import Inert

if TYPE_CHECKING:
    from .reply import Blob

Text: TypeAlias = "str | Markup"


class Markup(str):
    """HTML that was made here: safe by construction, never by promise."""

    __slots__ = ()


_TAGS = frozenset(
    {
        "audio",
        "caption",
        "code",
        "details",
        "div",
        "em",
        "h3",
        "h4",
        "img",
        "input",
        "label",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
    }
    | {"small", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"}
    | {"video"}
)
_VOID = frozenset({"img", "input"})
_ATTRIBUTES = frozenset(
    {
        "alt",
        "aria-label",
        "aria-live",
        "checked",
        "class",
        "colspan",
        "controls",
        "open",
        "role",
        "scope",
        "src",
        "tabindex",
    }
    | {"title", "type"}
)
_SOURCE = re.compile(r"data:(image|audio|video)/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]*")
_HIDDEN = dict.fromkeys(
    [code for code in range(32) if chr(code) not in "\t\n"]
    + [*range(0x7F, 0xA0), 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
    + [0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)]
) | {0x2028: "\n", 0x2029: "\n", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
"""Controls, bidirectional marks and invisible signs: they hide, reorder or break what is read.

A lone surrogate is half of a sign, which no page can hold: that there was one is seen.
"""

POLICY = (
    "default-src 'none'; img-src data:; media-src data:; font-src data:; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'"
)
_FRAME_HEAD = (
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    "<style>:where(html){background:#fff;color:#111;color-scheme:light;font-family:sans-serif}"
    ":where(a){text-decoration:underline}</style>"
)


def visible(text: object) -> str:
    """Return `text` without what cannot be seen; line ends and tabs stay."""
    return str(text).replace("\r\n", "\n").replace("\r", "\n").translate(_HIDDEN)


def unseen(text: str) -> str:
    """Return which signs of a text `visible` leaves out without a trace, by their numbers; the first few of them.

    >>> unseen("access\u202e \u2066x"), unseen("plain")
    ('U+202E, U+2066', '')
    """
    found = sorted(sign for sign in set(text) if sign != "\r" and _HIDDEN.get(ord(sign), sign) is None)
    more = f" and {len(found) - _MOST_NAMED} others" if len(found) > _MOST_NAMED else ""
    return ", ".join(f"U+{ord(sign):04X}" for sign in found[:_MOST_NAMED]) + more


_MOST_NAMED = 5


def escaped(text: Text) -> Markup:
    """Return `text` as markup; what is markup already stays as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(visible(text), quote=True))


def joined(parts: list[Text] | tuple[Text, ...]) -> Markup:
    """Return the parts one after the other, each escaped."""
    return Markup("".join(escaped(part) for part in parts))


def tag(name: str, *children: Text, **attributes: str | bool) -> Markup:
    """Return an element whose children and attributes are escaped.

    >>> tag("p", "<b>", tag("em", "x"), class_="ww-facts")
    '<p class="ww-facts">&lt;b&gt;<em>x</em></p>'

    Args:
        name: One of a short list; nothing that can run, load or send is in it.
        children: Text, which is escaped, or markup from here.
        attributes: Names with `_` for `-`; `class_` for `class`; `True` for an attribute without a value.

    Raises:
        ValueError: An element, attribute or address that is not on the list: a mistake in a viewer.
    """
    if name not in _TAGS:
        raise ValueError(f"<{name}> is not one of the elements that may be shown")
    words = [name]
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if attribute not in _ATTRIBUTES:
            raise ValueError(f"{attribute}= is not one of the attributes that may be set")
        if attribute == "src" and not _SOURCE.fullmatch(str(value)):
            raise ValueError("src= may only hold the bytes themselves, as a data: address of a picture or sound")
        if value is not False:
            words.append(attribute if value is True else f'{attribute}="{escaped(value)}"')
    start = f"<{' '.join(words)}>"
    return Markup(start if name in _VOID else f"{start}{joined(children)}</{name}>")


def show(*parts: Text, css: str = "") -> ipywidgets.HTML:
    """Return a widget that shows markup."""
    return lean(ipywidgets.HTML, joined(parts), css=css)


def change(widget: ipywidgets.HTML, *parts: Text) -> None:
    """Make a widget of `show` show something else."""
    widget.value = joined(parts)


def data_address(body: Blob, media_type: str) -> str:
    """Return bytes as a data: address for `src`; the type is ours, never what a header says."""
    return f"data:{media_type};base64,{base64.b64encode(bytes(body)).decode('ascii')}"


def save_link(label: str, file_name: str, body: Blob) -> Markup:
    """Return a link that saves bytes; their type is none, so that no browser opens them."""
    data = base64.b64encode(bytes(body)).decode("ascii")
    return Markup(
        f'<a class="ww-download" download="{escaped(file_name)}" href="data:application/octet-stream;base64,{data}">'
        f"{escaped(label)}</a>"
    )


_LOOPBACK = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}/[A-Za-z0-9_-]{43}/[A-Za-z0-9_.~%-]+")


def loopback_link(label: str, address: str) -> Markup:
    """Return a link to a body that this kernel hands out; in a tab of its own, so that the page stays in any case.

    Raises:
        ValueError: It is another address: a mistake in whatever made it.
    """
    if not _LOOPBACK.fullmatch(address):
        raise ValueError("only an address that this kernel hands bodies out at may be linked")
    return Markup(
        f'<a class="ww-download" target="_blank" rel="noopener noreferrer" href="{address}">{escaped(label)}</a>'
    )


def frame(document: Inert, title: str) -> ipywidgets.HTML:
    """Return a widget that shows a whole HTML document which may run nothing and ask for nothing.

    Raises:
        TypeError: The document did not go through `decoders.inert_page`: a mistake in a viewer.
    """
    if not isinstance(document, Inert):
        raise TypeError(f"a page must be made inert before it is shown, got {type(document).__name__}")
    source = html.escape(_FRAME_HEAD + document.translate({0: None} | dict.fromkeys(range(0xD800, 0xE000))), quote=True)
    name = escaped(title)
    return ipywidgets.HTML(
        f'<iframe class="ww-frame" sandbox="" referrerpolicy="no-referrer" title="{name}" srcdoc="{source}"></iframe>'
    )
