from __future__ import annotations

from dataclasses import replace

import pytest

from widgets.kit import Finished
from widgets.model.attempt import Attempt, Budget, Goal, Kind, Step, Verdict
from widgets.probe import ProbePanel
from widgets.probe.panel.live_view import LiveView
from widgets.probe.panel.verdict_card import cost, duration, ended, headline, spent, verdict_card, verdict_copy
from widgets.probe.settings import Settings

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
    assert cost(VERDICT, Goal()) == "75 requests in 8 min; the least for this certificate is 6.3 min (79 % of it)"
    assert cost(replace(VERDICT, kind="estimated"), Goal()) == "75 requests in 8 min"


def test_the_statement_is_whole_and_escaped() -> None:
    card = verdict_card(replace(VERDICT, statement="<b>at most</b> 5 %"))
    assert "&lt;b&gt;at most&lt;/b&gt; 5\N{NO-BREAK SPACE}%" in card
    assert "<b>at" not in card


def test_limiters_are_named_with_their_support_where_there_are_any() -> None:
    assert "Which limiter" not in verdict_card(VERDICT)
    assert "token bucket: support 93\N{NO-BREAK SPACE}%" in verdict_card(
        replace(VERDICT, limiter=("token bucket: support 93 %",))
    )


@pytest.mark.parametrize("written", ["53%", "53 %", "53\N{NO-BREAK SPACE}%"])
def test_a_percent_sign_is_written_one_way_however_it_came(written: str) -> None:
    verdict = replace(VERDICT, statement=f"at most {written} are refused")
    assert "at most 53\N{NO-BREAK SPACE}% are refused" in verdict_card(verdict)
    assert "at most 53 % are refused" in verdict_copy(verdict)


@pytest.mark.parametrize(
    ("statuses", "says"),
    [
        ((), "Ended before anything was asked."),
        ((None, None), "Ended: no answer came."),
        ((None, 404), "Ended: no answer said anything about pace."),
        ((404, 503), "Ended without a result."),
    ],
)
def test_a_probe_that_learned_nothing_does_not_say_that_it_is_done(statuses: tuple[int | None, ...], says: str) -> None:
    attempts = [Attempt(number, None, None, 0.0, 0.1, status) for number, status in enumerate(statuses, 1)]
    assert ended(replace(VERDICT, kind="inconclusive", wait=None), "careful", attempts) == says


def test_what_was_found_is_said_as_done() -> None:
    assert ended(VERDICT, "careful", []) == "Done: certified."
    assert ended(replace(VERDICT, limiter=("token bucket",)), "identify", []) == "Done: identified."


def live_of(*statuses: int) -> LiveView:
    live = LiveView()
    for number, status in enumerate(statuses, 1):
        live.on_attempt(Attempt(number, 0.1, 0.1, number * 0.1, 0.01, status, headers={"X-Name": f"of {number}"}))
    return live


def test_each_attempt_can_be_looked_at_without_a_mouse() -> None:
    detail = live_of(503, 200, 200).detail
    assert detail.shown.value == ""
    detail.toggle_button.click()
    assert "of 1" in detail.shown.value
    detail.next_button.click()
    assert "of 2" in detail.shown.value
    detail.number.value = 3
    assert "of 3" in detail.shown.value
    detail.next_button.click()
    assert detail.number.value == 3
    detail.previous_button.click()
    assert "of 2" in detail.shown.value
    detail.toggle_button.click()
    assert detail.shown.value == ""


def test_a_click_on_a_point_and_the_number_field_agree() -> None:
    live = live_of(503, 200, 200)
    live.chart._clicked({"data": [2, 0.1]})
    assert live.detail.number.value == 2
    assert "of 2" in live.detail.shown.value
    assert live.detail.toggle_button.description == "Close"


def test_there_are_no_details_before_the_first_attempt() -> None:
    live = LiveView()
    assert "ww-hidden" in live.detail._dom_classes
    live.detail.show(1)
    assert live.detail.shown.value == ""


def test_the_only_attempt_has_details_too() -> None:
    live = LiveView()
    live.recall(Step(0.0, "hello"), Attempt(1, None, None, 0.0, 0.01, None, error="no answer in time"))
    live.finish(replace(VERDICT, kind="inconclusive", wait=None))
    assert "ww-hidden" not in live.detail._dom_classes
    live.detail.toggle_button.click()
    assert "no answer in time" in live.detail.shown.value


@pytest.mark.parametrize(("strategy", "offered"), [("quick", 1), ("careful", 0)])
def test_a_careful_probe_that_ends_in_an_estimate_is_not_offered_to_be_made_certain(
    strategy: str, offered: int
) -> None:
    panel = ProbePanel()
    panel.show("http://localhost:5009/", Settings(strategy, Goal(), Budget()), (), None)
    panel._paint(Finished(replace(VERDICT, kind="estimated")))
    assert len(panel.live.actions.children) == offered


def test_bars_never_run_over() -> None:
    assert 'value="1.000"' in spent(Budget(requests=10), 25, 0, 0.0)
    assert "requests 25 of 10" in spent(Budget(requests=10), 25, 0, 0.0)


@pytest.mark.parametrize(("seconds", "says"), [(0.25, "0.25 s"), (119, "119 s"), (600, "10 min"), (9000, "2.5 h")])
def test_times_are_said_as_people_say_them(seconds: float, says: str) -> None:
    assert duration(seconds) == says
