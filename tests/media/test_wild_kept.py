"""What stays right beside the rules for replies under wrong types and charsets: the other side of each rule."""

from __future__ import annotations

import csv
import io
import random
import tarfile
import time

import openpyxl
import pytest

from tests.media.conftest import LINEAR, growth
from tests.media.test_wild_kinds import fetched
from tests.media.test_wild_more import PLAYERS, compound
from widgets.media import Piece, child
from widgets.media.charset import LOOKED_AT, decode
from widgets.media.decoders import multipart, read_table
from widgets.media.decoders.dialect import find_dialect
from widgets.media.decoders.values import read_values
from widgets.media.names import disposed
from widgets.media.registry import kind_of
from widgets.media.sniff import sniff
from widgets.media.verdict import judge
from widgets.media.viewers.page import _why_blank
from widgets.media.viewers.text import TextView
from widgets.media.viewers.tree import recoded

PLAIN = ["the quick report says that our plan was late", "we don’t know", "it’s the user’s choice", "word—word", "10‰"]
SIGNS = ["“fine”", "‘so’", "– he said…", "€5", "• one\n", "Acme™", "note†", "© 2024", "§ 4", "90°"]
LETTERS = (["été", "garçon œuvre", "à côté"], ["größer", "Straße Öl"], ["año niño"], ["på fjället"], ["não são"])


def _words(seed: int, parts: list[str]) -> str:
    chosen = random.Random(seed)  # noqa: S311 - of tests
    return " ".join(chosen.choice(parts) for _ in range(chosen.randint(6, 60)))


@pytest.mark.parametrize("seed", range(14_000, 14_060))
def test_quotes_dashes_and_bullets_of_windows_are_not_letters_of_another_charset(seed: int) -> None:
    text = _words(seed, PLAIN + SIGNS[:7]) + " it’s “so” – or so…"
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize("seed", range(14_060, 14_100))
def test_letters_of_the_west_stay_what_they_were(seed: int) -> None:
    letters = LETTERS[seed % len(LETTERS)]
    text = " ".join([_words(seed, PLAIN + letters), *letters])
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize("declared", ["text/html", "text/plain", "text/csv", ""])
def test_smart_quotes_are_read_under_every_type(declared: str) -> None:
    text = "id,note\n1,It’s “fine”\n2,– she said…\n3,don’t\n"
    body = (f"<!doctype html><p>{text}" if declared == "text/html" else text).encode("cp1252")
    assert "It’s “fine”" in fetched(body, declared).html.replace("&#x27;", "'")


def test_a_text_of_blanks_without_a_declaration_takes_no_time() -> None:
    body = b"<VOTABLE>\xe9" + b" " * 1_000_000 + b"<![CDATA[<?xml a?>]]></VOTABLE>"
    begun = time.process_time()
    read = recoded(Piece("http://a.example/t", body, "application/x-votable+xml", "iso-8859-1"))
    assert time.process_time() - begun < 1  # With its square it would be hours.
    assert read == body.replace(b"\xe9", "é".encode())


def test_signs_in_halves_are_joined_also_where_they_are_cut_or_alone() -> None:
    sun = "☀😀".encode("utf-16-be").decode("utf-16-be")
    halves = "☀".encode() + b"\xed\xa0\xbd\xed\xb8\x80"
    assert decode(halves, "utf-8").text == sun
    assert decode(halves + halves[:-4], "utf-8", cut=True).text == f"{sun}☀"
    read = decode(halves + b"a\xed\xa0\xbdb", "utf-8")
    assert (read.text, read.faithful) == (f"{sun}a\ufffdb", False)


def test_many_signs_in_halves_take_about_as_long_as_others() -> None:
    begun = time.process_time()
    assert decode(b"\xed\xa0\xbd\xed\xb8\x80" * 100_000, "utf-8").text == "😀" * 100_000
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("label", ["iso_8859-1", "ISO88591", "l1", "cp819", "latin_1", "8859_1", "ansi_x3.4-1968"])
def test_a_default_of_servers_is_known_by_each_of_its_names(label: str) -> None:
    assert decode("Québec".encode(), label).text == "Québec"


