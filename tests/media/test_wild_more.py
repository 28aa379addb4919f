"""Kinds of replies that were shown wrongly before they were found in public reports: each is one kind, not one case."""

from __future__ import annotations

import io
import struct
from importlib import import_module
from typing import TYPE_CHECKING

import h5py
import pytest
from PIL import ExifTags, Image

from tests.media import files
from tests.media.test_wild_kinds import cells, fetched
from widgets.media.charset import decode
from widgets.media.decoders import multipart, picture_as_png, picture_facts, read_table
from widgets.media.decoders.values import read_values
from widgets.media.encoding import known_as
from widgets.media.names import disposed

if TYPE_CHECKING:
    from tests.media.conftest import Shows

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
SOURCE = b'import Alpine from "https://esm.sh/alpinejs";\nexport const a: number = 1;\n'
PLAYERS = ("<audio", "<video")


@pytest.mark.parametrize(
    ("declared", "body", "kind"),
    [
        ("video/mp2t", SOURCE, "text"),
        ("audio/opus", b'{"error": "voice not found"}', "a tree"),
        ("audio/x-ms-wma", b"Not found.", "text"),
        ("video/3gpp", b"<!doctype html><h1>Expired</h1>", "a page without its scripts"),
        ("image/svg", SVG, "a drawing"),
        ("image/vnd.jpeg-png8", b"<!DOCTYPE html><h1>Layer not defined</h1>", "a page without its scripts"),
    ],
)
def test_text_under_the_type_of_a_sound_a_film_or_a_picture_is_text(declared: str, body: bytes, kind: str) -> None:
    seen = fetched(body, declared)
    assert seen.whole._shown_now.kind == kind
    assert not seen.whole.verdict.agreed
    assert not any(player in seen.html for player in PLAYERS)


def test_a_picture_that_is_text_of_its_own_kind_is_still_drawn(shows: Shows) -> None:
    assert "XBM, 8 × 2 pixels" in shows(files.picture("XBM", (8, 2), "1"), "image/x-xbitmap").html


def test_samples_without_a_head_say_why_they_do_not_play(shows: Shows) -> None:
    html = shows(struct.pack("<4h", 0, 900, 0, -900) * 100, "audio/l16").html
    assert "Browsers do not play samples without a head" in html
    assert not any(player in html for player in PLAYERS)


@pytest.mark.parametrize(
    ("declared", "body", "said"),
    [
        ("audio/mpeg", b"\0\1\2\3" * 100, True),
        ("video/mp4", b"\0\1\2\3" * 100, True),
        ("audio/mpeg", b"\xff\xfb\x90\0" * 100, False),
    ],
)
def test_a_player_of_what_nobody_knows_says_that_it_may_stay_dead(
    declared: str, body: bytes, said: bool, shows: Shows
) -> None:
    html = shows(body, declared, shown_as=declared).html
    assert any(player in html for player in PLAYERS)
    assert ("save it" in html) == said


def test_wav_beyond_four_gigabytes_is_wav_that_not_every_browser_plays(shows: Shows) -> None:
    seen = shows(b"RF64\xff\xff\xff\xffWAVEds64" + bytes(60), "")
    assert seen.whole.verdict.found.media_type == "audio/wav"
    assert "Not every browser plays RF64" in seen.html


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b'{"type":"stream","token":"Hello"}\n{"type":"end"}\n', "a tree", "Hello"),
        (b'{"error": {"message": "quota exceeded"}}', "a tree", "quota exceeded"),
        (b"<!doctype html><title>502</title>Bad gateway", "a page without its scripts", "Bad gateway"),
        (b"upstream connect error\n", "text", "upstream connect error"),
        (b": keep-alive\n\n", "a list of events", "0 rows"),
        (b"data\n\n", "a list of events", "1 row"),
        (b"event: a\ndata: 1\n\nand words\n", "a list of events", "1 row"),
    ],
)
def test_what_is_no_stream_of_events_is_no_empty_list(body: bytes, kind: str, words: str) -> None:
    seen = fetched(body, "text/event-stream")
    assert seen.whole._shown_now.kind == kind
    assert words in seen.html


