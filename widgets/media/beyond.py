"""What bytes are, by more than the first ones: a list at the end, a directory in between, what follows a text. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .sniff import HEAD, OLE, ZIPPED, Finding

if TYPE_CHECKING:
    from .reply import Blob

LOCKED = "an Office document that is locked with a password"
MIXED = "text, and behind it what is none"

_LISTED = re.compile(rb"PK\x01\x02.{42}", re.DOTALL)
_TAIL = 65_536
"""Bytes at the end of an archive in which its list is looked at."""

_DIRECTORY = 4096
_ENTRY = 128
_NAMED = (
    ("EncryptedPackage", "", LOCKED),
    ("WordDocument", "application/msword", "old Word document"),
    ("Workbook", "application/vnd.ms-excel", "old Excel workbook"),
    ("Book", "application/vnd.ms-excel", "old Excel workbook"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint", "old PowerPoint document"),
    ("__properties_version1.0", "", "Outlook message"),
    ("\u4840", "", "Windows installer"),
)
"""By how the name of one of its streams begins: media type, name for people (MS-CFB, MS-OFFCRYPTO, MS-OXMSG).

An installer spells the names of its tables in signs of its own, the first of which is this one."""

_WINDOW = 2048
_MANY = 0.05
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def looked_into(found: Finding, body: Blob) -> Finding:
    """Return what a body is by more than its first bytes, which gave `found`.

    >>> looked_into(Finding("application/zip", "ZIP archive", "50 4B 03 04"), b"").name
    'ZIP archive'
    """
    if found.media_type == "application/zip":
        return _by_its_list(found, body[-_TAIL:])
    if found.name == OLE:
        return _by_its_directory(found, body)
    plain = found.name == "text" and not found.charset.startswith(("utf-16", "utf-32"))
    return _by_what_follows(found, body) if plain and len(body) > HEAD else found


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
    """Say what a compound file is by the first names in its directory (MS-CFB, 2.2 and 2.6)."""
    head = body[:52]
    size = 1 << min(16, int.from_bytes(head[30:32], "little"))
    place = (int.from_bytes(head[48:52], "little") + 1) * size
    directory = body[place : place + _DIRECTORY]
    names = [directory[start : start + 64].decode("utf-16-le", "ignore") for start in range(0, len(directory), _ENTRY)]
    for sign, media_type, words in _NAMED:
        if any(name.startswith(sign) for name in names):
            return replace(found, media_type=media_type or found.media_type, name=words)
    return found


def _by_what_follows(found: Finding, body: Blob) -> Finding:
    """Say where only the beginning is text: the label of a picture of PDS, the head of a cube, a script before data."""
    for start in (HEAD, len(body) // 2, len(body) - _WINDOW):
        piece = body[max(0, start) : max(0, start) + _WINDOW]
        if len(_NO_TEXT.findall(piece)) > len(piece) * _MANY:
            return replace(found, name=MIXED)
    return found
