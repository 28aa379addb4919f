"""Saving a body to a file, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from .registry import View
from .sandbox import save_link, show

if TYPE_CHECKING:
    from .reply import Blob

AT_ONCE = 300_000
"""Bytes up to which the link holds the body at once; more would double what every fetch sends to the browser."""


class Save(View):
    """A link that saves the body; a large body is put into it only when asked for."""

    def __init__(self, body: Blob, name: str, form: str = "") -> None:
        self._body = body
        self._name = name
        self._form = f" {form}" if form else ""
        super().__init__(_dom_classes=["ww-save"])
        if len(body) <= AT_ONCE:
            self.prepare()
        else:
            button = ipywidgets.Button(description=f"Save{self._form} …", tooltip=f"Prepare {name} for saving")
            button.on_click(lambda _: self.prepare())
            self.children = (button,)

    def prepare(self) -> None:
        """Put the link in place."""
        label = f"Save {self._name}{self._form} ({len(self._body):,} bytes)"
        self.swap(self, show(save_link(label, self._name, self._body)))
