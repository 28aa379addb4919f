"""Kinds of answers that were read wrongly once, each in the words of a service, beside such as only look like it."""

from __future__ import annotations

import json

import pytest

from widgets.http.limits import Policy, read
from widgets.http.limits.words import come_back_in, refuses, window_in

JSON, TEXT, XML, PAGE = "application/json", "text/plain", "application/xml", "text/html"
STREAM = "text/event-stream"
NOW = 1_790_000_000.0

REFUSED = {
    "a count of requests": (402, JSON, '{"message": "You have reached the limit.", "reason": "MONTHLY_REQUEST_COUNT"}'),
    "a frequency": (400, JSON, '{"ErrorMessage": "Authorised call frequency has been exceeded"}'),
    "a frequency, in other words": (200, JSON, '{"code": 2091, "message": "request is too frequency"}'),
    "requests that are many": (
        200,
        JSON,
        '{"status": 5, "messages": [{"message_code": "ERR-5003", "message_string": "Requests are too many."}]}',
    ),
    "a message of an error": (
        200,
        JSON,
        '{"message-count": "1", "messages": [{"status": "1", "error-text": "Throughput Rate Exceeded"}]}',
    ),
    "a state with its meaning": (200, JSON, '{"status": 12, "status_message": "tooManyRequests", "host": "SN-1"}'),
    "what runs at once": (200, JSON, '{"error": {"error_string": "Exceeded the limit on concurrent connections"}}'),
    "no more than so many": (403, JSON, '{"detail": "No more than five concurrent requests are allowed"}'),
    "a maximum of a day": (403, JSON, '{"error": "This request is above your daily maximum."}'),
    "a number of times": (500, JSON, '{"message": "It has exceeded the number of times it is allowed to be called"}'),
    "credits that are over": (401, JSON, '{"errors": [{"message": "Maximum credits exceeded"}]}'),
    "XML of an error within an envelope": (
        200,
        XML,
        (
            '<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
            '<n:response xmlns:n="http://x.example"><error id="3" name="Превышен лимит количества запросов"/>'
            "</n:response></S:Body></S:Envelope>"
        ),
    ),
    "XML of errors behind its state": (
        200,
        XML,
        (
            "<Response><Timestamp>2026</Timestamp><Ack>Failure</Ack><Errors><Short>Call usage limit has been reached."
            "</Short></Errors></Response>"
        ),
    ),
    "a page that marks its error": (
        200,
        PAGE,
        (
            "<html><head><title>Response</title></head><body><p><strong>Error</strong>: request_read::rate_limited. "
            "Another request from your IP is still running.</p></body></html>"
        ),
    ),
    "an invocation": (400, JSON, '{"errorCode": "BURST_APIINVOCATION_LIMIT_EXCEEDED"}'),
    "words that are turned": (500, XML, "<s:Fault><x:exceededConcurrentRequestLimitFault/></s:Fault>"),
    "one at a time": (500, XML, "<s:Fault><faultstring>Only one request may be made at a time</faultstring></s:Fault>"),
    "more than a threshold": (200, JSON, '{"success": false, "exception": "Request calls in a minute > threshold"}'),
    "so many of a month": (403, TEXT, "The number of monthly transactions included in your plan has been reached."),
    "what is over the limit of a day": (403, JSON, '{"message": "User is over daily status update limit."}'),
    "usage that is over": (402, JSON, '{"error": "Project Over Limit", "message": "Usage is over limit."}'),
    "points": (402, JSON, '{"errors": [{"message": "Points limit exceeded"}]}'),
    "a ban for a flood": (418, JSON, '{"message": "IP has been auto-banned for flooding."}'),
    "at most so many times": (403, TEXT, "You may only do this up to 10 number of times within 600 seconds"),
    "a limit of so many": (403, JSON, '{"detail": "exceeded limit of 10/min: 11"}'),
    "repeated requests": (403, JSON, '{"message": "Consecutive requests are not allowed"}'),
    "a model that is overloaded": (500, JSON, '{"error": {"message": "The model is currently overloaded."}}'),
    "a stream of an error": (
        200,
        STREAM,
        'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}\n\n',
    ),
    "XML of an error in short": (
        200,
        XML,
        "<c><control>1</control><l><err><des>SE HA SUPERADO EL LIMITE DE PETICIONES POR HORA</des></err></l></c>",
    ),
    "a mass of accesses in Japanese": (403, TEXT, "短時間に大量のアクセスがあったため、制限しております"),
    "a repetition in Korean": (403, JSON, '{"message": "반복적인 요청은 허용되지 않습니다."}'),
    "a control of risks in Chinese": (412, TEXT, "由于触发安全风控策略，该次访问请求被拒绝。"),
    "a number that is short in Chinese": (200, JSON, '{"code": 150, "msg": "API可用次数不足", "result": {}}'),
    "a code of a failure in short": (
        200,
        JSON,
        '{"retCode": "F", "resCode": "5091", "resMsg": "Exceeds number of requests"}',
    ),
    "searches of a day": (403, JSON, '{"error": "Your daily searches have been used up."}'),
    "a budget of queries": (200, JSON, '{"errors": [{"message": "Complexity budget exhausted"}]}'),
    "a page with a link that is about nothing else": (
        403,
        PAGE,
        "<html><title>Rate limit &middot; x</title><body>You have exceeded a rate limit. <a>Help</a></body>",
    ),
    "Greek": (403, JSON, '{"message": "Έχετε υπερβεί το όριο αιτημάτων."}'),
    "Thai": (403, JSON, '{"message": "มีการร้องขอมากเกินไป"}'),
    "Hindi": (403, JSON, '{"message": "बहुत अधिक अनुरोध।"}'),
    "hits of today": (200, JSON, '{"status": "failure", "reason": "hits today exceeded hits limit"}'),
    "a cap": (403, JSON, '{"title": "Usage cap exceeded: Monthly product cap"}'),
    "none that are left": (403, JSON, '{"message": "Insufficient units or requests available in your account."}'),
    "actions": (200, JSON, '{"error": {"code": 12, "message": "User is performing too many actions"}}'),
    "a header with a code": (
        200,
        JSON,
        '{"response": {"header": {"resultCode": "22", "resultMsg": "LIMITED NUMBER OF SERVICE REQUESTS EXCEEDS"}}}',
    ),
    "a speed in Chinese": (200, JSON, '{"errcode": 410100, "errmsg": "发送速度太快而限流"}'),
    "a ban in Chinese": (200, JSON, '{"errcode": 90002, "errmsg": "当前接口的所有请求都被暂时禁用了"}'),
    "a frequency in Chinese": (200, JSON, '{"err_code": "FREQ", "err_code_des": "超过频率限制,请稍后再试"}'),
    "so many a second in Korean": (500, JSON, '{"msg1": "초당 거래건수를 초과하였습니다."}'),
    "what was surpassed in Korean": (500, JSON, '{"msg1": "일별 트래픽제한을 넘은 호출입니다."}'),
}
SERVED = {
    "a number of things": (400, JSON, '{"error": "You have reached your limit of 3 webhooks"}'),
    "a server's words of any fault": (
        500,
        TEXT,
        "The server was unable to complete it. Either the server is overloaded or there is an error in the application",
    ),
    "a stream of a talk": (200, STREAM, 'data: {"user": "Ann", "text": "Too many requests"}\n\n'),
    "a stream of words": (200, STREAM, 'data: {"choices": [{"delta": {"content": "rate limit exceeded"}}]}\n\n'),
    **{
        text: (400, JSON, f'{{"error": "{text}"}}')
        for text in (
            "Loyalty points limit exceeded for this member",
            "Only 2 requests are shown",
            "Monthly visits reached a new record",
            "The number of queries in the batch exceeds 20",
            "Up to 5 calls per agent can be routed",
            "Customer credits exceeded the invoice",
            "API key is over limit of characters",
            "Noise is above the daily limit for this zone",
            "Exceeded concurrent edit limit of the document",
            "Exceeded the number of times a coupon can be used",
            "No more than 5 requests per form",
            "Heart rate exceeded 180",
        )
    },
    "a dose": (400, JSON, '{"error": "Maximum daily dose exceeded for this patient"}'),
    "hours of work": (422, JSON, '{"message": "Weekly working hours exceeded for employee 7"}'),
    "a budget of money": (400, JSON, '{"error": "Monthly budget exceeded for campaign 12"}'),
    "requests of one batch": (400, JSON, '{"error": "Only 5 requests can be merged into one batch"}'),
    "data of one request": (
        200,
        JSON,
        '{"error": {"message": "It requested too much data, exceeding the Request Limits"}}',
    ),
    "an invoice": (403, JSON, '{"error": "Your account has been temporarily blocked due to unpaid invoices"}'),
    "a password": (403, JSON, '{"error": "Password changed too many times today"}'),
    "a page of documents": (
        403,
        PAGE,
        "<html><head><title>Rate limit docs</title></head><body>Too many requests? <a href='/x'>Read</a></body></html>",
    ),
    **{
        text: (400, JSON, json.dumps({"error": text}))
        for text in (
            "Die maximale Anzahl der Teilnehmer pro Stunde ist erreicht",
            "频率过高 请检查电源",
            "触发风控规则，贷款被拒绝",
            "大量のアクセス権限が必要です",
            "반복적인 요청 처리 완료",
            "网络存在异常，请检查网线",
        )
    },
    "a header of a page": (200, JSON, '{"header": {"title": "Too many requests"}}'),
    "a place in Chinese": (200, JSON, '{"message": "景区今日限流"}'),
    "a card": (402, JSON, '{"error": {"message": "Your card was declined for trying too frequently."}}'),
    "money of a month": (403, JSON, '{"error": "The monthly transfers to this card have been exceeded."}'),
    "goals": (200, JSON, '{"message": "Monthly goals reached"}'),
    "a solver": (500, JSON, '{"error": "Maximum number of function calls reached"}'),
    "what a key would allow": (401, JSON, '{"message": "API key missing. A key allows up to 60 requests per minute"}'),
    "projects": (403, JSON, '{"error": "You have reached the maximum number of projects allowed on your plan."}'),
    "messages of people": (200, JSON, '{"messages": [{"text": "Requests are too many", "user": "Ann"}]}'),
    "messages with a number": (200, JSON, '{"messages": [{"id": 1, "error": "Too many requests"}]}'),
    "a state that is a number": (200, JSON, '{"status": 12, "message": "Too many requests", "user": "Ann"}'),
    "XML without an error": (
        200,
        XML,
        "<list><count>1</count><errors>0</errors><error/><row>Rate limit exceeded</row></list>",
    ),
    "a page that marks a word": (
        200,
        PAGE,
        "<html><head><title>News</title></head><body><b>Sport</b> Too many requests for tickets</body></html>",
    ),
    "a page with links that marks its error": (
        200,
        PAGE,
        "<html><title>Codes</title><body><b>Error</b> too many requests <a href='/'>Home</a></body></html>",
    ),
    "room by another name": (403, JSON, '{"error": {"reason": "storageQuotaExceeded"}}'),
    "a login": (
        403,
        JSON,
        '{"message": "Your account is locked after too many failed login attempts. Try again in 30 minutes."}',
    ),
    "a value in Korean": (500, JSON, '{"msg1": "값이 1000을 넘지 않도록 수정하세요"}'),
    "a checkpoint in Chinese": (500, JSON, '{"error": "填充频度超过了最大值"}'),
}


