"""`python -m tests.bench.real`: what `careful` and `quick` make of limiters that nobody here wrote.

Each is started on this machine, in real time and at a small scale (about five requests a second), probed once, and then
asked at the wait that was found, as people would. Wait/truth is told against the rule of its manual.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.bench.arena import quantile
from widgets.model.attempt import Attempt, Goal, Outcome
from widgets.pace import PacedSession, PaceStore
from widgets.probe import probe

from .servers import MissingError, install
from .setups import SETUPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .setups import Setup

GOAL = Goal()


@dataclass(frozen=True, slots=True)
class Found:
    """What one probe of one server found.

    Attributes:
        name: Of the setup.
        kind: Of the verdict.
        wait: What it recommends, seconds.
        truth: What the rule gives, seconds.
        requests: Sent by the probe, of which `refused` were refused, in `seconds`.
        refused: See there.
        seconds: See there.
        later: Requests sent afterwards at that wait, of which `later_refused` were refused.
        later_refused: See there.
        statement: The verdict's whole sentence.
        attempts: Spacing and status of each attempt.
        named: What the rule was taken for.
    """

    name: str
    kind: str
    wait: float | None
    truth: float
    requests: int
    refused: int
    seconds: float
    later: int
    later_refused: int
    statement: str
    attempts: list[tuple[float | None, int | None]]
    named: list[str]

    @property
    def ratio(self) -> float | None:
        """The wait in parts of the true one."""
        return None if self.wait is None else self.wait / self.truth

    def line(self) -> str:
        """The columns of `HEAD`."""
        wait = "" if self.wait is None else f"{self.wait:.3f}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        later = f"{self.later_refused}/{self.later}"
        return (
            f"{self.name:42}{self.kind:15}{wait:>8}{self.truth:8.3f}{ratio:>7}{self.refused:5} /{self.requests:4}"
            f"{self.seconds:7.0f} s{later:>8}"
        )


HEAD = (
    f"{'':42}{'':15}{'wait':>8}{'truth':>8}{'ratio':>7}{'refused / sent':>11}{'took':>8}{'later':>8}\n"
    "(later: refused of those sent afterwards at the wait that was found)"
)


def tried(setup: Setup, strategy: str, later: int) -> Found | str:
    """Start it, probe it, and use what was found; why not, where it is missing."""
    attempts: list[Attempt] = []
    try:
        with setup.start(setup.name) as url:
            began = time.monotonic()
            verdict = probe(url, strategy, GOAL, on_attempt=attempts.append)
            took = time.monotonic() - began
            refused = used(url, verdict.wait, later) if verdict.wait else 0
    except MissingError as error:
        return f"{setup.name}: {error}"
    return Found(
        setup.name,
        verdict.kind,
        verdict.wait,
        setup.truth(GOAL.refusal_rate),
        len(attempts),
        sum(attempt.outcome is Outcome.REFUSED for attempt in attempts),
        took,
        later if verdict.wait else 0,
        refused,
        verdict.statement,
        [(attempt.spacing, attempt.status) for attempt in attempts],
        [str(each) for each in verdict.limiter or ()],
    )


def used(url: str, wait: float, times: int) -> int:
    """Send so many requests at that wait, after a rest; how many were refused."""
    refused = 0
    due = time.monotonic() + max(10 * wait, 3)
    for _ in range(times):
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due, time.monotonic()) + wait
        try:
            urlopen(url, timeout=30).close()
        except HTTPError as error:
            error.close()
            refused += 1
    return refused


def summary(strategy: str, found: Sequence[Found]) -> str:
    """The figures over all of one strategy."""
    ratios = [each.ratio for each in found if each.ratio is not None]
    certified = [each for each in found if each.kind in {"certified", "estimated", "stated"}]
    false = [each.name for each in certified if each.ratio is not None and each.ratio < 1]
    beyond = [f"{each.name} {each.ratio:.2f}" for each in found if each.ratio and each.ratio > 2]
    kinds = {kind: sum(each.kind == kind for each in found) for kind in {each.kind for each in found}}
    refused, seconds = ([getattr(each, name) for each in found] for name in ("refused", "seconds"))
    return "\n".join(
        (
            f"{strategy}: {len(found)} configurations, "
            + ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())),
            (
                f"wait/truth p50 {quantile(ratios, 0.5):.2f}, p90 {quantile(ratios, 0.9):.2f}, "
                f"worst {max(ratios, default=0.0):.2f}; "
                f"refused p50 {quantile(refused, 0.5):.0f}, p90 {quantile(refused, 0.9):.0f}; "
                f"seconds p50 {quantile(seconds, 0.5):.0f}, p90 {quantile(seconds, 0.9):.0f}"
            ),
            f"shorter than the truth: {', '.join(false) or 'none'}",
            f"more than twice the truth: {', '.join(beyond) or 'none'}",
            f"later: {sum(each.later_refused for each in found)} of {sum(each.later for each in found)} refused",
        )
    )


def worked(setup: Setup, pages: int, learn: Literal["quick", "careful"]) -> str:
    """Do a job of so many pages with a session that learns the pace; its line, or why there is none."""
    statuses: list[int] = []
    try:
        with (
            setup.start(setup.name) as url,
            TemporaryDirectory() as folder,
            PaceStore(f"sqlite:///{folder}/paces.sqlite") as store,
            PacedSession(store, learn=learn) as session,
        ):
            note = session.note

            def noted(limiter: Any, response: Any, why: str = "") -> None:
                statuses.append(response.status_code)
                note(limiter, response, why)

            session.note = noted  # type: ignore[method-assign]
            began = time.monotonic()
            served = sum(session.get(url).status_code == 200 for _ in range(pages))
            took = time.monotonic() - began
            pace = store.pace(url)
    except MissingError as error:
        return f"{setup.name}: {error}"
    ideal = (pages - 1) * setup.truth(0.0)
    learned = f"{pace.wait:.3f} s, {pace.kind}" if pace else "none yet"
    return (
        f"{setup.name:42}{learn:9}{served:5}/{pages:4}{len(statuses) - served:9}{took:9.1f} s"
        f"{took / ideal:8.2f}   {learned}"
    )


JOB_HEAD = (
    f"{'':42}{'learn':9}{'served':>10}{'refused':>9}{'took':>11}{'/ideal':>8}   learned\n"
    "(ideal: one page each true steady wait, the first at once; who may burst can be faster)"
)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="fetch the limiters into a folder of their own first")
    parser.add_argument("--strategy", action="append", choices=("careful", "quick"))
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="those whose name has it")
    parser.add_argument("--part", default="1/1", metavar="K/N", help="the Kth of N parts of them")
    parser.add_argument("--at-once", type=int, default=4, metavar="N", help="probes that wait at the same time")
    parser.add_argument("--later", type=int, default=30, metavar="N", help="requests at the wait that was found")
    parser.add_argument("--save", type=Path, metavar="FILE", help="all of what was found, as JSON")
    parser.add_argument("--job", type=int, action="append", metavar="PAGES", help="do jobs with sessions that learn")
    options = parser.parse_args()
    if options.install:
        install()
    chosen = [each for each in SETUPS if not options.only or any(text in each.name for text in options.only)]
    part, parts = map(int, options.part.split("/"))
    chosen = chosen[part - 1 :: parts]
    if options.job:
        print(JOB_HEAD, flush=True)
        ways = options.strategy or ("quick",)
        jobs = [(setup, pages, learn) for setup in chosen for pages in options.job for learn in ways]
        with ThreadPoolExecutor(options.at_once) as pool:
            for line in pool.map(lambda job: worked(*job), jobs):
                print(line, flush=True)
        return
    saved = {}
    for strategy in options.strategy or ("careful", "quick"):
        print(f"{strategy}\n{HEAD}", flush=True)
        found: list[Found] = []
        with ThreadPoolExecutor(options.at_once) as pool:
            for one in pool.map(lambda setup: tried(setup, strategy, options.later), chosen):  # noqa: B023
                print(one if isinstance(one, str) else one.line(), flush=True)
                found += [one] if isinstance(one, Found) else []
        if found:
            print(summary(strategy, found), flush=True)
        saved[strategy] = [asdict(each) for each in found]
    if options.save:
        options.save.write_text(json.dumps(saved, indent=1))


if __name__ == "__main__":
    main()
