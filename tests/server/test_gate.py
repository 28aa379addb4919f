"""A limiter on a clock that is passed in, shared by threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest

from server.gate import Gate
from server.limiters import Decision, MinimumGap


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_default_rule_is_four_seconds_and_up_to_two_and_a_half_more() -> None:
    clock = Clock()
    gate = Gate(MinimumGap(seed=1), clock=clock)
    answers = {}
    for wait in (3.999, 5.25, 6.5):
        accepted = 0
        for _ in range(400):
            clock.now += 100
            gate.ask()
            clock.now += wait
            accepted += gate.ask().accepted
        answers[wait] = accepted / 400
    assert answers[3.999] == 0
    assert 0.4 < answers[5.25] < 0.6
    assert answers[6.5] == 1


def test_a_refused_request_starts_the_wait_anew() -> None:
    clock = Clock()
    gate = Gate(MinimumGap(seed=1), clock=clock)
    assert gate.ask().accepted
    for _ in range(50):
        clock.now += 3.9
        assert not gate.ask().accepted


def test_the_time_scale_divides_every_time_of_the_rule() -> None:
    clock = Clock()
    gate = Gate(MinimumGap(seed=1), time_scale=0.02, clock=clock)
    gate.ask()
    clock.now += 0.0799
    refused = gate.ask()
    assert not refused.accepted
    assert refused.retry_after == pytest.approx(0.13)
    assert [policy.window for policy in refused.policies] == [pytest.approx(0.13)]
    clock.now += 0.1301
    assert gate.ask().accepted


def test_threads_ask_one_after_another_and_the_clock_never_goes_back() -> None:
    class Witness:
        kind: ClassVar[str] = "witness"
        seed = 0

        def __init__(self) -> None:
            self.times: list[float] = []
            self.inside = threading.Lock()

        def ask(self, now: float) -> Decision:
            assert self.inside.acquire(blocking=False), "two threads are in the limiter at once"
            self.times.append(now)
            self.inside.release()
            return Decision(accepted=True)

        def acceptance(self, wait: float) -> float:
            return wait

        def steady_wait(self, refusal_rate: float) -> float:
            return refusal_rate

        def describe(self) -> str:
            return ""

    witness = Witness()
    gate = Gate(witness)
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda _: gate.ask(), range(2000)))
    assert witness.times == sorted(witness.times)
    assert len(witness.times) == 2000
