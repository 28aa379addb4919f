"""WAV: how long it is, and its outline."""

from __future__ import annotations

import array
import io
import sys
import wave
from dataclasses import dataclass

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
    """

    seconds: float
    rate: int
    channels: int
    bits: int
    peaks: tuple[float, ...] = ()


def sound_facts(data: bytes) -> SoundFacts:
    """Read a WAV file (RIFF, PCM)."""
    with wave.open(io.BytesIO(data)) as file:
        frames, rate, channels, width = file.getnframes(), file.getframerate(), file.getnchannels(), file.getsampwidth()
        raw = file.readframes(min(frames, _MOST_FRAMES))
    held = len(raw) // max(1, width * channels)
    return SoundFacts(held / max(1, rate), rate, channels, width * 8, _peaks(raw, width))


def _peaks(raw: bytes, width: int) -> tuple[float, ...]:
    if width == 1:
        samples: array.array[int] | list[int] = [byte - 128 for byte in raw[:: max(1, len(raw) // 2_000_000)]]
    elif width == 2:  # noqa: PLR2004 - bytes of a 16-bit sample
        samples = array.array("h", raw[: len(raw) // 2 * 2])
        if sys.byteorder == "big":
            samples.byteswap()
    else:
        return ()
    full = 1 << (8 * width - 1)
    stretch = max(1, len(samples) // _COLUMNS)
    parts = [samples[start : start + stretch] for start in range(0, len(samples), stretch)]
    return tuple(abs(max(part, key=abs)) / full for part in parts[:_COLUMNS])