@pytest.mark.parametrize("label", ["iso-8859-1", "us-ascii", "latin1"])
@pytest.mark.parametrize("media_type", ["application/json", "text/csv", "text/plain"])
def test_utf8_under_the_charset_that_servers_declare_by_themselves_is_read(label: str, media_type: str) -> None:
    seen = fetched('{"ort": "Québec, Zürich"}\n'.encode(), f"{media_type};charset={label.upper()}")
    assert "Québec, Zürich" in seen.html
    assert f"Charset utf-8 (declared {label}, but all of it is valid UTF-8)." in seen.whole.strip.value


def test_latin_1_that_is_it_and_a_charset_that_a_person_chose_are_obeyed() -> None:
    assert decode("größer".encode("latin-1"), "iso-8859-1").why == "declared"
    assert decode("größer".encode(), "windows-1252").text == "grÃ¶ÃŸer"


@pytest.mark.parametrize("declared", ["", "utf-8"])
def test_signs_in_halves_are_joined_and_that_is_said(declared: str) -> None:
    body = "Café 😀, ".encode() + b"\xed\xa0\xbd\xed\xb8\x80!"
    read = decode(body, declared)
    assert (read.text, read.used, read.faithful) == ("Café 😀, 😀!", "utf-8", True)
    assert read.why.endswith("its signs beyond U+FFFF come in halves (CESU-8)")


def test_half_a_sign_alone_is_no_sign() -> None:
    assert decode(b"a\xed\xa0\xbd", "utf-8").text == "a\ufffd\ufffd\ufffd"


@pytest.mark.parametrize("label", ["macintosh", "cp437", "cp850", "windows-1258"])
def test_older_charsets_can_be_chosen(label: str) -> None:
    seen = fetched(b"ab", "text/csv")
    assert label in [value for _, value in seen.whole.charset.options]
    assert known_as(label)


@pytest.mark.parametrize(
    "text",
    [
        "Die Bäckerei öffnet früh, und süße Brötchen gibt es für jeden Gast.",
        "Le garçon a oublié son goûter à l'école, près de la fenêtre.",
        "Mañana lloverá en toda la región y bajarán las temperaturas.",
        "city,word\nZürich,Café\nMálaga,mañana\nOrléans,déjà vu\nKöln,Größe\n",
    ],
)
def test_western_words_of_older_macintoshes_are_found_and_those_of_windows_still_are(text: str) -> None:
    assert decode(text.encode("mac_roman")).text == text
    assert decode(text.encode("cp1252")).used == "windows-1252"


def compound(*names: str, inside: tuple[str, ...] = ()) -> bytes:
    """A compound file whose root has streams of these names, and a storage with an embedded document's, if any."""
    none = 0xFFFFFFFF
    storage = ("MBD00123", 1) if inside else None
    entries = [("Root Entry", 5), *((name, 2) for name in inside), *([storage] if storage else [])]
    entries += [(name, 2) for name in names]
    first = 1 + len(inside)
    directory = b""
    for place, (name, kind) in enumerate(entries):
        last = place in (0, len(inside), len(entries) - 1)
        below = {5: first if len(entries) > first else none, 1: 1}.get(kind, none)
        neighbours = struct.pack("<BBIII", kind, 1, none, none if last else place + 1, below)
        directory += name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + neighbours
        directory += bytes(128 - len(directory) % 128)
    directory += bytes(-len(directory) % 512)
    sectors = len(directory) // 512
    head = bytearray(512)
    head[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, 1)
    struct.pack_into("<I", head, 76, 0)
    # The table of what follows what, then the directory, its sectors from the last one back to the second.
    order = [1, *range(sectors, 1, -1)]
    table = [0xFFFFFFFD, *[0] * sectors, *[none] * (127 - sectors)]
    for sector, following in zip(order, [*order[1:], 0xFFFFFFFE], strict=True):
        table[sector] = following
    placed = dict(zip(order, (directory[n * 512 : n * 512 + 512] for n in range(sectors)), strict=True))
    return bytes(head) + struct.pack("<128I", *table) + b"".join(placed[n] for n in sorted(placed)) + bytes(4096)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("Workbook",), "old Excel workbook"),
        (("\x05SummaryInformation", "WordDocument"), "old Word document"),
        (("__properties_version1.0",), "Outlook message"),
        (("\x05SummaryInformation", "\u4840\u3f3f\u4577"), "Windows installer"),
        (("Something",), "a compound file of Microsoft"),
        ((), "a compound file of Microsoft"),
    ],
)
def test_a_compound_file_is_called_what_its_directory_says(names: tuple[str, ...], told: str) -> None:
    seen = fetched(compound(*names), "application/octet-stream")
    assert f"the bytes are {told} (D0 CF 11 E0" in seen.whole.verdict.why


