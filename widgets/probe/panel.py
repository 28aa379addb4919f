"""The Probe panel: the settings, Probe and Stop, and what happens. UI."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup
from widgets.kit.widgetry import close

from .asker import Asker
from .consent import Consent
from .form import ProbeForm
from .line import Connect, check_address, dial
from .live import LiveProbe
from .runner import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .attempt import Strategy, Verdict
    from .settings import Settings

SETTLE = 0.15
"""Seconds from Enter until the address is read."""
CAN_GROW = ("estimated", "inconclusive")
"""Kinds of verdict from which a probe may go on to a certificate."""


class ProbePanel(ipywidgets.VBox):
    """Finds out how long to wait between requests to an address, in front of the person's eyes.

    Args:
        addresses: Offered in the address field; the first is filled in.
        theme: Of the charts: `"light"`, `"dark"`, or `"auto"` where it is not known.
        check: Returns an address in its normal form, or raises `ValueError` with a sentence for the person.
        connect: Opens the connections; the app passes one that checks where they lead.
        floor: The least seconds between two requests to an address, for manners towards strangers.
        keep: Told the address, the settings and the verdict; returns a sentence for the person, or nothing.
    """

    def __init__(
        self,
        addresses: Sequence[str] = (),
        *,
        theme: str = "auto",
        check: Callable[[str], str] = check_address,
        connect: Connect = dial,
        floor: Callable[[str], float] = lambda _: 0.0,
        keep: Callable[[str, Settings, Verdict], str] = lambda *_: "",
    ) -> None:
        self._theme, self._check, self._connect, self._floor, self._keep = theme, check, connect, floor, keep
        self.start_button = ipywidgets.Button(description="Probe", button_style="primary", tooltip="Start the probe")
        self.stop_button = ipywidgets.Button(description="Stop", disabled=True, tooltip="Stop the probe")
        self.certain_button = ipywidgets.Button(
            description="Make it certain", tooltip="Go on from these attempts to a certificate"
        )
        self.form = ProbeForm(addresses, self.start_button, self.stop_button)
        self.consent = Consent()
        self.message = markup.line()
        self.live = LiveProbe(theme)
        self._stage = ipywidgets.VBox([self.live])
        self._job: Job[Verdict] = Job(self._work, self._paint)
        self.url = ""
        self._plan: Strategy
        self._settings: Settings
        self._began = 0.0
        super().__init__([markup.heading("Probe"), self.form, self.message, self.consent, self._stage])
        self.add_class("ww-panel").add_class("ww-probe")
        self.start_button.on_click(lambda _: self.probe())
        self.form.address.on_msg(self._on_message)
        self.stop_button.on_click(lambda _: self.stop())
        self.certain_button.on_click(lambda _: self.make_certain())

    def probe(self) -> None:
        """Start a probe of the address in the field; a sentence on the page says why not."""
        with _Said(self.message):
            self.consent.withdraw()
            if not self._job.running:
                url = self._check(self.form.address.value)
                check_address(url)
                settings = self.form.settings
                self.consent.ask(url, settings.budget, lambda: self._start(url, settings))

    def make_certain(self) -> None:
        """Go on from the attempts that were made, with the strategy that ends in a certificate."""
        with _Said(self.message):
            if not self._job.running and self.live.attempts:
                settings = self.form.settings.to_certify()
                self.consent.ask(self.url, settings.budget, lambda: self._go(settings, self.live))

    def _on_message(self, _: object, content: dict[str, Any], __: object) -> None:
        """Enter was pressed, says the browser, and says what was typed a moment later."""
        if content.get("event") == "submit":
            threading.Timer(SETTLE, self.probe).start()

    def stop(self) -> None:
        """Ask the probe to end; it does so at once, also within a wait or a slow answer."""
        self._job.stop()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the probe has ended, at most `timeout` seconds."""
        self._job.join(timeout)

    def _start(self, url: str, settings: Settings) -> None:
        if not self._job.running:
            self.url, self._began = url, time.perf_counter()
            self._go(settings)

    def _go(self, settings: Settings, earlier: LiveProbe | None = None) -> None:
        self._settings, old = settings, self.live
        self.live = LiveProbe(self._theme, settings.goal, settings.budget, settings.strategy)
        if earlier:
            self.live.go_on_from(earlier)
        self._plan = settings.plan(self.live.attempts)
        self._stage.children = [self.live]
        old.actions.children = ()  # the button outlives the probe that it stood under
        close(old)
        self._job.start()

    def _work(self, stop: threading.Event) -> Verdict:
        known = tuple(self.live.attempts)
        settings = self._settings
        with Asker(self.url, method=settings.method, headers=settings.headers, connect=self._connect) as ask:
            return follow(
                self._plan,
                ask,
                watch=self.live,
                stop=stop,
                floor=self._floor(self.url),
                known=known,
                since=time.perf_counter() - self._began if known else 0.0,
            )

    def _paint(self, state: State[Verdict]) -> None:
        running = isinstance(state, Running)
        self.start_button.disabled, self.stop_button.disabled = running, not running
        match state:
            case Finished(verdict):
                self.live.finish(verdict)
                markup.say(self.message, self._keep(self.url, self._settings, verdict))
                if verdict.kind in CAN_GROW and verdict.wait is not None:
                    self.live.actions.children = [self.certain_button]
            case Failed(error):
                self.live.fail(f"The probe broke off: {error}. What was measured stays; Probe starts anew.")
            case Idle() | Running():
                pass


class _Said:
    """Turns what is wrong with a setting into a sentence on the page, and takes the last one away first."""

    def __init__(self, line: ipywidgets.HTML) -> None:
        self._line = line

    def __enter__(self) -> None:
        markup.say(self._line, "")

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, ValueError):
            return False
        markup.say(self._line, str(error), tone="bad", role="alert")
        return True
