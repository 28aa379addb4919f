"""The two questions before a probe: leave to ask a stranger's host, and what to do with a probe that broke off. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ipywidgets

from widgets.kit import markup
from widgets.kit.mode import is_loopback
from widgets.kit.widgetry import visible
from widgets.probe.asker import USER_AGENT

from .verdict_card import counted, duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.attempt import Budget
    from widgets.probe.recorder import BrokenOff


def host_of(url: str) -> str:
    """The host of an address, lower case."""
    return (urlsplit(url).hostname or "").rstrip(".")


def is_own(host: str) -> bool:
    """Whether the host is this machine, by how it is written."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return is_loopback(host)
    except ValueError:
        return False


class Consent(ipywidgets.VBox):
    """Asks once per host and budget, naming both; what was allowed holds for the life of the page, and no further."""

    def __init__(self) -> None:
        self._allowed: dict[str, Budget] = {}
        self._asked: tuple[str, Budget, Callable[[], None]] | None = None
        self._question = ipywidgets.HTML()
        self.allow_button = ipywidgets.Button(description="Probe this host", button_style="primary")
        self.refuse_button = ipywidgets.Button(description="Do not")
        buttons = ipywidgets.Box([self.allow_button, self.refuse_button]).add_class("ww-buttons")
        super().__init__([self._question, buttons])
        self.add_class("ww-consent")
        self.withdraw()
        self.allow_button.on_click(lambda _: self._allow())
        self.refuse_button.on_click(lambda _: self.withdraw())

    def withdraw(self) -> None:
        """Take the question away; nothing comes of it any more."""
        self._asked = None
        visible(self, on=False)

    def ask(self, url: str, budget: Budget, go: Callable[[], None]) -> None:
        """Call `go` at once for this machine or a host that was allowed as much before; else once it is allowed."""
        self.withdraw()
        host = host_of(url)
        if is_own(host) or covers(self._allowed.get(host), budget):
            go()
            return
        self._asked = (host, budget, go)
        may = (
            f"belongs to somebody else. This probe may send it up to {counted(budget.requests, 'request')} in up to "
            f"{duration(budget.seconds)}, and stops at {counted(budget.refusals, 'refusal')}. Each says"
        )
        self._question.value = (
            f'<p role="alert"><strong>{markup.plain(host)}</strong> {markup.plain(may)} '
            f"<code>{markup.plain(USER_AGENT)}</code>. Probe only what you may use, and read its terms first.</p>"
        )
        visible(self, on=True)

    def _allow(self) -> None:
        asked = self._asked
        self.withdraw()
        if asked is not None:
            host, budget, go = asked
            self._allowed[host] = budget
            go()


def covers(allowed: Budget | None, wanted: Budget) -> bool:
    """Whether what was allowed is at least what is wanted."""
    return allowed is not None and (
        wanted.requests <= allowed.requests
        and wanted.refusals <= allowed.refusals
        and wanted.seconds <= allowed.seconds
    )


class ResumePrompt(ipywidgets.VBox):
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
