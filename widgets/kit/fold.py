"""What is not needed at once: a button, and what it shows and hides.

ipywidgets' Accordion cannot be opened by keyboard: its headers take no focus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from .widgetry import bare, lean, visible

if TYPE_CHECKING:
    from collections.abc import Callable


class Fold(ipywidgets.VBox):
    """A part of the page that is folded away at first.

    Args:
        title: On the button.
        body: What is folded away.
        on_open: Called each time it is opened.
    """

    def __init__(self, title: str, body: ipywidgets.Widget, on_open: Callable[[], None] = lambda: None) -> None:
        self.toggle = lean(ipywidgets.ToggleButton, description=title)
        self._body, self._on_open = body, on_open
        visible(body, on=False)
        super().__init__([self.toggle, body], layout=bare())
        self.add_class("ww-fold")
        self.toggle.observe(lambda change: self._turn(opened=bool(change["new"])), "value")

    def _turn(self, *, opened: bool) -> None:
        visible(self._body, on=opened)
        if opened:
            self._on_open()
