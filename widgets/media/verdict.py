"""As what a reply is shown, and why. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.model.quantity import counted

from .beyond import HOLED, LOCKED, MIXED, PADDED
from .called import is_called, same
from .sniff import SIGNED, TEXTUAL, UNTAGGED, ZIPPED, Finding
from .texts import PLAYLIST, POINTER

if TYPE_CHECKING:
    from collections.abc import Callable

BYTES = "application/octet-stream"
AGREE = ", and the bytes agree"

SAYS_NOTHING = frozenset(
    {
        *("", BYTES, "binary/octet-stream", "application/unknown", "unknown/unknown", "*/*", "application/binary"),
        *("application/x-octet-stream", "application/x-binary", "application/download", "application/x-download"),
        *("application/force-download", "application/x-force-download", "application/x-unknown", "content/unknown"),
    }
)

_COMPOUND = ("application/x-ole", "application/vnd.ms-office", "application/cdfv2", "application/x-cfb")
"""What a compound file of Microsoft is called by those who do not look what document it holds."""

_CONTAINERS: dict[str, tuple[str, ...]] = {
    "application/zip": (
        *("application/vnd.openxmlformats", "application/vnd.oasis", "application/epub", "application/java-archive"),
        *("application/vnd.android.package-archive", "application/vnd.google-earth.kmz", "application/vnd.ms-"),
        *("application/x-java-archive", "application/x-jar", "application/vnd.sun.xml", "application/x-xpinstall"),
        *("application/vnd.comicbook", "application/x-itunes-ipa", "application/vsix", "model/3mf"),
        *("multipart/x-zip", "application/vnd.qgis.", "application/x-shapefile", "application/vnd.adobe.air"),
        *("application/vnd.apple.", "application/vnd.geogebra", "application/x-ibooks"),
        *("application/vnd.recordare.musicxml", "application/vnd.visio", "application/x-krita"),
        *("application/vnd.nimn", "application/x-crx", "application/vnd.etsi.asic", "application/widget"),
        "image/openraster",
    ),
    "application/gzip": (
        *("application/x-tar", "application/x-gtar", "application/x-tgz", "application/x-compressed"),
        *("application/tar", "application/gzipped", "image/svg+xml-compressed"),
    ),
    "application/x-bzip2": ("application/x-tar", "application/x-gtar"),
    "application/x-xz": ("application/x-tar", "application/x-gtar"),
    "application/zstd": ("application/x-tar",),
    "application/x-ole-storage": (
        *("application/msword", "application/vnd.ms-", "application/x-msi", "application/vnd.visio"),
        "application/x-msdownload",
    ),
    "video/mp4": (
        *("audio/mp4", "audio/x-m4a", "video/quicktime", "video/3gpp", "audio/3gpp", "audio/x-m4b", "audio/aac"),
        *("audio/m4a", "video/iso.segment", "application/mp4", "image/heif", "image/heic"),
    ),
    "video/quicktime": ("video/mp4", "video/x-m4v"),
    "audio/mp4": ("video/mp4",),
    "audio/ogg": ("audio/opus", "audio/vorbis", "audio/speex"),
    "application/vnd.microsoft.portable-executable": (  # A ZIP that unpacks itself is one.
        *("application/x-msdownload", "application/x-msdos-program", "application/zip", "application/x-zip"),
    ),
    "image/tiff": ("image/x-canon", "image/x-nikon"),
    **dict.fromkeys(
        (
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.ms-outlook",
            "application/x-msi",
        ),
        _COMPOUND,
    ),
}
"""What other formats are inside, by how the names of their types begin; other names of the same are in `called`."""

_ZIPS = ("application/vnd.openxmlformats-officedocument", "application/epub")
"""What is always packed, and never text, as other types may be of which nothing is known here."""

_SUFFIXES = {"zip": "application/zip", "gzip": "application/gzip", "zstd": "application/zstd"}
"""By structured syntax suffix (RFC 6839 and its followers)."""

_TEXTUAL = ("text/", "application/json", "application/xml", "application/javascript", "application/x-ndjson")
_NAMES = """
ecmascript fhir+turtle geojson gpx graphql hjson http ini json5 jsonl json-lines json-seq json-stream jsonlines jwt
kml ld-json manifest mathematica mbox n-quads n-triples ndjson octave ogc-wkt pem-certificate-chain pgp-encrypted
pgp-keys pgp-signature pls rss rtf sdp sparql-query sparql-update sql stata-do stream-json toml trig turtle
typescript vnd.api.json vnd.apple.mpegurl vnd.oai.openapi wkt wsdl x-bibtex x-bash x-csh x-csv x-httpd-php
x-javascript x-json x-jsonl
x-json-stream x-jsonlines x-json-lines x-latex x-ldjson x-mpegurl x-ns-proxy-autoconfig x-perl x-pem-key x-php
x-python x-python-code x-ruby x-sh x-shellscript x-sql x-subrip x-tcl x-tex x-texinfo x-toml x-troff x-turtle
x-www-form-urlencoded x-yaml xml-dtd xml-external-parsed-entity xquery xslt yaml csv
"""
_TEXTS = (
    TEXTUAL
    | {f"application/{name}" for name in _NAMES.split()}
    | {"audio/mpegurl", "audio/x-mpegurl", "audio/x-scpls", "message/rfc822", "message/http", "chemical/x-pdb"}
)
"""Types outside of `text/` that are text."""

BINARY = frozenset(
    {
        *(
            "application/cbor",
            "application/cbor-seq",
            "application/msgpack",
            "application/x-msgpack",
            "application/x-bson",
        ),
        *("application/vnd.bson",),
        *("application/messagepack", "application/x-messagepack", "application/vnd.messagepack"),
        *("application/vnd.msgpack", "application/bson", "application/protobuf", "application/x-protobuf"),
        *("application/vnd.google.protobuf", "application/x-google-protobuf", "application/vnd.apache.thrift.binary"),
        *("application/grpc", "application/wkb", "application/dicom", "application/grib", "application/x-grib"),
        *(
            "application/vnd.mapbox-vector-tile",
            "application/x-vector-tile",
            "application/x-npy",
            "application/dns-message",
            "application/pkcs7-mime",
        ),
    }
)
"""Types whose bytes may look like letters of some charset, and are none."""

_ZIPPED = frozenset(media_type for _, media_type, _ in ZIPPED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """As what a reply is shown.

    Attributes:
        declared: What the header says, or empty.
        found: What the bytes say.
        shown: The media type whose viewer shows it.
        why: Two or three sentences for the page.
        agreed: Whether header and bytes say the same.
        said: What `why` begins with: what is declared and what was found, without what is shown.
        told: Whether the bytes themselves tell what they are; else they only do not speak against what is declared.
    """

    declared: str
    found: Finding
    shown: str
    why: str
    agreed: bool
    said: str = ""
    told: bool = True


def judge(declared: str, found: Finding, kind_of: Callable[[str], str], named: str = "") -> Verdict:
    """Return as what bytes are shown that are declared as one type and found to be another.

    >>> found = Finding("image/png", "PNG", "89 50 4E 47")
    >>> judge("text/plain", found, {"image/png": "a picture"}.get).why
    'Declared text/plain; the bytes are PNG (89 50 4E 47); shown as a picture.'

    Args:
        declared: In lower case without parameters, or empty.
        found: From `sniff`.
        kind_of: Names the viewer of a type for people, such as `"a picture"`; empty where there is none.
        named: The type of data in text that the name stands for, or empty. It counts where the header says no more
            than that it is text, or data of which that is a kind.
    """
    says_nothing = declared in SAYS_NOTHING
    said = f"Declared {declared}" if declared else "No type is declared"
    plain = found.charset in ("", "utf-8")
    # Packed words look like text in some charset or other; none of these formats begins as pages and objects do.
    packed = is_binary(declared) and not (found.strong or _is_whole(found))
    if not found.media_type or (packed and (kind_of(declared) or not plain)):
        return _untold(declared, found, said, kind_of)
    if found.offset:
        said += f"; {counted(found.offset, 'byte')} that {'does' if found.offset == 1 else 'do'} not belong to it"
        said += f" {'stands' if found.offset == 1 else 'stand'} before the {found.name}, and {_were(found.offset)}"
        said += " stepped over"
    mixed = found.name == MIXED and (says_nothing or declared == "text/plain" or not kind_of(declared))
    if found.coded or mixed or found.name in (POINTER, LOCKED):
        return _in_another_form(declared, found, said, kind_of)
    if other := _rather(declared, found, kind_of, named):
        shown, more, agreed = other
        return _verdict(declared, found, shown, f"{said}; the bytes are {more}", kind_of, agreed=agreed)
    agree = not says_nothing and _agree(declared, found)
    if agree or (found.strong and is_called(declared, found.media_type)):
        shown = declared if agree and kind_of(declared) and not declared.endswith("/*") else found.media_type
        return _verdict(declared, found, shown, said + AGREE, kind_of)
    signed = same(declared) in SIGNED or is_binary(declared)
    if not (says_nothing or found.strong or signed) and kind_of(declared):
        return _verdict(declared, found, declared, f"{said}; the bytes do not speak against it", kind_of, told=False)
    are = f"{said}; the bytes are {found.name} ({found.evidence})"
    # A header that says no more than that there are bytes is no lie; what does not belong to them is worth a sign.
    quarrel = found.strong or found.media_type == "text/html" or not _may_be_text(declared)
    return _verdict(
        declared, found, found.media_type, are, kind_of, agreed=not (found.offset if says_nothing else quarrel)
    )


def _in_another_form(declared: str, found: Finding, said: str, kind_of: Callable[[str], str]) -> Verdict:
    """Judge what is not the thing itself: it in base64, where it is kept, it under a lock, or a text in front of it."""
    if found.coded:
        words = f"{said}; the bytes are base64, and what they spell is {found.name} ({found.evidence})"
        return _verdict(declared, found, found.media_type, words, kind_of, agreed=False)
    if found.name == LOCKED:
        office = declared.startswith(_OFFICE) or declared in SAYS_NOTHING
        return _verdict(declared, found, BYTES, f"{said}; the bytes are {LOCKED}", kind_of, agreed=office)
    if found.name == MIXED:
        words = f"{said}; the bytes are {MIXED}"
        # Formats of which nothing is known here may well begin so: labels, and scripts that hold an archive.
        agreed = declared not in SAYS_NOTHING and declared != "text/plain"
        return _verdict(declared, found, "text/plain", words, kind_of, agreed=agreed, told=False)
    words = f"{said}; the bytes are {POINTER}, which names the file and does not hold it"
    return _verdict(declared, found, "text/plain", words, kind_of, agreed=False)


def _rather(declared: str, found: Finding, kind_of: Callable[[str], str], named: str) -> tuple[str, str, bool] | None:
    """As what text is shown rather than as declared, with words, and whether that is no contradiction; else None."""
    if named and kind_of(named) and _leaves_open(declared, found, named):
        return named, f"{'text' if found.media_type == 'text/plain' else found.name}, named like {named}", True
    if declared in _SHEETS and found.media_type == "text/plain" and not found.strong:
        return "text/csv", "text, as tables are often sent for a spreadsheet to open", True
    if declared in _PLAYLISTS and found.name == PLAYLIST:
        return "text/plain", found.name, True
    if _is_other_text(declared, found) or _is_words_for_eyes_or_ears(declared, found):
        return found.media_type, f"{found.name} ({found.evidence})", False
    if found.media_type in _FINER.get(same(declared), ()):
        return found.media_type, found.name, True
    return None


_OFFICE = (
    *("application/vnd.openxmlformats", "application/vnd.ms-", "application/vnd.oasis.", "application/msword"),
    *_COMPOUND,
)

_FINER = {
    "application/x-matlab-data": ("application/x-hdf5",),
    "application/xml": (
        *("application/vnd.google-earth.kml+xml", "application/gpx+xml", "application/x-votable+xml", "image/svg+xml"),
    ),
    "application/json": ("application/geo+json",),
}
"""What is shown better as what it is than as what it is written in."""

_SHEETS = frozenset({"application/vnd.ms-excel", "application/excel", "application/msexcel", "application/x-msexcel"})
"""As which tables in plain text are sent, so that a browser opens them with a spreadsheet."""


def _leaves_open(declared: str, found: Finding, named: str) -> bool:
    """Whether the header leaves open that bytes are the kind of text that the name stands for, and they may be it."""
    if found.strong or not found.charset or found.media_type not in _MAY_BE.get(named, _MAY_BE[""]):
        return False
    if named in _FINER.get(same(declared), ()):
        return True
    return declared in SAYS_NOTHING or "/" not in declared or declared in ("text/plain", "text/x-csv", *_SHEETS)


_MAY_BE = {
    "": ("text/plain",),
    "application/json": ("application/json", "application/geo+json", "text/plain"),
    "application/geo+json": ("application/json", "application/geo+json"),
    "application/x-ndjson": ("application/json", "text/plain"),
    "application/xml": ("application/xml", "text/plain"),
    "application/vnd.google-earth.kml+xml": ("application/vnd.google-earth.kml+xml", "application/xml"),
    "application/gpx+xml": ("application/gpx+xml", "application/xml"),
    "application/x-votable+xml": ("application/x-votable+xml", "application/xml"),
    "application/yaml": ("text/plain", "application/json"),
}
"""What the first bytes of each kind look like."""


def _is_other_text(declared: str, found: Finding) -> bool:
    """Whether data are declared and another kind of text came, such as the page of an error in place of a table."""
    if found.strong:
        return False
    page = found.media_type == "text/html" and bool(_WHOLE_PAGE.search(found.evidence))
    data = found.media_type in ("application/json", "application/geo+json")
    if _is_json(declared):
        return page or found.media_type in _XML
    if declared in _TABLES:
        return page or found.media_type in _XML or (data and bool(_WHOLE_OBJECT.search(found.evidence)))
    if declared in ("application/xml", "text/xml") or (declared.endswith("+xml") and "html" not in declared):
        return data or (page and "html" not in declared)
    if declared == "text/event-stream":
        return page or data or found.media_type in _XML
    return declared == "text/html" and (data or found.media_type in _XML or found.name == UNTAGGED)


def _is_words_for_eyes_or_ears(declared: str, found: Finding) -> bool:
    """Whether text came under the type of a sound, a film or a picture: a player of it stays dead.

    Gateways send their errors under the type that was asked for, servers take sources in TypeScript for films, and
    drawings come as `image/svg`. A picture may be text of its own kind, such as XBM: only what is text of another kind
    beyond doubt is none.
    """
    family = declared.partition("/")[0]
    if found.strong or is_textual(declared) or found.charset not in ("utf-8", "utf-16le", "utf-16be"):
        return False
    if declared in SAMPLES and found.media_type == "text/plain":
        return False
    return family in ("audio", "video") or (family == "image" and found.media_type in _NO_PICTURES)


SAMPLES = frozenset(
    f"audio/{name}"
    for name in ("l8", "l16", "l20", "l24", "pcm", "x-pcm", "x-raw", "raw", "basic", "pcma", "pcmu", "x-mulaw")
)
"""Samples without a head (RFC 3551, RFC 2586, RFC 2046): silence and low voices are letters to anybody else."""

_PLAYLISTS = frozenset(
    {
        *("video/vnd.mpegurl", "video/x-mpegurl", "audio/x-pn-realaudio", "audio/x-pn-realaudio-plugin"),
        *("video/x-ms-asf", "video/x-ms-asx", "video/x-ms-wvx", "video/x-ms-wmx", "audio/x-ms-wax"),
    }
)
"""Types of sound and film under which their playlists come, which are text, as well."""

_NO_PICTURES = ("text/html", "application/json", "application/geo+json", "image/svg+xml", "application/xml")


_TABLES = frozenset(
    {
        *("text/csv", "application/csv", "text/x-csv", "application/x-csv", "text/comma-separated-values"),
        *("text/x-comma-separated-values", "text/tab-separated-values", "text/x-tab-separated-values", "text/tsv"),
    }
)
_XML = ("application/xml", "application/rss+xml", "application/atom+xml", *_FINER["application/xml"][:3])
_WHOLE_PAGE = re.compile(r"(?i)begins with <(?:!doctype html|html|head|body)")
_WHOLE_OBJECT = re.compile(r'begins with (?:\{"|\[\s*\{)')


def _is_whole(found: Finding) -> bool:
    """Whether text begins as pages and objects of JSON do, such as those of an error."""
    page, data = found.media_type == "text/html", found.media_type in ("application/json", "application/geo+json")
    return bool((page and _WHOLE_PAGE.search(found.evidence)) or (data and _WHOLE_OBJECT.search(found.evidence)))


def _is_json(declared: str) -> bool:
    return declared in ("application/json", "text/json") or declared.endswith("+json")


def _untold(declared: str, found: Finding, said: str, kind_of: Callable[[str], str]) -> Verdict:
    """Judge where the bytes do not say what they are."""
    if is_textual(declared) and found.name != "nothing":
        if found.charset:
            where = _WHERE.get(found.name, "control characters stand between")
            return _verdict(declared, found, declared, f"{said}; {where} the words", kind_of)
        return _verdict(declared, found, BYTES, f"{said}; but the bytes are no text", kind_of, agreed=False)
    shown = declared if kind_of(declared) and declared not in SAYS_NOTHING else BYTES
    return _verdict(declared, found, shown, f"{said}; the bytes tell nothing of themselves", kind_of, told=False)


_WHERE = {PADDED: "NULs stand behind", HOLED: "a run of NULs stands before or between"}


def is_binary(media_type: str) -> bool:
    """Whether what is of a type is no text, even where it looks like it."""
    return media_type in BINARY or media_type.endswith(("+cbor", "+cbor-seq", "+msgpack"))


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _may_be_text(declared: str) -> bool:
    """Whether a type of which nothing is known here may well be text."""
    family = declared.partition("/")[0]
    signed = same(declared) in SIGNED or declared.startswith(_ZIPS)
    return family not in ("audio", "font", "image", "multipart", "video") and not signed


def _agree(declared: str, found: Finding) -> bool:
    """Whether the bytes may well be what they are declared to be."""
    one, other = same(declared), same(found.media_type)
    if (
        one == other
        or declared.startswith(_CONTAINERS.get(other, ()))
        or (found.strong and _is_loosely(declared, other))
    ):
        return True
    if (inner := _SUFFIXES.get(declared.rpartition("+")[2])) and other in (inner, *_ZIPPED):
        return True
    if one == "application/zip" and other in _ZIPPED:
        return True
    if one.endswith(("+xml", "+html")) and other in ("application/xml", "image/svg+xml", "text/html"):
        return True
    if not found.strong and found.media_type and is_textual(found.media_type):
        # Text of one kind is never taken for text of another: that would run what was only meant to be read.
        return is_textual(declared)
    return False


def _is_loosely(declared: str, found: str) -> bool:
    """Whether a type is declared in fewer words, as `image/*`, `pdf` or `jpg`."""
    family = found.partition("/")[0]
    whole = f"{family}/{declared}"
    return declared == f"{family}/*" or ("/" not in declared and found == same(whole))


def is_textual(media_type: str) -> bool:
    """Whether a type is text, whatever is written in it.

    >>> is_textual("image/svg+xml"), is_textual("application/x-yaml"), is_textual("image/png")
    (True, True, False)
    """
    return (
        media_type.startswith(_TEXTUAL)
        or media_type.endswith(("+json", "+xml", "+html", "+json-seq", "+yaml", "+csv", "+ndjson", "+text"))
        or media_type in _TEXTS
    )


def _verdict(
    declared: str,
    found: Finding,
    shown: str,
    why: str,
    kind_of: Callable[[str], str],
    *,
    agreed: bool = True,
    told: bool = True,
) -> Verdict:
    kind = kind_of(shown)
    if not kind:
        shown, kind = BYTES, f"bytes, since there is no viewer for {shown}"
    return Verdict(declared, found, shown, f"{why}; shown as {kind}.", agreed, why, told)
