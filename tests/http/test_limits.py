"""Reading what services say of their limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from widgets.http.limits import Limits, Policy, sustained_wait
from widgets.http.limits import read as read_limits

NOW = 1_795_500_000.0  # Tue, 24 Nov 2026 06:00:00 GMT
NOON = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def read(**headers: str) -> Limits:
    return read_limits(200, {name.replace("_", "-"): value for name, value in headers.items()}, NOW)


def test_clock_of_these_tests_is_right() -> None:
    assert NOON.timestamp() == NOW


def test_github() -> None:
    limits = read(
        x_ratelimit_limit="5000", x_ratelimit_remaining="4987", x_ratelimit_used="13", x_ratelimit_reset="1795503600"
    )
    assert (limits.policies, limits.remaining, limits.reset, limits.reading) == (
        (Policy(5000),),
        4987,
        3600,
        "epoch seconds",
    )
    assert (limits.hold, limits.notes) == (None, ())
    assert len(limits.raw) == 4


def test_x_has_one_dash_more() -> None:
    limits = read(x_rate_limit_limit="900", x_rate_limit_remaining="0", x_rate_limit_reset="1795500900")
    assert (limits.policies, limits.remaining, limits.reset) == ((Policy(900),), 0, 900)


def test_nasa_states_no_window_and_no_reset() -> None:
    limits = read(X_RateLimit_Limit="40", X_RateLimit_Remaining="39")
    assert (limits.policies, limits.remaining, limits.reset) == ((Policy(40),), 39, None)
    assert limits.sustained is None


def test_ietf_up_to_06() -> None:
    limits = read(RateLimit_Limit="10, 10;w=60, 1000;w=3600", RateLimit_Remaining="9", RateLimit_Reset="50")
    assert limits.policies == (Policy(10, 60), Policy(1000, 3600))
    assert (limits.remaining, limits.reset, limits.reading) == (9, 50, "seconds left")
    assert limits.sustained == 6


def test_ietf_07() -> None:
    limits = read(RateLimit_Policy="100;w=60", RateLimit="limit=100, remaining=50, reset=30")
    assert (limits.policies, limits.remaining, limits.reset) == ((Policy(100, 60),), 50, 30)


def test_ietf_10_states_several_named_policies_of_which_the_nearest_to_its_end_counts() -> None:
    limits = read(
        RateLimit_Policy='"burst";q=100;w=60, "daily";q=1000;w=86400;pk=:cHNk:',
        RateLimit='"daily";r=7;t=4000, "burst";r=50;t=30',
    )
    assert limits.policies == (Policy(100, 60, "burst"), Policy(1000, 86_400, "daily"))
    assert (limits.remaining, limits.reset) == (7, 4000)
    assert limits.sustained == 86.4


@pytest.mark.parametrize(
    ("field", "left"),
    [
        ("limit=100, remaining=0, reset=1795500030", 30),
        ('"a";r=0;t=1795500030', 30),
        ('"a";r=0;t=5.2', 5.2),
        ('"a";r=0;t=1795500030.5', 30.5),
        ('"a";r=0;t=5', 5),
        ('"a";r=0;t=-5', None),
    ],
)
def test_a_moment_or_a_fraction_in_a_joined_field_is_read_as_elsewhere(field: str, left: float | None) -> None:
    """'That cannot be meant' was said of a moment, which GitLab writes in the fields of its own."""
    limits = read(RateLimit=field)
    assert (limits.reset, limits.hold, limits.notes) == (left, left, ())


def test_basecamp_until_a_moment_in_seconds() -> None:
    assert read(X_RateLimit='{"period": 10, "limit": 50, "remaining": 0, "until": 1795500007}').hold == 7


def test_quota_that_is_not_counted_in_requests_is_no_pace() -> None:
    limits = read(RateLimit_Policy='"bytes";q=1000;w=10;qu="content-bytes", "jobs";q=3;qu="concurrent-requests"')
    assert [policy.unit for policy in limits.policies] == ["content-bytes"]
    assert limits.sustained is None


@pytest.mark.parametrize(
    "policy",
    [
        '"a";q=1;w=60, ',
        '"a";q=1;w=60 "b";q=2',
        "a;q=;w",
        '"a";q=-1;w=60',
        '"a";q=?1;w=60',
        '"a";w=60',
        '("a" "b");q=1;w=6',
    ],
)
def test_malformed_policy_is_ignored_and_kept(policy: str) -> None:
    limits = read(RateLimit_Policy=policy)
    assert limits.policies == ()
    assert limits.raw == (("RateLimit-Policy", policy),)


def test_window_of_zero_or_below_is_no_window() -> None:
    assert read(RateLimit_Policy='"a";q=5;w=0').policies == (Policy(5, None, "a"),)
    assert read(RateLimit_Policy='"a";q=0;w=60').sustained is None


def test_gitlab_reset_looks_like_the_ietf_one_and_is_epoch_seconds() -> None:
    stated = {"RateLimit-Limit": "60", "RateLimit-Observed": "67", "RateLimit-Remaining": "0"}
    both = read_limits(
        200, {**stated, "RateLimit-Reset": "1795500060", "RateLimit-ResetTime": "Tue, 24 Nov 2026 06:01:00 GMT"}, NOW
    )
    assert (both.reset, both.reading, both.remaining) == (60, "epoch seconds", 0)
    date_only = read_limits(200, {**stated, "RateLimit-ResetTime": "Tue, 24 Nov 2026 06:01:00 GMT"}, NOW)
    assert (date_only.reset, date_only.reading) == (60, "HTTP date")


def test_shopify_states_what_is_used() -> None:
    limits = read(X_Shopify_Shop_Api_Call_Limit="1/40")
    assert (limits.policies, limits.remaining) == ((Policy(40),), 39)
    assert read_limits(403, {"X-Shopify-Shop-Api-Call-Limit": "40/40"}, NOW).refused


def test_brevo() -> None:
    limits = read(x_sib_ratelimit_limit="400", x_sib_ratelimit_remaining="399", x_sib_ratelimit_reset="12")
    assert (limits.policies, limits.remaining, limits.reset) == ((Policy(400),), 399, 12)


def test_moments_are_counted_from_the_clock_of_the_service_where_it_shows_it() -> None:
    slow = format_datetime(NOON - timedelta(hours=1), usegmt=True)
    limits = read(Date=slow, Retry_After="Tue, 24 Nov 2026 05:00:30 GMT", X_RateLimit_Reset="1795496430")
    assert (limits.hold, limits.reset) == (30, 30)
    assert read(Date="yesterday", Retry_After="Tue, 24 Nov 2026 06:00:30 GMT").hold == 30


@pytest.mark.parametrize("now", [NOON, NOON.replace(tzinfo=None), NOON.astimezone(), NOW])
def test_now_is_a_datetime_or_epoch_seconds(now: datetime | float) -> None:
    assert read_limits(200, {"Retry-After": "Tue, 24 Nov 2026 06:00:30 GMT"}, now).hold == 30


@pytest.mark.parametrize("name", ["retry-after", "Retry-After", "RETRY-AFTER"])
def test_names_are_read_in_any_case(name: str) -> None:
    assert read_limits(200, {name: "5"}, NOW) == Limits(hold=5, source="Retry-After", raw=((name, "5"),))


def test_headers_that_say_nothing_of_limits_are_left_out() -> None:
    assert read(Content_Type="text/html", Server="x", Date="Tue, 24 Nov 2026 06:00:00 GMT") == Limits()


@pytest.mark.parametrize(
    ("headers", "spent"),
    [
        ({}, False),
        ({"X-RateLimit-Remaining": "0"}, True),
        ({"x-ratelimit-remaining": "1"}, False),
        ({"RateLimit": '"a";r=0;t=3'}, True),
        ({"RateLimit": '"a";r=1;t=3, "b";r=0;t=9'}, True),
        ({"X-Rate-Limit-Remaining": "-3"}, True),
        ({"Retry-After": "60"}, True),
        ({"Retry-After": "soon"}, False),
        ({"X-RateLimit-Reset": "60"}, False),
    ],
)
def test_forbidden_is_a_refusal_only_with_a_spent_limit_or_a_time_to_come_back(
    headers: dict[str, str], spent: bool
) -> None:
    assert read_limits(403, headers, NOW).refused is spent


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"retry-after": "1.5"}, 1.5),
        ({"Retry-After": "3, 7"}, 7),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:10 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 10),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "9" * 400}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"X-RateLimit-Retry-After": "4"}, 4),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_every_form_of_the_standard(headers: dict[str, str], seconds: float | None) -> None:
    assert read_limits(429, headers, 1_800_000_000).hold == seconds


@pytest.mark.parametrize(
    ("status", "headers", "refused"),
    [
        (429, {}, True),
        (503, {}, True),
        (403, {"X-RateLimit-Remaining": "0"}, True),
        (403, {"Retry-After": "60"}, True),
        (403, {}, False),
        (500, {}, False),
        (200, {"X-RateLimit-Remaining": "0"}, False),
    ],
)
def test_a_refusal_is_told_from_a_fault(status: int, headers: dict[str, str], refused: bool) -> None:
    assert read_limits(status, headers, 0.0).refused is refused


@pytest.mark.parametrize(
    ("status", "headers", "refused"),
    [
        (None, {"Retry-After": "60"}, False),
        (200, {"Retry-After": "60"}, False),
        (302, {"Retry-After": "60"}, False),
        (304, {"X-RateLimit-Remaining": "0"}, False),
        (400, {"Retry-After": "60"}, True),
        (404, {}, False),
        (404, {"X-RateLimit-Remaining": "0"}, True),
        (418, {}, False),
        (418, {"Retry-After": "60"}, True),
        (420, {}, True),
        (500, {"Retry-After": "5"}, True),
    ],
)
def test_any_failure_with_a_spent_limit_or_a_time_to_return_is_a_refusal(
    status: int | None, headers: dict[str, str], refused: bool
) -> None:
    assert read_limits(status, headers, NOW).refused is refused


def test_repeated_lines_are_read_together() -> None:
    lines = [
        ("RateLimit-Policy", '"hour";q=100;w=3600'),
        ("ratelimit-policy", '"day";q=500;w=86400'),
        ("RateLimit", '"hour";r=9;t=60'),
        ("RateLimit", '"day";r=3;t=4000'),
        ("Retry-After", "Tue, 24 Nov 2026 06:00:30 GMT"),
        ("Retry-After", "Tue, 24 Nov 2026 06:01:30 GMT"),
    ]
    limits = read_limits(429, lines, NOW)
    assert limits.policies == (Policy(100, 3600, "hour"), Policy(500, 86_400, "day"))
    assert (limits.remaining, limits.reset, limits.sustained, limits.hold) == (3, 4000, 172.8, 90)
    joined = {"RateLimit-Policy": '"hour";q=100;w=3600, "day";q=500;w=86400'}
    assert read_limits(200, joined, NOW).policies == limits.policies


def test_of_two_quotas_as_near_to_their_end_the_one_that_says_when_it_ends_is_told() -> None:
    limits = read(RateLimit='"silent";r=3, "telling";r=3;t=40, "later";r=4;t=9')
    assert (limits.remaining, limits.reset) == (3, 40)
    silent = read(X_RateLimit_Reset="40", X_Rate_Limit_Remaining="7")
    assert (silent.remaining, silent.reset) == (7, None)


def test_where_several_limits_are_spent_the_one_that_lasts_longest_holds() -> None:
    limits = read_limits(429, {"RateLimit": '"a";r=0;t=3, "b";r=0;t=90, "c";r=5;t=400'}, NOW)
    assert (limits.hold, limits.source, limits.retry_after) == (90, "reset", None)
    asked = read_limits(429, {"RateLimit": '"a";r=0;t=90', "Retry-After": "4"}, NOW)
    assert (asked.hold, asked.source, asked.retry_after) == (4, "Retry-After", 4)


@pytest.mark.parametrize(
    ("limits", "seen", "wait"),
    [
        (Limits(sustained=3.0, remaining=1, reset=60), 0, 3.0),
        (Limits(remaining=4, reset=60), 0, 15.0),
        (Limits(remaining=4, reset=60), 59, 15.0),
        (Limits(remaining=4, reset=60), 60, None),  # a pace was seen to be kept beyond it
        (Limits(remaining=0, reset=60), 0, None),
        (Limits(remaining=0.5, reset=60), 0, 120.0),
        (Limits(remaining=4), 0, None),
        (Limits(reset=60), 0, None),
        (Limits(remaining=1, reset=32 * 86_400), 0, None),  # no quota is counted over so long a time
        (Limits(remaining=1, reset=32 * 86_400 - 1), 0, 32 * 86_400 - 1),
        (Limits(), 0, None),
    ],
)
def test_what_remains_of_a_quota_is_spread_over_the_time_until_it_is_there_again(
    limits: Limits, seen: float, wait: float | None
) -> None:
    assert sustained_wait(limits, seen) == wait


def test_a_quota_without_a_window_is_told_only_where_none_has_one() -> None:
    assert read(X_RateLimit_Limit="5", RateLimit_Policy='"a";q=9;w=60').policies == (Policy(9, 60, "a"),)
    assert read(X_RateLimit_Limit="7").policies == (Policy(7),)
    assert read(X_RateLimit_Limit="-1").policies == ()
    assert read(RateLimit_Policy='"a";q=4;w=1').sustained == 0.25
    assert read(RateLimit_Policy='"a";q=0;w=60, "b";q=4;w=60').sustained == 15


@pytest.mark.parametrize(
    ("seconds", "said"),
    [("2764801s", "32 days"), ("99999999d", "99,999,999 days"), ("99999999999d", "longer than anybody")],
)
def test_how_long_a_hold_that_is_not_obeyed_would_last_is_said(seconds: str, said: str) -> None:
    limits = read_limits(429, {"Retry-After": seconds}, NOW)
    assert limits.hold is None
    assert limits.notes == (limits.notes[0],)
    assert f"Retry-After would mean {said}" in limits.notes[0]


def test_a_hold_of_a_month_is_obeyed_and_told() -> None:
    limits = read_limits(429, {"Retry-After": "32d"}, NOW)
    assert (limits.hold, limits.notes) == (
        32 * 86_400,
        ("Retry-After means 32.0 days: that is long, and may be a slip of the service.",),
    )
    spent = read_limits(429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2d"}, NOW)
    assert spent.notes == ("The stated reset means 2.0 days: that is long, and may be a slip of the service.",)


@pytest.mark.parametrize("used", ["41/40", "40/40"])
def test_more_used_than_there_is_leaves_nothing(used: str) -> None:
    assert read(X_Shopify_Shop_Api_Call_Limit=used).remaining == 0
    assert read(X_Shopify_Shop_Api_Call_Limit="1/-1").policies == ()
    assert read(X_Shopify_Shop_Api_Call_Limit="0/0").policies == (Policy(0),)


@pytest.mark.parametrize(
    ("told", "policies"),
    [
        ('{"limit":50,"period":0}', (Policy(50),)),
        ('{"limit":true,"period":10}', ()),
        ('{"limit":-1,"period":10}', ()),
        ('{"limit":0.5,"period":10,"name":"%s"}' % ("x" * 61), (Policy(0.5, 10, "x" * 60),)),
        ('{"limit":1e15,"period":10}', ()),
        ('{"limit":50,"period":10', ()),
        ('{"limit":50,"padding":"%s"}' % ("x" * 9975), (Policy(50),)),
        ('{"limit":50,"padding":"%s"}' % ("x" * 9976), ()),
    ],
)
def test_limits_told_in_json_are_read_as_far_as_they_make_sense(told: str, policies: tuple[Policy, ...]) -> None:
    assert read(X_RateLimit=told).policies == policies


@pytest.mark.parametrize(
    ("rate", "counts", "policies", "remaining"),
    [
        ("20:1", "20:1", (Policy(20, 1),), 0),
        ("20:1", "21:1", (Policy(20, 1),), 0),
        ("20:1", "3:2", (Policy(20, 1),), None),
        ("20:0", "3:0", (Policy(20),), 17),
        ("0:1", "", (Policy(0, 1),), None),
        ("-1:1, 5:-1, x:1, 7:7", "", (Policy(7, 7),), None),
    ],
)
def test_counts_by_their_window_are_taken_from_the_quota_of_the_same_window(
    rate: str, counts: str, policies: tuple[Policy, ...], remaining: float | None
) -> None:
    limits = read(X_App_Rate_Limit=rate, X_App_Rate_Limit_Count=counts)
    assert (limits.policies, limits.remaining) == (policies, remaining)


def test_a_time_to_return_in_milliseconds_of_zero_is_one_and_below_it_is_none() -> None:
    assert read_limits(429, {"Retry-After-Ms": "0"}, NOW).hold == 0
    assert read_limits(429, {"Retry-After-Ms": "-1", "Retry-After": "3"}, NOW).hold == 3
    assert read_limits(429, {"Retry-After": "-1, 5"}, NOW).hold == 5
    assert read_limits(429, {"Retry-After": "0"}, NOW).hold == 0


def test_of_two_resets_the_one_that_needs_no_clock_is_believed() -> None:
    said = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW + 4000), "X-RateLimit-Reset-After": "5.5"}
    limits = read_limits(429, said, NOW)
    assert (limits.hold, limits.reset, limits.reading) == (5.5, 5.5, "seconds left")
    del said["X-RateLimit-Reset-After"]
    assert read_limits(429, said | {"X-RateLimit-ResetTime": "Tue, 24 Nov 2026 06:00:07 GMT"}, NOW).hold == 4000


@pytest.mark.parametrize(
    ("headers", "policies", "remaining", "reset"),
    [
        ({"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-FillRate": "10",
          "X-RateLimit-Interval-Seconds": "60"}, [(10, 60)], 59, None),  # Jira
        ({"X-Limit-Per-Second": "10", "X-Remaining-This-Second": "9", "X-Limit-Per-Day": "10000",
          "X-Remaining-Today": "9999"}, [(10, 1), (10_000, 86_400)], 9, None),  # Etsy
        ({"RateLimit-DailyLimit": "5000", "RateLimit-Remaining": "4990"}, [(5000, 86_400)], 4990, None),  # Yelp
        ({"X-RateLimit-UserLimit": "500", "X-RateLimit-UserRemaining": "499", "X-RateLimit-UserReset": "90"},
         [(500, None)], 499, 90),  # Imgur
        ({"X-Rate-Limit-Api-Token-Interval-Ms": "10000", "X-Rate-Limit-Api-Token-Max": "100",
          "X-Rate-Limit-Api-Token-Remaining": "99"}, [(100, 10)], 99, None),  # Trello
        ({"X-Bapi-Limit": "100", "X-Bapi-Limit-Status": "0", "X-Bapi-Limit-Reset-Timestamp": "9"}, [(100, None)], 0, 9),
        ({"X-Contentful-RateLimit-Second-Limit": "10", "X-Contentful-RateLimit-Second-Remaining": "0",
          "X-Contentful-RateLimit-Hour-Limit": "36000", "X-Contentful-RateLimit-Reset": "1"},
         [(10, 1), (36_000, 3600)], 0, 1),
        ({"X-Rate-Limit-Time-Reset-Ms": "15000", "X-Rate-Limit-Time-Window-Ms": "30000",
          "X-Rate-Limit-Requests-Left": "0", "X-Rate-Limit-Requests-Quota": "150"}, [(150, 30)], 0, 15),  # BigCommerce
        ({"X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "699"}, [(700, None)], 699, None),  # Zendesk
        ({"Zendesk-RateLimit-search-index": "total=100; remaining=99; resets=59"}, [(100, None)], 99, 59),
        ({"X-Rate-Limit-Per-Hour": "1000", "X-Rate-Limit-Remaining-Hour": "999"}, [(1000, 3600)], 999, None),
        ({"X-RateLimit-Limit": "100, 100;window=60"}, [(100, 60)], None, None),
        ({"X-RateLimit-Limit": "-1", "X-RateLimit-Remaining": "-1"}, [], None, None),
        ({"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0"}, [], None, None),
    ],
)  # fmt: skip
def test_limits_are_read_under_the_names_of_each_service(
    headers: dict[str, str], policies: list[tuple[float, float | None]], remaining: float | None, reset: float | None
) -> None:
    limits = read_limits(200, headers, NOW)
    assert sorted((policy.quota, policy.window) for policy in limits.policies) == policies
    assert (limits.remaining, limits.reset) == (remaining, reset)
    assert all(policy.unit == "requests" for policy in limits.policies)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [('"30"', 30), ("120 (two minutes)", 120), ("00:01:30", 90), ("PT30S", 30), ("P1DT1H", 90_000), ("PT", None)],
)
def test_a_time_to_return_is_read_however_it_is_spelled(said: str, seconds: float | None) -> None:
    assert read_limits(503, {"Retry-After": said}, NOW).hold == seconds
    assert read_limits(503, {"X-Throttle-Wait-Seconds": said}, NOW).hold == seconds


def test_a_time_to_return_in_an_answer_that_leaves_requests_is_no_request_to_stay_away() -> None:
    told = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset": "61", "Retry-After": "60"}
    assert read_limits(200, told, NOW).hold is None
    assert read_limits(200, told | {"X-RateLimit-Remaining": "0"}, NOW).hold == 60
    assert read_limits(429, told, NOW).hold == 60
