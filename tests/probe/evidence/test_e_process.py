from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.model.attempt import Goal
from widgets.probe.evidence import EProcess

OUTCOMES = st.lists(st.booleans(), max_size=40)


def played(outcomes: list[bool], goal: Goal | None = None) -> EProcess:
    wealth = EProcess(goal or Goal())
    wealth.stake(1.0)
    for accepted in outcomes:
        wealth.accept() if accepted else wealth.refuse()
    return wealth


@given(OUTCOMES, st.sampled_from([0.01, 0.05, 0.2]))
def test_the_game_is_fair_at_the_goal(outcomes: list[bool], rate: float) -> None:
    """Whatever came before, the next bet wins nothing on average when exactly `rate` is refused."""
    goal = Goal(refusal_rate=rate)
    won = (1 - rate) * played([*outcomes, True], goal).value + rate * played([*outcomes, False], goal).value
    assert won == pytest.approx(played(outcomes, goal).value)


@given(OUTCOMES, st.floats(0.06, 0.9))
def test_the_game_loses_above_the_goal(outcomes: list[bool], rate: float) -> None:
    won = (1 - rate) * played([*outcomes, True]).value + rate * played([*outcomes, False]).value
    assert won <= played(outcomes).value * (1 + 1e-9)


@given(OUTCOMES, st.floats(0, 1))
def test_moving_money_neither_makes_nor_loses_any(outcomes: list[bool], share: float) -> None:
    wealth = played(outcomes)
    before = wealth.value
    wealth.fold()
    wealth.stake(share)
    assert wealth.value == pytest.approx(before)


def test_a_pace_just_too_fast_is_certified_no_more_often_than_promised() -> None:
    """Ville's inequality, with refusals answered by staking anew: the worst that a strategy does."""
    random, goal, certified = Random(7), Goal(), 0  # noqa: S311 - a simulation
    for _ in range(1000):
        wealth = EProcess(goal)
        wealth.stake(0.9)
        for _ in range(300):
            if random.random() < 0.06:
                wealth.refuse()
                wealth.fold()
                wealth.stake(0.9)
            else:
                wealth.accept()
            certified += wealth.enough
            if wealth.enough:
                break
    assert 0 < certified <= 50, certified


def test_straight_successes_certify_close_to_the_floor_of_59() -> None:
    assert not played([True] * 58).enough
    assert played([True] * 61).enough


def test_what_was_won_since_the_last_fold_can_be_given_back_and_what_was_lost_cannot() -> None:
    won = EProcess(Goal())
    won.stake(0.9)
    for _ in range(30):
        won.accept()
    assert won.value > 2
    won.forget()
    assert won.value == 1
    lost = EProcess(Goal())
    lost.stake(0.9)
    lost.refuse()
    assert lost.value < 0.2
    before = lost.value
    lost.forget()
    assert lost.value == before


def test_a_stake_is_spread_over_never_refused_and_two_hedges() -> None:
    shown = EProcess(Goal(0.1, 0.95))
    assert (shown.value, shown.purse, shown.losses, shown.carried) == (1, 1, 0, 1)
    shown.stake(0.8)
    assert shown.purse == pytest.approx(0.2)
    assert shown.stakes == pytest.approx({0.0: 0.76, 0.2: 0.024, 0.5: 0.016})
    shown.accept()
    assert shown.stakes == pytest.approx({0.0: 0.76 / 0.9, 0.2: 0.024 * 0.98 / 0.9, 0.5: 0.016 * 0.95 / 0.9})
    shown.refuse()
    assert shown.stakes == pytest.approx({0.0: 0.0, 0.2: 0.0048 * 0.98 / 0.9, 0.5: 0.008 * 0.95 / 0.9})
    assert shown.losses == 1


def test_a_refusal_costs_what_is_at_stake_and_never_refused_gets_less_from_then_on() -> None:
    shown = EProcess(Goal())
    shown.refuse()
    assert (shown.value, shown.losses) == (1, 0), "nothing was at stake"
    shown.stake(1.0)
    shown.refuse()
    shown.fold()
    left = shown.value
    assert shown.purse == shown.carried == left == pytest.approx(0.05 * (0.6 * 0.2 + 0.4 * 0.5))
    shown.stake(1.0)
    assert shown.stakes == pytest.approx({0.0: left * 0.57, 0.2: left * 0.43 * 0.6, 0.5: left * 0.43 * 0.4})


def test_the_goal_is_shown_from_the_wealth_on_that_a_false_one_reaches_too_rarely() -> None:
    assert EProcess(Goal(0.05, 0.75), purse=4.0).enough
    assert not EProcess(Goal(0.05, 0.75), purse=3.999).enough
    assert EProcess(Goal(0.05, 0.75), purse=1.0, stakes={0.0: 3.0}).enough
