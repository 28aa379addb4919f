"""/Slow-NASA: as /NASA, from a service that is easily overloaded and does not say when to come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response
from werkzeug.exceptions import ServiceUnavailable

from .delivery import deliver
from .nasa import choose, find

if TYPE_CHECKING:
    from .catalogue import Catalogue
    from .gate import Gate
    from .nasa import Picker

# No Retry-After: many services give none, and how long to wait is what the visitor is to find out.
OVERLOADED = "The service is overloaded. Please wait longer between requests, and try again."


def slow_nasa_routes(catalogue: Catalogue, picker: Picker, gate: Gate) -> Blueprint:
    """The routes /Slow-NASA and /Slow-NASA/<name>, which one gate guards."""
    routes = Blueprint("slow_nasa", __name__)

    @routes.before_request
    def refuse_when_overloaded() -> None:
        if not gate.ask().accepted:
            raise ServiceUnavailable(OVERLOADED)

    @routes.get("/Slow-NASA")
    def random_resource() -> Response:
        return deliver(choose(catalogue, picker))

    @routes.get("/Slow-NASA/<path:name>")
    def named_resource(name: str) -> Response:
        return deliver(find(catalogue, name))

    return routes
