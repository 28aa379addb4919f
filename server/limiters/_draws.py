"""Random draws that need no memory but a count, so that a million clients can each have their own."""

from __future__ import annotations

import math

_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15


def uniform(seed: int, count: int) -> float:
    """Draw number `count` of the stream `seed`, uniform on [0, 1).

    SplitMix64 read at a position (Steele, Lea and Flood 2014, 'Fast splittable pseudorandom number generators'):
    the same two numbers give the same draw on every machine.
    """
    start = ((seed & _MASK) ^ (seed >> 64 & _MASK)) * 0xD1342543DE82EF95
    mixed = (start + (count + 1) * _GOLDEN) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    mixed ^= mixed >> 31
    return (mixed >> 11) * 2.0**-53


def exponential(seed: int, count: int, mean: float) -> float:
    """Draw number `count` of the stream `seed`, exponential with this `mean`."""
    return -mean * math.log1p(-uniform(seed, count))
