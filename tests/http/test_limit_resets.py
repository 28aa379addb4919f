from __future__ import annotations

from math import ceil, floor

import pytest

from widgets.http.limits import Resets, read

LATENCY = 0.02


def answers(
    times: list[float], ends: float, quota: int, left: int | None = None, *, dated: bool = False, exact: bool = False
) -> Resets:
    """What answers at these times say of a window that ends then, each taking one more of the quota."""
    resets = Resets()
    for number, at in enumerate(times):
        told = ends - at - LATENCY / 2
        headers = {
            "X-RateLimit-Limit": f"{quota}",
            "X-RateLimit-Remaining": f"{(quota if left is None else left) - number - 1}",
            "X-RateLimit-Reset": f"{told:.4f}" if exact else f"{ceil(told)}",
        }
        if dated:
            headers["X-RateLimit-Reset"] = f"{ceil(1_760_000_000 + ends)}"
            headers["Date"] = f"Thu, 09 Oct 2025 08:53:{20 + floor(at + LATENCY / 2):02} GMT"
        resets.hear(read(200, headers, now=1_760_000_000 + at), at, at + LATENCY)
    return resets


@pytest.mark.parametrize("phase", [0.0, 0.13, 0.5, 0.87])
@pytest.mark.parametrize("dated", [False, True])
def test_the_end_of_a_window_is_the_earliest_that_its_answers_name_and_never_before_the_true_one(
    phase: float, dated: bool
) -> None:
    times = [phase + 0.17 * i for i in range(10)]
    ends = phase + 2
    resets = answers(times, ends, 10, dated=dated)
    assert resets.served == 10
    assert resets.whole
    assert resets.least - LATENCY <= ends <= resets.ends
    if not dated:
        assert resets.ends - ends <= 0.17 + 2 * LATENCY, "one answer alone is up to a second late"
    else:
        assert resets.ends - ends <= 1 + 0.17 + 2 * LATENCY, "one answer alone is up to two seconds late"


def test_an_end_that_is_told_exactly_is_taken_as_it_is() -> None:
    resets = answers([0.0, 0.5, 1.0], 7.3, 3, exact=True)
    assert resets.ends == pytest.approx(7.3, abs=LATENCY)
    assert resets.ends - resets.least <= 2 * LATENCY


def test_answers_that_cannot_mean_one_end_are_not_read_together() -> None:
    """A bucket says when it is full: each token taken makes that later."""
    resets = Resets()
    for number in range(8):
        told = {"RateLimit-Remaining": f"{7 - number}", "RateLimit-Reset": f"{0.5 * (number + 1):.3f}"}
        until = resets.hear(read(200, told, now=0.0), 0.01 * number, 0.01 * number + 0.005)
        assert until == pytest.approx(0.5 * (number + 1), abs=0.01)
    assert resets.served == 1


def test_a_window_that_was_met_amid_is_not_taken_for_a_whole_one() -> None:
    assert not _second(before=5, left=5).whole
    assert _second(before=2, left=9).whole, "more is left than just before"
    assert _second(before=9, left=9).whole, "all but the one that was just taken is left"


def _second(before: int, left: int) -> Resets:
    resets = Resets()
    for at, remaining in ((0.0, before), (1.0, left)):
        told = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": f"{remaining}", "X-RateLimit-Reset": "2"}
        resets.hear(read(200, told, now=0.0), at, at + LATENCY)
    return resets


def test_a_refusal_ends_what_is_read_together() -> None:
    resets = answers([0.0, 0.2], 2.0, 10)
    refused = read(429, {"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "1", "Retry-After": "1"}, now=0.0)
    assert resets.hear(refused, 0.4, 0.42) is None
    assert resets.served == 0


def numbers(
    ends: float, times: list[float], scale: float, latency: float = 0.05, remaining: int = 50
) -> tuple[Resets, list[float | None]]:
    """What is read of resets that count down to `ends` in seconds times `scale`."""
    resets, read_as = Resets(), []
    for number, at in enumerate(times):
        told = {
            "X-RateLimit-Remaining": f"{remaining - number}",
            "X-RateLimit-Reset": f"{ceil(scale * (ends - at - latency / 2))}",
        }
        said = resets.in_seconds(read(200, told, now=0.0), at, at + latency)
        assert said == resets.in_seconds(said, at, at + latency), "reading it twice changes nothing"
        read_as.append(said.reset)
        resets.hear(said, at, at + latency)
    return resets, read_as


@pytest.mark.parametrize("gap", [0.06, 0.2, 1.0, 2.5])
def test_a_number_that_falls_by_a_thousand_a_second_is_one_of_milliseconds(gap: float) -> None:
    """8930 was taken for two hours and a half: so long was waited, or the probe ended at once."""
    resets, read_as = numbers(9.0, [gap * i for i in range(4)], 1000)
    assert resets.milliseconds
    assert read_as[-1] == pytest.approx(9 - 3 * gap, abs=0.05)
    assert read(200, {"X-RateLimit-Reset": "8930"}, 0.0).reset == 8930, "one alone does not say it"


@pytest.mark.parametrize("gap", [0.06, 0.2, 1.0, 2.5])
@pytest.mark.parametrize("ends", [9.0, 881.0, 54_000.0])
def test_a_number_that_falls_by_one_a_second_is_one_of_seconds(gap: float, ends: float) -> None:
    resets, read_as = numbers(ends, [gap * i for i in range(4)], 1)
    assert not resets.milliseconds
    assert read_as[-1] == ceil(ends - 3 * gap - 0.025)


def test_a_number_that_begins_as_a_usual_window_does_is_one_of_seconds_however_it_falls() -> None:
    times = [0.2 * i for i in range(4)]
    assert numbers(3.725, times, 1000)[0].milliseconds
    assert not numbers(3.625, times, 1000)[0].milliseconds, "an hour begins"


def test_what_nothing_is_left_of_is_there_again_in_so_many_milliseconds() -> None:
    resets = Resets()
    for number, left in enumerate((2, 1, 0)):
        told = {"X-RateLimit-Remaining": f"{left}", "X-RateLimit-Reset": f"{8000 - 200 * number}"}
        said = resets.in_seconds(read(200, told, now=0.0), 0.2 * number, 0.2 * number + 0.01)
    assert (said.hold, said.reset, said.lefts) == (7.6, 7.6, ((0.0, 7.6),))


def test_machines_that_count_by_themselves_are_not_read_as_one() -> None:
    """Each named the end of its own window: together they seemed to be one of another length."""
    resets, machines = Resets(), {"one": (4.0, 10), "two": (9.0, 10)}
    for number in range(12):
        at, name = 0.1 * number, ("one", "two", "two", "one")[number % 4]
        ends, left = machines[name]
        machines[name] = ends, left - 1
        told = {
            "X-RateLimit-Limit": "10",
            "X-RateLimit-Remaining": f"{left - 1}",
            "X-RateLimit-Reset": f"{ceil(ends - at)}",
        }
        until = resets.hear(read(200, told, now=0.0), at, at + LATENCY)
        assert until is not None
        assert at + LATENCY + until <= ends + 1 + LATENCY
        assert at + LATENCY + until >= ends - LATENCY
        assert resets.served == 10 - (left - 1)
        assert resets.whole
    assert resets.several
