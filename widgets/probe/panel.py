"""The Probe panel: an address, a strategy, Probe and Stop, and what happens. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup

from .asker import Asker, Connect, check_address, dial
from .attempt import Budget, Goal, Strategy, Verdict
from .live import LiveProbe
from .runner import follow
from .strategies import STRATEGIES, doubling

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

NEEDED = (1, 1000)
"""The least and the most successes in a row that may be asked for."""


class ProbePanel(ipywidgets.VBox):
    """Finds out how long to wait between requests to an address, in front of the person's eyes.

    Args:
        addresses: Offered in the address field; the first is filled in.
        theme: Of the chart: `"light"`, `"dark"`, or `"auto"` where it is not known.
        check: Returns an address in its normal form, or raises `ValueError` with a sentence for the person.
        connect: Opens the connections; the app passes one that checks where they lead.
        floor: The least seconds between two requests to an address, for manners towards strangers.
    """

    def __init__(
        self,
        addresses: Sequence[str] = (),
        *,
        theme: str = "auto",
        check: Callable[[str], str] = check_address,
        connect: Connect = dial,
        floor: Callable[[str], float] = lambda _: 0.0,
    ) -> None:
        self._theme, self._check, self._connect, self._floor = theme, check, connect, floor
        self.address = ipywidgets.Combobox(
            value=addresses[0] if addresses else "",
            options=list(addresses),
            ensure_option=False,
            description="Address",
            placeholder="http://localhost:5009/Slow-NASA",
        ).add_class("ww-address")
        self.strategy = ipywidgets.Dropdown(options=list(STRATEGIES), value="doubling", description="Strategy")
        self.needed = ipywidgets.BoundedIntText(
            value=4,
            min=NEEDED[0],
            max=NEEDED[1],
            description="Successes",
            tooltip="Successes in a row that are needed",
        )
        self.start_button = ipywidgets.Button(description="Probe", button_style="primary", tooltip="Start the probe")
        self.stop_button = ipywidgets.Button(description="Stop", disabled=True, tooltip="Stop the probe")
        self.message = markup.line()
        self.live = LiveProbe(theme)
        self._stage = ipywidgets.VBox([self.live])
        self._job: Job[Verdict] = Job(self._work, self._paint)
        self._plan: Strategy
        buttons = self._row("ww-buttons", self.start_button, self.stop_button)
        super().__init__(
            [
                markup.heading("Probe"),
                self._row("ww-form", self.address, self.strategy, self.needed, buttons),
                self.message,
                self._stage,
            ]
        )
        self.add_class("ww-panel").add_class("ww-probe")
        self.start_button.on_click(lambda _: self.probe())
        self.stop_button.on_click(lambda _: self.stop())
        self.strategy.observe(lambda _: self._show_settings(), "value")
        self._show_settings()

    def probe(self) -> None:
        """Start a probe of the address that stands in the field; a sentence on the page says why not."""
        if self._job.running:
            return
        try:
            self._url = self._check(self.address.value)
            self._plan = self._chosen_plan()
        except ValueError as error:
            markup.say(self.message, str(error), tone="bad", role="alert")
            return
        markup.say(self.message, "")
        self._new_stage()
        self._job.start()

    def stop(self) -> None:
        """Ask the probe to end; it does so at once, also within a wait or a slow answer."""
        self._job.stop()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the probe has ended, at most `timeout` seconds."""
        self._job.join(timeout)

    def _chosen_plan(self) -> Strategy:
        """The strategy as set; every value is checked again, since any message can come from a browser."""
        goal, budget = Goal(), Budget()
        if self.strategy.value == "doubling":
            needed = int(self.needed.value)
            if not NEEDED[0] <= needed <= NEEDED[1]:
                raise ValueError(f"Successes must lie between {NEEDED[0]} and {NEEDED[1]}, got {needed}.")
            return doubling(goal, budget, needed=needed)
        return STRATEGIES[self.strategy.value](goal, budget)

    def _new_stage(self) -> None:
        old, self.live = self.live, LiveProbe(self._theme)
        self._stage.children = [self.live]
        old.close()

    def _work(self, stop: threading.Event) -> Verdict:
        with Asker(self._url, connect=self._connect) as ask:
            return follow(self._plan, ask, watch=self.live, stop=stop, floor=self._floor(self._url))

    def _paint(self, state: State[Verdict]) -> None:
        running = isinstance(state, Running)
        self.start_button.disabled, self.stop_button.disabled = running, not running
        match state:
            case Finished(verdict):
                self.live.finish(verdict)
            case Failed(error):
                self.live.fail(f"The probe broke off: {error}. What was measured stays; Probe starts anew.")
            case Idle() | Running():
                pass

    def _show_settings(self) -> None:
        self.needed.layout.display = None if self.strategy.value == "doubling" else "none"

    @staticmethod
    def _row(css_class: str, *children: ipywidgets.Widget) -> ipywidgets.Box:
        return ipywidgets.Box(children).add_class(css_class)
