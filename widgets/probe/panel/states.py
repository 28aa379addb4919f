"""What is known of a probe, and what the page says of it: label, large words, sentence, columns, buttons. PURE.

`face` is a function from one to the other. Whoever wants another word on the page changes it here, and a table of
tests says what every state looks like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from widgets.http.limits import read
from widgets.model.attempt import SET_ASIDE, Attempt, Budget, Goal, Outcome, Step, Verdict, absence
from widgets.model.quantity import as_roughly, as_span, as_wait, wait_number
from widgets.probe.asker import USER_AGENT
from widgets.probe.counting import COUNTS, STOPPED
from widgets.probe.evidence import straight_needed
from widgets.probe.run import Kept
from widgets.probe.strategies.careful import FALLING
from widgets.probe.strategies.manners import FAILURES_IN_A_ROW, LOCKED_OUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.probe.recorder import BrokenOff

Tone: TypeAlias = Literal["idle", "run", "good", "warn", "bad"]
Action: TypeAlias = Literal[
    "certain", "code", "copy", "go on", "more", "fetch", "allow", "refuse", "resume", "anew", "replace", "rules",
    "again", "puzzle", "link", "end",
]  # fmt: skip

ROOM = 50
"""Characters that may follow what is said of an answer, beside it."""
MOST_OF_WHY = 40
"""Characters of the reason for which an answer was refused; the whole stands with the attempt, and in the statement."""
MOST_LINES = 3
"""Of a column."""
LATER = "changes by hour or by other clients"
LONGER = "a quota longer than the probe itself"
NONE_SEEN, ANOTHER = "none seen", "another rule"
PASSED = 60
"""Points from which a solved puzzle is good news."""
WORTH = 0.01
"""Support of another rule that is worth a mention."""


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
class Face:
    """What the page shows of a state.

    Attributes:
        tone: Of the ground.
        icon: Before the label.
        label: What state it is.
        large: The answer, or the question.
        unit: What the number is of; a large text without one is set as words.
        sentence: The line below, in which `**` sets bold.
        share: How far a trial has come, 0 to 1, in place of the sentence.
        next: Above the countdown, where one runs.
        below: Below it.
        actions: At most two buttons.
        loud: Whether the first of them is: what is usually done next.
        names: Of the buttons, where they are not the usual ones.
        columns: Shown, not shown, cost.
        alert: Whether it is to be announced at once.
        plans: Whether a job can be planned by what was found.
    """

    tone: Tone
    icon: str
    label: str
    large: str
    unit: str = ""
    sentence: str = ""
    share: float | None = None
    next: str = ""
    below: str = ""
    actions: tuple[Action, ...] = ()
    loud: bool = True
    names: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    alert: bool = False
    plans: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """What the attempts come to.

    Attributes:
        requests: All of them.
        accepted: Of these.
        refused: Of these.
        failed: Of these; those that were set aside are among them.
        aside: Good by their status, and so unlike those before that they are no evidence yet.
        seconds: From the first to the last answer.
        refused_at: The longest wait that was refused, of requests that follow no refusal: what is refused amid
            refusals may be due to the first of them, as in a ban.
        accepted_at: The shortest wait that was accepted.
        silent: Failures in a row at the end.
        error: Why the last one failed.
        status: Of the last one; `None` where it had no answer.
        absent: Seconds in which nobody probed: they are no part of `seconds`.
        last: The last one.
        unbroken: Accepted since the last time in which nobody probed.
        stated: The slowest pace that an answer has stated: seconds between requests, and its words.
        learned: Signs by which answers were found to be refusals: `403`, `200 with a much shorter body`.
        aside: Answers that were set aside, which are among the failed.
        worded: Why answers are refusals that their status does not make one: the status and the reason of the first.
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

    def plus(self, attempt: Attempt) -> Tally:
        """The tally with one more attempt."""
        wait, outcome = attempt.wait, attempt.outcome
        refused_at, accepted_at = self.refused_at, self.accepted_at
        amid = self.last is not None and self.last.outcome is Outcome.REFUSED
        if wait and outcome is Outcome.REFUSED and not amid:
            refused_at = max(wait, refused_at or 0.0)
        if wait and outcome is Outcome.ACCEPTED:
            accepted_at = min(wait, accepted_at or wait)
        failed = outcome is Outcome.FAILED
        pause = absence(self.last, attempt)
        absent = self.absent + pause
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
            (0 if pause else self.unbroken) + (outcome is Outcome.ACCEPTED),
            max(filter(None, (self.stated, stated_by(attempt))), default=None),
            self.learned,
            self.aside + (attempt.word == SET_ASIDE),
            self.worded + _worded(attempt, self.worded),
        )

    @classmethod
    def of(cls, attempts: Iterable[Attempt], learned: Iterable[str] = ()) -> Tally:
        """The tally of attempts in order."""
        found = cls(learned=tuple(learned))
        for attempt in attempts:
            found = found.plus(attempt)
        return found


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is asked.

    Attributes:
        strategy: Which one is chosen.
        goal: What it is to show.
        budget: What it may spend.
        before: Seconds of the wait that is known from before: kept, or stated by the service; `None` where none is.
    """

    strategy: str = "quick"
    goal: Goal = field(default_factory=Goal)
    budget: Budget = field(default_factory=Budget)
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A probe is under way.

    Attributes:
        strategy: Its name.
        goal: What it is to show.
        budget: What it may spend.
        tally: Of its attempts.
        step: What is done next.
        trial: The wait that is on trial, how many were accepted in a row, and how many are needed where that is known.
        onlooker: Whether another page makes it.
    """

    strategy: str
    goal: Goal
    budget: Budget
    tally: Tally
    step: Step | None = None
    trial: tuple[float, int, int | None] | None = None
    onlooker: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A probe has ended."""

    verdict: Verdict
    strategy: str
    goal: Goal
    tally: Tally
    kept: Kept = field(default_factory=Kept)
    can_grow: bool = False
    on_trial: Goal | None = None
    """What was to be shown of the wait that was tested, where a margin was to do the rest."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """May this host be asked?"""

    host: str
    budget: Budget
    agent: str = USER_AGENT


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An earlier probe has no verdict: shall it go on?"""

    found: BrokenOff
    tally: Tally = Tally()


