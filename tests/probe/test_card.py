from __future__ import annotations

from dataclasses import replace

import pytest

from widgets.probe.attempt import Budget, Goal, Kind, Verdict
from widgets.probe.card import cost, duration, headline, spent, verdict_card

VERDICT = Verdict("certified", 6.4081, 6.4081, 0.046, 0.95, 63, 0, 75, 480.0, 404.0, 367.0, "It holds.")


@pytest.mark.parametrize(
    ("kind", "wait", "says"),
    [
        ("certified", 6.408, "6.408 s"),
        ("estimated", 6.4081, "6.409 s"),
        ("inconclusive", 0.193, "no answer yet"),
        ("inconclusive", None, "no answer yet"),
        ("no limit seen", 0.0015, "no limit seen"),
    ],
)
def test_only_a_wait_that_was_shown_is_set_large(kind: Kind, wait: float | None, says: str) -> None:
    assert headline(replace(VERDICT, kind=kind, wait=wait)) == says


def test_the_cost_of_a_certificate_is_held_against_the_least_that_one_can_cost() -> None:
    assert cost(VERDICT, Goal()) == "75 requests in 8 min; the least for this certificate is 6.3 min (79% of it)"
    assert cost(replace(VERDICT, kind="estimated"), Goal()) == "75 requests in 8 min"


def test_the_statement_is_whole_and_escaped() -> None:
    card = verdict_card(replace(VERDICT, statement="<b>at most</b> 5 %"))
    assert "&lt;b&gt;at most&lt;/b&gt; 5 %" in card
    assert "<b>at" not in card


def test_limiters_are_named_with_their_support_where_there_are_any() -> None:
    assert "Which limiter" not in verdict_card(VERDICT)
    assert "token bucket: support 93 %" in verdict_card(replace(VERDICT, limiter=("token bucket: support 93 %",)))


def test_bars_never_run_over() -> None:
    assert 'value="1.000"' in spent(Budget(requests=10), 25, 0, 0.0)
    assert "requests 25 of 10" in spent(Budget(requests=10), 25, 0, 0.0)


@pytest.mark.parametrize(("seconds", "says"), [(0.25, "0.25 s"), (119, "119 s"), (600, "10 min"), (9000, "2.5 h")])
def test_times_are_said_as_people_say_them(seconds: float, says: str) -> None:
    assert duration(seconds) == says
