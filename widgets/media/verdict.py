"""As what a reply is shown, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .sniff import SIGNED, ZIPPED, Finding

if TYPE_CHECKING:
    from collections.abc import Callable

BYTES = "application/octet-stream"

_SAYS_NOTHING = frozenset({"", BYTES, "binary/octet-stream", "application/unknown", "unknown/unknown", "*/*"})

_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/vnd.microsoft.icon": "image/x-icon",
    "image/x-ms-bmp": "image/bmp",
    "image/fits": "application/fits",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "application/ogg": "audio/ogg",
    "video/ogg": "audio/ogg",
    "audio/webm": "video/webm",
    "video/x-matroska": "video/webm",
    "application/x-pdf": "application/pdf",
    "application/x-gzip": "application/gzip",
    "application/x-zip-compressed": "application/zip",
    "text/xml": "application/xml",
    "text/json": "application/json",
    # NetCDF-4 is HDF5, and both are served under each other's names.
    **dict.fromkeys(
        (
            "application/x-netcdf",
            "application/netcdf",
            "application/x-netcdf4",
            "application/x-hdf",
            "application/hdf5",
        ),
        "application/x-hdf5",
    ),
    **dict.fromkeys(("application/x-hdf-5", "application/vnd.hdfgroup.hdf5"), "application/x-hdf5"),
    "application/vnd.ms-excel": "application/x-ole-storage",
    **dict.fromkeys(("application/parquet", "application/x-parquet"), "application/vnd.apache.parquet"),
    # Feather 2 is Arrow.
    **dict.fromkeys(
        ("application/x-feather", "application/vnd.apache.arrow.file"), "application/vnd.apache.arrow.file"
    ),
    "application/x-sqlite3": "application/vnd.sqlite3",
    "application/geopackage+sqlite3": "application/vnd.sqlite3",
    **dict.fromkeys(("application/grib", "application/x-grib2", "application/wmo-grib"), "application/x-grib"),
    "image/heif": "image/heic",
    "text/x-votable+xml": "application/x-votable+xml",
    "application/vnd.geo+json": "application/geo+json",
    "application/x-fits": "application/fits",
    "image/x-fits": "application/fits",
}
"""Names that mean the same."""

_INSIDE_ZIP = (
    "application/vnd.openxmlformats",
    "application/vnd.oasis",
    "application/epub",
    "application/java-archive",
    "application/vnd.android.package-archive",
    "application/vnd.google-earth.kmz",
)
_PACKED_SUFFIXES = ("+cbor", "+cbor-seq", "+msgpack")
_NEVER_TEXT = frozenset(
    f"application/{name}"
    for name in (
        *("cbor", "cbor-seq", "msgpack", "x-msgpack", "vnd.msgpack", "bson", "x-bson", "vnd.bson"),
        *("protobuf", "x-protobuf", "vnd.google.protobuf"),
    )
)
_ZIPPED = frozenset(media_type for _, media_type, _ in ZIPPED)
_TEXTUAL = (
    "text/",
    "application/json",
    "application/xml",
    "application/javascript",
    "application/x-ndjson",
    "application/yaml",
    "application/x-yaml",
    "application/toml",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """As what a reply is shown.

    Attributes:
        declared: What the header says, or empty.
        found: What the bytes say.
        shown: The media type whose viewer shows it.
        why: Two or three sentences for the page.
        agreed: Whether header and bytes say the same.
    """

    declared: str
    found: Finding
    shown: str
    why: str
    agreed: bool


def judge(declared: str, found: Finding, kind_of: Callable[[str], str]) -> Verdict:
    """Return as what bytes are shown that are declared as one type and found to be another.

    >>> found = Finding("image/png", "PNG", "89 50 4E 47")
    >>> judge("text/plain", found, {"image/png": "a picture"}.get).why
    'Declared text/plain; the bytes are PNG (89 50 4E 47); shown as a picture.'

    Args:
        declared: In lower case without parameters, or empty.
        found: From `sniff`.
        kind_of: Names the viewer of a type for people, such as `"a picture"`; empty where there is none.
    """
    says_nothing = declared in _SAYS_NOTHING
    if (declared in _NEVER_TEXT or declared.endswith(_PACKED_SUFFIXES)) and not found.strong:
        found = Finding("", "bytes without a signature")  # Packed words look like text in some charset or other.
    said = f"Declared {declared}" if declared else "No type is declared"
    if not found.media_type:
        if _is_text(declared) and found.name != "nothing":
            return _verdict(declared, found, BYTES, f"{said}; but the bytes are no text", kind_of, agreed=False)
        shown = declared if kind_of(declared) and not says_nothing else BYTES
        return _verdict(declared, found, shown, f"{said}; the bytes tell nothing of themselves", kind_of)
    if not says_nothing and _agree(declared, found):
        shown = declared if kind_of(declared) else found.media_type
        return _verdict(declared, found, shown, f"{said}, and the bytes agree", kind_of)
    if not says_nothing and not found.strong and kind_of(declared) and _SAME.get(declared, declared) not in SIGNED:
        return _verdict(declared, found, declared, f"{said}; the bytes do not speak against it", kind_of)
    are = f"{said}; the bytes are {found.name} ({found.evidence})"
    if says_nothing:
        return _verdict(declared, found, found.media_type, are, kind_of, agreed=declared == "")
    return _verdict(declared, found, found.media_type, are, kind_of, agreed=False)


def _agree(declared: str, found: Finding) -> bool:
    """Whether the bytes may well be what they are declared to be."""
    one, other = _SAME.get(declared, declared), _SAME.get(found.media_type, found.media_type)
    if one == other or (other == "application/zip" and declared.startswith(_INSIDE_ZIP)):
        return True
    if one == "application/zip" and other in _ZIPPED:
        return True
    if one.endswith("+xml") and other in ("application/xml", "image/svg+xml", "text/html"):
        return True
    if not found.strong and found.media_type and _is_text(found.media_type):
        # Text of one kind is never taken for text of another: that would run what was only meant to be read.
        return _is_text(declared)
    return found.media_type == "video/mp4" and declared in ("audio/mp4", "audio/x-m4a", "video/quicktime")


def _is_text(media_type: str) -> bool:
    return media_type.startswith(_TEXTUAL) or media_type.endswith(("+json", "+xml"))


def _verdict(
    declared: str, found: Finding, shown: str, why: str, kind_of: Callable[[str], str], *, agreed: bool = True
) -> Verdict:
    kind = kind_of(shown)
    if not kind:
        shown, kind = BYTES, f"bytes, since there is no viewer for {shown}"
    return Verdict(declared, found, shown, f"{why}; shown as {kind}.", agreed)
