"""An article on MOXIE, the instrument that made oxygen on Mars, as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .facts import MOXIE


def moxie_article() -> str:
    """The page: no script, nothing fetched from elsewhere, light and dark; its words stand in moxie.html.j2."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = lambda day: f"{day.day} {day:%B %Y}"
    return environment.get_template("moxie.html.j2").render(MOXIE)
