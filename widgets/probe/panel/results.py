"""What the page says of a probe that has ended: the answer, what stands behind it, and what can be done next. PURE."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome
from widgets.model.quantity import as_percent, as_span, as_wait, counted, wait_number
from widgets.probe.counting import STOPPED, was_stopped
from widgets.probe.evidence import straight_needed
from widgets.probe.strategies.careful import FALLING
from widgets.probe.strategies.manners import LEFT_ALONE

from .states import ANOTHER, Face, identified
from .tally import (
    LATER,
    Column,
    cost_of,
    last_answer,
    measured,
    named_status,
    not_shown,
    own_number,
    quota_over,
    refused_by_word,
    why_refused,
)

if TYPE_CHECKING:
    from widgets.model.attempt import Goal, Verdict
    from widgets.probe.settings import Settings

    from .states import Action, Ended
    from .tally import Tally

ROOM = 50
"""Characters that may follow what is said of an answer, beside it."""
WORTH = 0.01
"""Support of another rule that is worth a mention."""

CAN_GROW = ("estimated", "stated", "inconclusive", "no limit seen")
"""Kinds of verdict from which a probe may go on to a certificate."""


def result(known: Ended) -> Face:
    """What the page says of a probe that has ended."""
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
    # The chart counts what came after a rest, or in the search, after the same wait too; the evidence does not.
    of_all = " that count were" if verdict.tested and known.strategy != "recheck" else ""
    seen = f"**{verdict.accepted} of {verdict.accepted + verdict.refused}**{of_all} accepted"
    at = f" at {as_wait(_tested(verdict))}" if verdict.tested else ""
    learned = why_refused(known.tally)  # where there is something to say of refusals, the rest is said more shortly
    line = f"{seen}{'' if of_all else at}." if learned else f"{seen}{at}, over {as_span(verdict.span)}."
    if not verdict.accepted + verdict.refused:
        line = "No request was counted at this pace."
    elif certain:
        line += " Assumed: longer is no worse." if learned else " Assumed: longer waits fare no worse."
    else:
        bound = f"at most {_bound(verdict)}"
        line += f" They show {bound} refused."
    quota = quota_over(known.tally, verdict.horizon or verdict.span)
    least = (f"{as_span(_least(known))} is the least possible",) if certain else ()
    actions: tuple[Action, ...] = ("code", "copy") if certain or not known.can_grow else ("certain", "code")
    found = Face(
        "good" if certain else "warn",
        "check-circle" if certain else "exclamation-triangle",
        _LABELS[verdict.kind] if not untried(verdict) else "Wait from what the service states",
        wait_number(verdict.wait or 0.0),
        "s between requests",
        f"{_assurance(verdict, goal, known.strategy)} {briefly(kept.said)}".strip(),
        actions=actions,
        columns=(
            Column("Shown", (line, *learned)),
            Column("Not shown", (quota, LATER), bullets=True),
            cost_of(known.tally, *least, verdict=verdict),
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


_LABELS: dict[str, str] = {
    "certified": "Certified safe wait",
    "estimated": "Estimated wait",
    "stated": "Wait that the service states",
}


def untried(verdict: Verdict) -> bool:
    """Whether what the service states was tried, and another wait is recommended by it: a quota, or a rounded time."""
    tried = verdict.kind == "stated" and verdict.accepted + verdict.refused > 0 and verdict.tested
    return bool(tried) and as_wait(_tested(verdict)) != as_wait(verdict.wait or 0.0)


def _tested(verdict: Verdict) -> float:
    """Seconds at which a wait was tested: its own number, where requests came only as late as requests do."""
    wait, tested = verdict.wait or 0.0, verdict.tested or 0.0
    return own_number(tested, wait)


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
    return as_percent(min(1.0, verdict.refusal_bound))


def _assurance(verdict: Verdict, goal: Goal, strategy: str) -> str:
    kind: str = verdict.kind
    if kind == "certified":
        sure = f"At most {as_percent(goal.refusal_rate, 4)} are refused, {as_percent(goal.confidence, 4)} sure"
        return f"**{sure}, if {FALLING}.**" if FALLING in verdict.statement else f"**{sure}.**"
    if untried(verdict):
        return f"**It follows from the service's own word;** what was tried is {as_wait(_tested(verdict))}."
    if kind == "stated":
        tried = "tried a few times" if verdict.accepted + verdict.refused else "not tried here"
        return f"**It is the service's own word,** {tried}."
    margin = (verdict.wait or 0.0) / verdict.tested - 1 if verdict.tested else 0.0
    if strategy == "quick" and 0.005 < margin < 0.2:  # noqa: PLR2004 - the margin of `quick`, and not a stated quota
        return f"**Seems safe if there is no rare long tail.** {as_percent(margin)} is added as a margin."
    if strategy == "doubling":
        return f"**{verdict.accepted} accepted in a row.**"
    return "**Seems safe, but it is not certified.**"


def _inconclusive(known: Ended) -> Face:
    verdict, tally = known.verdict, known.tally
    by_you, spent = was_stopped(verdict), verdict.statement.startswith("The budget of")
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
        "No answer yet" if tally.accepted or not tally.refused else _refusals(tally),
        sentence=guess,
        actions=actions,
        loud=not verdict.statement.startswith(LEFT_ALONE),
        names=(on, "Start anew") if known.can_grow else (),
        columns=(
            Column("Shown", (measured(tally), *why_refused(tally))),
            not_shown(tally),
            cost_of(tally, verdict=verdict),
        ),
    )


def _refusals(tally: Tally) -> str:
    """What was answered, where nothing was served."""
    if tally.refused == 1 and tally.last is not None and tally.last.status and tally.last.outcome is Outcome.REFUSED:
        return f"Refused: {named_status(tally.last.status)}"
    return "Refused each time"


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
    # Whom a person has stopped may go on with the same question, whatever was seen by then.
    stopped = was_stopped(known.verdict) and known.can_grow
    return Face(
        "run",
        "check-circle",
        "Which limiter it is" if float(best.support) >= 0.5 else "Which limiter it may be",  # noqa: PLR2004
        large,
        "\N{ZERO WIDTH SPACE}",
        sentence,
        actions=("go on", "again") if stopped else ("certain", "rules"),
        names=("Go on", "Start anew") if stopped else ("Find its wait",),
        columns=(
            Column("Shown", (_sentence(details) if details else measured(known.tally), *refused_by_word(known.tally))),
            Column("Not shown", ("a safe wait: none was verified", "rules that were not compared"), bullets=True),
            cost_of(known.tally, verdict=known.verdict),
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
            cost_of(tally, verdict=verdict),
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
    if was_stopped(verdict):
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
            last_answer(tally),
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
        f"{named_status(tally.status)} at this address",
        sentence=f"{made} {advice}",
        actions=("fetch",),
        loud=False,
        columns=columns,
        alert=True,
    )


def can_grow(verdict: Verdict, settings: Settings) -> bool:
    """Whether going on may lead further.

    What a person has stopped can be gone on with as soon as something was measured; an estimate that is all a careful
    probe can give would come again.
    """
    if was_stopped(verdict):
        return verdict.accepted + verdict.refused > 0
    if verdict.kind not in CAN_GROW or verdict.wait is None:
        return False
    budget = settings.budget
    cut = verdict.requests >= budget.requests or verdict.seconds + 2 * verdict.wait > budget.seconds
    return cut or verdict.kind == "inconclusive" or settings.strategy != "careful"
