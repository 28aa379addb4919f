"""Kinds of answers that were read wrongly on a second look, each in the words of a service, beside such as only look
like it."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from widgets.http.limits import Policy, read
from widgets.http.limits.words import come_back_in, refuses

JSON, TEXT, XML, PAGE = "application/json", "text/plain", "application/xml", "text/html"
NOW = 1_790_000_000.0

TRAILERS = b"grpc-status: 8\r\ngrpc-message: too fast\r\n"
FRAME = b"\x80" + len(TRAILERS).to_bytes(4, "big") + TRAILERS
GRPC = "application/grpc-web+proto"

REFUSED = {
    "a line that begins as an error": (200, PAGE, "ERROR! => Over Request Limit. Please contact us."),
    "a limit of which nothing more is said": (403, TEXT, "Limits exceeded"),
    "the same in JSON": (403, JSON, '{"statusCode": 403, "error": "Forbidden", "message": "Limit is exceeded"}'),
    "the same of a gateway": (500, JSON, '{"title": "LimitExceeded", "detail": "Limit exceeded detected"}'),
    "a rejection in XML": (
        200,
        XML,
        "<e><ret><cStat>656</cStat><xMotivo>Rejeicao: Consumo Indevido (aguardado 1 hora)</xMotivo></ret></e>",
    ),
    "a state beside what stands for data": (
        200,
        JSON,
        (
            '{"responseData": {"translatedText": "x"}, "quotaFinished": true, "responseStatus": "429",'
            ' "responseDetails": "YOU USED ALL FREE ONES FOR TODAY. NEXT AVAILABLE IN  10 HOURS", "matches": ""}'
        ),
    ),
    "a page of a ban": (
        403,
        PAGE,
        (
            "<html><title>Access blocked</title><body><p>You have been blocked because you have violated the"
            '<a href="/policy">usage policy</a> of this service.</p></body></html>'
        ),
    ),
    "what is read of a day": (200, JSON, '{"error": {"code": 14, "error": "Daily read limit reached"}}'),
    "a lockout": (200, JSON, '{"error": ["EGeneral:Temporary lockout"]}'),
    "an access that was agreed": (403, JSON, '{"tppMessages": [{"category": "ERROR", "code": "ACCESS_EXCEEDED"}]}'),
    "transactions of a month": (403, TEXT, "It has exceeded the number of monthly free transactions of the license."),
    "a number in brackets": (
        403,
        JSON,
        '{"error_description": "The number of allowed requests per second (RPS) is exceeded for your plan"}',
    ),
    "a throttle that is a limit": (403, JSON, '{"fault": {"description": "exceeded the hard limit of throttle"}}'),
    "accesses in Spanish": (
        403,
        PAGE,
        "<html><title>Acceso denegado</title><p>Se han detectado demasiados accesos desde su IP.</p></html>",
    ),
    "a result within another name": (
        200,
        JSON,
        '{"LIST": {"RESULT": {"STATUS": 1, "ERROR_MSG": "アクセス数の上限に達しました。"}, "PARAMETER": {"L": 1}}}',
    ),
    "operations of a second": (
        500,
        XML,
        "<Error><Message>Operations per second is over the account limit.</Message></Error>",
    ),
    "come later": (403, TEXT, "Retry later\n"),
    "a workspace": (402, JSON, '"Workspace reached its API usage limit. Your limit will reset in 1543 seconds."'),
    "an error that is wrapped in lists": (
        200,
        JSON,
        '{"errorMessage": [{"error": [{"errorId": ["10001"], "message": ["Exceeded the number of calls"]}]}]}',
    ),
    "a ban that lasts": (200, JSON, '{"code": "Limit", "type": "ISV", "message": "This ban will last 1 second(s)."}'),
    "an error where data would be": (
        200,
        JSON,
        '{"data": {"error_code": 2190015, "description": "请求过于频繁"}, "message": "error"}',
    ),
    "a limit of use in Chinese": (403, JSON, '{"error": {"message": "您的账号由于存在异常行为暂时被限制使用"}}'),
    "a limit of use in Korean": (200, JSON, '{"status": "020", "message": "사용한도를 초과하였습니다."}'),
    "a ban in a line": (
        200,
        PAGE,
        (
            "Your IP address has been temporarily banned for excessive pageloads which indicates that you are using "
            "automated mirroring/harvesting software. The ban expires in 23 hours and 57 minutes"
        ),
    ),
    "downloads from one address": (
        200,
        PAGE,
        "<html><head><title>Download limit</title></head><body><h1>There are too many free downloads from this IP</h1>",
    ),
    "what is used up for today": (403, JSON, '{"message": "This network has used its free runs for today."}'),
    "what is used up for a month": (
        200,
        JSON,
        '{"status": "error", "message": "You have used all of your screenshots for this month"}',
    ),
    "a robot that downloads": (403, PAGE, "<html><title>A</title><body>A robot that downloads too fast.</body></html>"),
    "so many times in an hour": (
        422,
        JSON,
        '{"error": "The maximum number of api calls allowed for api/v1/x is 100 times per hour."}',
    ),
    "a state that is over": (403, JSON, '{"results": "", "status": "OVER_LIMIT"}'),
    "a rate of requests": (403, TEXT, "Exceeded service request rate of 10 per second for client"),
    "an allowance": (403, TEXT, "Error 3: Appid has exceeded its monthly query allowance"),
    **{
        text: (403, JSON, json.dumps({"message": text}, ensure_ascii=False))
        for text in (
            "لقد تجاوزت الحد المسموح به من الطلبات",
            "חרגת ממכסת הבקשות",
            "Anda telah melebihi batas permintaan",
            "Bạn đã vượt quá giới hạn yêu cầu",
            "คำขอเกินขีดจำกัด",
            "A kérések száma túllépte a korlátot",
            "Pyyntöjen enimmäismäärä ylitettiin",
        )
    },
    "trailers of gRPC in a body": (200, GRPC, FRAME.decode("latin-1")),
    "the same in base64": (200, "application/grpc-web-text", b64encode(FRAME).decode()),
    **{
        text: (403, JSON, json.dumps({"message": text}))
        for text in (
            "Request rate limit reached. Please slow your roll",
            "Easy there, cowboy. You're sending requests too quickly.",
            "Calm down, please",
            "Enhance your calm",
            "Chill out for a bit",
            "Hold your horses",
            "You are doing that too much.",
            "Stop hammering our API",
            "You're going too fast",
            "Your IP has been blacklisted for abusing the API",
            "You have been banned for spamming requests",
            "IP banned until further notice due to excessive polling",
            "Take a breather",
            "Please back off",
            "Please reduce the frequency of your requests",
            "Please throttle your client",
            "You are on cooldown",
            "Too fast!",
            "Not so fast!",
            "Rate of requests too high",
            "Your request frequency is abnormal",
            "You have been timed out",
            "Please wait before making another request",
            "Please wait 5 minutes for another activation email",
            "You can only make 1 request every 5 seconds",
            "Wait a few minutes for your quota to reset",
            "Please wait 30 seconds for the rate limit to become effective again",
            "Wait 10 seconds for the next slot to become ready",
            "Request blocked: suspicious burst of requests",
            "IP blacklisted temporarily: temporarily blacklisted",
        )
    },
}
SERVED = {
    "a limit of something": (403, JSON, '{"message": "Limit exceeded for items"}'),
    "a limit of a request": (400, JSON, '{"message": "Limit exceeded"}'),
    "a limit of money": (403, JSON, '{"message": "Limit exceeded", "account": "current", "amount": "10 EUR"}'),
    "a code alone": (403, JSON, '{"code": "LIMIT_EXCEEDED", "message": "You can create up to 3 projects"}'),
    "a feed of errors": (
        200,
        XML,
        "<rss><item><title>Error: too many requests</title></item></rss>",
    ),
    "trailers that are well": (200, GRPC, FRAME.decode("latin-1").replace("status: 8", "status: 0")),
    "data that has them": (200, TEXT, "grpc-status: 8\r\nis a spent limit\r\n"),
    **{
        text: (403, JSON, json.dumps({"message": text}))
        for text in (
            "Please wait before submitting another application for the loan",
            "The pump is on cooldown",
            "Sampling rate too fast",
            "Lower your query complexity",
            "Reduce your request size",
            "Please reduce the number of queries in the batch",
            "Your app was rejected due to abusive content",
            "You were blocked for spamming in chat",
            "Excessive usage of disk",
            "Vehicle is going too fast",
            "Calls are blocked for this number",
            "User is blocked because of unpaid rent",
            "IP blocked for region DE",
            "Daily transfer limit reached for this account",
        )
    },
    "what became of a message": (
        200,
        JSON,
        '{"sid": "SM1", "status": "undelivered", "error_code": 3, "error_message": "Rate limit exceeded with carrier"}',
    ),
    "a password that was asked for": (
        422,
        JSON,
        '{"message": "Password reset has been requested too many times for this account"}',
    ),
    "what has to take effect": (
        403,
        JSON,
        '{"error": {"message": "Not enabled. If it was recently, wait a few minutes for the action to propagate."}}',
    ),
    "how often a password may be changed": (403, TEXT, "You can change your password at most 1 time per day"),
    "one of something else": (403, TEXT, "Only 1 pull request per day"),
    "a field of that name": (
        422,
        JSON,
        '{"errors": [{"field":"rate_limit", "message": "must be less than 1000 requests per minute"}]}',
    ),
    "a fault for now": (500, TEXT, "Retry later\n"),
    "a card in Korean": (400, JSON, '{"message": "카드 사용한도를 초과하였습니다."}'),
    "data that failed": (200, JSON, '{"data": {"job": 7, "note": "Too many requests"}, "message": "error"}'),
    "disk space": (403, JSON, '{"message": "Your disk space quota exceeded"}'),
    "a rate of money": (400, JSON, '{"error": "Exchange rate limit exceeded: 1.25 > 1.20"}'),
    "votes": (400, JSON, '{"message": "You have used all your votes in this poll"}'),
    "a page that speaks of downloads": (
        200,
        PAGE,
        "<html><title>Downloads</title><body><p>Too many downloads from one IP are blocked.</p></body></html>",
    ),
    "connections of a pool": (500, TEXT, "Timeout: too many connections waiting for pool"),
    "a size in Indonesian": (400, JSON, '{"message": "Ukuran berkas melebihi batas"}'),
    "words of a song": (200, JSON, '{"id": 3, "text": "Hold your horses and calm down"}'),
    "a note": (200, JSON, '{"message": "Take it easy"}'),
}


@pytest.mark.parametrize(("status", "kind", "body"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_recognised_by_its_kind(status: int, kind: str, body: str) -> None:
    assert refuses(status, body, {"content-type": kind}).startswith("it says ")


@pytest.mark.parametrize(("status", "kind", "body"), SERVED.values(), ids=SERVED)
def test_what_looks_like_it_is_none(status: int, kind: str, body: str) -> None:
    assert refuses(status, body, {"content-type": kind}) == ""


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ("NEXT AVAILABLE IN  10 HOURS 23 MINUTES 11 SECONDS VISIT US", 37_391),
        ("Your access is restricted for the next 30 seconds.", 30),
        ("Se han detectado demasiados accesos. Vuelva a intentarlo en 5 minutos.", 300),
        ("This ban will last 1 second(s). E0019", 1),
        ("Слишком много запросов. Доступ ограничен на 10 минут.", 600),
        ("The ban expires in 23 hours and 57 minutes", 86_220),
        ("Trop de tentatives. Réessaie dans 3 minutes.", 180),
        ("Quota overschreden. Probeer het over 20 seconden opnieuw.", 20),
        ("Consumo Indevido (Deve ser aguardado 1 hora para efetuar nova solicitacao)", 3600),
    ],
)
def test_a_time_is_read_by_what_stands_around_it(body: str, seconds: float | None) -> None:
    assert come_back_in(body, NOW) == seconds


def test_a_field_may_name_the_limiter_that_says_when_to_come_back() -> None:
    assert read(429, {"Retry-After-short": "7"}, NOW).hold == 7


@pytest.mark.parametrize(("number", "seconds"), [("60000", 60), ("600000", 600), ("59000", 59_000), ("86400", 86_400)])
def test_a_whole_window_of_milliseconds_is_known_by_its_number(number: str, seconds: float) -> None:
    told = {"X-Rate-Limit-Limit": "10000", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": number}
    assert read(429, told, NOW).hold == seconds


def test_a_reset_whose_name_says_its_measure_is_never_guessed() -> None:
    told = {
        "X-Rate-Limit-Requests-Left": "0",
        "X-Rate-Limit-Time-Reset-Ms": "15000",
        "X-Rate-Limit-Time-Window-Ms": "5000",
    }
    assert read(429, told, NOW).hold == 15


def test_so_many_a_second_may_stand_within_a_name() -> None:
    limits = read(200, {"x-ratelimit-rps-limit": "100", "x-ratelimit-rps-remaining": "99"}, NOW)
    assert limits.policies == (Policy(100, 1.0),)


def test_a_cache_is_no_limit() -> None:
    limits = read(200, {"X-Cache-Remaining": "30", "X-Cache-Limit": "60"}, NOW)
    assert (limits.policies, limits.remaining) == ((), None)


LIMITS: dict[str, tuple[dict[str, str], tuple[Policy, ...], float | None]] = {
    "requests of a second": ({"X-Rate-Limit-Requests-Per-Second": "5"}, (Policy(5, 1.0),), None),
    "a dictionary with semicolons": ({"X-RateLimit": "limit=60; remaining=59; reset=30"}, (Policy(60),), 59),
    "thousands": ({"X-RateLimit-Limit": "1,000", "X-RateLimit-Remaining": "999"}, (Policy(1000),), 999),
    "two quotas": ({"X-RateLimit-Limit": "100,1000"}, (Policy(100), Policy(1000)), None),
    "two words in one": ({"X-RateLimit-Quota": "500", "X-RateLimit-QuotaRemaining": "499"}, (Policy(500),), 499),
    "used of all": ({"X-Api-Usage": "5/100"}, (Policy(100),), 95),
    "what is left of a use": (
        {"X-Usage-Limit": "5000", "X-Usage-Remaining": "4872", "X-Usage-Plan": "free"},
        (Policy(5000),),
        4872,
    ),
    "what is left of a month's use": (
        {
            "X-API-Usage-Plan": "1",
            "X-API-Usage-Current": "10",
            "X-API-Usage-Limit": "90",
            "X-API-Usage-Period": "daily",
        },
        (Policy(90, 86_400.0),),
        80,
    ),
    "room of which some is used": (
        {"X-Disk-Usage-Limit": "50", "X-Disk-Usage-Remaining": "4"},
        (Policy(50, unit="disk"),),
        None,
    ),
    "a quota a day": ({"Quota-Limit": "1000/day", "Quota-Remaining": "990"}, (Policy(1000, 86_400.0),), 990),
}


@pytest.mark.parametrize(("headers", "policies", "remaining"), LIMITS.values(), ids=LIMITS)
def test_a_limit_is_read_by_the_words_of_its_name(
    headers: dict[str, str], policies: tuple[Policy, ...], remaining: float | None
) -> None:
    limits = read(200, headers, NOW)
    assert (limits.policies, limits.remaining) == (policies, remaining)


@pytest.mark.parametrize(
    ("headers", "hold"),
    [
        ({"X-Next-Request-In": "4"}, 4),
        ({"X-Next-Allowed-Request": "2026-09-21T14:13:50Z"}, 30),
        ({"X-Ban-Expires": "1790000300"}, 300),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "in 30 seconds"}, 30),
        ({"X-Queue-Wait-Time": "9"}, None),
    ],
)
def test_other_names_say_when_to_come_back(headers: dict[str, str], hold: float | None) -> None:
    assert read(429, headers, NOW).hold == hold
