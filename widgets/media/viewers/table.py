"""CSV and its kin, and server-sent events: a table that scrolls in its own box."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import in_child
from widgets.media.decoders import Table, as_number, events, read_table
from widgets.media.registry import View, renderer
from widgets.media.sandbox import Markup, Text, change, data_address, show, tag
from widgets.media.viewers.text import read_text

if TYPE_CHECKING:
    from widgets.media.reply import Reply

_LONGEST = 1_000_000
_LONGEST_STREAM = 2_000_000


@renderer("text/csv", "text/tab-separated-values", "application/csv", kind="a table")
def show_table(reply: Reply) -> ipywidgets.Widget:
    """Show the first thousand rows."""
    decoded, cut = read_text(reply, _LONGEST)
    delimiter = "\t" if reply.media_type == "text/tab-separated-values" else ""
    table = in_child(read_table, decoded.text, delimiter, more=cut)
    return TableView(table, reply.description or "Table")


class TableView(View):
    """A table that can be sorted by any column, and drawn by any column of numbers."""

    def __init__(self, table: Table, name: str) -> None:
        self._table = table
        self._name = name
        columns = [
            (f"{number + 1}. {' '.join(column.split())[:60]}", number) for number, column in enumerate(table.columns)
        ]
        numbers = [option for option, kind in zip(columns, table.kinds, strict=True) if kind == "number"]
        self.sort = ipywidgets.Dropdown(options=[("as it came", -1), *columns], description="Sort by")
        self.falling = ipywidgets.Checkbox(description="Largest first", indent=False)
        first = worth_drawing(table, [number for _, number in numbers])
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
        values = [as_number(row[self.plot.value]) for row in table.rows] if self.plot.value >= 0 else []
        known = [value for value in values if value is not None and math.isfinite(value)]
        change(self._drawing, line(known, table.columns[self.plot.value]) if known else "")


def worth_drawing(table: Table, numbers: list[int]) -> int:
    """The first column of numbers that does more than count the rows; -1 where there is none."""
    for column in numbers:
        values = [as_number(row[column]) for row in table.rows[:200]]
        known = [value for value in values if value is not None]
        if any(after <= before for before, after in zip(known, known[1:], strict=False)):
            return column
    return numbers[0] if numbers else -1


def sorted_by(table: Table, column: int, *, falling: bool = False) -> Table:
    """Return the table with its rows sorted by one column, as numbers where it holds numbers."""

    def key(row: tuple[str, ...]) -> tuple[bool, float, str]:
        number = as_number(row[column]) if table.kinds[column] == "number" else None
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
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 160" width="500" height="160">'
        f'<polyline points="{points}" fill="none" stroke="#4C78E0" stroke-width="1.5"/></svg>'
    )
    words = f"{name}: from {low:g} to {high:g}, {len(values):,} rows"
    picture = tag("img", src=data_address(drawing.encode(), "image/svg+xml"), alt=f"Line of {words}", class_="ww-plot")
    return tag("div", picture, tag("p", words, class_="ww-facts"))


def grid(table: Table, name: str) -> Markup:
    """Return a table in a box that scrolls and can be reached by keyboard."""
    words = f"{len(table.rows):,} rows, {len(table.columns):,} columns"
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
    return tag("div", tag("p", words, class_="ww-facts"), box)


@renderer("text/event-stream", kind="a list of events")
def show_events(reply: Reply) -> ipywidgets.Widget:
    """Show server-sent events, as far as they came."""
    decoded, _ = read_text(reply, _LONGEST_STREAM)
    return show(grid(in_child(events, decoded.text), reply.description or "Events"))
