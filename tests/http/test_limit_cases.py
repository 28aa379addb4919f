"""Header sets as services send them, with what each of them means."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from widgets.http.limits import Policy, read

NOW = 1_790_000_000.0
DATE = "Mon, 21 Sep 2026 14:13:20 GMT"


@dataclass(frozen=True)
class Case:
    status: int
    headers: dict[str, str]
    hold: float | None = None
    policies: tuple[Policy, ...] = ()
    remaining: float | None = None
    sustained: float | None = None
    refused: bool = True
    noted: str = ""
    dated: bool = field(default=True)


CASES = {
    "GitHub": Case(
        403,
        {
            "X-RateLimit-Limit": "60",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1790001466",
            "X-RateLimit-Used": "60",
        },
        1466,
        (Policy(60),),
        0,
    ),
    "GitHub, a limit that it does not state": Case(
        403,
        {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "14", "X-RateLimit-Resource": "search"},
        None,
        (Policy(30),),
        14,
        refused=False,
        noted="a second limit",
    ),
    "Reddit": Case(
        429,
        {"x-ratelimit-used": "1000", "x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "412"},
        412,
        (Policy(1000),),
        0,
    ),
    "OpenAI": Case(
        429,
        {
            "x-ratelimit-limit-requests": "60",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "6m0s",
            "x-ratelimit-limit-tokens": "150000",
            "x-ratelimit-remaining-tokens": "149984",
            "x-ratelimit-reset-tokens": "500ms",
        },
        360,
        (Policy(60), Policy(150_000, unit="tokens")),
        0,
    ),
    "Anthropic": Case(
        429,
        {
            "anthropic-ratelimit-requests-limit": "50",
            "anthropic-ratelimit-requests-remaining": "0",
            "anthropic-ratelimit-requests-reset": "2026-09-21T14:13:32Z",
            "anthropic-ratelimit-input-tokens-limit": "40000",
            "anthropic-ratelimit-input-tokens-remaining": "39000",
        },
        12,
        (Policy(50), Policy(40_000, unit="input-tokens")),
        0,
    ),
    "OpenRouter": Case(
        429,
        {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1790054000000"},
        54_000,
        (Policy(50),),
        0,
    ),
    "the IETF's draft -06": Case(
        429, {"RateLimit-Limit": "120", "RateLimit-Remaining": "0", "RateLimit-Reset": "23"}, 23, (Policy(120),), 0
    ),
    "Hugging Face": Case(
        429,
        {"RateLimit": '"api";r=0;t=55', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'},
        55,
        (Policy(500, 300, "api"),),
        0,
        0.6,
        noted="names its policy twice",
    ),
    "milliseconds by name": Case(429, {"retry-after-ms": "2500", "Retry-After": "3"}, 2.5),
    "Azure": Case(429, {"x-ms-retry-after-ms": "8131", "x-ms-request-charge": "0.38"}, 8.131),
    "Caddy": Case(429, {"X-RateLimit-RetryAfter": "20"}, 20),
    "Discord": Case(
        429,
        {
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1790000004.668",
            "X-RateLimit-Reset-After": "5.180",
            "X-RateLimit-Bucket": "abcd1234",
            "X-RateLimit-Scope": "user",
        },
        5.18,
        (Policy(5),),
        0,
    ),
    "Retry-After as a moment": Case(
        429,
        {
            "Retry-After": "1790000040",
            "X-RateLimit-Limit": "20",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1790000040",
        },
        40,
        (Policy(20),),
        0,
        noted="epoch seconds",
    ),
    "Retry-After in milliseconds": Case(
        429,
        {
            "Retry-After": "6457",
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1790000007",
            "X-RateLimit-Reset-After": "6.457",
        },
        6.457,
        (Policy(5),),
        0,
        noted="milliseconds left",
    ),
    "a date without a date": Case(429, {"Retry-After": "Mon, 21 Sep 2026 14:15:20 GMT"}, 120, dated=False),
    "a unit": Case(429, {"Retry-After": "60s"}, 60),
    "Crossref": Case(
        200,
        {
            "X-Rate-Limit-Limit": "50, 50",
            "X-Rate-Limit-Interval": "1s, 1s",
            "X-RateLimit-Limit": "50",
            "X-RateLimit-Interval": "1s",
        },
        None,
        (Policy(50, 1),),
        None,
        0.02,
        refused=False,
    ),
    "Riot": Case(
        429,
        {
            "Retry-After": "2",
            "X-App-Rate-Limit": "20:1,100:120",
            "X-App-Rate-Limit-Count": "21:1,36:120",
            "X-Method-Rate-Limit": "2000:60",
            "X-Method-Rate-Limit-Count": "36:60",
            "X-Rate-Limit-Type": "application",
        },
        2,
        (Policy(20, 1), Policy(100, 120), Policy(2000, 60)),
        0,
        1.2,
    ),
    "Basecamp": Case(
        429,
        {"X-RateLimit": '{"name":"API","period":10,"limit":50,"remaining":0,"until":"2026-09-21T14:13:27Z"}'},
        7,
        (Policy(50, 10, "API"),),
        0,
        0.2,
    ),
    "HubSpot": Case(
        429,
        {
            "X-HubSpot-RateLimit-Daily": "250000",
            "X-HubSpot-RateLimit-Daily-Remaining": "249700",
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Max": "100",
            "X-HubSpot-RateLimit-Remaining": "0",
            "X-HubSpot-RateLimit-Secondly": "10",
            "X-HubSpot-RateLimit-Secondly-Remaining": "10",
        },
        None,
        (Policy(100, 10), Policy(10, 1, "secondly"), Policy(250_000, 86_400, "daily")),
        0,
        0.3456,
    ),
    "Kong": Case(
        429,
        {
            "X-RateLimit-Limit-Minute": "10",
            "X-RateLimit-Remaining-Minute": "0",
            "X-RateLimit-Limit-Hour": "100",
            "X-RateLimit-Remaining-Hour": "90",
            "RateLimit-Limit": "10",
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": "13",
            "Retry-After": "13",
        },
        13,
        (Policy(10, 60), Policy(100, 3600)),
        0,
        36,
    ),
    "KuCoin": Case(
        429,
        {"gw-ratelimit-limit": "500", "gw-ratelimit-remaining": "0", "gw-ratelimit-reset": "1489"},
        1.489,
        (Policy(500),),
        0,
    ),
    "Binance": Case(429, {"X-MBX-USED-WEIGHT": "6001", "X-MBX-USED-WEIGHT-1M": "6001", "Retry-After": "35"}, 35),
    "Binance, a ban": Case(418, {"X-MBX-USED-WEIGHT-1M": "9900", "Retry-After": "120"}, 120),
    "a quota of the day beside another": Case(
        429,
        {
            "x-ratelimit-limit-requests": "20",
            "x-ratelimit-remaining-requests": "20",
            "x-ratelimit-limit-requests-day": "40",
            "x-ratelimit-remaining-requests-day": "0",
            "x-ratelimit-reset-requests-day": "31000",
        },
        31_000,
        (Policy(40, 86_400),),
        0,
        2160,
    ),
    "Salesforce": Case(
        403, {"Sforce-Limit-Info": "api-usage=5000/5000"}, None, (Policy(5000, 86_400, "api-usage"),), 0, 17.28
    ),
    "AWS": Case(400, {"x-amzn-ErrorType": "ThrottlingException", "Content-Type": "application/x-amz-json-1.1"}),
    "SP-API": Case(200, {"x-amzn-RateLimit-Limit": "0.5"}, None, (Policy(0.5, 1),), None, 2, refused=False),
    "MediaWiki": Case(200, {"Retry-After": "5", "MediaWiki-API-Error": "maxlag", "X-Database-Lag": "7"}, 5),
    "Docker": Case(
        200,
        {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600"},
        None,
        (Policy(100, 21_600),),
        76,
        216,
        refused=False,
    ),
    "Strava": Case(
        200,
        {"X-RateLimit-Limit": "600,30000", "X-RateLimit-Usage": "314,27536"},
        None,
        (Policy(600, 900), Policy(30_000, 86_400)),
        None,
        2.88,
        refused=False,
    ),
    "in words": Case(200, {"X-RateLimit-Limit": "10 per 1 minute"}, None, (Policy(10, 60),), None, 6, refused=False),
    "a token instead of a string": Case(
        200, {"RateLimit-Policy": "quota;q=100;w=1"}, None, (Policy(100, 1, "quota"),), None, 0.01, refused=False
    ),
    **{str(status): Case(status, {}) for status in (420, 430, 509, 529, 999)},
}


@pytest.mark.parametrize("name", CASES)
def test_what_services_send_is_read_as_they_mean_it(name: str) -> None:
    case = CASES[name]
    limits = read(case.status, case.headers | ({"Date": DATE} if case.dated else {}), NOW)
    assert limits.refused is case.refused
    assert limits.hold == (None if case.hold is None else pytest.approx(case.hold))
    assert limits.policies == case.policies
    assert limits.remaining == case.remaining
    assert limits.sustained == (None if case.sustained is None else pytest.approx(case.sustained))
    assert bool(limits.notes) is bool(case.noted)
    assert case.noted in " ".join(limits.notes)


@pytest.mark.parametrize("name", CASES)
def test_pairs_and_other_letters_are_read_alike(name: str) -> None:
    case = CASES[name]
    turned = [(header.swapcase(), value) for header, value in case.headers.items()]
    one, other = read(case.status, case.headers, NOW), read(case.status, turned, NOW)
    assert (one.refused, one.hold, one.policies, one.remaining) == (
        other.refused,
        other.hold,
        other.policies,
        other.remaining,
    )
