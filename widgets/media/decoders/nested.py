"""Nested data that is no JSON, as a tree of bounded size: MessagePack, CBOR, BSON, Protocol Buffers, YAML, TOML."""

from __future__ import annotations

import io
import itertools
import math
import struct
import tomllib
from typing import TYPE_CHECKING, Any

from widgets.media.reply import Unreadable

from .extra import extra
from .tree import Branch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_BRANCHES = 3000
_MOST_CHILDREN = 300
_DEEPEST = 60
_LONGEST = 1000
_MOST_OF_BYTES = 40


class Pairs(list[tuple[Any, Any]]):
    """A map with its keys in order, of any type, each as often as it came."""


def packed_tree(data: bytes, media_type: str) -> Branch:
    """Return MessagePack, CBOR, BSON or a Protocol Buffers message as a tree.

    Args:
        data: One value or several behind each other.
        media_type: One of `PACKED`, or with such a suffix.

    Raises:
        ValueError: It is not that, or one of the values behind the first is broken off.
    """
    kind = media_type.rpartition("+")[2] if "+" in media_type else media_type
    values = list(itertools.islice(PACKED[kind](data), MOST_BRANCHES))
    if not values:
        raise Unreadable("there is no whole value in it")
    return _grown(values[0]) if len(values) == 1 else _grown(values, noun="value")


def yaml_tree(text: str) -> Branch:
    """Return YAML as a tree; its scalars stay as they are written, so that 1.10 is no 1.1.

    Raises:
        Unreadable: It is not YAML; the message says where it stops.
    """
    yaml = extra("yaml", "PyYAML")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = list(itertools.islice(yaml.compose_all(text, Loader=loader), _MOST_CHILDREN))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise Unreadable(f"not YAML: {place}{getattr(error, 'problem', '') or error}") from error
    nodes = [node for node in documents if node is not None]
    if not nodes:
        raise Unreadable("there is no value in it")
    return _Yaml(yaml).grown("", nodes[0], 0) if len(nodes) == 1 else _Yaml(yaml).documents(nodes)


def toml_tree(text: str) -> Branch:
    """Return TOML as a tree; raise `Unreadable` with the place where it is not TOML."""
    try:
        return _grown(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"not TOML: {error}") from error


def _msgpack(data: bytes) -> Iterator[Any]:
    msgpack = extra("msgpack")
    reader = msgpack.Unpacker(
        io.BytesIO(data),
        raw=False,
        strict_map_key=False,
        object_pairs_hook=Pairs,
        unicode_errors="replace",
        timestamp=0,
    )
    try:
        yield from reader
    except msgpack.FormatError as error:  # It says nothing of itself.
        raise Unreadable("what is in it is no MessagePack") from error
    if reader.tell() < len(data):
        raise ValueError("a value is broken off at its end")


def _cbor(data: bytes) -> Iterator[Any]:
    cbor2 = extra("cbor2")
    stream = io.BytesIO(data)
    reader = cbor2.CBORDecoder(stream, str_errors="replace")
    while stream.tell() < len(data):
        yield reader.decode()


def _bson(data: bytes) -> Iterator[Any]:
    bson, options = extra("bson", "pymongo"), extra("bson.codec_options", "pymongo")
    wanted = options.CodecOptions(
        unicode_decode_error_handler="replace", datetime_conversion=options.DatetimeConversion.DATETIME_AUTO
    )
    yield from bson.decode_iter(data, wanted)


def _protobuf(data: bytes) -> Iterator[Any]:
    fields = _message(data, 0)
    if fields is None:
        raise ValueError("it is no message of Protocol Buffers")
    yield fields


def _message(data: bytes, depth: int) -> Pairs | None:
    """Return the fields of a message by their numbers; None where it is none.

    Without its schema nobody knows what a number or a run of bytes means: each is shown as what it can be.
    """
    empty, unknown = extra("google.protobuf.empty_pb2", "protobuf"), extra("google.protobuf.unknown_fields", "protobuf")
    message = empty.Empty()
    try:
        message.ParseFromString(data)
    except Exception:  # noqa: BLE001 - not a message, whatever the library calls that
        return None
    fields = unknown.UnknownFieldSet(message)
    if any(field.field_number < 1 for field in itertools.islice(fields, MOST_BRANCHES)):
        return None  # The library reads such, and no message holds them: they are packed numbers.
    return _fields(fields, depth)


def _fields(fields: Any, depth: int) -> Pairs:
    pairs = Pairs()
    for field in itertools.islice(fields, MOST_BRANCHES):
        pairs.append((f"field {field.field_number}", _field(field.wire_type, field.data, depth)))
    return pairs


def _field(wire_type: int, value: Any, depth: int) -> Any:
    match wire_type:
        case 0:
            return value if value < 1 << 63 else Said(f"{value} or {value - (1 << 64)}")
        case 1:
            return Said(f"{value} or {struct.unpack('<d', struct.pack('<Q', value))[0]:.17g}")
        case 5:
            return Said(f"{value} or {struct.unpack('<f', struct.pack('<I', value))[0]:.9g}")
        case 2:
            return _run(bytes(value), depth)
        case _:
            return _fields(value, depth + 1)


def _run(value: bytes, depth: int) -> Any:
    """Return a run of bytes as text where it reads as such, else as a message where it is one, else as bytes."""
    try:
        text = value.decode("utf-8")
        if all(sign.isprintable() or sign in "\t\n\r" for sign in text):
            return text
    except UnicodeDecodeError:
        pass
    inner = _message(value, depth + 1) if value and depth < _DEEPEST else None
    return inner or value


