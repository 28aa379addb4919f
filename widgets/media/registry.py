"""Which viewer shows which media type, and the one function that shows anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import ipywidgets

from .child import DecoderError
from .reply import Reply
from .verdict import BYTES

Renderer: TypeAlias = Callable[[Reply], ipywidgets.Widget]

_renderers: dict[str, Renderer] = {}
_kinds: dict[Renderer, str] = {}
_offers: dict[str, str] = {}


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
        for media_type in media_types:
            _renderers[media_type] = function
        _kinds[function] = kind or media_types[0]
        _offers[_kinds[function]] = media_types[0]
        return function

    return register


def offers() -> list[tuple[str, str]]:
    """Return what can be shown: each kind, with one media type that is shown so."""
    return sorted(_offers.items())


def kind_of(media_type: str) -> str:
    """Return what the viewer of `media_type` shows, or an empty string where there is none."""
    viewer = viewer_of(media_type)
    return _kinds[viewer] if viewer else ""


def viewer_of(media_type: str) -> Renderer | None:
    """Return the viewer of `media_type`: of itself, of its suffix (`+json`), of its family (`image/*`), or None."""
    family, _, name = media_type.partition("/")
    suffix = name.rpartition("+")[2] if "+" in name else ""
    for key in (media_type, f"*/*+{suffix}", f"{family}/*"):
        if key in _renderers:
            return _renderers[key]
    return None


def view(reply: Reply, media_type: str) -> tuple[ipywidgets.Widget, str]:
    """Return the widget that shows `reply` as `media_type`, and why it shows bytes instead, or an empty string."""
    viewer = viewer_of(media_type)
    if viewer is None:
        return _renderers[BYTES](reply), f"there is no viewer for {media_type}" if media_type else ""
    try:
        widget = viewer(reply)
        if not isinstance(widget, ipywidgets.Widget):
            raise TypeError(f"it returned {type(widget).__name__}, not a widget")  # noqa: TRY301 - one place for all of it
        return widget, ""  # noqa: TRY300 - as above
    except DecoderError as error:
        return _renderers[BYTES](reply), str(error)
    except Exception as error:  # noqa: BLE001 - whatever a viewer stumbles over, the bytes are still there
        return _renderers[BYTES](reply), f"the viewer failed: {error}"
