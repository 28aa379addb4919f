"""Sizes and times in words. Pure."""

from __future__ import annotations

import math

_KILO = 1000
_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_PLAIN = 1e-5, 1e15
"""From where to where numbers are read without an exponent."""
_NOISE = 1e-9
"""What is left of 100 by the rounding of floats."""
_LONG = 2
"""From so many hours or days on a time is said in them: 90 min, but 2 h; 36 h, but 2 d."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "byte"), counted(1200, "row"), counted(0, "entry", "entries")
    ('1 byte', '1,200 rows', '0 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


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
    >>> as_duration(0.9996), as_duration(59.997), as_duration(119.7), as_duration(234_566.0)
    ('1.00 s', '1 min 0 s', '2 min 0 s', '2 d 17 h')
    """
    if round(seconds * 1000) < 1000:  # noqa: PLR2004 - as it is written, so that no unit is full
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 2) < _MINUTE:
        return f"{seconds:.2f} s"
    if round(seconds) >= _HOUR:
        return as_span(seconds)
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s"


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


WAIT_DIGITS = 3
"""Significant digits of a wait, wherever one is shown, written or exported."""


def rounded_wait(seconds: float) -> float:
    """A wait to three significant digits, never shorter: what is said must be as safe as what was shown.

    >>> rounded_wait(6.5134), rounded_wait(6.51), rounded_wait(0.16201), rounded_wait(1234.5), rounded_wait(0.0)
    (6.52, 6.51, 0.163, 1240.0, 0.0)
    """
    if not (seconds > 0 and math.isfinite(seconds)):
        return seconds
    rounded = float(f"{seconds:.{WAIT_DIGITS}g}")
    if rounded >= seconds * (1 - 1e-12):  # 0.1 + 0.2 is no more than 0.3
        return rounded
    step = 10.0 ** (math.floor(math.log10(seconds)) - WAIT_DIGITS + 1)
    return float(f"{rounded + step:.{WAIT_DIGITS}g}")


def wait_number(seconds: float) -> str:
    """The number of a wait as it is written everywhere: three significant digits, rounded up, no exponent.

    >>> wait_number(6.5134), wait_number(0.0002), wait_number(60.0), wait_number(86400.0)
    ('6.52', '0.0002', '60', '86400')
    """
    value = rounded_wait(seconds)
    if value <= 0:
        return "0"
    places = max(0, WAIT_DIGITS - 1 - math.floor(math.log10(value)))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def said_wait(seconds: float) -> float:
    """The seconds of a wait as `as_wait` says it: what is reckoned from them agrees with what stands beside it.

    Three digits of seconds are no round number of hours where the wait is one.

    >>> said_wait(1.5543), said_wait(604_800.0), said_wait(12_345.0)
    (1.56, 604800.0, 12400.0)
    """
    value = rounded_wait(seconds)
    return seconds if _LONG * _HOUR <= value < math.inf and seconds % _MINUTE == 0 else value


def as_wait(seconds: float) -> str:
    """A wait with its unit; a long one in units that people know, and never shorter than `wait_number` has it.

    >>> as_wait(6.5134), as_wait(119.96), as_wait(7199.0), as_wait(90_000.0), as_wait(604_800.0), as_wait(12_345.0)
    ('6.52 s', '120 s', '2 h', '25 h', '7 d', '3 h 26 min 40 s')
    """
    value = rounded_wait(seconds)
    if not _LONG * _HOUR <= value < math.inf:
        return f"{wait_number(seconds)} s"
    left = round(said_wait(seconds))
    parts = []
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", 1)):
        if unit == "d" and left < _LONG * _DAY:
            continue
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts)


def as_rest(seconds: float) -> str:
    """What remains of a countdown: in tenths of a second, as it is watched; a long one as people say it.

    >>> as_rest(5.68), as_rest(118.9), as_rest(4314.0)
    ('5.7 s', '118.9 s', '1 h 11 min')
    """
    return f"{seconds:.1f} s" if seconds < 2 * _MINUTE else as_span(seconds)


