"""Redirects that are followed while a pace is learned. Pure.

A redirect within the service that is there from the beginning is a request like any other, and is sent in its turn; but
it neither serves nor refuses: what it leads to does. So a strategy is not told of it, nor is its time counted. One that
begins later is a sign, as it is for a probe: it may lead to a login, or to a riddle.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from widgets.http.redirects import MOST_REDIRECTS, REDIRECTS
from widgets.model.attempt import Outcome

if TYPE_CHECKING:
    from widgets.model.attempt import Attempt, Verdict


@dataclass(slots=True)
class Redirects:
    """Those that one service answered with so far.

    What they lead to tells them apart: a service that shuts one out sends all that it refuses to the same place.

    Attributes:
        origin: Of the service.
        count: How many were followed.
        seconds: From the requests before them to theirs.

    >>> from widgets.model.attempt import Attempt
    >>> def answers(number, status, location=""):
    ...     return Attempt(number, 2.0, 2.0, 2.0 * number, 0.1, status, {"Location": location})
    >>> redirects = Redirects("https://api.example.org")
    >>> [redirects.follows(answers(*each)) for each in ((1, 301, "/items/1/"), (2, 200), (3, 301, "/items/2/"))]
    [True, False, True]
    >>> [redirects.follows(answers(*each)) for each in ((4, 302, "https://else.example/"), (5, 302, "/items/2/"))]
    [False, False]
    """

    origin: str
    count: int = 0
    seconds: float = 0.0
    _ordinary: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _begun: bool = False
    _row: int = 0

    def follows(self, attempt: Attempt) -> bool:
        """Whether that attempt was one; each is to be given once, in order."""
        there = self._within(attempt)
        if not there or not self._ordinarily(there) or self._row >= MOST_REDIRECTS:
            self._begun, self._row = True, self._row + 1 if there else 0
            return False
        self.count, self._row = self.count + 1, self._row + 1
        self.seconds += attempt.spacing or 0.0
        return True

    def _ordinarily(self, there: str) -> bool:
        """Whether it is there from the beginning: to the same place, or each to one of its own."""
        if not self._begun:
            self._ordinary.add(there)
        new = there not in self._seen
        self._seen.add(there)
        return there in self._ordinary or (new and bool(self._ordinary))

    def _within(self, attempt: Attempt) -> str:
        """The path to which an answer leads within the service; empty where it does not."""
        location = next((text for name, text in attempt.headers.items() if name.lower() == "location"), "").strip()
        if attempt.status not in REDIRECTS or attempt.outcome is not Outcome.FAILED or not location:
            return ""
        try:
            there, here = urlsplit(urljoin(f"{self.origin}/", location)), urlsplit(self.origin)
            same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
        except ValueError:
            return ""
        return (there.path or "/") if same else ""

    def told(self, attempt: Attempt) -> Attempt:
        """The attempt as the strategy is told of it: as if none had been followed.

        Where one leads within the service is left out: no other address is asked from then on.
        """
        if self._within(attempt):
            kept = {name: text for name, text in attempt.headers.items() if name.lower() != "location"}
            attempt = replace(attempt, headers=kept)
        if not self.count:
            return attempt
        told = replace(attempt, number=attempt.number - self.count, started=attempt.started - self.seconds)
        return replace(told, wait=None, spacing=None) if told.number == 1 else told

    def said(self, verdict: Verdict) -> Verdict:
        """The verdict with what they cost."""
        if not self.count:
            return verdict
        counted = "1 redirect was" if self.count == 1 else f"{self.count} redirects were"
        return replace(
            verdict,
            requests=verdict.requests + self.count,
            seconds=verdict.seconds + self.seconds,
            statement=f"{verdict.statement} Besides, {counted} followed within the service, each a request of its own "
            "at its pace; neither they nor their time are among the numbers above.",
        )
