"""What answers say of pace in words, whatever their status."""

from __future__ import annotations

import re

import pytest

from widgets.http.limits.words import come_back_in, refuses, window_in

PAGE = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"error_message": "too many requests from this IP, more requests available in 63 seconds"}'),
        (400, '{"error": {"message": "(#4) Application request limit reached", "code": 4}}'),
        (400, '{"__type": "ThrottlingException", "message": "Rate exceeded"}'),
        (400, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
        (400, '{"error": "resource_exhausted"}'),
        (401, '{"message": "Please wait a few minutes before you try again.", "status": "fail"}'),
        (402, '{"message": "You have reached your monthly quota"}'),
        (403, '[{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]'),
        (403, '{"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}'),
        (403, '{"error": {"message": "you have exceeded your quota", "errors": [{"reason": "quotaExceeded"}]}}'),
        (403, '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}'),
        (403, "<!DOCTYPE html><html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head>"),
        (422, '{"errors": "Exceeded 2 calls per second for api client."}'),
        (403, '{"error": {"code": 26, "message": "User usage reached"}}'),
        (500, '{"error": "API rate limit exceeded for 192.0.2.1"}'),
        (200, '{"message": "Rate Limit Exceeded - Your IP has made too many requests", "error": 29}'),
        (200, '{"error": {"error_code": 6, "error_msg": "Too many requests per second"}}'),
        (200, '{"success": false, "errors": [{"code": "606", "message": "Max rate limit 100 exceeded"}]}'),
        (200, '{"requestId": "e42b#14", "success": false, "errors": [{"message": "Max rate limit exceeded"}]}'),
        (200, '{"status": "0", "message": "NOTOK", "result": "Max rate limit reached"}'),
        (200, '{"Information": "Our standard API rate limit is 25 requests per day."}'),
        (200, '{"error_message": "over", "results": [], "status": "OVER_QUERY_LIMIT"}'),
        (200, '{"status": {"message": "the hourly limit of 1000 credits for demo has been exceeded", "value": 19}}'),
        (200, '{"errors": [{"message": "Throttled"}]}'),
        (200, '{"status": "error", "message": "You have run out of API credits for the current minute."}'),
    ],
)
def test_a_refusal_in_so_many_words_is_one_whatever_its_status(status: int, body: str) -> None:
    assert refuses(status, body).startswith("it says '")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (None, "Too many requests"),
        (302, "Too many requests"),
        (400, '{"error": "limit must not exceed 100"}'),
        (400, '{"error": "maximum number of results exceeded"}'),
        (400, '{"error": "The request body exceeded the limit"}'),
        (401, '{"message": "API key missing. Sign up for a key to get a higher rate limit"}'),
        (403, '{"message": "Forbidden"}'),
        (404, '{"message": "Not found"}'),
        (404, "<html><title>Not found</title><nav>Rate limits: too many requests?</nav></html>"),
        (413, '{"error": "quota of requests exceeded"}'),
        (500, '{"error": "An error occurred, please try again later"}'),
        (502, "<html><head><title>502 Bad Gateway</title></head>"),
        (200, '{"data": [{"title": "rate limit exceeded"}]}'),
        (200, '{"message": "ok", "result": [1]}'),
        (200, '{"message": "rate limit exceeded", "rows": [' + ", ".join("1" * 400) + "]}"),
        (200, "Rate limit exceeded: how to read the new headers"),
    ],
)
def test_what_speaks_of_limits_otherwise_is_none(status: int | None, body: str) -> None:
    assert refuses(status, body) == ""


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404])
@pytest.mark.parametrize(
    "body",
    [
        '{"message": "Not Found", "documentation_url": "https://docs.example.org/rest#rate-limiting"}',
        '{"error": "bad_parameter", "more_info": "https:\\/\\/x.example\\/errors\\/#throttling"}',
        '{"message": "Forbidden", "links": [{"href": "https://docs.example.org/throttling"}]}',
        "Not Found. See https://docs.example.org/guide/rate-limiting for help.",
        "Cannot GET /rate_limited",
        '{"status": 404, "error": "Not Found", "path": "/docs/too-many-requests"}',
    ],
)
def test_an_address_or_a_path_is_not_what_an_answer_says(status: int, body: str) -> None:
    """A 404 with a link to its documentation was a refusal because of pace."""
    assert refuses(status, body) == ""


