"""/slow/<limiter> over a real socket."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests

from server import create_app
from server.headers import DIALECTS
from server.lab.rules import STATUSES
from server.limiters import LIMITERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask


@pytest.fixture
def service(serve: Callable[[Flask], str]) -> str:
    return serve(create_app({"SEED": 1}))


def get(url: str, key: str = "", **headers: str) -> requests.Response:
    return requests.get(url, headers={**({"X-API-Key": key} if key else {}), **headers}, timeout=10)


def test_every_rule_is_offered_and_described(service: str) -> None:
    offer = get(f"{service}/slow").json()
    assert [rule["name"] for rule in offer["rules"]] == list(LIMITERS)
    assert offer["dialects"] == list(DIALECTS)
    bucket = next(rule for rule in offer["rules"] if rule["name"] == "token-bucket")
    assert bucket["sentence"].startswith("A bucket of 10 tokens")
    assert bucket["parameters"][0] == {
        "name": "rate",
        "type": "number",
        "default": 0.5,
        "description": "Tokens gained per second.",
    }


@pytest.mark.parametrize("limiter", LIMITERS)
def test_every_rule_serves_a_first_request_as_nasa_does(service: str, limiter: str) -> None:
    reply = get(f"{service}/slow/{limiter}?type=image/png")
    assert reply.status_code == 200
    assert reply.headers["X-Description"].startswith("The Sun in extreme ultraviolet")


@pytest.mark.parametrize("status", STATUSES)
def test_it_refuses_with_the_status_that_was_chosen(service: str, status: int) -> None:
    url = f"{service}/slow/token-bucket?burst=2&status={status}"
    assert [get(url).status_code for _ in range(3)] == [200, 200, status]
    refused = get(url, Accept="application/json")
    assert refused.json()["status"] == status
    assert "wait longer between requests" in refused.json()["detail"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_reaches_the_client(service: str, dialect: str) -> None:
    url = f"{service}/slow/token-bucket?burst=1&rate=0.1&dialect={dialect}"
    served, refused = get(url), get(url)
    assert (served.status_code, refused.status_code) == (200, 503)
    stated = {
        name for name in map(str.lower, refused.headers) if "rate" in name or "retry" in name or "call-limit" in name
    }
    assert bool(stated) == (dialect != "none")


@pytest.mark.parametrize(("dialect", "field"), [("github", "X-RateLimit-Reset"), ("x", "X-Rate-Limit-Reset")])
def test_a_window_of_the_clock_is_said_to_end_when_it_does(service: str, dialect: str, field: str) -> None:
    reply = get(f"{service}/slow/fixed-window?window=60&dialect={dialect}")
    assert int(reply.headers[field]) % 60 == 0


def test_clients_are_told_apart_by_their_key_and_else_by_address(service: str) -> None:
    url = f"{service}/slow/token-bucket?burst=1"
    assert [get(url, key).status_code for key in ("ann", "ann", "bob", "", "")] == [200, 503, 200, 200, 503]


def test_a_shared_rule_is_shared_by_all_keys(service: str) -> None:
    url = f"{service}/slow/token-bucket?burst=1&scope=shared"
    assert [get(url, key).status_code for key in ("ann", "bob")] == [200, 503]


def test_a_rule_may_break_down_which_is_no_refusal(service: str) -> None:
    reply = get(f"{service}/slow/random-failures?share=1&dialect=github")
    assert reply.status_code == 502
    assert not [name for name in reply.headers if "RateLimit" in name]


def test_a_queue_holds_its_answer_back(service: str) -> None:
    url = f"{service}/slow/leaky-bucket?rate=5&per=1&burst=5"
    get(url)
    began = time.perf_counter()
    assert get(url).status_code == 200
    assert time.perf_counter() - began > 0.1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("token-bucket?rate=fast", "rate must be of type number"),
        ("token-bucket?speed=1", "has no parameter 'speed'"),
        ("token-bucket?status=200", "status must be one of"),
        ("token-bucket?latency=11", "latency must be a number from 0 to 10"),
    ],
)
def test_a_wrong_parameter_is_a_400_that_says_why(service: str, query: str, said: str) -> None:
    reply = get(f"{service}/slow/{query}")
    assert reply.status_code == 400
    assert said in reply.text


def test_an_unknown_rule_is_a_404_that_lists_the_rules(service: str) -> None:
    reply = get(f"{service}/slow/nothing", Accept="application/json")
    assert reply.status_code == 404
    assert reply.json()["available"] == list(LIMITERS)


def test_a_key_may_hold_anything_that_http_carries(service: str) -> None:
    url = f"{service}/slow/token-bucket?burst=1"
    for key in ("é" * 100, "x" * 10_000, "\x80\xff", 'a, b; c="d"'):
        assert requests.get(url, headers={"X-API-Key": key.encode("latin-1")}, timeout=20).status_code == 200


def test_a_profile_is_served_under_its_name(serve: Callable[[Flask], str], tmp_path: Path) -> None:
    file = tmp_path / "lesson.toml"
    file.write_text('[weather]\nlimiter = "token-bucket"\nburst = 1\ndialect = "github"\nstatus = 403\n')
    service = serve(create_app({"PROFILE": str(file)}))
    assert get(f"{service}/slow/weather").headers["X-RateLimit-Remaining"] == "0"
    assert get(f"{service}/slow/weather?type=audio").status_code == 403
    assert "takes no parameter 'burst'" in get(f"{service}/slow/weather?burst=9").text
    assert get(f"{service}/slow").json()["profiles"] == ["weather"]
