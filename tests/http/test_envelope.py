"""Answers that refuse in their bodies as real services do, and data that only speaks of limits."""

from __future__ import annotations

import pytest

from widgets.http.limits.words import come_back_in, refuses

JSON, TEXT, XML, PAGE = "application/json", "text/plain", "application/xml", "text/html"

REFUSED = {
    "Shopify": (200, JSON, '{"errors": [{"message": "Throttled"}], "extensions": {"cost": {"actualQueryCost": null}}}'),
    "Slack": (200, JSON, '{"ok": false, "error": "ratelimited"}'),
    "Etherscan": (200, JSON, '{"status": "0", "message": "NOTOK", "result": "Max calls per sec rate limit reached"}'),
    "Tiingo": (200, TEXT, "Error: You have run over your 50 hourly request allocation.\nThen upgrade at example.org."),
    "a label": (200, TEXT, "Error: Rate limit exceeded.\r\n\r\nPlease try again later.\r\n"),
    "Kraken": (200, JSON, '{"error": ["EAPI:Rate limit exceeded"]}'),
    "Bitfinex": (200, JSON, '["error", 11010, "ratelimit: error"]'),
    "OKX": (200, JSON, '{"code": "50011", "msg": "Requests too frequent.", "data": []}'),
    "Bybit": (200, JSON, '{"retCode": 10006, "retMsg": "Too many visits. Exceeded the API Rate Limit.", "result": {}}'),
    "Deribit": (200, JSON, '{"jsonrpc": "2.0", "error": {"code": 10028, "message": "too_many_requests"}}'),
    "Alchemy": (200, JSON, '{"jsonrpc": "2.0", "id": 1, "error": {"code": 429, "message": "over your capacity"}}'),
    "CoinGecko": (200, JSON, '{"status": {"error_code": 429, "error_message": "see the pricing"}}'),
    "maxlag": (200, JSON, '{"error": {"code": "maxlag", "info": "Waiting for a host: 0.8 seconds lagged."}}'),
    "TMDB": (200, JSON, '{"status_message": "Your request count (41) is over the allowed limit of 40.", "success": 0}'),
    "Google Maps": (200, JSON, '{"results": [], "status": "OVER_QUERY_LIMIT"}'),
    "Amap": (200, JSON, '{"status": "0", "info": "CUQPS_HAS_EXCEEDED_THE_LIMIT", "infocode": "10021"}'),
    "Baidu": (200, JSON, '{"status": 302, "message": "天配额超限，限制访问"}'),
    "FMP": (200, JSON, '{"Error Message": "Limit Reach . Please upgrade your plan"}'),
    "Monday": (200, JSON, '{"error_code": "ComplexityException", "error_message": "Complexity budget exhausted"}'),
    "Alpha Vantage": (
        200,
        JSON,
        '{"Information": "Please consider spreading out your requests (1 request per second)."}',
    ),
    "GraphQL": (200, JSON, '{"data": {"user": null}, "errors": [{"extensions": {"code": "RATE_LIMITED"}}]}'),
    "Instagram": (200, JSON, '{"status": "fail", "message": "Please wait a few minutes before you try again."}'),
    "Telegram": (200, JSON, '{"ok": false, "description": "Too Many Requests", "parameters": {"retry_after": 41}}'),
    "JSONP": (200, "text/javascript", 'callback({"error": "Rate limit exceeded"});'),
    "arXiv": (200, TEXT, "Rate exceeded."),
    "HackerTarget": (200, TEXT, "API count exceeded - Increase Quota with Membership"),
    "a line": (200, TEXT, "Error: too many requests, please slow down.\n"),
    "GeoNames": (
        200,
        XML,
        '<?xml version="1.0"?><geonames><status message="the daily limit of 20 has been exceeded"/>',
    ),
    "S3": (200, XML, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
    "a page": (200, PAGE, "<html><head><title>Too Many Requests</title></head><body><h1>Too Many Requests</h1>"),
    "DynamoDB": (400, JSON, '{"__type": "com.amazonaws#ProvisionedThroughputExceededException"}'),
    "Cosmos": (400, JSON, '{"message": "Request rate is large"}'),
    "LinkedIn": (403, JSON, '{"message": "Throttle limit for calls to this resource is reached."}'),
    "QuickBooks": (403, JSON, '{"fault": {"error": [{"message": "message=ThrottleExceeded; errorCode=003001"}]}}'),
    "Discourse": (422, JSON, '{"errors": ["You’ve performed this action too many times"], "error_type": "rate_limit"}'),
    "Cloudflare": (403, TEXT, "error code: 1015"),
    "Weibo": (403, JSON, '{"error": "User requests out of rate limit!", "error_code": 10023}'),
    "Apigee": (500, JSON, '{"fault": {"faultstring": "Spike arrest violation. Allowed rate : 60"}}'),
    "Azure": (403, JSON, '{"message": "Out of call volume quota. Quota will be replenished in 08:12:30."}'),
    "Mashery": (403, PAGE, "<h1>403 Developer Over Rate</h1>"),
    "RFC 9457": (403, JSON, '{"type": "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity"}'),
    "402": (402, JSON, '{"message": "You have exceeded your monthly request limit. Upgrade your plan."}'),
    "a frequency": (400, JSON, '{"code": 99991400, "msg": "request trigger frequency limit"}'),
    "a word in front": (200, JSON, '{"errcode": 45009, "errmsg": "reach max api daily quota limit hint: [x]"}'),
    "what not to do": (200, JSON, '{"success": false, "error": "Do not send more than 2 requests per 200ms"}'),
    "a threshold": (
        200,
        JSON,
        '{"responseTime": 0, "message": ["the daily threshold for total number of requests has been reached."]}',
    ),
    "a wrapped error": (200, JSON, '{"error_response": {"code": "12", "en_desc": "Call limited"}}'),
    "a temporary block": (200, PAGE, "<html><title>Your access to this site has been temporarily limited</title>"),
    "a heading with its status": (200, PAGE, "<html><title>503 - Slow down</title><h1>Slow down</h1></html>"),
    "concurrency": (403, JSON, '{"error": {"errors": [{"reason": "concurrentLimitExceeded"}]}}'),
    "SOAP": (500, XML, "<s:Fault><faultstring>Concurrency limit exceeded.</faultstring></s:Fault>"),
    "FHIR": (200, JSON, '{"resourceType": "OperationOutcome", "issue": [{"details": {"text": "It was throttled"}}]}'),
    "open data": (
        200,
        XML,
        "<R><Header><errMsg>SERVICE ERROR</errMsg><m>NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR</m></Header></R>",
    ),
    "an error with an id": (200, JSON, '{"id": "r1", "status": "error", "message": "Too many requests"}'),
    "Korean": (200, JSON, '{"errorMessage": "속도 제한을 초과했습니다.", "errorCode": "012"}'),
    "Spanish": (200, JSON, '{"status": "Se ha superado el número máximo de peticiones"}'),
    "a gateway's fault": (409, XML, "<status><authorized>false</authorized><reason>usage limits are exceeded</reason>"),
    "a negative code": (200, JSON, '{"code": -799, "message": "请求过于频繁，请稍后再试", "ttl": 1}'),
    "a batch of calls": (
        200,
        JSON,
        (
            '[{"jsonrpc": "2.0", "id": 1, "error": {"code": -32012, "message": "credits limited to 6000/sec"}},'
            ' {"jsonrpc": "2.0", "id": 2, "error": {"code": -32012, "message": "credits limited to 6000/sec"}}]'
        ),
    ),
    "errors beside an empty page": (
        200,
        JSON,
        (
            '{"get": "fixtures", "parameters": {"live": "all"}, "results": 0,'
            ' "errors": {"requests": "You have reached the request limit"}, "response": [],'
            ' "paging": {"current": 1, "total": 1}}'
        ),
    ),
    "what was asked, repeated": (
        200,
        JSON,
        (
            '{"error": {"error_code": 9, "error_msg": "Flood control: too much same actions",'
            ' "request_params": [{"key": "method", "value": "wall.post"}, {"key": "v", "value": "5.131"}]}}'
        ),
    ),
    "the service, named": (
        200,
        JSON,
        (
            '{"response": {"service": {"name": "data"}, "status": "ERROR", "error": {"level": "2",'
            ' "code": "OVER_REQUEST_LIMIT", "text": "서비스 사용량이 일일 제한량을 초과하여"}}}'
        ),
    ),
    "a flag": (200, JSON, '{"success": false, "throttle": true, "cause": "Key"}'),
    "a high frequency": (200, JSON, '{"data": "ACCESS_FREQUENCY_IS_TOO_HIGH", "failCode": 407, "success": false}'),
    "an access": (200, JSON, '{"error_code": 10012, "error_msg": "error_frequently_access", "data": ""}'),
    "an access limit": (200, JSON, '{"error_code": "54003", "error_msg": "Invalid Access Limit"}'),
    "an allocation": (200, JSON, '{"detail": "Error: You have run over your hourly request allocation."}'),
    "a number of request": (200, JSON, '{"success": false, "message": "Allowed number of request has been exceeded"}'),
    "a violation": (500, JSON, '{"error": "You\'ve violated your query rate limit."}'),
    "a renewal": (406, JSON, '{"message": "Your quota will be renewed in 07 hours and 30 minutes", "remaining": -1}'),
    "a banned request": (412, JSON, '{"code": -412, "message": "request was banned", "data": null}'),
    "a time to come back": (403, JSON, '{"error": "Not now", "error_extra": {"retry_after": 823}}'),
    "a server that is busy": (500, XML, '<faultcode>Busy</faultcode><Value Name="BackOffMilliseconds">297749</Value>'),
    "credits": (402, JSON, '{"error": "You have exceeded your credits limit.", "tag": "NO_MORE_CREDITS"}'),
    "a limit that was met": (200, XML, '<rsp stat="fail"><err code="122">Daily API rate limit met</err></rsp>'),
    "a rate limit's own part": (
        200,
        JSON,
        '{"Response": "Error", "Message": "You are over your rate limit", "RateLimit": {"max": {"a": 2}}}',
    ),
    "a request, repeated": (
        200,
        JSON,
        '{"result": {"error": "slowDown", "error_message": "Load", "request": {"command": "x"}, "status": "error"}}',
    ),
    "a breach": (402, JSON, '{"message": "One of your lookup limits has been breached for today."}'),
    "a minute's wait": (200, JSON, '{"error": "duplicate request, wait a minute", "error_code": 9}'),
    "a limit that is left": (200, JSON, '{"errcode": 45033, "errmsg": "api concurrent out of limit"}'),
    "times a minute": (200, JSON, '{"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}'),
    "a page of an error": (
        200,
        PAGE,
        "<html><head><title>Error</title></head><body><p>Exception: Service invoked too many times.</p></body>",
    ),
    "a ban for no respect": (403, JSON, '{"error": "Your key has been banned for not respecting the rate limit."}'),
    "a queue": (202, XML, "<message>Accepted, and will be processed. Please try again later for access.</message>"),
    "a quota that is consumed": (402, JSON, '{"status": 402, "description": "Your monthly quota has been consumed."}'),
    "a code that is a word": (200, JSON, '{"RESULT": {"CODE": "ERROR-337", "MESSAGE": "Daily quota exceeded"}}'),
    "words joined": (200, JSON, '{"status": "0", "info": "ACCESS_TOO_FREQUENT", "infocode": "10004"}'),
    "a brief page without links": (
        403,
        PAGE,
        "<html><head><title>Request Rejected</title></head><body>The request rate is too high.</body></html>",
    ),
    "a library's words": (500, JSON, '{"message": "RateLimiter \'x\' does not permit further calls"}'),
    "a page of a firewall": (
        200,
        PAGE,
        "<html><head><title>Request Rejected</title></head><body>Rate limit exceeded: 10 in 5 seconds.</body></html>",
    ),
    "a line that says the limit": (200, TEXT, "Too many requests: the limit is 60 per hour"),
    "excess": (200, JSON, '{"Message": "Request blocked due to excessive requests"}'),
    "what runs at once": (403, JSON, '{"message": "Maximum number of 2 concurrent flows achieved by the user"}'),
    "an access rate": (403, TEXT, "Access denied because of exceeding access rate"),
    "401 of a limit": (401, JSON, '{"Response": "False", "Error": "Request limit reached!"}'),
}

SERVED = {
    "an answer that failed otherwise": (200, JSON, '{"ok": false, "error": "channel_not_found"}'),
    "no transactions": (200, JSON, '{"status": "0", "message": "No transactions found", "result": []}'),
    "no results": (200, JSON, '{"results": [], "status": "ZERO_RESULTS"}'),
    "a part that was served": (200, JSON, '{"data": {"a": 1}, "errors": [{"message": "b: rate limit exceeded"}]}'),
    "a status page": (200, JSON, '{"status": "ok", "components": [{"description": "Requests are rate limited"}]}'),
    "an issue": (200, JSON, '{"title": "API rate limit exceeded error", "number": 12, "user": {"login": "bob"}}'),
    "a chat": (200, JSON, '{"message": "Too many requests for pancakes!", "user": "bob", "id": 12}'),
    "a log": (200, JSON, '{"status": "ok", "log": "12:00 throttled by upstream"}'),
    "a welcome": (200, JSON, '{"status": "ok", "message": "Requests are rate limited to 60 an hour"}'),
    "a storm": (200, JSON, '{"reason": "dam usage limit exceeded", "station": 4, "level": 3.2}'),
    "news": (200, JSON, '{"info": {"title": "Too many requests during launch", "date": "2026"}, "body": "."}'),
    "a catalogue": (200, JSON, '{"errors": [{"name": "Too Many Requests"}, {"name": "Not Found"}], "page": 1}'),
    "alerts": (200, JSON, '{"status": "success", "data": {"alerts": [{"name": "QuotaExceeded"}]}}'),
    "Prometheus": (200, JSON, '{"status": "success", "data": {"result": [{"name": "cpu_throttled_seconds"}]}}'),
    "a pump": (200, JSON, '{"status": "throttled", "device": "pump3", "flow": 12.5}'),
    "a processor": (200, JSON, '{"status": {"throttled": false, "temp": 51.2}}'),
    "a limit's state": (200, JSON, '{"type": "quota", "quota": {"limit": 10, "used": 10, "exceeded": true}}'),
    "a poem": (200, TEXT, "Slow down, you move too fast"),
    "an article": (200, TEXT, "How to handle it when too many requests come: back off"),
    "a manual": (200, TEXT, "# Limits\nIf you exceed the limit you get 429 Too Many Requests."),
    "CSV": (200, "text/csv", "429,Too Many Requests"),
    "RSS": (200, XML, "<rss><channel><item><title>Too many requests: how to back off</title></item></channel></rss>"),
    "a page about it": (200, PAGE, "<html><title>How to handle rate limiting</title><h1>Rate limiting</h1>"),
    "a price": (403, JSON, '{"error": "Only on the paid plan, which also raises the rate limit to 600 requests"}'),
    "a key": (401, JSON, '{"message": "API key missing. Requests are rate limited by key."}'),
    "a parameter": (400, JSON, '{"error": "too many query parameters"}'),
    "a size": (400, JSON, '{"error": "The file is over the size limit of 10 MB"}'),
    "a range": (400, JSON, '{"error": "The number of days requested exceeds the limit of 31 days."}'),
    "another ban": (403, TEXT, "error code: 1020"),
    "a metric's name": (200, TEXT, "http_requests_rate_limited_total 4711"),
    "an article's title": (
        200,
        JSON,
        '{"title": "Rate limit exceeded", "type": "article", "description": "What the error means"}',
    ),
    "a payment": (200, JSON, '{"transaction": {"id": 9, "status": "failed", "reason": "Daily limit exceeded"}}'),
    "a job": (200, JSON, '{"id": "j1", "state": "failed", "error": "429 Too many requests", "attempts": 3}'),
    "another job": (200, JSON, '{"id": 9, "status": "failed", "failure_reason": "API rate limit exceeded"}'),
    "a delivery": (200, JSON, '{"id": 1, "status": "Too Many Requests", "status_code": 429, "event": "push"}'),
    "a row": (200, JSON, '[{"id": 1, "error": "rate limit exceeded", "ts": "2026"}]'),
    "what codes mean": (200, JSON, '{"errors": {"429": "Too many requests", "404": "Not found"}, "version": 2}'),
    "an audit": (200, JSON, '{"id": 4, "action": "login", "result": "failed", "reason": "too many attempts"}'),
    "a price list": (200, PAGE, "<html><title>500 requests per minute</title><h1>500 requests per minute</h1></html>"),
    "a heading of one line": (200, TEXT, "Rate limits"),
    "a disk": (403, JSON, '{"error": "Disk quota exceeded for user bob"}'),
    "room": (507, JSON, '{"error": "Insufficient storage: quota exceeded"}'),
    "a batch": (400, JSON, '{"error": "Batch contains too many operations: 150, the maximum is 100"}'),
    "a status": (
        200,
        JSON,
        '{"code": 429, "name": "Too Many Requests", "description": "It has sent too many requests."}',
    ),
    "translations": (200, JSON, '{"errors": {"too_many_requests": "Zu viele Anfragen", "not_found": "Nicht da"}}'),
    "a page about a status": (
        200,
        PAGE,
        "<html><title>429 Too Many Requests - HTTP | Docs</title><p>This status code indicates it.",
    ),
    "things that are held": (
        403,
        JSON,
        '{"message": "exceeded quota: compute, requested: pods=1, used: pods=10, limited: pods=10"}',
    ),
    "an answer that was not throttled": (200, JSON, '{"ErrorCode": 1, "ThrottleSeconds": 0, "Message": "Ok"}'),
    "no time to come back": (403, JSON, '{"error": "Not allowed", "retry_after": null}'),
    "a count of tries": (400, JSON, '{"error": "Bad value", "retry": 3, "wait": 5}'),
    "a river": (404, JSON, '{"error": "No station of that flood"}'),
    "a throttle": (200, JSON, '{"status": "failed", "device": "pump3", "message": "throttle position sensor"}'),
    "batches of two kinds": (
        200,
        JSON,
        '[{"jsonrpc": "2.0", "id": 1, "result": "0x1"}, {"jsonrpc": "2.0", "error": {"message": "rate limited"}}]',
    ),
    "work that goes on": (202, JSON, '{"status": "queued", "message": "It will be processed."}'),
    "a page with links": (
        403,
        PAGE,
        "<html><head><title>Members only</title></head><body>Too many requests? <a href='/x'>Read</a></body></html>",
    ),
    "a code of its own": (200, JSON, '{"RESULT": {"CODE": "INFO-000", "MESSAGE": "Daily quota exceeded"}}'),
    "a page of a firewall that says no more": (
        200,
        PAGE,
        "<html><head><title>Request Rejected</title></head><body>Your support ID is: 12.</body></html>",
    ),
    "a heart": (200, JSON, '{"alert": "Heart rate limit exceeded", "bpm": 190}'),
    "money": (400, JSON, '{"code": "EXCEEDED", "message": "Transfer exceeds the daily limit of 500 EUR"}'),
    "a page headed Error that tells of another": (
        200,
        PAGE,
        "<html><head><title>Error</title></head><body><p>No such station.</p></body>",
    ),
    "a cup of tea": (200, JSON, '{"status": "ok", "message": "Wait a minute and pour"}'),
    "a login": (401, JSON, '{"detail": "Invalid password. After too many attempts your account is locked."}'),
}

_SRU = '<?xml version="1.0"?><searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.1</version>{}</searchRetrieveResponse>'
_DIAGNOSED = (
    '<diagnostics><d:diagnostic xmlns:d="{}"><d:uri>{}</d:uri><d:message>{}</d:message></d:diagnostic></diagnostics>'
)
_OF_SRU_1 = ("http://www.loc.gov/zing/srw/diagnostic/", "info:srw/diagnostic/1/2")
_OF_SRU_2 = ("http://docs.oasis-open.org/ns/search-ws/diagnostic", "2")

REFUSED |= {
    "a catalogue": (200, XML, _SRU.format(_DIAGNOSED.format(*_OF_SRU_1, "Too many requests from this host"))),
    "a catalogue of today": (200, XML, _SRU.format(_DIAGNOSED.format(*_OF_SRU_2, "Rate limit exceeded"))),
}

SERVED |= {
    "a catalogue that is asked amiss": (200, XML, _SRU.format(_DIAGNOSED.format(*_OF_SRU_1, "Unsupported index"))),
    "a record that a catalogue could not give": (
        200,
        XML,
        _SRU.format(
            "<record>" + _DIAGNOSED.format(*_OF_SRU_1, "Too many requests") + "</record><record>Faust</record>"
        ),
    ),
    "a diagnostic of another trade": (
        200,
        XML,
        "<diagnostic><code>P0219</code><text>Too many requests</text></diagnostic>",
    ),
    "an error of another kind": (200, TEXT, "Error: no such file\nSee 'Rate limit exceeded' in the manual."),
    "a log": (200, TEXT, "Error: rate limit exceeded\nInfo: retried\nInfo: served\nInfo: done"),
    "a rate of errors": (200, TEXT, "Error rate exceeded 5 %"),
}


@pytest.mark.parametrize(("status", "kind", "body"), REFUSED.values(), ids=REFUSED)
def test_an_answer_that_says_nothing_but_that_it_refuses_is_a_refusal(status: int, kind: str, body: str) -> None:
    assert refuses(status, body, {"content-type": kind}).startswith("it says '")


@pytest.mark.parametrize(("status", "kind", "body"), SERVED.values(), ids=SERVED)
def test_data_that_speaks_of_limits_stays_data(status: int, kind: str, body: str) -> None:
    """A monitor's metrics of throttled processors were called refusals."""
    assert refuses(status, body, {"content-type": kind}) == ""


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"x-mashery-error-code": "ERR_403_DEVELOPER_OVER_QPS"}, "OVER_QPS"),
        ({"grpc-status": "8"}, "8"),
        ({"grpc-status": "14", "grpc-retry-pushback-ms": "700"}, "14"),
    ],
)
def test_some_say_it_in_a_field_of_their_own(headers: dict[str, str], word: str) -> None:
    assert f"it says '{word}'" in refuses(200, "", headers)
    assert refuses(200, "", {"grpc-status": "0"}) == ""
    assert refuses(200, "", {"grpc-status": "14", "grpc-retry-pushback-ms": "-1"}) == ""
    assert refuses(400, "", {"x-clienterror": "ThrottledRequest"}) == "it says 'Throttl' (x-clienterror)"
    assert refuses(403, "<h1>403</h1>", {"message": "API rate limit exceeded"}).endswith("(message)")
    assert refuses(200, "", {"x-reason": "throttled"}) == ""
    assert refuses(200, "[]", {"x-ms-bm-ws-info": "1"}) != "" == refuses(200, "[]", {"x-ms-bm-ws-info": "0"})
    assert refuses(200, "{}", {"x-eresult": "84"}) != "" == refuses(200, "{}", {"x-eresult": "1"})


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ("Quota will be replenished in 08:12:30.", 29_550),
        ("Quota will be replenished in 6.08:12:30.", 547_950),
        ('{"data": {"rate": {"allowed_rps": 1, "backoff_seconds": 24}}}', 24),
        ("Please try again after Mon, 21 Sep 2026 14:14:20 GMT and see", 60),
        ('{"nextAccessTime": "2026-Sep-21 14:20:00+0000 UTC"}', 400),
        ('{"detail": "Please try after 2026-09-21T14:13:57.255Z"}', 37.255),
        ('{"reset_time": "2026/09/21 14:14:20 +0000"}', 60),
        ("This ban will last for 1 more seconds", 1),
        ("5 already issued in the last 168h0m0s, retry after 2026-09-21 14:14:20 UTC: see", 60),
        ("Requests are blocked during the remaining period of 3600 seconds.", 3600),
        ('{"ThrottleSeconds": 10}', 10),
        ('{"Message": "over your rate limit", "Cooldown": 56}', 56),
        ("FLOOD_WAIT_42", 42),
        ("The ban expires at 1790000060000", 60),
        ('{"limit": 6250, "reset_in": 456}', 456),
        ('<t:Value Name="BackOffMilliseconds">297749</t:Value>', 297.749),
        ("<RetryAfter>30</RetryAfter>", 30),
        ("Limite de requisições excedido, aguarde 1 minuto.", 60),
        ("Przekroczono limit 20 żądań na minutę. Spróbuj ponownie po 30 sekundach.", 30),
        ("Riprovare tra 60 secondi.", 60),
        ("Lütfen 30 saniye sonra tekrar deneyin.", 30),
        ("请在60秒后重试", 60),
        ("Bitte warten Sie 2 Minuten", 120),
        ("Повторите через 45 секунд", 45),
    ],
)
def test_times_stand_in_bodies_in_many_forms(body: str, seconds: float) -> None:
    assert come_back_in(body, 1_790_000_000.0) == pytest.approx(seconds)