@pytest.mark.parametrize(("status", "kind", "body"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_recognised_by_its_kind(status: int, kind: str, body: str) -> None:
    assert refuses(status, body, {"content-type": kind}).startswith("it says '")


@pytest.mark.parametrize(("status", "kind", "body"), SERVED.values(), ids=SERVED)
def test_what_looks_like_it_is_none(status: int, kind: str, body: str) -> None:
    assert refuses(status, body, {"content-type": kind}) == ""


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ("<nextAccessTime>2026-Sep-21 14:14:00+0000 UTC</nextAccessTime>", 40),
        ("exceeded the limit of '50' for time interval '00:05:00'. Please try again after '372' seconds.", 372),
        ("Please try again after '6' minutes.", 360),
        ("Your rate limit resets in ~9s.", 9),
        ("You've been doing that a lot. Take a break for 8 minutes before trying again.", 480),
        ('{"ratelimit": {"key": "day", "seconds": 86398}}', 86_398),
        ('{"seconds_until_reset": 5}', 5),
        ('{"timeLeft": 30}', 30),
        ('{"remainingSeconds": 12}', 12),
        ('{"remaining_ms": 2500}', 2.5),
        ('{"time_remaining": "2 minutes"}', 120),
        ('{"description": "FLOOD_PREMIUM_WAIT_12"}', 12),
        ("<p>Int&eacute;ntelo de nuevo en 10 minutos.</p>", 600),
        ("Expected time to availability: 2400s.", 2400),
        ("You can only request this after 51 seconds.", 51),
        ('{"remaining": 0, "seconds": 9}', None),
    ],
)
def test_a_time_is_read_by_what_stands_around_it(body: str, seconds: float | None) -> None:
    assert come_back_in(body, NOW) == seconds


