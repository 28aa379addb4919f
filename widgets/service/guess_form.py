"""The learner's guess: which rule it is, and a wait that is safe. UI."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import lean, visible
from widgets.model.quantity import wait_number

from .truth import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class GuessForm(ipywidgets.Box):
    """Hidden until there is something to guess.

    Args:
        button: Commits the guess.

    Attributes:
        line: What is wrong with the guess, beside it: the form stands far from the rest of the lab.
    """

    def __init__(self, button: ipywidgets.Button) -> None:
        self.kind = lean(ipywidgets.Dropdown, description="The rule")
        self.wait = lean(ipywidgets.Text, description="A safe wait, s").add_class("ww-value")
        self.line = markup.line()
        super().__init__([self.kind, self.wait, lean(ipywidgets.Box, [button]).add_class("ww-buttons"), self.line])
        self.add_class("ww-form").add_class("ww-guess")
        visible(self, on=False)

    def ask(self, kinds: Sequence[str], found: tuple[str, float] | None) -> None:
        """Show the form, filled in with what was found."""
        markup.say(self.line, "")
        name, wait = found or ("", math.nan)
        self.kind.options = kinds
        self.kind.value = kind_of(name) if kind_of(name) in kinds else None
        self.wait.value = wait_number(wait) if math.isfinite(wait) else ""
        visible(self, on=True)

    @property
    def guess(self) -> tuple[str, float]:
        """The kind and the wait in seconds.

        Raises:
            ValueError: When one of them is missing.
        """
        if self.kind.value is None:
            raise ValueError("Say which rule it is: a guess names one.")
        text = str(self.wait.value).strip()
        try:
            wait = float(text)
        except ValueError:
            wait = math.nan
        if not 0 <= wait < math.inf:
            raise ValueError(f"A safe wait is a number of seconds, 0 or more, got {text!r}.")
        return str(self.kind.value), wait
