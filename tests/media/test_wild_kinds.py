"""More of what services send: each is a kind of reply that once was shown wrongly, or not at all."""

from __future__ import annotations

import base64
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
import pytest
import tifffile
import zstandard

from tests.media import files
from tests.media.conftest import Seen, Shows
from widgets.http.message import Headers
from widgets.media import render
from widgets.media.charset import decode, stated_in
from widgets.media.encoding import known_as
from widgets.media.names import disposed, ending_of, type_named
from widgets.media.sniff import sniff, uncoded
from widgets.media.viewers.archive import Pieces
from widgets.media.viewers.table import TableView
from widgets.media.viewers.text import for_a_page
from widgets.media.viewers.tree import TreeView
from widgets.model.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

EXCEL = "application/vnd.ms-excel"


def fetched(body: bytes, content_type: str, *more: tuple[str, str], url: str = "http://x.example/export") -> Seen:
    headers = Headers([*([("Content-Type", content_type)] if content_type else []), *more])
    return Seen(render(Reply(url, 200, headers=headers, body=body)))


def is_hexadecimal(seen: Seen) -> bool:
    return any("ww-hex" in widget._dom_classes for widget in seen if isinstance(widget, ipywidgets.HTML))


def cells(seen: Seen) -> list[tuple[str, ...]]:
    table = seen.one(TableView)
    return [tuple(table._table.columns), *(tuple(row) for row in table._table.rows)]


@pytest.mark.parametrize("charset", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_json_is_read_in_every_width(charset: str, shows: Shows) -> None:
    seen = shows(json.dumps({"word": "größer"}, ensure_ascii=False).encode(charset), "application/json")
    assert seen.one(TreeView)
    assert "größer" in seen.html


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("media_type", ["text/plain", "", "text/csv"])
def test_text_in_utf_16_without_a_mark_is_text(charset: str, media_type: str, shows: Shows) -> None:
    seen = shows("first,second\r\nthis,that\r\n".encode(charset), media_type)
    assert "that" in seen.html
    assert not is_hexadecimal(seen)


def test_numbers_of_two_bytes_are_no_text_in_utf_16() -> None:
    assert stated_in(bytes(range(0, 250, 5)) + bytes(64)) == ""


@pytest.mark.parametrize(
    ("label", "name"),
    [
        *(("utf8mb4", "utf-8"), ("utf-8-sig", "utf-8"), ("UTF_8_SIG", "utf-8"), ("latin-9", "iso-8859-15")),
        *(("shiftjis", "shift_jis"), ("eucKR", "euc-kr"), ("utf16le", "utf-16le"), ("ANSI", "windows-1252")),
        *(("iso8859_5", "iso-8859-5"), ("win-1251", "windows-1251"), ("latin-1", "windows-1252"), ("klingon", "")),
    ],
)
def test_what_programs_write_for_a_label_is_understood(label: str, name: str) -> None:
    assert known_as(label) == name


def test_a_known_label_reads_its_text() -> None:
    assert decode("5 €".encode("iso-8859-15"), "latin-9").text == "5 €"


@pytest.mark.parametrize("media_type", ["application/yaml", "application/toml"])
def test_yaml_and_toml_that_are_none_say_so_in_the_strip_too(media_type: str, shows: Shows) -> None:
    seen = shows(b"a: [1, 2\nb = ", media_type)
    assert "Shown as text: not " in seen.html
    assert "agree" not in seen.whole.strip.value
    assert seen.whole.chips == ((f"said {media_type}, shown as text", "warn"),)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "text/html", "it is a page or XML, not a table"),
        (b"<?xml version='1.0'?><Error><Code>Denied</Code></Error>", "application/xml", "a page or XML, not a table"),
        (b'{"error": "quota, and more", "code": 7}', "application/json", "it is JSON, not a table"),
        (b'[{"error": "quota"}, {"code": 7}]', "application/json", "it is JSON, not a table"),
    ],
)
def test_an_error_in_place_of_the_rows_is_no_table(body: bytes, kind: str, words: str, shows: Shows) -> None:
    assert shows(body, "text/csv").whole.verdict.shown == kind
    assert words in shows(body, "text/csv", shown_as="text/csv").html