@pytest.mark.parametrize("head", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", compound("x")[:60], compound("x")[:600]])
def test_a_compound_file_that_was_cut_is_one_all_the_same(head: bytes) -> None:
    assert fetched(head, "").whole.verdict.found.media_type == "application/x-ole-storage"


@pytest.mark.parametrize("declared", [XLSX, "application/octet-stream", "application/vnd.ms-excel"])
def test_a_document_under_a_password_says_so_and_is_no_quarrel(declared: str) -> None:
    seen = fetched(compound("EncryptionInfo", "EncryptedPackage"), declared)
    assert "Shown as bytes: it is locked with a password." in seen.html
    assert seen.whole.verdict.agreed
    assert "old Office" not in seen.whole.strip.value


def test_a_label_in_front_of_data_is_not_called_text_throughout() -> None:
    label = b"PDS_VERSION_ID = PDS3\r\nRECORD_BYTES = 2048\r\nEND\r\n".ljust(6144)
    body = label + bytes(n * 7 % 256 for n in range(10_240))
    for declared in ("application/octet-stream", "text/plain", ""):
        seen = fetched(body, declared)
        assert "PDS_VERSION_ID = PDS3" in seen.html
        assert "the bytes are text, and behind it what is none; shown as text." in seen.whole.verdict.why
        assert not seen.whole.verdict.agreed


def test_a_table_with_a_hole_and_messages_with_controls_stay_what_they_are() -> None:
    rows = b"a,b\n" + b"1,2\n" * 3000
    assert fetched(rows[:6000] + bytes(600) + rows, "text/csv").whole._shown_now.kind == "a table"
    why = fetched(b"8=FIX.4.2\x019=65\x0135=A\x01\n" * 900, "text/plain").whole.verdict.why
    assert "behind it" not in why


def test_what_was_not_looked_at_is_not_called_characters() -> None:
    why = fetched(b"words\n" * 2000, "application/octet-stream").whole.verdict.why
    assert "the bytes are text (its first 4,096 bytes are characters)" in why
    assert fetched(b"words", "application/octet-stream").whole.verdict.found.evidence == "every byte is a character"


def matlab() -> bytes:
    """Data of MATLAB 7.3: HDF5 behind 512 bytes of MATLAB's own."""
    out = io.BytesIO()
    with h5py.File(out, "w", userblock_size=512) as file:
        file["speed"] = [1.0, 2.0, 4.0]
    body = bytearray(out.getvalue())
    body[:124] = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, HDF5 schema 1.00 .".ljust(124)
    return bytes(body)


@pytest.mark.parametrize(
    "declared", ["application/x-matlab-data", "application/matlab", "application/octet-stream", ""]
)
def test_hdf5_behind_a_head_of_its_own_is_a_tree(declared: str) -> None:
    seen = fetched(matlab(), declared)
    assert seen.whole._shown_now.kind == "a tree of arrays"
    assert "speed" in seen.html
    assert "loadmat" not in seen.html


def test_hdf5_behind_another_head_is_found_too() -> None:
    assert fetched(b"\0" * 512 + matlab()[512:], "").whole._shown_now.kind == "a tree of arrays"


def test_avif_is_avif_though_its_first_brand_is_that_of_any_picture() -> None:
    avif = files.picture("AVIF", (64, 48))
    import_module("pillow_heif")  # where it is registered first, it would take the picture, which it has no codec for
    seen = fetched(avif[:8] + b"mif1" + avif[12:], "image/avif")
    assert seen.whole.verdict.agreed
    assert "AVIF, 64 × 48 pixels" in seen.html
    assert 'src="data:image/avif;base64,' in seen.html


def test_a_raw_picture_of_canon_is_no_film() -> None:
    seen = fetched(b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(200), "application/octet-stream")
    assert seen.whole.verdict.found.name == "Canon raw picture"
    assert "<video" not in seen.html


def test_a_png_that_browsers_do_not_draw_says_so() -> None:
    png = files.picture("PNG")
    seen = fetched(png[:8] + b"\0\0\0\4CgBI\x50\0\x20\6\x2c\xb8\x77\x66" + png[8:], "image/png")
    assert "a PNG as Apple packs it for its own devices (CgBI)" in seen.html
    assert "<img" not in seen.html


KML = (
    '{}<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>北京</name><Point>'
    "<coordinates>116.4,39.9</coordinates></Point></Placemark></kml>"
)
GPX = (
    '{}<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">'
    '<wpt lat="39.9" lon="116.4"><name>北京</name></wpt></gpx>'
)


@pytest.mark.parametrize(
    ("media_type", "text"), [("application/vnd.google-earth.kml+xml", KML), ("application/gpx+xml", GPX)]
)
@pytest.mark.parametrize(
    ("declaration", "codec"),
    [
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-8"),
        ('<?xml version="1.0" encoding="GBK"?>', "gbk"),
        ('<?xml version="1.0" encoding="Shift_JIS"?>', "shift_jis"),
        ('\n\n<?xml version="1.0"?>', "utf-8"),
    ],
)
def test_places_are_drawn_in_whatever_charset_they_come(
    media_type: str, text: str, declaration: str, codec: str
) -> None:
    html = fetched(text.format(declaration).encode(codec), media_type).html
    assert "No outline" not in html
    assert "1 point" in html
    assert "北京" in html


VOTABLE = (
    '<?xml version="1.0" encoding="{}"?><VOTABLE version="1.3"><RESOURCE><TABLE><FIELD name="星" datatype="char" '
    'arraysize="*"/><DATA><TABLEDATA><TR><TD>Polaris</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>'
)


@pytest.mark.parametrize(("said", "codec"), [("utf-16", "utf-8"), ("EUC-JP", "euc-jp"), ("utf-8", "utf-8")])
def test_tables_of_the_virtual_observatory_are_read_in_whatever_charset(said: str, codec: str) -> None:
    seen = fetched(VOTABLE.format(said).encode(codec), "application/x-votable+xml")
    assert "No table" not in seen.html
    assert cells(seen) == [("星",), ("Polaris",)]


@pytest.mark.parametrize("between", ["\n", "", ",\n"])
def test_features_on_lines_of_their_own_are_drawn(between: str) -> None:
    one = '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [10, 1]}}'
    html = fetched(between.join([one] * 3).encode(), "application/geo+json").html
    assert "3 points" in html
    assert "No outline" not in html


@pytest.mark.parametrize(
    ("declared", "body", "chip"),
    [
        ("text/csv", b"a,b\n1,2\n", "**text/csv** bytes agree"),
        ("multipart/mixed; boundary=x", b"--x\r\n\r\nhello\r\n--x--\r\n", "**multipart/mixed**"),
        ("audio/mpeg", b"\0\1\2\3" * 9, "**audio/mpeg**"),
        ("application/x-bittorrent", b"\0\1\2\3" * 9, "**application/x-bittorrent**"),
    ],
)
def test_bytes_are_said_to_agree_only_where_they_do(declared: str, body: bytes, chip: str) -> None:
    assert fetched(body, declared).whole.chips[0][0] == chip


FRAME = b"Content-Type: text/x-frame\r\nContent-Length: 5\r\n\r\nframe\r\n"


@pytest.mark.parametrize("end", [b"--myboundary\r\n", b"--myboundary--\r\n", b""])
@pytest.mark.parametrize("start", [b"", b"--myboundary\r\n"])
def test_a_stream_of_pictures_needs_no_line_before_the_first_and_ends_anywhere(start: bytes, end: bytes) -> None:
    parts = multipart(start + FRAME + b"--myboundary\r\n" + FRAME + end, "--myboundary")
    assert [part.media_type for part in parts] == ["text/x-frame"] * 2
    assert [part.body.strip() for part in parts] == [b"frame"] * 2


def test_words_before_the_first_part_are_no_part() -> None:
    body = b"Note: this is a message of several parts.\r\n--x\r\n\r\nhello\r\n--x--\r\n"
    assert [part.body for part in multipart(body, "x")] == [b"hello"]


@pytest.mark.parametrize("between", ["~", "^", "\x01", "\x1f"])
def test_rarer_signs_part_cells_too(between: str) -> None:
    rows = [
        ("Ingredient", "DF;Route", "Trade"),
        ("BUDESONIDE", "AEROSOL, FOAM;RECTAL", "UCERIS"),
        ("AZELAIC ACID",) * 3,
    ]
    body = "".join(between.join(row) + "\n" for row in rows)
    assert cells(fetched(body.encode(), "text/csv")) == rows


def test_a_line_of_json_ends_at_a_line_end_only(shows: Shows) -> None:
    lines = ('{"id": 1, "text": "a\u2028b"}', '{"id": 2, "text": "c\u0085d"}', '{"id": 3}', "no JSON")
    values = read_values("\r\n".join(lines), lines=True)
    assert [value["id"] for value in values.value[:3]] == [1, 2, 3]
    assert str(values.value[3]).startswith("not JSON")


def test_xml_1_1_is_not_called_ill_formed(shows: Shows) -> None:
    body = b'<?xml version="1.1"?>\n<a>b&#x1;c</a>'
    assert "Shown as text: it says XML 1.1 and is read here as 1.0: line 2, column 5" in shows(body, "text/xml").html
    assert "not well-formed" in shows(body.replace(b"1.1", b"1.0"), "text/xml").html


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=UTF-8''report%202026.csv", "report 2026.csv"),
        ("attachment; filename=\"utf-8'en'r%C3%A9sum%C3%A9.pdf\"", "résumé.pdf"),
        ("attachment; filename=\"it's utf-8's.txt\"", "it's utf-8's.txt"),
    ],
)
def test_the_form_for_other_letters_is_read_in_the_plain_parameter_too(header: str, name: str) -> None:
    assert disposed(header) == name