@pytest.mark.parametrize(
    "body",
    [
        '{"type": "https://x.example/probs/rate-limited", "title": "Wait"}',
        '{"message": "Too many requests", "documentation_url": "https://docs.example.org/"}',
        '{"error": "Daily limit of requests exceeded for /v1/search"}',
        '{"type": "/probs/rate-limited", "title": "Wait"}',
        "<problem><type>https://x.example/probs/rate-limited</type><title>Wait</title></problem>",
        "Found. Redirecting to /login?error=too_many_requests",
    ],
)
def test_a_refusal_beside_an_address_is_one(body: str) -> None:
    assert refuses(403, body) != ""


@pytest.mark.parametrize(
    "body",
    [
        '{"type": "https://x.example/probs/rate-limited", "title": "Error"}',
        '{"type": "https:\\/\\/x.example\\/probs\\/rate-limited", "title": "Error"}',
        '{"error": {"type": "/probs/rate-limited"}}',
    ],
)
def test_the_type_of_an_error_says_what_it_is_also_with_a_status_of_success(body: str) -> None:
    assert refuses(200, body) == "it says 'rate-limited'"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Daily limit of requests for /v1/search exceeded", "Daily limit of requests for /v1/search exceeded"),
        ("Rate limit (https://x.example/l) exceeded", "Rate limit (https://x.example/l) exceeded"),
        ("Rate limit reached for /v1/chat. Limit 3 /min", "Rate limit reached"),
        ("Превышен лимит запросов к /api/v1", "Превышен лимит запросов к /api/v1"),
    ],
)
def test_what_is_repeated_is_what_it_says_with_its_addresses(body: str, said: str) -> None:
    """Without them stood 'Rate limit reached for Limit' on the page, which nobody had said."""
    assert refuses(403, body) == f"it says {said!r}"


def test_a_quota_of_requests_in_a_region_is_one() -> None:
    assert refuses(403, "Quota 'READ_REQUESTS' exceeded. Limit: 60.0 in region us-central1.") != ""


def test_a_quota_of_machines_is_none_of_requests() -> None:
    assert refuses(403, '{"message": "Quota \'CPUS\' exceeded. Limit: 24.0 in region us-central1."}') == ""


def test_a_challenge_serves_nothing_whatever_its_status() -> None:
    assert "only a browser passes" in refuses(202, "", {"x-amzn-waf-action": "challenge"})
    assert "only a browser passes" in refuses(403, "<title>Just a moment...</title>", {"cf-mitigated": "challenge"})
    assert refuses(200, "", {"mediawiki-api-error": "maxlag"}) == "it says 'maxlag' (mediawiki-api-error)"


def test_a_backoff_is_a_pause_that_is_asked_for_beside_an_answer_that_is_served() -> None:
    assert refuses(200, "{}", {"backoff": "10"}) == ""


