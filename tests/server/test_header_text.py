"""Texts in header fields."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from server import create_app
from server.headers import header_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flask import Flask


def full_text(fields: Mapping[str, str], name: str) -> str:
    """Read a text back as RFC 8187, section 3.2.1, says."""
    extended = fields.get(f"{name}*")
    return fields[name] if extended is None else unquote(extended.removeprefix("UTF-8''"), errors="strict")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The Sun at 193 Å", "The Sun at 193 A"),
        ("2048 × 1024 – a “map”", '2048 x 1024 - a "map"'),
        ("火星", "??"),
        ("Été à Genève", "Ete a Geneve"),
    ],
)
def test_the_plain_field_is_readable_ascii_and_the_extended_one_is_whole(text: str, plain: str) -> None:
    fields = header_fields("X-Description", text)
    assert fields["X-Description"] == plain
    assert full_text(fields, "X-Description") == text


def test_ascii_needs_no_second_field() -> None:
    assert header_fields("X-Credit", "NASA") == {"X-Credit": "NASA"}


def test_an_empty_text_is_no_field() -> None:
    assert header_fields("X-Credit", " \n") == {}


def test_no_text_can_begin_another_field() -> None:
    assert header_fields("X-Credit", "a\r\nSet-Cookie: b\x00\u2028c") == {"X-Credit": "a Set-Cookie: b c"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_but_for_its_white_space_and_control_characters(text: str) -> None:
    fields = header_fields("X", text)
    assert all(value.isascii() and value.isprintable() for value in fields.values())
    if fields:
        assert full_text(fields, "X").split() == header_words(text)


def header_words(text: str) -> list[str]:
    return "".join(
        " " if ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u2028\u2029" else char for char in text
    ).split()


def test_a_description_in_any_script_reaches_the_client(serve: Callable[[Flask], str], folder: Path) -> None:
    (folder / "a.txt").write_text("x")
    (folder / "catalogue.toml").write_text(
        '[[resource]]\nfile = "a.txt"\ntype = "text/plain"\ndescription = "Марс, 火星, Mars – 4°S"\n', "utf-8"
    )
    reply = requests.get(f"{serve(create_app({'MEDIA': str(folder)}))}/NASA", timeout=20)
    assert reply.headers["X-Description"] == "????, ??, Mars - 4?S"
    assert full_text(dict(reply.headers), "X-Description") == "Марс, 火星, Mars – 4°S"
