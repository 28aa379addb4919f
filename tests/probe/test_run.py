from __future__ import annotations

import threading
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

import pytest

from widgets.model.attempt import Budget, Goal, ProbeStoppedError, lateness
from widgets.probe import Attempt, Outcome, Step, Strategy, Verdict, follow, probe
from widgets.probe.asker import Answer
from widgets.probe.evidence import told
from widgets.probe.panel.tally import Tally
from widgets.probe.recorder import Listener, replayed
from widgets.probe.strategies import careful, doubling, quick

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


def test_what_is_told_while_a_request_is_announced_is_waited_for_before_it_is_sent() -> None:
    """To write an announcement down may take seconds; others may be told meanwhile to stay away."""
    clock, sent, held = FakeClock(), list[float](), [0.0]
    answer = service(clock, 0.0, 0.0)

    def ask(stop: threading.Event) -> Answer:
        sent.append(clock.time)
        return answer(stop)

    class Slow(Spectator):
        def on_asking(self, number: int) -> None:
            clock.time += 5.0
            held[0] = clock.time + 30.0 if number == 2 else 0.0

    def due_in() -> float:  # of a clock that stands still between two looks, what is left must not be left for ever
        return round(max(0.0, held[0] - clock.time), 6)

    follow(fixed(0.0, 1.0), ask, clock=clock, watch=Slow(clock), due_in=due_in)
    assert sent[1] >= held[0] - 0.051  # the turn itself waits for the rest
    assert sent[1] == pytest.approx(sent[0] + 1.0 - 0.05 + 5.0 + 30.0, abs=0.1)


class Stalling(FakeClock):
    """Each so many waits take so many seconds longer."""

    def __init__(self, each: int, seconds: float) -> None:
        super().__init__()
        self.waits, self.each, self.seconds = 0, each, seconds

    def wait(self, seconds: float, stop: threading.Event) -> None:
        super().wait(seconds, stop)
        self.waits += 1
        self.time += self.seconds if self.waits % self.each == 0 else 0.0


@pytest.mark.parametrize("stall", [2.5, 4.0, 14.0])
@pytest.mark.parametrize("begin", [quick, careful])
def test_a_machine_that_is_slow_probes_all_the_same(begin: Callable[[Goal, Budget], Strategy], stall: float) -> None:
    """Stalls of a few seconds were taken for time in which nobody probed: 'N requests in S s' told too few seconds."""
    clock, seen = Stalling(9, stall), list[Attempt]()
    watch = Listener(seen.append)
    verdict = follow(begin(Goal(), Budget(requests=80)), service(clock, *[0.02] * 80), clock=clock, watch=watch)
    assert clock.waits > 18, "it stalled"
    assert verdict.seconds == pytest.approx(clock.time - 100)
    assert Tally.of(seen).seconds == pytest.approx(clock.time - 100)
    assert {attempt.absent for attempt in seen} == {0.0}


def test_a_block_that_a_slow_machine_met_is_told_as_long_as_it_was() -> None:
    clock, served = Stalling(5, 7.0), 40
    began = list[float]()

    def ask(_: threading.Event) -> Answer:
        clock.time += 0.02
        if len(began) < served:
            began.append(clock.time - 0.02)
        else:
            return Answer(429, {}, 0.02)
        return Answer(200, {}, 0.02)

    seen = list[Attempt]()
    verdict = follow(quick(Goal(), Budget(refusals=8)), ask, clock=clock, watch=Listener(seen.append))
    first = next(each for each in seen if each.status == 429)
    assert f"and then none for {told(clock.time - 100 - first.started)} s" in verdict.statement


HOUR = 3600.0


def test_a_probe_that_is_gone_on_with_says_for_how_long_it_did_not_run() -> None:
    """It was to ask again after 1 s, and was stopped before: what lies after that second is no time of probing."""
    clock, seen = FakeClock(), [Attempt(1, None, None, 0.0, 0.1, 200, absent=0.0)]
    plan = replayed(fixed(0.0, 1.0, 2.0), seen)
    follow(plan, service(clock, 0.1, 0.1), clock=clock, known=tuple(seen), since=HOUR, watch=Listener(seen.append))
    assert [each.absent for each in seen] == pytest.approx([0.0, HOUR - 1.0, 0.0])
    assert seen[1].spacing == pytest.approx(HOUR)
    assert Tally.of(seen).seconds == pytest.approx(1.0 + 2.0 + 0.1)


def test_going_on_within_the_wait_is_no_absence() -> None:
    clock, seen = FakeClock(), [Attempt(1, None, None, 0.0, 0.1, 200, absent=0.0)]
    plan = replayed(fixed(0.0, 30.0), seen)
    follow(plan, service(clock, 0.1), clock=clock, known=tuple(seen), since=20.0, watch=Listener(seen.append))
    assert [seen[1].absent, seen[1].spacing] == pytest.approx([0.0, 30.0])


def test_a_request_that_is_a_little_late_after_going_on_is_on_time() -> None:
    """A timer wakes some 0.3 ms late: with that each such request ended the evidence, and a budget was spent."""
    clock, seen = FakeClock(), [Attempt(1, None, None, 0.0, 0.1, 200, absent=0.0)]
    wait = clock.wait

    def late(seconds: float, stop: threading.Event) -> None:
        wait(seconds + 0.0003, stop)

    clock.wait = late  # type: ignore[method-assign]
    plan = replayed(fixed(0.0, 30.0), seen)
    follow(plan, service(clock, 0.1), clock=clock, known=tuple(seen), since=20.0, watch=Listener(seen.append))
    assert seen[1].absent == 0
    assert lateness(*seen) == 0


def test_a_probe_that_is_gone_on_with_and_stopped_at_once_took_no_hour() -> None:
    clock, stop = FakeClock(), threading.Event()
    known = (Attempt(1, None, None, 0.0, 0.1, 200, absent=0.0),)
    stop.set()
    plan = replayed(fixed(0.0, 5.0), known)
    verdict = follow(plan, service(clock), clock=clock, known=known, since=HOUR, stop=stop)
    assert verdict.seconds == pytest.approx(5.0)


def test_a_process_that_was_frozen_for_an_hour_did_not_probe_in_it() -> None:
    clock, seen = Stalling(15, HOUR), list[Attempt]()
    follow(fixed(0.0, 1.0, 1.0, 1.0), service(clock, *[0.1] * 4), clock=clock, watch=Listener(seen.append))
    absent = sum(each.absent or 0.0 for each in seen)
    assert HOUR - 1 <= absent <= HOUR
    assert Tally.of(seen).seconds == pytest.approx(3.1, abs=0.01)


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
    last = [attempt.spacing or 0.0 for attempt in seen[-4:]]
    asked = seen[-1].wait or 0.0
    assert verdict.wait == (asked if median(last) <= 1.05 * asked else median(last))  # a busy machine asks later
    assert 0.09 < verdict.wait < 1
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
