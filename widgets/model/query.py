"""JMESPath as a person types it: read, or a sentence about what is wrong with it. Pure."""

from __future__ import annotations

from importlib import import_module
from typing import Any

jmespath: Any = import_module("jmespath")  # it comes without types
functions: Any = import_module("jmespath.functions").Functions.FUNCTION_TABLE

LONGEST = 60
"""Characters that are repeated of an expression that cannot be read."""
NAMES = {
    "expref": "an expression, such as &name",
    **dict.fromkeys(("array", "list"), "an array"),
    **dict.fromkeys(("object", "dict", "OrderedDict"), "an object"),
    **dict.fromkeys(("string", "str"), "a string"),
    **dict.fromkeys(("number", "int", "float"), "a number"),
    **dict.fromkeys(("boolean", "bool"), "true or false"),
    **dict.fromkeys(("null", "NoneType"), "null"),
}


class Query:
    """An expression that can be asked of any data.

    Args:
        expression: In JMESPath.

    Raises:
        ValueError: When it is none, or calls a function that there is not; the message says what, and where.

    >>> Query("planets[?moons > `0`].name").of({"planets": [{"name": "Mars", "moons": 2}]})
    ['Mars']
    >>> Query("planets[")
    Traceback (most recent call last):
        ...
    ValueError: 'planets[' is no JMESPath: it ends too early.
    """

    def __init__(self, expression: str) -> None:
        try:
            self._compiled = jmespath.compile(expression)
            _check(self._compiled.parsed)
        except jmespath.exceptions.JMESPathError as error:
            raise ValueError(f"{_short(expression)!r} is no JMESPath: {_fault(error)}.") from error
        except RecursionError as error:
            raise ValueError(f"{_short(expression)!r} is nested too deeply.") from error

    def of(self, data: Any) -> Any:
        """What it chooses; `None` where there is no such thing.

        Raises:
            ValueError: When one of its functions cannot take what the data hold; the message says which.

        >>> Query("length(age)").of({"age": 7})
        Traceback (most recent call last):
            ...
        ValueError: length() takes a string, an array or an object, and here it got a number.
        """
        try:
            return self._compiled.search(data)
        except jmespath.exceptions.JMESPathTypeError as error:
            takes = _either(error.expected_types)
            raise ValueError(
                f"{error.function_name}() takes {takes}, and here it got {_named(error.actual_type)}."
            ) from error


def _check(node: dict[str, Any]) -> None:
    """Functions are looked up while an expression is asked, and only where it comes to that: look before."""
    if node["type"] == "function_expression":
        name, given = node["value"], len(node["children"])
        if name not in functions:
            raise ValueError(f"JMESPath has no function {name}().")
        takes = functions[name]["signature"]
        several = bool(takes) and bool(takes[-1].get("variadic"))
        if given < len(takes) or (given > len(takes) and not several):
            least = (
                f"{len(takes)}{' or more' if several else ''} argument{'' if len(takes) == 1 and not several else 's'}"
            )
            raise ValueError(f"{name}() takes {least}, and here it gets {given}.")
    for child in node["children"]:
        if isinstance(child, dict):
            _check(child)


def _short(expression: str) -> str:
    return expression if len(expression) <= LONGEST else f"{expression[: LONGEST - 1]}…"


def _fault(error: Any) -> str:
    """What is wrong, of an expression that could not be read."""
    if isinstance(error, jmespath.exceptions.LexerError):
        return f"{error.message[0].lower()}{error.message[1:]} at character {error.lexer_position + 1}"
    if isinstance(error, jmespath.exceptions.ParseError):
        if not error.token_value:
            return "it ends too early"
        return f"{str(error.token_value)!r} is not expected at character {error.lex_position + 1}"
    return "it is empty"


def _either(types: list[str]) -> str:
    *others, last = [_named(each) for each in types]
    return f"{', '.join(others)} or {last}" if others else last


def _named(kind: str) -> str:
    """`array-number` as `an array of numbers`; what an array holds goes by the names that Python has."""
    of, _, inner = kind.partition("-")
    return f"an array of {inner}s" if inner else NAMES.get(of, f"a {of}")
