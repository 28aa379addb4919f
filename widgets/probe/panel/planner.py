"""'I need 500 requests': how long that takes at the pace that was found, its end, and what of it is certified. UI."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.numbers import Span
from widgets.kit.widgetry import bare, html, lean, put, visible
from widgets.model.quantity import as_span, as_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.pace import JobPlan

USUAL = 500
COUNTS = Span(1, 1_000_000, whole=True)
"""Of requests: for more of them the end lies so far ahead that no pace speaks of it."""
DAY = 86_400


class Planner(ipywidgets.Box):
    """Asks for how many requests, and says what the fastest schedule is; its fields are made when there is a pace.

    Args:
        clock: Gives epoch seconds.
    """

    children: tuple[ipywidgets.Widget, ...]

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._plan: Callable[[int], JobPlan] | None = None
        self._beside: float | None = None
        super().__init__([], layout=bare(), _dom_classes=["ww-plan", "ww-hidden"])

    def offer(self, plan: Callable[[int], JobPlan] | None, beside: float | None = None) -> None:
        """Plan by that pace from now on, `beside` a wait of so many seconds; `None` where there is none."""
        self._plan, self._beside = plan, beside
        if plan is not None and not self.children:
            # A field for text: in one for numbers what is none would be taken back without a word.
            self.count = lean(
                ipywidgets.Text, value=str(USUAL), description="I need", continuous_update=False, css="ww-need"
            )
            self.count.tooltip = "How many requests the whole job takes"
            self.said = html(css="ww-planned")
            self.count.observe(lambda _: self._say(), "value")
            self.children = (self.count, html("requests", css="ww-unit"), self.said)
        self._say()

    def reveal(self, *, on: bool) -> None:
        """Show it where a wait is shown."""
        visible(self, on=on and self._plan is not None)

    def _say(self) -> None:
        if self._plan is None:
            return
        try:
            plan = self._plan(int(COUNTS.read(str(self.count.value))))
        except ValueError as error:
            put(self.said, wrong(str(error)))
            return
        first, second = words(plan, self._clock(), self._beside)
        put(self.said, f'<div title="{markup.plain(plan.sentence)}"><b>{first}</b><span>{second}</span></div>')


def wrong(sentence: str) -> str:
    """The HTML of what is wrong with a number, and what to do about it."""
    first, _, rest = sentence.partition(": ")
    return (
        f'<div role="alert" title="{markup.plain(sentence)}"><b>{markup.plain(first)}</b>'
        f"<span>{markup.plain(rest[:1].upper() + rest[1:])}</span></div>"
    )


def words(plan: JobPlan, now: float, beside: float | None = None) -> tuple[str, str]:
    """How long a job takes and when it ends; and how, and what of it is certified.

    The wait is named where the one that it stands `beside`, in seconds, is another.

    >>> from widgets.model.pace import Pace, Target
    >>> pace = Pace(Target.of("https://api.example.org/"), 2.0, "certified", 0.0, burst=5)
    >>> words(pace.plan(500), 0.0)[1], words(pace.plan(3), 0.0)
    ('495 certified; 5 at once, then one each 2 s', ('at once', 'as was seen once; not certified'))
    """
    if plan.count <= plan.burst and plan.burst > 1:
        return "at once", "as was seen once; not certified"
    moment = now + plan.seconds
    form = "%H:%M" if plan.seconds < DAY else "%-d %B, %H:%M"
    until = f"{as_span(plan.seconds)}, until {time.strftime(form, time.localtime(moment))}"
    first = until if plan.seconds else "at once"  # one request waits for none
    certified = "all of it certified" if plan.certified == plan.count else f"{plan.certified:,} certified"
    proof = certified if plan.proven else "not certified"
    other = beside is not None and plan.count > 1 and as_wait(beside) != as_wait(plan.wait)
    each = f"one each {as_wait(plan.wait)}"
    how = f"; {plan.burst:,} at once, then {each}" if plan.burst > 1 else f"; {each}" if other else ""
    return first, proof + how  # where there is no room for all of it the end is cut, which the wait beside it says too
