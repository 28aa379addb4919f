"""The viewers: one file for each kind. Importing this package registers them."""

from __future__ import annotations

from . import archive, fits, hexdump, html, json, markdown, parts, pdf, picture, sound, svg, table, text, xml

__all__ = [
    "archive",
    "fits",
    "hexdump",
    "html",
    "json",
    "markdown",
    "parts",
    "pdf",
    "picture",
    "sound",
    "svg",
    "table",
    "text",
    "xml",
]
