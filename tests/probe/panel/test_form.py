from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.probe import ProbePanel
from widgets.probe.panel.form import ProbeForm

if TYPE_CHECKING:
    from collections.abc import Callable


def origin(form: ProbeForm) -> str:
    return str(form._origin.value)


def test_a_probe_that_goes_on_says_with_what_and_from_how_many_attempts() -> None:
    form = ProbeForm([])
    form.going_on(form.settings.to_certify(23), 23)
    assert "goes on with careful from 23 attempts" in origin(form)
    assert "1500 requests, 60 refusals and 60 min, these included" in origin(form)


def test_a_new_probe_goes_on_from_nothing_and_says_nothing() -> None:
    form = ProbeForm([])
    form.going_on(form.settings.to_certify(1), 1)
    assert "from 1 attempt; " in origin(form)
    form.going_on(form.settings, 0)
    assert origin(form) == ""


def test_the_panel_says_what_it_makes_certain_and_forgets_it_with_the_next_probe(
    start_service: Callable[..., str],
) -> None:
    panel = ProbePanel([start_service(TIME_SCALE=0.02) + "/Slow-NASA"])
    panel.probe()
    panel.join(20)
    assert origin(panel.form) == ""
    known = len(panel.live.attempts)
    panel.form.requests.value = known + 3
    panel.make_certain()
    panel.join(20)
    assert f"goes on with careful from {known} attempts; budget {known + 3} requests" in origin(panel.form)
    assert len(panel.live.attempts) == known + 3
    panel.form.requests.value = 2
    panel.probe()
    panel.join(20)
    assert origin(panel.form) == ""
