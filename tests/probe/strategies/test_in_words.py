"""Services that say that they refuse in the answer's own words, and when to come back, whatever the status."""

from __future__ import annotations

from copy import deepcopy
from itertools import cycle, groupby, pairwise
from math import ceil
from typing import TYPE_CHECKING

import pytest

from tests.probe.worlds import GOOD, JSON, WORDED, Bucket, Clocked, Window, World, drive_world
from widgets.model.attempt import Attempt, Budget, Outcome
from widgets.probe.counting import Counting
from widgets.probe.run import in_its_words
from widgets.probe.strategies.door import own_words
from widgets.probe.strategies.pauses import pause_after, rest_after
from widgets.probe.strategies.spoken import as_it_says, counted_over

if TYPE_CHECKING:
    from tests.probe.worlds import Said

EVERY = pytest.mark.parametrize("strategy", ["quick", "careful"])
WORDS = pytest.mark.parametrize("refusal", WORDED.values(), ids=WORDED)


@pytest.mark.parametrize(
    ("strategy", "refusal"),
    [
        *(("quick", each) for each in WORDED.values()),
        ("careful", WORDED["400 of AWS"]),
        ("careful", WORDED["200 of VK"]),
    ],
    ids=[*WORDED, "400, careful", "200, careful"],
)
def test_a_limit_is_found_with_few_refusals_and_said_to_be_one(strategy: str, refusal: Said) -> None:
    """What looked like five failures in a row, or like more answers that serve, is a refusal at once."""
    world = World("bucket", Bucket(10, 2.0).take, refusal)
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.475 <= (verdict.wait or 0) < 0.75
    refused = [each for each in attempts if each.outcome is Outcome.REFUSED]
    assert len(refused) == sum(not served for _, served, _ in world.log) <= 6
    assert f"{len(refused)} answers of status {refusal[0]} count as refused" in verdict.statement
    assert all(each.status == refusal[0] for each in refused)


@pytest.mark.parametrize("strategy", ["quick"])
@WORDS
def test_where_every_answer_refuses_in_words_no_limit_is_never_unseen(strategy: str, refusal: Said) -> None:
    """200 with 'rate limit is 25 requests per day' was 'no limit seen: all of 210 were accepted'."""
    world = World("spent", lambda _: False, refusal)
    verdict, attempts = drive_world(world, strategy)
    assert (verdict.kind, verdict.wait) == ("inconclusive", None)
    assert len(attempts) <= 7
    never = (f"Each of {len(attempts)} requests within", "was refused"), ("Nothing has been served yet", "yet")
    began, behind = never["a few minutes" in refusal[2]]  # their rests are longer than the budget before it gives up
    assert began in verdict.statement
    assert f"{behind} ({refusal[0]}: it " in verdict.statement


@EVERY
def test_a_ban_at_the_door_that_says_in_words_when_it_ends_is_waited_out(strategy: str) -> None:
    """'It does not understand the request. Check the address' was said of a ban that had 200 s to go."""
    bucket = Bucket(10, 2.0)

    def answer(t: float) -> Said:
        if t < 200:
            return 400, JSON, f'{{"error": "too many requests, more requests available in {200 - t:.0f} seconds"}}'
        return (200, JSON, GOOD) if bucket.take(t) else (429, JSON, "{}")

    world = World("banned", lambda _: True, (429, {}, ""))
    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert [each.outcome for each in attempts[:2]] == [Outcome.REFUSED, Outcome.ACCEPTED]
    assert attempts[1].started >= 200
    assert 0.475 <= (verdict.wait or 0) < 0.75