@pytest.mark.parametrize("label", ["windows-1252", "cp1252", "ansi", "iso-8859-15"])
def test_what_no_server_says_by_default_is_heeded(label: str) -> None:
    assert decode("Québec".encode(), label).text == "QuÃ©bec"


@pytest.mark.parametrize("far", ["größer".encode(), "größer".encode("latin-1")])
def test_strip_and_text_decide_alike_however_far_the_letters_stand(far: bytes) -> None:
    body = b"a plain line of words\n" * 30_000 + far
    seen = fetched(body, "text/plain; charset=ISO-8859-1")
    view = TextView(Piece("http://a.example/t", body, "text/plain", "iso-8859-1"))
    view.page.value = view.page.max
    assert "größer" in view._text.value
    used = "utf-8" if far.isascii() or far == "größer".encode() else "windows-1252"
    assert f"Charset {used} " in seen.whole.strip.value


@pytest.mark.parametrize("declared", ["text/plain", "text/plain; charset=utf-8"])
def test_a_text_whose_letters_stand_far_behind_is_read_by_them_on_each_page(declared: str) -> None:
    body = b"a plain line of words\n" * 30_000 + "größer".encode("latin-1")
    view = fetched(body, declared).one(TextView)
    view.page.value = view.page.max
    assert "größer" in view._text.value
    view.search.value = "größer"
    view.join(90)
    assert "1 of 30,001 lines hold it" in view._hits.value


def test_what_was_not_looked_at_is_not_said_to_be_valid() -> None:
    body = "größer\n".encode() + b"x" * LOOKED_AT + "größer".encode("latin-1")
    strip = fetched(body, "text/plain; charset=ISO-8859-1").whole.strip.value
    assert "its first 5,000,000 bytes are valid UTF-8" in strip
    assert "all of it is" not in strip


