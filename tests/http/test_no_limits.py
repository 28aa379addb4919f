"""What is near to a limit or a time in its words, and is none: readings that went too far once."""

from __future__ import annotations

import pytest

from tests.http.test_limit_cases import NOW
from widgets.http.limits import abroad, read, words


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("blocked [1020]. Please wait 30 seconds.", 30),
        ("throttled [429]", None),
        ("retry [429]", None),
        ("Too many requests, please wait for [429]", None),
        ("try again in [30] minutes", 1800),
        ("retry_after=30 attempts=4", 30),
        ("backoff=2.5 attempts=3", 2.5),
        ("wait=30 tries=1", 30),
        ("Retry-After: 30 Attempts: 5", 30),
        ("Wait 30 US east servers are busy", 30),
        ("limited for the next 10 requests. Try again in 30 seconds.", 30),
        ("available for another 3 days. Please wait 10 seconds.", 10),
        ("The offer is limited for the next 3 days. Please wait 10 seconds.", 10),
        ("The new version is available at 2026-10-01 00:00:00. Please wait 10 seconds", 10),
        ("Rate limit exceeded, 1 minute 15 seconds remaining", None),
        ("Too many requests. Your session has 20 minutes remaining.", None),
        ('{"error": "rate limited", "reset": 60000}', None),
        ('{"limits": {"second": {"reset": 1}, "hour": {"reset": 3600}}}', None),
        ("1分钟内超限后,5分钟后重试", 300),
        ("Προσπαθήστε για 10 λεπτομέρειες", None),
        ("נסה שוב 3 שנים", None),
        ("coba lagi pukul 10 hari ini", None),
        ("Vui lòng thử lại lúc 10 giờ", None),
    ],
)
def test_a_number_near_a_word_for_waiting_is_a_time_only_where_it_says_so(text: str, seconds: float | None) -> None:
    assert words.come_back_in(text, NOW) == seconds


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (
            {
                "X-RateLimit-Limit": "1000",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": "37",
                "X-RateLimit-Unit": "second",
            },
            ([(1000.0, None)], 0.0, 37.0, 37.0),
        ),
        (
            {"X-RateLimit-Limit": "60", "X-RateLimit-Window": "3600", "X-RateLimit-Unit": "hour"},
            ([(60.0, 3600.0)], None, None, None),
        ),
        (
            {"X-Credits-Limit": "1000", "X-Credits-Remaining": "100", "X-Credits-Unit": "minutes"},
            ([(1000.0, None)], 100.0, None, None),
        ),
        (
            {"X-RateLimit-Unit-Limit": "50", "X-RateLimit-Unit-Remaining": "0", "X-RateLimit-Unit-Reset": "30"},
            ([(50.0, None)], 0.0, 30.0, 30.0),
        ),
        ({"X-Quota-Unit-Limit": "100", "X-Quota-Unit-Remaining": "99"}, ([(100.0, None)], 99.0, None, None)),
        ({"X-Quota-Unit-Used": "3", "X-Quota-Unit-Remaining": "997"}, ([(1000.0, None)], 997.0, None, None)),
        (
            {"X-RateLimit-Limit-Per-Unit": "10", "X-RateLimit-Remaining-Per-Unit": "7"},
            ([(10.0, None)], 7.0, None, None),
        ),
        (
            {
                "X-RateLimit-Remaining-Unit": "calls",
                "X-RateLimit-Limit": "50",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": "30",
            },
            ([(50.0, None)], 0.0, 30.0, 30.0),
        ),
        (
            {
                "X-RateLimit-10-Seconds-Limit": "50",
                "X-RateLimit-10-Seconds-Remaining": "0",
                "X-RateLimit-10-Seconds-Reset": "7",
            },
            ([(50.0, 10.0)], 0.0, 7.0, 7.0),
        ),
        ({"X-RateLimit-Seconds-Limit": "5", "X-RateLimit-Seconds-Remaining": "4"}, ([(5.0, 1.0)], 4.0, None, None)),
        ({"X-Quota-Seconds-Used": "200", "X-Quota-Seconds-Remaining": "7000"}, ([(7200.0, 1.0)], 7000.0, None, None)),
        ({"X-Quota-Cpu-Ms-Remaining": "500", "X-Quota-Cpu-Ms-Limit": "900"}, ([(900.0, 0.001)], 500.0, None, None)),
        (
            {"X-RateLimit-Cpu-Ms-Remaining": "500", "X-RateLimit-Cpu-Ms-Limit": "900"},
            ([(900.0, 0.001)], 500.0, None, None),
        ),
        ({"Retry-After": "129600000"}, ([], None, None, 129600.0)),
        ({"Retry-After": "8640000"}, ([], None, None, 8640.0)),
        ({"X-RateLimit-US": "100"}, ([], None, None, None)),
        ({"X-RateLimit-Range": "us", "X-RateLimit-Limit": "100"}, ([(100.0, None)], None, None, None)),
        ({"X-RateLimit-Limit-100ms": "10", "X-RateLimit-Remaining-100ms": "9"}, ([(10.0, 0.1)], 9.0, None, None)),
        (
            {"X-RateLimit-Real-Time-Limit": "60", "X-RateLimit-Real-Time-Remaining": "30"},
            ([(60.0, None)], None, None, None),
        ),
        ({"X-RateLimit-One-Time-Limit": "60"}, ([(60.0, None)], None, None, None)),
        (
            {"X-RateLimit-Reset-Unit": "seconds", "X-RateLimit-Limit": "9", "X-RateLimit-Reset": "30"},
            ([(9.0, None)], None, 30.0, 30.0),
        ),
        (
            {"X-RateLimit-Interval": "1", "X-RateLimit-Interval-Unit": "year", "X-RateLimit-Limit": "5"},
            ([(5.0, 1.0)], None, None, None),
        ),
        (
            {"X-RateLimit-Interval": "9", "X-RateLimit-Interval-Unit": "weeks", "X-RateLimit-Limit": "5"},
            ([(5.0, 9.0)], None, None, None),
        ),
    ],
)
def test_a_word_for_a_unit_or_a_time_changes_no_other_number(
    fields: dict[str, str],
    says: tuple[list[tuple[float, float | None]], float | None, float | None, float | None],
) -> None:
    limits = read(429, fields, NOW)
    policies = [(policy.quota, policy.window) for policy in limits.policies if policy.unit == "requests"]
    assert (policies, limits.remaining, limits.reset, limits.hold) == says


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Try again in 5-10 minutes.", 600),
        ("Please wait 5 to 10 minutes before trying again.", 600),
        ("Please wait between 5 and 10 minutes.", None),
        ("Please wait 5 more minutes.", 300),
        ("Try again in 15 (fifteen) minutes.", 900),
        ("Try again in 1 minute(s) and 30 second(s).", 90),
        ("Retry after 30 (seconds)", 30),
        ("Try again in 1,200 seconds.", 1200),
        ("Try again in 1 200 seconds.", 1200),
        ("Try again in 1,5 seconds.", None),
        ("Please wait 10:00 minutes.", 600),
        ("Try again in 4:59.", None),
        ('{"retry_after": "04:30"}', None),
        ("Your quota resets in 2 weeks.", 1_209_600),
        ("You are banned for a week", 604_800),
        ("Your account is blocked for 3 months.", None),
        ("Try again in 3 business days", None),
        ("Please wait 3 to 5 business days", None),
        ("Try again in 2 years", None),
    ],
)
def test_a_length_is_read_whole_and_in_its_own_unit_or_not_at_all(text: str, seconds: float | None) -> None:
    """'5 to 10 minutes', '1,200 seconds' and '2 weeks' were waits of 5 s, 1 s and 2 s."""
    assert words.come_back_in(f"Too many requests. {text}", NOW) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "Our support is available 24/7.",
        "You have been blocked 3 times today.",
        "Addresses are banned after 10 failed attempts.",
        "Higher limits are available in 3 plans.",
        "Free keys are available for 30 days.",
        "Clients should retry 3 times.",
        "You can try again 2 more times.",
        "Your quota is renewed on 2026-10-01 00:00:00 UTC",
        "It resets on October 1, 00:00 UTC",
        '"next": "https://x.example/items?after=1790000060"',
        "There were 1001 requests in last 24 hours.",
        "Your limit was reset 5 minutes ago.",
        "The upstream timed out after 60 seconds.",
        "Your trial expires in 12 days.",
        "Your token expires in 3600 seconds.",
        "Your key is valid until 2026-10-01 00:00.",
        "Keys made after 2026-10-01 00:00 UTC have higher limits.",
        '{"plan_expires_at": "2026-10-10T00:00:00Z"}',
        '{"key": {"name": "k", "expires_at": "2026-10-10T00:00:00Z"}}',
        '{"subscription_end": "2026-10-10T00:00:00Z"}',
        '{"next_billing_date": "2026-10-10 00:00:00"}',
        '{"throttle": "600/hour"}',
        '{"throttle": 600}',
        '{"max_retry": 5, "country": 49, "entry": 12, "await": 5}',
        "You made another request 5 seconds after the first.",
        "Your next request is number 31.",
        "We slow down for 3 reasons.",
        "You made another request in 2 seconds.",
        "You sent a new request in 0.3 seconds.",
        "We received the next request in 3 ms, which is too quick.",
        "Zu viele Versuche in 5 Minuten",
        "Bitte warten Sie: zu viele Anfragen innerhalb der letzten 5 Minuten",
        "Demasiados intentos en 5 minutos",
        "Demasiados reintentos en 10 segundos",
        "Attenzione: troppe richieste in 5 minuti",
        "Attention : trop de requêtes en 5 minutes",
        "Слишком много запросов через API за 5 минут",
    ],
)
def test_what_is_counted_or_ends_for_itself_is_no_time_to_stay_away(text: str) -> None:
    """The end of a trial, or a token, was obeyed for weeks, and three times were three seconds."""
    assert words.come_back_in(f"Too many requests. {text}", NOW) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Your ban expires in 3 days.", 259_200),
        ("The block on your key expires in 10 minutes.", 600),
        ("This block will last 10 minutes.", 600),
        ("You have been timed out for 60 seconds.", 60),
        ("Please try after 2026-09-21T14:14:20.071Z.", pytest.approx(60, abs=0.1)),
        ('{"ban": {"reason": "flood", "expires_at": "2026-09-21T14:14:20Z"}}', 60),
        ('{"next_invoice_at": "2026-10-10T00:00:00Z", "reset_at": "2026-09-21T14:14:20Z"}', 60),
        ('{"cooldown": 1790000040}', 40),
        ('{"retry_after": 3600000}', 3600),
        ("Your key is blocked; expires in 5 minutes.", 300),
        ("The lock on your token expires in 30 seconds.", 30),
        ('{"api_key": {"banned": true, "expires": "2026-09-21T14:14:20Z"}}', 60),
        ('{"key": {"name": "k", "rate_limit_expires_at": "2026-09-21T14:14:20Z"}}', 60),
        ("Your tokens will be renewed in 5 minutes.", 300),
        ("Scheduled maintenance ends at 2026-09-21T14:14:20Z", 60),
        ("The ban is active until 2026-09-21T14:14:20Z", 60),
        ("Your key is not valid until 2026-09-21T14:14:20Z", 60),
        ("Blocks last 10 minutes.", 600),
        ("Your session window ends at 2026-09-21T14:14:20Z", 60),
        ('{"token": {"used": 100, "window_end": "2026-09-21T14:14:20Z"}}', 60),
        ('{"key": {"name": "k", "ban_expires_at": "2026-09-21T14:14:20Z"}}', 60),
        ('{"tokens": {"limit": 100, "remaining": 0, "expires_at": "2026-09-21T14:14:20Z"}}', 60),
        ("Service unavailable for 30 seconds.", 30),
        ('{"throttle": "5 seconds"}', 5),
        ("The block will be lifted automatically in 1 hour.", 3600),
        ("This restriction is removed automatically after 10 minutes.", 600),
        ("You can make another request in 7 s", 7),
        ("You sent a new request in 0.3 seconds. Please wait 10 seconds.", 10),
        ("Your ban will be lifted automatically in an hour", 3600),
        ("The limit resets. The window opens in half an hour.", 1800),
        ("Повторите попытку примерно через 5 минут", 300),
        ("Temps d'attente : 5 minutes", 300),
        ("Versuche es in 5 Minuten erneut", 300),
        ("Your next request after 90 seconds will be served", 90),
        ("Back off for 30s", 30),
        ("Please retry after half an hour", 1800),
        ("Please try again in 2 and a half minutes", 150),
        ("You are blocked for an hour and a half", 5400),
    ],
)
def test_what_ends_a_ban_is_one(text: str, seconds: float) -> None:
    """A moment under a name for a length was a wait of 56 years."""
    assert words.come_back_in(f"Too many requests. {text}", NOW) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "You are blocked after {}",
        "Requests are accepted after {}",
        "Requests may be made after {}",
        "Access will be restored after {}",
        "Your ban will be removed after {}",
        "Query limit exceeded; use the API after {}",
        "Please fetch after {}",
        '{{"error": "limit", "after": "{}"}}',
    ],
)
def test_after_a_moment_one_may_come_back_whatever_is_said_to_happen_then(text: str) -> None:
    """Few of the words for it are known, and most of those for something else."""
    assert words.come_back_in(text.format("2026-09-21T14:14:20Z"), NOW) == 60


