from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from widgets.media.blob import Piece
from widgets.media.decoders import Table
from widgets.media.stage import Stage
from widgets.media.viewers.pieces import DEEPEST, Pieces
from widgets.media.viewers.table import TableView, sorted_by

from .conftest import Seen, Shows
from .files import tarred, zipped

if TYPE_CHECKING:
    from collections.abc import Callable


def opened(seen: Seen, number: int = 0) -> Seen:
    """Open a piece and return what stands below."""
    pieces = seen.one(Pieces)
    pieces.choice.value = number
    pieces.take_out()
    pieces.join(30)
    return Seen(pieces.stage.children[0]) if pieces.stage.children else Seen(pieces.message)


@pytest.mark.parametrize(
    ("make", "media_type"), [(zipped, "application/zip"), (tarred, "application/x-tar")], ids=["zip", "tar"]
)
def test_an_archive_is_a_list_and_each_entry_opens_in_its_viewer(
    shows: Shows, picture: Callable[..., bytes], make: Callable[..., bytes], media_type: str
) -> None:
    seen = shows(make({"notes/a.txt": b"some words", "b<b>.png": picture()}), media_type)
    assert "<td>notes/a.txt</td><td>10 bytes" in seen.html
    assert "b&lt;b&gt;.png" in seen.html
    assert "some words" in opened(seen).html
    assert "PNG, 60 × 40 pixels" in opened(seen, 1).html


def test_links_and_folders_are_listed_but_not_opened(shows: Shows) -> None:
    seen = shows(tarred({"a": b"x"}), "application/x-tar")
    assert "<td>link</td><td>a link or a device</td>" in seen.html
    assert len(seen.one(Pieces).choice.options) == 1


@pytest.mark.parametrize(
    ("pack", "media_type"),
    [(gzip.compress, "application/gzip"), (bz2.compress, "application/x-bzip2"), (lzma.compress, "application/x-xz")],
)
def test_packed_bytes_are_unpacked_and_shown_at_once(shows: Shows, pack: Callable[..., bytes], media_type: str) -> None:
    seen = shows(pack(b"some words"), media_type)
    pieces = seen.one(Pieces)
    pieces.join(30)
    assert "some words" in Seen(pieces.stage).html


def test_a_packed_archive_is_unpacked_and_listed(shows: Shows) -> None:
    seen = shows(gzip.compress(tarred({"inside.txt": b"x"})), "application/gzip")
    pieces = seen.one(Pieces)
    pieces.join(30)
    assert "inside.txt" in Seen(pieces.stage).html


def test_archives_within_archives_end_somewhere(shows: Shows) -> None:
    body = b"the end"
    for _ in range(DEEPEST + 1):
        body = zipped({"next": body})
    seen = shows(body, "application/zip")
    for _ in range(DEEPEST):
        seen = opened(seen)
    assert f"it lies {DEEPEST} deep in other archives" in seen.html


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (zipped({"bomb": b"\0" * 19_000_000}), "more than 200 times its size"),
        (zipped({"bomb": b"\0" * 100_000_000}), "unfolds to more than 20 MB"),
    ],
    ids=["ratio", "size"],
)
def test_an_entry_that_unfolds_to_too_much_is_not_opened(shows: Shows, body: bytes, reason: str) -> None:
    assert reason in opened(shows(body, "application/zip")).html


def test_an_archive_with_very_many_entries_lists_the_first(shows: Shows) -> None:
    seen = shows(zipped({f"{number}": b"" for number in range(2500)}), "application/zip")
    assert "2,500 entries, the first 2,000 are listed" in seen.html


def test_a_locked_entry_says_so(shows: Shows) -> None:
    body = bytearray(zipped({"a": b"secret"}))
    body[body.index(b"PK\1\2") + 8] |= 1
    body[6] |= 1
    assert "it is locked with a password" in shows(bytes(body), "application/zip").html


def test_the_parts_of_a_multipart_body_open_in_their_viewers(shows: Shows, picture: Callable[..., bytes]) -> None:
    body = (
        b"preamble\r\n--cut\r\nContent-Type: text/plain; charset=latin-1\r\n\r\ngr\xf6\xdfer\r\n--cut\r\n"
        b'Content-Type: image/png\r\nContent-Disposition: form-data; name="x"; filename="a.png"\r\n\r\n'
        + picture()
        + b"\r\n--cut--\r\nepilogue"
    )
    seen = shows(body, "multipart/mixed")
    assert "2 parts" in seen.html
    assert "größer" in opened(seen, 0).html
    assert "PNG, 60 × 40 pixels" in opened(seen, 1).html