def test_a_table_may_begin_with_a_brace(shows: Shows) -> None:
    assert cells(shows(b"{id},b\n1,2\n", "text/csv"))[0] == ("{id}", "b")


def test_words_are_no_messagepack(shows: Shows) -> None:
    seen = shows(b"Not authorised", "application/msgpack")
    assert "Not authorised" in seen.html
    assert "its bytes are words, not MessagePack" in seen.html


@pytest.mark.parametrize(
    ("content_type", "name", "more"),
    [
        ("application/octet-stream", "data.csv", ()),
        ("application/force-download", "data.CSV", ()),
        ("", "data.tsv", ()),
        (EXCEL, "export", (("Content-Disposition", "attachment; filename=x.csv"),)),
        (EXCEL, "export.xls", ()),
    ],
)
def test_a_table_is_known_by_its_name_where_the_header_says_nothing(
    content_type: str, name: str, more: tuple[tuple[str, str], ...]
) -> None:
    seen = fetched(b"a\tb\n1\t2\n", content_type, *more, url=f"http://x.example/{name}?x")
    assert cells(seen) == [("a", "b"), ("1", "2")]


def test_a_name_never_makes_a_table_of_what_is_declared_as_a_page() -> None:
    seen = fetched(b"a,b\n1,2\n", "text/html", url="http://x.example/data.csv")
    assert not any(isinstance(widget, TableView) for widget in seen)


def test_a_page_declared_as_excel_is_a_page() -> None:
    assert "srcdoc" in fetched(b"<html><table><tr><td>a</td></tr></table></html>", EXCEL).html


@pytest.mark.parametrize(
    "body", [b'{"a": 1}', b'<?xml version="1.0"?><rss version="2.0"><channel><title>a</title></channel></rss>']
)
def test_data_under_the_type_of_a_page_are_a_tree(body: bytes, shows: Shows) -> None:
    seen = shows(body, "text/html")
    assert seen.one(TreeView)
    assert seen.whole.mismatch


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html><p>a</p></html>',
        b"<!-- made by x --><!DOCTYPE html><p>a",
        b'<?xml version="1.0"?>\n<!-- c -->\n<html><p>a</p></html>',
    ],
)
@pytest.mark.parametrize("media_type", ["text/html", ""])
def test_a_page_behind_a_declaration_or_a_comment_is_a_page(body: bytes, media_type: str, shows: Shows) -> None:
    assert "srcdoc" in shows(body, media_type).html


def test_nul_behind_a_text_does_not_make_it_bytes(shows: Shows) -> None:
    assert not is_hexadecimal(shows(b'{"a": 1}\0\0\0', "application/json"))


def test_a_notice_before_a_gif_is_stepped_over(shows: Shows) -> None:
    seen = shows(b"<br />\n" + files.picture("GIF"), "image/gif")
    assert "7 bytes that do not belong to it" in seen.whole.verdict.why
    assert "image/gif" in seen.html


def test_what_came_of_a_png_is_drawn(shows: Shows) -> None:
    seen = shows(files.picture(size=(400, 300))[:-30], "image/png")
    assert "its end is missing" in seen.html
    assert not is_hexadecimal(seen)


@pytest.mark.parametrize("boundary", ["--cut", "other", "cut"])
def test_parts_are_found_though_their_boundary_is_declared_wrongly(boundary: str) -> None:
    seen = fetched(b"--cut\r\n\r\none\r\n--cut--\r\n", f"multipart/x-mixed-replace; boundary={boundary}")
    assert "1 part" in seen.html


def test_an_archive_for_maps_without_a_map_is_listed(shows: Shows) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "words")
    seen = shows(out.getvalue(), "application/vnd.google-earth.kmz")
    assert "readme.txt" in seen.html
    assert "there is no KML in it" in seen.html


def test_lines_of_three_kinds_are_rows(shows: Shows) -> None:
    assert len(cells(shows(b"a,b\r\n1,2\n3,4\r5,6\n", "text/csv"))) == 4


