"""/ for people, and /health for programs that look for a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from .ports import SERVICE, VERSION

if TYPE_CHECKING:
    from .catalogue import Catalogue
    from .settings import Settings

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


def home_routes(catalogue: Catalogue, settings: Settings) -> Blueprint:
    """The routes / and /health."""
    routes = Blueprint("home", __name__)

    @routes.get("/")
    def home() -> Response:
        page = render_template(
            "home.html",
            catalogue=catalogue,
            types=catalogue.media_types(),
            base=request.host_url.rstrip("/"),
            time_scale=settings.time_scale,
            lab=settings.lab,
            version=VERSION,
        )
        response = make_response(page)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @routes.get("/health")
    def health() -> Response:
        return jsonify(service=SERVICE, version=VERSION, embedded=settings.embedded)

    return routes
