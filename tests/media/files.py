"""Files of every kind, made here: no test depends on a file that somebody else may change."""

from __future__ import annotations

import io
import struct
import tarfile
import wave
import zipfile

import pypdf
from PIL import Image
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    """Return a picture in a format of Pillow."""
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode == "L" else None).save(out, kind, **options)
    return out.getvalue()


def sound() -> bytes:
    """Return one second of silence as WAV, 8,000 samples of one byte."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 1, 8000, 8000, "NONE", ""))
        file.writeframes(b"\x80" * 8000)
    return out.getvalue()


def document() -> bytes:
    """Return a PDF of three pages, each of which says its number."""
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


def fits() -> bytes:
    """Return a FITS file with a picture of 4 × 3 short integers and an empty extension."""
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


def zipped(entries: dict[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return out.getvalue()


def tarred(entries: dict[str, bytes], mode: str = "w") -> bytes:
    """Return a TAR archive, with a link as its last entry."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, body in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def _block(cards: list[str]) -> bytes:
    return "".join(card.ljust(80) for card in cards).ljust(2880).encode("ascii")