def test_commas_under_the_type_of_tabs_are_found(shows: Shows) -> None:
    assert cells(shows(b"a,b\n1,2\n", "text/tab-separated-values"))[0] == ("a", "b")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename='report.csv'", "report.csv"),
        ("attachment; filename=a.csv, attachment; filename=b.csv", "a.csv"),
        ('attachment; filename*0="long-"; filename*1="name.csv"', "long-name.csv"),
        ("attachment; filename=John's%20Resume.pdf; filename*=UTF-8''John's%20Resume.pdf", "John's Resume.pdf"),
        ("attachment; filename*=%E5%A0%B1%E5%91%8A.csv", "報告.csv"),
        ("attachment; filename*=\"UTF-8''r%C3%A9sum%C3%A9.pdf\"", "résumé.pdf"),
        ('attachment; filename="r%C3%A9sum%C3%A9 (1).pdf"', "résumé (1).pdf"),
        ('attachment; filename="100% sure.txt"', "100% sure.txt"),
        ("attachment; filename=&quot;data.csv&quot;", "data.csv"),
        ('attachment; filename="' + "销售报告".encode("gbk").decode("latin-1") + '.csv"', "销售报告.csv"),
        ("attachment; filename*0*=utf-8''caf%C3%A9; filename*1*=s.csv", "cafés.csv"),
        ('attachment; filename="a, attachment.csv"', "a, attachment.csv"),
        ('attachment, filename="report 2026.csv"', "report 2026.csv"),
        ("Inline , filename=a.csv; size=3", "a.csv"),
        ("attachment;filename*=\"utf-8' '100MB.zip\"", "100MB.zip"),
    ],
)
def test_names_are_read_as_they_were_meant(header: str, name: str) -> None:
    assert disposed(header) == name


@pytest.mark.parametrize(
    ("media_type", "ending"),
    [
        *(
            ("application/x-ldjson", ".jsonl"),
            ("application/vnd.msgpack", ".msgpack"),
            ("application/x-plist", ".plist"),
        ),
        *(("text/x-vcard", ".vcf"), ("application/cbor-seq", ".cbor"), ("application/x-grib2", ".grib")),
    ],
)
def test_more_types_end_as_their_files_do(media_type: str, ending: str) -> None:
    assert ending_of(media_type) == ending


def test_a_name_tells_a_type_only_by_its_ending() -> None:
    assert type_named("csv") == ""
    assert type_named("a.JSONL") == "application/x-ndjson"


def test_what_is_packed_has_the_name_that_the_header_says() -> None:
    said = ("Content-Disposition", 'attachment; filename="x.csv.gz"')
    seen = fetched(gzip.compress(b"a,b\n1,2\n"), "application/gzip", said)
    seen.one(Pieces).join(30)
    assert cells(seen) == [("a", "b"), ("1", "2")]


def test_a_name_is_read_in_the_charset_of_the_body() -> None:
    said = 'attachment; filename="' + "売上報告".encode("cp932").decode("latin-1") + '.csv"'
    assert disposed(said, "shift_jis") == "売上報告.csv"


def test_a_name_beside_the_type_names_what_says_nothing_else() -> None:
    seen = fetched(b"a,b\n1,2\n", 'application/octet-stream; name="stars.csv"')
    assert cells(seen) == [("a", "b"), ("1", "2")]
    assert seen.whole._saves[0]._name == "stars.csv"


@pytest.mark.parametrize(
    "declared", ["csv", "text/comma-separated-values", "text/x-comma-separated-values", "text/tsv"]
)
def test_a_table_under_an_odd_name_of_its_type_is_a_table(declared: str) -> None:
    seen = fetched(b"a,b\n1,2\n", declared)
    assert cells(seen) == [("a", "b"), ("1", "2")]
    assert not seen.whole.mismatch
    assert seen.whole._saves[0]._name in ("export.csv", "export.tsv")


@pytest.mark.parametrize(
    ("declared", "kind"), [("image/*", "PNG"), ("png", "PNG"), ("jpg", "JPEG"), ("image/*", "GIF")]
)
def test_a_type_in_fewer_words_is_no_quarrel(declared: str, kind: str) -> None:
    seen = fetched(files.picture(kind), declared)
    assert "<img" in seen.html
    assert not seen.whole.mismatch


@pytest.mark.parametrize("declared", ["gif", "text/*", "application/*"])
def test_a_type_in_fewer_words_may_be_wrong_too(declared: str) -> None:
    assert fetched(files.picture("PNG"), declared).whole.mismatch


