"""What bytes are, by their first ones. Pure.

A signature is a strong finding: it overrules a header. Text that looks like HTML, XML, SVG or JSON is a weak one, which
helps only where the header says nothing: a page that is declared as plain text is shown as text, as the MIME Sniffing
standard of the WHATWG demands.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .charset import decode, is_whole, stated_in
from .encoding import NOT_TEXT, Decoded, known_as, nearly
from .texts import TEXTS

if TYPE_CHECKING:
    from .reply import Blob

HEAD = 4096
"""Bytes that are looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the bytes are.

    Attributes:
        media_type: Such as `"image/png"`; empty when nothing is known.
        name: For people, such as `"PNG"`.
        evidence: The bytes that show it, or why it is believed.
        strong: Whether the bytes leave no doubt.
        charset: By which they were read where they are text.
        offset: How many bytes stand before it that do not belong to it.
        coded: Whether it comes as text in base64.
    """

    media_type: str
    name: str
    evidence: str = ""
    strong: bool = True
    charset: str = ""
    offset: int = 0
    coded: bool = False


OLE = "a compound file of Microsoft"

SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "PNG"),
    (0, b"\xff\xd8\xff", "image/jpeg", "JPEG"),
    (0, b"GIF87a", "image/gif", "GIF"),
    (0, b"GIF89a", "image/gif", "GIF"),
    (8, b"WEBP", "image/webp", "WebP"),
    (0, b"II*\0", "image/tiff", "TIFF"),
    (0, b"MM\0*", "image/tiff", "TIFF"),
    (0, b"II+\0", "image/tiff", "BigTIFF"),
    (0, b"MM\0+", "image/tiff", "BigTIFF"),
    (0, b"\0\0\1\0", "image/x-icon", "icon"),
    (0, b"8BPS", "image/vnd.adobe.photoshop", "Photoshop picture"),
    (0, b"\xff\x0a", "image/jxl", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "image/jxl", "JPEG XL"),
    (0, b"\0\0\0\x0cjP  ", "image/jp2", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "image/j2c", "JPEG 2000 without a container"),
    (4, b"ftypavif", "image/avif", "AVIF"),
    (4, b"ftypavis", "image/avif", "AVIF"),
    (4, b"ftypheic", "image/heic", "HEIC"),
    (4, b"ftypheix", "image/heic", "HEIC"),
    (4, b"ftyphevc", "image/heic", "HEIC"),
    (4, b"ftypheim", "image/heic", "HEIC"),
    (4, b"ftypheis", "image/heic", "HEIC"),
    (4, b"ftypmsf1", "image/heif", "HEIF"),
    (4, b"ftypmif1", "image/heif", "HEIF"),
    (4, b"ftypmiaf", "image/heif", "HEIF"),
    (4, b"ftypcrx ", "image/x-canon-cr3", "Canon raw picture"),
    (4, b"ftypM4A", "audio/mp4", "MPEG-4 sound"),
    (4, b"ftypM4P", "audio/mp4", "MPEG-4 sound"),
    (4, b"ftypF4A", "audio/mp4", "MPEG-4 sound"),
    (4, b"ftypM4B", "audio/mp4", "MPEG-4 sound"),
    (4, b"ftypqt  ", "video/quicktime", "QuickTime film"),
    (4, b"ftyp", "video/mp4", "MPEG-4 film"),
    (8, b"WAVE", "audio/wav", "WAV sound"),
    (8, b"AVI ", "video/x-msvideo", "AVI film"),
    (8, b"AIFF", "audio/aiff", "AIFF sound"),
    (0, b"ID3", "audio/mpeg", "MP3 sound"),
    (0, b"\xff\xfb", "audio/mpeg", "MP3 sound"),
    (0, b"\xff\xfa", "audio/mpeg", "MP3 sound"),
    (0, b"\xff\xe3", "audio/mpeg", "MP3 sound"),
    (0, b"\xff\xf3", "audio/mpeg", "MP3 sound"),
    (0, b"\xff\xf2", "audio/mpeg", "MP3 sound"),
    (0, b"\xff\xf1", "audio/aac", "AAC sound"),
    (0, b"\xff\xf9", "audio/aac", "AAC sound"),
    (0, b"fLaC", "audio/flac", "FLAC sound"),
    (0, b"OggS", "audio/ogg", "Ogg sound"),
    (0, b"MThd", "audio/midi", "MIDI notes"),
    (0, b"#!AMR", "audio/amr", "AMR sound"),
    (0, b"FLV\1", "video/x-flv", "Flash film"),
    (0, b"\0\0\1\xba", "video/mpeg", "MPEG film"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm", "WebM or Matroska film"),
    (0, b"%PDF-", "application/pdf", "PDF"),
    (0, b"%!PS", "application/postscript", "PostScript"),
    (0, b"{\\rtf", "application/rtf", "RTF"),
    (0, b"SIMPLE  =", "application/fits", "FITS"),
    (0, b"\x89HDF\r\n\x1a\n", "application/x-hdf5", "HDF5"),
    (0, b"CDF\1", "application/x-netcdf", "NetCDF"),
    (0, b"CDF\2", "application/x-netcdf", "NetCDF"),
    (0, b"CDF\5", "application/x-netcdf", "NetCDF"),
    (0, b"PAR1", "application/vnd.apache.parquet", "Parquet"),
    (0, b"FEA1", "application/x-feather", "Feather"),
    (0, b"ARROW1", "application/vnd.apache.arrow.file", "Arrow"),
    (0, b"\x93NUMPY", "application/x-npy", "NumPy array"),
    (0, b"Obj\1", "application/avro", "Avro"),
    (0, b"MATLAB 5.0 MAT-file", "application/x-matlab-data", "MATLAB data"),
    (0, b"MATLAB 7.3 MAT-file", "application/x-hdf5", "MATLAB data, which are HDF5"),
    (0, b"PK\3\4", "application/zip", "ZIP archive"),
    (0, b"PK\5\6", "application/zip", "empty ZIP archive"),
    (0, b"\x1f\x8b", "application/gzip", "gzip"),
    (128, b"DICM", "application/dicom", "DICOM"),
    (257, b"ustar", "application/x-tar", "TAR archive"),
    (0, b"BZh", "application/x-bzip2", "bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz", "xz"),
    (0, b"\xd9\xd9\xf7", "application/cbor", "CBOR"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd", "Zstandard"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", "7-Zip archive"),
    (0, b"Rar!\x1a\7", "application/vnd.rar", "RAR archive"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", OLE),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3", "SQLite database"),
    (0, b"\0asm", "application/wasm", "WebAssembly"),
    (0, b"\x7fELF", "application/x-elf", "Linux program"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable", "Windows program"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm", "Java class"),
    (0, b"wOFF", "font/woff", "WOFF font"),
    (0, b"wOF2", "font/woff2", "WOFF2 font"),
    (0, b"OTTO", "font/otf", "OpenType font"),
    (0, b"\0\1\0\0\0", "font/ttf", "TrueType font"),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap", "network capture"),
    (0, b"-----BEGIN ", "application/x-pem-file", "PEM"),
    (0, b"\xcd\xf3\x00\x01", "application/x-cdf", "CDF"),
    (0, b"\xcd\xf2\x60\x02", "application/x-cdf", "CDF"),
    (0, b"\x0e\x03\x13\x01", "application/x-hdf4", "HDF 4"),
    (0, b"#ASDF 1.", "application/x-asdf", "ASDF"),
    (0, b"DAF/", "application/x-spice-kernel", "SPICE kernel"),
    (0, b"NAIF/DAF", "application/x-spice-kernel", "SPICE kernel"),
    (0, b"ORC", "application/vnd.apache.orc", "ORC"),
    (0, b"<stata_dta><header>", "application/x-stata-dta", "Stata data"),
    (0, b"$FL2@(#)", "application/x-spss-sav", "SPSS data"),
    (0, b"$FL3@(#)", "application/x-spss-sav", "SPSS data"),
    (0, b"HEADER RECORD*******LIB", "application/x-sas-xport", "SAS transport file"),
    (12, b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "application/x-sas-data", "SAS data"),
    (0, b"RDX2\n", "application/x-r-data", "data of R"),
    (0, b"RDX3\n", "application/x-r-data", "data of R"),
    (0, b"BAM\1", "application/vnd.ga4gh.bam", "BAM"),
    (0, b"CRAM\2", "application/vnd.ga4gh.cram", "CRAM"),
    (0, b"CRAM\3", "application/vnd.ga4gh.cram", "CRAM"),
    (0, b"BCF\2", "application/vnd.ga4gh.bcf", "BCF"),
    (0, b"fgb\3fgb", "application/flatgeobuf", "FlatGeobuf"),
    (0, b"PMTiles\3", "application/vnd.pmtiles", "PMTiles"),
    (344, b"n+1\0", "application/x-nifti", "NIfTI"),
    (0, b"glTF\1\0\0\0", "model/gltf-binary", "binary glTF"),
    (0, b"glTF\2\0\0\0", "model/gltf-binary", "binary glTF"),
    (0, b"v/1\1", "image/x-exr", "OpenEXR"),
    (0, b"AT&TFORM", "image/vnd.djvu", "DjVu"),
    (0, b"gimp xcf ", "image/x-xcf", "picture of GIMP"),
    (0, b"AC10", "image/vnd.dwg", "drawing of AutoCAD"),
    (0, b"\xd7\xcd\xc6\x9a", "image/wmf", "Windows metafile"),
    (0, b"\1\0\t\0\0\3", "image/wmf", "Windows metafile"),
    (40, b" EMF\0\0\1\0", "image/emf", "enhanced Windows metafile"),
    (0, b"BPG\xfb", "image/bpg", "BPG"),
    (0, b"\xabKTX 20\xbb\r\n\x1a\n", "image/ktx2", "texture for graphics cards"),
    (0, b"\xabKTX 11\xbb\r\n\x1a\n", "image/ktx", "texture for graphics cards"),
    # Last of all: an archive may well hold such a file as its first.
    *(
        (place, b"\x89HDF\r\n\x1a\n", "application/x-hdf5", "HDF5 behind a head of its own")
        for place in (512, 1024, 2048)
    ),
)
"""Offset, bytes, media type, name; the first that fits decides.

