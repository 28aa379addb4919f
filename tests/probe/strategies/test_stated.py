"""What a service states comes first: it steers from the hello on, and no verdict goes below it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import formatdate
from math import ceil, floor
from typing import TYPE_CHECKING

import pytest

from server.limiters import FixedWindow, TokenBucket, Unlimited
from tests.bench.arena_world import Clock, Service, run
from tests.probe.conftest import drive, scripted
from tests.probe.worlds import JSON, Bucket, Clocked, Window, World, drive_world
from widgets.http.limits import Limits, Policy, Resets
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.probe.strategies import STRATEGIES, careful, quick, recheck
from widgets.probe.strategies.pauses import pause_after
from widgets.probe.strategies.stated import Alternating, Spending

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Answer = tuple[int, float, Mapping[str, str]]

EPOCH = 1_790_000_000.0

GITHUB = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": "3600"}
POLICY = {"RateLimit-Policy": '"hour";q=5000;w=3600'}
EVERY = pytest.mark.parametrize("name", [name for name in STRATEGIES if name != "identify"])


def always(headers: Mapping[str, str], latency: float = 0.01) -> Callable[[float], Answer]:
    return lambda _: (200, latency, headers)


@EVERY
@pytest.mark.parametrize("headers", [GITHUB, POLICY], ids=["what is left", "a policy"])
def test_no_burst_is_sent_and_no_limit_is_never_unseen_where_one_is_stated(name: str, headers: dict[str, str]) -> None:
    """'No limit seen' was said where every answer stated 5,000 an hour."""
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), always(headers))
    assert verdict.kind in {"stated", "certified"}
    assert (verdict.wait or 0) >= 0.72
    assert min(attempt.spacing or 1 for attempt in attempts) >= 0.72


def test_the_services_word_is_told_with_how_far_it_was_tried() -> None:
    _, attempts, verdict = drive(quick(Goal(), Budget()), always(POLICY))
    assert (verdict.kind, verdict.accepted, verdict.requests) == ("stated", 12, 13)
    assert verdict.statement.startswith(
        "The service states 5,000 an hour: 0.72 s between requests. "
        "12 of 12 that count were accepted at 0.735 s over 8.08 s."
    )
    assert attempts[1].wait == pytest.approx(1.02 * 0.72)


@pytest.mark.parametrize(
    ("reset", "limit", "wait", "words"),
    [
        (2700, 5000, 0.72, "5,000 in all, taken as 5,000 an hour"),
        (2995, 60, 60.0, "taken as 60 an hour"),
        (470, 1000, 0.6, "taken as 1,000 in 10 minutes"),
        (54_000, 50, 1728.0, "taken as 50 a day"),
    ],
)
def test_a_quota_that_was_begun_is_taken_for_the_usual_one_that_its_rest_fits_into(
    reset: int, limit: int, wait: float, words: str
) -> None:
    """5,000 an hour of which 45 minutes are left sustains 0.72 s, and not the 0.54 s of what is left."""
    said = {"X-RateLimit-Limit": f"{limit}", "X-RateLimit-Remaining": f"{limit - 1}", "X-RateLimit-Reset": f"{reset}"}
    _, _, verdict = drive(quick(Goal(), Budget()), always(said))
    assert verdict.kind == "stated"
    assert verdict.wait == pytest.approx(wait, rel=0.021)
    assert (verdict.wait or 0) >= wait
    assert words in verdict.statement


def test_of_several_policies_the_slowest_governs() -> None:
    both = {"RateLimit-Policy": '"burst";q=10;w=1, "hour";q=3600;w=7200'}
    _, _, verdict = drive(quick(Goal(), Budget()), always(both))
    assert verdict.wait == pytest.approx(2.04)


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_quota_that_tells_its_end_alone_counts_beside_one_of_a_day(strategy: str) -> None:
    """X tells 15 until a reset, and what its app may ask a day: 'stated: 1.73 s' was said, where 60 s are sustained."""
    of_a_while, of_a_day = Clocked(15, 900.0, 100.0), Clocked(50_000, 86_400.0, 5000.0)
    world = World("X", lambda t: of_a_while.take(t) and of_a_day.take(t), (429, {}, ""), latency=0.1)
    world.states = lambda t: {
        "x-rate-limit-limit": "15",
        "x-rate-limit-remaining": f"{of_a_while.left(t)}",
        "x-rate-limit-reset": f"{int(of_a_while.reset(t))}",
        "x-app-limit-24hour-limit": "50000",
        "x-app-limit-24hour-remaining": f"{of_a_day.left(t)}",
    }
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "stated"
    assert 60 <= (verdict.wait or 0) < 63
    assert "and 15 in all, taken as 15 in 15 minutes" in verdict.statement
    assert all(attempt.outcome is Outcome.ACCEPTED for attempt in attempts)


def _in_fields(second: Clocked, day: Clocked, t: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": "10",
        "X-RateLimit-Remaining": f"{second.left(t)}",
        "X-RateLimit-Reset": f"{ceil(second.reset(t))}",
        "X-Account-RateLimit-Limit": "1000",
        "X-Account-RateLimit-Remaining": f"{day.left(t)}",
        "X-Account-RateLimit-Reset": f"{int(day.reset(t))}",
    }


def _without_limits(second: Clocked, day: Clocked, t: float) -> dict[str, str]:
    return {name: said for name, said in _in_fields(second, day, t).items() if not name.endswith("-Limit")}


def _as_eventbrite(second: Clocked, day: Clocked, t: float) -> dict[str, str]:
    of_a_second = f"token:ABC {10 - second.left(t)}/10 reset={ceil(second.reset(t))}s"
    return {"X-Rate-Limit": f"{of_a_second}, key:DEF {1000 - day.left(t)}/1000 reset={int(day.reset(t))}s"}


@pytest.mark.parametrize("says", [_in_fields, _without_limits, _as_eventbrite])
@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_of_several_quotas_without_a_window_the_slowest_governs(
    strategy: str, says: Callable[[Clocked, Clocked, float], Mapping[str, str]]
) -> None:
    """Of 10 a second beside 1,000 a day only the one nearest to its end was read: 0.102 s was certified."""
    second, day = Clocked(10, 1.0, 0.3), Clocked(1000, 86_400.0, 36_400.0)
    world = World("both", lambda t: second.take(t) and day.take(t), (429, {}, ""), latency=0.03)
    world.states = lambda t: says(second, day, t)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "stated"
    assert (verdict.wait or 0) > 50, "what is left of the day is spread over it, or all of it over a day"


def test_a_pace_that_is_stated_only_later_ends_the_descent_there() -> None:
    left = iter([dict[str, str]()] * 4)

    def answer(_: float) -> Answer:
        return 200, 0.01, next(left, POLICY)

    _, attempts, verdict = drive(quick(Goal(), Budget()), answer)
    assert verdict.kind == "stated"
    assert min(attempt.spacing or 1 for attempt in attempts[5:]) >= 0.72


def test_a_stated_pace_that_is_refused_is_searched_from_and_never_undercut() -> None:
    rule = FixedWindow(20, 30)

    def answer(started: float) -> Answer:
        return (200 if rule.ask(started).accepted else 429), 0.01, POLICY

    _, _, verdict = drive(careful(Goal(), Budget()), answer)
    assert verdict.kind == "certified"
    assert (verdict.wait or 0) >= 1.5 * 0.95


def test_a_service_that_serves_more_than_it_states_is_still_taken_at_its_word() -> None:
    outcome = run(careful(Goal(), Budget()), Service(Unlimited(), 0.01), Clock())
    assert outcome.verdict.kind == "no limit seen"
    _, _, verdict = drive(recheck(Goal(), Budget(), 0.1), always(POLICY))
    assert (verdict.wait or 0) >= 0.72
    assert verdict.kind == "stated"
    assert "no longer holds" not in verdict.statement


@EVERY
@pytest.mark.parametrize("left", [1, 30, 60])
def test_at_most_half_of_what_is_said_to_be_left_is_spent(name: str, left: int) -> None:
    remaining = [left]

    def answer(_: float) -> Answer:
        headers = {"RateLimit-Policy": '"hour";q=60;w=3600', "RateLimit": f'"hour";r={remaining[0]};t=3000'}
        remaining[0] = max(0, remaining[0] - 1)
        return 200, 0.01, headers

    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), answer)
    assert len(attempts) - 1 <= left / 2
    assert verdict.kind == "stated"
    assert verdict.wait == pytest.approx(60, rel=0.03)


def test_more_of_it_may_be_spent_where_the_person_says_so() -> None:
    answer = always({"RateLimit-Policy": '"hour";q=3600;w=3600', "RateLimit": '"hour";r=70;t=3000'})
    spent = [drive(careful(Goal(), Budget(left=share)), answer)[2] for share in (0.5, 1.0)]
    assert [verdict.kind for verdict in spent] == ["stated", "certified"]
    with pytest.raises(ValueError, match="left"):
        Budget(left=1.5)


def test_a_quota_that_is_renewed_within_minutes_is_not_saved_up() -> None:
    outcome = run(careful(Goal(), Budget()), Service(FixedWindow(60, 60), 0.01, 1, states=True), Clock())
    assert outcome.verdict.kind == "certified"
    assert outcome.refused == 0


SPENT = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "50"}


@pytest.mark.parametrize("status", [200, 429, 403])
def test_a_stated_reset_is_obeyed_where_nothing_is_left(status: int) -> None:
    assert pause_after(Attempt(1, None, None, 0, 0.5, status, SPENT)) == 50.5
    some = SPENT | {"X-RateLimit-Remaining": "3"}
    assert pause_after(Attempt(1, None, None, 0, 0.5, status, some)) == 0


def test_beyond_the_budget_it_ends_at_once_and_says_when_to_come_back() -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "5000"}
    _, attempts, verdict = drive(careful(Goal(), Budget()), lambda _: (429, 0.01, spent))
    assert len(attempts) == 1
    assert "come back in 1 h 24 min" in verdict.statement
    assert "Retry-After" not in verdict.statement
    assert "a quota of about 0" not in verdict.statement


def test_a_quota_that_a_trial_uses_up_is_not_hidden_by_the_pause_for_its_reset() -> None:
    """The bucket states ten times what it serves, and when it is empty: each pause for that looked like success."""

    rule = TokenBucket(0.5, 10)

    def answer(started: float) -> Answer:
        decision = rule.ask(started)
        (policy,) = decision.policies
        headers = {
            "RateLimit-Policy": '"bucket";q=100;w=20',
            "RateLimit": f'"bucket";r={policy.remaining};t={policy.reset:.0f}',
        }
        return (200 if decision.accepted else 429), 0.01, headers

    for strategy in (careful, quick):
        rule = TokenBucket(0.5, 10)
        _, attempts, verdict = drive(strategy(Goal(), Budget()), answer)
        assert (verdict.wait or 0) >= rule.steady_wait(0.05)
        assert sum(attempt.outcome is Outcome.REFUSED for attempt in attempts) == 0


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (200, {}, Outcome.ACCEPTED),
        (204, {}, Outcome.ACCEPTED),
        (304, {}, Outcome.ACCEPTED),
        (301, {}, Outcome.FAILED),
        (302, {"Location": "/captcha"}, Outcome.FAILED),
        (403, {}, Outcome.FAILED),
        (403, {"Retry-After": "5"}, Outcome.REFUSED),
        (500, {"Retry-After": "5"}, Outcome.REFUSED),
        (420, {"X-RateLimit-Remaining": "0"}, Outcome.REFUSED),
        (429, {}, Outcome.REFUSED),
        (503, {}, Outcome.REFUSED),
        (None, {}, Outcome.FAILED),
    ],
)
def test_accepted_means_served(status: int | None, headers: dict[str, str], outcome: Outcome) -> None:
    assert Attempt(1, None, None, 0, 0.1, status, headers).outcome is outcome


@EVERY
def test_a_redirect_that_leads_elsewhere_ends_the_probe_with_the_address(name: str) -> None:
    moved = {"Location": "https://elsewhere.example/x"}
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), lambda _: (301, 0.01, moved))
    assert len(attempts) == 2
    assert verdict.kind == "inconclusive"
    assert "sends this on to https://elsewhere.example/x" in verdict.statement
    assert "Give that address" in verdict.statement


@EVERY
def test_a_redirect_that_was_followed_is_said(name: str) -> None:
    answers = iter([(301, 0.01, {"Location": "/new"})])
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), lambda _: next(answers, (200, 0.01, {})))
    assert verdict.kind != "inconclusive"
    assert "The address redirects to /new, which was asked instead." in verdict.statement
    assert f"all of {len(attempts)}" not in verdict.statement


def test_a_redirect_that_begins_later_is_not_counted_as_served() -> None:
    answers = iter([*[(200, 0.01, dict[str, str]())] * 10, *[(302, 0.01, {"Location": "/captcha"})] * 100])
    _, _, verdict = drive(careful(Goal(), Budget()), lambda _: next(answers))
    assert verdict.kind == "inconclusive"
    assert "9 in a row failed (302)" in verdict.statement
    assert "may have shut this client out because of the pace" in verdict.statement


def test_counts_in_sentences_are_counts_of_outcomes() -> None:
    answers = iter([(200, 0.01, dict[str, str]()), (500, 0.01, {})])
    _, attempts, verdict = drive(quick(Goal(), Budget()), lambda _: next(answers, (200, 0.01, {})))
    assert verdict.kind == "no limit seen"
    assert f"{len(attempts) - 1} of {len(attempts)} requests" in verdict.statement
    assert "1 failed" in verdict.statement


def test_the_certificate_names_its_assumptions_and_for_whom_it_holds() -> None:
    outcome = run(careful(Goal(), Budget()), Service(TokenBucket(1, 5), 0.01), Clock())
    statement = outcome.verdict.statement
    assert "without a model" not in statement
    assert "refused with at least that chance, whatever came before" in statement
    assert "longer waits are refused no more often" in statement
    assert "for this User-Agent, key and network address" in statement


@pytest.mark.parametrize(
    ("sent", "said"),
    [("7200", "2 h"), ("59473", "16 h 32 min"), ("5001", "1 h 24 min"), ("3661", "1 h 2 min"), ("250", "4 min 10 s")],
)
def test_a_pause_is_told_in_units_that_people_know_and_never_shorter_than_it_was_sent(sent: str, said: str) -> None:
    _, _, verdict = drive(careful(Goal(), Budget(seconds=200)), scripted(200, 429, latency=0.08, Retry_After=sent))
    assert f"left alone for {said} (Retry-After), beyond the budget of 3 min 20 s." in verdict.statement
    assert f"come back in {said}." in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_quota_that_is_counted_down_to_a_near_reset_states_its_pace(strategy: str) -> None:
    rule = Clocked(5, 5.0)
    world = World("5 in 5 s", rule.take, (429, {}, ""))
    world.states = lambda t: {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": f"{rule.left(t)}",
        "X-RateLimit-Reset-After": f"{rule.reset(t):.3f}",
    }
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == {"quick": "stated", "careful": "certified"}[strategy], verdict.statement
    assert verdict.wait is not None
    assert 1.0 <= verdict.wait <= 1.06
    assert not any(attempt.outcome is Outcome.REFUSED for attempt in attempts)


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_quota_of_a_few_with_no_window_is_looked_at_again_after_a_second_or_two(strategy: str) -> None:
    rule = Window(3, 1.0)
    world = World("3 a second", rule.take, (429, {"Retry-After": "2"}, ""))
    world.states = lambda _: {"X-RateLimit-Limit": "3", "X-RateLimit-Remaining": f"{3 - len(rule.times)}"}
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy], verdict.statement
    assert verdict.wait == pytest.approx(1 / 3, rel=0.25)


def test_a_reset_in_whole_seconds_is_taken_for_the_usual_window_that_ends_just_before() -> None:
    spending, resets, said = Spending(), Resets(), []
    for i in range(10):
        attempt = Attempt(i, 0.0, 0.05, 0.05 * i, 0.05, 200)
        limits = Limits(remaining=9.0 - i, reset=1.0, reading="seconds left")
        resets.hear(limits, attempt.started, attempt.started + attempt.latency)
        said.append(spending.hear(attempt, limits, resets))
    assert said[:-1] == [None] * 9
    assert said[-1] is not None
    assert said[-1].wait == pytest.approx(0.1)
    assert said[-1].words == "that nothing is left of 10 requests in 1 s"


@pytest.mark.parametrize("name", ["quick", "careful"])
def test_a_stated_pace_that_the_budget_cannot_try_is_told_at_once(name: str) -> None:
    """50 a day and an hour to probe: two requests in that hour would show nothing."""
    headers = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset": "54000"}
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget(seconds=3600)), always(headers))
    assert verdict.kind == "stated"
    assert len(attempts) == 1
    assert "No request was counted at that pace. 4 requests at that pace would take" in verdict.statement


@pytest.mark.parametrize("name", ["quick", "careful"])
@pytest.mark.parametrize("reset", [True, False], ids=["reset told", "reset untold"])
def test_a_quota_that_is_counted_down_and_never_spent_is_no_absence_of_a_limit(name: str, reset: bool) -> None:
    """44 in 4 s, and each answer takes 0.14 s: nothing is refused, and 'no limit seen' was said beside the count."""
    seen: list[float] = []

    def answer(at: float) -> Answer:
        seen[:] = [each for each in seen if each // 4 == at // 4] + [at]
        headers = {"X-RateLimit-Limit": "44", "X-RateLimit-Remaining": f"{44 - len(seen)}"}
        return 200, 0.142, headers | ({"X-RateLimit-Reset": f"{4 - at % 4:.0f}"} if reset else {})

    _, _, verdict = drive(STRATEGIES[name](Goal(), Budget()), answer)
    assert verdict.kind == "stated"
    assert "counts down a quota of 44 requests, and once it had accepted one it refused none" in verdict.statement
    assert "renewed" not in verdict.statement, "that was not seen everywhere"
    assert (verdict.wait or 0) >= 4 / 44
    assert verdict.accepted > 100
    assert verdict.refused == 0


def whole_seconds(*, moving: bool) -> Callable[[float], Answer]:
    """10 in 2 s, from the first of them or in any 2 s, with what is left and a reset in whole seconds."""
    taken: list[float] = []

    def answer(at: float) -> Answer:
        over = not taken or at >= taken[0] + 2
        taken[:] = [each for each in taken if each > at - 2] if moving else [] if over else taken
        free = len(taken) < 10
        taken.extend([at] * free)
        reset = f"{ceil(taken[0] + 2 - at)}"
        headers = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": f"{10 - len(taken)}", "X-RateLimit-Reset": reset}
        return (200 if free else 429), 0.005, headers

    return answer


@pytest.mark.parametrize("name", ["quick", "careful"])
@pytest.mark.parametrize("moving", [False, True], ids=["fixed", "moving"])
def test_pauses_that_are_asked_for_at_each_turn_of_a_quota_do_not_certify_a_pace_that_lives_on_them(
    name: str, moving: bool
) -> None:
    """0.155 s was certified for 0.2 s: after each tenth request 'nothing left, 1 s' made the probe rest."""
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), whole_seconds(moving=moving))
    assert 0.19 <= (verdict.wait or 0) < 0.3
    assert all(attempt.status == 200 for attempt in attempts)
    again = whole_seconds(moving=moving)
    assert all(again(i * (verdict.wait or 0))[0] == 200 for i in range(100))


def told_by(
    dialect: str, *, moving: bool, phase: float, quota: int = 10, window: float = 2
) -> Callable[[float], Answer]:
    """So many in a window, from the first of them or in any such time; what is left, and when it ends, in a dialect."""
    taken: list[float] = []

    def answer(at: float) -> Answer:
        now = at + phase
        over = not taken or now >= taken[0] + window
        taken[:] = [each for each in taken if each > now - window] if moving else [] if over else taken
        free = len(taken) < quota
        taken.extend([now] * free)
        ends = taken[0] + window
        reset = {"seconds": ceil(ends - now), "epoch": int(1_760_000_000 + ends + 1)}[dialect]
        headers = {"X-RateLimit-Limit": f"{quota}", "X-RateLimit-Remaining": f"{quota - len(taken)}"}
        headers |= {"X-RateLimit-Reset": f"{reset}", "Date": formatdate(1_760_000_000 + floor(now), usegmt=True)}
        return (200 if free else 429), 0.005, headers

    return answer


@pytest.mark.parametrize("phase", [0.0, 0.37, 0.81])
@pytest.mark.parametrize("moving", [False, True], ids=["fixed", "moving"])
@pytest.mark.parametrize(
    ("dialect", "name", "most"), [("seconds", "careful", 1.25), ("epoch", "careful", 1.3), ("epoch", "quick", 1.3)]
)
def test_a_short_window_is_found_though_its_end_is_told_in_whole_seconds(
    dialect: str, name: str, most: float, moving: bool, phase: float
) -> None:
    """10 in 2 s: 0.26 to 0.35 s were recommended for 0.2, and up to 0.51 s at real services."""
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), told_by(dialect, moving=moving, phase=phase))
    assert 0.2 <= (verdict.wait or 0) <= 0.2 * most
    assert all(attempt.status == 200 for attempt in attempts)


@pytest.mark.parametrize("phase", [0.0, 0.37, 0.81])
@pytest.mark.parametrize("moving", [False, True], ids=["fixed", "moving"])
def test_a_pace_that_came_of_rounded_ends_is_replaced_by_what_is_left(moving: bool, phase: float) -> None:
    """At 0.2 s the tenth answer says 'nothing left', up to 1 s long: each trial grew until nine filled the window."""
    _, attempts, verdict = drive(careful(Goal(), Budget()), told_by("epoch", moving=moving, phase=phase))
    assert 0.2 <= (verdict.wait or 0) <= 0.2 * 1.08
    assert all(attempt.status == 200 for attempt in attempts)


@pytest.mark.parametrize("name", ["quick", "careful"])
def test_a_reset_that_is_told_a_little_over_a_minute_is_a_minutes(name: str) -> None:
    """100 a minute, whose end is told a second late: it was taken for 100 in 10 minutes, 6 s for 0.6."""
    world = told_by("epoch", moving=False, phase=0.5, quota=100, window=60)
    _, _, verdict = drive(STRATEGIES[name](Goal(), Budget()), world)
    assert 0.6 <= (verdict.wait or 0) <= 0.7
    assert "10 minutes" not in verdict.statement


def test_quick_sees_a_short_quota_out_before_it_recommends_its_pace() -> None:
    """20 in 10 s with ends in whole seconds: 12 straight answers at 0.46 s were 'stated', where 0.5 s is the truth."""
    _, _, verdict = drive(quick(Goal(), Budget()), told_by("epoch", moving=False, phase=0.0, quota=20, window=10))
    assert 0.5 <= (verdict.wait or 0) <= 0.62


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_quota_of_which_only_what_is_left_is_told_states_its_pace(strategy: str) -> None:
    """`X-MinLimit-Remaining` was not read, and then spent within seconds, each minute anew."""
    minute, day = Clocked(60, 60.0, 12.0), Clocked(5000, 86_400.0, 30_000.0)
    world = World("Xero", lambda t: minute.take(t) and day.take(t), (429, {}, ""))
    world.states = lambda t: {"X-DayLimit-Remaining": str(day.left(t)), "X-MinLimit-Remaining": str(minute.left(t))}
    verdict, _ = drive_world(world, strategy)
    assert 0.98 <= (verdict.wait or 0) < 1.15
    assert sum(not served for _, served, _ in world.log) == 0
    # The day's would be spent within an hour and a half, of which nothing was said.
    left = (
        f" Of what it allows a day {5000 - len(world.log):,} requests are left, as it tells: at this wait they last 1 h"
    )
    assert left in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("zone", ["", "Z"])
def test_a_reset_without_a_zone_is_said_to_be_taken_for_utc(zone: str, strategy: str) -> None:
    """20 a minute whose end is told by the clock of Tokyo were 'stated' as '19 more requests within 32,452 s'."""
    minute = Clocked(20, 60.0, 9.0)
    world = World("a local clock", minute.take, (429, {}, ""))
    world.states = lambda t: {
        "Date": formatdate(EPOCH + t, usegmt=True),
        "X-RateLimit-Limit": "20",
        "X-RateLimit-Remaining": str(minute.left(t)),
        "X-RateLimit-Reset": datetime.fromtimestamp(EPOCH + t + minute.reset(t) + 32_400, UTC).isoformat()[:19] + zone,
    }
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "stated"
    assert len(
        re.findall(r" s( after this probe began)?, if the time that it tells without a zone is UTC", verdict.statement)
    ) == (0 if zone else 2)


@pytest.mark.parametrize("zone", ["", "Z"])
def test_who_is_left_alone_until_a_time_without_a_zone_is_told_so(zone: str) -> None:
    told = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"2026-09-21 23:14:00{zone}"}
    world = World("a local clock", lambda _: False, (429, told | {"Date": formatdate(EPOCH, usegmt=True)}, ""))
    verdict, _ = drive_world(world, "quick")
    assert "(nothing is left of its quota until then" in verdict.statement
    assert ("until then, if the time that it tells without a zone is UTC)" in verdict.statement) is (zone == "")


@pytest.mark.parametrize(("number", "doubted"), [("50838", True), ("43", False)])
def test_who_is_left_alone_for_a_plain_number_of_hours_is_told_what_it_would_be_in_milliseconds(
    number: str, doubted: bool
) -> None:
    """SkuVault's reset of 51 s was '14 h 8 min' without a word of doubt."""
    told = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": number}
    verdict, _ = drive_world(World("a bare number", lambda _: False, (429, told, "")), "quick", Budget(seconds=40))
    assert "(nothing is left of its quota until then" in verdict.statement
    assert ("are seconds: were they milliseconds, it would be 50.8 s)" in verdict.statement) is doubted


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_of_a_month_of_which_twenty_are_left_at_most_ten_are_spent(strategy: str) -> None:
    left = [21]

    def take(_: float) -> bool:
        left[0] -= 1
        return left[0] >= 0

    world = World("a month", take, (429, {}, ""))
    world.states = lambda _: {"X-RateLimit-Limit-Month": "500", "X-RateLimit-Remaining-Month": str(left[0])}
    verdict, attempts = drive_world(world, strategy, Budget(seconds=1e7))
    assert len(attempts) <= 11
    assert (verdict.kind, verdict.tested) == ("stated", verdict.wait)
    assert verdict.wait == pytest.approx(1.02 * 5184)


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_pauses_that_are_always_asked_for_are_the_pace(strategy: str) -> None:
    world = World("backoff", lambda _: True, (429, {}, ""))
    world.states = lambda _: {"Backoff": "10"}
    verdict, attempts = drive_world(world, strategy)
    assert 9.9 <= (verdict.wait or 0) < 11
    assert verdict.kind != "no limit seen"
    assert all(each.outcome is Outcome.ACCEPTED for each in attempts)


