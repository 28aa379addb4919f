"""Take a pace along: the choice of a tool, the text, and links that save it and the attempts. UI."""

from __future__ import annotations

import re
from contextlib import suppress
from textwrap import wrap
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import bare, box, html, lean, put, visible
from widgets.pace.export import CODE, code_for, to_csv, to_har, to_json, to_parquet, to_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.pace import Pace, Past, StoredProbe

COLUMNS = 72
"""Characters of a line of comment."""
_UNIT = re.compile(r"(?<=\d) (?=%|(?:ms|s|min|h|d)\b)")


class Exports(ipywidgets.VBox):
    """Code with a pace in it, to copy or to save; and the probe that the pace stands on, in every form.

    Args:
        ask: Called when the probe is wanted; `show` is given its attempts then, which hold more than all else.
        store: The address of the store, for code that must open the same one.
        count: Gives the attempts of a stored probe with what each counts as by the probe's verdict.
    """

    def __init__(
        self,
        ask: Callable[[], None] = lambda: None,
        store: str = "",
        count: Callable[[StoredProbe, Past], Past] = lambda _, past: past,
    ) -> None:
        self._store, self._count = store, count
        self.tool = lean(ipywidgets.Dropdown, options=list(CODE), description="For")
        self.code, self.copy, self.links = html(css="ww-code-block"), html(), html()
        self.text = ""
        self._pace: Pace | None = None
        self._probe = ""
        self.probe_button = lean(ipywidgets.Button, description="Save the probe", css="ww-quiet")
        self.probe_button.tooltip = "As a report, HAR, CSV, JSON or Parquet"
        self.probe_button.on_click(lambda _: ask())
        head = box([self.tool, self.copy], "ww-buttons ww-between")
        super().__init__([head, self.code, box([self.links, self.probe_button], "ww-saves")], layout=bare())
        self.tool.observe(lambda _: self._write(), "value")

    def show(self, pace: Pace, probe: StoredProbe | None = None, attempts: Past | None = None) -> None:
        """Show what there is to take along of a pace, and of the probe that found it where it is stored."""
        self._pace = pace
        self._probe = probe_links(probe, self._count(probe, attempts), pace) if probe and attempts is not None else ""
        visible(self.probe_button, on=probe is not None and attempts is None)
        self._write()

    def _write(self) -> None:
        # Any message can come from a browser: a tool that is none is passed over.
        if self._pace is None or self.tool.value not in CODE:
            return
        filename, _ = CODE[self.tool.value]
        self.text = text = code_first(code_for(self.tool.value, self._pace, self._store))
        put(self.code, markup.code(text, "Code with this pace"))
        put(self.copy, markup.copy_button("Copy code", text, css="mod-primary"))
        saved = markup.download(filename, filename, "text/plain", text)
        put(self.links, f'<p class="ww-links"><span>Save</span><span>{saved}</span>{self._probe}</p>')


def code_first(text: str) -> str:
    r"""Code with the comment that stands above it put below: what is wanted is seen first.

    >>> code_first("# a pace\n# of 6.52 s\n\nimport time\n")
    'import time\n\n# a pace\n# of 6.52 s\n'
    """
    lines = text.splitlines()
    shebang = lines[:1] if lines[:1] and lines[0].startswith("#!") else []
    rest = lines[len(shebang) :]
    count = next((place for place, line in enumerate(rest) if line and not line.startswith(("#", "//"))), 0)
    above = [short for line in rest[:count] if line for short in wrapped(line)]
    if not above:
        return text
    return "\n".join([*shebang, *rest[count:], "", *above]) + "\n"


def wrapped(line: str) -> list[str]:
    """A line of comment as lines that need no scrolling.

    >>> wrapped("# " + "word " * 20)
    ['# word word word word word word word word word word word word word word', '# word word word word word word']
    >>> wrapped("# " + "word " * 13 + "a 10 % more")  # a number stays with its unit
    ['# word word word word word word word word word word word word word a', '# 10 % more']
    """
    mark, _, words = line.partition(" ")
    held = _UNIT.sub("\N{NO-BREAK SPACE}", words)
    rows = wrap(held, COLUMNS, initial_indent=f"{mark} ", subsequent_indent=f"{mark} ", break_long_words=False)
    return [row.replace("\N{NO-BREAK SPACE}", " ") for row in rows] or [line]


def probe_links(probe: StoredProbe, attempts: Past, pace: Pace | None = None) -> str:
    """The HTML of links that save a probe as a report, HAR, CSV, JSON and, where pyarrow is there, Parquet."""
    files: list[tuple[str, str, str, str | bytes]] = [
        ("Report (HTML)", "waitwise.html", "text/html", to_report(probe, attempts, pace)),
        ("HAR", "waitwise.har", "application/json", to_har(probe, attempts)),
        ("CSV", "waitwise.csv", "text/csv", to_csv(attempts)),
        ("JSON", "waitwise.json", "application/json", to_json(attempts)),
    ]
    with suppress(ModuleNotFoundError):  # without pyarrow there is none, and the others are as good
        files.append(("Parquet", "waitwise.parquet", "application/vnd.apache.parquet", to_parquet(attempts)))
    return "".join(f"<span>{markup.download(*file)}</span>" for file in files)
