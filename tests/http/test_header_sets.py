"""Header sets of services that were read wrongly once, or not at all, beside such as only look like them."""

from __future__ import annotations

import pytest

from tests.http.test_limit_cases import DATE, NOW, Case
from widgets.http.limits import Policy, read

UNIFIED = "anthropic-ratelimit-unified"
A_LONG_DATE = "Monday, September 21, 2026 03:13:20 PM GMT"
MINUTE_AND_HOUR = (Policy(100, 60), Policy(1000, 3600))

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
        (Policy(1200, 300, "upstream"), Policy(500)),
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
    "the reset of a quota of hours": Case(
        429,
        {"X-RateLimit-Limit-Hours": "60", "X-RateLimit-Remaining-Hours": "0", "X-RateLimit-Reset-Hours": "30"},
        30,
        (Policy(60, 3600),),
        0,
        60,
    ),
    "hours that no quota is counted over": Case(
        429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-Hours": "1800"}, 1800, (), 0
    ),
    "minutes of a quota that are more than it is counted over": Case(
        429, {"X-Quota-Remaining": "0", "X-Quota-Reset-Minutes": "50000"}, 50_000, (), 0
    ),
    "days of a quota of a quarter": Case(
        200,
        {"X-Usage-Limit": "25", "X-Usage-Remaining": "2", "X-Usage-Reset-Days": "60"},
        None,
        (Policy(25),),
        2,
        refused=False,
    ),
    "days of which each has its quota": Case(
        429,
        {"X-RateLimit-Limit-Days": "60", "X-RateLimit-Remaining-Days": "0", "X-RateLimit-Reset-Days": "3600"},
        3600,
        (Policy(60, 86_400),),
        0,
        1440,
    ),
    "a window that has no end": Case(
        200,
        {"X-RateLimit-Limit": "5", "X-RateLimit-Window": "9" * 400},
        None,
        (Policy(5, float("inf")),),
        refused=False,
    ),
    "parts of a value beside parts of another kind": Case(
        200,
        {
            "X-RateLimit-Requests": "limit:60, remaining:55, reset:12",
            "X-RateLimit-Tokens": "limit:100000, remaining:3, reset:12",
        },
        None,
        (Policy(60), Policy(100_000, unit="tokens")),
        55,
        refused=False,
    ),
    "parts of a value with a plain window": Case(
        200,
        {"X-RateLimit-Api": "limit=100, remaining=50, window=60, reset=30"},
        None,
        (Policy(100, 60),),
        50,
        0.6,
        refused=False,
    ),
    "a quota without a window beside one of a day": Case(
        429,
        {
            "RateLimit-Policy": "50000;w=86400",
            "X-RateLimit-Limit": "100",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "60000",
        },
        60_000,
        (Policy(50_000, 86_400), Policy(100)),
        0,
        1.728,
    ),
    "X's 15 in 15 minutes beside a day of the app": Case(
        200,
        {
            "x-rate-limit-limit": "15",
            "x-rate-limit-remaining": "14",
            "x-rate-limit-reset": "1790000900",
            "x-app-limit-24hour-limit": "50000",
            "x-app-limit-24hour-remaining": "49990",
        },
        None,
        (Policy(15), Policy(50_000, 86_400)),
        14,
        1.728,
        refused=False,
    ),
    "Mashery's plan, with a date of twelve hours": Case(
        200,
        {"X-Plan-Quota-Allotted": "1000", "X-Plan-Quota-Current": "35", "X-Plan-Quota-Reset": A_LONG_DATE},
        None,
        (Policy(1000),),
        965,
        refused=False,
    ),
    "rates side by side, as Flask-Limiter writes them": Case(
        200, {"X-RateLimit-Limit": "100 per 1 minute, 1000 per 1 hour"}, None, MINUTE_AND_HOUR, None, 3.6, refused=False
    ),
    "a policy in words": Case(
        200, {"RateLimit-Policy": "100 per minute; 1000 per hour"}, None, MINUTE_AND_HOUR, None, 3.6, refused=False
    ),
    "whose quota it is, under the short name of a unit": Case(
        200, {"RateLimit-Policy": '"a";q=10;w=60;u="alice"'}, None, (Policy(10, 60, "a"),), sustained=6, refused=False
    ),
    "requests in capitals": Case(
        200,
        {"RateLimit-Policy": '"a";q=10;w=60;qu="Requests"', "RateLimit": '"a";r=4;t=30'},
        None,
        (Policy(10, 60, "a"),),
        4,
        6,
        refused=False,
    ),
}