@dataclass(frozen=True, slots=True)
class Trouble:
    """The probe cannot be made, or broke off, and why."""

    sentence: str
    label: str = "Not probed"
    tally: Tally = Tally()
    tone: Tone = "bad"


@dataclass(frozen=True, slots=True)
class Guessing:
    """A puzzle was probed; what is it?"""

    puzzle: str
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A puzzle, or a rule whose truth was shown.

    Attributes:
        title: `Puzzle 1-2024, solved`.
        points: Of 100; `None` where nothing was judged.
        sentence: In which `**` sets bold.
        good: Whether the wait that was found is safe.
        columns: Rule, wait, manners.
        puzzle: Whether it was one.
    """

    title: str
    points: int | None
    sentence: str
    good: bool
    columns: tuple[Column, ...]
    puzzle: bool = True


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
        (each.window / each.quota, f"{each.quota:,.6g} in {as_span(each.window)}")
        for each in policies
        if each.window and each.unit == "requests"
    ]
    return max(paces, default=None)


Known: TypeAlias = Idle | Running | Ended | Stranger | Unfinished | Trouble | Guessing | Scored


def face(known: Known) -> Face:
    """What the page says where that is known.

    >>> face(Idle()).label, face(Idle()).large
    ('Safe wait', 'Not measured yet')
    """
    shown: Face = FACES[type(known)](known)
    return shown


def counted(count: int, thing: str) -> str:
    """`1 request`, `2,000 requests`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{share * 100:.4g} %"


# Columns -------------------------------------------------------------------------------------------------------------


WILL_SHOW = {
    "quick": "A wait that seems safe, with 10 % on top, or the stated one. **Careful** certifies it.",
    "careful": "A wait at which at most {rate} are refused, {sure} sure: a certificate, or why there is none.",
    "doubling": "The first of 0.1, 0.2, 0.4 … ms that holds a few times: the rule of a notebook. It shows little.",
    "identify": "Which kind of limiter fits the answers, and how well. It verifies no wait.",
    "recheck": "Whether the wait that is kept still holds.",
}


def _will_show(strategy: str, goal: Goal) -> Column:
    words = WILL_SHOW.get(strategy, "A wait, and what speaks for it.")
    line = words.format(rate=_percent(goal.refusal_rate), sure=_percent(goal.confidence))
    return Column("Will show", (line,))


