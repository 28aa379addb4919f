"""Names of fields whose words are joined, lists of quotas side by side, and what is used of one."""

from __future__ import annotations

import time

import pytest

from tests.http.test_limit_cases import NOW
from widgets.http.limits import Policy, read

ZONES = {
    "X-Reader-Zone1-Limit": "5000",
    "X-Reader-Zone1-Usage": "234",
    "X-Reader-Zone2-Limit": "100",
    "X-Reader-Zone2-Usage": "87",
    "X-Reader-Limits-Reset-After": "43200",
}
PLANS = {
    "X-RateLimit-Limit": "name=rate-limit-1,10;name=plan-m,1000;",
    "X-RateLimit-Remaining": "name=rate-limit-1,7;name=plan-m,955;",
}
RENEWED = {
    "x-ratelimit-limit-requests": "20000",
    "x-ratelimit-remaining-requests": "19999",
    "x-ratelimit-renewalperiod-requests": "60",
    "x-ratelimit-limit-tokens": "2000000",
    "x-ratelimit-remaining-tokens": "7",
    "x-ratelimit-renewalperiod-tokens": "60",
}
READ: dict[str, tuple[dict[str, str], tuple[Policy, ...], float | None, float | None]] = {
    "three words in one": (
        {
            "X-VaultAPI-BurstLimit": "2000",
            "X-VaultAPI-BurstLimitRemaining": "1945",
            "X-VaultAPI-DailyLimit": "100000",
            "X-VaultAPI-DailyLimitRemaining": "99000",
        },
        (Policy(100_000, 86_400),),
        1945,
        None,
    ),
    "two words in one, of another field than a rate's": (
        {"X-BurstLimit-Limit": "30", "X-BurstLimit-Remaining": "3", "X-BurstLimit-Reset": "9"},
        (Policy(30),),
        3,
        9,
    ),
    "calls that are left": ({"X-CallsLeft": "3", "X-CallsLimit": "10"}, (Policy(10),), 3, None),
    "when it expires": (
        {"X-RateLimit-RequestLimit": "9", "X-RateLimit-RequestsRemaining": "3", "X-RateLimit-ExpiresAt": "1790000060"},
        (Policy(9),),
        3,
        60,
    ),
    "when it is reset": (
        {"X-RateLimit-Limit": "9", "X-RateLimit-Remaining": "3", "X-RateLimit-Reset-At": "2026-09-21T14:14:20Z"},
        (Policy(9),),
        3,
        60,
    ),
    "the time when it is reset, in milliseconds": (
        {"X-RateLimit-Limit": "9", "X-RateLimit-Remaining": "3", "X-RateLimit-Reset-Time-Ms": "1500"},
        (Policy(9),),
        3,
        1.5,
    ),
    "over what time it is renewed": (
        RENEWED,
        (Policy(20_000, 60), Policy(2_000_000, 60, unit="tokens")),
        19_999,
        None,
    ),
    "a window of so many seconds behind the role": (
        {"X-RateLimit-Limit-30": "5", "X-RateLimit-Remaining-30": "3", "RateLimit-Limit": "5", "RateLimit-Reset": "13"},
        (Policy(5, 30),),
        3,
        None,
    ),
    "quotas that are counted": ({"X-RateLimit-Limit-1": "5", "X-RateLimit-Remaining-1": "3"}, (Policy(5),), 3, None),
    "what is used": ({"x-ratelimit-limit": "7200", "x-ratelimit-used": "12"}, (Policy(7200),), 7188, None),
    "more than all is used": ({"X-RateLimit-Limit": "60", "X-RateLimit-Count": "61"}, (Policy(60),), 0, None),
    "what is used of two quotas": (
        {"RateLimit-Limit": "520, 5100", "RateLimit-Usage": "12, 340", "RateLimit-Reset": "121, 12345"},
        (Policy(520, 900), Policy(5100, 86_400)),
        508,
        121,
    ),
    "two quotas that are none": ({"X-RateLimit-Limit": "-1, -1", "X-RateLimit-Used": "0, 0"}, (), None, None),
    "one reset for all": (ZONES, (Policy(5000), Policy(100)), 13, 43_200),
    "a time before the rate": (
        {
            "X-Hourly-Ratelimit-Limit": "1200",
            "X-Hourly-Ratelimit-Remaining": "1190",
            "X-Secondly-Ratelimit-Limit": "2",
            "X-Secondly-Ratelimit-Remaining": "1",
        },
        (Policy(1200, 3600), Policy(2, 1)),
        1,
        None,
    ),
    "requests and tokens a minute": (
        {
            "x-ratelimit-rpm-limit": "60",
            "x-ratelimit-rpm-remaining": "59",
            "x-ratelimit-tpm-limit": "100000",
            "x-ratelimit-tpm-remaining": "0",
        },
        (Policy(60, 60), Policy(100_000, 60, unit="tokens")),
        59,
        None,
    ),
    "tokens a day beside requests": (
        {
            "x-ratelimit-limit": "20",
            "x-ratelimit-remaining": "19",
            "x-ratelimit-reset": "2",
            "x-daily-ratelimit-token-limit": "30000",
            "x-daily-ratelimit-token-remaining": "28980",
        },
        (Policy(20), Policy(30_000, unit="token")),
        19,
        2,
    ),
    "room in a queue": (
        {"X-RateLimit-Max-Concurrent": "10", "X-RateLimit-Queue-Limit": "15"},
        (Policy(10, unit="concurrent"), Policy(15, unit="queue")),
        None,
        None,
    ),
    "lines that came twice": (
        {
            "X-RateLimit-Limit": "60, 60",
            "X-RateLimit-Remaining": "3, 3",
            "X-RateLimit-Reset": "Mon, 21 Sep 2026 14:14:20 GMT, Mon, 21 Sep 2026 14:14:20 GMT",
        },
        (Policy(60),),
        3,
        60,
    ),
    "plans, of whose names none is a time": (PLANS, (Policy(10), Policy(1000)), 7, None),
    "seconds and minutes that are counted themselves": (
        {
            "x-ratelimit-limit-audio-seconds": "7200",
            "x-ratelimit-remaining-audio-seconds": "0",
            "X-Build-Minutes-Limit": "300",
            "X-Build-Minutes-Remaining": "12",
            "x-ratelimit-limit-requests": "2000",
            "x-ratelimit-remaining-requests": "1999",
        },
        (Policy(7200, unit="audioseconds"), Policy(2000), Policy(300, unit="buildminutes")),
        1999,
        None,
    ),
    "requests beside tokens with a window": (
        {
            "X-RateLimit-Limit-Tokens-Minute": "6000",
            "X-RateLimit-Limit-Requests": "60",
            "X-RateLimit-Remaining-Requests": "59",
        },
        (Policy(6000, 60, unit="tokens"), Policy(60)),
        59,
        None,
    ),
    "a quota of the API, in one word": (
        {"x-apiquota-remaining": "812", "x-apiquota-reset": "1790035200"},
        (),
        812,
        35_200,
    ),
    "what is left, of two limiters": ({"X-RateLimit-Remaining": "57, 0"}, (), 0, None),
    "parts of a hundred": ({"X-RateLimit-Remaining-Percent": "80"}, (), None, None),
    "what a server has counted": ({"X-Total-Requests": "99", "X-Request-Count": "17"}, (), None, None),
    "all of a quota beside what is used": (
        {"X-Api-Calls-Total": "300", "X-Api-Calls-Used": "100"},
        (Policy(300),),
        200,
        None,
    ),
    "a total of a limit": ({"X-Total-Calls-Limit-Minute": "500"}, (Policy(500, 60),), None, None),
    "a limit over an hour of what machines do": (
        {"X-RateLimit-Limit-Video-Hour": "100", "X-RateLimit-Remaining-Video-Hour": "10"},
        (Policy(100, 3600),),
        10,
        None,
    ),
    "all of a quota beside what is left": (
        {"X-Requests-Total": "300", "X-Requests-Remaining": "200"},
        (Policy(300),),
        200,
        None,
    ),
    "a plan": (
        {"X-RateLimit-Limit": "name=default,100;", "X-RateLimit-Remaining": "name=default,92;"},
        (Policy(100),),
        92,
        None,
    ),
}


