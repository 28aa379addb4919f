"""Where one thing becomes another: a spent quota, a ban, a hint that is refuted, a raise, a bet that goes on."""

from __future__ import annotations

from dataclasses import replace
from math import inf, sqrt
from types import SimpleNamespace

import pytest

from tests.probe.conftest import drive, scripted
from widgets.model.attempt import Attempt, Budget, Goal
from widgets.probe.evidence import EProcess
from widgets.probe.strategies import doubling
from widgets.probe.strategies.bets import Bets
from widgets.probe.strategies.history import Cycle, Ledger, Quota, _outgives
from widgets.probe.strategies.identify import WELL, _ask
from widgets.probe.strategies.manners import Manners
from widgets.probe.strategies.pauses import pause_after, span
from widgets.probe.strategies.raising import _raised, _refilled, hopeless
from widgets.probe.strategies.search import Choice, Search
from widgets.probe.strategies.trial import Trial, caveats
from widgets.probe.strategies.verify import covers, filled, suspected

BLOCK = Cycle(accepted=10, refused=2, started=0.0, stopped=10.0, shut=30.0, ended=50.0, told=False)


def read(*answers: tuple[float, int]) -> Ledger:
    """A ledger that has read (spacing, status) one after the other."""
    ledger, now = Ledger(), 0.0
    for number, (spacing, status) in enumerate(answers, 1):
        now += spacing
        ledger.read(Attempt(number, spacing, spacing if number > 1 else None, now, 0.01, status))
    return ledger


@pytest.mark.parametrize(
    ("accepted", "refused", "told", "ended", "spent"),
    [
        (4, 2, False, 50.0, True),
        (3, 2, False, 50.0, False),  # too few for a quota
        (4, 1, False, 50.0, False),  # one refusal is chance,
        (4, 1, True, 50.0, True),  # unless the service said for how long
        (4, 1, True, 15.0, False),  # and that is more than two requests would have taken
        (4, 1, True, 15.1, True),
    ],
)
def test_a_quota_is_spent_after_a_run_and_more_than_one_refusal(
    accepted: int, refused: int, told: bool, ended: float, spent: bool
) -> None:
    assert replace(BLOCK, accepted=accepted, refused=refused, told=told, ended=ended).spent is spent


def test_a_quota_lasts_from_the_start_of_its_run_to_the_end_of_the_block() -> None:
    later = replace(BLOCK, started=2.0)
    assert (later.length, later.lasted) == ((28.0, 48.0), 8.0)
    found = Quota()
    assert not found
    assert list(found.ends()) == []
    found.learn([later])
    assert (found.accepted, found.least, found.most) == (10, 28.0, 48.0)
    assert list(found.ends()) == [sqrt(28.0 * 48.0), 48.0]
    found.learn([])
    assert found.accepted == 10


@pytest.mark.parametrize(
    ("quota", "window"),
    [
        (3, (10.0, 14.0)),
        (4, (11.0, 15.0)),
        (5, (15.0, 19.0)),  # the whole run
        (6, (15.0, inf)),  # one before the run was still counted
    ],
)
def test_a_window_lasts_from_the_first_of_the_last_requests_that_fill_it(
    quota: int, window: tuple[float, float]
) -> None:
    run = Cycle(5, 2, 5.0, 12.0, 20.0, 24.0, told=False, served=(5.0, 9.0, 10.0, 11.0, 11.5))
    assert run.window(quota) == window
    assert replace(run, served=()).window(quota) == ((15.0, 19.0) if quota <= 5 else (15.0, inf))


def test_a_first_run_that_began_slowly_does_not_lengthen_the_window_of_the_next() -> None:
    """A window of 4 s: of the six in the first run the first had left when the last came."""
    first = Cycle(6, 2, 0.0, 4.2, 5.5, 7.0, told=False, served=(0.0, 2.0, 3.0, 3.5, 4.0, 4.1))
    quick = (7.0, 7.4, 7.8, 8.2, 8.6)
    second = Cycle(5, 2, 7.0, 9.0, 10.5, 11.5, told=False, served=quick)
    found = Quota()
    found.learn([first])
    assert (found.least, found.most) == (5.5, 7.0)
    found.learn([first, second])
    assert (found.accepted, found.least, found.most) == (5, 3.5, 4.5)


