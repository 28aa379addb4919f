"""The Probe panel: the settings, Probe and Stop, and what happens. UI."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import ipywidgets

from widgets.http.address import Guard
from widgets.http.secrets import credential_of
from widgets.kit import Failed, Finished, Idle, Job, Running, State, in_words
from widgets.kit.widgetry import bare, lean, marked
from widgets.model.attempt import Budget, Goal, Verdict
from widgets.model.quantity import counted
from widgets.probe.asker import agent_of
from widgets.probe.counting import was_stopped
from widgets.probe.recorder import BrokenOff, Hindrance, Journals, NoJournals, Stopped
from widgets.probe.run import Kept, Means, ProbeRun, named

from . import states
from .form import ProbeForm
from .live_view import LiveView, planned
from .prompts import Consent, ResumePrompt, located
from .results import can_grow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.http.transport import Turns
    from widgets.model.pace import Past
    from widgets.probe.asker import Hide
    from widgets.probe.run import End
    from widgets.probe.settings import Settings

    from .states import Action


SETTLE = 0.15
"""Seconds from Enter until the address is read."""
PAUSE = 0.3
"""Seconds without another key after which an address counts as typed."""
UNTIL = 10.0
"""Seconds after which it is seen whether another page still probes: one that was lost, as by a reload of this one, is
taken to go on for some seconds."""
SECOND = 0.5
"""Seconds after a start within which a click is the second one of a double click, and does not stop."""
START, STOP = "Probe", "Stop"
TIPS = {START: "Start the probe", STOP: "Stop the probe"}
KEYS = {START: " (Ctrl+Enter)", STOP: " (Esc)"}
"""By which the page's template presses the button; plain widgets know no keys of their own."""


