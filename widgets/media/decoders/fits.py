"""FITS headers: 80-character cards in blocks of 2,880 bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.media.blob import Blob

_CARD = 80
_BLOCK = 2880
_MOST_CARDS = 2000
_MOST_UNITS = 100
_VALUE = re.compile(r"\s*(?P<value>'(?:[^']|'')*'|[^/]*)\s*(?:/(?P<comment>.*))?")


@dataclass(frozen=True, slots=True)
class Card:
    """One line of a header."""

    keyword: str
    value: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class FitsUnit:
    """A header with the data behind it.

    Attributes:
        cards: In order, without `END`.
        data_start: Offset of its data in bytes.
        data_size: Bytes of its data, without padding.
    """

    cards: tuple[Card, ...]
    data_start: int
    data_size: int

    def value(self, keyword: str, default: str = "") -> str:
        """Return the value of the first card with `keyword`."""
        return next((card.value for card in self.cards if card.keyword == keyword), default)

    def number(self, keyword: str, default: int = 0) -> int:
        """Return a whole number from a card, or `default` where there is none."""
        value = self.value(keyword)
        return int(value) if re.fullmatch(r"[+-]?\d{1,15}", value) else default

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes, the fastest first."""
        return tuple(self.number(f"NAXIS{axis}") for axis in range(1, min(self.number("NAXIS"), 99) + 1))

    @property
    def summary(self) -> str:
        """What the unit holds, in words."""
        name = self.value("EXTNAME")
        kind = self.value("XTENSION") or "primary"
        shape = " × ".join(map(str, self.shape)) or "no data"
        return f"{name + ', ' if name else ''}{kind}, {shape}, {self.data_size:,} bytes of data"


def fits_units(body: Blob) -> tuple[FitsUnit, ...]:
    """Return the units of a FITS file, as many as are whole; raise `ValueError` when it is not one."""
    if body[:9] != b"SIMPLE  =":
        raise ValueError("a FITS file begins with SIMPLE  =")
    units: list[FitsUnit] = []
    offset = 0
    while offset < len(body) and len(units) < _MOST_UNITS:
        cards, offset = _cards(body, offset)
        if not cards:
            break
        unit = FitsUnit(tuple(cards), offset, 0)
        size = _data_size(unit)
        units.append(FitsUnit(unit.cards, offset, size))
        offset += -(-size // _BLOCK) * _BLOCK
    return tuple(units)


def _cards(body: Blob, offset: int) -> tuple[list[Card], int]:
    """Return the cards that begin at `offset`, and the offset behind their last block."""
    cards: list[Card] = []
    while offset < len(body) and len(cards) < _MOST_CARDS:
        block = body[offset : offset + _BLOCK].decode("ascii", errors="replace")
        offset += _BLOCK
        for start in range(0, len(block), _CARD):
            line = block[start : start + _CARD]
            if line.rstrip() == "END":
                return cards, offset
            if line.strip():
                cards.append(_card(line))
    return cards, offset


def _card(line: str) -> Card:
    keyword = line[:8].strip()
    if line[8:10] != "= ":
        return Card(keyword, line[8:].strip())
    found = _VALUE.match(line[10:])
    value = found["value"].strip() if found else line[10:].strip()
    if value.startswith("'"):
        value = value[1:-1].replace("''", "'").rstrip()
    return Card(keyword, value, (found["comment"] or "").strip() if found else "")


def _data_size(unit: FitsUnit) -> int:
    """Return the bytes of data: |BITPIX| / 8 × GCOUNT × (PCOUNT + product of the axes), section 4.4.1."""
    if not unit.shape:
        return 0
    count = 1
    for length in unit.shape:
        count *= max(0, length)
    size = abs(unit.number("BITPIX")) // 8 * unit.number("GCOUNT", 1) * (unit.number("PCOUNT") + count)
    return min(max(0, size), 1 << 50)
