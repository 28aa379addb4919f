"""`python -m tests.bench.identified`: are names right as often as their support says, do the ranges hold the truth?

Faults were looked for on seeds 120000000-120000009 of each family. The supports were fitted on 121000000-121000009,
121000100-121000109, 122000000-122000007 and 122000100-122000107 (probes by `identify`), 150000000-150000007 and
150000100-150000107 (`quick`), 151000000-151000007 and 151000100-151000105 (`careful`, `--strategy`); the table is
measured on seeds from 153000000 on (`--first`), which nothing was fitted to. A quarter of the families have a rule that
is none of those named: of these 'another rule' is right.

A service counts as decidable where its rule is one of those named, nobody else uses its count, it refused this probe at
least once, and no rule of another name explains as many of the answers as its own does: then the answers that came
tell them apart. What they do not tell apart nobody could name from them, and the probe may only have asked too little.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from statistics import mean
from typing import TYPE_CHECKING, Any

from server.limiters import (
    Concurrency,
    FixedWindow,
    LeakyBucket,
    MinimumGap,
    PenaltyBox,
    RandomFailures,
    Shared,
    SlidingCounter,
    SlidingLog,
    TokenBucket,
    Unlimited,
)
from widgets.model.attempt import Budget, Goal
from widgets.probe.evidence.intervals import interval
from widgets.probe.identify import identify as candidates
from widgets.probe.strategies import STRATEGIES

from .arena_families import FAMILIES, Family
from .arena_rules import DoublingBan, Nodes
from .arena_wild import WILD, Slowing
from .arena_world import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from server.limiters import Limiter
    from widgets.probe.identify import Candidate

UNTUNED = 153_000_000
"""The first of the seeds that nothing was fitted to."""

SURE = 0.9

SKIPPED = (
    "leaky, delay", "great burst", "drifting", "daily quota", "refused at any pace", "hourly, 20-140",
    "hourly, 20-140, told", "hourly, 20-5000, stated", "two tiers, far", "diurnal", "warming up",
    "latency above the limit",
)  # fmt: skip
"""They queue instead of refusing, or are no rule that a probe could see whole."""

ANOTHER = "another rule"

BINS = 10


def truth(limiter: Limiter) -> tuple[str, dict[str, float]]:
    """The name of the rule, and the parameters that it has exactly."""
    if isinstance(limiter, (RandomFailures, Shared)):
        name, parameters = truth(limiter.rule)
        return name, {} if isinstance(limiter, Shared) else parameters
    return TRUTHS.get(type(limiter), lambda _: (ANOTHER, {}))(limiter)


def _bucket(rate: float, burst: int) -> tuple[str, dict[str, float]]:
    """A bucket of one token is a gap."""
    if burst == 1:
        return "minimum gap without reset", {"gap": 1 / rate, "noise": 0}
    return "token bucket", {"rate": rate, "burst": burst}


def _together(nodes: Sequence[FixedWindow]) -> tuple[str, dict[str, float]]:
    return "fixed window", {"limit": sum(each.limit for each in nodes), "window": nodes[0].window}


TRUTHS: dict[type, Callable[[Any], tuple[str, dict[str, float]]]] = {
    MinimumGap: lambda rule: (
        "minimum gap" if rule.reset else "minimum gap without reset",
        {"gap": rule.gap, "noise": rule.noise},
    ),
    TokenBucket: lambda rule: _bucket(rule.rate, rule.burst),
    LeakyBucket: lambda rule: _bucket(1 / rule.interval, rule.burst + 1),
    FixedWindow: lambda rule: ("fixed window", {"limit": rule.limit, "window": rule.window}),
    SlidingLog: lambda rule: ("sliding window", {"limit": rule.limit, "window": rule.window}),
    SlidingCounter: lambda _: ("sliding window", {}),
    Concurrency: lambda rule: (
        (ANOTHER, {}) if rule.varied else ("sliding window", {"limit": rule.limit, "window": rule.service})
    ),
    PenaltyBox: lambda rule: (
        "penalty box",
        {"rate": rule.rate, "burst": rule.burst, "penalty": rule.penalty},
    ),
    Unlimited: lambda _: ("none seen", {}),
    # By turns, the nodes' windows are full together: one window, with as many requests as all of them serve.
    Nodes: lambda rule: _together(rule._nodes),
    DoublingBan: lambda rule: ("ban that doubles", {"rate": rule.rate, "burst": rule._bucket.burst}),
    # It slows down before it refuses; what it refuses is told by the log alone.
    Slowing: lambda rule: ("sliding window", {"limit": rule.limit, "window": rule.window}),
}


def decidable(found: Sequence[Candidate], limiter: Limiter) -> bool:
    """Whether the answers that came tell its rule apart from each of another name: none explains as many of them."""
    name, _ = truth(limiter)
    if name in {ANOTHER, "none seen"} or isinstance(limiter, Shared) or found[0].name == "none seen":
        return False
    own = next((each.explained for each in found if each.name == name), 0)
    if not isinstance(limiter, RandomFailures) and not (isinstance(limiter, MinimumGap) and limiter.noise):
        own = found[0].attempts  # the rule itself explains all of them, found or not
    return all(each.explained < own for each in found if each.name not in {name, ANOTHER})


@dataclass(slots=True)
class Tally:
    """What was said of several services, and how much of it was true."""

    services: int = 0
    told: int = 0
    first: int = 0
    decidable: int = 0
    decided: int = 0
    among: int = 0
    sure: int = 0
    right: int = 0
    ranges: int = 0
    held: int = 0
    requests: int = 0
    slowest: float = 0.0
    missed: list[str] = field(default_factory=list)
    said: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, found: Sequence[Candidate], limiter: Limiter, label: str) -> None:
        """Count what was found of one service."""
        name, parameters = truth(limiter)
        self.services += 1
        best = found[0]
        named = best.name not in {"none seen", ANOTHER} and best.told and best.support >= SURE
        self.told += best.told and best.name != "none seen"
        self.said += [(each.support, each.name == name) for each in found if each.told and each.name != "none seen"]
        self.first += best.name == name
        if decidable(found, limiter):
            self.decidable += 1
            self.decided += best.name == name
        self.among += any(each.name == name for each in found)
        self.sure += named
        self.right += named and best.name == name
        if named and best.name != name:
            self.missed.append(f"{label}: {best} for {limiter}")
        for parameter in next((each.parameters for each in found if each.name == name), ()):
            if parameter.name in parameters:
                real = parameters[parameter.name]
                inside = parameter.low * (1 - 1e-3) <= real <= parameter.high * (1 + 1e-3)
                self.ranges += 1
                self.held += inside
                if not inside:
                    self.missed.append(f"{label}: {parameter} ({found[0].name} first) for {limiter}")

    def merge(self, other: Tally) -> None:
        """Take another tally in."""
        for name in (
            "services",
            "told",
            "first",
            "decidable",
            "decided",
            "among",
            "sure",
            "right",
            "ranges",
            "held",
            "requests",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest = max(self.slowest, other.slowest)
        self.missed += other.missed
        self.said += other.said

    def calibration(self) -> list[tuple[int, float, float]]:
        """Of the names said with each tenth of support: how many, their mean support, the share that is right."""
        tenths: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
        for support, right in self.said:
            tenths[min(BINS - 1, int(BINS * support))].append((support, right))
        return [
            (len(tenth), mean(support for support, _ in tenth), mean(right for _, right in tenth))
            for tenth in tenths
            if tenth
        ]

    def line(self) -> str:
        """The columns of `HEAD`."""
        return (
            f"{self.services:9}{self.first:7}{self.among:7}{self.decided:8} /{self.decidable:4}"
            f"{self.right:8} /{self.sure:4}{self.held:8} /{self.ranges:4}"
            f"{self.requests / max(1, self.services):9.0f}{self.slowest:9.2f}"
        )


HEAD = (
    f"{'':34}{'services':>9}{'first':>7}{'among':>7}{'decidable':>14}{'sure: right':>14}{'ranges: true':>14}"
    f"{'requests':>9}{'slowest':>9}"
)
"""First: the true kind is the best supported; among: it is a candidate; decidable: of those
whose answers tell the rules apart; sure: of the names supported by 90 % or more;
slowest: seconds of one identification, of the processor's time."""


