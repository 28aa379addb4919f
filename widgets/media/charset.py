"""From bytes to text, whatever the header says. Pure."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KNOWN = frozenset(
    codecs.lookup(name).name
    for name in [
        *("ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
        *(f"iso8859-{part}" for part in range(1, 17) if part != 12),  # noqa: PLR2004 - there is no part 12
        *(f"cp{page}" for page in (437, 850, 866, 949, *range(1250, 1259))),
        *("koi8-r", "koi8-u", "mac-roman", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr"),
        *("gb2312", "gbk", "gb18030", "big5", "tis-620"),
    ]
)
"""Charsets that are text; Python also knows `idna`, `undefined`, `hex` and others that raise or run long."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and how it was read.

    Attributes:
        text: What the bytes say; what cannot be read is U+FFFD.
        used: The charset by which it was read.
        why: Why that one.
        faithful: Whether every byte could be read.
    """

    text: str
    used: str
    why: str
    faithful: bool = True


def decode(data: bytes, declared: str = "", *, cut: bool = False) -> Decoded:
    """Read `data` by its byte order mark, else by the declared charset, else as UTF-8, else as Windows-1252.

    >>> decode("größer".encode("latin-1"), "iso-8859-1")
    Decoded(text='größer', used='cp1252', why='declared', faithful=True)

    Args:
        data: Bytes of text.
        declared: What the header says, or empty.
        cut: Whether `data` may end in the middle of a character.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _read(data[len(bom) :] if name == "utf-8" else data, name, "byte order mark", cut=cut)
    known = _known(declared)
    if known:
        decoded = _read(data, known, "declared", cut=cut)
        if decoded.faithful or known == "utf-8":
            return decoded
    wrong = f"declared {declared[:40]}, which does not fit" if declared else "none is declared"
    decoded = _read(data, "utf-8", f"{wrong}; valid UTF-8", cut=cut)
    if decoded.faithful:
        return decoded
    return _read(data, "cp1252", f"{wrong}; not UTF-8 either", cut=cut)


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name).name if name.isascii() else ""
    except (LookupError, ValueError):
        return ""
    # WHATWG Encoding: pages that say ASCII or Latin-1 mean Windows-1252, which has the same letters and more.
    return {"ascii": "cp1252", "iso8859-1": "cp1252"}.get(found, found) if found in _KNOWN else ""


def _read(data: bytes, name: str, why: str, *, cut: bool) -> Decoded:
    try:
        return Decoded(codecs.getincrementaldecoder(name)().decode(data, final=not cut), name, why)
    except UnicodeError:
        return Decoded(data.decode(name, errors="replace"), name, why, faithful=False)
