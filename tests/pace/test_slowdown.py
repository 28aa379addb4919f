from __future__ import annotations

import random

import pytest

from widgets.http.secrets import credential_of, fingerprint, without_secrets
from widgets.model.pace import Target
from widgets.pace.slowdown import LONG, RETRY, UP, Standing, most, rule

KEY = bytes(16)


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://a/", {"X-Api-Key": "abc"}),
        ("http://a/", {"Authorization": "Bearer abc"}),
        ("http://a/?api_key=abc", {}),
        ("http://a/?type=x&access_token=abc", {"X-API-KEY": "abc", "Accept": "*/*", "Cookie": "s=1"}),
    ],
)
def test_one_secret_is_one_caller_however_it_is_sent(url: str, headers: dict[str, str]) -> None:
    assert credential_of(url, headers) == "abc"


def test_a_password_in_the_address_and_in_the_header_are_one_caller() -> None:
    assert credential_of("http://me:p%20w@a/") == "me:p w"
    assert credential_of("http://a/", {"Authorization": "Basic bWU6cCB3"}) == "me:p w"


def test_a_fingerprint_is_of_its_store_and_shows_nothing() -> None:
    assert fingerprint("abc", KEY) != fingerprint("abc", bytes(15) + b"\1")
    assert "abc" not in fingerprint("abc", KEY)
    assert fingerprint("", KEY) == ""


def test_an_address_is_shown_without_its_secrets() -> None:
    shown = without_secrets("https://me:pw@a.b:8080/p?type=image&X-Amz-Signature=dead&key=1#frag")
    assert shown == "https://a.b:8080/p?type=image&X-Amz-Signature=***&key=***"


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("HTTPS://Example.ORG:443", "https://example.org", "/"),
        ("http://u:p@[::1]:81/a/b?c#d", "http://[::1]:81", "/a/b"),
    ],
)
def test_a_target_has_one_spelling(url: str, origin: str, path: str) -> None:
    target = Target.of(url, "get")
    assert (target.origin, target.path, target.method) == (origin, path, "GET")
    assert target.url == origin + path


def follow(rate: float, requests: int, seed: int = 1) -> list[Standing]:
    """The standings under a fixed refusal rate."""
    draw, found = random.Random(seed), [Standing()]  # noqa: S311 - which requests are refused
    for _ in range(requests):
        found.append(found[-1].after(refused=draw.random() < rate, promise=0.05))
    return found


def test_a_refusal_never_shortens_the_wait_and_ease_never_goes_below_the_pace() -> None:
    for before, after in zip(follow(0.3, 2000), follow(0.3, 2000)[1:], strict=False):
        assert after.factor >= 1
        assert before.after(refused=True, promise=0.05).factor >= before.factor


def test_one_refusal_in_a_hundred_hardly_slows_down_and_raises_no_doubt() -> None:
    for seed in range(20):
        found = follow(0.01, 5000, seed)
        assert not any(each.doubtful for each in found)
        assert sum(each.factor for each in found) / len(found) < 1.25


def test_refusals_above_the_promise_raise_doubt() -> None:
    for seed in range(20):
        assert next(number for number, each in enumerate(follow(0.2, 5000, seed)) if each.doubtful) < 500


@pytest.mark.parametrize("needed", [1.1, 3.0, 40.0])
def test_a_service_that_became_slower_is_followed_and_called_doubtful(needed: float) -> None:
    standing, refused = Standing(), 0
    for _ in range(2000):
        refusal = standing.factor < needed
        refused += refusal
        standing = standing.after(refused=refusal, promise=0.05)
    assert standing.doubtful
    assert refused / 2000 < 0.05


def test_a_ban_stretches_the_wait_at_once_and_is_forgotten_when_it_has_ended() -> None:
    standing = Standing()
    for _ in range(4):
        standing = standing.after(refused=True, promise=0.05)
    assert standing.factor == 10.0
    after = []
    for _ in range(400):
        standing = standing.after(refused=False, promise=0.05)
        after.append(standing.factor)
    assert after[0] == UP * UP
    assert after == sorted(after, reverse=True)
    assert after[-1] == 1


def test_the_wait_that_it_took_to_leave_a_block_is_not_the_pace() -> None:
    """25 in 60 s behind a pace of 1 s: a block was left at 20 to 40 times the pace, and that was kept for 200 pages."""
    standing, served, now, refused, ends = Standing(), 0, 0.0, 0, 60.0
    pages = 0
    while pages < 200:
        now += standing.factor
        if now >= ends:
            served, ends = 0, now + 60
        accepted = served < 25
        served += accepted
        pages += accepted
        refused += not accepted
        standing = standing.after(refused=not accepted, promise=0.05)
    ideal = 200 * 60 / 25
    assert now < 1.7 * ideal
    assert refused < 60


