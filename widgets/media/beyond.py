"""What bytes are, by more than the first ones: a list at the end, a directory in between, what follows a text. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .charset import decode
from .encoding import NOT_TEXT
from .sniff import CONTROLS, HEAD, OLE, ZIPPED, Finding, is_written, sniff

if TYPE_CHECKING:
    from .reply import Blob

LOCKED = "an Office document that is locked with a password"
MIXED = "text, and behind it what is none"

_LISTED = re.compile(rb"PK\x01\x02.{42}", re.DOTALL)
_TAIL = 65_536
"""Bytes at the end of an archive in which its list is looked at."""

_ENTRY = 128
_MOST_ENTRIES = 2000
_NONE = 0xFFFFFFFA
"""From here on a number of a sector or an entry is none (MS-CFB, 2.1 and 2.6.1)."""

_LISTED_TABLES = 109
_ROOT = 5
_NAMED = (
    ("EncryptedPackage", "", LOCKED),
    ("WordDocument", "application/msword", "old Word document"),
    ("Workbook", "application/vnd.ms-excel", "old Excel workbook"),
    ("Book", "application/vnd.ms-excel", "old Excel workbook"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint", "old PowerPoint document"),
    ("__properties_version1.0", "application/vnd.ms-outlook", "Outlook message"),
    ("\u4840", "application/x-msi", "Windows installer"),
)
"""By how the name of one of its streams begins: media type, name for people (MS-CFB, MS-OFFCRYPTO, MS-OXMSG).

