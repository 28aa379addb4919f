"""CSV and its kin: a table that scrolls in its own box."""

from __future__ import annotations

import ipywidgets

from widgets.media.blob import Shown
from widgets.media.child import in_child
from widgets.media.decoders import Table, read_table
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, Text, show, tag
from widgets.media.viewers.text import read_text

_LONGEST = 1_000_000


@renderer("text/csv", "text/tab-separated-values", "application/csv", kind="a table")
def show_table(reply: Shown) -> ipywidgets.Widget:
    """Show the first thousand rows."""
    decoded, cut = read_text(reply, _LONGEST)
    delimiter = "\t" if reply.media_type == "text/tab-separated-values" else ""
    table = in_child(read_table, decoded.text, delimiter, more=cut)
    return show(grid(table, reply.description or "Table"))


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
