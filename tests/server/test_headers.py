"""Writing what a limiter decided in every dialect, and any text, into header fields."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import http_sf
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from server import create_app
from server.headers import DIALECTS, header_fields, write
from server.limiters import Concurrency, DailyQuota, Decision, FixedWindow, MinimumGap, Policy, Unlimited

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flask import Flask


NOW = 1_795_500_000.25  # a quarter of a second after Tue, 24 Nov 2026 06:00:00 GMT

REFUSED = Decision(accepted=False, retry_after=12.2, policies=(Policy("window", 10, 60.0, 0, 12.2),))
ACCEPTED = Decision(accepted=True, policies=(Policy("window", 10, 60.0, 4, 12.2),))

WANTED = {
    "none": {},
    "retry-after": {"Retry-After": "13"},
    "retry-after-date": {"Retry-After": "Tue, 24 Nov 2026 06:00:13 GMT"},
    "github": {
        "X-RateLimit-Limit": "10",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Used": "10",
        "X-RateLimit-Reset": "1795500013",
    },
    "x": {"X-Rate-Limit-Limit": "10", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "1795500013"},
    "nasa": {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0"},
    "gitlab": {
        "Retry-After": "13",
        "RateLimit-Limit": "10",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "1795500013",
        "RateLimit-ResetTime": "Tue, 24 Nov 2026 06:00:13 GMT",
    },
    "shopify": {"Retry-After": "13", "X-Shopify-Shop-Api-Call-Limit": "10/10"},
    "mailerlite": {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Retry-After": "13"},
    "brevo": {"X-Sib-RateLimit-Limit": "10", "X-Sib-RateLimit-Remaining": "0", "X-Sib-RateLimit-Reset": "13"},
    "ietf-06": {
        "Retry-After": "13",
        "RateLimit-Limit": "10;w=60",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "13",
    },
    "ietf-07": {
        "Retry-After": "13",
        "RateLimit-Policy": "10;w=60",
        "RateLimit": "limit=10, remaining=0, reset=13",
    },
    "ietf-10": {
        "Retry-After": "13",
        "RateLimit-Policy": '"window";q=10;w=60',
        "RateLimit": '"window";r=0;t=13',
    },
    "reset-milliseconds": {
        "Retry-After": "13",
        "X-RateLimit-Limit": "10;w=60",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "12200",
    },
    "reset-iso": {
        "Retry-After": "13",
        "X-RateLimit-Limit": "10",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "2026-11-24T06:00:13Z",
    },
    "reset-javascript": {
        "Retry-After": "13",
        "X-RateLimit-Limit": "10",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "Tue Nov 24 2026 06:00:13 GMT+0000 (Coordinated Universal Time)",
    },
    "short-retry-after": {"Retry-After": "4"},
    "long-retry-after": {"Retry-After": "10000000"},
    "wrong-limit": {
        "Retry-After": "13",
        "RateLimit-Policy": '"window";q=20;w=60',
        "RateLimit": '"window";r=10;t=13',
    },
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_refusal_is_stated_to_the_letter(dialect: str) -> None:
    assert write(dialect, REFUSED, NOW) == WANTED[dialect]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_served_request_is_told_what_is_left_and_never_to_stay_away(dialect: str) -> None:
    lines = write(dialect, ACCEPTED, NOW)
    assert not {"Retry-After", "X-RateLimit-Retry-After"} & set(lines)
    if "Remaining" in "".join(WANTED[dialect]):
        assert "4" in lines.values()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_service_that_broke_down_states_nothing(dialect: str) -> None:
    assert write(dialect, Decision(accepted=False, failed=True, policies=REFUSED.policies), NOW) == {}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rule_without_a_quota_states_none(dialect: str) -> None:
    assert write(dialect, Unlimited().ask(NOW), NOW) == {}


def test_policy_with_the_least_left_is_the_one_that_is_stated_alone() -> None:
    limiter = DailyQuota(quota=1000, burst=3)
    assert write("nasa", limiter.ask(NOW), NOW)["X-RateLimit-Limit"] == "3"
    spent = DailyQuota(quota=1, burst=3)
    assert write("nasa", spent.ask(NOW), NOW)["X-RateLimit-Limit"] == "1"


def test_all_policies_are_stated_where_there_is_room() -> None:
    lines = write("ietf-10", DailyQuota(quota=1000, rate=0.5, burst=10).ask(NOW), NOW)
    assert lines["RateLimit-Policy"] == '"bucket";q=10;w=20, "day";q=1000;w=86400'


def test_jobs_are_stated_as_jobs_and_not_as_a_pace() -> None:
    decision = Concurrency(limit=3, service=12).ask(NOW)
    assert write("ietf-10", decision, NOW)["RateLimit-Policy"] == '"jobs";q=3;qu="concurrent-requests"'
    assert write("ietf-06", decision, NOW)["RateLimit-Limit"] == "3"
    assert "RateLimit-Policy" not in write("ietf-07", decision, NOW)


@settings(deadline=None)
@given(window=st.one_of(st.floats(1e-3, 1e4), st.floats(1e-9, 1e12)), quota=st.integers(1, 10**6))
def test_pace_in_whole_seconds_is_never_faster_than_the_rule_and_hardly_slower(window: float, quota: int) -> None:
    policy = Policy("a", quota, window, 0, 0.0)
    stated = write("ietf-10", Decision(accepted=True, policies=(policy,)), NOW)["RateLimit-Policy"]
    parsed: Any = http_sf.parse(stated.encode(), tltype="list")
    ((_, parameters),) = parsed
    pace, truth = parameters["w"] / parameters["q"], window / quota
    assert pace >= truth * (1 - 1e-8)
    assert pace <= truth * 1.01 * (1 + 1e-8) or parameters["q"] == 10**15 - 1


def test_gap_of_six_and_a_half_seconds_is_stated_as_two_in_thirteen() -> None:
    assert write("ietf-07", MinimumGap().ask(NOW), NOW)["RateLimit-Policy"] == "2;w=13"


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(deadline=None)
@given(left=st.floats(0, 1e300), now=st.floats(0, 1e300))
def test_absurd_times_are_written_within_what_a_header_can_carry(dialect: str, left: float, now: float) -> None:
    decision = Decision(accepted=False, retry_after=left, policies=(Policy("a", 5, 60.0, 0, left),))
    for text in write(dialect, decision, now).values():
        assert text.isascii()
        assert len(text) < 80


@settings(deadline=None)
@given(retry_after=st.floats(0, 1e6))
def test_honest_retry_after_is_never_too_short_and_the_short_one_always_is(retry_after: float) -> None:
    decision = Decision(accepted=False, retry_after=retry_after)
    assert float(write("retry-after", decision, NOW)["Retry-After"]) >= retry_after
    moment = parsedate_to_datetime(write("retry-after-date", decision, NOW)["Retry-After"]).timestamp()
    assert moment >= NOW + retry_after
    assert float(write("short-retry-after", decision, NOW)["Retry-After"]) <= retry_after / 3


def test_unknown_dialect_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no dialect 'klingon': choose one of none, retry-after"):
        write("klingon", FixedWindow().ask(NOW), NOW)


def full_text(fields: Mapping[str, str], name: str) -> str:
    """Read a text back as RFC 8187, section 3.2.1, says."""
    extended = fields.get(f"{name}*")
    return fields[name] if extended is None else unquote(extended.removeprefix("UTF-8''"), errors="strict")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The Sun at 193 Å", "The Sun at 193 A"),
        ("2048 × 1024 – a “map”", '2048 x 1024 - a "map"'),
        ("火星", "??"),
        ("Été à Genève", "Ete a Geneve"),
    ],
)
def test_the_plain_field_is_readable_ascii_and_the_extended_one_is_whole(text: str, plain: str) -> None:
    fields = header_fields("X-Description", text)
    assert fields["X-Description"] == plain
    assert full_text(fields, "X-Description") == text


def test_ascii_needs_no_second_field() -> None:
    assert header_fields("X-Credit", "NASA") == {"X-Credit": "NASA"}


def test_an_empty_text_is_no_field() -> None:
    assert header_fields("X-Credit", " \n") == {}


def test_no_text_can_begin_another_field() -> None:
    assert header_fields("X-Credit", "a\r\nSet-Cookie: b\x00\u2028c") == {"X-Credit": "a Set-Cookie: b c"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_but_for_its_white_space_and_control_characters(text: str) -> None:
    fields = header_fields("X", text)
    assert all(value.isascii() and value.isprintable() for value in fields.values())
    if fields:
        assert full_text(fields, "X").split() == header_words(text)


def header_words(text: str) -> list[str]:
    return "".join(
        " " if ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u2028\u2029" else char for char in text
    ).split()


def test_a_description_in_any_script_reaches_the_client(serve: Callable[[Flask], str], folder: Path) -> None:
    (folder / "a.txt").write_text("x")
    (folder / "catalogue.toml").write_text(
        '[[resource]]\nfile = "a.txt"\ntype = "text/plain"\ndescription = "Марс, 火星, Mars – 4°S"\n', "utf-8"
    )
    reply = requests.get(f"{serve(create_app({'MEDIA': str(folder)}))}/NASA", timeout=20)
    assert reply.headers["X-Description"] == "????, ??, Mars - 4?S"
    assert full_text(dict(reply.headers), "X-Description") == "Марс, 火星, Mars – 4°S"
