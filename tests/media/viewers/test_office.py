from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.media import files
from widgets.media import child
from widgets.media.viewers.drawn import Chosen
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from tests.media.conftest import Shows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
EPUB = "application/epub+zip"


def workbook(rows: int = 2) -> bytes:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Empty"
    sheet = book.create_sheet("Planets & co")
    sheet.append(["name", "radius", "seen"])
    for number in range(rows):
        sheet.append([f"<b>{number}", number + 0.5, date(2026, 1, 1)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(entries: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compresslevel=1) as archive:
        for name, body in entries.items():
            archive.writestr(name, body, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def rows_in(seen: Any) -> list[list[str]]:
    html = seen.one(TableView)._grid.value
    return [re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", row) for row in html.split("<tr>")[1:]]


@pytest.mark.parametrize("declared", [XLSX, "application/octet-stream", "application/zip", "application/vnd.ms-excel"])
def test_a_sheet_of_a_workbook_is_a_table(declared: str, shows: Shows) -> None:
    seen = shows(workbook(), declared, shown_as=XLSX if declared == "application/zip" else "")
    assert "A workbook of 2 sheets" in seen.html
    assert rows_in(seen) == [
        ["name", "radius", "seen"],
        ["&lt;b&gt;0", "0.5", "2026-01-01"],
        ["&lt;b&gt;1", "1.5", "2026-01-01"],
    ]


def test_a_workbook_does_not_quarrel_with_zip(shows: Shows) -> None:
    assert shows(workbook(), "application/zip").whole.verdict.agreed
    assert "Excel workbook" in shows(workbook(), "text/plain").whole.verdict.why


def test_another_sheet_and_page_can_be_chosen(shows: Shows) -> None:
    seen = shows(workbook(1500), XLSX)
    chosen = seen.one(Chosen)
    assert chosen.choices["page"].max == 2
    chosen.choices["page"].value = 2
    chosen.join(20)
    assert rows_in(seen)[-1][0] == "&lt;b&gt;1499"
    assert "rows 1,001 to 1,500 of 1,500" in seen.one(TableView)._grid.value
    chosen.choices["sheet"].value = "Empty"
    chosen.join(20)
    assert "0 rows" in seen.one(TableView)._grid.value


SHEET = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="One"><table:table-row><table:table-cell office:value-type="string"><text:p>head</text:p>'
    "</table:table-cell></table:table-row><table:table-row>"
    '<table:table-cell office:value-type="float" office:value="42"><text:p>42</text:p></table:table-cell>'
    "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
)
MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def test_sheets_of_opendocument_are_tables(shows: Shows) -> None:
    body = zipped({"mimetype": ODS, "META-INF/manifest.xml": MANIFEST, "content.xml": SHEET})
    for declared in (ODS, ""):
        assert rows_in(shows(body, declared)) == [["head"], ["42"]]


WORDS = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body><w:p><w:r>'
    "<w:t>Plain &lt;script&gt;words</w:t></w:r></w:p><w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData>"
    "<pic:pic>"
    '<pic:blipFill><a:blip r:embed="rId1"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
    "</w:drawing></w:r></w:p></w:body></w:document>"
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="{}"/>'
    "</Relationships>"
)


def document(picture: bytes, words: str = WORDS) -> bytes:
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="png" ContentType="image/png"/></Types>'
    )
    entries: dict[str, bytes | str] = {
        "[Content_Types].xml": types,
        "_rels/.rels": RELATIONS.format("officeDocument", "word/document.xml"),
        "word/document.xml": words,
        "word/_rels/document.xml.rels": RELATIONS.format("image", "media/one.png"),
        "word/media/one.png": picture,
    }
    return zipped(entries)


def test_a_word_document_is_a_page_with_its_pictures_in_the_sandbox(shows: Shows) -> None:
    for declared in (DOCX, "application/octet-stream"):
        html = shows(document(files.picture()), declared).html
        assert "A Word document" in html
        assert 'sandbox=""' in html
        assert "&lt;p&gt;Plain &amp;lt;script&amp;gt;words&lt;/p&gt;" in html
        assert "data:image/png;base64,iVBOR" in html


def test_a_picture_that_is_too_large_for_the_page_is_left_out_and_that_is_said(shows: Shows) -> None:
    html = shows(document(bytes(3_000_001)), DOCX).html
    assert "1 large pictures are left out" in html


PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
    "<dc:title>Moby &lt;b&gt; Dick</dc:title></metadata><manifest>"
    '<item id="a" href="text/one.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="b" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
)


