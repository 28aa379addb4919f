from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows


def test_a_page_is_shown_in_the_sandboxed_frame_and_nowhere_else(shows: Callable[..., Any]) -> None:
    seen = shows(b'<h1>Hi</h1><script>x()</script><img src=x onerror="y()">', "text/html", description="A page")
    assert '<iframe class="ww-frame" sandbox=""' in seen.html
    assert 'title="A page"' in seen.html
    assert "<script" not in seen.html
    assert "<img" not in seen.html


def test_a_page_is_read_in_its_declared_charset(shows: Callable[..., Any]) -> None:
    assert "größer" in shows("<p>größer".encode("latin-1"), "text/html", charset="iso-8859-1").html
    assert "größer" in shows("<p>größer".encode(), "text/html", charset="idna").html


def test_markdown_is_a_page_in_the_frame(shows: Shows) -> None:
    seen = shows(b"# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>x()</script>", "text/markdown")
    assert '<iframe class="ww-frame" sandbox=""' in seen.html
    assert "&lt;h1&gt;Title&lt;/h1&gt;" in seen.html
    assert "&lt;table&gt;" in seen.html
    assert "<script" not in seen.html


def test_the_links_of_a_page_are_listed_as_text(shows: Shows) -> None:
    html = shows(b'<a href="http://x.example/?a=1&b=2">The <b>words</b></a><a name=x>no link</a>', "text/html").html
    assert "1 link<" in html
    assert "<td>The words</td><td>http://x.example/?a=1&amp;b=2</td>" in html
