"""A plain, well-set A4 sheet on top of fpdf2: the same input gives the same bytes on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

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
