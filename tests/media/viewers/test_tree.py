from __future__ import annotations

import base64
import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.media.conftest import Seen, Shows
from widgets.media.decoders.tree import json_insight
from widgets.media.viewers.archive import Pieces
from widgets.media.viewers.table import TableView
from widgets.media.viewers.tree import TreeView

if TYPE_CHECKING:
    from collections.abc import Callable


def test_json_is_a_tree_that_opens(shows: Callable[..., Any]) -> None:
    seen = shows(json.dumps({"a": [1, {"<b>": None}], "c": "text"}).encode(), "application/json")
    assert "<details open><summary><small>2 members" in seen.html
    assert "<strong>a</strong> <small>2 items" in seen.html
    assert '<strong>&lt;b&gt;</strong> <code class="ww-null">null</code>' in seen.html
    assert '<code class="ww-string">&quot;text&quot;</code>' in seen.html


@pytest.mark.parametrize("media_type", ["application/problem+json", "application/vnd.api+json"])
def test_a_type_with_the_json_suffix_is_json(shows: Callable[..., Any], media_type: str) -> None:
    assert "1 member" in shows(b'{"a": 1}', media_type).html


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{not json", "not JSON: line 1, column 2: Expecting property name"),
        (b'{"a": 1,\n "b": 2,\noops}', "not JSON: line 3, column 1: "),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_json_is_shown_as_text_with_the_reason_and_the_place(
    shows: Callable[..., Any], body: bytes, reason: str
) -> None:
    assert re.search(f"Shown as text: .*{reason}", shows(body, "application/json").html)


def test_a_large_tree_is_cut_and_says_so(shows: Callable[..., Any]) -> None:
    html = shows(json.dumps(list(range(50_000))).encode(), "application/json").html
    assert "and 49,700 more, not shown" in html
    assert len(html) < 1_000_000


def test_json_lines_are_a_tree_and_a_bad_line_stays_readable(shows: Shows) -> None:
    html = shows(b'{"a": 1}\nnot json\n\n{"b": 2}\n', "application/x-ndjson").html
    assert "3 items" in html
    assert "not JSON" in html


def test_xml_is_a_tree_without_namespaces(shows: Shows) -> None:
    body = b'<?xml version="1.0"?><f:feed xmlns:f="http://x"><entry id="7">words</entry><!-- note --></f:feed>'
    html = shows(body, "application/xml").html
    assert "<strong>feed</strong>" in html
    assert '<strong>@id</strong> <code class="ww-attribute">7</code>' in html
    assert '<code class="ww-text">words</code>' in html


@pytest.mark.parametrize("media_type", ["application/rss+xml", "text/xml", "application/atom+xml"])
def test_types_of_the_xml_family_are_trees(shows: Shows, media_type: str) -> None:
    assert "ww-tree" in shows(b"<a><b>1</b></a>", media_type).html


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"<!DOCTYPE a [%s]><a>&e19;</a>"
        % b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 20)),
    ],
    ids=["entity", "file", "a billion laughs"],
)
def test_entities_are_never_resolved(shows: Shows, body: bytes) -> None:
    seen = shows(body, "application/xml")
    assert re.search(r"it has entities of its own \(\w+\), which can unfold without end", seen.html)
    assert "root:" not in seen.html


def test_a_list_of_objects_is_a_table_too(shows: Shows) -> None:
    seen = shows(b'[{"a": 1, "b": "x"}, {"a": 2.5, "c": [1]}]', "application/json")
    html = seen.one(TableView)._grid.value
    assert '<th scope="col" class="ww-number">a</th>' in html
    assert '<td class="ww-number">2.5</td><td class="ww-text"></td><td class="ww-text">[1]</td>' in html
    assert "2 items" in seen.html


@pytest.mark.parametrize("text", ["[]", "[1, 2]", '{"a": 1}', '[{"a": 1}, 2]'])
def test_other_json_is_no_table(text: str) -> None:
    assert json_insight(text).tables == ()


