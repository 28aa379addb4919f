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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

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


def _table(texts: list[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(texts[:40])
    for text in texts:
        writer.writerow([text] * 3)
    return out.getvalue().replace("\0", "")
