"""Which rule, and how it refuses: from the text parameters of an address, or from a profile file. Pure.

A profile file is TOML, the services of a lesson under names of one's own:

    [weather]                  # served at /slow/weather
    limiter = "token-bucket"   # a name of LIMITERS; every other key is a parameter, as in an address
    rate = 0.5
    burst = 10
    dialect = "github"
    status = 429
    scope = "shared"
"""

from __future__ import annotations

import inspect
import re
import tomllib
from dataclasses import MISSING, Field, dataclass, fields
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from server.headers import DIALECTS
from server.limiters import LIMITERS, Limiter
from server.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Value: TypeAlias = "float | bool | str | None"

STATUSES: Final = (503, 429, 403)
SCOPES: Final = ("client", "shared")
SMALLEST: Final = 1e-9
LARGEST: Final = 1e9
"""Numbers that a rule is asked to reckon with, zero and the negative ones apart."""

COMPOUND: Final = frozenset({"shared", "random-failures"})
"""Rules that hold another rule."""


class ChoiceError(ValueError):
    """A parameter cannot be used; the message names it, says what was given and what is expected."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a rule.

    Attributes:
        name: Of the argument.
        annotation: Its type as the rule's dataclass says it.
        type: The same as JSON Schema says it.
        default: Its value where none is given.
        description: Its sentence in the rule's docstring.
    """

    name: str
    annotation: str
    type: str
    default: Value
    description: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its name in `LIMITERS` and the arguments that differ from the defaults; equal ones share state."""

    limiter: str
    arguments: tuple[tuple[str, Value], ...] = ()
    shared: bool = False

    def build(self) -> Limiter:
        """A fresh limiter.

        Raises:
            ChoiceError: If the arguments do not go together.
        """
        own = {name: value for name, value in self.arguments if "." not in name and name != "rule"}
        inner = {name.removeprefix("rule."): value for name, value in self.arguments if name.startswith("rule.")}
        try:
            if self.limiter in COMPOUND:
                chosen = dict(self.arguments).get("rule")
                kind = inner_rule(self.limiter) if chosen is None else LIMITERS[str(chosen)]
                own["rule"] = kind(**inner)  # type: ignore[assignment] # checked where it was read
            return LIMITERS[self.limiter](**own)
        except (ValueError, OverflowError) as error:
            raise ChoiceError(f"{error}.") from error


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule and how it refuses: the status, and the dialect in which it states its limits."""

    rule: Rule
    dialect: str = "none"
    status: int = 503


def choose(limiter: str, given: Mapping[str, str]) -> Choice:
    """Read `given`: the arguments of the rule (of a rule within it with `rule.`), `dialect`, `status` and `scope`.

    Raises:
        ChoiceError: If one is unknown or cannot be used.
    """
    if limiter not in LIMITERS:
        raise ChoiceError(f"There is no rule {limiter!r}. There are: {', '.join(LIMITERS)}.")
    stance = {name: given[name] for name in ("dialect", "status", "scope") if name in given}
    arguments = {name: text for name, text in given.items() if name not in stance}
    rule = Rule(limiter, _arguments(limiter, arguments), _one_of("scope", stance, SCOPES) == "shared")
    rule.build()
    status = _one_of("status", stance, tuple(map(str, STATUSES)))
    return Choice(rule, _one_of("dialect", stance, tuple(DIALECTS)), int(status))


def parameters_of(limiter: type[Limiter]) -> dict[str, Parameter]:
    """The arguments of a rule, in order, but for a rule within it."""
    sentences = _sentences(inspect.getdoc(limiter) or "")
    return {
        each.name: Parameter(each.name, str(each.type), _TYPES[each.type], _default(each), sentences.get(each.name, ""))
        for each in _public(limiter)
        if each.type in _TYPES
    }


def inner_rule(limiter: str) -> type[Limiter]:
    """The rule that a compound one holds when no other is named."""
    factory = next(each.default_factory for each in _public(LIMITERS[limiter]) if each.name == "rule")
    assert factory is not MISSING  # noqa: S101 - so are the compound rules made
    return type(factory())


