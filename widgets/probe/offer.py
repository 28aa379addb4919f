"""The choice where an earlier probe of the same target broke off: go on from its attempts, or start anew. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import visible

from .card import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from .journal import BrokenOff


class Offer(ipywidgets.VBox):
    """Asks what shall become of the attempts that were made before a page, a kernel or a machine went away."""

    def __init__(self) -> None:
        self._go_on: Callable[[], None] = lambda: None
        self._anew: Callable[[], None] = lambda: None
        self._question = ipywidgets.HTML()
        self.go_on_button = ipywidgets.Button(description="Go on from them", button_style="primary")
        self.anew_button = ipywidgets.Button(description="Start anew")
        buttons = ipywidgets.Box([self.go_on_button, self.anew_button]).add_class("ww-buttons")
        super().__init__([self._question, buttons])
        self.add_class("ww-offer")
        self.withdraw()
        self.go_on_button.on_click(lambda _: self._choose(self._go_on))
        self.anew_button.on_click(lambda _: self._choose(self._anew))

    def withdraw(self) -> None:
        """Take the question away; nothing comes of it any more."""
        self._go_on = self._anew = lambda: None
        visible(self, on=False)

    def ask(self, found: BrokenOff, go_on: Callable[[], None], anew: Callable[[], None]) -> None:
        """Call `go_on` or `anew`, as the person chooses."""
        self._go_on, self._anew = go_on, anew
        words = (
            f"A {found.settings.strategy} probe of this address began {found.ago} ago and broke off after "
            f"{counted(found.count, 'attempt')}. Go on from there, or start anew? "
            "What was measured stays in the store either way."
        )
        self._question.value = f'<p role="alert">{markup.plain(words)}</p>'
        visible(self, on=True)

    def _choose(self, act: Callable[[], None]) -> None:
        self.withdraw()
        act()