RESETS = {
    "an interval in milliseconds, and a moment": (1, "epoch milliseconds"),
    "window and reset in milliseconds": (31, "milliseconds left"),
    "a window that is shorter than what is left of it": (40, "seconds left"),
    "milliseconds that are a moment": (30, "epoch milliseconds"),
    "seconds that are a moment": (30, "epoch seconds"),
    "milliseconds that are left": (600, "time with a unit"),
    "minutes that are left": (300, "time with a unit"),
    "days that are left": (172_800, "time with a unit"),
    "seconds of a quota without a rate": (300, "time with a unit"),
    "the reset of a quota of a minute": (40, "epoch seconds"),
    "a quota of another size than the one with a window": (86_000, "seconds left"),
    "a day that is spent beside a minute": (33_011.4, "seconds left"),
    "Anthropic's plans, of which a week is spent": (80_000, "epoch seconds"),
    "resets of two kinds": (50, "seconds left"),
    "the reset of a quota of hours": (30, "seconds left"),
    "hours that no quota is counted over": (1800, "seconds left"),
    "minutes of a quota that are more than it is counted over": (50_000, "seconds left"),
    "days of a quota of a quarter": (5_184_000, "time with a unit"),
    "days of which each has its quota": (3600, "seconds left"),
    "parts of a value beside parts of another kind": (12, "seconds left"),
    "parts of a value with a plain window": (30, "seconds left"),
    "a quota without a window beside one of a day": (60_000, "seconds left"),
    "requests in capitals": (30, "seconds left"),
    "X's 15 in 15 minutes beside a day of the app": (900, "epoch seconds"),
    "Mashery's plan, with a date of twelve hours": (3600, "HTTP date"),
}
"""In how many seconds the quota that is nearest to its end is there again, and how that was read; else nothing."""


@pytest.mark.parametrize("name", CASES)
def test_a_header_set_is_read_as_it_is_meant(name: str) -> None:
    case = CASES[name]
    limits = read(case.status, case.headers, NOW)
    assert limits.refused is case.refused
    assert limits.hold == (None if case.hold is None else pytest.approx(case.hold))
    assert limits.policies == case.policies
    assert limits.remaining == case.remaining
    assert limits.sustained == (None if case.sustained is None else pytest.approx(case.sustained))
    end, reading = RESETS.get(name, (None, ""))
    assert (limits.reset, limits.reading) == (None if end is None else pytest.approx(end), reading)
    assert bool(limits.notes) is bool(case.noted)
    assert case.noted in " ".join(limits.notes)


SPENT = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0"}
ENDS: dict[str, tuple[dict[str, str], float, float, str]] = {
    "a moment": (
        SPENT | {"X-RateLimit-Window": "10000", "X-RateLimit-Reset": "1790000040", "Date": DATE},
        10_000,
        40,
        "epoch seconds",
    ),
    "seconds with their unit": (
        SPENT | {"X-RateLimit-Window": "10000", "X-RateLimit-Reset": "40s"},
        10_000,
        40,
        "time with a unit",
    ),
    "seconds by their name": (
        SPENT | {"X-RateLimit-Window": "10000", "X-RateLimit-Reset-Seconds": "40"},
        10_000,
        40,
        "time with a unit",
    ),
    "a time to come back": (SPENT | {"X-RateLimit-Window": "10000", "Retry-After": "40"}, 10_000, 40, ""),
    "the same number twice": (
        SPENT | {"X-RateLimit-Window": "10000", "X-RateLimit-Reset": "4000", "Retry-After": "4000"},
        10_000,
        4000,
        "seconds left",
    ),
    "nothing": (SPENT | {"X-RateLimit-Window": "20000", "X-RateLimit-Reset": "1500"}, 20_000, 1500, "seconds left"),
    "nothing, of a second": (
        SPENT | {"X-RateLimit-Window": "1000", "X-RateLimit-Reset": "1000"},
        1000,
        1000,
        "seconds left",
    ),
    "nothing, and no rate": (
        {"X-Quota-Limit": "30", "X-Quota-Remaining": "0", "X-Quota-Window": "5000", "X-Quota-Reset": "1200"},
        5000,
        1200,
        "seconds left",
    ),
    "a number hardly met as seconds": (
        SPENT | {"X-RateLimit-Window": "900000", "X-RateLimit-Reset": "31000"},
        900,
        31,
        "milliseconds left",
    ),
    "a moment in so short a window": (
        SPENT | {"X-RateLimit-Window": "10000", "X-RateLimit-Reset": "1790000009", "Date": DATE},
        10,
        9,
        "epoch seconds",
    ),
}


