from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import bson
import cbor2
import msgpack
import pytest
from google.protobuf import descriptor_pb2, struct_pb2

from widgets.media import child
from widgets.media.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows

MARS: dict[str, Any] = {"planet": "Mars", "moons": ["Phobos", "Deimos"], "raw": b"\0\xff", "radius": 3389.5}
MSGPACK, CBOR, BSON, PROTOBUF = (f"application/{name}" for name in ("msgpack", "cbor", "bson", "protobuf"))


def leaf(label: str, value: str, kind: str) -> str:
    return f'<strong>{label}</strong> <code class="ww-{kind}">{value}</code>'


@pytest.mark.parametrize(
    ("media_type", "pack"),
    [
        (MSGPACK, msgpack.packb),
        ("application/x-msgpack", msgpack.packb),
        ("application/vnd.pypi+msgpack", msgpack.packb),
        (CBOR, cbor2.dumps),
        ("application/senml+cbor", cbor2.dumps),
        (BSON, bson.encode),
    ],
)
def test_packed_data_is_a_tree_and_never_text(
    media_type: str, pack: Callable[[dict[str, Any]], bytes], shows: Shows
) -> None:
    seen = shows(pack(MARS), media_type)
    assert seen.whole.verdict.agreed
    assert "shown as a tree of packed data" in seen.whole.verdict.why
    assert leaf("planet", "&quot;Mars&quot;", "string") in seen.html
    assert leaf("1", "&quot;Deimos&quot;", "string") in seen.html
    assert leaf("raw", "2 bytes: 00 ff", "bytes") in seen.html
    assert leaf("radius", "3389.5", "number") in seen.html
    assert "Charset" not in seen.whole.strip.value


def test_tags_times_and_odd_keys_of_cbor_are_shown(shows: Shows) -> None:
    body = cbor2.dumps({1: datetime(2026, 1, 2, tzinfo=UTC), "t": cbor2.CBORTag(4711, [True, None]), -2: 1 << 70})
    html = shows(body, CBOR).html
    assert "<strong>1</strong>" in html
    assert "2026-01-02 00:00:00+00:00" in html
    assert "tag 4711" in html
    assert str(1 << 70) in html


def test_values_behind_each_other_are_all_shown(shows: Shows) -> None:
    assert "2 values" in shows(msgpack.packb(1) + msgpack.packb("two"), MSGPACK).html
    assert "3 values" in shows(cbor2.dumps(1) * 3, "application/cbor-seq").html
    assert "2 values" in shows(bson.encode({"a": 1}) * 2, BSON).html


def test_a_key_that_came_twice_is_shown_twice(shows: Shows) -> None:
    html = shows(b"\x82\xa1a\x01\xa1a\x02", MSGPACK).html
    assert leaf("a", "1", "number") in html
    assert leaf("a", "2", "number") in html


def test_a_message_of_protocol_buffers_is_a_tree_of_field_numbers(shows: Shows) -> None:
    message = struct_pb2.Struct()
    message.update({"name": "Mars", "radius": 3389.5})
    html = shows(message.SerializeToString(), PROTOBUF).html
    assert "without its schema nobody knows" in html
    assert "<strong>field 1</strong>" in html
    assert "&quot;Mars&quot;" in html
    assert "3389.5" in html


def test_numbers_of_a_message_are_shown_as_all_that_they_can_be(shows: Shows) -> None:
    message = descriptor_pb2.UninterpretedOption(negative_int_value=-5, double_value=1.5, string_value=b"\xff\xfe")
    html = shows(message.SerializeToString(), PROTOBUF).html
    assert "18446744073709551611 or -5" in html
    assert "or 1.5" in html
    assert "2 bytes: ff fe" in html


YAML = "a: 1.10\nb:\n  - x\n  - !Ref <b>\nbig: &x [1, 2]\nagain: *x\n"


@pytest.mark.parametrize(
    "declared", ["application/yaml", "application/x-yaml", "text/yaml", "application/openapi+yaml"]
)
def test_yaml_is_a_tree_with_its_numbers_as_they_are_written_and_no_quarrel(declared: str, shows: Shows) -> None:
    seen = shows(YAML.encode(), declared)
    assert seen.whole.verdict.agreed
    assert leaf("a", "1.10", "number") in seen.html
    assert leaf("1", "&lt;b&gt; !Ref", "string") in seen.html
    assert seen.html.count("2 items") == 3
    assert "<summary>Source</summary>" in seen.html


def test_yaml_of_several_documents_is_shown_whole(shows: Shows) -> None:
    assert "2 documents" in shows(b"--- 1\n--- 2\n", "application/yaml").html


def test_what_is_no_yaml_or_toml_is_shown_as_text_with_the_place(shows: Shows) -> None:
    html = shows(b"a: [1, 2\nb: }", "application/yaml").html
    assert "Shown as text: not YAML: line 2, column" in html
    assert "ww-hex" not in html
    html = shows(b"a = \n", "application/toml").html
    assert "Shown as text: not TOML: Invalid value (at line 1, column 5)" in html


def test_yaml_that_is_too_long_for_a_tree_is_text_with_the_reason(shows: Shows) -> None:
    html = shows(b"- a\n" * 200_000, "application/yaml").html
    assert "Shown as text: it is longer than the 500,000 bytes that are shown as a tree." in html
    assert "ww-hex" not in html


def test_toml_is_a_tree(shows: Shows) -> None:
    html = shows(b'[tool]\nname = "x"\nwhen = 2026-01-02\n', "application/toml").html
    assert leaf("name", "&quot;x&quot;", "string") in html
    assert leaf("when", "2026-01-02", "date") in html


