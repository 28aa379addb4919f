from __future__ import annotations

import pytest

from widgets.model.attempt import Attempt, Budget, Goal
from widgets.model.refused import CountsAsRefused
from widgets.probe.run import by_your_word
from widgets.probe.strategies import quick


@pytest.mark.parametrize(
    ("statuses", "why"),
    [("403, soon", "'soon' is no status"), ("42", "three digits: 42 is none"), ("-403", "'-403' is no status")],
)
def test_a_status_that_is_none_is_said(statuses: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        CountsAsRefused.of(statuses)


def test_statuses_are_written_with_commas_or_without() -> None:
    assert CountsAsRefused.of(" 403,420 999 ").statuses == {403, 420, 999}
    assert not CountsAsRefused.of("  ", " ", "")


def test_a_verdict_says_what_counted_as_refused_by_the_word_of_the_person() -> None:
    plan = quick(Goal(), Budget(requests=1))
    next(plan)
    with pytest.raises(StopIteration) as end:
        plan.send(Attempt(1, None, None, 0.0, 0.1, 200))
    verdict = end.value.value
    assert by_your_word(verdict, CountsAsRefused()) is verdict
    said = by_your_word(verdict, CountsAsRefused.of("403", "calm down")).statement
    assert said.startswith(verdict.statement)
    assert said.endswith("By your word these counted as refused too: answers 403, a body that holds 'calm down'.")
