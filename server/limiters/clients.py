"""One rule for each of a million clients, in bounded memory: who has not asked for longest is forgotten first."""

from __future__ import annotations

from array import array
from collections import deque
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .contract import MOST, check_count
from .steady import fresh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .contract import Decision, Limiter


Rule = TypeVar("Rule", bound="Limiter")

MOST_NUMBERS = 4_000_000
"""Numbers remembered for all clients together (32 MB): a rule that needs many for each is kept for fewer clients."""

END = 0
"""The place where the ring of clients is closed; no client's own."""


class Clients(Generic[Rule]):
    """The same rule for many clients, each with a memory of its own.

    A client is known by eight bytes of a hash of its key, so that neither long nor many keys fill the memory; what its
    rule remembers is a row of numbers, and one limiter is used for all of them in turn. That is 160 to 180 bytes a
    client for the small rules. Not thread-safe: the caller locks.

    Args:
        template: The rule; a fresh one of it is used, itself it is left alone.
        most: Clients to remember at most; fewer where the rule needs more than four numbers for each.
        salt: Up to 16 secret bytes, so that nobody can look for two keys with the same hash.

    Example:
        >>> from server.limiters import FixedWindow
        >>> clients = Clients(FixedWindow(limit=1, window=60), most=1000)
        >>> [clients.ask(key, now=5).accepted for key in ("ann", "bob", "ann")]
        [True, True, False]
        >>> len(clients), "ann" in clients
        (2, True)
    """

    def __init__(self, template: Rule, most: int = MOST, salt: bytes = b"") -> None:
        check_count(most=most)
        self._rule = fresh(template)
        self._blank = array("d", save(self._rule))
        self._salt = salt
        self.most = max(1, min(most, MOST_NUMBERS // max(1, len(self._blank))))
        self.reset()

    def reset(self) -> None:
        """Forget all clients."""
        self._places: dict[int, int] = {}
        # A ring through all places, from the client that asked last to the one that has not asked for longest.
        self._older, self._newer = array("I", [END]), array("I", [END])
        self._hashes, self._rows = array("Q", [0]), array("d", self._blank)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return self._hash(key) in self._places

    def ask(self, key: str, now: float) -> Decision:
        """Decide on one request of the client `key` at `now` seconds."""
        place = self._place(self._hash(key))
        start, end = place * len(self._blank), (place + 1) * len(self._blank)
        load(self._rule, iter(self._rows[start:end]))
        decision = self._rule.ask(now)
        self._rows[start:end] = array("d", save(self._rule))
        return decision

    def limiter(self, key: str) -> Rule:
        """Return a copy of the rule as it stands for the client `key`; a fresh one for a client that is not known."""
        copy = fresh(self._rule)
        place = self._places.get(self._hash(key), END)
        load(copy, iter(self._rows[place * len(self._blank) : (place + 1) * len(self._blank)]))
        return copy

    def _hash(self, key: str) -> int:
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8, salt=self._salt)
        return int.from_bytes(digest.digest(), "little")

    def _place(self, hashed: int) -> int:
        """Return the client's place, made the newest: its own, a new one, or that of the client that is forgotten."""
        place = self._places.get(hashed)
        if place is None:
            place = self._make_room()
            self._places[hashed] = place
            self._hashes[place] = hashed
        else:
            self._unlink(place)
        first = self._older[END]
        self._older[END], self._newer[place] = place, END
        self._older[place], self._newer[first] = first, place
        return place

    def _make_room(self) -> int:
        if len(self._places) < self.most:
            for column, value in ((self._older, END), (self._newer, END), (self._hashes, 0)):
                column.append(value)
            self._rows.extend(self._blank)
            return len(self._hashes) - 1
        place = self._newer[END]
        self._unlink(place)
        del self._places[self._hashes[place]]
        self._rows[place * len(self._blank) : (place + 1) * len(self._blank)] = self._blank
        return place

    def _unlink(self, place: int) -> None:
        older, newer = self._older[place], self._newer[place]
        self._older[newer], self._newer[older] = older, newer


# What a limiter remembers, as a row of plain numbers that is equally long whatever happens to it.


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