class ProbePanel(ipywidgets.VBox):
    """Finds out how long to wait between requests to an address, in front of the person's eyes.

    Args:
        addresses: Offered in the address field; the first is filled in.
        guard: Says which addresses may be asked; any http or https address unless given.
        hide: For an address and the headers of a request, what hides their secrets in the headers of answers.
        floor: The least seconds between two requests to an address, for manners towards strangers.
        turns: Gives the turn of each request, where others ask the same services; without them each is sent when due.
        journals: Where probes are written as they go.
        keep: Told the address, the settings, the verdict and the id of the probe; says what became of the wait.
        expect: For an address and the headers of a request the wait that is likely, in seconds, or `None`.
        others: For an address and the settings of a probe those of the one that another page makes, or `None`.
        lost: For what ended a probe, its address and settings: who else did, in few words; empty where nobody did.

    Attributes:
        button: Starts the probe, and stops it: one place, so that the focus stays.
        acts: What the page does at the buttons that are not this panel's own: `code`, `fetch`, `rules`, `puzzle`.
        on_begin: Told when a probe has begun that this page makes.
        on_end: Told when a probe has ended, or the looking on at one.
    """

    def __init__(
        self,
        addresses: Sequence[str] = (),
        *,
        guard: Guard | None = None,
        hide: Callable[[str, Mapping[str, str]], Hide] = lambda *_: dict,
        floor: Callable[[str], float] = lambda _: 0.0,
        turns: Turns | None = None,
        journals: Journals | None = None,
        keep: Callable[[str, Settings, Verdict, str], Kept] = lambda *_: Kept(),
        expect: Callable[[str, Mapping[str, str]], float | None] = lambda *_: None,
        others: Callable[[str, Settings], Settings | None] = lambda *_: None,
        lost: Callable[[BaseException, str, Settings], str] = lambda *_: "",
    ) -> None:
        self._guard, self._expect, self._others = guard or Guard(userinfo=True), expect, others
        self._lost = lost
        self._means = Means(self._guard, hide, floor, turns, journals or NoJournals(), keep)
        self.button = lean(ipywidgets.Button, description=START, tooltip=TIPS[START], button_style="primary")
        self._keys: dict[str, str] = {}
        self.form = ProbeForm(addresses, self.button)
        self.live = LiveView(self._act, self.form.tell)
        self.live.on_others = self.form.look_on
        self.live.hero.can = lambda action: action in self._own or action in self.acts
        self.consent, self.offer = Consent(self.live.show), ResumePrompt(self.live.show)
        self.acts: dict[Action, Callable[[], None]] = {}
        self._job: Job[End] = Job(self._work, self._paint)
        self._deed: Job[str] = Job(
            lambda _: self._course.kept.replace() if self._course.kept.replace else "", self._done
        )
        self._ending: Job[None] = Job(lambda _: self._course.end_other(), self._other_ended)
        self.url = self._about = self._amiss = ""
        self._behind: states.Known = states.Idle()
        self._wanted = Goal(), Budget()
        self._before: float | None = None
        self._found: dict[tuple[str, str], float] = {}
        self._earlier: tuple[str, BrokenOff | Stopped] | None = None
        self._elsewhere: Settings | None = None
        self.on_begin: list[Callable[[], None]] = []
        self.on_end: list[Callable[[], None]] = []
        self._began = self._pressed_at = 0.0
        self._alone = False
        self._soon: threading.Timer | None = None
        self._looking = threading.RLock()
        self._probed: set[str] = set()
        # Enter and clicks come in threads of their own: what is put on the page must be what was started.
        self._starting = threading.RLock()
        self._course: ProbeRun
        super().__init__([self.form, self.live], layout=bare())
        self.add_class("ww-panel").add_class("ww-probe")
        self.button.on_click(lambda _: self._pressed())
        self.form.address.on_msg(self._on_message)
        self.form.address.observe(lambda _: self._readdressed(), "value")
        self.form.changed.append(self._restate)

    def look_ahead(self, *, quiet: bool = False) -> None:
        """Go by the wait that is likely at the address in the field, where one is known; see `ProbeForm.expect`."""
        typed = str(self.form.address.value)
        self._before = self._earlier = self._elsewhere = None
        with suppress(ValueError):  # pressing Probe says what is wrong with it
            url, settings = self._guard.check(typed), self.form.settings
            found = self._means.journals.earlier(url, settings)
            elsewhere = None if self.running else self._others(url, settings)  # the one that runs here is no other
            before = self._expect(url, settings.headers) or self._found.get(_caller(url, settings.headers))
            with self._looking:
                if self.form.address.value != typed:
                    return  # another address is looked at when it has been typed, and of this one nothing is said
                self._earlier, self._elsewhere, self._before = (url, found) if found else None, elsewhere, before
                if elsewhere is not None:
                    self._later(UNTIL, self._look_again)
            self.form.expect(before, quiet=quiet)
        self._restate()

    def _look_again(self) -> None:
        """What was said of another page is looked at again, until nothing is; what ends here looks by itself."""
        if not self._job.running:
            self.look_ahead(quiet=True)

    def _later(self, seconds: float, look: Callable[[], None]) -> None:
        """Look after a while, in a thread of its own, and at nothing that was to be looked at before."""
        with self._looking:
            if self._soon is not None:
                self._soon.cancel()
            self._soon = threading.Timer(seconds, look)
            self._soon.daemon = True
            self._soon.start()

    def _readdressed(self) -> None:
        """Another address is being typed: look when that has ended for a moment, and in a thread of its own."""
        if self._job.running:
            return  # the field gets its address back
        self.form.doubt()
        self._attribute()
        self._later(PAUSE, self.look_ahead)

    def _attribute(self) -> None:
        """Say of which address it is what is said, where the field says another one."""
        asks_nothing = isinstance(self.live.known, states.Idle) and not self.live.attempts
        typed = str(self.form.address.value).strip()
        self.live.hero.attribute("" if asks_nothing or typed == self._about else located(self._about))

    def name_keys(self) -> None:
        """Say at the button which keys press it, where the page's template listens to them."""
        self._keys = KEYS
        self._tell_keys()

    def _tell_keys(self) -> None:
        words = str(self.button.description)
        self.button.tooltip = TIPS[words] + self._keys.get(words, "")

    @property
    def running(self) -> bool:
        """Whether a probe is under way."""
        return self._job.running

    @property
    def stored(self) -> bool:
        """Whether the probe that has begun is stored as it goes."""
        return bool(self._course.id)

    def _pressed(self) -> None:
        if not self._job.running:
            self.probe()
        elif time.perf_counter() - self._pressed_at > SECOND:
            self.stop()

    def probe(self) -> None:
        """Start a probe of the address in the field; a sentence on the page says why not."""

        def act() -> None:
            url, settings = self._guard.check(self.form.address.value), self.form.settings
            self._ask(url, settings, lambda: self._start(url, settings))

        self._try(act)

    def make_certain(self) -> None:
        """Go on from the attempts that were made, with the strategy that ends in a certificate."""
        if self._alone:
            self._begin_anew(self.url, lambda: self.form.settings.to_certify(0))
            return
        self._go_further(lambda: self.form.settings.to_certify(len(self.live.attempts)))

    def _go_further(self, settings: Callable[[], Settings]) -> None:
        """Go on from the attempts that were made; a sentence on the page says why not."""

        def act() -> None:
            wanted = settings()
            self._turn_to(self.url)  # what was typed meanwhile is not what is asked
            self._ask(self.url, wanted, lambda: self._go(wanted, self._course.id, keep=True))

        if self.live.attempts:
            self._try(act, stay=True)

    def go_on(self) -> None:
        """Go on from the attempts that were made: with the same probe where a person has stopped it.

        Another end would come again by the same strategy; from there the careful one goes on, with what the fields
        allow now.
        """
        ended = self.live.ended
        if ended is not None and was_stopped(ended.verdict):
            self._go_further(lambda: self._course.settings)
        else:
            self.make_certain()

    def resume(self, url: str, settings: Settings, probe: str) -> None:
        """Go on with a probe that broke off, of that id; a sentence on the page says why not."""

        def act() -> None:
            checked = self._guard.check(url)
            self._turn_to(checked)
            self._ask(checked, settings, lambda: self._start(checked, settings, probe))

        self._try(act)

    def recheck(self, url: str, settings: Settings) -> None:
        """Look with a few requests whether an earlier wait still holds; a sentence on the page says why not."""
        self._begin_anew(url, lambda: settings)

    def _begin_anew(self, url: str, settings: Callable[[], Settings]) -> None:
        """Probe that address from no attempts; a sentence on the page says why not."""

        def act() -> None:
            checked, wanted = self._guard.check(url), settings()
            self._turn_to(checked)
            self._ask(checked, wanted, lambda: self._start(checked, wanted, anew=True))

        self._try(act)

    def show(self, url: str, settings: Settings, past: Past, verdict: Verdict | None, *, alone: bool = False) -> None:
        """Show a probe that was made earlier, with its charts; nothing is asked.

        Where it stands `alone`, as what was learned from requests for any pages does, nothing goes on from its
        attempts: they say nothing of what this address sends.
        """

        def act() -> None:
            self.url = url
            self._turn_to(url)
            self._put(settings)
            self._alone = alone
            for step, attempt in past:
                self.live.recall(step, attempt)
            if verdict is not None:
                found = named(verdict, self.live.attempts, settings.strategy)
                self.live.finish(found, can_grow=can_grow(found, settings))
            else:
                self.live.end(self._idle())

        self._try(act)

    def _turn_to(self, url: str) -> None:
        """From now on it is about that address."""
        self._about = url
        self.form.address.value = url
        self._attribute()

    def _ask(self, url: str, settings: Settings, go: Callable[[], None]) -> None:
        """Ask for leave where the host is somebody else's."""
        self.consent.ask(url, settings.budget, go, agent_of(settings.headers))

    def _try(self, act: Callable[[], None], *, stay: bool = False) -> None:
        """Take away what was said and asked before; what is wrong now becomes a sentence on the page."""
        with self._starting:
            if self._job.running:
                return
            self.consent.withdraw()
            self.offer.withdraw()
            if not stay:
                self.live.begin(self._idle())
            self.form.estimate()  # of a probe that ended it would say when
            self._about = str(self.form.address.value).strip()
            self._attribute()
            known = self.live.known
            self._behind = self._behind if self._is_amiss(known) else known
            try:
                act()
            except ValueError as error:
                self.live.show(states.Trouble(str(error)))
                self._amiss = str(error) if self._wrong() == str(error) else ""

    def _idle(self) -> states.Idle:
        with suppress(ValueError):  # the form says what is wrong: what could be used last stays until that is mended
            self._wanted = self.form.goal, self.form.budget
        earlier = self._earlier[1] if self._earlier else None
        elsewhere = self._elsewhere.strategy if self._elsewhere else ""
        probed = str(self.form.address.value).strip() in self._probed
        return states.Idle(str(self.form.strategy.value), *self._wanted, self._before, earlier, elsewhere, probed)

    def _restate(self) -> None:
        """What a probe will show and may cost changes with the settings, as long as nothing else is said there.

        What was wrong with them is said until it is mended; then what was said before, or what is wrong still.
        """
        known = self.live.known
        if self._job.running:
            return
        if self._is_amiss(known):
            if (amiss := self._wrong()) == self._amiss:
                return
            self._amiss = amiss
            known = states.Trouble(amiss) if amiss else self._behind
            self.live.show(known)
        if isinstance(known, states.Idle):
            self.live.show(self._idle())

    def _is_amiss(self, known: states.Known) -> bool:
        """Whether what is said is what was wrong with the address or the settings."""
        return isinstance(known, states.Trouble) and known.sentence == self._amiss

    def _wrong(self) -> str:
        """What is wrong with the address or the settings; empty where nothing is."""
        try:
            self._guard.check(self.form.address.value)
            self.form.settings  # noqa: B018 - all of them are looked at
        except ValueError as error:
            return str(error)
        return ""

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
                if self._soon is not None:
                    self._soon.cancel()  # what was typed last is looked at here
                self.url, self._began = url, time.perf_counter()
                self.look_ahead()
                self._go(settings, probe, anew=anew)

    def _go(self, settings: Settings, probe: str = "", *, keep: bool = False, anew: bool = False) -> None:
        with self._starting:
            if self._job.running:
                return
            self._put(settings, keep=keep)
            since = time.perf_counter() - self._began if self.live.past else 0.0
            self._course.id, self._course.anew, self._course.since = probe, anew, since
            self._job.start()

    def _put(self, settings: Settings, *, keep: bool = False) -> None:
        """Put a new probe on the stage, with the attempts that are there where it goes on from these."""
        url, self._alone = self.url, False
        self.live.others = lambda: self._others(url, settings)
        self.live.go(settings, keep=keep)
        self._course = ProbeRun(self._means, self.url, settings, self.live, self._say, self._going_on)

    def _going_on(self, settings: Settings, attempts: int) -> None:
        words = f"goes on from {counted(attempts, 'attempt')}" if attempts else ""
        self.form.tell(f"began {time.strftime('%H:%M:%S')}", words)
        # The template that listens to keys is that of a server which ends the kernel of a page that is gone.
        self.live.say_whether_stored(stored=self.stored, ends=bool(self._keys))
        del settings
        for told in self.on_begin:
            told()

    def _work(self, stop: threading.Event) -> End:
        return self._course.run(stop)

    def _say(self, sentence: str, tone: str) -> None:
        self.live.replay.say(sentence, warn=tone == "warn")

    def _paint(self, state: State[End]) -> None:
        self._dress(running=isinstance(state, Running))
        match state:
            case Finished(value):
                self._finish(value)
            case Failed(error):
                self.live.end(self._broken_off(error))
            case Idle() | Running():
                return
        if self.live.attempts:
            self._probed.add(self.url)
        self.look_ahead(quiet=True)
        for told in self.on_end:
            told()

    def _broken_off(self, error: BaseException) -> states.Trouble:
        """What is known of why a probe has no verdict, and what becomes of its attempts."""
        stays = "What was measured stays; Probe "
        stays += "offers to go on with it." if self._course.id and self.live.attempts else "starts anew."
        if other := self._lost(error, self.url, self._course.settings):
            return states.Trouble(f"{other}: {stays}", "Broken off", self.live.tally, "warn")
        return states.Trouble(f"The probe broke off: {in_words(error)}. {stays}", "Broken off", self.live.tally)

    def _dress(self, *, running: bool) -> None:
        """One button in one place: what it says is what it does."""
        if running:
            self._pressed_at = time.perf_counter()
            self._turn_to(self._about)  # another one may have been typed while a question stood
        elif self.running or self.button.description == STOP:
            self.form.tell(f"ended {time.strftime('%H:%M:%S')}", time.strftime("%-d %B %Y"))
        self.button.description, self.button.icon = (STOP, "stop") if running else (START, "")
        self._tell_keys()
        self.button.button_style = "" if running else "primary"
        marked(self.button, "ww-stop", on=running)
        self.form.run(self._course.settings if running else None)

    def _finish(self, value: End) -> None:
        """Show what a probe has ended in."""
        match value:
            case Verdict() as verdict:
                grows = can_grow(verdict, self._course.settings)
                self.live.finish(verdict, self._course.kept, can_grow=grows)
                if verdict.wait and verdict.kind != "inconclusive":  # which is known here also where nothing is kept
                    self._found[_caller(self.url, self._course.settings.headers)] = verdict.wait
                if self._course.closing:
                    self.live.replay.say(self._course.closing)
            case BrokenOff() as found:
                self.live.end(states.Idle())
                self.form.tell("last request on", found.when)
                self.offer.ask(
                    found,
                    go_on=lambda: self._start(self.url, found.settings, found.id),
                    anew=lambda: self._start(self.url, self._course.settings, anew=True),
                    goal=self._course.settings.goal,
                )
            case Hindrance(sentence):
                if not self.live.attempts:
                    self.form.estimate()  # nothing has ended
                self.live.end(states.Trouble(sentence, "Not probed", self.live.tally, "warn"))

    def _done(self, state: State[str]) -> None:
        """The person wants the new wait although a stronger one was kept."""
        ended = self.live.ended
        match state:
            case Finished(said) if ended is not None:
                self.live.show(replace(ended, kept=Kept(said)))
                self.live.hero.plan(planned(ended.verdict, self.live.attempts))
            case Failed(error):
                self.live.replay.say(f"It could not be kept: {in_words(error)}.", warn=True)
            case _:
                pass

    def hold(self, sentence: str) -> None:
        """Say that the probe waits for what others were told, and until when; with nothing, that it does no more."""
        self.live.replay.interject(sentence)

    def forgotten(self, origin: str) -> None:
        """What was kept for a service, `http://example.org`, is kept no longer: nothing may go on saying that it is."""
        ended = self.live.ended
        if ended is not None and not self.running and _caller(self.url, {})[0] == origin:
            self.live.show(replace(ended, kept=Kept()))
            self.live.hero.plan(planned(ended.verdict, self.live.attempts))
        self.look_ahead(quiet=True)

    def _other_ended(self, state: State[None]) -> None:
        """The probe of another page was to be ended; that it has ended its attempts say."""
        if isinstance(state, Failed):
            self.live.replay.say(f"It could not be ended: {state.error}", warn=True)

    def _act(self, action: Action) -> None:
        """One of the buttons beside what is said was pressed."""
        act = self._own.get(action) or self.acts.get(action)
        before = self.running
        if act is not None:
            act()
        if self.running and not before:  # the button that was pressed is gone, and the focus would be with it
            self.button.focus()

    @cached_property
    def _own(self) -> dict[Action, Callable[[], object]]:
        """What the buttons do that are this panel's own."""
        return {
            "certain": self.make_certain,
            "go on": self.go_on,
            "more": self.make_certain,
            "again": self.probe,
            "allow": self.consent.allow,
            "refuse": self._refuse,
            "resume": self._go_on_with,
            "anew": self.offer.anew,
            "replace": self._deed.start,
            "end": self._ending.start,
        }

    def _go_on_with(self) -> None:
        """Go on with the earlier probe that is offered: one that broke off, or one that a person stopped."""
        if isinstance(self.live.known, states.Idle) and self._earlier:
            url, found = self._earlier
            self.resume(url, found.settings, found.id)
        else:
            self.offer.go_on()

    def _refuse(self) -> None:
        self.consent.withdraw()
        self.live.show(self._idle())
        self._attribute()


def _caller(url: str, headers: Mapping[str, str]) -> tuple[str, str]:
    """Whom a wait was found for: a service, and the caller that it knows."""
    scheme, host = urlsplit(url)[:2]
    return f"{scheme}://{host}", credential_of(url, headers)