@EVERY
@pytest.mark.parametrize("form", ["try again in {m}m{s}s", "wait {all} seconds", '{{"retry_after": {all}}}'])
def test_nothing_is_asked_before_the_body_of_a_refusal_says(strategy: str, form: str) -> None:
    """'6m0s' was read as six seconds, and what had no form of its own not at all."""
    window, until, early = Clocked(10, 200.0, 30.0), [0.0], [0]

    def answer(t: float) -> Said:
        early[0] += t < until[0]
        if window.take(t):
            return 200, JSON, GOOD
        left = int(window.reset(t)) + 1
        until[0] = t + left
        return 429, JSON, form.format(m=left // 60, s=left % 60, all=left)

    world = World("told in the body", lambda _: True, (429, {}, ""))
    world.answer = answer  # type: ignore[method-assign]
    verdict, _ = drive_world(world, strategy)
    assert early == [0]
    assert 19 <= (verdict.wait or 0) < 25


@pytest.mark.parametrize("strategy", ["quick"])
def test_a_ban_whose_end_is_told_leaves_room_in_the_budget(strategy: str) -> None:
    """After the first ban each longer run was taken for another quota, and tried twice over: 1,500 requests."""
    window, until, early = Window(30, 1.0), [-1.0], [0]

    def answer(t: float) -> Said:
        early[0] += t < until[0]
        if t >= until[0] and window.take(t):
            return 200, JSON, GOOD
        until[0] = t + 63 if t >= until[0] else until[0]
        return 400, JSON, f'{{"error": "too many requests, more requests available in {until[0] - t:.1f} seconds"}}'

    world = World("ban", lambda _: True, (429, {}, ""), latency=0.02)
    world.answer = answer  # type: ignore[method-assign]
    world.latency = 0.02
    verdict, attempts = drive_world(world, strategy)
    assert early == [0]
    assert verdict.kind in {"estimated", "certified"}
    assert 0.95 / 30 <= (verdict.wait or 0) < 1.5 / 30
    assert sum(each.outcome is Outcome.REFUSED for each in attempts) <= 4


IN_A_BODY = '{"items": [1], "has_more": false, "backoff": 5, "quota_max": 300, "quota_remaining": 299}'
AT_EASE = IN_A_BODY.replace(' "backoff": 5,', "")


@pytest.mark.parametrize(
    ("strategy", "headers", "slow", "good"),
    [
        ("quick", {"Backoff": "5"}, GOOD, GOOD),
        ("careful", {"Backoff": "5"}, GOOD, GOOD),
        ("quick", {}, IN_A_BODY, AT_EASE),
        ("careful", {}, IN_A_BODY, AT_EASE),
    ],
    ids=["quick, a field", "careful, a field", "quick, a body", "careful, a body"],
)
def test_a_backoff_beside_good_answers_is_obeyed_and_a_pace_without_it_found(
    strategy: str, headers: dict[str, str], slow: str, good: str
) -> None:
    """It was not read: a hundred requests came within the time that it asked for."""
    bucket, until, early = Bucket(20, 1.0), [0.0], [0]

    def answer(t: float) -> Said:
        early[0] += t < until[0]
        served = bucket.take(t)
        if bucket.level < 10:
            until[0] = t + 5
            return (200, JSON | headers, slow) if served else (429, {"Retry-After": "5"}, "")
        return 200, JSON, good

    world = World("backoff", lambda _: True, (429, {}, ""))
    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert early == [0]
    assert 0.95 <= (verdict.wait or 0) < 1.4
    assert "answers that were served asked for a pause besides (Backoff), which was kept" in verdict.statement
    assert all(each.outcome is Outcome.ACCEPTED for each in attempts if each.status == 200)


@pytest.mark.parametrize(
    ("headers", "body"),
    [({"Backoff": "90000"}, GOOD), ({}, IN_A_BODY.replace('"backoff": 5', '"backoff": 90000'))],
    ids=["a field", "a body"],
)
def test_a_pause_beyond_the_budget_is_told_by_its_own_name(headers: dict[str, str], body: str) -> None:
    """It said that nothing was left of a quota of which nothing was stated."""
    world = World("backoff", lambda _: True, (429, {}, ""))

    def answer(_: float) -> Said:
        return 200, JSON | headers, body

    world.answer = answer  # type: ignore[method-assign, assignment]
    verdict, _ = drive_world(world, "quick")
    assert "(Backoff), beyond the budget" in verdict.statement


def test_a_header_that_says_when_to_come_back_wins_over_the_body() -> None:
    told = Attempt(1, None, None, 0.0, 0.1, 429, {"Retry-After": "9"}, excerpt="try again in 2 minutes")
    assert pause_after(told) == pytest.approx(9.1)


def test_what_somebody_counts_as_refused_keeps_its_own_reason() -> None:
    by_word = Attempt(
        1, None, None, 0.0, 0.1, 200, error="its body holds 'x'", excerpt='{"error": "too many requests"}'
    )
    assert in_its_words(by_word) is by_word


@EVERY
def test_a_quota_whose_time_is_named_is_not_guessed_to_be_an_hours(strategy: str) -> None:
    """60 a day, named in the refusal, were guessed to be 60 an hour; and its words were not repeated."""
    left = [60]

    def answer(t: float) -> Said:
        del t
        left[0] -= 1
        if left[0] >= 0:
            return 200, JSON, GOOD
        return 429, JSON, '{"error": "Daily quota exceeded. Resets at midnight UTC."}'

    world = World("a day", lambda _: True, (429, {}, ""))
    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert verdict.wait == pytest.approx(1440)
    assert len(attempts) < 72
    assert "It fits 60 a day, 1,440 s between requests" in verdict.statement
    assert 'Its own words: \'{"error": "Daily quota exceeded. Resets at midnight UTC."}\'' in verdict.statement


@EVERY
def test_a_page_in_place_of_what_is_served_is_read_whole(strategy: str) -> None:
    """It was asked eight times more within the ban of two hours of which it speaks."""
    page = (
        "<html><body>We have too many requests from your ip in the past 24h.<br>Im sorry but we cannot process your "
        "request right now.<br>Your ip  is temporary banned for 2 hours.</body></html>"
    )
    results = (200, {"Content-Type": "text/html"}, "<html><title>Results</title>" + "<p>item</p>" * 200)
    world = World("a ban", Window(10, 1.0).take, (200, {"Content-Type": "text/html"}, page), good=results, ban=7200.0)
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert sum(not served for _, served, _ in world.log) == 1
    counting = Counting()
    for attempt in attempts:
        counting.add(attempt)
    assert [each.outcome for each in counting.attempts[-2:]] == [Outcome.ACCEPTED, Outcome.REFUSED]
    assert "come back in 2 h" in verdict.statement
    assert "1 answer of status 200 counts as refused, since it says 'too many requests'" in verdict.statement


@EVERY
def test_pages_about_limits_that_are_served_are_no_refusals(strategy: str) -> None:
    articles = cycle(("<html><body>A site may say: too many requests.</body></html>", "<html><body>Hm.</body></html>"))
    world = World("articles", lambda _: True, (429, {}, ""))
    world.answer = lambda t: (200, {"Content-Type": "text/html"}, next(articles))  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "no limit seen"
    assert all(attempt.outcome is Outcome.ACCEPTED for attempt in attempts)


@EVERY
def test_a_refusal_that_names_its_limit_is_one_of_that(strategy: str) -> None:
    """Nothing was served, and it was asked seven times, though it is a month's quota that was spent."""
    body = '{"error": "Too many requests", "error_info": {"limit_name": "page_monthly_limit", "limit_value": 5000}}'
    verdict, attempts = drive_world(World("a month", lambda _: False, (429, JSON, body)), strategy)
    assert (verdict.kind, verdict.wait) == ("inconclusive", None)
    assert len(attempts) == 4
    assert "Its refusals speak of a day or longer" in verdict.statement


DAYS = pytest.mark.parametrize(
    "body",
    [
        '{"message":"Resource level throttle APPLICATION DAY limit for calls to this resource is reached."}',
        "<h1>Sorry</h1><p>You have made too many requests today. Please try again tomorrow.</p>",
        '{"Information":"Our standard API rate limit is 25 requests per day."}',
        '{"error":{"message":"Monthly API calls limit reached"}}',
    ],
    ids=["a day's limit", "tomorrow", "so many a day", "a month"],
)


@EVERY
@DAYS
def test_a_quota_of_a_day_is_not_asked_into_for_an_hour(strategy: str, body: str) -> None:
    """Nine refused requests within an hour, though some had said that a day has to pass, and ten minutes had not."""
    left = [30]

    def takes(_: float) -> bool:
        left[0] -= 1
        return left[0] >= 0

    world = World("a day", takes, (429, JSON, body))
    verdict, _ = drive_world(world, strategy)
    refused = [t for t, served, _ in world.log if not served]
    assert len(refused) == 4
    assert refused[-1] - refused[0] > 600
    assert verdict.kind == "inconclusive"
    assert (verdict.wait or 0) >= 86_400 / 30
    assert "speak of a day or longer" in verdict.statement
    # A limit of a quarter of an hour may call itself a day's: that it is one is their word, and was not seen.
    assert "if it is as they say, a quota over such a time is spent. Come back when it is renewed." in verdict.statement


@EVERY
@DAYS
def test_words_of_a_day_do_not_end_a_probe_that_is_served_again_after_a_minute(strategy: str, body: str) -> None:
    """They may be those of another plan, or of another quota than the one that binds."""
    world = World("a minute", Clocked(20, 60.0, 12.0).take, (429, JSON, body))
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert 2.95 <= (verdict.wait or 0) < 4.6


@EVERY
def test_a_page_that_speaks_of_days_and_not_of_a_limit_over_them_is_a_ban_like_any_other(strategy: str) -> None:
    """A ban of five minutes ends; what its page says beside it is about something else."""
    page = "<h1>Too Many Requests</h1><nav>Today | Tomorrow</nav><p>We forecast every day.</p>"
    world = World("a ban", Window(20, 20.0).take, (429, {"Content-Type": "text/html"}, page), ban=300.0)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert "speak of a day" not in verdict.statement


OTHERWISE = pytest.mark.parametrize(
    "body",
    [
        "Upgrade to Pro for $9/month to get higher limits.",
        "Get 50,000 requests for only $29/month",
        "Upgrade to Pro today for higher limits.",
        "Burst limit exceeded. Your daily limit is not affected.",
        '{"error":"too_many_requests","daily limit":5000,"daily usage":31}',
        "Rate limit exceeded. Your plan: 1000 requests per day",
        "Rate limit exceeded, data is updated daily",
        "We serve 2 million requests a day, please be gentle.",
        "Please try again later today",
        "Too many requests, try again later or tomorrow",
        "You have exceeded your hourly or daily request limit",
    ],
)


@OTHERWISE
def test_a_day_beside_a_limit_is_not_always_that_of_a_quota_that_is_spent(body: str) -> None:
    """Ten refusals of this kind ended a probe of '30 in 5 minutes' after a minute, as a quota of days."""
    assert (counted_over(body, 30) or 0) < 86_400


@pytest.mark.parametrize(
    "body", ["DAY_QUOTA_EXCEEDED", "dailyLimitExceeded", "Tägliches Kontingent erschöpft", "It is 25 requests per day"]
)
def test_names_and_other_languages_say_that_a_days_quota_is_spent(body: str) -> None:
    """They were asked into for an hour: nine refused requests."""
    assert counted_over(body, 30) == 86_400


@pytest.mark.parametrize("body", ["Daily limit exceeded", "Please try again tomorrow."])
@pytest.mark.parametrize("strategy", ["quick"])
def test_words_of_a_day_do_not_end_a_probe_that_is_served_again_within_minutes(strategy: str, body: str) -> None:
    """20 in two minutes were taken as 20 a day, since a minute of rest did not end the refusals."""
    world = World("two minutes", Window(20, 120.0).take, (429, JSON, body))
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert 5.95 <= (verdict.wait or 0) < 8.5


@EVERY
def test_a_rest_for_the_words_of_a_day_keeps_the_budget_of_time(strategy: str) -> None:
    """A longer rest was made than the budget allowed: the time had been found to do for a shorter one."""
    world = World("a day", lambda _: False, (429, JSON, "Daily quota exceeded"))
    verdict, attempts = drive_world(world, strategy, Budget(seconds=60))
    assert verdict.kind == "inconclusive"
    assert len(attempts) == 2
    assert verdict.seconds < 60
    assert "beyond the budget of 1 min" in verdict.statement


@EVERY
def test_a_rest_for_a_count_keeps_the_budget_of_time(strategy: str) -> None:
    """The rest in which a count may be renewed was made after the time had been found to do for a shorter one."""
    left = [40]

    def states(_: float) -> dict[str, str]:
        left[0] -= 1
        return {"X-RateLimit-Limit": "40", "X-RateLimit-Remaining": f"{left[0]}"}

    world = World("untold", lambda _: True, (429, {}, ""))
    world.states = states
    verdict, attempts = drive_world(world, strategy, Budget(seconds=30))
    assert attempts[-1].started < 30
    assert "beyond the budget of 30 s" in verdict.statement


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Please wait a while and try again. " * 9, "Please wait a while and …'."),
        ("x" * 300, "x" * 50 + " …'."),
        ("a " * 99 + "it" + " ", "a a it'."),
    ],
)
def test_what_is_cut_of_a_services_own_words_ends_at_a_word_and_shows_it(body: str, shown: str) -> None:
    said = own_words(Attempt(1, None, None, 0.0, 0.1, 429, excerpt=body))
    assert said.endswith(shown)
    assert len(said) <= 225


