"""How long answers ask to be left alone, and what time a row of them covers. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.model.attempt import Attempt, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence


ON_TIME = 1.02
"""Two spacings whose ratio is less than this are the same one."""

_COME_BACK = re.compile(
    r"retry.?(?:delay|after|in)\W{1,6}(\d+(?:\.\d+)?)(ms)?"
    r"|(?:again|retry) (?:in|after) (\d+(?:\.\d+)?) ?(ms|m(?:in\w*)?\b)?",
    re.IGNORECASE,
)
"""How bodies say when to come back: `"retryDelay": "38s"`, 'try again in 20s'."""


def span(evidence: Sequence[Attempt]) -> float:
    """Seconds that the evidence covers: from each request to the next no more than the spacings that were asked for.

    Where a request came late, the rest of its spacing is time at which nothing was tested.

    >>> row = [Attempt(i, 2.0, 2.0, 2.0 * i, 0.1, 200) for i in range(1, 6)]
    >>> span(row)
    8.0
    """
    if not evidence:
        return 0.0
    most = ON_TIME * median(attempt.spacing or 0.0 for attempt in evidence)
    return sum(
        min(later.started - sooner.started, (later.number - sooner.number) * most)
        for sooner, later in pairwise(evidence)
    )


def pause_after(attempt: Attempt) -> float:
    """Seconds from the start of `attempt` for which its answer asks to be left alone; 0 where it does not ask.

    An accepted answer's Retry-After is no request to stay away: some services send it with every answer. A stated reset
    is one where nothing is left until then, whatever the answer.
    """
    if attempt.outcome is Outcome.REFUSED and attempt.excerpt and (said := _said(attempt.excerpt)):
        own = pause_after(replace(attempt, excerpt=""))
        return own or attempt.latency + said
    if not attempt.headers:
        return 0.0
    limits = read(attempt.status, attempt.headers, now=0.0)
    pause = limits.hold
    if attempt.outcome is Outcome.ACCEPTED and limits.source == "Retry-After":
        empty = limits.remaining is not None and limits.remaining <= 0
        pause = limits.reset if empty else None
    return attempt.latency + pause if pause else 0.0


def _said(excerpt: str) -> float:
    """Seconds after which to come back, as the body of a refusal says; 0 where it does not.

    >>> _said('{"details": [{"retryDelay": "38.2s"}]}'), _said("Please try again in 500ms."), _said('{"code": 429}')
    (38.2, 0.5, 0.0)
    """
    match = _COME_BACK.search(excerpt)
    if match is None:
        return 0.0
    number, unit = float(match[1] or match[3]), (match[2] or match[4] or "").lower()
    return number * (0.001 if unit == "ms" else 60.0 if unit else 1.0)
