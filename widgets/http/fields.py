"""Header fields as people write them, and what of them may be sent: one rule for all who send (RFC 9110). Pure.

What is wrong is said without the value, which may be a secret.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable

FRAMING = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te"})
"""Fields that say how a request is sent, which is the client's own business."""
LONGEST = 8000
"""Characters of a value: few services read more."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_UNSENT = re.compile("[^\t -~\x80-\xff]")
"""What a value cannot hold (RFC 9110, section 5.5): controls but for the tab, and what is beyond one byte."""


def checked(name: str, value: str) -> tuple[str, str]:
    r"""A field that may be sent as it stands; a letter of Latin-1 is sent as its one byte.

    >>> checked("X-City", "Orléans")
    ('X-City', 'Orléans')
    >>> checked("X-City", "東京")
    Traceback (most recent call last):
    widgets.http.errors.FieldError: The value of the header X-City cannot be sent: its character 1 is not in Latin-1, as ä and é are. Write it as the service asks for it, mostly percent-encoded.
    >>> checked("X-Key", "abc\n")
    Traceback (most recent call last):
    widgets.http.errors.FieldError: The value of the header X-Key cannot be sent: its character 4 is a line end or another control. Take it out.

    Raises:
        FieldError: When it may not: its name is no token (section 5.6.2), or its value no field value (section 5.5).
    """  # noqa: E501 - a doctest's error stands in one line
    if not _TOKEN.fullmatch(name):
        raise FieldError(f"{name[:60]!r} is no name of a header: it may hold letters, digits and hyphens.")
    of = f"The value of the header {name[:60]} cannot be sent: "
    if value != value.lstrip(" \t"):  # one at its end is no part of it, and is sent by those who have it
        raise FieldError(f"{of}it begins with a space. Take that out.")
    if found := _UNSENT.search(value):
        at = f"{of}its character {found.start() + 1:,} is "
        if found[0] <= "\x7f":
            raise FieldError(f"{at}a line end or another control. Take it out.")
        raise FieldError(
            f"{at}not in Latin-1, as ä and é are. Write it as the service asks for it, mostly percent-encoded."
        )
    return name, value


def added(name: str, value: str) -> tuple[str, str]:
    """A field that a person may add to a request.

    Raises:
        FieldError: When it may not be sent, says how the request is sent, or is so long that it is mostly a slip: a
            program may have reasons for it (RFC 9110, section 5.4, names no bound).
    """
    if name.lower() in FRAMING:
        raise FieldError(f"The header {name} says how the request is sent, and is set by the program: leave it out.")
    if len(value) > LONGEST:
        raise FieldError(
            f"The value of the header {name[:60]} cannot be sent: it has {len(value):,} characters, and few services "
            f"read more than {LONGEST:,}."
        )
    return checked(name, value)


def header_of(line: str) -> tuple[str, str]:
    """A header as people write it, `Name: value`.

    >>> header_of("X-Api-Key: abc")
    ('X-Api-Key', 'abc')

    Raises:
        FieldError: When it is none, may not be sent, or says how the request is sent.
    """
    name, colon, value = (part.strip() for part in line.partition(":"))
    if not colon:
        raise FieldError("A header must read 'Name: value', for example 'X-Api-Key: abc': a line has no colon.")
    return added(name, value)


def headers_of(lines: Iterable[str]) -> dict[str, str]:
    """The headers that so many lines give.

    >>> headers_of(["X-Api-Key: abc", "Accept: text/csv"])
    {'X-Api-Key': 'abc', 'Accept': 'text/csv'}
    >>> headers_of(["Accept: text/csv", "accept: text/plain"])
    Traceback (most recent call last):
    widgets.http.errors.FieldError: The header accept is given twice, and one of them would be lost: write it once, with all its values.

    Raises:
        FieldError: When a line is none, or repeats the name of another.
    """  # noqa: E501 - a doctest's error stands in one line
    found: dict[str, str] = {}
    for name, value in map(header_of, lines):
        if name.lower() in {each.lower() for each in found}:
            raise FieldError(
                f"The header {name} is given twice, and one of them would be lost: write it once, with all its values."
            )
        found[name] = value
    return found