@pytest.mark.parametrize(
    "text",
    [
        "Retry after 30 (limit 5)",
        "Retry after 30 (5 requests per minute)",
        "Retry after 30 (mandatory)",
        "Please wait 30 more",
        "Please wait 30 segundos",
        "Please wait 30秒",
        "Retry-After: 30 Requests remaining: 0",
        "Retry after 30\nError code 5",
        "Retry after 30\nRequest ID abc",
        "Retry after 30\nStandard plan",
    ],
)
def test_what_stands_behind_a_number_of_seconds_takes_nothing_from_it(text: str) -> None:
    assert words.come_back_in(text, NOW) == 30


@pytest.mark.parametrize("path", ["detik.com/terms", "example.com/jam", "example.com/hari", "example.com/tunnit"])
def test_no_window_is_read_out_of_a_path(path: str) -> None:
    assert words.window_in(f"Too many requests, see https://{path}") is None


@pytest.mark.parametrize("of", ["rijen", "tekens", "resultaten"])
def test_the_size_of_a_dutch_query_is_no_pace(of: str) -> None:
    assert abroad.refuses(f"Het maximum aantal {of} per bevraging is overschreden") is None


@pytest.mark.parametrize(
    ("text", "seconds", "said"),
    [
        ("Demasiadas solicitudes, inténtalo de nuevo en unos minutos", 60, "unos minutos"),
        ("Zu viele Anfragen. Bitte warten Sie einige Minuten.", 60, "einige Minuten"),
        ("Versuchen Sie es in wenigen Minuten erneut.", 60, "wenigen Minuten"),
        ("Veuillez réessayer dans quelques heures", 3600, "quelques heures"),
        ("Riprova tra qualche minuto", 60, "qualche minuto"),
        ("Tente novamente em alguns segundos", 3, "alguns segundos"),
        ("Попробуйте через несколько минут", 60, "несколько минут"),
        ("请几分钟后再试", 60, "几分钟"),
        ("数分後に再試行してください", 60, "数分"),
        ("Bitte warten Sie 5 Minuten", 0, ""),
        ("Dieser Text braucht einige Minuten", 0, ""),
        ("数分析", 0, ""),
        ("请求次数天后清零", 0, ""),
        ("Zu viele Versuche in einigen Minuten", 0, ""),
        ("Attention : trop de requêtes en quelques minutes", 0, ""),
        ("Attenzione: troppe richieste in pochi minuti", 0, ""),
        ("Demasiados intentos en unos minutos", 0, ""),
        ("Слишком много запросов через API за несколько минут", 0, ""),
    ],
)
def test_words_without_a_number_are_read_in_other_languages_too(text: str, seconds: float, said: str) -> None:
    assert words.wait_vaguely(text) == (seconds, said)
