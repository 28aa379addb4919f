from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ipywidgets
import pytest

from tests.media.conftest import LINEAR, Seen, Shows, growth
from tests.media.files import tarred, zipped
from widgets.fetch.body import Body
from widgets.http.message import Headers
from widgets.media import MediaView, Piece, render
from widgets.media.charset import Chosen
from widgets.media.decoders import Part, letter, multipart, zip_entries, zip_entry
from widgets.media.reply import Unreadable
from widgets.media.source import source_of
from widgets.media.viewers.archive import DEEPEST, Pieces
from widgets.model.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable


def opened(seen: Seen, number: int = 0) -> Seen:
    """Open a piece and return what stands below."""
    pieces = seen.one(Pieces)
    pieces.choice.value = number
    pieces.take_out()
    pieces.join(30)
    return Seen(pieces.view.children[0]) if pieces.view.children else Seen(pieces.message)


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
    assert "some words" in Seen(pieces.view).html


def test_a_packed_archive_is_unpacked_and_listed(shows: Shows) -> None:
    seen = shows(gzip.compress(tarred({"inside.txt": b"x"})), "application/gzip")
    assert "inside.txt" in seen.html


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
    assert "2,500 entries, 1 to 2,000 are listed" in seen.html


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


def test_a_piece_knows_how_deep_it_lies(shows: Shows) -> None:
    seen = opened(shows(zipped({"a.json": json.dumps({"a": 1}).encode()}), "application/zip"))
    assert isinstance(seen.widget, MediaView)
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


def test_parts_have_their_transfer_encodings_undone_and_their_names_read() -> None:
    body = (
        b"--a\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename*=UTF-8''gr%C3%B6.txt\r\n\r\naGVsbG8=\r\n"
        b"--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ninner\r\n--b--\r\n"
        b"--a\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/x; charset=KOI8-R\r\n\r\na=3Db\r\n"
        b"--a--\r\n"
    )
    assert multipart(body) == [
        Part("gr\u00f6.txt", "text/plain", "", b"hello"),
        Part("part 2", "text/plain", "", b"inner"),
        Part("part 3", "text/x", "koi8-r", b"a=b"),
    ]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('filename="отчёт.csv"'.encode(), "отчёт.csv"),
        ('name="größer"'.encode("latin-1"), "größer"),
        (b'filename="=?UTF-8?B?0L7RgtGH0ZHRgi5jc3Y=?="', "отчёт.csv"),
        (b'filename="100% x.csv"', "100% x.csv"),
        (b'name="f"; filename="a%22b.csv"', 'a"b.csv'),
        (b'filename="100%25.csv"', "100%25.csv"),
        (b"filename*=UTF-8''a%2520b", "a%20b"),
        (b'filename="data/x.csv"', "x.csv"),
        (b'filename="=?utf-8?b?!!!?="', "=?utf-8?b?!!!?="),
        ('filename="=?utf-8?q?M=C3=A4rz?= größe.csv"'.encode(), "März größe.csv"),
    ],
)
def test_a_part_is_named_in_the_letters_that_are_meant(said: bytes, name: str) -> None:
    parts = multipart(b"--a\r\nContent-Disposition: form-data; " + said + b"\r\n\r\nx\r\n--a--\r\n", "a")
    assert [part.name for part in parts] == [name]


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_letter_whose_words_were_not_spelled_for_mail_is_readable(charset: str) -> None:
    found = letter("From: Jürgen <a@b.example>\r\nSubject: Größe\r\n\r\nhello".encode(charset))
    assert found.fields == (("From", "Jürgen <a@b.example>"), ("Subject", "Größe"))
    assert [part.body for part in found.parts] == [b"hello"]


def test_words_that_were_spelled_for_mail_are_undone_beside_others() -> None:
    found = letter("To: =?utf-8?b?SsO8?= <x@y>, ö <z@y>\r\nSubject: =?utf-8?q?M=C3=A4rz?= größe\r\n\r\n".encode())
    assert found.fields == (("To", "Jü <x@y>, ö <z@y>"), ("Subject", "März größe"))


def test_a_name_in_the_list_to_choose_from_is_one_line_that_nothing_turns_round(shows: Shows) -> None:
    seen = shows(zipped({"a\u202egnp\0\u2028b\n.exe": b"words"}), "application/zip")
    ((label, _),) = seen.one(Pieces).choice.options
    assert label.startswith("1. a gnp")
    assert label.isprintable()


def test_many_headers_in_other_letters_take_no_time() -> None:
    assert growth(lambda size: letter("From: Jürgen\nX: größer\n".encode() * size), 1_000) < LINEAR


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_the_bytes_of_a_part_are_exactly_those_that_came(end: bytes) -> None:
    bodies = [bytes(range(256)) * 9, b"a\rb\n\x0b\x0c\x1c\x85\r\n\r\n", b"", b"--cu", end + end]
    body = (
        b"".join(b"--cut" + end + b"Content-Type: image/png" + end * 2 + one + end for one in bodies) + b"--cut--" + end
    )
    assert [part.body for part in multipart(body)] == bodies


