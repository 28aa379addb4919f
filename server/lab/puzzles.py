"""Puzzles: a hidden rule that follows from a level and a seed, the same for a class and on every machine. Pure."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .rules import Choice, choose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEVELS: Final = {
    1: "A rule without chance that says honestly when to come back.",
    2: "More rules, some with chance in them, that say nothing.",
    3: "Every rule, with bans, quotas and failures, and headers that may be missing or wrong.",
}
MOST_SEED: Final = 10**12
_ID: Final = re.compile(r"([1-3])-(0|[1-9][0-9]{0,12})")
_SHORTEST, _LONGEST = 0.5, 4.0


class PuzzleError(ValueError):
    """There is no such puzzle; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A hidden rule.

    Attributes:
        level: 1 to 3.
        seed: What it was drawn from.
        choice: The rule, its dialect and its status.
    """

    level: int
    seed: int
    choice: Choice

    @property
    def id(self) -> str:
        """Its place in an address, below /puzzle."""
        return f"{self.level}-{self.seed}"


def make_puzzle(level: int, seed: int) -> Puzzle:
    """The puzzle of that level and seed.

    Raises:
        PuzzleError: If the level or the seed is out of range.
    """
    if level not in LEVELS:
        raise PuzzleError(f"level must be one of {', '.join(map(str, LEVELS))}, got {level!r}.")
    if not 0 <= seed <= MOST_SEED:
        raise PuzzleError(f"seed must be a whole number from 0 to {MOST_SEED}, got {seed!r}.")
    draws = _Draws(f"waitwise puzzle {level} {seed}")
    limiter = draws.one_of(_RULES[level])
    wait = draws.between(_SHORTEST, _LONGEST)
    given = _MAKERS[limiter](draws, wait, level)
    dialect, status = draws.one_of(_DIALECTS[level]), draws.one_of(("503", "429"))
    own_seed = str(draws.whole(0, 10**6))
    return Puzzle(level, seed, choose(limiter, {**given, "dialect": dialect, "status": status, "seed": own_seed}))


def puzzle_of(identifier: str) -> Puzzle:
    """The puzzle of an address.

    Raises:
        PuzzleError: If the identifier is not that of a puzzle.
    """
    match = _ID.fullmatch(identifier)
    if match is None:
        raise PuzzleError(f"There is no puzzle {identifier!r}: a puzzle is named by level and seed, such as 1-2024.")
    return make_puzzle(int(match[1]), int(match[2]))


class _Draws:
    """Draws that are the same for one text on every Python: of `random()` that is promised, of its kin it is not."""

    def __init__(self, text: str) -> None:
        self._random = random.Random(text)  # noqa: S311 - a game, not a secret

    def between(self, low: float, high: float) -> float:
        """A number, even on a logarithmic scale, with two digits after the point."""
        return round(low * math.exp(math.log(high / low) * self._random.random()), 2)

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return low + int(self._random.random() * (high - low + 1))

    def one_of(self, things: Sequence[str]) -> str:
        """One of `things`."""
        return things[self.whole(0, len(things) - 1)]


def _gap(draws: _Draws, wait: float, level: int) -> dict[str, str]:
    noise = 0.0 if level == 1 else round(wait * 0.4, 2)
    return {"gap": f"{wait - noise:g}", "noise": f"{noise:g}", "reset": draws.one_of(("true", "false"))}


def _bucket(draws: _Draws, wait: float, _level: int) -> dict[str, str]:
    return {"rate": f"{1 / wait:.4g}", "burst": str(draws.whole(2, 8))}


def _leaky(draws: _Draws, wait: float, _level: int) -> dict[str, str]:
    return {"rate": f"{60 / wait:.0f}", "per": "60", "burst": str(draws.whole(0, 4)), "delay": "none"}


def _window(draws: _Draws, wait: float, _level: int) -> dict[str, str]:
    limit = draws.whole(3, 8)
    return {"limit": str(limit), "window": f"{limit * wait:.4g}"}


def _jobs(draws: _Draws, wait: float, _level: int) -> dict[str, str]:
    limit = draws.whole(2, 4)
    return {"limit": str(limit), "service": f"{limit * wait:.4g}"}


def _box(draws: _Draws, wait: float, _level: int) -> dict[str, str]:
    return {**_bucket(draws, wait, 1), "penalty": str(draws.whole(5, 20)), "extend": draws.one_of(("true", "false"))}


def _quota(draws: _Draws, wait: float, _level: int) -> dict[str, str]:
    quota = draws.whole(20, 40)
    burst = str(draws.whole(2, 5))
    return {"quota": str(quota), "day": f"{quota * wait:.4g}", "rate": f"{2 / wait:.4g}", "burst": burst}


def _failing(draws: _Draws, wait: float, level: int) -> dict[str, str]:
    inner = {f"rule.{name}": text for name, text in _gap(draws, wait, level).items()}
    return {"rule": "minimum-gap", "share": "0.02", **inner}


_MAKERS: Final[dict[str, Callable[[_Draws, float, int], dict[str, str]]]] = {
    "minimum-gap": _gap,
    "token-bucket": _bucket,
    "fixed-window": _window,
    "sliding-log": _window,
    "sliding-counter": _window,
    "leaky-bucket": _leaky,
    "concurrency": _jobs,
    "penalty-box": _box,
    "daily-quota": _quota,
    "random-failures": _failing,
}
_RULES: Final = {
    1: ("minimum-gap", "token-bucket", "fixed-window"),
    2: ("minimum-gap", "token-bucket", "fixed-window", "sliding-log", "leaky-bucket"),
    3: tuple(_MAKERS),
}
_DIALECTS: Final = {
    1: ("retry-after", "ietf-10"),
    2: ("none",),
    3: ("none", "github", "retry-after", "short-retry-after", "wrong-limit"),
}
