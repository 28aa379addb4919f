"""Bodies that hold others: archives and multipart, listed, and one entry at a time taken out, within limits.

Nothing is ever written anywhere.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import tarfile
import time
import zipfile
import zlib
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote

from widgets.http.content_coding import CodingError, unzstd
from widgets.http.message import meant, spelled, worded
from widgets.media.charset import Chosen, decode
from widgets.media.charset_detection import of_one_language
from widgets.media.encoding import read
from widgets.media.reply import Unreadable
from widgets.media.source import Source, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


MOST_ENTRIES = 2000
MOST_PARTS = 200
MOST_BYTES = 20_000_000
MOST_RATIO = 200
_IS_UTF8 = 0x800
_UNICODE_PATH = 0x7075
_NO_FIELD = 0xFFFF
_HARMLESS = 1_000_000
"""Bytes that an entry may unfold to whatever its ratio: blanks compress well."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in an archive.

    Attributes:
        name: As written there; never used as a path.
        size: Bytes when taken out, as claimed; -1 where nothing is claimed.
        packed: Bytes inside the archive; 0 where unknown.
        note: Why it cannot be opened, or empty.
        said: What is to be known of one that can, in place of its size; or empty.
    """

    name: str
    size: int
    packed: int = 0
    note: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of what is in an archive.

    Attributes:
        entries: Of this page.
        total: How many there are, or were seen.
        first: The number of the first of them, from 0.
        said: What else is to be known, or empty.
        whole: Whether nothing of the archive is missing or damaged, as far as was seen.
    """

    entries: tuple[Entry, ...]
    total: int
    first: int = 0
    said: str = ""
    whole: bool = True


def zip_entries(source: Source, charset: str = "", page: int = 0) -> Listing:
    """Return a page of the entries of a ZIP archive.

    Args:
        source: The archive.
        charset: Of names that do not say theirs; found out from all of them when empty.
        page: From 0; each has `MOST_ENTRIES`.
    """
    file = opened(source)
    begun: list[_Begun] = []
    try:
        with _listed_zip(source, file) as archive:
            infos = archive.infolist()
    except zipfile.BadZipFile as error:
        begun = list(islice(_begun(file), _MOST_BEGUN))
        if not begun:
            raise Unreadable("its list of entries, which stands at its end, is missing or damaged") from error
        infos = [each.info for each in begun]
    first = page * MOST_ENTRIES
    shown = infos[first : first + MOST_ENTRIES]
    raw = [b"" if info.flag_bits & _IS_UTF8 else _raw(info.filename) for info in shown]
    names, said = _named_in(raw, charset, "cp437")
    entries = [_zip_entry(info, name or info.filename) for info, name in zip(shown, names, strict=True)]
    if begun:
        said = f"{_NO_LIST} {said}".strip()
        wholes = [each.whole for each in begun[first : first + MOST_ENTRIES]]
        entries = [entry if ok else replace(entry, said=_CUT) for entry, ok in zip(entries, wholes, strict=True)]
    return Listing(tuple(entries), len(infos), first, said, whole=not begun)


_NO_LIST = (
    "The list of entries, which stands at the end of the archive, is missing or damaged: these were found one behind "
    "the other from its beginning on."
)
_CUT = "its end is missing or not told; its beginning is opened"
_BEGINNING = 2_000_000


def _raw(name: str) -> bytes:
    """Return the bytes of a name that `zipfile` read as code page 437; none where it is plain ASCII."""
    return b"" if name.isascii() else name.encode("cp437", "replace")


def _named_in(raw: list[bytes], charset: str, usual: str = "") -> tuple[list[str], str]:
    """Return names that do not say their charset by the one that fits all of them, and that it was so.

    Args:
        raw: The names; those that are known already are empty.
        charset: As chosen, or empty.
        usual: In which charset such archives write them where nothing is said (APPNOTE 4.4.4, appendix D). It counts
            where all beyond ASCII are letters of one language then, and Windows' own has no sign for one of the bytes,
            as for the ü of DOS.
    """
    if not any(raw):
        return [""] * len(raw), ""
    every = b"\n".join(filter(None, raw))
    found = decode(every, charset)
    if usual and not charset and found.used == "windows-1252" and not found.faithful:
        as_usual = read(every, usual, "as is usual in such archives", cut=False)
        letters = all(sign.isascii() or sign.isalpha() for sign in as_usual.text)
        found = as_usual if letters and of_one_language(every, usual) == 1 else found
    names = [decode(one, Chosen(found.used)).text if one else "" for one in raw]
    return names, f"Names that do not say their charset are read as {found.used} ({found.why})."


