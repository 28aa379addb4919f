"""The panel that fetches: an address, what came of it, and how it came."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets

from widgets.http.errors import FetchError, HeldBackError, Stopped
from widgets.http.message import readable
from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup
from widgets.kit.widgetry import visible
from widgets.model.quantity import as_progress

from .history_panel import HistoryPanel
from .reply_view import ReplyView
from .request_form import RequestForm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.fetch.client import Progress, Turns
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
_ERRORS = 400
_LONGEST_ADDRESS = 8000
_CLICKED = 0.05
"""Seconds before a click acts, so that even a fast reply is preceded by a busy state that can be seen."""

_NEAR = 0.05
"""Seconds before its turn from which a request is left to the turn itself."""

_TICK = 0.2
"""Seconds between two looks at the turn."""

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
        stop: threading.Event | None = None,
    ) -> Reply:
        """Return what came; raise only `FetchError`."""


class Render(Protocol):
    """Shows a reply as a widget; `shown_as` overrides its media type."""

    def __call__(self, reply: Reply, *, shown_as: str = "") -> ipywidgets.Widget:
        """Return the widget; never raise."""


class FetchPanel(ipywidgets.VBox):
    """Fetches what is at an address and shows it.

    Args:
        fetcher: Asks.
        render: Shows a reply.
        addresses: Offered in the address field; the first one stands in it.
        turns: Gives the turn of a request where a pace is kept for it.
    """

    def __init__(
        self, fetcher: Fetches, render: Render, addresses: Sequence[str] = (), turns: Turns | None = None
    ) -> None:
        self._turns = turns
        self._insists = threading.Event()
        self._fetcher = fetcher
        self._render = render
        self._job = Job(self._work, self._paint)
        self._throttle = Throttle(0.2)
        self._settle = _CLICKED
        self.reply: Reply | None = None
        self.address = ipywidgets.Combobox(
            value=addresses[0] if addresses else "",
            options=tuple(addresses),
            description="Address",
            placeholder="http://…",
            continuous_update=False,
        ).add_class("ww-address")
        self.fetch_button = ipywidgets.Button(description="Fetch", button_style="primary")
        self.stop_button = ipywidgets.Button(description="Stop", disabled=True)
        self.anyway_button = ipywidgets.Button(
            description="Fetch now anyway", tooltip="Do not wait for the turn; the next request keeps the pace again"
        )
        self.form = RequestForm()
        self.progress = ipywidgets.FloatProgress(min=0, max=1).add_class("ww-progress")
        self.message = markup.line("Choose an address and press Fetch.")
        self.view = ReplyView()
        self.history = HistoryPanel(self._put)
        visible(self.progress, on=False)
        visible(self.anyway_button, on=False)
        row = ipywidgets.Box([self.address, self.fetch_button, self.stop_button]).add_class("ww-form")
        super().__init__(
            [
                markup.heading("Fetch"),
                row,
                self.form,
                self.progress,
                self.message,
                self.anyway_button,
                self.view,
                self.history,
            ]
        )
        self.add_class("ww-panel").add_class("ww-fetch")
        self.address.on_msg(self._on_message)
        self.fetch_button.on_click(lambda _: self.fetch())
        self.stop_button.on_click(lambda _: self.stop())
        self.anyway_button.on_click(lambda _: self.insist())

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

    def _on_message(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("event") == "submit":
            self._settle = _ENTERED
            self.fetch()

    def _work(self, stop: threading.Event) -> Reply:
        """Ask, and show what comes, in the thread of the job."""
        stop.wait(self._settle)
        self._settle = _CLICKED
        started = time.monotonic()

        def progress(received: int, total: int | None) -> None:
            if self._throttle.ready():
                self.progress.value = received / total if total else 0
                markup.say(self.message, as_progress(received, total, time.monotonic() - started), tone="busy")

        fields = self.form.fields
        url, method = fields.url(self.address.value.strip()[:_LONGEST_ADDRESS]), fields.checked_method()
        headers = fields.all_headers()
        self._await_turn(method, url, headers, stop)
        reply = self._fetcher.fetch(
            url,
            method=method,
            headers=headers,
            on_progress=progress,
            on_part=self._put,
            turns=partial(self._turns, anyway=self._insists.is_set()) if self._turns else None,
            stop=stop,
        )
        self._put(reply)
        return reply

    def _await_turn(self, method: str, url: str, headers: Mapping[str, str], stop: threading.Event) -> None:
        """Count down to the turn of a request, until it is near, or the person insists."""
        if self._insists.is_set() or self._turns is None or (turn := self._turns(method, url, headers)) is None:
            return
        try:
            while (due := turn.due_in()) > _NEAR and not self._insists.is_set():
                visible(self.anyway_button, on=True)
                why = f"to keep the pace of {turn.pace:.3g} s" if turn.pace else "as the service said"
                words = f"The next request is due in {due:.1f} s, {why}."
                markup.say(self.message, words, tone="busy")
                if stop.wait(min(due - _NEAR, _TICK)):
                    raise Stopped("Stopped before the request was due; nothing was sent.")
        finally:
            visible(self.anyway_button, on=False)

    def _put(self, reply: Reply) -> None:
        """Render a reply, or the part of it that came so far, and show it."""
        raw = self._render(reply, shown_as="application/octet-stream")
        self.view.put(reply, self._render(reply), raw)

    def _paint(self, state: State[Reply]) -> None:
        running = isinstance(state, Running)
        self.fetch_button.disabled = running
        self.stop_button.disabled = not running
        visible(self.progress, on=running)
        visible(self.anyway_button, on=False)
        match state:
            case Idle():
                pass
            case Running():
                self.progress.value = 0
                markup.say(self.message, "RequestFields …", tone="busy")
            case Finished(reply):
                self._finish(reply)
            case Failed(FetchError() as error):
                markup.say(self.message, self._beside_old(str(error)), tone="bad", role="alert")
                visible(self.anyway_button, on=isinstance(error, HeldBackError))
            case Failed(error):
                words = f"The dashboard itself failed, not the service: {type(error).__name__}: {error}."
                markup.say(self.message, self._beside_old(words), tone="bad", role="alert")

    def _beside_old(self, words: str) -> str:
        return words if self.reply is None else f"{words} Below is still the reply before."

    def _finish(self, reply: Reply) -> None:
        self.reply = reply
        self._remember(self.address.value.strip())
        number = self.history.add(reply)  # It is said, so that two replies in a row are announced as two.
        markup.say(self.message, f"Reply {number}. {_sentence(reply)}", tone=_tone(reply))

    def _remember(self, address: str) -> None:
        if address not in self.address.options:
            self.address.options = (address, *self.address.options)[:_REMEMBERED]


def _sentence(reply: Reply) -> str:
    words = "The service answered."
    if reply.status >= _ERRORS:
        words = f"The service answered with an error: {reply.status} {readable(reply.reason)}."
    if not reply.complete:
        words += f" This is only a part: {reply.why_incomplete}"
    return f"{words} {reply.note}".strip()


def _tone(reply: Reply) -> markup.Tone:
    return "good" if reply.complete and reply.status < _ERRORS else "warn"
