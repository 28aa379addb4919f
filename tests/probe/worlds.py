"""Services that refuse as real ones were reported to, in virtual time; each keeps a log to check a verdict against.

A world answers `(status, headers, body)` at second `t`; `drive_world` lets a strategy probe it with the real runner.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from widgets.model.attempt import Budget, Goal
from widgets.probe.asker import Answer
from widgets.probe.recorder import Listener
from widgets.probe.run import follow
from widgets.probe.strategies import STRATEGIES, recheck

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from widgets.model.attempt import Attempt, Verdict

    Said = tuple[int | None, Mapping[str, str], str]

GOOD = '{"Time Series": {' + ", ".join(f'"{i}": {i}' for i in range(200)) + "}}"
JSON = {"Content-Type": "application/json"}


class Window:
    """At most `quota` accepted in any `seconds`."""

    def __init__(self, quota: int, seconds: float) -> None:
        self.quota, self.seconds, self.times = quota, seconds, deque[float]()

    def take(self, t: float) -> bool:
        while self.times and self.times[0] <= t - self.seconds:
            self.times.popleft()
        if len(self.times) >= self.quota:
            return False
        self.times.append(t)
        return True


class Bucket:
    """`size` tokens, `rate` more each second."""

    def __init__(self, size: float, rate: float) -> None:
        self.size, self.rate, self.level, self.t = size, rate, size, 0.0

    def take(self, t: float) -> bool:
        self.level, self.t = min(self.size, self.level + (t - self.t) * self.rate), t
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Gap:
    """A request is served so many seconds after the last one, refused or not."""

    def __init__(self, gap: float) -> None:
        self.gap, self.last = gap, -1e9

    def take(self, t: float) -> bool:
        served, self.last = t - self.last >= self.gap, t
        return served


class Clocked:
    """At most `quota` in each `seconds` of the clock, which are `into` over at the start."""

    def __init__(self, quota: int, seconds: float, into: float = 0.0) -> None:
        self.quota, self.seconds, self.into, self.turn, self.used = quota, seconds, into, -1, 0

    def take(self, t: float) -> bool:
        turn = int((t + self.into) // self.seconds)
        if turn != self.turn:
            self.turn, self.used = turn, 0
        if self.used >= self.quota:
            return False
        self.used += 1
        return True

    def left(self, t: float) -> int:
        """What is left at second `t`."""
        return self.quota if int((t + self.into) // self.seconds) != self.turn else self.quota - self.used

    def reset(self, t: float) -> float:
        """Seconds until all of it is there again."""
        return self.seconds - (t + self.into) % self.seconds


class Late:
    """At most `quota` in any `seconds`, as far as requests are known: `late` seconds afterwards."""

    def __init__(self, quota: int, seconds: float, late: float) -> None:
        self.quota, self.seconds, self.late, self.times = quota, seconds, late, deque[float]()

    def take(self, t: float) -> bool:
        while self.times and self.times[0] <= t - self.seconds:
            self.times.popleft()
        if sum(each <= t - self.late for each in self.times) >= self.quota:
            return False
        self.times.append(t)
        return True


class Turns:
    """Several rules by turns."""

    def __init__(self, rules: Sequence[Bucket | Window]) -> None:
        self.rules, self.turn = rules, 0

    def take(self, t: float) -> bool:
        self.turn = (self.turn + 1) % len(self.rules)
        return self.rules[self.turn].take(t)


class Spells:
    """All is refused for `spell` seconds, at times that have nothing to do with the pace."""

    def __init__(self, share: float, spell: float, seed: int) -> None:
        self.share, self.spell, self.random = share, spell, Random(seed)  # noqa: S311
        self.shut, self.next = False, 0.0

    def take(self, t: float) -> bool:
        while t >= self.next:
            self.shut = not self.shut and self.next > 0
            mean = self.spell if self.shut else self.spell * (1 - self.share) / self.share
            self.next += self.random.expovariate(1 / mean)
        return not self.shut


@dataclass
class World:
    """One service.

    Attributes:
        name: For the test's id.
        takes: Whether it serves a request at second `t`.
        refusal: What it answers else.
        good: What it answers when it serves.
        latency: Seconds.
        first: Until when it refuses everything, whatever comes: a ban from earlier.
        ban: Seconds for which it refuses everything after a refusal.
        slow: Seconds that an answer takes which does not serve; as long as any other unless given.
        fault: What it answers where it fails by chance.
        states: The headers of each answer at second `t`; none unless given.
        said: The last of those headers.
        log: Of each request: second, whether it was served, status.
    """

    name: str
    takes: Callable[[float], bool]
    refusal: Said
    good: Said = (200, JSON, GOOD)
    latency: float = 0.05
    first: float = -1.0
    ban: float = 0.0
    shut: float = -1.0
    faults: float = 0.0
    slow: float = 0.0
    fault: Said = (500, {}, "")
    states: Callable[[float], Mapping[str, str]] | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    log: list[tuple[float, bool, int | None]] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(3))  # noqa: S311 - a simulation, not a secret

    def answer(self, t: float) -> Said:
        if self.faults and self.random.random() < self.faults:
            self.log.append((t, False, 500))
            return self.fault
        served = t >= self.first and t >= self.shut and self.takes(t)
        if not served and t >= self.first and t >= self.shut:
            self.shut = t + self.ban
        said = self.good if served else self.refusal
        self.log.append((t, served, said[0]))
        self.said = self.states(t) if self.states else {}
        return said[0], {**said[1], **self.said}, said[2]


class _Clock:
    def __init__(self) -> None:
        self.t = 0.0

    def now(self) -> float:
        return self.t

    def wait(self, seconds: float, stop: threading.Event) -> None:
        del stop
        self.t += max(1e-6, seconds)


def drive_world(
    world: World, strategy: str, budget: Budget | None = None, wait: float = 0.0
) -> tuple[Verdict, list[Attempt]]:
    """Probe a world, or look again at a `wait`; gives the verdict and the attempts as the runner made them."""
    clock = _Clock()
    attempts: list[Attempt] = []

    def ask(stop: threading.Event) -> Answer:
        del stop
        status, headers, body = world.answer(clock.t)
        took = world.slow if world.slow and not world.log[-1][1] else world.latency
        clock.t += took
        if status is None:
            return Answer(None, {}, took, body)
        return Answer(status, headers, took, size=len(body), excerpt=body[:2000])

    limits = budget or Budget()
    plan = recheck(Goal(), limits, wait) if wait else STRATEGIES[strategy](Goal(), limits)
    return follow(plan, ask, clock=clock, watch=Listener(attempts.append)), attempts


BODIES: dict[str, Said] = {
    "403": (403, JSON, '{"error": {"errors": [{"reason": "forbidden"}]}}'),
    "404": (404, {}, ""),
    "422": (422, JSON, '{"errors": "base"}'),
    "504": (504, {}, ""),
    "302 to a captcha": (302, {"Location": "https://example.org/captcha"}, ""),
    "no answer": (None, {}, "Connection refused"),
    "200 with a note": (200, JSON, '{"Note": "Thank you for using us."}'),
    "200 with a page": (200, {"Content-Type": "text/html"}, "<form>Are you a human?</form>"),
    "200 that is empty": (200, JSON, ""),
}
"""Refusals that no list of statuses knows."""

WORDED: dict[str, Said] = {
    "400 of AWS": (400, JSON, '{"__type": "ThrottlingException", "message": "Rate exceeded"}'),
    "400 of Stack Exchange": (400, JSON, '{"error_message": "too many requests from this IP"}'),
    "401 of Instagram": (401, JSON, '{"message": "Please wait a few minutes before you try again."}'),
    "402": (402, JSON, '{"message": "You have reached your monthly quota"}'),
    "403 of Google": (403, JSON, '{"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}'),
    "403 of Salesforce": (403, JSON, '[{"errorCode": "REQUEST_LIMIT_EXCEEDED"}]'),
    "403 of the SEC": (403, {"Content-Type": "text/html"}, "<html><title>Request Rate Threshold Exceeded</title>"),
    "422": (422, JSON, '{"errors": "Too many requests"}'),
    "200 of Alpha Vantage": (200, JSON, '{"Note": "Our standard API call frequency is 5 calls per minute."}'),
    "200 of Marketo": (200, JSON, '{"success": false, "errors": [{"message": "Max rate limit 100 exceeded"}]}'),
    "200 of VK": (200, JSON, '{"error": {"error_code": 6, "error_msg": "Too many requests per second"}}'),
    "200 of Google Maps": (200, JSON, '{"error_message": "over", "results": [], "status": "OVER_QUERY_LIMIT"}'),
    "202 of a firewall": (202, {"X-Amzn-Waf-Action": "challenge"}, ""),
    "200 of MediaWiki": (200, JSON | {"MediaWiki-API-Error": "maxlag"}, '{"error": {"code": "maxlag"}}'),
}
"""Refusals in so many words, whatever their status."""
