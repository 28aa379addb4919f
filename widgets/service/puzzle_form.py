"""A new puzzle: a rule that the service hides, the same for everyone with the same level and seed. UI."""

from __future__ import annotations

import re

import ipywidgets

LEVELS = (("1: honest headers, no chance", 1), ("2: silent, with chance", 2), ("3: everything, lies too", 3))


class PuzzleForm(ipywidgets.VBox):
    """Level and seed.

    Args:
        button: Stands at the end of the row.
    """

    def __init__(self, button: ipywidgets.Button) -> None:
        self.level = ipywidgets.Dropdown(options=LEVELS, description="Level")
        self.seed_text = ipywidgets.Text(description="Puzzle seed", placeholder="any").add_class("ww-value")
        self.link = ipywidgets.HTML()
        buttons = ipywidgets.Box([button]).add_class("ww-buttons")
        super().__init__([ipywidgets.Box([self.level, self.seed_text, buttons]).add_class("ww-form"), self.link])

    @property
    def seed(self) -> int | None:
        """The seed, or `None` where the service is to draw one.

        Raises:
            ValueError: When it is no whole number.
        """
        text = str(self.seed_text.value).strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,13}", text, re.ASCII):
            raise ValueError(f"The seed must be a whole number from 0, or empty to have one drawn, got {text!r}.")
        return int(text)
