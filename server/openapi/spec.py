"""The OpenAPI document of an application: paths from Flask, what they mean from `OPERATIONS`, put together by apispec.

apispec is a small, maintained library without dependencies of its own that knows OpenAPI 3.1 and asks nothing of the
views; those that want views to be written their way (flask-openapi3, APIFlask) would bring Pydantic or marshmallow in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from apispec import APISpec

from server.version import VERSION

from . import parts
from .operations import OPERATIONS, Operation, by_name

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


def build_document(app: Flask) -> dict[str, Any]:
    """The document, ready to be written as JSON."""
    spec = APISpec(
        title="The Waitwise service",
        version=VERSION,
        openapi_version="3.1.0",
        info={"description": _ABOUT, "license": {"name": "BSD-3-Clause"}},
    )
    for name, schema in parts.SCHEMAS.items():
        spec.components.schema(name, schema)
    for name, description in parts.HEADERS.items():
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
