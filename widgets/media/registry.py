"""Which viewer shows which media type, and the one function that shows anything."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

import ipywidgets

from widgets.kit import Job
from widgets.kit.widgetry import close

from .charset import decode
from .child import DecoderError
from .encoding import known_as
from .reply import Reply
from .sniff import HEAD, sniff
from .verdict import BYTES, is_binary, is_textual

Renderer: TypeAlias = Callable[[Reply], ipywidgets.Widget]

_renderers: dict[str, Renderer] = {}
_kinds: dict[Renderer, str] = {}
_offers: dict[str, str] = {}

_later: list[Callable[[], None]] = []
_loading = threading.RLock()
_closing = threading.RLock()


def when_needed(load: Callable[[], None]) -> Callable[[], None]:
    """Have viewers registered by `load()` when somebody first asks for one, or registers one of his own."""
    _later.append(load)
    return load


def _loaded() -> None:
    with _loading:  # Whoever asks while another thread loads waits; what is loaded here registers and does not.
        while _later:
            _later.pop()()


class View(ipywidgets.VBox):
    """What shows a reply in several widgets, and owns them.

    The one rule for who closes what: **whoever makes a widget puts it into a box, or keeps it as an attribute of a
    `View`; whoever takes a widget off the page closes it.** A view that is closed closes all that lies in it or is its
    attribute, placed or not, ends its work, and lets go of whatever would keep it in memory.

    >>> class Twice(View):
    ...     def __init__(self, reply):
    ...         self.spare = ipywidgets.Button(description="never placed")
    ...         super().__init__([ipywidgets.Label(reply.url), ipywidgets.Label(reply.url)])
    """

    is_closed = False
    strict = True
    """Whether strict readers would take what is shown as what it is shown as."""

    def swap(self, box: ipywidgets.Box, *widgets: ipywidgets.Widget) -> None:
        """Put widgets into a box of this view, and close those that were in it; also from another thread."""
        with _closing:
            old = widgets if self.is_closed else box.children
            if not self.is_closed:
                box.children = widgets
        for widget in old:
            close(widget)

    def close(self) -> None:
        """Close all that it holds; work that is under way ends, and closes what it made."""
        with _closing:
            self.is_closed = True
        for name, value in list(vars(self).items()):
            match value:
                case Job():
                    value.stop()
                    setattr(self, name, Job(lambda _: None, lambda _: None))  # The old one holds this view.
                case Future():
                    value.cancel()
                case ipywidgets.Widget():
                    _let_go(value)
                case list() | tuple():
                    for one in value:
                        if isinstance(one, Future):
                            one.cancel()
                        elif isinstance(one, ipywidgets.Widget):
                            _let_go(one)
        for child in self.children:
            _let_go(child)
        super().close()
        self.unobserve_all()


def _let_go(widget: ipywidgets.Widget) -> None:
    """Close a widget with all inside, and forget what is to be called by it, which may hold the view."""
    for child in getattr(widget, "children", ()):
        _let_go(child)
    close(widget)
    widget.unobserve_all()
    if isinstance(widget, ipywidgets.Button):
        for callback in list(widget._click_handlers.callbacks):  # noqa: SLF001 - ipywidgets has no other way
            widget.on_click(callback, remove=True)


def renderer(*media_types: str, kind: str = "") -> Callable[[Renderer], Renderer]:
    """Register a function as the viewer of media types, such as `"text/csv"`, `"image/*"` or `"*/*+json"`.

    The function gets the reply and returns a widget. It may raise: `render` then shows the bytes, and says why.

    >>> from widgets.media.sandbox import show
    >>> @renderer("application/x-shout", kind="capitals")
    ... def shout(reply):
    ...     return show(bytes(reply.body).decode().upper())  # `show` escapes what it is given
    >>> kind_of("application/x-shout")
    'capitals'

    Args:
        media_types: In lower case, the plainest one first; a later registration replaces an earlier one.
        kind: What the viewer shows, for people, such as `"a table"`; else the type itself is named.
    """

    def register(function: Renderer) -> Renderer:
        _loaded()  # The last one counts, and that is whoever registers now.
        for media_type in media_types:
            _renderers[media_type] = function
        _kinds[function] = kind or media_types[0]
        _offers[_kinds[function]] = media_types[0]
        return function

    return register


def offers() -> list[tuple[str, str]]:
    """Return what can be shown: each kind, with one media type that is shown so."""
    _loaded()
    return sorted(_offers.items())


def known_kinds() -> list[tuple[str, tuple[str, ...]]]:
    """Return each kind that is shown with its media types, as the README lists them."""
    _loaded()
    found: dict[str, list[str]] = {}
    for media_type, function in _renderers.items():
        found.setdefault(_kinds[function], []).append(media_type)
    return sorted((kind, tuple(sorted(media_types))) for kind, media_types in found.items())


def kind_of(media_type: str) -> str:
    """Return what the viewer of `media_type` shows, or an empty string where there is none."""
    viewer = viewer_of(media_type)
    return _kinds[viewer] if viewer else ""


def viewer_of(media_type: str) -> Renderer | None:
    """Return the viewer of `media_type`: of itself, of its suffix (`+json`), of its family (`image/*`), or None."""
    _loaded()
    family, _, name = media_type.partition("/")
    suffix = name.rpartition("+")[2] if "+" in name else ""
    for key in (media_type, f"*/*+{suffix}", f"{family}/*"):
        if key in _renderers:
            return _renderers[key]
    return _renderers.get(_TEXT) if is_textual(media_type) else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A reply as it is shown now.

    Attributes:
        widget: The view.
        kind: What it shows, for people, such as `"a table"`.
        why: Why it shows text or bytes instead of what was wanted, or empty.
        strict: Whether strict readers would take it as that, as far as the viewer knows.
    """

    widget: ipywidgets.Widget
    kind: str
    why: str = ""
    strict: bool = True


