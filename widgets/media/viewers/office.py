"""Workbooks as tables, a sheet and a page at a time; Word documents and books as pages in the sandboxed frame."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.media.child import in_child
from widgets.media.decoders import MOST_ROWS, book_chapter, book_facts, has_lost_cells, sheet_rows, sheets, word_page
from widgets.media.registry import renderer
from widgets.media.sandbox import frame, show, tag
from widgets.media.viewers.drawn import Chosen, count_again, facts, number_choice
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.media.reply import Reply

_OFFICE = "application/vnd.openxmlformats-officedocument"


@renderer(
    f"{_OFFICE}.spreadsheetml.sheet",
    f"{_OFFICE}.spreadsheetml.template",
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
    kind="sheets",
)
def show_workbook(reply: Reply) -> ipywidgets.Widget:
    """Show one sheet at a time as a table; what is calculated in it is shown as it was saved."""
    data = bytes(reply.body)
    found = in_child(sheets, data)
    pages = {sheet.name: -(-max(0, sheet.rows - 1) // MOST_ROWS) for sheet in found}
    first = next((sheet for sheet in found if sheet.rows), found[0])
    options = [(f"{sheet.name}, {sheet.rows:,} × {sheet.columns:,}"[:100], sheet.name) for sheet in found]
    sheet = ipywidgets.Dropdown(options=options, value=first.name, description="Sheet")
    page = number_choice(pages[first.name], "Page")

    def again(name: str, choosers: Mapping[str, Any]) -> None:
        if name == "sheet":
            count_again(choosers["page"], pages[sheet.value], "Page")

    words = f"A workbook of {len(found)} sheet{'' if len(found) == 1 else 's'}; its first row is taken for the head"
    if in_child(has_lost_cells, data):
        words += "; errors such as #N/A, and formulas whose value was not saved, are empty cells here"
    chosen = Chosen({"sheet": sheet, "page": page}, partial(_rows, data), again)
    return ipywidgets.VBox([show(tag("p", words, class_="ww-facts")), chosen])


def _rows(data: bytes, *, sheet: str, page: int) -> ipywidgets.Widget:
    return TableView(in_child(sheet_rows, data, sheet, (page - 1) * MOST_ROWS), sheet)


@renderer(f"{_OFFICE}.wordprocessingml.document", kind="a document as a page")
def show_word(reply: Reply) -> ipywidgets.Widget:
    """Show the text of a Word document, its tables and its pictures; not its layout, which is said."""
    page, left_out = in_child(word_page, bytes(reply.body))
    words = "A Word document; its text, tables and pictures, without its layout"
    shown = show(tag("p", f"{words}; {left_out}" if left_out else words, class_="ww-facts"))
    return ipywidgets.VBox([shown, frame(page, reply.description or "Word document")])


@renderer("application/epub+zip", kind="a book")
def show_book(reply: Reply) -> ipywidgets.Widget:
    """Show a book a chapter at a time."""
    data = bytes(reply.body)
    book = in_child(book_facts, data)
    options = [(f"{number}. {title}", file) for number, (title, file) in enumerate(book.chapters, start=1)]
    chapter = ipywidgets.Dropdown(options=options, description="Chapter")
    count = len(book.chapters)
    words = tag("p", f"A book of {count} chapter{'' if count == 1 else 's'}", class_="ww-facts")
    about = show(words, facts(book.notes, "About this book", opened=True))
    return ipywidgets.VBox([about, Chosen({"chapter": chapter}, partial(_chapter, data))])


def _chapter(data: bytes, *, chapter: str) -> ipywidgets.Widget:
    page, left_out = in_child(book_chapter, data, chapter)
    shown = [show(tag("p", f"In this chapter {left_out}", class_="ww-facts"))] if left_out else []
    return ipywidgets.VBox([*shown, frame(page, f"Chapter {chapter}")])
