"""The two questions before a probe: leave to ask a stranger's host, and what to do with a probe that broke off."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from widgets.kit.mode import is_loopback

from .states import Stranger, Unfinished

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.attempt import Budget, Goal
    from widgets.probe.recorder import BrokenOff


def host_of(url: str) -> str:
    """The host of an address, lower case."""
    return (urlsplit(url).hostname or "").rstrip(".")


def located(url: str) -> str:
    """Where an address is, in few words, and without what may be secret in it.

    >>> located("http://me:secret@127.0.0.1:5009/Slow-NASA?key=1"), located("https://example.org")
    ('127.0.0.1:5009/Slow-NASA', 'example.org')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.netloc.rpartition("@")[2] + parts.path if parts.netloc else url


def is_own(host: str) -> bool:
    """Whether the host is this machine, by how it is written."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return is_loopback(host)
    except ValueError:
        return False


class Consent:
    """Asks once per host and budget, naming both; what was allowed holds for the life of the page, and no further.

    Args:
        show: Told the question.
    """

    def __init__(self, show: Callable[[Stranger], None] = lambda _: None) -> None:
        self._show = show
        self._allowed: dict[str, Budget] = {}
        self.asked: tuple[str, Budget, Callable[[], None]] | None = None

    def withdraw(self) -> None:
        """Take the question away; nothing comes of it any more."""
        self.asked = None

    def ask(self, url: str, budget: Budget, go: Callable[[], None], agent: str) -> None:
        """Call `go` at once for this machine or a host that was allowed as much before; else once it is allowed.

        `agent` is the User-Agent by which it will be asked (see `widgets.probe.asker.agent_of`).
        """
        self.withdraw()
        host = host_of(url)
        if is_own(host) or covers(self._allowed.get(host), budget):
            go()
            return
        self.asked = (host, budget, go)
        self._show(Stranger(host, budget, agent))

    def allow(self) -> None:
        """The person allows what was asked."""
        asked = self.asked
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
        and wanted.left <= allowed.left
    )


class ResumePrompt:
    """Asks what shall become of the attempts that were made before a page, a kernel or a machine went away.

    Args:
        show: Told the question.
    """

    def __init__(self, show: Callable[[Unfinished], None] = lambda _: None) -> None:
        self._show = show
        self.withdraw()

    def withdraw(self) -> None:
        """Take the question away; nothing comes of it any more."""
        self._go_on: Callable[[], None] = lambda: None
        self._anew: Callable[[], None] = lambda: None

    def ask(self, found: BrokenOff, go_on: Callable[[], None], anew: Callable[[], None], goal: Goal) -> None:
        """Call `go_on` or `anew`, as the person chooses; `goal` is what a new one would be to show."""
        self._go_on, self._anew = go_on, anew
        self._show(Unfinished(found, goal=goal))

    def go_on(self) -> None:
        """The person goes on from there."""
        self._choose(self._go_on)

    def anew(self) -> None:
        """The person starts anew."""
        self._choose(self._anew)

    def _choose(self, act: Callable[[], None]) -> None:
        self.withdraw()
        act()
