"""What a person sees of a probe: what happens now, what is spent, the charts, the verdict, the table. UI.

The methods are called in the thread of the probe, and repaint at most five times a second: beyond a thousand
messages a second the browser's connection drops them without a word.
"""

from __future__ import annotations

import time
from collections import Counter

import ipywidgets

from widgets.kit import markup
from widgets.model.attempt import Attempt, Budget, Goal, Outcome, Step, Verdict, absence
from widgets.probe.chart.widget import ProbeChart
from widgets.probe.evidence import remaining
from widgets.probe.run import TICK

from .table import AttemptDetail, AttemptTable
from .verdict_card import badge, duration, ended, spent, verdict_card, verdict_copy

LONG = 0.5
"""Seconds: a wait that a person can read about while it lasts."""


class LiveView(ipywidgets.VBox):
    """One probe on the page; it is the `Watch` that the runner tells.

    Args:
        theme: Of the charts.
        goal: What the probe is to show.
        budget: What it may spend.
        strategy: Its name: one that goes for a certificate can say how long that will still take.
    """

    def __init__(
        self,
        theme: str = "auto",
        goal: Goal | None = None,
        budget: Budget | None = None,
        strategy: str = "",
    ) -> None:
        self.strategy = strategy
        self._quick = False
        self._budget, self._goal = budget or Budget(), goal or Goal()
        self.now = markup.line("Nothing has been asked yet.")
        self.countdown = ipywidgets.HTML()
        self.counts = ipywidgets.HTML()
        self.spent = ipywidgets.HTML()
        self.attempts: list[Attempt] = []
        self._steps: dict[int, Step] = {}
        self.detail = AttemptDetail(self.attempts, self._steps)
        self.chart = ProbeChart(theme, goal, lambda attempt: self.detail.show(attempt.number))
        self.card, self.copy = ipywidgets.HTML(), ipywidgets.HTML()
        self.actions = ipywidgets.Box().add_class("ww-buttons")
        self.table = AttemptTable()
        strip = ipywidgets.Box([self.now, self.countdown, self.counts]).add_class("ww-strip")
        below = ipywidgets.Box([self.copy, self.actions]).add_class("ww-buttons")
        self._verdict_box = ipywidgets.VBox([self.card, below]).add_class("ww-verdict")
        super().__init__([strip, self.spent, self.chart, self.detail, self._verdict_box, self.table])
        self.add_class("ww-live")
        self._tally: Counter[Outcome] = Counter()
        self._step = Step(0.0, "hello")
        self._painted = self._absent = 0.0
        self._verdict: Verdict | None = None
        self._repaint()

    def on_step(self, step: Step) -> None:
        """The next step was chosen."""
        self._step = step

    def on_tick(self, remaining: float) -> None:
        """So many seconds remain until the next request."""
        if self._step.wait >= LONG:
            words = f"Waiting {self._step.wait:.3g} s before attempt {len(self.attempts) + 1}"
            markup.say(self.now, words + self._left(), tone="busy")
            self._show_countdown(remaining)
        self._repaint()

    def on_asking(self, number: int) -> None:
        """A request is being sent."""
        quick = number > 1 and self._step.wait < LONG
        if quick and quick == self._quick and not self._due():
            return
        self._quick = quick
        words = f"Asking quickly, at most every {self._step.wait:.3g} s" if quick else f"Asking: attempt {number}"
        markup.say(self.now, words + self._left(), tone="busy")
        self._show_countdown(0.0)

    def on_attempt(self, attempt: Attempt) -> None:
        """An answer came, or none."""
        self.recall(self._step, attempt)
        if self._due():
            self._repaint()

    def recall(self, step: Step, attempt: Attempt) -> None:
        """Take in an attempt without showing it yet."""
        self._absent += absence(self.attempts[-1] if self.attempts else None, attempt)
        self.attempts.append(attempt)
        self._steps[attempt.number] = step
        self._tally[attempt.outcome] += 1
        self.chart.add(step, attempt)
        self.table.add(attempt)

    def look_on(self) -> None:
        """Say that somebody else makes this probe."""
        markup.say(self.now, "Looking on.", tone="busy")

    @property
    def past(self) -> list[tuple[Step, Attempt]]:
        """The attempts, each with the step that asked for it."""
        return [(self._steps[attempt.number], attempt) for attempt in self.attempts]

    def go_on_from(self, earlier: LiveView) -> None:
        """Take over the attempts of an earlier probe, to go on from them."""
        for step, attempt in earlier.past:
            self.recall(step, attempt)
        self._repaint()

    def finish(self, verdict: Verdict) -> None:
        """Show the verdict and everything that led to it."""
        self._end()
        self._verdict = verdict
        self.chart.finish(verdict)
        words = ended(verdict, self.strategy, self.attempts)
        markup.say(self.now, words, tone="good" if verdict.kind == "certified" else "quiet")
        self.card.value = verdict_card(verdict, self._goal, self.strategy)
        self.copy.value = verdict_copy(verdict, self.strategy)
        self._verdict_box.add_class(f"ww-{badge(verdict, self.strategy)[0]}")

    @property
    def found(self) -> tuple[str, float] | None:
        """The best supported kind of limiter ("" if not looked for) and the wait in seconds, or `None`."""
        if self._verdict is None or self._verdict.wait is None:
            return None
        limiters = self._verdict.limiter or ()
        return next((str(each.name) for each in limiters), ""), self._verdict.wait

    def fail(self, why: str) -> None:
        """Show why there is no verdict; the attempts stay."""
        self._end()
        markup.say(self.now, why, tone="bad", role="alert")

    def _left(self) -> str:
        """How long it will still take, once that can be said: while a wait is on trial for a certificate."""
        seconds = (
            remaining(self.attempts, self._goal)
            if self.strategy == "careful" and self._step.phase == "verify"
            else None
        )
        return f"; about {duration(seconds)} to go" if seconds else ""

    def _end(self) -> None:
        self._show_countdown(0.0)
        self._repaint()
        if self.attempts:
            self.table.offer_csv()

    def _due(self) -> bool:
        return time.monotonic() - self._painted >= TICK

    def _repaint(self) -> None:
        self._painted = time.monotonic()
        self.chart.flush()
        self.table.flush()
        self.detail.grow()
        parts = (f'<span class="ww-{each.value}"><b>{self._tally[each]}</b> {each.value}</span>' for each in Outcome)
        _set(self.counts, f'<p class="ww-counts">{" ".join(parts)}</p>')
        last = self.attempts[-1] if self.attempts else None
        seconds = last.started + last.latency - self._absent if last else 0.0
        _set(self.spent, spent(self._budget, len(self.attempts), self._tally[Outcome.REFUSED], seconds))

    def _show_countdown(self, remaining: float) -> None:
        # A timer is silent for screen readers unless it is asked: five changes a second would drown everything else.
        text = f"{remaining:.1f} s" if remaining > 0 else ""
        _set(self.countdown, f'<div class="ww-countdown" role="timer">{text}</div>')


def _set(widget: ipywidgets.HTML, value: str) -> None:
    """Set what is shown, where it changed: what is the same need not travel."""
    if widget.value != value:
        widget.value = value
