"""The teacher's view over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from server import create_app
from server.limiters import LIMITERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def service(serve: Callable[[Flask], str]) -> str:
    return serve(create_app({"SEED": 1}))


def state(service: str) -> Any:
    return requests.get(f"{service}/lab/state", timeout=20).json()


def test_it_shows_what_is_left_and_who_is_shut_out(service: str) -> None:
    box = f"{service}/slow/penalty-box?rate=0.5&burst=1&penalty=60"
    for key in ("bob", "ann", "ann"):
        requests.get(box, headers={"X-API-Key": key}, timeout=20)
    requests.get(f"{service}/slow/token-bucket?burst=5&rate=0.001", timeout=20)
    bucket, shown = state(service)["rules"]
    assert bucket["arguments"] == {"burst": 5, "rate": 0.001}
    assert bucket["clients"][0]["now"]["policies"][0]["remaining"] == 4
    assert (shown["limiter"], shown["asked"], shown["refused"]) == ("penalty-box", 3, 1)
    ann, bob = shown["clients"]
    assert (ann["client"], ann["now"]["served"]) == ("key ann", False)
    assert 50 < ann["now"]["retry_after"] <= 60
    assert bob["client"] == "key bob"


def test_looking_is_no_request(service: str) -> None:
    assert requests.get(f"{service}/Slow-NASA", timeout=20).status_code == 200
    for _ in range(3):
        shown = state(service)["slow_nasa"]
    assert (shown["asked"], shown["refused"]) == (1, 0)
    assert not shown["now"]["served"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("share=1", "would fail, which says nothing about pace"),
        ("share=1&as_refusals=true&rule=none", "would be refused, whatever the pace"),
    ],
)
def test_who_is_not_shut_out_is_not_said_to_be(service: str, query: str, said: str) -> None:
    requests.get(f"{service}/slow/random-failures?{query}", timeout=20)
    page = requests.get(f"{service}/lab/rows", timeout=20).text
    assert said in page
    assert "shut out for" not in page.partition("Rules in use")[2]


def test_it_says_so_where_the_times_are_not_those_of_the_sentences(serve: Callable[[Flask], str]) -> None:
    scaled = "all times of this service are multiplied by 0.5"
    assert scaled in requests.get(f"{serve(create_app({'TIME_SCALE': 0.5}))}/lab", timeout=20).text
    assert "multiplied by" not in requests.get(f"{serve(create_app())}/lab/rows", timeout=20).text


def test_puzzles_are_shown_with_their_truth(service: str) -> None:
    requests.get(f"{service}/puzzle/1-5", headers={"X-API-Key": "ann"}, timeout=20)
    (shown,) = state(service)["puzzles"]
    assert (shown["puzzle"], shown["client"], shown["requests"], shown["points"]) == ("1-5", "key ann", 1, None)
    assert shown["limiter"] in LIMITERS


def test_reset_forgets_everything(service: str) -> None:
    urls = (f"{service}/Slow-NASA", f"{service}/slow/token-bucket?burst=1")
    assert [requests.get(url, timeout=20).status_code for url in (*urls, *urls)] == [200, 200, 503, 503]
    reply = requests.post(f"{service}/lab/reset", timeout=20)
    assert reply.json() == {"forgotten": {"rules": 1, "sessions": 0}}
    assert [requests.get(url, timeout=20).status_code for url in urls] == [200, 200]


def test_a_browser_sees_a_page_that_escapes_what_clients_send(service: str) -> None:
    requests.get(f"{service}/slow/none", headers={"X-API-Key": "<script>alert(1)</script>"}, timeout=20)
    page = requests.get(f"{service}/lab", headers=BROWSER, timeout=20)
    assert "&lt;script&gt;alert(1)" in page.text
    assert page.text.count("<script") == 1
    assert "script-src 'nonce-" in page.headers["Content-Security-Policy"]
    assert "&lt;script&gt;" in requests.get(f"{service}/lab/rows", timeout=20).text
    gone = requests.post(f"{service}/lab/reset", headers=BROWSER, timeout=20, allow_redirects=False)
    assert (gone.status_code, gone.headers["Location"]) == (303, "/lab")


@pytest.mark.parametrize("limiter", LIMITERS)
def test_the_truth_about_every_rule_is_a_curve_that_rises_and_its_steady_waits(service: str, limiter: str) -> None:
    truth = requests.get(f"{service}/lab/truth/{limiter}", timeout=10).json()
    shares = [point["accepted"] for point in truth["curve"]]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    assert truth["steady_waits"][1]["refusal_rate"] == 0.05
    assert truth["sentence"].endswith(".")


def test_the_truth_follows_parameters_and_time_scale(serve: Callable[[Flask], str]) -> None:
    service = serve(create_app({"TIME_SCALE": 0.1}))
    truth = requests.get(f"{service}/lab/truth/token-bucket?rate=2&burst=5", timeout=20).json()
    assert truth["steady_waits"][1]["wait"] == pytest.approx(0.0475)
    assert truth["sentence"].endswith("Here each of these times is 0.1 of that.")
    assert requests.get(f"{service}/lab/truth/token-bucket?rate=x", timeout=20).status_code == 400


@pytest.mark.parametrize("query", ["rule=token-bucket", "rule.limit=101", "rule.aligned=false"])
def test_a_truth_that_would_take_minutes_is_a_400_that_says_so(service: str, query: str) -> None:
    reply = requests.get(f"{service}/lab/truth/shared?{query}", timeout=20)
    assert reply.status_code == 400
    assert "would take minutes" in reply.text


def test_a_wait_that_does_not_exist_is_null(service: str) -> None:
    truth = requests.get(f"{service}/lab/truth/random-failures?share=0.3&as_refusals=true", timeout=20).json()
    assert truth["steady_waits"][0]["wait"] is None


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Host": "evil.example"},
        {"Host": "[::1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_proxy_another_name_or_another_sites_page_is_refused(service: str, headers: dict[str, str]) -> None:
    for path in ("/lab", "/lab/state", "/lab/truth/none"):
        assert requests.get(f"{service}{path}", headers=headers, timeout=20).status_code in {400, 403}
    assert requests.post(f"{service}/lab/reset", headers=headers, timeout=20).status_code in {400, 403}


def test_another_machine_is_refused() -> None:
    client = create_app().test_client()
    other = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/lab", environ_base=other).status_code == 403
    assert client.post("/lab/reset", environ_base=other).status_code == 403
    assert client.get("/slow", environ_base=other).status_code == 200
    assert client.get("/lab", environ_base={"REMOTE_ADDR": "::ffff:127.0.0.1"}).status_code == 200


def test_it_can_be_left_out(serve: Callable[[Flask], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAITWISE_LAB", "false")
    service = serve(create_app())
    assert requests.get(f"{service}/lab", timeout=20).status_code == 404
    assert requests.post(f"{service}/lab/reset", timeout=20).status_code == 404
