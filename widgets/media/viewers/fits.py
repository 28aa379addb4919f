"""FITS: the header cards of each unit, images stretched so that something is seen, and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import fits_picture, fits_table
from widgets.media.decoders.fits import FitsUnit, fits_units
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, Text, show, tag
from widgets.media.viewers.picture import zoomable
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from widgets.media.reply import Reply

_MOST_VIEWS = 5


@renderer("application/fits", "image/fits", kind="header cards and data")
def show_fits(reply: Reply) -> ipywidgets.Widget:
    """Show what each unit holds: its header, and the data of the first ones."""
    units = fits_units(reply.body)
    words = f"FITS, {len(units)} unit{'' if len(units) == 1 else 's'}"
    shown: list[ipywidgets.Widget] = [show(tag("p", words, class_="ww-facts"))]
    data = bytes(reply.body)
    views = 0
    for number, unit in enumerate(units):
        shown.append(show(_header(number, unit)))
        if unit.data_size and views < _MOST_VIEWS:
            shown.append(_data(data, number, unit))
            views += 1
    return ipywidgets.VBox(shown)


def _header(number: int, unit: FitsUnit) -> Markup:
    rows: list[Text] = [
        tag("tr", tag("th", card.keyword, scope="row"), tag("td", card.value), tag("td", card.comment))
        for card in unit.cards
    ]
    table = tag("table", tag("tbody", *rows), class_="ww-table")
    box = tag("div", table, class_="ww-scroll", tabindex="0", role="region", aria_label=f"Header of unit {number}")
    return tag("details", tag("summary", f"Unit {number}: {unit.summary}"), box, open=number == 0)


def _data(data: bytes, number: int, unit: FitsUnit) -> ipywidgets.Widget:
    """Return the data of a unit, or why they are not shown."""
    try:
        if unit.value("XTENSION") in ("BINTABLE", "TABLE"):
            return TableView(in_child(fits_table, data, number), f"Table of unit {number}")
        picture = in_child(fits_picture, data, number)
    except DecoderError as error:
        return show(tag("p", f"The data of unit {number} are not shown: {error}.", class_="ww-facts"))
    return show(zoomable(picture, "image/png", f"Image of unit {number}, {unit.summary}"))
