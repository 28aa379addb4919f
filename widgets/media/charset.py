"""From bytes to text, whatever the header says. Pure.

Labels mean what the Encoding standard of the WHATWG says they mean (`webencodings` holds its table), as in browsers;
text that declares nothing is read by what `charset-normalizer` finds most like a language.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import webencodings

if TYPE_CHECKING:
    from .reply import Blob

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
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

_CANDIDATES = (
    *(f"windows-{page}" for page in (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 874)),
    *("iso-8859-2", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8", "koi8-r", "koi8-u", "ibm866"),
    *("x-mac-cyrillic", "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"),
)
"""What text that declares nothing may be written in, as browsers guess: the standard's names."""

_FEWEST = 4
"""Bytes beyond ASCII below which nothing can be told of a language."""

_SAMPLE = 16_384
"""Bytes by which a charset is found out; more would take longer and find no other."""

_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
"""A sign beyond U+FFFF as two halves of three bytes each (CESU-8, UTS 26), as Java and Oracle write it."""

_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_LOST = "\ufffd".encode()

LOOKED_AT = 5_000_000
"""Bytes by which the charset of a text is found: the same ones for all that is said and shown of it."""

_UNKNOWN = "is not known here"

_FEW = 0.02
"""Up to this share of the signs beyond ASCII may be unreadable before a charset is held for the wrong one."""


class Chosen(str):
    """A charset that a person chose: text is read by it whatever it looks like."""

    __slots__ = ()


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


def decode(  # noqa: C901, PLR0911, PLR0912 - the order in which what is said counts, one after the other
    data: bytes, declared: str = "", *, stated: str = "", cut: bool = False
) -> Decoded:
    """Read `data` by its byte order mark, else as declared, else as it says itself, else by what it looks most like.

    >>> decode("größer".encode("latin-1"), "iso-8859-1")
    Decoded(text='größer', used='windows-1252', why='declared', faithful=True)
    >>> decode("Вчера вечером мы долго гуляли по набережной.".encode("koi8-r")).used
    'koi8-r'

    Args:
        data: Bytes of text.
        declared: What the header says, or empty: one of the 228 labels of the Encoding standard, or of a few more.
            One that is `Chosen` is not doubted.
        stated: What the text says of itself, or empty; see `stated_in`.
        cut: Whether `data` may end in the middle of a character.
    """
    known = known_as(declared)
    if known and isinstance(declared, Chosen):
        bom = next((bom for bom, name in _BOMS if name == known and data.startswith(bom)), b"")
        return _read(data[len(bom) :], known, "chosen", cut=cut)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _read(data[len(bom) :], name, "byte order mark", cut=cut)
    inner = known_as(stated)
    doubted = inner == "utf-8" or (known == "windows-1252" and _by_default(declared))
    if known and known != "utf-8" and doubted and not data.isascii() and _is_utf8(data, cut=cut):
        which = f"its first {len(data):,} bytes are" if cut else "all of it is"
        return _read(data, "utf-8", f"declared {declared}, but {which} valid UTF-8", cut=cut)
    if known.startswith("utf-16") and (wide := _wide(data)).startswith("utf-16") and wide != known:
        return _read(data, wide, f"declared {declared}, but its NULs stand as in {wide}", cut=cut)
    if known and not (known.startswith("utf-16") and _is_utf8(data, cut=cut)):
        decoded = _read(data, known, "declared", cut=cut)
        if decoded.faithful or nearly(decoded) or (known == "utf-8" and _is_utf8_for_most(data)):
            return decoded
    wrong = (
        f"declared {declared[:40]}, which {'does not fit' if known else _UNKNOWN}" if declared else "none is declared"
    )
    if inner:
        own = "as it says itself"
        decoded = _read(data, inner, f"{wrong}; {own}" if declared else own, cut=cut)
        if decoded.faithful or nearly(decoded):
            return decoded
    if known == "utf-8" and _has_words_in_utf8(data):
        return _read(data, known, "declared", cut=cut)
    if wide := _wide(data):
        decoded = _read(data, wide, f"{wrong}; its NULs stand as in {wide}", cut=cut)
        if decoded.faithful and not _CONTROL.search(decoded.text):
            return decoded
    if stated:
        wrong += f"; it says itself {stated[:40]}, which {'does not fit' if inner else _UNKNOWN}"
    # The one byte is found twenty times as fast as both.
    if b"\x1b" in data and b"\x1b$" in data and data.isascii():
        decoded = _read(data, "iso-2022-jp", f"{wrong}; its escapes are those of ISO-2022-JP", cut=cut)
        if decoded.faithful:
            return decoded
    decoded = _read(data, "utf-8", f"{wrong}; valid UTF-8", cut=cut)
    if decoded.faithful:
        return decoded
    if nearly(decoded):
        return Decoded(decoded.text, "utf-8", f"{wrong}; UTF-8 but for a few bytes", faithful=False)
    return _guessed(data, wrong, cut=cut)


