"""A probe is killed 200 times in all, and ends as if nothing had happened.

What that means depends on the time it lives in. In virtual time a killed probe and an undisturbed one meet the same
service, and test the same wait to the last digit; where an answer of the search itself was lost, a wait within the
width of its bracket. In real time no two runs do: a machine that is late by a millisecond is answered differently.
There the resumed probe must say exactly what its attempts say when they are told in one go, and that must be true of
the service.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.pace.prober import verdict_of_replay
from tests.pace.service import Asked, bundled, in_virtual_time, logged
from widgets.pace import PaceStore
from widgets.pace.store.probes import LOST
from widgets.pace.store.schema import probes
from widgets.probe.strategies.careful import RATIO
from widgets.probe.strategies.closer import FILLED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

    from widgets.probe import Attempt, Step, Verdict

ROOT = Path(__file__).parents[3]
SEVERAL = 2
GAP, SCALE = 4, 0.01
"""The service refuses what comes sooner; in real time it is so many times faster."""


@dataclass
class Probing:
    """A probe that is killed so many times, with the service that it asks."""

    place: str
    url: str
    log: list[Asked]
    kills: int
    acknowledged: Path


@dataclass
class Found:
    """A probe as it stands in the store at the end."""

    id: str
    past: list[tuple[Step, Attempt]]
    verdict: Verdict

    @property
    def attempts(self) -> list[Attempt]:
        return [attempt for _, attempt in self.past]


@dataclass
class Laboratory:
    """Probes, each with a service and a store of its own."""

    folder: Path
    stack: ExitStack

    def probing(self, app: WSGIApplication, kills: int) -> Probing:
        base, log = self.stack.enter_context(logged(app))
        url = f"{base}/slow/minimum-gap?gap={GAP}&noise=0&type=application/json"
        acknowledged = self.folder / base.rpartition(":")[2]
        return Probing(f"sqlite:///{acknowledged}.sqlite", url, log, kills, acknowledged)

    def kill(self, probings: list[Probing], time: str, longest: float) -> int:
        """Make them all, up to their verdicts; how many lives were killed."""
        each = [(one.place, one.url, str(one.acknowledged), str(one.kills)) for one in probings]
        command = [sys.executable, "-m", "tests.pace.prober", time, str(longest), *chain(*each)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
        assert ended.returncode == 0, ended.stderr
        return int(ended.stdout)

    def found(self, probing: Probing) -> Found:
        """What is stored: of one target one probe has a verdict, and before it only such as had no answer at all."""
        with PaceStore(probing.place) as store:
            target = store.target(probing.url)
            with store.database.read() as connection:
                ids = connection.scalars(select(probes.c.id).where(probes.c.target == target.key)).all()
            assert store.probes.unfinished(target) == []
            [probe] = [each for each in ids if store.probes.get(each).verdict]
            assert [each for each in ids if each != probe and store.probes.attempts(each)] == []
            verdict = store.probes.get(probe).verdict
            assert verdict
            return Found(probe, store.probes.attempts(probe), verdict)


@pytest.fixture
def laboratory(tmp_path: Path) -> Iterator[Laboratory]:
    with ExitStack() as stack:
        yield Laboratory(tmp_path, stack)


def check_nothing_is_lost_or_sent_twice(probing: Probing, found: Found) -> int:
    """Compare what the service logged, what was acknowledged, and what is stored; how many answers were lost."""
    stored = {entry.number: entry for entry in found.attempts}
    asked = [each.number for each in probing.log if each.probe == found.id]
    assert list(stored) == list(range(1, len(stored) + 1))
    assert asked == sorted(set(asked))
    assert set(asked) <= set(stored)
    # Before it there may be probes whose only request was killed: one request each.
    others = [each.probe for each in probing.log if each.probe != found.id]
    assert len(others) == len(set(others))
    for line in probing.acknowledged.read_text().splitlines():
        probe, text, status = line.split()
        assert (probe, stored[int(text)].status) == (found.id, int(status))
    answered = {each.number: each.status for each in probing.log if each.probe == found.id}
    for number, entry in stored.items():
        assert entry.error == LOST or entry.status == answered[number]
        # Only the last request of a life can be lost: the next one is sent after the answer was stored.
        assert entry.error != LOST or entry.status is None
    lost = sum(entry.error == LOST for entry in found.attempts)
    assert lost <= probing.kills
    return lost


@pytest.mark.parametrize("count", [1, pytest.param(8, marks=pytest.mark.long)])
def test_probes_that_are_killed_22_times_each_lose_nothing_send_nothing_twice_and_find_the_wait_of_an_undisturbed_one(
    laboratory: Laboratory, count: int
) -> None:
    running = [laboratory.probing(in_virtual_time(GAP), kills) for kills in (0, *[22] * count)]
    assert laboratory.kill(running, "virtual", 0.02) == 22 * count
    undisturbed, *killed = [laboratory.found(probing) for probing in running]
    lost = [
        check_nothing_is_lost_or_sent_twice(probing, found) for probing, found in zip(running[1:], killed, strict=True)
    ]
    assert sum(lost) > count  # so many kills came between a request and its answer
    straight = 0
    for found in killed:
        assert found.verdict == replace(verdict_of_replay("virtual", found.attempts), limiter=None)
        assert found.verdict.kind == undisturbed.verdict.kind == "certified"
        # An answer that is lost while it searches lets it search another way, to an end in the same bracket; after
        # several it may now and then end with a longer wait, as it does in one go.
        near = found.verdict.tested == pytest.approx(undisturbed.verdict.tested, rel=RATIO - 1)
        astray = sum(attempt.error == LOST and step.phase != "verify" for step, attempt in found.past)
        assert near or astray >= SEVERAL
        straight += near
        # A lost answer is a pause in which a bucket may have gained: the certificate allows for it, by this at most.
        assert GAP <= (found.verdict.wait or 0) <= (found.verdict.tested or 0) * FILLED
    assert straight > len(killed) / 2


@pytest.mark.long
def test_probes_in_real_time_that_are_killed_24_times_lose_nothing_send_nothing_twice_and_end_in_a_true_verdict(
    laboratory: Laboratory,
) -> None:
    running = [laboratory.probing(bundled(TIME_SCALE=SCALE, SEED=1), 12) for _ in range(2)]
    assert laboratory.kill(running, "real", 0.06) == 24
    for probing in running:
        found = laboratory.found(probing)
        check_nothing_is_lost_or_sent_twice(probing, found)
        assert found.verdict == replace(verdict_of_replay("real", found.attempts), limiter=None)
        assert found.verdict.kind == "estimated"
        assert (found.verdict.wait or 0) >= GAP * SCALE
