"""JSON and XML: a tree that opens, a table where it is one, a search, a filter, and what lies coded inside."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, in_words
from widgets.kit.widgetry import visible
from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import Branch, Insight, Wanted, json_insight, xml_insight
from widgets.media.registry import View, renderer
from widgets.media.reply import Piece, Reply
from widgets.media.sandbox import Markup, Text, change, show, tag
from widgets.media.sniff import HEAD
from widgets.media.viewers.archive import DEEPEST, Pieces, Place, deeper
from widgets.media.viewers.table import TableView
from widgets.media.viewers.text import lines_box, read_text, source_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

OPEN_DEPTH = 3
"""Levels that are open at once; those below open on a click."""

_PREVIEW = 90
"""Characters of the values that a closed branch shows."""
_LONGEST = 20_000_000
_LONGEST_QUERY = 1000
_FEW_LINES = 12
_CAN_FILTER = importlib.util.find_spec("jmespath") is not None


def tree_box(branch: Branch, name: str) -> Markup:
    """Return a tree in a box that scrolls and can be reached by keyboard."""
    return tag("div", tree(branch), class_="ww-tree", tabindex="0", role="region", aria_label=name)


def tree(branch: Branch, depth: int = 0) -> Markup:
    """Return a branch with all below it; the first levels are open."""
    label: list[Text] = [tag("strong", branch.label), " "] if branch.label else []
    if branch.whole:
        return _lines(branch, label)
    if not branch.children and not branch.more:
        return tag("div", *label, tag("code", branch.value, class_=f"ww-{branch.kind.split()[0]}"), class_="ww-leaf")
    size = tag("small", f"{branch.value}, {branch.size:,} characters" if branch.size else branch.value)
    below: list[Text] = [tag("li", tree(child, depth + 1)) for child in branch.children]
    if branch.more:
        below.append(tag("li", tag("em", f"and {branch.more:,} more, not shown")))
    preview = tag("code", preview_of(branch), class_="ww-preview")  # in place of the size while it is closed
    return tag("details", tag("summary", *label, size, " ", preview), tag("ul", *below), open=depth < OPEN_DEPTH)


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


def _lines(branch: Branch, label: list[Text]) -> Markup:
    """Return a long text, or one of several lines: its beginning, and all of it on a click; a short one is open."""
    count = branch.whole.count("\n") + 1
    words = f"{count:,} line{'' if count == 1 else 's'}, {branch.size:,} characters"
    beginning = tag("code", branch.value, class_=f"ww-{branch.kind.split()[0]}")
    box = lines_box(branch.whole, branch.label or "Text")
    return tag(
        "details", tag("summary", *label, beginning, " ", tag("small", words)), box, open=1 < count <= _FEW_LINES
    )


@renderer(
    "application/json",
    "*/*+json",
    "text/json",
    "text/x-json",
    "application/geojson",
    "application/x-json",
    kind="a tree",
)
def show_json(reply: Reply) -> ipywidgets.Widget:
    """Show JSON, and its source below."""
    decoded, cut = read_text(reply, _LONGEST)
    try:
        return TreeView(reply, partial(in_child, json_insight, decoded.text, more=cut), can_filter=_CAN_FILTER)
    except DecoderError as error:
        if cut:
            raise DecoderError(_TOO_LONG) from error
        raise


_TOO_LONG = (
    f"only its first {_LONGEST // 1_000_000} MB are read as a tree, and they are no whole value; this is its beginning"
)


@renderer(
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonl",
    "application/jsonlines",
    "application/x-jsonlines",
    "application/json-lines",
    "application/x-json-lines",
    "application/stream+json",
    "application/x-json-stream",
    "application/json-seq",
    "application/x-ldjson",
    "text/x-ndjson",
    "text/jsonl",
    "*/*+json-seq",
    "*/*+ndjson",
    kind="a tree of lines",
)
def show_lines(reply: Reply) -> ipywidgets.Widget:
    """Show JSON lines, or a sequence of JSON, as a tree, and their source below."""
    decoded, cut = read_text(reply, _LONGEST)
    return TreeView(reply, partial(in_child, json_insight, decoded.text, lines=True, more=cut), can_filter=_CAN_FILTER)


_IN_XML = [f"text/{name}" for name in ("x-xml", "xsl", "xslt", "rss", "atom", "opml", "x-opml", "wsdl")]
"""What some call formats that are written in XML; others say it by `+xml`."""


@renderer("application/xml", "text/xml", "*/*+xml", *_IN_XML, kind="a tree of elements")
def show_xml(reply: Reply) -> ipywidgets.Widget:
    """Show XML as a tree, and its source below."""
    decoded, cut = read_text(reply, _LONGEST)
    try:
        return TreeView(reply, lambda _, wanted: in_child(xml_insight, decoded.text, wanted), name="XML")
    except DecoderError as error:
        if cut:
            raise DecoderError(_TOO_LONG) from error
        raise


def recoded(reply: Reply) -> bytes:
    """Return XML in UTF-8 without what it says of its charset, for readers that know few; as it came where it is that.

    A declaration of UTF-16 over bytes in UTF-8, as .NET writes it, would stop them as well.
    """
    head, _ = read_text(reply, HEAD)
    said = _DECLARATION.match(head.text)
    if head.used == "utf-8" and "utf-16" not in (said[0].lower() if said else ""):
        return bytes(reply.body)
    text = read_text(reply, len(reply.body))[0].text
    said = _DECLARATION.match(text)  # Only where it begins: another may stand in what it quotes.
    return text[said.end() if said else 0 :].encode("utf-8", "replace")


_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")

MOST_OF_IT = 0.5
"""A list of alike objects that is so much of the whole stands before the tree."""


def leading(insight: Insight) -> int:
    """How many of the tables stand before the tree: the first one, where it is most of what there is."""
    where = insight.tables[0][0] if insight.tables else None
    sizes = {branch.label: branch.size for branch in insight.tree.children}
    return int(where is not None and (not where or sizes.get(where, 0) >= MOST_OF_IT * max(1, insight.tree.size)))


@dataclass(frozen=True, slots=True)
class _Asked:
    query: str
    wanted: Wanted


class TreeView(View):
    """JSON or XML, or a part of it; what is asked for is made in a thread of its own.

    Args:
        reply: What is shown.
        read: Returns what a filter and a wish leave of it.
        name: What it is, for those who do not see it.
        can_filter: Whether there is a filter.
    """

    def __init__(
        self,
        reply: Reply,
        read: Callable[[str, Wanted], Insight],
        *,
        name: str = "JSON",
        can_filter: bool = False,
    ) -> None:
        self._reply = reply
        self._read = read
        self._name = reply.description or name
        insight = read("", Wanted())  # First: where it fails, no widget is made.
        self.strict = insight.strict
        self._changing = False
        self._job: Job[tuple[_Asked, Insight]] = Job(self._work, self._paint)
        self.query = ipywidgets.Text(description="Filter", placeholder="JMESPath", continuous_update=False)
        self.search = ipywidgets.Text(description="Search", placeholder="in names and values", continuous_update=False)
        self.part = ipywidgets.Dropdown(options=[("the whole", ())], value=(), description="Part")
        self.page = ipywidgets.BoundedIntText(value=1, min=1, max=1, description="Page")
        self._message = show()
        self._found = ipywidgets.VBox(self._shown(insight))
        tools = [*([self.query] if can_filter else []), self.search, self.part, self.page]
        row = ipywidgets.Box(tools, _dom_classes=["ww-form"])
        super().__init__([row, self._message, self._found, show(source_of(reply))])
        self._offer(insight, whole=True)
        for widget, again in ((self.query, True), (self.search, True), (self.part, True), (self.page, False)):
            widget.observe(partial(self._ask, anew=again), "value")

    def join(self, timeout: float | None = None) -> None:
        """Wait until what was asked for is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _ask(self, _: dict[str, Any], *, anew: bool) -> None:
        if self._changing:
            return
        if anew:
            self._changing = True
            self.page.value = 1
            self._changing = False
        self._job.start()

    def _asked(self) -> _Asked:
        search = self.search.value.strip()[:_LONGEST_QUERY]
        path = () if search else tuple(self.part.value or ())
        return _Asked(self.query.value[:_LONGEST_QUERY], Wanted(path, self.page.value - 1, search))

    def _work(self, _: threading.Event) -> tuple[_Asked, Insight]:
        asked = self._asked()
        return asked, self._read(asked.query, asked.wanted)

    def _paint(self, state: State[tuple[_Asked, Insight]]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished((asked, insight)):
                change(self._message, "")
                self.swap(self._found, *self._shown(insight))
                if not self.is_closed:
                    self._offer(insight, whole=asked.wanted == Wanted())
                if asked != self._asked():  # Something else was asked for meanwhile.
                    self._job.start()
            case Failed(DecoderError() as error):
                change(self._message, tag("p", f"Nothing was filtered: {error}.", class_="ww-reason", role="alert"))
            case Failed(error):
                change(
                    self._message, tag("p", f"The filter failed: {in_words(error)}.", class_="ww-reason", role="alert")
                )

    def _offer(self, insight: Insight, *, whole: bool) -> None:
        """Offer the parts of which something was left out, and as many pages as there are."""
        self._changing = True
        try:
            chosen = self.part.value
            if whole:
                cuts = [(cut.words, cut.path) for cut in insight.cut]
                self.part.options = [("the whole", ()), *cuts]
                self.part.value = ()
            elif chosen and chosen not in {path for _, path in self.part.options}:
                self.part.value = ()
            top = next((cut.pages for cut in insight.cut if cut.path == ()), 1) if whole else insight.pages
            self.page.max = max(1, top)
            self.page.description = f"Page of {self.page.max:,}"
        finally:
            self._changing = False
        visible(self.part, on=len(self.part.options) > 1)
        visible(self.page, on=self.page.max > 1)

    def _shown(self, insight: Insight) -> tuple[ipywidgets.Widget, ...]:
        said = [show(tag("p", words, class_="ww-reason")) for words in insight.said]
        tables: list[ipywidgets.Widget] = []
        for where, table in insight.tables:
            words = f"{where} as a table" if where else f"{self._name} as a table"
            tables.append(ipywidgets.VBox([show(tag("h3", words)), TableView(table, words, drawn=False)]))
        before, tree_shown = leading(insight), show(tree_box(insight.tree, f"{self._name} as a tree"))
        return (*said, *tables[:before], tree_shown, *tables[before:], *self._pieces(insight))

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