def zip_entry(source: Source, number: int) -> bytes:
    """Return the bytes of an entry, counted from 0; raise `ValueError` when it unfolds to too much."""
    file = opened(source)
    try:
        with _listed_zip(source, file) as archive:
            info = archive.infolist()[number]
            with archive.open(info) as entry:
                return _taken(entry, info.compress_size)
    except zipfile.BadZipFile:
        found = next(islice(_begun(file), number, None))
    file.seek(found.start)
    packed = file.read(min(found.info.compress_size, MOST_BYTES + _HARMLESS))
    if found.info.compress_type == zipfile.ZIP_DEFLATED:
        try:
            packed = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, MOST_BYTES + 1)
        except zlib.error as error:
            raise ValueError("its data are damaged") from error
    elif found.info.compress_type != zipfile.ZIP_STORED:
        raise ValueError("it is packed in a way that is not undone without the list of the archive")
    return _taken(io.BytesIO(packed), found.info.compress_size) if found.whole else packed[:_BEGINNING]


def tar_entries(source: Source, charset: str = "", page: int = 0) -> Listing:
    """Return a page of the entries of a TAR archive, compressed or not.

    It is read as a stream, and nothing of it is kept; what is not read within four seconds is left out.
    """
    first, until = page * MOST_ENTRIES, time.monotonic() + _SECONDS
    found: list[tuple[tarfile.TarInfo, bytes]] = []
    seen, said = 0, ""
    with _tar(source) as archive:
        try:
            for info in archive:
                archive.members.clear()  # type: ignore[attr-defined]  # else each that was seen is kept
                seen += 1
                if seen > first + MOST_ENTRIES:
                    said = "There are more."
                    break
                if seen > first:
                    raw = b"" if info.name.isascii() else info.name.encode("utf-8", "surrogateescape")
                    found.append((info, raw if not _is_utf8(raw) else b""))
                if time.monotonic() > until:
                    said = f"These are the first: more were not looked for after {_SECONDS} s."
                    break
        except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            if not seen:
                raise
            said = f"It breaks off or is damaged behind these: {error}."
    names, words = _named_in([raw for _, raw in found], charset)
    entries = tuple(_tar_entry(info, name) for (info, _), name in zip(found, names, strict=True))
    return Listing(entries, min(seen, first + MOST_ENTRIES), first, f"{said} {words}".strip())


def _tar_entry(info: tarfile.TarInfo, name: str) -> Entry:
    note = "" if info.isreg() else "a folder" if info.isdir() else "a link or a device"
    return Entry(name or info.name, info.size, note=note)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def tar_entry(source: Source, number: int) -> bytes:
    """Return the bytes of an entry, counted from 0."""
    with _tar(source) as archive:
        for place, info in enumerate(archive):
            archive.members.clear()  # type: ignore[attr-defined]  # as above
            if place == number:
                file = archive.extractfile(info)
                if file is None:
                    raise ValueError("it is not a file")
                return _taken(file, len(source))
    raise ValueError("there is no such entry")


def unpacked(source: Source, media_type: str, most: int = MOST_BYTES) -> tuple[bytes, bool]:
    """Return the first bytes of what gzip, bzip2, xz or Zstandard data hold, and whether that is all of it."""
    with _OPENERS[media_type](opened(source)) as file:
        pieces: list[bytes] = []
        left = most + 1
        try:
            # What stands before damage is given out by single reads only.
            while left and (piece := file.read1(min(left, 1 << 20))):
                pieces.append(piece)
                left -= len(piece)
        except (EOFError, OSError, zlib.error, lzma.LZMAError):
            if not pieces:
                raise
            return b"".join(pieces)[:most], False
    data = b"".join(pieces)
    return data[:most], len(data) <= most


_SECONDS = 4


def _open_gzip(file: io.BufferedIOBase) -> io.BufferedIOBase:
    return gzip.GzipFile(fileobj=file)


def _open_bzip2(file: io.BufferedIOBase) -> io.BufferedIOBase:
    return bz2.BZ2File(file)


def _open_xz(file: io.BufferedIOBase) -> io.BufferedIOBase:
    return lzma.LZMAFile(file)  # type: ignore[arg-type]  # as above