def as_roughly(seconds: float) -> str:
    """How long something will probably take, no more exactly than that can be known.

    >>> as_roughly(33.4), as_roughly(417), as_roughly(80), as_roughly(0.2), as_roughly(9000), as_roughly(360_000)
    ('33 s', '7 min', '1 min 20 s', '1 s', '2.5 h', '4.2 d')
    """
    if seconds < _MINUTE:
        return f"{max(1, round(seconds))} s"
    if seconds < 3 * _MINUTE:
        whole = round(seconds / 10) * 10
        return f"{whole // _MINUTE} min" + (f" {whole % _MINUTE} s" if whole % _MINUTE else "")
    if seconds < 2 * _MINUTE * _MINUTE:
        return f"{round(seconds / _MINUTE)} min"
    unit, length = ("h", _HOUR) if seconds < _LONG * _DAY else ("d", _DAY)
    number = seconds / length
    return f"{number:.2g} {unit}" if number < 99.5 else f"{number:,.0f} {unit}"  # noqa: PLR2004 - .2g would round to 1e+02


def as_span(seconds: float) -> str:
    """How long something took, as people say it.

    >>> as_span(0.104), as_span(4.1), as_span(53.2), as_span(424), as_span(8000), as_span(234_566), as_span(0.00001)
    ('0.1 s', '4.1 s', '53 s', '7 min 4 s', '2 h 13 min', '2 d 17 h', '0.00001 s')
    """
    if seconds < 0.05:  # noqa: PLR2004 - below, a digit after the point says nothing
        return f"{wait_number(float(f'{seconds:.2g}'))} s"
    if seconds < 10:  # noqa: PLR2004 - and from here on none is worth it
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    minutes, rest = divmod(whole, _MINUTE)
    if minutes < _MINUTE:
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, rest = divmod(minutes, _MINUTE)
    if hours < _LONG * 24:
        return f"{hours} h" + (f" {rest} min" if rest else "")
    days, rest = divmod(hours, 24)
    return f"{days:,} d" + (f" {rest} h" if rest else "")


def as_time_off(seconds: float) -> str:
    """A time to stay away, as people say it, and never shorter.

    >>> as_time_off(59.2), as_time_off(7200.000001), as_time_off(5000), as_time_off(59_473), as_time_off(234_566)
    ('1 min', '2 h', '1 h 24 min', '16 h 32 min', '2 d 18 h')
    """
    step = 1 if seconds < _HOUR else _MINUTE if seconds < _LONG * _DAY - _MINUTE else _HOUR  # as `as_span` rounds
    return as_span(math.ceil(round(seconds / step, 6)) * step)  # 7200.0000001 is what a clock makes of 7200


def as_count(number: float, digits: int = 6) -> str:
    """A number that may be any, without an exponent: a count, or what a service says is left.

    >>> as_count(1_500_000), as_count(12.5), as_count(0.00002), as_count(0), as_count(1234.5, 3)
    ('1,500,000', '12.5', '0.00002', '0', '1,234')
    """
    return _written(number, max(0, digits - 1 - _size(number))) if math.isfinite(number) else str(number)


def as_value(number: float, digits: int = 6) -> str:
    """A number of somebody's data, in plain digits; with an exponent only where it could hardly be read without one.

    >>> as_value(5412345.6), as_value(0.00002), as_value(6.02214076e23), as_value(1.6e-19), as_value(float("nan"))
    ('5412346', '0.00002', '6.02214e+23', '1.6e-19', 'nan')
    """
    if not number or _PLAIN[0] <= abs(number) < _PLAIN[1]:
        return as_count(number, digits).replace(",", "")
    return f"{number:.{digits}g}"


def percent_number(share: float, digits: int = 4) -> str:
    """The number before a percent sign, without an exponent; what is not all is not said to be, however little is left.

    >>> percent_number(0.95), percent_number(0.00000012, 2), percent_number(0.999, 2), percent_number(0.999995)
    ('95', '0.000012', '99.9', '99.9995')
    >>> percent_number(1.0, 2), percent_number(0.0)
    ('100', '0')
    """
    number = share * 100
    left = 100 - number
    places = -_size(left) if _NOISE < left < 1 else 0
    return _written(number, max(0, digits - 1 - _size(number), places))


def as_percent(share: float, digits: int = 2) -> str:
    """A share in percent, to so many digits: `percent_number` with its sign.

    >>> as_percent(0.527), as_percent(0.05), as_percent(1.5), as_percent(0.999)
    ('53 %', '5 %', '150 %', '99.9 %')
    """
    return f"{percent_number(share, digits)} %"


def _size(number: float) -> int:
    return math.floor(math.log10(abs(number))) if number else 0


def _written(number: float, places: int) -> str:
    text = f"{number:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
