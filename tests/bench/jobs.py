"""`python -m tests.bench jobs`: what it costs to learn a pace while a job is done, in virtual time.

A job is so many pages that must be served, from services whose limit nobody knows. Ours asks through a strategy, keeps
its wait, and slows down as a kept pace does; the others are what people use. Time is told in parts of the ideal: one
request each true steady wait, and the first at once; a service that serves a burst can be faster than that.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from random import Random
from statistics import mean
from typing import TYPE_CHECKING, Protocol

from tests.bench.arena import quantile
from tests.bench.arena_families import FAMILIES
from widgets.model.attempt import Attempt, Goal, Outcome
from widgets.model.strategies import named
from widgets.pace import use
from widgets.pace.limiter.learning import AT_THE_DOOR, SPEND, Course
from widgets.pace.shortening import Trying
from widgets.pace.slowdown import PROMISE, Standing, most

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .arena_families import Family

MOST = 40
"""Sends for each page, and 1,000 besides, after which a job is given up."""


class Way(Protocol):
    """How one spaces the requests of a job."""

    def wait(self) -> float:
        """Seconds from the start of the last request to the next."""

    def heard(self, attempt: Attempt) -> None:
        """What came of it."""


class Learning:
    """Ours: a strategy, then the pace that it found, which is tried shorter as the job goes on.

    It learns anew where it saw no limit and is refused, or learned nothing.
    """

    def __init__(self, strategy: str, *, shortens: bool = True) -> None:
        self._shortens = shortens
        self._trying: Trying | None = None
        self._make = named(strategy)
        self._course: Course | None = Course(self._make(Goal(), SPEND))
        self._origin = self._pace = self._floor = 0.0
        self._first = True
        self._standing = Standing()

    def wait(self) -> float:
        if self._course is None:
            return max(self._floor, self._pace * self._standing.factor)
        return max(self._floor, self._course.step.wait if self._course.attempts else 0.0)

    def heard(self, attempt: Attempt) -> None:
        refused = attempt.outcome is Outcome.REFUSED
        told = attempt.headers.get("Retry-After") if refused else None
        self._floor = attempt.latency + float(told) if told else 0.0
        if self._course is None:
            if attempt.outcome is not Outcome.FAILED:
                self._used(attempt, refused=refused)
            return
        number = len(self._course.attempts) + 1
        last = self._course.attempts[-1] if self._course.attempts else None
        if last is None:
            self._origin = attempt.started
        started = attempt.started - self._origin
        self._course.take(
            Attempt(
                number,
                self._course.step.wait if last else None,
                started - last.started if last else None,
                started,
                attempt.latency,
                attempt.status,
                attempt.headers,
            )
        )
        if (verdict := self._course.verdict) is not None:
            free = verdict.kind == "no limit seen"
            self._trying = Trying.of(verdict, self._course.attempts) if self._shortens else None
            self._pace = 0.0 if free else verdict.wait or 0.0
            self._course = None if free or self._pace else Course(self._make(Goal(), SPEND))
            self._floor = self._floor if free or self._pace else max(self._floor, AT_THE_DOOR)
            self._standing = Standing()

    def _used(self, attempt: Attempt, *, refused: bool) -> None:
        if refused and not self._pace:
            self._course = Course(self._make(Goal(), SPEND))
        at, spacing = self._standing.factor <= 1, attempt.spacing or 0.0
        self._standing = self._standing.after(refused=refused, promise=PROMISE, longest=most(self._pace))
        if self._trying is None:
            return
        self._trying, wait = self._trying.after(
            self._pace,
            refused=refused,
            on_time=at and spacing <= self._pace * use.LATE + use.JITTER,
            first=self._standing.row == 1,
            now=attempt.started,
        )
        if wait != self._pace:
            self._pace = wait
            self._standing = Standing(row=int(refused), slowed=int(refused))


class Doubling:
    """The notebook's loop: doubles a wait until 4 in a row are served, and again whenever one is refused later."""

    def __init__(self) -> None:
        self._wait = 0.0001

    def wait(self) -> float:
        return self._wait

    def heard(self, attempt: Attempt) -> None:
        if attempt.outcome is Outcome.REFUSED:
            self._wait *= 2


class Aimd:
    """Additive increase, multiplicative decrease of the rate (Chiu and Jain 1989)."""

    def __init__(self) -> None:
        self._rate = 1.0

    def wait(self) -> float:
        return 1 / self._rate

    def heard(self, attempt: Attempt) -> None:
        self._rate = self._rate / 2 if attempt.outcome is Outcome.REFUSED else self._rate + 0.05