By hand, since puremagic names 27 of 66 of these first by their registered type, and tells a plain ZIP archive to be a
Word document; it is asked where nothing here fits.
"""

ZIPPED: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (re.compile(rb"mimetypeapplication/epub\+zip"), "application/epub+zip", "EPUB book"),
    (
        re.compile(rb"mimetypeapplication/vnd\.oasis\.opendocument\.spreadsheet(?!-)"),
        "application/vnd.oasis.opendocument.spreadsheet",
        "OpenDocument sheets",
    ),
    (re.compile(rb"[^/\x00]{1,100}\.npy"), "application/x-npz", "NumPy archive"),
    (re.compile(rb"[^\x00]{0,100}\.kml", re.IGNORECASE), "application/vnd.google-earth.kmz", "KMZ archive"),
    (re.compile(rb"xl/"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel workbook"),
    (re.compile(rb"word/"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word document"),
)
"""What the first entries of a ZIP archive make of it: the beginning of a name, media type, name for people."""

_ENTRY = re.compile(rb"PK\x03\x04.{26}", re.DOTALL)

_BASE64 = re.compile(rb'"?(?:data:[\w.+/-]{0,100}(?:;[\w=.-]{1,100}){0,9};base64,)?([A-Za-z0-9+/_=\r\n-]{64,})"?')
_LONGEST_CODED = 20_000_000
_SURE = 4


def uncoded(body: Blob) -> bytes:
    r"""Return what a body holds that comes as text in base64, as gateways send it that know only text; else nothing.

    Only a kind that is known beyond doubt by its first bytes counts.

    >>> uncoded(b"iVBORw0KGgo" + b"A" * 61)[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    if len(body) > _LONGEST_CODED or not (head := _BASE64.fullmatch(body[:HEAD].strip())):
        return b""
    first = _unbased(head[1][:400])
    if not any(
        len(signature) >= _SURE and first[place : place + len(signature)] == signature
        for place, signature, *_ in SIGNATURES
    ) and not first.startswith(_SURE_STARTS):
        return b""
    whole = _BASE64.fullmatch(bytes(body).strip())
    return _unbased(whole[1]) if whole else b""


_SURE_STARTS = (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xdb", b"\x1f\x8b\x08")


def _unbased(coded: bytes) -> bytes:
    plain = b"".join(coded.split()).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        return base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


_OGG_FILMS = (b"\x80theora", b"BBCD\0", b"\x01video\0\0\0", b"OVP80")

_CONTAINERS: dict[bytes, bytes | tuple[bytes, ...]] = {
    b"WEBP": b"RIFF",
    b"WAVE": (b"RIFF", b"RF64", b"BW64"),
    b"AVI ": b"RIFF",
    b"AIFF": b"FORM",
}
"""Signatures at offset 8 that mean something only inside these."""

_MERE_LETTERS = frozenset(
    (
        *(b"ORC", b"<stata_dta><header>", b"$FL2@(#)", b"$FL3@(#)", b"HEADER RECORD*******LIB", b"RDX2\n", b"RDX3\n"),
        *(b"AT&TFORM", b"gimp xcf ", b"AC10", b"BPG\xfb", b"\xd7\xcd\xc6\x9a"),
    )
)
"""Signatures that are letters of some charset: behind them controls follow, and words in any charset have none."""

_TWO_PLACES = (
    (b"GRIB", 7, (b"\1", b"\2"), "application/x-grib", "GRIB"),
    (b"BUFR", 7, (b"\2", b"\3", b"\4"), "application/x-bufr", "BUFR"),
    (b"LASF", 24, (b"\1",), "application/vnd.las", "LAS point cloud"),
    (b"\0\0\x27\x0a", 28, (b"\xe8\3\0\0",), "application/x-esri-shape", "a part of a shapefile"),
)
"""How it begins, where its edition or version stands, which there are, media type, name."""

SIGNED = frozenset(
    [each[2] for each in SIGNATURES]
    + [each[1] for each in ZIPPED]
    + [each[3] for each in _TWO_PLACES]
    + ["application/vnd.ms-excel"]
)
"""Types whose files always begin with their signature; the last is a compound file."""


def sniff(  # noqa: C901, PLR0911 - one for each thing that they may be
    head: bytes, charset: str = "", *, declared: str = "", cut: bool = False
) -> Finding:
    r"""Return what the first bytes of a body say.

    >>> sniff(b"\x89PNG\r\n\x1a\n").media_type
    'image/png'
    >>> sniff(b"plain words").strong
    False

    Args:
        head: Its first `HEAD` bytes, or all of it.
        charset: The declared one, or empty: text in UTF-16 looks like anything but text to those who are not told.
        declared: As what it is declared: what stands behind other bytes counts only where that says no other kind.
        cut: Whether there are more.
    """
    decoded: Decoded | None = None
    for offset, signature, media_type, name in SIGNATURES:
        if head[offset : offset + len(signature)] == signature and _inside(head, signature):
            evidence = signature[:8].hex(" ").upper()
            if (
                media_type not in _LETTERS
                and media_type != declared
                and signature.isascii()
                and not NOT_TEXT.search(signature)
            ):
                decoded = decoded or decode(head, charset, cut=cut)
                # Words may begin as a format does: only its letters are there.
                if _is_text(head, decoded, charset) and decoded.used in (known_as(charset), "utf-8"):
                    return _textual(media_type, name, evidence, decoded)
            if signature == b"OggS" and any(codec in head[:512] for codec in _OGG_FILMS):
                return Finding("video/ogg", "Ogg film", evidence)
            return _zipped(head, evidence) or _branded(head, evidence) or Finding(media_type, name, evidence)
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":  # Two letters alone would fit too many texts.
        return Finding("image/bmp", "BMP", "42 4D")
    if head[2:3].isspace() and (bitmap := _PORTABLE.match(head)):  # As above: behind its two letters stand numbers.
        words, evidence = head.isascii(), head[:2].hex(" ").upper()  # Some of them are text, and some texts begin so.
        kind = _PORTABLES[bitmap[1]]
        return Finding(kind, "portable picture", evidence, strong=not words, charset="utf-8" if words else "")
    if found := _by_two_places(head, declared):
        return found
    if (behind := _behind(head, charset)) and _may_hold(declared, behind):
        return behind
    decoded = decoded or decode(head, charset, stated=stated_in(head), cut=cut)
    if charset and not _is_text(head, decoded, charset):  # What is declared wrongly is text all the same.
        decoded = decode(head, cut=cut)
    if not _is_text(head, decoded, charset):
        return _with_controls(head, decoded) or _second_opinion(head)
    found = _text(decoded.text.lstrip("\ufeff \t\r\n"), len(head) if cut else 0)
    found = replace(found, charset=decoded.used)
    if declared == "text/html" and found.media_type == "text/plain" and _is_untagged(decoded.text):
        return replace(found, name=UNTAGGED, evidence="no tag is in it, and its lines would run into each other")
    return found


def _by_two_places(head: bytes, declared: str) -> Finding | None:
    """Return what is told by two places only, since what stands at each would fit too much else."""
    for first, place, others, media_type, name in _TWO_PLACES:
        if head.startswith(first) and head[place : place + len(others[0])] in others:
            return Finding(media_type, name, head[:8].hex(" ").upper())
    if NOT_TEXT.search(head[:_PACKET]) and head[: 3 * _PACKET : _PACKET] == _SYNC * 3:
        return Finding("video/mp2t", "MPEG transport stream", "47, every 188 bytes")
    if declared in _LEAVES_OPEN and _is_messagepack(head):
        return Finding("application/msgpack", "MessagePack", head[:8].hex(" ").upper(), strong=False)
    return None


_PACKET, _SYNC = 188, b"G"
"""How long a packet of a transport stream is, and how each begins (ISO/IEC 13818-1, 2.4.3.2)."""

_LEAVES_OPEN = ("", "application/octet-stream", "binary/octet-stream")


def _is_messagepack(head: bytes) -> bool:
    r"""Whether bytes begin as a short map of MessagePack, or as a list of such: most of it are letters of some charset.

    It has no signature: two strings, each of which is as long as the byte before it says, tell it.

    >>> _is_messagepack(b"\x82\xa6status\xa2ok\xa4code\x07"), _is_messagepack(b"\x80\xa0 status")
    (True, False)
    """
    begun = _MAP.match(head)
    place = begun.end() if begun else len(head)
    for _ in range(2):
        length = int.from_bytes(head[place : place + 1]) - _STRING
        string = head[place + 1 : place + 1 + length] if 0 < length < _SHORT else b""
        if not string or len(string) < length or not _is_printable(string):
            return False
        place += 1 + length
        place += head[place : place + 1] in _SCALARS
    return True


_MAP = re.compile(rb"[\x91-\x9f]?[\x81-\x8f]")
_STRING = 0xA0
"""A short string begins with this and its length (MessagePack specification, str format family)."""

_SCALARS = frozenset(bytes([value]) for value in (*range(128), 0xC0, 0xC2, 0xC3))
"""Values of one byte: small numbers, nil, false and true."""


def _is_printable(string: bytes) -> bool:
    text = string.decode("utf-8", "replace")
    return text.isprintable() and "\ufffd" not in text


UNTAGGED = "text without a tag"
_TAG = re.compile(r"<[A-Za-z/!?]|&(?:[A-Za-z]{2,8}|#[0-9xX]{2,7});")


def _is_untagged(text: str) -> bool:
    """Whether a text that is declared as a page has several lines and nothing in it that pages are made of.

    Programs print their errors, lists and tables under the type that they have by themselves, which is that of a page.
    """
    return "\n" in text.strip() and not _TAG.search(text)


_PORTABLE = re.compile(rb"P([1-6Ff])(?:\s|#[^\n]{0,200}\n){1,40}\d{1,6}(?:\s|#[^\n]{0,200}\n){1,40}\d{1,6}\s")
_PORTABLES = {
    **dict.fromkeys((b"1", b"4"), "image/x-portable-bitmap"),
    **dict.fromkeys((b"2", b"5"), "image/x-portable-graymap"),
    **dict.fromkeys((b"3", b"6"), "image/x-portable-pixmap"),
    **dict.fromkeys((b"F", b"f"), "image/x-portable-floatmap"),
}


def _with_controls(head: bytes, decoded: Decoded) -> Finding | None:
    """Return what a text is in which controls stand between the words, as in FIX messages or after a bad export.

    Where there is a NUL the type stays open: what is declared as text is text, and much else holds words as well.
    """
    words = head.rstrip(b"\0")  # Some pad what they send.
    words = head if NOT_TEXT.search(words) else words
    if not words.strip(b"\0") or decoded.used != "utf-8" or not is_written(words):
        return None
    if head.startswith(b"\x1e") and decoded.text.lstrip("\x1e \r\n")[:1] in ("{", "["):
        return Finding("application/json-seq", "a sequence of JSON", "1E", strong=False, charset="utf-8")
    known = "" if b"\0" in head or len(head) < _SHORT else "text/plain"
    return Finding(known, CONTROLS, "most bytes are characters", strong=False, charset="utf-8")


CONTROLS = "text with control characters"


def is_written(data: bytes) -> bool:
    r"""Whether bytes are words, though controls may stand between them.

    What parts cells and records, and steps back, is written as words are (FIX, Hive, bars of progress). Of other
    controls, UTF-8 may hold as many as a damaged export does; in what is not UTF-8 they are seldom in words, and common
    in data, of which they are a tenth.

    >>> is_written(b"8=FIX.4.2\x019=65\x0135=A\x01"), is_written("größer".encode("latin-1")), is_written(bytes(9))
    (True, True, False)
    """
    text = data.decode("utf-8", "replace")
    spoilt, beyond = text.count("\ufffd"), sum(not sign.isascii() for sign in text)
    most = _MANY if spoilt <= max(_SPLIT, beyond * _SPOILT) else _FEW
    return len(_NOT_WRITTEN.findall(data)) <= len(data) * most


_NOT_WRITTEN = re.compile(rb"[\x00\x04-\x07\x0e-\x1a]")
_MANY, _FEW = 0.2, 0.05
_SPLIT = 4
"""Signs that may be unreadable since bytes were cut out of a text: one at each end, each up to two signs."""

_SPOILT = 0.02
_SHORT = 32
"""A few bytes among which there is a control tell nothing."""


def _textual(media_type: str, name: str, evidence: str, decoded: Decoded) -> Finding:
    """Return what a text is that begins with the letters of a signature."""
    if media_type in TEXTUAL:
        return Finding(media_type, name, evidence, strong=False, charset=decoded.used)
    return replace(_text(decoded.text.lstrip("\ufeff \t\r\n")), charset=decoded.used)


def _behind(head: bytes, charset: str) -> Finding | None:
    """Return what begins behind bytes that do not belong to it: blanks, a byte order mark, a notice.

    Readers of PDF look for its beginning in the first 1,024 bytes; of the others, only what stands behind a text, which
    no file of its kind begins with, is taken for one.
    """
    found = _PDF.search(head, 0, 1024 + 16)
    before = head[: found.start()].strip(b"\0 \t\r\n\f\xef\xbb\xbf") if found else b""
    if found and found.start() and (not before or found[1] or not _is_text(head, decode(head, charset, cut=True))):
        return Finding("application/pdf", "PDF", head[found.start() :][:8].hex(" ").upper(), offset=found.start())
    for signature, media_type, name in _STEPPED_TO:
        place = head.find(signature)
        before = head[:place].lstrip(b"\0")
        if place > 0 and (not before.strip() or _is_text(before, decode(before, charset))):
            return Finding(media_type, name, signature[:8].hex(" ").upper(), offset=place)
    return None


def _may_hold(declared: str, behind: Finding) -> bool:
    """Whether a declaration leaves room for what stands behind other bytes: a letter may hold a picture."""
    family = behind.media_type.partition("/")[0]
    return declared in _LEAVES_OPEN or (
        declared.startswith(f"{family}/")
        and (family != "application" or declared.rpartition("/")[2] in behind.media_type)
    )


TEXTUAL = frozenset({"application/x-pem-file", "application/postscript", "application/rtf"})
"""Formats with a signature that are text all through."""

_LETTERS = frozenset({"application/pdf", "application/fits"})
"""Formats that may well hold nothing but letters where one looks."""

_PDF = re.compile(rb"%PDF-\d\.\d(\s+%[\x80-\xff]{4})?")
"""How it begins, and the comment by which it says that it is no text (ISO 32000-1, section 7.5.2)."""

_STEPPED_TO = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "PNG"),
    (b"\xff\xd8\xff\xe0", "image/jpeg", "JPEG"),
    (b"\xff\xd8\xff\xe1", "image/jpeg", "JPEG"),
    (b"\xff\xd8\xff\xdb", "image/jpeg", "JPEG"),
    (b"PK\3\4", "application/zip", "ZIP archive"),
    (b"\x1f\x8b\x08", "application/gzip", "gzip"),
    (b"GIF87a", "image/gif", "GIF"),
    (b"GIF89a", "image/gif", "GIF"),
)


