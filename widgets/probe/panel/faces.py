"""What the page says of each state of a probe: label, large words, sentence, columns, buttons. PURE.

`face` is a function from what is known to what is shown. Whoever wants another word on the page changes it here, or in
`results` where the probe has ended, and a table of tests says what every state looks like.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from widgets.model.attempt import SET_ASIDE, Budget, Goal, Outcome, Step
from widgets.model.quantity import as_percent, as_roughly, as_span, as_wait, counted, wait_number
from widgets.probe.evidence import told
from widgets.probe.recorder import Stopped
from widgets.probe.strategies.manners import FAILURES_IN_A_ROW, LOCKED_OUT

from .results import result
from .states import Ended, Face, Guessing, Idle, Running, Scored, Stranger, Trouble, Unfinished
from .tally import (
    LATE,
    MOST_LINES,
    Column,
    Tally,
    between,
    cost_of,
    last_answer,
    may_be_refusals,
    measured,
    not_shown,
    other_reason,
    own_number,
    service_says,
    slower,
    spent_of,
    suspected,
    why_refused,
)

if TYPE_CHECKING:
    from widgets.probe.recorder import BrokenOff
    from widgets.probe.settings import Settings

    from .states import Known

AMID = 2
"""Refusals in a row from which on the last one came amid refusals."""
IN_A_ROW, ROWS = 33, 4
"""Characters in a row of a column, and rows that are seen."""
PASSED = 60
"""Points from which a solved puzzle is good news."""


def face(known: Known) -> Face:
    """What the page says where that is known.

    >>> face(Idle()).label, face(Idle()).large
    ('Safe wait', 'Not measured yet')
    """
    shown: Face = FACES[type(known)](known)
    return shown


WILL_SHOW = {
    "quick": "A wait that seems safe, with 10 % on top, or the stated one. **Careful** certifies it.",
    "careful": "A wait at which at most {rate} are refused, {sure} sure: a certificate, or why there is none.",
    "doubling": "The first of 0.1, 0.2, 0.4 … ms that holds a few times: the rule of a notebook. It shows little.",
    "identify": "Which kind of limiter fits the answers, and how well. It verifies no wait.",
    "recheck": "Whether the wait that is kept still holds.",
}


def _will_show(strategy: str, goal: Goal) -> Column:
    words = WILL_SHOW.get(strategy, "A wait, and what speaks for it.")
    line = words.format(rate=as_percent(goal.refusal_rate, 4), sure=as_percent(goal.confidence, 4))
    return Column("Will show", (line,))


def _budgeted(budget: Budget) -> Column:
    lines = (counted(budget.requests, "request"), counted(budget.refusals, "refusal"), as_span(budget.seconds))
    return Column("May cost at most", lines)


def _shown_so_far(known: Running) -> Column:
    tally, trial = known.tally, known.trial
    lines = []
    kept = known.step.kept if known.step is not None else None
    if kept is not None:
        lines.append(f"**{as_wait(kept)} held** long enough; a shorter wait is on trial.")
    if trial is not None and trial[1]:
        wait, straight, _ = trial
        most, sure = (as_percent(share, 4) for share in (known.goal.refusal_rate, known.goal.confidence))
        goal = f" Goal: at most {most} refused, {sure} sure."
        slow = slower(tally, wait)
        goal = goal if known.strategy == "careful" and kept is None and not slow else ""  # there is no room for both
        lines.append(f"**{straight} in a row** accepted at {as_wait(wait)}{slow}.{goal}")
    else:
        lines.append(_measured(known))
    doubt = may_be_refusals(tally) if tally.accepted else ""
    if tally.silent and tally.last and tally.last.word == SET_ASIDE:
        lines.append("The last answer is unlike those before: it is set aside until more is known.")
    elif tally.silent:
        lines.append(doubt or "Failed requests do not count.")
    shown = [*service_says(tally), *lines, *why_refused(tally)]
    if doubt and doubt not in shown and _rows(*shown, doubt) <= ROWS:
        shown.append(doubt)
    return Column("Shown so far", tuple(shown[:MOST_LINES]))


def _rows(*lines: str) -> int:
    """How many rows of the column those lines take, about."""
    return sum(len(line.replace("**", "")) // IN_A_ROW + 1 for line in lines)


def _measured(known: Running) -> str:
    """What was refused and what was accepted, in the numbers that stand above it where there are any."""
    step, tally = known.step, known.tally
    shown = step is not None and bool(step.low or (step.high and not tally.refused))
    if step is None or not shown or known.strategy == "recheck":
        return measured(tally)
    low, high = _ends(step, tally)
    # Who doubles takes each refusal for that of the wait before it; else it may be a run's pace that was refused.
    own = known.strategy == "doubling" or (tally.refused_at and low == wait_number(tally.refused_at))
    refused = f"{'' if own else 'a pace of '}{low} s" if low else ""
    return between(tally, refused, f"{high} s{slower(tally, float(high))}" if high else "")


def _made_by(strategy: str) -> str:
    """Which probe a sentence is about, at its beginning.

    >>> _made_by("identify"), _made_by("careful")
    ('An identify probe', 'A careful probe')
    """
    return f"{'An' if strategy[:1] in {*'aeiou'} else 'A'} {strategy} probe"


def _idle(known: Idle) -> Face:
    unprobed = "Not probed again yet" if known.probed else "Not probed on this page"
    nothing = Face(
        "idle",
        "",
        "Safe wait",
        unprobed if known.before else f"Not measured {'to the end' if known.earlier else 'yet'}",
        sentence=f"**{as_wait(known.before)} is known from before.** A probe measures it anew."
        if known.before
        else "One request at a time, never before a refusal's Retry-After has passed, never over your budget.",
        columns=(_will_show(known.strategy, known.goal), not_shown(title="Cannot show"), _budgeted(known.budget)),
    )
    if known.elsewhere:
        said = f"{_made_by(known.elsewhere)} was under way on another page; while it is, **Probe** only looks on."
        return replace(nothing, large=unprobed, sentence=said)
    if known.earlier is None:
        return nothing
    found, attempts = known.earlier, counted(known.earlier.count, "attempt")
    was = (
        f"stopped on {found.when}, after {attempts}"
        if isinstance(found, Stopped)
        else f"not finished: {attempts}, the last on {found.when}"  # it broke off
    )
    said = f"{_made_by(found.settings.strategy)} was {was}."
    known_too = f" **{as_wait(known.before)} is known from before.**" if known.before else ""
    more = _other_goal(found.settings, known.goal) or known_too  # there is no room for both
    return replace(nothing, sentence=said + more, actions=("resume",), loud=False)


def _running(known: Running) -> Face:
    tally = known.tally
    if known.onlooker and known.strategy != "recheck":
        known = replace(known, step=_followed(known.step, tally))
    step, why = known.step, other_reason(known.tally.last, known.tally.accepted)
    columns = (_shown_so_far(known), not_shown(tally), spent_of(tally, known.budget))
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
            large=last_answer(tally),
            sentence=_unanswered(tally, why),
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
                if known.strategy  # which is not known of another page's at once
                else ""
            ),
            share=min(1.0, straight / needed) if needed else None,
        )
    elif known.strategy == "recheck" and step is not None:
        again = replace(base, label="Looking again", large=wait_number(step.wait), unit="s: does it still hold?")
        face_ = replace(again, sentence=f"**{why}.**" if why else "")
    else:
        large, unit = _between(step, tally) if not tally.refused or (step and step.low) else ("Refused so far", "")
        large = large if tally.requests or unit else base.large
        said = f"**{why}.**" if why else _refused_too(step, tally) or _in_doubt(step, tally)
        face_ = replace(base, large=large, unit=unit, sentence=said)
    if known.onlooker:
        return replace(
            face_ if tally.requests else replace(face_, large="None of its attempts was read yet", unit=""),
            icon="eye",
            label="Looking on: another page probes this address",
            unit=f"s o{face_.label[1:]}" if known.trial else face_.unit,
            next="",
            actions=("end",),
            loud=False,
            below=f"{counted(tally.requests, 'attempt')} so far",
        )
    return face_


def _followed(step: Step | None, tally: Tally) -> Step | None:
    """The step that led to the last answer, with what that answer shows: who looks on does not know the next step."""
    last = tally.last
    if step is None or last is None or not last.spacing or last.outcome is Outcome.FAILED or tally.late:
        return step
    low, high = step.low, step.high
    if last.outcome is Outcome.ACCEPTED:
        shorter = last.spacing > (low or 0.0) * LATE and last.spacing < (high or inf)
        return replace(step, high=last.spacing) if shorter else step
    if tally.shut == 1:
        low = max(low or 0.0, last.spacing)
    return replace(step, low=low, high=high if high and high > last.spacing * LATE else None)


def _refused_too(step: Step | None, tally: Tally) -> str:
    """What the last refusal adds where nothing longer was accepted; amid refusals it shows no pace by itself."""
    last = tally.last
    if step is None or not step.low or step.high is not None or step.kept is not None or last is None:
        return ""
    if tally.shut < AMID or not last.wait or last.wait <= step.low * LATE:
        return ""
    return f"**{as_wait(last.wait)} was refused too,** but as it followed a refusal, that alone shows no pace."


def _unanswered(tally: Tally, why: str) -> str:
    """What becomes of a probe whose last requests failed, and `why` they did, where the last answer says so."""
    if why:
        return f"**{why}.** The probe ends after {LOCKED_OUT if tally.accepted else FAILURES_IN_A_ROW} in a row."
    if tally.accepted:
        return f"It may be a way to refuse: the probe rests longer after each, and ends after {LOCKED_OUT} in a row."
    return f"This says nothing about pace. The probe ends after {FAILURES_IN_A_ROW} in a row at most."


def _in_doubt(step: Step | None, tally: Tally) -> str:
    """What may be refusals among what failed, where the large words would be read as if there were none."""
    if tally.refused or not suspected(tally):
        return ""
    if step is not None and step.low:  # which only a refusal shows
        return f"{suspected(tally)}: the probe takes some of them for refusals."
    one = sum(count for _, count in tally.failures) == 1
    return f"{'It' if one else 'They'} may be {'a refusal' if one else 'refusals'}: that is not known yet."


def _between(step: Step | None, tally: Tally) -> tuple[str, str]:
    """What was refused and what was accepted; what that leaves possible hangs on the rule, which nobody knows yet.

    A burst is served however short its waits are, and one that is served after a pause shows no pace.
    """
    if step is None or (not step.low and step.high is None):
        begun = tally.requests or (step and step.phase != "hello")
        return suspected(tally) or ("No refusal yet" if begun else "Asking for the first time"), ""
    if step.kept is not None:
        return wait_number(step.kept), "s held long enough; a shorter wait is tried"
    lower, higher = _ends(step, tally)
    if step.high is None:
        return f"> {lower}", "s, so far"
    if not step.low:
        return higher, f"s was accepted, {suspected(tally) or 'no refusal yet'}"
    return f"{lower} – {higher}", "s, between refused and accepted"


def _ends(step: Step, tally: Tally) -> tuple[str, str]:
    """The wait that was refused and the one that was accepted, in seconds, as numbers to read; empty where none was."""
    low, high = step.low or 0.0, step.high or inf
    wait = max((each for each in tally.waits if each <= high), default=tally.accepted_at)
    refused, accepted = _own_low(low, tally.refused_at), own_number(high, wait)
    if refused < accepted:  # else what lies between them is less than requests come late
        low, high = refused, accepted
    # What was refused is not rounded up beyond it.
    lower = wait_number(low) if low == tally.refused_at else told(low)
    return lower if low else "", wait_number(high) if step.high else ""


def _own_low(low: float, refused_at: float | None) -> float:
    """The wait that was refused, where what it shows differs from it by no more than requests come late."""
    return refused_at if refused_at is not None and low / LATE <= refused_at <= low * LATE else low


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
            not_shown(title="Cannot show"),
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
    shown = measured(tally) if tally.requests else f"{counted(found.count, 'attempt')}, kept in the store."
    goal = _other_goal(found.settings, known.goal) or " What was measured stays either way."
    return Face(
        "warn",
        "history",
        f"Unfinished, last request on {found.when}",
        f"Go on from its {counted(found.count, 'attempt')}?",
        sentence=f"{_made_by(found.settings.strategy)} of this address broke off.{goal}",
        actions=("resume", "anew"),
        columns=(Column("Shown so far", (shown,)), not_shown(), _spent_before(found, tally)),
        alert=True,
    )


def _other_goal(settings: Settings, wanted: Goal | None) -> str:
    """What an earlier probe goes on to show, where the fields say something else, as a further sentence."""
    goal = settings.goal
    if wanted in (None, goal) or settings.strategy == "doubling":  # which shows what so many successes show
        return ""
    return f" **Its goal: at most {as_percent(goal.refusal_rate, 4)} refused, {as_percent(goal.confidence, 4)} sure.**"


def _spent_before(found: BrokenOff, tally: Tally) -> Column:
    """What is gone of a budget, as far as that is known before its attempts are read."""
    whole = spent_of(replace(tally, requests=max(tally.requests, found.count)), found.settings.budget)
    return whole if tally.requests else replace(whole, meters=whole.meters[:1])


def _trouble(known: Trouble) -> Face:
    """What went wrong, in its own words: the first sentence is set larger, the rest says what to do."""
    first, _, rest = known.sentence.partition(": ")
    large, sentence = (first, rest[0].upper() + rest[1:]) if rest else (known.sentence, "")
    columns = (
        (Column("Shown so far", (measured(known.tally),)), not_shown(known.tally), cost_of(known.tally))
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
    Ended: result,
    Stranger: _stranger,
    Unfinished: _unfinished,
    Trouble: _trouble,
    Guessing: _guessing,
    Scored: _scored,
}
"""How each state is shown."""
