"""Answers that take their time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from server.latency import LONGEST_HOLD, Holding, answer_with_latency
from server.problems import answer_with_problems


def test_an_answer_is_as_late_as_was_asked_for(base: str) -> None:
    began = time.perf_counter()
    reply = requests.get(f"{base}/NASA/planets.csv?latency=0.2", timeout=20)
    assert reply.status_code == 200
    assert time.perf_counter() - began >= 0.2


@pytest.mark.parametrize("query", ["latency=-1", "latency=x", "latency=nan", "latency=11", "latency=1&latency_sigma=9"])
def test_a_latency_out_of_bounds_is_a_400(base: str, query: str) -> None:
    reply = requests.get(f"{base}/NASA?{query}", timeout=20)
    assert reply.status_code == 400
    assert "must be a number from 0 to" in reply.text


def test_log_normal_latencies_have_the_median_and_the_spread_that_were_asked_for() -> None:
    waits: list[float] = []
    app = Flask("late")
    answer_with_latency(app, Holding(sleep=waits.append), seed=1)
    app.add_url_rule("/health", view_func=lambda: "well")
    client = app.test_client()
    for _ in range(400):
        client.get("/health?latency=0.1&latency_sigma=0.5")
    waits.sort()
    assert waits[200] == pytest.approx(0.1, rel=0.1)
    assert waits[336] / waits[64] == pytest.approx(2.718, rel=0.25)


def test_a_late_answer_too_many_is_a_503_and_no_fault_of_ours() -> None:
    gate, held = threading.Event(), threading.Semaphore(0)

    def wait(_seconds: float) -> None:
        held.release()
        gate.wait(20)

    late = Flask("late")
    answer_with_problems(late)
    answer_with_latency(late, Holding(most=1, sleep=wait), seed=1)
    late.add_url_rule("/health", view_func=lambda: "well")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: late.test_client().get("/health?latency=1"))
        assert held.acquire(timeout=20)
        second = late.test_client().get("/health?latency=1")
        gate.set()
    assert (first.result().status_code, second.status_code) == (200, 503)
    assert "Too many answers are being held back" in second.text


def test_nothing_is_held_longer_than_the_bound() -> None:
    waits: list[float] = []
    Holding(sleep=waits.append).hold(1e9)
    assert waits == [LONGEST_HOLD]


def test_too_many_at_once_are_refused_and_places_come_free_again() -> None:
    gate = threading.Event()
    holding = Holding(most=2, sleep=lambda _: (gate.wait(5), None)[1])
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(holding.hold, 1) for _ in range(2)]
        while not all(each.running() for each in held):
            time.sleep(0.001)
        time.sleep(0.01)
        with pytest.raises(ServiceUnavailable):
            holding.hold(1)
        gate.set()
    holding.hold(1)