class _Zstandard(io.RawIOBase):
    """Reads what Zstandard data hold, frame after frame; damage, or an end too early, is an `OSError`."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._pieces = unzstd(iter(partial(file.read, 1 << 16), b""), _WINDOW)
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with the bytes that come next."""
        try:
            self._rest = self._rest or next(self._pieces, b"")
        except CodingError as error:
            raise OSError(str(error)) from error
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _open_zstandard(file: io.BufferedIOBase) -> io.BufferedIOBase:
    return io.BufferedReader(_Zstandard(file), 1 << 20)


_WINDOW = 1 << 27
"""Bytes that data may look back: what `zstd --long` writes."""

_ZSTANDARD = b"\x28\xb5\x2f\xfd"

_OPENERS: dict[str, Callable[[io.BufferedIOBase], io.BufferedIOBase]] = {
    "application/gzip": _open_gzip,
    "application/x-bzip2": _open_bzip2,
    "application/x-xz": _open_xz,
    "application/zstd": _open_zstandard,
}


def _listed_zip(source: Source, file: io.BufferedIOBase) -> zipfile.ZipFile:
    if not isinstance(source, bytes):
        return zipfile.ZipFile(file)
    try:
        return zipfile.ZipFile(file)
    except (UnicodeDecodeError, zipfile.BadZipFile):
        return zipfile.ZipFile(io.BytesIO(_without_broken_names(source)))


@dataclass(frozen=True, slots=True)
class _Begun:
    """An entry as what stands before its data says it."""

    info: zipfile.ZipInfo
    start: int
    whole: bool


_MOST_BEGUN = 20_000
_LOCAL = struct.Struct("<4s2xHH4xIIIHH")
_HAS_DESCRIPTOR = 8
_SIZES_OF_64 = 1
_IN_64 = 0xFFFFFFFF
_DESCRIPTORS = (0, 12, 16, 20, 24)
"""Bytes that may stand behind data that tell their sizes there (APPNOTE 4.3.9)."""


def _begun(file: io.BufferedIOBase) -> Iterator[_Begun]:
    """Yield what stands in a ZIP archive from its beginning on, without its list, which stands at the end.

    A download that broke off, or that was longer than what is kept, has everything but that.
    """
    size, place = file.seek(0, io.SEEK_END), 0
    while (found := _at(file, place, size)) is not None:
        yield found
        end = found.start + found.info.compress_size
        file.seek(end)
        behind = file.read(max(_DESCRIPTORS) + 4)
        skips = _DESCRIPTORS if found.info.flag_bits & _HAS_DESCRIPTOR else (0,)
        skip = next((skip for skip in skips if behind[skip : skip + 4] == b"PK\3\4"), None)
        if skip is None:
            break
        place = end + skip


def _at(file: io.BufferedIOBase, place: int, size: int) -> _Begun | None:
    """Return the entry that begins at a place, or None."""
    file.seek(place)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\3\4"):
        return None
    _, flags, method, _, packed, plain, name, extra = _LOCAL.unpack(head)
    raw, more = file.read(name), file.read(extra)
    start = place + _LOCAL.size + name + extra
    info = zipfile.ZipInfo(raw.decode("utf-8" if flags & _IS_UTF8 else "cp437", "replace") or "?")
    info.flag_bits, info.compress_type = flags, method
    if _IN_64 in (packed, plain):
        kind, length = struct.unpack_from("<HH", more) if len(more) >= 20 else (0, 0)  # noqa: PLR2004 - two sizes of 8
        if kind == _SIZES_OF_64 and length >= 16:  # noqa: PLR2004 - the two sizes
            plain, packed = struct.unpack_from("<QQ", more, 4)
    whole = True
    if flags & _HAS_DESCRIPTOR and not packed:
        file.seek(start)
        packed, plain, whole = _measured(file) if method == zipfile.ZIP_DEFLATED else (size - start, -1, False)
    info.compress_size, info.file_size = packed, plain
    return _Begun(info, start, whole and start + packed <= size)


def _measured(file: io.BufferedIOBase) -> tuple[int, int, bool]:
    """Return how long deflated data are, packed and not, and whether they end: what stands before them does not say."""
    inflater, packed, plain = zlib.decompressobj(-zlib.MAX_WBITS), 0, 0
    while not inflater.eof and (piece := file.read(1 << 16)):
        packed += len(piece)
        while piece and not inflater.eof:
            try:
                plain += len(inflater.decompress(piece, 1 << 20))
            except zlib.error:
                return packed, -1, False
            piece = inflater.unconsumed_tail
    return packed - len(inflater.unused_data), plain, inflater.eof


