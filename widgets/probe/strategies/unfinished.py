"""What a probe that cannot go on has seen of a quota, and what it would take to see the rest. Pure."""

from __future__ import annotations

from itertools import groupby, pairwise
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.http.limits.resets import DATED
from widgets.model.attempt import Outcome
from widgets.model.quantity import as_time_off
from widgets.probe.evidence import told

from .door import account, is_down, other_reason, own_words
from .history import QUOTA
from .pauses import pause_after
from .spoken import counted_over
from .stated import RENEWED
from .untimed import UNITS, usual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt

    from .history import Cycle, Ledger, Quota
    from .manners import Manners


LONG = 3
"""Refusals in a row, up to the end of a probe, that may mean a spent quota."""

LOOKS = 6
"""How often to ask within a time whether a quota is renewed."""

AFTER = 4
"""Requests at the pace of a quota that has been renewed: then it is seen to be enough."""

SOON = 0.05
"""The part of a time in which a quota over it is renewed by chance hardly ever."""

AS_MANY = 0.8
"""So many of what was served before are as many."""

SEVERAL = 12
"""Fewer may be alike by chance."""

A_BAN = 60.0
"""Seconds: a block that lasted longer is worth a word where the next one begins."""

LONG_IN_MINUTES = 7200.0
"""Seconds from which on a time is told in hours and days, and no longer in minutes."""

HARDLY = 1.25
"""So many times what a block lasted is hardly longer: the guess is that of the usual time which is named with it."""

FAR_MORE = 1.5
"""A row so many times longer than what a quota served before was not served by it."""

TOLD = 0.98
"""A quota is renewed within a unit if it is so at this part of it: what a service says is in whole seconds."""


def guess(ledger: Ledger, quota: Quota, now: float, attempts: Sequence[Attempt] = ()) -> float | None:
    """The best guess at a wait where a probe ends too early, at `now` seconds; `None` where there is none.

    Where a block goes on, what was served before it has to last for all of it, or for the time that the last of the
    `attempts` names; a quota that was seen lasts for a cycle. What refusals say of single requests is kept to anyway.
    """
    return max(_guess(ledger, quota, now, attempts) or 0.0, _told_apart(attempts)) or None


def _told_apart(attempts: Sequence[Attempt]) -> float:
    """Seconds from a request that was served alone to when the refusal after it says to come back; 0 where that varies.

    The rest after the refusal is shorter: it is no time between requests that are served. Who is told the same time
    whenever it comes is told no such end.

    >>> from widgets.model.attempt import Attempt
    >>> told = ((0, 200, ""), (1, 429, "899"), (900, 200, ""), (930, 429, "870"), (1800, 200, ""))
    >>> row = [Attempt(1, 1.0, 1.0, t, 0.0, s, {"Retry-After": a} if a else {}) for t, s, a in told]
    >>> _told_apart(row), _told_apart(row[:3])
    (900.0, 0.0)
    """
    rows = zip([None, *attempts], attempts, attempts[1:], strict=False)
    found = [
        (refused.started - served.started, refused.started + pause - served.started)
        for before, served, refused in rows
        if served.outcome is Outcome.ACCEPTED and refused.outcome is Outcome.REFUSED
        if (before is None or before.outcome is Outcome.REFUSED) and (pause := pause_after(refused))
    ]
    after, apart = [each for each, _ in found], [each for _, each in found]
    alike = len(found) > 1 and max(apart) - min(apart) <= DATED < max(after) - min(after)
    return max(apart) if alike else 0.0


