"""How long nothing was accepted after a refusal is said where nobody told it, and only where the pace is not why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.probe.worlds import Bucket, Clocked, Gap, Window, World, drive_world
from widgets.probe.strategies.pauses import shut_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.probe.worlds import Said

REFUSED: Said = (429, {}, "no")
SEEN = re.compile(r"After a refusal nothing was accepted for ([\d,.]+) to ([\d,.]+) s, clearly longer than this wait")


def both(gap: Gap, window: Window) -> Callable[[float], bool]:
    return lambda t: gap.take(t) and window.take(t)


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(
    ("takes", "ban"),
    [
        (lambda: Window(5, 1.0).take, 30.0),
        (lambda: Window(20, 10.0).take, 120.0),
        (lambda: Bucket(8, 1.5).take, 60.0),
        (lambda: Gap(2.0).take, 45.0),
    ],
    ids=["Airtable", "window", "bucket", "gap"],
)
def test_a_ban_that_was_only_seen_is_said_with_its_bounds(
    takes: Callable[[], Callable[[float], bool]], ban: float, strategy: str
) -> None:
    """Nothing is served for 30 s after Airtable's refusal, and no sentence said so beside '0.21 s'."""
    world = World("ban", takes(), REFUSED, ban=ban)
    verdict, attempts = drive_world(world, strategy)
    assert verdict.wait is not None
    seen = SEEN.search(verdict.statement)
    assert seen
    least, most = (float(each.replace(",", "")) for each in seen.groups())
    assert least <= ban * 1.01
    assert most >= ban * 0.99
    assert least > 1.5 * verdict.wait
    assert seen[0] in shut_out(attempts, verdict.wait)


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(
    "takes",
    [
        lambda: Window(16, 30.0).take,
        lambda: Window(3, 60.0).take,
        lambda: Clocked(20, 60.0, 17.0).take,
        lambda: Bucket(10, 0.5).take,
        lambda: Gap(5.3).take,
        lambda: both(Gap(0.7), Window(40, 120.0)),
    ],
    ids=["window", "small window", "by the clock", "bucket", "gap", "two"],
)
def test_a_quota_that_was_spent_is_no_ban(takes: Callable[[], Callable[[float], bool]], strategy: str) -> None:
    """What is there again after as many requests as it served is what the wait itself says."""
    verdict, _ = drive_world(World("quota", takes(), REFUSED), strategy)
    assert verdict.wait is not None
    assert "After a refusal nothing" not in verdict.statement