def _budgeted(budget: Budget) -> Column:
    lines = (counted(budget.requests, "request"), counted(budget.refusals, "refusal"), as_span(budget.seconds))
    return Column("May cost at most", lines)


def _spent(tally: Tally, budget: Budget) -> Column:
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


def _shown_so_far(known: Running) -> Column:
    tally, trial = known.tally, known.trial
    lines = []
    if trial is not None and trial[1]:
        wait, straight, _ = trial
        goal = f" Goal: at most {_percent(known.goal.refusal_rate)} refused, {_percent(known.goal.confidence)} sure."
        lines.append(
            f"**{straight} in a row** accepted at {as_wait(wait)}." + (goal if known.strategy == "careful" else "")
        )
    else:
        lines.append(_edges(tally))
    if tally.silent and tally.last and tally.last.word == SET_ASIDE:
        lines.append("The last answer is unlike those before: it is set aside until more is known.")
    elif tally.silent:
        lines.append("Failed requests do not count.")
    return Column("Shown so far", (*_stated(tally), *lines, *_learned(tally))[:MOST_LINES])


def _stated(tally: Tally) -> tuple[str, ...]:
    """What the service itself says of its limit, or of what is left; nothing where it says nothing."""
    if tally.stated:
        return (f"The service states **{tally.stated[1]}**: {as_wait(tally.stated[0])}.",)
    left = None if tally.last is None else read(tally.last.status, tally.last.headers, 0.0).remaining
    return () if left is None else (f"The service says that **{left:,.6g}** are left.",)


def _learned(tally: Tally) -> tuple[str, ...]:
    """What was found to be a refusal, and what is one by its words, each in a sentence; nothing where nothing was."""
    return _by_deed(tally) + _by_word(tally)


def _by_word(tally: Tally) -> tuple[str, ...]:
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


def _by_deed(tally: Tally) -> tuple[str, ...]:
    if not tally.learned:
        return ()
    names = ["no answer" if each == "no answer" else f"**{each}**" for each in tally.learned]
    words = f"{' and '.join(names)} {'counts' if len(names) == 1 else 'count'} as refused."
    return (words[0].upper() + words[1:],)


def _edges(tally: Tally) -> str:
    """What was refused and what was accepted, in a sentence."""
    parts = []
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


def _not_shown(seconds: float | None = None, *, title: str = "Not shown") -> Column:
    quota = LONGER if seconds is None else f"a quota over more than {as_span(seconds)}"
    return Column(title, (quota, LATER), bullets=True)


def _cost(tally: Tally, *more: str, verdict: Verdict | None = None) -> Column:
    """What was spent; a verdict counts a request that Stop cut short too, and the time until then."""
    refused = f"{tally.refused:,} refused" if tally.refused else "none refused"
    requests, spent = (tally.requests, tally.seconds) if verdict is None else (verdict.requests, verdict.seconds)
    return Column("Cost", (f"**{counted(requests, 'request')}**, {refused}", f"**{as_span(spent)}**", *more))


# States --------------------------------------------------------------------------------------------------------------


def _idle(known: Idle) -> Face:
    return Face(
        "idle",
        "",
        "Safe wait",
        "Not measured on this page" if known.before else "Not measured yet",
        sentence=f"**{as_wait(known.before)} is known from before.** A probe measures it anew."
        if known.before
        else "One request at a time, never before a refusal's Retry-After has passed, never over your budget.",
        columns=(_will_show(known.strategy, known.goal), _not_shown(title="Cannot show"), _budgeted(known.budget)),
    )


