"""Reading the times of rate-limit headers, and which of their meanings was taken."""

from __future__ import annotations

import math

import pytest

from widgets.http.limits import Limits, read_limits

NOW = 1_795_500_000.0  # Tue, 24 Nov 2026 06:00:00 GMT


def read(**headers: str) -> Limits:
    return read_limits({name.replace("_", "-"): value for name, value in headers.items()}, NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("5, 10", 10),
        ("99999999999999999999", 1e20),
        ("9" * 400, math.inf),
        ("Tue, 24 Nov 2026 06:01:00 GMT", 60),
        ("Tuesday, 24-Nov-26 06:01:00 GMT", 60),
        ("Tue Nov 24 06:01:00 2026", 60),
        ("Tue, 24 Nov 2026 05:00:00 GMT", 0),
        ("2026-11-24T06:01:00Z", 60),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float) -> None:
    assert read(Retry_After=text).retry_after == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5", "nan", "inf", "1e3", "١٢", "12 s", "Tue, 99 Nov 2026 06:01:00 GMT"])
def test_malformed_retry_after_is_ignored_and_kept(text: str) -> None:
    limits = read(Retry_After=text)
    assert limits.retry_after is None
    assert limits.raw == (("Retry-After", text),)


def test_mailerlite_retry_after_is_read_where_the_standard_one_is_absent() -> None:
    assert read(X_RateLimit_Retry_After="59").retry_after == 59
    assert read(X_RateLimit_Retry_After="59", Retry_After="3").retry_after == 3


@pytest.mark.parametrize(
    ("text", "seconds", "reading"),
    [
        ("30", 30, "seconds left"),
        ("29.5", 29.5, "seconds left"),
        ("3600000", 3600, "milliseconds left"),
        ("1795500030", 30, "epoch seconds"),
        ("1795499000", 0, "epoch seconds"),
        ("1795500030000", 30, "epoch milliseconds"),
        ("2026-11-24T06:00:30Z", 30, "ISO date"),
        ("2026-11-24T06:00:30.250+00:00", 30.25, "ISO date"),
        ("2026-11-24 07:00:30+01:00", 30, "ISO date"),
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
