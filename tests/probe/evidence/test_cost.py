"""What a probe will probably cost, to the request; and how numbers are said."""

from __future__ import annotations

import pytest

from widgets.model.attempt import Attempt, Budget, Goal
from widgets.probe.evidence import Expectation, estimate, interval, refusal_bound, remaining
from widgets.probe.evidence.cost import on_trial
from widgets.probe.evidence.intervals import told

MUCH = Budget(10_000, 10_000, 1e9)


@pytest.mark.parametrize(
    ("strategy", "goal", "least", "most"),
    [
        ("careful", Goal(0.05, 0.95), ((2.5 + 63) * 10, 0, 7 + 63), (4900, 13, 420)),
        ("careful", Goal(0.1, 0.95), ((2.5 + 31) * 10, 0, 7 + 31), (4900 * 31 / 63, 13, 207)),
        ("quick", Goal(0.05, 0.95), (155, 0, 16), (2850, 11, 230)),
        ("identify", Goal(0.05, 0.95), (75, 0, 24), (1700, 12, 100)),
        ("doubling", Goal(0.05, 0.95), (0.3, 0, 4), (1.31 * 5 * 13.1072, 17, 24)),
    ],
)
def test_the_estimate_of_each_strategy_at_a_wait_of_ten_seconds(
    strategy: str, goal: Goal, least: tuple[float, int, int], most: tuple[float, int, int]
) -> None:
    found = estimate(strategy, goal, MUCH, 10.0)
    assert [each.seconds for each in found] == pytest.approx([least[0], most[0]])
    assert [each[1:] for each in found] == [least[1:], most[1:]]


@pytest.mark.parametrize(("guess", "doublings"), [(0.00005, 0), (0.0001, 0), (0.00011, 1), (0.0002, 1), (0.0003, 2)])
def test_doubling_is_counted_from_its_first_wait(guess: float, doublings: int) -> None:
    assert estimate("doubling", Goal(), MUCH, guess)[1][1:] == (doublings, doublings + 7)


@pytest.mark.parametrize(
    ("budget", "most"),
    [
        (Budget(75, 60, 9e9), (4900, 13, 75)),
        (Budget(1500, 3, 9e9), (4900, 3, 420)),
        (Budget(1500, 60, 694), (694, 13, 420)),
    ],
)
def test_each_part_of_a_budget_bounds_its_part_of_the_estimate(budget: Budget, most: tuple[float, int, int]) -> None:
    least, found = estimate("careful", Goal(), budget, 10.0)
    assert found.seconds == pytest.approx(most[0])
    assert found[1:] == most[1:]
    assert least == Expectation(655, 0, 70)


@pytest.mark.parametrize("guess", [0, -1.0, float("nan")])
def test_a_guess_that_is_no_wait_is_named(guess: float) -> None:
    with pytest.raises(ValueError, match="guess_wait must be more than 0 seconds, got"):
        estimate("careful", Goal(), MUCH, guess)
    with pytest.raises(ValueError, match=r"choose one of quick, careful, identify, doubling$"):
        estimate("hasty", Goal(), MUCH, 1.0)


def answers(*given: tuple[float | None, int]) -> list[Attempt]:
    return [Attempt(i, wait, wait, float(i), 0.1, status) for i, (wait, status) in enumerate(given, 1)]


@pytest.mark.parametrize(
    ("attempts", "trial"),
    [
        (answers(), None),
        (answers((None, 200), (None, 200), (None, 200)), None),
        (answers((2.0, 200), (2.0, 200)), None),
        (answers((2.0, 200), (2.0, 200), (2.0, 200)), (2.0, 3, 63)),
        (answers((2.0, 429), (2.0, 200), (2.0, 200), (2.0, 200)), (2.0, 3, 63)),
        (answers((1.0, 200), (2.0, 200), (2.0, 200), (2.0, 200), (2.0, 200)), (2.0, 4, 63)),
        (answers((2.0, 200), (2.0, 200), (2.0, 200), (2.0, 500)), None),
        (answers((2.0, 200), (2.0, 200), (2.0, 200), (3.0, 200)), None),
    ],
)
def test_a_trial_is_three_acceptances_in_a_row_after_one_wait(
    attempts: list[Attempt], trial: tuple[float, int, int] | None
) -> None:
    assert on_trial(attempts, Goal()) == trial
    assert remaining(attempts, Goal()) == (None if trial is None else (trial[2] - trial[1]) * trial[0])


def test_nothing_remains_once_more_than_enough_were_accepted() -> None:
    assert remaining(answers(*[(2.0, 200)] * 63), Goal()) == 0
    assert remaining(answers(*[(2.0, 200)] * 70), Goal()) == 0


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (0.0, 3, "0"),
        (1.0, 3, "1"),
        (9.995, 3, "9.99"),
        (10.0, 3, "10"),
        (100.4, 3, "100"),
        (999.4, 3, "999"),
        (999.5, 3, "1,000"),
        (1000, 3, "1,000"),
        (-1234.5, 3, "-1,234"),
        (-6.8437, 3, "-6.84"),
        (0.05, 1, "0.05"),
        (1_234_567, 3, "1,234,567"),
        (float("inf"), 3, "inf"),
    ],
)
def test_a_number_is_said_without_an_exponent(value: float, digits: int, said: str) -> None:
    assert told(value, digits) == said


@pytest.mark.parametrize("tries", [0, -1])
def test_no_try_at_all_shows_nothing_and_is_named(tries: int) -> None:
    with pytest.raises(ValueError, match=f"tries must be 1 or more, got {tries}"):
        refusal_bound(4, 0, 0.95, tries)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 1.5])
def test_a_confidence_outside_of_0_to_1_is_named(confidence: float) -> None:
    with pytest.raises(ValueError, match=f"confidence must lie between 0 and 1, got {confidence}"):
        interval(1, 2, confidence)
    with pytest.raises(ValueError, match="a count must not be negative, got -1"):
        refusal_bound(1, -1, 0.95)
    with pytest.raises(ValueError, match="accepted must lie between 0 and n, got 3 of 2"):
        interval(3, 2, 0.95)