@pytest.mark.parametrize(("accepted", "left"), [(11, 11), (9, 9), (8, 10), (6, 0)])
def test_one_refusal_after_the_same_count_is_that_of_the_quota(accepted: int, left: int) -> None:
    """After another count it may be chance; after a much shorter run there is no such quota."""
    found = Quota()
    found.learn([BLOCK])
    found.learn([BLOCK, replace(BLOCK, accepted=accepted, refused=1, stopped=8.0, shut=8.0)])
    assert found.accepted == left


@pytest.mark.parametrize(
    ("accepted", "shut", "clean", "banned"),
    [
        (3, 36.0, [10.0], True),  # shut for 26 s after three requests, where 10 s is long enough
        (3, 34.0, [10.0], False),
        (4, 36.0, [10.0], False),  # after so many it may be the rest of a window
        (3, 30.5, [], True),  # twenty times 1 s, which is too short
        (3, 30.0, [], False),
    ],
)
def test_a_block_after_few_requests_that_outlasts_any_gap_is_a_ban(
    accepted: int, shut: float, clean: list[float], banned: bool
) -> None:
    cycles = [replace(BLOCK, accepted=accepted, shut=shut)]
    assert Ledger(low=1.0 if not clean else 5.0, clean=clean, cycles=cycles).ban_seen is banned


def test_a_ledger_knows_when_each_request_of_a_run_was_sent() -> None:
    ledger = read((0, 200), (1, 200), (2, 200), (1, 200), (1, 429), (3, 429), (4, 200), (1, 200), (1, 429), (5, 200))
    assert [cycle.served for cycle in ledger.cycles] == [(0.0, 1.0, 3.0, 4.0), (12.0, 13.0)]
    assert [len(cycle.served) for cycle in ledger.cycles] == [cycle.accepted for cycle in ledger.cycles]


def test_where_nobody_probed_a_run_is_not_longer_for_it() -> None:
    ledger = Ledger()
    answers = [(0.0, 200, 0.0), (1.0, 200, 0.0), (2.0, 429, 0.0), (103.0, 429, 100.0), (105.0, 200, 0.0)]
    answers += [(106.0, 200, 0.0), (207.0, 200, 100.0), (208.0, 429, 0.0), (210.0, 200, 0.0)]
    for number, (now, status, absent) in enumerate(answers, 1):
        spacing = now - answers[number - 2][0] if number > 1 else None
        ledger.read(Attempt(number, spacing, spacing, now, 0.01, status), absent=absent)
    assert [cycle.served for cycle in ledger.cycles] == [(100.0, 101.0), (207.0,)]
    assert all(cycle.served[0] == cycle.started for cycle in ledger.cycles)


@pytest.mark.parametrize(("run", "left"), [(7, 10), (6, 0)])
def test_a_run_much_shorter_than_the_quota_puts_an_end_to_it(run: int, left: int) -> None:
    found = Quota(accepted=10)
    found.doubt(run)
    assert found.accepted == left


@pytest.mark.parametrize(("accepted", "confirmed"), [(9, False), (10, True), (11, False)])
def test_two_cycles_agree_where_they_are_alike(accepted: int, confirmed: bool) -> None:
    found = Quota()
    found.learn([BLOCK, replace(BLOCK, accepted=accepted, stopped=BLOCK.started + 0.5 * BLOCK.length[0])])
    assert found.confirmed is confirmed


@pytest.mark.parametrize(
    ("accepted", "stopped", "banned"),
    [
        (30, 20.0, True),  # three times as many in twice the time: not even two windows would give them
        (12, 20.0, False),  # hardly more,
        (30, 14.0, False),  # or hardly longer
        (12, 14.0, False),
        (16, 16.0, True),  # just beyond one window and the next one's part
        (15, 15.0, False),
        (13, 16.0, False),  # and as a window of 50 s may give them
        (13, 80.0, True),  # a pace that each window would have sustained was refused
    ],
)
def test_a_ban_is_told_from_a_window_by_what_a_longer_run_was_given(
    accepted: int, stopped: float, banned: bool
) -> None:
    assert _outgives([BLOCK], replace(BLOCK, accepted=accepted, stopped=stopped)) is banned
    assert _outgives([BLOCK, replace(BLOCK, accepted=60)], replace(BLOCK, accepted=accepted, stopped=stopped)) is banned


