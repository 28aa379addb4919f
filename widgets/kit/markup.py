"""The few pieces of HTML that this project writes itself, each from text that is escaped here.

`ipywidgets.HTML` runs event handlers in what it is given. So text from anywhere else goes through `plain` first,
and whole documents from a service go into the sandboxed frame of `widgets.media`, never here.
"""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from typing import TYPE_CHECKING, Literal, TypeAlias

from .widgetry import html as html_widget

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ipywidgets

Tone: TypeAlias = Literal["quiet", "busy", "good", "warn", "bad"]

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that can hide, reorder or break text: controls, bidirectional marks, surrogates, unassigned."""


_BOLD = re.compile(r"\*\*(.+?)\*\*")
_PERCENT = re.compile(r"(?<=\d)\s*%(?![0-9A-Fa-f]{2})")
"""Not that of an address, as `%C3%BC`: whoever copies it would ask another one."""


def plain(text: object) -> str:
    """Return `text` as one line that is safe inside HTML, quotes included."""
    shown = "".join(" " if unicodedata.category(char) in _INVISIBLE else char for char in str(text))
    return html.escape(" ".join(shown.split()), quote=True)


def rich(text: object) -> str:
    r"""Text as safe HTML, in which `**words**` are set bold and a percent sign is held to its number.

    >>> rich("**59 of 59** accepted <now>, 5 %")
    '<b>59 of 59</b> accepted &lt;now&gt;, 5\xa0%'
    """
    return _PERCENT.sub("\N{NO-BREAK SPACE}%", _BOLD.sub(r"<b>\1</b>", plain(text)))


def icon(name: str) -> str:
    """The HTML of a sign of Font Awesome, which says nothing that the words beside it do not."""
    return f'<i class="fa fa-{plain(name)}" aria-hidden="true"></i>'


def chip(text: object, *, tone: str = "", sign: str = "") -> str:
    """The HTML of a small fact; see `rich`."""
    before = icon(sign) if sign else ""
    return f'<span class="ww-chip ww-{plain(tone or "plain")}">{before}<span>{rich(text)}</span></span>'


def line(text: str = "", *, tone: Tone = "quiet", role: str = "status") -> ipywidgets.HTML:
    """A line of text whose changes are announced by screen readers; see `say`."""
    widget = html_widget(css="ww-line")
    say(widget, text, tone=tone, role=role)
    return widget


def say(widget: ipywidgets.HTML, text: str, *, tone: Tone = "quiet", role: str = "status") -> None:
    """Set the text of a `line`. An error is announced at once (`role="alert"`), anything else in its turn."""
    live = "assertive" if role == "alert" else "polite"
    value = f'<div class="ww-say ww-{tone}" role="{role}" aria-live="{live}">{plain(text)}</div>' if text else ""
    if widget.value != value:
        widget.value = value


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The HTML of a table of plain text."""
    head = "".join(f'<th scope="col">{plain(name)}</th>' for name in columns)
    body = "".join("<tr>" + "".join(f"<td>{plain(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="ww-scroll" tabindex="0" role="region" aria-label="{plain(caption)}">'
        f'<table class="ww-table"><caption>{plain(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def download(label: str, filename: str, media_type: str, content: str | bytes) -> str:
    """The HTML of a link that saves `content`; it works in Voila, where the kernel's files cannot be reached."""
    data = base64.b64encode(content.encode() if isinstance(content, str) else content).decode("ascii")
    return (
        f'<a class="ww-download" download="{plain(filename)}" href="data:{plain(media_type)};base64,{data}">'
        f"{plain(label)}</a>"
    )


COPY = (
    "const said = this.textContent, done = () => {"
    "this.textContent = 'Copied'; setTimeout(() => { this.textContent = said }, 2000) };"
    "if (navigator.clipboard) { navigator.clipboard.writeText(this.dataset.text).then(done) } else {"
    "const field = document.createElement('textarea'); field.value = this.dataset.text; document.body.append(field);"
    "field.select(); document.execCommand('copy'); field.remove(); done() }"
)
"""The one handler that this project writes into a page. It is constant; what it copies is an escaped attribute."""


def copy_button(label: str, text: str, *, css: str = "") -> str:
    """The HTML of a button that copies `text`; browsers without a clipboard on plain http get the old way."""
    lines = "\n".join(map(plain_line, text.splitlines()))
    classes = f"jupyter-button ww-copy {css}".strip()
    return (
        f'<button type="button" class="{plain(classes)}" data-text="{lines}" onclick="{plain(COPY)}">'
        f"{plain(label)}</button>"
    )


def code(text: str, name: str = "Code") -> str:
    """The HTML of a block of code, as it is: each line is escaped by itself; `name` tells it from the page's others."""
    lines = "\n".join(plain_line(line) for line in text.splitlines())
    return f'<pre class="ww-block" tabindex="0" role="region" aria-label="{plain(name)}">{lines}</pre>'


def plain_line(text: str) -> str:
    """Return one line that is safe inside HTML, with its spaces as they are."""
    shown = "".join(" " if unicodedata.category(char) in _INVISIBLE else char for char in text)
    return html.escape(shown, quote=True)


def heading(text: str, level: int = 2, beside: str = "") -> ipywidgets.HTML:
    """A heading, so that the page can be read by its outline; `beside` stands smaller in the same line."""
    more = f" <span>{plain(beside)}</span>" if beside else ""
    return html_widget(f"<h{level}>{plain(text)}{more}</h{level}>", css="ww-heading")


def stylesheet(*css: str) -> ipywidgets.HTML:
    """The styles of this project, which are its own words and nobody else's."""
    return html_widget("<style>" + "\n".join(css) + "</style>", css="ww-stylesheet")
