"""A reply on the page: the view, its headers, its bytes, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.fetch.timeline import COPIES, timeline
from widgets.http.message import readable
from widgets.kit import markup
from widgets.kit.widgetry import close, visible

if TYPE_CHECKING:
    from widgets.model.reply import Reply


class ReplyView(ipywidgets.Tab):
    """Shows one reply at a time, in four tabs."""

    def __init__(self) -> None:
        self.caption = ipywidgets.HTML().add_class("ww-caption")
        self.media = ipywidgets.VBox().add_class("ww-view")
        self.facts = ipywidgets.HTML().add_class("ww-facts")
        self.headers = ipywidgets.HTML()
        self.raw = ipywidgets.VBox()
        self.happened = ipywidgets.HTML()
        self.tool = ipywidgets.Dropdown(options=list(COPIES), description="Copy as")
        # Not disabled: a disabled field cannot be reached, selected and copied by keyboard.
        self.copy = ipywidgets.Textarea(rows=8, description="Request").add_class("ww-code")
        self._reply: Reply | None = None
        super().__init__(
            [
                ipywidgets.VBox([self.caption, self.media, self.facts]),
                self.headers,
                self.raw,
                ipywidgets.VBox([self.happened, self.tool, self.copy]),
            ],
            titles=("View", "Headers", "Raw bytes", "What happened"),
        )
        visible(self, on=False)
        self.tool.observe(lambda _: self._write_copy(), "value")

    def put(self, reply: Reply, view: ipywidgets.Widget, raw: ipywidgets.Widget) -> None:
        """Show a reply with the widgets made for it; those of the reply before are closed."""
        old = (*self.media.children, *self.raw.children)
        self._reply = reply
        self.media.children = (view,)
        self.raw.children = (raw,)
        self.caption.value = f"<p>{markup.plain(reply.description)}</p>" if reply.description else ""
        self.facts.value = f"<p>{markup.plain(reply.facts)}</p>"
        rows = [(readable(name), readable(value)) for name, value in reply.headers]
        self.headers.value = markup.table("Headers as they came", ("Name", "Value"), rows)
        self.happened.value = "".join(
            [markup.table(title, ("What", "How"), rows) for title, rows in timeline(reply)],
        )
        self._write_copy()
        visible(self, on=True)
        for widget in old:
            close(widget)

    def _write_copy(self) -> None:
        if self._reply is not None:
            self.copy.value = COPIES[self.tool.value](self._reply.request)
