from __future__ import annotations

import random

import pytest

from widgets.http.secrets import credential_of, fingerprint, without_secrets
from widgets.model.pace import Target
from widgets.pace.slowdown import Standing

KEY = bytes(16)


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://a/", {"X-Api-Key": "abc"}),
        ("http://a/", {"Authorization": "Bearer abc"}),
        ("http://a/?api_key=abc", {}),
        ("http://a/?type=x&access_token=abc", {"X-API-KEY": "abc", "Accept": "*/*", "Cookie": "s=1"}),
    ],
)
def test_one_secret_is_one_caller_however_it_is_sent(url: str, headers: dict[str, str]) -> None:
    assert credential_of(url, headers) == "abc"


def test_a_password_in_the_address_and_in_the_header_are_one_caller() -> None:
    assert credential_of("http://me:p%20w@a/") == "me:p w"
    assert credential_of("http://a/", {"Authorization": "Basic bWU6cCB3"}) == "me:p w"


def test_a_fingerprint_is_of_its_store_and_shows_nothing() -> None:
    assert fingerprint("abc", KEY) != fingerprint("abc", bytes(15) + b"\1")
    assert "abc" not in fingerprint("abc", KEY)
    assert fingerprint("", KEY) == ""


def test_an_address_is_shown_without_its_secrets() -> None:
    shown = without_secrets("https://me:pw@a.b:8080/p?type=image&X-Amz-Signature=dead&key=1#frag")
    assert shown == "https://a.b:8080/p?type=image&X-Amz-Signature=***&key=***"


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("HTTPS://Example.ORG:443", "https://example.org", "/"),
        ("http://u:p@[::1]:81/a/b?c#d", "http://[::1]:81", "/a/b"),
    ],
)
def test_a_target_has_one_spelling(url: str, origin: str, path: str) -> None:
    target = Target.of(url, "get")
    assert (target.origin, target.path, target.method) == (origin, path, "GET")
    assert target.url == origin + path


def follow(rate: float, requests: int, seed: int = 1) -> list[Standing]:
    """The standings under a fixed refusal rate."""
    draw, found = random.Random(seed), [Standing()]  # noqa: S311 - which requests are refused
    for _ in range(requests):
        found.append(found[-1].after(refused=draw.random() < rate, promise=0.05))
    return found


def test_a_refusal_never_shortens_the_wait_and_ease_never_goes_below_the_pace() -> None:
    for before, after in zip(follow(0.3, 2000), follow(0.3, 2000)[1:], strict=False):
        assert after.factor >= 1
        assert before.after(refused=True, promise=0.05).factor >= before.factor


def test_one_refusal_in_a_hundred_hardly_slows_down_and_raises_no_doubt() -> None:
    for seed in range(20):
        found = follow(0.01, 5000, seed)
        assert not any(each.doubtful for each in found)
        assert sum(each.factor for each in found) / len(found) < 1.25


def test_refusals_above_the_promise_raise_doubt() -> None:
    for seed in range(20):
        assert next(number for number, each in enumerate(follow(0.2, 5000, seed)) if each.doubtful) < 500


def test_a_service_that_became_slower_is_followed_and_called_doubtful() -> None:
    standing, refused = Standing(), 0
    for _ in range(2000):
        refusal = standing.factor < 3.0  # it needs three times the wait now
        refused += refusal
        standing = standing.after(refused=refusal, promise=0.05)
    assert standing.doubtful
    assert refused / 2000 < 0.05
