"""What the bundled service can be, and the address at which it is that. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = float | bool | str | None

TRUTHS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule.

    Attributes:
        name: As it stands in the address.
        type: `number`, `integer` or `boolean`, as JSON Schema says it.
        default: Its value where none is given.
        description: Its meaning, in a sentence.
    """

    name: str
    type: str
    default: Value
    description: str

    @property
    def preset(self) -> str:
        """The default as it would be typed: `0.5`, `true`, `none`."""
        if isinstance(self.default, float):
            return f"{self.default:.12g}"
        return str(self.default).lower()

    def read(self, text: str) -> str:
        """The text as it goes into an address. Whether the rule can use the value, the service has the last word.

        Raises:
            ValueError: When it is no value of this type.
        """
        text = text.strip()
        if not _READABLE[self.type](text):
            raise ValueError(f"{self.name} must be {_EXPECTED[self.type]}, got {text!r}. Its default is {self.preset}.")
        return text


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which the service may refuse.

    Attributes:
        name: As it stands in the address: `token-bucket`.
        sentence: What it does with its defaults.
        parameters: In the order of the service.
        within: The name of the rule that it holds when no other is named; empty when it holds none.
    """

    name: str
    sentence: str
    parameters: tuple[Parameter, ...]
    within: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything that can be chosen; of dialects, statuses and scopes the first is the default."""

    rules: tuple[Rule, ...]
    profiles: tuple[str, ...]
    dialects: tuple[str, ...]
    statuses: tuple[str, ...]
    scopes: tuple[str, ...]

    def rule(self, name: str) -> Rule:
        """The rule of that name.

        Raises:
            KeyError: When there is none.
        """
        return {rule.name: rule for rule in self.rules}[name]

    @property
    def simple(self) -> tuple[str, ...]:
        """The names of the rules that hold no other."""
        return tuple(rule.name for rule in self.rules if not rule.within)


def read_offer(told: Any) -> Offer:
    """The offer, from what `/slow` tells.

    Raises:
        KeyError, TypeError, ValueError: When it is not that.
    """
    names = {str(rule["kind"]): str(rule["name"]) for rule in told["rules"]}
    return Offer(
        tuple(_rule(rule, names) for rule in told["rules"]),
        *(tuple(map(str, told[name])) for name in ("profiles", "dialects", "statuses", "scopes")),
    )


def path_of(name: str, given: Mapping[str, str]) -> str:
    """The path and query at which the service follows that rule or profile."""
    return f"/slow/{quote(name)}" + (f"?{urlencode(given)}" if given else "")


def _rule(told: Any, names: Mapping[str, str]) -> Rule:
    within = names[told["rule"]] if "rule" in told else ""
    return Rule(str(told["name"]), str(told["sentence"]), tuple(map(_parameter, told["parameters"])), within)


def _parameter(told: Any) -> Parameter:
    kind, default = str(told["type"]), told["default"]
    if kind not in _READABLE or not isinstance(default, float | int | str | None):
        raise ValueError(told)
    return Parameter(str(told["name"]), kind, default, str(told["description"]))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]{1,18}|none", text, re.IGNORECASE | re.ASCII) is not None


_READABLE: dict[str, Callable[[str], bool]] = {
    "number": _is_number,
    "integer": _is_whole,
    "boolean": lambda text: text in TRUTHS,
}
_EXPECTED = {"number": "a number", "integer": "a whole number (or none, where the rule knows that)"}
_EXPECTED["boolean"] = " or ".join(TRUTHS)
