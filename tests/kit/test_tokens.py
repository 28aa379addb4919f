"""The looks stand in one place: the tokens of kit.css. Everything else names them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import widgets
from widgets.app import STYLESHEETS

HERE = Path(widgets.__file__).parent
COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab|color)a?\(")
LENGTH = re.compile(r"(?<![\w.-])(?!0(?:px)?\b)\d*\.?\d+(?:px|rem|em)\b")
SPACED = re.compile(r"(?:padding|margin|gap|border-radius|font|font-size|line-height)(?:-[a-z]+)*$")
HAIR = {"1px", "2px"}
"""The width of a line, and of the focus: no spacing."""
TOKEN = re.compile(r"--ww-([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)")


def declarations(css: str) -> list[tuple[str, str]]:
    """Property and value of each declaration, of the tokens and of Jupyter's variables too."""
    return [(name, value) for name, value in re.findall(r"([\w-]+)\s*:\s*([^;{}]+)[;}]", COMMENTS.sub("", css))]


def literals(css: str) -> list[str]:
    """Colours anywhere, and lengths where a spacing, a radius or a type step is due, that are no tokens."""
    found = []
    for name, value in declarations(css):
        if name.startswith("--"):
            continue
        if COLOUR.search(value):
            found.append(f"{name}: {value}")
        if SPACED.match(name) and set(LENGTH.findall(value)) - HAIR:
            found.append(f"{name}: {value}")
    return found


@pytest.mark.parametrize("sheet", STYLESHEETS)
def test_no_stylesheet_has_a_colour_a_spacing_a_radius_or_a_type_step_of_its_own(sheet: str) -> None:
    assert literals((HERE / sheet).read_text("utf-8")) == []


def test_a_literal_would_be_found() -> None:
    assert literals(".a { color: #fff; padding: 3px; height: 9px; font: 400 13px/20px x; border: 1px solid red; }") == [
        "color: #fff",
        "padding: 3px",
        "font: 400 13px/20px x",
    ]


def test_there_is_one_stylesheet_a_room_at_most() -> None:
    assert sorted(STYLESHEETS) == sorted(str(path.relative_to(HERE)) for path in HERE.rglob("*.css"))
    assert len({Path(sheet).parts[0] for sheet in STYLESHEETS}) == len(STYLESHEETS)


def luminance(colour: str) -> float:
    """Of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Of WCAG 2, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TOKENS = {name: sides for name, *sides in TOKEN.findall((HERE / "kit" / "kit.css").read_text("utf-8"))}
TEXTS = ("ink", "ink-2", "ink-3", "accent", "good", "warn", "bad")
GROUNDS = ("page", "surface", "sunken")
SOFT = [(name, f"{name}-soft") for name in ("accent", "good", "warn", "bad")]
CODE = [(f"is-{name}", "sunken") for name in ("comment", "keyword", "string", "number", "name")]
READ = [*((text, ground) for text in TEXTS for ground in GROUNDS), *SOFT, *CODE, ("on-accent", "accent")]
READ += [(ink, f"{name}-soft") for name in ("accent", "good", "warn", "bad") for ink in ("ink", "ink-2")]
SEEN = [(mark, "surface") for mark in ("dot-good", "dot-bad", "control", "accent")]


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ)
def test_every_text_can_be_read_on_every_ground(text: str, ground: str, side: int) -> None:
    assert contrast(TOKENS[text][side], TOKENS[ground][side]) >= 4.5


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SEEN)
def test_every_mark_and_every_edge_of_a_field_can_be_seen(mark: str, ground: str, side: int) -> None:
    assert contrast(TOKENS[mark][side], TOKENS[ground][side]) >= 3