def _running(known: Running) -> Face:
    tally, step = known.tally, known.step
    columns = (_shown_so_far(known), _not_shown(tally.seconds or None), _spent(tally, known.budget))
    base = Face(
        "run",
        "search",
        "Searching",
        "Asking for the first time",
        next="next request in",
        below=f"attempt {tally.requests + 1}",
        columns=columns,
    )
    if tally.silent > 1:
        return replace(
            base,
            tone="bad",
            icon="exclamation-triangle",
            label=f"No answer that counts to the last {tally.silent} requests",
            large=_reason(tally),
            sentence=(
                f"It may be a way to refuse: the probe rests longer after each, and ends after {LOCKED_OUT} in a row."
                if tally.accepted
                else f"This says nothing about pace. The probe ends after {FAILURES_IN_A_ROW} in a row at most."
            ),
            alert=tally.silent == 2,  # noqa: PLR2004 - once is enough
        )
    if known.trial is not None:
        wait, straight, needed = known.trial
        enough = needed is not None and straight > needed
        told = f"{straight} of {needed} in a row" if needed and not enough else f"{straight} in a row"
        face_ = replace(
            base,
            icon="clock-o",
            label=f"On trial: {told}",
            large=wait_number(wait),
            unit="s",
            sentence=(
                "It must hold a little longer still."
                if enough
                else ""
                if needed
                else "Accepted so far; a few more decide."
            ),
            share=min(1.0, straight / needed) if needed else None,
        )
    elif known.strategy == "recheck" and step is not None:
        face_ = replace(base, label="Looking again", large=wait_number(step.wait), unit="s: does it still hold?")
    else:
        large, unit = _possible(step)
        face_ = replace(base, large=large if tally.requests or unit else base.large, unit=unit)
    if known.onlooker:
        return replace(
            face_,
            icon="eye",
            label="Looking on: another page probes this address",
            unit=f"{face_.unit} on trial" if known.trial else face_.unit,
            next="",
            actions=("end",),
            loud=False,
            below=face_.label if known.trial else f"{counted(tally.requests, 'attempt')} so far",
        )
    return face_


def _possible(step: Step | None) -> tuple[str, str]:
    """What may still be the answer."""
    if step is None or (not step.low and step.high is None):
        return "No refusal yet" if step and step.phase != "hello" else "Asking for the first time", ""
    if step.high is None:
        return f"> {wait_number(step.low or 0.0)}", "s, so far"
    if not step.low:
        return f"< {wait_number(step.high)}", "s, so far"
    return f"{wait_number(step.low)} – {wait_number(step.high)}", "s still possible"


def _reason(tally: Tally) -> str:
    words = tally.error or (_status(tally.status) if tally.status else "No answer came")
    if not tally.error and tally.status and tally.status < 300:  # noqa: PLR2004 - it came, and its body makes it a suspect
        words += ", unlike those before"
    return words[0].upper() + words[1:]


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def identified(verdict: Verdict, strategy: str) -> bool:
    """Whether the question was which limiter it is, and there is an answer: without a refusal there is none."""
    names = [str(getattr(each, "name", "")) for each in verdict.limiter or ()]
    return strategy == "identify" and bool(names) and names[0] not in {NONE_SEEN, ""}


def _ended(known: Ended) -> Face:
    verdict, tally = known.verdict, known.tally
    if tally.requests and tally.failed == tally.requests:
        return _nothing(known)
    if identified(verdict, known.strategy):
        return _identified(known)
    match verdict.kind:
        case "no limit seen":
            return _unlimited(known)
        case "inconclusive":
            return _inconclusive(known)
        case _:
            return _found(known)


def _found(known: Ended) -> Face:
    """A wait was found: certified, estimated, or stated by the service."""
    verdict, goal, kept = known.verdict, known.goal, known.kept
    certain = verdict.kind == "certified"
    seen = f"**{verdict.accepted} of {verdict.accepted + verdict.refused}** accepted"
    at = f" at {as_wait(verdict.tested)}" if verdict.tested else ""
    learned = _learned(known.tally)  # where there is something to say of refusals, the rest is said more shortly
    line = f"{seen}{at}." if learned else f"{seen}{at}, over {as_span(verdict.span)}."
    if not verdict.accepted + verdict.refused:
        line = "No request was counted at this pace."
    elif certain:
        line += " Assumed: longer is no worse." if learned else " Assumed: longer waits fare no worse."
    else:
        bound = f"at most {_bound(verdict)}"
        line += f" They show {bound} refused." if learned else f" They show only that {bound} are refused."
    quota = f"a quota over more than {as_span(verdict.horizon or verdict.span or known.tally.seconds)}"
    least = (f"{as_span(_least(known))} is the least possible",) if certain else ()
    actions: tuple[Action, ...] = ("code", "copy") if certain or not known.can_grow else ("certain", "code")
    found = Face(
        "good" if certain else "warn",
        "check-circle" if certain else "exclamation-triangle",
        {"certified": "Certified safe wait", "estimated": "Estimated wait"}.get(
            verdict.kind, "Wait that the service states"
        ),
        wait_number(verdict.wait or 0.0),
        "s between requests",
        f"{_assurance(verdict, goal, known.strategy)} {briefly(kept.said)}".strip(),
        actions=actions,
        columns=(
            Column("Shown", (line, *learned)),
            Column("Not shown", (quota, LATER), bullets=True),
            _cost(known.tally, *least, verdict=verdict),
        ),
        plans=True,
    )
    if known.strategy == "recheck":
        good = " still holds: " in verdict.statement
        return replace(
            found,
            tone="good" if good else "warn",
            icon="check-circle",
            label="Still holds"
            if good
            else found.label
            if verdict.kind == "stated"
            else "The kept wait holds no longer",
            sentence=f"{seen}{'' if good else at} now. {kept.said}".strip(),
            actions=("code",),
        )
    if kept.instead:
        return replace(
            found,
            sentence=f"**{kept.instead} stays in use.**",
            actions=("replace", "certain" if known.can_grow else "copy"),
            names=(f"Use {found.large} s instead",),
        )
    return found


