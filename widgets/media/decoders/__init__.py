"""Decoders: from bytes to plain data. Pure; each runs in a limited process, by `widgets.media.child`."""

from __future__ import annotations

from .pdf import PageText, PdfFacts, pdf_facts, pdf_page_picture, pdf_page_text
from .picture import PictureFacts, picture_as_png, picture_facts
from .table import Table, read_table
from .tree import Branch, json_tree

__all__ = [
    "Branch",
    "PageText",
    "PdfFacts",
    "PictureFacts",
    "Table",
    "json_tree",
    "pdf_facts",
    "pdf_page_picture",
    "pdf_page_text",
    "picture_as_png",
    "picture_facts",
    "read_table",
]