@pytest.mark.parametrize("body", [b"Array\n(\n    [0] => Mars\n)\n", b"date,value\n2026-01-01,5\n", b"Error\nno 5 < 6"])
def test_lines_under_the_type_of_a_page_stay_lines(body: bytes, shows: Shows) -> None:
    seen = shows(body, "text/html")
    assert "srcdoc" not in seen.html
    assert seen.whole.verdict.shown == "text/plain"
    assert seen.whole.mismatch
    assert "no tag is in it" in seen.whole.verdict.why


@pytest.mark.parametrize("body", [b"OK", b"one\n<b>two</b>\n", b"one\n<br>\n", b"a &amp; b\nc", b"one\n<!-- x -->"])
def test_what_may_be_a_page_stays_one(body: bytes, shows: Shows) -> None:
    assert "srcdoc" in shows(body, "text/html").html


@pytest.mark.parametrize(
    ("declared", "name"), [("application/openmetrics-text", "export.txt"), ("image/x-tga", "export.tga")]
)
def test_what_has_no_ending_of_its_own_is_saved_as_what_it_is(declared: str, name: str) -> None:
    assert fetched(b"up 1\n# EOF\n", declared).whole._saves[0]._name == name


def test_a_control_in_a_string_costs_no_tree(shows: Shows) -> None:
    seen = shows(b'{"code": "one\ntwo\tthree", "b": 2}', "application/json")
    assert seen.one(TreeView)
    assert "Line ends or controls stand in its strings" in seen.html
    assert "Line ends or controls" not in shows(b'{"code": "one\\ntwo"}', "application/json").html


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'\n\n<?xml version="1.0"?><a><b>1</b></a>', "Before it stand blanks"),
        (
            b'<br />\n<b>Warning</b>: x<br />\n<?xml version="1.0"?><a><b>1</b></a>',
            "Before it stands what is not XML: ",
        ),
        (b'<?xml version="1.0"?><a><b>1</b></a>\nDebug: 3 ms', "After it stands what is not XML: Debug: 3 ms"),
    ],
)
def test_what_a_program_prints_around_xml_costs_no_tree(body: bytes, words: str, shows: Shows) -> None:
    seen = shows(body, "application/rss+xml")
    assert seen.one(TreeView)
    assert words in seen.html


@pytest.mark.parametrize("body", [b'<?xml version="1.0"?><a><b>1</a>', b'<a><?xml version="1.0"?>', b"<a></b></a>x"])
def test_xml_that_is_broken_within_says_the_place(body: bytes, shows: Shows) -> None:
    assert "not well-formed: line 1" in shows(body, "application/xml").html


@pytest.mark.parametrize("body", [{"Message": '{"id": 17, "ok": true}'}, '[{"id": 17}]'])
def test_json_within_a_string_is_offered(body: object, shows: Shows) -> None:
    seen = shows(json.dumps(body).encode(), "application/json")
    pieces = seen.one(Pieces)
    pieces.take_out()
    pieces.join(10)
    assert "1 coded inside" in seen.html
    assert any("17" in one.value for one in Seen(pieces.view) if isinstance(one, ipywidgets.HTML))


@pytest.mark.parametrize(
    "form",
    [lambda b: b, lambda b: b'"' + b + b'"\n', lambda b: b"data:image/png;base64," + b, lambda b: b.rstrip(b"=")],
)
@pytest.mark.parametrize("declared", ["image/png", "application/octet-stream", ""])
def test_a_picture_in_base64_is_the_picture_and_that_is_said(
    declared: str, form: Callable[[bytes], bytes], shows: Shows
) -> None:
    picture = files.picture(size=(90, 61))
    seen = shows(form(base64.encodebytes(picture)), declared)
    assert 'alt="Picture without a description, 90 × 61"' in seen.html
    assert seen.whole.chips[0][0].endswith("is base64 of PNG")
    assert "the bytes are base64, and what they spell is PNG" in seen.whole.verdict.why
    assert [save._name for save in seen.whole._saves] == ["file.png", "file.png.b64"]
    assert seen.whole.mismatch == (declared != "image/png")


def test_what_only_looks_like_base64_is_text(shows: Shows) -> None:
    for words in (
        b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        base64.b64encode(b"words " * 20),
    ):
        assert "base64" not in shows(words, "application/octet-stream").whole.verdict.why
    assert shows(base64.encodebytes(files.picture()), "text/plain").whole.verdict.shown == "text/plain"


