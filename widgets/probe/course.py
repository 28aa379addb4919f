"""The course of one probe, from the opening of its journal to its end, beside the page that shows it. IO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.kit import markup
from widgets.model.attempt import Verdict

from .asker import Asker
from .journal import BrokenOff, Elsewhere, Hindrance, Journal, Journals, Written, replayed
from .runner import follow, named

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from widgets.http.address import Guard

    from .asker import Hide
    from .live import LiveProbe
    from .settings import Settings

    End: TypeAlias = Verdict | BrokenOff | Hindrance
    """What a course ends in: a result, a question for the person, or a sentence."""

LOOK = 0.5
"""Seconds between two looks at a probe that somebody else makes."""


@dataclass(frozen=True, slots=True)
class Means:
    """What every probe of a panel is made with; see `ProbePanel`."""

    guard: Guard
    hide: Callable[[str, Mapping[str, str]], Hide]
    floor: Callable[[str], float]
    journals: Journals
    keep: Callable[[str, Settings, Verdict, str], str]


@dataclass(slots=True)
class Course:
    """One probe.

    Attributes:
        means: What it is made with.
        url: What is asked.
        settings: How.
        live: Where it is shown; its attempts are known to the probe.
        say: Writes a sentence beside it, in a tone.
        going_on: Told the settings, and how many attempts are known to the probe when it begins.
        id: Of the probe; empty until it has one, or that of the probe that it goes on with.
        anew: Whether one that broke off is passed over.
        since: Seconds since the attempts that are known began.
        closing: What is to be said at its end.
    """

    means: Means
    url: str
    settings: Settings
    live: LiveProbe
    say: Callable[[str, markup.Tone], None]
    going_on: Callable[[Settings, int], None]
    id: str = ""
    anew: bool = False
    since: float = 0.0
    closing: str = ""

    def run(self, stop: threading.Event) -> End:
        """Probe until the end, or until `stop` is set; look on where somebody else probes."""
        opening = self.means.journals.open(
            self.url, self.settings, probe=self.id, anew=self.anew, known=self.live.past, since=self.since
        )
        with opening as opened:
            match opened:
                case BrokenOff() | Hindrance():
                    return opened
                case Elsewhere():
                    return self._look_on(opened, stop)
                case _:
                    return self._probe(opened, stop)

    def _probe(self, journal: Journal, stop: threading.Event) -> Verdict:
        settings, live, self.id = self.settings, self.live, journal.id
        for step, attempt in journal.known[len(live.attempts) :]:
            live.recall(step, attempt)
        known = tuple(live.attempts)
        self.going_on(settings, len(known))
        plan = replayed(settings.plan(known[: settings.after]), known[settings.after :])
        asker = Asker(
            self.url,
            method=settings.method,
            headers=settings.headers,
            guard=self.means.guard,
            hide=self.means.hide(self.url, settings.headers),
        )
        with asker as ask:
            watch = Written(journal, live, lambda trouble: self.say(trouble, "warn"))
            floor = self.means.floor(self.url)
            verdict = follow(plan, ask, watch=watch, stop=stop, floor=floor, known=known, since=journal.since)
        journal.finish(verdict)
        kept = self.means.keep(self.url, settings, verdict, journal.id)
        self.closing = " ".join(filter(None, (kept, journal.trouble)))
        return verdict

    def _look_on(self, elsewhere: Elsewhere, stop: threading.Event) -> End:
        """Show what somebody else's probe does, until it ends or the person has seen enough."""
        self.closing = f"This probe was made by {elsewhere.who}."
        self.say(
            f"This address is being probed by {elsewhere.who}. Here are its attempts as they come; Stop ends the "
            "looking on, not that probe.",
            "busy",
        )
        markup.say(self.live.now, "Looking on.", tone="busy")
        while True:
            over = elsewhere.feed.verdict() or elsewhere.feed.broken_off()
            for step, attempt in elsewhere.feed.more(len(self.live.attempts)):
                self.live.on_step(step)
                self.live.on_attempt(attempt)
            if isinstance(over, Verdict):
                return named(over, self.live.attempts)
            if over:
                return over
            if stop.wait(LOOK):
                return Hindrance("You look on no longer; the other probe goes on.")