def _guess(ledger: Ledger, quota: Quota, now: float, attempts: Sequence[Attempt]) -> float | None:
    """The same by what was served and refused alone."""
    if ledger.blocked and ledger.run >= QUOTA and not (attempts and is_down(attempts[-1])):
        served, since = _spent(ledger, attempts)
        named = counted_over(attempts[-1].excerpt, served) if attempts else None
        before = _seen_of(*alike) if served == ledger.run and (alike := _alike(ledger)) else 0.0
        lasts = max(_usual(max(now - since, named or 0.0)), before)
        return max((named or 0.0) / served, min(lasts / served, _held(attempts, served)))
    high = ledger.high
    if quota:
        lasts = sqrt(quota.least * quota.most)
        return max(high or 0.0, min(lasts / quota.accepted, _held(attempts, quota.accepted)))
    last_cycle = _not_seen_again(ledger)
    if last_cycle is None:
        return high
    pace = _seen_of(last_cycle.length) / last_cycle.accepted
    return max(high or 0.0, min(pace, _held(attempts, last_cycle.accepted)))


def _alike(ledger: Ledger) -> list[tuple[float, float]]:
    """Seconds, at least and at most, that each cycle took in which as many were served as in the run up to now."""
    return [each.length for each in ledger.cycles if abs(each.accepted - ledger.run) <= 1 and each.spent]


def _seen_of(*lengths: tuple[float, float]) -> float:
    """Seconds that a quota lasts, by the cycles in which it was spent, each of which took so many at least and at most.

    >>> _seen_of((1093.0, 3280.0)), round(_seen_of((40.0, 50.0), (45.0, 47.0)))
    (3600.0, 46)
    """
    least, most = max(low for low, _ in lengths), min(high for _, high in lengths)
    middle = sqrt(least * max(least, most))
    unit = usual(middle)  # a window by the clock that was begun is longer than what was seen of it
    return unit if 0 < unit <= HARDLY * most else middle


def _held(attempts: Sequence[Attempt], served: int) -> float:
    """The shortest wait at which far more were accepted in a row than a quota that served so many; infinite for none.

    A window that goes by the clock may be renewed within a row, so that somewhat more than it serves say nothing. Nor
    does a row at a wait after which, or after a longer one, a request was refused that followed a served one.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, 3.0, 3.0, 3.0 * i, 0.1, 200) for i in range(16)]
    >>> _held(row, 10), _held(row, 11), _held([*row, Attempt(16, 9.0, 9.0, 54.0, 0.1, 429)], 10)
    (3.0, inf, inf)
    """
    rows = groupby(attempts, key=lambda each: each.wait if each.outcome is Outcome.ACCEPTED else None)
    held = (wait for wait, row in rows if wait and len(list(row)) >= FAR_MORE * served)
    fast = max(
        (
            later.wait or 0.0
            for sooner, later in pairwise(attempts)
            if sooner.outcome is Outcome.ACCEPTED and later.outcome is Outcome.REFUSED
        ),
        default=0.0,
    )
    return min((wait for wait in held if wait > fast), default=inf)


def _usual(lasts: float) -> float:
    """Seconds of the usual time that a quota is told to fit, where it is hardly longer than it lasted; else those.

    >>> _usual(3286.0), _usual(2000.0), _usual(3650.0)
    (3600.0, 2000.0, 3650.0)
    """
    unit = usual(lasts)
    return unit if 0 < unit <= HARDLY * lasts else lasts


def _not_seen_again(ledger: Ledger) -> Cycle | None:
    """The last block, where so few were accepted since that what brought it about would not have come again."""
    cycle = ledger.cycles[-1] if ledger.cycles and not ledger.blocked else None
    if cycle is None or not cycle.spent or ledger.run >= cycle.accepted:
        return None
    return None if any(abs(each.accepted - cycle.accepted) <= 1 for each in ledger.cycles[:-1]) else cycle