LIMITS: dict[str, tuple[dict[str, str], tuple[Policy, ...], float | None, float | None]] = {
    "Qiita, which leaves the limit out": (
        {"Rate-Limit": "60", "Rate-Remaining": "9", "Rate-Reset": "1790001000"},
        (Policy(60),),
        9,
        1000,
    ),
    "Entur, an expiry and a range": (
        {
            "rate-limit-allowed": "300",
            "rate-limit-available": "299",
            "rate-limit-expiry-time": "1790000060000",
            "rate-limit-range": "minute",
        },
        (Policy(300, 60),),
        299,
        60,
    ),
    "api-football, two quotas of one prefix": (
        {
            "x-ratelimit-requests-limit": "100",
            "x-ratelimit-requests-remaining": "99",
            "X-RateLimit-Limit": "10",
            "X-RateLimit-Remaining": "9",
        },
        (Policy(100), Policy(10)),
        9,
        None,
    ),
    "Mashery, so many a second": (
        {"X-Plan-QPS-Allotted": "2", "X-Plan-QPS-Current": "1"},
        (Policy(2, 1),),
        1,
        None,
    ),
    "Spoonacular, what one request took": (
        {"X-API-Quota-Request": "1", "X-API-Quota-Used": "12.5", "X-API-Quota-Left": "137.5"},
        (Policy(150),),
        137.5,
        None,
    ),
    "Dropbox Sign, a limit's remaining": (
        {"X-RateLimit-Limit": "100", "X-Ratelimit-Limit-Remaining": "99", "X-Ratelimit-Reset": "1790000060"},
        (Policy(100),),
        99,
        60,
    ),
    "PhishTank, a limit's interval": (
        {"X-Request-Limit": "50", "X-Request-Limit-Interval": "300 Seconds", "X-Request-Count": "1"},
        (Policy(50, 300),),
        49,
        None,
    ),
    "HTX, when it expires": (
        {"X-HB-RateLimit-Requests-Remain": "9", "X-HB-RateLimit-Requests-Expire": "1790000000500"},
        (),
        9,
        0.5,
    ),
    "Lusha, a time for a name": (
        {
            "x-rate-limit-minute": "20",
            "x-rate-limit-hourly": "100",
            "x-rate-limit-24-hour": "600",
            "x-minute-requests-left": "19",
            "x-24-hour-requests-left": "599",
        },
        (Policy(20, 60), Policy(100, 3600), Policy(600, 86_400)),
        19,
        None,
    ),
    "Salesforce, of one application": (
        {"Sforce-Limit-Info": "api-usage=25/15000, per-app-api-usage=17/250(appName=x)"},
        (Policy(15_000, 86_400, "api-usage"), Policy(250, 86_400, "per-app-api-usage")),
        233,
        None,
    ),
    "a rate in the words of nginx": ({"X-RateLimit-Limit": "30r/m"}, (Policy(30, 60),), None, None),
    "a rate under the plain name": (
        {"X-RateLimit": "60/min", "X-RateLimit-Remaining": "59"},
        (Policy(60, 60),),
        59,
        None,
    ),
    "connections are no requests": (
        {"X-Requests-Connections-Limit": "100", "X-Requests-Connections-Remaining": "99"},
        (Policy(100, unit="connections"),),
        None,
        None,
    ),
    "a time is no request": (
        {"X-Quota-Time-Limit": "30", "X-Quota-Time-Remaining": "20"},
        (Policy(30, unit="time"),),
        None,
        None,
    ),
    "Altmetric, an hour in the name": (
        {"X-HourlyRateLimit-Limit": "1200", "X-HourlyRateLimit-Remaining": "1199", "X-DailyRateLimit-Limit": "86400"},
        (Policy(1200, 3600), Policy(86_400, 86_400)),
        1199,
        None,
    ),
    "the App Store": ({"X-Rate-Limit": "user-hour-lim:3500;user-hour-rem:500;"}, (Policy(3500, 3600),), 500, None),
    "money is no request": (
        {"X-RateLimit-Limit-USD": "1.0", "X-RateLimit-Remaining-USD": "0.99"},
        (Policy(1, unit="usd"),),
        None,
        None,
    ),
    "tokens in one word": (
        {"x-ratelimit-limit": "10", "x-ratelimit-reset": "1", "x-tokenlimit-remaining": "0"},
        (Policy(10),),
        None,
        1,
    ),
}


