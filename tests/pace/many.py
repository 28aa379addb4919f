"""Many processes on one target, some of them stopped, killed or given a wrong clock.

At full size: `python -m tests.pace.many [sqlite|postgresql]` (8 processes with 1,000 sends each; some seven minutes for
each database).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.pace.databases import postgresql
from tests.pace.target import LoggingTarget, logging_target
from widgets.pace import PaceStore

ROOT = Path(__file__).parents[2]


@dataclass
class Crowd:
    """Workers on one target.

    Attributes:
        sends: Of each worker.
        stops: How many times one of them is stopped for `stopped` seconds and then goes on.
        kills: How many are killed; another takes over what is left of its sends.
    """

    store: str
    target: LoggingTarget
    workers: int
    sends: int
    stops: int = 0
    stopped: float = 0.3
    kills: int = 0
    running: dict[int, tuple[subprocess.Popen[str], Path, int]] = field(default_factory=dict)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp()))

    def run(self, seed: int = 1) -> None:
        draw = random.Random(seed)  # noqa: S311 - which worker is disturbed, and when
        for number in range(self.workers):
            self._start(number, self.sends, (0.0, 3600.0, -3600.0)[number % 3])
        total = self.workers * self.sends
        marks = sorted((draw.uniform(0.1, 0.8) * total, kind) for kind in ["stop"] * self.stops + ["kill"] * self.kills)
        try:
            for mark, kind in marks:
                self._await(mark)
                self._disturb(kind, draw)
            for process, _, _ in self.running.values():
                assert process.wait(600) == 0, process.args
        finally:
            for process, _, _ in self.running.values():
                process.kill()

    def _start(self, number: int, sends: int, step: float = 0.0) -> None:
        command = [sys.executable, "-m", "tests.pace.worker", self.store, self.target.url, str(sends), str(step)]
        path = self.folder / f"{number}-{time.monotonic_ns()}"
        with path.open("w") as out:
            self.running[number] = (subprocess.Popen(command, cwd=ROOT, stdout=out, text=True), path, sends)

    def _await(self, arrivals: float) -> None:
        while len(self.target.arrivals) < arrivals:
            assert all(process.poll() in (None, 0) for process, _, _ in self.running.values())
            time.sleep(0.01)

    def _disturb(self, kind: str, draw: random.Random) -> None:
        number = draw.choice([each for each, (process, _, _) in self.running.items() if process.poll() is None])
        process, path, sends = self.running[number]
        if kind == "stop":
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(self.stopped)
            os.kill(process.pid, signal.SIGCONT)
        else:
            process.kill()
            process.wait()
            self._start(number, max(0, sends - len(path.read_text().splitlines())))


def measure(store: str, pace: float, workers: int, sends: int, **disturbed: float) -> list[float]:
    """Run a crowd; gives the seconds between one send and the next, as the target logged them."""
    with logging_target() as target:
        with PaceStore(store) as paces:
            paces.keep(target.url, pace)
        Crowd(store, target, workers, sends, **disturbed).run()  # type: ignore[arg-type]
        return target.gaps


def full(store: str) -> str:
    """A thousand sends of each of eight, ten stops of a second, and four kills: what was seen, in a sentence.

    Raises:
        AssertionError: When two sends were closer than the pace, or the throughput was below nine tenths of the ideal.
    """
    pace = 0.05
    gaps = measure(store, pace, 8, 1000, stops=10, stopped=1.0, kills=4)
    share = pace * len(gaps) / sum(gaps)
    said = (
        f"{len(gaps) + 1:,} sends at a pace of {pace * 1000:g} ms: smallest gap {min(gaps) * 1000:.3f} ms, "
        f"throughput {share:.1%} of the ideal, stops and kills included"
    )
    assert len(gaps) + 1 >= 8000, said
    assert min(gaps) >= pace, said
    assert share >= 0.9, said
    return said


def main(names: list[str]) -> None:
    """Measure on each database."""
    for name in names or ["sqlite", "postgresql"]:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = stack.enter_context(postgresql()) if name == "postgresql" else f"sqlite:///{folder}/paces.sqlite"
            sys.stdout.write(f"{name}: {full(url)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