def test_a_document_that_begins_with_a_picture_of_itself_is_one(shows: Shows) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("docProps/thumbnail.jpeg", bytes(range(256)) * 40)
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    seen = shows(out.getvalue(), "application/octet-stream")
    assert seen.whole.verdict.found.name == "Word document"


def test_an_archive_with_a_folder_of_words_is_no_document(shows: Shows) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.bin", bytes(9000))
        archive.writestr("word/list.txt", "a")
    assert shows(out.getvalue(), "application/octet-stream").whole.verdict.shown == "application/zip"


def test_what_is_written_for_a_terminal_is_readable(shows: Shows) -> None:
    sent = "\x1b[38;5;226m  \\ /  \x1b[0m Sunny \x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\\nN\bNA\bAM\bME\bE _\bo_\bn\n"
    html = shows(sent.encode(), "text/plain").html
    assert "  \\ /   Sunny link\nNAME on\n" in html
    assert "left out here; the file that you save has them" in html
    assert "left out here" not in shows(b"8=FIX\x019=65\x0135=A " * 9, "text/plain").html


LETTER = (
    b"From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>\r\nTo: a@b.example\r\nSubject: =?utf-8?b?R3LDtsOfZQ==?=\r\n"
    b"Date: Thu, 26 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
    b"--q\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"Gr=C3=BC=C3=9Fe <b>vom</b> Mars\r\n--q\r\nContent-Type: image/png; name=a.png\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(files.picture()) + b"--q--\r\n"
)


@pytest.mark.parametrize(
    ("declared", "url"), [("message/rfc822", "x"), ("application/octet-stream", "http://x.example/a.eml")]
)
def test_a_letter_is_read(declared: str, url: str) -> None:
    seen = fetched(LETTER, declared, url=url)
    seen.one(Pieces).join(10)
    assert "<td>Jürgen &lt;j@x.example&gt;</td>" in seen.html
    assert "<td>Größe</td>" in seen.html
    assert "Grüße &lt;b&gt;vom&lt;/b&gt; Mars" in seen.html
    assert "image/png, 87 bytes" in seen.html


def test_a_letter_that_is_none_is_text_with_the_reason(shows: Shows) -> None:
    html = shows(b"Dear all,\nhow are you?\n", "message/rfc822").html
    assert "not a letter: it does not begin with header lines" in html
    assert "how are you?" in html


def test_hostile_text_is_looked_at_in_no_time_worth_counting() -> None:
    many = 4096
    for text in (
        b"\n" * many + b"<p>",
        b"A" * 70 + b"\n" * many + b"!",
        b'"' + b"\r\n" * many,
        b"data:" + b";a" * many,
    ):
        assert uncoded(text[:many] + b"\0") == b""
        assert sniff(text[:many]).media_type != "image/png"
    for line in ("_\b" * 200_000 + "\b", "\x1b]" * 200_000, "\x1b[" + "1" * 400_000, "a\b" * 200_000):
        assert for_a_page(line)[0] is not None


def test_zstandard_is_unpacked_as_a_table_and_as_an_archive() -> None:
    seen = fetched(zstandard.compress(b"a,b\n1,2\n"), "application/zstd", url="http://x.example/x.csv.zst")
    seen.one(Pieces).join(10)
    assert cells(seen) == [("a", "b"), ("1", "2")]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("set/readme.txt"), io.BytesIO())
    assert "set/readme.txt" in fetched(zstandard.compress(out.getvalue()), "application/zstd").html


@pytest.mark.parametrize("body", [b"\x28\xb5\x2f\xfd\xff\xff\xff\xff", zstandard.compress(bytes(99_000_000))])
def test_zstandard_that_cannot_be_read_or_unfolds_without_end_costs_its_decoder_only(body: bytes, shows: Shows) -> None:
    html = shows(body, "application/zstd").html
    assert "end too early" in html or "only the first" in html


def test_a_type_without_its_semicolon_is_read(shows: Shows) -> None:
    reply = Reply("http://x/", 200, headers=Headers([("Content-Type", "text/html charset=windows-1251")]))
    assert (reply.media_type, reply.charset) == ("text/html", "windows-1251")


