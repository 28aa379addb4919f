"""The media type of a file that no catalogue describes."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

# Python says audio/x-wav and image/fits, and does not know the rest; RFC 2361, RFC 4047, RFC 7763, RFC 7946, RFC 8259.
_OURS: Final = {
    ".wav": "audio/wav",
    ".fits": "application/fits",
    ".fit": "application/fits",
    ".fts": "application/fits",
    ".md": "text/markdown",
    ".geojson": "application/geo+json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
_PACKED: Final = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}
# Python's own table only: what /etc/mime.types says differs from machine to machine.
_PYTHONS: Final = mimetypes.MimeTypes(filenames=())


def guess_media_type(path: Path) -> str:
    """The media type that the name of `path` suggests; texts get `charset=utf-8` where the bytes are UTF-8."""
    plain, packing = _PYTHONS.guess_type(path.name)
    if packing is not None:
        return _PACKED.get(packing, "application/octet-stream")
    media_type = _OURS.get(path.suffix.lower(), plain or "application/octet-stream")
    if media_type.startswith("text/") and _is_utf8(path):
        return f"{media_type}; charset=utf-8"
    return media_type


def _is_utf8(path: Path) -> bool:
    try:
        path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return True
