"""In which charset text is written that declares none, or one that does not fit: found out from its bytes. Pure.

`charset-normalizer` finds what is most like a language; what is UTF-8 in part, text of two or four bytes a sign,
Japanese, and which letters of the West they are is told here.
"""

from __future__ import annotations

import codecs
import re

import webencodings

from .encoding import Decoded, nearly, read

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


def guess(data: bytes, wrong: str, *, cut: bool) -> Decoded:
    """Read what declares nothing that fits and is not UTF-8, by the charset in which it is most like words.

    >>> guess("Вчера вечером мы долго гуляли по набережной.".encode("koi8-r"), "none is declared", cut=False).used
    'koi8-r'

    Args:
        data: Bytes of text.
        wrong: What `why` begins with: what is declared, and that it does not fit.
        cut: Whether `data` may end in the middle of a character.
    """
    sample = _telling(data)
    if sum(byte > 127 for byte in sample) < _FEWEST:  # noqa: PLR2004 - the last of ASCII
        return _western(data, wrong, cut=cut)
    if japanese := next((name for name in ("euc-jp", "shift_jis") if _kana(sample, name) >= _MUCH), ""):
        return read(data, japanese, f"{wrong}; not UTF-8, most like {japanese}", cut=cut)
    paired = sum(map(len, _PAIRED.findall(sample)))
    beyond = [sign for sign in read(sample, "windows-1252", "", cut=True).text if not sign.isascii()]
    letters = any(sign.isalpha() and sign not in "ªºµ" for sign in beyond)
    if not (paired or letters or _is_odd(sample)):
        return _western(data, wrong, cut=cut)
    import charset_normalizer  # noqa: PLC0415 - a page opens without it

    single = 2 * paired <= len(beyond)
    candidates = {
        webencodings.lookup(name).codec_info.name: name for name in _CANDIDATES if not (single and name in _DOUBLE)
    }
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(candidates))
    best = matches.best()
    name = candidates[codecs.lookup(best.encoding).name] if best is not None else _LATIN[0]
    if name in _LATIN:
        # Letters of Western, Central European, Baltic and Turkish words have neighbours in each other's charsets that
        # look as well: the one in which all of them are letters of one language is right.
        name = max(_LATIN, key=lambda each: (of_one_language(sample, each), -_LATIN.index(each)))
        least = max(_MOST_OF_IT, of_one_language(sample, name) + 0.001)
        if _is_odd(sample) and of_one_language(sample, "macintosh") >= least:
            name = "macintosh"
    found = read(data, name, f"{wrong}; not UTF-8, most like {name}", cut=cut)
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


def of_one_language(sample: bytes, name: str) -> float:
    """Return the largest share of the letters beyond ASCII that belong to a single language."""
    text = read(sample, name, "", cut=True).text.lower()
    beyond = [sign for sign in text if not sign.isascii() and sign not in _MARKS]
    if not beyond:
        return 0.0
    return max(sum(sign in alphabet for sign in beyond) for alphabet in _ALPHABETS) / len(beyond)


def _is_odd(sample: bytes) -> bool:
    """Whether a text can hardly be windows-1252: what it has inside of words are signs that no word holds.

    Most letters of Mac OS Roman are quotes, dashes and bullets there. A text in English holds many of these, and next
    to none of the signs that stand for the commonest letters: daggers, accents alone, capitals behind small letters.
    """
    text = read(sample, "windows-1252", "", cut=True).text
    beyond = sum(not sign.isascii() and sign not in _MARKS for sign in text)
    return len(_ODD.findall(text)) >= max(1, beyond * _PART_ODD)


_ODD = re.compile(r"(?<=[A-Za-z])[‚ƒ„†‡ˆ‰‹›˜ŠŽŒŸšž](?=[a-z])|[\x80-\x9f\ufffd]")
_PART_ODD = 0.2
_MOST_OF_IT = 0.8
"""Share of the letters that must be those of one language before odd signs make a text Mac OS Roman."""


def _kana(sample: bytes, name: str) -> float:
    """Return the share of kana among what is not ASCII; none where the bytes do not fit."""
    decoded = read(sample, name, "", cut=True)
    beyond = [sign for sign in decoded.text if not sign.isascii()]
    fits = beyond and (decoded.faithful or nearly(decoded))
    return sum("\u3041" <= sign <= "\u30fe" for sign in beyond) / len(beyond) if fits else 0.0


def _western(data: bytes, wrong: str, *, cut: bool) -> Decoded:
    return read(data, "windows-1252", f"{wrong}; not UTF-8 either", cut=cut)


def is_utf8_for_most(data: bytes) -> bool:
    """Whether more signs beyond ASCII can be read as UTF-8 than cannot: words in any other charset hardly can.

    Servers declare UTF-8 of all that they send, old pages and tables of spreadsheets among it.
    """
    plain = _HALF.sub(_LOST, data)
    text = read(plain, "utf-8", "", cut=True).text
    lost = text.count("\ufffd") - plain.count(_LOST)
    return 2 * lost <= len(text) - len(text.encode("ascii", "ignore"))


_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_LOST = "\ufffd".encode()


def has_words_in_utf8(data: bytes) -> bool:
    """Whether one in four signs beyond ASCII is UTF-8, and stands where there is nothing else.

    What is UTF-8 may be short and cut in the middle of a sign, or hold lines of somebody else's. In another charset a
    few bytes may look like a sign of it as well, but hardly those from one letter of ASCII to the next.
    """
    sample = _telling(data)
    whole, lost = 0, sample.count(b"\xff")
    for run in _RUNS.findall(sample):
        text = run.decode("utf-8", "replace")
        unread = text.count("\ufffd")
        lost += unread
        whole += 0 if unread else len(text)
    return 0 < lost <= _MOST_LOST * whole


_RUNS = re.compile(rb"[\x80-\xfe]+")
"""FF is neither half of a sign of two bytes anywhere."""

_MOST_LOST = 3


def wide_charset(data: bytes) -> str:
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