def test_what_is_repeated_cannot_act_on_a_page_or_a_terminal() -> None:
    said = refuses(429, "too\x1b[31mmany\u202erequests too many\nrequests" + "x" * 100)
    assert said.isprintable()
    assert len(said) < 80


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Please try again in 6m0s. Visit us", 360),
        ("Please try again in 1m12.5s.", 72.5),
        ("again in 5m59.501s.", 359.501),
        ("try again in 7h12m", 25_920),
        ("try again in 500ms", 0.5),
        ("retry-after: 653.437µs, allowed: 44000/minute", 653.437e-6),
        ("Rate limit exceeded the maximum. Retry the request in [10] seconds", 10),
        ("Please retry your request after 20 seconds.", 20),
        ("Throughput Rate Exceeded - please wait [ 33 ] and retry", None),
        ("You are rate limited for another 45 seconds.", 45),
        ("Too many requests. 3 minutes left in your trial.", None),
        ('{"data": {"retryAfterInSeconds": 9}}', 9),
        ('{"retryAfterInMilliseconds": 2500}', 2.5),
        ('{"retryAfter": "PT1M30S"}', 90),
        ("retry PT5", None),
        ('{"retryDelay": {"seconds": 30, "nanos": 0}}', 30),
        ('{"remainingPoints": 0, "msBeforeNext": 5321}', 5.321),
        ('{"available_bytes": 1073741824}', None),
        ('{"resetTime": "Mon Sep 21 2026 14:14:20 GMT+0000 (Coordinated Universal Time)"}', 60),
        ("Try again in 30 minutes", 1800),
        ("retry in 1 hour", 3600),
        ("Retry after 2 minutes and 30 seconds", 150),
        ("You reached your request limit. Wait 41 seconds.", 41),
        ("more requests available in 63 seconds", 63),
        ("Request was throttled. Expected available in 51 seconds.", 51),
        ("Your ip is temporary banned for 2 hours.", 7200),
        ("quota resets in 3 days", 259_200),
        ("Please try again in one minute.", 60),
        ("You have been timed out for 60 seconds.", 60),
        ("Once the rate has dropped below the threshold for 10 minutes, the user may resume", 600),
        ('{"description": "Too Many Requests: retry after 41", "parameters": {"retry_after": 41}}', 41),
        ('{"retry_after": 64.57, "global": false}', 64.57),
        ('{"retryAfterMs": 1500}', 1.5),
        ('{"retry_after_ms": 2500}', 2.5),
        ('{"retryAfter": "30s"}', 30),
        ('{"details": [{"retryDelay": "38.2s"}]}', 38.2),
        ('{"wait_seconds": 12}', 12),
        ('{"metadata": {"headers": {"X-RateLimit-Reset": "1790000060000"}}}', 60),
        ('{"reset_at": "2026-09-21T14:14:20Z"}', 60),
        ("You may try again at 2026-09-21T14:14:20Z", 60),
        ("Daily quota reached. It resets at midnight UTC.", 35_200),
        ("Your requests are renewed daily at 00:00 (UTC)", 35_200),
        ("It resets at midnight UTC+2.", None),
        ("You have exceeded your quota. Daily quotas reset at midnight Pacific Time (PT).", 60_400),
        ("The limit will reset at 12:00 AM US Central time", 53_200),
        ("Limit reached. Quota resets at 00:00 JST.", 2_800),
        ("Limit reached. Quota resets at midnight CET.", 28_000),
        ("Limit reached. Quota resets at midnight IST.", None),
        ("420 FLOOD: a wait of 2838 seconds is required", 2838),
        ("You are under a ban of 10 minutes.", 600),
        ("A wait of some time is required", None),
        ("Your allowance of 30 calls is used up; it is refilled in 35 seconds.", 35),
        ("Rate limit exceeded. Bucket replenishes in 35 s", 35),
        ("The block will be lifted after about 2 minutes", 120),
        ("Too many requests; the next window starts in 35 seconds", 35),
        ("Too many requests: 35 seconds until the limit resets", 35),
        ("Too many requests. Service resumes in 35 seconds", 35),
        ("Rate limit exceeded. Your trial ends in 3 days.", None),
        ("Rate limit exceeded: the bucket refills 10 tokens per second", None),
        ("You made 10 requests in 30 seconds before the limit resets", None),
        ("1 hour 20 minutes until the limit resets", 4800),
        ("2 minutes and 30 seconds until your quota resets", 150),
        ("Rate limit exceeded. Bucket refills in 1m30s", 90),
        ("Rate limit exceeded. Your billing period ends in 12 days; try again in 30 seconds.", 30),
        ("Bans are lifted after 24 hours. Please wait 10 seconds.", 10),
        ("Throttling starts after 5 minutes of continuous use. Retry in 10 s.", 10),
        ("Too many requests. The maintenance window starts in 3 hours.", None),
        ("Too many requests. The voting period ends in 2 days.", None),
        ("Rate limit exceeded. Higher limits unlock after 7 days.", None),
        ("Repeated violations lead to a block that is lifted after 24 hours.", None),
        ("Too many requests. Your domain renews in 30 days.", None),
        ("Too many requests. You have 10 minutes to reset your password.", None),
        ("Too many requests: 100 requests every 60 s before the limit resets", None),
        ("Please wait a few minutes before you try again.", None),
        ("Last reset 20 s ago, 40 s to next window", 40),
        ("Last reset 1 minute 20 s ago, wait 40 seconds", 40),
        ("Rate limit exceeded. Quota reset 20.5 secs ago. Next reset in 40 s", 40),
        ("Too many requests. Last reset 20 sec ago", None),
        ("Try again in 20 seconds (the limit was hit 3 seconds ago)", 20),
        ("You are banned for 2 hours, 5 minutes ago you asked too often", 7200),
        ('{"code": 429}', None),
        ("try again later", None),
    ],
)
def test_bodies_say_when_to_come_back(text: str, seconds: float | None) -> None:
    """'6m0s' was read as six seconds, and '2 hours' as two."""
    assert come_back_in(text, 1_790_000_000.0) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    "piece",
    [
        *("_", "a", " ", "a ", "a_", "1m", "0 ", "<h1", "<title>", "rate limit ", "exceeded a ", "reset "),
        *("requests", "requestLimit", "over_", "limit of ", "quota over ", "exceeded. requests "),
    ],
)
def test_a_hostile_body_is_searched_in_no_time_worth_counting(piece: str) -> None:
    """A search that tries all ways to split a text into words would not end within the age of the world."""
    for start in ("rate limit", "exceeded ", "too many ", "retry in ", "reset", "<html", '{"error": "over '):
        body = start + piece * 2000
        assert len(refuses(403, body)) < 80
        assert come_back_in(body, 0.0) is None or piece in {"1m", "0 "}


