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
    "Mapbox, which says nothing of what is left": Case(
        429,
        {"X-Rate-Limit-Interval": "60", "X-Rate-Limit-Limit": "600", "X-Rate-Limit-Reset": "1790000037"},
        37,
        (Policy(600, 60.0),),
        sustained=0.1,
    ),
    "Contentful's reset alone": Case(429, {"X-Contentful-RateLimit-Reset": "1"}, 1),
    "Zoom": Case(
        200,
        {"X-RateLimit-Type": "QPS", "X-RateLimit-Limit": "80", "X-RateLimit-Remaining": "79"},
        None,
        (Policy(80, 1.0),),
        79,
        sustained=0.0125,
        refused=False,
    ),
    "bytes that are left beside requests": Case(
        200,
        {
            "RateLimit-Policy": '"r";q=100;w=60, "b";q=65535;qu="content-bytes";w=10',
            "RateLimit": '"r";r=50;t=30, "b";r=10;t=3',
        },
        None,
        (Policy(100, 60.0, "r"), Policy(65535, 10.0, "b", "content-bytes")),
        50,
        sustained=0.6,
        refused=False,
    ),
    "Azure's resources": Case(
        200,
        {"X-Ms-RateLimit-Remaining-Resource": "Microsoft.Compute/HighCostGet3Min;46,Microsoft.Compute/Get30Min;244"},
        None,
        (),
        46,
        refused=False,
    ),
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
        286,
        2.88,
        refused=False,
    ),
    "Okta, too many at once": Case(
        429, {"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "1790000060"}, 60
    ),
    "Okta, no limit": Case(
        200,
        {"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "1790000060"},
        refused=False,
    ),
    "Groq: tokens are no requests": Case(
        200,
        {
            "x-ratelimit-limit-requests": "14400",
            "x-ratelimit-remaining-requests": "14399",
            "x-ratelimit-reset-requests": "6s",
            "x-ratelimit-limit-tokens": "6000",
            "x-ratelimit-remaining-tokens": "5990",
            "x-ratelimit-reset-tokens": "100ms",
        },
        None,
        (Policy(14_400), Policy(6000, unit="tokens")),
        14_399,
        refused=False,
    ),
    "tokens that are spent": Case(429, {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "7s"}, 7),
    "Linear: complexity is no count of requests": Case(
        200,
        {
            "X-RateLimit-Requests-Limit": "1500",
            "X-RateLimit-Requests-Remaining": "1499",
            "X-RateLimit-Complexity-Limit": "250000",
            "X-RateLimit-Complexity-Remaining": "8",
        },
        None,
        (Policy(1500), Policy(250_000, unit="complexity")),
        1499,
        refused=False,
    ),
    "Sentry: requests at once are no quota": Case(
        200,
        {
            "X-Sentry-Rate-Limit-Limit": "40",
            "X-Sentry-Rate-Limit-Remaining": "39",
            "X-Sentry-Rate-Limit-ConcurrentLimit": "25",
            "X-Sentry-Rate-Limit-ConcurrentRemaining": "24",
        },
        None,
        (Policy(40), Policy(25, unit="concurrent")),
        39,
        refused=False,
    ),
    "Spring Cloud Gateway": Case(
        200,
        {
            "X-RateLimit-Remaining": "80",
            "X-RateLimit-Requested-Tokens": "20",
            "X-RateLimit-Burst-Capacity": "100",
            "X-RateLimit-Replenish-Rate": "10",
        },
        None,
        (Policy(0.5, 1),),
        80,
        2,
        refused=False,
    ),
    "Lightspeed": Case(
        200, {"X-LS-API-Bucket-Level": "1/60", "X-LS-API-Drip-Rate": "1"}, None, (Policy(1, 1),), 59, 1, refused=False
    ),
    "AmeriCommerce": Case(200, {"X-AC-Call-Limit": "1/40"}, None, (Policy(40),), 39, refused=False),
    "3scale": Case(
        429,
        {"3scale-Limit-Limit": "10", "3scale-Limit-Remaining": "0", "3scale-Limit-Reset": "22"},
        22,
        (Policy(10),),
        0,
    ),
    "The Odds API": Case(
        200, {"x-requests-remaining": "499", "x-requests-used": "1"}, None, (Policy(500),), 499, refused=False
    ),
    "names with lines below, and two windows": Case(
        200,
        {
            "http_x_ratelimit_limit": "100",
            "http_x_ratelimit_remaining": "99",
            "http_x_ratelimit_reset": "59",
            "http_x_ratelimit_account_success_limit": "4",
            "http_x_ratelimit_account_success_remaining": "3",
            "http_x_ratelimit_account_success_reset": "86399",
        },
        None,
        (Policy(100), Policy(4)),
        3,
        refused=False,
    ),
    "Upbit": Case(200, {"Remaining-Req": "group=default; min=1800; sec=29"}, None, (), 29, refused=False),
    "Upbit, a second that is spent": Case(429, {"Remaining-Req": "group=default; min=1800; sec=0"}, 1, (), 0),
    "Wildberries, whose reset is of all": Case(
        429, {"X-Ratelimit-Retry": "12", "X-Ratelimit-Limit": "10", "X-Ratelimit-Reset": "40"}, 12, (Policy(10),)
    ),
    "Phemex, by group": Case(
        429,
        {
            "x-ratelimit-remaining-CONTRACT": "0",
            "x-ratelimit-capacity-CONTRACT": "500",
            "x-ratelimit-retry-after-CONTRACT": "23",
        },
        23,
        (),
        0,
    ),
    "Walmart": Case(429, {"x-current-token-count": "0", "x-next-replenishment-time": "1790000040000"}, 40, (), 0),
    "Walmart, with some left": Case(
        200,
        {"x-current-token-count": "7", "x-next-replenishment-time": "1790000040000"},
        None,
        (),
        7,
        refused=False,
    ),
    "MoySklad, in milliseconds": Case(
        429,
        {"X-RateLimit-Limit": "45", "X-RateLimit-Remaining": "0", "X-Lognex-Retry-After": "1200"},
        1.2,
        (Policy(45),),
        0,
    ),
    "Path of Exile": Case(
        200,
        {"X-Rate-Limit-Ip": "8:10:60,15:60:120,60:300:1800", "X-Rate-Limit-Ip-State": "1:10:0,1:60:0,1:300:0"},
        None,
        (Policy(8, 10), Policy(15, 60), Policy(60, 300)),
        7,
        sustained=5.0,
        refused=False,
    ),
    "Path of Exile, a ban": Case(
        429,
        {"X-Rate-Limit-Ip": "8:10:60,15:60:120", "X-Rate-Limit-Ip-State": "9:10:57,9:60:0"},
        57,
        (Policy(8, 10), Policy(15, 60)),
        0,
        sustained=4.0,
    ),
    "Path of Exile, without a state that can be read": Case(
        200,
        {"X-Rate-Limit-Ip": "8:10:60", "X-Rate-Limit-Ip-State": "1:10"},
        refused=False,
    ),
    "a name that is joined": Case(
        200,
        {"X-RateLimitRemaining": "8", "X-RateLimit-Limit": "10", "X-RateLimit-Retry-After": "2026-09-21T14:14:20+0000"},
        None,
        (Policy(10),),
        8,
        refused=False,
    ),
    "a pair whose name says nothing of requests": Case(
        200,
        {"X-Daily-Limit": "500", "X-Daily-Remaining": "499"},
        None,
        (Policy(500, 86_400),),
        499,
        172.8,
        refused=False,
    ),
    "a throttle's fields": Case(
        200,
        {"X-Throttle-Limit": "60", "X-Throttle-Remaining": "59", "X-Throttle-Reset": "30"},
        None,
        (Policy(60),),
        59,
        refused=False,
    ),
    "room is no request": Case(
        200, {"X-Storage-Limit": "60", "X-Storage-Remaining": "0"}, None, (Policy(60, unit="storage"),), refused=False
    ),
    "a page is no limit": Case(200, {"X-Limit": "20", "X-Remaining": "80", "X-Page": "1"}, refused=False),
    "errors that are left": Case(
        200, {"X-ESI-Error-Limit-Remain": "95", "X-ESI-Error-Limit-Reset": "42"}, refused=False
    ),
    "no errors left": Case(420, {"X-ESI-Error-Limit-Remain": "0", "X-ESI-Error-Limit-Reset": "42"}, 42),
    "a limit of requests alone": Case(
        200, {"X-Requests-Limit-Per-Minute": "60"}, None, (Policy(60, 60),), sustained=1.0, refused=False
    ),
    "requests a second in words": Case(
        200, {"X-RateLimit-Limit": "5 req/s"}, None, (Policy(5, 1),), None, 0.2, refused=False
    ),
    "what is left of how many": Case(200, {"X-RateLimit-Remaining": "59/60"}, None, (), 59, refused=False),
    "no limit remains": Case(404, {"X-RateLimit-Remaining": "-1"}, refused=False),
    "a time for the window": Case(
        200,
        {"X-Rate-Limit-Limit": "100", "X-Rate-Limit-Remaining": "99", "X-Rate-Limit-Duration": "60"},
        None,
        (Policy(100, 60),),
        99,
        0.6,
        refused=False,
    ),
    "Akamai, when the next one may come": Case(
        429,
        {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Next": "2026-09-21T14:14:20Z"},
        60,
        (Policy(50),),
        0,
    ),
    "a month beside a minute": Case(
        200, {"X-RateLimit-Remaining": "59", "X-Monthly-Remaining": "12"}, None, (), 12, refused=False
    ),
    "days of a trial": Case(200, {"X-Days-Remaining": "3"}, refused=False),
    "a line twice": Case(429, {"Retry-After": "30s, 30s"}, 30),
    "two quotas side by side": Case(
        429,
        {"X-RateLimit-Limit": "60, 1000", "X-RateLimit-Remaining": "59, 0", "X-RateLimit-Reset": "30, 800"},
        800,
        (Policy(60), Policy(1000)),
        0,
    ),
    "football-data.org": Case(429, {"X-Requests-Available-Minute": "0", "X-RequestCounter-Reset": "41"}, 41, (), 0),
    "OpenGWAS": Case(
        429,
        {"X-Allowance-Limit": "10000", "X-Allowance-Remaining": "0", "X-Allowance-Reset": "1790000300"},
        300,
        (Policy(10_000),),
        0,
    ),
    "Twelve Data": Case(200, {"api-credits-used": "1", "api-credits-left": "7"}, None, (Policy(8),), 7, refused=False),
    "Cohere": Case(
        429, {"x-trial-endpoint-call-limit": "40", "x-trial-endpoint-call-remaining": "0"}, None, (Policy(40),), 0
    ),
    "ip-api": Case(429, {"X-Rl": "0", "X-Ttl": "33"}, 33, (), 0),
    "Eventbrite": Case(
        200,
        {"X-Rate-Limit": "token:ABC 3/2000 reset=2100s, key:DEF 3/48000 reset=78540s"},
        None,
        (Policy(2000), Policy(48_000)),
        1997,
        refused=False,
    ),
    "Auth0": Case(
        429, {"Auth0-Client-Quota-Limit": "b=per_hour;q=10;r=0;t=3000"}, 3000, (Policy(10, 3600, "hour"),), 0, 360
    ),
    "Jira, a draft under a prefix": Case(
        200,
        {"Beta-RateLimit-Policy": '"quota";q=65000;w=3600', "Beta-RateLimit": '"quota";r=13000;t=600'},
        None,
        (Policy(65_000, 3600, "quota"),),
        13_000,
        3600 / 65_000,
        refused=False,
    ),
    "Meta, in parts of a hundred": Case(
        400,
        {"x-business-use-case-usage": '{"1": [{"call_count": 95, "estimated_time_to_regain_access": 12}]}'},
        720,
    ),
    "Meta, an account": Case(400, {"x-ad-account-usage": '{"acc_id_util_pct": 100, "reset_time_duration": 240}'}, 240),
    "Okta, when to come back": Case(429, {"X-RateLimit-Retry-At": "1790000060"}, 60, noted="epoch seconds"),
    "Zotero": Case(200, {"Backoff": "12"}, 12, refused=False),
    "RapidAPI, a month in seconds": Case(
        200,
        {
            "X-RateLimit-Requests-Limit": "500",
            "X-RateLimit-Requests-Remaining": "499",
            "X-RateLimit-Requests-Reset": "2500000",
        },
        None,
        (Policy(500),),
        499,
        refused=False,
    ),
    "gRPC's pushback": Case(200, {"grpc-status": "8", "grpc-retry-pushback-ms": "700"}, 0.7),
    "gRPC's pushback that forbids a retry": Case(200, {"grpc-status": "8", "grpc-retry-pushback-ms": "-1"}),
    "Sentry": Case(429, {"X-Sentry-Rate-Limits": "60:transaction:key, 2700:error:organization"}, 2700),
    "Sentry, of another kind of data": Case(200, {"X-Sentry-Rate-Limits": "60:transaction:key"}, refused=False),
    "Airbrake": Case(429, {"X-RateLimit-Delay": "37"}, 37),
    "People Data Labs": Case(
        429,
        {"x-ratelimit-limit": "{'minute': 100}", "x-ratelimit-remaining": "{'minute': 0}", "x-ratelimit-reset": "40"},
        40,
        (Policy(100, 60),),
        0,
        0.6,
    ),
    "Dynamics: seconds of work are no requests": Case(
        200,
        {
            "x-ms-ratelimit-burst-remaining-xrm-requests": "5999",
            "x-ms-ratelimit-time-remaining-xrm-requests": "1,200.00",
        },
        remaining=5999,
        refused=False,
    ),
    "Gate.io": Case(
        429,
        {
            "X-Gate-RateLimit-Requests-Remain": "0",
            "X-Gate-RateLimit-Limit": "200",
            "X-Gate-RateLimit-Reset-Timestamp": "1790000009",
        },
        9,
        (Policy(200),),
        0,
    ),
    "Moralis": Case(429, {"x-rate-limit-remaining": "0", "x-rate-limit-remaining-ttl": "40"}, 40, (), 0),
    "Mashery": Case(
        200,
        {"X-Plan-Quota-Allotted": "500", "X-Plan-Quota-Current": "11"},
        None,
        (Policy(500),),
        489,
        refused=False,
    ),
    "Web of Science": Case(429, {"X-REQ-ReqPerSec-Remaining": "0"}, 1, (), 0),
    "Xero": Case(200, {"X-DayLimit-Remaining": "4970", "X-MinLimit-Remaining": "59"}, remaining=59, refused=False),
    "Xero, a minute that is spent": Case(
        200, {"X-DayLimit-Remaining": "4970", "X-MinLimit-Remaining": "0"}, 60, remaining=0, refused=False
    ),
    "Xero, a day that is spent": Case(429, {"X-DayLimit-Remaining": "0", "X-MinLimit-Remaining": "60"}, remaining=0),
    "Tumblr": Case(
        200,
        {"X-Ratelimit-Perday-Limit": "5000", "X-Ratelimit-Perhour-Limit": "1000"},
        policies=(Policy(5000, 86_400), Policy(1000, 3600)),
        sustained=17.28,
        refused=False,
    ),
    "IBM": Case(429, {"X-RateLimit-Remaining": "name=default,0;", "X-RateLimit-Reset": "name=default,35;"}, 35, (), 0),
    "Nexus Mods": Case(
        200,
        {"X-RL-Hourly-Limit": "500", "X-RL-Hourly-Remaining": "497"},
        None,
        (Policy(500, 3600),),
        497,
        7.2,
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


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({"x-app-usage": '{"call_count": 28, "total_time": 40, "total_cputime": 25}'}, 60),
        ({"X-Throttling-Control": "Request Count status: Green (12%), Service status: Green (20%)"}, 80),
        ({"x-ms-throttle-limit-percentage": "0.9"}, 10),
        ({"x-app-usage": '{"call_count": 130}'}, 0),
    ],
)
def test_parts_of_a_hundred_are_no_requests(headers: dict[str, str], left: float) -> None:
    limits = read(200, headers, NOW)
    assert limits.percent == pytest.approx(left)
    assert (limits.remaining, limits.policies, limits.hold) == (None, (), None)


def test_a_month_in_seconds_is_not_read_as_minutes() -> None:
    """A quota of 500 a month was taken for 500 an hour, and certified."""
    case = CASES["RapidAPI, a month in seconds"]
    assert read(200, case.headers, NOW).reset == 2_500_000


def test_a_backoff_is_asked_for_beside_an_answer_that_is_served_and_is_no_retry_after() -> None:
    assert read(200, {"Backoff": "12"}, NOW).source == "Backoff"
    assert read(503, {"X-Backoff": "12"}, NOW).source == "Retry-After"


def test_of_several_quotas_the_one_that_is_not_there_again_soon_is_saved() -> None:
    """100 of ten seconds were taken for what is left of a day's 250,000, and half of them spent at most."""
    told = {
        "X-HubSpot-RateLimit-Daily": "250000",
        "X-HubSpot-RateLimit-Daily-Remaining": "249700",
        "X-HubSpot-RateLimit-Max": "100",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Remaining": "99",
    }
    limits = read(200, told, NOW)
    assert (limits.remaining, limits.scarce(600), limits.scarce(90_000)) == (99, 249_700, None)
    nothing_more = read(200, {"X-RateLimit-Remaining": "7"}, NOW)
    assert (nothing_more.lefts, nothing_more.scarce(0)) == (((7, None),), None)


@pytest.mark.parametrize(
    ("name", "within"),
    [("Get3Min", 180.0), ("Get60Min", 3600.0), ("Report1440Min", None), ("v2030Min", None), ("Get03Min", None)],
)
def test_minutes_in_the_name_of_a_resource_are_its_window_up_to_an_hour(name: str, within: float | None) -> None:
    limits = read(200, {"X-Ms-RateLimit-Remaining-Resource": f"Microsoft.Foo/{name};29"}, 0.0)
    assert limits.remaining == 29
    assert {each for _, each in limits.lefts} - {None} == ({within} if within else set())


def test_a_resource_whose_name_is_minutes_alone_has_none() -> None:
    assert read(200, {"X-Ms-RateLimit-Remaining-Resource": "A/3Min;29"}, 0.0).remaining is None