@pytest.mark.parametrize(
    "body",
    [
        b'<ListBucketResult xmlns="http://s3.example/"><Name>data</Name></ListBucketResult>',
        b'<soap:Envelope xmlns:soap="http://x"><soap:Body><Name>data</Name></soap:Body></soap:Envelope>',
        b"<Error code='1' xmlns='x'><Name>data</Name></Error>",
    ],
)
@pytest.mark.parametrize("declared", ["text/html", "application/octet-stream", ""])
def test_xml_without_its_declaration_is_known_by_its_namespace(declared: str, body: bytes) -> None:
    seen = fetched(body, declared)
    assert seen.whole._shown_now.kind == "a tree of elements"
    assert "data" in seen.html


def test_a_piece_of_a_page_with_a_namespace_is_still_one() -> None:
    assert fetched(b'<span xmlns="http://www.w3.org/1999/xhtml">a</span>', "text/html").whole.verdict.agreed


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("application/messagepack", b"\x82\xa4name\xa4Mars\xa5moons\x92\xa6Phobos\xa6Deimos"),
        ("application/x-google-protobuf", b"\x0a\x04Mars\x10\x02"),
        ("application/octet-stream", b"\xd9\xd9\xf7\xa1\x64name\x64Mars"),
        ("", b"\xd9\xd9\xf7\xa1\x64name\x64Mars"),
    ],
)
def test_packed_data_are_a_tree_under_their_other_names(declared: str, body: bytes) -> None:
    seen = fetched(body, declared)
    assert seen.whole._shown_now.kind == "a tree of packed data"
    assert "Mars" in seen.html