def _without_broken_names(data: bytes) -> bytes:
    """Return a ZIP archive in which no name claims to be UTF-8 that is not (APPNOTE 4.4.4 bit 11, 4.6.9).

    Python reads the list of an archive whole or not at all. Such a name is read as code page 437 then, as any without
    a claim is, so that no byte of it is lost; a second spelling that is broken is passed over.
    """
    out = bytearray(data)
    end_record = data.rfind(b"PK\5\6")
    if not 0 <= end_record <= len(data) - 22:
        return data
    size, claimed = struct.unpack_from("<II", data, end_record + 12)
    place = end_record - size
    shift = place - claimed  # Whatever stands before the archive.
    while place >= 0 and data[place : place + 4] == b"PK\1\2" and place + 46 <= len(data):
        flags, name, extra, comment = struct.unpack_from("<8xH18xHHH", data, place)
        start = place + 46
        try:
            data[start : start + name].decode("utf-8")
        except UnicodeDecodeError:
            struct.pack_into("<H", out, place + 8, flags & ~_IS_UTF8)
            local = struct.unpack_from("<I", data, place + 42)[0] + shift
            if data[local : local + 4] == b"PK\3\4" and local + 8 <= len(data):
                flags = struct.unpack_from("<H", data, local + 6)[0]
                struct.pack_into("<H", out, local + 6, flags & ~_IS_UTF8)
        field, end = start + name, start + name + extra
        while field + 4 <= min(end, len(data)):
            kind, size = struct.unpack_from("<HH", data, field)
            if kind == _UNICODE_PATH:
                struct.pack_into("<H", out, field, _NO_FIELD)
            field += 4 + size
        place = end + comment
    return bytes(out)


def _zip_entry(info: zipfile.ZipInfo, name: str) -> Entry:
    locked = info.flag_bits & 1
    note = "a folder" if info.is_dir() else "it is locked with a password" if locked else ""
    return Entry(name, info.file_size, info.compress_size, note)


def _tar(source: Source) -> tarfile.TarFile:
    # As a stream: nothing of it is trusted to say where to jump to, and a compressed one is unpacked once.
    file = opened(source)
    zstandard = file.read(len(_ZSTANDARD)) == _ZSTANDARD
    file.seek(0)
    if zstandard:  # Python's own archives know none yet.
        return tarfile.open(fileobj=_open_zstandard(file), mode="r|")
    return tarfile.open(fileobj=file, mode="r|*")


def _taken(file: IO[bytes], packed: int) -> bytes:
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"it unfolds to more than {MOST_BYTES // 1_000_000} MB")
    if len(data) > max(_HARMLESS, packed * MOST_RATIO):
        raise ValueError(f"it unfolds to more than {MOST_RATIO} times its size, which only a bomb does")
    return data


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body."""

    name: str
    media_type: str
    charset: str
    body: bytes


def multipart(data: bytes, boundary: str = "") -> list[Part]:
    """Return the parts of a body, those of inner multipart bodies too, with their transfer encodings undone.

    Args:
        data: The body, without the header that declared it.
        boundary: As declared; where that is not in it the first line that begins with two hyphens says where it is cut.

    Raises:
        Unreadable: There is no line that separates parts, none that can be followed, or no part.
    """
    found = re.search(rb"(?:^|\n)--([^\r\n]{1,70}?)[ \t]*\r?\n", data)
    declared = boundary.encode("ascii", "ignore")
    # Cameras declare it with its hyphens, and some declare another one than they write.
    guessed = found[1] if found else b""
    if guessed and data.count(b"--" + guessed) == 1 and data.rstrip().endswith(b"--" + guessed):
        guessed = guessed.removesuffix(b"--") or guessed  # The only one ends what has no part.
    wanted = (declared, declared.removeprefix(b"--"), guessed)
    cut = next((each for each in wanted if each and b"--" + each in data), b"")
    if not cut:
        raise Unreadable("it has no line that separates parts")
    head = _FIELDS_OF_A_PART.match(data)
    if head and b"--" + cut not in head[0]:
        # The header of all of it, as a body that was kept as a file has it; or of the first part: cameras send the line
        # that separates behind each picture, and none before.
        data = data[head.end() :] if _SEVERAL.search(head[0]) else b"--" + cut + b"\r\n" + data
    quoted = cut.replace(b"\\", rb"\\").replace(b'"', rb"\"")
    whole = BytesParser(policy=compat32).parsebytes(
        b'Content-Type: multipart/mixed; boundary="' + quoted + b'"\n\n' + data
    )
    leaves = [part for part in islice(whole.walk(), 1, _MOST_WALKED) if not part.is_multipart()]
    if not leaves:
        begun = not whole.is_multipart() and re.search(rb"(?:^|\n)--" + re.escape(cut) + rb"[ \t]*\r?\n", data)
        raise Unreadable("the line that separates its parts could not be followed" if begun else "it has no parts")
    left = b"--" + cut + b"--" not in data  # a stream that nobody closed
    if left and len(leaves) > 1 and not leaves[-1].keys() and not leaves[-1].get_payload():
        leaves.pop()
    return [_part(part, number) for number, part in enumerate(leaves[:MOST_PARTS])]


_FIELDS_OF_A_PART = re.compile(rb"(?i)content-[a-z-]{1,40}:[^\r\n]*\r?\n(?:[^\r\n]{1,2000}\r?\n){0,40}\r?\n")
_SEVERAL = re.compile(rb"(?im)^content-type:\s*multipart/")
_MOST_WALKED = 100_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of mail: who, what and when, and what it holds."""

    fields: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]


