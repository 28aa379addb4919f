"""A small picture of a reply, for a strip of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .child import DecoderError, in_child
from .sniff import HEAD, sniff

if TYPE_CHECKING:
    from .reply import Reply

LARGEST = 20_000_000
"""Bytes; a larger body is not sent to the child for so little."""
SMALL = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp")


def thumb(reply: Reply) -> bytes:
    """Return a small PNG of a picture; nothing of all else, and of what cannot be decoded. Never raises."""
    found = sniff(reply.body[:HEAD], reply.charset, cut=len(reply.body) > HEAD)
    if found.media_type not in SMALL or len(reply.body) > LARGEST:
        return b""
    from .decoders.thumbnail import thumbnail  # noqa: PLC0415 - with it come all decoders, long after the page

    try:
        return in_child(thumbnail, bytes(reply.body))
    except (DecoderError, ValueError, OSError):
        return b""
