"""/openapi.json for programs, /docs for people."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template

from server.home import POLICY

if TYPE_CHECKING:
    from flask import Flask


def openapi_routes() -> Blueprint:
    """The routes /openapi.json and /docs."""
    routes = Blueprint("openapi", __name__)

    @cache
    def document_of(app: Flask) -> dict[str, Any]:
        # Built when it is first asked for: few runs of the service ever need it.
        from .spec import build_document  # noqa: PLC0415

        return build_document(app)

    def this_document() -> dict[str, Any]:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - Flask's own way
        return document_of(app)

    @routes.get("/openapi.json")
    def document() -> Response:
        return jsonify(this_document())

    @routes.get("/docs")
    def page() -> Response:
        response = make_response(render_template("docs.html", document=this_document()))
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return routes
