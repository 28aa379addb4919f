"""Spend a stated number of requests on the question which rule the service has."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome
from widgets.probe.identify import identify as candidates
from widgets.probe.strategies import statements

from .manners import Manners, ProbeEndedError
from .pauses import pause_after
from .search import Search
from .verify import first_trial

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from widgets.model.attempt import Attempt, Budget, Goal, Step, Strategy, Verdict
    from widgets.probe.identify import Candidate, Rule

RATIO = 1.35
RAPID = 60
"""As `quick` searches: what is known of the limit is where to ask."""

PARTS = (0.0, 0.25, 0.5, 0.75, 0.95, 1.1, 1.5, 2.0, 3.0, 5.0)
"""Waits to choose from, in parts of the shortest one that is believed to be long enough."""

LONG = (0.5, 1.0, 2.0)
"""And in parts of the longest one that was accepted."""

SURE = 0.95
"""A likeness from which on there is no more to ask."""

ENOUGH = 24
"""Attempts below which even a strong support may be luck: then waits of all sizes are tried in turn."""

TELLING = 1e-3
"""The variance of the predictions below which no request is expected to tell the candidates apart."""

DEAR = 0.5
"""What a certain refusal takes from the worth of a request: answers are told apart by acceptances too."""

MOST = 12
"""Refusals that the question may cost."""

FRESH = 4
"""Requests after which the candidates are fitted anew."""

WELL = "one rule is supported well enough"

UNTOLD = (
    "none of the next steps that were weighed, one or two requests after some waits or a row as quick as answers come, "
    "is expected to tell the remaining rules apart"
)
"""By what the rules that were compared predict, within the requests that are left: other steps may tell."""

UNNAMED = "no rule remains that says what to ask next"

SPEND = 40
"""Requests that may be spent on the question, unless stated otherwise."""


def identify(goal: Goal, budget: Budget, known: Iterable[Attempt] = (), requests: int = SPEND) -> Strategy:
    """Find out which rule the service has: ask where the candidates' predictions differ most.

    Args:
        goal: Only its confidence is used.
        budget: What may be spent, the known attempts included.
        known: Attempts made already; without a refusal among them the limit is searched first.
        requests: How many may be spent on the question itself, once there was a refusal.

    Returns:
        A generator whose verdict carries the candidates in `limiter`, and certifies nothing; its statement says how
        many requests were spent on the question, and why no more.
    """
    return _identify(Search(Manners(goal, budget, list(known)), RATIO, RAPID, by_word=False), requests)


def _identify(search: Search, requests: int) -> Strategy:
    manners = search.manners
    try:
        yield from first_trial(search, curious=True)
        if not manners.refused:
            seen = _left_alone(manners) if manners.stated else statements.no_limit(manners)
            return replace(seen, limiter=candidates(manners.attempts))
        before = len(manners.attempts)
        why = yield from _ask(search, requests)
    except ProbeEndedError as end:
        return replace(manners.inconclusive(end, search.ledger.high), limiter=candidates(manners.attempts))
    found = candidates(manners.attempts)
    spent = f"{len(manners.attempts) - before} of the {requests} requests meant for the question were spent: {why}."
    statement = f"{_named(found)} {spent} This is about the kind of rule; no wait was verified."
    return replace(manners.verdict("inconclusive", search.ledger.high, statement), limiter=found)


def _left_alone(manners: Manners) -> Verdict:
    """The verdict where a service that states its limits refused nothing."""
    why = (
        f"None of {len(manners.attempts)} requests was refused, and a pause is made wherever it says that nothing is "
        "left: which rule it has cannot be told from that."
    )
    return statements.by_its_word(manners, None, why)


def _ask(search: Search, requests: int) -> Generator[Step, Attempt, str]:
    """Ask until one candidate is supported well, or no step is expected to tell the rest apart; why it ended."""
    found: tuple[Candidate, ...] = ()
    guesses: list[_Guess] = []
    row: list[float] = []
    before, due = search.manners.refused, 0
    for number in range(requests):
        if search.manners.refused - before >= MOST:
            return f"{MOST} of them were refused, and more would be a burden"
        if number >= due and not row:
            found, due = candidates(search.manners.attempts), number + FRESH
            if found[0].likeness >= SURE and found[0].attempts >= ENOUGH:
                return WELL
            guesses = [_Guess(each.likeness, each.rules) for each in found if each.rules]
        if not row and (wait := _most_telling(search, guesses)) is not None:
            row = [wait]
        row = row or _telling_row(search, guesses, requests - number)
        if not row and len(search.manners.attempts) >= ENOUGH:
            return WELL if found[0].likeness >= SURE else UNTOLD if guesses else UNNAMED
        wait, *row = row or [PARTS[number % len(PARTS)] * _unit(search)]
        attempt = yield from search.ask(wait, "search")
        accepted = attempt.outcome is Outcome.ACCEPTED
        row = row if accepted else []
        for guess in guesses:
            guess.saw(attempt.started + attempt.latency / 2, accepted=accepted)
    return "they are used up"


@dataclass(slots=True)
class _Guess:
    """A candidate, by the rules that its parameters allow."""

    support: float
    rules: tuple[Rule, ...]

    def chance(self, now: float) -> float:
        """The mean of what its rules expect."""
        return sum(rule.chance(now) for rule in self.rules) / len(self.rules)

    def saw(self, now: float, *, accepted: bool) -> None:
        """Tell all of them."""
        for rule in self.rules:
            rule.saw(now, accepted=accepted)


def _most_telling(search: Search, guesses: Sequence[_Guess]) -> float | None:
    """The wait whose answer, or whose successor's answer, the candidates disagree about most; `None` for none."""
    if not guesses:  # no rule that can be named predicts anything
        return None
    last, waits = search.manners.attempts[-1], _waits(search)
    best, choice = TELLING, None
    for wait in waits:
        at = last.started + wait + last.latency / 2
        here = deepcopy(guesses)
        chance = sum(guess.support * guess.chance(at) for guess in here) / sum(guess.support for guess in here)
        told = _variance(here, at)
        for guess in here:
            guess.saw(at, accepted=chance >= 0.5)  # noqa: PLR2004 - the likelier answer
        for after in waits:  # in their order: asking a rule about a later time moves its clock on
            told = max(told, 0.5 * _variance(here, at + after))
        told *= 1 - DEAR * (1 - chance)
        if told > best * 1.01:
            best, choice = told, wait
    return choice


