"""The state of every rule in use, for every client: bounded, and safe under threads."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from server.gate import in_real_seconds
from server.limiters import Clients

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.limiters import Decision, Limiter

    from .rules import Rule

MOST_RULES: Final = 64
"""Rules whose state is kept at a time; each may use a 64th of the memory that `Clients` allows itself."""

MOST_RECENT: Final = 50
EVERYONE: Final = "everyone"


@dataclass(slots=True)
class _Table:
    clients: Clients[Limiter]
    asked: int = 0
    refused: int = 0
    recent: OrderedDict[str, None] = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True)
class ClientState:
    """What a rule would say to one client now.

    Attributes:
        client: Who it is, as in `RuleTables.ask`.
        decision: The answer that a request would get now; the times of it in real seconds.
    """

    client: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule in use: how often it was asked, how often it refused, and its clients, the latest first."""

    rule: Rule
    sentence: str
    asked: int
    refused: int
    clients: tuple[ClientState, ...]


class RuleTables:
    """For each rule in use a table of its clients; the rule that was not asked for longest is forgotten first.

    Args:
        time_scale: Factor on all times of the rules.
        clock: Epoch seconds that never go back.
    """

    def __init__(self, *, time_scale: float, clock: Callable[[], float]) -> None:
        self._time_scale = time_scale
        self._clock = clock
        self._salt = secrets.token_bytes(16)
        self._tables: OrderedDict[Rule, _Table] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, rule: Rule, client: str) -> tuple[Decision, float]:
        """Decide on a request of `client` that comes now; gives the decision, in real seconds, and its epoch seconds.

        Whoever states the decision as a date must reckon from that moment: from a later one a window that ends with a
        whole second would be said to end with the next.
        """
        who = EVERYONE if rule.shared else client
        with self._lock:
            table = self._table(rule)
            now = self._clock()
            decision = table.clients.ask(who, now / self._time_scale)
            table.asked += 1
            table.refused += not (decision.accepted or decision.failed)
            table.recent[who] = None
            table.recent.move_to_end(who)
            if len(table.recent) > MOST_RECENT:
                table.recent.popitem(last=False)
        return in_real_seconds(decision, self._time_scale), now

    def reset(self) -> int:
        """Forget every client of every rule; gives how many rules that were."""
        with self._lock:
            rules = len(self._tables)
            self._tables.clear()
        return rules

    def look(self) -> list[RuleState]:
        """The state of every rule in use, the latest first, without a request."""
        with self._lock:
            now = self._clock() / self._time_scale
            return [self._state(rule, table, now) for rule, table in reversed(self._tables.items())]

    def _state(self, rule: Rule, table: _Table, now: float) -> RuleState:
        clients = tuple(
            ClientState(who, in_real_seconds(table.clients.limiter(who).ask(now), self._time_scale))
            for who in reversed(table.recent)
        )
        return RuleState(rule, rule.build().describe(), table.asked, table.refused, clients)

    def _table(self, rule: Rule) -> _Table:
        table = self._tables.get(rule)
        if table is None:
            limiter = rule.build()
            most = max(1, Clients(limiter).most // MOST_RULES)
            table = self._tables[rule] = _Table(Clients(limiter, most, self._salt))
            if len(self._tables) > MOST_RULES:
                self._tables.popitem(last=False)
        self._tables.move_to_end(rule)
        return table
