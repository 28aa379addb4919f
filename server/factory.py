"""The application: where settings, catalogue, limiters and blueprints meet."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import Flask, Response

from .catalogue import read_catalogue
from .gate import Gate
from .home import home_routes
from .limiters.gap import MinimumGap
from .nasa import Picker, nasa_routes
from .problems import answer_with_problems
from .settings import Settings
from .slow_nasa import slow_nasa_routes

if TYPE_CHECKING:
    from collections.abc import Mapping


def build(config: Mapping[str, Any]) -> Flask:
    """Make one service; see `server.create_app`."""
    app = Flask("server", static_folder=None)
    app.config.from_prefixed_env("WAITWISE")
    app.config.update(config)
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # the default provider has it; the base class does not
    settings = Settings.of(app.config)
    seed = secrets.randbits(32) if settings.seed is None else settings.seed

    catalogue = read_catalogue(settings.media)
    picker = Picker(catalogue, seed=seed)
    gate = Gate(MinimumGap(seed=seed), time_scale=settings.time_scale)

    answer_with_problems(app)
    app.register_blueprint(home_routes(catalogue, settings))
    app.register_blueprint(nasa_routes(catalogue, picker))
    app.register_blueprint(slow_nasa_routes(catalogue, picker, gate))
    app.after_request(_protect)
    return app


def _protect(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response