@pytest.mark.parametrize(("run", "hint"), [(5, 13), (6, 13), (7, 0)])
def test_a_hint_is_refuted_by_a_run_half_as_long_again_as_it_allows(run: int, hint: float) -> None:
    """Up to the refusal 27 s and two for each request have passed: one and three hints of 13 s allow 6 requests."""
    burst = [(0.1, 200)] * 30 + [(0.1, 503), (4.0, 503), (9.0, 503), (27.0, 200)]
    assert read(*burst, *[(2.0, 200)] * (run - 1), (2.0, 503)).hint == pytest.approx(hint)


def test_after_a_ban_the_longest_block_so_far_is_waited_for_first() -> None:
    attempts = [
        Attempt(1, None, None, 0.0, 0.01, 200),
        Attempt(2, 1.0, 1.0, 1.0, 0.01, 200),
        Attempt(3, 1.0, 1.0, 2.0, 0.01, 429),
        Attempt(4, 0.5, 0.5, 2.5, 0.01, 429),
    ]
    search = Search(Manners(Goal(), Budget(), attempts), 1.15, 150)
    search.ledger.cycles += [BLOCK, replace(BLOCK, stopped=20.0)]
    search.quota.burst = 10
    assert search._first_rest() == pytest.approx(40.0 - 0.5)


def test_a_refusal_that_lateness_may_explain_raises_the_wait_a_little_and_only_twice() -> None:
    search = Search(Manners(Goal(), Budget()), 1.15, 150)
    search.ledger.doubtful = True
    trial, waits = Trial(1.0, sure=True), []
    for _ in range(4):
        trial = _raised(search, trial)
        waits.append((round(trial.wait, 4), trial.excused, trial.sure))
    assert waits == [(1.03, 1, True), (1.0609, 2, True), (1.3261, 2, False), (1.6577, 2, False)]
    search.ledger.doubtful = False
    assert _raised(search, Trial(1.0)).wait == 1.25


@pytest.mark.parametrize(("held", "factor"), [(0, 1.25), (3, 1.125), (24, 1.05), (155, 1.02014), (1000, 1.02)])
def test_a_wait_that_held_for_longer_is_raised_by_less(held: int, factor: float) -> None:
    assert Choice(Ledger(), Quota(), 1.15).raised(10.0, held) == pytest.approx(10 * factor, rel=1e-3)
    bursty = Ledger(cycles=[BLOCK])
    assert Choice(bursty, Quota(), 1.15).raised(10.0, held) == pytest.approx(
        10 * (1 + max(0.02, min(0.5, 0.7 / (held + 0.5))))
    )


@pytest.mark.parametrize(
    ("runs", "wait"),
    [
        ((100, 30, 25, 40), sqrt(2.0)),  # the best of the cycles sustained 40 in 80 s
        ((100, 30, 24, 40), 0.0),  # a run of fewer says that the wait is wrong
        ((30, 25, 40), 0.0),  # the first may have begun with a burst that no block refilled
        ((24, 100, 30, 25, 40), sqrt(2.0)),
    ],
)
def test_runs_that_live_on_what_blocks_refill_raise_the_wait_half_the_way_to_what_whole_cycles_sustain(
    runs: tuple[int, ...], wait: float
) -> None:
    ledger = Ledger(cycles=[replace(BLOCK, accepted=run, started=0.0, ended=run + 40.0) for run in runs])
    assert _refilled(ledger, 1.0) == pytest.approx(wait)


def test_a_series_of_trials_that_nearly_hold_is_raised_by_what_it_held_on_average() -> None:
    search = Search(Manners(Goal(), Budget()), 1.15, 150)
    assert _raised(search, Trial(1.0, passed=72, missed=3)).wait == pytest.approx(1 + 0.25 / 5)


@pytest.mark.parametrize(
    ("high", "wait", "sure"),
    [
        (1.01, 1.25, False),  # the same wait
        (1.03, 1.03, True),  # the bracket is closed: its end
        (1.15, 1.15, True),
        (1.2, sqrt(1.2), False),  # what is left of it is halved
        (1.39, sqrt(1.39), False),
        (1.4, 1.25, False),  # so far away says nothing
    ],
)
def test_a_refused_wait_is_followed_by_what_seems_long_enough_close_above_it(
    high: float, wait: float, sure: bool
) -> None:
    search = Search(Manners(Goal(), Budget()), 1.15, 150)
    search.ledger.clean.append(high)
    following = _raised(search, Trial(1.0))
    assert following.wait == pytest.approx(wait)
    assert following.sure is sure


