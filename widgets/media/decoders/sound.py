"""WAV: how long it is, and its outline."""

from __future__ import annotations

import array
import io
import sys
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.media.reply import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLUMNS = 500
_MOST_FRAMES = 60_000_000


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What a WAV file holds.

    Attributes:
        seconds: How long it is.
        rate: Samples a second.
        channels: 1 for mono, 2 for stereo.
        bits: Of a sample.
        peaks: The loudest sample of each of up to 500 stretches, from 0 to 1; empty where it cannot be told.
        floating: Whether its samples are floating point numbers.
    """

    seconds: float
    rate: int
    channels: int
    bits: int
    peaks: tuple[float, ...] = ()
    floating: bool = False


def sound_facts(data: bytes) -> SoundFacts:
    """Read a WAV file (RIFF) of whole numbers or of floating point ones, also one whose head is extensible."""
    data, tag, block = _plain(data)
    if tag not in (_WHOLE, _FLOATING, None):
        raise Unreadable(f"samples of its kind ({tag:#06x}) are not read here")
    with wave.open(io.BytesIO(data)) as file:
        frames, rate, channels, width = file.getnframes(), file.getframerate(), file.getnchannels(), file.getsampwidth()
        raw = file.readframes(min(frames, _MOST_FRAMES))
    held = len(raw) // max(1, width * channels)
    floating = tag == _FLOATING
    padded = width > 2 and block != width * channels  # noqa: PLR2004 - samples that lie in more bytes than they have
    peaks = () if padded else _peaks(raw, width, floating=floating)
    return SoundFacts(held / max(1, rate), rate, channels, width * 8, peaks, floating)


def _plain(data: bytes) -> tuple[bytes, int | None, int]:
    """Return a file as `wave` reads it, which knows whole numbers only; the true tag of its samples, and their bytes.

    The tag is None where there is no head, the bytes are those of all channels at once.
    """
    place = 12
    while place + 24 <= len(data) and data[place : place + 4] != b"fmt ":
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + size + size % 2
    if place + 24 > len(data):
        return data, None, 0
    size, tag, block = (int.from_bytes(data[place + at : place + end], "little") for at, end in _FIELDS)
    if tag == _WHOLE:
        return data, tag, block
    if tag == _EXTENSIBLE and size >= _LONG_HEAD and place + 34 <= len(data):
        tag = int.from_bytes(data[place + 32 : place + 34], "little")
    return data[: place + 8] + _WHOLE.to_bytes(2, "little") + data[place + 10 :], tag, block


_WHOLE, _FLOATING, _EXTENSIBLE = 1, 3, 0xFFFE
_FIELDS = ((4, 8), (8, 10), (20, 22))
_LONG_HEAD = 40


def _peaks(raw: bytes, width: int, *, floating: bool = False) -> tuple[float, ...]:
    samples = _samples(raw, width, floating=floating)
    full = 1.0 if floating else 1 << (8 * min(width, 2) - 1)
    stretch = max(1, len(samples) // _COLUMNS)
    parts = (samples[start : start + stretch] for start in range(0, len(samples), stretch)[:_COLUMNS])
    return tuple(min(1.0, _loudest(part, floating=floating) / full) for part in parts)


def _loudest(part: Sequence[float], *, floating: bool) -> float:
    if floating:
        return max(abs(sample) if sample == sample else 0.0 for sample in part)  # noqa: PLR0124 - some are no numbers
    high, low = max(part), min(part)
    return max(high, -low)


def _samples(raw: bytes, width: int, *, floating: bool) -> array.array[int] | array.array[float] | list[int]:
    """Return samples in their order; of wide whole numbers the upper two bytes, of what is not read none."""
    if floating and width not in (4, 8):
        return []
    if width == 1:
        return [byte - 128 for byte in raw[:: max(1, len(raw) // 2_000_000)]]
    if not floating and width > 2:  # noqa: PLR2004 - bytes of a 16-bit sample
        upper = bytearray(len(raw) // width * 2)
        upper[::2] = raw[width - 2 :: width][: len(upper) // 2]
        upper[1::2] = raw[width - 1 :: width][: len(upper) // 2]
        raw, width = bytes(upper), 2
    code = {2: "h", 4: "f", 8: "d"}[width]
    samples: array.array[int] | array.array[float] = array.array(code, raw[: len(raw) // width * width])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
