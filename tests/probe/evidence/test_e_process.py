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
