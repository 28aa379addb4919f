"""Decoders: from bytes to plain data. Pure; each runs in a limited process, by `widgets.media.child`."""

from __future__ import annotations

from .archive import Entry, Part, multipart, tar_entries, tar_entry, unpacked, zip_entries, zip_entry
from .fits import FitsUnit, fits_picture, fits_table, fits_units
from .pdf import PageText, PdfFacts, pdf_facts, pdf_page_picture, pdf_page_text
from .picture import PictureFacts, deep_picture, picture_as_png, picture_facts
from .raster import raster_facts, raster_picture
from .sound import SoundFacts, sound_facts
from .table import MOST_ROWS, Table, as_number, events, read_table
from .text import coloured, inert_page, links, markdown_page
from .tree import Branch, Insight, json_insight, ndjson_tree, xml_tree

__all__ = [
    "MOST_ROWS",
    "Branch",
    "Entry",
    "FitsUnit",
    "Insight",
    "PageText",
    "Part",
    "PdfFacts",
    "PictureFacts",
    "SoundFacts",
    "Table",
    "as_number",
    "coloured",
    "deep_picture",
    "events",
    "fits_picture",
    "fits_table",
    "fits_units",
    "inert_page",
    "json_insight",
    "links",
    "markdown_page",
    "multipart",
    "ndjson_tree",
    "pdf_facts",
    "pdf_page_picture",
    "pdf_page_text",
    "picture_as_png",
    "picture_facts",
    "raster_facts",
    "raster_picture",
    "read_table",
    "sound_facts",
    "tar_entries",
    "tar_entry",
    "unpacked",
    "xml_tree",
    "zip_entries",
    "zip_entry",
]
