"""The viewers: one file for each family of kinds. Importing this package registers them."""

from __future__ import annotations

from . import archive, columns, fits, hdf, office, page, pdf, picture, raster, sound, table, text, tree

__all__ = [
    "archive",
    "columns",
    "fits",
    "hdf",
    "office",
    "page",
    "pdf",
    "picture",
    "raster",
    "sound",
    "table",
    "text",
    "tree",
]