@pytest.mark.parametrize(("headers", "policies", "remaining", "reset"), READ.values(), ids=READ)
def test_words_are_told_apart_in_a_name_and_quotas_in_a_value(
    headers: dict[str, str], policies: tuple[Policy, ...], remaining: float | None, reset: float | None
) -> None:
    limits = read(200, headers, NOW)
    assert (limits.policies, limits.remaining) == (policies, remaining)
    assert limits.reset == (None if reset is None else pytest.approx(reset))


@pytest.mark.parametrize(
    ("headers", "hold"),
    [
        (ZONES | {"X-Reader-Zone2-Usage": "100"}, 43_200),
        (READ["what is used of two quotas"][0] | {"RateLimit-Usage": "12, 5100"}, 12_345),
        (READ["more than all is used"][0] | {"X-RateLimit-Reset": "40"}, 40),
        ({"Retry-After": "5 minutes from now"}, 300),
    ],
)
def test_the_reset_of_what_is_spent_is_a_time_to_stay_away(headers: dict[str, str], hold: float) -> None:
    assert read(429, headers, NOW).hold == hold


@pytest.mark.parametrize(
    "name",
    [
        *("X-TimeUsed", "X-MemoryLimit", "X-PageLimit", "X-TrialDaysLeft", "X-BytesRemaining", "X-SeatsAvailable"),
        *("X-PasswordReset", "X-BillingPeriod", "X-GracePeriod", "X-ResultsLeft", "X-LastUsed", "X-LoginAttemptsLeft"),
        *("X-TokenExpiresAt", "X-CacheReset", "X-UploadLimit", "X-VersionAvailable", "X-StorageQuotaUsed"),
    ],
)
@pytest.mark.parametrize("status", [200, 403])
def test_such_words_alone_are_no_limit(name: str, status: int) -> None:
    limits = read(status, {name: "0"}, NOW)
    assert (limits.refused, limits.hold, limits.policies, limits.remaining, limits.reset) == (
        False,
        None,
        (),
        None,
        None,
    )


