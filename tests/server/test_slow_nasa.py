"""/Slow-NASA over a real socket, and the gate with a clock that is passed in."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ClassVar

import pytest
import requests

from server import create_app
from server.gate import Gate
from server.limiters import Decision, MinimumGap

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


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


def test_of_many_at_once_only_the_first_is_served(serve: Callable[[Flask], str]) -> None:
    base = serve(create_app({"SEED": 1}))
    with ThreadPoolExecutor(24) as pool:
        statuses = list(pool.map(lambda _: requests.get(f"{base}/Slow-NASA", timeout=10).status_code, range(24)))
    assert sorted(statuses) == [200] + [503] * 23


def test_a_refusal_says_why_in_a_sentence_and_not_when_to_come_back(serve: Callable[[Flask], str]) -> None:
    base = serve(create_app({"SEED": 1}))
    assert requests.get(f"{base}/Slow-NASA", timeout=20).headers["X-Description"]
    refused = requests.get(f"{base}/Slow-NASA", timeout=20)
    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert refused.text == "The service is overloaded. Please wait longer between requests, and try again.\n"
    assert not {name for name in map(str.lower, refused.headers) if "retry" in name or "rate" in name}


@pytest.mark.parametrize(
    "second", ["/Slow-NASA", "/Slow-NASA?type=audio", "/Slow-NASA/planets.csv", "/Slow-NASA/no_such_thing"]
)
def test_every_address_below_it_shares_the_one_limit(serve: Callable[[Flask], str], second: str) -> None:
    base = serve(create_app({"SEED": 1}))
    assert requests.head(f"{base}/Slow-NASA", timeout=20).status_code == 200
    assert requests.get(f"{base}{second}", timeout=20).status_code == 503


def test_it_offers_what_nasa_offers(serve: Callable[[Flask], str]) -> None:
    base = serve(create_app({"SEED": 1, "TIME_SCALE": 0.0001}))
    pause = 0.002

    def ask(path: str) -> requests.Response:
        time.sleep(pause)
        return requests.get(f"{base}{path}", timeout=20)

    assert ask("/Slow-NASA?type=audio").headers["Content-Type"] == "audio/wav"
    assert ask("/Slow-NASA/planets.csv").headers["Content-Type"] == "text/csv; charset=utf-8"
    assert ask("/Slow-NASA/no_such_thing").status_code == 404
    assert ask("/Slow-NASA?type=nothing").status_code == 404


def test_two_applications_do_not_share_a_limit(serve: Callable[[Flask], str]) -> None:
    one, other = serve(create_app()), serve(create_app())
    assert requests.get(f"{one}/Slow-NASA", timeout=20).status_code == 200
    assert requests.get(f"{other}/Slow-NASA", timeout=20).status_code == 200


def test_nasa_itself_has_no_limit_and_does_not_use_that_of_slow_nasa(serve: Callable[[Flask], str]) -> None:
    base = serve(create_app())
    assert all(requests.head(f"{base}/NASA", timeout=20).ok for _ in range(20))
    assert requests.get(f"{base}/Slow-NASA", timeout=20).status_code == 200
