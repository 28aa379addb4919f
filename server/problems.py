"""Errors as answers: RFC 9457 problem details where JSON is asked for, a page for browsers, else a plain sentence."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

# The first is what a client gets that accepts anything, such as curl or requests.
_FORMS: Final = ("text/plain", "text/html", "application/problem+json", "application/json")


class NoSuchResource(NotFound):
    """Nothing fits what was asked for.

    Args:
        description: The sentence for the visitor.
        available: What could have been asked for instead; an extension member of the problem details.
    """

    def __init__(self, description: str, *, available: list[str]) -> None:
        super().__init__(description)
        self.members = {"available": available}


def answer_with_problems(app: Flask) -> None:
    """Give every error of `app` one of the three forms; its own headers (Allow, Content-Range, ...) stay."""
    app.register_error_handler(HTTPException, _answer)
    # For chunks that make no sense gunicorn has errors of its own, which Werkzeug does not know.
    if (gunicorn := sys.modules.get("gunicorn.http.errors")) is not None:
        app.register_error_handler(gunicorn.ParseException, _answer_unreadable)


def wants_page() -> bool:
    """Whether the present request comes from someone who would rather have a page than JSON: a browser."""
    return request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html"


def _answer(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect
        response = error.get_response()
        return Response(response.get_data(), response.status_code, response.headers)
    problem = {
        "type": "about:blank",
        "title": error.name,
        "status": error.code,
        "detail": error.description or error.name,
        **getattr(error, "members", {}),
    }
    form = request.accept_mimetypes.best_match(_FORMS) or _FORMS[0]
    content_type, write = _WRITERS[form]
    headers = [field for field in error.get_headers() if field[0].lower() != "content-type"]
    response = Response(write(problem), error.code, headers, content_type=content_type)
    response.vary.add("Accept")
    return response


def _answer_unreadable(_: Exception) -> Response:
    return _answer(BadRequest("The body of the request cannot be read: its chunks are not as RFC 9112 has them."))


def _as_json(problem: dict[str, Any]) -> str:
    return json.dumps(problem, ensure_ascii=False)


def _as_page(problem: dict[str, Any]) -> str:
    return render_template("problem.html", **problem)


def _as_sentence(problem: dict[str, Any]) -> str:
    return f"{problem['detail']}\n"


_WRITERS: Final[dict[str, tuple[str, Callable[[dict[str, Any]], str]]]] = {
    "text/plain": ("text/plain; charset=utf-8", _as_sentence),
    "text/html": ("text/html; charset=utf-8", _as_page),
    "application/problem+json": ("application/problem+json", _as_json),
    "application/json": ("application/problem+json", _as_json),
}
