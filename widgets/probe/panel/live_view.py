"""What a person sees of a probe: what happens now, the columns, the chart, the replay, and the table. UI.

The methods are called in the thread of the probe, and repaint at most four times a second: beyond a thousand
messages a second the browser's connection drops them without a word, and four a second are seen as steady.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit.widgetry import bare, box, html, lean, put
from widgets.model.attempt import Attempt, Budget, Goal, Step, Verdict
from widgets.model.pace import JobPlan, burst_of
from widgets.probe.chart.attempts import CROSS, DOWN, Kind, named
from widgets.probe.chart.widget import ProbeChart
from widgets.probe.counting import COUNTS, Counting
from widgets.probe.evidence import on_trial, remaining
from widgets.probe.run import Kept

from .faces import face, to_go
from .hero import Hero
from .replay import GOES_ON, LATER, MAY_CLOSE, MUST_STAY, ReplayRow
from .results import briefly
from .states import ANSWERED, Ended, Guessing, Idle, Running, Unfinished
from .table import AttemptTable
from .tally import Tally
from .verdict_card import verdict_card, verdict_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.probe.settings import Settings

    from .states import Action, Face, Known

REPAINT = 0.25
"""Seconds between two repaints, and between two looks at the countdown."""


class LiveView(ipywidgets.VBox):
    """One probe after the other on the page; it is the `Watch` that the runner tells.

    Args:
        act: Told which of the buttons was pressed.

    Attributes:
        hero: What happens now.
        record: The whole statement and the table, for a place of their own.
        on_look: Called while a probe waits; what it raises ends the probe, which can then be gone on with.
        others: The settings of the probe that is looked on at, as soon as they are known.
        on_others: Told them, once.
        slot: Where a question with fields stands in place of the columns; empty otherwise.
    """

    def __init__(
        self, act: Callable[[Action], None] = lambda _: None, hint: Callable[[str, str], None] | None = None
    ) -> None:
        self._hint = hint or (lambda *_: None)
        self.strategy, self._goal, self._budget = "quick", Goal(), Budget()
        self.attempts: list[Attempt] = []
        self._steps: dict[int, Step] = {}
        self.on_look: Callable[[], None] = lambda: None
        self.others: Callable[[], Settings | None] = lambda: None
        self.on_others: Callable[[Settings], None] = lambda _: None
        self.hero = Hero(act)
        self.slot = box(css="ww-slot")
        self.legend = html(css="ww-legend")
        self.shares = lean(ipywidgets.ToggleButton, description="Share accepted", css="ww-quiet ww-narrow")
        self.chart = ProbeChart(on_choice=lambda attempt: self.replay.show(attempt.number))
        self.replay = ReplayRow(self.chart, self.attempts, self._steps)
        self.table = AttemptTable()
        self.card = html(css="ww-whole")
        self.record = lean(ipywidgets.VBox, [self.card, self.table], css="ww-room ww-record")
        legend = box([self.legend, self.shares], "ww-legends")
        super().__init__([self.hero, self.slot, legend, self.chart, self.replay, self.replay.detail], layout=bare())
        self.add_class("ww-live")
        self.shares.observe(lambda change: self.chart.show_shares(on=bool(change["new"])), "value")
        self._known: Known = Idle()
        self.begin(Idle())

    def begin(self, idle: Idle) -> None:
        """Empty everything: another probe, or another address."""
        self.strategy, self._goal, self._budget = idle.strategy, idle.goal, idle.budget
        self._on_trial = idle.goal
        self.attempts.clear()
        self._steps.clear()
        self._tally, self._step, self._counting = Tally(), Step(0.0, "hello"), Counting()
        self._painted = self._ticked = self._since = 0.0
        self._onlooker = self._knows_others = self._hinted = False
        self._verdict: Verdict | None = None
        self.slot.children = ()
        self.chart.reset(idle.goal)
        self.replay.reset(LATER)
        self.table.reset()
        put(self.card, "")
        self.show(idle)
        self._repaint()

    def go(self, settings: Settings, *, keep: bool = False) -> None:
        """A probe begins; with `keep` it goes on from the attempts that are here."""
        goal, budget, strategy = settings.goal, settings.budget, settings.strategy
        if keep:
            self.strategy, self._goal, self._budget, self._verdict = strategy, goal, budget, None
            self.chart.recommend(None)
            self.slot.children = ()
            put(self.card, "")
            self._count_again()
        else:
            self.begin(Idle(strategy, goal, budget))
        self._on_trial = settings.on_trial
        self.replay.reset(LATER)
        self._show_running()

    def say_whether_stored(self, *, stored: bool, ends: bool) -> None:
        """Say whether the page may be closed while the probe goes on, and whether that `ends` the probe."""
        self.replay.say((MAY_CLOSE if ends else GOES_ON) if stored else MUST_STAY)

    @property
    def face(self) -> Face:
        """What is said now."""
        return self.hero.face

    @property
    def known(self) -> Known:
        """What is known now."""
        return self._known

    @property
    def tally(self) -> Tally:
        """What the attempts come to."""
        return self._tally

    def show(self, known: Known) -> None:
        """Say what is known."""
        self._known = known
        if isinstance(known, Unfinished):
            known = replace(known, tally=self._tally)
        self.hero.show(face(known))

    def on_step(self, step: Step) -> None:
        """The next step was chosen."""
        self._step = step
        self._convict(step)

    def on_tick(self, remaining: float) -> None:
        """So many seconds remain until the next request."""
        self.on_look()
        now = time.monotonic()
        if now - self._ticked >= REPAINT:
            self._ticked = now
            self._show_running()
            self.hero.tick(remaining)
        self._repaint_if_due()

    def on_asking(self, number: int) -> None:  # noqa: ARG002 - it is the next one
        """A request is being sent."""
        if time.monotonic() - self._ticked >= REPAINT:
            self._ticked = time.monotonic()
            self._show_running()
            self.hero.tick(0.0)

    def on_attempt(self, attempt: Attempt) -> None:
        """An answer came, or none."""
        self.recall(self._step, attempt)
        self._since = time.time() - self._tally.seconds
        self._repaint_if_due()

    def recall(self, step: Step, attempt: Attempt) -> None:
        """Take in an attempt without showing it yet."""
        self._convict(step)
        self.attempts.append(attempt)
        self._steps[attempt.number] = step
        if self._counting.add(attempt):
            self._recount()
        else:
            self._count(self._counting.attempts[-1])

    def _convict(self, step: Step) -> None:
        """Count as refused what the probe has found to be, by slow requests, where only one kind of failure can be.

        A step has a wait that is too short only where something was refused; but the one of who looks again at a wait.
        """
        kinds = self._tally.failures
        found = step.low and self.strategy not in {"", "recheck"} and not self._tally.refused and len(kinds) == 1
        if found and self._counting.conclude(f"{kinds[0][0]} {COUNTS}"):
            self._recount()

    def _count(self, attempt: Attempt) -> None:
        """Take in an attempt as it counts."""
        self._tally = self._tally.plus(attempt)
        self.chart.add(self._steps[attempt.number], attempt)
        self.table.add(attempt)

    def _count_again(self) -> None:
        """What was judged because nothing more was to come is open again: more comes."""
        self._counting = Counting()
        for attempt in self.attempts:
            self._counting.add(attempt)
        self._recount()

    def _recount(self) -> None:
        """Earlier attempts count otherwise from now on: what came with haste only is a refusal."""
        self._tally = Tally(learned=self._counting.learned)
        self.chart.reset(self._goal)
        self.table.reset()
        for attempt in self._counting.attempts:
            self._count(attempt)

    def look_on(self) -> None:
        """Say that somebody else makes this probe."""
        self._onlooker = True
        self.strategy = ""  # what is chosen on this page is not what the other one asks
        self.replay.say("Stop only ends the looking on; the other page goes on.")
        self._show_running()

    def _ask_for_others(self) -> None:
        """From when it is known on, show what is looked on at as the strategy that runs, and not as one's own."""
        settings = self.others()
        if settings is not None:
            self._knows_others = True
            self.strategy, self._goal, self._budget = settings.strategy, settings.goal, settings.budget
            self._on_trial = settings.on_trial
            self.on_others(settings)

    @property
    def past(self) -> list[tuple[Step, Attempt]]:
        """The attempts, each with the step that asked for it."""
        return [(self._steps[attempt.number], attempt) for attempt in self.attempts]

    def finish(self, verdict: Verdict, kept: Kept | None = None, *, can_grow: bool = False) -> None:
        """Show the verdict and everything that led to it."""
        self._verdict = verdict
        if self._onlooker and not self._knows_others and verdict.statement.startswith(ANSWERED):
            self.strategy = "identify"
        if self._counting.conclude(verdict.statement):
            self._recount()
        self._end()
        self.chart.recommend(verdict.wait if verdict.kind not in {"inconclusive", "no limit seen"} else None)
        put(self.card, verdict_card(verdict, self._on_trial, self.strategy))
        ended = Ended(verdict, self.strategy, self._goal, self._tally, kept or Kept(), can_grow, self._on_trial)
        self._known = ended
        self.hero.plan(ended.kept.plan or planned(verdict, self._counting.attempts), verdict.wait)
        self.hero.show(face(ended), verdict_text(verdict, self.strategy))
        if briefly(ended.kept.said) != ended.kept.said:  # there is room for all of it below the chart
            self.replay.say(ended.kept.said)

    @property
    def ended(self) -> Ended | None:
        """What the last probe ended in."""
        known = self._known.ended if isinstance(self._known, Guessing) else self._known
        return known if isinstance(known, Ended) else None

    @property
    def found(self) -> tuple[str, float] | None:
        """The best supported kind of limiter ("" if not looked for) and the wait in seconds, or `None`."""
        if self._verdict is None or self._verdict.wait is None:
            return None
        limiters = self._verdict.limiter or ()
        return next((str(each.name) for each in limiters), ""), self._verdict.wait

    def end(self, known: Known) -> None:
        """The probe has ended without a verdict; the attempts stay."""
        self._end()
        self.show(known)

    def _end(self) -> None:
        self._repaint()
        self.replay.end()
        self.table.flush(unseen=True)
        if self.attempts:
            self.table.offer_csv()

    def _show_running(self) -> None:
        if self._onlooker and not self._knows_others:
            self._ask_for_others()
        found = on_trial(self._counting.attempts, self._on_trial) if self._step.phase == "verify" else None
        # How many another strategy wants it decides by what it sees.
        trial = found if found is None or self.strategy == "careful" else (*found[:2], None)
        if trial is not None and self.strategy == "recheck":
            trial = (self._step.wait, *trial[1:])  # it is about the wait that is kept
        known = Running(self.strategy, self._goal, self._budget, self._tally, self._step, trial, self._onlooker)
        self._known = known
        self.hero.show(face(known))
        if self.strategy == "careful" and (trial is not None or self._hinted):
            # What is left is known of a trial only, which may end in a refusal, or in nothing at all.
            self._hinted = trial is not None
            left = remaining(self._counting.attempts, self._on_trial) if self._hinted else None
            self._hint(_began(self._since or time.time() - self._tally.seconds), to_go(left))

    def _repaint_if_due(self) -> None:
        if time.monotonic() - self._painted >= REPAINT:
            self._repaint()

    def _repaint(self) -> None:
        self._painted = time.monotonic()
        if self._onlooker and isinstance(self._known, Running):
            self._show_running()
            self.hero.tick(0.0)
        self.chart.flush()
        self.table.flush()
        self.replay.grow()
        put(self.legend, legend(self.chart.kinds, truth=self.chart.revealed))

    def reveal(self, curve: Sequence[tuple[float, float]], steady_wait: float) -> None:
        """Draw the truth over what was found."""
        self.chart.reveal(curve, steady_wait)
        self._repaint()


