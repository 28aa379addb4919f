"""The encodings of text: by which labels each goes, and text as one of them reads it. Pure.

Labels mean what the Encoding standard of the WHATWG says they mean (`webencodings` holds its table), as in browsers.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass

import webencodings

_NAMES = frozenset(webencodings.LABELS.values()) - {"replacement"}
"""The standard's; each is text: Python also knows `idna`, `undefined`, `hex` and others that raise or run long.
What the standard replaces by a single sign, since a page could hide a script in it, is in `_ALSO` where Python reads
it: nothing that is read here runs."""

_ALSO = {
    "utf-32": "utf-32",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    "iso-2022-kr": "iso2022_kr",
    "csiso2022kr": "iso2022_kr",
    "hz-gb-2312": "hz",
    "iso-8859-11": "iso8859_11",
    "cp437": "cp437",
    "ibm437": "cp437",
    "cp850": "cp850",
    "ibm850": "cp850",
    "cp949": "cp949",
    "windows-949": "cp949",
    "cp932": "cp932",
    "cp936": "gbk",
    "cp950": "cp950",
    "cp874": "cp874",
    "cp1006": "cp1006",
    "cp852": "cp852",
    "ibm852": "cp852",
    "cp855": "cp855",
    "ibm855": "cp855",
    "cp857": "cp857",
    "cp858": "cp858",
    "cp860": "cp860",
    "cp863": "cp863",
    "cp865": "cp865",
    "cp037": "cp037",
    "ibm037": "cp037",
    "cp500": "cp500",
    "cp1140": "cp1140",
    "ptcp154": "ptcp154",
    "macintosh-ce": "mac_latin2",
    "x-mac-ce": "mac_latin2",
    "big5-hkscs-2004": "big5hkscs",
    "shift_jisx0213": "shift_jisx0213",
    "shift_jis-2004": "shift_jis_2004",
    "euc-jis-2004": "euc_jis_2004",
    "euc-jisx0213": "euc_jisx0213",
    "iso-2022-jp-1": "iso2022_jp_1",
    "iso-2022-jp-2": "iso2022_jp_2",
    "iso-2022-jp-3": "iso2022_jp_3",
    "johab": "johab",
    "tcvn": "cp1258",
}
"""Labels that the standard does not know, or does not read, and the names of Python's codecs for them."""

_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
"""A sign beyond U+FFFF as two halves of three bytes each (CESU-8, UTS 26), as Java and Oracle write it."""

_FEW = 0.02
"""Up to this share of the signs beyond ASCII may be unreadable before a charset is held for the wrong one."""


NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""Controls that no text holds; the escape is in what is written for a terminal."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and how it was read.

    Attributes:
        text: What the bytes say; what cannot be read is U+FFFD.
        used: The charset by which it was read, by its name in the Encoding standard.
        why: Why that one.
        faithful: Whether every byte could be read.
    """

    text: str
    used: str
    why: str
    faithful: bool = True


def known_as(label: str) -> str:
    """Return the name of the charset that a label means, or an empty string where it means none that is read here.

    >>> known_as("Latin1"), known_as("x-sjis"), known_as("klingon")
    ('windows-1252', 'shift_jis', '')
    """
    plain = label.strip("\t\n\f\r ").lower() if label.isascii() else ""
    bare = plain.strip("'\" ")
    closed = re.sub(r"[-_. ]", "", bare)
    for spelled in (plain, plain.replace("_", "-"), _PAGE.sub(r"windows-\1", bare), closed, _ALIASES.get(closed, "")):
        name: str = webencodings.LABELS.get(spelled, "")
        if name in _NAMES or spelled in _ALSO:
            return name if name in _NAMES else spelled
    locale = _LOCALE.fullmatch(bare)
    return known_as(locale[1]) if locale else _of_python(bare) or _of_python(closed)


_LOCALE = re.compile(r"(?:[a-z]{2,3}_[a-z]{2}|c|posix)\.([a-z0-9_-]+)")
"""What CGI programs print: the locale in which they run, such as `en_US.UTF-8`."""


def _of_python(label: str) -> str:
    """Return what Python's table of aliases knows, which has the names that Java and IBM use; else an empty string."""
    if not _PLAIN_LABEL.fullmatch(label):
        return ""
    try:
        codec = codecs.lookup(label.removesuffix("-win")).name
    except LookupError:
        return ""
    found = webencodings.lookup(codec.replace("_", "-"))
    if found is not None and found.name in _NAMES:
        return str(found.name)
    return codec if _TEXT_CODEC.fullmatch(codec) else ""


_PLAIN_LABEL = re.compile(r"[a-z0-9][a-z0-9_-]{1,30}")
_TEXT_CODEC = re.compile(r"cp\d{3,4}|mac-\w+|iso8859-\d+|koi8-\w|kz1048|ptcp154|tis-620|johab|hz")
"""Of Python's codecs those that read text by a table; others unpack, run long, or always fail."""

