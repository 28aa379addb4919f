"""CSV and its kin, and server-sent events: a table that scrolls in its own box."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, in_words
from widgets.media.beyond import ends_in_nuls
from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import MOST_ROWS, Table, as_number, events, read_table
from widgets.media.registry import View, renderer
from widgets.media.reply import parameter
from widgets.media.sandbox import Markup, Text, change, data_address, show, tag
from widgets.media.viewers.text import marked, read_text, source_of
from widgets.model.quantity import as_value, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.media.reply import Blob, Reply

_LONGEST = 1_000_000
_MOST_READ = 60_000_000
_MOST_STREAM = 8_000_000
_PIECE = 1 << 20
_WIDE = 1e8


@renderer(
    "text/csv",
    "text/tab-separated-values",
    "application/csv",
    "text/x-csv",
    "application/x-csv",
    "text/comma-separated-values",
    "text/x-comma-separated-values",
    "text/tsv",
    "text/x-tab-separated-values",
    "*/*+csv",
    kind="a table",
)
def show_table(reply: Reply) -> ipywidgets.Widget:
    """Show a thousand rows at a time."""
    tabs = reply.media_type in ("text/tab-separated-values", "text/x-tab-separated-values", "text/tsv")
    head = {"absent": False, "present": True}.get(parameter(reply, "header").lower())

    def page(number: int) -> Table:
        decoded, cut = read_text(reply, _MOST_READ if number else _LONGEST)
        if not number and (other := _other(decoded.text)):
            raise DecoderError(f"it is {other}, not a table")
        delimiter = "\t" if tabs and "\t" in decoded.text else ""
        more = cut and not ends_in_nuls(reply.body, _MOST_READ if number else _LONGEST)
        text = decoded.text if more else decoded.text.rstrip("\0\x1a")  # as some pad what they send, and DOS ends it
        return in_child(read_table, marked(text), delimiter, head=head, page=number, more=more)

    name = reply.description or "Table"
    return _Paged(page, -(-_lines(reply.body) // MOST_ROWS), lambda table: TableView(table, name))


_MARKUP = re.compile(r"\ufeff?\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_JSON = re.compile(r'\ufeff?\s*(?:\{\s*"(?:[^"\\]|\\.)*"\s*:.*\}|\[\s*\{.*\}\s*\])\s*', re.DOTALL)


def _other(text: str) -> str:
    """Return what a text is that no table begins like: the page of a login, or an error, in place of the rows."""
    if _MARKUP.match(text):
        return "a page or XML"
    return "JSON" if _JSON.fullmatch(text[:_LONGEST_ERROR]) else ""


_LONGEST_ERROR = 20_000


def _lines(body: Blob) -> int:
    """Return how many lines there are at most, of those that are read: ends of all kinds may be mixed."""
    pieces = (body[start : start + _PIECE] for start in range(0, min(len(body), _MOST_READ), _PIECE))
    return sum(piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n") for piece in pieces)


class _Paged(View):
    """A table of which a part is shown, with a chooser of the part."""

    def __init__(
        self, read: Callable[[int], Table], pages: int, drawn: Callable[[Table], ipywidgets.Widget], first: int = 0
    ) -> None:
        self._read = read
        self._drawn = drawn
        table = read(first)
        self._job: Job[Table] = Job(lambda _: self._read(self.page.value - 1), self._paint)
        last = max(1, pages, first + 1) if table.cut else 1
        self.page = ipywidgets.BoundedIntText(value=first + 1, min=1, max=last, description=f"Page of {last:,}")
        self._message = show()
        self._view = ipywidgets.VBox([drawn(table)])
        super().__init__([*([self.page] if last > 1 else []), self._message, self._view])
        self.page.observe(lambda _: self._job.start(), "value")

    def join(self, timeout: float | None = None) -> None:
        """Wait until the chosen part is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _paint(self, state: State[Table]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished(table):
                change(self._message, "")
                self.swap(self._view, self._drawn(table))
            case Failed(error):
                change(
                    self._message,
                    tag("p", f"This page cannot be shown: {in_words(error)}.", class_="ww-reason", role="alert"),
                )


class TableView(View):
    """A table that can be sorted by any column, and drawn by any column of numbers; `drawn` draws one at once."""

    def __init__(self, table: Table, name: str, *, drawn: bool = True) -> None:
        self._table = table
        self._name = name
        columns = [
            (f"{number + 1}. {' '.join(column.split())[:60]}", number) for number, column in enumerate(table.columns)
        ]
        numbers = [option for option, kind in zip(columns, table.kinds, strict=True) if kind == "number"]
        self.sort = ipywidgets.Dropdown(options=[("as it came", -1), *columns], description="Sort by")
        self.falling = ipywidgets.Checkbox(description="Largest first", indent=False)
        first = worth_drawing(table, [number for _, number in numbers]) if drawn else -1
        self.plot = ipywidgets.Dropdown(options=[("nothing", -1), *numbers], value=first, description="Draw")
        self._drawing = show()
        self._grid = show(grid(table, name))
        choices = [self.sort, self.falling, *([self.plot] if numbers else [])]
        super().__init__([ipywidgets.Box(choices, _dom_classes=["ww-form"]), self._drawing, self._grid])
        for choice in choices:
            choice.observe(lambda _: self._repaint(), "value")
        if first >= 0:
            self._draw(table)

    def _repaint(self) -> None:
        table = self._table
        if self.sort.value >= 0:
            table = sorted_by(table, self.sort.value, falling=self.falling.value)
        change(self._grid, grid(table, self._name))
        self._draw(table)

    def _draw(self, table: Table) -> None:
        """Draw the chosen column in the order of the rows."""
        place = self.plot.value
        values = [as_number(row[place], table.delimiter) for row in table.rows] if place >= 0 else []
        known = [value for value in values if value is not None and math.isfinite(value)]
        change(self._drawing, line(known, table.columns[self.plot.value]) if known else "")


def worth_drawing(table: Table, numbers: list[int]) -> int:
    """The first column of numbers that does more than count the rows or tell the time; -1 where there is none."""
    for column in numbers:
        values = [as_number(row[column]) for row in table.rows[:200]]
        known = [value for value in values if value is not None]
        if any(after < before for before, after in pairwise(known)):
            return column
    return numbers[0] if numbers else -1


def sorted_by(table: Table, column: int, *, falling: bool = False) -> Table:
    """Return the table with its rows sorted by one column, as numbers where it holds numbers."""

    def key(row: tuple[str, ...]) -> tuple[bool, float, str]:
        number = as_number(row[column], table.delimiter) if table.kinds[column] == "number" else None
        known = number is not None and not math.isnan(number)
        return (not known, number if known and number is not None else 0.0, row[column])

    return replace(table, rows=tuple(sorted(table.rows, key=key, reverse=falling)))


def line(values: list[float], name: str) -> Markup:
    """Return numbers as a line, in their order."""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = 500 / max(1, len(values) - 1)
    points = " ".join(
        f"{place * step:.1f},{155 - 150 * (value / span - low / span):.1f}" for place, value in enumerate(values)
    )
    drawing = f'<polyline points="{points}" fill="none" stroke="#4C78E0" stroke-width="1.5"/>'
    name = name.strip() or "The column without a name"
    words = f"{name}: from {as_value(low)} to {as_value(high)}, {counted(len(values), 'row')}"
    return tag("div", scaled(drawing, low, high, f"Line of {words}"), tag("p", words, class_="ww-facts"))


def scaled(drawing: str, low: float, high: float, words: str) -> Markup:
    """Return a drawing in 500 × 150, and beside it the largest and the smallest number, which it goes between.

    The numbers are no part of the drawing: on a phone it becomes small, and they stay as they are.
    """
    rules = "".join(f'<path d="M0 {at}H500" stroke="#868F9C" stroke-opacity=".3"/>' for at in (5, 155))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 505 160" width="505" height="160">{rules}{drawing}</svg>'
    )
    picture = tag("img", src=data_address(svg.encode(), "image/svg+xml"), alt=words, class_="ww-plot")
    # There is room for eleven characters.
    least, most = (as_value(each, 4) if abs(each) < _WIDE else f"{each:.4g}" for each in (low, high))
    numbers = tag("div", tag("span", most), tag("span", least), class_="ww-ends")
    return tag("div", numbers, picture, class_="ww-scaled")


