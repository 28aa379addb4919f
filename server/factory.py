"""The application: where settings, catalogue, limiters and blueprints meet."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import Flask, Response

from .catalogue import read_catalogue
from .clock import epoch_clock
from .gate import Gate
from .holding import Holding
from .home import home_routes
from .lab.profiles import read_profiles
from .lab.slow import slow_routes
from .lab.tables import RuleTables
from .latency import answer_with_latency
from .limiters.gap import MinimumGap
from .nasa import Picker, nasa_routes
from .problems import answer_with_problems
from .settings import Settings
from .slow_nasa import slow_nasa_routes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Blueprint


def build(config: Mapping[str, Any]) -> Flask:
    """Make one service; see `server.create_app`."""
    app = Flask("server", static_folder=None)
    app.config.from_prefixed_env("WAITWISE")
    app.config.update(config)
    settings = Settings.of(app.config)
    seed = secrets.randbits(32) if settings.seed is None else settings.seed
    holding = Holding()

    answer_with_problems(app)
    answer_with_latency(app, holding, seed=seed)
    app.after_request(_protect)
    for routes in _rooms(settings, seed, holding):
        app.register_blueprint(routes)
    return app


def _rooms(settings: Settings, seed: int, holding: Holding) -> Iterator[Blueprint]:
    catalogue = read_catalogue(settings.media)
    picker = Picker(catalogue, seed=seed)
    yield home_routes(catalogue, settings)
    yield nasa_routes(catalogue, picker)
    yield slow_nasa_routes(catalogue, picker, Gate(MinimumGap(seed=seed), time_scale=settings.time_scale))

    clock = epoch_clock()
    profiles = read_profiles(settings.profile) if settings.profile else {}
    tables = RuleTables(time_scale=settings.time_scale, clock=clock)
    yield slow_routes(catalogue, picker, tables, profiles, holding, clock)


def _protect(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response
