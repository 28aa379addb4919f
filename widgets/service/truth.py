"""What the service really does, how a guess compares with it, and of which address it can be told. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .score import PUZZLE, Cost, Score

REFUSAL_RATE = 0.05
"""The refusal rate at which the game calls a wait safe."""
SLOW_NASA = "minimum-gap"
"""The rule of /Slow-NASA, with its defaults."""

ALIASES = {
    "minimum gap without reset": "minimum-gap",
    "sliding window": "sliding-log",
    "refusals at random": "random-failures",
    "none seen": "none",
}
"""Names that whoever infers a rule may use, where the service's name is not the same words with hyphens."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a rule really does.

    Attributes:
        limiter: The rule's name.
        sentence: What it does, with the rule's own times; where the service scales them it says so.
        steady_waits: By refusal rate the smallest spacing in real seconds; `inf` where no spacing is slow enough.
        curve: Pairs of a wait in real seconds and the share that is accepted at it, waits rising.
    """

    limiter: str
    sentence: str
    steady_waits: dict[float, float]
    curve: tuple[tuple[float, float], ...]

    @property
    def wait(self) -> float:
        """The steady wait in seconds at `REFUSAL_RATE`."""
        return self.steady_waits[REFUSAL_RATE]


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A puzzle, and where this learner stands with it; guess, score and truth come together, once it is committed."""

    id: str
    sentence: str
    kinds: tuple[str, ...]
    guess: tuple[str, float] | None = None
    score: Score | None = None
    truth: Truth | None = None


def read_truth(told: Any) -> Truth:
    """The truth, from what the service tells.

    Raises:
        KeyError, TypeError, ValueError: When it is not that.
    """
    waits = {
        float(each["refusal_rate"]): math.inf if each["wait"] is None else _number(each["wait"])
        for each in told["steady_waits"]
    }
    curve = tuple((_number(each["wait"]), _number(each["accepted"])) for each in told["curve"])
    truth = Truth(str(told["limiter"]), str(told["sentence"]), waits, curve)
    _ = truth.wait
    return truth


def read_puzzle(told: Any) -> Puzzle:
    """A puzzle, from what the service tells.

    Raises:
        KeyError, TypeError, ValueError: When it is not that.
    """
    identifier = str(told["id"])
    if not re.fullmatch(r"[0-9a-z-]{1,40}", identifier):
        raise ValueError(identifier)
    about = Puzzle(identifier, str(told["sentence"]), tuple(map(str, told["kinds"])))
    if "score" not in told:
        return about
    cost = told["score"]["cost"]
    return Puzzle(
        *(about.id, about.sentence, about.kinds),
        guess=(str(told["guess"]["kind"]), _number(told["guess"]["wait"])),
        score=Score(
            int(told["score"]["points"]),
            Cost(*(int(cost[name]) for name in ("requests", "refused", "early"))),
            PUZZLE,
        ),
        truth=read_truth(told["truth"]),
    )


def kind_of(name: str) -> str:
    """The service's name for a kind of rule that is called `name`."""
    return ALIASES.get(name, name.replace(" ", "-"))


def place(base: str, address: str) -> tuple[str, str] | None:
    """What stands at an address of the service: `("puzzle", id)`, or `("rule", path of its truth)`, or `None`."""
    try:
        mine, parts = urlsplit(base), urlsplit(address.strip())
        if (_host(parts.hostname), parts.port) != (_host(mine.hostname), mine.port):
            return None
    except ValueError:
        return None
    steps = parts.path.removeprefix(mine.path.rstrip("/")).strip("/").split("/")
    query = f"?{parts.query}" if parts.query else ""
    match steps:
        case ["puzzle", identifier] | ["puzzle", identifier, "about"] if identifier:
            return "puzzle", identifier
        case ["slow", name] if name:
            return "rule", f"/lab/truth/{name}{query}"
        case ["Slow-NASA"]:
            return "rule", f"/lab/truth/{SLOW_NASA}"
    return None


def _host(name: str | None) -> str:
    return "127.0.0.1" if name == "localhost" else name or ""


def _number(told: Any) -> float:
    value = float(told)
    if not math.isfinite(value):
        raise ValueError(told)
    return value