def briefly(said: str) -> str:
    """The first clause of what became of a wait, where the whole has no room beside the answer.

    >>> briefly("Kept for this path alone, beside the pace of http://a.example, all of it.")
    'Kept for this path alone.'
    """
    if len(said) <= ROOM:
        return said
    return re.split(r"[,:.] ", said, maxsplit=1)[0].rstrip(".") + "."


def _least(known: Ended) -> float:
    """Seconds that such a certificate costs at least: so many requests, each after the wait that was tested."""
    tested = known.verdict.tested or known.verdict.wait or 0.0
    return straight_needed(known.on_trial or known.goal) * tested


def _bound(verdict: Verdict) -> str:
    return f"{min(1.0, verdict.refusal_bound) * 100:.2g} %"


def _assurance(verdict: Verdict, goal: Goal, strategy: str) -> str:
    kind: str = verdict.kind
    if kind == "certified":
        sure = f"At most {_percent(goal.refusal_rate)} are refused, {_percent(goal.confidence)} sure"
        return f"**{sure}, if {FALLING}.**" if FALLING in verdict.statement else f"**{sure}.**"
    if kind == "stated":
        tried = "tried a few times" if verdict.accepted + verdict.refused else "not tried here"
        return f"**It is the service's own word,** {tried}."
    margin = (verdict.wait or 0.0) / verdict.tested - 1 if verdict.tested else 0.0
    if strategy == "quick" and 0.005 < margin < 0.2:  # noqa: PLR2004 - the margin of `quick`, and not a stated quota
        return f"**Seems safe if there is no rare long tail.** {margin:.0%} is added as a margin.".replace("%", " %")
    if strategy == "doubling":
        return f"**{verdict.accepted} accepted in a row.**"
    return "**Seems safe, but it is not certified.**"


def stopped(verdict: Verdict) -> bool:
    """Whether a person has ended the probe."""
    return verdict.statement.startswith(STOPPED)


def _inconclusive(known: Ended) -> Face:
    verdict, tally = known.verdict, known.tally
    by_you, spent = stopped(verdict), verdict.statement.startswith("The budget of")
    label = STOPPED if by_you else "The budget is spent" if spent else "No result"
    count = counted(verdict.requests, "request")
    guess = (
        f"About {as_wait(verdict.wait)} is a guess from {count}, not a result."
        if verdict.wait
        else "Too little was seen to recommend a wait."
    )
    if spent:
        guess = f"{guess.removesuffix(', not a result.').removesuffix('.')}. {_to_go_on(verdict.statement)}"
    elif not by_you:
        guess = verdict.statement.partition(". ")[0].rstrip(".") + "."
    actions: tuple[Action, ...] = ("go on", "again") if known.can_grow else ("again",)
    # Another end than a person's would come again: then it is the careful strategy that goes on.
    on = "Go on" if by_you or known.strategy == "careful" else "Go on carefully"
    return Face(
        "idle",
        "stop" if by_you else "info-circle",
        label,
        "No answer yet",
        sentence=guess,
        actions=actions,
        names=(on, "Start anew") if known.can_grow else (),
        columns=(
            Column("Shown", (_edges(tally), *_learned(tally))),
            _not_shown(tally.seconds or None),
            _cost(tally, verdict=verdict),
        ),
    )