def decode_beginning(body: Blob, declared: str, media_type: str) -> Decoded:
    """Read the first `LOOKED_AT` bytes of a body, which decide by which charset all of it is read.

    Args:
        body: All of it.
        declared: The charset that the header says, or empty.
        media_type: The type that it says, or empty.
    """
    data = body[:LOOKED_AT]
    return decode(data, declared, stated=stated_in(data[:_PRESCAN], media_type), cut=len(body) > LOOKED_AT)


def reread_as(data: bytes, decoded: Decoded, *, cut: bool = False) -> Decoded:
    """Read another part of a text by the charset by which its beginning was read, whatever that part looks like.

    Args:
        data: Bytes of the same text.
        decoded: Its first `LOOKED_AT` bytes, as `decode` read them.
        cut: Whether `data` may end in the middle of a character.
    """
    bom = next((bom for bom, name in _BOMS if name == decoded.used and data.startswith(bom)), b"")
    return _read(data[len(bom) :], decoded.used, decoded.why, cut=cut)


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


def stated_in(head: bytes, media_type: str = "") -> str:
    """Return the charset that a text says of itself that it is written in, or an empty string.

    As browsers read it: HTML in a `meta` element near its beginning (WHATWG HTML, 13.2.3.2), XML in its
    declaration, CSS in its first rule.

    >>> stated_in(b'<meta charset="Shift_JIS">', "text/html"), stated_in(b"<?xml version='1.0' encoding='koi8-r'?>")
    ('Shift_JIS', 'koi8-r')

    Args:
        head: The first bytes.
        media_type: As declared; where it says nothing, the first bytes tell which rule holds.
    """
    if wide := _WIDE.get(head[:4]) or _WIDE.get(head[:2]):  # As JSON (RFC 4627, section 3) and XML (appendix F) begin.
        return wide
    said = head.removeprefix(codecs.BOM_UTF8)
    rule: tuple[re.Pattern[bytes], ...] = _STATED_ANYWHERE
    if media_type in _HTML or (not media_type.startswith("text/") and _LIKE_HTML.match(said)):
        rule, said = (*rule, _META), _COMMENT.sub(b"", said[:_PRESCAN])
    found = next((match for pattern in rule if (match := pattern.search(said))), None)
    label = found[1].decode("ascii", "ignore") if found else ""
    if known_as(label).startswith("utf-16"):  # It could not be read here if it were.
        return "utf-8"
    return "windows-1252" if label.lower() == "x-user-defined" else label


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
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_PRESCAN = 4096
"""Bytes; browsers look at 1,024 first, and begin anew when they come upon a `meta` later."""
_WIDE = {
    **dict.fromkeys((b"{\0\0\0", b"[\0\0\0", b"<\0\0\0", b'"\0\0\0'), "utf-32le"),
    **dict.fromkeys((b"\0\0\0{", b"\0\0\0[", b"\0\0\0<", b'\0\0\0"'), "utf-32be"),
    **dict.fromkeys((b"{\0", b"[\0", b"<\0"), "utf-16le"),
    **dict.fromkeys((b"\0{", b"\0[", b"\0<"), "utf-16be"),
}
_COMMENT = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
_LIKE_HTML = re.compile(rb"(?i)\s*<(?:!doctype html|html|head|meta)")
_META = re.compile(rb"""(?i)<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([^\s"'/>;]+)""")
_STATED_ANYWHERE = (
    re.compile(rb"""\A\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']"""),
    re.compile(rb"""\A@charset "([^"]{1,40})";"""),
)


