"""Reading the times of rate-limit headers, and which of their meanings was taken."""

from __future__ import annotations

import pytest

from widgets.http.limits import Limits
from widgets.http.limits import read as read_limits
from widgets.http.limits.times import duration, http_date, unit

NOW = 1_795_500_000.0  # Tue, 24 Nov 2026 06:00:00 GMT


def read(**headers: str) -> Limits:
    return read_limits(200, {name.replace("_", "-"): value for name, value in headers.items()}, NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("5, 10", 10),
        ("60s", 60),
        ("6m0s", 360),
        ("2 minutes", 120),
        ("1795500040", 40),
        ("1795500040000", 40),
        ("10000000", 10_000),
        ("Tue, 24 Nov 2026 06:01:00 GMT", 60),
        ("Tuesday, 24-Nov-26 06:01:00 GMT", 60),
        ("Tue Nov 24 06:01:00 2026", 60),
        ("Tue, 24 Nov 2026 05:00:00 GMT", 0),
        ("2026-11-24T06:01:00Z", 60),
        ("2026-11-24T07:01:00.5+01:00[Europe/Paris]", 60.5),
        ("2026-11-24 06:01:00 GMT", 60),
        ("2026/11/24 06:01:00", 60),
        ("0:01:00.25", 60.25),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float) -> None:
    assert read(Retry_After=text).hold == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "-5",
        "nan",
        "inf",
        "1e3",
        "١٢",
        "12 x",
        "1795500040 s",
        "2026-11-24T06:01:00[Europe/Paris]",
        "Tue, 99 Nov 2026 06:01:00 GMT",
    ],
)
def test_malformed_retry_after_is_ignored_and_kept(text: str) -> None:
    limits = read(Retry_After=text)
    assert limits.hold is None
    assert limits.raw == (("Retry-After", text),)


def test_a_year_of_seconds_is_no_time_in_milliseconds() -> None:
    limits = read(Retry_After="31536000")
    assert (limits.hold, limits.notes) == (
        None,
        ("Retry-After would mean 365 days: that cannot be meant, and is not obeyed.",),
    )
    assert read(Retry_After="86400000").hold == 86_400


def test_mailerlite_retry_after_is_read_where_the_standard_one_is_absent() -> None:
    assert read(X_RateLimit_Retry_After="59").hold == 59
    assert read(X_RateLimit_Retry_After="59", Retry_After="3").hold == 3


@pytest.mark.parametrize(
    ("text", "seconds", "reading"),
    [
        ("30", 30, "seconds left"),
        ("29.5", 29.5, "seconds left"),
        ("3600000", 3600, "milliseconds left"),
        ("1795500030", 30, "epoch seconds"),
        ("1795499000", 0, "epoch seconds"),
        ("1795500030000", 30, "epoch milliseconds"),
        ("1795500030000000", 30, "epoch microseconds"),
        ("1795500030000000000", 30, "epoch nanoseconds"),
        ("2026-11-24T06:00:30Z", 30, "ISO date"),
        ("2026-11-24T06:00:30.250+00:00", 30.25, "ISO date"),
        ("2026-11-24 07:00:30+01:00", 30, "ISO date"),
        ("2026-11-24 06:00:30 UTC", 30, "ISO date"),
        ("2026-11-24 06:00:30", 30, "ISO date without a zone"),
        ("2026/11/24T06:00:30", 30, "ISO date without a zone"),
        ("Tue, 24 Nov 2026 06:00:30 GMT", 30, "HTTP date"),
        ("Tue Nov 24 2026 06:00:30 GMT+0000 (Coordinated Universal Time)", 30, "JavaScript date"),
        ("Tue Nov 24 2026 07:00:30 GMT+0100", 30, "JavaScript date"),
    ],
)
def test_reset_is_read_in_each_of_its_meanings_and_says_which(text: str, seconds: float, reading: str) -> None:
    limits = read(X_RateLimit_Remaining="3", X_RateLimit_Reset=text)
    assert limits.reset == pytest.approx(seconds)
    assert limits.reading == reading
    assert ("X-RateLimit-Reset", text) in limits.raw


@pytest.mark.parametrize(
    "text", ["-1", "later", "nan", "", "Tue Foo 24 2026 06:00:30 GMT+0000", "2026-11-24T99:00:00Z"]
)
def test_malformed_reset_is_ignored(text: str) -> None:
    limits = read(X_RateLimit_Remaining="3", X_RateLimit_Reset=text)
    assert (limits.remaining, limits.reset, limits.reading) == (3, None, "")


