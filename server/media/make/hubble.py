"""A fact sheet on the Hubble Space Telescope, as PDF."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .facts import HUBBLE, SERVICING
from .sheet import INK, SOFT, WARM, Sheet

if TYPE_CHECKING:
    from datetime import date

_PICTURE: Final = Path(__file__).parents[1] / "hubble_deep_field.jpg"
_CREDIT: Final = "Picture: NASA, ESA, G. Illingworth et al. and the HUDF09 team"
_MADE: Final = datetime(2024, 1, 1, tzinfo=UTC)
_FIRST, _LAST = 1990, 2010
_EARTH_KM: Final = 6371.0
_EARTH_GM: Final = 398_600.0  # km³/s²
_PERIOD_S: Final = 95 * 60.0


def hubble_fact_sheet() -> bytes:
    """Three pages of A4, with bookmarks, one picture and one drawing; dates and identifiers do not change."""
    sheet = Sheet("Hubble: a fact sheet", author="The Waitwise project", made=_MADE)
    _cover(sheet)
    _telescope(sheet)
    _deep_field(sheet)
    _height(sheet)
    _about(sheet)
    return sheet.finish()


def _cover(sheet: Sheet) -> None:
    sheet.add_page()
    sheet.start_section("Hubble Space Telescope")
    sheet.picture(
        _PICTURE, "Thousands of galaxies of every shape and colour on a black sky: the Hubble eXtreme Deep Field"
    )
    sheet.small(f"The Hubble eXtreme Deep Field. {_CREDIT}")
    sheet.headline("The Hubble Space Telescope")
    sheet.lead(
        "A telescope with a mirror of 2.4 metres that has circled the Earth since 1990, above the air that blurs and "
        "colours what we see from the ground."
    )
    sheet.paragraph(
        "From its orbit Hubble sees ultraviolet and near-infrared light that never reaches the ground, and stars as "
        "points rather than as blurs. Built to be visited, it was repaired and renewed by five crews of the Space "
        "Shuttle, and so became a better telescope in its nineteenth year than it was in its first."
    )


def _telescope(sheet: Sheet) -> None:
    sheet.add_page()
    sheet.heading("The telescope")
    sheet.facts(HUBBLE)
    sheet.heading("Five visits")
    sheet.paragraph(
        "Soon after launch the main mirror proved to be ground to a slightly wrong shape. The first crew gave the "
        "telescope optics that correct it; the later ones brought better instruments each time."
    )
    _timeline(sheet)
    sheet.facts(tuple((f"{each.flown:%B %Y}, {each.mission}", each.work) for each in SERVICING))


def _timeline(sheet: Sheet) -> None:
    left, top, width = sheet.l_margin, sheet.get_y() + 12, sheet.epw

    def place(day: date) -> float:
        return left + width * (day.year + (day.month - 1) / 12 - _FIRST) / (_LAST - _FIRST)

    sheet.set_draw_color(*SOFT)
    sheet.set_line_width(0.3)
    sheet.line(left, top, left + width, top)
    for year in range(_FIRST, _LAST + 1, 5):
        x = left + width * (year - _FIRST) / (_LAST - _FIRST)
        sheet.line(x, top - 1, x, top + 1)
        sheet.mark(x, top + 5.5, str(year), SOFT)
    sheet.set_fill_color(*WARM)
    for each in SERVICING:
        x = place(each.flown)
        sheet.ellipse(x - 1.5, top - 1.5, 3, 3, style="F")
        sheet.mark(x, top - 4, each.mission, INK)
    sheet.set_y(top + 12)


def _deep_field(sheet: Sheet) -> None:
    sheet.add_page()
    sheet.heading("The eXtreme Deep Field")
    sheet.paragraph(
        "The picture on the first page was released on 25 September 2012. It adds up about two million seconds of "
        "exposure, more than twenty-three days, of one small patch of sky in the southern constellation Fornax. "
        "About 5,500 galaxies can be counted in it. The faintest are seen as they were when the universe was young, "
        "for their light has been on its way since then."
    )
    sheet.facts(
        (
            ("Released", "25 September 2012"),
            ("Exposure", "about 2 million seconds"),
            ("Galaxies", "about 5,500"),
            ("Constellation", "Fornax"),
        )
    )


def _height(sheet: Sheet) -> None:
    sheet.heading("How high it flies")
    radius = (_EARTH_GM * (_PERIOD_S / (2 * math.pi)) ** 2) ** (1 / 3)
    sheet.paragraph(
        f"One orbit in about 95 minutes means, by Kepler's third law, a circle of {round(radius, -1):,.0f} km radius: "
        f"some {round(radius - _EARTH_KM, -1):,.0f} km above the ground. Drawn to scale, Hubble skims the Earth."
    )
    _orbit(sheet, radius)


def _about(sheet: Sheet) -> None:
    sheet.heading("About this sheet")
    sheet.paragraph(
        "Written and laid out by the Waitwise project, from facts published by NASA. It is not a publication of NASA, "
        "and NASA does not endorse it."
    )
    sheet.small(_CREDIT)


def _orbit(sheet: Sheet, radius: float) -> None:
    """Earth and orbit to scale, seen from above the plane of the orbit."""
    ring = 26.0
    earth = ring * _EARTH_KM / radius
    x, y = sheet.l_margin + ring + 6, sheet.get_y() + ring + 2
    sheet.set_draw_color(*SOFT)
    sheet.set_fill_color(214, 228, 244)
    sheet.ellipse(x - earth, y - earth, 2 * earth, 2 * earth, style="F")
    sheet.ellipse(x - ring, y - ring, 2 * ring, 2 * ring)
    sheet.set_fill_color(*WARM)
    across, up = ring * math.cos(math.pi / 6), ring * math.sin(math.pi / 6)
    sheet.ellipse(x + across - 1.3, y - up - 1.3, 2.6, 2.6, style="F")
    sheet.mark(x, y + 1, "Earth", INK)
    sheet.mark(x + across + 9, y - up + 1, "Hubble", INK)
    sheet.set_y(y + ring + 9)
