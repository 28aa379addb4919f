"""The viewers: one file for each family of kinds. Importing this package registers them."""

from __future__ import annotations

from . import (
    archive,
    columns,
    database,
    fits,
    geo,
    hdf,
    known,
    nested,
    office,
    page,
    pdf,
    picture,
    raster,
    sound,
    table,
    text,
    tree,
    votable,
)

__all__ = [
    "archive",
    "columns",
    "database",
    "fits",
    "geo",
    "hdf",
    "known",
    "nested",
    "office",
    "page",
    "pdf",
    "picture",
    "raster",
    "sound",
    "table",
    "text",
    "tree",
    "votable",
]