@pytest.mark.parametrize(
    ("missed", "purse", "on"), [(1, 0.9, False), (2, 0.9, False), (3, 0.9, True), (3, 0.11, True), (3, 0.1, False)]
)
def test_a_wait_that_holds_is_bet_on_from_its_third_refusal_on_while_enough_is_left(
    missed: int, purse: float, on: bool
) -> None:
    trial = Trial(1.0, missed=missed)
    bets = Bets(EProcess(Goal(), purse=purse, stakes={0.0: 0.5}), searching(), holding=trial)
    assert bets.refused(trial) is on
    assert bets.wealth.value == pytest.approx(purse)
    assert bets.holding is None
    assert bets.small
    assert bool(bets.wealth.stakes) is on


@pytest.mark.parametrize(
    ("trial", "unbet", "share"),
    [(Trial(1.0, sure=True, stated=True), 1, 0.96), (Trial(1.0, sure=True), 3, 0.9), (Trial(1.0), 7, 0.65)],
)
def test_the_likelier_a_wait_is_to_hold_the_sooner_and_the_more_is_bet_on_it(
    trial: Trial, unbet: int, share: float
) -> None:
    bets = Bets(EProcess(Goal()), searching())
    for _ in range(unbet):
        trial.evidence.append(Attempt(1, 1.0, 1.0, 0.0, 0.01, 200))
        bets.accepted(trial)
        assert not bets.wealth.stakes
    trial.evidence.append(Attempt(1, 1.0, 1.0, 0.0, 0.01, 200))
    bets.accepted(trial)
    assert bets.wealth.purse == pytest.approx(1 - share)
    assert bets.wealth.value > 1


def test_on_a_wait_that_follows_one_that_nearly_held_most_is_bet_at_once() -> None:
    trial = Trial(1.0, passed=30, missed=1)
    trial.evidence.append(Attempt(1, 1.0, 1.0, 0.0, 0.01, 200))
    bets = Bets(EProcess(Goal()), searching(), small=True)
    bets.accepted(trial)
    assert bets.wealth.purse == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("passed", "clean", "missed", "after"),
    [
        (0, 24, 0, (0, 0)),
        (0, 25, 0, (25, 1)),  # so many that the refusal says 'a little too fast' and not 'wrong'
        (25, 24, 1, (0, 0)),
        (25, 25, 1, (50, 2)),
    ],
)
def test_a_series_goes_on_while_25_are_accepted_for_each_refusal(
    passed: int, clean: int, missed: int, after: tuple[int, int]
) -> None:
    trial = Trial(1.0, passed=passed, clean=clean, missed=missed, excused=1)
    trial.miss()
    assert (trial.passed, trial.missed) == after
    assert trial.holds is (after[1] > 0)
    assert trial.excused == (1 if clean < 25 else 0)


@pytest.mark.parametrize(
    ("low", "high", "ratio", "following"),
    [
        (1.0, 9.0, 1.15, (3.0, 2)),
        (1.0, 1.32, 1.15, (sqrt(1.32), 0)),  # the last step is left to the trial
        (1.0, 1.33, 1.15, (sqrt(1.33), 2)),
        (1.0, 1.15, 1.15, (1.15, 0)),
        (1.0, 1.16, 1.15, (sqrt(1.16), 0)),
    ],
)
def test_a_bracket_is_halved_until_it_is_narrow(
    low: float, high: float, ratio: float, following: tuple[float, int]
) -> None:
    choice = Choice(Ledger(low=low, clean=[high]), Quota(), ratio)
    wait, needed = choice.next(inf)
    assert wait == pytest.approx(following[0])
    assert needed == following[1]


def test_where_nothing_is_long_enough_yet_the_wait_is_tripled_or_raised_from_what_held() -> None:
    assert Choice(Ledger(), Quota(), 1.15).next(inf) == (1.0, 1)
    assert Choice(Ledger(low=2.0, held=1), Quota(), 1.15).next(inf) == (6.0, 1)
    assert Choice(Ledger(low=2.0, held=3), Quota(), 1.15).next(inf) == (2.25, 0)
    assert Choice(Ledger(low=2.0, held=3, hint=5.0), Quota(), 1.15).next(inf) == (15.0, 1)
    assert Choice(Ledger(low=2.0, held=3, hint=5.0), Quota(), 1.15).next(5.0) == (2.25, 0), "it cannot be afforded"
    assert Choice(Ledger(low=2.0, held=3, hint=2.04), Quota(), 1.15).next(inf) == (2.25, 0), "the same wait"


