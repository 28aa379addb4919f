"""What a limiter remembers, as a row of plain numbers that is equally long whatever happens to it."""

from __future__ import annotations

from collections import deque
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def save(limiter: Any) -> list[float]:
    """Return what the limiter remembers, rules within it included."""
    row: list[float] = []
    for _, _, value in _memories(limiter):
        if is_dataclass(value):
            row += save(value)
        elif isinstance(value, deque | list):
            row += [len(value), *value, *[0.0] * (limiter.limit - len(value))]
        else:
            row.append(value)
    return row


def load(limiter: Any, row: Iterator[float]) -> None:
    """Make the limiter remember what `save` returned for another one of the same rule."""
    for name, number, value in _memories(limiter):
        if is_dataclass(value):
            load(value, row)
        elif isinstance(value, deque | list):
            held = int(next(row))
            room = [next(row) for _ in range(limiter.limit)]
            value.clear()
            value.extend(room[:held])
        else:
            setattr(limiter, name, number(next(row)))


def _memories(limiter: Any) -> Iterator[tuple[str, type[int | float], Any]]:
    """Each field that the rule changes: a number, a list with room for `limit` of them, or a rule of its own."""
    kind: Any = type(limiter)  # mypy denies that classes can be hashed
    for name, is_argument, number in _fields(kind):
        value = getattr(limiter, name)
        if not is_argument or is_dataclass(value):
            yield name, number, value


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool, type[int | float]], ...]:
    """Name, whether it is an argument, and number type; what does not count for equality is no memory."""
    return tuple((each.name, each.init, int if each.type == "int" else float) for each in fields(kind) if each.compare)
