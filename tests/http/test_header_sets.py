"""Header sets of services that were read wrongly once, or not at all, beside such as only look like them."""

from __future__ import annotations

import pytest

from tests.http.test_limit_cases import NOW, Case
from widgets.http.limits import Policy, read

UNIFIED = "anthropic-ratelimit-unified"
CASES = {
    "a window in milliseconds": Case(
        200,
        {"X-Rate-Limit-Limit": "100", "X-Rate-Limit-Remaining": "85", "X-Rate-Limit-Window": "60000"},
        None,
        (Policy(100, 60),),
        85,
        0.6,
        refused=False,
        noted="A window of 60000 was read as milliseconds",
    ),
    "an interval in milliseconds, and a moment": Case(
        200,
        {
            "ratelimit-limit": "72",
            "ratelimit-interval": "3000",
            "ratelimit-remaining": "71",
            "ratelimit-reset": "1790000001000",
        },
        None,
        (Policy(72, 3),),
        71,
        3 / 72,
        refused=False,
        noted="A window of 3000",
    ),
    "window and reset in milliseconds": Case(
        429,
        {
            "X-RateLimit-Limit": "100",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Window": "900000",
            "X-RateLimit-Reset": "31000",
        },
        31,
        (Policy(100, 900),),
        0,
        9,
        noted="A window of 900000",
    ),
    "a window whose name says seconds": Case(
        200,
        {"X-RateLimit-Limit": "5", "X-RateLimit-Window-Seconds": "60000"},
        None,
        (Policy(5, 60_000),),
        sustained=12_000,
        refused=False,
    ),
    "a window of hours": Case(
        200,
        {"X-RateLimit-Limit": "5", "X-RateLimit-Window": "18000"},
        None,
        (Policy(5, 18_000),),
        sustained=3600,
        refused=False,
    ),
    "a window that is shorter than what is left of it": Case(
        429,
        {
            "X-RateLimit-Limit": "30",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Window": "10000",
            "X-RateLimit-Reset": "40",
        },
        40,
        (Policy(30, 10_000),),
        0,
        10_000 / 30,
    ),
    "milliseconds that are a moment": Case(
        429,
        {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-Ms": "1790000030000"},
        30,
        (Policy(10),),
        0,
    ),
    "seconds that are a moment": Case(
        429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-Seconds": "1790000030"}, 30, (), 0
    ),
    "milliseconds that are left": Case(
        429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-Ms": "600000"}, 600, (), 0
    ),
    "minutes that are left": Case(429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-Minutes": "5"}, 300, (), 0),
    "minutes of a window": Case(
        200,
        {"X-RateLimit-Limit": "30", "X-RateLimit-Window-Minutes": "15"},
        None,
        (Policy(30, 900),),
        sustained=30,
        refused=False,
    ),
    "days that are left": Case(
        429,
        {"X-Usage-Limit": "10", "X-Usage-Remaining": "0", "X-Usage-Reset-Days": "2"},
        172_800,
        (Policy(10),),
        0,
        noted="means 2.0 days",
    ),
    "seconds of a quota without a rate": Case(
        429, {"X-Quota-Remaining": "0", "X-Quota-Reset-Seconds": "300"}, 300, (), 0
    ),
    "parts of a value that came twice": Case(
        429,
        {"X-Apig-RateLimit-Api": "remain:92,limit:100,time:1 minute, remain:9,limit:10,time:1 second"},
    ),
    "the reset of a quota of a minute": Case(
        429, {"X-RateLimit-Remaining-Minute": "0", "X-RateLimit-Reset-Minute": "1790000040"}, 40, (), 0
    ),
    "a quota of another size than the one with a window": Case(
        429,
        {
            "X-RateLimit-Requests-Limit": "500",
            "X-RateLimit-Requests-Remaining": "0",
            "X-RateLimit-Requests-Reset": "86000",
            "RateLimit-Policy": '"upstream";q=1200;w=300',
        },
        86_000,
        (Policy(1200, 300, "upstream"),),
        0,
        0.25,
    ),
    "a day that is spent beside a minute": Case(
        429,
        {
            "RateLimit-Policy": "10;w=60",
            "x-ratelimit-remaining-requests-day": "0",
            "x-ratelimit-reset-requests-day": "33011.4",
        },
        33_011.4,
        (Policy(10, 60),),
        0,
        6,
    ),
    "Huawei's gateway": Case(
        200,
        {
            "X-Apig-RateLimit-Api": "remain:92,limit:100,time:1 minute",
            "X-Apig-RateLimit-Api-Allenv": "remain:9,limit:10,time:1 second",
        },
        None,
        (Policy(100, 60), Policy(10, 1)),
        9,
        0.6,
        refused=False,
    ),
    "parts of a value of which one is no number": Case(
        200, {"X-Apig-RateLimit-Api": "remain:92,limit:many,time:1 minute"}, refused=False
    ),
    "Anthropic's plans, of which a week is spent": Case(
        429,
        {
            f"{UNIFIED}-status": "rejected",
            f"{UNIFIED}-5h-reset": "1790010000",
            f"{UNIFIED}-5h-utilization": "0.2",
            f"{UNIFIED}-7d-reset": "1790080000",
            f"{UNIFIED}-7d-utilization": "1.0",
            f"{UNIFIED}-reset": "1790080000",
        },
        80_000,
    ),
    "resets of two kinds": Case(
        429, {"X-RateLimit-Reset-Requests": "12", "X-RateLimit-Reset-Tokens": "40", "X-RateLimit-Reset": "50"}, 12
    ),
    "cents are no requests": Case(
        200,
        {"Helicone-RateLimit-Policy": "500;w=3600;u=cents;s=user"},
        None,
        (Policy(500, 3600, "", "cents"),),
        refused=False,
    ),
    "requests in the singular": Case(
        200,
        {"RateLimit-Policy": '"a";q=10;w=60;qu="request", 5;w=1;u=3'},
        None,
        (Policy(10, 60, "a"), Policy(5, 1)),
        sustained=6,
        refused=False,
    ),
    "characters are no requests": Case(
        200,
        {"X-Characters-Limit": "500000", "X-Characters-Remaining": "0"},
        None,
        (Policy(500_000, unit="characters"),),
        refused=False,
    ),
    "what one request has cost": Case(
        200, {"X-Credits-Used": "0.15", "X-Credits-Remaining": "1234.50"}, None, (), 1234.5, refused=False
    ),
    "a field that speaks of a quota that is not there": Case(
        404, {"X-Error-Message": "No quota named 'nightly'"}, refused=False
    ),
    "a field that speaks of a parameter": Case(
        400, {"X-Error-Message": "Parameter throttle has to be positive"}, refused=False
    ),
    "a field with a sentence that refuses": Case(403, {"X-Error-Message": "Your daily quota has been exceeded"}),
    "a field with words that refuse": Case(403, {"X-Error-Message": "Insufficient quota"}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_header_set_is_read_as_it_is_meant(name: str) -> None:
    case = CASES[name]
    limits = read(case.status, case.headers, NOW)
    assert limits.refused is case.refused
    assert limits.hold == (None if case.hold is None else pytest.approx(case.hold))
    assert limits.policies == case.policies
    assert limits.remaining == case.remaining
    assert limits.sustained == (None if case.sustained is None else pytest.approx(case.sustained))
    assert bool(limits.notes) is bool(case.noted)
    assert case.noted in " ".join(limits.notes)


OF = {
    "tokens are fewer, and are others": (
        {
            "x-ratelimit-limit-requests": "14400",
            "x-ratelimit-remaining-requests": "14370",
            "x-ratelimit-limit-tokens": "6000",
            "x-ratelimit-remaining-tokens": "5997",
        },
        14_370,
        14_400,
    ),
    "a day that is nearer to its end than the minute": (
        {
            "X-RateLimit-Limit-Minute": "60",
            "X-RateLimit-Remaining-Minute": "60",
            "X-RateLimit-Limit-Day": "5000",
            "X-RateLimit-Remaining-Day": "5",
        },
        5,
        5000,
    ),
    "a policy by its name": (
        {
            "RateLimit-Policy": '"burst";q=100;w=60, "day";q=1000;w=86400',
            "RateLimit": '"day";r=70;t=4000, "burst";r=90;t=30',
        },
        70,
        1000,
    ),
    "the older field with its policy": (
        {"RateLimit-Policy": "100;w=60", "RateLimit": "limit=100, remaining=50"},
        50,
        100,
    ),
    "a bucket, and how fast it leaks": ({"X-LS-API-Bucket-Level": "1/60", "X-LS-API-Drip-Rate": "1"}, 59, 60),
    "a rate at which it is filled": ({"X-RateLimit-Remaining": "80", "X-RateLimit-Replenish-Rate": "10"}, 80, None),
    "one of several that are stated together": (
        {"RateLimit-Limit": "10, 10;w=60, 1000;w=3600", "RateLimit-Remaining": "9"},
        9,
        None,
    ),
    "nothing but what is left": ({"X-RateLimit-Remaining": "9"}, 9, None),
    "nothing that is left": ({"X-RateLimit-Limit": "9"}, None, None),
}


@pytest.mark.parametrize(("headers", "left", "of"), OF.values(), ids=OF)
def test_what_is_left_is_told_of_its_own_quota(headers: dict[str, str], left: float | None, of: float | None) -> None:
    """The page said '14,370 of 6,000 left', and '59 of 1 left'."""
    limits = read(200, headers, NOW)
    assert (limits.remaining, limits.size) == (left, of)