def test_events_are_a_table(shows: Shows) -> None:
    body = b": hello\nid: 7\nevent: tick\ndata: one\ndata: two\n\ndata: <b>\n\ndata: unfinished"
    html = shows(body, "text/event-stream").html
    assert '<td class="ww-text">7</td><td class="ww-text">tick</td><td class="ww-text">one\ntwo</td>' in html
    assert '<td class="ww-text">message</td><td class="ww-text">&lt;b&gt;</td>' in html
    assert "unfinished" in html


def test_json_lines_are_a_tree_and_a_bad_line_stays_readable(shows: Shows) -> None:
    html = shows(b'{"a": 1}\nnot json\n\n{"b": 2}\n', "application/x-ndjson").html
    assert "3 items" in html
    assert "not JSON" in html


def test_xml_is_a_tree_without_namespaces(shows: Shows) -> None:
    body = b'<?xml version="1.0"?><f:feed xmlns:f="http://x"><entry id="7">words</entry><!-- note --></f:feed>'
    html = shows(body, "application/xml").html
    assert "<strong>feed</strong>" in html
    assert '<strong>@id</strong> <code class="ww-attribute">7</code>' in html
    assert '<code class="ww-text">words</code>' in html


@pytest.mark.parametrize("media_type", ["application/rss+xml", "text/xml", "application/atom+xml"])
def test_types_of_the_xml_family_are_trees(shows: Shows, media_type: str) -> None:
    assert "ww-tree" in shows(b"<a><b>1</b></a>", media_type).html


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"<!DOCTYPE a [%s]><a>&e19;</a>"
        % b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 20)),
    ],
    ids=["entity", "file", "a billion laughs"],
)
def test_entities_are_never_resolved(shows: Shows, body: bytes) -> None:
    seen = shows(body, "application/xml")
    assert "it has entities, which can unfold without end" in seen.html
    assert "root:" not in seen.html


def test_markdown_is_a_page_in_the_frame(shows: Shows) -> None:
    seen = shows(b"# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>x()</script>", "text/markdown")
    assert '<iframe class="ww-frame" sandbox=""' in seen.html
    assert "&lt;h1&gt;Title&lt;/h1&gt;" in seen.html
    assert "&lt;table&gt;" in seen.html
    assert "<script" not in seen.html


def test_the_links_of_a_page_are_listed_as_text(shows: Shows) -> None:
    html = shows(b'<a href="http://x.example/?a=1&b=2">The <b>words</b></a><a name=x>no link</a>', "text/html").html
    assert "1 links" in html
    assert "<td>The words</td><td>http://x.example/?a=1&amp;b=2</td>" in html


def test_a_wav_file_shows_its_wave_form_and_its_facts(shows: Shows, sound: bytes) -> None:
    html = shows(sound, "audio/wav").html
    assert "WAV, 1.0 s, 8,000 samples a second, 8 bits, mono" in html
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert found
    assert base64.b64decode(found[1]).startswith(b"<svg")


def test_a_broken_wav_file_can_still_be_tried(shows: Shows) -> None:
    assert "No wave form" in shows(b"RIFF\0\0\0\0WAVEjunk", "audio/wav").html


def test_a_table_is_sorted_as_numbers_and_as_words(shows: Shows) -> None:
    view = shows(b"name,mass\nb,10\na,9\nc,\n", "text/csv").one(TableView)

    def order() -> list[str]:
        return re.findall(r'<td class="ww-text">(\w)</td>', view._grid.value)

    assert order() == ["b", "a", "c"]
    view.sort.value = 0
    assert order() == ["a", "b", "c"]
    view.sort.value = 1
    assert order() == ["a", "b", "c"]
    view.falling.value = True
    assert order() == ["c", "b", "a"]
    view.sort.value = -1
    assert order() == ["b", "a", "c"]


def test_a_column_of_numbers_is_drawn(shows: Shows) -> None:
    view = shows(b"name,mass\nb,10\na,9\nc,nan\nd,x\ne,1e308\nf,-1e308\n", "text/csv").one(TableView)
    assert [label for label, _ in view.plot.options] == ["nothing", "2. mass"]
    view.plot.value = 1
    assert "mass: from -1e+308 to 1e+308, 4 rows" in view._drawing.value


def test_sorting_keeps_every_row() -> None:
    table = Table(("a",), (("nan",), ("2",), ("",), ("1",)), ("number",))
    assert [row[0] for row in sorted_by(table, 0).rows] == ["1", "2", "", "nan"]


def test_a_piece_knows_how_deep_it_lies(shows: Shows) -> None:
    seen = opened(shows(zipped({"a.json": json.dumps({"a": 1}).encode()}), "application/zip"))
    assert isinstance(seen.widget, Stage)
    assert isinstance(seen.widget._reply, Piece)
    assert seen.widget._reply.depth == 1


def test_every_piece_can_be_chosen_even_if_two_have_the_same_name(shows: Shows) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("same", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("same", b"second")
    seen = shows(out.getvalue(), "application/zip")
    assert "second" in opened(seen, 1).html