SIDE_BY_SIDE = {
    "RateLimit-Limit": "5000, 60",
    "RateLimit-Remaining": "4999, 0",
    "RateLimit-Used": "1, 60",
    "RateLimit-Reset": "1790003000, 1790000040",
}
TWO_PLANS = {"X-RateLimit-Limit": "name=High Load,10;name=Low-cost,500;"}
LEFT_AS_SUCH: dict[str, tuple[dict[str, str], tuple[Policy, ...], float | None, float | None]] = {
    "a counted time before the rate": (
        {
            "X-15-Minute-RateLimit-Limit": "100",
            "X-15-Minute-RateLimit-Remaining": "0",
            "X-15-Minute-RateLimit-Reset": "600",
        },
        (Policy(100, 900),),
        0,
        600,
    ),
    "a time before the rate, and one behind it": (
        {"X-Daily-RateLimit-Limit-Minute": "100", "X-Daily-RateLimit-Remaining-Minute": "7"},
        (Policy(100, 60),),
        7,
        None,
    ),
    "a role behind a limit's": (
        {
            "X-RateLimit-DailyLimitReset": "3600",
            "X-RateLimit-DailyLimitRemaining": "7",
            "X-RateLimit-DailyLimit": "100",
        },
        (Policy(100, 86_400),),
        7,
        3600,
    ),
    "the same with hyphens": (
        {"X-RateLimit-Plan-hard-limit-Limit": "500", "X-RateLimit-Plan-hard-limit-Remaining": "7"},
        (Policy(500),),
        7,
        None,
    ),
    "a window that is named": (
        {"X-RateLimit-SlidingWindow-Limit": "100", "X-RateLimit-SlidingWindow-Remaining": "7"},
        (Policy(100),),
        7,
        None,
    ),
    "a period that is named": (
        {"X-RateLimit-Limit": "100", "X-RateLimit-RenewalPeriod-Remaining": "7"},
        (Policy(100),),
        7,
        None,
    ),
    "what remains and what is used": (SIDE_BY_SIDE, (Policy(5000), Policy(60)), 0, 40),
    "resets that are longer than such windows": (
        {"RateLimit-Limit": "60, 5000", "RateLimit-Used": "1, 20", "RateLimit-Reset": "3000, 40000"},
        (Policy(60), Policy(5000)),
        59,
        3000,
    ),
    "a window that says its measure": (
        {"X-RateLimit-Limit": "100", "X-RateLimit-Period-In-Seconds": "60"},
        (Policy(100, 60),),
        None,
        None,
    ),
    "a limit that says that it is a count": (
        {"X-RateLimit-Limit-Count": "100", "X-RateLimit-Remaining": "7"},
        (Policy(100),),
        7,
        None,
    ),
    "now": ({"X-RateLimit-Limit": "100", "X-RateLimit-Current-Time": "99"}, (Policy(100),), None, None),
    "the limit now": ({"X-RateLimit-Limit": "100", "X-RateLimit-Current-Limit": "100"}, (Policy(100),), None, None),
    "what remains now": ({"X-RateLimit-Limit": "100", "X-RateLimit-Current-Remaining": "7"}, (Policy(100),), 7, None),
    "less than none": ({"X-RateLimit-Limit": "100", "X-RateLimit-Used": "-1"}, (Policy(100),), None, None),
    "a part": ({"X-RateLimit-Limit": "100", "X-RateLimit-Usage": "0.45"}, (Policy(100),), None, None),
    "a total": ({"X-RateLimit-Limit": "100", "X-RateLimit-Used-Total": "4000"}, (Policy(100),), None, None),
    "what is under way": (
        {"X-RateLimit-Concurrent-Limit": "10", "X-RateLimit-Concurrent-Used": "10"},
        (Policy(10, unit="concurrent"),),
        None,
        None,
    ),
    "so many a day": ({"X-DailyRequestsRemaining": "4", "X-DailyRequestsLimit": "9"}, (Policy(9, 86_400),), 4, None),
    "tokens, as the type says": ({"X-RateLimit-Limit": "100", "X-RateLimit-Type": "TPM"}, (Policy(100),), None, None),
    "the number of something": (
        {"X-RateLimit-Limit-48213": "100", "X-RateLimit-Remaining-48213": "7"},
        (Policy(100),),
        7,
        None,
    ),
    "a plan under the plain name": ({"X-Rate-Limit": "name=default,100;"}, (Policy(100),), None, None),
    "plans that sound like something else": (TWO_PLANS, (Policy(10), Policy(500)), None, None),
    "requests of a queue": (
        {"X-RateLimit-Queue-Requests-Limit": "100", "X-RateLimit-Queue-Requests-Remaining": "7"},
        (Policy(100),),
        7,
        None,
    ),
    "a line that came three times": (
        {"X-RateLimit-Remaining": "0, 0, 0", "X-RateLimit-Reset": "5, 5, 5", "X-RateLimit-Limit": "9, 9, 9"},
        (Policy(9),),
        0,
        5,
    ),
}


