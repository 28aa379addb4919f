"""Under which name a reply is saved: what the header says, else the address, else its type. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from email.message import Message
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from widgets.http.message import TAGGED, meant, spelled, worded

from .called import same
from .reply import parameter
from .verdict import is_textual

if TYPE_CHECKING:
    from .reply import Reply

_LONGEST = 100
_TABLE = """
.ndjson application/x-ndjson application/ndjson
.jsonl application/jsonl application/x-ldjson application/ldjson application/x-json-stream application/x-json-lines
    application/jsonlines application/x-jsonlines application/json-lines application/x-jsonl
    application/stream+json
.json application/json-seq application/json text/json text/x-json
.geojsons application/geo+json-seq
.geojson application/geo+json
.jsonld application/ld+json
.webmanifest application/manifest+json
.xml application/xml text/xml
.xsl text/xsl application/xslt+xml
.xhtml application/xhtml+xml
.svg image/svg+xml
.kml application/vnd.google-earth.kml+xml
.kmz application/vnd.google-earth.kmz
.gpx application/gpx+xml
.gml application/gml+xml
.mml application/mathml+xml
.html text/html
.css text/css
.csv text/csv application/csv text/x-csv application/x-csv text/comma-separated-values text/x-comma-separated-values
.tsv text/tab-separated-values text/x-tab-separated-values text/tsv
.txt text/plain text/event-stream
.md text/markdown text/x-markdown
.js text/javascript application/javascript application/x-javascript
.ics text/calendar
.vcf text/vcard text/x-vcard text/directory
.plist application/x-plist
.bib application/x-bibtex text/x-bibtex
.tex application/x-tex application/x-latex
.las application/vnd.las
.mat application/x-matlab-data
.p7m application/pkcs7-mime
.deb application/vnd.debian.binary-package
.iso application/x-iso9660-image
.lz4 application/x-lz4
.asdf application/x-asdf
.vtt text/vtt
.srt application/x-subrip
.ttl text/turtle
.py text/x-python text/x-script.python application/x-python-code
.c text/x-c
.java text/x-java
.sh text/x-sh application/x-sh
.sql application/sql
.ts application/typescript video/mp2t
.yaml application/yaml application/x-yaml text/yaml text/x-yaml
.toml application/toml
.nt application/n-triples
.nq application/n-quads
.trig application/trig
.rq application/sparql-query
.m3u8 application/vnd.apple.mpegurl application/x-mpegurl
.m3u audio/mpegurl audio/x-mpegurl
.mpd application/dash+xml
.pem application/x-pem-file
.ps application/postscript
.rtf application/rtf text/rtf
.tex application/x-tex
.bib application/x-bibtex
.eml message/rfc822
.mbox application/mbox
.jpg image/jpeg
.png image/png
.gif image/gif
.webp image/webp
.tif image/tiff
.bmp image/bmp
.ico image/x-icon image/vnd.microsoft.icon
.avif image/avif
.heic image/heic
.heif image/heif
.jxl image/jxl
.jp2 image/jp2
.j2k image/j2c image/x-jp2-codestream
.pgm image/x-portable-graymap
.ppm image/x-portable-pixmap
.pbm image/x-portable-bitmap
.pnm image/x-portable-anymap image/x-pnm
.pfm image/x-portable-floatmap
.psd image/vnd.adobe.photoshop image/x-photoshop
.tga image/x-tga image/x-targa image/tga
.dds image/vnd-ms.dds image/x-dds
.exr image/x-exr
.hdr image/vnd.radiance
.pcx image/x-pcx image/vnd.zbrush.pcx
.cur image/x-win-bitmap
.xbm image/x-xbitmap image/x-xbm
.xpm image/x-xpixmap image/x-xpm
.qoi image/qoi image/x-qoi
.pam image/x-portable-arbitrarymap
.fits image/fits application/fits
.wav audio/wav
.mp3 audio/mpeg
.m4a audio/mp4
.aac audio/aac
.ogg audio/ogg
.opus audio/opus
.flac audio/flac
.weba audio/webm
.aiff audio/aiff
.mid audio/midi
.amr audio/amr
.wma audio/x-ms-wma
.caf audio/x-caf
.au audio/basic
.mp4 video/mp4 application/mp4
.webm video/webm
.ogv video/ogg
.mov video/quicktime
.avi video/x-msvideo
.mpg video/mpeg
.3gp video/3gpp
.mkv video/x-matroska
.flv video/x-flv
.wmv video/x-ms-wmv
.asf video/x-ms-asf application/vnd.ms-asf
.m4s video/iso.segment
.ogx application/ogg
.pdf application/pdf
.zip application/zip
.gz application/gzip
.tar application/x-tar application/x-gtar
.bz2 application/x-bzip2
.xz application/x-xz
.lzma application/x-lzma
.zst application/zstd application/x-zstd
.7z application/x-7z-compressed
.rar application/vnd.rar
.tgz application/x-tgz application/x-gtar-compressed application/x-tar-gz application/x-compressed-tar
.jar application/java-archive
.epub application/epub+zip
.apk application/vnd.android.package-archive
.ipa application/x-itunes-ipa
.cbz application/vnd.comicbook+zip
.docx application/vnd.openxmlformats-officedocument.wordprocessingml.document
.dotx application/vnd.openxmlformats-officedocument.wordprocessingml.template
.xlsx application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
.xltx application/vnd.openxmlformats-officedocument.spreadsheetml.template
.pptx application/vnd.openxmlformats-officedocument.presentationml.presentation
.xlsm application/vnd.ms-excel.sheet.macroenabled.12
.xlsb application/vnd.ms-excel.sheet.binary.macroenabled.12
.xls application/vnd.ms-excel
.doc application/msword
.ppt application/vnd.ms-powerpoint
.odt application/vnd.oasis.opendocument.text
.ods application/vnd.oasis.opendocument.spreadsheet
.odp application/vnd.oasis.opendocument.presentation
.odg application/vnd.oasis.opendocument.graphics
.h5 application/x-hdf5 application/x-hdf
.nc application/x-netcdf application/netcdf
.parquet application/vnd.apache.parquet
.arrow application/vnd.apache.arrow.file
.feather application/x-feather
.arrows application/vnd.apache.arrow.stream
.npy application/x-npy
.cbor application/cbor application/cbor-seq
.msgpack application/msgpack application/x-msgpack application/vnd.msgpack application/messagepack
    application/x-messagepack application/vnd.messagepack