def _tar(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, body in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return out.getvalue()


@pytest.mark.parametrize("declared", ["application/x-tar", "application/octet-stream", ""])
def test_an_archive_whose_first_file_is_hdf5_is_an_archive(declared: str) -> None:
    seen = fetched(_tar(("speeds.h5", b"\x89HDF\r\n\x1a\n" + bytes(4000)), ("b.txt", b"words")), declared)
    assert seen.whole._shown_now.kind == "a list of files"
    assert "speeds.h5" in seen.html


@pytest.mark.parametrize(
    "piece",
    [
        '<section xmlns="http://www.w3.org/1999/xhtml"><h2>Hello</h2></section>',
        '<h3 class="a" xmlns="http://www.w3.org/1999/xhtml">Hello</h3>',
        '<form xmlns:th="http://www.thymeleaf.org"><input>Hello</form>',
        '<article xmlns:og="http://ogp.me/ns#"><p>Hello<br>you</article>',
        '<img xmlns="http://www.w3.org/1999/xhtml" src="x" alt="Hello">',
        '<font xmlns:o="urn:schemas-microsoft-com:office:office">Hello</font>',
        '<turbo-stream xmlns:x="urn:x" action="append"><template>Hello</template></turbo-stream>',
        '<nav xmlns:v-bind="x"><a>Hello</a></nav>',
        '<FORM xmlns:v="urn:v"><INPUT>Hello</FORM>',
        '<Main xmlns="http://www.w3.org/1999/xhtml">Hello</Main>',
    ],
)
def test_a_piece_of_a_page_is_one_whatever_names_it_declares(piece: str) -> None:
    seen = fetched(piece.encode(), "text/html")
    assert seen.whole._shown_now.kind == "a page without its scripts"
    assert seen.whole.verdict.agreed


@pytest.mark.parametrize("name", ["gesmes:Envelope", "Catalog", "wfs:FeatureCollection", "feedback"])
def test_xml_without_its_declaration_still_is_no_page(name: str) -> None:
    body = f'<{name} xmlns="urn:a" xmlns:wfs="urn:b" xmlns:gesmes="urn:c"><a>1</a></{name}>'
    assert fetched(body.encode(), "text/html").whole._shown_now.kind == "a tree of elements"


WORD = ("WordDocument", "1Table")


@pytest.mark.parametrize(
    ("names", "inside", "declared", "told"),
    [
        (("Workbook",), WORD, "application/vnd.ms-excel", "old Excel workbook"),
        (("__properties_version1.0",), WORD, "application/vnd.ms-outlook", "Outlook message"),
        (("PowerPoint Document", "Current User"), ("Workbook",), "application/vnd.ms-powerpoint", "PowerPoint"),
        ((*WORD, "a", "b", "c", "d", "e", "f", "g"), ("Workbook",), "application/msword", "old Word document"),
        (WORD, (), "application/vnd.ms-office", "old Word document"),
        (("Workbook",), (), "application/x-ole-storage", "old Excel workbook"),
        (("Workbook",), (), "application/CDFV2", "old Excel workbook"),
    ],
)
def test_a_compound_file_is_what_stands_in_its_root(
    names: tuple[str, ...], inside: tuple[str, ...], declared: str, told: str
) -> None:
    verdict = fetched(compound(*names, inside=inside), declared).whole.verdict
    assert told in verdict.found.name
    assert verdict.agreed
    assert "and the bytes agree" in verdict.why


@pytest.mark.parametrize(
    ("names", "declared"),
    [
        (("Workbook",), "application/msword"),
        (("Workbook",), "application/vnd.ms-powerpoint"),
        (("PowerPoint Document",), "application/vnd.ms-excel"),
        (WORD, "application/vnd.ms-outlook"),
        (("__properties_version1.0",), "application/msword"),
    ],
)
def test_a_document_of_another_program_is_a_quarrel(names: tuple[str, ...], declared: str) -> None:
    assert not fetched(compound(*names), declared).whole.verdict.agreed


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("application/dicom+json", bytes(128) + b"DICM\2\0\0\0UL"),
        ("application/dicom+xml", bytes(128) + b"DICM\2\0\0\0UL"),
        ("application/x-cdf", b"CDF\1\0\0\0\0"),
        ("application/vnd.microsoft.portable-executable", b"\x7fELF\2\1\1"),
        ("application/x-ms-dos-executable", b"\x7fELF\2\1\1"),
        ("application/vnd.apache.arrow.stream", b"ARROW1\0\0"),
        ("application/avro-json", b"Obj\1\4"),
    ],
)
def test_a_neighbour_of_a_format_is_not_said_to_agree(declared: str, body: bytes) -> None:
    assert "bytes agree" not in judge(declared, sniff(body + bytes(range(256)), declared=declared), kind_of).why


@pytest.mark.parametrize(
    "lines",
    [
        b"8=FIX.4.4\x019=112\x0135=D\x0149=A\x01\n",
        b"Mars\x011\x02two\x013\n",
        b" 7%\b\b\b\b",
        b"one\x1ftwo\x1fthree\x1e",
    ],
)
@pytest.mark.parametrize("declared", ["text/plain", "application/octet-stream"])
def test_signs_that_part_words_do_not_end_a_text(lines: bytes, declared: str) -> None:
    verdict = fetched(b"# a comment of an export\n" * 300 + lines * 4000, declared).whole.verdict
    assert "behind it" not in verdict.why
    assert verdict.shown == "text/plain"


def test_a_hole_in_a_log_is_not_the_end_of_its_text() -> None:
    body = b"one line of a log\n" * 500 + bytes(6000) + b"one line of a log\n" * 500
    assert "behind it" not in fetched(body, "text/plain").whole.verdict.why


def test_a_format_that_is_unknown_here_may_begin_with_a_label() -> None:
    body = b"Object = Cube\n" * 500 + bytes(range(256)) * 100
    assert fetched(body, "application/x-unheard-of-cube").whole.verdict.agreed
    assert not fetched(body, "text/plain").whole.verdict.agreed


