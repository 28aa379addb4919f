"""Decoders: from bytes to plain data. Pure; each runs in a limited process, by `widgets.media.child`."""

from __future__ import annotations

from .archive import Entry, Part, multipart, tar_entries, tar_entry, unpacked, zip_entries, zip_entry
from .fits import fits_picture, fits_table
from .pdf import PageText, PdfFacts, pdf_facts, pdf_page_picture, pdf_page_text
from .picture import PictureFacts, picture_as_png, picture_facts
from .sound import SoundFacts, sound_facts
from .table import Table, as_number, events, read_table
from .text import coloured, inert_page, links, markdown_page
from .tree import Branch, Insight, json_insight, ndjson_tree, said_of, xml_tree

__all__ = [
    "Branch",
    "Entry",
    "Insight",
    "PageText",
    "Part",
    "PdfFacts",
    "PictureFacts",
    "SoundFacts",
    "Table",
    "as_number",
    "coloured",
    "events",
    "fits_picture",
    "fits_table",
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
    "read_table",
    "said_of",
    "sound_facts",
    "tar_entries",
    "tar_entry",
    "unpacked",
    "xml_tree",
    "zip_entries",
    "zip_entry",
]
