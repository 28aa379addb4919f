"""How long answers ask to be left alone, for how long none was accepted, and what time a row of them covers. Pure."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from widgets.http.limits import Limits, read, times
from widgets.http.limits.resets import DATED
from widgets.http.limits.words import come_back_in, wait_vaguely
from widgets.model.attempt import Attempt, Outcome, absence
from widgets.probe.evidence import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


ON_TIME = 1.02
"""Two spacings whose ratio is less than this are the same one."""


_EXACT = 1e-6
"""Seconds by which sums of times are off."""

CLEARLY = 1.5
"""A block that lasted so many times longer than what a pace takes for as many requests is not the pace's doing."""


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
    refused = attempt.outcome is Outcome.REFUSED
    limits = read(attempt.status, attempt.headers, now=0.0) if attempt.headers else Limits()
    pause = limits.hold
    if refused and not pause:
        pause = said(attempt) or limits.back_in
    if attempt.outcome is Outcome.ACCEPTED and limits.source == "Retry-After":
        empty = limits.remaining is not None and limits.remaining <= 0
        pause = limits.reset if empty else None
    return attempt.latency + pause if pause else 0.0


def said(attempt: Attempt) -> float:
    """Seconds after which to come back, as the body of a refusal says; 0 where it does not."""
    date = next((text for name, text in attempt.headers.items() if name.lower() == "date"), "")
    return come_back_in(attempt.excerpt, times.http_date(date)) or 0.0


def rest_after(attempt: Attempt) -> float:
    """Seconds from the start of `attempt` for which to leave the service alone: its word, or what it means at least.

    >>> rest_after(Attempt(2, 1.0, 1.0, 1.0, 0.5, 429, excerpt="Please wait a few minutes"))
    60.5
    """
    return pause_after(attempt) or least_rest(attempt)


def least_rest(attempt: Attempt) -> float:
    """The same by words without a number alone; 0 where there are none, and where the answer tells a time."""
    least, _ = (0.0, "") if pause_after(attempt) else _vaguely(attempt)
    return attempt.latency + least if least else 0.0


def _vaguely(attempt: Attempt) -> tuple[float, str]:
    """The least seconds that the body of a refusal means which names only their unit, and its words for it."""
    return wait_vaguely(attempt.excerpt) if attempt.outcome is Outcome.REFUSED else (0.0, "")


def said_vaguely(attempts: Sequence[Attempt]) -> str:
    """The sentence on the times of which refusals say only the unit; empty where none does.

    >>> said_vaguely([Attempt(2, 1.0, 1.0, 1.0, 0.5, 429, excerpt="Please wait a few minutes")])
    " To come back, a refusal says 'a few minutes' and no number: the probe took that for 60 s at least."
    """
    found = (_vaguely(each) for each in attempts if not pause_after(each))
    return "".join(
        f" To come back, a refusal says '{words}' and no number: the probe took that for {told(seconds)} s at least."
        for seconds, words in dict.fromkeys(found)
        if words
    )


def told_too_short(attempts: Sequence[Attempt]) -> str:
    """The sentence on times to come back after which a request was refused again; empty where there were none.

    Who comes back as told is refused for ever where each request begins the block anew. A time in whole seconds may be
    too short by less than one, which is no matter.

    >>> row = [Attempt(i, 9.0, 9.0, 9.0 * i, 0.0, 429, {"Retry-After": "9"}) for i in (1, 2, 3)]
    >>> told_too_short([*row, Attempt(4, 9.0, 60.0, 87.0, 0.0, 200)])
    ' Of 3 refusals that told when to come back 2 told too short a time: what came then, or later, was refused again.'
    >>> told_too_short([row[0], Attempt(2, 9.0, 9.0, 18.0, 0.0, 200)])
    ''
    """
    kept = short = 0
    answered = [each for each in attempts if each.outcome is not Outcome.FAILED]
    for i, (refused, after) in enumerate(pairwise(answered), 1):
        due = refused.started + pause_after(refused)
        if refused.outcome is not Outcome.REFUSED or not refused.started < due <= after.started + _EXACT:
            continue
        kept += 1
        served = next((each.started for each in answered[i:] if each.outcome is Outcome.ACCEPTED), None)
        short += after.outcome is Outcome.REFUSED and (served or answered[-1].started) > due + DATED
    if not short:
        return ""
    one = kept == 1
    return (
        f" Of {kept} refusal{'' if one else 's'} that told when to come back {short} told too short a time: what came "
        "then, or later, was refused again."
    )


def shut_out(attempts: Sequence[Attempt], wait: float) -> str:
    """The sentence on the longest block, where it was clearly longer than a recommended `wait` explains; else empty.

    A quota that is spent is there again when as many requests would have been due at its pace as it had served; what
    lasts longer, as a ban does, is met by whoever sends one request too many.

    >>> times = [(0.0, 200), (0.1, 200), (0.2, 429), (1.2, 429), (10.2, 429), (37.2, 200), (37.5, 200)]
    >>> row = [Attempt(i, 0.1, 0.1, t, 0.01, status) for i, (t, status) in enumerate(times, 1)]
    >>> shut_out(row, 0.3)[:83], shut_out(row, 5.0), shut_out(row[2:], 0.3)
    (' After a refusal nothing was accepted for 10 to 37 s, clearly longer than this wait', '', '')
    """
    found = [(least, most) for served, least, most in _blocks(attempts) if least > CLEARLY * wait * max(served, 1)]
    if not found:
        return ""
    least, most = max(found)
    return (
        f" After a refusal nothing was accepted for {told(least)} to {told(most)} s, clearly longer than this wait: "
        "whoever sends a request too many may be shut out for as long again."
    )


def _blocks(attempts: Sequence[Attempt]) -> Iterator[tuple[int, float, float]]:
    """Of each block that came after an acceptance and ended: what was served before it, and its seconds.

    Served are those of as many seconds before it as it took at most, and of its own run; its seconds are those from the
    first refusal to the last, and to the acceptance after it. One in which nobody probed for a while is passed over.
    """
    served, run, block, away = list[float](), 0, list[float](), False
    for before, attempt in pairwise([None, *attempts]):
        if attempt is None or attempt.outcome is Outcome.FAILED:
            continue
        away = bool(block) and (away or absence(before, attempt) > 0)
        if attempt.outcome is Outcome.REFUSED:
            block.append(attempt.started)
            continue
        if block and served and not away:
            most = attempt.started - block[0]
            yield max(run, sum(block[0] - at <= most for at in served)), block[-1] - block[0], most
        run = 1 if block else run + 1
        block = []
        served.append(attempt.started)
