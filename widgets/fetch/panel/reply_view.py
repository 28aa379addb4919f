"""A reply on the page: the view, its headers, its bytes, and what happened; each scrolls within the card. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.fetch.looked_over import WORDS, Finding, look_over
from widgets.fetch.timeline import COPIES, timeline
from widgets.http.message import readable
from widgets.http.secrets import HIDDEN
from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup
from widgets.kit.widgetry import bare, box, close, html, lean, put

from .states import EMPTY

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from widgets.model.reply import Reply

SECRET = f"Where {HIDDEN} stands a key or a password was sent, which is shown nowhere: write it there."
SIGNS = ("picture-o", "music", "film", "file-pdf-o", "table", "globe", "rocket", "code")
NOTHING = (
    f'<div class="ww-empty"><p>{" ".join(map(markup.icon, SIGNS))}</p>'
    f"<h3>Press Fetch, or choose a sample above</h3><p>{markup.plain(EMPTY)}</p></div>"
)


class ReplyView(ipywidgets.Tab):
    """Shows one reply at a time, in four tabs."""

    def __init__(self) -> None:
        self.empty = html(NOTHING, css="ww-nothing")
        self.media = lean(ipywidgets.VBox, [self.empty], css="ww-view ww-stage")
        self.headers = html(css="ww-page-of")
        self.raw = lean(ipywidgets.VBox, css="ww-page-of ww-raw")
        self.happened, self.code, self.copy = html(), html(css="ww-code-block"), html()
        self.found = html()
        self._told: Callable[[Reply, int], None] = lambda _, __: None
        self._job: Job[tuple[Reply, tuple[Finding, ...]]] = Job(self._look_over, self._write_found)
        self.tool = lean(ipywidgets.ToggleButtons, options=list(COPIES), css="ww-segments")
        tools = box([self.tool, self.copy], "ww-buttons ww-between")
        happened = lean(ipywidgets.VBox, [self.happened, self.found, tools, self.code], css="ww-page-of")
        self.text = ""
        self._reply: Reply | None = None
        super().__init__(
            [self.media, self.headers, self.raw, happened],
            titles=("View", "Headers", "Bytes", "What happened"),
            selected_index=0,
            layout=bare(),
        )
        self.tool.observe(lambda _: self._write_copy(), "value")

    def put(self, reply: Reply, view: ipywidgets.Widget, raw: ipywidgets.Widget) -> None:
        """Show a reply with the widgets made for it; those of the reply before are closed."""
        old = (*self.media.children, *self.raw.children)
        self._reply = reply
        self.media.children = (view,)
        self.raw.children = (raw,)
        rows = [(readable(name), readable(value)) for name, value in reply.headers]
        self.set_title(1, f"Headers {len(reply.headers)}")
        behind = [(readable(name), readable(value)) for name, value in reply.trailers]
        trailers = markup.table("Trailers, which came behind the body", ("Name", "Value"), behind) if behind else ""
        put(self.headers, markup.table("Headers as they came", ("Name", "Value"), rows) + trailers)
        put(self.happened, "".join(markup.table(title, ("What", "How"), each) for title, each in timeline(reply)))
        self._write_copy()
        for widget in old:
            close(widget)

    def look_over(self, told: Callable[[Reply, int], None]) -> None:
        """Have the reply looked over in the background; returns at once.

        Args:
            told: Called with the reply and the number of faults once they are known.
        """
        self._told = told
        put(self.found, "")
        self._job.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the reply is looked over, at most `timeout` seconds."""
        self._job.join(timeout)

    def _look_over(self, _: threading.Event) -> tuple[Reply, tuple[Finding, ...]]:
        reply = self._reply
        if reply is None:
            raise LookupError("there is no reply")
        return reply, look_over(reply)

    def _write_found(self, state: State[tuple[Reply, tuple[Finding, ...]]]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished((reply, _)) if reply is not self._reply:  # Another one came meanwhile.
                self._job.start()
            case Finished((reply, findings)):
                rows = [(f"{WORDS[one.severity]}: {one.subject}", one.words) for one in findings]
                put(self.found, markup.table("Looked over by httplint", ("What", "Finding"), rows) if rows else "")
                self._told(reply, sum(one.severity == "bad" for one in findings))
            case Failed(error):
                put(self.found, f"<p>It could not be looked over: {markup.plain(error)}.</p>")

    def lay(self, widget: ipywidgets.Widget) -> ipywidgets.Widget:
        """Show something else on the stage; returns what stood there, which stays alive."""
        before = self.media.children[0]
        self.media.children = (widget,)
        self.selected_index = 0
        return before

    def _write_copy(self) -> None:
        if self._reply is not None:
            self.text = COPIES[self.tool.value](self._reply.request)
            said = f'<p class="ww-hint">{markup.plain(SECRET)}</p>' if HIDDEN in self.text else ""
            put(self.code, markup.code(self.text, "Code of this request") + said)
            put(self.copy, markup.copy_button("Copy code", self.text))
