"""Parquet, Arrow and Feather: the schema, and their rows a page at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import in_child
from widgets.media.decoders import MOST_ROWS, columnar_facts, columnar_rows
from widgets.media.registry import renderer
from widgets.media.sandbox import show, tag
from widgets.media.viewers.drawn import Chosen, facts, number_choice
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from widgets.media.reply import Reply


@renderer(
    "application/vnd.apache.parquet",
    "application/parquet",
    "application/x-parquet",
    "application/vnd.apache.arrow.file",
    "application/vnd.apache.arrow.stream",
    "application/x-feather",
    kind="a table of columns",
)
def show_columns(reply: Reply) -> ipywidgets.Widget:
    """Show the schema, and the first rows."""
    data = bytes(reply.body)
    found = in_child(columnar_facts, data)
    words = f"{found.kind}, {found.rows:,} rows, {len(found.columns):,} columns"
    words += f"; the rest cannot be read: {found.broken}" if found.broken else ""
    about = show(
        tag("p", words, class_="ww-facts"),
        facts(found.columns, "Schema"),
        facts(found.notes, "About this file"),
    )
    if not found.columns:
        return about
    pages = number_choice(-(-found.rows // MOST_ROWS), "Page")
    return ipywidgets.VBox([about, Chosen({"page": pages}, partial(_page, data, reply.description or "Table"))])


def _page(data: bytes, name: str, *, page: int) -> ipywidgets.Widget:
    return TableView(in_child(columnar_rows, data, (page - 1) * MOST_ROWS), name)
