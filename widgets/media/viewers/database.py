"""SQLite: its tables and views, one at a time, a page of rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.media.child import in_child
from widgets.media.decoders import MOST_ROWS, database_rows, database_tables
from widgets.media.registry import renderer
from widgets.media.sandbox import show, tag
from widgets.media.viewers.drawn import Chosen, count_again, facts, number_choice
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.media.reply import Reply

_PAGES_UNKNOWN = 1000


@renderer(
    "application/vnd.sqlite3", "application/x-sqlite3", "application/geopackage+sqlite3", kind="tables of a database"
)
def show_database(reply: Reply) -> ipywidgets.Widget:
    """Show the tables, and the rows of the first one that has some."""
    data = bytes(reply.body)
    tables = {table.name: table for table in in_child(database_tables, data)}
    first = next((table for table in tables.values() if table.rows > 0), next(iter(tables.values())))
    options = [
        (f"{table.name}, {table.kind}{f' of {table.rows:,} rows' if table.rows >= 0 else ''}"[:100], table.name)
        for table in tables.values()
    ]
    chooser = ipywidgets.Dropdown(options=options, value=first.name, description="Table")
    pages = {name: -(-table.rows // MOST_ROWS) if table.rows >= 0 else _PAGES_UNKNOWN for name, table in tables.items()}
    page = number_choice(pages[first.name], "Page")

    def again(name: str, choosers: Mapping[str, Any]) -> None:
        if name == "table":
            count_again(choosers["page"], pages[chooser.value], "Page")

    def rows(table: str, page: int) -> ipywidgets.Widget:
        start = (page - 1) * MOST_ROWS
        return TableView(in_child(database_rows, data, table, start, tables[table].rows), table)

    words = f"SQLite, {len(tables):,} table{'' if len(tables) == 1 else 's'} and views"
    schema = facts([(table.name, table.sql) for table in tables.values()], "Schema")
    return ipywidgets.VBox(
        [show(tag("p", words, class_="ww-facts"), schema), Chosen({"table": chooser, "page": page}, rows, again)]
    )
