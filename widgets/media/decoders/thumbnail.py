"""A picture made very small. Runs in the child process."""

from __future__ import annotations

import io
import warnings

from PIL import Image

WIDE, HIGH = 144, 88
"""Twice what is shown, for fine screens."""
MOST_PIXELS = 300_000_000
"""A larger picture is not decoded for so little."""


def thumbnail(data: bytes) -> bytes:
    """Return a PNG of at most `WIDE` by `HIGH` pixels that is filled by the middle of the picture.

    Raises:
        ValueError: It is too large.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError("the picture is too large for a small one")
            picture.draft("RGB", (WIDE, HIGH))
            share = max(WIDE / picture.width, HIGH / picture.height)
            size = max(WIDE, round(picture.width * share)), max(HIGH, round(picture.height * share))
            small = picture.convert("RGB").resize(size)
            left, top = (size[0] - WIDE) // 2, (size[1] - HIGH) // 2
            out = io.BytesIO()
            small.crop((left, top, left + WIDE, top + HIGH)).save(out, "PNG")
            return out.getvalue()
