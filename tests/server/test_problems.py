"""Errors as answers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NoReturn

import pytest
import requests
from gunicorn.http.errors import InvalidChunkSize  # type: ignore[import-untyped] # it ships no types

from server import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json", "application/problem+json"),
        ("application/problem+json", "application/problem+json"),
        ("application/json, text/plain;q=0.5", "application/problem+json"),
        (FIREFOX, "text/html; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("*/*", "text/plain; charset=utf-8"),
        ("", "text/plain; charset=utf-8"),
        ("image/png", "text/plain; charset=utf-8"),
        ("%%%;q=x", "text/plain; charset=utf-8"),
    ],
)
def test_the_form_follows_accept(base: str, accept: str, content_type: str) -> None:
    reply = requests.get(f"{base}/nowhere", headers={"Accept": accept}, timeout=20)
    assert reply.status_code == 404
    assert reply.headers["Content-Type"] == content_type
    assert "Accept" in reply.headers["Vary"]


def test_problem_details_have_the_members_of_rfc_9457(base: str) -> None:
    reply = requests.get(f"{base}/nowhere", headers={"Accept": "application/json"}, timeout=20)
    problem = reply.json()
    assert problem["type"] == "about:blank"
    assert problem["title"] == "Not Found"
    assert problem["status"] == reply.status_code
    assert "not found" in problem["detail"]


def test_a_page_shows_what_was_asked_for_and_does_not_run_it(base: str) -> None:
    reply = requests.get(f"{base}/NASA/<script>alert(1)</script>", headers={"Accept": FIREFOX}, timeout=20)
    assert reply.status_code == 404
    assert "<script" not in reply.text
    assert "&lt;script&gt;" in reply.text


def test_a_wrong_method_says_which_are_right(base: str) -> None:
    reply = requests.post(f"{base}/NASA", timeout=20)
    assert reply.status_code == 405
    assert {"GET", "HEAD"} <= set(reply.headers["Allow"].split(", "))


def test_a_fault_of_ours_is_a_problem_too_and_tells_nothing(serve: Callable[[Flask], str]) -> None:
    app = create_app()

    @app.get("/fault")
    def fault() -> NoReturn:
        raise RuntimeError("the secret of the house")

    reply = requests.get(f"{serve(app)}/fault", headers={"Accept": "application/json"}, timeout=20)
    assert (reply.status_code, reply.json()["title"]) == (500, "Internal Server Error")
    assert "secret" not in reply.text


def test_a_file_that_has_gone_is_a_404_not_a_500(base: str) -> None:
    reply = requests.get(f"{base}/NASA/{'x' * 3000}", timeout=20)
    assert reply.status_code == 404


def test_chunks_that_gunicorn_cannot_read_are_a_400() -> None:
    class Unreadable(io.BytesIO):
        def readinto(self, _buffer: object) -> int:
            raise InvalidChunkSize(b"zz")

    reply = (
        create_app()
        .test_client()
        .post(
            "/lab/puzzles",
            input_stream=Unreadable(),
            headers={"Transfer-Encoding": "chunked"},
            content_type="application/json",
            environ_overrides={"wsgi.input_terminated": True},
        )
    )
    assert reply.status_code == 400
    assert "chunks are not as RFC 9112" in reply.text
