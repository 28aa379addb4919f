"""The invariant, for every order of steps, deaths, faults and delays that Hypothesis finds; in virtual time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.history.model import FakeKept, Sender, World
from widgets.pace.limiter import limiter
from widgets.pace.limiter.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.pace.store.queue import Place

ROUNDING = 1e-9
WHO = st.integers(0, 2)


class Turns(RuleBasedStateMachine):
    """Three senders on two machines, with one pace."""

    sessions = True

    @initialize(wait=st.sampled_from([0.01, 0.1, 0.5, 3.0]), offset=st.sampled_from([-900.0, 0.0, 5000.0]))
    def begin(self, wait: float, offset: float) -> None:
        self.world = World(wait, (0.0, offset), sessions=self.sessions)
        self.senders = [Sender(self.world, number, machine) for number, machine in enumerate((0, 0, 1))]

    @rule(who=WHO, steps=st.integers(1, 30))
    def go(self, who: int, steps: int) -> None:
        for _ in range(steps):
            self.senders[who].go()

    @rule(who=WHO, drop=st.booleans())
    def go_on_deck(self, who: int, drop: bool) -> None:
        for _ in range(60):
            if self.world.holder is self.senders[who] and self.world.row.open:
                break
            self.senders[who].go()
        if drop:
            self.senders[who].drop()

    @rule(who=WHO)
    def go_until_sent(self, who: int) -> None:
        before = len(self.world.sent)
        for _ in range(60):
            if len(self.world.sent) > before:
                break
            self.senders[who].go()

    @rule(
        first=WHO,
        second=WHO,
        drop=st.booleans(),
        steps=st.integers(1, 30),
        share=st.sampled_from([0.0, 0.01, 0.2, 1.0]),
        after=st.integers(0, 4),
    )
    def one_is_stopped_on_its_turn_while_another_goes_on(
        self, first: int, second: int, drop: bool, steps: int, share: float, after: int
    ) -> None:
        """Each part of it can happen by the other rules too, and hardly ever does in this order."""
        self.go_on_deck(first, drop)
        self.go(second, steps)
        self.time_passes(share)
        self.go_until_sent(first)
        self.go(first, after)
        self.go_until_sent(second)

    @rule(share=st.sampled_from([0.01, 0.2, 0.26, 0.5, 1.0, 3.0]))
    def time_passes(self, share: float) -> None:
        self.world.time += share * self.world.wait

    @rule(who=WHO, machine=st.integers(0, 1))
    def a_process_is_killed_and_another_begins(self, who: int, machine: int) -> None:
        self.senders[who].die()
        self.senders[who] = Sender(self.world, who, machine)

    @rule(who=WHO)
    def its_session_is_dropped(self, who: int) -> None:
        self.senders[who].drop()

    @rule(who=WHO, steps=st.integers(1, 3))
    def the_store_fails(self, who: int, steps: int) -> None:
        for _ in range(steps):
            self.senders[who].failing = "gone" if not self.senders[who].aiming else ""
            self.senders[who].go()

    @rule(who=WHO, waits=st.sampled_from([0.5, 2.0, 10.0]))
    def the_next_answer_says_to_stay_away(self, who: int, waits: float) -> None:
        self.senders[who].hold = waits * self.world.wait

    @invariant()
    def no_two_sends_are_closer_than_the_pace(self) -> None:
        if hasattr(self, "world"):
            for first, second in pairwise(self.world.sent):
                assert second.moment - first.moment >= self.world.wait - ROUNDING, self.world.sent[-3:]

    @invariant()
    def nobody_who_looks_after_a_hold_is_known_sends_within_it(self) -> None:
        for known, over in self.world.holds if hasattr(self, "world") else ():
            for sent in self.world.sent:
                assert not (sent.looked > known and sent.moment < over - ROUNDING)

    def teardown(self) -> None:
        for sender in getattr(self, "senders", []):
            sender.die()


class Files(Turns):
    """The same over SQLite: a lock is lost by death alone."""

    sessions = False


@pytest.mark.parametrize("machines", [(0, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_a_shorter_hold_that_is_told_meanwhile_takes_nothing_from_a_longer_one(machines: tuple[int, int, int]) -> None:
    world = World(0.01, (0.0, 5000.0), sessions=False)
    first, second, third = (Sender(world, number, machine) for number, machine in enumerate(machines))
    sent = 0
    for sender, hold in ((first, 0.2), (second, 0.02)):
        sender.hold, sent = hold, sent + 1
        while len(world.sent) < sent or world.holder is sender:
            sender.go()
    # Both are on their way; the store hears of the longer one first, and whoever told it is stopped there.
    while world.row.holds < 1:
        first.go()
    for sender in (second, first):
        while len(world.holds) < (1 if sender is second else 2):
            sender.go()
    while len(world.sent) < 3:
        third.go()
    assert world.sent[-1].moment >= max(over for _, over in world.holds) - ROUNDING
    for sender in (first, second, third):
        sender.die()


def test_one_that_has_lost_its_lock_closes_no_turn_of_another() -> None:
    world = World(0.5, (0.0, -900.0), sessions=True)
    first, second = (Sender(world, number, number) for number in range(2))
    while world.holder is not first:
        first.go()
    first.drop()  # before it looks what is open
    while not (world.holder is second and world.row.open):
        second.go()
    for _ in range(20):
        first.go()
        assert world.row.open
    for sender in (first, second):
        sender.die()


QUICK = settings(
    max_examples=50, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
PLANTED = settings(QUICK, max_examples=3000, phases=[Phase.generate], report_multiple_bugs=False)
LONG = settings(QUICK, max_examples=5_000, stateful_step_count=80, derandomize=False)


@pytest.mark.parametrize("machine", [Files, Turns])
def test_no_order_of_steps_sends_closer_than_the_pace(machine: type[Turns]) -> None:
    run_state_machine_as_test(machine, settings=QUICK)


@pytest.mark.long
@pytest.mark.parametrize("machine", [Files, Turns])
def test_no_order_of_steps_sends_closer_than_the_pace_in_many_more_of_them(machine: type[Turns]) -> None:
    run_state_machine_as_test(machine, settings=LONG)


def forgets_that_it_was_open(known: dict[str, tuple[object, float]], key: str, count: object, now: float) -> float:
    """As if a foreign request that is counted had been sent."""
    return SEEN(known, key, count[0] if isinstance(count, tuple) else count, now)


SEEN = Schedule._seen


def began_whoever_has_begun(self: FakeKept, opened: Mapping[str, int], place: Place | None = None) -> bool:
    """As if the lock were enough, and had been taken by nobody."""
    self._sender.world.holder = None
    self._change(lambda row: replace(row, sends=row.sends + 1, open=True))
    return True


@pytest.mark.parametrize(
    ("machine", "place", "name", "wrong"),
    [
        pytest.param(Files, FakeKept, "open_turn", began_whoever_has_begun, marks=pytest.mark.long),
        pytest.param(Turns, Schedule, "_seen", staticmethod(forgets_that_it_was_open), marks=pytest.mark.long),
        (Turns, limiter, "STALE", 1e9),
        pytest.param(Turns, limiter, "SLACK", -1.0, marks=pytest.mark.long),
    ],
)
def test_a_rule_that_is_left_out_is_missed(
    monkeypatch: pytest.MonkeyPatch, machine: type[Turns], place: object, name: str, wrong: object
) -> None:
    monkeypatch.setattr(place, name, wrong)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(machine, settings=PLANTED)
