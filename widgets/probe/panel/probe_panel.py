"""The Probe panel: the settings, Probe and Stop, and what happens. UI."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.http.address import Guard
from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup
from widgets.kit.widgetry import close
from widgets.model.attempt import Verdict
from widgets.probe.recorder import BrokenOff, Hindrance, Journals, NoJournals, Past
from widgets.probe.run import Means, ProbeRun, named

from .form import ProbeForm
from .live_view import LiveView
from .prompts import Consent, ResumePrompt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.probe.asker import Hide
    from widgets.probe.run import End
    from widgets.probe.settings import Settings


SETTLE = 0.15
"""Seconds from Enter until the address is read."""
CAN_GROW = ("estimated", "stated", "inconclusive")
"""Kinds of verdict from which a probe may go on to a certificate."""


class ProbePanel(ipywidgets.VBox):
    """Finds out how long to wait between requests to an address, in front of the person's eyes.

    Args:
        addresses: Offered in the address field; the first is filled in.
        theme: Of the charts: `"light"`, `"dark"`, or `"auto"` where it is not known.
        guard: Says which addresses may be asked; any http or https address unless given.
        hide: For an address and the headers of a request, what hides their secrets in the headers of answers.
        floor: The least seconds between two requests to an address, for manners towards strangers.
        journals: Where probes are written as they go.
        keep: Told the address, the settings, the verdict and the id of the probe; returns a sentence, or nothing.
    """

    def __init__(
        self,
        addresses: Sequence[str] = (),
        *,
        theme: str = "auto",
        guard: Guard | None = None,
        hide: Callable[[str, Mapping[str, str]], Hide] = lambda *_: dict,
        floor: Callable[[str], float] = lambda _: 0.0,
        journals: Journals | None = None,
        keep: Callable[[str, Settings, Verdict, str], str] = lambda *_: "",
    ) -> None:
        self._theme, self._guard = theme, guard or Guard(userinfo=True)
        self._means = Means(self._guard, hide, floor, journals or NoJournals(), keep)
        self.start_button = ipywidgets.Button(description="Probe", button_style="primary", tooltip="Start the probe")
        self.stop_button = ipywidgets.Button(description="Stop", disabled=True, tooltip="Stop the probe")
        self.certain_button = ipywidgets.Button(
            description="Make it certain", tooltip="Go on from these attempts to a certificate"
        )
        self.form = ProbeForm(addresses, self.start_button, self.stop_button)
        self.consent, self.offer = Consent(), ResumePrompt()
        self.message = markup.line()
        self.live = LiveView(theme)
        self._stage = ipywidgets.VBox([self.live])
        self._job: Job[End] = Job(self._work, self._paint)
        self.url = ""
        self._began = 0.0
        # Enter and clicks come in threads of their own: what is put on the page must be what was started.
        self._starting = threading.RLock()
        self._course: ProbeRun
        super().__init__([markup.heading("Probe"), self.form, self.message, self.consent, self.offer, self._stage])
        self.add_class("ww-panel").add_class("ww-probe")
        self.start_button.on_click(lambda _: self.probe())
        self.form.address.on_msg(self._on_message)
        self.stop_button.on_click(lambda _: self.stop())
        self.certain_button.on_click(lambda _: self.make_certain())

    def probe(self) -> None:
        """Start a probe of the address in the field; a sentence on the page says why not."""

        def act() -> None:
            url, settings = self._guard.check(self.form.address.value), self.form.settings
            self.consent.ask(url, settings.budget, lambda: self._start(url, settings))

        self._try(act)

    def make_certain(self) -> None:
        """Go on from the attempts that were made, with the strategy that ends in a certificate."""

        def act() -> None:
            settings = self.form.settings.to_certify(len(self.live.attempts))
            self.consent.ask(
                self.url,
                settings.budget,
                lambda: self._go(settings, self._course.id, self.live),
            )

        if self.live.attempts:
            self._try(act)

    def resume(self, url: str, settings: Settings, probe: str) -> None:
        """Go on with a probe that broke off, of that id; a sentence on the page says why not."""

        def act() -> None:
            self.form.address.value = checked = self._guard.check(url)
            self.consent.ask(checked, settings.budget, lambda: self._start(checked, settings, probe))

        self._try(act)

    def recheck(self, url: str, settings: Settings) -> None:
        """Look with a few requests whether an earlier wait still holds; a sentence on the page says why not."""

        def act() -> None:
            self.form.address.value = checked = self._guard.check(url)
            self.consent.ask(checked, settings.budget, lambda: self._start(checked, settings, anew=True))

        self._try(act)

    def show(self, url: str, settings: Settings, past: Past, verdict: Verdict | None) -> None:
        """Show a probe that was made earlier, with its charts; nothing is asked."""

        def act() -> None:
            self.url = self.form.address.value = url
            self._put(settings)
            for step, attempt in past:
                self.live.recall(step, attempt)
            if verdict is not None:
                self.live.finish(named(verdict, self.live.attempts))

        self._try(act)

    def _try(self, act: Callable[[], None]) -> None:
        """Take away what was said and asked before; what is wrong now becomes a sentence on the page."""
        with self._starting:
            if self._job.running:
                return
            self.consent.withdraw()
            self.offer.withdraw()
            markup.say(self.message, "")
            try:
                act()
            except ValueError as error:
                markup.say(self.message, str(error), tone="bad", role="alert")

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

    def _start(self, url: str, settings: Settings, probe: str = "", *, anew: bool = False) -> None:
        with self._starting:
            if not self._job.running:
                self.url, self._began = url, time.perf_counter()
                self._go(settings, probe, anew=anew)

    def _go(self, settings: Settings, probe: str = "", earlier: LiveView | None = None, *, anew: bool = False) -> None:
        with self._starting:
            if self._job.running:
                return
            self._put(settings, earlier)
            since = time.perf_counter() - self._began if self.live.past else 0.0
            self._course.id, self._course.anew, self._course.since = probe, anew, since
            self._job.start()

    def _put(self, settings: Settings, earlier: LiveView | None = None) -> None:
        """Put a new probe on the stage, with the attempts of an earlier one where it goes on from these."""
        old = self.live
        self.live = LiveView(self._theme, settings.goal, settings.budget, settings.strategy)
        if earlier:
            self.live.go_on_from(earlier)
        self._course = ProbeRun(self._means, self.url, settings, self.live, self._say, self.form.going_on)
        self._stage.children = [self.live]
        old.actions.children = ()  # the button outlives the probe that it stood under
        close(old)

    def _work(self, stop: threading.Event) -> End:
        return self._course.run(stop)

    def _say(self, sentence: str, tone: markup.Tone) -> None:
        markup.say(self.message, sentence, tone=tone, role="alert" if tone == "warn" else "status")

    def _paint(self, state: State[End]) -> None:
        running = isinstance(state, Running)
        self.start_button.disabled, self.stop_button.disabled = running, not running
        match state:
            case Finished(Verdict() as verdict):
                self.live.finish(verdict)
                markup.say(self.message, self._course.closing)
                if can_grow(verdict, self._course.settings):
                    self.live.actions.children = [self.certain_button]
            case Finished(BrokenOff() as found):
                markup.say(self.message, "")
                self.offer.ask(
                    found,
                    go_on=lambda: self._start(self.url, found.settings, found.id),
                    anew=lambda: self._start(self.url, self._course.settings, anew=True),
                )
            case Finished(Hindrance(sentence)):
                markup.say(self.message, sentence, tone="warn", role="alert")
            case Failed(error):
                why = str(error).rstrip(".")
                self.live.fail(f"The probe broke off: {why}. What was measured stays; Probe starts anew.")
            case Idle() | Running():
                pass


def can_grow(verdict: Verdict, settings: Settings) -> bool:
    """Whether going on may lead to a certificate: an estimate that is all a careful probe can give would come again."""
    if verdict.kind not in CAN_GROW or verdict.wait is None:
        return False
    budget = settings.budget
    cut = verdict.requests >= budget.requests or verdict.seconds + 2 * verdict.wait > budget.seconds
    return cut or verdict.kind == "inconclusive" or settings.strategy != "careful"