@pytest.mark.parametrize(("headers", "window", "hold", "reading"), ENDS.values(), ids=ENDS)
def test_a_window_is_in_milliseconds_only_where_no_more_is_left_of_it(
    headers: dict[str, str], window: float, hold: float, reading: str
) -> None:
    """By what decides: else the shorter of two times was taken for a time to stay away."""
    limits = read(429, headers, NOW)
    assert limits.policies == (Policy(30, window),)
    assert limits.hold == pytest.approx(hold)
    assert limits.sustained == pytest.approx(window / 30)
    assert (limits.reset, limits.reading) == (pytest.approx(hold) if reading else None, reading)
    assert bool(limits.notes) is (window < 1000)


@pytest.mark.parametrize(
    "name",
    [
        "X-Request-Duration-Ms",
        "X-Request-Duration-Seconds",
        "X-Call-Duration-Ms",
        "Request-Duration-Ms",
        "X-Api-Request-Duration-Ms",
        "X-Api-Duration-Ms",
        "X-Request-TTL-Seconds",
        "X-Request-Expires-Seconds",
        "X-Request-Expires-In-Seconds",
        "X-Api-TTL-Seconds",
    ],
)
def test_a_time_of_one_request_is_none_of_a_quota(name: str) -> None:
    """The page said '500 requests in 0.035 s' of the time that one request took."""
    for said in ({"X-Requests-Used": "1"}, {"X-Request-Limit": "500"}):
        limits = read(200, {"X-Requests-Remaining": "499", name: "35"} | said, NOW)
        assert (limits.policies, limits.remaining, limits.reset, limits.reading) == ((Policy(500),), 499, None, "")


REFUSING = (
    "Quota diario superado, intente mañana",
    "Le quota de requêtes est dépassé",
    "Quota giornaliera di richieste superata",
    "Cota diária excedida: quota esgotada hoje",
    "API-Quota wurde leider überschritten",
    "Quota overschreden voor deze sleutel",
    "Превышена quota запросов на сегодня",
    "已超出 API 调用 quota 限制 请稍后",
    "insufficient_quota: check plan and billing",
    "Insufficient quota for this model",
    "Insufficient tokens for quota 'DefaultGroup' and limit 'USER-100s'",
    "type=quota code=insufficient_quota param=null x",
    "No quota left for today",
    "There is no quota left",
    "no more quota for this key today",
    "Not enough quota for this",
    "Daily API quota has run out",
    "Your monthly quota ran out today",
    "quota: 0 remaining, resets in 60s",
    "Remaining quota is 0 for key",
    "Daily quota: 1000 of 1000 used",
    "1000/1000 of quota used today, wait",
    "request denied due to quota limits",
    "Rejected by the quota service, retry later",
    "Throttle in effect for this client",
    "Throttler rejected the request (bucket empty)",
)
"""Sentences in a field that says why an answer failed."""

ORDINARY = (
    "The quota must not be 0",
    "Remaining quota is 0.5 for key",
    "Daily quota: 100 of 1000 used",
    "Cannot read the user quota",
    "Storage quota exceeded for the mailbox",
    "There is no quota by that name",
    "quota: 10 remaining, resets in 60s",
    "Unknown throttle key in the request",
)


@pytest.mark.parametrize(
    ("text", "refused"), [*((text, True) for text in REFUSING), *((each, False) for each in ORDINARY)]
)
def test_a_sentence_in_a_field_refuses_in_any_language_and_by_what_is_left(text: str, refused: bool) -> None:
    assert read(403, {"X-Error-Message": text}, NOW).refused is refused


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
    "a policy by its name, beside one over the same time": (
        {"RateLimit-Policy": '"a";q=100;w=60, "b";q=200;w=60', "RateLimit": '"b";r=40'},
        40,
        200,
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
    "the only one that it fits into": (
        {"X-RateLimit-Limit-Minute": "100", "X-RateLimit-Limit-Hour": "6000", "X-RateLimit-Remaining": "5990"},
        5990,
        6000,
    ),
    "nothing but what is left": ({"X-RateLimit-Remaining": "9"}, 9, None),
    "nothing that is left": ({"X-RateLimit-Limit": "9"}, None, None),
}


@pytest.mark.parametrize(("headers", "left", "of"), OF.values(), ids=OF)
def test_what_is_left_is_told_of_its_own_quota(headers: dict[str, str], left: float | None, of: float | None) -> None:
    """The page said '14,370 of 6,000 left', and '59 of 1 left'."""
    limits = read(200, headers, NOW)
    assert (limits.remaining, limits.size) == (left, of)


@pytest.mark.parametrize("window", ["-60", "0", "nan", "1e400"])
def test_a_window_that_can_be_none_is_none(window: str) -> None:
    """A pace of -1 s was stated, of 60 requests in -60 s."""
    limits = read(200, {"X-RateLimit-Limit": "60", "X-RateLimit-Window": window}, 0.0)
    assert (limits.policies, limits.sustained) == ((Policy(60),), None)
