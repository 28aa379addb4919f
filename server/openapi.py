"""/openapi.json for programs, /docs for people: the service described as OpenAPI 3.1, from its own routes and rules.

Paths come from Flask, what they mean from `server.operations`; apispec puts them together. It is a small, maintained
library without dependencies of its own that knows OpenAPI 3.1 and asks nothing of the views; those that want views to
be written their way (flask-openapi3, APIFlask) would bring Pydantic or marshmallow in.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template

from .home import POLICY
from .operations import HEADERS, OPERATIONS, SCHEMAS, Operation, by_name
from .ports import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.routing import Rule


_ABOUT: Final = (
    "Fetch anything. Wait wisely. A service with things worth fetching, and with limits of every kind. "
    "Errors are problem details (RFC 9457) for a client that asks for JSON, a page for a browser, else a sentence. "
    "Every answer can be made late with `latency` and `latency_sigma`."
)
_ARGUMENT: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def openapi_routes() -> Blueprint:
    """The routes /openapi.json and /docs."""
    routes = Blueprint("openapi", __name__)

    # Built when it is first asked for: few runs of the service ever need it.
    document_of = cache(build_document)

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


def build_document(app: Flask) -> dict[str, Any]:
    """The document, ready to be written as JSON."""
    from apispec import APISpec  # noqa: PLC0415 - few runs of the service ever need it

    spec = APISpec(
        title="The Waitwise service",
        version=VERSION,
        openapi_version="3.1.0",
        info={"description": _ABOUT, "license": {"name": "BSD-3-Clause"}},
    )
    for name, schema in SCHEMAS.items():
        spec.components.schema(name, schema)
    for name, description in HEADERS.items():
        spec.components.header(name, {"description": description, "schema": {"type": "string"}})
    for path, method, operation in operations(app):
        spec.path(path, operations={method: operation.as_node()})
    return spec.to_dict()


def operations(app: Flask) -> Iterator[tuple[str, str, Operation]]:
    """Every path, method and operation; a path that ends in the name of a rule or a fault is one path for each.

    Raises:
        KeyError: If a route has no operation: then someone added one without describing it.
    """
    named = by_name()
    for rule in app.url_map.iter_rules():
        method = "post" if "POST" in (rule.methods or ()) else "get"
        if rule.endpoint in named:
            for name, operation in named[rule.endpoint]:
                yield _ARGUMENT.sub(name, rule.rule), method, operation
        else:
            yield _path(rule), method, OPERATIONS[rule.endpoint]


def _path(rule: Rule) -> str:
    return _ARGUMENT.sub(r"{\1}", rule.rule)
