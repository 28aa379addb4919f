"""What a verdict says in words: what was seen, what follows, and what was not tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.probe.attempt import Outcome
from widgets.probe.evidence import refusal_bound, rounded_up
from widgets.probe.limits import read_limits, stated_wait

from ._trial import SPAN

if TYPE_CHECKING:
    from widgets.probe.attempt import Goal, Verdict

    from ._conduct import Conduct
    from ._trial import Trial

SLOWER = 1.05
"""From this ratio on a stated pace is worth a word."""


def span(trial: Trial) -> float:
    """Seconds that the evidence covers."""
    return trial.evidence[-1].started - trial.evidence[0].started


def horizon(trial: Trial) -> float:
    """The longest cycle of the service, in seconds, that the evidence speaks about."""
    return span(trial) / SPAN


def certified(goal: Goal, trial: Trial, wait: float) -> str:
    """The sentence of a certificate."""
    return (
        f"Waiting {rounded_up(wait):.3g} s between requests, at most {goal.refusal_rate * 100:.3g} % are refused, with "
        f"{goal.confidence * 100:.4g} % confidence and without a model of the service: {_seen(trial)}. "
        f"{_not_excluded(trial)}"
    )


def estimated(goal: Goal, trial: Trial, wait: float) -> str:
    """The sentence of an estimate."""
    n = len(trial.evidence)
    bound = refusal_bound(n, 0, goal.confidence)
    return (
        f"Waiting {rounded_up(wait):.3g} s between requests seems safe, if there is no rare long tail: {_seen(trial)}, "
        f"and {wait / trial.tested - 1:.0%} was added as a margin. Without it {n} straight answers show only that at "
        f"most {bound:.0%} are refused, with {goal.confidence * 100:.4g} % confidence. {_not_excluded(trial)}"
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
    return conduct.verdict("no limit seen", pace, statement, tested=pace)


def _seen(trial: Trial) -> str:
    """'63 of 63 were accepted at 6.84 s over 424 s'."""
    accepted = sum(attempt.outcome is Outcome.ACCEPTED for attempt in trial.evidence)
    return f"{accepted} of {len(trial.evidence)} were accepted at {trial.tested:.3g} s over {span(trial):.3g} s"


def _not_excluded(trial: Trial) -> str:
    """What the evidence does not exclude; a part of every verdict that recommends a wait."""
    return (
        f"Not excluded: a quota over a cycle longer than {horizon(trial):.3g} s; a slower quota behind this one, which "
        f"sustains only a fraction f of this pace, unless its burst is below {len(trial.evidence)}·(1 - f) requests; "
        f"and a limit that changes later, so watch it in use.{_stated(trial)}"
    )


def _stated(trial: Trial) -> str:
    """What the service itself says of a slower pace."""
    wait = stated_wait(read_limits(trial.evidence[-1].headers, now=0.0))
    if wait is None or wait <= trial.tested * SLOWER:
        return ""
    return f" The service itself states a quota that sustains only one request each {wait:.3g} s: obey it."