def test_a_filter_leaves_a_part(shows: Shows) -> None:
    seen = shows(b'{"planets": [{"name": "Mars", "moons": 2}, {"name": "Venus", "moons": 0}]}', "application/json")
    view = seen.one(TreeView)
    view.query.value = "planets[?moons > `0`].name"
    view.join(30)
    assert "Mars" in Seen(view._found).html
    assert "Venus" not in Seen(view._found).html
    view.query.value = ""
    view.join(30)
    assert "Venus" in Seen(view._found).html


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("a[", "'a[' is no JMESPath: it ends too early."),
        ("a b", "'a b' is no JMESPath: 'b' is not expected at character 3."),
        ("size(a)", "JMESPath has no function size()."),
        ("sum(a)", "sum() takes an array of numbers, and here it got a string."),
    ],
)
def test_what_is_wrong_with_a_filter_is_said_and_the_view_stays(shows: Shows, query: str, why: str) -> None:
    view = shows(b'{"a": "still here"}', "application/json").one(TreeView)
    view.query.value = query
    view.join(30)
    assert f"Nothing was filtered: {why}" in unescape(view._message.value)
    assert "still here" in Seen(view._found).html


def test_coded_bytes_inside_json_open_in_their_viewers(shows: Shows, picture: Callable[..., bytes]) -> None:
    coded = base64.b64encode(picture()).decode()
    body = json.dumps({"photos": [{"data": f"data:image/png;base64,{coded}"}], "mail": coded})
    seen = shows(body.encode(), "application/json")
    pieces = seen.one(Pieces)
    assert [label for label, _ in pieces.choice.options] == ["1. photos[0].data", "2. mail"]
    for number in (0, 1):
        pieces.choice.value = number
        pieces.take_out()
        pieces.join(30)
        assert "PNG, 60 × 40 pixels" in Seen(pieces.view).html


@pytest.mark.parametrize("text", ["data:image/png,plain", "data:;base64,!!!", "a" * 100, "not base64 at all " * 9])
def test_other_strings_are_only_strings(text: str) -> None:
    assert json_insight(json.dumps({"a": text})).inside == ()


def test_what_json_does_not_have_is_said(shows: Shows) -> None:
    html = shows(b'{"a": [NaN, NaN, -Infinity]}', "application/json").html
    assert "It comes with NaN and -Infinity, which JSON does not have: strict readers refuse it." in html
    assert "which JSON does not have" not in shows(b'{"a": "NaN"}', "application/json").html
    html = shows(b'{"a": 1}\n{"a": NaN}\n', "application/x-ndjson").html
    assert "It comes with NaN, which JSON does not have" in html


@pytest.mark.parametrize(
    ("body", "media_type", "shown"),
    [
        (b'{"a": 1}', "application/json", "NULs stand behind it"),
        (b'{"a": 1}\n{"a": 1}\n', "application/x-ndjson", "2 items"),
        (b"<r><a>1</a></r>", "application/xml", "After it stand NULs"),
    ],
)
def test_what_is_padded_with_nuls_is_a_tree(
    body: bytes, media_type: str, shown: str, shows: Callable[..., Any]
) -> None:
    seen = shows(body + bytes(40), media_type)
    html = seen.html
    assert shown in html
    assert f"Declared {media_type}; NULs stand behind the words; shown as" in seen.whole.strip.value
    assert "<strong>a</strong>" in html
    assert "\0" not in html


def test_a_drawing_that_is_padded_with_nuls_is_drawn(shows: Callable[..., Any]) -> None:
    html = shows(b'<svg xmlns="http://www.w3.org/2000/svg"/>' + bytes(9), "image/svg+xml").html
    assert 'src="data:image/svg+xml' in html


@pytest.mark.parametrize(
    ("rows", "is_table"),
    [
        ([["NAME", "POP", "state"], ["Ohio", "11799448", "39"], ["Iowa", "3190369", "19"]], True),
        ([["NAME", "POP"], ["Ohio", 11799448], ["Iowa", 3190369]], True),
        ([["name", "Mars"], ["radius", "3390"], ["moons", "2"]], False),
        ([["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]], False),
        ([["1", "2"], ["3", "4"], ["5", "6"]], False),
        ([["Ann", "Bob"], ["nan", "inf"], ["NaN", "Infinity"]], False),
        ([["a", "b"], ["1_000", "2_000"], ["1_1", "2_2"]], False),
        ([["a", "b"], ["-1.5", "2e3"], ["0", "-4"]], True),
    ],
)
def test_rows_below_their_names_are_a_table_also_where_numbers_are_texts(rows: list[list[Any]], is_table: bool) -> None:
    tables = json_insight(json.dumps(rows)).tables
    assert [table.columns for _, table in tables] == ([tuple(rows[0])] if is_table else [])


def test_a_member_without_a_name_is_seen_to_have_none(shows: Callable[..., Any]) -> None:
    assert '<strong>""</strong>' in unescape(shows(b'{"": 1}', "application/json").html)
