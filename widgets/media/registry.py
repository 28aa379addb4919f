"""Which viewer shows which media type, and the one function that shows anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import ipywidgets

from .blob import Shown
from .child import DecoderError

Renderer: TypeAlias = Callable[[Shown], ipywidgets.Widget]

BYTES = "application/octet-stream"

_renderers: dict[str, Renderer] = {}


def renderer(*media_types: str) -> Callable[[Renderer], Renderer]:
    """Register a function as the viewer of media types, such as `"text/csv"`, `"image/*"` or `"*/*+json"`.

    The function gets the reply and returns a widget. It may raise: `render` then shows the bytes, and says why.
    """

    def register(function: Renderer) -> Renderer:
        for media_type in media_types:
            _renderers[media_type] = function
        return function

    return register


def known_types() -> list[str]:
    """Return every media type that has a viewer of its own, sorted."""
    return sorted(media_type for media_type in _renderers if "*" not in media_type)


def viewer_of(media_type: str) -> Renderer | None:
    """Return the viewer of `media_type`: of itself, of its suffix (`+json`), of its family (`image/*`), or None."""
    family, _, name = media_type.partition("/")
    suffix = name.rpartition("+")[2] if "+" in name else ""
    for key in (media_type, f"*/*+{suffix}", f"{family}/*"):
        if key in _renderers:
            return _renderers[key]
    return None


def view(reply: Shown, media_type: str) -> tuple[ipywidgets.Widget, str]:
    """Return the widget that shows `reply` as `media_type`, and why it is shown as bytes instead, or an empty string."""
    viewer = viewer_of(media_type)
    if viewer is None:
        return _renderers[BYTES](reply), f"there is no viewer for {media_type}" if media_type else ""
    try:
        return viewer(reply), ""
    except DecoderError as error:
        return _renderers[BYTES](reply), str(error)
    except Exception as error:  # Whatever a viewer stumbles over, the bytes are still there to be seen.
        return _renderers[BYTES](reply), f"the viewer failed: {error}"
