"""Files of every kind, made here: no test depends on a file that somebody else may change."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pypdf
import pytest
from PIL import Image
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from widgets.media import render
from widgets.media.blob import Piece
from widgets.media.stage import Stage

Shows = Callable[..., "Seen"]


class Seen:
    """A rendered widget, and what a person would find in it."""

    def __init__(self, widget: ipywidgets.Widget) -> None:
        self.widget = widget

    def __iter__(self) -> Iterator[ipywidgets.Widget]:
        return walk(self.widget)

    @property
    def html(self) -> str:
        """All markup of the view, in order, without what stands beneath it."""
        view = self.widget.children[0] if isinstance(self.widget, Stage) else self.widget
        return "\n".join(widget.value for widget in walk(view) if isinstance(widget, ipywidgets.HTML))

    @property
    def stage(self) -> Stage:
        """The whole, where there is more than the view."""
        assert isinstance(self.widget, Stage)
        return self.widget

    def one(self, kind: type[Any]) -> Any:
        """Return the first widget of a kind."""
        return next(widget for widget in self if isinstance(widget, kind))


def walk(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield a widget and all inside it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


@pytest.fixture
def shows() -> Shows:
    """Render bytes under a declared type."""

    def show(body: bytes, media_type: str, *, charset: str = "", description: str = "", shown_as: str = "") -> Seen:
        reply = Piece("http://x.example/file", body, media_type, charset, description)
        return Seen(render(reply, shown_as=shown_as))

    return show


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    """Make a picture in a format of Pillow."""

    def make(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
        out = io.BytesIO()
        Image.new(mode, size, 128 if mode == "L" else None).save(out, kind, **options)
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def sound() -> bytes:
    """One second of silence as WAV, 8,000 samples of one byte."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 1, 8000, 8000, "NONE", ""))
        file.writeframes(b"\x80" * 8000)
    return out.getvalue()


@pytest.fixture(scope="session")
def document() -> bytes:
    """A PDF of three pages, each of which says its number."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for number in (1, 2, 3):
        page = writer.add_blank_page(200, 100)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 50 Td (This is page {number}) Tj ET".encode())
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        writer.add_outline_item(title=f"Chapter {number}", page_number=number - 1)
    writer.add_metadata({"/Title": "Three <b>pages</b>"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.fixture(scope="session")
def fits() -> bytes:
    """A FITS file with a picture of 4 × 3 short integers and an empty extension."""
    primary = [
        "SIMPLE  =                    T / file conforms to FITS",
        "BITPIX  =                   16",
        "NAXIS   =                    2",
        "NAXIS1  =                    4",
        "NAXIS2  =                    3",
        "OBJECT  = 'M 31''s core'       / what was seen",
        "COMMENT  a free remark",
        "END",
    ]
    extension = ["XTENSION= 'IMAGE   '", "BITPIX  =                    8", "NAXIS   =                    0", "END"]
    data = struct.pack(">12h", *range(12))
    return _block(primary) + data.ljust(2880, b"\0") + _block(extension)


def _block(cards: list[str]) -> bytes:
    return "".join(card.ljust(80) for card in cards).ljust(2880).encode("ascii")
