"""The panel that fetches: an address, what came of it, and how it came."""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets

from widgets.http.errors import AddressError, FieldError, HeldBackError, Stopped
from widgets.http.limits import read
from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup
from widgets.kit.widgetry import bare, box, html, lean, marked, put, visible

from . import states
from .history_panel import HistoryPanel
from .reply_view import ReplyView
from .request_form import RequestForm
from .states import NAMES, Arrived, Asking, Chip, Due, Facts, Known, Nothing, Receiving, facts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.fetch.client import Progress
    from widgets.fetch.ends import Ends
    from widgets.fetch.history import Card
    from widgets.http.transport import Turn, Turns
    from widgets.model.reply import Reply


class Throttle:
    """Says yes at most once in `interval` seconds.

    Args:
        interval: In seconds.
        clock: Gives seconds, never going back.
    """

    def __init__(self, interval: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval
        self._clock = clock
        self._last = float("-inf")

    def ready(self) -> bool:
        """Whether it is time again; a yes starts the next interval."""
        now = self._clock()
        if now - self._last < self._interval:
            return False
        self._last = now
        return True


_REMEMBERED = 20
FETCH, STOP = "Fetch", "Stop"
_SECOND = 0.5
"""Seconds after a start within which a click is the second one of a double click, and does not stop."""

_LONGEST_ADDRESS = 8000
_CLICKED = 0.05
"""Seconds before a click acts, so that even a fast reply is preceded by a busy state that can be seen."""

_NEAR = 0.05
"""Seconds before its turn from which a request is left to the turn itself."""

_TICK = 0.2
"""Seconds between two looks at the turn."""

_TRIES = 20
"""How often a fetch that teaches a pace is made at most, where it is refused."""

_ENTERED = 0.15
"""Seconds before Enter acts: the browser says that Enter was pressed before it says what was typed."""


class Fetches(Protocol):
    """Asks an address, as `Fetcher` does."""

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        on_progress: Progress | None = None,
        on_part: Callable[[Reply], None] | None = None,
        turns: Turns | None = None,
        ends: Ends | None = None,
        stop: threading.Event | None = None,
    ) -> Reply:
        """Return what came; raise only `FetchError`."""


class Render(Protocol):
    """Shows a reply as a widget; `shown_as` overrides its media type."""

    def __call__(self, reply: Reply, *, shown_as: str = "") -> ipywidgets.Widget:
        """Return the widget; never raise."""


class Lessons(Protocol):
    """Learns the pace of each service that has none from what a person fetches of it."""

    def taking(self) -> AbstractContextManager[Turns]:
        """The turns of one fetch, redirects included: the pace that is sought says when each is due."""

    def said(self, method: str, url: str, headers: Mapping[str, str]) -> str:
        """What is known by now of the pace of such a request, in a few words."""


