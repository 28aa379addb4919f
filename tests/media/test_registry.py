from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from widgets.media import renderer
from widgets.media.registry import _renderers, offers
from widgets.media.sandbox import show

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets


@pytest.mark.parametrize("media_type", ["image/png", "application/pdf", "application/fits"])
def test_bytes_that_are_not_what_they_say_are_shown_as_bytes_with_the_reason(
    shows: Callable[..., Any], media_type: str
) -> None:
    seen = shows(b"\x9e\x01\x02neither", media_type)
    assert "Shown as bytes: " in seen.html
    assert "9e 01 02 6e" in seen.html


def test_one_function_makes_a_new_media_type(shows: Callable[..., Any]) -> None:
    @renderer("application/x-shout")
    def shout(reply: Any) -> ipywidgets.Widget:
        return show(bytes(reply.body).decode().upper())

    try:
        assert "HELLO" in shows(b"hello", "application/x-shout").html
        assert ("application/x-shout", "application/x-shout") in offers()
    finally:
        del _renderers["application/x-shout"]


def test_a_viewer_that_fails_costs_nothing_but_the_view(shows: Callable[..., Any]) -> None:
    @renderer("application/x-broken")
    def broken(reply: Any) -> ipywidgets.Widget:
        raise ZeroDivisionError("<oops>")

    try:
        html = shows(b"abc", "application/x-broken").html
    finally:
        del _renderers["application/x-broken"]
    assert "Shown as text: the viewer failed: &lt;oops&gt;." in html
    assert "abc</pre>" in html


def test_a_viewer_that_returns_no_widget_is_told_so(shows: Callable[..., Any]) -> None:
    @renderer("application/x-none")
    def none(reply: Any) -> Any:
        return None

    try:
        html = shows(b"abc", "application/x-none").html
    finally:
        del _renderers["application/x-none"]
    assert "the viewer failed: it returned NoneType, not a widget" in html