@pytest.mark.parametrize(
    "body",
    [
        '{"type": "quote", "text": "Slow down and enjoy life. It took me years to hit upon two calls."}',
        '{"title": "They reached out", "explanation": "over three phone calls, and again after 9 years"}',
        '{"message": "Welcome! You can make 60 requests per hour.", "docs": "/docs"}',
        '{"status": "ok", "text": "Wait 5 minutes and try again in 3 days: so the recipe says."}',
    ],
)
def test_data_that_happens_to_speak_so_is_served(body: str) -> None:
    assert refuses(200, body) == ""
    assert refuses(200, body.replace("{", '{"success": false, ', 1)) != ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Daily API request limit exceeded", 86_400),
        ("Consumed (req/min): 11", 60),
        ("The rate limit for this resource is 4/day.", 86_400),
        ("You have run out of API credits for the current minute.", 60),
        ("max 20 requests per 10 minutes", 600),
        ("100 requests within a 24 hour period", 86_400),
        ("You have reached the request limit for the day", 86_400),
        ("Has superado el límite de peticiones por hora", 3600),
        ("Przekroczono limit 20 żądań na minutę", 60),
        ("Quota journalier dépassé", 86_400),
        ("抱歉，您每分钟最多访问该接口500次", 60),
        ("Too many requests, retry in 5 minutes", None),
        ("Rate exceeded", None),
        ("limited to 10 API calls / minute", 60),
        ("Exceeded 200 requests in last hour", 3600),
    ],
)
def test_words_say_over_what_time_is_counted(text: str, seconds: float | None) -> None:
    assert window_in(text) == seconds


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (
            200,
            '{"error_code": "C", "status_code": 429, "error_message": "Budget gone"}',
            "it says '\"status_code\": 429'",
        ),
        (200, '{"error": {"code": 429, "message": "Slow"}}', "it says '\"code\": 429'"),
        (200, '{"cod": 429, "message": "x"}', "it says '429'"),
        (200, '{"success": false, "throttle": true, "cause": "Key"}', "it says '\"throttle\": true'"),
        (200, '{"code": 429, "message": "Too Many Requests"}', "it says 'too many requests'"),
        (200, '{"code":"429","message":"Slow"}', 'it says \'"code":"429"\''),
        (200, '{"success": false, "rate-limited": true}', "it says '\"rate-limited\": true'"),
        (200, '{"error":"too  many\\u00a0requests"}', "it says 'too many requests'"),
        (403, "<html><body><h1>too\n   many requests</h1>", "it says 'too many requests'"),
    ],
    ids=[
        "code",
        "code within an error",
        "code of an odd name",
        "flag",
        "code and words",
        "text",
        "dashes",
        "gaps",
        "tags",
    ],
)
def test_a_code_is_quoted_as_it_was_sent(status: int, body: str, why: str) -> None:
    """'It says "too many requests"' was said of an answer that says 429, and not a word of that."""
    assert refuses(status, body, {"content-type": "text/html" if body[0] == "<" else "application/json"}) == why


def test_words_that_are_cut_end_at_a_word_and_show_it() -> None:
    """A page's title and its heading were cut amid a word, as if they ended there."""
    page = (
        "<html><head><title>SEC.gov | Request Rate Threshold Exceeded</title><h1>Request Rate Threshold Exceeded</h1>"
        "<p>To allow for equitable access, we limit users to 10 requests per second.</p>"
    )
    said = refuses(403, page, {"content-type": "text/html"})
    assert said == "it says 'Request Rate Threshold Exceeded Request Rate Threshold …'"


@pytest.mark.parametrize(
    "body",
    [
        "API 请求过于频繁请稍后再试" + "请稍后再试" * 20,
        '{"error": "Zu viele Anfragen' + "\\ud83d\\ude00" * 20 + '"}',
    ],
    ids=["no spaces", "escapes"],
)
def test_words_without_spaces_are_cut_and_not_lost(body: str) -> None:
    said = refuses(429, body, {})
    assert said.endswith("…'")
    assert len(said) > 40
    assert not re.search(r"\\\\(?:u[0-9a-f]{0,3})? …", said)