class FetchPanel(ipywidgets.VBox):
    """Fetches what is at an address and shows it.

    Args:
        fetcher: Asks.
        render: Shows a reply; what it returns may have `chips` and `mismatch`, which then stand among the facts.
        addresses: Offered in the address field; the first one stands in it.
        turns: Gives the turn of a request where a pace is kept for it.
        samples: Names and addresses that a click fetches.
        thumb: Makes a small PNG of a reply, or nothing.
        lessons: Learn the pace of a service while it is fetched, where the person wants that; without them nobody asks.
        may_insist: Whether a request can be sent out of turn; else no button offers it.
        check: Told an address before its turn is waited for; raises a `FetchError` where it is not asked.

    Attributes:
        button: Fetches, and stops it: one place, so that the focus stays.
        learn: Whether the person wants that.
        on_probe: Told the address of a reply that was refused, and that a person wants probed.
        on_counted: Called when a fetch was made at a pace that is kept, was refused, or taught: that is news of a pace.
    """

    def __init__(
        self,
        fetcher: Fetches,
        render: Render,
        addresses: Sequence[str] = (),
        turns: Turns | None = None,
        *,
        samples: Sequence[tuple[str, str]] = (),
        thumb: Callable[[Reply], bytes] = lambda _: b"",
        lessons: Lessons | None = None,
        may_insist: bool = True,
        check: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._may_insist, self._check = may_insist, check
        self._turns, self._lessons, self._taught = turns, lessons, ""
        self.learn = lean(
            ipywidgets.ToggleButton,
            description="Learn the pace as I fetch",
            icon="graduation-cap",
            css="ww-quiet ww-learn",
        )
        self.learn.tooltip = "The next fetches are spaced so that they show how often this service may be asked"
        self._insists = threading.Event()
        self._fetcher = fetcher
        self._render = render
        self._job = Job(self._work, self._paint)
        self._throttle = Throttle(0.2)
        self._settle = _CLICKED
        self.reply: Reply | None = None
        self.known: Known = Nothing()
        self.on_probe: Callable[[str], None] = lambda _: None
        self.on_counted: Callable[[], None] = lambda: None
        self._paced = False
        self.address = lean(
            ipywidgets.Combobox,
            value=addresses[0] if addresses else "",
            options=tuple(addresses),
            description="Address to fetch",
            placeholder="http://…",
            continuous_update=False,
            css="ww-address ww-wordless",
        )
        self.button = lean(ipywidgets.Button, description=FETCH, button_style="primary")
        self.form = RequestForm()
        self._samples = list(samples)
        self.samples = lean(
            ipywidgets.ToggleButtons, options=[name for name, _ in samples], value=None, description="Try", css="ww-try"
        )
        self.samples.tooltip = "A click fetches one of these samples"
        self.said, self.caption = html(css="ww-chips"), html(css="ww-caption")
        self.act_button = lean(ipywidgets.Button)
        self.view = ReplyView()
        self.history = HistoryPanel(self._open_again, self._lay, thumb)
        self._under: ipywidgets.Widget | None = None
        self._pressed_at = 0.0
        self._marking, self._key = False, ""
        self._asked, self._another = "", False
        learn = [self.learn] if lessons is not None else []
        head = box([markup.heading("Fetch", beside="What does it send?"), *learn, self.form.unfold], "ww-head")
        row = box([self.address, self.form.method_sign, self.button], "ww-command")
        facts_row = box([self.said, self.act_button], "ww-facts")
        # The form comes after the button that opens it, as the focus goes, and not after what it lies over.
        parts = [head, row, self.form, self.samples, facts_row, self.caption, self.view, self.history]
        super().__init__(parts, layout=bare(), _dom_classes=["ww-panel", "ww-fetch"])
        self.address.on_msg(self._on_message)
        self.address.observe(lambda _: self._address_changed(), "value")
        self.button.on_click(lambda _: self._pressed())
        self.act_button.on_click(lambda _: self._act())
        self.samples.observe(lambda change: self._sample(change["new"]), "value")
        self.say(Nothing())

    def name_keys(self) -> None:
        """Say at the button which key presses it while it is there to stop, where the page's template listens to it."""
        self._key = " (Esc)"

    @property
    def running(self) -> bool:
        """Whether a fetch is under way."""
        return self._job.running

    @property
    def facts(self) -> Facts:
        """What is said now."""
        return facts(self.known, may_insist=self._may_insist)

    def fetch(self) -> None:
        """Fetch the address in the field; returns at once. While a fetch is under way it does nothing."""
        if not self._job.running:
            self._insists.clear()
            self._job.start()

    def insist(self) -> None:
        """Fetch without waiting for the turn; returns at once."""
        self._insists.set()
        self._job.start()

    def stop(self) -> None:
        """End the fetch that is under way and keep what came; returns at once."""
        self._job.stop()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the fetch has ended and is shown, at most `timeout` seconds."""
        self._job.join(timeout)

    def say(self, known: Known) -> None:
        """Say what is known."""
        self.known = known
        shown = self.facts
        put(self.said, chips(shown))
        put(self.caption, caption(shown, skeleton=isinstance(known, Nothing)))
        if shown.action:
            self.act_button.description = NAMES[shown.action]
            self.act_button.tooltip = NAMES[shown.action]
        visible(self.act_button, on=bool(shown.action))

    def _pressed(self) -> None:
        if not self._job.running:
            self.fetch()
        elif time.monotonic() - self._pressed_at > _SECOND:
            self.stop()

    def _act(self) -> None:
        """The one button beside the facts was pressed."""
        match self.facts.action:
            case "anyway":
                self.insist()
            case "again":
                self.fetch()
            case "probe" if self.reply is not None:
                self.on_probe(self.reply.url)
            case "declared" if self.reply is not None:
                shows = getattr(self.view.media.children[0], "show_as", None)
                if shows is not None:
                    shows(self.reply.media_type)
            case _:
                pass

    def _sample(self, name: str | None) -> None:
        address = dict(self._samples).get(name or "")
        if address and not self._marking:
            self.address.value = address
            self._go()

    def _address_changed(self) -> None:
        """The sample that is marked is the one that stands in the field."""
        named = {address: name for name, address in self._samples}.get(str(self.address.value))
        if self.samples.value != named:
            self._marking = True  # what is marked here was not clicked by a person
            self.samples.value = named
            self._marking = False

    def _on_message(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("event") == "submit":
            self._settle = _ENTERED
            if self._job.running:
                timer = threading.Timer(_ENTERED, self._go)
                timer.daemon = True
                timer.start()
            else:
                self.fetch()

    def _go(self) -> None:
        """Fetch what stands in the field; a fetch of another address that is under way gives way to it."""
        if not self._job.running:
            self.fetch()
        elif self.address.value.strip() != self._asked:
            # Stopped before it is said what follows: else the fetch that follows may be the one that is stopped.
            self.stop()
            self._another = True

    def _work(self, stop: threading.Event) -> Reply:
        """Ask, and show what comes, in the thread of the job."""
        self._another = False
        stop.wait(self._settle)
        self._settle = _CLICKED
        self._asked = self.address.value.strip()
        asked_at, seen = 0.0, 0

        def progress(received: int, total: int | None) -> None:
            nonlocal seen
            if self._throttle.ready():
                # One report says no speed: what comes at once comes from a buffer, and the rest may be there already.
                self.say(Receiving(received, total, time.monotonic() - asked_at if seen else 0.0))
                seen += 1

        fields = self.form.fields
        url, method = fields.url(_whole(self._asked)), fields.checked_method()
        headers, ends = fields.all_headers(), fields.ends()
        self._check(url)
        lessons = self._lessons if self.learn.value else None

        def said() -> str:
            return lessons.said(method, url, headers) if lessons else ""

        def once() -> Reply:
            with lessons.taking() if lessons else nullcontext(self._turns) as turns:
                if turns and not self._insists.is_set():
                    self._await_turn(turns(method, url, headers), said(), stop)
                nonlocal asked_at, seen
                asked_at, seen = time.monotonic(), 0
                reply = self._fetcher.fetch(
                    url,
                    method=method,
                    headers=headers,
                    on_progress=progress,
                    on_part=self._put,
                    turns=partial(turns, anyway=self._insists.is_set()) if turns else None,
                    ends=ends,
                    stop=stop,
                )
            if reply.complete:  # to make it ready may take longer than it took to come, and it comes no more
                self.say(Receiving(reply.wire_size, reply.wire_size, 0.0))
            self._put(reply)
            return reply

        reply = once()
        for _ in range(_TRIES - 1):  # as a refusal says something of the pace, and nothing of what was wanted
            if lessons is None or stop.is_set() or not read(reply.status, reply.headers, 0.0).refused:
                break
            try:
                reply = once()
            except (Stopped, HeldBackError):  # the last one has no answer, be it sent or not; those before have one
                self._put(reply)
                break
        self._taught = said()
        return reply

    def _await_turn(self, turn: Turn | None, why: str, stop: threading.Event) -> None:
        """Count down to the turn of a request, until it is near, or the person insists."""
        whole, self._paced = 0.0, turn is not None and turn.pace > 0
        while turn and not self._insists.is_set() and (due := turn.due_in()) > _NEAR:
            whole = max(whole, due)
            self.say(Due(due, whole, turn.pace, why))
            if stop.wait(min(due - _NEAR, _TICK)):
                raise Stopped("Stopped before the request was due; nothing was sent.")
        self.say(Asking(self._still()))

    def _put(self, reply: Reply) -> None:
        """Render a reply, or the part of it that came so far, and show it."""
        self._lay(None)
        raw = self._render(reply, shown_as="application/octet-stream")
        self.view.put(reply, self._render(reply), raw)

    def _lay(self, widget: ipywidgets.Widget | None) -> None:
        """Lay something over the reply that is shown, or take it away again."""
        if widget is not None and self._under is None:
            self._under = self.view.lay(widget)
        elif widget is None and self._under is not None:
            under, self._under = self._under, None
            self.view.lay(under)

    def _paint(self, state: State[Reply]) -> None:
        running = isinstance(state, Running)
        if running:
            self._pressed_at = time.monotonic()
        self.button.description = STOP if running else FETCH
        self.button.icon = "stop" if running else ""
        self.button.tooltip = f"Stop the fetch{self._key}" if running else "Fetch the address"
        self.button.button_style = "" if running else "primary"
        marked(self.button, "ww-stop", on=running)
        match state:
            case Idle():
                pass
            case Running():
                self.form.say()
                self.say(Asking(self._still()))
            case Finished(reply):
                self._finish(reply)
            case Failed(error):
                self.form.say(str(error) if isinstance(error, FieldError) else "")
                self.say(states.Failed(error, self._still()))
        if self._another and not running:
            self.fetch()

    def _still(self) -> str:
        """What still stands below an error."""
        if self.reply is None:
            return ""
        number = self.history.current
        return f"reply {number}, of {self.history.moments.get(number, '')}".rstrip(", of")

    def _finish(self, reply: Reply) -> None:
        self._remember(self.address.value.strip())
        self._arrived(reply, self.history.add(reply), self._taught)
        if self._paced or self._taught or read(reply.status, reply.headers, 0.0).refused:
            self.on_counted()

    def _open_again(self, card: Card) -> None:
        if not self._job.running:
            self._put(card.reply)
            self._arrived(card.reply, card.number)

    def _arrived(self, reply: Reply, number: int, taught: str = "") -> None:
        self.reply = reply
        shown = self.view.media.children[0]
        said = tuple(Chip(*each) for each in getattr(shown, "chips", ()))
        if taught:
            said += (Chip(taught, "", "clock-o"),)
        mismatch = bool(getattr(shown, "mismatch", False))
        moment = self.history.moments.get(number, "")
        self.say(Arrived(reply, number, self.history.history.count, said, mismatch, moment))
        self.view.look_over(self._looked_over)

    def _looked_over(self, reply: Reply, faults: int) -> None:
        """Say how many faults were found in the reply that is shown; none is not worth a word."""
        if faults and isinstance(self.known, Arrived) and self.known.reply is reply:
            self.say(replace(self.known, faults=faults))

    def _remember(self, address: str) -> None:
        if address not in self.address.options:
            self.address.options = (address, *self.address.options)[:_REMEMBERED]


def _whole(address: str) -> str:
    """The address, which is asked as it stands or not at all."""
    if len(address) > _LONGEST_ADDRESS:
        raise AddressError(
            f"The address has {len(address):,} characters, and few services read more than {_LONGEST_ADDRESS:,}. "
            "Leave out a part of it."
        )
    return address


def chips(shown: Facts) -> str:
    """The HTML of the first line."""
    if not shown.chips:
        widths = ("s", "l", "m", "s", "s")
        return "<div>" + "".join(f'<span class="ww-bone ww-{width}"></span>' for width in widths) + "</div>"
    role = 'role="alert" aria-live="assertive"' if shown.alert else 'role="status" aria-live="polite"'
    parts = "".join(markup.chip(chip.words, tone=chip.tone, sign=chip.icon) for chip in shown.chips)
    said = markup.plain(shown.words)
    words = f'<span class="ww-say" title="{said}">{said}</span>'
    if shown.alert:
        words = f'<details class="ww-say"><summary title="{said}">{said}</summary></details>'
    return f"<div {role}>{parts}{words if shown.words else ''}</div>"


def caption(shown: Facts, *, skeleton: bool) -> str:
    """The HTML of the second line: a description, or what to do, that opens at a click; a word, or a bar."""
    if skeleton:
        return '<p><span class="ww-bone ww-xl"></span></p>'
    if shown.share is not None:
        width = f"{max(0.0, shown.share) * 100:.1f}%"
        return (
            f'<span class="ww-meter ww-{"moving" if shown.share < 0 else "still"}"><b style="width:{width}"></b></span>'
        )
    words = markup.plain(shown.caption)
    if shown.loud or (shown.alert and words):
        kind = "loud" if shown.loud else "wrong"
        return f'<details class="ww-{kind}"><summary title="{words}">{words}</summary></details>'
    return f'<p title="{words}">{words}</p>'