@pytest.mark.parametrize(("headers", "policies", "remaining", "reset"), LEFT_AS_SUCH.values(), ids=LEFT_AS_SUCH)
def test_words_that_only_look_alike_are_told_from_these(
    headers: dict[str, str], policies: tuple[Policy, ...], remaining: float | None, reset: float | None
) -> None:
    limits = read(200, headers, NOW)
    assert (limits.policies, limits.remaining) == (policies, remaining)
    assert limits.reset == (None if reset is None else pytest.approx(reset))


@pytest.mark.parametrize("end", ["121", "in 121 seconds", "Mon, 21 Sep 2026 14:15:21 GMT"])
def test_one_reset_of_several_quotas_is_that_of_the_spent_one(end: str) -> None:
    limits = read(429, {"RateLimit-Limit": "200, 2000", "RateLimit-Usage": "200, 900", "RateLimit-Reset": end}, NOW)
    assert (limits.hold, limits.remaining) == (121, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"X-App-Limit-Reset": "3600", "X-App-Min-Limit-Remaining": "0"},
        {"X-User-Limits-Reset": "86400", "X-User-Minute-Limit-Remaining": "0"},
    ],
)
def test_a_wider_reset_is_not_that_of_a_quota_with_a_time_of_its_own(fields: dict[str, str]) -> None:
    assert read(429, fields, NOW).hold == 60


@pytest.mark.parametrize(
    "name",
    [
        *("X-ApiRequestsRemaining", "X-SearchRequestsRemaining", "X-RequestsRemainingDay", "X-RequestsAvailableMinute"),
        *("X-BillingPeriod-Requests-Remaining", "X-PerWindow-Quota-Remaining", "X-RenewalPeriod-Calls-Remaining"),
        *("X-Queue-Requests-Remaining", "X-CallsLeft", "X-RateLimit-UserLimitRemaining", "X-RateLimit-UserRemaining"),
    ],
)
def test_no_requests_left_is_a_refusal_however_its_name_is_written(name: str) -> None:
    limits = read(403, {name: "0"}, NOW)
    assert (limits.refused, limits.remaining) == (True, 0)