@EVERY
def test_what_is_told_by_a_code_alone_is_not_put_into_words_that_nobody_said(strategy: str) -> None:
    """monday.com's budget of a minute, told in a body of 200: 'the first of them says "too many requests"'."""
    budget, early = Clocked(10, 60.0), [0.0, 0.0]

    def answer(t: float) -> Said:
        early[0] += t < early[1]
        if budget.take(t):
            return 200, JSON, GOOD
        seconds = ceil(budget.reset(t))
        early[1] = t + seconds - 1
        told = f"Complexity budget exhausted, budget remaining 0 out of 1000000 reset in {seconds} seconds"
        return 200, JSON, f'{{"error_code": "ComplexityException", "status_code": 429, "error_message": "{told}"}}'

    world = World("points", lambda _: True, (429, {}, ""), latency=0.2)
    world.answer = answer  # type: ignore[method-assign]
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert 5.7 <= (verdict.wait or 0) < 9.5
    assert early[0] == 0
    assert "count as refused, since the first of them says '\"status_code\": 429'" in verdict.statement


def test_quotas_that_refusals_name_by_turns_are_all_told() -> None:
    """Of 60 a minute and 1,000 an hour, the one that the last refusal named was told alone."""
    texts = ["60 requests per minute are allowed", "1000 requests per hour are allowed"] * 3
    row = [Attempt(i, 1.0, 1.0, float(i), 0.1, 429, excerpt=text) for i, text in enumerate(texts, 1)]
    for attempts in (row, row[:-1]):
        said = as_it_says(attempts, 1.1)
        assert "60 a minute (1 s between requests)" in said
        assert "1,000 an hour (3.6 s between requests)" in said
        assert "the slowest of which was not tested" in said
        assert as_it_says(attempts, 3.6).endswith("between requests).")
    assert "slowest" not in as_it_says(row[:1], 1.1)
    plans = "10 requests per second, 60 requests per minute, 1000 requests per hour and 5000 requests per day"
    assert as_it_says([*row, Attempt(7, 1.0, 1.0, 7.0, 0.1, 429, excerpt=plans)], 1.1) == ""


