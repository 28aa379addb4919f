"""Tables, archives, sounds and films as services really send them, and the names under which replies are saved."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.media.conftest import Seen, Shows
from widgets.fetch.body import Body
from widgets.http.message import Headers
from widgets.media import Piece, render
from widgets.media.decoders import film_facts, read_table
from widgets.media.names import ENDINGS, ending_of, file_name
from widgets.media.saving import Save
from widgets.media.viewers.archive import Pieces
from widgets.media.viewers.table import TableView
from widgets.model.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

TABLES = {
    "title": ("Land-Ocean: Global Means\nYear,Jan,Feb\n1880,-.20,-.25\n1881,***,-.15\n", ["Year", "Jan", "Feb"], 2),
    "comments": ("# made by\n# COLUMN a: Planet, Name\nname,r,m\nA b,1.1,2.0\nB c,2.2,3.0\n", ["name", "r", "m"], 2),
    "comment with a comma": ("# comment, with\nname,value,unit\na,1,K\nb,2,K\n", ["name", "value", "unit"], 2),
    "decimal commas": ("name;wert\na;1,5\nb;2,25\n", ["name", "wert"], 2),
    "decimal commas and tabs": ("Datum\tWert\n01.02.2026\t1.234,5\n02.02.2026\t2.345,6\n", ["Datum", "Wert"], 2),
    "lone CR": ("a,b\r1,2\r3,4\r", ["a", "b"], 2),
    "single quotes": ("'a','b, c'\n'x','y, z'\n'1','2, 2'\n", ["a", "b, c"], 2),
    "no head": ("1,2,3\n4,5,6\n7,8,9\n", ["column 1", "column 2", "column 3"], 3),
    "title and tabs": ("Some; title; here\n\na\tb\n1\t2;3\n4\t5;6\n", ["a", "b"], 2),
    "pipes": ("a|b|c\n1|2|3\n4|5|6\n", ["a", "b", "c"], 2),
    "one column": ("value\n1\n2\n3\n", ["value"], 3),
    "lines in quotes": ('name,note\na,"line 1\nline 2"\nb,"x, y"\n', ["name", "note"], 2),
    "backslashes": ('name,note\na,"he said \\"hi\\", then"\nb,"x"\n', ["name", "note"], 2),
    "doubled quotes": ('name,note\na,"he said ""hi"", then"\nb,"x"\n', ["name", "note"], 2),
    "words alone": ("city,land\nBerlin,DE\nParis,FR\nRoma,IT\n", ["city", "land"], 3),
    "years as names": ("land,2019,2020,2021\nDE,1,2,3\nFR,4,5,6\n", ["land", "2019", "2020", "2021"], 2),
    "head in a comment": ("# x y z\n1.0  2.0   3.0\n4.0  5.0   6.0\n", ["x", "y", "z"], 2),
    "sep": ("sep=;\na;b\n1;2\n3;4\n", ["a", "b"], 2),
    "percent": ("% MATLAB export\nt,v\n0,1\n1,2\n", ["t", "v"], 2),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_head_and_the_rows_of_a_table_are_found(name: str, shows: Shows) -> None:
    text, head, rows = TABLES[name]
    table = shows(text.encode(), "text/csv").one(TableView)._table
    assert (list(table.columns), len(table.rows)) == (head, rows)


def test_what_stands_above_a_table_is_kept(shows: Shows) -> None:
    html = shows(TABLES["comments"][0].encode(), "text/csv").html
    assert "2 lines above the table" in html
    assert "# COLUMN a: Planet, Name" in html


def test_numbers_with_decimal_commas_are_numbers(shows: Shows) -> None:
    view = shows(TABLES["decimal commas"][0].encode(), "text/csv").one(TableView)
    assert view._table.kinds == ("text", "number")


@pytest.mark.parametrize(("header", "first"), [("absent", "column 1"), ("present", "1")])
def test_the_header_parameter_is_obeyed(header: str, first: str) -> None:
    reply = Reply(
        "http://x/", 200, headers=Headers([("Content-Type", f"text/csv; header={header}")]), body=b"1,2\n3,4\n"
    )
    assert Seen(render(reply)).one(TableView)._table.columns[0] == first


def test_all_rows_can_be_reached(shows: Shows) -> None:
    seen = shows(b"n,m\n" + b"".join(b"%d,x\n" % n for n in range(25_000)), "text/csv")
    paged = next(view for view in seen if hasattr(view, "page") and hasattr(view, "_drawn"))
    assert paged.page.max == 26
    paged.page.value = 25
    paged.join(30)
    assert ">24999</td>" in Seen(paged._view).html


def test_the_last_events_are_shown_and_the_first_can_be_reached(shows: Shows) -> None:
    seen = shows(b"".join(b"data: event %d\n\n" % n for n in range(3500)), "text/event-stream")
    assert "event 3499<" in seen.html
    paged = next(view for view in seen if hasattr(view, "page") and hasattr(view, "_drawn"))
    paged.page.value = 1
    paged.join(30)
    assert "event 0<" in Seen(paged._view).html


@pytest.mark.parametrize(
    ("body", "table"),
    [
        (b'{"signature":{"v":"1"},"fields":["name","e"],"data":[["Eros","0.2"],["Ceres","0.1"]]}', ("name", "e")),
        (b'{"meta":{"n":2},"items":[{"a":1,"b":2},{"a":3,"b":4}]}', ("a", "b")),
        (b'{"hourly":{"time":["00:00","01:00"],"temperature":[1.5,2]}}', ("time", "temperature")),
        (b'[["NAME","POP"],["Ohio",11],["Iowa",3]]', ("NAME", "POP")),
        (b'{"columns":[{"name":"t"},{"name":"v"}],"rows":[[1,2],[3,4]]}', ("t", "v")),
    ],
)
def test_lists_and_fields_with_data_are_tables(body: bytes, table: tuple[str, ...], shows: Shows) -> None:
    found = shows(body, "application/json").one(TableView)._table
    assert found.columns == table
    assert len(found.rows) == 2


def saved_as(url: str, media_type: str, *disposition: str, body: bytes = b"x") -> str:
    headers = [("Content-Type", media_type), *(("Content-Disposition", value) for value in disposition)]
    seen = Seen(render(Reply(url, 200, headers=Headers(headers), body=body)))
    found = re.search(r'download="([^"]*)"', seen.one(Save).children[0].value)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="report 2026.csv"', "report 2026.csv"),
        ("attachment; filename=report.csv", "report.csv"),
        ("attachment; filename*=UTF-8''%E5%A0%B1%E5%91%8A.csv", "報告.csv"),
        ("attachment; filename*=UTF-8''report.csv; filename=\"x.csv\"", "report.csv"),
        ("attachment; filename=\"x.csv\"; filename*=UTF-8''report.csv", "report.csv"),
        ("inline; filename=apod.csv", "apod.csv"),
        ('attachment; filename="отчёт.csv"'.encode().decode("latin-1"), "отчёт.csv"),
        ('attachment; filename="../../etc/passwd.csv"', "passwd.csv"),
        ('attachment; filename="C:\\\\evil\\\\a.csv"', "a.csv"),
        ('attachment; filename="a\u202evsc.exe"', "a_vsc.exe"),
        ("attachment; filename==?utf-8?B?cmVwb3J0LmNzdg==?=", "report.csv"),
        ("filename=report.csv", "report.csv"),
        ('attachment; filename="report.csv', "report.csv"),
        ("attachment; filename='report.csv'", "report.csv"),
        ('attachment; filename*0="a long "; filename*1="name.csv"', "a long name.csv"),
        ("attachment", "export.csv"),
        ('attachment; filename=""', "export.csv"),
        ('attachment; filename=".."', "export.csv"),
    ],
)
def test_a_reply_is_saved_under_the_name_that_its_header_gives(disposition: str, name: str) -> None:
    assert saved_as("http://x/export?id=17", "text/csv", disposition) == name


@pytest.mark.parametrize(
    ("address", "media_type", "name"),
    [
        ("http://x/export.php?id=17", "text/csv", "export.csv"),
        ("http://x/Query.ASPX", "application/json", "Query.json"),
        ("http://x/export.php", "text/plain", "export.php"),
        ("http://x/v1.0", "text/csv", "v1.0.csv"),
        ("http://x/.php", "text/csv", "php.csv"),
    ],
)
def test_the_ending_of_the_program_is_not_that_of_what_it_made(address: str, media_type: str, name: str) -> None:
    assert saved_as(address, media_type) == name


@pytest.mark.parametrize(
    ("media_type", "ending"),
    [
        ("application/rss+xml", ".xml"),
        ("application/xml", ".xml"),
        ("application/vnd.api+json", ".json"),
        ("application/stream+json", ".jsonl"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
        ("application/epub+zip", ".epub"),
        ("application/vnd.google-earth.kmz", ".kmz"),
        ("application/java-archive", ".jar"),
        ("application/x-yaml", ".yaml"),
        ("image/x-xbitmap", ".xbm"),
        ("image/x-xpixmap", ".xpm"),
        ("image/qoi", ".qoi"),
        ("image/x-portable-arbitrarymap", ".pam"),
    ],
)
def test_a_name_without_an_ending_gets_that_of_its_type(media_type: str, ending: str) -> None:
    assert file_name(Piece("http://x/export", b""), media_type) == f"export{ending}"


def test_endings_do_not_depend_on_the_machine() -> None:
    assert len(ENDINGS) > 100
    assert ending_of("text/javascript") == ".js"
    assert ending_of("image/x-unheard-of") == ".bin"


def test_both_forms_of_a_coded_body_are_saved_with_their_digests() -> None:
    plain = tarred({"a.txt": b"words"})
    coded = gzip.compress(plain)
    headers = Headers([("Content-Type", "application/x-tar"), ("Content-Encoding", "x-gzip")])
    seen = Seen(render(Reply("http://x/set.tar.gz", 200, headers=headers, body=plain, received=coded)))
    names = [re.findall(r'download="([^"]*)"', one.children[0].value) for one in seen if isinstance(one, Save)]
    assert names == [["set.tar"], ["set.tar.gz"]]
    for body in (plain, coded):
        assert hashlib.sha256(body).hexdigest() in seen.whole.strip.value


def test_what_was_packed_twice_has_one_ending_after_the_first_is_undone() -> None:
    inner = gzip.compress(b'{"a": 1}')
    headers = Headers([("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
    coded = gzip.compress(inner)
    seen = Seen(render(Reply("http://x.example/data", 200, headers=headers, body=inner, received=coded)))
    names = [re.findall(r'download="([^"]*)"', one.children[0].value) for one in seen if isinstance(one, Save)]
    assert names[-2:] == [["data.gz"], ["data.gz.gz"]]


def tarred(entries: dict[str, bytes], mode: str = "w", encoding: str = "utf-8") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, encoding=encoding, format=tarfile.GNU_FORMAT) as archive:  # type: ignore[call-overload]
        for name, body in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return out.getvalue()


@pytest.mark.parametrize("declared", ["application/gzip", "application/x-tar", "application/x-gtar", ""])
def test_a_packed_archive_is_listed_whatever_it_is_called(declared: str, shows: Shows) -> None:
    seen = shows(tarred({f"data/{n}.csv": b"a,b\n1,2\n" for n in range(5)}, "w:gz"), declared)
    assert "5 entries" in seen.html
    assert "data/4.csv" in seen.html
    assert seen.whole.verdict.agreed


def test_a_large_packed_archive_is_listed_from_its_file() -> None:
    out = Body(in_memory=1000)
    archive = gzip.compress(tarred({f"{n}.bin": bytes([n]) * 12_000_000 for n in range(5)}), 1)
    out.append(archive)
    seen = Seen(render(Piece("http://x/set.tar.gz", out, "application/gzip")))
    assert "5 entries" in seen.html
    assert "4.bin" in seen.html


def test_the_first_rows_of_a_packed_table_are_shown_however_long_it_is(shows: Shows) -> None:
    rows = b"a,b\n" + b"0,0\n" * 8_000_000
    headers = shows(gzip.compress(rows, 9), "application/gzip")
    pieces = headers.one(Pieces)
    pieces.join(30)
    assert "of what it holds are opened here" in headers.html


@pytest.mark.parametrize(("codec", "name"), [("shift_jis", "資料の一覧.csv"), ("cp866", "отчёт за год.csv")])
def test_names_in_an_archive_are_read_by_their_charset(codec: str, name: str, shows: Shows) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x" * len(name.encode(codec)), b"a")
    body = out.getvalue().replace(b"x" * len(name.encode(codec)), name.encode(codec))
    seen = shows(body, "application/zip", charset=codec)
    assert name in seen.html
    assert name in shows(tarred({name: b"a"}, encoding=codec), "application/x-tar", charset=codec).html


def wave(tag: int) -> bytes:
    head = struct.pack("<HHIIHH", tag, 1, 8000, 8000, 1, 8)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + 800)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + head
        + b"data\x20\3\0\0"
        + b"\x80" * 800
    )


def boxed(codec: bytes, brand: bytes = b"isom") -> bytes:
    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + kind + body

    entry = box(b"stsd", struct.pack(">II", 0, 1) + box(codec, b"\0" * 70))
    track = box(b"tkhd", b"\0" * 76 + struct.pack(">II", 1920 << 16, 1080 << 16))
    media = box(b"mdia", box(b"minf", box(b"stbl", entry)))
    head = box(b"mvhd", b"\0" * 12 + struct.pack(">II", 1000, 62_500) + b"\0" * 80)
    return box(b"ftyp", brand + b"\0\0\0\0") + box(b"moov", head + box(b"trak", track + media))


@pytest.mark.parametrize(
    ("body", "declared", "words", "plays"),
    [
        (wave(0x11), "audio/wav", "Browsers do not play IMA ADPCM", False),
        (wave(2), "audio/wav", "Browsers do not play Microsoft ADPCM", False),
        (boxed(b"hvc1"), "video/mp4", "Not every browser plays HEVC (H.265)", True),
        (boxed(b"s263", b"3gp4"), "video/3gpp", "Browsers do not play H.263", False),
        (boxed(b"mp4v"), "video/mp4", "Browsers do not play MPEG-4 Part 2", False),
        (
            b"OggS" + b"\0" * 24 + b"\x80theora" + b"\3\2\1" + b"\0" * 40,
            "video/ogg",
            "Browsers do not play Theora",
            False,
        ),
        (b"OggS" + b"\0" * 24 + b"\x80theora" + b"\3\2\1" + b"\0" * 40, "", "Browsers do not play Theora", False),
        (b"RIFF\0\0\0\0AVI LIST" + b"\0" * 60, "video/x-msvideo", "Browsers do not play AVI", False),
        (b"FLV\1\5\0\0\0\x09" + b"\0" * 60, "video/x-flv", "Browsers do not play Flash Video", False),
    ],
)
def test_what_cannot_be_played_says_so(body: bytes, declared: str, words: str, plays: bool, shows: Shows) -> None:
    html = shows(body, declared).html
    assert words in html
    assert ("<audio" in html or "<video" in html) == plays


def test_the_facts_of_a_film_are_those_of_its_container(shows: Shows) -> None:
    assert "MPEG-4, H.264, 1920 × 1080 pixels, 62.5 s" in shows(boxed(b"avc1"), "video/mp4").html
    assert film_facts(boxed(b"avc1")).plays == "yes"
    assert film_facts(b"").container == ""


def test_a_plain_sound_has_its_player_still(shows: Shows, sound: Callable[[], bytes]) -> None:
    html = shows(sound, "audio/wav").html
    assert "<audio" in html
    assert "Browsers do not play" not in html


@pytest.mark.long
def test_an_archive_of_a_gigabyte_is_listed_in_bounded_memory() -> None:
    body = Body()
    pack = zlib.compressobj(0, zlib.DEFLATED, 31)
    piece = bytes(range(256)) * 4096
    for number in range(16):
        info = tarfile.TarInfo(f"{number}.bin")
        info.size = 64 * len(piece)
        body.append(pack.compress(info.tobuf()))
        for _ in range(64):
            body.append(pack.compress(piece))
    body.append(pack.compress(b"\0" * 1024) + pack.flush())
    assert len(body) > 1 << 30
    Path("/proc/self/clear_refs").write_text("5")
    before = resident()
    seen = Seen(render(Piece("http://x/set.tar.gz", body, "application/x-tar")))
    assert "0.bin" in seen.html
    assert re.search(r"16 entries|These are the first", seen.html)
    assert resident() - before < 64_000_000


def resident() -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_backslash_before_a_quote_keeps_it_also_beside_empty_cells(quote: str) -> None:
    lines = [("id", "name", "note"), ("1", "a, b", ""), ("2", f"it\\{quote}s", f"5\\{quote}")]
    text = "".join(",".join(f"{quote}{cell}{quote}" for cell in line) + "\n" for line in lines)
    table = read_table(text)
    assert [table.columns, *table.rows] == [
        ("id", "name", "note"),
        ("1", "a, b", ""),
        ("2", f"it{quote}s", f"5{quote}"),
    ]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_quote_that_is_doubled_stays_one_where_backslashes_are_paths(quote: str) -> None:
    lines = [("id", "name", "path"), ("1", "a, b", ""), ("2", f"it{quote * 2}s", "C:\\")]
    text = "".join(",".join(f"{quote}{cell}{quote}" for cell in line) + "\n" for line in lines)
    assert read_table(text).rows[1] == ("2", f"it{quote}s", "C:\\")