def tally(family: Family, seeds: Iterable[int], strategy: str = "identify") -> Tally:
    """Let one strategy ask one service of the family for each seed, and count what it says."""
    total = Tally()
    for seed in seeds:
        service, clock = family.service(seed)
        outcome = run(STRATEGIES[strategy](Goal(), Budget()), service, clock)
        began = time.process_time()
        found = candidates(outcome.attempts, strategy)
        total.slowest = max(total.slowest, time.process_time() - began)
        total.requests += len(outcome.attempts)
        total.add(found, service.limiter, f"{family.name} {seed}")
    return total


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-family", type=int, default=12, metavar="N")
    parser.add_argument("--first", type=int, default=UNTUNED, metavar="SEED")
    parser.add_argument("--strategy", choices=STRATEGIES, default="identify")
    parser.add_argument(
        "--family", action="append", choices=[family.name for family in (*FAMILIES, *WILD)], metavar="NAME"
    )
    parser.add_argument("--why", action="store_true", help="print each claim that was wrong")
    options = parser.parse_args()
    whole = Tally()
    print(HEAD)
    for family in (*FAMILIES, *WILD):
        if family.name in SKIPPED or (options.family and family.name not in options.family):
            continue
        one = tally(family, range(options.first, options.first + options.per_family), options.strategy)
        print(f"{family.name:34}{one.line()}", flush=True)
        whole.merge(one)
    print(f"{'all':34}{whole.line()}")
    print(f"\n{whole.told} of {whole.services} were told with supports")
    print("names said  mean support  right  with 95 %")
    for count, support, right in whole.calibration():
        low, high = interval(round(count * right), count, 0.95)
        print(f"{count:10}{support:14.3f}{right:7.3f}  {low:.2f} to {high:.2f}")
    if options.why:
        print(*whole.missed, sep="\n")


if __name__ == "__main__":
    main()
