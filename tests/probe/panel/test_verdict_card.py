from __future__ import annotations

from dataclasses import replace

import pytest

from widgets.kit import Finished
from widgets.model.attempt import Attempt, Budget, Goal, Kind, Step, Verdict
from widgets.probe import ProbePanel
from widgets.probe.identify import Candidate, judged
from widgets.probe.panel.live_view import LiveView
from widgets.probe.panel.verdict_card import cost, duration, headline, verdict_card, verdict_text
from widgets.probe.settings import Settings

VERDICT = Verdict("certified", 6.4081, 6.4081, 0.046, 0.95, 63, 0, 75, 480.0, 404.0, 367.0, "It holds.")


@pytest.mark.parametrize(
    ("kind", "wait", "says"),
    [
        ("certified", 6.408, "6.41 s"),
        ("estimated", 6.4001, "6.41 s"),
        ("inconclusive", 0.193, "no answer yet"),
        ("inconclusive", None, "no answer yet"),
        ("no limit seen", 0.0015, "no limit seen"),
    ],
)
def test_only_a_wait_that_was_shown_is_set_large(kind: Kind, wait: float | None, says: str) -> None:
    assert headline(replace(VERDICT, kind=kind, wait=wait)) == says


def test_the_cost_of_a_certificate_is_held_against_the_least_that_one_can_cost() -> None:
    assert (
        cost(VERDICT, Goal()) == "75 requests in 8 min; no certificate like this takes less than 6.3 min at this wait"
    )
    assert cost(replace(VERDICT, kind="estimated"), Goal()) == "75 requests in 8 min"


def test_no_time_has_an_exponent_however_long_or_short() -> None:
    assert duration(1500 * 3600.0) == "1,500 h"
    assert duration(0.00001) == "0.00001 s"
    long = replace(VERDICT, wait=90_000.0, tested=90_000.0, seconds=63 * 90_000.0)
    assert cost(long, Goal()).endswith("takes less than 1,475 h at this wait")


def test_the_statement_is_whole_and_escaped() -> None:
    card = verdict_card(replace(VERDICT, statement="<b>at most</b> 5 %"))
    assert "&lt;b&gt;at most&lt;/b&gt; 5\N{NO-BREAK SPACE}%" in card
    assert "<b>at" not in card


def test_limiters_are_named_with_their_support_where_there_are_any() -> None:
    assert "Which limiter" not in verdict_card(VERDICT)
    assert "token bucket: support 93\N{NO-BREAK SPACE}%" in verdict_card(
        replace(VERDICT, limiter=("token bucket: support 93 %",))
    )


BUCKET = Candidate("token bucket", (), 0.75, 40, 41)


@pytest.mark.parametrize("strategy", ["identify", "quick", "careful"])
def test_a_support_is_said_where_it_was_measured(strategy: str) -> None:
    card = verdict_card(replace(VERDICT, limiter=judged([BUCKET], strategy)), strategy=strategy)
    assert "token bucket: support 75\N{NO-BREAK SPACE}%, 40 of 41 answers explained" in card
    assert "</ul></details>" in card


@pytest.mark.parametrize("strategy", ["doubling", "recheck", ""])
def test_a_name_is_said_without_its_support_where_nobody_has_measured_that(strategy: str) -> None:
    card = verdict_card(replace(VERDICT, limiter=judged([BUCKET], strategy)), strategy=strategy)
    assert "token bucket: 40 of 41 answers explained" in card
    assert "support" not in card
    assert "<p>How often such names are right was not measured for this strategy.</p>" in card


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_names_that_a_search_does_not_tell_apart_are_said_without_numbers(strategy: str) -> None:
    """Of names that were said with 60 to 90 % after a careful probe 5 of 17 were right."""
    found = judged([replace(BUCKET, support=0.45), replace(BUCKET, name="fixed window", support=0.4)], strategy)
    card = verdict_card(replace(VERDICT, limiter=found), strategy=strategy)
    assert "<li>token bucket: 40 of 41 answers explained</li><li>fixed window: 40 of 41" in card
    assert "%</li>" not in card
    assert "support" not in card
    assert "<p>The answers do not tell them apart.</p>" in card