def _guessed(data: bytes, wrong: str, *, cut: bool) -> Decoded:
    """Read what declares nothing that fits and is not UTF-8."""
    sample = _telling(data)
    if sum(byte > 127 for byte in sample) < _FEWEST:  # noqa: PLR2004 - the last of ASCII
        return _western(data, wrong, cut=cut)
    if japanese := next((name for name in ("euc-jp", "shift_jis") if _kana(sample, name) >= _MUCH), ""):
        return _read(data, japanese, f"{wrong}; not UTF-8, most like {japanese}", cut=cut)
    paired = sum(map(len, _PAIRED.findall(sample)))
    beyond = [sign for sign in _read(sample, "windows-1252", "", cut=True).text if not sign.isascii()]
    letters = any(sign.isalpha() and sign not in "ªºµ" for sign in beyond)
    if not (paired or letters or _is_odd(sample)):
        return _western(data, wrong, cut=cut)
    import charset_normalizer  # noqa: PLC0415 - a page opens without it

    single = 2 * paired <= len(beyond)
    candidates = {_codec(name).name: name for name in _CANDIDATES if not (single and name in _DOUBLE)}
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(candidates))
    best = matches.best()
    name = candidates[codecs.lookup(best.encoding).name] if best is not None else _LATIN[0]
    if name in _LATIN:
        # Letters of Western, Central European, Baltic and Turkish words have neighbours in each other's charsets that
        # look as well: the one in which all of them are letters of one language is right.
        name = max(_LATIN, key=lambda each: (_of_one_language(sample, each), -_LATIN.index(each)))
        least = max(_MOST_OF_IT, _of_one_language(sample, name) + 0.001)
        if _is_odd(sample) and _of_one_language(sample, "macintosh") >= least:
            name = "macintosh"
    found = _read(data, name, f"{wrong}; not UTF-8, most like {name}", cut=cut)
    return found if found.faithful or nearly(found) else _western(data, wrong, cut=cut)


def _telling(data: bytes) -> bytes:
    """Return the first lines that are not ASCII, which tells nothing.

    No charset that is guessed at here uses the byte of a line end for anything else.
    """
    lines = data[: 16 * _SAMPLE].splitlines(keepends=True)
    return b"".join(line for line in lines if not line.isascii())[:_SAMPLE]


_PAIRED = re.compile(rb"[\x80-\x9f\xa1-\xff]{2,}")
"""Bytes beyond ASCII beside each other, but for blanks: charsets of two bytes a sign hardly write without. A degree, a
pound or a section that stands alone would take the letter behind it for its other half."""

_DOUBLE = frozenset({"shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"})

_MUCH = 0.15
"""Share of kana among what is not ASCII from which a text is Japanese; nothing else holds them."""

_LATIN = ("windows-1252", "windows-1250", "iso-8859-2", "windows-1254", "windows-1257")
_ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        *("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúüªº", "ãõáâàéêíóôúç", "åäö", "æøåéö", "àèéìòù", "ëïéèüö", "áðéíóúýþæö"),
        *("àáâäèéêëìíîïòóôöùúûüŵŷ", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ"),
        *("čćđšž", "çğıöşüâîûi̇", "ąčęėįšųūž", "āčēģīķļņōŗšūž", "äõöüšž", "çëáéíóú", "àçèéíïòóúü·", "ñáéíóúü"),
    )
)
_MARKS = frozenset("“”„‚‘’«»–—…°§€£©®¿¡·×\u00a0•™")


def _of_one_language(sample: bytes, name: str) -> float:
    """Return the largest share of the letters beyond ASCII that belong to a single language."""
    text = _read(sample, name, "", cut=True).text.lower()
    beyond = [sign for sign in text if not sign.isascii() and sign not in _MARKS]
    if not beyond:
        return 0.0
    return max(sum(sign in alphabet for sign in beyond) for alphabet in _ALPHABETS) / len(beyond)


def _is_odd(sample: bytes) -> bool:
    """Whether a text can hardly be windows-1252: what it has inside of words are signs that no word holds.

    Most letters of Mac OS Roman are quotes, dashes and bullets there. A text in English holds many of these, and next
    to none of the signs that stand for the commonest letters: daggers, accents alone, capitals behind small letters.
    """
    text = _read(sample, "windows-1252", "", cut=True).text
    beyond = sum(not sign.isascii() and sign not in _MARKS for sign in text)
    return len(_ODD.findall(text)) >= max(1, beyond * _PART_ODD)