@dataclass(frozen=True)
class Fetched(Piece):
    headers: tuple[tuple[str, str], ...] = ()


def test_the_boundary_of_the_header_comes_before_what_looks_like_one() -> None:
    body = b"--not this\r\n--cut\r\n\r\none\r\n--not this\r\n\r\n--cut\r\n\r\ntwo\r\n--cut--"
    headers = (("Content-Type", 'multipart/mixed; boundary="cut"'),)
    seen = Seen(render(Fetched("http://x.example/", body, "multipart/mixed", headers=headers)))
    assert "2 parts" in seen.html
    assert "two" in opened(seen, 1).html


def test_a_zip_whose_names_are_broken_is_listed_and_opened() -> None:
    body = zipped({"gr\u00f6\u00df.txt": b"some words", "plain": b"x"}).replace("gr\u00f6".encode(), b"gr\xff\xfe")
    with pytest.raises(UnicodeDecodeError):
        zipfile.ZipFile(io.BytesIO(body))
    listing = zip_entries(body)
    entries, total = listing.entries, listing.total
    assert (total, entries[1].name, entries[0].name[:2]) == (2, "plain", "gr")
    assert [zip_entry(body, number) for number in (0, 1)] == [b"some words", b"x"]


def test_names_are_read_by_the_charset_that_was_chosen_whatever_they_look_like() -> None:
    said = [b"gr\xf6\xdfe.txt", b"m\xe4rz.txt", "größe.txt".encode("gbk", "replace")]
    body = zipped({f"{number}{'x' * (len(name) - 1)}": b"" for number, name in enumerate(said)})
    for number, name in enumerate(said):
        body = body.replace(f"{number}{'x' * (len(name) - 1)}".encode(), name)
    for charset in ("utf-8", "windows-1251"):
        listing = zip_entries(body, Chosen(charset))
        assert [entry.name for entry in listing.entries] == [
            name.decode(charset.replace("windows-", "cp"), "replace") for name in said
        ]
        assert listing.said == f"Names that do not say their charset are read as {charset} (chosen)."


