"""What JSON holds, read as leniently as services write it, and with nothing of it lost. Pure.

One value, or several one after the other (JSON lines, RFC 7464 sequences, plain concatenation), behind a guard against
scripts or a notice of the service. Member names that occur twice and numbers beyond what a double holds are kept.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from widgets.media.reply import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_EXACT = 2**53
_MOST_NAMED = 3
_SHORTEST_INEXACT = 15
_LONGEST_NOTICE = 20_000


class Kept(float):
    """A number with the text by which it came, where that text says more than the number."""

    text: str


Kept.__name__ = "float"  # JMESPath goes by the names of types.


class Doubled(dict[str, Any]):
    """An object in which a name occurs more than once; as a dict it holds the last of each."""

    pairs: list[tuple[str, Any]]


Doubled.__name__ = "dict"


LONGEST_NAMED = 40
"""Characters of a number that are named."""


@dataclass(slots=True)
class Found:
    """What is not as JSON demands, or not as other readers read it; each once, in order."""

    not_json: dict[str, None] = field(default_factory=dict)
    doubled: dict[str, None] = field(default_factory=dict)
    inexact: dict[str, None] = field(default_factory=dict)
    controls: bool = False
    padded: bool = False

    @property
    def is_strict(self) -> bool:
        """Whether strict readers take it so far."""
        return not (self.not_json or self.controls or self.padded)

    def said(self) -> Iterator[str]:
        """Yield a sentence for each kind."""
        if self.not_json:
            yield f"It comes {said_of(self.not_json)}."
        if self.controls:
            yield "Line ends or controls stand in its strings, which JSON does not allow: strict readers refuse them."
        if self.padded:
            yield "NULs stand behind it, as some pad what they send: strict readers refuse them."
        if self.doubled:
            yield f"A name occurs more than once in an object: {_named(self.doubled)}; most readers keep the last only."
        if self.inexact:
            names = _named(self.inexact)
            yield f"Numbers that a double does not hold are shown as they came: {names}; others round them."


@dataclass(frozen=True, slots=True)
class Values:
    """What a text holds.

    Attributes:
        value: The one value, or the list of all.
        said: Sentences for the page on how it was read.
        many: Whether there were several one after the other.
        strict: Whether all of the text is what it is taken for, so that strict readers take it.
    """

    value: Any
    said: tuple[str, ...] = ()
    many: bool = False
    strict: bool = True


def said_of(not_json: Iterable[str]) -> str:
    """Return the words for values that are not JSON.

    >>> said_of(["NaN", "Infinity"])
    'with NaN and Infinity, which JSON does not have: strict readers refuse it'
    """
    return f"with {' and '.join(not_json)}, which JSON does not have: strict readers refuse it"


def read_values(
    text: str, *, lines: bool = False, more: bool = False, enough: Callable[[], bool] = lambda: False
) -> Values:
    """Read JSON in any of the forms above.

    >>> read_values(")]}'" + '{"a": 1}').value, read_values('{"a": 1}{"a": 2}').value
    ({'a': 1}, [{'a': 1}, {'a': 2}])

    Args:
        text: All of it, or its beginning.
        lines: Whether it is declared as JSON lines: then a line that is none stands there as text.
        more: Whether `text` is only the beginning.
        enough: Asked now and then whether to stop among lines; what was read by then is said to be the first of them.

    Raises:
        Unreadable: It is not JSON; the message says where.
        RecursionError: It is nested too deeply.
    """
    found = Found()
    decoder = _decoder(found)
    plain = text.lstrip("\ufeff")
    if plain.endswith("\0"):
        plain, found.padded = plain.rstrip("\0"), True
    if "\x1e" in plain[:2]:
        return _sequence(plain, decoder, found)
    if lines:
        return _lines(plain, decoder, found, more=more, enough=enough)
    try:
        return Values(decoder.decode(plain), tuple(found.said()), strict=found.is_strict)
    except json.JSONDecodeError as error:
        why = error
    if "control character" in why.msg:
        decoder, found.controls = _decoder(found, strict=False), True
        with suppress(json.JSONDecodeError):
            return Values(decoder.decode(plain), tuple(found.said()), strict=False)
    for reading in (_guarded, _several, _behind_notice):
        if (values := reading(plain, decoder, found)) is not None:
            return replace(values, strict=False)
    if not plain.strip():
        raise Unreadable("not JSON: there is nothing but blanks")
    raise Unreadable(_misread(why))


def _misread(why: json.JSONDecodeError) -> str:
    return f"not JSON: line {why.lineno:,}, column {why.colno:,}: {why.msg.removesuffix(' at')}"


def _decoder(found: Found, *, strict: bool = True) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=lambda pairs: _members(pairs, found),
        parse_float=lambda number: _number(number, found),
        parse_int=lambda number: _whole(number, found),
        parse_constant=lambda name: _constant(name, found),
        strict=strict,
    )


def _number(text: str, found: Found) -> float:
    number = float(text)
    if repr(number) == text:
        return number
    kept = Kept(number)
    kept.text = text
    beyond = number in (float("inf"), float("-inf"))
    if beyond or (len(text) > _SHORTEST_INEXACT and Decimal(text) != Decimal(repr(number))):
        found.inexact[_begin(text)] = None
    return kept


def _begin(text: str) -> str:
    """A number as it came; of one that is long how it begins, and that it goes on.

    >>> _begin("1e400"), _begin("7" * 5000)
    ('1e400', '7777777777777777777777777777777777777777 … (5,000 characters)')
    """
    return text if len(text) <= LONGEST_NAMED else f"{text[:LONGEST_NAMED]} … ({len(text):,} characters)"


def _whole(text: str, found: Found) -> int | float:
    if text != "-0" and len(text) < _LONGEST_WHOLE:
        number = int(text)
        if abs(number) > _EXACT and (len(text) > _LONGEST_DOUBLE or int(float(number)) != number):
            found.inexact[_begin(text)] = None
        return number
    kept = Kept(text)
    kept.text = text
    if text != "-0":
        found.inexact[_begin(text)] = None
    return kept


_LONGEST_WHOLE = 4000
"""Digits up to which Python reads an integer; longer ones take long, and are refused."""
_LONGEST_DOUBLE = 300


def _constant(name: str, found: Found) -> float:
    found.not_json[name] = None
    return float(name)


def _members(pairs: list[tuple[str, Any]], found: Found) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            found.doubled[name[:40]] = None
        seen.add(name)
    doubled = Doubled(pairs)
    doubled.pairs = pairs
    return doubled


def _named(names: Iterable[str]) -> str:
    several = list(names)
    more = f" and {len(several) - _MOST_NAMED:,} more" if len(several) > _MOST_NAMED else ""
    return ", ".join(several[:_MOST_NAMED]) + more


def _sequence(text: str, decoder: json.JSONDecoder, found: Found) -> Values:
    """Read a sequence of RFC 7464, each record behind a record separator."""
    records = (record.strip() for record in text.split("\x1e"))
    numbered = [(at, _or_text(record, decoder)) for at, record in enumerate(filter(None, records), start=1)]
    return _of_numbered(numbered, found, "record")


class NotJson(str):
    """A line or a record that is no JSON, in place of its value; it says so itself, wherever it is shown."""

    __slots__ = ("why",)
    why: json.JSONDecodeError


NotJson.__name__ = "str"


def _or_text(record: str, decoder: json.JSONDecoder) -> Any:
    try:
        return decoder.decode(record.strip())
    except json.JSONDecodeError as error:
        text = NotJson(f"not JSON: {record.strip()}")
        text.why = error
        return text


def _of_numbered(numbered: list[tuple[int, Any]], found: Found, unit: str, first: str = "") -> Values:
    """Return the values of lines or records with their numbers; those that are none are told."""
    values = [value for _, value in numbered]
    none = [(at, value) for at, value in numbered if isinstance(value, NotJson)]
    said = [first] if first else []
    if len(none) == 1:
        at, value = none[0]
        said.append(f"{unit.capitalize()} {at:,} is not JSON, and stands as text: {value.why.msg.removesuffix(' at')}.")
    elif none:
        places = _named(f"{at:,}" for at, _ in none)
        said.append(f"{len(none):,} of {len(values):,} {unit}s are not JSON, and stand as text: {places}.")
    return Values(values, (*said, *found.said()), many=True, strict=found.is_strict and not none)


def _lines(text: str, decoder: json.JSONDecoder, found: Found, *, more: bool, enough: Callable[[], bool]) -> Values:
    """Read JSON lines; where no line is one, what stands there may be one value over many lines."""
    lines = [(at, line) for at, line in enumerate(_LINE_ENDS.split(text), start=1) if line.strip()]
    if more and len(lines) > 1:
        lines.pop()
    values: list[tuple[int, Any]] = []
    for start in range(0, len(lines), _OFTEN):
        if start and enough():
            more = True
            break
        values += [(at, value) for at, line in lines[start : start + _OFTEN] for value in _of_line(line, decoder)]
    if values and all(isinstance(value, NotJson) for _, value in values):
        several = _several(text, decoder, found)
        if several is not None:
            return replace(several, strict=False)
        if len(values) == 1:
            raise Unreadable(_misread(values[0][1].why))
    return _of_numbered(values, found, "line", f"These are the first {len(values):,} of more lines." if more else "")


_OFTEN = 1000


def _of_line(line: str, decoder: json.JSONDecoder) -> list[Any]:
    """Return the value of a line, or of each of its parts where rarer ends part it into values of their own."""
    value = _or_text(line, decoder)
    parts = [part for part in line.splitlines() if part.strip()] if isinstance(value, NotJson) else []
    values = [_or_text(part, decoder) for part in parts] if len(parts) > 1 else []
    return values if values and not any(isinstance(each, NotJson) for each in values) else [value]


_LINE_ENDS = re.compile(r"\r\n|\n|\r")
"""None other at first: U+2028, U+0085 and their kin may stand in a string of JSON."""


def _guarded(text: str, decoder: json.JSONDecoder, found: Found) -> Values | None:
    """Read JSON behind what keeps it from being run as a script, or inside a call (JSONP)."""
    start = _GUARD.match(text)
    if start is None:
        return None
    inner = text[start.end() :]
    if start["call"]:
        inner = inner.rstrip().rstrip(";").rstrip()
        if not inner.endswith(")"):
            return None
        inner = inner[:-1]
    try:
        value = decoder.decode(inner.strip())
    except json.JSONDecodeError:
        return None
    words = f"A guard against scripts stands before it: {start[0].strip()[:40]}"
    words = f"It is an argument of a call of {start['call'][:40]} (JSONP)" if start["call"] else words
    return Values(value, (f"{words}.", *found.said()))


_GUARD = re.compile(
    r"\s*(?:\)\]\}'?,?\s|\)\]\}',?|while\s*\(1\);|for\s*\(;;\);|&&&START&&&|\{\}\s*&&|throw 1;\s*<don't be evil>|"
    r"(?:/\*\*/\s*)?(?P<call>[A-Za-z_$][\w$.]{0,100})\s*\()"
)


def _several(text: str, decoder: json.JSONDecoder, found: Found) -> Values | None:
    """Read values that stand one after the other, with blanks, commas or nothing between them."""
    values: list[Any] = []
    place = _BLANKS.match(text).end()  # type: ignore[union-attr]  # it matches anything
    while place < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            break
        values.append(value)
        place = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]  # as above
    rest = text[place:].strip()
    nested = [value for value in values if isinstance(value, (dict, list))]
    if not nested or len(nested) < len(values) or (len(values) == 1 and not rest):
        return None
    if rest and (len(values) > 1 or not _NOTICE.match(rest) or len(rest) > _LONGEST_NOTICE):
        if len(values) == 1:
            return None
        words = f"{len(values):,} values stand one after the other, and behind them what is not JSON: {_few(rest)}."
        return Values(values, (words, *found.said()), many=True)
    if rest:
        return Values(values[0], (f"Behind it stands what is not JSON: {_few(rest)}.", *found.said()))
    return Values(values, (f"{len(values):,} values stand one after the other.", *found.said()), many=True)


_BLANKS = re.compile(r"[ \t\r\n]*")
_BETWEEN = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")
_NOTICE = re.compile(r"[<A-Z/#(;-]")


def _behind_notice(text: str, decoder: json.JSONDecoder, found: Found) -> Values | None:
    """Read JSON behind a notice, such as a warning of PHP; it must go to the end and stand on a line of its own."""
    for start in re.finditer(r"(?m)^[ \t]*([{\[])", text[:_LONGEST_NOTICE]):
        place = start.start(1)
        if not place:
            continue
        try:
            value = decoder.decode(text[place:])
        except json.JSONDecodeError:
            continue
        return Values(value, (f"Before it stands what is not JSON: {_few(text[:place])}.", *found.said()))
    return None


def _few(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 120 else f"{words[:120]} …"  # noqa: PLR2004 - a line of the page
