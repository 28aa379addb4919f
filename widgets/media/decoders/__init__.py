"""Decoders: from bytes to plain data. Pure; each runs in a limited process, by `widgets.media.child`."""

from __future__ import annotations

from .archive import Entry, Listing, Part, multipart, tar_entries, tar_entry, unpacked, zip_entries, zip_entry
from .book import Book, book_chapter, book_facts
from .columns import Columnar, columnar_facts, columnar_rows
from .film import FilmFacts, film_facts
from .fits import FitsUnit, fits_picture, fits_table, fits_units
from .hdf import Store, Variable, store_facts, store_variable
from .office import Sheet, sheet_rows, sheets, word_page
from .pdf import PageText, PdfFacts, pdf_facts, pdf_page_picture, pdf_page_text
from .picture import PictureFacts, deep_picture, picture_as_png, picture_facts
from .raster import raster_facts, raster_picture
from .sound import SoundFacts, sound_facts
from .table import MOST_ROWS, Table, as_number, events, read_table
from .text import coloured, inert_page, links, markdown_page
from .tree import Branch, Insight, Wanted, json_insight, svg_drawing, xml_insight, xml_root

__all__ = [
    "MOST_ROWS",
    "Book",
    "Branch",
    "Columnar",
    "Entry",
    "FilmFacts",
    "FitsUnit",
    "Insight",
    "Listing",
    "PageText",
    "Part",
    "PdfFacts",
    "PictureFacts",
    "Sheet",
    "SoundFacts",
    "Store",
    "Table",
    "Variable",
    "Wanted",
    "as_number",
    "book_chapter",
    "book_facts",
    "coloured",
    "columnar_facts",
    "columnar_rows",
    "deep_picture",
    "events",
    "film_facts",
    "fits_picture",
    "fits_table",
    "fits_units",
    "inert_page",
    "json_insight",
    "links",
    "markdown_page",
    "multipart",
    "pdf_facts",
    "pdf_page_picture",
    "pdf_page_text",
    "picture_as_png",
    "picture_facts",
    "raster_facts",
    "raster_picture",
    "read_table",
    "sheet_rows",
    "sheets",
    "sound_facts",
    "store_facts",
    "store_variable",
    "svg_drawing",
    "tar_entries",
    "tar_entry",
    "unpacked",
    "word_page",
    "xml_insight",
    "xml_root",
    "zip_entries",
    "zip_entry",
]
