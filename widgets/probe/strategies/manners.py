"""How every strategy behaves: budgets are hard, Retry-After is obeyed, and a fault is not a refusal."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.model.attempt import Attempt, Budget, Goal, Kind, Outcome, Phase, Step, Verdict, absence
from widgets.probe.evidence import refusal_bound

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence


FAILURES_IN_A_ROW = 5
"""So many answers in a row that say nothing about pace end a probe: the service has another trouble."""

ON_TIME = 1.02
"""Two spacings whose ratio is less than this are the same one."""

CLIENT_ERRORS = range(400, 500)

ADVICE = {
    400: "it does not understand the request. Check the address and its query",
    401: "it wants credentials. Give an API key or a token in the headers",
    403: "it forbids this address. Check the key and what it may do",
    404: "nothing is at this address. Check it for typing errors",
    405: "this address does not answer this method. Try GET instead of HEAD, or the other way round",
    407: "a proxy wants credentials. Check the proxy's settings",
    410: "what was at this address is gone. Look for its new place",
}


class ProbeEndedError(Exception):
    """The probe cannot go on; the message says what happened, why, and what to do."""


@dataclass(slots=True)
class Manners:
    """The manners of one probe, and the log of its attempts.

    Args:
        goal: What is to be shown.
        budget: What may be spent in all.
        attempts: The attempts made so far; those made before count too.

    Attributes:
        refused: How many of them were refused.
        absent: Seconds of all the pauses in which nobody probed.
        interrupted: Whether such a pause came before the last answer that says something about pace.
    """

    goal: Goal
    budget: Budget
    attempts: list[Attempt] = field(default_factory=list)
    refused: int = field(init=False)
    absent: float = field(init=False)
    interrupted: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.absent = sum(absence(previous, attempt) for previous, attempt in pairwise(self.attempts))
        self.refused = sum(attempt.outcome is Outcome.REFUSED for attempt in self.attempts)

    def ask(
        self, wait: float, phase: Phase, low: float | None = None, high: float | None = None
    ) -> Generator[Step, Attempt, Attempt]:
        """Ask until an answer says something about pace, and return that attempt: accepted or refused.

        An answer that says nothing (a fault, or none at all) is asked for again at the same wait.

        Raises:
            ProbeEndedError: When the budget does not allow the next request, when the service asks for a
                longer pause than the budget has, when the first answer shows that there is nothing to pace,
                and after `FAILURES_IN_A_ROW` failures.
        """
        self.interrupted = False
        for _ in range(FAILURES_IN_A_ROW):
            attempt = yield Step(self._allowed(wait), phase, low, high)
            pause = absence(self.attempts[-1] if self.attempts else None, attempt)
            self.absent += pause
            self.interrupted = self.interrupted or pause > 0
            self.attempts.append(attempt)
            self.refused += attempt.outcome is Outcome.REFUSED
            if attempt.outcome is not Outcome.FAILED:
                return attempt
            self._stop_at_the_door(attempt)
        raise ProbeEndedError(
            f"{FAILURES_IN_A_ROW} requests in a row failed ({_what(self.attempts[-1])}), "
            "which says nothing about pace. Try again when the service works."
        )

    @property
    def unbroken(self) -> Sequence[Attempt]:
        """The attempts since the last pause in which nobody probed."""
        for i in range(len(self.attempts) - 1, 0, -1):
            if absence(self.attempts[i - 1], self.attempts[i]):
                return self.attempts[i:]
        return self.attempts

    @property
    def seconds(self) -> float:
        """From the start of the probe to the last answer, less the pauses in which nobody probed."""
        return self.attempts[-1].started + self.attempts[-1].latency - self.absent if self.attempts else 0.0

    def verdict(
        self,
        kind: Kind,
        wait: float | None,
        statement: str,
        *,
        evidence: Sequence[Attempt] = (),
        tested: float | None = None,
        horizon: float = 0.0,
        bound: float | None = None,
        tries: int = 1,
    ) -> Verdict:
        """The verdict, with the counts of `evidence` and the cost of the whole probe filled in.

        `bound` is a refusal rate that was shown otherwise than by the counts; without one it is what the counts show,
        given that so many `tries` were made until one of them held.
        """
        accepted = sum(attempt.outcome is Outcome.ACCEPTED for attempt in evidence)
        refused = len(evidence) - accepted
        return Verdict(
            kind=kind,
            wait=wait,
            tested=tested,
            refusal_bound=refusal_bound(accepted, refused, self.goal.confidence, tries) if bound is None else bound,
            confidence=self.goal.confidence,
            accepted=accepted,
            refused=refused,
            requests=len(self.attempts),
            seconds=self.seconds,
            span=span(evidence),
            horizon=horizon,
            statement=statement,
        )

    def inconclusive(self, reason: ProbeEndedError, guess: float | None = None, seen: str = "") -> Verdict:
        """The honest end of a probe that did not get there; `seen` is told with it, and `guess` is said to be one."""
        tail = f" The best guess so far is {guess:.3g} s between requests; nothing has shown it." if guess else ""
        return self.verdict("inconclusive", guess or None, f"{reason}{seen}{tail}")

    def _allowed(self, wait: float) -> float:
        """`wait`, or longer where the service asked for it, within the budget."""
        if len(self.attempts) >= self.budget.requests:
            raise ProbeEndedError(
                f"The budget of {self.budget.requests} requests is spent. Allow more requests to go on."
            )
        if self.refused >= self.budget.refusals:
            raise ProbeEndedError(
                f"The budget of {self.budget.refusals} refusals is spent. Allow more refusals to go on, "
                "or ask the operator what pace is welcome."
            )
        if not self.attempts:
            return wait
        last = self.attempts[-1]
        pause = pause_after(last)
        if last.started - self.absent + max(wait, pause, last.latency) > self.budget.seconds:
            raise ProbeEndedError(self._too_late(wait, pause))
        return max(wait, pause)

    def _too_late(self, wait: float, pause: float) -> str:
        asks = f"The service asks to be left alone for {pause:.6g} s (Retry-After)"
        who = asks if pause >= wait else f"The next request, {wait:.3g} s after the last one, would come"
        return f"{who}, beyond the budget of {self.budget.seconds:.6g} s. Allow more time, or come back later."

    def _stop_at_the_door(self, attempt: Attempt) -> None:
        """End the probe when its very first answer shows that there is nothing to pace."""
        if len(self.attempts) > 1:
            return
        if attempt.status is None:
            raise ProbeEndedError(
                f"No answer came ({attempt.error or 'no reason known'}), so there is nothing to pace. "
                "Check the address and the network."
            )
        if attempt.status in CLIENT_ERRORS:
            advice = ADVICE.get(attempt.status, "it rejects this request at any pace. Check the request")
            raise ProbeEndedError(f"The service answers {attempt.status}: {advice}.")


def span(evidence: Sequence[Attempt]) -> float:
    """Seconds that the evidence covers: from each request to the next no more than the spacings that were asked for.

    Where a request came late, the rest of its spacing is time at which nothing was tested.
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

    An accepted answer's Retry-After is no request to stay away: some services send it with every answer.
    """
    if attempt.outcome is Outcome.ACCEPTED:
        return 0.0
    pause = read(attempt.status, attempt.headers, now=0.0).retry_after
    return attempt.latency + pause if pause else 0.0


def _what(attempt: Attempt) -> str:
    return str(attempt.status) if attempt.status is not None else attempt.error or "no answer"
