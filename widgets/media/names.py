"""Under which name a reply is saved: what the header says, else the address, else its type. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from .verdict import is_textual

if TYPE_CHECKING:
    from .reply import Reply

_LONGEST = 100
_GIVEN = [
    "application/x-ndjson",
    ".ndjson",
    "application/ndjson",
    ".ndjson",
    "application/jsonl",
    ".jsonl",
    "application/jsonlines",
    ".jsonl",
    "application/x-jsonlines",
    ".jsonl",
    "application/json-lines",
    ".jsonl",
    "application/x-jsonl",
    ".jsonl",
    "application/stream+json",
    ".jsonl",
    "application/json-seq",
    ".json",
    "application/geo+json-seq",
    ".geojsons",
    "application/geo+json",
    ".geojson",
    "application/ld+json",
    ".jsonld",
    "application/json",
    ".json",
    "text/json",
    ".json",
    "application/manifest+json",
    ".webmanifest",
    "application/xml",
    ".xml",
    "text/xml",
    ".xml",
    "text/xsl",
    ".xsl",
    "application/xslt+xml",
    ".xsl",
    "application/xhtml+xml",
    ".xhtml",
    "image/svg+xml",
    ".svg",
    "application/vnd.google-earth.kml+xml",
    ".kml",
    "application/vnd.google-earth.kmz",
    ".kmz",
    "application/gpx+xml",
    ".gpx",
    "application/gml+xml",
    ".gml",
    "application/mathml+xml",
    ".mml",
    "text/html",
    ".html",
    "text/css",
    ".css",
    "text/csv",
    ".csv",
    "application/csv",
    ".csv",
    "text/tab-separated-values",
    ".tsv",
    "text/plain",
    ".txt",
    "text/markdown",
    ".md",
    "text/x-markdown",
    ".md",
    "text/javascript",
    ".js",
    "application/javascript",
    ".js",
    "application/x-javascript",
    ".js",
    "text/calendar",
    ".ics",
    "text/vcard",
    ".vcf",
    "text/event-stream",
    ".txt",
    "text/vtt",
    ".vtt",
    "application/x-subrip",
    ".srt",
    "text/turtle",
    ".ttl",
    "text/x-python",
    ".py",
    "text/x-script.python",
    ".py",
    "application/x-python-code",
    ".py",
    "text/x-c",
    ".c",
    "text/x-java",
    ".java",
    "text/x-sh",
    ".sh",
    "application/x-sh",
    ".sh",
    "application/sql",
    ".sql",
    "application/typescript",
    ".ts",
    "application/yaml",
    ".yaml",
    "application/x-yaml",
    ".yaml",
    "text/yaml",
    ".yaml",
    "text/x-yaml",
    ".yaml",
    "application/toml",
    ".toml",
    "application/n-triples",
    ".nt",
    "application/n-quads",
    ".nq",
    "application/trig",
    ".trig",
    "application/sparql-query",
    ".rq",
    "application/vnd.apple.mpegurl",
    ".m3u8",
    "application/x-mpegurl",
    ".m3u8",
    "audio/mpegurl",
    ".m3u",
    "audio/x-mpegurl",
    ".m3u",
    "application/dash+xml",
    ".mpd",
    "application/x-pem-file",
    ".pem",
    "application/postscript",
    ".ps",
    "application/rtf",
    ".rtf",
    "text/rtf",
    ".rtf",
    "application/x-tex",
    ".tex",
    "application/x-bibtex",
    ".bib",
    "message/rfc822",
    ".eml",
    "application/mbox",
    ".mbox",
    "image/jpeg",
    ".jpg",
    "image/png",
    ".png",
    "image/gif",
    ".gif",
    "image/webp",
    ".webp",
    "image/tiff",
    ".tif",
    "image/bmp",
    ".bmp",
    "image/x-icon",
    ".ico",
    "image/vnd.microsoft.icon",
    ".ico",
    "image/avif",
    ".avif",
    "image/heic",
    ".heic",
    "image/heif",
    ".heif",
    "image/jxl",
    ".jxl",
    "image/jp2",
    ".jp2",
    "image/x-portable-graymap",
    ".pgm",
    "image/x-portable-pixmap",
    ".ppm",
    "image/x-portable-bitmap",
    ".pbm",
    "image/x-portable-anymap",
    ".pnm",
    "image/vnd.adobe.photoshop",
    ".psd",
    "image/fits",
    ".fits",
    "audio/wav",
    ".wav",
    "audio/mpeg",
    ".mp3",
    "audio/mp4",
    ".m4a",
    "audio/aac",
    ".aac",
    "audio/ogg",
    ".ogg",
    "audio/opus",
    ".opus",
    "audio/flac",
    ".flac",
    "audio/webm",
    ".weba",
    "audio/aiff",
    ".aiff",
    "audio/midi",
    ".mid",
    "audio/amr",
    ".amr",
    "audio/basic",
    ".au",
    "video/mp4",
    ".mp4",
    "video/webm",
    ".webm",
    "video/ogg",
    ".ogv",
    "video/quicktime",
    ".mov",
    "video/x-msvideo",
    ".avi",
    "video/mpeg",
    ".mpg",
    "video/3gpp",
    ".3gp",
    "video/x-matroska",
    ".mkv",
    "video/x-flv",
    ".flv",
    "video/mp2t",
    ".ts",
    "application/mp4",
    ".mp4",
    "application/ogg",
    ".ogx",
    "application/pdf",
    ".pdf",
    "application/zip",
    ".zip",
    "application/gzip",
    ".gz",
    "application/x-tar",
    ".tar",
    "application/x-bzip2",
    ".bz2",
    "application/x-xz",
    ".xz",
    "application/zstd",
    ".zst",
    "application/x-7z-compressed",
    ".7z",
    "application/vnd.rar",
    ".rar",
    "application/x-gtar",
    ".tar",
    "application/x-tgz",
    ".tgz",
    "application/java-archive",
    ".jar",
    "application/epub+zip",
    ".epub",
    "application/vnd.android.package-archive",
    ".apk",
    "application/x-itunes-ipa",
    ".ipa",
    "application/vnd.comicbook+zip",
    ".cbz",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
    ".dotx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    ".xltx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".pptx",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    ".xlsm",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    ".xlsb",
    "application/vnd.ms-excel",
    ".xls",
    "application/msword",
    ".doc",
    "application/vnd.ms-powerpoint",
    ".ppt",
    "application/vnd.oasis.opendocument.text",
    ".odt",
    "application/vnd.oasis.opendocument.spreadsheet",
    ".ods",
    "application/vnd.oasis.opendocument.presentation",
    ".odp",
    "application/vnd.oasis.opendocument.graphics",
    ".odg",
    "application/fits",
    ".fits",
    "application/x-hdf5",
    ".h5",
    "application/x-hdf",
    ".h5",
    "application/x-netcdf",
    ".nc",
    "application/netcdf",
    ".nc",
    "application/vnd.apache.parquet",
    ".parquet",
    "application/vnd.apache.arrow.file",
    ".arrow",
    "application/x-feather",
    ".feather",
    "application/vnd.apache.arrow.stream",
    ".arrows",
    "application/x-npy",
    ".npy",
    "application/cbor",
    ".cbor",
    "application/msgpack",
    ".msgpack",
    "application/x-msgpack",
    ".msgpack",
    "application/bson",
    ".bson",
    "application/protobuf",
    ".pb",
    "application/x-protobuf",
    ".pb",
    "application/vnd.sqlite3",
    ".sqlite",
    "application/x-sqlite3",
    ".sqlite",
    "application/grib",
    ".grib",
    "application/dicom",
    ".dcm",
    "application/x-votable+xml",
    ".vot",
    "application/geopackage+sqlite3",
    ".gpkg",
    "application/wasm",
    ".wasm",
    "application/vnd.microsoft.portable-executable",
    ".exe",
    "application/x-bittorrent",
    ".torrent",
    "font/woff",
    ".woff",
    "font/woff2",
    ".woff2",
    "font/otf",
    ".otf",
    "font/ttf",
    ".ttf",
    "application/x-pkcs12",
    ".p12",
    "application/pkix-cert",
    ".cer",
]
ENDINGS = dict(zip(_GIVEN[::2], _GIVEN[1::2], strict=True))
"""How names of each media type end. By hand: the table of Python's `mimetypes` is that of the machine as well, so that
XML ends in `.xsl` on one and in `.xml` on the other."""

_SUFFIXES = {"xml": ".xml", "json": ".json", "zip": ".zip", "gzip": ".gz", "cbor": ".cbor", "yaml": ".yaml"}
_SUFFIXES |= {"json-seq": ".json", "csv": ".csv", "sqlite3": ".sqlite"}
_CODED = {"gzip": ".gz", "x-gzip": ".gz", "br": ".br", "zstd": ".zst", "deflate": ".zz", "compress": ".Z"}
_PARAMETER = re.compile(r';\s*([\w!#$%&\'*+.^`|~-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_HARMFUL = re.compile(
    r'[\x00-\x1f\x7f-\x9f\\/:*?"<>|\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]+'
)
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}(?:\.(?:gz|bz2|xz|zst|fz|br))?$|\.(?:7z|3gp|3mf)$")


def ending_of(media_type: str) -> str:
    """Return how the name of a file of a type ends.

    >>> ending_of("application/vnd.api+json"), ending_of("text/x-unheard-of"), ending_of("x/y")
    ('.json', '.txt', '.bin')
    """
    suffix = media_type.rpartition("+")[2] if "+" in media_type else ""
    if ending := ENDINGS.get(media_type) or _SUFFIXES.get(suffix):
        return ending
    return ".txt" if is_textual(media_type) else ".bin"


def file_name(reply: Reply, media_type: str) -> str:
    """Return a harmless name: from Content-Disposition, else from the address, with an ending that fits the type.

    >>> from widgets.media import Piece
    >>> said = (("Content-Disposition", 'attachment; filename="../mars 2026.csv"'),)
    >>> file_name(Piece("http://a.example/export", b"", headers=said), "text/csv")
    'mars 2026.csv'
    """
    headers = getattr(reply, "headers", ())
    said = [harmless(disposed(value)) for name, value in headers if name.lower() == "content-disposition"]
    name = next(filter(None, said), "") or harmless(_last(reply.url)) or "reply"
    return name if _ENDING.search(name) else name[:_LONGEST] + ending_of(media_type)


def decoded_name(name: str, coding: str) -> str:
    """Return the name of what came out of a Content-Encoding: a `.gz` that named the coding is gone.

    >>> decoded_name("set.tar.gz", "x-gzip"), decoded_name("data.json", "gzip")
    ('set.tar', 'data.json')
    """
    last = coding.rpartition(",")[2].strip().lower()
    if last in ("gzip", "x-gzip") and name.lower().endswith(".tgz"):
        return name[:-4] + ".tar"
    ending = _CODED.get(last, "")
    return name[: -len(ending)] if ending and name.lower().endswith(ending) and len(name) > len(ending) else name


def received_name(name: str, coding: str) -> str:
    """Return the name of a reply as it came, its Content-Encoding not undone.

    >>> received_name("data.json", "gzip"), received_name("set.tar.gz", "gzip")
    ('data.json.gz', 'set.tar.gz')
    """
    ending = _CODED.get(coding.rpartition(",")[2].strip().lower(), ".coded")
    return name if decoded_name(name, coding) != name else name + ending


def disposed(header: str) -> str:
    r"""Return the name in a Content-Disposition header (RFC 6266), or an empty string.

    The form with an asterisk (RFC 8187) counts more, wherever it stands. Letters beyond ASCII that were sent as they
    are, which no standard allows and many services do, are read as UTF-8 where they are it.

    >>> disposed("attachment; filename=\"x.csv\"; filename*=UTF-8''%E5%A0%B1.csv")
    '報.csv'
    """
    found: dict[str, str] = {}
    for name, value in _PARAMETER.findall(";" + header.partition(";")[2]):
        found.setdefault(name.lower(), value.strip())
    charset, _, spelled = found.get("filename*", "").strip('"').partition("'")
    if spelled := spelled.partition("'")[2]:
        try:
            return unquote(spelled, encoding=charset or "utf-8", errors="strict")
        except (LookupError, UnicodeError):
            pass  # The plain form is there for that.
    plain = found.get("filename", "")
    if plain.startswith('"'):
        plain = re.sub(r"\\(.)", r"\1", plain[1:-1]) if not re.match(r'"[A-Za-z]:\\', plain) else plain[1:-1]
    try:
        plain = plain.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass  # They are no UTF-8, or were read as it already.
    if "=?" in plain:
        plain = _worded(plain)
    return unquote(plain) if re.fullmatch(r"(?:[\w.~-]|%[0-9A-Fa-f]{2})+", plain, re.ASCII) else plain


def _worded(name: str) -> str:
    """Return a name that is spelled as mail spells it (RFC 2047), as some services do."""
    from email.header import decode_header, make_header  # noqa: PLC0415 - for the few that need it

    try:
        return str(make_header(decode_header(name)))
    except (LookupError, UnicodeError, ValueError):
        return name


def harmless(name: str) -> str:
    """Return a name without folders, and without signs that hide, reorder or break it; at most 100 characters.

    >>> harmless("..\\\\..\\\\C:\\\\evil\\u202egnp.exe"), harmless("/etc/passwd"), harmless("nul.txt")
    ('evil_gnp.exe', 'passwd', '_nul.txt')
    """
    last = re.split(r"[\\/]", name.strip().rstrip("/\\"))[-1]
    plain = " ".join(_HARMFUL.sub("_", last).split()).strip(" ._-")
    if len(plain) > _LONGEST:
        ending = _ENDING.search(plain)
        kept = ending[0] if ending else ""
        plain = plain[: _LONGEST - len(kept)] + kept
    return f"_{plain}" if _RESERVED.match(plain) else plain


def _last(url: str) -> str:
    try:
        return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""