def test_that_nothing_was_refused_needs_no_support() -> None:
    none = Candidate("none seen", (), 1.0, 9, 9)
    card = verdict_card(replace(VERDICT, limiter=judged([none], "doubling")), strategy="doubling")
    assert "none seen: of 9 answers that were compared none was a refusal" in card
    assert "<p>" not in card.partition("<details>")[2]


@pytest.mark.parametrize("written", ["53%", "53 %", "53\N{NO-BREAK SPACE}%"])
def test_a_percent_sign_is_written_one_way_however_it_came(written: str) -> None:
    verdict = replace(VERDICT, statement=f"at most {written} are refused")
    assert "at most 53\N{NO-BREAK SPACE}% are refused" in verdict_card(verdict)
    assert "at most 53 % are refused" in verdict_text(verdict)


def live_of(*statuses: int) -> LiveView:
    live = LiveView()
    for number, status in enumerate(statuses, 1):
        live.on_attempt(Attempt(number, 0.1, 0.1, number * 0.1, 0.01, status, headers={"X-Name": f"of {number}"}))
    return live


def test_each_attempt_can_be_looked_at_without_a_mouse() -> None:
    live = live_of(503, 200, 200)
    row = live.replay
    row.facts_button.click()
    assert "Attempt 1 · after 0.1 s · 503 refused" in row.note.value
    assert row.detail.value == ""
    row.headers_button.value = True
    assert "of 1" in row.detail.value
    row.next_button.click()
    assert "of 2" in row.detail.value
    row.next_button.click()
    row.next_button.click()
    assert "Attempt 3" in row.note.value
    row.previous_button.click()
    assert "of 2" in row.detail.value
    row.back_button.click()
    assert row.detail.value == ""
    assert "Attempt" not in row.note.value


def test_a_click_on_a_point_rings_it_and_shows_its_facts() -> None:
    live = live_of(503, 200, 200)
    second = live.chart._rows[1].point
    live.chart._clicked({"data": second})
    assert "Attempt 2" in live.replay.note.value
    (ring,) = (each for each in live.chart.option["series"] if each["id"] == "chosen")
    assert [point[0] for point in ring["data"]] == [2]
    live.chart._clicked({"data": [3, 0.1, "no such words"]})
    assert "Attempt 2" in live.replay.note.value


def test_there_are_no_facts_before_the_first_attempt() -> None:
    live = LiveView()
    assert "ww-hidden" in live.replay.facts_button._dom_classes
    live.replay.show(1)
    assert live.replay.number is None


def test_the_only_attempt_has_facts_too() -> None:
    live = LiveView()
    live.recall(Step(0.0, "hello"), Attempt(1, None, None, 0.0, 0.01, None, error="no answer in time"))
    live.finish(replace(VERDICT, kind="inconclusive", wait=None))
    live.replay.facts_button.click()
    assert "no answer in time" in live.replay.note.value


def test_a_replay_shows_the_attempts_as_they_were() -> None:
    live = live_of(503, 200, 200)
    live.finish(replace(VERDICT, kind="estimated"))
    assert live.replay.slider.max == live.replay.slider.value == 3
    live.replay.slider.value = 1
    assert "(1 so far)" in live.chart.description
    live.replay.slider.value = 3
    assert "(3 so far)" in live.chart.description


@pytest.mark.parametrize(("strategy", "offered"), [("quick", 1), ("careful", 0)])
def test_a_careful_probe_that_ends_in_an_estimate_is_not_offered_to_be_made_certain(
    strategy: str, offered: int
) -> None:
    panel = ProbePanel()
    panel.show("http://localhost:5009/", Settings(strategy, Goal(), Budget()), (), None)
    panel._paint(Finished(replace(VERDICT, kind="estimated")))
    assert panel.live.face.actions.count("certain") == offered


@pytest.mark.parametrize(("seconds", "says"), [(0.25, "0.25 s"), (119, "119 s"), (600, "10 min"), (9000, "2.5 h")])
def test_times_are_said_as_people_say_them(seconds: float, says: str) -> None:
    assert duration(seconds) == says