POOLS: dict[str, list[str]] = {
    "word": ["Mars", "red giant", "Zürich", "n/a"],
    "number": ["1.5", "-7", "300"],
    "about": ["~5", "~17"],
    "version": ["^4.17", "^1.0.0"],
    "power": ["x^2", "10^6", "a^b"],
    "path": ["~/bin", "~/docs"],
    "span": ["2~20", "5~9"],
    "ticker": ["^GSPC", "^DJI"],
    "note": ["about ~5 of it", "it, said he", "plain"],
}
HEADS = {"power": "area in km^2", "about": "~distance", "span": "low~high"}


@pytest.mark.parametrize("seed", range(14_200, 14_260))
def test_cells_with_rarer_signs_do_not_part_a_table(seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311 - of tests
    kinds = ["word", *(chosen.choice(list(POOLS)) for _ in range(chosen.randint(1, 4)))]
    head = [HEADS.get(kind, f"{kind} {place}") for place, kind in enumerate(kinds)]
    rows = [[chosen.choice(POOLS[kind]) for kind in kinds] for _ in range(chosen.randint(2, 9))]
    out = io.StringIO()
    csv.writer(out, delimiter=chosen.choice(",;\t"), lineterminator="\n").writerows([head, *rows])
    table = read_table(out.getvalue())
    assert [list(table.columns), *map(list, table.rows)] == [head, *rows]


@pytest.mark.parametrize("column", [["ticker", "^GSPC", "^DJI"], ["dir", "~/bin", "~/lib"], ["range", "1~10", "2~20"]])
def test_a_column_with_rarer_signs_stays_one(column: list[str]) -> None:
    table = read_table("\n".join(column))
    assert [*table.columns, *(row[0] for row in table.rows)] == column
    assert all(len(row) == 1 for row in table.rows)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("from~to\nBasel~Bern\nGenf~Chur\n", ("from", "to")),
        ("id^name^mass\n1^Mars^2\n2^Venus^3\n", ("id", "name", "mass")),
        ("lodash: ^4.17\nreact: ^18.2\nvue: ^3.0\n", ("lodash", "^4.17")),
        ("# Basel, Switzerland\n2024-01-01,3.2\n2024-01-02,3.4\n", ("column 1", "column 2")),
        ("# Written by Smith, John\nMars,3\nVenus,4\n", ("column 1", "column 2")),
        ("#name,planet\nMars,3\nVenus,4\n", ("name", "planet")),
        ("# time,speed\n1,3\n2,4\n", ("time", "speed")),
    ],
)
def test_what_parts_cells_and_what_names_them(text: str, columns: tuple[str, ...]) -> None:
    assert tuple(read_table(text).columns) == columns


CLOUD = (
    b'Content-Type: multipart/mixed; boundary="==7=="\nMIME-Version: 1.0\n\n'
    b"--==7==\nContent-Type: text/cloud-config\n\nruncmd: [ls]\n"
    b"--==7==\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--==7==--\n"
)


@pytest.mark.parametrize("body", [CLOUD, CLOUD.replace(b"\n", b"\r\n"), b"\n".join(CLOUD.split(b"\n", 2)[2:])])
@pytest.mark.parametrize("boundary", ["", "==7=="])
def test_the_header_of_a_whole_body_is_no_part_of_it(body: bytes, boundary: str) -> None:
    parts = multipart(body, boundary)
    assert [(part.media_type, part.body.strip()) for part in parts] == [
        ("text/cloud-config", b"runcmd: [ls]"),
        ("text/x-shellscript", b"#!/bin/sh"),
    ]


def test_words_like_a_header_before_the_first_part_are_no_part() -> None:
    assert [part.body for part in multipart(b"Content-Length: 3\n--x\n\nhello\n--x--", "x")] == [b"hello"]


@pytest.mark.parametrize(("end", "bodies"), [(b"--x--\r\n", [b"hello", b""]), (b"", [b"hello"])])
def test_an_empty_part_that_is_closed_is_one(end: bytes, bodies: list[bytes]) -> None:
    assert [part.body for part in multipart(b"--x\r\n\r\nhello\r\n--x\r\n\r\n\r\n" + end, "x")] == bodies


