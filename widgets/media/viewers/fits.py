"""FITS: the header cards of each unit (FITS standard 4.0, section 4), read without a library."""

from __future__ import annotations

import ipywidgets

from widgets.media.blob import Shown
from widgets.media.decoders.fits import FitsUnit, fits_units
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, Text, show, tag


@renderer("application/fits", "image/fits", kind="header cards")
def show_fits(reply: Shown) -> ipywidgets.Widget:
    """Show what each unit holds, and its header."""
    units = fits_units(reply.body)
    return show(
        tag("p", f"FITS, {len(units)} unit{'' if len(units) == 1 else 's'}", class_="ww-facts"),
        *[_unit(number, unit) for number, unit in enumerate(units)],
    )


def _unit(number: int, unit: FitsUnit) -> Markup:
    rows: list[Text] = [
        tag("tr", tag("th", card.keyword, scope="row"), tag("td", card.value), tag("td", card.comment))
        for card in unit.cards
    ]
    table = tag("table", tag("tbody", *rows), class_="ww-table")
    box = tag("div", table, class_="ww-scroll", tabindex="0", role="region", aria_label=f"Header of unit {number}")
    return tag("details", tag("summary", f"Unit {number}: {unit.summary}"), box, open=number == 0)