@pytest.mark.parametrize("rule", [Clocked(20, 60.0, 41.0), Window(20, 60.0), Bucket(20, 1 / 3)])
@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_the_pace_of_a_quota_that_refusals_name_is_gone_to_at_once(
    strategy: str, rule: Clocked | Window | Bucket
) -> None:
    """Without its words the same rules are found by up to 10 refusals."""
    rule = deepcopy(rule)  # what a rule has counted belongs to one run
    words = '{"message": "This endpoint only allows 20 requests per 1 minute per user."}'
    world = World("a quota in words", rule.take, (429, JSON, words))
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 1.0 <= (verdict.wait or 0.0) / 3.0 < 1.15
    assert sum(each.outcome is Outcome.REFUSED for each in attempts) <= 3
    assert "Its refusals name 20 a minute (3 s between requests)." in verdict.statement


@pytest.mark.parametrize("named", ["100 requests per minute", "Free: 5 requests/min. Team: 60 requests/min"])
@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_named_quota_that_is_not_the_one_that_binds_misleads_no_pace(strategy: str, named: str) -> None:
    """One is quicker than what is sustained; of the other 30 were served within a minute."""
    rule = Window(30, 60.0)
    world = World("another quota in words", rule.take, (429, JSON, f'{{"message": "{named}"}}'))
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert 0.95 * 2.0 <= (verdict.wait or 0.0) < 1.4 * 2.0, "5 % may be refused"


