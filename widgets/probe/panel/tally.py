"""What the attempts of a probe come to: a count, its sentences, and the columns: shown, not shown, cost. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.model.attempt import SET_ASIDE, Attempt, Budget, Outcome, Verdict, absence, lateness
from widgets.model.quantity import as_count, as_span, as_wait, counted
from widgets.probe.counting import COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_OF_WHY = 40
"""Characters of the reason for which an answer was refused; the whole stands with the attempt, and in the statement."""
MOST_LINES = 3
"""Of a column."""
LATER = "changes by hour or by other clients"
LONGER = "a quota longer than the probe itself"
UNSERVED = "a pace at which it serves"
SERVED = 2
"""Accepted requests from which a time lies between them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One of the three columns: lines in which `**` sets bold, as sentences or as bullets, or meters.

    Attributes:
        title: Above it.
        lines: What it says.
        bullets: Whether each line is one of several things.
        meters: What is spent of what may be: words, unit, share.
    """

    title: str
    lines: tuple[str, ...] = ()
    bullets: bool = False
    meters: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What the attempts come to.

    Attributes:
        requests: All of them.
        accepted: Of these.
        refused: Of these.
        failed: Of these; those that were set aside are among them.
        seconds: From the first to the last answer.
        refused_at: The longest wait that was refused, of requests that follow no refusal: what is refused amid
            refusals may be due to the first of them, as in a ban.
        accepted_at: The shortest wait that was accepted.
        silent: Failures in a row at the end.
        error: Why the last one failed.
        status: Of the last one; `None` where it had no answer.
        absent: Seconds in which nobody probed: they are no part of `seconds`.
        last: The last one.
        unbroken: Accepted since the last request that came well after it was due.
        stated: The slowest pace that an answer has stated: seconds between requests, and its words.
        learned: Signs by which answers were found to be refusals: `403`, `200 with a much shorter body`.
        aside: Answers that were set aside, being good by their status, and so unlike those before that they are no
            evidence yet; they are among the failed.
        worded: Why answers are refusals that their status does not make one: the status and the reason of the first.
        shut: Refusals in a row at the end, whatever failed meanwhile.
        late: Whether the last one came well after it was due, at a spacing that nobody asked for.
    """

    requests: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    seconds: float = 0.0
    refused_at: float | None = None
    accepted_at: float | None = None
    silent: int = 0
    error: str = ""
    status: int | None = None
    absent: float = 0.0
    last: Attempt | None = None
    unbroken: int = 0
    stated: tuple[float, str] | None = None
    learned: tuple[str, ...] = ()
    aside: int = 0
    worded: tuple[tuple[int, str], ...] = ()
    shut: int = 0
    late: bool = False

    def plus(self, attempt: Attempt) -> Tally:
        """The tally with one more attempt."""
        wait, outcome = attempt.wait, attempt.outcome
        refused_at, accepted_at = self.refused_at, self.accepted_at
        if wait and outcome is Outcome.REFUSED and not self.shut:
            refused_at = max(wait, refused_at or 0.0)
        if wait and outcome is Outcome.ACCEPTED:
            accepted_at = min(wait, accepted_at or wait)
        failed = outcome is Outcome.FAILED
        absent, late = self.absent + absence(self.last, attempt), lateness(self.last, attempt) > 0
        return Tally(
            self.requests + 1,
            self.accepted + (outcome is Outcome.ACCEPTED),
            self.refused + (outcome is Outcome.REFUSED),
            self.failed + failed,
            attempt.started + attempt.latency - absent,
            refused_at,
            accepted_at,
            self.silent + 1 if failed else 0,
            attempt.error if failed else "",
            attempt.status,
            absent,
            attempt,
            (0 if late else self.unbroken) + (outcome is Outcome.ACCEPTED),
            max(filter(None, (self.stated, stated_by(attempt))), default=None),
            self.learned,
            self.aside + (attempt.word == SET_ASIDE),
            self.worded + _worded(attempt, self.worded),
            self.shut + (not failed) if failed or outcome is Outcome.REFUSED else 0,
            late,
        )

    @classmethod
    def of(cls, attempts: Iterable[Attempt], learned: Iterable[str] = ()) -> Tally:
        """The tally of attempts in order."""
        found = cls(learned=tuple(learned))
        for attempt in attempts:
            found = found.plus(attempt)
        return found


def _worded(attempt: Attempt, known: tuple[tuple[int, str], ...]) -> tuple[tuple[int, str], ...]:
    """The status of an answer that is a refusal by a reason of its own, and the reason, where that is news."""
    status = attempt.status
    if status is None or not attempt.error or attempt.outcome is not Outcome.REFUSED or status in dict(known):
        return ()
    return ((status, attempt.error),)


def stated_by(attempt: Attempt) -> tuple[float, str] | None:
    """The slowest pace that an answer states, in seconds between requests and in words; `None` where it states none.

    >>> stated_by(Attempt(1, None, None, 0.0, 0.1, 200, {"RateLimit-Policy": '"a";q=60;w=120, "b";q=100;w=3600'}))
    (36.0, '100 in 1 h')
    """
    policies = [each for each in read(attempt.status, attempt.headers, 0.0).policies if each.window and each.quota > 0]
    paces = [
        (each.window / each.quota, f"{as_count(each.quota)} in {as_span(each.window)}")
        for each in policies
        if each.window and each.unit == "requests"
    ]
    return max(paces, default=None)


