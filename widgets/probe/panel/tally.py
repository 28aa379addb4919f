"""What the attempts of a probe come to: a count, its sentences, and the columns: shown, not shown, cost. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.model.attempt import SET_ASIDE, Attempt, Budget, Outcome, Verdict, absence, lateness
from widgets.model.quantity import as_count, as_span, as_wait, counted
from widgets.probe.counting import COUNTS
from widgets.probe.strategies.door import asks_for_a_person, is_down
from widgets.probe.strategies.spoken import counted_over
from widgets.probe.strategies.untimed import DAY, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_OF_WHY = 40
"""Characters of the reason for which an answer was refused; the whole stands with the attempt, and in the statement."""
MOST_KINDS = 2
"""Of failures that are named."""
MOST_LINES = 3
"""Of a column."""
LATER = "changes by hour or by other clients"
LONGER = "a quota longer than the probe itself"
UNSERVED = "a pace at which it serves"
CREDENTIALS = {401: "it wants credentials", 407: "a proxy wants credentials"}
"""What these statuses say (RFC 9110, sections 15.5.2 and 15.5.8)."""
ALIKE = 1.001
"""Waits so close to one another are one number."""
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
            refusals may be due to the first of them, as in a ban. A wait is that between requests, as `own_wait` says.
        accepted_at: The shortest one that was accepted, of those that are no shorter than what was refused.
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
        waits: All waits that were accepted, each number once.
        failures: Of what kinds those are that failed, and of what was set aside, and how many of each: `403`.
        outlasted: The wait that was asked for before the last one, where a reply took longer than that.
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
    waits: tuple[float, ...] = ()
    failures: tuple[tuple[str, int], ...] = ()
    outlasted: float | None = None

    def plus(self, attempt: Attempt) -> Tally:
        """The tally with one more attempt."""
        outcome, failed = attempt.outcome, attempt.outcome is Outcome.FAILED
        absent, late = self.absent + absence(self.last, attempt), lateness(self.last, attempt) > 0
        wait = 0.0 if late else own_wait(attempt)
        refused_at, waits = self.refused_at, self.waits
        if wait and outcome is Outcome.REFUSED and not self.shut:
            refused_at = max(wait, refused_at or 0.0)
        if wait and outcome is Outcome.ACCEPTED and not any(each <= wait <= each * ALIKE for each in waits):
            waits = (*waits, wait)
        return Tally(
            self.requests + 1,
            self.accepted + (outcome is Outcome.ACCEPTED),
            self.refused + (outcome is Outcome.REFUSED),
            self.failed + failed,
            attempt.started + attempt.latency - absent,
            refused_at,
            _bracket(refused_at, waits),
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
            waits,
            self._failures(attempt),
            attempt.wait if wait and self._outlasts(attempt.wait) else None,
        )

    def _outlasts(self, wait: float | None) -> bool:
        """Whether the reply before took so much longer than that wait that requests cannot come at it."""
        return bool(wait) and self.last is not None and self.last.latency > (wait or 0.0) * LATE

    def _failures(self, attempt: Attempt) -> tuple[tuple[str, int], ...]:
        """The kinds of failures with one more attempt; a redirect at the door only says where to ask."""
        moved = not self.accepted and attempt.status is not None and 300 <= attempt.status < 400  # noqa: PLR2004
        if attempt.outcome is not Outcome.FAILED or moved:
            return self.failures
        status = "no answer" if attempt.status is None else str(attempt.status)
        kind = f"{SET_ASIDE} ({status})" if attempt.word == SET_ASIDE else status
        known = dict(self.failures)
        return tuple({**known, kind: known.get(kind, 0) + 1}.items())

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


def own_wait(attempt: Attempt) -> float:
    """The wait at which a request came, in seconds, by `own_number`; 0 where none was asked for.

    >>> own_wait(Attempt(2, 1.0, 1.0003, 1.0, 0.1, 200)), own_wait(Attempt(2, 1.0, 3.04, 3.0, 3.0, 200))
    (1.0, 3.04)
    """
    return max(attempt.wait, own_number(attempt.spacing or attempt.wait, attempt.wait)) if attempt.wait else 0.0


def _bracket(refused_at: float | None, waits: tuple[float, ...]) -> float | None:
    """The shortest of the accepted waits that is no shorter than what was refused."""
    return min((wait for wait in waits if wait >= (refused_at or 0.0)), default=None)


def measured(tally: Tally) -> str:
    """What was refused and what was accepted, in a sentence."""
    refused, accepted = tally.refused_at, tally.accepted_at
    if refused and accepted and as_wait(refused) == as_wait(accepted):
        return f"Both refused and accepted at {as_wait(accepted)}{slower(tally, accepted)}."
    if refused and not accepted and tally.waits:
        return f"Refused at {as_wait(refused)}; no wait as long was accepted."
    served = f"{as_wait(accepted)}{slower(tally, accepted)}" if accepted else ""
    return between(tally, as_wait(refused) if refused else "", served)


def between(tally: Tally, refused: str, accepted: str) -> str:
    """The sentence on what was refused, and what was accepted, each in words; on the counts where both are empty."""
    parts = [f"refused at {refused}"] if refused else []
    parts += [f"accepted at {accepted}"] if accepted else []
    words = ", ".join(parts) or _counts(tally)
    return words[0].upper() + words[1:] + "."


def slower(tally: Tally, came: float) -> str:
    """Why requests `came` at a longer wait, in seconds, than was asked for, as the end of a sentence; else empty.

    >>> slower(Tally(outlasted=1.0), 3.04), slower(Tally(outlasted=1.0), 1.0), slower(Tally(), 3.04)
    (': replies take longer than the 1 s asked for', '', '')
    """
    asked = tally.outlasted
    return f": replies take longer than the {as_wait(asked)} asked for" if asked and came > asked * LATE else ""


def suspected(tally: Tally) -> str:
    """What failed and may be a refusal: `10 failed (403)`; empty where nothing did.

    >>> suspected(Tally(failures=(("403", 9), ("no answer", 1), ("set aside (200)", 2))))
    '10 failed (403, no answer), 2 set aside (200)'
    """
    aside = [f"{count:,} {kind}" for kind, count in tally.failures if kind.startswith(SET_ASIDE)]
    failed = {kind: count for kind, count in tally.failures if not kind.startswith(SET_ASIDE)}
    kinds = ", ".join([*list(failed)[:MOST_KINDS], *(["…"] if len(failed) > MOST_KINDS else [])])
    return ", ".join([*([f"{sum(failed.values()):,} failed ({kinds})"] if failed else []), *aside])


def may_be_refusals(tally: Tally) -> str:
    """The sentence on what failed and may be a refusal; empty where nothing did."""
    one = sum(count for _, count in tally.failures) == 1
    words = suspected(tally)
    return f"{words[0].upper()}{words[1:]}, which may be {'a refusal' if one else 'refusals'}." if words else ""


def other_reason(attempt: Attempt | None, accepted: int) -> str:
    """What an answer that does not serve says of itself that no pace changes; empty where it says no such thing.

    `accepted` is how many requests were accepted before it.

    >>> other_reason(Attempt(9, 1.0, 1.0, 9.0, 0.1, 503, excerpt="Scheduled maintenance"), 4)
    '503: it says that it is being maintained; the pace may not be why'
    >>> other_reason(Attempt(9, 1.0, 1.0, 9.0, 0.1, 429, excerpt="Daily quota exceeded"), 4)
    '429: it speaks of a quota over a day'
    """
    if attempt is None or attempt.status is None or attempt.outcome is Outcome.ACCEPTED:
        return ""
    if asks_for_a_person(attempt):
        why = "it asks whether a person is there, which no waiting answers"
    elif is_down(attempt):
        why = "it says that it is being maintained; the pace may not be why"
    elif attempt.outcome is Outcome.REFUSED and (over := counted_over(attempt.excerpt, accepted) or 0.0) >= DAY:
        why = f"it speaks of a quota over {UNITS.get(round(over), as_wait(over))}"
    else:
        why = CREDENTIALS.get(attempt.status, "")
    return f"{attempt.status}: {why}" if why else ""


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
    return (f"Refused: **{status}** {why}." if len(why) <= MOST_OF_WHY else f"Refused: **{status}** {_cut(why)}",)


def _cut(words: str) -> str:
    """The beginning of what is too long, cut at a word, or within the only one.

    >>> _cut("that asks for a captcha that only a browser passes"), _cut("that says " + 50 * "x")[-5:]
    ('that asks for a captcha that only a …', 'xxx …')
    """
    begin = words[: MOST_OF_WHY - 2]
    whole = begin if words[len(begin)].isspace() else begin.rpartition(" ")[0]
    return f"{(whole if len(whole) > MOST_OF_WHY / 2 else begin).rstrip()} …"


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