def test_who_wants_to_see_the_rule_is_not_led_by_what_refusals_name() -> None:
    def probed(body: str) -> list[float]:
        world = World("a window", Clocked(20, 60.0, 41.0).take, (429, JSON, body))
        return [each.started for each in drive_world(world, "identify")[1]]

    assert probed('{"message": "only 20 requests per minute"}') == probed('{"message": "Too many requests"}')


@EVERY
def test_an_hours_quota_that_refusals_name_is_not_spent_in_haste_a_second_time(strategy: str) -> None:
    """There was time for 40 requests at its pace and not for 100: the next hour's 60 were spent within 3 min."""
    refusal = 429, JSON, '{"message": "Hourly limit of 60 requests reached."}'
    world = World("an hour", Clocked(60, 3600.0, 3000.0).take, refusal)
    verdict, attempts = drive_world(world, strategy)
    refused = [each for each in attempts if each.outcome is Outcome.REFUSED]
    since = [each for each in attempts if each.number > refused[-1].number]
    assert refused[-1].number < 70
    assert all((each.wait or 0) > 60 for each in since)
    assert (
        f"name 60 an hour (60 s between requests); the last {len(since)} requests, at such a pace" in verdict.statement
    )
    assert "not tested" not in verdict.statement


SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@EVERY
@pytest.mark.parametrize(("ban", "most"), [(60.0, 0), (180.0, 1)])
def test_a_few_minutes_are_left_alone_for_one_at_least(strategy: str, ban: float, most: int) -> None:
    """GitHub's secondary limit was asked again 1, 3, 9 and 27 s after it had refused."""
    left = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "14"}
    world = World("secondary", Window(16, 30).take, (403, JSON | left, f'{{"message": "{SECONDARY}"}}'), ban=ban)
    verdict, attempts = drive_world(world, strategy)
    again = [later.started - each.started for each, later in pairwise(attempts) if each.outcome is Outcome.REFUSED]
    assert again
    assert min(again) >= 60
    rows = [
        len(list(row)) for refused, row in groupby(attempts, lambda each: each.outcome is Outcome.REFUSED) if refused
    ]
    assert max(rows) <= 1 + most
    assert " a refusal says 'a few minutes' and no number: the probe took that for 60 s at least." in verdict.statement
    assert "as its body says" not in verdict.statement


