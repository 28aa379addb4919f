"""Strings that try to run a script or to send a request out, by known technique, and replies that carry them.

The strings are in attacks.json. In each, JS stands for a script that tells a beacon that it ran, and URL for an address
of the beacon whose mere request is a success of the attack. A browser test serves `replies(beacon)` from a service,
shows each with the dashboard, and finds that the beacon was asked for nothing:

    for reply in attacks.replies("http://127.0.0.1:8123"):
        ...  # serve reply.body with reply.headers at reply.path, fetch it, wait a moment
    assert beacon.asked == []   # each would name the attack: /ran/<number> or /asked/<number>
"""

from __future__ import annotations

import csv
import io
import json
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import pypdf

if TYPE_CHECKING:
    from collections.abc import Iterator

TECHNIQUES: dict[str, list[str]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
STRINGS = [text for texts in TECHNIQUES.values() for text in texts]


@dataclass(frozen=True)
class Hostile:
    """A reply that carries attacks."""

    path: str
    media_type: str
    body: bytes
    description: str = ""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As a service would send them; what cannot stand in a header is left out."""
        line = "".join(char for char in self.description if char not in "\r\n\0")
        sent = line.encode("utf-8", "replace").decode("latin-1")
        return (("Content-Type", self.media_type), ("X-Description", sent), ("X-Note", sent))


def armed(beacon: str) -> list[str]:
    """Return every string with its script and address filled in; the number in both is its place in the list."""
    return [
        text.replace("JS", f"new/**/Image().src='{beacon}/ran/{number}'").replace("URL", f"{beacon}/asked/{number}")
        for number, text in enumerate(STRINGS)
    ]


def replies(beacon: str) -> Iterator[Hostile]:
    """Yield every string as a page, as a drawing and as text, and all of them inside every structure."""
    texts = armed(beacon)
    for number, text in enumerate(texts):
        body = text.encode("utf-8", "replace")
        path = f"/{number}/{quote(text, safe='', errors='replace')[:300]}"
        yield Hostile(path, "text/html", b"<!doctype html>" + body, text)
        if text.startswith(("<svg", "<?xml", "<!DOCTYPE svg")):
            yield Hostile(
                f"/svg{path}", "image/svg+xml", body.replace(b"<svg>", b'<svg xmlns="http://www.w3.org/2000/svg">')
            )
    whole = "\n".join(texts)
    yield Hostile("/plain", "text/plain", whole.encode("utf-8", "replace"))
    yield Hostile("/markdown", "text/markdown", whole.encode("utf-8", "replace"))
    yield Hostile("/untyped", "", whole.encode("utf-8", "replace"))
    yield Hostile("/unknown", "application/x-<img src=x onerror=x>", whole.encode("utf-8", "replace"))
    yield Hostile(
        "/json", "application/json", json.dumps({text: {"value": text, "list": [text]} for text in texts}).encode()
    )
    yield Hostile("/csv", "text/csv", _table(texts).encode("utf-8", "replace"))
    lines = [text.replace("\r", " ").replace("\n", " ").replace("\0", "") for text in texts]
    yield Hostile("/lines", "application/x-ndjson", "\n".join(json.dumps(line) for line in lines).encode())
    live = "".join(f"event: {line}\ndata: {line}\n\n" for line in lines)
    yield Hostile("/events", "text/event-stream", live.encode("utf-8", "replace"))
    yield Hostile("/xml", "application/xml", _xml(lines))
    yield Hostile("/zip", "application/zip", _zip(lines))
    yield Hostile("/tar", "application/x-tar", _tar(lines))
    yield Hostile("/parts", "multipart/mixed", _multipart(lines))
    yield Hostile("/fits", "application/fits", _fits(lines))
    for start in range(0, len(texts), 20):
        yield Hostile(f"/pdf/{start}", "application/pdf", _pdf(texts[start : start + 20]))


def _xml(lines: list[str]) -> bytes:
    words = ["".join(char for char in line if char.isprintable()) for line in lines]
    elements = "".join(f"<b c={quoteattr(word)}>{escape(word)}</b>" for word in words)
    return f"<a>{elements}</a>".encode("utf-8", "replace")


def _zip(lines: list[str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for line in lines:
            archive.writestr(zipfile.ZipInfo(line.encode("utf-8", "replace").decode()), line.encode("utf-8", "replace"))
    return out.getvalue()


def _tar(lines: list[str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for line in lines:
            archive.addfile(tarfile.TarInfo(line.encode("utf-8", "replace").decode()))
    return out.getvalue()


def _multipart(lines: list[str]) -> bytes:
    parts = [
        f'--cut\r\nContent-Type: text/html\r\nContent-Disposition: form-data; name="{line}"\r\n\r\n{line}\r\n'
        for line in lines[:150]
    ]
    return "".join([*parts, "--cut--\r\n"]).encode("utf-8", "replace")


def _fits(lines: list[str]) -> bytes:
    plain = [line.encode("ascii", "replace").decode()[:60].replace("'", "") for line in lines]
    cards = ["SIMPLE  =                    T", *(f"EVIL    = '{line}' / x" for line in plain), "NAXIS   = 0", "END"]
    head = "".join(card.ljust(80)[:80] for card in cards)
    return head.ljust(-(-len(head) // 2880) * 2880).encode()


def _pdf(texts: list[str]) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    for number, text in enumerate(texts):
        words = text.encode("utf-8", "replace").decode()
        writer.add_metadata({f"/{'Title' if number == 0 else f'Key{number}'}": words})
        writer.add_outline_item(title=words, page_number=0)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _table(texts: list[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(texts[:40])
    for text in texts:
        writer.writerow([text] * 3)
    return out.getvalue().replace("\0", "")
