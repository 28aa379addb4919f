"""The room that shows: whatever came, as a person would like to see it, and nothing of it runs."""

from __future__ import annotations

from . import viewers as viewers  # importing them registers them
from .registry import renderer
from .reply import Blob, Piece, Reply
from .view import MediaView, render

__all__ = ["Blob", "MediaView", "Piece", "Reply", "render", "renderer"]