def laughs_in_yaml() -> bytes:
    lines = ["a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"{n}: &{n} [{', '.join([f'*{b}'] * 9)}]" for b, n in zip("abcdefghijk", "bcdefghijkl", strict=True)]
    return "\n".join(lines).encode()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "deep MessagePack": (MSGPACK, lambda: b"\x91" * 5_000_000 + b"\x01"),
    "MessagePack that claims four thousand million items": (MSGPACK, lambda: b"\xdd\xff\xff\xff\xff"),
    "broad MessagePack": (MSGPACK, lambda: b"\xdc\xff\xff" * 1 + b"\x90" * 65535),
    "deep CBOR": (CBOR, lambda: b"\x81" * 5_000_000 + b"\x01"),
    "CBOR that claims an endless array": (CBOR, lambda: b"\x9b\x7f" + b"\xff" * 7),
    "CBOR that claims an endless text": (CBOR, lambda: b"\x7b\x7f" + b"\xff" * 7),
    "deep BSON": (BSON, lambda: deep_bson(20_000)),
    "deep message": (PROTOBUF, lambda: deep_message(3000)),
    "a message of many fields": (PROTOBUF, lambda: b"\x08\x01" * 100_000),
    "a billion laughs": ("application/yaml", laughs_in_yaml),
    "deep YAML": ("application/yaml", lambda: b"[" * 100_000),
    "deep TOML": ("application/toml", lambda: b"a = " + b"[" * 100_000),
}


def deep_bson(depth: int) -> bytes:
    body = b"\x05\0\0\0\0"
    for _ in range(depth):
        body = struct.pack("<i", len(body) + 8) + b"\x03a\0" + body + b"\0"
    return body


def deep_message(depth: int) -> bytes:
    body = b"\x08\x01"
    for _ in range(depth):
        length, size = len(body), b""
        while length > 127:
            size += bytes([length & 127 | 128])
            length >>= 7
        body = b"\x0a" + size + bytes([length]) + body
    return body


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_nested_data_costs_its_decoder_only(name: str, shows: Shows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 5.0)
    media_type, make = BOMBS[name]
    html = shows(make(), media_type).html
    assert "Shown as" in html or "ww-tree" in html
    assert ("Shown as bytes" in html) == name.startswith(
        ("deep MessagePack", "deep CBOR", "deep BSON", "MessagePack", "CBOR")
    )
    assert len(html) < 5_000_000


@pytest.mark.parametrize("declared", ["", "application/octet-stream"])
@pytest.mark.parametrize(
    "value",
    [
        {"status": "ok", "message": "Hello there, all is well", "code": "A1"},
        [{"id": 7, "city": "Zürich"}],
        {"encoder": "Mol*", "version": "0.3.0", "blocks": []},
    ],
)
def test_messagepack_that_nobody_declares_is_no_text_in_some_charset(declared: str, value: Any, shows: Shows) -> None:
    seen = shows(msgpack.packb(value), declared)
    assert "the bytes are MessagePack" in seen.whole.verdict.why
    assert "shown as a tree of packed data" in seen.whole.verdict.why


@pytest.mark.parametrize("charset", ["cp866", "koi8-r", "shift_jis", "gb18030", "windows-1256", "mac_roman"])
def test_words_in_an_older_charset_are_no_messagepack(charset: str) -> None:
    for word in ("Файл", "状態", "حالة", "État", "Ба"):
        for length in range(1, 32):
            text = f"{word[:2]}{'status of all the files is here'[:length]}{word[2:]}code".encode(charset, "ignore")
            assert sniff(text, declared="application/octet-stream").name != "MessagePack"


@pytest.mark.parametrize(
    ("error", "shown"),
    [(b"<!DOCTYPE html><p>no such tile</p>", "text/html"), (b'{"message":"no such tile"}', "application/json")],
)
@pytest.mark.parametrize("declared", ["application/vnd.mapbox-vector-tile", PROTOBUF, CBOR, MSGPACK])
def test_an_error_under_a_packed_type_is_shown_as_what_it_is(
    declared: str, error: bytes, shown: str, shows: Shows
) -> None:
    assert shows(error, declared).whole.verdict.shown == shown


@pytest.mark.parametrize(
    ("rest", "words"),
    [(b"\xc1\xc1", "what is in it is no MessagePack"), (b"\xa4mess", "there is no whole value in it")],
)
def test_messagepack_that_is_spoilt_or_broken_off_says_so(rest: bytes, words: str, shows: Shows) -> None:
    assert f"Shown as bytes: {words}." in shows(b"\x82\xa6status\xa2ok" + rest, "").html


def test_tiles_of_a_map_are_fields_and_packed_numbers_in_them_are_no_message(shows: Shows) -> None:
    tile = bytes.fromhex("1a 28 0a 05 77 61 74 65 72 12 0c 12 02 00 00 18 01 22 04 09 14 ec 3f 1a 04 6e 61 6d 65")
    tile += bytes.fromhex("22 06 0a 04 57 69 65 6e 28 80 20 78 02")
    seen = shows(tile, "application/vnd.mapbox-vector-tile")
    assert "Fields by their numbers" in seen.html
    assert "&quot;Wien&quot;" in seen.html
    assert "field 0" not in seen.html


def test_a_description_of_an_api_is_a_tree_under_the_type_that_it_had_first(shows: Shows) -> None:
    seen = shows(b"openapi: 3.0.0\ninfo:\n  title: x\npaths: {}\n", "application/vnd.oai.openapi")
    assert "<strong>openapi</strong>" in seen.html
    assert seen.whole.chips == (("**application/vnd.oai.openapi** bytes agree", ""),)
