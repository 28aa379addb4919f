"""Numbers that a person types: one that cannot be used is said to be none, and never changed without a word.

ipywidgets' own bounded fields take the nearest number that they allow: who types -3 gets 1, and is not told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Any

import ipywidgets

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([, '\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}])\d{3})(?:\1\d{3})*")
"""Thousands set apart, as `1,000,000` and `1 000` are."""
_LONGEST = 20
"""Characters that are repeated of what is no number."""


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers that can be used.

    Attributes:
        least: The smallest one.
        most: The largest one.
        whole: Whether there are whole ones only.

    >>> Span(1, 1000, whole=True).read("1,000")
    1000.0
    >>> Span(1, 1_000_000, whole=True).read("-3")
    Traceback (most recent call last):
        ...
    ValueError: -3 is less than 1: write 1 to 1,000,000.
    """

    least: float
    most: float
    whole: bool = False

    def read(self, text: str) -> float:
        """The number that a text is.

        Raises:
            ValueError: When it is none that can be used; the message says why, and what to write.
        """
        text = text.strip()
        if not text:
            raise ValueError(f"There is no number: {self._advice}")
        try:
            value = float(re.sub(r"[^\d+-]", "", text) if _GROUPED.fullmatch(text) else text)
        except ValueError:
            value = float("nan")
        return self.check(value, text)

    def check(self, value: float, text: str = "") -> float:
        """The same number, where it can be used; `text` is how it was written.

        Raises:
            ValueError: When it cannot be used.
        """
        if (wrong := self._wrong(value)) == "":
            return value
        written = text[:_LONGEST] or f"{value:,.12g}"
        shown = written if isfinite(value) else repr(written)
        raise ValueError(f"{shown} {wrong}: {self._advice}")

    @property
    def _advice(self) -> str:
        return f"write {self.least:,.12g} to {self.most:,.12g}."

    def _wrong(self, value: float) -> str:
        if isnan(value):
            return "is no number"
        if value < self.least:
            return f"is less than {self.least:,.12g}"
        if value > self.most:
            return f"is more than {self.most:,.12g}"
        return "is no whole number" if self.whole and value != int(value) else ""


class Number(ipywidgets.FloatText):
    """A field for a number.

    Args:
        value: That stands in it.
        span: What can be used.
        traits: Of the field; its `description` names it where its number cannot be used.

    >>> field = Number(0, Span(1, 60, whole=True), description="Refusals")
    >>> field.number
    Traceback (most recent call last):
        ...
    ValueError: 'Refusals' cannot be used. 0 is less than 1: write 1 to 60.
    """

    def __init__(self, value: float, span: Span, **traits: Any) -> None:
        self._span = span
        super().__init__(value=value, **{"step": 1, **traits} if span.whole else traits)

    @property
    def number(self) -> float:
        """What stands in it.

        Raises:
            ValueError: When that cannot be used; any message can come from a browser.
        """
        try:
            return self._span.check(float(self.value))
        except ValueError as error:
            raise ValueError(f"{self.description!r} cannot be used. {error}") from None