PACKED: dict[str, Callable[[bytes], Iterator[Any]]] = {
    **dict.fromkeys(("application/msgpack", "application/x-msgpack", "application/vnd.msgpack", "msgpack"), _msgpack),
    **dict.fromkeys(("application/messagepack", "application/x-messagepack", "application/vnd.messagepack"), _msgpack),
    **dict.fromkeys(("application/cbor", "application/cbor-seq", "cbor", "cbor-seq"), _cbor),
    **dict.fromkeys(("application/bson", "application/x-bson", "application/vnd.bson"), _bson),
    **dict.fromkeys(("application/protobuf", "application/x-protobuf", "application/vnd.google.protobuf"), _protobuf),
    "application/x-google-protobuf": _protobuf,
    **dict.fromkeys(("application/vnd.mapbox-vector-tile", "application/x-vector-tile"), _protobuf),
}
"""The readers, by media type and by suffix."""


class Said(str):
    """Words about a value, which are shown without the quotes that a text has."""

    __slots__ = ()


def _grown(value: Any, noun: str = "item") -> Branch:
    return _grow("", value, 0, [MOST_BRANCHES], noun)


def _grow(label: str, value: Any, depth: int, left: list[int], noun: str = "item") -> Branch:
    left[0] -= 1
    pairs: list[tuple[Any, Any]] | None = None
    if isinstance(value, Pairs):
        pairs, noun = value, "member"
    elif isinstance(value, dict):
        pairs, noun = list(value.items()), "member"
    elif isinstance(value, list | tuple | set | frozenset):
        pairs = list(enumerate(value))
    elif type(value).__name__ == "CBORTag":
        return Branch(label, f"tag {value.tag}", "tag", 0, (_grow("", value.value, depth + 1, left),))
    if pairs is None:
        return Branch(label, *_leaf(value))
    children = []
    for key, item in pairs[:_MOST_CHILDREN]:
        if left[0] <= 0 or depth >= _DEEPEST:
            break
        children.append(_grow(_key(key), item, depth + 1, left))
    words = f"{len(pairs):,} {noun}{'' if len(pairs) == 1 else 's'}"
    kind = "object" if noun == "member" else "array"
    return Branch(label, words, kind, 0, tuple(children), len(pairs) - len(children))


def _key(key: Any) -> str:
    return key[:200] if isinstance(key, str) else _leaf(key)[0][:200]


def _leaf(value: Any) -> tuple[str, str, int]:
    """Return the words of a value, its kind, and how many signs it has."""
    if isinstance(value, Said):
        return value, "number", len(value)
    if isinstance(value, str):
        words = value if len(value) <= _LONGEST else f"{value[:_LONGEST]} … ({len(value):,} characters)"
        return f'"{words}"', "string", len(value)
    if isinstance(value, bytes | bytearray | memoryview):
        raw = bytes(value[:_MOST_OF_BYTES])
        return f"{len(value):,} bytes: {raw.hex(' ')}{' …' if len(value) > len(raw) else ''}", "bytes", 0
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value], "null" if value is None else "true or false", 4
    if isinstance(value, int) and abs(value) >= 1 << 4000:
        return f"a number of about {int(math.log10(abs(value))):,} digits", "number", 0
    words = str(value)[:_LONGEST]
    return words, "number" if isinstance(value, int | float) else type(value).__name__.lower(), len(words)


class _Yaml:
    """Turns the nodes of a YAML document into branches; one that is named again is shown at each place."""

    def __init__(self, yaml: Any) -> None:
        self._yaml = yaml
        self._left = MOST_BRANCHES

    def documents(self, nodes: list[Any]) -> Branch:
        children = tuple(self.grown(f"document {number}", node, 1) for number, node in enumerate(nodes, start=1))
        return Branch("", f"{len(nodes):,} documents", "array", 0, children)

    def grown(self, label: str, node: Any, depth: int) -> Branch:
        self._left -= 1
        tag = "" if node.tag.startswith("tag:yaml.org,2002:") else f" {node.tag}"
        if isinstance(node, self._yaml.ScalarNode):
            kind = {"str": "string", "int": "number", "float": "number", "null": "null"}.get(
                node.tag.rpartition(":")[2], "string"
            )
            words = node.value if len(node.value) <= _LONGEST else f"{node.value[:_LONGEST]} … ({len(node.value):,})"
            return Branch(label, f"{words}{tag}" or '""', kind, len(node.value))
        pairs = (
            [(self._name(key), value) for key, value in node.value]
            if isinstance(node, self._yaml.MappingNode)
            else [(str(number), value) for number, value in enumerate(node.value)]
        )
        children = []
        for name, value in pairs[:_MOST_CHILDREN]:
            if self._left <= 0 or depth >= _DEEPEST:
                break
            children.append(self.grown(name, value, depth + 1))
        noun = "member" if isinstance(node, self._yaml.MappingNode) else "item"
        words = f"{len(pairs):,} {noun}{'' if len(pairs) == 1 else 's'}{tag}"
        return Branch(label, words, "object", 0, tuple(children), len(pairs) - len(children))

    def _name(self, key: Any) -> str:
        return str(key.value)[:200] if isinstance(key, self._yaml.ScalarNode) else "(a key that is no scalar)"
