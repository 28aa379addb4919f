"""Reading what services say of their limits."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from widgets.probe.limits import Limits, Policy, is_spent, read_limits, stated_wait

NOW = 1_795_500_000.0  # Tue, 24 Nov 2026 06:00:00 GMT
NOON = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def read(**headers: str) -> Limits:
    return read_limits({name.replace("_", "-"): value for name, value in headers.items()}, NOW)


def test_clock_of_these_tests_is_right() -> None:
    assert NOON.timestamp() == NOW


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("5, 10", 10),
        ("99999999999999999999", 1e20),
        ("9" * 400, math.inf),
        ("Tue, 24 Nov 2026 06:01:00 GMT", 60),
        ("Tuesday, 24-Nov-26 06:01:00 GMT", 60),
        ("Tue Nov 24 06:01:00 2026", 60),
        ("Tue, 24 Nov 2026 05:00:00 GMT", 0),
        ("2026-11-24T06:01:00Z", 60),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float) -> None:
    assert read(Retry_After=text).retry_after == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5", "nan", "inf", "1e3", "١٢", "12 s", "Tue, 99 Nov 2026 06:01:00 GMT"])
def test_malformed_retry_after_is_ignored_and_kept(text: str) -> None:
    limits = read(Retry_After=text)
    assert limits.retry_after is None
    assert limits.raw == (("Retry-After", text),)


def test_mailerlite_retry_after_is_read_where_the_standard_one_is_absent() -> None:
    assert read(X_RateLimit_Retry_After="59").retry_after == 59
    assert read(X_RateLimit_Retry_After="59", Retry_After="3").retry_after == 3


@pytest.mark.parametrize(
    ("text", "seconds", "reading"),
    [
        ("30", 30, "seconds left"),
        ("29.5", 29.5, "seconds left"),
        ("3600000", 3600, "milliseconds left"),
        ("1795500030", 30, "epoch seconds"),
        ("1795499000", 0, "epoch seconds"),
        ("1795500030000", 30, "epoch milliseconds"),
        ("2026-11-24T06:00:30Z", 30, "ISO date"),
        ("2026-11-24T06:00:30.250+00:00", 30.25, "ISO date"),
        ("2026-11-24 07:00:30+01:00", 30, "ISO date"),
        ("Tue, 24 Nov 2026 06:00:30 GMT", 30, "HTTP date"),
        ("Tue Nov 24 2026 06:00:30 GMT+0000 (Coordinated Universal Time)", 30, "JavaScript date"),
        ("Tue Nov 24 2026 07:00:30 GMT+0100", 30, "JavaScript date"),
    ],
)
def test_reset_is_read_in_each_of_its_meanings_and_says_which(text: str, seconds: float, reading: str) -> None:
    limits = read(X_RateLimit_Remaining="3", X_RateLimit_Reset=text)
    assert limits.reset == pytest.approx(seconds)
    assert limits.reading == reading
    assert ("X-RateLimit-Reset", text) in limits.raw


@pytest.mark.parametrize(
    "text", ["-1", "later", "nan", "", "Tue Foo 24 2026 06:00:30 GMT+0000", "2026-11-24T99:00:00Z"]
)
def test_malformed_reset_is_ignored(text: str) -> None:
    limits = read(X_RateLimit_Remaining="3", X_RateLimit_Reset=text)
    assert (limits.remaining, limits.reset, limits.reading) == (3, None, "")


def test_milliseconds_are_told_from_seconds_by_window_and_by_retry_after() -> None:
    assert read(X_RateLimit_Limit="10;w=60", X_RateLimit_Reset="30000").reset == 30
    assert read(X_RateLimit_Limit="10;w=86400", X_RateLimit_Reset="30000").reset == 30_000
    assert read(X_RateLimit_Reset="30000").reset == 30_000
    assert read(X_RateLimit_Reset="30000", Retry_After="30").reset == 30
    assert read(X_RateLimit_Reset="30", Retry_After="30").reset == 30


def test_github() -> None:
    limits = read(
        x_ratelimit_limit="5000", x_ratelimit_remaining="4987", x_ratelimit_used="13", x_ratelimit_reset="1795503600"
    )
    assert limits == Limits(None, (Policy(5000),), 4987, 3600, "epoch seconds", limits.raw)
    assert len(limits.raw) == 4


def test_x_has_one_dash_more() -> None:
    limits = read(x_rate_limit_limit="900", x_rate_limit_remaining="0", x_rate_limit_reset="1795500900")
    assert (limits.policies, limits.remaining, limits.reset) == ((Policy(900),), 0, 900)


def test_nasa_states_no_window_and_no_reset() -> None:
    limits = read(X_RateLimit_Limit="40", X_RateLimit_Remaining="39")
    assert (limits.policies, limits.remaining, limits.reset) == ((Policy(40),), 39, None)
    assert stated_wait(limits) is None


def test_ietf_up_to_06() -> None:
    limits = read(RateLimit_Limit="10, 10;w=60, 1000;w=3600", RateLimit_Remaining="9", RateLimit_Reset="50")
    assert limits.policies == (Policy(10, 60), Policy(1000, 3600))
    assert (limits.remaining, limits.reset, limits.reading) == (9, 50, "seconds left")
    assert stated_wait(limits) == 6


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
    assert stated_wait(limits) == 86.4


def test_quota_that_is_not_counted_in_requests_is_no_pace() -> None:
    limits = read(RateLimit_Policy='"bytes";q=1000;w=10;qu="content-bytes", "jobs";q=3;qu="concurrent-requests"')
    assert [policy.unit for policy in limits.policies] == ["content-bytes"]
    assert stated_wait(limits) is None


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
    assert stated_wait(read(RateLimit_Policy='"a";q=0;w=60')) is None


def test_gitlab_reset_looks_like_the_ietf_one_and_is_epoch_seconds() -> None:
    stated = {"RateLimit-Limit": "60", "RateLimit-Observed": "67", "RateLimit-Remaining": "0"}
    both = read_limits(
        {**stated, "RateLimit-Reset": "1795500060", "RateLimit-ResetTime": "Tue, 24 Nov 2026 06:01:00 GMT"}, NOW
    )
    assert (both.reset, both.reading, both.remaining) == (60, "epoch seconds", 0)
    date_only = read_limits({**stated, "RateLimit-ResetTime": "Tue, 24 Nov 2026 06:01:00 GMT"}, NOW)
    assert (date_only.reset, date_only.reading) == (60, "HTTP date")


def test_shopify_states_what_is_used() -> None:
    limits = read(X_Shopify_Shop_Api_Call_Limit="1/40")
    assert (limits.policies, limits.remaining) == ((Policy(40),), 39)
    assert is_spent({"X-Shopify-Shop-Api-Call-Limit": "40/40"})


def test_brevo() -> None:
    limits = read(x_sib_ratelimit_limit="400", x_sib_ratelimit_remaining="399", x_sib_ratelimit_reset="12")
    assert (limits.policies, limits.remaining, limits.reset) == ((Policy(400),), 399, 12)


def test_moments_are_counted_from_the_clock_of_the_service_where_it_shows_it() -> None:
    slow = format_datetime(NOON - timedelta(hours=1), usegmt=True)
    limits = read(Date=slow, Retry_After="Tue, 24 Nov 2026 05:00:30 GMT", X_RateLimit_Reset="1795496430")
    assert (limits.retry_after, limits.reset) == (30, 30)
    assert read(Date="yesterday", Retry_After="Tue, 24 Nov 2026 06:00:30 GMT").retry_after == 30


@pytest.mark.parametrize("now", [NOON, NOON.replace(tzinfo=None), NOON.astimezone(), NOW])
def test_now_is_a_datetime_or_epoch_seconds(now: datetime | float) -> None:
    assert read_limits({"Retry-After": "Tue, 24 Nov 2026 06:00:30 GMT"}, now).retry_after == 30


@pytest.mark.parametrize("name", ["retry-after", "Retry-After", "RETRY-AFTER"])
def test_names_are_read_in_any_case(name: str) -> None:
    assert read_limits({name: "5"}, NOW) == Limits(retry_after=5, raw=((name, "5"),))


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
    assert is_spent(headers) is spent


NAMES = [
    "Retry-After",
    "X-RateLimit-Retry-After",
    "Date",
    "RateLimit",
    "RateLimit-Policy",
    "RateLimit-ResetTime",
    "X-Shopify-Shop-Api-Call-Limit",
    *[
        f"{prefix}-{what}"
        for prefix in ("RateLimit", "X-RateLimit", "X-Rate-Limit", "X-Sib-RateLimit")
        for what in ("Limit", "Remaining", "Reset")
    ],
]
PIECES = """ " ; = , q= w= r= t= ;q=1;w=60 "a" "b";r=0;t=9 limit= 10 - . / GMT Tue Nov 24 2026 06:00:00 +9999 -0000 T Z
: @ ?1 :aGk=: % ( ) é １ 1e9 1795500000 1795500000000 """
pieces = st.sampled_from([*PIECES.split(), " ", "\0"])
values = st.one_of(
    st.text(max_size=40),
    st.lists(pieces, max_size=12).map("".join),
    st.lists(pieces, max_size=12).map(" ".join),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
    st.datetimes().map(lambda moment: format_datetime(moment.replace(tzinfo=UTC), usegmt=True)),
    st.datetimes().map(datetime.isoformat),
)


@settings(max_examples=500)
@given(headers=st.dictionaries(st.sampled_from(NAMES), values, max_size=8), now=st.floats(0, 1e11))
@example(headers={"Retry-After": "9" * 10_000}, now=0.0)
@example(headers={"Retry-After": "01 Jan 0001 00:00:00 +9999"}, now=0.0)
@example(headers={"Date": "Fri, 31 Dec 9999 23:59:59 -2359", "Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, now=0.0)
@example(headers={"X-RateLimit-Reset": "0001-01-01T00:00:00+23:59"}, now=0.0)
@example(headers={"RateLimit": "(" * 5000}, now=0.0)
def test_no_header_whatever_makes_it_raise_or_say_something_impossible(headers: dict[str, str], now: float) -> None:
    limits = read_limits(headers, now)
    assert limits.retry_after is None or limits.retry_after >= 0
    assert limits.reset is None or limits.reset >= 0
    assert limits.remaining is None or not math.isnan(limits.remaining)
    assert all(policy.quota >= 0 and (policy.window is None or policy.window > 0) for policy in limits.policies)
    assert (limits.reading == "") is (limits.reset is None)
    pace = stated_wait(limits)
    assert pace is None or 0 <= pace < math.inf
    assert isinstance(is_spent(headers), bool)
    assert {name for name, _ in limits.raw} == set(headers) - {"Date"}