_FIELDS = ("From", "To", "Cc", "Subject", "Date")
_LONGEST_FIELD = 2000


def letter(data: bytes) -> Letter:
    """Return a letter (RFC 5322) with its words and transfer encodings undone.

    Raises:
        Unreadable: It does not begin with header lines.
    """
    if not re.match(rb"(?:From [^\r\n]*\r?\n)?[!-9;-~]{1,100}:[^\r\n]*\r?\n(?:[!-9;-~]{1,100}:|[ \t]|\r?\n)", data):
        raise Unreadable("not a letter: it does not begin with header lines")
    whole = BytesParser(policy=compat32).parsebytes(data)
    headers = _in_letters(whole)
    said = ((name, worded(str(value))) for name in _FIELDS for value in headers.get_all(name, []))
    leaves = (part for part in whole.walk() if not part.is_multipart())
    parts = tuple(_part(part, number) for number, part in enumerate(islice(leaves, MOST_PARTS)))
    return Letter(tuple((name, " ".join(value.split())[:_LONGEST_FIELD]) for name, value in said), parts)


def _part(part: Message, number: int) -> Part:
    body = part.get_payload(decode=True)
    return Part(
        _named(_in_letters(part))[:200] or f"part {number + 1}",
        part.get_content_type(),
        part.get_content_charset(""),
        body if isinstance(body, bytes) else b"",
    )


def _in_letters(part: Message) -> Message:
    """Return the headers of a part in the letters that are meant: the names of forms and mail are UTF-8 (RFC 7578).

    The parser keeps bytes beyond ASCII as they came, and gives a sign that says so for each of them.
    """
    headers, charset = Message(), part.get_content_charset("")
    for name, value in part.raw_items():
        came = _AS_IT_CAME.search(value)
        headers[name] = meant(value.encode("ascii", "surrogateescape").decode("latin-1"), charset) if came else value
    return headers


_AS_IT_CAME = re.compile("[\udc80-\udcff]")


def _named(headers: Message) -> str:
    form = headers.get_content_disposition() == "form-data"
    for name, field in (
        ("filename", "content-disposition"),
        ("name", "content-type"),
        ("name", "content-disposition"),
    ):
        said = headers.get_param(name, "", field)
        if isinstance(said, tuple):  # Charset, language and text, which has its percent signs undone (RFC 2231).
            found = collapse_rfc2231_value(said)
        else:
            found = (_of_a_form(said) if form else spelled(said)) or said
        if found:
            return found.rstrip("/\\").replace("\\", "/").rpartition("/")[2] if name == "filename" else found
    return spelled(str(headers.get("Content-Location", "") or headers.get("Content-Range", "")))


def _of_a_form(name: str) -> str:
    """Return a name in a form, in which three signs are spelled with a percent sign and no other (WHATWG HTML)."""
    return _THREE.sub(lambda sign: unquote(sign[0]), worded(name))


_THREE = re.compile("(?i)%(?:22|0a|0d)")