def grid(table: Table, name: str) -> Markup:
    """Return a table in a box that scrolls and can be reached by keyboard."""
    words = f"{counted(len(table.rows), 'row')}, {counted(len(table.columns), 'column')}"
    words += f" (only {table.cut})" if table.cut else ""
    kinds = [f"ww-{kind}" for kind in table.kinds]
    head: list[Text] = [
        tag("th", column, scope="col", class_=kind) for column, kind in zip(table.columns, kinds, strict=True)
    ]
    rows: list[Text] = [
        tag("tr", *[tag("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True)]) for row in table.rows
    ]
    whole = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="ww-table")
    box = tag("div", whole, class_="ww-scroll", tabindex="0", role="region", aria_label=name)
    above: Text = ""
    if table.above:
        lines = tag("pre", "\n".join(table.above), class_="ww-pre", tabindex="0", role="region", aria_label="Above it")
        above = tag("details", tag("summary", f"{counted(len(table.above), 'line')} above the table"), lines)
    said = tag("p", table.said, class_="ww-facts") if table.said else ""
    return tag("div", above, said, tag("p", words, class_="ww-facts"), box)


_SAYS_SOMETHING = re.compile(r"(?m)^(?!:|(?:id|event|data|retry)(?::|$))[^\r\n]*\S")
"""A line that is neither a comment nor a field of an event."""


@renderer("text/event-stream", kind="a list of events")
def show_events(reply: Reply) -> ipywidgets.Widget:
    """Show server-sent events, as far as they came: the last thousand first, the others on their pages."""
    decoded, cut = read_text(reply, _MOST_STREAM)
    name = reply.description or "Events"
    _, count = in_child(events, decoded.text)
    if not count and _SAYS_SOMETHING.search(decoded.text):
        raise DecoderError("there is no event in it")
    pages = -(-count // MOST_ROWS)
    note = f"Only the first {_MOST_STREAM // 1_000_000} MB of the stream were read. " if cut else ""

    def drawn(table: Table) -> ipywidgets.Widget:
        below = "" if count else source_of(reply)  # Comments are no events, and may be all that came.
        return show(tag("p", note, class_="ww-facts") if note else "", grid(table, name), below)

    return _Paged(lambda page: in_child(events, decoded.text, page)[0], pages, drawn, max(0, pages - 1))
