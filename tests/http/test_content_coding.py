from __future__ import annotations

import gzip
import hashlib
import itertools
import zlib
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from widgets.http.content_coding import PIECE, CodingError, Decoding, named

if TYPE_CHECKING:
    from collections.abc import Iterable

NOISE = b"".join(hashlib.sha256(bytes([n >> 8, n & 255])).digest() for n in range(4000))
TEXT = b"The quick brown fox. " * 5000


def cut(data: bytes, size: int = 1000) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def decoded(wire: Iterable[bytes], coding: str) -> tuple[bytes, str]:
    decoding = Decoding(wire, coding)
    return b"".join(decoding), decoding.note


def bare(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", bare(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 512),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT[:100]) + zstandard.compress(TEXT[100:])),
        ("utf-8", TEXT),
        ("none", TEXT),
    ],
    ids=[
        *("none", "identity", "gzip", "x-gzip", "zlib", "bare deflate", "gzip twice", "both", "members", "padding"),
        *("brotli", "zstd", "frames", "a charset", "the word none"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000, 1_000_000])
def test_known_codings_are_undone_whatever_the_pieces(coding: str, packed: bytes, size: int) -> None:
    assert decoded(cut(packed, size), coding) == (TEXT, "")


def test_an_empty_body_is_empty_in_any_coding() -> None:
    assert decoded([], "gzip") == (b"", "")


@pytest.mark.parametrize("said", ["aws-chunked", "UTF-8", "iso-8859-1", "charset=utf-8", "application/json", "'none'"])
def test_what_names_no_coding_is_none(said: str) -> None:
    decoding = Decoding([TEXT], said)
    assert (b"".join(decoding), decoding.note) == (TEXT, "")
    assert named(f"{said}, gzip") == ["gzip"]


def test_a_bomb_comes_out_in_small_pieces() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    pieces = Decoding(cut(bomb, 1_000_000), "gzip")
    assert max(len(piece) for piece in itertools.islice(pieces, 100)) <= PIECE


def test_bytes_that_are_not_in_the_coding_come_out_as_sent() -> None:
    body, note = decoded(cut(b"<p>not gzip</p>" * 1000), "gzip")
    assert body == b"<p>not gzip</p>" * 1000
    assert "declared as gzip, but cannot be decoded (it does not begin as such data do)" in note


@pytest.mark.parametrize(
    ("packed", "coding"), [(gzip.compress(TEXT), "gzip, gzip"), (gzip.compress(NOISE)[500:], "gzip")]
)
def test_what_is_coded_once_less_or_is_a_part_from_the_middle_is_not_called_damaged(packed: bytes, coding: str) -> None:
    body, note = decoded(cut(packed), coding)
    assert body == packed
    assert "does not begin as such data do" in note


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "gzip, gzip, gzip, gzip, gzip"])
def test_a_coding_that_is_not_undone_is_named(coding: str) -> None:
    body, note = decoded([b"abc"], coding)
    assert body == b"abc"
    assert coding in note


def test_a_coding_that_ends_early_is_an_error_after_what_came() -> None:
    decoding = Decoding(cut(gzip.compress(bytes(range(256)) * 4000)[:-2000], 500), "gzip")
    got: list[bytes] = []
    with pytest.raises(CodingError, match="end too early"):
        got.extend(decoding)
    assert b"".join(got).startswith(bytes(range(256)))


def test_a_coding_that_breaks_in_the_middle_is_an_error() -> None:
    packed = bytearray(gzip.compress(TEXT * 10, 0))
    packed[3_000:3_010] = b"\xff" * 10
    packed[-8:] = b"\0" * 8
    with pytest.raises(CodingError):
        b"".join(Decoding(cut(bytes(packed)), "gzip"))


def test_a_gzip_header_without_end_is_given_up_and_comes_out_as_sent() -> None:
    header = b"\x1f\x8b\x08\x08\0\0\0\0\0\0"
    decoding = Decoding(itertools.chain([header], itertools.repeat(b"n" * 65_536)), "gzip")
    first = next(iter(decoding))
    assert first.startswith(header + b"nnn")
    assert len(first) < 1_200_000
    assert "nothing comes out of it" in decoding.note


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_a_bomb_of_the_newer_codings_comes_out_in_pieces_too(coding: str) -> None:
    plain = b"\0" * 50_000_000
    bomb = brotli.compress(plain, quality=5) if coding == "br" else zstandard.compress(plain)
    sizes = [len(piece) for piece in Decoding(cut(bomb), coding)]
    assert sum(sizes) == len(plain)
    assert max(sizes) <= 2 << 20


def broken(pieces: list[bytes], coding: str) -> tuple[bytes, str]:
    """Return what came out before a coding broke, and why it did."""
    came = bytearray()
    try:
        for piece in Decoding(pieces, coding):
            came += piece
    except CodingError as error:
        return bytes(came), str(error)
    return bytes(came), ""


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_the_newer_codings_say_what_is_wrong(coding: str) -> None:
    packed = brotli.compress(NOISE) if coding == "br" else zstandard.compress(NOISE)
    came, why = broken(cut(packed[:80_000]), coding)
    assert why == "the compressed data end too early"
    assert came
    assert NOISE.startswith(came)
    words, note = decoded([b"plain words"], coding)
    assert words == b"plain words"
    assert f"declared as {coding}, but cannot be decoded" in note


def test_what_stands_before_a_damage_comes_out() -> None:
    assert broken([gzip.compress(TEXT)[:-8] + bytes(8)], "gzip") == (TEXT, "its checksum is wrong")
    packed = bytearray(gzip.compress(NOISE))
    packed[50_000:50_020] = b"\xff" * 20
    came, why = broken([bytes(packed)], "gzip")
    assert why
    assert came[:49_000] == NOISE[:49_000]


@pytest.mark.parametrize(
    ("coding", "start", "said"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)[:10], "its data are damaged"),
        ("gzip", b"", "it does not begin as such data do"),
        ("zstd", zstandard.compress(TEXT)[:6], "its data are damaged"),
        ("zstd", b"{", "it does not begin as such data do"),
        ("br", brotli.compress(TEXT)[:4], "these are no such data, or damaged ones"),
        ("deflate", b"", "these are no such data, or damaged ones"),
    ],
)
def test_what_is_said_of_data_that_cannot_be_undone_is_true_of_their_head(coding: str, start: bytes, said: str) -> None:
    wire = start + b"\xff" * 400
    decoding = Decoding([wire], coding)
    assert b"".join(decoding) == wire
    assert f"({said})" in decoding.note
