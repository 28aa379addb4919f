"""JSON and XML: a tree that opens, a table where it is one, a filter, and what lies coded inside."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State
from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import Insight, json_insight, ndjson_tree, said_of, xml_tree
from widgets.media.registry import View, renderer
from widgets.media.reply import Piece, Reply
from widgets.media.sandbox import Markup, Text, change, show, tag
from widgets.media.viewers.archive import DEEPEST, Pieces, Place, deeper
from widgets.media.viewers.table import TableView
from widgets.media.viewers.text import read_text, source_of

if TYPE_CHECKING:
    import threading

    from widgets.media.decoders import Branch


_OPEN_DEPTH = 2
_PREVIEW = 90
"""Characters of the values that a closed branch shows."""
_LONGEST = 20_000_000
_LONGEST_QUERY = 1000
_CAN_FILTER = importlib.util.find_spec("jmespath") is not None


def tree_box(branch: Branch, name: str) -> Markup:
    """Return a tree in a box that scrolls and can be reached by keyboard."""
    return tag("div", tree(branch), class_="ww-tree", tabindex="0", role="region", aria_label=name)


def tree(branch: Branch, depth: int = 0) -> Markup:
    """Return a branch with all below it; the first levels are open."""
    label: list[Text] = [tag("strong", branch.label), " "] if branch.label else []
    if not branch.children and not branch.more:
        return tag("div", *label, tag("code", branch.value, class_=f"ww-{branch.kind.split()[0]}"), class_="ww-leaf")
    size = tag("small", f"{branch.value}, {branch.size:,} characters" if branch.size else branch.value)
    below: list[Text] = [tag("li", tree(child, depth + 1)) for child in branch.children]
    if branch.more:
        below.append(tag("li", tag("em", f"and {branch.more:,} more, not shown")))
    preview = tag("code", preview_of(branch), class_="ww-preview")  # in place of the size while it is closed
    return tag("details", tag("summary", *label, size, " ", preview), tag("ul", *below), open=depth < _OPEN_DEPTH)


def preview_of(branch: Branch) -> str:
    """The first values of a branch in a line: what it holds, and not how much."""
    parts, length = [], 0
    for child in branch.children:
        value = child.value if not child.children else "…"
        parts.append(f"{child.label}: {value}" if child.label and not child.label.isdigit() else value)
        length += len(parts[-1])
        if length > _PREVIEW:
            break
    words = ", ".join(parts)
    return words if len(words) <= _PREVIEW and len(parts) == len(branch.children) else f"{words[:_PREVIEW]} …"


@renderer("application/json", "*/*+json", "text/json", kind="a tree")
def show_json(reply: Reply) -> ipywidgets.Widget:
    """Show JSON, and its source below."""
    decoded, _ = read_text(reply, _LONGEST)
    return JsonView(reply, decoded.text, in_child(json_insight, decoded.text))


@renderer("application/x-ndjson", "application/jsonl", "application/json-lines", kind="a tree of lines")
def show_lines(reply: Reply) -> ipywidgets.Widget:
    """Show JSON lines as a tree, and their source below."""
    decoded, _ = read_text(reply, _LONGEST)
    return show(tree_box(in_child(ndjson_tree, decoded.text), "JSON lines as a tree"), source_of(reply))


class JsonView(View):
    """JSON, or what a filter leaves of it; the filter works in a thread of its own."""

    def __init__(self, reply: Reply, text: str, insight: Insight) -> None:
        self._reply = reply
        self._text = text
        self._job: Job[Insight] = Job(self._work, self._paint)
        self.query = ipywidgets.Text(description="Filter", placeholder="JMESPath", continuous_update=False)
        self._message = show()
        self._found = ipywidgets.VBox(self._shown(insight))
        offered = [self.query, self._message] if _CAN_FILTER else []
        super().__init__([*offered, self._found, show(source_of(reply))])
        self.query.observe(lambda _: self._job.start(), "value")

    def join(self, timeout: float | None = None) -> None:
        """Wait until the filter has done its work, at most `timeout` seconds."""
        self._job.join(timeout)

    def _work(self, _: threading.Event) -> Insight:
        return in_child(json_insight, self._text, self.query.value[:_LONGEST_QUERY])

    def _paint(self, state: State[Insight]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished(insight):
                change(self._message, "")
                self.swap(self._found, *self._shown(insight))
            case Failed(DecoderError() as error):
                change(self._message, tag("p", f"Nothing was filtered: {error}.", class_="ww-reason", role="alert"))
            case Failed(error):
                change(self._message, tag("p", f"The filter failed: {error}.", class_="ww-reason", role="alert"))

    def _shown(self, insight: Insight) -> tuple[ipywidgets.Widget, ...]:
        name = self._reply.description or "JSON"
        table = [TableView(insight.table, f"{name} as a table")] if insight.table else []
        warned = (
            [show(tag("p", f"It comes {said_of(insight.not_json)}.", class_="ww-reason"))] if insight.not_json else []
        )
        return (*warned, show(tree_box(insight.tree, f"{name} as a tree")), *table, *self._pieces(insight))

    def _pieces(self, insight: Insight) -> list[ipywidgets.Widget]:
        if not insight.inside or (isinstance(self._reply, Piece) and self._reply.depth >= DEEPEST):
            return []
        places = [
            Place(
                one.path,
                f"{one.media_type} {len(one.body):,} bytes".strip(),
                partial(Piece, one.path, one.body, one.media_type),
            )
            for one in insight.inside
        ]
        return [Pieces(places, f"{len(places)} coded inside", deeper(self._reply))]


@renderer("application/xml", "text/xml", "*/*+xml", kind="a tree of elements")
def show_xml(reply: Reply) -> ipywidgets.Widget:
    """Show XML as a tree, and its source below."""
    return show(tree_box(in_child(xml_tree, bytes(reply.body)), "XML as a tree"), source_of(reply))