def _inside(head: bytes, signature: bytes) -> bool:
    if signature in _MERE_LETTERS:
        return bool(NOT_TEXT.search(head))
    if head.startswith(b"-----BEGIN PGP "):  # It looks like PEM, and is none.
        return False
    container = _CONTAINERS.get(signature)
    return container is None or head.startswith(container)


def _zipped(head: bytes, evidence: str) -> Finding | None:
    """Return what a ZIP archive is by the names of its first entries; None where it is no more than that."""
    for entry in _ENTRY.finditer(head):
        for pattern, media_type, name in ZIPPED:
            if pattern.match(head, entry.end()):
                return Finding(media_type, name, evidence)
    return None


def _branded(head: bytes, evidence: str) -> Finding | None:
    """Return AVIF where the brands behind the first one say so: the first may be that of any picture (ISO 23000-22)."""
    if head[4:12] not in (b"ftypmif1", b"ftypmsf1", b"ftypmiaf"):
        return None
    return Finding("image/avif", "AVIF", evidence) if is_avif(head) else None


def is_avif(data: bytes) -> bool:
    """Whether one of a picture's brands is that of AVIF: its first may be that of HEIF, whose readers have no AV1."""
    end = min(int.from_bytes(data[:4]), len(data), 256)
    return data[4:8] == b"ftyp" and bool({b"avif", b"avis"} & {data[place : place + 4] for place in range(8, end, 4)})


