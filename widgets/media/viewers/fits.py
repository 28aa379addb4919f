"""FITS: the header cards of each unit, images stretched so that something is seen, and tables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import in_child
from widgets.media.decoders import MOST_ROWS, fits_picture, fits_table, fits_units
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, Text, show, tag
from widgets.media.viewers.drawn import Chosen, drawing, number_choice, stretch_choice
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from widgets.media.decoders import FitsUnit
    from widgets.media.reply import Reply

_MOST_VIEWS = 5


@renderer("application/fits", "image/fits", "application/x-fits", "image/x-fits", kind="header cards and data")
def show_fits(reply: Reply) -> ipywidgets.Widget:
    """Show what each unit holds: its header, and the data of the first ones."""
    data = bytes(reply.body)
    units, why = in_child(fits_units, data)
    words = f"FITS, {len(units)} unit{'' if len(units) == 1 else 's'}{'; ' + why if why else ''}"
    shown: list[ipywidgets.Widget] = [show(tag("p", words, class_="ww-facts"))]
    views, bare = 0, not any(unit.kind for unit in units)
    # What has data comes first, its header folded below it: the first unit mostly has none.
    for number, unit in sorted(enumerate(units), key=lambda each: not each[1].kind):
        header = show(_header(number, unit, opened=bare and number == 0))
        if unit.kind and views < _MOST_VIEWS:
            shown += [_data(data, number, unit), header]
            views += 1
            continue
        shown.append(header)
        if unit.kind:
            shown.append(show(tag("p", f"The data of unit {number} are not shown: the first {_MOST_VIEWS} are.")))
    return ipywidgets.VBox(shown)


def _header(number: int, unit: FitsUnit, *, opened: bool) -> Markup:
    rows: list[Text] = [
        tag("tr", tag("th", card.keyword, scope="row"), tag("td", card.value), tag("td", card.comment))
        for card in unit.cards
    ]
    table = tag("table", tag("tbody", *rows), class_="ww-table")
    box = tag("div", table, class_="ww-scroll", tabindex="0", role="region", aria_label=f"Header of unit {number}")
    return tag("details", tag("summary", f"Unit {number}: {unit.summary}"), box, open=opened)


def _data(data: bytes, number: int, unit: FitsUnit) -> ipywidgets.Widget:
    """Return the data of a unit with choosers of a plane or a page, or why they are not shown."""
    if unit.kind == "table":
        pages = number_choice(-(-unit.rows // MOST_ROWS), "Page")
        return Chosen({"page": pages}, partial(_rows, data, number))
    choices = {"plane": number_choice(unit.planes, "Plane"), "stretch": stretch_choice()}
    return Chosen(choices, partial(_plane, data, number, unit))


def _rows(data: bytes, number: int, *, page: int) -> ipywidgets.Widget:
    return TableView(in_child(fits_table, data, number, (page - 1) * MOST_ROWS), f"Table of unit {number}")


def _plane(data: bytes, number: int, unit: FitsUnit, *, plane: int, stretch: str) -> ipywidgets.Widget:
    found = in_child(fits_picture, data, number, plane, stretch)
    title = f"plane {plane:,} of {unit.planes:,}" if unit.planes > 1 else ""
    return drawing(found, f"Image of unit {number}, {unit.summary}", title)