@pytest.mark.parametrize(
    ("ledger", "quota", "wait", "needed"),
    [
        (Ledger(), Quota(10, 40.0, 90.0, confirmed=True), 6.0, 22),
        (Ledger(), Quota(10, 40.0, 44.0, confirmed=True), sqrt(4 * 4.4) * 1.02, 0),  # narrow enough for a trial
        (Ledger(low=5.0), Quota(10, 40.0, 90.0, confirmed=True), sqrt(45), 22),
        (Ledger(clean=[6.25]), Quota(10, 40.0, 90.0, confirmed=True), 5.0, 22),
    ],
)
def test_a_quota_is_sought_among_the_paces_that_it_may_sustain(
    ledger: Ledger, quota: Quota, wait: float, needed: int
) -> None:
    found = Choice(ledger, quota, 1.15).next(inf)
    assert found[0] == pytest.approx(wait)
    assert found[1] == needed
    assert Choice(Ledger(), quota, 1.15).next(4.0) == (1.0, 1), "none of them can be afforded"


def test_a_quota_of_one_run_may_be_a_ban_and_a_pace_that_would_spend_it_tells() -> None:
    wait, needed = Choice(Ledger(), Quota(10, 40.0, 90.0), 1.15).next(inf)
    assert wait == pytest.approx(20 / 11)
    assert needed == 22


def trials(*given: tuple[float, int]) -> list[Trial]:
    """Trials that began long before what is seen now."""
    began = [Attempt(1, 1.0, 1.0, -999.0, 0.1, 200)]
    return [Trial(wait, sent=sent, evidence=began) for wait, sent in given]