_ALIASES = {
    **dict.fromkeys(
        ("utf8mb4", "utf8mb3", "utf8bom", "utf8sig", "utf8n", "xutf8", "cp65001", "unicode11utf8"), "utf-8"
    ),
    "utf16": "utf-16le",
    **{f"utf{size}{end}": f"utf-{size}{end}" for size in (16, 32) for end in ("le", "be")},
    "utf32": "utf-32",
    "ansi": "windows-1252",
    **{f"latin{number}": f"iso-8859-{part}" for number, part in ((7, 13), (8, 14), (9, 15), (10, 16))},
    **{f"iso8859{part}": f"iso-8859-{part}" for part in range(1, 17)},
    "shiftjis": "shift_jis",
    "eucjp": "euc-jp",
    "euckr": "euc-kr",
    "euccn": "gbk",
    "iso2022jp": "iso-2022-jp",
    "gb180302000": "gb18030",
    "cswindows31j": "shift_jis",
    "windows936": "gbk",
    "windows950": "big5",
    "sjiswin": "shift_jis",
    "88591": "iso-8859-1",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "65001": "utf-8",
    "big5eten": "big5",
    "hzgb2312": "hz-gb-2312",
    "ucs2": "utf-16le",
}
"""What programs and databases write in place of a label, without its hyphens."""

_PAGE = re.compile(r"(?:win|cp|windows|windows-cp)[-_ ]?(125\d)")


def nearly(decoded: Decoded) -> bool:
    """Whether all but a few of the signs beyond ASCII could be read, as where one byte was spoilt on the way.

    Of UTF-8, also where all but the last one could: what breaks off ends within a sign as often as not.
    """
    beyond = len(decoded.text) - len(decoded.text.encode("ascii", "ignore"))
    ends = decoded.used == "utf-8" and beyond > _FEWEST_WHOLE and _lost_at_its_end(decoded)
    return ends or decoded.text.count("\ufffd") <= beyond * _FEW


def whole_but_its_end(decoded: Decoded) -> bool:
    """Whether text of two or four bytes a sign could be read, but for bytes at its end that make no sign.

    Programs put a line end of one byte behind what another one wrote, and what breaks off may end within a sign.
    """
    wide = decoded.used.startswith(("utf-16", "utf-32"))
    if not wide or len(decoded.text) <= _FEWEST_WHOLE or not _lost_at_its_end(decoded):
        return False
    return not _TURNED.search(decoded.text)  # Else a byte is lost or added before.


_TURNED_ONE = "[" + "".join(chr(high << 8) for high in range(1, 128)) + "]"
_TURNED = re.compile(rf"\A{_TURNED_ONE}|{_TURNED_ONE}{{2}}")
"""A letter of ASCII in the other order of bytes, at the beginning or beside another one."""


def _lost_at_its_end(decoded: Decoded) -> bool:
    return decoded.text.find("\ufffd") == len(decoded.text) - 1


_FEWEST_WHOLE = 2
"""Signs: one, and one byte behind it, may be three letters of another charset."""


def _codec(name: str) -> codecs.CodecInfo:
    """Python's codec for a name that `known_as` gives; it is loaded with its first use."""
    found: codecs.CodecInfo = (
        webencodings.lookup(name).codec_info if name in _NAMES else codecs.lookup(_ALSO.get(name, name))
    )
    return found


def _joined(data: bytes, *, cut: bool) -> str:
    """Return the text of CESU-8, its halves joined; what stands alone of them is U+FFFD.

    Raises:
        UnicodeError: Something else is wrong with it.
    """
    halves = codecs.getincrementaldecoder("utf-8")("surrogatepass").decode(data, final=not cut)
    if cut and "\ud800" <= halves[-1:] <= "\udbff":
        halves = halves[:-1]
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def read(data: bytes, name: str, why: str, *, cut: bool) -> Decoded:
    """Read bytes by one charset, whatever they look like.

    Args:
        data: Bytes of text, without a byte order mark.
        name: The charset, as `known_as` names it.
        why: Why that one.
        cut: Whether `data` may end in the middle of a character, which is left out then.
    """
    codec = _codec(name)
    if codec.incrementaldecoder is not None:
        try:
            return Decoded(codec.incrementaldecoder().decode(data, final=not cut), name, why)
        except UnicodeError:
            pass
        if name == "utf-8" and _HALVES.search(data):
            with suppress(UnicodeError):
                text = _joined(data, cut=cut)
                why = f"{why}; its signs beyond U+FFFF come in halves (CESU-8)"
                return Decoded(text, name, why, faithful="\ufffd" not in text)
    return Decoded(codec.decode(data, "replace")[0], name, why, faithful=codec.incrementaldecoder is None)
