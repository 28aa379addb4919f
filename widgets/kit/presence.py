"""A sign of life from the page, so that a page that was lost does not leave its work behind.

The kernel changes a hidden element from time to time, and a line of script in the page answers by filling a hidden
field. Nothing else does: a tab in the background has its timers slowed, but not the messages it receives. Where the
page has no such line (in JupyterLab) it never answers, and so is never thought lost.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import ipywidgets

from .widgetry import bare, html, lean

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY = 15.0
"""Seconds between two questions."""
MISSED = 4
"""Questions in a row without an answer after which the page is lost: a minute."""


class PageLostError(Exception):
    """The page does not answer any more."""


class Presence(ipywidgets.Box):
    """Asks the page whether it is there.

    Args:
        clock: Gives seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked = clock()
        self._missed = 0
        self._answers = False
        self.on_there: Callable[[], object] = lambda: None
        """Called once, when the page has answered for the first time: by then all of it stands."""
        self.question = html("<i>0</i>", css="ww-ping")
        self.answer = lean(ipywidgets.Text, description="Sign of life", tabbable=False, css="ww-pong")
        super().__init__([self.question, self.answer], layout=bare(), _dom_classes=["ww-hidden"])
        self.answer.observe(lambda _: self._heard(), "value")

    def look(self) -> None:
        """Ask again where it is time; called while something is done for the page.

        Raises:
            PageLostError: It has left the last questions unanswered.
        """
        now = self._clock()
        if not self._answers or now - self._asked < EVERY:
            return
        if self._missed >= MISSED:
            self._missed = 0
            raise PageLostError("its page gave no sign of life for a minute")
        self._asked = now
        self._missed += 1
        self.question.value = f"<i>{now:.0f}</i>"

    def _heard(self) -> None:
        first, self._answers, self._missed = not self._answers, True, 0
        if first:
            self.on_there()