def book(container: str = "OEBPS/content.opf") -> bytes:
    entries: dict[str, bytes | str] = {
        "mimetype": EPUB,
        "META-INF/container.xml": f'<container><rootfiles><rootfile full-path="{container}"/></rootfiles></container>',
        "OEBPS/content.opf": PACKAGE,
        "OEBPS/nav.xhtml": '<html><body><nav><a href="text/one.xhtml">Loomings</a></nav></body></html>',
        "OEBPS/text/one.xhtml": '<?xml version="1.0"?><html><p>Call me Ishmael.</p><img src="../i/w.png"/></html>',
        "OEBPS/text/two b.xhtml": '<html><p onclick="x()">The second</p><img src="../i/gone.png"/></html>',
        "OEBPS/i/w.png": files.picture(),
    }
    return zipped(entries)


def test_a_book_is_read_a_chapter_at_a_time_with_its_pictures(shows: Shows) -> None:
    for declared in (EPUB, ""):
        seen = shows(book(), declared)
        assert "A book of 2 chapters" in seen.html
        assert "Moby &lt;b&gt; Dick" in seen.html
        assert "Call me Ishmael." in seen.html
        assert "data:image/png;base64,iVBOR" in seen.html
        chosen = seen.one(Chosen)
        assert [label for label, _ in chosen.choices["chapter"].options] == ["1. Loomings", "2. two b.xhtml"]
        chosen.choices["chapter"].value = "OEBPS/text/two b.xhtml"
        chosen.join(20)
        assert "The second" in seen.html
        assert "1 picture is missing or too large" in seen.html
        assert 'sandbox=""' in seen.html


def test_a_book_without_its_contents_is_a_list_with_the_reason(shows: Shows) -> None:
    assert "Shown as a list: it cannot be decoded: " in shows(book("elsewhere"), EPUB).html


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def sheet_bomb() -> bytes:
    """Two cells at opposite corners of a sheet, and 17 thousand million empty ones between."""
    body = workbook()
    entries: dict[str, bytes | str] = {}
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            entries[name] = archive.read(name)
    place = "xl/worksheets/sheet2.xml"
    sheet = entries[place]
    assert isinstance(sheet, bytes)
    cells = b"".join(
        b'<row r="%d"><c r="%b%d"><v>1</v></c></row>' % (row, column, row)
        for column, row in ((b"A", 1), (b"XFD", 1_048_576))
    )
    entries[place] = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + cells + b"</sheetData>", sheet)
    return zipped(entries)


def texts_bomb() -> bytes:
    body = workbook()
    entries: dict[str, bytes | str] = {}
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            entries[name] = archive.read(name)
    one = b"<si><t>" + b"x" * 1_000_000 + b"</t></si>"
    entries["xl/sharedStrings.xml"] = b"<sst>" + one * 600 + b"</sst>"
    return zipped(entries)


def laughs() -> bytes:
    return document(b"", LAUGHS + "]>" + WORDS.partition("?>")[2].replace("Plain", "&i;"))


@pytest.mark.parametrize(("bomb", "media_type"), [(sheet_bomb, XLSX), (texts_bomb, XLSX), (laughs, DOCX)])
def test_a_bomb_of_an_office_costs_its_decoder_only(
    bomb: Any, media_type: str, shows: Shows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "SECONDS", 5.0)
    html = shows(bomb(), media_type).html
    assert "Shown as a list: " in html or "This is not shown: " in html
    assert len(html) < 5_000_000
