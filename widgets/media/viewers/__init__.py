"""The viewers: one file for each kind. Importing this package registers them."""

from __future__ import annotations

from . import fits, hexdump, html, json, pdf, picture, sound, svg, table, text

__all__ = ["fits", "hexdump", "html", "json", "pdf", "picture", "sound", "svg", "table", "text"]
