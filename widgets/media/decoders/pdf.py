"""PDF: pypdf reads facts and text, PDFium draws pages."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass

import pypdfium2
from pypdf import PdfReader
from pypdf.generic import Destination

# pypdf writes what it mends to the log; a hostile file would fill it.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_WIDTH = 1000
_LONGEST_SIDE = 2000
_LONGEST_TEXT = 100_000
_MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What a PDF says of itself.

    Attributes:
        pages: How many there are.
        metadata: Title, author and the like, as name and value.
        outline: Depth from 0, title, and page number from 1 (0 where unknown).
        said: What is wrong with it, or empty.
    """

    pages: int
    metadata: tuple[tuple[str, str], ...] = ()
    outline: tuple[tuple[int, str, int], ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page; `cut` when there was more."""

    text: str
    cut: bool = False


class _LockedError(ValueError):
    """No reader opens it."""


def pdf_facts(data: bytes) -> PdfFacts:
    """Return how many pages there are, the metadata and the outline; raise `ValueError` where it is locked."""
    try:
        return _facts_by_pypdf(data)
    except _LockedError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever pypdf stumbles over, PDFium mends many that it does not
        return _facts_by_pdfium(data, str(error))


def _facts_by_pdfium(data: bytes, why: str) -> PdfFacts:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"pypdf: {why.rstrip('.')}; PDFium: {str(error).rstrip('.')}") from error
    try:
        found = [(name, value[:500]) for name, value in document.get_metadata_dict(skip_empty=True).items()]
        return PdfFacts(len(document), tuple(found), (), f"It is damaged ({why}); PDFium reads it all the same")
    finally:
        document.close()


def _facts_by_pypdf(data: bytes) -> PdfFacts:
    reader = _reader(data)
    found = list(reader.metadata.items()) if reader.metadata else []
    metadata = [(str(name).lstrip("/"), str(value)[:500]) for name, value in found[:20]]
    outline: list[tuple[int, str, int]] = []
    _walk(reader, reader.outline, 0, outline)
    return PdfFacts(len(reader.pages), tuple(metadata), tuple(outline))


def pdf_page_text(data: bytes, page: int) -> PageText:
    """Return the text of a page, counted from 1."""
    try:
        text = _reader(data).pages[page - 1].extract_text()
    except _LockedError:
        raise
    except Exception:  # noqa: BLE001 - as for the facts
        document = pypdfium2.PdfDocument(data)
        try:
            text = document[page - 1].get_textpage().get_text_range()
        finally:
            document.close()
    return PageText(text[:_LONGEST_TEXT], len(text) > _LONGEST_TEXT)


def pdf_page_picture(data: bytes, page: int) -> bytes:
    """Return a page, counted from 1, as a JPEG about 1000 pixels wide."""
    document = pypdfium2.PdfDocument(data)
    try:
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = min(_WIDTH / max(width, 1), _LONGEST_SIDE / max(height, 1), 4)
        out = io.BytesIO()
        # JPEG: a PNG of the same page takes forty times as long to make.
        sheet.render(scale=scale).to_pil().convert("RGB").save(out, "JPEG", quality=85)
        return out.getvalue()
    finally:
        document.close()


def _reader(data: bytes) -> PdfReader:
    """Return the document; one that is encrypted opens where its password is the empty one, as with most."""
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise _LockedError("it is locked with a password")
    return reader


def _walk(reader: PdfReader, entries: object, depth: int, found: list[tuple[int, str, int]]) -> None:
    if not isinstance(entries, list) or depth > 10:  # noqa: PLR2004 - no reader opens more levels
        return
    for entry in entries:
        if len(found) >= _MOST_ENTRIES:
            return
        if isinstance(entry, Destination):
            number = reader.get_destination_page_number(entry)
            found.append((depth, str(entry.title)[:200], 0 if number is None else number + 1))
        else:
            _walk(reader, entry, depth + 1, found)
