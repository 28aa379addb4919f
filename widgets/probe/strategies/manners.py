"""How every strategy behaves: budgets are hard, Retry-After is obeyed, and a fault is not a refusal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import dropwhile, pairwise
from math import inf, sqrt
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.http.limits.resets import DATED, GRAIN
from widgets.model.attempt import Attempt, Budget, Goal, Kind, Outcome, Phase, Step, Verdict, absence, lateness
from widgets.model.quantity import as_percent, as_time_off, as_wait, counted
from widgets.probe.evidence import refusal_bound, told
from widgets.probe.identify import identify
from widgets.probe.strategies import slowing

from .caches import from_cache
from .door import account, asks_for_a_person, at_the_door, never_served, other_reason, own_words, went_wrong, what
from .heard import Heard
from .pauses import least_rest, pause_after, said, said_vaguely, shut_out, span, told_too_short
from .renewals import KEPT
from .slowing import NOTICEABLE, slowed
from .spoken import as_it_says, guessed, kept_out, of_days
from .stated import AGREE, FEWEST, IF_UTC, RENEWED, if_seconds, if_utc, lasting
from .suspects import BODIES, PAIR, RESTS, Suspects, found, in_so_many_words, passed_for_ordinary, unsettled

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence


FAILURES_IN_A_ROW = 5
"""So many answers in a row that say nothing about pace end a probe that was served nothing: the service has another
trouble."""

LOCKED_OUT = len(RESTS) + BODIES
"""The same where it was served before: they may be its way to refuse, and each comes after a longer rest. All the rests
are made, also where only the third counts for a suspect; where the second does, they outlast a ban of ten minutes."""

SLOW_PACES = 4
"""At so many paces a sign that many answers have is waited to be gone, each three times slower; at one less where it
passed for ordinary before, since that is what most such signs are."""

MUDDLED = 0.15
"""Where a larger share of the requests at a pace was answered otherwise, what was accepted shows nothing of it."""

SLOWLY = 3.0
"""A pace so many times slower is slow."""

TOO_FEW = 8
"""Fewer requests at a pace than this show nothing worth what they spend of a quota that nobody saw renewed."""

UNTIL_RENEWED = "Come back when you know in what time it is renewed, or allow more of it."

EASING = sqrt(2)
EASINGS = 6
PATIENCE = 8
AT_EASE = 2
"""The wait is made so many times longer, so often, at each for so many requests, until so many in a row are answered
quickly again."""


FIRST_REST = 30.0
"""Seconds of rest after a first refusal that speaks of a day; each one after it is so many times longer."""

LONGER = 4.0

SHOWN = ("certified", "estimated")
"""The kinds of verdict that recommend what was tested."""

RECOMMENDED = (*SHOWN, "stated")
"""And those that recommend what the service itself says."""

LEFT_ALONE = "The service asks to be left alone for"
"""With this begins the statement of who ends since the next request may come only after the budget."""

AWAITED = 900.0
"""Seconds: one that ends sooner is awaited, to see how long the next one is."""

NOTHING_YET, NOTHING = "Nothing has been served yet", "nothing was accepted"
"""Either stands in the reason why a probe ends in which nothing ever was: it needs not be told again."""


class ProbeEndedError(Exception):
    """The probe cannot go on; the message says what happened, why, and what to do."""


@dataclass(slots=True)
class Manners(Heard):
    """The manners of one probe, the log of its attempts, and what they state (`Heard`).

    Args:
        goal: What is to be shown.
        budget: What may be spent in all.
        attempts: The attempts made so far; those made before count too.

    Attributes:
        refused: How many of them were refused.
        absent: Seconds of all the pauses in which nobody probed.
        pause: Seconds of such a pause just before the last answer that says something about pace; 0 where none was.
        late: Seconds by which that one, or those that it took to get it, came late, whatever the reason.
        suspects: Answers that may be refusals, and those that were found to be.
        eased: At what wait answers were quick again, in words, where the pace had made them slow; else empty.
        kept: The wait that held long enough already, seconds, while a shorter one is tried; else `None`.
        revised: Whether the last answer showed that earlier ones were refusals: then the log must be read anew.
    """

    goal: Goal
    budget: Budget
    attempts: list[Attempt] = field(default_factory=list)
    refused: int = field(init=False)
    absent: float = field(init=False)
    pause: float = field(default=0.0, init=False)
    late: float = field(default=0.0, init=False)
    suspects: Suspects = field(default_factory=Suspects, init=False)
    revised: bool = field(default=False, init=False)
    eased: str = field(default="", init=False)
    kept: float | None = field(default=None, init=False)
    _moved: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.absent = sum(absence(previous, attempt) for previous, attempt in pairwise(self.attempts))
        for i, attempt in enumerate(self.attempts):
            self.attempts[i] = self.suspects.judge(attempt)
            if self.suspects.convicts() or self.suspects.bodies.varied:
                self.attempts[: i + 1] = self.suspects.rejudged(self.attempts[: i + 1])
            self.hear(attempt)
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
        self.pause, self.late, self.revised = 0.0, 0.0, False
        served = any(attempt.outcome is Outcome.ACCEPTED for attempt in self.attempts)
        rest = wait
        for failures in range(1, 1 + (LOCKED_OUT if served else FAILURES_IN_A_ROW)):
            attempt = yield Step(self._allowed(rest), phase, low, high, self.kept)
            last = self.attempts[-1] if self.attempts else None
            absent = absence(last, attempt)
            self.absent += absent
            self.pause += absent
            self.late += lateness(last, attempt)
            attempt = self._enter(attempt)
            if attempt.outcome is not Outcome.FAILED:
                self._acquit()
                if (sign := self.suspects.dense) and attempt.outcome is Outcome.ACCEPTED:
                    attempt = yield from self._ask_slowly(sign, wait, phase)
                return attempt
            if self.suspects.convicts():
                self._revise()
                return self.attempts[-1]
            rest = self._stop_at_the_door() or self.suspects.rest(wait)
            if not served:
                rest = max(rest, RESTS[failures - 1])
        raise ProbeEndedError(self._locked_out() if served else self._in_trouble())

    def _enter(self, attempt: Attempt) -> Attempt:
        """Take an attempt into the log, as it counts by what is known now."""
        self.hear(attempt)
        varied = self.suspects.bodies.varied
        attempt = self.suspects.judge(attempt)
        self.attempts.append(attempt)
        if self.suspects.bodies.varied and not varied:
            self._revise()
        self.refused += attempt.outcome is Outcome.REFUSED
        return attempt

    def _revise(self) -> None:
        self.attempts[:] = self.suspects.rejudged(self.attempts)
        self.refused = sum(each.outcome is Outcome.REFUSED for each in self.attempts)
        self.revised = True

    def _ask_slowly(self, sign: str, wait: float, phase: Phase) -> Generator[Step, Attempt, Attempt]:
        """Ask a few times at slower and slower paces: where a frequent sign is gone at one, it is a refusal."""
        gone, enough, often = False, self.suspects.enough(sign), self.suspects.usual(sign)
        passed = self.suspects.bodies.doubt(sign)
        for rest in RESTS[: SLOW_PACES - passed if often else 1]:
            row = 0
            while row < enough:
                attempt = self._enter((yield Step(self._allowed(max(SLOWLY * wait, rest)), phase, kept=self.kept)))
                if attempt.outcome is not Outcome.ACCEPTED:
                    break
                row += 1
            if gone := row == enough:
                break
        self.suspects.tried(sign, gone=gone, often=often)
        self._revise()
        return self.attempts[-1]

    def give_up_at_the_door(self) -> None:
        """End the probe where nothing was ever accepted, through all rests, and no answer says when to come back.

        Raises:
            ProbeEndedError: Then; it repeats the service's own words.
        """
        last = self.attempts[-1]
        if len(self.attempts) <= len(RESTS) or pause_after(last):
            return
        if any(attempt.outcome is not Outcome.REFUSED for attempt in self.attempts):
            return
        why, todo = never_served(last)
        own = other_reason(last)
        began = f"Its last answer speaks for itself: {own}" if own else f"{why[0].upper()}{why[1:]}"
        raise ProbeEndedError(f"{self._all_refused} {began} {todo}{own_words(last)}")

    def _acquit(self) -> None:
        """A body that differed in its size alone, once, was served like any other."""
        if len(self.attempts) > 1 and self.suspects.acquits(self.attempts[-2]):
            self.attempts[-2] = replace(self.attempts[-2], judged=None)

    def _in_trouble(self) -> str:
        return (
            f"{FAILURES_IN_A_ROW} requests in a row failed ({what(self.attempts[-1])}), "
            f"which says nothing about pace. Try again when the service works.{own_words(self.attempts[-1])}"
        )

    def _locked_out(self) -> str:
        """What was served, and then no more, however long the rest."""
        accepted = sum(attempt.outcome is Outcome.ACCEPTED for attempt in self.attempts)
        last, row = self.attempts[-1], self.attempts[-LOCKED_OUT:]
        before = [*self.attempts[-LOCKED_OUT - 1 : -LOCKED_OUT], *row]
        away = [absence(previous, attempt) for previous, attempt in pairwise(before)]  # nobody probed meanwhile
        quick, rest = (row[0].spacing or 0.0) - away[0], (last.spacing or 0.0) - away[-1]
        how = self._how_it_failed(last)
        # Where bodies alone differ, which of them serve is not known: the first ones may be those of a ban.
        otherwise = "otherwise" in how
        served = "answered as at rest" if otherwise else "accepted"
        trouble = "what it serves has changed" if otherwise else "it has another trouble"
        refused = f", {self.refused} {'was' if self.refused == 1 else 'were'} refused" if self.refused else ""
        return (
            f"{accepted} {'request was' if accepted == 1 else 'requests were'} {served}{refused}, and then, after one "
            f"that came {told(quick)} s after the last, {LOCKED_OUT} in a row {how} within "
            f"{told(last.started - row[0].started - sum(away[1:]))} s, the last of them {told(rest)} s after the one "
            f"before. The service may have shut this client out because of the pace, or {trouble}. Come back later, "
            f"and ask more slowly.{own_words(last)}"
        )

    def _how_it_failed(self, attempt: Attempt) -> str:
        sign = self.suspects.sign(replace(attempt, judged=None))
        return f"were answered otherwise ({sign})" if sign.startswith("2") else f"failed ({what(attempt)})"

    @property
    def interrupted(self) -> bool:
        """Whether the last answer that says something about pace came well after it was due."""
        return self.late > 0

    @property
    def left_alone(self) -> float:
        """Seconds from the start of the last attempt for which the service asks to be left alone.

        A reset in whole seconds is later than the true one; what other answers of the same window said of it counts.
        """
        last = self.attempts[-1]
        pause, (told, until) = pause_after(last), self._until_reset
        if last.outcome is Outcome.ACCEPTED and pause and pause == last.latency + told:
            return last.latency + until
        return max(pause, last.latency + self.wanted) if self.wanted else pause

    @property
    def turned_away(self) -> bool:
        """Whether a request was refused after one had been accepted: what was refused before may be an old ban."""
        served = dropwhile(lambda attempt: attempt.outcome is not Outcome.ACCEPTED, self.attempts)
        return any(attempt.outcome is Outcome.REFUSED for attempt in served)

    @property
    def unbroken(self) -> Sequence[Attempt]:
        """The attempts since the last one that came well after it was due."""
        for i in range(len(self.attempts) - 1, 0, -1):
            if lateness(self.attempts[i - 1], self.attempts[i]):
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
        pace, why = kept_out(self.attempts, wait) if kind in SHOWN else (0.0, "")
        if pace:
            guess = f" The best guess so far is {as_wait(pace)} between requests; nothing has shown it."
            return self.verdict("inconclusive", pace, why + guess)
        longer = self._stated_longer(wait)
        if wait is not None and self.stated is not None:
            wait = max(wait, self.stated.wait)
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
            statement=statement
            + longer
            + self._guessed
            + self._moved
            + (f" {self.untimed}" if self.untimed.binds else "")
            + found(self.suspects, self.attempts)
            + in_so_many_words(self.attempts)
            + said_vaguely(self.attempts)
            + told_too_short(self.attempts)
            + (shut_out(self.attempts, wait) if wait is not None and kind in RECOMMENDED else "")
            + as_it_says(self.attempts, tested)
            + passed_for_ordinary(self.suspects, self.attempts)
            + str(self.asked)
            + (lasting(self.telling, wait, self.cost.scarce(RENEWED)) if wait is not None else "")
            + self._failed(evidence)
            + slowing.in_words(self.attempts, evidence, self.eased)
            + from_cache(self.attempts),
            # The signs were found here: whoever reads the statuses alone would not count them.
            limiter=identify(self.attempts, "careful") if self.suspects.learned else None,
        )

    @property
    def stated_words(self) -> str:
        """What the service states, in words; empty where it states nothing."""
        return self.stated.said(varied=self.cost.varied) if self.stated else ""

    def _stated_longer(self, wait: float | None) -> str:
        """The sentence where a pace that was stated only later is slower than what was tested; else empty."""
        if wait is None or self.stated is None or self.stated.wait <= wait:
            return ""
        slower = as_wait(self.stated.wait)
        return (
            f" The service also states {self.stated_words}: {slower} between requests, which is slower, and so "
            f"{slower} is what is recommended. At that wait itself nothing was tested."
        )

    @property
    def _guessed(self) -> str:
        """The sentence on a window of which its end alone is known; empty where there is none.

        Once that end has passed, the next window was looked at, and did not show it.
        """
        if not self.unseen or self.stated is None or self.resets.milliseconds:
            return ""
        return (
            " How long its window is was neither told nor seen: what was told is that it ends "
            f"{told(self.unseen)} s after this probe began{IF_UTC if IF_UTC in self.stated.words else ''}"
            f"{', and the next one will show it' if self.open else ''}."
        )

    def otherwise(self, evidence: Sequence[Attempt]) -> tuple[int, int]:
        """Requests while this evidence was taken that failed or were answered otherwise, and all that were made."""
        meanwhile = self._meanwhile(evidence)
        return sum(attempt.outcome is Outcome.FAILED for attempt in meanwhile), len(meanwhile)

    def _meanwhile(self, evidence: Sequence[Attempt]) -> Sequence[Attempt]:
        return self.attempts[evidence[0].number - 1 : evidence[-1].number] if evidence else []

    def muddled(self, evidence: Sequence[Attempt]) -> str:
        """Why this evidence shows nothing, where too much was answered otherwise meanwhile; else empty."""
        failed, n = self.otherwise(evidence)
        if sign := self.suspects.of_both(evidence):
            came = "No answer" if sign == "no answer" else f"An answer {sign}"
            return (
                f"{came} came in rows that only rests ended, and alone or in slow requests as well: some may be "
                "faults, and others a way to refuse. Say what counts as refused, or try again when the service works."
            )
        if self.suspects.row >= PAIR:
            return f"The last {self.suspects.row} answers failed: whether the pace brought that about was not seen."
        if failed <= MUDDLED * n:
            return ""
        return (
            f"{failed} of {n} requests at this pace {self._went_wrong(evidence)}, and whether that was because of the "
            "pace was not seen: say which answers are refusals, or try again when the service works."
        )

    def _went_wrong(self, evidence: Sequence[Attempt]) -> str:
        """How requests failed meanwhile, in words."""
        return went_wrong([each for each in self._meanwhile(evidence) if each.outcome is Outcome.FAILED])

    def _failed(self, evidence: Sequence[Attempt]) -> str:
        """The sentence on those that are not counted; empty where there were none."""
        failed, n = self.otherwise(evidence)
        return (
            f" {failed} of the {n} requests made meanwhile {self._went_wrong(evidence)}: not counted." if failed else ""
        )

    def ease(self, evidence: Sequence[Attempt], wait: float) -> Generator[Step, Attempt, None]:
        """Where answers got slower with the pace, ask a few times at longer waits, until they are quick again.

        It is no evidence, and where the budget or a refusal ends it, nothing is missing but the longer wait's name.
        """
        slow = slowed(self.attempts, evidence)
        if slow is None:
            return
        still = ""
        for _ in range(EASINGS):
            wait, row, took = EASING * wait, list[float](), 0.0
            for _ in range(PATIENCE):
                if wait > self.budget.seconds - self.seconds or self.allowance < 1:
                    return
                try:
                    attempt = yield from self.ask(wait, "verify")
                except ProbeEndedError:
                    return  # what was found before stands without it
                if attempt.outcome is not Outcome.ACCEPTED:
                    return
                took = attempt.latency
                row = [*row, took] if took < slow[0] + NOTICEABLE / 2 else []
                if len(row) == AT_EASE:
                    self.eased = f"; asked every {as_wait(wait)} it answered in {told(max(row))} s again, "
                    self.eased += f"twice in a row{still}"
                    return
            still = f", and asked every {as_wait(wait)} still in {told(took)} s"

    def inconclusive(self, reason: ProbeEndedError, guess: float | None = None, seen: str = "") -> Verdict:
        """The honest end of a probe that did not get there; `seen` is told with it, and `guess` is said to be one."""
        served = any(attempt.outcome is Outcome.ACCEPTED for attempt in self.attempts)
        if not served or self.attempts[-1].outcome is Outcome.FAILED:
            guess = None  # no wait is a guess worth saying where the service answers no more
        elif self.suspects.of_both(self.attempts):
            guess = None  # what was accepted between its rows may be all that a quota gave
        elif asks_for_a_person(self.attempts[-1]):
            guess = None  # what was served before it came says nothing of when it comes
        else:
            spent = (share := self.share(self.budget.left)) is not None and share < 1
            lasts = self.unquoted.guess * self.cost.scarce(RENEWED) * spent
            untimed = self.untimed.guess * self.untimed.binds
            guess = max(guess or 0.0, untimed, lasts, guessed(self.attempts)) or None
        if self.attempts and (words := own_words(self.attempts[-1])) in str(reason):
            seen = seen.replace(words, "") if words else seen
        if self.stated is not None and served and not self.turned_away:
            # What was refused at the door came before anything was served: the service's word stands.
            words = f"The service states {self.stated_words}: {as_wait(self.stated.wait)} between requests."
            return self.verdict("stated", self.stated.wait, f"{words} {reason}{seen}")
        if served and self.attempts[-1].outcome is not Outcome.FAILED:  # else the reason speaks of them
            seen += unsettled(self.suspects, self.attempts, str(reason))
        tail = f" The best guess so far is {as_wait(guess)} between requests; nothing has shown it." if guess else ""
        return self.verdict("inconclusive", guess or None, f"{reason}{seen}{tail}")

    @property
    def allowance(self) -> float:
        """Requests that may still be sent, by the budget and by what the service says is left."""
        budget = self.budget.requests - len(self.attempts)
        share = self.share(self.budget.left)
        return budget if share is None else min(budget, share)

    @property
    def until_renewed(self) -> float:
        """Seconds from the last request until a window is over of which only its end was told; 0 where none is awaited.

        It is awaited for a quarter of an hour at most, where several answers agree on it, where the budget has the time
        to see what follows, and where requests are not wanted for themselves.
        """
        if not self.open or self.resets.served < AGREE or self.budget.left == 1:
            return 0.0
        rest, wait = self.open - self.attempts[-1].started + DATED, self.stated.wait if self.stated else 0.0
        awaited = rest <= AWAITED and rest + FEWEST * wait < self.budget.seconds - self.seconds
        return max(rest, GRAIN) if awaited and self.allowance > FEWEST else 0.0

    @property
    def until_watched(self) -> float | None:
        """Seconds from the last request to the next that tells when all of a quota is there again; `None` for none.

        Where more than a share of it may not be spent, or time would be missing for what follows, none does.
        """
        rest, budget, untimed = self.renewals.rest, self.budget, self.untimed
        if rest is None or budget.left == 1 or (untimed.binds and untimed.allowance(budget.left) <= KEPT):
            return None
        least, most = self.renewals.lasts
        ahead = 2 * (most if most < inf else least)
        return rest if self.seconds + rest + ahead < budget.seconds else None

    def take_renewals_or_end(self) -> bool:
        """Take the pace that renewals tell, as `take_renewals`; what haste would spend for nothing is left.

        Raises:
            ProbeEndedError: Where they tell none, and so few requests may still be sent that they would show no pace.
        """
        untimed, left = self.untimed, self.untimed.allowance(self.budget.left)
        if self.renewals.stated is None and untimed.binds and left < TOO_FEW:
            raise ProbeEndedError(
                f"{self._none_refused}, and nothing of what the service says is left came back meanwhile. A probe "
                f"spends at most {as_percent(self.budget.left)} of it, and {counted(left, 'request')} more would show "
                f"no pace. {UNTIL_RENEWED}"
            )
        return self.take_renewals()

    @property
    def _none_refused(self) -> str:
        return (
            f"{self.refused or 'None'} of {len(self.attempts)} requests in {told(self.seconds)} s "
            f"{'were' if self.refused > 1 else 'was'} refused"
        )

    def _allowed(self, wait: float) -> float:
        """`wait`, or longer where the service asked for it, within the budget."""
        if len(self.attempts) >= self.budget.requests:
            raise ProbeEndedError(
                f"The budget of {counted(self.budget.requests, 'request')} is spent. Allow more requests to go on."
            )
        if self.refused >= self.budget.refusals:
            raise ProbeEndedError(
                f"The budget of {counted(self.budget.refusals, 'refusal')} is spent. Allow more refusals to go on, "
                "or ask the operator what pace is welcome."
            )
        if not self.attempts:
            return wait
        pause = self.left_alone
        wait = max(wait, least_rest(self.attempts[-1]))
        self._keep_time(wait, pause)
        if not pause:
            wait = max(wait, self._over_days())
        if self.untimed.binds and self.untimed.allowance(self.budget.left) <= self.untimed.looks:
            rest = self.untimed.rest(self.budget.left)
            if not rest:
                raise ProbeEndedError(
                    f"{self._none_refused}, and a probe spends at most {as_percent(self.budget.left)} of what a "
                    f"service says is left. {UNTIL_RENEWED}"
                )
            wait = max(wait, rest)
        elif self.allowance < 1 and not pause:  # after a reset that is waited for there is more
            raise ProbeEndedError(
                f"The service said that {told(self._left or 0.0)} requests were left of its quota, and a probe spends "
                f"at most {as_percent(self.budget.left)} of them. Come back when the quota is renewed, or allow more."
            )
        self._keep_time(wait, pause)
        return max(wait, pause)

    def _keep_time(self, wait: float, pause: float) -> None:
        """End the probe where the next request would come after the end of its time."""
        last = self.attempts[-1]
        if last.started - self.absent + max(wait, pause, last.latency) > self.budget.seconds:
            raise ProbeEndedError(self._too_late(wait, pause))

    def _over_days(self) -> float:
        """Seconds to rest where refusals speak of a day or longer; 0 where the last answer does not.

        Raises:
            ProbeEndedError: Where no shorter quota than one that is saved up for would last so long.
        """
        row = of_days(self.attempts)
        if not row:
            return 0.0
        last, rest = row[-1], row[-1].spacing or 0.0
        if last.started - row[0].started < RENEWED:
            return FIRST_REST if len(row) == 1 else LONGER * rest
        served = any(each.outcome is Outcome.ACCEPTED for each in self.attempts)
        before, todo = ("", "") if served else (f"{self._all_refused} ", f" {account(last)}".rstrip())
        raise ProbeEndedError(
            f"{before}Its refusals speak of a day or longer, and {told(rest)} s of rest did not end them: if it is "
            f"as they say, a quota over such a time is spent. Come back when it is renewed.{todo}{own_words(last)}"
        )

    @property
    def _all_refused(self) -> str:
        last = self.attempts[-1]
        return (
            f"Each of {len(self.attempts)} requests within {told(last.started)} s was refused ({what(last)}), and "
            f"{NOTHING}."
        )

    def _too_late(self, wait: float, pause: float) -> str:
        last = self.attempts[-1]
        budget = f"beyond the budget of {as_time_off(self.budget.seconds)}"
        served = any(attempt.outcome is Outcome.ACCEPTED for attempt in self.attempts)
        if pause < wait and not served:
            why, todo = never_served(last)
            return (
                f"{NOTHING_YET} ({what(last)}): {why} The next request would come after {as_wait(wait)} of rest, "
                f"{budget}. {todo} Allow more time to go on.{own_words(last)}"
            )
        if pause < wait:
            rest = f"It asks for a rest of {as_time_off(pause - last.latency)}. " if pause > RENEWED else ""
            return (
                f"The next request would come {as_wait(wait)} after the last one, {budget}. {rest}"
                "Allow more time, or come back later."
            )
        limits, asked = read(last.status, last.headers, now=0.0), as_time_off(pause - last.latency)
        if pause <= self.budget.seconds:
            budget = f"which with what was spent is {budget}"
        if_so = if_utc(limits) or if_seconds(limits, self.resets)
        by = "Retry-After" if limits.retry_after else f"nothing is left of its quota until then{if_so}"
        by = "as its body says" if not limits.hold and said(last) else by
        by = "Backoff" if limits.source == "Backoff" or self.wanted else by
        return f"{LEFT_ALONE} {asked} ({by}), {budget}. Allow more time, or come back in {asked}."

    def _stop_at_the_door(self) -> float:
        """End the probe when its first answers show that there is nothing to pace; else seconds to rest, or 0."""
        found = at_the_door(self.attempts)
        self._moved = self._moved if found.moved is None else found.moved
        if found.end:
            raise ProbeEndedError(found.end)
        return found.rest