MP3 = (b"\xff\xfb\x90\0" + bytes(413)) * 9
BLANK = ("There is nothing to see", "This page is blank")
NO_SOUND = "It begins like no sound"


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (bytes(100) + MP3, "audio/mpeg"),
        (random.Random(14_300).randbytes(300) + MP3, "audio/mpeg"),  # noqa: S311 - of tests
        (b"\0\0\0\x10moof" + bytes(300), "video/mp4"),
        (b"\0\0\0\x10sidx" + bytes(300), "video/mp4"),
        (b"\x1f\x43\xb6\x75" + bytes(300), "video/webm"),
        (b"caff\0\1\0\0desc" + bytes(90), "audio/x-caf"),
    ],
)
def test_what_begins_as_sounds_and_films_do_is_not_said_not_to(body: bytes, declared: str) -> None:
    seen = fetched(body, declared)
    assert NO_SOUND not in seen.html
    assert any(player in seen.html for player in PLAYERS)


@pytest.mark.parametrize(("limited", "said"), [(True, True), (False, False)])
def test_nothing_is_said_of_what_was_not_looked_at(
    limited: bool,
    said: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child, "LIMITED", limited)
    assert (NO_SOUND in fetched(bytes(range(1, 256)) * 9, "audio/mpeg").html) is said


@pytest.mark.parametrize("name", [b"BW64", b"RF64"])
def test_a_long_wav_is_called_by_its_own_name(name: bytes) -> None:
    assert f"{name.decode()} (WAV for" in fetched(name + b"\xff\xff\xff\xffWAVEds64" + bytes(90), "audio/wav").html


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<style>body::after{content: "Back soon"}</style>', False),
        ("<style>html{background: #036}</style><body>", False),
        ('<body bgcolor="#003366">', False),
        ('<frameset cols="*"><frame src="a.html"></frameset>', True),
        ("<body><iframe src=a.html></iframe>", True),
        ("<ul><li></li></ul>", False),
        (
            '<style>*::before{content:""} body{background:#fff}</style><p></p><script src=a.js></script>',
            True,
        ),
        ("<noscript><iframe src=t.html></iframe></noscript><div id=root></div><script>1</script>", True),
        ("<title>Export</title><body></body>", True),
    ],
)
def test_a_page_is_blank_only_where_nothing_is_painted(page: str, said: bool) -> None:
    html = fetched(f"<!doctype html>{page}".encode(), "text/html").html
    assert any(words in html for words in BLANK) is said


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("video/vnd.mpegurl", b"#EXTM3U\n#EXTINF:4,\nhttp://a.example/1.ts\n"),
        ("audio/x-pn-realaudio", b"rtsp://a.example/1.ra\n"),
        ("video/x-ms-asf", b'<ASX version="3.0"><Entry><Ref href="http://a.example/1"/></Entry></ASX>'),
        ("audio/x-mpegurl", b"#EXTM3U\nhttp://a.example/1.mp3\n"),
    ],
)
def test_a_playlist_under_the_type_of_playlists_is_no_quarrel(declared: str, body: bytes) -> None:
    seen = fetched(body, declared)
    assert seen.whole.verdict.agreed
    assert seen.whole._shown_now.kind == "text"


def test_a_playlist_in_place_of_a_sound_is_a_quarrel() -> None:
    assert not fetched(b"#EXTM3U\nhttp://a.example/1.mp3\n", "audio/mpeg").whole.verdict.agreed


@pytest.mark.parametrize("declared", ["audio/pcm", "audio/basic", "audio/l8"])
def test_quiet_samples_are_not_taken_for_text(declared: str) -> None:
    chosen = random.Random(14_301)  # noqa: S311 - of tests
    for samples in (bytes(chosen.randrange(40, 60) for _ in range(5000)), b"\x7f" * 5000):
        assert fetched(samples, declared).whole._shown_now.kind == "sound"
    assert fetched(b'{"error": "no such voice"}', declared).whole._shown_now.kind == "a tree"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"features": [{"name": "Dark mode", "type": "Feature"}], "total": 1}', "a tree"),
        (
            '{"features": [{"geometry": {"type": "Point", "coordinates": [7, 47]}, "type": "Feature"}]}',
            "an outline and a tree",
        ),
    ],
)
def test_features_of_a_product_are_no_shapes(body: str, kind: str) -> None:
    assert fetched(body.encode(), "application/json").whole._shown_now.kind == kind


