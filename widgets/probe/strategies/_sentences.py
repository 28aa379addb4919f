"""What a verdict says in words: what was seen, what follows, and what was not tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.probe.attempt import Goal, Verdict

    from ._conduct import Conduct
    from ._trial import Trial


def seen(trial: Trial) -> str:
    """'63 of 63 were accepted at 6.84 s over 424 s'."""
    evidence = trial.evidence
    accepted = sum(attempt.status is not None and attempt.status < 400 for attempt in evidence)  # noqa: PLR2004 - RFC 9110
    span = evidence[-1].started - evidence[0].started
    return f"{accepted} of {len(evidence)} were accepted at {trial.wait:.3g} s over {span:.0f} s"


def excluded(trial: Trial) -> str:
    """What the evidence does not exclude; a part of every verdict that recommends a wait."""
    n = len(trial.evidence)
    span = trial.evidence[-1].started - trial.evidence[0].started
    return (
        f"Not excluded: a quota over a cycle longer than {span / 1.1:.0f} s; a slower quota behind this one that "
        f"sustains only a fraction f of this pace, unless its burst is below {n}·(1 - f) requests; and a limit that "
        "changes later, so watch it in use."
    )


def certified(goal: Goal, trial: Trial, wait: float) -> str:
    """The sentence of a certificate."""
    return (
        f"At one request each {wait:.3g} s at most {goal.refusal_rate:.3g} of them are refused, with "
        f"{goal.confidence:.0%} confidence and no model of the service: {seen(trial)}. {excluded(trial)}"
    )


def no_limit(conduct: Conduct) -> Verdict:
    """The verdict where nothing was refused."""
    n, seconds = len(conduct.attempts), conduct.attempts[-1].started
    pace = conduct.attempts[-1].spacing or 0.0
    statement = (
        f"No limit seen: all of {n} requests in {seconds:.3g} s were accepted, the last ones as fast as answers came, "
        f"each {pace:.3g} s. Not excluded: a limit on bursts of more than {n} requests, or a quota of more than {n} "
        f"requests over any window; nothing longer than {seconds:.3g} s was looked at."
    )
    return conduct.verdict("no limit seen", pace, statement, tested=pace, bound=1.0)
