"""Rules that the laboratory does not offer, for the arena: bans that grow, counts that come late, nodes, tiers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING, ClassVar

from server.limiters import Decision, TokenBucket

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.limiters import Limiter


class Rule(ABC):
    """What all of them share; nobody asks them for the share that a wait has accepted, but for the wait."""

    kind: ClassVar[str] = "for the arena"
    seed: int = 0

    @abstractmethod
    def steady_wait(self, refusal_rate: float) -> float: ...

    def acceptance(self, wait: float) -> float:
        return float(wait >= self.steady_wait(0.0))


def measured(make: Callable[[], Limiter], low: float, high: float, refusal_rate: float) -> float:
    """The shortest steady wait between `low` and `high` at which no more are refused, of 3,000 requests."""
    for _ in range(12):
        middle, rule = math.sqrt(low * high), make()
        answers = [rule.ask(1000 + i * middle).accepted for i in range(4000)]
        refused = answers[1000:].count(False) / 3000
        low, high = (low, middle) if refused <= refusal_rate else (middle, high)
    return high


class DoublingBan(Rule):
    """A bucket; a request that finds it empty shuts the client out, each time for twice as long."""

    def __init__(self, rate: float, burst: int, ban: float) -> None:
        self.rate, self.seed, self._bucket, self._ban, self._until = rate, 0, TokenBucket(rate, burst), ban, 0.0
        self._says = f"A bucket of {burst} tokens gains {rate:g} each second; the first ban lasts {ban:g} s"

    def ask(self, now: float) -> Decision:
        if now < self._until:
            return Decision(accepted=False, retry_after=self._until - now)
        decision = self._bucket.ask(now)
        if decision.accepted:
            return Decision(accepted=True)
        self._until, self._ban = now + self._ban, 2 * self._ban
        return Decision(accepted=False, retry_after=self._until - now)

    def steady_wait(self, refusal_rate: float) -> float:
        return 1 / self.rate

    def describe(self) -> str:
        return f"{self._says}, each further one twice as long."


TWICE = 2


class LateCount(Rule):
    """At most `limit` in any `window` seconds, as far as is counted: a request is counted `late` s afterwards."""

    def __init__(self, limit: int, window: float, late: float) -> None:
        self.limit, self.window, self.late, self.seed = limit, window, late, 0
        self._times: deque[float] = deque()
        self._known: dict[float, float] = {}

    def ask(self, now: float) -> Decision:
        while self._times and self._times[0] <= now - self.window:
            self._times.popleft()
        if sum(each <= now - self.late for each in self._times) >= self.limit:
            return Decision(accepted=False, retry_after=self._times[0] + self.window - now)
        self._times.append(now)
        return Decision(accepted=True)

    def steady_wait(self, refusal_rate: float) -> float:
        """Measured: at a wait that lets one more count, all are refused until it is known of these."""
        if refusal_rate not in self._known:
            even = (self.window - self.late) / self.limit
            make = lambda: LateCount(self.limit, self.window, self.late)  # noqa: E731
            self._known[refusal_rate] = measured(make, (1 - refusal_rate) * even, TWICE * even, refusal_rate)
        return self._known[refusal_rate]

    def describe(self) -> str:
        return f"{self.limit} in any {self.window:g} s, counted {self.late:g} s late."


class Nodes(Rule):
    """Several nodes by turns, each with a count of its own."""

    def __init__(self, nodes: Sequence[Limiter]) -> None:
        self._nodes, self._turn, self.seed = nodes, 0, 0

    def ask(self, now: float) -> Decision:
        self._turn = (self._turn + 1) % len(self._nodes)
        decision = self._nodes[self._turn].ask(now)
        return Decision(accepted=decision.accepted, retry_after=decision.retry_after)

    def steady_wait(self, refusal_rate: float) -> float:
        return max(node.steady_wait(refusal_rate) for node in self._nodes) / len(self._nodes)

    def describe(self) -> str:
        return f"{len(self._nodes)} nodes by turns: {self._nodes[0].describe()}"


class Tiers(Rule):
    """All of several rules must serve a request; those before the one that refuses have counted it."""

    def __init__(self, rules: Sequence[Limiter]) -> None:
        self._rules, self.seed = rules, 0

    def ask(self, now: float) -> Decision:
        for rule in self._rules:
            decision = rule.ask(now)
            if not decision.accepted:
                return Decision(accepted=False, retry_after=decision.retry_after)
        return Decision(accepted=True)

    def steady_wait(self, refusal_rate: float) -> float:
        return max(rule.steady_wait(refusal_rate) for rule in self._rules)

    def describe(self) -> str:
        return " And: ".join(rule.describe() for rule in self._rules)


class Stepwise(Rule):
    """`limit` tokens are there again at each multiple of `window`, and no more than that are kept."""

    def __init__(self, limit: int, window: float) -> None:
        self.limit, self.window, self.seed = limit, window, 0
        self._left, self._step = float(2 * limit), -1.0

    def ask(self, now: float) -> Decision:
        if now // self.window != self._step:
            gained = self.limit * (now // self.window - self._step)
            self._step, self._left = now // self.window, min(2 * self.limit, self._left + gained)
        if self._left < 1:
            return Decision(accepted=False, retry_after=(self._step + 1) * self.window - now)
        self._left -= 1
        return Decision(accepted=True)

    def steady_wait(self, refusal_rate: float) -> float:
        return (1 - refusal_rate) * self.window / self.limit

    def describe(self) -> str:
        return f"{self.limit} tokens each {self.window:g} s, twice as many at most."
