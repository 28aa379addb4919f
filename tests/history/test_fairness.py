"""Who waits longest is next: with 16 waiters nobody waits for more than twice its fair share of the turns."""

from __future__ import annotations

import heapq
import random
import threading
from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.history import model
from tests.history.model import Sender, World
from tests.pace.databases import postgresql
from tests.pace.target import logging_target
from widgets.pace import PacedSession, PaceStore
from widgets.pace.store.queue import Place

if TYPE_CHECKING:
    from pathlib import Path

WAITERS = 16
FAIR = 2 * WAITERS
LONGER = [pytest.param(*each, marks=pytest.mark.long) for each in ((1.0, 1), (0.02, 2), (0.1, 2), (10.0, 3))]


def order_of_sends(
    wait: float, machines: int, sends: int, seed: int = 1, cost: float = 0.001, dying: int = 0
) -> list[int]:
    """Who sent, in virtual time; each step of each takes up to `cost` seconds, and so many die after five turns."""
    draw = random.Random(seed)  # noqa: S311 - how long a step takes
    world = World(wait, tuple(1000.0 * each for each in range(machines)), sessions=True)
    senders = [Sender(world, number, number % machines) for number in range(WAITERS)]
    ready = [(world.time + draw.uniform(0, wait), number) for number in range(WAITERS)]
    heapq.heapify(ready)
    try:
        while len(world.sent) < sends:
            moment, number = heapq.heappop(ready)
            if number < dying and len(world.sent) > 5 * WAITERS:
                senders[number].die()
                continue
            world.time = max(world.time, moment)
            senders[number].go()
            heapq.heappush(ready, (max(world.time, senders[number].wake) + draw.uniform(0, cost), number))
    finally:
        for sender in senders:
            sender.die()
    assert all(second.moment - first.moment >= wait - 1e-9 for first, second in pairwise(world.sent))
    return [sent.sender for sent in world.sent]


def longest_waits(order: list[int]) -> list[int]:
    """For each the most turns from one of its own to the next, the end of the record included."""
    found = []
    for number in range(WAITERS):
        places = [-1, *(place for place, sender in enumerate(order) if sender == number), len(order)]
        found.append(max(after - before for before, after in pairwise(places)))
    return found


@pytest.mark.parametrize(("wait", "machines"), [(0.1, 1), (1.0, 2), *LONGER])
def test_over_100_turns_of_each_of_16_nobody_waits_for_more_than_twice_its_share(wait: float, machines: int) -> None:
    assert max(longest_waits(order_of_sends(wait, machines, 100 * WAITERS))) <= FAIR


def test_without_the_queue_somebody_waits_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "older", lambda one, other: False)
    assert max(longest_waits(order_of_sends(0.1, 1, 12 * WAITERS))) > FAIR


def test_one_who_died_waiting_is_passed_over_after_a_moment_and_the_others_go_on_in_their_order() -> None:
    order = order_of_sends(0.1, 2, 20 * WAITERS, dying=4)
    left = order[6 * WAITERS :]
    assert len(set(left)) == WAITERS - 4
    for number in set(left):
        places = [place for place, sender in enumerate(left) if sender == number]
        assert max(after - before for before, after in pairwise(places)) <= WAITERS - 4


def test_where_one_died_on_its_turn_and_one_who_waited_first_died_too_the_next_one_sends_after_a_moment() -> None:
    world = World(0.1, (0.0,), sessions=False)
    world.waiting["dead"] = Place("dead", "a process that was killed", came=0)
    world.row = replace(world.row, sends=2, open=True)
    began, sender = world.time, Sender(world, 1, 0)
    while not world.sent and world.time < began + 60:
        sender.go()
    sender.die()
    assert world.sent
    assert 0.1 <= world.sent[0].moment - began <= 3
    assert "dead" not in world.waiting


def real(store_url: str, turns: int) -> list[int]:
    """The order of the sends of 16 threads of four sessions, as the target saw them."""
    order: list[int] = []
    stop = threading.Event()
    with logging_target() as target, PaceStore(store_url) as store:
        store.keep(target.url, 0.05)
        sessions = [PacedSession(store, stop=stop) for _ in range(4)]

        def send(number: int) -> None:
            while len(order) < turns * WAITERS:
                sessions[number % 4].get(target.url)
                order.append(number)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(WAITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert min(target.gaps) >= 0.05
        for session in sessions:
            session.close()
    return order[: turns * WAITERS]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_over_20_real_turns_of_each_of_16_nobody_waits_for_more_than_twice_its_share(tmp_path: Path, kind: str) -> None:
    place = postgresql() if kind == "PostgreSQL" else nullcontext(f"sqlite:///{tmp_path}/paces.sqlite")
    with place as url:
        assert max(longest_waits(real(url, 20))) <= FAIR