@pytest.mark.parametrize("spelling", [b"\1\0\0\0\0\xff\xfe", b"\1", b"\7abcdname"])
def test_a_broken_second_spelling_of_a_name_costs_nothing(spelling: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("name")
        info.extra = struct.pack("<HH", 0x7075, len(spelling)) + spelling
        archive.writestr(info, b"words")
    assert zip_entries(out.getvalue()).entries[0].name == "name"
    assert zip_entry(out.getvalue(), 0) == b"words"


@pytest.mark.parametrize("body", [b"--b--\r\n", b"hello\r\n--b--\r\n"])
def test_a_body_that_ends_before_its_first_part_has_none(body: bytes) -> None:
    for boundary in ("b", "", "other"):
        with pytest.raises(Unreadable, match="it has no parts"):
            multipart(body, boundary)


@pytest.mark.parametrize("boundary", ["größe", "\u2026"])
def test_of_parts_whose_separator_is_beyond_ascii_it_is_not_said_that_there_are_none(boundary: str) -> None:
    body = f"--{boundary}\r\n\r\nhi\r\n--{boundary}--\r\n".encode()
    with pytest.raises(Unreadable, match="could not be followed"):
        multipart(body, boundary)


@pytest.mark.parametrize("body", [b"----\r\n\r\nhi\r\n------\r\n", b"--a--\r\n\r\nhi\r\n--a----\r\n"])
def test_a_separator_may_itself_end_with_hyphens(body: bytes) -> None:
    assert [part.body for part in multipart(body)] == [b"hi"]


@pytest.mark.parametrize(
    ("pack", "declared"), [(gzip.compress, "application/gzip"), (bz2.compress, "application/x-bzip2")]
)
def test_what_came_of_packed_data_that_break_off_is_opened_and_that_is_said(
    pack: Callable[[bytes], bytes], declared: str, shows: Shows
) -> None:
    lines = b"a,b\n" + b"".join(b"%d,%d\n" % (number, number * 7919 % 1_000_003) for number in range(200_000))
    packed = pack(lines)
    seen = shows(packed[: len(packed) * 2 // 3], declared)
    assert "broken off or damaged" in seen.html
    piece = seen.one(Pieces)
    piece.join(30)
    assert "1,7919\n2,15838\n" in seen.html
    assert "broken off" not in shows(packed, declared).html


def test_a_wrong_checksum_of_packed_data_is_said(shows: Shows) -> None:
    packed = gzip.compress(b"a,b\n1,2\n")
    assert "broken off or damaged" in shows(packed[:-8] + b"\1\2\3\4" + packed[-4:], "application/gzip").html


@pytest.mark.parametrize("tail", [b"junk", gzip.compress(b"a,b\n3,4\n", mtime=0)[:10]], ids=["junk", "another begun"])
def test_of_little_that_came_of_damaged_data_it_is_not_said_to_be_cut(tail: bytes, shows: Shows) -> None:
    html = shows(gzip.compress(b"a,b\n1,2\n") + tail, "application/gzip").html
    assert "broken off or damaged; what came out of it, 8 bytes, is opened here" in html
    assert "only the first" not in html


@pytest.mark.parametrize(
    ("declared", "end", "said"),
    [
        ("multipart/mixed; boundary=x", b"--x--\r\n", ""),
        ("multipart/mixed; boundary=x", b"--x--", ""),
        ("multipart/mixed; boundary=x", b"", "; no line closes the last one: more may be missing"),
        ("multipart/x-mixed-replace; boundary=x", b"", ""),
    ],
)
def test_the_first_part_is_open_and_an_end_that_is_missing_is_told(declared: str, end: bytes, said: str) -> None:
    body = b"--x\r\nContent-Type: text/plain\r\n\r\none\r\n--x\r\nContent-Type: text/plain\r\n\r\ntwo\r\n" + end
    widget = render(Reply("http://x.example/", 200, headers=Headers([("Content-Type", declared)]), body=body))
    pieces = Seen(widget).one(Pieces)
    pieces.join(30)
    assert f"2 parts{said}<" in Seen(widget).html
    assert ">one" in Seen(widget).html


def test_a_packed_drawing_is_saved_under_the_name_of_what_it_is(shows: Shows) -> None:
    body = gzip.compress(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    widget = render(Piece("http://x.example/a.svgz", body, "image/svg+xml"))
    Seen(widget).one(Pieces).join(30)
    assert 'download="a.svg"' in "".join(each.value for each in Seen(widget) if isinstance(each, ipywidgets.HTML))


def test_what_is_asked_for_while_another_part_opens_is_not_forgotten(shows: Shows) -> None:
    body = b"".join(b"--x\r\nContent-Type: text/plain\r\n\r\npart %d\r\n" % at for at in range(3)) + b"--x--\r\n"
    seen = shows(body, "multipart/mixed")
    assert "part 2" in opened(seen, 2).html


class Unseekable(io.BytesIO):
    """A file that is written once, as to a socket: what writes archives to one tells the sizes behind the data."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


FILES = {f"part{at}.csv": b"a,b\n" + f"{at},{at}\n".encode() * 50 for at in range(4)}


def packed(out: io.BytesIO, method: int, *, zip64: bool = False) -> bytes:
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in FILES.items():
            with archive.open(name, "w", force_zip64=zip64) as entry:
                entry.write(body)
    return out.getvalue()


@pytest.mark.parametrize("in_a_file", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("zip64", [False, True])
@pytest.mark.parametrize("out", [io.BytesIO, Unseekable])
def test_what_came_of_an_archive_without_its_end_is_listed_and_opens(
    out: type[io.BytesIO], zip64: bool, method: int, in_a_file: bool
) -> None:
    whole = packed(out(), method, zip64=zip64)
    cut = whole[: whole.index(b"part3.csv") + 15]
    body: bytes | Body = cut
    if in_a_file:
        body = Body(at_first=0, in_memory=0)
        body.append(cut)
    # Nothing tells where data end that are stored, and tell their size behind them.
    open_ended = out is Unseekable and method == zipfile.ZIP_STORED
    names = ["part0.csv"] if open_ended else list(FILES)
    listing = zip_entries(source_of(body))
    assert [entry.name for entry in listing.entries] == names
    assert [bool(entry.said) for entry in listing.entries] == [*[False] * (len(names) - 1), True]
    assert not listing.whole
    for number, name in enumerate(names[:-1]):
        assert zip_entry(source_of(body), number) == FILES[name]
    beginning, there = zip_entry(source_of(body), len(names) - 1), FILES[names[-1]]
    assert beginning.startswith(there) if open_ended else there.startswith(beginning)


def test_an_archive_without_its_end_is_not_said_to_agree(shows: Shows) -> None:
    whole = packed(io.BytesIO(), zipfile.ZIP_DEFLATED)
    seen = shows(whole[: whole.index(b"PK\1\2")], "application/zip")
    assert "4 entries. The list of entries, which stands at the end of the archive, is missing or damaged" in seen.html
    assert "50 rows, 2 columns" in opened(seen, 1).html
    assert seen.whole.chips == (("**application/zip**", ""),)
    assert "strict readers refuse the bytes; shown as a list" in seen.whole.strip.value


def test_an_entry_of_an_archive_without_its_end_that_is_a_bomb_stays_packed() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(30_000_000))
    with pytest.raises(ValueError, match="unfolds to more than 20 MB"):
        zip_entry(out.getvalue()[:-40], 0)
