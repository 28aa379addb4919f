"""A reply on the page: the view, the verdict beneath it, and a choice to show it as something else."""

from __future__ import annotations

import threading

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State

from .blob import Shown
from .charset import decode
from .registry import kind_of, offers, view
from .sandbox import Markup, show, tag
from .save import Save, sha256
from .sniff import HEAD, sniff
from .verdict import Verdict, judge

_AUTOMATIC = ""


class Stage(ipywidgets.VBox):
    """Shows a reply; another choice of type is shown without fetching again."""

    def __init__(self, reply: Shown) -> None:
        self._reply = reply
        self.verdict = judge(reply.media_type, sniff(reply.body[:HEAD], cut=len(reply.body) > HEAD), kind_of)
        self._job: Job[tuple[str, ipywidgets.Widget]] = Job(self._work, self._paint)
        self._view = ipywidgets.VBox([viewed(reply, self.verdict.shown)])
        self.strip = show(_strip(reply, self.verdict), css="ww-verdict")
        self.choice = ipywidgets.Dropdown(options=[("as above", _AUTOMATIC), *offers()], description="Show as")
        self.as_declared = ipywidgets.Button(description="Show as declared", tooltip=f"Show as {reply.media_type}")
        ways = [self.choice, *([] if self.verdict.agreed else [self.as_declared])]
        row = ipywidgets.Box([*ways, Save(reply, self.verdict.shown)]).add_class("ww-form")
        super().__init__([self._view, self.strip, row])
        self.add_class("ww-media")
        self._wanted = self.verdict.shown
        self.choice.observe(lambda _: self.show_as(self.choice.value or self.verdict.shown), "value")
        self.as_declared.on_click(lambda _: self.show_as(reply.media_type))

    def show_as(self, media_type: str) -> None:
        """Show the reply as another type; a type without a viewer shows bytes."""
        self._wanted = media_type
        self._job.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the other view is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _work(self, _: threading.Event) -> tuple[str, ipywidgets.Widget]:
        """Make the other view, away from the thread that answers clicks."""
        wanted = self._wanted
        return wanted, viewed(self._reply, wanted)

    def _paint(self, state: State[tuple[str, ipywidgets.Widget]]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished((wanted, made)):
                self._view.children = (made,)
                if wanted != self._wanted:  # Another choice was made meanwhile.
                    self._job.start()
            case Failed(error):
                self._view.children = (show(tag("p", f"The view failed: {error}.", class_="ww-reason")),)


def viewed(reply: Shown, media_type: str) -> ipywidgets.Widget:
    """Return the view of a reply as one type, with the reason where it shows bytes instead."""
    widget, why = view(reply, media_type)
    reason = [show(tag("p", f"Shown as bytes: {why}.", class_="ww-reason"))] if why else []
    return ipywidgets.VBox([widget, *reason]).add_class("ww-media")


def _strip(reply: Shown, verdict: Verdict) -> Markup:
    lines = [tag("p", verdict.why)]
    if verdict.shown.startswith("text/") or verdict.found.media_type.startswith("text/"):
        decoded = decode(reply.body[:HEAD], reply.charset, cut=len(reply.body) > HEAD)
        lines.append(tag("p", f"Charset {decoded.used} ({decoded.why})."))
    digest = tag("code", sha256(reply.body))
    lines.append(tag("p", f"{len(reply.body):,} bytes, SHA-256 ", digest))
    return tag("div", *lines, class_="ww-facts" if verdict.agreed else "ww-facts ww-differs")
