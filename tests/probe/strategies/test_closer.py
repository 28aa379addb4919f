"""After a certificate: shorter waits are tried where they are worth it, at no price in confidence, and none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from server.limiters import MinimumGap, TokenBucket
from tests.bench.arena_world import Clock, Service, run
from tests.conftest import examples
from widgets.model.attempt import Attempt, Budget, Goal, Outcome, ProbeStoppedError, Step
from widgets.probe.evidence import EProcess
from widgets.probe.strategies import careful
from widgets.probe.strategies.bets import Bets
from widgets.probe.strategies.closer import Shown, closer, shown
from widgets.probe.strategies.history import Cycle
from widgets.probe.strategies.manners import Manners
from widgets.probe.strategies.search import Search
from widgets.probe.strategies.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

LATENCY = 0.01


def seen(low: float, wait: float, *, headers: dict[str, str] | None = None, block: float = 0.0) -> tuple[Search, Bets]:
    """A search in which `low` was refused, and then `wait` was shown by 61 requests; each refusal shut for `block`."""
    rows = [(1.0, 200), (low, 429), (block or low, 200), *[(wait, 200)] * 61]
    attempts: list[Attempt] = []
    now = 0.0
    for i, (spacing, status) in enumerate(rows):
        now += spacing if i else 0.0
        attempts.append(
            Attempt(i + 1, spacing if i else None, spacing if i else None, now, LATENCY, status, headers or {})
        )
    search = Search(Manners(Goal(), Budget(seconds=36000), attempts), 1.15, 300)
    bets = Bets(EProcess(Goal()), search)
    return search, bets


def held(search: Search, wait: float) -> Shown:
    return shown(search, Trial(wait, sent=61, clean=61, evidence=list(search.manners.attempts[-61:])))


def firm(_: Shown) -> bool:
    """Nothing speaks against what is shown."""
    return True


def follow(plan: Generator[Step, Attempt, Shown], search: Search, served: Callable[[float], bool]) -> Shown:
    """Drive the plan; a request is served or refused by its spacing."""
    try:
        step = next(plan)
        while True:
            last = search.manners.attempts[-1]
            status = 200 if served(step.wait) else 429
            step = plan.send(Attempt(last.number + 1, step.wait, step.wait, last.started + step.wait, LATENCY, status))
    except StopIteration as end:
        found: Shown = end.value
        return found


def test_the_middle_is_shown_instead_where_it_holds() -> None:
    search, bets = seen(1.0, 4.0)
    found = follow(closer(search, bets, held(search, 4.0), firm), search, lambda wait: wait >= 1.3)
    assert found.trial.wait == pytest.approx(2**0.5, rel=0.02)  # 2 s, and then the middle of 1 and 2 s
    assert found.trial.wait <= found.wait < 1.5
    assert len(found.trial.evidence) >= 59
    assert all(each.outcome is Outcome.ACCEPTED for each in found.trial.evidence)
    assert found.words == " Of shorter waits 1.21 s was refused at once."


def test_what_was_shown_stands_where_all_shorter_waits_are_refused() -> None:
    search, bets = seen(1.0, 4.0, block=5.0)
    found = follow(closer(search, bets, held(search, 4.0), firm), search, lambda wait: wait >= 3.9)
    assert found.wait == 4.0
    assert found.words == (
        " Of shorter waits 2 s was refused at once; 2.83 s was refused at once; 3.37 s was refused at once."
    )


@pytest.mark.parametrize(
    ("low", "wait", "headers", "block"),
    [
        (3.0, 4.0, None, 0.0),
        (1.0, 4.0, {"X-RateLimit-Limit": "15", "X-RateLimit-Window": "60"}, 0.0),
        (1.0, 4.0, None, 200.0),
    ],
    ids=["close already", "stated", "a refusal is dear"],
)
def test_nothing_shorter_is_tried_where_it_is_not_worth_it(
    low: float, wait: float, headers: dict[str, str] | None, block: float
) -> None:
    search, bets = seen(low, wait, headers=headers, block=block)
    before, was = len(search.manners.attempts), held(search, wait)
    assert follow(closer(search, bets, was, firm), search, lambda _: True) == was
    assert len(search.manners.attempts) == before


@pytest.mark.parametrize(("first", "tried"), [(3.5, False), (1.2, True)], ids=["alike", "grown"])
def test_pauses_that_a_service_asks_for_hold_shorter_waits_off_where_they_are_alike(first: float, tried: bool) -> None:
    search, bets = seen(1.0, 4.0)
    search.ledger.cycles[:] = [Cycle(1, 1, 0.0, 1.0, 1.0 + told, 1.1 + told, told=True) for told in (first, 3.6)]
    search.ledger.hint = 3.6
    before = len(search.manners.attempts)
    follow(closer(search, bets, held(search, 4.0), firm), search, lambda wait: wait >= 1.0)
    assert (len(search.manners.attempts) > before) is tried


def test_a_bucket_that_may_be_full_again_is_outlasted_by_the_shorter_wait() -> None:
    """At the longer wait it saved up what its 8 quick ones had spent: 61 requests would be served from that."""
    search, bets = seen(1.0, 4.0)
    search.ledger.cycles.insert(0, Cycle(16, 2, 0.0, 0.5, 2.0, 2.1, told=False))
    search.ledger.refilled = 0
    found = follow(closer(search, bets, held(search, 4.0), firm), search, lambda wait: wait >= 1.0)
    assert len(found.trial.evidence) >= 6 * 16
    assert found.wait >= found.trial.tested * len(found.trial.evidence) / (len(found.trial.evidence) - 16) * 0.999


def test_shorter_waits_cost_no_confidence() -> None:
    """Below the wait that was shown each request is refused with just the chance that breaks the goal."""
    draw = np.random.default_rng(994200001)
    n = examples(240)
    bad = 0
    for _ in range(n):
        search, bets = seen(1.0, 6.0)
        found = follow(closer(search, bets, held(search, 6.0), firm), search, lambda _: draw.random() >= 0.05)
        bad += found.wait < 6.0
    assert bad <= 0.05 * n + 3 * (0.05 * 0.95 * n) ** 0.5


def test_what_was_lost_before_stays_lost() -> None:
    """A purse of a hundredth, after other waits were refused, takes twice as many requests."""
    search, bets = seen(1.0, 2.2)
    bets.wealth.purse = bets.wealth.carried = 0.01
    found = follow(closer(search, bets, held(search, 2.2), firm), search, lambda _: True)
    assert len(found.trial.evidence) > 140


def test_a_person_who_stops_it_meanwhile_keeps_what_was_shown() -> None:
    search, bets = seen(1.0, 4.0)
    plan = closer(search, bets, held(search, 4.0), firm)
    step = next(plan)
    assert step.wait == pytest.approx(2.0)
    assert (step.kept, step.phase) == (4.0, "verify")
    with pytest.raises(StopIteration) as end:
        plan.throw(ProbeStoppedError)
    found = end.value.value
    assert found.wait == 4.0
    assert found.words == " Of shorter waits 2 s was tried no further when you stopped it."


def test_a_budget_that_ends_meanwhile_leaves_what_was_shown() -> None:
    search, bets = seen(1.0, 4.0)
    plan = closer(search, bets, held(search, 4.0), firm)
    next(plan)
    search.manners.budget = Budget(requests=len(search.manners.attempts) + 1)
    found = follow_on(plan, search)
    assert found.wait == 4.0
    assert found.words.startswith(" Of shorter waits 2 s was on trial when the probe could not go on: The budget of")


def follow_on(plan: Generator[Step, Attempt, Shown], search: Search) -> Shown:
    """Serve all that is asked from the second step on."""
    last = search.manners.attempts[-1]
    try:
        while True:
            last = Attempt(last.number + 1, 2.0, 2.0, last.started + 2.0, LATENCY, 200)
            plan.send(last)
    except StopIteration as end:
        found: Shown = end.value
        return found


@pytest.mark.parametrize("late", [200, 250, 290])
def test_a_refusal_late_in_a_long_trial_shows_nothing(late: int) -> None:
    """Enough was won until then, and the refusal itself shows a bucket dry: it was outlasted no more."""
    search, bets = seen(1.0, 4.0)
    search.ledger.cycles.insert(0, Cycle(100, 2, 0.0, 0.5, 2.0, 2.1, told=False))
    left = iter([True] * late)
    found = follow(closer(search, bets, held(search, 4.0), firm), search, lambda _: next(left, False))
    assert found.wait == 4.0
    assert found.words.startswith(f" Of shorter waits 2 s was refused after {late} requests at it")


def test_what_speaks_against_a_shorter_wait_leaves_the_one_that_was_shown() -> None:
    search, bets = seen(1.0, 4.0)
    found = follow(closer(search, bets, held(search, 4.0), lambda _: False), search, lambda _: True)
    assert found.wait == 4.0
    assert found.words == " Of shorter waits 2 s held, and is not certified."


@pytest.mark.parametrize(
    ("latency", "why"), [(3.99, "answers took longer"), (LATENCY, "this machine could not keep to it")]
)
def test_a_shorter_wait_that_cannot_be_kept_is_given_up(latency: float, why: str) -> None:
    search, bets = seen(1.0, 4.0)
    found, sent = _late(closer(search, bets, held(search, 4.0), firm), search, lambda _: (3.99, latency))
    assert found.wait == 4.0
    assert found.words == f" Of shorter waits 2 s was given up, since {why}."
    assert sent < 60


@pytest.mark.parametrize("latency", [3.99, LATENCY], ids=["slow answers", "late requests"])
def test_a_shorter_wait_is_gone_back_to_after_a_stall(latency: float) -> None:
    """For twelve requests in the middle of its trial each is 4 s after the last, whoever was busy."""
    search, bets = seen(1.0, 4.0)
    plan = closer(search, bets, held(search, 4.0), firm)
    found, _ = _late(plan, search, lambda sent: (3.99, latency) if 30 <= sent < 42 else (None, LATENCY))
    assert found.trial.wait < 2.1  # it held, and shorter ones were tried
    assert found.words == ""


def _late(
    plan: Generator[Step, Attempt, Shown], search: Search, late: Callable[[int], tuple[float | None, float]]
) -> tuple[Shown, int]:
    """Serve all that is asked, each after the seconds that `late` says, or as asked for; and how many that were."""
    last, sent = search.manners.attempts[-1], 0
    try:
        step = next(plan)
        while sent < 1000:
            spacing, latency = late(sent)
            spacing, sent = spacing or step.wait, sent + 1
            last = Attempt(last.number + 1, step.wait, spacing, last.started + spacing, latency, 200)
            step = plan.send(last)
    except StopIteration as end:
        found: Shown = end.value
        return found, sent
    raise AssertionError(sent)


def test_a_service_that_stays_shut_after_a_shorter_wait_is_asked_twice() -> None:
    search, bets = seen(1.0, 4.0)
    before = len(search.manners.attempts)
    found = follow(closer(search, bets, held(search, 4.0), firm), search, lambda _: False)
    assert found.wait == 4.0
    assert len(search.manners.attempts) - before <= 1 + 2
    assert search.ledger.blocked


def test_no_wait_that_a_service_does_not_sustain_is_certified() -> None:
    """Of small buckets and of gaps alike: the shorter waits are tried when a bucket has filled again."""
    tried = 0
    for seed in range(examples(25)):
        rate = 0.3 * 1.08**seed
        limiter = TokenBucket(rate, 1 + seed % 5) if seed % 2 else MinimumGap(1 / rate, 0.3 / rate, seed=seed)
        outcome = run(careful(Goal(), Budget()), Service(limiter, 0.02, seed=seed), Clock(0))
        assert outcome.verdict.kind == "certified"
        assert (outcome.verdict.wait or 0) >= limiter.steady_wait(0.05) * 0.999
        tried += "Of shorter waits" in outcome.verdict.statement
    assert tried
