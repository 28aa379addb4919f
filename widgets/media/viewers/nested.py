"""MessagePack, CBOR, BSON and Protocol Buffers as trees; YAML and TOML as trees with their source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import Branch, packed_tree, toml_tree, yaml_tree
from widgets.media.decoders.nested import PACKED
from widgets.media.registry import renderer
from widgets.media.sandbox import show, tag
from widgets.media.viewers.text import read_text, source_of
from widgets.media.viewers.tree import tree_box

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets

    from widgets.media.reply import Reply

_LONGEST = 500_000
"""Bytes: YAML of ten times as many takes longer to read than a decoder is given."""

_CBOR = b"\xd9\xd9\xf7"
"""How CBOR may say that it is CBOR (RFC 8949, section 3.4.6)."""

_WORDS = re.compile(rb"[\t\r\n -~]{4,}")

_NAMED = [media_type for media_type in PACKED if "/" in media_type]


@renderer(*_NAMED, "*/*+cbor", "*/*+cbor-seq", "*/*+msgpack", kind="a tree of packed data")
def show_packed_tree(reply: Reply) -> ipywidgets.Widget:
    """Show packed data as a tree."""
    body = bytes(reply.body)
    found = "application/cbor" if body.startswith(_CBOR) else _NAMED[0]
    media_type = reply.media_type if _is_packed(reply.media_type) else found
    if ("msgpack" in media_type or "messagepack" in media_type) and _WORDS.fullmatch(
        body
    ):  # Each letter would be a number of its own.
        raise DecoderError("its bytes are words, not MessagePack")
    tree = in_child(packed_tree, body, media_type)
    without = "protobuf" in media_type or "vector-tile" in media_type
    words = (
        "Fields by their numbers: without its schema nobody knows their names, and values are shown as what they can be"
    )
    return show(tag("p", words, class_="ww-facts") if without else "", tree_box(tree, f"{media_type} as a tree"))


def _is_packed(media_type: str) -> bool:
    return media_type in PACKED or media_type.rpartition("+")[2] in PACKED


@renderer(
    "application/yaml",
    "application/x-yaml",
    "text/yaml",
    "text/x-yaml",
    "*/*+yaml",
    "application/vnd.oai.openapi",  # of JSON it is with that suffix
    kind="a tree of YAML",
)
def show_yaml(reply: Reply) -> ipywidgets.Widget:
    """Show YAML as a tree, and its source."""
    return _with_source(reply, yaml_tree, "YAML")


@renderer("application/toml", "text/toml", "text/x-toml", kind="a tree of TOML")
def show_toml(reply: Reply) -> ipywidgets.Widget:
    """Show TOML as a tree, and its source."""
    return _with_source(reply, toml_tree, "TOML")


def _with_source(reply: Reply, grow: Callable[[str], Branch], name: str) -> ipywidgets.Widget:
    decoded, cut = read_text(reply, _LONGEST)
    if cut:
        raise DecoderError(f"it is longer than the {_LONGEST:,} bytes that are shown as a tree")
    return show(tree_box(in_child(grow, decoded.text), f"{name} as a tree"), source_of(reply))