_ODD = re.compile(r"(?<=[A-Za-z])[‚ƒ„†‡ˆ‰‹›˜ŠŽŒŸšž](?=[a-z])|[\x80-\x9f\ufffd]")
_PART_ODD = 0.2
_MOST_OF_IT = 0.8
"""Share of the letters that must be those of one language before odd signs make a text Mac OS Roman."""


def _kana(sample: bytes, name: str) -> float:
    """Return the share of kana among what is not ASCII; none where the bytes do not fit."""
    decoded = _read(sample, name, "", cut=True)
    beyond = [sign for sign in decoded.text if not sign.isascii()]
    fits = beyond and (decoded.faithful or nearly(decoded))
    return sum("\u3041" <= sign <= "\u30fe" for sign in beyond) / len(beyond) if fits else 0.0


def _western(data: bytes, wrong: str, *, cut: bool) -> Decoded:
    return _read(data, "windows-1252", f"{wrong}; not UTF-8 either", cut=cut)


def nearly(decoded: Decoded) -> bool:
    """Whether all but a few of the signs beyond ASCII could be read, as where one byte was spoilt on the way.

    Of UTF-8, also where all but the last one could: what breaks off ends within a sign as often as not.
    """
    beyond = len(decoded.text) - len(decoded.text.encode("ascii", "ignore"))
    ends = decoded.used == "utf-8" and beyond > _FEWEST_WHOLE and decoded.text.find("\ufffd") == len(decoded.text) - 1
    return ends or decoded.text.count("\ufffd") <= beyond * _FEW


_FEWEST_WHOLE = 2
"""Signs: one, and one byte behind it, may be three letters of another charset."""


def _by_default(declared: str) -> bool:
    """Whether a label of Latin-1 or ASCII may be one that a server says of everything.

    Tomcat, Spring and Apache's AddDefaultCharset declare ISO-8859-1 or US-ASCII whatever programs write, and words in
    Latin-1 are hardly ever UTF-8 throughout. The standard's own name for both, windows-1252, is what a person chooses.
    """
    return "1252" not in declared and declared.lower() != "ansi"


def _is_utf8_for_most(data: bytes) -> bool:
    """Whether more signs beyond ASCII can be read as UTF-8 than cannot: words in any other charset hardly can.

    Servers declare UTF-8 of all that they send, old pages and tables of spreadsheets among it.
    """
    plain = _HALF.sub(_LOST, data)
    text = _read(plain, "utf-8", "", cut=True).text
    lost = text.count("\ufffd") - plain.count(_LOST)
    return 2 * lost <= len(text) - len(text.encode("ascii", "ignore"))


def _has_words_in_utf8(data: bytes) -> bool:
    """Whether one in four signs beyond ASCII is UTF-8, and stands where there is nothing else.

    What is UTF-8 may be short and cut in the middle of a sign, or hold lines of somebody else's. In another charset a
    few bytes may look like a sign of it as well, but hardly those from one letter of ASCII to the next.
    """
    sample = _telling(data)
    read, lost = 0, sample.count(b"\xff")
    for run in _RUNS.findall(sample):
        text = run.decode("utf-8", "replace")
        unread = text.count("\ufffd")
        lost += unread
        read += 0 if unread else len(text)
    return 0 < lost <= _MOST_LOST * read


_RUNS = re.compile(rb"[\x80-\xfe]+")
"""FF is neither half of a sign of two bytes anywhere."""

_MOST_LOST = 3


def _wide(data: bytes) -> str:
    """The charset of two or four bytes a sign in which most signs of a text would be ASCII, or an empty string."""
    sample = data[:1024]
    for name, width, place in _WIDTHS:
        signs = [sample[start : start + width] for start in range(0, len(sample) - width + 1, width)]
        plain = sum(0 < sign[place] < 128 and sign.count(0) == width - 1 for sign in signs)  # noqa: PLR2004 - ASCII
        if len(signs) >= _FEWEST and plain >= len(signs) * _MOSTLY:
            return name
    return ""


_WIDTHS = (("utf-32le", 4, 0), ("utf-32be", 4, 3), ("utf-16le", 2, 0), ("utf-16be", 2, 1))
_MOSTLY = 0.6
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")


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


def _is_utf8(data: bytes, *, cut: bool) -> bool:
    """Whether bytes are UTF-8 without a NUL, which text in UTF-16 hardly ever is."""
    return b"\0" not in data and _read(data, "utf-8", "", cut=cut).faithful


def _read(data: bytes, name: str, why: str, *, cut: bool) -> Decoded:
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
