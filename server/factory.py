"""The application: where settings, catalogue, limiters and blueprints meet."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import Flask, Response

from .catalogue import read_catalogue
from .gate import Gate, epoch_clock
from .home import home_routes
from .lab.broken import broken_routes
from .lab.ledger import Ledger
from .lab.play import Sessions, puzzle_routes
from .lab.rules import read_profiles
from .lab.slow import slow_routes
from .lab.tables import RuleTables
from .lab.teacher import teacher_routes
from .latency import Holding, answer_with_latency
from .limiters import MinimumGap
from .nasa import Picker, nasa_routes, slow_nasa_routes
from .openapi import openapi_routes
from .problems import answer_with_problems
from .request_log import log_requests
from .settings import LARGEST_BODY, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Blueprint


def build(config: Mapping[str, Any]) -> Flask:
    """Make one service; see `server.create_app`."""
    app = Flask("server", static_folder=None)
    app.config.from_prefixed_env("WAITWISE")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config.update(config)
    settings = Settings.of(app.config)
    seed = secrets.randbits(32) if settings.seed is None else settings.seed
    holding = Holding()

    answer_with_problems(app)
    # What is registered first runs last after a request: the line counts the latency, and the answer that there are too
    # many late ones is protected as any other.
    log_requests(app)
    app.after_request(_protect)
    answer_with_latency(app, holding, seed=seed)
    for routes in _rooms(settings, seed, holding):
        app.register_blueprint(routes)
    return app


def _rooms(settings: Settings, seed: int, holding: Holding) -> Iterator[Blueprint]:
    time_scale, clock = settings.time_scale, epoch_clock()
    catalogue = read_catalogue(settings.media)
    profiles = read_profiles(settings.profile) if settings.profile else {}
    picker = Picker(catalogue, seed=seed)
    gate = Gate(MinimumGap(seed=seed), time_scale=time_scale)
    tables = RuleTables(time_scale=time_scale, clock=clock)
    ledger = Ledger(settings.state) if settings.state else None
    sessions = Sessions(time_scale=time_scale, clock=clock, ledger=ledger)

    yield home_routes(catalogue, settings)
    yield openapi_routes()
    yield nasa_routes(catalogue, picker)
    yield slow_nasa_routes(catalogue, picker, gate)
    yield slow_routes(catalogue, picker, tables, profiles, holding)
    yield puzzle_routes(catalogue, picker, sessions, holding, time_scale=time_scale)
    yield broken_routes()
    if settings.lab:
        yield teacher_routes(gate, tables, sessions, profiles, time_scale=time_scale)


def _protect(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response
