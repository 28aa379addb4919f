"""A fact sheet on the Hubble Space Telescope, as PDF."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from .facts import HUBBLE, SERVICING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

INK: Final = (24, 30, 44)
SOFT: Final = (96, 106, 126)
WARM: Final = (190, 84, 38)
_LINE: Final = (214, 218, 226)
_SANS: Final = "Helvetica"
_SERIF: Final = "Times"


class Sheet(FPDF):
    """A document with one look.

    Args:
        title: Of the document.
        author: Of the document.
        made: The date it states; fixed, so that its bytes are too.
    """

    def __init__(self, title: str, *, author: str, made: datetime) -> None:
        super().__init__(format="A4")
        # Zlib's output differs between its versions and forks; text this short needs no compression.
        self.set_compression(False)
        self.set_creation_date(made)
        self.set_title(title)
        self.set_author(author)
        self.set_lang("en-GB")
        self.set_producer("fpdf2")
        self.core_fonts_encoding = "windows-1252"
        self.set_margins(24, 22, 24)
        self.set_auto_page_break(auto=True, margin=24)
        self._running_title = title

    def footer(self) -> None:
        """The running title on the left, the page on the right."""
        self.set_y(-16)
        self.set_font(_SANS, size=8.5)
        self.set_text_color(*SOFT)
        self.cell(self.epw / 2, 5, self._running_title)
        self.cell(self.epw / 2, 5, f"{self.page_no()}", align="R")

    def picture(self, path: Path, alternative: str) -> None:
        """A JPEG across the page, its bytes as they are, with its alternative text."""
        self.image(path, w=self.epw, alt_text=alternative)
        self.ln(2)

    def headline(self, text: str) -> None:
        """The title of the sheet."""
        self.ln(4)
        self._write(text, _SANS, "B", 25, 10.5, INK)
        self.ln(2)

    def lead(self, text: str) -> None:
        """The first paragraph, larger."""
        self._write(text, _SERIF, "", 14.5, 6.8, SOFT)
        self.ln(3)

    def heading(self, text: str) -> None:
        """A heading, and a bookmark to it."""
        self.start_section(text)
        self._write(text, _SANS, "B", 15, 8, WARM)
        self.ln(1.5)

    def paragraph(self, text: str) -> None:
        """A paragraph of running text."""
        self._write(text, _SERIF, "", 11.5, 5.7, INK)
        self.ln(4)

    def small(self, text: str) -> None:
        """A caption or a note."""
        self._write(text, _SANS, "", 8.5, 4.2, SOFT)
        self.ln(2)

    def mark(self, x: float, y: float, text: str, colour: tuple[int, int, int]) -> None:
        """A short text, centred on `x`, in a drawing."""
        self.set_font(_SANS, size=8.5)
        self.set_text_color(*colour)
        self.text(x - self.get_string_width(text) / 2, y, text)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """A table of two columns: what, and how much."""
        self.set_font(_SANS, size=10)
        self.set_text_color(*INK)
        self.set_draw_color(*_LINE)
        self.set_fill_color(255)
        self.set_line_width(0.2)
        with self.table(
            borders_layout="HORIZONTAL_LINES",
            first_row_as_headings=False,
            col_widths=(34, 66),
            line_height=5.2,
            padding=(1.3, 0),
            text_align="LEFT",
        ) as table:
            for what, how_much in rows:
                row = table.row()
                row.cell(what, style=FontFace(color=SOFT))
                row.cell(how_much)
        self.ln(7)

    def finish(self) -> bytes:
        """The bytes of the document."""
        return bytes(self.output())

    def _write(
        self, text: str, family: str, style: str, size: float, height: float, colour: tuple[int, int, int]
    ) -> None:
        self.set_font(family, style, size)
        self.set_text_color(*colour)
        self.multi_cell(0, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


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