@pytest.mark.parametrize("start", [b"\xff\xf9\x50", b"\xff\xfa\x90", b"\xff\xe3\x18"])
def test_sound_without_a_container_is_known_by_its_first_frame(start: bytes) -> None:
    seen = fetched((start + bytes(60)) * 9, "application/octet-stream")
    assert seen.whole._shown_now.kind == "sound"


SHELL = b'<!doctype html><title>App</title><link rel=stylesheet href=/a.css><div id="root"></div>'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (SHELL + b"<script src=/a.js></script>", "This page is blank without its scripts, which do not run here."),
        (
            b"<title>a</title><frameset cols=20%,80%><frame src=nav.htm><frame src=main.htm></frameset>",
            "This page is blank without its frames, which do not load here. The addresses of its frames stand among",
        ),
        (SHELL + b"<script></script><iframe src=/a>", "its scripts and frames, which neither run nor load here."),
        (
            b"<body style='margin:0'><embed src=a.pdf type=application/pdf width=100% height=100%></body>",
            "This page is blank without its objects, which do not load here.",
        ),
        (b"<body style='background: #036'><embed src=a.pdf></body>", ""),
        (SHELL + b"<object data=/a></object>", "This page is blank without its objects, which do not load here."),
        (SHELL + b"<style>p{}</style>&nbsp;", "There is nothing to see on this page."),
        (SHELL + b"<script></script><noscript>Please enable JavaScript</noscript>", ""),
        (SHELL + b'<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', ""),
    ],
)
def test_a_blank_page_says_why(body: bytes, words: str) -> None:
    html = fetched(body, "text/html").html
    assert ("ww-reason" in html) == bool(words)
    assert words in html