@pytest.mark.parametrize(("headers", "policies", "remaining", "reset"), LIMITS.values(), ids=LIMITS)
def test_a_limit_is_read_by_the_words_of_its_name(
    headers: dict[str, str], policies: tuple[Policy, ...], remaining: float | None, reset: float | None
) -> None:
    limits = read(200, headers, NOW)
    assert (limits.refused, limits.remaining, limits.reset) == (False, remaining, reset)
    assert set(limits.policies) == set(policies)
    assert {name for name, _ in limits.raw} == set(headers)


@pytest.mark.parametrize(
    ("headers", "hold"),
    [
        ({"X-Api-Limit-Reset-Timestamp": "1790000007000"}, 7),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1 day, 0:00:10"}, 86_410),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-09-21 14:14:20.5 +0000 UTC m=+60.004"}, 60.5),
    ],
)
def test_a_reset_is_read_as_languages_write_it(headers: dict[str, str], hold: float) -> None:
    assert read(429, headers, NOW).hold == hold


@pytest.mark.parametrize("text", ["请求过于频繁，请在60秒后重试", "Слишком много запросов. Повторите через 60 секунд"])
def test_letters_may_be_written_as_numbers(text: str) -> None:
    """PHP and Python write JSON so, and what failed was searched as it stood there."""
    body = json.dumps({"error": text})
    assert refuses(403, body) != "" == refuses(403, json.dumps({"error": "你好"}))
    assert text[:6] in refuses(403, body)
    assert come_back_in(body) == 60
    assert refuses(403, '{"error": "\\ud83d\\u0007 rate limit exceeded"}').encode() != b""


