from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets
import pytest

from widgets.probe import ProbePanel
from widgets.probe.panel.form import ProbeForm

if TYPE_CHECKING:
    from collections.abc import Callable


def form() -> ProbeForm:
    return ProbeForm(["http://127.0.0.1:9/"], ipywidgets.Button())


def test_the_usual_strategy_is_quick_and_each_says_how_long_it_takes() -> None:
    one = form()
    assert one.strategy.value == "quick"
    assert [words for words, _ in one.strategy.options] == [
        "Quick\n≈ 54 s",
        "Careful\n≈ 7 min",
        "Doubling\n≈ 33 s",
        "Identify\n≈ 3 min",
    ]
    assert "about 11 requests" in one.hint.value
    assert "3 of them refused" in one.hint.value


def test_a_likely_wait_changes_the_times_and_not_the_choice() -> None:
    one = form()
    one.strategy.value = "careful"
    told: list[str] = []
    one.changed.append(lambda: told.append(str(one.strategy.value)))
    one.expect(0.12)
    assert one.strategy.value == "careful"
    assert told == []
    assert one.strategy.options[1][0] == "Careful\n≈ 8 s"
    assert one.fields.guess.value == pytest.approx(0.12)


def test_what_is_folded_away_is_made_when_it_is_wanted_and_counts_from_then_on() -> None:
    one = form()
    usual = one.settings
    assert one._fields is None
    one.unfold.value = True
    assert one.settings == usual
    one.fields.requests.value = 7
    one.fields.refusal_rate.value = 20
    assert (one.settings.budget.requests, one.settings.goal.refusal_rate) == (7, 0.2)


def test_a_budget_that_will_hardly_do_is_said_before_it_is_spent() -> None:
    one = form()
    one.fields.requests.value = 5
    assert "the budget will hardly do" in one.hint.value


def test_while_a_probe_runs_its_strategy_is_shown_and_cannot_be_changed(start_service: Callable[..., str]) -> None:
    panel = ProbePanel([start_service() + "/slow/token-bucket?burst=1&rate=0.004&dialect=retry-after"])
    panel.form.strategy.value = "doubling"
    panel.probe()
    assert panel.form.strategy.disabled
    panel.stop()
    panel.join(30)
    assert not panel.form.strategy.disabled
    assert panel.form.strategy.value == "doubling"


def test_the_panel_says_what_it_makes_certain_and_forgets_it_with_the_next_probe(
    start_service: Callable[..., str],
) -> None:
    panel = ProbePanel([start_service(TIME_SCALE=0.02) + "/Slow-NASA"])
    panel.form.strategy.value = "doubling"
    said: list[str] = []
    panel.form.hint.observe(lambda change: said.append(change["new"]), "value")
    panel.probe()
    panel.join(30)
    assert not any("goes on from" in each for each in said)
    known = len(panel.live.attempts)
    panel.form.fields.requests.value = known + 3
    panel.make_certain()
    panel.join(30)
    assert any(f"goes on from {known} attempts" in each for each in said)
    assert panel.live.strategy == panel.form.strategy.value == "careful"
    assert len(panel.live.attempts) == known + 3
