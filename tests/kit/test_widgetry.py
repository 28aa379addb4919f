"""What is asked of ipywidgets itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
from ipywidgets.widgets import widget as registry

from widgets.kit.widgetry import Instances, html

if TYPE_CHECKING:
    import pytest


class Wire:
    """Keeps what is sent to the page."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any], **_: Any) -> None:
        self.sent.append(message)


def test_a_page_that_opens_while_widgets_are_made_is_told_of_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answer it says 'widget model not found', and stays empty."""
    assert isinstance(registry._instances, Instances)
    monkeypatch.setattr(registry, "_instances", Instances())  # without what others have left half closed
    first, grows, last = html("first"), html("grows"), html("last")
    state = grows.get_state

    def get_state(*arguments: Any, **named: Any) -> Any:
        html("another")  # as a thread may make one at any time
        return state(*arguments, **named)

    monkeypatch.setattr(grows, "get_state", get_state)
    wire = Wire()
    monkeypatch.setattr(ipywidgets.Widget, "_control_comm", wire)
    before = len(registry._instances)
    ipywidgets.Widget._handle_control_comm_msg({"content": {"data": {"method": "request_states"}}})
    assert len(registry._instances) > before, "another one was made meanwhile"
    (answer,) = wire.sent
    assert {first.model_id, grows.model_id, last.model_id} <= set(answer["states"])


def test_a_page_that_opens_while_a_widget_is_closed_is_told_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_instances", Instances())
    first, grows, gone, last = html("first"), html("grows"), html("gone"), html("last")
    state = grows.get_state

    def get_state(*arguments: Any, **named: Any) -> Any:
        gone.close()
        return state(*arguments, **named)

    monkeypatch.setattr(grows, "get_state", get_state)
    wire = Wire()
    monkeypatch.setattr(ipywidgets.Widget, "_control_comm", wire)
    ipywidgets.Widget._handle_control_comm_msg({"content": {"data": {"method": "request_states"}}})
    (answer,) = wire.sent
    assert {first.model_id, grows.model_id, last.model_id} <= set(answer["states"])
