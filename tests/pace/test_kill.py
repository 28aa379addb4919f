from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from widgets.pace import PaceStore
from widgets.pace.errors import AlreadyProbed
from widgets.pace.log import LOST

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


def start(place: str, url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.pace.prober", place, url]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def until_free(store: PaceStore, url: str) -> None:
    """Wait for the lease of a killed prober to end."""
    while True:
        try:
            store.lease(store.target(url), "test").release()
        except AlreadyProbed:
            time.sleep(0.02)
        else:
            return


def test_a_probe_that_is_killed_again_and_again_loses_nothing_sends_nothing_twice_and_reaches_its_verdict(
    start_service: Callable[..., str], tmp_path: Path
) -> None:
    url = start_service(TIME_SCALE=0.1, SEED=1) + "/slow/minimum-gap?gap=4&noise=0"
    place, draw = f"sqlite:///{tmp_path}/p.sqlite", random.Random(3)  # noqa: S311 - when the probe is killed
    seen: list[int] = []
    with PaceStore(place) as store:
        store.paces()
        for _ in range(6):
            process = start(place, url)
            known = len(seen)
            while process.poll() is None and known >= len(seen):
                time.sleep(0.02)
                broken = store.probes.unfinished()
                seen = [entry.number for entry in store.probes.entries(broken[0].id)] if broken else seen
            time.sleep(draw.uniform(0, 0.3))
            process.kill()
            process.wait()
            until_free(store, url)
        assert start(place, url).wait(60) == 0
        assert store.probes.unfinished() == []
        [probe] = all_probes(store)
        entries = store.probes.entries(probe)
        verdict = store.probes.get(probe).verdict
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert all(entry.spacing is None or entry.spacing > 0 for entry in entries)
    assert all(entry.status in (200, 503) or entry.error == LOST for entry in entries)
    assert verdict
    assert verdict.wait
    assert verdict.wait >= 0.4
    assert verdict.requests == len(entries)


def all_probes(store: PaceStore) -> list[str]:
    from sqlalchemy import select  # noqa: PLC0415 - the room has no need of it

    from widgets.pace.schema import probes  # noqa: PLC0415 - as above

    with store.database.read() as connection:
        return list(connection.scalars(select(probes.c.id)))