An installer spells the names of its tables in signs of its own, the first of which is this one."""

_WINDOW = 2048


PADDED = "text that is padded with NULs"
HOLED = "text with a hole of NULs"


def looked_into(found: Finding, body: Blob, declared: str = "") -> Finding:
    """Return what a body is by more than its first bytes, which gave `found`.

    >>> looked_into(Finding("application/zip", "ZIP archive", "50 4B 03 04"), b"").name
    'ZIP archive'

    Args:
        found: From `sniff`.
        body: All of it.
        declared: As what it is declared: what holds words and NULs is text only where it is declared so.
    """
    if found.media_type == "application/zip":
        return _by_its_list(found, body[-_TAIL:])
    if found.name == OLE:
        return _by_its_directory(found, body)
    if found.media_type == "audio/mpeg" and body[:3] == b"ID3":
        return _behind_its_tags(found, body)
    plain = found.name == "text" and not found.charset.startswith(("utf-16", "utf-32"))
    if found.name == CONTROLS or (
        declared.startswith("text/") and not found.charset and not (found.media_type and found.strong)
    ):
        return _by_its_nuls(found, body, declared)
    return _by_what_follows(found, body) if plain and len(body) > HEAD else found


def _by_its_nuls(found: Finding, body: Blob, declared: str) -> Finding:
    """Say where the NULs of a text stand: all of them behind it, or as a hole in a log that was cut as it was written.

    Records of a fixed width have many such runs and labels of data have one, but between words alone, and with lines
    behind it, stand only those of a log. What begins with more NULs than are looked at stays unknown.
    """
    data = body[:_LOOKED_AT]
    words = data.rstrip(b"\0")
    if (
        found.name == CONTROLS
        and len(words) < len(data)
        and not NOT_TEXT.search(words)
        and ends_in_nuls(body, len(data))
    ):
        return replace(found, name=PADDED)
    first, *others = _HOLE.split(words, _MOST_HOLES)
    lines = bool(others) and declared.startswith("text/") and b"\n" in others[-1]
    if not lines or any(NOT_TEXT.search(piece) for piece in (first, *others)):
        return found
    decoded = decode(data, cut=len(body) > len(data))
    holed = Finding("", HOLED, "all but NULs are characters", strong=False, charset="utf-8")
    places = [max(len(data), place) for place in (len(body) // 2, len(body) - _WINDOW)]
    goes_on = not any(NOT_TEXT.search(_HOLE.sub(b"", body[place : place + _WINDOW])) for place in places)
    return holed if decoded.used == "utf-8" and goes_on else found


def ends_in_nuls(body: Blob, start: int) -> bool:
    """Whether nothing but NULs stands from a place on, as where something sends all of its memory."""
    pieces = (body[place : place + _LOOKED_AT] for place in range(start, len(body), _LOOKED_AT))
    return not any(piece.rstrip(b"\0") for piece in pieces)


_LOOKED_AT = 1 << 20
_HOLE = re.compile(rb"\0{16,}")
_MOST_HOLES = 3


def _behind_its_tags(found: Finding, body: Blob) -> Finding:
    """Say what sound stands behind tags of MP3, which are written before others as well (ID3v2.4.0, 3.1)."""
    size = 0
    for byte in body[6:10]:
        size = size << 7 | byte & 0x7F
    inner = sniff(body[10 + size : 10 + size + _WINDOW])
    another = inner.strong and inner.media_type.startswith("audio/")
    return replace(found, media_type=inner.media_type, name=inner.name, evidence=inner.evidence) if another else found


def _by_its_list(found: Finding, tail: bytes) -> Finding:
    """Say what a ZIP archive is by its list at its end: some documents begin with a picture of their first page."""
    if b"[Content_Types].xml" not in tail:
        return found
    names = [tail[entry.end() : entry.end() + 8] for entry in _LISTED.finditer(tail)]
    for pattern, media_type, name in ZIPPED[-2:]:
        if any(pattern.match(each) for each in names):
            return replace(found, media_type=media_type, name=name)
    return found


def _by_its_directory(found: Finding, body: Blob) -> Finding:
    """Say what a compound file is by what stands in the root of its directory: what is embedded is below that."""
    names = _roots_children(_directory(body))
    for name in names:
        for sign, media_type, words in _NAMED:
            if name.startswith(sign):
                return replace(found, media_type=media_type or found.media_type, name=words)
    return found


def _directory(body: Blob) -> list[bytes]:
    """Return the entries of the directory of a compound file, sector by sector (MS-CFB, 2.2, 2.3 and 2.6)."""
    head = body[:512]
    size = 1 << min(16, max(7, int.from_bytes(head[30:32], "little")))
    sector, seen = _number(head, 48), set[int]()
    entries: list[bytes] = []
    while sector < _NONE and sector not in seen and len(entries) < _MOST_ENTRIES:
        seen.add(sector)
        data = body[(sector + 1) * size : (sector + 2) * size]
        entries += [data[start : start + _ENTRY] for start in range(0, len(data) - _ENTRY + 1, _ENTRY)]
        number, place = divmod(sector * 4, size)
        if number >= _LISTED_TABLES:
            break
        place += (_number(head, 76 + 4 * number) + 1) * size
        sector = _number(body[place : place + 4] or b"\xff" * 4, 0)
    return entries


def _roots_children(entries: list[bytes]) -> list[str]:
    """Return the names right below the root, which are a tree of neighbours to the left and to the right.

    Where the first entry is not marked as a root, no tree is to be believed: all names, in their order.
    """
    if entries and entries[0][66] != _ROOT:
        return [_named(entry) for entry in entries]
    found: list[str] = []
    waiting, seen = [_number(entries[0], 76)] if entries else [], {0}
    while waiting:
        place = waiting.pop()
        if place in seen or place >= len(entries):
            continue
        seen.add(place)
        entry = entries[place]
        found.append(_named(entry))
        waiting += [_number(entry, 68), _number(entry, 72)]
    return found


def _named(entry: bytes) -> str:
    return entry[:64].decode("utf-16-le", "ignore").partition("\0")[0]


def _number(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "little")


def _by_what_follows(found: Finding, body: Blob) -> Finding:
    """Say where only the beginning is text: the label of a picture of PDS, the head of a cube, a script before data."""
    for start in (HEAD, len(body) // 2, len(body) - _WINDOW):
        piece = body[max(0, start) : max(0, start) + _WINDOW]
        if piece.strip(b"\0") and not is_written(piece):  # A hole in a log tells nothing of what was written there.
            return replace(found, name=MIXED)
    return found
