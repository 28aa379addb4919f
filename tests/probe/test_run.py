from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from widgets.model.attempt import Budget, Goal, ProbeStoppedError
from widgets.probe import Attempt, Outcome, Step, Strategy, Verdict, follow, probe
from widgets.probe.asker import Answer
from widgets.probe.recorder import replayed
from widgets.probe.strategies import doubling

if TYPE_CHECKING:
    from collections.abc import Callable


class FakeClock:
    """Time that only waiting moves."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float, stop: threading.Event) -> None:
        if not stop.is_set():
            self.time += max(0.0, seconds)


class Spectator:
    def __init__(self, clock: FakeClock, at_tick: Callable[[], None] = lambda: None) -> None:
        self.clock, self.at_tick = clock, at_tick
        self.told: list[tuple[str, object]] = []

    def on_step(self, step: Step) -> None:
        self.told.append(("step", step.wait))

    def on_tick(self, remaining: float) -> None:
        self.told.append(("tick", round(remaining, 6)))
        self.at_tick()

    def on_asking(self, number: int) -> None:
        self.told.append(("asking", number))

    def on_attempt(self, attempt: Attempt) -> None:
        self.told.append(("attempt", attempt.number))


def fixed(*waits: float, low: float | None = None) -> Strategy:
    for wait in waits:
        yield Step(wait, "search", low, wait)
    return Verdict("estimated", 1.0, 1.0, 0.5, 0.95, 0, 0, 0, 0.0, 0.0, 0.0, "done")


def service(clock: FakeClock, *latencies: float) -> Callable[[threading.Event], Answer]:
    left = iter(latencies)

    def ask(_: threading.Event) -> Answer:
        latency = next(left)
        clock.time += latency
        return Answer(200, {}, latency)

    return ask


def attempts_of(clock: FakeClock, plan: Strategy, ask: Callable[[threading.Event], Answer]) -> list[Attempt]:
    seen: list[Attempt] = []

    class Collector(Spectator):
        def on_attempt(self, attempt: Attempt) -> None:
            seen.append(attempt)

    follow(plan, ask, clock=clock, watch=Collector(clock))
    return seen


def test_waits_run_from_start_to_start() -> None:
    clock = FakeClock()
    first, second, third = attempts_of(clock, fixed(9.0, 2.0, 3.0), service(clock, 0.5, 0.25, 0.25))
    assert (first.wait, first.spacing, first.started) == (None, None, 0.0)
    assert (second.wait, second.spacing, second.started) == (2.0, 2.0, 2.0)
    assert (third.wait, third.spacing, third.started) == (3.0, 3.0, 5.0)


def test_a_slow_answer_stretches_the_spacing_and_the_attempt_says_so() -> None:
    clock = FakeClock()
    _, second = attempts_of(clock, fixed(0.0, 1.0), service(clock, 4.0, 0.1))
    assert (second.wait, second.spacing) == (1.0, 4.0)


def test_a_countdown_ticks_five_times_a_second() -> None:
    clock = FakeClock()
    watch = Spectator(clock)
    follow(fixed(0.0, 1.0), service(clock, 0.0, 0.0), clock=clock, watch=watch)
    assert [value for what, value in watch.told if what == "tick"] == [1.0, 0.8, 0.6, 0.4, 0.2]


def test_a_slow_spectator_does_not_stretch_the_wait() -> None:
    clock = FakeClock()
    seen: list[Attempt] = []

    class Slow(Spectator):
        def on_attempt(self, attempt: Attempt) -> None:
            seen.append(attempt)

    def draw() -> None:
        clock.time += 0.05

    follow(fixed(0.0, 1.0), service(clock, 0.0, 0.0), clock=clock, watch=Slow(clock, draw))
    assert seen[1].spacing == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("low", "guess", "said"),
    [
        (5.0, 60.0, "So far a wait of 60 s seems long enough; that is a guess, not a result."),
        (None, None, "Too little was seen to recommend a wait."),
    ],
    ids=["something was refused", "all may have been a burst"],
)
def test_stop_in_a_wait_ends_in_a_verdict_with_what_is_known(low: float | None, guess: float | None, said: str) -> None:
    clock, stop = FakeClock(), threading.Event()
    watch = Spectator(clock, at_tick=stop.set)
    verdict = follow(fixed(0.0, 60.0, low=low), service(clock, 0.0), clock=clock, watch=watch, stop=stop)
    assert verdict.kind == "inconclusive"
    assert verdict.wait == guess
    assert verdict.statement.endswith(said)
    assert verdict.requests == 1
    assert "Stopped by you after 1 request (1 accepted, 0 refused)" in verdict.statement
    assert clock.time == 100.0


def test_the_request_that_stop_cut_short_is_no_attempt() -> None:
    stop = threading.Event()

    def ask(event: threading.Event) -> Answer:
        event.set()
        return Answer(None, {}, 0.1, "cut")

    verdict = follow(fixed(0.0, 1.0), ask, stop=stop)
    assert verdict.requests == 1
    assert verdict.accepted + verdict.refused == 0
    assert "1 request (0 accepted, 0 refused, the last one unanswered)" in verdict.statement


def test_the_notebooks_loop_finds_a_safe_wait_of_the_real_service(start_service: Callable[..., str]) -> None:
    url = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    seen: list[Attempt] = []
    verdict = probe(url, "doubling", on_attempt=seen.append)
    assert verdict.kind == "estimated"
    assert verdict.wait in {0.1024, 0.2048}
    assert [attempt.outcome for attempt in seen[-4:]] == [Outcome.ACCEPTED] * 4
    assert {attempt.status for attempt in seen} == {200, 503}
    assert all(a.spacing is not None and a.wait is not None and a.spacing >= a.wait for a in seen[1:])


def test_a_wrong_strategy_is_refused_with_the_list_of_the_right_ones() -> None:
    with pytest.raises(ValueError, match=r"there is no strategy 'fast': choose one of .*doubling"):
        probe("http://127.0.0.1:9/", "fast")


def test_a_strategy_sees_each_attempt_before_the_next_request_is_sent() -> None:
    clock = FakeClock()
    watch = Spectator(clock)
    follow(doubling(Goal(), Budget(), start=1.0, needed=2), service(clock, 0.0, 0.0), clock=clock, watch=watch)
    order = [what for what, _ in watch.told if what != "tick"]
    assert order == ["step", "asking", "attempt", "step", "asking", "attempt"]


def standing(wait: float) -> Strategy:
    """A plan whose verdict stands after the first answer, whatever becomes of what it tries then."""
    yield Step(0.0, "hello")
    stands = Verdict("certified", 1.0, 1.0, 0.05, 0.95, 1, 0, 1, 0.0, 0.0, 0.0, "It stands.")
    try:
        yield Step(wait, "verify", kept=1.0)
    except ProbeStoppedError:
        return stands
    return replace(stands, statement="All was tried.")


def test_stop_leaves_a_verdict_that_stands() -> None:
    clock, stop = FakeClock(), threading.Event()
    watch = Spectator(clock, at_tick=stop.set)
    verdict = follow(standing(60.0), service(clock, 0.0), clock=clock, watch=watch, stop=stop)
    assert (verdict.kind, verdict.statement, verdict.requests) == ("certified", "It stands.", 1)


def test_it_stands_in_a_plan_that_is_told_what_is_known() -> None:
    clock, stop = FakeClock(), threading.Event()
    watch = Spectator(clock, at_tick=stop.set)
    verdict = follow(replayed(standing(60.0), ()), service(clock, 0.0), clock=clock, watch=watch, stop=stop)
    assert (verdict.kind, verdict.statement) == ("certified", "It stands.")
    clock, stop = FakeClock(), threading.Event()
    watch = Spectator(clock, at_tick=stop.set)
    verdict = follow(replayed(fixed(0.0, 60.0), ()), service(clock, 0.0), clock=clock, watch=watch, stop=stop)
    assert verdict.statement.startswith("Stopped by you after 1 request")


def test_a_request_that_stop_cut_short_counts_in_a_verdict_that_stands() -> None:
    stop = threading.Event()
    answers = iter([Answer(200, {}, 0.0)])

    def ask(_: threading.Event) -> Answer:
        answer = next(answers, None)
        if answer is None:
            stop.set()
        return answer or Answer(None, {}, 0.0, error="stopped")

    verdict = follow(standing(0.0), ask, clock=FakeClock(), stop=stop)
    assert (verdict.kind, verdict.requests) == ("certified", 2)


def test_a_plan_that_asks_for_more_when_it_is_stopped_is_not_asked_again() -> None:
    def stubborn() -> Strategy:
        yield Step(0.0, "hello")
        try:
            yield Step(60.0, "verify")
        except ProbeStoppedError:
            yield Step(1.0, "verify")
        return Verdict("certified", 1.0, 1.0, 0.05, 0.95, 1, 0, 1, 0.0, 0.0, 0.0, "never said")

    clock, stop = FakeClock(), threading.Event()
    watch = Spectator(clock, at_tick=stop.set)
    verdict = follow(stubborn(), service(clock, 0.0), clock=clock, watch=watch, stop=stop)
    assert verdict.kind == "inconclusive"
    assert verdict.statement.startswith("Stopped by you after 1 request")