def test_a_page_of_frames_shows_what_it_has_for_those_without_and_where_they_are(shows: Shows) -> None:
    html = shows(
        b'<html><frameset cols="9,*"><frame src="menu.html"><noframes>No frames?</noframes></frameset></html>',
        "text/html",
    ).html
    assert "&lt;!doctype html&gt;No frames?" in html.replace("\n", "")
    assert "<td>menu.html</td>" in html
    assert "&lt;frame" not in html.partition("Source")[0]


def test_a_jpeg_without_its_end_says_so(shows: Shows) -> None:
    whole = files.picture("JPEG", size=(400, 300))
    assert "its end is missing" in shows(whole[:-40], "image/jpeg").html
    assert "its end is missing" not in shows(whole + b"\0\0more", "image/jpeg").html


def test_jpeg_2000_without_a_container_is_a_picture(shows: Shows) -> None:
    seen = shows(files.picture("JPEG2000", no_jp2=True), "application/octet-stream")
    assert "<img" in seen.html
    assert seen.whole._saves[0]._name.endswith(".j2k")


def test_notes_below_a_table_are_no_rows(shows: Shows) -> None:
    seen = shows(b"date,value\n2026-01-01,1.5\n2026-01-02,2.5\n\nSource: Office, 2026\n", "text/csv")
    assert len(cells(seen)) == 4  # The comma makes two cells of it: it may be a row.
    seen = shows(b"date,value\n2026-01-01,1.5\n2026-01-02,2.5\n\nSource: the Office\nNotes: none yet\n", "text/csv")
    assert len(cells(seen)) == 3
    assert "Below it stands: Source: the Office · Notes: none yet" in seen.html
    assert len(cells(shows(b"name,value\nA b,1\nC d,2\nE f,\n", "text/csv"))) == 4
    assert len(cells(shows(b"name\nA b\nC d\nE f\n", "text/csv"))) == 4


def test_a_float_map_is_drawn_by_its_values(shows: Shows) -> None:
    values = b"".join(struct.pack("<f", number / 100) for number in range(200))
    assert "from 0 to 1.99" in shows(b"Pf\n20 10\n-1.0\n" + values, "image/x-portable-floatmap").html


@pytest.mark.parametrize(
    ("body", "ending"), [(b"P6\n# x\n2 2\n255\n" + b"\xff" * 12, ".ppm"), (b"P2\n2 1\n9\n0 9\n", ".pgm")]
)
def test_a_portable_picture_is_known_by_its_first_numbers(body: bytes, ending: str) -> None:
    seen = fetched(body, "application/octet-stream")
    assert "<img" in seen.html
    assert seen.whole._saves[0]._name == f"export{ending}"


@pytest.mark.parametrize("words", [b"P1 is 10 % and P2 is 20 %\n", b"P2\n2 1\n9\n0 9\n", b"P5 10 20 30\n"])
def test_words_that_begin_like_a_portable_picture_stay_words(words: bytes, shows: Shows) -> None:
    seen = shows(words, "text/plain")
    assert seen.whole.verdict.shown == "text/plain"
    assert not seen.whole.mismatch


def test_words_that_begin_as_a_format_does_never_end_as_hexadecimal(shows: Shows) -> None:
    seen = shows(b"%PDF-1.4 is how a PDF begins, says the manual\n", "text/plain")
    assert not is_hexadecimal(seen)
    assert "says the manual" in seen.html


def test_an_archive_that_unpacks_itself_and_one_that_was_cut(shows: Shows) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "words" * 99)
    assert "readme.txt" in shows(b"MZ" + bytes(200) + out.getvalue(), "application/zip").html
    assert (
        "its end is missing or not told; its beginning is opened" in shows(out.getvalue()[:400], "application/zip").html
    )


def test_lzma_of_the_older_kind_is_unpacked(shows: Shows) -> None:
    seen = shows(lzma.compress(b"hello inside", format=lzma.FORMAT_ALONE), "application/x-lzma")
    seen.one(Pieces).join(10)
    assert "hello inside" in seen.html


def test_complex_numbers_are_drawn_by_their_size_and_that_is_said(shows: Shows) -> None:
    out = io.BytesIO()
    tifffile.imwrite(out, np.arange(600, dtype="c8").reshape(20, 30))
    assert "absolute values of complex64" in shows(out.getvalue(), "image/tiff").html


