"""`python -m tests.bench.arena`: every strategy against the same services, in virtual time.

Seeds: the strategies were tuned on seeds 0-199 and 2000000-2000349 of each family (`--seeds tune` begins at 0), and
faults were looked for there and on seeds from 100000, 1000000, 3000000 and 20000000 to 34000000 on; what is reported is
measured on seeds from 7000000 on, which none of this has seen (`--seeds report`), and from 40000000 on.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from widgets.model.attempt import Budget, Goal
from widgets.probe.strategies import STRATEGIES

from .arena_baselines import BASELINES
from .arena_families import FAMILIES, Family
from .arena_wild import WILD
from .arena_world import Run, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from widgets.model.attempt import Strategy

    Make = Callable[[Goal, Budget, int], Strategy]

SEEDS = {"tune": 0, "report": 7_000_000}
"""Where the seeds of each purpose begin."""

ROUNDING = 0.999
"""A wait this part of the truth or more is the truth."""


@dataclass(slots=True)
class Score:
    """What one strategy did to the services of one family, or of several."""

    waits: int = 0
    certified: int = 0
    unsafe: int = 0
    inconclusive: int = 0
    unlimited: int = 0
    overshoot: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)
    early: int = 0

    def add(self, outcome: Run, truth: float) -> None:
        """Count one run against a service whose steady wait is `truth` seconds."""
        verdict = outcome.verdict
        self.refused.append(outcome.refused)
        self.requests.append(verdict.requests)
        self.seconds.append(verdict.seconds)
        self.early += outcome.early
        known = 0 < truth < math.inf
        if known:
            self.paces.append(verdict.seconds / truth)
        match verdict.kind:
            case "inconclusive":
                self.inconclusive += 1
            case "no limit seen":
                self.unlimited += 1
            case _ if verdict.wait is not None:
                self.waits += 1
                self.certified += verdict.kind == "certified"
                self.unsafe += verdict.wait < truth * ROUNDING
                if known:
                    self.overshoot.append(verdict.wait / truth)

    def merge(self, other: Score) -> None:
        """Take another score in."""
        for name in ("waits", "certified", "unsafe", "inconclusive", "unlimited", "early"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("overshoot", "refused", "requests", "seconds", "paces"):
            getattr(self, name).extend(getattr(other, name))

    def line(self) -> str:
        """The columns of `HEAD`."""
        runs = len(self.requests)
        return (
            f"{runs:6}{self.certified:7}{self.unsafe:7}{self.inconclusive:7}{self.unlimited:7}"
            f"{quantile(self.overshoot, 0.5):8.3f} /{quantile(self.overshoot, 0.9):6.3f}"
            f"{quantile(self.refused, 0.5):5.0f} /{quantile(self.refused, 0.9):3.0f}"
            f"{quantile(self.requests, 0.5):9.0f}{quantile(self.paces, 0.5):8.0f}{quantile(self.seconds, 0.5):8.0f}"
            f"{self.early:6}"
        )


HEAD = (
    f"{'':34}{'runs':>6}{'certif':>7}{'unsafe':>7}{'inconc':>7}{'no lim':>7}{'overshoot':>16}{'refused':>10}"
    f"{'requests':>9}{'t/wait':>8}{'seconds':>8}{'early':>6}"
)
"""Unsafe are all waits below the truth, certified or not. Overshoot is wait / truth; pairs are the median and the ninth
decile; `t/wait` is the time in steady waits."""


def quantile(values: Iterable[float], share: float) -> float:
    """The value that `share` of them do not exceed; NaN for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan


def fight(make: Make, family: Family, seeds: Iterable[int], goal: Goal, budget: Budget) -> Score:
    """Let one strategy probe one service of the family for each seed."""
    score = Score()
    for seed in seeds:
        service, clock = family.service(seed)
        truth = service.steady_wait(goal.refusal_rate)
        score.add(run(make(goal, budget, seed), service, clock), truth)
    return score


def strategies() -> dict[str, Make]:
    """Ours and the baselines, each made from a goal, a budget and a seed."""
    ours: dict[str, Make] = {
        name: lambda goal, budget, _, make=make: make(goal, budget)  # type: ignore[misc]
        for name, make in STRATEGIES.items()
        if name != "identify"
    }
    return ours | BASELINES


def table(name: str, make: Make, families: Sequence[Family], seeds: Sequence[int]) -> None:
    """Print a line for each family, and one for those whose truth can be known."""
    print(f"\n{name}: seeds {seeds[0]}-{seeds[-1]}, at most 5 % refused, 95 % confidence\n{HEAD}")
    whole = Score()
    for family in families:
        score = fight(make, family, seeds, Goal(), Budget())
        print(f"{family.name + ('' if family.decidable else ' *'):34}{score.line()}", flush=True)
        if family.decidable:
            whole.merge(score)
    print(f"{'all but * (undecidable)':34}{whole.line()}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables; `arguments` are those of the command line unless given."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.arena", description=__doc__)
    parser.add_argument("--per-family", type=int, default=20, metavar="N", help="services of each family")
    parser.add_argument("--seeds", choices=SEEDS, default="report", help="which services")
    parser.add_argument("--strategy", action="append", choices=strategies(), help="one of several; all unless given")
    parser.add_argument(
        "--family", action="append", choices=[family.name for family in (*FAMILIES, *WILD)], metavar="NAME"
    )
    parser.add_argument("--wild", action="store_true", help="the families of `arena_wild` besides")
    options = parser.parse_args(arguments)
    first = SEEDS[options.seeds]
    every = (*FAMILIES, *WILD) if options.wild else FAMILIES
    families = [family for family in every if not options.family or family.name in options.family]
    for name, make in strategies().items():
        if not options.strategy or name in options.strategy:
            table(name, make, families, range(first, first + options.per_family))


if __name__ == "__main__":
    main()