def cut_off(manners: Manners, ledger: Ledger, pause: float) -> str:
    """A word on a block that went on when the probe ended, of several refusals or of one long pause; else nothing.

    `pause` is for how long the last answer asks to be left alone, seconds.
    """
    last = manners.attempts[-1]
    if not manners.untimed.binds and all(each.outcome is Outcome.ACCEPTED for each in manners.attempts):
        n = len(manners.attempts)
        return f" All of {n} requests were accepted until then." if n > 1 else " One request was made, and accepted."
    if cycle := _not_seen_again(ledger):
        return (
            f" Once {cycle.accepted} requests had been accepted, and then none for {told(cycle.shut - cycle.stopped)} "
            f"to {told(cycle.ended - cycle.stopped)} s. Since then {ledger.run} were: a quota of {cycle.accepted} over "
            "a time as long would not have shown itself again."
        )
    again = ledger.blocked > 1 and bool(_as_before(manners.attempts))
    if not ledger.blocked or (ledger.blocked < LONG and pause <= ledger.stopped and not again):
        return "" if pause else _shut_before(ledger, manners.attempts)
    n = sum(attempt.outcome is Outcome.ACCEPTED for attempt in manners.attempts)
    if not n:
        lasted = f" for {told(manners.seconds)} s" if len(manners.attempts) > 1 else ""
        why = other_reason(last) or "the service may have shut this client out."
        return f" Nothing was accepted{lasted}: {why} {account(last)}".rstrip()
    served, since = _spent(ledger, manners.attempts) if ledger.run else (n, 0.0)
    requests = f"{served} request{'' if served == 1 else 's'}"
    if why := other_reason(last) or _stated_and_spent(last, served):
        return (
            f" {n} request{'' if n == 1 else 's'} had been accepted, and then none for "
            f"{told(last.started + last.latency - ledger.stopped)} s: {why}{own_words(last)}"
        )
    how = "in a row" if served <= ledger.run else "since it last refused so"
    row = f", the last {served} of them {how}" if served < n else ""
    shut = "another quota, over a longer time, may be spent, or the service has shut this client out"
    quota = f"a quota of about {requests} over a longer time may be spent, or the service has shut this client out"
    soon = served == ledger.run and _again_soon(ledger, pause)
    return (
        f" {n} request{'' if n == 1 else 's'} had been accepted{row}, and then none for "
        f"{told(last.started + last.latency - ledger.stopped)} s: {shut if soon else quota}.{_another(last)}"
        f"{'' if soon else _needed(manners, served, since, pause)}{own_words(last)}"
    )


def _again_soon(ledger: Ledger, pause: float) -> bool:
    """Whether as many were there again before, in a small part of the seconds for which it now asks to be left alone.

    A quota over so long is not renewed so soon but where its time happened to end just then, and it says so each time.
    """
    alike = [cycle for cycle in ledger.cycles if abs(cycle.accepted - ledger.run) <= 1 and not cycle.told]
    return any(cycle.length[1] < SOON * pause for cycle in alike)


def _shut_before(ledger: Ledger, attempts: Sequence[Attempt]) -> str:
    """A word on the longest block that was seen whole, for whoever goes on: the next one may last as long."""
    longest = max(ledger.cycles, key=lambda each: each.shut - each.stopped, default=None)
    if longest is None or not longest.accepted or longest.shut - longest.stopped < A_BAN:
        return ""
    since = sum(each.outcome is Outcome.ACCEPTED and each.started >= longest.ended for each in attempts)
    now = "now it refuses again, and may for as long" if ledger.blocked else f"since then it accepted {since} more"
    return (
        f" Once {longest.accepted} request{'' if longest.accepted == 1 else 's'} had been accepted, and then none for "
        f"{told(longest.shut - longest.stopped)} to {told(longest.ended - longest.stopped)} s; {now}."
    )


def _stated_and_spent(last: Attempt, served: int) -> str:
    """The clause where nothing is left of the quota that a refusal states, which is more than was `served`; else empty.

    >>> from widgets.model.attempt import Attempt
    >>> spent = Attempt(2, 1.0, 1.0, 9.0, 0.1, 429, {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0"})
    >>> _stated_and_spent(spent, 1)[:63], _stated_and_spent(spent, 30)
    ('of the quota of 30 requests that it states nothing is left, and', '')
    """
    limits = read(last.status, last.headers, now=0.0)
    size = min(limits.sizes, default=0.0)
    if last.outcome is not Outcome.REFUSED or limits.remaining != 0 or size <= served:
        return ""
    return (
        f"of the quota of {told(size, 6)} requests that it states nothing is left, and all but {served} may have been "
        "spent before this probe."
    )