def test_milliseconds_are_told_from_seconds_by_window_and_by_retry_after() -> None:
    assert read(X_RateLimit_Limit="10;w=60", X_RateLimit_Reset="30000").reset == 30
    assert read(X_RateLimit_Limit="10;w=86400", X_RateLimit_Reset="30000").reset == 30_000
    assert read(X_RateLimit_Reset="30000").reset == 30_000
    assert read(X_RateLimit_Reset="30000", Retry_After="30").reset == 30
    assert read(X_RateLimit_Reset="30", Retry_After="30").reset == 30


@pytest.mark.parametrize("text", ["99999999999999999999", "9" * 400, "Tue, 24 Nov 2099 06:01:00 GMT", "90d"])
def test_what_cannot_be_meant_is_told_and_not_obeyed(text: str) -> None:
    limits = read_limits(429, {"Retry-After": text}, NOW)
    assert (limits.refused, limits.hold, limits.source) == (True, None, "")
    assert "cannot be meant" in " ".join(limits.notes)


def test_a_hold_longer_than_a_day_is_told() -> None:
    limits = read_limits(429, {"Retry-After": "259200"}, NOW)
    assert limits.hold == 259_200
    assert limits.notes == ("Retry-After means 3.0 days: that is long, and may be a slip of the service.",)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777),
        ("Sun Nov  6 08:49:37 1994", 784111777),
        ("06 Nov 1994 08:49:37 Z", 784111777),
        ("06 Nov 1994 08:49:37 A", 784108177),
        ("06 Nov 1994 08:49:37 M", 784068577),
        ("06 Nov 1994 08:49:37 N", 784115377),
        ("06 Nov 1994 08:49:37 Y", 784154977),
        ("06 Nov 1994 08:49:37 EST", 784129777),
        ("06 Nov 1994 08:49:37 +0530", 784091977),
        ("Fri, 31 Dec 2027 23:59:60 GMT", 1830297600),
        ("01 Jan 69 00:00:00 GMT", 3124224000),
    ],
)
def test_a_date_is_read_in_its_own_zone(text: str, seconds: int) -> None:
    assert http_date(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "06 Nov 1994 08:49:37 J",
        "06 Nov 1994 08:49:37 XYZ",
        "06 Nov 1994 08:49:37 utc",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "31 Apr 1994 08:49:37 GMT",
        "06 Nov 1994",
        "Partyday, 06 Nov 1994 08:49:37 GMT",
        "06 Nov 1994 08:49:37 GMT GMT GMT " * 3,
        "Nov Nov 1994 08:49:37",
        "",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert http_date(text) is None


def test_a_date_without_a_date_of_the_answer_is_counted_by_the_own_clock() -> None:
    limits = read_limits(503, {"Retry-After": "Tue, 24 Nov 2026 06:02:00 GMT"}, NOW)
    assert limits.hold == 120
    assert read_limits(503, {"Retry-After": "Tue, 24 Nov 2026 06:02:00 GMT"}, 0.0).hold is None, (
        "1970 is nobody's clock"
    )


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("ms msec millisecond milliseconds", 0.001),
        ("s sec secs second seconds secondly", 1),
        ("m min mins minute minutes minutely", 60),
        ("h hr hour hours hourly", 3600),
        ("d day days daily", 86_400),
        ("w week weeks weekly", 604_800),
        ("month months monthly", 2_592_000),
    ],
)
def test_every_word_for_a_unit_of_time_is_known_in_any_case(words: str, seconds: float) -> None:
    for word in words.split():
        assert (unit(word), unit(word.upper())) == (seconds, seconds)
        assert duration(f"2 {word}") == pytest.approx(2 * seconds)


