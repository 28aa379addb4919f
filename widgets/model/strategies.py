"""Where whoever needs a strategy by its name finds it, without knowing the room that thinks.

The rooms do not know each other: the session that learns a pace is in one, the strategies are in another. Both know the
messages (`attempt`). The package that holds all rooms, and is loaded before any of them, offers the strategies here;
they are loaded when the first of them is asked for. A name that is resolved from a text would do the same behind the
back of the linter, and entry points would only be known after an installation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .attempt import Budget, Goal, Strategy

Make: TypeAlias = "Callable[[Goal, Budget], Strategy]"
"""Begins a strategy."""

_offers: list[Callable[[], Mapping[str, Make]]] = []


def offer(load: Callable[[], Mapping[str, Make]]) -> None:
    """Offer strategies; `load` is called when one is asked for, and gives them by name."""
    _offers.append(load)


def named(name: str) -> Make:
    """The strategy of that name.

    >>> named("quick").__name__
    'quick'
    >>> named("hasty")
    Traceback (most recent call last):
    ValueError: there is no strategy 'hasty': choose one of careful, doubling, identify, quick

    Raises:
        ValueError: When there is none.
    """
    known = {each: make for load in _offers for each, make in load().items()}
    if name not in known:
        raise ValueError(f"there is no strategy {name!r}: choose one of {', '.join(sorted(known))}")
    return known[name]