LATE = 1.01
"""Requests that came so late after a wait that was asked for came at that wait."""


def own_number(spacing: float, wait: float | None) -> float:
    """The wait that was asked for, in seconds, where requests came only as late as requests do; else their spacing.

    >>> own_number(1.0003, 1.0), own_number(1.4, 1.0), own_number(1.4, None)
    (1.0, 1.4, 1.4)
    """
    return wait if wait is not None and wait <= spacing <= wait * LATE else spacing


def measured(tally: Tally) -> str:
    """What was refused and what was accepted, in a sentence."""
    parts = []
    if tally.refused_at and tally.accepted_at and as_wait(tally.refused_at) == as_wait(tally.accepted_at):
        return f"Both refused and accepted at {as_wait(tally.accepted_at)}."
    if tally.refused_at:
        parts.append(f"refused at {as_wait(tally.refused_at)}")
    if tally.accepted_at:
        parts.append(f"accepted at {as_wait(tally.accepted_at)}")
    words = ", ".join(parts) or _counts(tally)
    return words[0].upper() + words[1:] + "."


def _counts(tally: Tally) -> str:
    """What came of the requests, where no wait was asked for between them."""
    if tally.accepted + tally.refused == 1:
        return "one request was " + ("accepted" if tally.accepted else "refused")
    if not tally.accepted + tally.refused:
        return "nothing yet"
    return f"{tally.accepted:,} accepted, {tally.refused:,} refused"


def last_answer(tally: Tally) -> str:
    """What the last answer was, or why there was none: `503 Service Unavailable`."""
    words = tally.error or (named_status(tally.status) if tally.status else "No answer came")
    if not tally.error and tally.status and tally.status < 300:  # noqa: PLR2004 - it came, and its body makes it a suspect
        words += ", unlike those before"
    return words[0].upper() + words[1:]


def named_status(status: int) -> str:
    """`404 Not Found`; the number alone where it has no name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def service_says(tally: Tally) -> tuple[str, ...]:
    """What the service itself says of its limit, or of what is left; nothing where it says nothing."""
    if tally.stated:
        return (f"The service states **{tally.stated[1]}**: {as_wait(tally.stated[0])}.",)
    left = None if tally.last is None else read(tally.last.status, tally.last.headers, 0.0).remaining
    return () if left is None else (f"The service says that **{as_count(left)}** are left.",)


def why_refused(tally: Tally) -> tuple[str, ...]:
    """What was found to be a refusal, and what is one by its words, each in a sentence; nothing where nothing was."""
    return _found_out(tally) + refused_by_word(tally)


def refused_by_word(tally: Tally) -> tuple[str, ...]:
    """Why answers were refused whose status is that of no refusal."""
    if not tally.worded:
        return ()
    (status, why), *others = tally.worded
    if others:
        names = ", ".join(f"**{each}**" for each, _ in tally.worded)
        return (f"Refused by what they say: {names}.",)
    why = why.removesuffix(f", which {COUNTS}")
    if why.endswith(COUNTS):
        return (f"**{why}** by your word.",)
    why = why.replace("it ", "that ", 1) if why.startswith("it ") else why.replace("its ", "whose ", 1)
    return (f"Refused: **{status}** {why if len(why) <= MOST_OF_WHY else f'{why[: MOST_OF_WHY - 1].rstrip()}…'}.",)


def _found_out(tally: Tally) -> tuple[str, ...]:
    if not tally.learned:
        return ()
    names = ["no answer" if each == "no answer" else f"**{each}**" for each in tally.learned]
    words = f"{' and '.join(names)} {'counts' if len(names) == 1 else 'count'} as refused."
    return (words[0].upper() + words[1:],)


def not_shown(tally: Tally | None = None, *, title: str = "Not shown") -> Column:
    """What a probe of such attempts cannot show; `None` where they are not known yet."""
    if tally is None:
        return Column(title, (LONGER, LATER), bullets=True)
    return Column(title, (UNSERVED if not tally.accepted and tally.refused else quota_over(tally), LATER), bullets=True)


def quota_over(tally: Tally, seconds: float = 0.0) -> str:
    """The quota that so many seconds do not show, those of the probe unless given: one answer shows nothing of one."""
    return LONGER if tally.accepted < SERVED else f"a quota over more than {as_span(seconds or tally.seconds)}"


def cost_of(tally: Tally, *more: str, verdict: Verdict | None = None) -> Column:
    """What was spent; a verdict counts a request that Stop cut short too, and the time until then."""
    refused = f"{tally.refused:,} refused" if tally.refused else "none refused"
    requests, spent = (tally.requests, tally.seconds) if verdict is None else (verdict.requests, verdict.seconds)
    return Column("Cost", (f"**{counted(requests, 'request')}**, {refused}", f"**{as_span(spent)}**", *more))


def spent_of(tally: Tally, budget: Budget) -> Column:
    """How much of the budget is gone."""
    return Column(
        "Spent",
        meters=(
            (f"{tally.requests:,} of {budget.requests:,}", "requests", _share(tally.requests, budget.requests)),
            (f"{tally.refused:,} of {budget.refusals:,}", "refusals", _share(tally.refused, budget.refusals)),
            (f"{_clock(tally.seconds)} of {as_span(budget.seconds)}", "", _share(tally.seconds, budget.seconds)),
        ),
    )


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
