"""A probing process is killed 500 times in all: no attempt is lost, and none is sent twice."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.pace.service import in_virtual_time
from tests.pace.store.test_kill import GAP, Laboratory, check_nothing_is_lost_or_sent_twice

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("rounds", "probes", "kills"), [(1, 1, 6), pytest.param(10, 2, 25, marks=pytest.mark.long)])
def test_probes_that_are_killed_lose_nothing_and_send_nothing_twice(
    tmp_path: Path, rounds: int, probes: int, kills: int
) -> None:
    for _ in range(rounds):
        with ExitStack() as stack:
            laboratory = Laboratory(tmp_path, stack)
            running = [laboratory.probing(in_virtual_time(GAP), kills) for _ in range(probes)]
            assert laboratory.kill(running, "virtual", 0.02) == probes * kills
            for probing in running:
                check_nothing_is_lost_or_sent_twice(probing, laboratory.found(probing))