def at_pace(count: int, wait: float = 1.0, **headers: str) -> list[Attempt]:
    """So many requests, each accepted after `wait`."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return [Attempt(i + 1, wait, wait, wait * i, 0.1, 200, said) for i in range(count)]


RUNGS = [(1.0, 12), (1.05, 12), (1.08, 12), (1.1, 12)]


@pytest.mark.parametrize(
    ("before", "rising"),
    [
        (RUNGS, True),
        (RUNGS[:3], False),  # too few
        ([(1.0, 12), (1.05, 12), (1.08, 12), (1.1, 11)], False),  # too few requests
        ([(1.0, 12), (1.05, 12), (1.08, 12), (1.09, 12)], False),  # hardly a rise
        ([(1.0, 37), (1.05, 6), (1.08, 6), (1.1, 6)], True),
        ([(1.0, 38), (1.05, 6), (1.08, 6), (1.1, 5)], False),  # far too short a wait is no rung
        ([(1.0, 12), (1.05, 12), (1.08, 20), (1.1, 20)], True),
        ([(1.0, 12), (1.05, 12), (1.08, 20), (1.1, 21)], False),  # they did get rarer
    ],
)
def test_a_limit_is_said_to_rise_where_refusals_stay_as_frequent_on_four_longer_and_longer_waits(
    before: list[tuple[float, int]], rising: bool
) -> None:
    trial = Trial(1.2, evidence=at_pace(60), before=trials(*before))
    assert ("Refusals did not get rarer while the wait grew from 1 s to 1.1 s" in caveats(at_pace(2), trial)) is rising


def test_a_pause_that_the_service_once_asked_for_is_told_where_the_evidence_is_no_longer_than_it() -> None:
    trial = Trial(1.0, evidence=at_pace(60))
    asked = [Attempt(1, None, None, 0.0, 0.1, 429, {"Retry-After": "59"})]
    assert "left alone for 59.1 s, longer than this evidence spans" in caveats(asked, trial)
    assert caveats([replace(asked[0], headers={"Retry-After": "58.8"})], trial) == ""


HOPELESS = [(1.0, 2), (1.2, 4), (1.5, 2), (1.9, 4), (2.4, 4), (2.9, 6), (3.5, 4), (4.0, 6)]


@pytest.mark.parametrize(
    ("tried", "given_up"),
    [
        (HOPELESS, True),
        (HOPELESS[:6], False),  # too few
        ([*HOPELESS, (5.0, 6)], False),  # only halves that are as long are compared
        ([*HOPELESS[:4], (2.4, 4), (2.9, 6), (3.5, 4), (4.0, 5)], False),  # 19 requests do not tell
        ([*HOPELESS[:4], (2.4, 5), (2.9, 6), (3.5, 5), (4.0, 6)], False),  # as many each time: a rule, and no chance
        ([*HOPELESS[:4], (2.4, 4), (2.9, 5), (3.5, 5), (4.0, 6)], True),
        ([*HOPELESS[:4], (2.4, 4), (2.9, 5), (3.5, 5), (4.0, 7)], False),  # 4 of 21 are less than 0.6 of 4 of 12
        ([*HOPELESS[:4], (2.4, 2), (2.9, 3), (3.5, 2), (4.0, 20)], False),  # the last one was refused far less often
    ],
)
def test_a_probe_is_given_up_where_refusals_do_not_fall_with_the_pace(
    tried: list[tuple[float, int]], given_up: bool
) -> None:
    end = hopeless(trials(*tried), 0.05)
    assert ("did not get rarer while the wait grew from 1 s to 4 s" in str(end)) is given_up
    assert (end is not None) is given_up


def test_a_probe_is_not_given_up_before_it_is_back_at_a_longer_wait_that_held() -> None:
    assert hopeless(trials(*HOPELESS), 0.05, held=4.1) is None
    assert hopeless(trials(*HOPELESS), 0.05, held=3.9) is not None


def test_refusals_as_rare_as_the_goal_allows_are_no_reason_to_give_up() -> None:
    assert hopeless(trials(*HOPELESS), 0.2) is None


def searching(*cycles: Cycle, burst: int = 0, refilled: int = 0, confirmed: bool = False) -> Search:
    search = Search(Manners(Goal(), Budget()), 1.15, 150)
    search.ledger.cycles += cycles
    search.ledger.refilled = refilled
    search.quota.burst, search.quota.confirmed = burst, confirmed
    return search


@pytest.mark.parametrize(
    ("search", "least"),
    [
        (searching(), 1),
        (searching(replace(BLOCK, accepted=0)), 1),
        (searching(BLOCK, confirmed=True), 22),  # two runs, and one more at either end
        (searching(BLOCK, replace(BLOCK, accepted=40, ended=59.5), confirmed=True), 67),  # or 1.1 of the longest cycle
        (searching(BLOCK, replace(BLOCK, accepted=40, ended=69.5), confirmed=True), 78),
        (searching(BLOCK, replace(BLOCK, accepted=40, ended=90.0), confirmed=True), 82),
        (searching(replace(BLOCK, accepted=20), confirmed=True), 42),
        (searching(BLOCK), 120),  # twelve bursts, where a ban may have filled it
        (searching(replace(BLOCK, accepted=30)), 200),
        (searching(replace(BLOCK, accepted=80)), 240),
        (searching(BLOCK, burst=30), 180),  # six that a ban did fill
        (searching(BLOCK, refilled=30), 180),
        (searching(BLOCK, refilled=30, confirmed=True), 22),
    ],
)
def test_the_evidence_is_as_long_as_the_bursts_and_windows_seen_so_far_require(search: Search, least: int) -> None:
    long_enough = [n for n in range(260) if covers(search, Trial(1.0, evidence=at_pace(n)))]
    assert long_enough[0] == least
    assert long_enough == list(range(least, 260))


LONG_RUN = Cycle(245, 2, 400.0, 403.0, 618.0, 619.0, told=False)
FIRST_RUN = Cycle(241, 2, 0.0, 3.0, 360.0, 364.0, told=False)


def test_a_first_run_may_be_a_reserve_however_slowly_it_began() -> None:
    slowly = Cycle(245, 2, 0.0, 100.0, 360.0, 364.0, told=False)
    later = Cycle(85, 2, 364.0, 464.0, 600.0, 605.0, told=False)
    search = searching(slowly, later, confirmed=True)
    search.quota.accepted, search.quota.least, search.quota.most = 80, 193.0, 262.0
    assert filled(search) == 245


def test_a_long_quick_run_may_be_a_reserve_though_as_long_a_rest_did_not_bring_it_back() -> None:
    """A refill in steps fills it over several cycles, so that one rest tells nothing of the next."""
    later = Cycle(85, 2, 700.0, 721.0, 900.0, 905.0, told=False)
    search = searching(FIRST_RUN, LONG_RUN, later, confirmed=True)
    search.quota.accepted, search.quota.least, search.quota.most = 80, 193.0, 262.0
    assert filled(search) == 245


@pytest.mark.parametrize(("window", "burst"), [("60", 0), ("59", 0), ("61", 10)])
def test_a_ban_is_not_suspected_where_the_service_states_a_quota_that_sustains_the_pace(
    window: str, burst: int
) -> None:
    evidence = at_pace(5, RateLimit_Policy=f'"a";q=60;w={window}')
    assert suspected(searching(BLOCK), Trial(1.0, evidence=evidence)) == burst


def test_evidence_covers_the_spacings_that_were_asked_for_and_no_rest_between_them() -> None:
    row = at_pace(5, 2.0)
    assert span([]) == 0
    assert span(row[:1]) == 0
    late = [*row[:3], *(replace(attempt, started=attempt.started + 100) for attempt in row[3:])]
    assert span(late) == pytest.approx(2 + 2 + 2.04 + 2)
    gap = [row[0], row[4]]  # the requests between did not count
    assert span(gap) == pytest.approx(8)


@pytest.mark.parametrize(
    ("status", "headers", "pause"),
    [
        (429, {"Retry-After": "9"}, 9.5),
        (500, {"Retry-After": "9"}, 9.5),
        (429, {"Retry-After": "0"}, 0.0),
        (429, {}, 0.0),
        (200, {"Retry-After": "9"}, 0.0),
        (200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "7"}, 7.5),
        (200, {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "7"}, 0.0),
        (200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "7", "Retry-After": "9"}, 7.5),
        (200, {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "7", "Retry-After": "9"}, 0.0),
    ],
)
def test_how_long_an_answer_asks_to_be_left_alone_counts_from_the_start_of_its_request(
    status: int, headers: dict[str, str], pause: float
) -> None:
    assert pause_after(Attempt(1, None, None, 0.0, 0.5, status, headers)) == pause


@pytest.mark.parametrize(
    ("run", "cycles", "clean", "rest"),
    [
        (4, (), [0.3, 1.0, 0.1], 1.0),  # of a first burst: the longest wait that was accepted in it
        (3, (), [0.3, 1.0, 0.1], 0.1),  # of a short run: the shortest
        (4, (replace(BLOCK, accepted=3, shut=BLOCK.stopped),), [0.3, 1.0, 0.1], 0.1),
        (4, (replace(BLOCK, accepted=3),), [0.3, 1.0, 0.1], 40.0),  # of a ban: what the last one took
        (4, (), [], 1.5),  # three times the spacing that was refused
    ],
)
def test_after_a_first_refusal_the_rest_is_a_wait_that_was_accepted(
    run: int, cycles: tuple[Cycle, ...], clean: list[float], rest: float
) -> None:
    search = Search(Manners(Goal(), Budget(), [Attempt(1, 0.5, 0.5, 0.0, 0.01, 429)]), 1.15, 150)
    search.ledger.run, search.ledger.clean = run, clean
    search.ledger.cycles += cycles
    assert search._first_rest() == rest


def test_only_the_first_request_of_a_doubling_probe_is_a_greeting() -> None:
    steps, _, _ = drive(doubling(Goal(), Budget()), scripted(200, 429, 200, 200, 200, 200))
    assert [step.phase for step in steps] == ["hello"] + ["search"] * (len(steps) - 1)
    assert len(steps) > 4


@pytest.mark.parametrize(
    ("support", "attempts", "enough"), [(0.95, 24, True), (0.95, 23, False), (0.949, 24, False), (0.5, 9, False)]
)
def test_a_rule_is_supported_well_from_95_per_cent_on_and_by_no_fewer_than_24_attempts(
    monkeypatch: pytest.MonkeyPatch, support: float, attempts: int, enough: bool
) -> None:
    found = (SimpleNamespace(support=support, likeness=support, attempts=attempts, rules=()),)
    monkeypatch.setitem(_ask.__globals__, "candidates", lambda _: found)  # the module has the name of its function
    asking = _ask(Search(Manners(Goal(), Budget()), 1.15, 150), 1)
    if enough:
        with pytest.raises(StopIteration, match=WELL):
            next(asking)
    else:
        assert next(asking).phase == "search"