@pytest.mark.parametrize(
    ("quota", "window", "offset", "latency", "more", "spent"),
    [
        (40, 7, 1.18, 0.004, 1, 0),  # it had begun before the first request that met it
        (20, 5, 0.51, 0.004, 1, 3),  # a part had been spent before anybody asked
        (40, 10, 2.85, 0.2, 0, 0),  # the fraction of a second is cut off
        (40, 7, 4.93, 0.08, 0, 0),
    ],
)
def test_a_window_by_the_clock_that_is_told_in_whole_seconds_is_never_stated_too_short(
    quota: int, window: int, offset: float, latency: float, more: int, spent: int
) -> None:
    used = Counter({int(offset // window): spent})

    def turn(t: float) -> int:
        return int((t + offset) // window)

    def take(t: float) -> bool:
        free = used[turn(t)] < quota
        used[turn(t)] += free
        return free

    world = World("by the clock", take, (429, {}, ""))
    world.latency = latency
    world.states = lambda t: {
        "X-RateLimit-Limit": f"{quota}",
        "X-RateLimit-Remaining": f"{quota - used[turn(t)]}",
        "X-RateLimit-Reset": f"{int(window - (t + offset) % window) + more}",
    }
    verdict, _ = drive_world(world, "quick")
    assert (verdict.wait or 0.0) >= window / quota


REFILLED: dict[str, Callable[[float, float], str]] = {
    "seconds": lambda rest, _: f"{rest:.3g}s",
    "whole seconds": lambda rest, _: f"{int(rest) + 1}",
    "a moment": lambda rest, t: f"{int(EPOCH + t + rest) + 1}",
}


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("quota", [20, 50, 60])
@pytest.mark.parametrize("form", REFILLED.values(), ids=REFILLED)
def test_a_quota_that_is_refilled_is_told_by_its_own_number_and_not_by_what_was_served(
    form: Callable[[float, float], str], quota: int, strategy: str
) -> None:
    """'The service states that nothing is left of 66 requests' was said of one that states 60, refilled meanwhile."""
    rule = Bucket(quota, quota / 60)
    world = World("refilled", rule.take, (429, {}, ""), latency=0.08)
    world.states = lambda t: {
        "Date": formatdate(EPOCH + t, usegmt=True),
        "X-RateLimit-Limit": f"{quota}",
        "X-RateLimit-Remaining": f"{int(rule.level)}",
        "X-RateLimit-Reset": form((quota - rule.level) * 60 / quota, t),
    }
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"stated", "certified", "estimated"}
    assert 0.98 * 60 / quota <= (verdict.wait or 0) <= 1.35 * 60 / quota
    named = re.findall(r"nothing is left of (\d+) requests", verdict.statement)
    assert named in ([], [f"{quota}"])


def test_a_window_that_was_renewed_before_it_was_emptied_is_none_that_is_refilled() -> None:
    spending, resets = Spending(), Resets()
    rule = Clocked(60, 60.0)
    times = [*(1.5 * i for i in range(40)), *(60 + 0.25 * i for i in range(60))]
    found = []
    for number, t in enumerate(times):
        rule.take(t)
        limits = Limits(remaining=rule.left(t), reset=rule.reset(t), policies=(Policy(60.0, None),))
        resets.hear(limits, t, t + 0.01)
        found.append(spending.hear(Attempt(number + 1, 1.0, 1.0, t, 0.01, 200), limits, resets))
    stated = [each for each in found if each]
    assert all(each.wait >= 0.98 for each in stated)
    assert not any("come back" in each.words for each in stated)


def test_a_quota_of_one_is_told_in_the_singular() -> None:
    world = World("one", Window(1, 900.0).take, (429, {}, ""))
    world.states = lambda t: {
        "X-RateLimit-Limit": "1",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": f"{ceil(900 - t)}",
    }
    verdict, _ = drive_world(world, "quick")
    assert "nothing is left of 1 request in 900 s" in verdict.statement


BY_TURNS = [(5000, 3600.0, 0.0), (61, 60.0, 0.0)]
"""The quota, its seconds, and how much of them is over, of two that each answer tells one of."""


def told_by_turns(quotas: Sequence[tuple[int, float, float]], turn: Callable[[int], int]) -> World:
    """A service of several quotas, of which each answer tells one and never how long its window is."""
    rules = [Clocked(*each) for each in quotas]

    def takes(t: float) -> bool:
        return all(rule.left(t) for rule in rules) and all(rule.take(t) for rule in rules)

    world = World("turns", takes, (429, JSON, "{}"))

    def states(t: float) -> dict[str, str]:
        rule = rules[turn(len(world.log))]
        told_of = {"Limit": rule.quota, "Remaining": rule.left(t), "Reset": ceil(rule.reset(t))}
        return {f"X-RateLimit-{name}": f"{value}" for name, value in told_of.items()}

    world.states = states
    return world


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("turn", [lambda n: n % 2, lambda n: int(n % 3 == 0)], ids=["each other", "each third"])
@pytest.mark.parametrize(
    ("quotas", "truth"),
    [
        (BY_TURNS, 60 / 61),
        (BY_TURNS[::-1], 60 / 61),
        ([(1000, 900.0, 0.0), (40, 60.0, 0.0)], 1.5),
        ([(3000, 3600.0, 2884.0), (50, 60.0, 45.0)], 1.2),
        ([(1000, 3600.0, 0.0), (60, 60.0, 0.0)], 3.6),
    ],
)
def test_of_quotas_that_are_told_by_turns_the_tightest_is_kept(
    strategy: str, quotas: Sequence[tuple[int, float, float]], truth: float, turn: Callable[[int], int]
) -> None:
    """0.73 s was stated of 5,000 an hour where the next answer told of 61 a minute."""
    verdict, attempts = drive_world(told_by_turns(quotas, turn), strategy, Budget(requests=400))
    assert truth <= (verdict.wait or 0.0) < 1.15 * truth
    assert all(each.outcome is Outcome.ACCEPTED for each in attempts)


def test_a_quota_that_is_told_instead_of_another_from_then_on_is_no_second_one() -> None:
    """A plan that was raised, or lowered, while somebody asked: what was spent of it until then is no pace."""
    told = Alternating()
    rows = [(100.0, left) for left in (99.0, 98.0, 97.0)] + [(40.0, left) for left in (3.0, 2.0, 1.0)]
    assert not any(told.hear(Limits(remaining=left, reset=50.0, size=size)) for size, left in rows)
    again = told.hear(Limits(remaining=90.0, reset=50.0, size=100.0))
    assert again is not None
    assert again.wait == pytest.approx(50 / 3)


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(
    ("quota", "seconds", "into"),
    [(100, 300.0, 0.0), (100, 300.0, 112.0), (300, 300.0, 229.0), (60, 600.0, 349.0), (300, 900.0, 700.0)],
)
def test_what_is_told_of_five_minutes_is_taken_for_no_ten(
    strategy: str, quota: int, seconds: float, into: float
) -> None:
    """'100 in all, taken as 100 in 10 minutes' was said of 100 in 5, though the next window lasted 5 as well."""
    verdict, _ = drive_world(told_by_turns([(quota, seconds, into)], lambda _: 0), strategy)
    assert 1 <= (verdict.wait or 0.0) * quota / seconds < 1.15


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("ends", [True, False], ids=["with its reset", "without"])
def test_what_is_left_of_a_days_quota_is_told_where_it_ends_before_the_day(strategy: str, ends: bool) -> None:
    """500 a day, of which 12 were left: 173 s were 'stated', and in a quarter of an hour it refused until midnight."""
    day = Clocked(500, 86_400.0, 51_200.0)
    for _ in range(488):
        day.take(0.0)
    world = World("Yelp", day.take, (429, JSON, '{"error": {"code": "ACCESS_LIMIT_REACHED"}}'))
    until = {"RateLimit-Reset": "35200"} if ends else {}
    world.states = lambda t: {"RateLimit-Limit": "500;w=86400", "RateLimit-Remaining": str(day.left(t)), **until}
    verdict, attempts = drive_world(world, strategy)
    left = 12 - len(attempts)
    assert verdict.kind == "stated"
    assert left > 0
    said = f"{left} requests are left" + (" until a reset in 9 h 46 min, as it tells" if ends else ", as it tells")
    assert said in verdict.statement
    assert "at this wait they last 2" in verdict.statement


def test_nothing_is_said_of_what_is_left_of_a_quota_that_lasts_until_its_reset() -> None:
    _, _, verdict = drive(quick(Goal(), Budget()), always(GITHUB | POLICY))
    assert "at this wait they last" not in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("into", [2.0, 23.0, 41.0])
def test_what_is_told_with_every_tenth_answer_is_not_what_one_request_takes(strategy: str, into: float) -> None:
    """60 a minute, told now and then: 'of which each request takes 10', and 10.2 s were recommended for 1 s."""
    minute, answers = Clocked(60, 60.0, into), [0]
    world = World("now and then", minute.take, (429, JSON, '{"error": "too_many_requests"}'))

    def states(t: float) -> dict[str, str]:
        answers[0] += 1
        left = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": str(minute.left(t))}
        return left | {"X-RateLimit-Reset": str(ceil(minute.reset(t)))} if answers[0] % 10 == 0 else {}

    world.states = states
    verdict, _ = drive_world(world, strategy)
    assert 0.98 <= (verdict.wait or 0) < 1.5
    assert "each request takes" not in verdict.statement
    assert not re.search(r"nothing is left of (?!60 )", verdict.statement)


def of_points(into: float, points: int = 600, each: int = 5, seconds: float = 600.0) -> tuple[Clocked, World]:
    """A quota of points, of which each request takes so many."""
    rule = Clocked(points // each, seconds, into)
    return rule, World("points", rule.take, (429, JSON, '{"error": "too many points"}'))


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("into", [400.0, 500.0])
def test_a_window_of_points_is_awaited_as_one_of_requests_is(into: float, strategy: str) -> None:
    """600 points in 10 minutes, 5 a request: 'taken as 600 in 5 minutes', and 2.55 s were certified for 5 s."""
    rule, world = of_points(into)
    world.states = lambda t: {
        "X-RateLimit-Limit": "600",
        "X-RateLimit-Remaining": str(5 * rule.left(t)),
        "X-RateLimit-Reset": str(ceil(rule.reset(t))),
    }
    verdict, _ = drive_world(world, strategy)
    assert 5.0 <= (verdict.wait or 0) < 5.6
    assert all(served for _, served, _ in world.log)


class Telling(World):
    """A service that tells in its body what is left."""

    def answer(self, t: float) -> tuple[int | None, Mapping[str, str], str]:
        status = super().answer(t)[0]
        left = dict(self.states(t)) if self.states else {}
        told = f'{{"limit": 600, "cost": 5, "remaining": {left["left"]}, "resetAt": "{left["at"]}"}}'
        return status, {**JSON, "Date": left["date"]}, f'{{"data": {{"rateLimit": {told}, "items": [{"1, " * 90}2]}}}}'


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("counts", [True, False], ids=["of who asks", "of somebody else"])
def test_a_quota_that_a_body_tells_counts_once_it_was_seen_to_fall(counts: bool, strategy: str) -> None:
    """GitHub's GraphQL tells `rateLimit` beside the data: all of it was spent at once, and nothing was served since."""
    rule = Clocked(120 if counts else 10**6, 600.0, 400.0)

    def states(t: float) -> dict[str, str]:
        at = datetime.fromtimestamp(EPOCH + t + rule.reset(t), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        left = 5 * rule.left(t) if counts else 335
        return {"left": str(left), "at": at, "date": formatdate(EPOCH + t, usegmt=True)}

    world = Telling("GraphQL", rule.take, (429, JSON, ""), states=states)
    verdict, attempts = drive_world(world, strategy)
    if counts:
        assert 5.0 <= (verdict.wait or 0) < 5.6
        assert len(attempts) < 140
    else:
        assert verdict.kind == "no limit seen"