def test_ranges_are_parts_by_their_ranges() -> None:
    body = (
        b"--Y\r\nContent-Range: bytes 0-4/20\r\n\r\nhello\r\n--Y\r\nContent-Range: bytes 9-9/20\r\n\r\nw\r\n--Y--\r\n"
    )
    html = fetched(body, "multipart/byteranges; boundary=Y").html
    assert "<td>bytes 0-4/20</td>" in html
    assert "text/plain, 1 byte<" in html


@pytest.mark.parametrize("declared", ["audio/x-wav", "audio/wave", "image/pjpeg", "application/x-pdf"])
def test_other_names_of_a_type_end_as_it_does(declared: str) -> None:
    assert ending_of(declared) in (".wav", ".jpg", ".pdf")


@pytest.mark.parametrize("declared", ["text/plain", "application/octet-stream", ""])
def test_a_pointer_in_place_of_a_file_is_said(declared: str) -> None:
    body = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    seen = fetched(body, declared, url="http://x.example/train.csv")
    assert seen.whole.chips[0][0].endswith("is a pointer of Git LFS")
    assert "oid sha256:4d7a" in seen.html


@pytest.mark.parametrize("declared", ["audio/x-mpegurl", "audio/mpegurl", "audio/x-scpls"])
def test_a_list_of_what_to_play_is_text_and_no_dead_player(declared: str, shows: Shows) -> None:
    html = shows("#EXTM3U\n#EXTINF:-1,Café\nhttp://r.example/a\n".encode("latin-1"), declared).html
    assert "Café" in html
    assert "<audio" not in html


def test_a_certificate_in_bytes_is_no_quarrel(shows: Shows) -> None:
    seen = shows(b"\x30\x82\x01\x91\x30\x81\xfb\x02" + bytes(200), "application/x-x509-ca-cert")
    assert not seen.whole.mismatch
    assert "BEGIN CERT" in shows(b"-----BEGIN CERTIFICATE-----\nMII=\n", "application/x-x509-ca-cert").html


def test_letters_of_pgp_are_no_pem() -> None:
    seen = fetched(b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nwords\n", "", url="http://x.example/InRelease")
    assert seen.whole.verdict.found.media_type == "text/plain"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\xcd\xf3\x00\x01" + bytes(99), "CDF"),
        (b"\x0e\x03\x13\x01" + bytes(99), "HDF 4"),
        (b"DAF/SPK \2" + bytes(99), "SPICE"),
    ],
)
def test_data_that_are_not_drawn_are_named_with_what_reads_them(body: bytes, name: str, shows: Shows) -> None:
    html = shows(body, "application/octet-stream").html
    assert name in html
    assert "It is not drawn here; " in html


def test_the_head_of_a_table_may_stand_above_an_empty_line(shows: Shows) -> None:
    seen = shows(b"# BRON: KNMI\n# STN,YYYYMMDD,   TG\n\n  260,20261125,   61\n  260,20261126,   71\n", "text/csv")
    assert cells(seen)[0] == ("STN", "YYYYMMDD", "TG")


def test_rows_behind_what_is_said_of_them_are_a_table(shows: Shows) -> None:
    body = [{"page": 1, "total": 2}, [{"date": "2025", "value": 1.5}, {"date": "2024", "value": 1.4}]]
    assert "[1] as a table" in shows(json.dumps(body).encode(), "application/json").html


@pytest.mark.parametrize(
    ("declared", "body", "words"),
    [
        ("application/vnd.sdmx.data+csv", b"a,b\n1,2\n", "1 row, 2 columns"),
        ("application/vnd.pypi.simple.v1+html", b"<!DOCTYPE html><p>words</p>", "srcdoc"),
        ("audio/aacp", b"\xff\xf1\x50\x80" + bytes(99), "<audio"),
    ],
)
def test_what_a_suffix_or_another_name_says_is_no_quarrel(declared: str, body: bytes, words: str, shows: Shows) -> None:
    seen = shows(body, declared)
    assert words in seen.html
    assert not seen.whole.mismatch


def test_what_came_packed_though_nothing_says_so_is_inside_as_declared(shows: Shows) -> None:
    seen = shows(gzip.compress(b"a;b\n1;2\n"), "text/csv")
    seen.one(Pieces).join(10)
    assert cells(seen) == [("a", "b"), ("1", "2")]
