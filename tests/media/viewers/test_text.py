from __future__ import annotations

import html
import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # Pygments ships no types

from tests.media import attacks
from tests.media.conftest import LINEAR, growth
from widgets.media import Piece
from widgets.media.child import DecoderError
from widgets.media.decoders import coloured
from widgets.media.sandbox import joined
from widgets.media.viewers import text as viewer
from widgets.media.viewers.text import (
    _BY_ENDING,
    _BY_TYPE,
    _LANGUAGES,
    MOST_COLOURED,
    code,
    is_in_columns,
    language_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows


def test_text_keeps_its_lines_and_loses_what_cannot_be_seen(shows: Callable[..., Any]) -> None:
    assert "one\n  two &lt;3\n" in shows(b"one\r\n  two <3\n\x1b", "text/plain").html


def test_long_text_is_cut_and_says_so(shows: Callable[..., Any]) -> None:
    html = shows(b"x" * 1_000_000, "text/plain").html
    assert "Bytes 1 to 400,000 of 1,000,000." in html
    assert len(html) < 410_000


def test_unknown_bytes_are_shown_with_offsets_and_letters(shows: Callable[..., Any]) -> None:
    html = shows(b"\0" * 16 + bytes(range(48, 64)), "application/x-unheard-of").html
    assert "00000010  30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  0123456789:;&lt;=&gt;?" in html


def test_the_pages_of_a_dump_can_be_turned(shows: Callable[..., Any]) -> None:
    seen = shows(b"\0" * 4096 + b"second page", "application/octet-stream")
    chooser = seen.one(ipywidgets.BoundedIntText)
    assert "second page" not in seen.html
    chooser.value = 2
    assert "00001000  73 65 63 6f 6e 64 20 70" in seen.html
    chooser.value = 3
    assert chooser.value == 2


def test_nothing_at_all_is_shown_as_nothing(shows: Callable[..., Any]) -> None:
    assert "The body is empty." in shows(b"", "").html


PYTHON = 'def wait(seconds: int = 7) -> str:  # how long\n    return f"<{seconds} & more>"\n'


def test_program_text_is_told_apart_by_classes_of_ours(shows: Shows) -> None:
    seen = shows(PYTHON.encode(), "text/x-python")
    assert '<span class="ww-is-keyword">def</span> <span class="ww-is-name">wait</span>' in seen.html
    assert '<span class="ww-is-number">7</span>' in seen.html
    assert '<span class="ww-is-comment"># how long</span>' in seen.html
    assert "style=" not in seen.html


@pytest.mark.parametrize(
    ("media_type", "body", "expected"),
    [
        ("application/json", b'{"wait": 7}', '<span class="ww-is-name">&quot;wait&quot;</span>'),
        ("application/xml", b"<wait s='7'/>", '<span class="ww-is-name">&lt;wait</span>'),
        ("text/html", b"<p class='x'>", '<span class="ww-is-string">&#x27;x&#x27;</span>'),
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", '<span class="ww-is-name">&lt;svg</span>'),
        ("text/css", b"a { color: red }", '<span class="ww-is-keyword">color</span>'),
        ("application/x-sh", b"# wait\nsleep 7", '<span class="ww-is-comment"># wait\n</span>'),
    ],
)
def test_the_source_of_each_kind_is_coloured(shows: Shows, media_type: str, body: bytes, expected: str) -> None:
    assert expected in shows(body, media_type).html


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_lexer_loses_a_letter_of_what_was_written_to_attack(language: str) -> None:
    text = "\n".join(attacks.STRINGS)[:20_000]
    assert "".join(piece for piece, _ in coloured(text, language)) == text


@pytest.mark.parametrize("language", _LANGUAGES)
def test_what_is_coloured_is_escaped_like_any_text(language: str) -> None:
    text = "\n".join(attacks.STRINGS)[:5000]
    markup = joined(code(text, language))
    assert "<" not in re.sub(r'<span class="ww-is-\w+">|</span>', "", markup)


def test_every_language_is_known_and_every_type_and_ending_is_of_one() -> None:
    assert all(get_lexer_by_name(language) for language in _LANGUAGES)
    assert len(_BY_TYPE) == sum(len(types.split()) for types, _ in _LANGUAGES.values())
    assert len(_BY_ENDING) == sum(len(endings.split()) for _, endings in _LANGUAGES.values())


@pytest.mark.parametrize(
    ("media_type", "url", "language"),
    [
        ("text/plain", "http://x.example/main/setup.py?raw=1", "python"),
        ("text/plain", "http://x.example/main/Makefile", ""),
        ("text/plain", "http://x.example/.js", ""),
        ("", "inside/archive.JSON", "json"),
        ("text/plain", "http://x.example/a.py/", ""),
        ("text/x-unheard-of", "http://x.example/a.py", ""),
        ("application/problem+json", "http://x.example/", "json"),
        ("application/rss+xml", "http://x.example/", "xml"),
        ("application/x+python", "http://x.example/", ""),
    ],
)
def test_the_type_says_the_language_and_the_name_does_where_it_says_only_text(
    media_type: str, url: str, language: str
) -> None:
    assert language_of(Piece(url, b"", media_type)) == language


def plain(markup: str) -> str:
    return html.unescape(re.sub(r'<span class="ww-is-\w+">|</span>', "", markup))


def test_only_the_first_part_is_coloured_and_all_of_it_is_there() -> None:
    text = "pass\n" * (MOST_COLOURED // 5 + 100)
    markup = joined(code(text, "python"))
    assert markup.count("<span") == MOST_COLOURED // 5
    assert plain(markup) == text


def test_without_colour_all_is_told_nevertheless(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise DecoderError("it took longer than 10 s to decode")

    monkeypatch.setattr(viewer, "in_child", broken)
    assert joined(code("a < b", "python")) == "a &lt; b"


@pytest.mark.parametrize(("sign", "language"), [("&", "xml"), ("<?", "html"), ("`", "yaml")])
def test_a_lexer_that_takes_long_leaves_the_rest_plain(
    sign: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(
        "widgets.media.decoders.text.time.process_time", lambda: 0.1 * next(ticks)
    )  # Ten pieces of text a second.
    text = sign * 1_000
    pieces = coloured(text, language)
    assert "".join(piece for piece, _ in pieces) == text
    assert pieces[-1][1] == ""
    assert len(pieces[-1][0]) > len(text) * 0.9


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("".join(f"ACW{at:08}  17.1{at}  -61.78   10.1    ST JOHNS\n" for at in range(9)), True),
        ("##fileformat=VCFv4.2\n" * 9 + "1\t10177\trs1\tA\tAC\n" * 3, True),
        ("drwxr-xr-x  2 root  root   4096 Jan  1 00:00 a\n" * 4, True),
        ("Two blanks.  As typewriters wrote.  Line by line!  Or so:  yes.\n" * 9, False),
        ("2026-01-01 INFO  one gap alone, and then a sentence that is long\n" * 9, False),
        ("a  b  c\n", False),
        ("    indented\n        code = 1\n" * 9, False),
    ],
)
def test_columns_stay_beneath_each_other_and_sentences_wrap(text: str, kept: bool, shows: Shows) -> None:
    assert ("ww-aligned" in shows(text.encode(), "text/plain").html) is kept


def test_columns_stay_in_what_a_string_of_json_holds(shows: Shows) -> None:
    rows = "\n".join(f"2026-01-{at:02}   12.5   -3.25   7" for at in range(1, 20))
    assert "ww-aligned" in shows(json.dumps({"result": rows}).encode(), "application/json").html


def test_a_run_of_blanks_takes_no_time_to_be_no_gap() -> None:
    assert growth(lambda size: is_in_columns("a" + " " * size + "\n" + "b\n" * 9), 50_000) < LINEAR
