"""No header whatever makes the reader raise."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import format_datetime
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from widgets.http.limits import read

NAMES = [
    "Retry-After",
    "X-RateLimit-Retry-After",
    "Date",
    "RateLimit",
    "RateLimit-Policy",
    "RateLimit-ResetTime",
    "X-Shopify-Shop-Api-Call-Limit",
    "Sforce-Limit-Info",
    "Retry-After-Ms",
    "X-RateLimit",
    "X-App-Rate-Limit",
    "X-App-Rate-Limit-Count",
    "X-RateLimit-Usage",
    "X-RateLimit-Interval",
    "X-RateLimit-Limit-Minute",
    "gw-ratelimit-reset",
    "X-HubSpot-RateLimit-Max",
    "X-HubSpot-RateLimit-Interval-Milliseconds",
    *[
        f"{prefix}-{what}"
        for prefix in ("RateLimit", "X-RateLimit", "X-Rate-Limit", "X-Sib-RateLimit")
        for what in ("Limit", "Remaining", "Reset")
    ],
]
PIECES = """ " ; = , q= w= r= t= ;q=1;w=60 "a" "b";r=0;t=9 limit= 10 - . / GMT Tue Nov 24 2026 06:00:00 +9999 -0000 T Z
: @ ?1 { } "limit":1 1s 6m0s 20:1,100:120 1/40 api-usage=1/2 per minute :aGk=: % ( ) é １ 1e9
1795500000 1795500000000 """
pieces = st.sampled_from([*PIECES.split(), " ", "\0"])
values = st.one_of(
    st.text(max_size=40),
    st.lists(pieces, max_size=12).map("".join),
    st.lists(pieces, max_size=12).map(" ".join),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
    st.datetimes().map(lambda moment: format_datetime(moment.replace(tzinfo=UTC), usegmt=True)),
    st.datetimes().map(datetime.isoformat),
)


@settings(max_examples=examples(500), deadline=None)
@given(
    headers=st.dictionaries(st.sampled_from(NAMES), values, max_size=8),
    now=st.floats(0, 1e11),
    status=st.none() | st.integers(100, 999),
)
@example(headers={"Retry-After": "9" * 10_000}, now=0.0, status=429)
@example(headers={"Retry-After": "01 Jan 0001 00:00:00 +9999"}, now=0.0, status=429)
@example(
    headers={"Date": "Fri, 31 Dec 9999 23:59:59 -2359", "Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    now=0.0,
    status=429,
)
@example(headers={"X-RateLimit-Reset": "0001-01-01T00:00:00+23:59"}, now=0.0, status=429)
@example(headers={"RateLimit": "(" * 5000}, now=0.0, status=429)
def test_no_header_whatever_makes_it_raise_or_say_something_impossible(
    headers: dict[str, str], now: float, status: int | None
) -> None:
    limits = read(status, headers, now)
    assert limits.hold is None or 0 <= limits.hold <= 32 * 86_400
    assert limits.reset is None or limits.reset >= 0
    assert limits.remaining is None or not math.isnan(limits.remaining)
    assert all(policy.quota >= 0 and (policy.window is None or policy.window > 0) for policy in limits.policies)
    assert (limits.reading == "") is (limits.reset is None)
    assert limits.sustained is None or 0 <= limits.sustained < math.inf
    assert isinstance(limits.refused, bool)
    assert (limits.source == "") is (limits.hold is None)
    assert all(note.endswith(".") for note in limits.notes)
    assert {name for name, _ in limits.raw} == set(headers) - {"Date"}


LARGE = 60_000
"""Characters of a header: Python's client takes few more."""

HOSTILE = {
    "digits that end in no unit": ("X-RateLimit-Reset", "9" * LARGE + "!"),
    "the same as a time to come back": ("Retry-After", "9" * LARGE + "!"),
    "the same as a window": ("X-RateLimit-Window", "9" * LARGE + "!"),
    "blanks before a unit that does not come": ("X-RateLimit-Limit", "1 per" + " " * LARGE + "!"),
    "blanks before a comment that does not come": ("Retry-After", "1" + " " * LARGE + "!"),
    "brackets": ("Retry-After", "(" * LARGE + "!"),
    "very many limits": ("X-Sentry-Rate-Limits", "1:a," * (LARGE // 4)),
    "very many policies": ("X-RateLimit-Limit", ", ".join(f"{i};w={i}" for i in range(1, LARGE // 10))),
    "very many pairs": ("X-App-Rate-Limit", ",".join(f"{i}:{i}" for i in range(1, LARGE // 10))),
    "quotes": ("RateLimit-Policy", '"a";' * (LARGE // 4)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_long_is_read_in_a_time_that_grows_with_it_and_not_faster(name: str) -> None:
    """Some of these took up to some minutes of the processor's time; the others are as long, and never did."""
    field, value = HOSTILE[name]
    began = process_time()
    read(429, {field: value, "X-RateLimit-Remaining": "0"}, 0.0)
    assert process_time() - began < 3
