"""Replies as services really send them: readable text never ends as hexadecimal, and what is shown is said."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import ipywidgets
import pytest

from tests.media.conftest import Seen, Shows
from widgets.http.message import Headers, Request
from widgets.media import Piece, render
from widgets.media.viewers.text import TextView
from widgets.media.viewers.tree import TreeView
from widgets.model.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

HEX = "ww-hex"


def fetched(body: bytes, content_type: str, *more: tuple[str, str], status: int = 200, **facts: object) -> Seen:
    headers = Headers([("Content-Type", content_type), *more])
    return Seen(render(Reply("http://x.example/export", status, headers=headers, body=body, **facts)))  # type: ignore[arg-type]


def is_hexadecimal(seen: Seen) -> bool:
    return any(HEX in widget._dom_classes for widget in seen if isinstance(widget, ipywidgets.HTML))


@pytest.mark.parametrize(
    ("body", "media_type", "reason"),
    [
        (b"Internal Server Error: database is down", "application/json", "not JSON: line 1, column 1"),
        (b'{"items":[{"id":1},{"id":2,"na', "application/json", "not JSON: line 1, column "),
        (b"<r><t>AT&T & co</t></r>", "application/xml", "not well-formed: line 1, column 11"),
        (b"<rss><title>a&nbsp;b</title></rss>", "application/rss+xml", "not well-formed: line 1, column "),
        (b"<r><x:t>1</x:t></r>", "application/xml", "unbound prefix"),
        (b"<r>\n<item>1</item>\n<it", "text/xml", "not well-formed: line 3, column "),
        (b"fault: x", "application/xml", "not well-formed: line 1, column 1"),
        (b'<!DOCTYPE r [<!ENTITY x "y">]><r>&x;</r>', "application/xml", "it has entities of its own (x), which"),
        (b"Rate limit exceeded", "application/pdf", ""),
        ("Ошибка сервера: база данных недоступна, попробуйте позже".encode("cp1251"), "application/json", "not JSON"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">\n<g>', "image/svg+xml", "not well-formed: line 2, column "),
    ],
)
def test_what_its_viewer_cannot_read_is_shown_as_text_with_the_place(
    body: bytes, media_type: str, reason: str, shows: Shows
) -> None:
    seen = shows(body, media_type)
    assert not is_hexadecimal(seen)
    assert reason in seen.html
    assert "shown as text" in seen.whole.strip.value


@pytest.mark.parametrize("media_type", ["application/json", "application/xml", "image/png", "text/csv", ""])
def test_an_empty_body_says_so_and_nothing_else(media_type: str) -> None:
    seen = fetched(b"", media_type)
    assert seen.html == '<p class="ww-facts">The body is empty.</p>'
    assert seen.whole.children == (seen.whole._view,)


@pytest.mark.parametrize(("status", "words"), [(204, "204: no body."), (304, "304: no body, ")])
def test_a_status_without_a_body_says_so(status: int, words: str) -> None:
    assert words in fetched(b"", "application/json", status=status).html


def test_head_says_that_it_has_no_body() -> None:
    asked = Request("HEAD", "http://x.example/")
    assert "HEAD asks for the headers alone" in fetched(b"", "text/html", request=asked).html


def test_what_came_of_a_broken_body_is_readable() -> None:
    seen = fetched(b'{"a": [1, 2', "application/json", complete=False, why_incomplete="It broke off.")
    assert "only a part of it came" in seen.html
    assert not is_hexadecimal(seen)


LINES = b'{"a":1}\n{"a":2}\n'


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/json-lines",
        "application/stream+json",
        "text/x-ndjson",
        "application/json",
    ],
)
def test_json_lines_are_a_tree_under_every_name(media_type: str, shows: Shows) -> None:
    seen = shows(LINES, media_type)
    assert "2 items" in seen.html
    assert "tree" in seen.whole.strip.value


@pytest.mark.parametrize("media_type", ["application/json-seq", "application/geo+json-seq", ""])
def test_a_json_sequence_is_a_tree_of_records(media_type: str, shows: Shows) -> None:
    assert "2 items" in shows(b'\x1e{"a":1}\n\x1e{"a":2}\n', media_type).html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b")]}'\n" + b'{"a":1}', "A guard against scripts"),
        (b'for(;;);{"a":1}', "A guard against scripts"),
        (b'callback({"a":1});', "JSONP"),
        (b'<br />\n<b>Warning</b>: mkdir()\n{"a":1}', "Before it stands what is not JSON: "),
        (b'{"a":1}\n<!-- 0.2 s -->', "Behind it stands what is not JSON: "),
        (b'{"a":1}{"a":2}', "2 values stand one after the other."),
        (b'{"id":1,"id":2}', "A name occurs more than once in an object: id"),
        (b'{"n":1E400}', "1E400"),
        (b'{"n":12345678901234567890}', "Numbers that a double does not hold"),
    ],
)
def test_json_that_is_no_strict_json_is_a_tree_and_says_so(text: bytes, said: str, shows: Shows) -> None:
    seen = shows(text, "application/json")
    assert said in seen.html.replace("&#x27;", "'")
    assert "ww-tree" in seen.html


@pytest.mark.parametrize(
    ("text", "media_type", "strict"),
    [
        (b'{"a": 1}', "application/json", True),
        (b'{"id":1,"id":2,"n":1E400}', "application/json", True),
        (b'{"a": NaN}', "application/json", False),
        (b'{"a": "\t"}', "application/json", False),
        (b'callback({"a":1});', "application/json", False),
        (b'<br />\n<b>Warning</b>: mkdir()\n{"a":1}', "application/json", False),
        (b'{"a":1}{"a":2}', "application/json", False),
        (b'{"a":1}\n{"a":2}\n', "application/x-ndjson", True),
        (b'{"a":1}\noops\n', "application/x-ndjson", False),
        (b'{\n"a":1\n}\n{\n"a":2\n}\n', "application/x-ndjson", False),
        (b'\x1e{"a":1}\n\x1e{"a":\n', "application/json-seq", False),
    ],
)
def test_bytes_that_strict_readers_refuse_are_not_said_to_agree(
    text: bytes, media_type: str, strict: bool, shows: Shows
) -> None:
    whole = shows(text, media_type).whole
    assert whole.chips == ((f"**{media_type}**{' bytes agree' if strict else ''}", ""),)
    assert ("and the bytes agree" in whole.strip.value) is strict
    assert ("strict readers refuse the bytes; shown as a tree" in whole.strip.value) is not strict


def test_a_line_that_is_no_json_is_told_by_its_number_and_stands_whole(shows: Shows) -> None:
    long = "upstream timed out " * 30
    html = shows(b'{"a":1}\n\n' + long.encode() + b'\n{"a":2}\n', "application/x-ndjson").html
    assert "Line 3 is not JSON, and stands as text: Expecting value." in html
    assert f"not JSON: {long.strip()}" in html
    assert "&quot;not JSON" not in html  # It is no string of JSON.
    html = shows(b'{"a":1}\nx\ny\n', "application/x-ndjson").html
    assert "2 of 3 lines are not JSON, and stand as text: 2, 3." in html


@pytest.mark.parametrize("number", ["1.10", "1E400", "555555555555555555.555", "-0", "7" * 5000])
def test_numbers_are_shown_as_they_came(number: str, shows: Shows) -> None:
    assert number in shows(f'{{"n": {number}}}'.encode(), "application/json").html


def test_both_of_two_members_of_one_name_are_in_the_tree(shows: Shows) -> None:
    html = shows(b'{"id":1,"id":2}', "application/json").html
    assert html.count("<strong>id</strong>") == 2


@pytest.mark.parametrize(
    ("body", "media_type", "there"),
    [
        (b"a,b\r1,2\r3,4\r", "text/csv", "2 rows, 2 columns"),
        (b"a,b\n1,\x002\n", "text/csv", "␀2"),
        (b"8=FIX.4.2\x019=65\x0135=A\x0149=SERVER\x0156=CLIENT\x01\n", "text/plain", "8=FIX.4.2␁9=65␁"),
    ],
)
def test_controls_in_text_are_marked(body: bytes, media_type: str, there: str, shows: Shows) -> None:
    seen = shows(body, media_type)
    assert there in seen.html
    assert not is_hexadecimal(seen)


def asked(view: TreeView, **wanted: object) -> str:
    for name, value in wanted.items():
        getattr(view, name).value = value
    view.join(30)
    return Seen(view._found).html


def test_small_siblings_are_never_starved_by_a_large_one(shows: Shows) -> None:
    body = {"items": [{f"k{n}": n for n in range(12)} for _ in range(600)], "next": "?page=2", "count": 600}
    seen = shows(json.dumps(body).encode(), "application/json")
    assert "<strong>next</strong>" in seen.html
    assert "<strong>count</strong>" in seen.html


def test_what_is_left_out_of_a_tree_can_be_reached(shows: Shows) -> None:
    view = shows(json.dumps({"rows": list(range(1200)), "end": True}).encode(), "application/json").one(TreeView)
    assert [words for words, _ in view.part.options][1] == "rows: 300 of 1,200"
    html = asked(view, part=view.part.options[1][1])
    assert view.page.max == 4
    html = asked(view, page=4)
    assert "1199" in html
    assert "1,200 found" not in html


def test_json_and_xml_are_searched(shows: Shows) -> None:
    layers = "".join(f"<Layer><Identifier>L{n}</Identifier></Layer>" for n in range(1200))
    view = shows(f"<Capabilities><Contents>{layers}</Contents></Capabilities>".encode(), "text/xml").one(TreeView)
    html = asked(view, search="l1187")
    assert "1 found" in html
    assert "Capabilities › Contents › Layer › Identifier" in html
    view = shows(json.dumps({"list": [{"name": f"n{n}"} for n in range(5000)]}).encode(), "application/json").one(
        TreeView
    )
    assert "list › 4321 › name" in asked(view, search="N4321")


def test_long_strings_are_whole_with_their_lines(shows: Shows) -> None:
    lines = "\n".join(f"Line {n}: value" for n in range(400))
    html = shows(json.dumps({"result": lines}).encode(), "application/json").html
    assert "<small>400 lines, " in html
    assert "Line 0: value\nLine 1: value" in html
    assert "Line 399: value</pre>" in html


def test_only_what_is_a_known_kind_is_offered_as_coded_inside(shows: Shows, picture: Callable[..., bytes]) -> None:
    import base64  # noqa: PLC0415
    import hashlib  # noqa: PLC0415

    hashes = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(3000)]
    tokens = [base64.b64encode(hashlib.sha512(str(n).encode()).digest()).decode() for n in range(1000)]
    body = {"hashes": hashes, "tokens": tokens, "picture": base64.b64encode(picture()).decode()}
    view = shows(json.dumps(body).encode(), "application/json").one(TreeView)
    offered = [widget for widget in Seen(view._found) if isinstance(widget, ipywidgets.Dropdown)]
    assert [label for box in offered for label, _ in box.options if box.description == "Entry"] == ["1. picture"]


def test_the_end_of_a_long_text_is_readable_and_searched(shows: Shows) -> None:
    body = "".join(f"{n} Größe\n" for n in range(100_000)).encode()
    view = shows(body, "text/plain").one(TextView)
    view.page.value = view.page.max
    assert "99999 Größe" in view._text.value
    view.search.value = "77777 grösse"
    view.join(30)
    assert "1 of 100,000 lines hold it" in view._hits.value or "0 of" in view._hits.value
    view.search.value = "77777 größe"
    view.join(30)
    assert "1 of 100,000 lines hold it" in view._hits.value


def test_a_long_json_says_that_it_is_its_beginning(shows: Shows) -> None:
    body = b'{"list": [' + b'"' + b"x" * 21_000_000 + b'"]}'
    html = shows(body, "application/json").html
    assert "only its first 20 MB are read as a tree" in html
    assert "Unterminated" not in html


def test_json_lines_that_are_too_many_say_how_many_were_read(shows: Shows) -> None:
    body = b'{"a": "%s"}\n' % (b"x" * 1000) * 21_000
    assert "of more lines" in shows(body, "application/x-ndjson").html


@pytest.mark.parametrize(
    ("body", "declared", "shown"),
    [
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "text/plain", "text"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "application/x-pem-file", "text"),
        (b"%!PS-Adobe-3.0\n/Times-Roman findfont\n", "application/postscript", "text"),
        (b"{\\rtf1 hello}", "application/rtf", "text"),
        (b"ID3,name\n1,x\n2,y\n", "text/csv", "a table"),
        (b"BZhang,12\nLi,13\n", "text/csv", "a table"),
        (b"MZ,x\n1,2\n", "text/csv", "a table"),
        (b"GIF89a is a file format\n", "text/plain", "text"),
    ],
)
def test_text_that_begins_like_a_binary_stays_text(body: bytes, declared: str, shown: str, shows: Shows) -> None:
    seen = shows(body, declared)
    assert f"shown as {shown}." in seen.whole.strip.value
    assert not is_hexadecimal(seen)
    assert seen.whole.verdict.agreed


@pytest.mark.parametrize("before", [b"\n", b"\xef\xbb\xbf", b"\r\n\r\n", b"<br />Notice: x\n"])
def test_what_stands_before_a_picture_is_stepped_over_and_said(
    before: bytes, shows: Shows, picture: Callable[..., bytes]
) -> None:
    for kind in ("PNG", "JPEG"):
        seen = shows(before + picture(kind), f"image/{kind.lower()}")
        assert "60 × 40 pixels" in seen.html
        assert "not belong to it stand" in seen.whole.strip.value


def test_what_stands_before_a_pdf_is_stepped_over(shows: Shows, document: bytes) -> None:
    seen = shows(b"\r\n\r\n" + document, "application/octet-stream")
    assert "PDF, 3 pages" in seen.html
    assert "4 bytes that do not belong to it stand before the PDF" in seen.whole.strip.value


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", ""])
@pytest.mark.parametrize("before", [b"Notice: undefined index x\n", b""])
def test_a_pdf_that_says_that_it_is_no_text_is_none(shows: Shows, before: bytes, charset: str) -> None:
    body = before + b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj\n" * 400
    found = shows(body, "application/pdf", charset=charset).whole.verdict.found
    assert (found.media_type, found.offset) == ("application/pdf", len(before))


def test_pdfium_is_asked_where_pypdf_gives_up(shows: Shows, document: bytes) -> None:
    start = document.rindex(b"startxref")
    seen = shows(document[:start], "application/pdf")
    assert "PDF, 3 pages" in seen.html
    assert "PDFium reads it all the same" in seen.html


def zipped(name: str = "data/a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, '<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>')
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (b"a: 1\nb:\n  - x\n", "application/x-yaml"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "application/vnd.apple.mpegurl"),
        (b'<http://a/b> <http://c/d> "e" .\n', "application/n-triples"),
        (b"SELECT ?s WHERE {?s ?p ?o}", "application/sparql-query"),
        (b"plain words of a type that nobody knows", "application/x-unheard-of"),
        (zipped("doc.kml"), "application/vnd.google-earth.kmz"),
        (zipped(), "application/vnd.android.package-archive"),
        (zipped(), "application/vnd.comicbook+zip"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "video/3gpp"),
    ],
)
def test_there_is_no_quarrel_where_there_is_none(body: bytes, declared: str, shows: Shows) -> None:
    assert shows(body, declared).whole.verdict.agreed


def test_bytes_that_were_declared_as_text_are_bytes_with_the_reason(shows: Shows) -> None:
    seen = shows(b"\x9e{\x01\x02", "application/json")
    assert "Shown as bytes: declared application/json, but the bytes are no text." in seen.html
    assert "Charset" not in seen.whole.strip.value


def test_cbor_is_no_text(shows: Shows) -> None:
    body = b"\xa2fplanetdMarsemoons\x82fPhobosfDeimos"
    assert "shown as text" not in shows(body, "application/cbor").whole.strip.value


def test_two_declared_types_are_said() -> None:
    seen = fetched(b'{"a":1}', "text/html; charset=UTF-8, application/json")
    assert "2 types are declared, text/html and application/json; the last one counts." in seen.whole.strip.value
    assert "1 member" in seen.html


def test_a_part_of_a_multipart_body_opens_with_its_coding_undone(picture: Callable[..., bytes]) -> None:
    import base64  # noqa: PLC0415

    coded = base64.encodebytes(picture())
    body = b"This is a preamble.\r\n--xyz\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
    body += b'Content-Disposition: attachment; filename="a.png"\r\n\r\n' + coded + b"\r\n--xyz--\r\n"
    seen = fetched(body, "multipart/mixed; boundary=xyz")
    from widgets.media.viewers.archive import Pieces  # noqa: PLC0415

    pieces = seen.one(Pieces)
    assert "1 part" in seen.html
    pieces.take_out()
    pieces.join(30)
    assert "PNG, 60 × 40 pixels" in Seen(pieces.view).html


def test_a_piece_keeps_its_headers_when_another_charset_is_chosen() -> None:
    seen = fetched("a;b\n1;2\n".encode("utf-16-le"), "text/csv; header=absent")
    seen.whole.charset.value = "utf-16le"
    seen.whole.join(30)
    assert "the first row is data" in seen.html
    assert Piece("", b"").headers == ()


def test_a_part_that_was_asked_for_is_not_taken_for_a_damaged_whole() -> None:
    middle = bytes(range(90, 256))
    seen = fetched(middle, "image/png", ("Content-Range", "bytes 90-255/500"), status=206)
    assert "; only a part of it came." in seen.html
