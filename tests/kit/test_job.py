from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from widgets.kit import Failed, Finished, Job, Running, State

if TYPE_CHECKING:
    import pytest


def run(work: object) -> list[State[object]]:
    states: list[State[object]] = []
    job: Job[object] = Job(work, states.append)  # type: ignore[arg-type]
    assert job.start()
    job.join(30)
    return states


def test_finished_work_gives_its_value() -> None:
    assert run(lambda _: 42) == [Running(), Finished(42)]


def test_an_error_in_the_thread_becomes_a_state_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("no")

    def work(_: threading.Event) -> None:
        raise error

    with caplog.at_level(logging.ERROR):
        assert run(work) == [Running(), Failed(error)]
    assert "The job failed" in caplog.text


def test_stop_is_felt_within_a_wait() -> None:
    states: list[State[bool]] = []
    job: Job[bool] = Job(lambda stop: stop.wait(30), states.append)
    job.start()
    job.stop()
    job.join(30)
    assert states[-1] == Finished(value=True)


def test_a_second_start_while_running_does_nothing() -> None:
    release = threading.Event()
    job: Job[bool] = Job(lambda _: release.wait(5), lambda _: None)
    assert job.start()
    assert not job.start()
    release.set()
    job.join(30)
    assert job.start()


def test_a_stop_of_an_earlier_run_does_not_stop_the_next() -> None:
    seen: list[bool] = []
    job: Job[None] = Job(lambda stop: seen.append(stop.is_set()), lambda _: None)
    for _ in range(2):
        job.start()
        job.join(30)
        job.stop()
    assert seen == [False, False]


def test_a_painter_that_raises_does_not_lose_the_result(caplog: pytest.LogCaptureFixture) -> None:
    def paint(_: State[int]) -> None:
        raise RuntimeError("no page")

    job: Job[int] = Job(lambda _: 1, paint)
    job.start()
    job.join(30)
    assert job.state == Finished(1)
    assert "could not be shown" in caplog.text


def test_who_waits_waits_also_for_what_the_last_state_has_begun() -> None:
    """Between an end and the next beginning nothing runs, and who looked then took it to be over."""
    done: list[State[bool]] = []

    def on_state(state: State[bool]) -> None:
        if isinstance(state, Finished):
            done.append(state)
            if len(done) < 3:
                job.start()

    job: Job[bool] = Job(lambda stop: stop.wait(0.1), on_state)
    job.start()
    job.join(30)
    assert len(done) == 3


def test_who_waits_while_it_is_said_that_the_work_begins_waits_for_its_end() -> None:
    """'cannot join thread before it is started' was raised."""
    said, seen = threading.Event(), threading.Event()
    states: list[State[int]] = []

    def on_state(state: State[int]) -> None:
        states.append(state)
        if isinstance(state, Running):
            said.set()
            assert seen.wait(30)

    job: Job[int] = Job(lambda _: 7, on_state)
    starting = threading.Thread(target=job.start)
    starting.start()
    assert said.wait(30)
    job.join(0.01)
    assert states == [Running()]
    seen.set()
    starting.join(30)
    job.join(30)
    assert states == [Running(), Finished(7)]