def _another(last: Attempt) -> str:
    """A word where the quota that a refusal states is not spent: then another one is.

    >>> from widgets.model.attempt import Attempt
    >>> _another(Attempt(9, 1.0, 1.0, 9.0, 0.1, 429, {"X-RateLimit-Limit": "900", "X-RateLimit-Remaining": "860"}))
    ' Of the quota that it states 860 requests are left, so that it refuses because of another one.'
    """
    left = read(last.status, last.headers, now=0.0).remaining
    if last.outcome is not Outcome.REFUSED or not left or left < 1:
        return ""
    return f" Of the quota that it states {told(left, 6)} requests are left, so that it refuses because of another one."


def _spent(ledger: Ledger, attempts: Sequence[Attempt] = ()) -> tuple[int, float]:
    """What may have been spent before the block that goes on, and since when.

    Where a run before it ended at the same count that count is spent again, and where refusals that name the same time
    came after as many; else all that was served may count.
    """
    if again := _as_before(attempts):
        return len(again), again[0].started
    if not ledger.cycles or any(abs(cycle.accepted - ledger.run) <= 1 for cycle in ledger.cycles):
        return ledger.run, ledger.run_started
    return ledger.run + sum(cycle.accepted for cycle in ledger.cycles), ledger.cycles[0].started


def _as_before(attempts: Sequence[Attempt]) -> list[Attempt]:
    """What was served since refusals that named the same long time as the last answer, where that is as much as then.

    Shorter quotas may have refused meanwhile, in other words. None where no time is named, or only minutes.

    >>> from widgets.model.attempt import Attempt
    >>> told = [200] * 14 + [429] * 2 + [200] * 8 + [430] + [200] * 6 + [429]
    >>> words = {429: "Hourly limit exceeded", 430: "Minutely limit exceeded"}
    >>> row = [Attempt(i, 1.0, 1.0, i, 0.1, min(s, 429), excerpt=words.get(s, "")) for i, s in enumerate(told)]
    >>> len(_as_before(row)), len(_as_before(row[:-1])), len(_as_before(row[:15]))
    (14, 0, 0)
    """
    named = counted_over(attempts[-1].excerpt, 0) if attempts and attempts[-1].outcome is Outcome.REFUSED else None
    if named is None or named <= RENEWED:
        return []
    runs: list[list[Attempt]] = [[]]
    for each in attempts:
        if each.outcome is Outcome.ACCEPTED:
            runs[-1].append(each)
        elif each.outcome is Outcome.REFUSED and runs[-1] and counted_over(each.excerpt, 0) == named:
            runs.append([])
    *before, last = [run for run in runs if run] or [[]]
    if len(before) != 1 or len(last) < SEVERAL:  # where it came more often, it is no time as long as it is named
        return []
    return last if AS_MANY * len(before[0]) <= len(last) <= len(before[0]) / AS_MANY else []


def _needed(manners: Manners, served: int, since: float, pause: float) -> str:
    """What it would take to see that quota whole, if it is of a usual kind."""
    last = manners.attempts[-1]
    shut = last.started + (pause or last.latency) - since
    least = max(shut, counted_over(last.excerpt, served) or 0.0)
    unit = next((each for each in UNITS if least <= each / (TOLD if pause else 1.0)), None)
    if served < QUOTA or unit is None:
        return ""
    wait = unit / served
    rest = pause or unit - shut
    looks = 1 if pause else max(1, ceil(LOOKS * rest / unit))
    seconds = rest + AFTER * wait
    over = f"{told(seconds / 60)} min" if seconds < LONG_IN_MINUTES else as_time_off(seconds)
    return (
        f" It fits {served} {UNITS[unit]}, {told(wait)} s between requests: {looks + AFTER} more requests over "
        f"{over} would show whether it is that."
    )