def view(reply: Reply, media_type: str) -> Shown:
    """Return what shows `reply` as `media_type`; where that cannot be, its text, else its bytes, with the reason."""
    viewer = viewer_of(media_type)
    if viewer is None:
        return _instead(reply, f"there is no viewer for {media_type}" if media_type else "")
    try:
        widget = viewer(reply)
        if not isinstance(widget, ipywidgets.Widget):
            raise TypeError(f"it returned {type(widget).__name__}, not a widget")  # noqa: TRY301 - one place for all of it
        return Shown(widget, _kinds[viewer], strict=not isinstance(widget, View) or widget.strict)
    except DecoderError as error:
        return _instead(reply, f"{error}{_broken_off(reply)}", viewer)
    except Exception as error:  # noqa: BLE001 - whatever a viewer stumbles over, the bytes are still there
        return _instead(reply, f"the viewer failed: {error}", viewer)


def _instead(reply: Reply, why: str, failed: Renderer | None = None) -> Shown:
    """Return the view of a reply that its own viewer did not give: no readable text, and no archive, as hexadecimal."""
    plain, raw, listed = _renderers[_TEXT], _renderers[BYTES], _renderers.get(_ARCHIVE)
    if failed not in (plain, raw):
        try:
            found = sniff(reply.body[:HEAD], reply.charset, declared=reply.media_type, cut=len(reply.body) > HEAD)
            told = found.charset and (not is_binary(reply.media_type) or found.charset == "utf-8")
            if told or known_as(reply.charset) or (is_textual(reply.media_type) and _only_words(reply.body[:HEAD])):
                return Shown(plain(reply), _kinds[plain], why)
        except Exception as error:  # noqa: BLE001 - as above
            why = f"{why}; nor as text: {error}"
    if listed is not None and failed not in (None, raw, listed) and reply.body[:4] == b"PK\3\4":
        with suppress(DecoderError):  # Then it is no whole archive either.
            return Shown(listed(reply), _kinds[listed], why)
    return Shown(raw(reply), _kinds[raw], why)


def _only_words(head: bytes) -> bool:
    """Whether bytes are words though they begin as a format does: a text about it begins so too."""
    decoded = decode(head, cut=True)
    return decoded.used == "utf-8" and decoded.faithful and not _CONTROLS.search(decoded.text)


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def _broken_off(reply: Reply) -> str:
    is_whole = getattr(reply, "complete", True) and getattr(reply, "status", 200) != HTTPStatus.PARTIAL_CONTENT
    return "" if is_whole else "; only a part of it came"


_TEXT = "text/plain"
_ARCHIVE = "application/zip"
