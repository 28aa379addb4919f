"""What is rendered from hostile replies, judged by its markup; a browser can judge the same by what happens."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import ipywidgets
import pytest

from widgets.media import Piece, render
from widgets.media.sandbox import POLICY

from . import attacks
from .conftest import walk

BEACON = "http://127.0.0.1:9"
TAGS = {
    *(
        "a",
        "caption",
        "code",
        "details",
        "div",
        "em",
        "h3",
        "h4",
        "iframe",
        "audio",
        "img",
        "input",
        "label",
        "li",
        "mark",
        "ol",
        "p",
    ),
    *("pre", "small", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul", "video"),
}
CONNECTING = {
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "link",
    "meta",
    "base",
    "area",
    "portal",
    "fencedframe",
    "script",
}
ADDRESSES = {
    "href",
    "xlink:href",
    "srcset",
    "action",
    "formaction",
    "ping",
    "data",
    "background",
    "cite",
    "longdesc",
    "srcdoc",
    "manifest",
}
TEXT_WIDGETS = (ipywidgets.Button, ipywidgets.Checkbox, ipywidgets.Dropdown, ipywidgets.BoundedIntText, ipywidgets.Text)
PLAYERS = (ipywidgets.Audio, ipywidgets.Video)
BOXES = (ipywidgets.Box, ipywidgets.VBox, ipywidgets.HBox)


class Judge(HTMLParser):
    """Refuses anything that could run, load or send."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert tag in TAGS, tag
        assert not [name for name in given if name.startswith("on") or name in ("style", "formaction", "srcset")]
        if "src" in given:
            assert re.fullmatch(r"data:(image|audio|video)/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]*", given["src"])
        if "href" in given:
            assert given["href"].startswith("data:application/octet-stream;base64,")
            assert tag == "a"
            assert "download" in given
        if tag == "iframe":
            assert given["sandbox"] == ""
            assert given["srcdoc"].startswith(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">')
            assert "src" not in given
            page = Inert()
            page.feed(given["srcdoc"])
            page.close()


class Inert(HTMLParser):
    """Refuses what opens a connection in a framed page, by itself or on a click."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        policy = [("http-equiv", "Content-Security-Policy"), ("content", POLICY)]
        assert tag not in CONNECTING or (tag, attrs) == ("meta", policy), tag
        assert not ADDRESSES & set(given), given
        assert given.get("src", "data:").strip().lower().startswith("data:")
        assert given.get("poster", "data:").strip().lower().startswith("data:")


def judge(widget: ipywidgets.Widget) -> None:
    for one in walk(widget):
        if isinstance(one, ipywidgets.HTML):
            assert type(one) is ipywidgets.HTML
            parser = Judge()
            parser.feed(one.value)
            parser.close()
        else:
            assert isinstance(one, (*TEXT_WIDGETS, *PLAYERS, *BOXES)), type(one)
            assert not getattr(one, "description_allow_html", False)


@pytest.mark.parametrize("reply", list(attacks.replies(BEACON)), ids=lambda reply: reply.path[:40])
def test_nothing_of_a_hostile_reply_is_markup_of_the_page(reply: attacks.Hostile) -> None:
    piece = Piece(BEACON + reply.path, reply.body, reply.media_type, "utf-8", reply.description)
    judge(render(piece))


@pytest.mark.parametrize("markup", ["<a href=x>", "<iframe>", "<img src=x>", "<meta http-equiv=refresh content=x>"])
def test_the_judge_of_pages_refuses(markup: str) -> None:
    with pytest.raises(AssertionError):
        Inert().feed(markup)


@pytest.mark.parametrize(
    "markup", ["<script>", "<img src=http://x/>", "<p onclick=x>", "<p style=x>", "<iframe srcdoc=x>"]
)
def test_the_judge_refuses(markup: str) -> None:
    with pytest.raises((AssertionError, KeyError)):
        Judge().feed(markup)


def test_there_are_strings_enough_and_none_twice() -> None:
    assert len(set(attacks.STRINGS)) == len(attacks.STRINGS) >= 200
    for number, text in enumerate(attacks.armed(BEACON)):
        assert f"{BEACON}/ran/{number}" in text or f"{BEACON}/asked/{number}" in text
