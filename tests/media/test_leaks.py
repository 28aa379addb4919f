"""After replies of every kind were shown, played with and closed, nothing of them is left."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets
import pytest
from ipywidgets.widgets import widget as registry

from widgets.kit.widgetry import close
from widgets.media import Piece, render
from widgets.media.registry import View, offers
from widgets.media.viewers.archive import Pieces
from widgets.media.viewers.drawn import Chosen
from widgets.media.viewers.pdf import PdfView
from widgets.media.viewers.table import TableView
from widgets.media.viewers.tree import TreeView

from . import bombs, files
from .conftest import walk
from .viewers import test_columns, test_database, test_geo, test_hdf, test_known, test_office, test_votable

if TYPE_CHECKING:
    from widgets.media import MediaView

CODED = base64.b64encode(files.picture()).decode()
SHOWN: dict[str, tuple[bytes, str]] = {
    "a drawing": (b"<svg/>", "image/svg+xml"),
    "a film": (b"\0\0\0\x18ftypmp42", "video/mp4"),
    "a list": (files.zipped({"a.csv": b"a,b\n1,x\n", "b.zip": files.zipped({"c": b"d"})}), "application/zip"),
    "a list of events": (b"data: one\n\n", "text/event-stream"),
    "a list of files": (files.tarred({"a": b"x"}), "application/x-tar"),
    "a page made from Markdown": (b"# Title", "text/markdown"),
    "a page without its scripts": (b"<p>x", "text/html"),
    "a picture": (files.picture("TIFF", mode="I;16"), "image/tiff"),
    "a picture as it came": (files.picture(), "image/png"),
    "a table": (b"a,b\n1,x\n", "text/csv"),
    "a tree": (json.dumps([{"a": 1, "b": CODED}]).encode(), "application/json"),
    "a tree of elements": (b"<a/>", "application/xml"),
    "a tree of lines": (b'{"a": 1}\n', "application/x-ndjson"),
    "bytes": (bytes(9000), "x/y"),
    "header cards and data": (files.fits(), "application/fits"),
    "pages": (files.document(), "application/pdf"),
    "parts": (b"--a\r\n\r\none\r\n--a--", "multipart/mixed"),
    "a letter": (b"From: a@b.example\r\nSubject: x\r\n\r\nwords\r\n", "message/rfc822"),
    "data of a known kind, which is not drawn": (b"\xcd\xf3\x00\x01" + bytes(99), "application/x-cdf"),
    "sound": (files.sound(), "audio/wav"),
    "text": (b"words", "text/plain"),
    "a book": (test_office.book(), test_office.EPUB),
    "a document as a page": (test_office.document(files.picture()), test_office.DOCX),
    "a table of columns": (test_columns.parquet(test_columns.table(1100)), test_columns.PARQUET),
    "a table of the virtual observatory": (test_votable.made(), test_votable.VOTABLE),
    "a tree of TOML": (b"a = 1", "application/toml"),
    "a tree of YAML": (b"a: 1", "application/yaml"),
    "a tree of arrays": (test_hdf.netcdf(), test_hdf.NETCDF),
    "a tree of packed data": (b"\x91\x01", "application/msgpack"),
    "an outline and a list": (test_geo.kmz(test_geo.PLACES.encode()), test_geo.KMZ),
    "an outline and a tree": (b'{"type": "Point", "coordinates": [1, 2]}', test_geo.GEOJSON),
    "an outline of placemarks and a tree": (test_geo.PLACES.encode(), test_geo.KML),
    "an outline of tracks and a tree": (test_geo.TRACKS.encode(), test_geo.GPX),
    "arrays of NumPy": (test_hdf.saved(one=test_hdf.RAMP, other=test_hdf.RAMP), "application/x-npz"),
    "DICOM, which is not drawn": (bytes(128) + b"DICM" + bytes(9000), "application/dicom"),
    "GRIB, which is not drawn": (test_known.grib(2), "application/x-grib"),
    "sheets": (test_office.workbook(1100), test_office.XLSX),
    "tables of a database": (test_database.database(*test_database.PLANETS), test_database.SQLITE),
    "what is packed in it": (gzip.compress(b"words"), "application/gzip"),
}
OTHERS = {
    "a table without numbers": (b"a,b\nx,y\n", "text/csv"),
    "a page of bytes": (b"\0\1", "x/y"),
    "a reply that is not what it says": (b"Sorry!", "image/png"),
    "a viewer that fails": (b"{not json", "application/json"),
    "a decoder that dies": (bombs.deep_json(), "application/json"),
}


def play(view: MediaView) -> None:
    """Do what a person may do, and wait for it."""
    for one in list(walk(view)):
        match one:
            case TableView():
                one.sort.value = 0
            case TreeView():
                one.query.value = "[0]"
                one.join(30)
            case Pieces():
                one.take_out()
                one.join(30)
            case PdfView():
                one.turn_to(2)
            case Chosen():
                for chooser in one.choices.values():
                    if isinstance(chooser, ipywidgets.Dropdown):
                        chooser.index = len(chooser.options) - 1
                    else:
                        chooser.value = chooser.max
                one.join(30)
    for chosen in ("text/plain", ""):
        view.choice.value = chosen
        view.join(30)


STAYING = ("decoder ", "saving")
"""How the names of threads begin that serve whatever is shown next."""


def counts() -> tuple[int, int, int]:
    return len(registry._instances), len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


def at_work(before: set[threading.Thread]) -> list[threading.Thread]:
    """What has begun since then, and ends."""
    return [each for each in threading.enumerate() if each not in before and not each.name.startswith(STAYING)]


def test_every_kind_is_tried() -> None:
    assert set(SHOWN) >= {kind for kind, _ in offers() if not kind.startswith("application/x-")}


@pytest.mark.parametrize("name", SHOWN | OTHERS)
def test_nothing_is_left_of(name: str) -> None:
    body, media_type = (SHOWN | OTHERS)[name]

    others = set(threading.enumerate())

    def once() -> tuple[int, int, int]:
        view = render(Piece("http://x.example/file", body, media_type))
        raw = render(Piece("http://x.example/file", body, media_type), shown_as="application/octet-stream")
        play(view)
        close(view)
        close(raw)
        # What is still being made is closed when it is: a letter is opened beside its list.
        while begun := at_work(others):
            begun[0].join(60)
            assert not begun[0].is_alive(), begun[0]
        return counts()

    widgets, opened, threads = once()  # The decoders and what they are started with stay.
    for _ in range(3):
        after = once()
    assert after[0] == widgets
    assert after[1] <= opened + 4  # Two decoders, each with its pipe, may have begun meanwhile.
    assert after[2] <= threads + 2


@pytest.mark.parametrize("times", [20, pytest.param(300, marks=pytest.mark.long)])
def test_memory_is_back_where_it_was_after_many_large_replies(times: int) -> None:
    # In a process of its own: what other tests left in pieces would decide where the allocator puts these bodies.
    told = subprocess.run(
        [sys.executable, "-m", "tests.media.wear", str(times)], check=True, capture_output=True, text=True, timeout=500
    )
    grown = json.loads(told.stdout)["resident"]
    assert grown < 30_000_000  # Each holds 3 MB while it is shown; nothing is held (2 MB).


def test_a_view_closes_what_was_never_placed_and_what_comes_too_late() -> None:
    class Late(View):
        def __init__(self) -> None:
            self.spare = ipywidgets.Button(description="never placed")
            self.spares = (ipywidgets.Button(), ipywidgets.Button())
            self.box = ipywidgets.VBox()
            super().__init__([self.box])

    before = len(registry._instances)
    view = Late()
    close(view)
    view.swap(view.box, ipywidgets.HTML("late"))
    assert len(registry._instances) == before


def test_the_kernel_writes_no_file_for_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for body, media_type in SHOWN.values():
        close(render(Piece("http://x.example/file", body, media_type)))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