def _arguments(limiter: str, given: Mapping[str, str]) -> tuple[tuple[str, Value], ...]:
    known = parameters_of(LIMITERS[limiter])
    read: dict[str, Value] = {}
    given = dict(given)
    if limiter in COMPOUND:
        inner = inner_rule(limiter)
        if "rule" in given:
            name = read["rule"] = _one_of("rule", given, tuple(name for name in LIMITERS if name not in COMPOUND))
            inner = LIMITERS[name]
            del given["rule"]
        known |= {f"rule.{name}": parameter for name, parameter in parameters_of(inner).items()}
    for name, text in given.items():
        if name not in known:
            raise ChoiceError(f"{limiter} has no parameter {name!r}. It has: {', '.join(known)}.")
        value = _value(known[name], name, text)
        if value != known[name].default:
            read[name] = value
    return tuple(sorted(read.items()))


def _value(parameter: Parameter, name: str, text: str) -> Value:
    kind, read = parameter.type, _READERS[parameter.annotation]
    try:
        return read(text.strip())
    except ValueError as error:
        raise ChoiceError(f"{name} must be of type {kind}, and not extreme, got {text!r}.") from error


def _one_of(name: str, given: Mapping[str, str], allowed: tuple[str, ...]) -> str:
    """What is given, or the first that is allowed."""
    text = given.get(name, allowed[0])
    if text not in allowed:
        raise ChoiceError(f"{name} must be one of {', '.join(allowed)}, got {text!r}.")
    return text


def _public(limiter: type[Limiter]) -> list[Field[Any]]:
    return [each for each in fields(limiter) if each.init]  # type: ignore[arg-type] # every limiter is a dataclass


def _default(field: Field[Any]) -> Value:
    # Every argument of a rule has one, or the rule could not be built without any.
    return cast("Value", field.default)


def _sentences(docstring: str) -> dict[str, str]:
    """What a docstring says under Args, by name."""
    section = re.search(r"^Args:\n((?: {4}.*\n?|\n)+)", docstring, re.MULTILINE)
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8,}.*)*)", section[1] if section else "", re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}


def _number(text: str) -> float:
    value = float(text)
    # A reciprocal must not overflow, nor a sum with the time of day lose it.
    if not (value == 0 or SMALLEST <= abs(value) <= LARGEST):
        raise ValueError(text)
    return value


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError(text)
    return int(text)


def _whole_or_none(text: str) -> int | None:
    return None if text.lower() == "none" else _whole(text)


def _truth(text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    try:
        return words[text.lower()]
    except KeyError as error:
        raise ValueError(text) from error


# By what a dataclass says: its annotations are texts here, and some name what only a type checker imports.
_TYPES: Final[dict[Any, str]] = {"float": "number", "int": "integer", "bool": "boolean", "int | None": "integer"}
_READERS: Final[dict[str, Callable[[str], Value]]] = {
    "float": _number,
    "int": _whole,
    "bool": _truth,
    "int | None": _whole_or_none,
}


_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_profiles(path: Path) -> dict[str, Choice]:
    """The choices of a profile file, by name.

    Raises:
        SettingsError: If the file or an entry cannot be used; the message names it.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"The profile file (WAITWISE_PROFILE, --profile) {path} cannot be read: {error}."
        ) from error
    return {name: _profile(f"{path}, [{name}]", name, table) for name, table in tables.items()}


def _profile(where: str, name: str, table: Any) -> Choice:
    if not isinstance(table, dict) or "limiter" not in table:
        raise SettingsError(f"{where}: write a table with limiter = one of {', '.join(LIMITERS)}.")
    if not _NAME.fullmatch(name) or name in LIMITERS:
        raise SettingsError(f"{where}: a name is made of a-z, 0-9 and single dashes, and is not that of a rule.")
    given = dict(_texts(table))
    try:
        return choose(given.pop("limiter"), given)
    except ChoiceError as error:
        raise SettingsError(f"{where}: {error}") from error


def _texts(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Each value as an address would say it; a table `rule` within gives `rule.…`, its own `limiter` being `rule`."""
    texts: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            texts += _texts(value, f"{prefix}{key}.")
        elif prefix and key == "limiter":
            texts.append((prefix.rstrip("."), str(value)))
        else:
            texts.append((f"{prefix}{key}", str(value)))
    return texts