class AutoThrottle:
    """Scrapy's AutoThrottle, at a target concurrency of 1 and its default delays of 5 and 60 s."""

    def __init__(self) -> None:
        self._delay = 5.0

    def wait(self) -> float:
        return self._delay

    def heard(self, attempt: Attempt) -> None:
        aim = min(60.0, max(attempt.latency, (self._delay + attempt.latency) / 2))
        if attempt.outcome is Outcome.ACCEPTED or aim > self._delay:
            self._delay = aim


class Botocore:
    """As botocore's adaptive mode: a client-side bucket whose rate follows CUBIC (Ha, Rhee and Xu 2008), and jitter."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation
        self._rate, self._most, self._changed, self._tries, self._capped = 0.5, 0.5, 0.0, 0, False

    def wait(self) -> float:
        backoff = self._random.random() * min(2.0 ** min(self._tries, 10), 20.0) if self._tries else 0.0
        return max(backoff, 1 / self._rate if self._capped else 0.0)

    def heard(self, attempt: Attempt) -> None:
        now = attempt.started
        if attempt.outcome is Outcome.REFUSED:
            self._most = self._rate if self._capped else max(0.5, self._rate)
            self._rate, self._changed, self._capped = max(0.01, self._most * 0.7), now, True
            self._tries += 1
            return
        self._tries = 0
        if self._capped:
            k = (self._most * 0.3 / 0.4) ** (1 / 3)
            self._rate = max(0.01, min(0.4 * (now - self._changed - k) ** 3 + self._most, 2 * self._rate + 0.5))


WAYS: dict[str, Callable[[int], Way]] = {
    "learn=careful": lambda _: Learning("careful"),
    "learn=quick": lambda _: Learning("quick"),
    "doubling": lambda _: Doubling(),
    "AIMD": lambda _: Aimd(),
    "AutoThrottle": lambda _: AutoThrottle(),
    "botocore-like": Botocore,
}


@dataclass(frozen=True, slots=True)
class Done:
    """One job: its time in parts of the ideal (NaN where none is known), its refusals, and whether it was finished."""

    ratio: float
    refused: int
    finished: bool


def job(way: Way, family: Family, seed: int, pages: int) -> Done:
    """Do one job against one service."""
    service, clock = family.service(seed)
    truth = service.steady_wait(PROMISE)
    began, served, refused, sent = clock.now(), 0, 0, 0
    last: Attempt | None = None
    while served < pages and sent < MOST * pages + 1000:
        if last is not None:
            clock.sleep(began + last.started + way.wait() - clock.now())
        started = clock.now() - began
        status, headers = service.answer(clock)
        sent += 1
        spacing = started - last.started if last else None
        last = Attempt(sent, spacing, spacing, started, clock.now() - began - started, status, headers)
        served += last.outcome is Outcome.ACCEPTED
        refused += last.outcome is Outcome.REFUSED
        way.heard(last)
    ideal = (pages - 1) * truth + service.latency
    known = served == pages and 0 < truth < math.inf
    return Done((clock.now() - began) / ideal if known else math.nan, refused, served == pages)


def table(pages: int, seeds: Sequence[int], families: Sequence[Family]) -> None:
    """Print a line for each way, over the reference service and over all families."""
    print(f"\nJobs of {pages} pages, seeds {seeds[0]}-{seeds[-1]}: time / ideal p50, p90; refused p50, p90; unfinished")
    for name, make in WAYS.items():
        line = f"{name:16}"
        for chosen in (families[:1], families):
            done = [job(make(seed), family, seed, pages) for family in chosen for seed in seeds]
            ratios = [each.ratio for each in done if not math.isnan(each.ratio)]
            refused = [each.refused for each in done]
            line += (
                f"   {quantile(ratios, 0.5):6.3f} {quantile(ratios, 0.9):7.3f}"
                f" {quantile(refused, 0.5):6.0f} {quantile(refused, 0.9):6.0f}"
                f" {mean(not each.finished for each in done):6.1%}"
            )
        print(line, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables; `arguments` are those of the command line unless given."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.jobs", description=__doc__)
    parser.add_argument("--per-family", type=int, default=10, metavar="N", help="services of each family")
    parser.add_argument("--pages", type=int, nargs="+", default=[20, 200, 2000])
    parser.add_argument("--first", type=int, default=8_000_000, metavar="SEED")
    options = parser.parse_args(arguments)
    families = sorted(FAMILIES, key=lambda family: family.name != "reference")
    print(f"First {families[0].name}, then all {len(families)} families.")
    for pages in options.pages:
        table(pages, range(options.first, options.first + options.per_family), families)


if __name__ == "__main__":
    main()
