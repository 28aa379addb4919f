"""Sizes and times in words. Pure."""

from __future__ import annotations

_KILO = 1000
_MINUTE = 60


def as_size(count: int) -> str:
    """Return a number of bytes in decimal units.

    >>> as_size(999), as_size(1234), as_size(34_000_000)
    ('999 bytes', '1.23 kB', '34 MB')
    """
    if count < _KILO:
        return f"{count} byte{'' if count == 1 else 's'}"
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= _KILO
        if value < _KILO:
            return f"{value:.3g} {unit}" if value < 999.5 else f"{value:.0f} {unit}"  # noqa: PLR2004 - .3g would round to 1e+03
    return f"{value:.0f} GB"


def as_duration(seconds: float) -> str:
    """Return a time in the unit that suits.

    >>> as_duration(0.012), as_duration(1.25), as_duration(125)
    ('12 ms', '1.25 s', '2 min 5 s')
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.2f} s"
    return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"


def as_progress(received: int, total: int | None, seconds: float) -> str:
    """Return how far a body is: bytes so far, of how many, at what rate, and how long it will still take."""
    words = as_size(received) + (f" of {as_size(total)}" if total else "")
    if seconds <= 0 or not received:
        return words
    rate = received / seconds
    words += f" · {as_size(round(rate))}/s"
    if total and total > received:
        words += f" · {as_duration((total - received) / rate)} left"
    return words