.bson application/bson application/vnd.bson application/x-bson
.pb application/protobuf application/x-protobuf application/vnd.google.protobuf application/x-google-protobuf
.sqlite application/vnd.sqlite3 application/x-sqlite3
.grib application/grib application/x-grib application/x-grib2 application/wmo-grib
.dcm application/dicom
.vot application/x-votable+xml
.gpkg application/geopackage+sqlite3
.wasm application/wasm
.exe application/vnd.microsoft.portable-executable
.rpm application/x-rpm application/x-redhat-package-manager
.cab application/vnd.ms-cab-compressed
.dmg application/x-apple-diskimage
.crx application/x-chrome-extension
.swf application/vnd.adobe.flash.movie application/x-shockwave-flash
.avro application/avro application/vnd.apache.avro
.orc application/vnd.apache.orc
.dbf application/dbf application/x-dbf application/vnd.dbf
.shp application/x-esri-shape
.mvt application/vnd.mapbox-vector-tile
.glb model/gltf-binary
.stl model/stl model/x.stl-binary model/x.stl-ascii
.obj model/obj
.ply application/ply model/ply
.nii application/x-nifti
.torrent application/x-bittorrent
.woff font/woff
.woff2 font/woff2
.ttc font/collection
.eot application/vnd.ms-fontobject
.otf font/otf
.ttf font/ttf
.pcap application/vnd.tcpdump.pcap
.class application/java-vm
.msi application/x-msi
.msg application/vnd.ms-outlook
.Z application/x-compress
.mobi application/x-mobipocket-ebook
.3g2 video/3gpp2
.ris application/x-research-info-systems
.cif chemical/x-cif
.sdf chemical/x-mdl-sdfile
.p12 application/x-pkcs12
.cer application/pkix-cert
.crt application/x-x509-ca-cert
.crl application/pkix-crl
.asc application/pgp-keys application/pgp-signature
.cdf application/x-cdf
.hdf application/x-hdf4
.bufr application/x-bufr
.dta application/x-stata-dta application/x-stata
.sav application/x-spss-sav
.xpt application/x-sas-xport
.sas7bdat application/x-sas-data application/x-sas7bdat
.rda application/x-r-data application/x-rdata
.bam application/vnd.ga4gh.bam
.cram application/vnd.ga4gh.cram
.bcf application/vnd.ga4gh.bcf
.fgb application/flatgeobuf
.pmtiles application/vnd.pmtiles
.djvu image/vnd.djvu image/x-djvu
.xcf image/x-xcf
.dwg image/vnd.dwg image/x-dwg
.wmf image/wmf image/x-wmf
.emf image/emf image/x-emf
.bpg image/bpg
.ktx2 image/ktx2
.ktx image/ktx
.bsp application/x-spice-kernel
"""
_ROWS = [line.split() for line in _TABLE.replace("\n    ", " ").splitlines() if line]
ENDINGS = {media_type: ending for ending, *media_types in _ROWS for media_type in media_types}
"""How names of each media type end. By hand: the table of Python's `mimetypes` is that of the machine as well, so that
XML ends in `.xsl` on one and in `.xml` on the other."""

_SUFFIXES = {
    "xml": ".xml",
    "json": ".json",
    "html": ".html",
    "zip": ".zip",
    "gzip": ".gz",
    "cbor": ".cbor",
    "yaml": ".yaml",
}
_SUFFIXES |= {"json-seq": ".json", "csv": ".csv", "sqlite3": ".sqlite"}
_CODED = {"gzip": ".gz", "x-gzip": ".gz", "br": ".br", "zstd": ".zst", "deflate": ".zz", "compress": ".Z"}
_PARAMETER = re.compile(r';\s*([\w!#$%&\'*+.^`|~-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_HARMFUL = re.compile(
    r'[\x00-\x1f\x7f-\x9f\\/:*?"<>|\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]+'
)
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
_PROGRAMS = frozenset(
    ["action", "ashx", "asp", "aspx", "cfm", "cgi", "dll", "do", "fcgi", "jsf", "jsp", "jspx", "php", "php5", "phtml"]
)
_SOURCES = frozenset({"", "application/octet-stream", "application/x-httpd-php", "text/plain", "text/x-php"})
_DATA = {
    **dict.fromkeys(("csv",), "text/csv"),
    **dict.fromkeys(("tsv", "tab"), "text/tab-separated-values"),
    **dict.fromkeys(("json", "ipynb", "topojson", "webmanifest"), "application/json"),
    "geojson": "application/geo+json",
    **dict.fromkeys(("ndjson", "jsonl", "jsonlines", "ldjson"), "application/x-ndjson"),
    **dict.fromkeys(("xml", "rss", "atom", "xsd", "wsdl"), "application/xml"),
    "kml": "application/vnd.google-earth.kml+xml",
    "gpx": "application/gpx+xml",
    **dict.fromkeys(("vot", "votable"), "application/x-votable+xml"),
    **dict.fromkeys(("yaml", "yml"), "application/yaml"),
    "toml": "application/toml",
    "eml": "message/rfc822",
}
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}(?:\.(?:gz|bz2|xz|zst|fz|br))?$|\.(?:7z|3gp|3mf)$")


def ending_of(media_type: str) -> str:
    """Return how the name of a file of a type ends.

    >>> ending_of("application/vnd.api+json"), ending_of("text/x-unheard-of"), ending_of("x/y")
    ('.json', '.txt', '.bin')
    """
    suffix = media_type.rpartition("+")[2] if "+" in media_type else ""
    if ending := ENDINGS.get(media_type) or _SUFFIXES.get(suffix) or ENDINGS.get(same(media_type)):
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
    said = [
        harmless(disposed(value, reply.charset)) for name, value in headers if name.lower() == "content-disposition"
    ]
    named = next(filter(None, said), "") or harmless(meant(parameter(reply, "name"), reply.charset))
    name = named or _of_what_it_made(harmless(_last(reply.url)), media_type) or "reply"
    return name if _ENDING.search(name) else name[:_LONGEST] + ending_of(media_type)


def type_named(name: str) -> str:
    """Return the media type of data in text that a name stands for by its ending, or an empty string.

    Only such as are read without harm where they turn out to be something else: a name is no more than a hint.

    >>> type_named("stars.CSV"), type_named("page.html"), type_named("export")
    ('text/csv', '', '')
    """
    return _DATA.get(name.lower().rpartition(".")[2], "") if "." in name else ""


def _of_what_it_made(name: str, media_type: str) -> str:
    """Take the ending of a program off the name of what it made: `export.php` is no PHP."""
    stem, _, ending = name.rpartition(".")
    made = stem and ending.lower() in _PROGRAMS and media_type not in _SOURCES and ending_of(media_type) != ".bin"
    return stem if made else name


def decoded_name(name: str, coding: str, found: str = "") -> str:
    """Return the name of what came out of a Content-Encoding: a `.gz` that named the coding is gone.

    What came out may be packed once more, as the type `found` says: then its ending names that.

    >>> decoded_name("set.tar.gz", "x-gzip"), decoded_name("data.json", "gzip")
    ('set.tar', 'data.json')
    """
    last = coding.rpartition(",")[2].strip().lower()
    if found and ending_of(found) == _CODED.get(last):
        return name
    if last in ("gzip", "x-gzip") and name.lower().endswith(".tgz"):
        return name[:-4] + ".tar"
    ending = _CODED.get(last, "")
    return name[: -len(ending)] if ending and name.lower().endswith(ending) and len(name) > len(ending) else name


def received_name(name: str, coding: str, found: str = "") -> str:
    """Return the name of a reply as it came, its Content-Encoding not undone.

    >>> received_name("data.json", "gzip"), received_name("set.tar.gz", "gzip")
    ('data.json.gz', 'set.tar.gz')
    """
    ending = _CODED.get(coding.rpartition(",")[2].strip().lower(), ".coded")
    return name if decoded_name(name, coding, found) != name else name + ending


def disposed(header: str, declared: str = "") -> str:
    r"""Return the name in a Content-Disposition header (RFC 6266), or an empty string.

    The form with an asterisk (RFC 8187) counts more, wherever it stands. Letters beyond ASCII that were sent as they
    are, which no standard allows and many services do, are read as UTF-8 where they are it, else as was `declared` of
    the body.

    >>> disposed("attachment; filename=\"x.csv\"; filename*=UTF-8''%E5%A0%B1.csv")
    '報.csv'
    """
    found: dict[str, str] = {}
    header = header[:_LONGEST_HEADER]
    if _ESCAPED.search(header):  # as a template writes it
        header = unescape(header)
    header = _COMMA.sub(r"\1;", header)  # in place of the semicolon
    first = header.partition(";")[0]
    parameters = header if "=" in first else header.partition(";")[2]  # Some leave out the disposition itself.
    parameters = _SECOND.sub("", parameters)
    for name, value in _PARAMETER.findall(f";{parameters}"):
        found.setdefault(name.lower(), value.strip())
    extended = found.get("filename*", "").strip('"')
    tagged = _TAGGED.fullmatch(extended)
    charset, letters = (tagged[1], tagged[2]) if tagged else ("", extended)  # Some leave the charset out.
    if letters:
        try:
            return unquote(letters, encoding=charset or "utf-8", errors="strict")
        except (LookupError, UnicodeError):
            pass  # The plain form is there for that.
    plain = found.get("filename", "") or _continued(parameters)
    if TAGGED.match(plain.strip('"')):  # in the parameter that has no asterisk
        return spelled(meant(plain.strip('"'), declared))
    if plain[:1] in ('"', "'"):
        inner = plain[1:].removesuffix(plain[0])  # The last one may be missing.
        plain = inner if re.match(r"[A-Za-z]:\\", inner) or plain[0] == "'" else re.sub(r"\\(.)", r"\1", inner)
    plain = meant(plain, declared)
    if "=?" in plain:
        plain = worded(plain)
    if plain.isascii() and _PERCENT.search(plain):  # as browsers read it, though no standard says so
        with suppress(UnicodeError):
            return unquote(plain, errors="strict")
    return plain


_LONGEST_HEADER = 10_000
_TAGGED = re.compile(r"([\w.:+-]*)'[\w -]*'(.*)", re.DOTALL)
_COMMA = re.compile(r"(?i)^\s*(attachment|inline|form-data)\s*,(?=[^;]*=)")
_ESCAPED = re.compile(r"=\s*&(?:quot|#34|#x22|#39|apos);", re.IGNORECASE)
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_SECOND = re.compile(r"""(?i)(?<=[\w"']),\s*(?:attachment|inline)\s*;.*""", re.DOTALL)
"""A second header that a gateway joined to the first."""


def _continued(parameters: str) -> str:
    """Return a name that comes in numbered parts (RFC 2231), as some services do."""
    message = Message()
    message["Content-Disposition"] = f"attachment; {' '.join(parameters.split())}"
    try:
        return message.get_filename() or ""
    except (LookupError, UnicodeError, ValueError):
        return ""


def harmless(name: str) -> str:
    r"""Return a name without folders, and without signs that hide, reorder or break it; at most 100 characters.

    >>> harmless("..\\\\..\\\\C:\\\\evil\\u202egnp.exe"), harmless("/etc/passwd"), harmless("nul.txt")
    ('evil.exe', 'passwd', '_nul.txt')
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
