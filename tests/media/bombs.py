"""Small files that unfold to something huge in whoever decodes them."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zipfile
import zlib


def deflated(size: int) -> bytes:
    """Return zlib data of `size` blanks, made without holding them."""
    machine = zlib.compressobj(9)
    block = b" " * 1_000_000
    return b"".join(machine.compress(block) for _ in range(size // len(block))) + machine.flush()


def huge_png(side: int = 13_000) -> bytes:
    """Return a PNG of `side` × `side` pixels of eight bits."""
    machine = zlib.compressobj(9)
    row = b"\0" * (side + 1)
    pixels = b"".join(machine.compress(row) for _ in range(side)) + machine.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def long_gif(frames: int = 20_000, side: int = 500) -> bytes:
    """Return a GIF of many frames, each as large as the whole."""
    head = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * frames + b"\x3b"


def deep_json(depth: int = 1_000_000) -> bytes:
    """Return JSON that is nested `depth` times."""
    return b"[" * depth + b"]" * depth


def long_number() -> bytes:
    """Return JSON that is one number of a million digits."""
    return b"9" * 1_000_000


def broad_json() -> bytes:
    """Return 15 MB of JSON that becomes many small objects."""
    return b"[" + b",".join([b"{}"] * 5_000_000) + b"]"


def repeated_keys() -> bytes:
    """Return JSON with keys that are all the same."""
    return json.dumps({"a": 1})[:-1].encode() + b',"a":1' * 500_000 + b"}"


def wide_csv(columns: int = 3_000_000) -> bytes:
    """Return CSV of one row."""
    return b"," * columns + b"\n"


def endless_cell() -> bytes:
    """Return CSV whose first quotation mark is never closed."""
    return b'a,b\n"' + b"x\n" * 2_000_000


def pdf_of_forms(depth: int = 12, fan: int = 12) -> bytes:
    """Return a PDF whose page draws a form that draws `fan` forms that draw `fan` forms, and so on."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    objects.append(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</XObject<</F 5 0 R>>>>/Contents 4 0 R>>"
    )
    objects.append(_stream(b"/F Do"))
    for level in range(depth):
        inner = f"/Resources<</XObject<</F {6 + level} 0 R>>>>".encode() if level < depth - 1 else b""
        content = b"/F Do " * fan if level < depth - 1 else b"0 0 200 200 re f"
        objects.append(_stream(content, b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]" + inner))
    return _pdf(objects)


def pdf_of_blanks(size: int = 1_000_000_000) -> bytes:
    """Return a PDF whose page is `size` blanks, compressed twice."""
    content = zlib.compress(deflated(size), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
        _stream(content, b"/Filter[/FlateDecode/FlateDecode]"),
    ]
    return _pdf(objects)


def pdf_of_a_huge_page() -> bytes:
    """Return a PDF whose page is larger than any sheet."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e9 1e9]/UserUnit 1e6/Contents 4 0 R>>",
        _stream(b"0 0 1e9 1e9 re f"),
    ]
    return _pdf(objects)


def pdf_of_a_million_pages() -> bytes:
    """Return a PDF that claims a million pages and lists the same one again and again."""
    kids = b"3 0 R " * 200_000
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + kids + b"]/Count 1000000>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    ]
    return _pdf(objects)


def laughs() -> bytes:
    """Return XML whose entities unfold to a billion words."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10))
    return b'<!DOCTYPE a [<!ENTITY e0 "ha">' + entities + b"]><a>&e9;</a>"


def deep_xml(depth: int = 200_000) -> bytes:
    """Return XML that is nested `depth` times."""
    return b"<a>" * depth + b"</a>" * depth


def gzip_of_blanks(size: int = 1_000_000_000) -> bytes:
    """Return gzip data of `size` blanks."""
    machine = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * 1_000_000
    return b"".join(machine.compress(block) for _ in range(size // len(block))) + machine.flush()


def zip_of_many(entries: int = 100_000) -> bytes:
    """Return a ZIP archive of empty entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(entries):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    return out.getvalue()


def tar_that_lies() -> bytes:
    """Return a TAR archive whose only entry claims eight gigabytes."""
    info = tarfile.TarInfo("large")
    info.size = 8 << 30
    return info.tobuf() + b"\0" * 1024


def deep_markdown() -> bytes:
    """Return Markdown of quotations within quotations, and of brackets that are never closed."""
    return b">" * 50_000 + b"\n\n" + b"[" * 50_000 + b"*_" * 50_000


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def _pdf(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return out + end % (count, table, count, len(out))
