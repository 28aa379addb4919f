"""Each kind of verdict as the Probe panel shows it, found in virtual time. For a notebook of a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

import widgets
from server.limiters import MinimumGap, TokenBucket, Unlimited
from tests.probe.conftest import drive
from widgets.app import STYLESHEETS
from widgets.kit import markup
from widgets.probe import STRATEGIES, Budget, Goal
from widgets.probe.panel.live_view import LiveView
from widgets.probe.settings import Settings

if TYPE_CHECKING:
    from server.limiters import Limiter
    from tests.probe.conftest import Answer

KINDS = {
    "certified": ("careful", MinimumGap, Budget()),
    "estimated": ("quick", TokenBucket, Budget()),
    "no limit seen": ("quick", Unlimited, Budget()),
    "refused": ("careful", MinimumGap, Budget(refusals=2)),
    "nobody": ("careful", None, Budget()),
}
"""What is asked by which strategy, and what may be spent; `None` does not answer at all."""


class Gallery(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """A panel for each kind, with the class of its name."""

    def __init__(self) -> None:
        here = Path(widgets.__file__).parent
        style = markup.stylesheet(*((here / name).read_text("utf-8") for name in STYLESHEETS))
        super().__init__([style, *(panel(kind) for kind in KINDS)])
        self.add_class("ww-dashboard")


def panel(kind: str) -> ipywidgets.Box:
    """A probe that has ended so."""
    strategy, limiter, budget = KINDS[kind]
    asked = limiter() if limiter else None
    steps, attempts, verdict = drive(STRATEGIES[strategy](Goal(), budget), lambda started: answer(asked, started))
    live = LiveView()
    live.go(Settings(strategy, Goal(), budget))
    for step, attempt in zip(steps, attempts, strict=True):
        live.recall(step, attempt)
    live.finish(verdict)
    return (
        ipywidgets.VBox([live, live.record])
        .add_class("ww-panel")
        .add_class("ww-probe")
        .add_class(f"of-{kind.replace(' ', '-')}")
    )


def answer(limiter: Limiter | None, started: float) -> Answer:
    """What comes of a request at that time."""
    if limiter is None:
        return None, 0.01, {}
    return (200 if limiter.ask(started).accepted else 429), 0.01, {"Content-Type": "text/plain"}
