"""A rule that may be the service's, in words: never without its support, and with a range for each parameter. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .rules import Rule

MOST = 0.99
"""Beyond this the rules that were not compared are the greater doubt."""

NONE_SEEN = "none seen"

ANOTHER = "another rule"


class Parameter(NamedTuple):
    """A parameter of a rule: its best value, and the range that is consistent with the attempts."""

    name: str
    value: float
    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        """'rate 0.48 to 0.52/s': the best value alone would say more than is known."""
        low, high = f"{self.low:.3g}", f"{self.high:.3g}"
        return f"{self.name} {low}{self.unit}" if low == high else f"{self.name} {low} to {high}{self.unit}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that may be the service's.

    Attributes:
        name: `minimum gap`, `minimum gap without reset`, `token bucket`, `fixed window`, `sliding window`,
            `penalty box`, `refusals at random`, `another rule` or `none seen`.
        parameters: Their values, where there are any.
        support: Its weight among all the rules that were compared, 0 to 1.
        explained: Attempts that it predicts, of `attempts`.
        attempts: Attempts that say something about pace.
        rules: Some of the rules within the ranges, the likelier ones more often, having seen all of the attempts.
    """

    name: str
    parameters: tuple[Parameter, ...]
    support: float
    explained: int
    attempts: int
    rules: tuple[Rule, ...] = ()

    def __str__(self) -> str:
        """'token bucket, burst 20, rate 0.48 to 0.52/s: support 93 %'."""
        if self.name == NONE_SEEN:
            return f"{NONE_SEEN}: all {self.attempts} were accepted, and nothing is known beyond them"
        if self.name == ANOTHER:
            return f"{ANOTHER}, none of those compared: {said(self.support)}"
        details = "".join(f", {each}" for each in self.parameters)
        return f"{self.name}{details}: {said(self.support)}, {self.explained} of {self.attempts} answers explained"


def said(support: float) -> str:
    """The support in words: only the rules that were compared are in it, so that it is never all or nothing."""
    if support > MOST:
        return "support over 99 %"
    return f"support {max(1.0, support * 100):.0f} %"