def test_a_block_that_begins_again_at_once_was_none_but_a_slower_limit() -> None:
    """Each wait below eight times the pace is refused: after the second row the stretch stays."""
    standing, rows, refused = Standing(), 0, 0
    for _ in range(60):
        refusal = standing.factor < 8
        rows += refusal and not standing.row
        refused += refusal
        standing = standing.after(refused=refusal, promise=0.05)
    assert rows == 2
    assert refused <= 8
    assert standing.factor >= 8


def test_what_was_taken_back_for_a_retry_and_refused_at_once_is_no_block() -> None:
    standing = Standing(factor=5.0, slowed=RETRY).after(refused=False, promise=0.05)
    assert (standing.factor, standing.slowed) == (1.0, -1)
    while standing.factor < 5:
        standing = standing.after(refused=True, promise=0.05)
    kept = standing.after(refused=False, promise=0.05)
    assert 4.9 < kept.factor <= standing.factor


def test_five_refusals_in_a_row_raise_doubt_at_a_promise_of_one_in_twenty_and_four_do_not() -> None:
    standing, doubts = Standing(), []
    for _ in range(5):
        standing = standing.after(refused=True, promise=0.05)
        doubts.append(standing.doubtful)
    assert doubts == [False] * 4 + [True]


def test_a_quota_of_a_day_is_asked_some_seventy_times_and_not_a_thousand() -> None:
    standing, now, refused, wait = Standing(), 0.0, 0, 0.3
    while now < 86_400:
        standing = standing.after(refused=True, promise=0.05, longest=most(wait))
        now, refused = now + wait * standing.factor, refused + 1
    assert refused < 75
    assert now < 86_400 + LONG
    assert standing.after(refused=False, promise=0.05, longest=most(wait)).factor == UP * UP


@pytest.mark.parametrize(("lasts", "late"), [(60.0, 1.5), (600.0, 1.26), (5000.0, 1.26)])
def test_a_long_block_is_left_at_the_latest_a_quarter_after_its_end(lasts: float, late: float) -> None:
    standing, now, wait = Standing(), 0.0, 0.05
    while now < lasts:
        standing = standing.after(refused=True, promise=0.05, longest=most(wait))
        now += wait * standing.factor
    assert now < late * lasts


@pytest.mark.parametrize("promise", [0.001, 0.05, 0.2, 0.3, 0.5, 0.9])
def test_the_rule_of_a_promise_balances_at_half_of_it_and_bets_fairly_on_all_of_it(promise: float) -> None:
    found, half = rule(promise), promise / 2
    assert UP**half * found.down ** (1 - half) == pytest.approx(1)
    assert found.down < 1
    for refused, accepted in zip(found.refused, found.accepted, strict=True):
        assert promise * refused + (1 - promise) * accepted == pytest.approx(1)
    # Four times the promise, or half way to certainty where that is less.
    assert found.refused[0] == pytest.approx(min(4.0, (1 + promise) / 2 / promise))


def test_a_stretch_grows_by_a_quarter_then_doubles_and_ends_at_256() -> None:
    standing = Standing()
    for expected in (1.25, 2.5, 5.0):
        standing = standing.after(refused=True, promise=0.05)
        assert standing.factor == expected
    for _ in range(30):
        standing = standing.after(refused=True, promise=0.05)
    assert standing.factor == 256


def test_a_statistic_beyond_all_doubt_does_not_overflow() -> None:
    standing = Standing()
    for _ in range(2000):
        standing = standing.after(refused=True, promise=0.001)
    assert standing.doubtful
    assert all(alarm < 1e104 for alarm in standing.alarms)


@pytest.mark.parametrize(("alarm", "doubtful"), [(0.999e5, False), (1e5, True)])
def test_where_doubt_begins(alarm: float, doubtful: bool) -> None:
    assert Standing(alarms=(alarm,) * 3).doubtful is doubtful


def test_requests_with_a_stretched_wait_are_counted_until_one_is_not() -> None:
    standing = Standing().after(refused=True, promise=0.5)
    assert standing.slowed == 1
    counts = []
    while standing.factor > 1:
        standing = standing.after(refused=False, promise=0.5)
        counts.append(standing.slowed)
    assert counts[-1] == 0
    assert counts[:-1] == list(range(2, len(counts) + 1))
    assert standing.after(refused=False, promise=0.5).slowed == 0
    assert standing.after(refused=False, promise=0.5).factor == 1


@pytest.mark.long
def test_a_pace_that_just_holds_is_called_doubtful_at_most_once_in_a_hundred_thousand_sends() -> None:
    """At exactly the promised rate, which is the worst that holds, whatever the wait is stretched by."""
    sends, alarms = 1_500_000, 0
    draw, standing = random.Random(5), Standing()  # noqa: S311 - which requests are refused
    for _ in range(sends):
        standing = standing.after(refused=draw.random() < 0.05, promise=0.05)
        if standing.doubtful:
            alarms, standing = alarms + 1, Standing()
    assert alarms <= sends / 1e5
