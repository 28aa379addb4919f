"""The room that shows: whatever came, as a person would like to see it, and nothing of it runs."""

from __future__ import annotations

from .registry import renderer, when_needed
from .reply import Blob, Piece, Reply
from .view import MediaView, render


@when_needed
def _viewers() -> None:
    # With their decoders they are half of what a page would import, and nothing is shown before something was fetched.
    from . import viewers as viewers  # noqa: PLC0415 - importing them registers them


__all__ = ["Blob", "MediaView", "Piece", "Reply", "render", "renderer"]