def _to_go_on(statement: str) -> str:
    """What must be allowed to go on, of a budget that is spent: `Allow more requests to go on`, with its full stop."""
    advice = statement.partition(". ")[2].partition(". ")[0].partition(",")[0].rstrip(".")
    return f"{advice}." if advice.startswith("Allow ") else ""


def _identified(known: Ended) -> Face:
    best, *others = known.verdict.limiter
    name = str(best.name)
    support = max((float(getattr(each, "support", 0.0)) for each in others), default=0.0)
    rest = (
        f"the next best rule has {support * 100:.0f} % support."
        if support >= WORTH
        else "no other rule that was tried has 1 % support."
    )
    if name == ANOTHER:
        sentence, large = "**None of the rules that were tried explains the answers.**", "Another rule"
    else:
        explained = f"**Explains {best.explained} of {best.attempts} answers;**"
        sentence, large = f"{explained} {rest}", name[0].upper() + name[1:]
    details = "; ".join(str(each) for each in getattr(best, "parameters", ()))
    return Face(
        "run",
        "check-circle",
        "Which limiter it is" if float(best.support) >= 0.5 else "Which limiter it may be",  # noqa: PLR2004
        large,
        "\N{ZERO WIDTH SPACE}",
        sentence,
        actions=("certain", "rules"),
        names=("Find its wait",),
        columns=(
            Column("Shown", (_sentence(details) if details else _edges(known.tally), *_by_word(known.tally))),
            Column("Not shown", ("a safe wait: none was verified", "rules that were not compared"), bullets=True),
            _cost(known.tally, verdict=known.verdict),
        ),
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _unlimited(known: Ended) -> Face:
    tally, verdict = known.tally, known.verdict
    return Face(
        "idle",
        "info-circle",
        "Not limited so far",
        f"{counted(tally.accepted, 'request')} accepted, {f'{tally.refused:,}' if tally.refused else 'none'} refused",
        sentence="Most of them quickly. That is no promise: a quota may begin beyond them."
        if tally.accepted > 1
        else "That is no promise: a quota may begin beyond it.",
        actions=("more",),
        loud=False,
        columns=(
            Column(
                "Shown",
                (f"**{tally.accepted} of {tally.requests}** accepted, most of them as fast as answers came.",),
            ),
            Column("Not shown", (f"a quota of more than {tally.unbroken or tally.accepted:,}", LATER), bullets=True),
            _cost(tally, verdict=verdict),
        ),
    )


ADVICE = {
    401: "Give a key or a password under Goal, budget, request.",
    403: "Give a key or a password under Goal, budget, request.",
    404: "Check the address for typing errors.",
    405: "Choose another method under Goal, budget, request.",
    410: "It says that it will not come back.",
}
OTHERWISE = {
    3: "It sends this on to another address: give that one.",
    4: "It may have shut this client out, or rejects this request. Come back later, or check it.",
    5: "That says nothing about pace: try again when the service works.",
}
"""What to do about another status, by its first digit."""


def _nothing(known: Ended) -> Face:
    """Not one answer said anything about pace."""
    tally, verdict = known.tally, known.verdict
    columns = (
        Column("Shown", ("Nothing about pace.",)),
        Column("Not shown", ("Everything.",)),
        Column("Cost", (f"**{counted(verdict.requests, 'request')}**", as_span(verdict.seconds))),
    )
    made = "One request was made." if verdict.requests == 1 else f"{verdict.requests} requests were made."
    if stopped(verdict):
        large, label, sentence = (
            "No answer yet",
            STOPPED,
            made + " None of them was answered in a way that says anything about pace.",
        )
        return Face("idle", "stop", label, large, sentence=sentence, actions=("again",), columns=columns)
    if tally.status is None:
        sentence = f"{made} Check the address and the network, and that the service runs there."
        return Face(
            "bad",
            "exclamation-triangle",
            "No answer",
            _reason(tally),
            sentence=sentence,
            actions=("again",),
            columns=columns,
            alert=True,
        )
    advice = ADVICE.get(tally.status) or OTHERWISE.get(tally.status // 100, "That says nothing about pace.")
    return Face(
        "bad",
        "exclamation-triangle",
        "Nothing to pace",
        f"{_status(tally.status)} at this address",
        sentence=f"{made} {advice}",
        actions=("fetch",),
        loud=False,
        columns=columns,
        alert=True,
    )


def _stranger(known: Stranger) -> Face:
    budget = known.budget
    refusals = counted(budget.refusals, "refusal")
    return Face(
        "warn",
        "lock",
        f"{known.host} is not this machine",
        f"May it be asked up to {budget.requests:,} times?" if budget.requests > 1 else "May it be asked once?",
        sentence=f"In at most {as_span(budget.seconds)}, ending at {refusals}. Read its terms first.",
        actions=("allow", "refuse"),
        columns=(
            Column("How it asks", (_introduction(known.agent),)),
            _not_shown(title="Cannot show"),
            Column(
                "May cost at most",
                (
                    f"**{budget.requests:,}** requests",
                    f"**{budget.refusals:,}** refusals",
                    f"**{as_span(budget.seconds)}**",
                ),
            ),
        ),
        alert=True,
    )


def _introduction(agent: str) -> str:
    return f"Each request says who asks: {agent}" if agent.strip() else "No request says who asks."


def _unfinished(known: Unfinished) -> Face:
    found, tally = known.found, known.tally
    shown = _edges(tally) if tally.requests else f"{counted(found.count, 'attempt')}, kept in the store."
    return Face(
        "warn",
        "history",
        f"Unfinished, from {found.ago} ago",
        f"Go on from its {counted(found.count, 'attempt')}?",
        sentence=f"A {found.settings.strategy} probe of this address broke off. What was measured stays either way.",
        actions=("resume", "anew"),
        columns=(Column("Shown so far", (shown,)), _not_shown(), _spent_of(found, tally)),
        alert=True,
    )


def _spent_of(found: BrokenOff, tally: Tally) -> Column:
    """What is gone of a budget, as far as that is known before its attempts are read."""
    whole = _spent(replace(tally, requests=max(tally.requests, found.count)), found.settings.budget)
    return whole if tally.requests else replace(whole, meters=whole.meters[:1])


def _trouble(known: Trouble) -> Face:
    """What went wrong, in its own words: the first sentence is set larger, the rest says what to do."""
    first, _, rest = known.sentence.partition(": ")
    large, sentence = (first, rest[0].upper() + rest[1:]) if rest else (known.sentence, "")
    columns = (
        (Column("Shown so far", (_edges(known.tally),)), _not_shown(known.tally.seconds or None), _cost(known.tally))
        if known.tally.requests
        else (
            Column("Shown", ("Nothing: nothing was asked.",)),
            Column("Not shown", ("Everything.",)),
            Column("Cost", ("None",)),
        )
    )
    icon = "exclamation-triangle" if known.tone != "idle" else "info-circle"
    return Face(known.tone, icon, known.label, large, sentence=sentence, columns=columns, alert=known.tone != "idle")


def _guessing(known: Guessing) -> Face:
    sentence = "**Guess once;** then the truth is drawn into the chart."
    ended = known.ended
    if ended is None or ended.verdict.wait is None or ended.verdict.kind in {"inconclusive", "no limit seen"}:
        return Face("warn", "flask", f"Puzzle {known.puzzle}", "What hides behind it?", sentence=sentence)
    return Face(
        "warn",
        "flask",
        f"Puzzle {known.puzzle}",
        wait_number(ended.verdict.wait),
        f"s, {ended.verdict.kind}",
        sentence,
        actions=("certain",) if ended.can_grow else (),
        loud=False,
    )


def _scored(known: Scored) -> Face:
    good = known.good and (known.points is None or known.points >= PASSED)
    return Face(
        "good" if good else "warn",
        "flask",
        known.title,
        "The truth" if known.points is None else str(known.points),
        "" if known.points is None else "of 100 points",
        known.sentence,
        actions=("puzzle", "link") if known.puzzle else ("rules",),
        columns=known.columns,
    )


def to_go(seconds: float | None) -> str:
    """`about 2 min 20 s to go`."""
    return f"about {as_roughly(seconds)} to go" if seconds else ""


FACES: dict[type[Known], Any] = {
    Idle: _idle,
    Running: _running,
    Ended: _ended,
    Stranger: _stranger,
    Unfinished: _unfinished,
    Trouble: _trouble,
    Guessing: _guessing,
    Scored: _scored,
}
"""How each state is shown."""
