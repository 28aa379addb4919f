"""VOTable: its tables, one at a time, a page of rows at a time, and its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import MOST_ROWS, votable_rows, votables
from widgets.media.registry import renderer
from widgets.media.sandbox import show, tag
from widgets.media.viewers.drawn import Chosen, count_again, facts, number_choice
from widgets.media.viewers.table import TableView
from widgets.media.viewers.text import source_of
from widgets.media.viewers.tree import recoded, show_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.media.reply import Reply


@renderer("application/x-votable+xml", "text/x-votable+xml", kind="a table of the virtual observatory")
def show_votable(reply: Reply) -> ipywidgets.Widget:
    """Show the tables of a VOTable; where they cannot be read, all of it as a tree of elements."""
    data = recoded(reply)
    try:
        found, first = in_child(votables, data)
    except DecoderError as error:
        return ipywidgets.VBox([show(tag("p", f"No table: {error}.", class_="ww-reason")), show_xml(reply)])
    pages = [-(-table.rows // MOST_ROWS) for table in found]
    options = [(f"{table.name}, {table.rows:,} rows"[:100], number) for number, table in enumerate(found)]
    table = ipywidgets.Dropdown(options=options, value=0, description="Table")
    page = number_choice(pages[0], "Page")

    def again(name: str, choosers: Mapping[str, Any]) -> None:
        if name == "table":
            count_again(choosers["page"], pages[table.value], "Page")

    def rows(table: int, page: int) -> ipywidgets.Widget:
        known = first if (table, page) == (0, 1) else None
        part = known or in_child(votable_rows, data, table, (page - 1) * MOST_ROWS)
        one = TableView(part, found[table].name)
        return ipywidgets.VBox([one, show(facts(found[table].columns, "What the columns mean"))])

    words = f"VOTable, {len(found)} table{'' if len(found) == 1 else 's'}"
    chosen = Chosen({"table": table, "page": page}, rows, again)
    return ipywidgets.VBox([show(tag("p", words, class_="ww-facts")), chosen, show(source_of(reply))])