@pytest.mark.parametrize("piece", ["<", "<style", "<a ", "<table ", "<body ", "&lt;", "background "])
def test_many_beginnings_of_tags_take_no_time(piece: str) -> None:
    page = f"<!doctype html><style>{piece * (150_000 // len(piece))}</style>"
    begun = time.process_time()
    _why_blank(page, page)
    assert time.process_time() - begun < 2


def _workbook(*cells: object, error: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b"])
    sheet.append(list(cells))
    if error:
        sheet["B2"].data_type = "e"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("book", "said"),
    [
        (_workbook(1, 2), False),
        (_workbook(1, "#N/A as words"), False),
        (_workbook(1, "#N/A", error=True), True),
        (_workbook(1, "=1+1"), True),
    ],
)
def test_lost_cells_are_told_of_workbooks_that_have_some(book: bytes, said: bool) -> None:
    declared = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert ("errors such as #N/A" in fetched(book, declared).html) is said


def test_of_lines_that_take_too_long_the_first_are_read_and_that_is_said() -> None:
    looks = iter([False, False, True])
    read = read_values('{"a": 1}\n' * 50_000, lines=True, enough=lambda: next(looks))
    assert 0 < len(read.value) < 50_000
    assert read.said == (f"These are the first {len(read.value):,} of more lines.",)
    assert read_values('{"a": 1}\n' * 50_000, lines=True).said == ()


@pytest.mark.parametrize("end", ["\f", "\v", "\u0085", "\u2028"])
def test_rarer_ends_part_json_lines_but_not_strings(end: str) -> None:
    assert read_values(f'{{"a": 1}}{end}{{"a": 2}}', lines=True).value == [{"a": 1}, {"a": 2}]
    if end > "\x1f":
        lines = f'{{"a": "b{end}c"}}\n{{"a": 2}}'
        assert read_values(lines, lines=True).value == [{"a": f"b{end}c"}, {"a": 2}]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=UTF-8''report.csv", "report.csv"),
        ("attachment; filename=\"utf-8'de'report.csv\"", "report.csv"),
        ("attachment; filename=us-ascii''a%20b.csv", "a b.csv"),
        ("attachment; filename=UTF-8''größe%20x.csv".encode().decode("latin-1"), "größe x.csv"),
        ('attachment; filename="the utf-8\'s.txt"', "the utf-8's.txt"),
    ],
)
def test_the_tag_of_other_letters_never_stays_in_a_name(header: str, name: str) -> None:
    assert disposed(header) == name


@pytest.mark.parametrize("declared", ["application/x-unheard-of-cube", "audio/pcm"])
def test_only_bytes_that_tell_something_are_said_to_agree(declared: str) -> None:
    body = b"Object = Cube\n" * 500 + bytes(range(256)) * 100 if "cube" in declared else b"()*" * 2000
    assert fetched(body, declared).whole.chips == ((f"**{declared}**", ""),)


@pytest.mark.parametrize("sign", ["\t", "' ", ",'", "a ", "> "])
def test_how_a_table_is_written_is_found_in_a_time_that_grows_with_its_length(sign: str) -> None:
    assert growth(lambda size: find_dialect([sign * size + "\n"] * 2), 10_000) < LINEAR


def test_the_numbers_far_along_a_row_count_too() -> None:
    row = ";".join([*(f"<<{number}>>" for number in range(510)), *(f"{number}.5" for number in range(900))])
    assert find_dialect([row] * 6).delimiter == ";"


def test_words_at_the_end_of_two_long_rows_do_not_hide_their_numbers() -> None:
    row = " ".join([*(f"0.{number}" for number in range(100, 700)), "and words"])
    assert find_dialect([row] * 2).delimiter == " "
