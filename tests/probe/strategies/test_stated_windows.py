"""How long a quota is counted over, by what is left of it: what is believed, and what no answer may contradict."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import pytest

from widgets.http.limits import read
from widgets.model.attempt import Attempt
from widgets.probe.strategies.heard import Heard
from widgets.probe.strategies.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUOTA, WINDOW, LATENCY = 10, 2.0, 0.004

BURST = [0.0, 1.0, 1.33, 1.44, 1.48, 1.5, 1.51, 1.52, 1.53, 1.54]
"""When a probe asks until it is known that a quota is counted down."""


def fixed(taken: list[float], at: float) -> int:
    """How many of the last requests count: all since the first of a window."""
    begun = 0
    for i, each in enumerate(taken):
        begun = i if each >= taken[begun] + WINDOW else begun
    return len(taken) - begun


def clocked(taken: list[float], at: float) -> int:
    """All since the window of the clock began."""
    return sum(floor(each / WINDOW + 0.3) == floor(at / WINDOW + 0.3) for each in taken)


def moving(taken: list[float], at: float) -> int:
    """Those of the last two seconds."""
    return sum(each > at - WINDOW for each in taken)


def refilled(taken: list[float], at: float) -> int:
    """What a bucket is short of, that gains one each fifth of a second."""
    short, last = 0.0, 0.0
    for each in taken:
        short, last = max(0.0, short - (each - last) * QUOTA / WINDOW) + 1, each
    return max(1, -floor(-short + 1e-9))


def requests(rest: float, pace: float, number: int = 40) -> list[float]:
    """A burst, and then a steady pace, with a rest between them and one amid it."""
    steady = [BURST[-1] + rest + pace * i + (0.7 if i > number // 3 else 0.0) for i in range(number)]
    return [*BURST, *steady]


def heard_of(rule: Callable[[list[float], float], int], times: list[float], *, told_late: float = 1.0) -> Windows:
    """What is made of these requests, where the window's end is told so much later than it is."""
    *_, last = hearing(rule, times, told_late)
    return last


def hearing(rule: Callable[[list[float], float], int], times: list[float], told_late: float) -> Iterator[Windows]:
    """The same after each of them."""
    windows, taken = Windows(), list[float]()
    for number, at in enumerate(times):
        taken.append(at)
        held = rule(taken, at)
        until = taken[-held] + WINDOW + told_late
        fields = {
            "X-RateLimit-Limit": str(QUOTA),
            "X-RateLimit-Remaining": str(QUOTA - held),
            "X-RateLimit-Reset": f"{until - at:.3f}",
        }
        windows.hear(Attempt(number + 1, 0.2, 0.2, at, LATENCY, 200, fields), read(200, fields, 0.0), until)
        yield windows


@pytest.mark.parametrize("pace", [0.23, 0.26])
def test_a_fixed_window_is_known_once_it_was_renewed_sooner_than_told(pace: float) -> None:
    lasts = heard_of(fixed, requests(1.6, pace)).lasts
    assert lasts is not None
    assert lasts[0] <= WINDOW <= lasts[1] <= 1.1 * WINDOW


@pytest.mark.parametrize("pace", [0.201, 0.21, 0.23])
def test_a_log_is_known_by_how_many_requests_it_holds(pace: float) -> None:
    """At the pace that it sustains nothing is ever left, and a reset in whole seconds asked for a pause each time."""
    windows = heard_of(moving, requests(2.0, pace))
    assert windows.lasts is not None
    assert windows.lasts[0] <= WINDOW <= windows.lasts[1] <= 1.05 * WINDOW
    assert windows.stated is not None
    assert 0.2 <= windows.stated.wait <= 0.21
    assert windows.stated.words.startswith("what is left of 10 requests, by which each counts for ")


@pytest.mark.parametrize("rest", [1.9, 2.3, 2.9])
@pytest.mark.parametrize("pace", [0.21, 0.23, 0.245, 0.28, 0.3])
def test_a_window_by_the_clock_is_not_taken_for_a_shorter_one(pace: float, rest: float) -> None:
    """It ends sooner after a first request than it lasts: a pace by that would be refused, and so would a request."""
    times = requests(rest, pace, 70)
    for at, windows in zip(times, hearing(clocked, times, 1.0), strict=True):
        if windows.lasts is not None and windows.room is not None:
            ends = WINDOW * (floor(at / WINDOW + 0.3) + 0.7)
            assert windows.lasts[1] >= WINDOW
            assert windows.room >= ends


@pytest.mark.parametrize("pace", [0.19, 0.21, 0.23, 0.26, 0.3])
@pytest.mark.parametrize("rest", [1.0, 1.9, 2.9])
def test_what_is_refilled_is_taken_for_neither(pace: float, rest: float) -> None:
    assert heard_of(refilled, requests(rest, pace, 70)).lasts is None


def test_an_end_that_nothing_contradicts_is_believed() -> None:
    assert heard_of(fixed, requests(1.6, 0.26), told_late=0.0).lasts is None


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (429, {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2"}),
        (200, {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "2"}),
        (200, {}),
        (500, {}),
    ],
    ids=["refused", "two at once", "untold", "failed"],
)
def test_one_answer_that_does_not_fit_ends_what_was_known(status: int, fields: dict[str, str]) -> None:
    windows = heard_of(moving, requests(2.0, 0.23))
    before = windows.lasts, windows.room, windows.stated
    last = Attempt(99, 0.23, 0.23, 15.0, LATENCY, status, fields)
    windows.hear(last, read(status, fields, 0.0), 17.0 if fields else None)
    assert None not in before
    assert (windows.lasts, windows.room, windows.stated) == (None, None, None)


def test_a_window_that_is_stated_is_not_read_from_what_is_left() -> None:
    heard, taken = Heard(), list[float]()
    for number, at in enumerate(requests(2.0, 0.23)):
        taken.append(at)
        held = fixed(taken, at)
        fields = {
            "RateLimit-Policy": "10;w=2",
            "RateLimit-Limit": "10",
            "RateLimit-Remaining": str(10 - held),
            "RateLimit-Reset": "3",
        }
        heard.hear(Attempt(number + 1, 0.23, 0.23, at, LATENCY, 200, fields))
    assert heard.windows.lasts is None
    assert heard.stated is not None
    assert heard.stated.wait == pytest.approx(0.2)


def test_the_finer_pace_is_what_is_stated_then_and_is_offered_no_more_than_twice() -> None:
    """slowapi tells the end a second too late, exactly: 0.27 s for 0.2 was certified."""
    heard, taken = Heard(), list[float]()
    for number, at in enumerate(requests(1.6, 0.26)):
        taken.append(at)
        held = fixed(taken, at)
        fields = {
            "X-RateLimit-Limit": "10",
            "X-RateLimit-Remaining": str(10 - held),
            "X-RateLimit-Reset": f"{taken[-held] + WINDOW + 1 - at:.3f}",
        }
        heard.hear(Attempt(number + 1, 0.26, 0.26, at, LATENCY, 200, fields))
        if number == len(BURST) - 1:
            assert heard.stated is not None
            assert heard.stated.wait > 0.25, "by its own word"
    assert heard.stated is not None
    assert 0.2 <= heard.stated.wait <= 0.21
    assert [heard.finer(0.26, 1.02) for _ in range(3)] == [pytest.approx(heard.stated.wait * 1.02)] * 2 + [None]
    assert Heard().finer(0.26, 1.02) is None
