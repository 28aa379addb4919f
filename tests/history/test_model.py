"""The invariant, for every order of steps, deaths, faults and delays that Hypothesis finds; in virtual time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.history.model import Sender, World
from widgets.pace.limiter import limiter as limiter_module
from widgets.pace.limiter import schedule as schedule_module
from widgets.pace.limiter.schedule import Schedule

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
        if hasattr(self, "world") and self.world.holds:
            known, hold = self.world.holds[-1]
            for sent in self.world.sent:
                assert not (sent.looked > known and sent.moment < known + hold * 0.99 - ROUNDING)

    def teardown(self) -> None:
        for sender in getattr(self, "senders", []):
            sender.die()


class Files(Turns):
    """The same over SQLite: a lock is lost by death alone."""

    sessions = False


QUICK = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
LONG = settings(QUICK, max_examples=20_000, stateful_step_count=80, derandomize=False)


@pytest.mark.parametrize("machine", [Files, Turns])
def test_no_order_of_steps_sends_closer_than_the_pace(machine: type[Turns]) -> None:
    run_state_machine_as_test(machine, settings=QUICK)


@pytest.mark.long
@pytest.mark.parametrize("machine", [Files, Turns])
def test_no_order_of_steps_sends_closer_than_the_pace_in_many_more_of_them(machine: type[Turns]) -> None:
    run_state_machine_as_test(machine, settings=LONG)