@pytest.mark.parametrize("text", ["", "5", "and", "5 moons", "5 s 3", "s", "5 s x", "5 moons 3 s"])
def test_what_is_no_length_of_time_is_none(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("zones", "hours"),
    [
        ("GMT UTC UT WET Z", 0),
        ("BST CET MET A", 1),
        ("CEST MEST EET B", 2),
        ("JST I", 9),
        ("AST EDT Q", -4),
        ("EST CDT R", -5),
        ("CST MDT S", -6),
        ("MST PDT T", -7),
        ("PST U", -8),
    ],
)
def test_every_zone_that_is_known_by_name_or_letter_is_so_many_hours_east(zones: str, hours: int) -> None:
    for zone in zones.split():
        assert http_date(f"06 Nov 1994 08:49:37 {zone}") == 784111777 - 3600 * hours


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("06 Nov 1994 08:49:37 GMT+0200", 784104577),
        ("06 Nov 1994 08:49:37 -1400", 784162177),
        ("06 Nov 1994 08:49:37 +1401", None),
        ("06 Nov 1994 08:49:37 EST+0200", None),
        ("06 Nov 1994 08:49 GMT", 784111740),
        ("1994 06 Nov 08:49:37", 784111777),
        ("31 Dec 1994 08:49:37", 788863777),
        ("32 Dec 1994 08:49:37", None),
        ("006 Nov 1994 08:49:37", None),
        ("06 Nov 194 08:49:37", None),
        ("06 Nov 71 08:49:37", 58265377),
        ("06 Nov 70 08:49:37", 3182489377),
        ("06 Nov 1600 08:49:37", None),
        ("01 Jan 1601 00:00:00", -11644473600),
        ("06 Nov 1994 08:49:61 GMT", None),
        ("06 Nov 1994 08:49:37 12 GMT", None),
        ("06 08:49:37 1994", None),
        (" " * 38 + "06 Nov 1994 08:49:37 GMT, ", 784111777),
        (" " * 39 + "06 Nov 1994 08:49:37 GMT, ", None),
    ],
)
def test_the_borders_of_what_is_a_date(text: str, seconds: int | None) -> None:
    assert http_date(text) == seconds


@pytest.mark.parametrize(
    ("text", "reset", "hold", "noted"),
    [
        ("1000", "1", 1, "milliseconds left"),
        ("999", "1", 999, ""),  # so few that anything agrees with them
        ("2000", "1", 2, "milliseconds left"),
        ("2001", "1", 2001, ""),
        ("2764800", "1", 2_764_800, "long"),  # 32 days
        ("2764801", "1", 2764.801, "milliseconds left"),
        ("499999999", "1", 499_999.999, "milliseconds left"),
        ("500000000", "1", 0, "epoch seconds"),
        ("99999999999", "1", None, "cannot be meant"),
        ("1795500005000", "1", 5, "epoch milliseconds"),
        ("86400", "1", 86_400, ""),
        ("86401", "1", 86_401, "long"),
    ],
)
def test_a_retry_after_is_what_its_size_and_the_reset_beside_it_make_likely(
    text: str, reset: str, hold: float | None, noted: str
) -> None:
    limits = read_limits(429, {"Retry-After": text, "X-RateLimit-Remaining": "1", "X-RateLimit-Reset": reset}, NOW)
    assert limits.hold == (None if hold is None else pytest.approx(hold))
    assert bool(limits.notes) is bool(noted)
    assert noted in " ".join(limits.notes)


@pytest.mark.parametrize(
    ("text", "wait", "seconds"),
    [
        ("61", None, 61),  # a second more than the window is rounding
        ("62", None, 0.062),
        ("0", None, 0),
        ("31000", "30", 31),
        ("31001", "30", 31.001),
        ("31", "30", 31),
    ],
)
def test_a_reset_beyond_its_window_is_in_milliseconds(text: str, wait: str | None, seconds: float) -> None:
    said = {"X-RateLimit-Limit": "10;w=60", "X-RateLimit-Reset": text} | ({"Retry-After": wait} if wait else {})
    assert read_limits(200, said, NOW).reset == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "seconds"), [("86401", 86_401), ("2592000", 2_592_000), ("2764801", 2764.801), ("-0.5", None)]
)
def test_a_reset_without_a_window_is_in_milliseconds_from_a_month_on(text: str, seconds: float | None) -> None:
    assert read(X_RateLimit_Reset=text).reset == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("text", "reset", "seconds"),
    [("60000", "58", 60), ("60000", "0", 60), ("60000", "86000", 60_000), ("59000", "30", 59_000), ("300", "58", 300)],
)
def test_a_retry_after_may_be_the_whole_window_of_which_a_reset_tells_the_rest(
    text: str, reset: str, seconds: float
) -> None:
    """fastify-rate-limit once sent the window in milliseconds: 16 hours were waited for where 58 s were left."""
    said = {"Retry-After": text, "X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5", "X-RateLimit-Reset": reset}
    assert read_limits(429, said, NOW).hold == seconds
