"""A class at one service: so many learners play puzzles at once against `python -m server --serve`. IO, loopback only.

`python -m tests.bench.class_load [--learners 300] [--state]`. Each learner makes a puzzle, asks it eight times with a
second or two between, guesses, and looks at the score. Printed: how long answers took, and that none was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.browser.conftest import ROOT, free_port
from widgets.kernels.health import memory_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKED = 8


@contextmanager
def service(*flags: str) -> Iterator[tuple[str, int]]:
    """Serve as for a class; gives the address and the process."""
    port = free_port()
    command = [sys.executable, "-m", "server", "--serve", "--port", str(port), *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                httpx.get(f"{url}/health", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url, process.pid
        process.terminate()


def processor_of(pid: int) -> float:
    """Seconds that a process has worked, its start included: what other work beside it changes little."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def learn(client: httpx.AsyncClient, learner: int, took: list[float], seen: Counter[int]) -> None:
    """Play one puzzle."""
    draws = random.Random(learner)  # noqa: S311 - a think time
    headers = {"X-API-Key": f"learner-{learner}"}

    async def ask(method: str, path: str, json: object = None) -> None:
        began = time.perf_counter()
        answer = await client.request(method, path, json=json, headers=headers)
        took.append(time.perf_counter() - began)
        seen[answer.status_code] += 1

    await asyncio.sleep(draws.random() * 2)
    await ask("POST", "/lab/puzzles", {"level": 1, "seed": learner % 30})
    for _ in range(ASKED):
        await ask("GET", f"/puzzle/1-{learner % 30}")
        await asyncio.sleep(1 + draws.random())
    await ask("POST", f"/puzzle/1-{learner % 30}/guess", {"kind": "token-bucket", "wait": 2.0})
    await ask("GET", f"/puzzle/1-{learner % 30}/about")


async def play(url: str, learners: int) -> tuple[list[float], Counter[int]]:
    """Have all of them play."""
    took: list[float] = []
    seen: Counter[int] = Counter()
    limits = httpx.Limits(max_connections=learners)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        await asyncio.gather(*(learn(client, learner, took, seen) for learner in range(learners)))
    return took, seen


def main(learners: int = 300, *, state: bool = False) -> None:
    """Print what a class meets."""
    with tempfile.TemporaryDirectory() as folder:
        flags = ("--state", str(Path(folder) / "state.sqlite")) if state else ()
        with service(*flags) as (url, pid):
            began = time.perf_counter()
            took, seen = asyncio.run(play(url, learners))
            lasted = time.perf_counter() - began
            worked = processor_of(pid) / len(took) * 1000
            cuts = statistics.quantiles(took, n=100)
            answers = ", ".join(f"{count:,} x {status}" for status, count in sorted(seen.items()))
            print(
                f"  {learners} learners{', state kept' if state else ''}: {len(took) / lasted:.0f} answers a second, "
                f"half within {cuts[49] * 1000:.0f} ms, 95 % {cuts[94] * 1000:.0f}, 99 % {cuts[98] * 1000:.0f}; "
                f"{answers}; "
                f"{worked:.1f} ms of the server's processor for each; {memory_of(pid) / 1e6:.0f} MB; "
                f"load {os.getloadavg()[0]:.0f}",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.class_load", description=__doc__)
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--state", action="store_true", help="keep what learners did in a file")
    chosen = parser.parse_args()
    main(chosen.learners, state=chosen.state)
