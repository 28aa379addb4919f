from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from server.limiters import Drifting
from tests.pace.conftest import URL, FakeClock
from widgets.pace import PaceStore
from widgets.pace.limiter.limiter import Limiter

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DAY, LONG = 86_400, 43_200
NEVER = threading.Event()


def soak(store: PaceStore, clock: FakeClock, service: Drifting) -> list[tuple[float, float, bool]]:
    """Ask for half a day of virtual time: the moment, the wait since the request before, and whether it was refused."""
    limiter, asked = Limiter(store, store.target(URL)), list[tuple[float, float, bool]]()
    end, last = clock.now() + LONG, clock.now()
    while clock.now() < end:
        with limiter.sending(DAY, NEVER):
            now = clock.now()
            refused = not service.ask(now).accepted
        clock.advance(0.2)
        limiter.note(refused=refused)
        asked.append((now, now - last, refused))
        last = now
    return asked


def test_half_a_day_against_a_drifting_limit_is_followed_and_refusals_stay_under_the_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widgets.pace.limiter.limiter.RECHECK", 60.0)  # nobody changes the pace meanwhile
    clock, service = FakeClock(), Drifting(gap=60, swing=0.5, period=12 * 3600)
    with PaceStore(f"sqlite:///{tmp_path}/p.sqlite", clock=clock) as store:
        store.keep(URL, wait=62)
        asked = soak(store, clock, service)
        pace = store.pace(URL)
    refused = sum(each for _, _, each in asked)
    assert refused / len(asked) <= 0.05
    # In each hour too, unless the limit rose in it.
    for begin in range(int(clock.now()) - LONG, int(clock.now()), 3600):
        hour = [each for now, _, each in asked if begin <= now < begin + 3600]
        rose = service.gap_at(begin + 3600) > service.gap_at(begin)
        # Once in a while the stretch is tried without, as after a ban: that may cost two in an hour.
        assert rose or sum(hour) <= max(2, 0.05 * len(hour))
        assert sum(hour) <= 3
    assert min(wait for _, wait, _ in asked) >= 62
    # The widest gap is 90 s: it is reached when it must be, and left again afterwards.
    assert max(wait for _, wait, _ in asked) >= 90
    calm = [wait for now, wait, _ in asked if service.gap_at(now) < 40]
    assert min(calm) < 66
    assert pace
    assert pace.refused == refused