def _is_text(head: bytes, decoded: Decoded, declared: str = "") -> bool:
    if decoded.used.startswith(("utf-16", "utf-32")):  # Half of their bytes are controls to anybody else.
        return is_whole(decoded, head, declared) and "\0" not in decoded.text
    filled = len(head) > _SHORT and not head.strip(head[:1]) and not head.isascii()  # as memory that holds nothing
    return nearly(decoded) and not filled and not NOT_TEXT.search(head)


def _text(text: str, seen: int = 0) -> Finding:
    """Return what a text is of which that many bytes were looked at; 0 where that is all of it."""
    for pattern, media_type, name in TEXTS:
        if found := pattern.match(text):
            return Finding(
                media_type, name, f"it begins with {found[0].rpartition('-->')[2].strip()[:20]}", strong=False
            )
    evidence = f"its first {seen:,} bytes are characters" if seen else "every byte is a character"
    return Finding("text/plain", "text", evidence, strong=False) if text else Finding("", "nothing")


def _second_opinion(head: bytes) -> Finding:
    import puremagic  # noqa: PLC0415 - its table takes longer to load than a page has

    try:
        matches = puremagic.magic_string(head)
    except (ValueError, puremagic.PureError):
        matches = []
    for match in matches:
        if match.mime_type and not match.mime_type.startswith("text/") and len(match.byte_match) > 2:  # noqa: PLR2004 - two bytes fit by chance
            evidence = match.byte_match[:8].hex(" ").upper()
            return Finding(match.mime_type.lower(), match.name, evidence, strong=False)
    return Finding("", "unknown bytes")
