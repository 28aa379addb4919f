"""What is only ever added to, drawn in pieces, so that one more does not send all of it again. Pure.

ECharts keeps every series that a new option does not name. So the newest few things are a series of their own: it
travels with each of them, the next one with every eighth, the last of the old ones rarely, and those before it never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .theme import Option

PIECES = (8, 64)
"""Things in the newest piece and in the next; what is older stands behind them."""
FULL = 256
"""An old piece that holds so many is closed: it is not sent again."""
CLOSE = 100
"""Points from which on they are drawn as one shape: hovered and clicked like the others, for a tenth of the work."""


class Growing:
    """Things that are drawn alike.

    Args:
        ident: Of the series of what is still open; the pieces of what stays have a number behind it.
        build: The series of an identity and of the data in it.

    >>> points = Growing("points", lambda ident, data: {"id": ident, "data": data})
    >>> for each in range(20):
    ...     points.add(each)
    >>> [(series["id"], len(series["data"])) for series in points.changed()]
    [('points/0', 4), ('points/1', 16)]
    >>> points.add(20)
    >>> [series["id"] for series in points.changed()]
    ['points/0']
    """

    def __init__(self, ident: str, build: Callable[[str, list[Any]], Option]) -> None:
        self._ident, self._build = ident, build
        self._pieces: list[list[Any]] = [[], [], []]
        self._stale: set[int] = set()
        self._open: list[Any] = []
        self._told: list[Any] = []

    def add(self, thing: Any) -> None:
        """One more, which stays as it is."""
        self._pieces[0].append(thing)
        self._stale.add(0)
        for age, most in enumerate(PIECES):
            if len(self._pieces[age]) >= most:
                if age and len(self._pieces[-1]) >= FULL:
                    self._pieces.append([])
                older = len(self._pieces) - 1 if age else 1
                self._pieces[older] += self._pieces[age]
                self._pieces[age] = []
                self._stale |= {age, older}

    def leave_open(self, things: Iterable[Any]) -> None:
        """What stands after the others and may still change."""
        self._open = list(things)

    def changed(self) -> Iterator[Option]:
        """The series that are no longer as they were when this was last asked."""
        for age in sorted(self._stale):
            yield self._build(f"{self._ident}/{age}", list(self._pieces[age]))
        self._stale.clear()
        if self._told != self._open:
            self._told = self._open
            yield self._build(self._ident, list(self._open))