@pytest.mark.parametrize(("declared", "codec"), [("utf-16", "utf-16-be"), ("utf-16be", "utf-16-le")])
def test_utf_16_is_read_in_the_order_in_which_its_bytes_stand(declared: str, codec: str) -> None:
    read = decode("name,mag\nVega,0.03\n".encode(codec), declared)
    assert read.text.startswith("name,mag")
    assert read.why.startswith(f"declared {declared}, but its NULs stand as in utf-16")


def test_a_charset_that_is_not_known_is_not_said_not_to_fit() -> None:
    assert "declared ibm-1047, which is not known here" in decode(b"\xd1\xd6\xc2\xf0\xf0", "ibm-1047").why


def test_a_jpeg_that_browsers_do_not_draw_is_turned_into_a_png() -> None:
    jpeg = files.picture("JPEG")
    arithmetic = picture_facts(jpeg.replace(b"\xff\xc0", b"\xff\xc9", 1))
    assert (picture_facts(jpeg).rare, arithmetic.rare) == (False, True)
    lossless = fetched(jpeg.replace(b"\xff\xc0", b"\xff\xc3", 1), "image/jpeg")
    assert 'src="data:image/jpeg' not in lossless.html


def test_features_before_their_type_are_drawn() -> None:
    one = b'{"geometry":{"coordinates":[8.5,47.4],"type":"Point"},"type":"Feature"}'
    seen = fetched(b'{"features":[' + one + b'],"type":"FeatureCollection"}', "application/json")
    assert "1 point" in seen.html


def test_a_reduced_photograph_is_turned_as_the_camera_says(monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    out = io.BytesIO()
    photograph = Image.new("RGB", (3000, 2000), (40, 90, 160))
    photograph.paste((250, 240, 40), (0, 0, 3000, 200))
    photograph.save(out, "JPEG", exif=exif)
    made = picture_as_png(out.getvalue())
    with Image.open(io.BytesIO(made.png)) as shown:
        assert shown.height > shown.width
        edge = shown.convert("RGB").crop((shown.width - 9, 9, shown.width, 19)).tobytes()
        assert edge[0] > 4 * edge[2]  # yellow
    assert made.words == "reduced from 3,000 × 2,000"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        *(("8859_1", "windows-1252"), ("ISO646-US", "windows-1252"), ("1251", "windows-1251"), ("65001", "utf-8")),
        *(
            ("MS936", "gbk"),
            ("sjis-win", "shift_jis"),
            ("eucJP-win", "euc-jp"),
            ("ujis", "euc-jp"),
            ("koi8r", "koi8-r"),
        ),
        *(("MacRoman", "mac-roman"), ("IBM-1140", "cp1140"), ("cp775", "cp775"), ("en_US.UTF-8", "utf-8")),
        *(("C.UTF-8", "utf-8"), ("de_DE.ISO8859-1", "windows-1252")),
    ],
)
def test_the_names_of_java_ibm_php_and_locales_are_understood(label: str, name: str) -> None:
    assert known_as(label) == name
    assert decode("Words".encode("cp1140" if name == "cp1140" else "ascii"), label).text == "Words"


@pytest.mark.parametrize(
    "label",
    [
        "idna",
        "undefined",
        "hex",
        "rot13",
        "punycode",
        "utf-7",
        "unicode_escape",
        "mbcs",
        "a" * 99,
        "os.path",
        "\0",
        "-",
    ],
)
def test_what_is_no_table_of_signs_is_no_charset(label: str) -> None:
    assert known_as(label) == ""


