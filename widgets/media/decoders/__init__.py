"""Decoders: from bytes to plain data. Pure; each runs in a limited process, by `widgets.media.child`."""

from __future__ import annotations

from .archive import (
    MOST_BYTES,
    Entry,
    Letter,
    Listing,
    Part,
    letter,
    multipart,
    tar_entries,
    tar_entry,
    unpacked,
    zip_entries,
    zip_entry,
)
from .book import Book, book_chapter, book_facts
from .columns import Columnar, columnar_facts, columnar_rows
from .database import DatabaseTable, database_rows, database_tables
from .dialect import as_number
from .film import FilmFacts, film_facts
from .fits import FitsUnit, fits_picture, fits_table, fits_units
from .hdf import Store, Variable, store_facts, store_variable
from .nested import packed_tree, toml_tree, yaml_tree
from .npy import npy_facts, npy_variable
from .office import Sheet, has_lost_cells, sheet_rows, sheets, word_page
from .outline import Outline, geojson_outline, gpx_outline, kml_outline, kmz_text
from .pdf import PageText, PdfFacts, pdf_facts, pdf_page_picture, pdf_page_text
from .picture import PictureFacts, deep_picture, picture_as_png, picture_facts
from .raster import raster_facts, raster_picture
from .sound import SoundFacts, sound_facts
from .table import MOST_ROWS, Table, events, read_table
from .text import coloured, inert_page, links, markdown_page
from .tree import Branch, Insight, Wanted, json_insight, svg_drawing, xml_insight, xml_root
from .votable import VotTable, votable_rows, votables

__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "Book",
    "Branch",
    "Columnar",
    "DatabaseTable",
    "Entry",
    "FilmFacts",
    "FitsUnit",
    "Insight",
    "Letter",
    "Listing",
    "Outline",
    "PageText",
    "Part",
    "PdfFacts",
    "PictureFacts",
    "Sheet",
    "SoundFacts",
    "Store",
    "Table",
    "Variable",
    "VotTable",
    "Wanted",
    "as_number",
    "book_chapter",
    "book_facts",
    "coloured",
    "columnar_facts",
    "columnar_rows",
    "database_rows",
    "database_tables",
    "deep_picture",
    "events",
    "film_facts",
    "fits_picture",
    "fits_table",
    "fits_units",
    "geojson_outline",
    "gpx_outline",
    "has_lost_cells",
    "inert_page",
    "json_insight",
    "kml_outline",
    "kmz_text",
    "letter",
    "links",
    "markdown_page",
    "multipart",
    "npy_facts",
    "npy_variable",
    "packed_tree",
    "pdf_facts",
    "pdf_page_picture",
    "pdf_page_text",
    "picture_as_png",
    "picture_facts",
    "raster_facts",
    "raster_picture",
    "read_table",
    "said_of",
    "sheet_rows",
    "sheets",
    "sound_facts",
    "store_facts",
    "store_variable",
    "svg_drawing",
    "tar_entries",
    "tar_entry",
    "toml_tree",
    "unpacked",
    "votable_rows",
    "votables",
    "word_page",
    "xml_insight",
    "xml_root",
    "yaml_tree",
    "zip_entries",
    "zip_entry",
]
