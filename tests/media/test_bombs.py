"""A bomb takes down its decoder and nothing else: the view comes in time, and the kernel stays small."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from widgets.media import child
from widgets.media.viewers.pdf import PdfView

from . import bombs

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shows

MEGABYTE = 1_000_000
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a picture of 169 million pixels": ("image/png", bombs.huge_png),
    "a picture of 20,000 frames": ("image/gif", bombs.long_gif),
    "deep JSON": ("application/json", bombs.deep_json),
    "a number of a million digits": ("application/json", bombs.long_number),
    "JSON of five million objects": ("application/json", bombs.broad_json),
    "JSON of repeated keys": ("application/json", bombs.repeated_keys),
    "a table of three million columns": ("text/csv", bombs.wide_csv),
    "a cell without end": ("text/csv", bombs.endless_cell),
    "a PDF of forms within forms": ("application/pdf", bombs.pdf_of_forms),
    "a PDF of a gigabyte of blanks": ("application/pdf", bombs.pdf_of_blanks),
    "a PDF of a huge page": ("application/pdf", bombs.pdf_of_a_huge_page),
    "a PDF of a million pages": ("application/pdf", bombs.pdf_of_a_million_pages),
    "a billion laughs": ("application/xml", bombs.laughs),
    "deep XML": ("application/xml", bombs.deep_xml),
    "a gigabyte in gzip": ("application/gzip", bombs.gzip_of_blanks),
    "a ZIP of 100,000 entries": ("application/zip", bombs.zip_of_many),
    "a TAR that lies about its size": ("application/x-tar", bombs.tar_that_lies),
    "deep Markdown": ("text/markdown", bombs.deep_markdown),
}


def peak_memory() -> int:
    """Bytes that this process has held at most since the peak was forgotten."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


class Pulse:
    """Notes how long this process was at work without a turn for other threads: a busy machine does not count."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        last = time.process_time()
        while not self._over.wait(0.02):
            now = time.process_time()
            self.longest = max(self.longest, now - last)
            last = now


@pytest.mark.parametrize("name", BOMBS)
def test_nothing_but_the_decoder_suffers_from(name: str, shows: Shows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 3.0)  # As for people, only sooner.
    media_type, make = BOMBS[name]
    body = make()
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_memory()  # What earlier tests left in this process is not the bomb's.
    started = time.monotonic()
    with Pulse() as pulse:
        seen = shows(body, media_type)
        views = [widget for widget in seen if isinstance(widget, PdfView)]
        while views and not (views[0]._picture.value and views[0]._text.value) and time.monotonic() - started < 60:
            time.sleep(0.02)
    assert time.monotonic() - started < 40
    assert pulse.longest < 1
    assert peak_memory() - before < 450 * MEGABYTE
    assert (
        "reduced from" in seen.html
        or "Shown as " in seen.html
        or "cannot be" in seen.html
        or "<details" in seen.html
        or "ww-table" in seen.html
    )
    assert len(seen.html) < 5 * MEGABYTE


def test_the_next_reply_is_shown_after_a_bomb(shows: Shows, picture: Callable[..., bytes]) -> None:
    shows(bombs.deep_json(), "application/json")
    assert "60 × 40 pixels" in shows(picture(), "image/png").html