@pytest.mark.parametrize("thing", ["User", "Project", "Spend", "Cpu", "Search", "Memory", "Seat", "Rows", "Device"])
@pytest.mark.parametrize("role", ["Count", "Used"])
def test_a_spent_limit_of_other_things_refuses_nothing(thing: str, role: str) -> None:
    assert not read(
        403, {f"X-{thing}Limit": "10", f"X-{thing}-{role}": "10", f"X-{thing}LimitRemaining": "0"}, NOW
    ).refused


@pytest.mark.parametrize(
    "word",
    [
        *("SecondsLeft", "MinutesLeft", "RemainingMs", "TimeLeft", "AvailableIn", "WindowLeft", "PeriodLeft"),
        *("BanLeft", "CooldownLeft", "RemainingPercentage", "ServiceUnavailable"),
    ],
)
def test_times_and_parts_are_no_requests_that_are_left(word: str) -> None:
    limits = read(429, {"X-RateLimit-Limit": "100", f"X-RateLimit-{word}": "42"}, NOW)
    assert (limits.policies, limits.remaining, limits.hold) == ((Policy(100),), None, None)


def test_a_time_that_remains_is_none_of_requests() -> None:
    """Rollbar says how many requests remain, and for how many seconds."""
    told = {"X-Rate-Limit-Limit": "50", "X-Rate-Limit-Remaining": "49", "X-Rate-Limit-Remaining-Seconds": "37"}
    limits = read(200, told, NOW)
    assert (limits.remaining, limits.reset, limits.policies) == (49, 37, (Policy(50),))
    second = {"X-RateLimit-Limit-Seconds": "5", "X-RateLimit-Remaining-Seconds": "4"}
    assert (read(200, second, NOW).remaining, read(200, second, NOW).policies) == (4, (Policy(5, 1),))


def test_a_window_may_have_its_unit_in_a_field_of_its_own() -> None:
    """Keap: as seconds, 1 would be 86,400 times too fast."""
    told = {"X-Keap-Product-Quota-Limit": "150000", "X-Keap-Product-Quota-Available": "149991"}
    told |= {"X-Keap-Product-Quota-Time-Unit": "day", "X-Keap-Product-Quota-Interval": "1"}
    assert read(200, told, NOW).policies == (Policy(150_000, 86_400),)
    told = {"X-RateLimit-Limit": "9", "X-RateLimit-Period": "2", "X-RateLimit-Period-Unit": "MINUTE"}
    assert read(200, told, NOW).policies == (Policy(9, 120),)
    assert read(200, told | {"X-RateLimit-Period-Unit": "requests"}, NOW).policies == (Policy(9, 2),)
    reset = {"X-RateLimit-Limit": "9", "X-RateLimit-Reset-Unit": "seconds", "X-RateLimit-Reset": "30"}
    assert (read(200, reset, NOW).policies, read(200, reset, NOW).reset) == ((Policy(9),), 30)


def test_a_quota_of_nothing_among_others_is_no_limit() -> None:
    """Brave's plan with 50 a second, and any number a month."""
    told = {"X-RateLimit-Policy": "50;w=1, 0;w=2592000", "X-RateLimit-Reset": "1, 1419704"}
    limits = read(200, told | {"X-RateLimit-Limit": "50, 0", "X-RateLimit-Remaining": "49, 0"}, NOW)
    assert (limits.policies, limits.remaining, limits.reset, limits.hold) == ((Policy(50, 1),), 49, 1, None)


@pytest.mark.parametrize("name", ["X-Quota-Check-Ms", "X-RateLimit-Check-Limit-Ms", "X-RateLimit-Db-Time-Max"])
def test_a_number_of_time_is_no_quota_of_requests(name: str) -> None:
    limits = read(200, {name: "12"}, NOW)
    assert [policy for policy in limits.policies if policy.unit == "requests"] == []
    assert limits.sustained is None


@pytest.mark.parametrize("piece", ["left", "limitremaining", "requests", "reset-time-", "24-hour-"])
def test_a_long_name_is_told_apart_in_no_time_worth_counting(piece: str) -> None:
    name = "x-ratelimit-" + piece * (65_536 // len(piece))
    began = time.process_time()
    read(429, {name: "5"}, NOW)
    assert time.process_time() - began < 2