def test_a_page_writes_them_as_numbers_too() -> None:
    page = "<html><title>Erreur</title><body>Vous avez d&eacute;pass&eacute; le nombre de requ&ecirc;tes</body></html>"
    assert refuses(403, page) != ""
    assert refuses(200, page) != ""


def test_a_page_of_an_accepted_answer_may_ask_for_a_person() -> None:
    page = "<html><head><title>x - a search</title></head><body>Confirm this search was made by a human.</body></html>"
    assert refuses(202, page) == "it asks for a challenge that only a browser passes"
    assert refuses(200, page) == ""
    assert refuses(202, "<html><title>Accepted</title><body>It will be sent to a person.</body></html>") == ""


def test_pages_are_no_requests() -> None:
    limits = read(200, {"Pagination-Count": "100", "Pagination-Page": "1", "Pagination-Limit": "20"}, NOW)
    assert (limits.policies, limits.remaining, limits.raw) == ((), None, ())


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, '{"error": {"message": "系统监测到您的网络环境存在异常，请点击下方验证按钮进行验证。"}}'),
        (
            200,
            "<html><head><title>搜索</title></head><body>检测到存在异常访问请求。请输入验证码<form></form></body></html>",
        ),
        (
            200,
            "<html><title>A</title><body>We detected unusual traffic. Captcha: <form></form></body></html>",
        ),
    ],
)
def test_who_is_suspected_and_has_something_to_solve_is_asked(status: int, body: str) -> None:
    assert "only a browser passes" in refuses(status, body)
    assert refuses(200, body.replace("<form></form>", "").replace("captcha", "riddle")) == ""


def test_a_window_may_be_some_hundred_seconds() -> None:
    assert window_in("10 times within 600 seconds") == 600
    assert window_in("10 times per second") is None


def test_for_how_long_somebody_is_limited_is_when_to_come_back() -> None:
    assert read(429, {"X-Rate-Limited-For": "5"}, NOW).hold == 5
    assert read(403, {"X-Blocked-Until": "1790000060"}, NOW).hold == 60


def test_a_time_to_come_back_may_stand_behind_a_name_with_dots() -> None:
    assert read(429, {"x-ms-ratelimit-microsoft.costmanagement-entity-retry-after": "7"}, NOW).hold == 7


def test_a_long_answer_is_searched_in_no_time_worth_counting() -> None:
    pieces = (
        "<error ",
        "<error>",
        "<b>",
        "credits ",
        "no more than 1 ",
        "频率",
        '"seconds_',
        '"ratelimit": {',
        "attempt ",
    )
    for piece in pieces:
        body = json.dumps({"error": piece * 400}, ensure_ascii=False)
        for text in (piece * 400, body):
            assert len(refuses(403, text)) < 100
            assert len(refuses(200, text[:999])) < 100
            come_back_in(text, NOW)