@pytest.mark.parametrize(
    ("text", "head", "first"),
    [
        ("#id,name\n1,Mars\n2,Venus\n", ("id", "name"), ("1", "Mars")),
        ("#name,planet\nPhobos,Mars\nDeimos,Mars\n", ("name", "planet"), ("Phobos", "Mars")),
        (
            "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\n1\t100\trs1\n2\t200\trs2\n",
            ("CHROM", "POS", "ID"),
            ("1", "100", "rs1"),
        ),
        ("# made by x, y\nname,planet\nPhobos,Mars\nDeimos,Mars\n", ("name", "planet"), ("Phobos", "Mars")),
        ("# units: m, s\nx,y\n1,2\n3,4\n", ("x", "y"), ("1", "2")),
    ],
)
def test_a_head_behind_a_sign_of_comments_is_the_head(text: str, head: tuple[str, ...], first: tuple[str, ...]) -> None:
    table = read_table(text)
    assert (table.columns, table.rows[0]) == (head, first)


@pytest.mark.parametrize("body", [bytes(300), b"\xff" * 300])
@pytest.mark.parametrize("declared", ["text/plain", "application/octet-stream", ""])
def test_bytes_that_are_all_the_same_are_no_words(body: bytes, declared: str) -> None:
    seen = fetched(body, declared)
    assert seen.whole._shown_now.kind == "bytes"
    assert "between the words" not in seen.whole.strip.value


@pytest.mark.parametrize("hole", [16, 200, 3000, 5000, 70_000])
def test_a_log_with_a_hole_is_text(hole: int) -> None:
    body = b"2026-01-01 start\n" + bytes(hole) + b"2026-01-02 again\n" * 9
    seen = fetched(body, "text/plain")
    assert "again" in seen.html
    assert seen.whole._shown_now.kind == "text"
    assert fetched(body, "application/octet-stream").whole._shown_now.kind == "bytes"


@pytest.mark.parametrize("body", [bytes(20_000) + b"again\n" * 9, b"start\n" + bytes(20_000) + b"again\n" * 9])
def test_of_a_hole_it_is_said_where_it_stands(body: bytes) -> None:
    seen = fetched(body, "text/plain")
    assert seen.whole._shown_now.kind == "text"
    assert "a run of NULs stands before or between the words" in seen.whole.strip.value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"".join(b"Station %d\n".ljust(80, b"\0") % number for number in range(30)), id="records"),
        pytest.param(b"LABEL = picture\n".ljust(1024, b"\0") + b"pixels " * 2000, id="a label before data"),
        pytest.param(b"#!/bin/sh\n" + bytes(600) + b"payload " * 99, id="a script before data"),
        pytest.param(b"solid made by CAD".ljust(80) + b"\2" + bytes(100) + b"\n", id="a head of a model"),
        pytest.param(b"words\n" + bytes(3000) + b"words\n" * 300_000 + b"\1\2" * 9, id="data at the end"),
    ],
)
def test_room_between_letters_makes_no_log(body: bytes) -> None:
    assert fetched(body, "text/plain").whole._shown_now.kind == "bytes"


@pytest.mark.parametrize(("more", "where"), [(b"", "NULs stand behind"), (b"x", "control characters stand between")])
def test_of_much_padding_it_is_said_where_it_stands(more: bytes, where: str) -> None:
    seen = fetched(b'{"a": 1}' + bytes(100_000) + more, "application/json")
    assert f"{where} the words" in seen.whole.verdict.why


def test_a_head_with_room_for_more_before_data_is_no_log() -> None:
    body = (b"NAME = picture\n".ljust(2000, b"\0") + b"END\n").ljust(4096, b"\0") + bytes(range(256)) * 30
    assert fetched(body, "text/plain").whole._shown_now.kind == "bytes"


@pytest.mark.parametrize("digits", [300, 5000])
def test_a_number_that_is_named_in_part_is_said_to_go_on(digits: int) -> None:
    """Of 5,000 digits 40 stood under 'shown as they came', as though they were all."""
    said = " ".join(read_values(f"[{'7' * digits}, 12345678901234567891]").said)
    assert f"are shown as they came: {'7' * 40} … ({digits:,} characters)" in said
    assert "12345678901234567891;" in said