def _telling_row(search: Search, guesses: Sequence[_Guess], most: int) -> list[float]:
    """The waits of a row of up to `most` requests that tells most for each of them; none where it tells nothing.

    Where a request and the next one tell nothing, the rules may differ all the same in how many they serve in a row: a
    bucket what is left and what it gains meanwhile, a window its limit.
    """
    if not guesses:
        return []
    last = search.manners.attempts[-1]
    best, row = 0.0, []
    for pause in _waits(search):
        at, rest, left, told = last.started + last.latency / 2 + pause, deepcopy(guesses), 1.0, 0.0
        for number in range(1, most + 1):
            told += left * _variance(rest, at)
            if told > TELLING and told / number > best:
                best, row = told / number, [pause, *[last.latency] * (number - 1)]
            left *= _served(rest, at)
            if left < TELLING:
                break
            at += last.latency
    return row


def _served(guesses: Sequence[_Guess], at: float) -> float:
    """Leave only the rules that serve a request at `at`, and tell them; how likely it is to be served."""
    before = sum(guess.support for guess in guesses)
    for guess in guesses:
        chances = [(rule, rule.chance(at)) for rule in guess.rules]
        guess.support *= sum(chance for _, chance in chances) / len(chances)
        guess.rules = tuple(rule for rule, chance in chances if chance > 0) or guess.rules
        guess.saw(at, accepted=True)
    return sum(guess.support for guess in guesses) / before if before else 0.0


def _waits(search: Search) -> list[float]:
    """The waits to choose from, the shortest first: none is shorter than what the last answer took or asks for."""
    last = search.manners.attempts[-1]
    unit, longest = _unit(search), max(search.ledger.clean, default=0.0)
    sizes = {part * unit for part in PARTS} | {part * longest for part in LONG}
    return sorted({max(size, last.latency, pause_after(last)) for size in sizes})


def _unit(search: Search) -> float:
    """A wait that is believed to be long enough, seconds."""
    return search.ledger.high or 2 * search.ledger.low


def _variance(guesses: Sequence[_Guess], at: float) -> float:
    """How much the predictions for a request at `at` differ, weighted by support."""
    chances = [guess.chance(at) for guess in guesses]
    total = sum(guess.support for guess in guesses)
    mean = sum(guess.support * chance for guess, chance in zip(guesses, chances, strict=True)) / total
    return sum(guess.support * (chance - mean) ** 2 for guess, chance in zip(guesses, chances, strict=True)) / total


def _named(found: Sequence[Candidate]) -> str:
    """The candidates in words, each with its support."""
    first, *rest = found
    others = f" Not excluded: {'; '.join(map(str, rest))}." if rest else ""
    return f"Most likely: {first}.{others}"