def planned(verdict: Verdict, attempts: Sequence[Attempt]) -> Callable[[int], JobPlan] | None:
    """Plans jobs by what a probe found, where it is kept nowhere; `None` where no wait was shown."""
    wait = verdict.wait
    if not wait or verdict.kind in {"inconclusive", "no limit seen"}:
        return None
    burst, proven = burst_of(attempts, wait), verdict.kind == "certified"
    return lambda count: JobPlan(count, min(count, burst), wait, proven)


def _began(since: float) -> str:
    return f"began {time.strftime('%H:%M:%S', time.localtime(since))}"


SHAPES = {"circle": "circle", "diamond": "diamond", "rect": "square", "pin": "pin", "triangle": "up", DOWN: "down"}
"""Of the marks, as the stylesheet names them; any other is a cross. This line is sent with every attempt."""
GHOSTS = (Kind("accepted", "circle"), Kind("refused", "diamond"))
"""What the chart draws before there is an attempt."""
ALWAYS = (*GHOSTS, Kind("failed", CROSS))
"""What is counted from the first attempt on, so that the line stays as it is with most probes."""


def legend(kinds: Mapping[Kind, int], *, truth: bool) -> str:
    """The HTML of the legend, which counts as well; `kinds` are the marks of the chart, none before the first one."""
    words = {each.word for each in kinds}
    least = {each: 0 for each in (ALWAYS if kinds else GHOSTS) if each.word not in words}
    parts = [_key(*each, counted=bool(kinds)) for each in named({**kinds, **least})]
    parts.append('<span class="ww-key ww-less"><i class="ww-band"></i>in question</span>' if not truth else "")
    parts.append('<span class="ww-key"><i class="ww-stroke"></i>the truth</span>' if truth else "")
    return f'<div class="ww-counts">{"".join(parts)}<span class="ww-wide-only">share accepted at each wait</span></div>'


def _key(word: str, symbol: str, name: str, count: int, *, counted: bool) -> str:
    number = f"<b>{count:,}</b> " if counted else ""
    unseen = " ww-less" if counted and not count else ""
    sign = f'<i class="ww-{SHAPES.get(symbol, "cross")} ww-is-{word.replace(" ", "-")}"></i>'
    return f'<span class="ww-key{unseen}">{sign}{number}{name}</span>'
