"""After a power cut every attempt that was acknowledged is there: what was never synced is taken away.

The cut is simulated: a library that is preloaded keeps what each file held at its last fsync, and the store is put back
to that; or, page by page, to that or to what was written since, as a disk does that writes in an order of its own. What
it cannot show is a disk that lies about fsync, and names in folders that are lost.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from widgets.pace import PaceStore

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
PAGE = 4096
ACKNOWLEDGED = 20


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("a C compiler is not here")
    built = tmp_path_factory.mktemp("synced") / "synced.so"
    source = Path(__file__).with_name("synced.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(built), str(source), "-ldl"], check=True)
    return built


def all_lost(synced: bytes, _: bytes, __: random.Random) -> bytes:
    return synced


def some_lost(synced: bytes, written: bytes, draw: random.Random) -> bytes:
    """Some pages were written since, some not."""
    length = draw.choice([len(synced), max(len(synced), len(written))])
    old, new = synced.ljust(length, b"\0"), written[:length].ljust(length, b"\0")
    pages = range(0, length, PAGE)
    return b"".join(draw.choice([old, new])[first : first + PAGE] for first in pages)


def run_and_cut(folder: Path, library: Path, lost: Callable[[bytes, bytes, random.Random], bytes], seed: int) -> Path:
    """Store for a while, end the process, and take away what a power cut takes; gives what was acknowledged."""
    draw, disk, acknowledged = random.Random(seed), folder / "disk", folder / "acknowledged"  # noqa: S311 - what is lost
    disk.mkdir()
    environ = dict(os.environ) | {"LD_PRELOAD": str(library), "WW_SYNCED": str(disk)}
    command = [sys.executable, "-m", "tests.history.power", f"sqlite:///{disk}/paces.sqlite", str(acknowledged)]
    with subprocess.Popen(command, cwd=ROOT, env=environ) as process:
        end = time.monotonic() + 60
        while not (acknowledged.exists() and acknowledged.read_text().count("\n") >= ACKNOWLEDGED):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.1))
        process.kill()
    for path in [disk / "paces.sqlite", disk / "paces.sqlite-wal"]:
        kept = path.with_name(f"{path.name}.synced")
        assert kept.exists(), "nothing was synced: the library was not loaded"
        path.write_bytes(lost(kept.read_bytes(), path.read_bytes(), draw))
    (disk / "paces.sqlite-shm").unlink(missing_ok=True)
    return acknowledged


@pytest.mark.parametrize("lost", [all_lost, some_lost])
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 26))])
def test_what_was_acknowledged_survives_a_power_cut(
    tmp_path: Path, library: Path, lost: Callable[[bytes, bytes, random.Random], bytes], seed: int
) -> None:
    lines = run_and_cut(tmp_path, library, lost, seed).read_text().splitlines()
    with PaceStore(f"sqlite:///{tmp_path}/disk/paces.sqlite") as store:
        probe = lines[0].split()[0]
        stored = [attempt.number for _, attempt in store.probes.attempts(probe)]
        assert stored[: len(lines)] == [int(line.split()[1]) for line in lines]
        assert store.resume(probe).id == probe