def test_a_rest_that_no_number_was_said_for_is_not_told_as_one() -> None:
    """It is no word of the service that the pause of a few hours is one hour."""
    world = World("hours", Bucket(3, 0.01).take, (429, {}, "Please try again in a few hours."), ban=9e9)
    verdict, attempts = drive_world(world, "quick")
    assert sum(each.outcome is Outcome.REFUSED for each in attempts) == 1
    assert "asks to be left alone" not in verdict.statement
    assert "asks for a rest" not in verdict.statement
    assert "The next request would come 3610 s after the last one, beyond the budget" in verdict.statement
    assert "says 'a few hours' and no number: the probe took that for 3,600 s at least." in verdict.statement


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Try again in a couple of minutes", 60.0),
        ("You are blocked for several hours.", 3600.0),
        ("Slow down for a few seconds", 3.0),
        ("The quota resets in some minutes", 60.0),
        ("Wait a few minutes, then 20 seconds between requests. Try again in 90 seconds.", 90.0),
        ("Please try again in an hour", 3600.0),
        ("You asked a few minutes ago. Try again later.", 0.0),
        ("A few minutes of your time: take our survey", 0.0),
    ],
)
def test_words_without_a_number_give_the_least_rest_that_they_can_mean(text: str, rest: float) -> None:
    assert rest_after(Attempt(2, 1.0, 1.0, 1.0, 0.0, 429, excerpt=text)) == rest
    served = Attempt(2, 1.0, 1.0, 1.0, 0.0, 200, excerpt=text)
    assert rest_after(served) == 0


UNBILLED = '{"error": {"code": "insufficient_quota", "message": "Check your plan and billing details."}}'
SPEAKS = 'It speaks of "plan" and "billing", which waiting alone may not change: check them, or come back later.'


@EVERY
@pytest.mark.parametrize("budget", [Budget(), Budget(seconds=100)], ids=["to the end", "cut off"])
def test_who_was_never_served_is_told_that_it_may_be_the_bill_and_not_the_pace(strategy: str, budget: Budget) -> None:
    """The advice was 'Come back later' alone, beside 'please check your plan and billing details'."""
    verdict, _ = drive_world(World("unbilled", lambda _: False, (429, JSON, UNBILLED)), strategy, budget)
    assert (verdict.kind, verdict.wait) == ("inconclusive", None)
    assert "refuses for another reason than pace." in verdict.statement
    assert verdict.statement.count(SPEAKS) == 1
    silent, _ = drive_world(World("silent", lambda _: False, (429, {}, "Planned.")), strategy, budget)
    assert "It speaks of" not in silent.statement
    assert "Check the key, the plan or its bill, and the network address that you ask from" in silent.statement


def test_a_day_of_which_refusals_speak_may_be_billed_and_a_riddle_is_none() -> None:
    """Where the reason is known, or a time is told, nothing else is named but what the answer itself names."""
    day: Said = (429, {}, "Daily quota exceeded. Add credits or wait until tomorrow.")
    assert 'It speaks of "credits", which' in drive_world(World("day", lambda _: False, day), "quick")[0].statement
    riddle: Said = (403, {}, "Please solve the captcha")
    assert "which waiting alone" not in drive_world(World("riddle", lambda _: False, riddle), "quick")[0].statement
    told: Said = (429, {"Retry-After": "86400"}, "Banned.")
    assert "the plan" not in drive_world(World("told", lambda _: False, told), "quick")[0].statement
