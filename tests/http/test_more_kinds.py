"""Kinds of refusals that were missed in a third set of answers, each beside such as only look like it."""

from __future__ import annotations

from base64 import b64encode

import pytest

from widgets.http.limits.words import come_back_in, refuses

JSON, TEXT, XML, PAGE = "application/json", "text/plain", "application/xml", "text/html"
NOW = 1_790_000_000.0


def _framed(trailers: bytes) -> str:
    return b64encode(b"\x80" + len(trailers).to_bytes(4, "big") + trailers).decode()


def _fault(code: str, words: str) -> str:
    return (
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>{words}</faultstring>"
        "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


REFUSED = {
    "a fault under a prefix with a hyphen": (200, XML, _fault("aws:Client.RequestThrottled", "Request is throttled.")),
    "trailers whose length is a letter": (
        200,
        "application/grpc-web-text+proto",
        _framed(b"grpc-status: 8\r\ngrpc-message: rate limit exceeded\r\n"),
    ),
    "trailers of any length": (200, "application/grpc-web-text", _framed(b"grpc-status: 8\r\n" + b"x: " + b"y" * 60)),
    "a code that something cools down": (409, JSON, '{"error": "sync_in_cooldown", "message": "Not yet"}'),
    "the same of a failed answer that is good by its status": (200, JSON, '{"ok": false, "error": "spin-on-cooldown"}'),
    "a limit by whose it is": (403, JSON, '{"reason": "You have reached the limit for your account."}'),
    "the same of a key": (400, TEXT, "The limit of this API key was exceeded"),
    "more than is allowed": (403, TEXT, "You have fetched more pages than we allow in an hour. Have a rest."),
    "the same of requests": (400, JSON, '{"error": "You made more API calls than your licence permits"}'),
    "a distance that was not kept": (403, TEXT, "Crawlers leave at least 5 seconds between two hits."),
    "a firewall's page": (
        200,
        PAGE,
        (
            "<html><head><title>Request Rejected</title></head><body>Please consult with your administrator.<br>"
            "Your support ID is: 6284519330117</body></html>"
        ),
    ),
    "the same of another firewall": (
        200,
        PAGE,
        "<html><head><title>Web Page Blocked!</title></head><body><p>Attack ID: 20000010</p></body></html>",
    ),
    "its name in the heading": (
        200,
        PAGE,
        "<html><h1>Access Denied - Some Website Firewall</h1><p>Block ID: EXPVP16</p></html>",
    ),
    "a plain no, and data that failed": (
        200,
        JSON,
        '{"status": false, "data": {"status": "fail", "reason": "rate_limit_exceeded", "retryAfter": 25}}',
    ),
    "a flag that it cools down": (400, JSON, '{"onCooldown": true, "hint": "patience"}'),
    "what is gone": (403, JSON, '{"fault": "The lookup allowance of your key for today is gone."}'),
    "a guard that was set off": (400, JSON, '{"title": "Burst protection tripped"}'),
    "one at a time": (409, TEXT, "Another request of yours is still being processed."),
    "too many at once": (400, JSON, '{"error": "Too many concurrent streams"}'),
    "a code that denies": (403, JSON, '{"result": "RATE_LIMIT_QUOTA_DENIED"}'),
    "a wish to go slower": (400, TEXT, "Please crawl our site more slowly (one page every ten seconds)."),
    "an allowed frequency": (200, JSON, '{"error": {"code": 7, "text": "You have exceeded the allowed frequency."}}'),
    "so far apart": (400, TEXT, "Automated queries have to be sent at least 2 minutes apart."),
    "a rule and what was done": (403, JSON, '{"message": "Users may send 10 requests a minute; you sent 34."}'),
    "too few between": (200, XML, '<result><error no="7">Too few seconds between calls</error></result>'),
    "too soon": (400, TEXT, "Too soon after your last request"),
    "none of many is left": (402, JSON, '{"message": "0 of 500 monthly API credits left"}'),
    "a rate that was limited": (403, JSON, '{"detail": "Your request rate has been limited"}'),
    "a part that says when it goes on": (423, JSON, '{"error": "client_paused", "resume_in_seconds": 33}'),
    "what is downloaded": (400, JSON, '{"error": "Download limit reached."}'),
    "a budget of calls": (403, JSON, '{"error": "R8 generation call budget exhausted"}'),
    "a wait before another": (400, JSON, '{"error": "Too many messages; wait a moment before sending another."}'),
    "so many at once": (400, JSON, '{"error": "Maximum 4 concurrent recordings reached"}'),
    "a code of an activity": (403, JSON, '{"error": {"code": "activityLimitReached"}}'),
    "no more at once": (400, JSON, '{"error": "controller is at concurrency capacity"}'),
    "how fast in Spanish": (400, JSON, '{"mensaje": "Está realizando consultas demasiado rápido"}'),
    "how fast in Dutch": (400, JSON, '{"fout": "U doet te snel achter elkaar verzoeken"}'),
    "how much in Italian": (403, JSON, '{"messaggio": "Hai effettuato troppe ricerche."}'),
    "how much in Japanese": (403, JSON, '{"message": "短時間でのリクエストが多いため、しばらくお待ちください。"}'),
    "how fast in French": (403, JSON, '{"erreur": "La fréquence de vos requêtes est trop élevée"}'),
    "how fast in German": (400, JSON, '{"fehler": "Ihre Anfragen kommen zu schnell"}'),
    "how fast in Russian": (400, JSON, '{"ошибка": "Частота запросов слишком высока"}'),
    "how fast in Persian": (400, JSON, '{"error": "سرعت ارسال درخواست شما بالاست"}'),
    "a part that says when it is allowed again": (403, JSON, '{"ok": 0, "allowed_again_at": "2026-09-21T14:14:05Z"}'),
    "a part that says when the next slot is": (400, JSON, '{"error": "QueueFull", "nextSlotInSeconds": 18}'),
    "a part that says how long it cools down": (409, JSON, '{"error": "busy", "cooldown_remaining": 240}'),
}
SERVED = {
    "a good answer of gRPC": (200, "application/grpc-web-text", _framed(b"grpc-status: 0\r\ngrpc-message: 8\r\n")),
    "a state of something": (200, JSON, '{"status": "in_cooldown", "capacity": 4}'),
    "a flag that it does not": (400, JSON, '{"error": "bad name", "onCooldown": false}'),
    "a plain no about something else": (200, JSON, '{"status": false, "data": {"reason": "Too late", "quota": 3}}'),
    "a number of things at once": (400, TEXT, "too many parallel jobs requested (maximum: 4)"),
    "things of an account": (403, JSON, '{"error": "You have reached the limit of projects on your account."}'),
    "a page with no number of it": (
        200,
        PAGE,
        "<html><h1>Access denied</h1><p>A novel of 1998. Request number: nineteen of its printing.</p></html>",
    ),
    "visits of somebody else": (400, TEXT, "Visits must be at least 2 days apart."),
    "a frequency of its own": (400, TEXT, "The signal exceeds the maximum frequency of 50 Hz."),
    "some of many are left": (400, JSON, '{"error": "bad name", "note": "10 of 500 monthly API credits left"}'),
    "something that goes on": (200, JSON, '{"status": "paused", "resume_in_seconds": 33, "track": "x"}'),
    "a wait before something else": (400, TEXT, "Wait before opening the lid."),
    "a course that is full": (400, JSON, '{"error": "The class is at capacity."}'),
    "a budget of money": (403, JSON, '{"error": "The travel budget is exhausted"}'),
    "a train in Dutch": (400, JSON, '{"fout": "De trein rijdt te snel"}'),
    "a request above": (400, JSON, '{"error": "درخواست بالا نامعتبر است"}'),
    "a request that waits for somebody": (409, TEXT, "Another request to join is pending."),
    "a count of another year": (400, TEXT, "Requests for asylum exceeded the yearly number of 2015"),
    "a limit of things that an account has": (403, TEXT, "You have reached the limit of members for your account."),
    "a limit of money": (403, TEXT, "This transfer exceeds the limit for your account."),
    "a document with more pages": (400, TEXT, "The document has more pages than we allow."),
    "more seats than are allowed": (403, TEXT, "You use more seats than your plan allows."),
    "more queries in a batch than are allowed": (400, TEXT, "There are more queries than allowed in one batch."),
    "a distance in data": (200, JSON, '{"rule": "Leave at least 5 seconds between two hits of the hammer", "id": 7}'),
    "a page about rejections": (
        200,
        PAGE,
        "<html><head><title>Request Rejected</title></head><body>How editors answer, and what it means.</body></html>",
    ),
    "a page that is headed otherwise": (
        200,
        PAGE,
        "<html><head><title>Our firewall</title></head><body>Your support ID is: 6284519330117</body></html>",
    ),
    "a next page": (400, JSON, '{"error": "bad cursor", "next_page": 3, "next_request_id": "a7"}'),
    "a cooldown that is over": (400, JSON, '{"error": "bad name", "cooldown_remaining": 0}'),
}


@pytest.mark.parametrize(("status", "kind", "body"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_recognised_by_its_kind(status: int, kind: str, body: str) -> None:
    assert refuses(status, body, {"content-type": kind})


@pytest.mark.parametrize(("status", "kind", "body"), SERVED.values(), ids=SERVED)
def test_what_looks_like_it_is_none(status: int, kind: str, body: str) -> None:
    assert refuses(status, body, {"content-type": kind}) == ""


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ("You have fetched too much; come back in 40 minutes, please.", 2400),
        ("Please leave at least 5 seconds between two hits.", 5),
        ("There has to be at least one minute between requests.", 60),
        ('{"err": "burst", "allowed_again_at": "2026-09-21T14:14:05Z"}', 45),
        ('{"nextSlotInSeconds": 18}', 18),
        ('{"cooldown_remaining": 240}', 240),
        ('{"cooldownEndsAt": 1790000030}', 30),
        ('{"next_request_allowed_in_ms": 1500}', 1.5),
        ('{"nextRequestAvailableAt": "2026-09-21T14:15:20Z"}', 120),
        ("Queries have to be sent at least 2 minutes apart.", 120),
        ('{"resume_in_seconds": 33}', 33),
        ('{"next_page": 3}', None),
    ],
)
def test_a_part_or_a_sentence_says_when_to_come_back(body: str, seconds: float | None) -> None:
    assert come_back_in(body, NOW) == seconds


def test_what_is_repeated_of_a_firewall_is_its_heading() -> None:
    body = "<html><h1>Access\n Denied</h1><p>Reference #18.2d351ab8.1557333295.a4e16ab</p></html>"
    assert refuses(200, body, {"content-type": PAGE}) == "it says 'Access Denied'"
