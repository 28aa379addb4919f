"""/lab: the true state of every rule in use, live, for the teacher at this machine."""

from __future__ import annotations

import secrets
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, url_for
from werkzeug.exceptions import BadRequest

from server.problems import wants_page

from .guard import for_this_machine_only
from .slow import chosen
from .telling import decision_as_json, standing_as_json, state_as_json, truth_as_json
from .truth import TooDearError, Truth, tell_truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.gate import Gate

    from .choice import Choice, Rule
    from .sessions import Sessions
    from .tables import RuleTables

MOST_STANDINGS: Final = 50


def teacher_routes(
    gate: Gate, tables: RuleTables, sessions: Sessions, profiles: dict[str, Choice], *, time_scale: float
) -> Blueprint:
    """The routes /lab, /lab/state, /lab/truth/<limiter> and POST /lab/reset."""
    routes = Blueprint("teacher", __name__)
    routes.before_request(for_this_machine_only)
    truth_of = _teller(time_scale)

    @routes.get("/lab")
    def view() -> Response:
        nonce = secrets.token_urlsafe(16)
        response = make_response(render_template("lab.html", nonce=nonce, **_state(gate, tables, sessions)))
        # With no-referrer a browser sends the page's own form with "Origin: null", as a stranger's.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; connect-src 'self'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        # Under no-referrer a browser sends its button's request as of `Origin: null`, which is nobody's own page.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    @routes.get("/lab/rows")
    def rows() -> str:
        return render_template("lab_rows.html", **_state(gate, tables, sessions))

    @routes.get("/lab/state")
    def state() -> Response:
        return jsonify(_state(gate, tables, sessions))

    @routes.get("/lab/truth/<limiter>")
    def truth(limiter: str) -> Response:
        choice = chosen(limiter, profiles)
        return jsonify({"limiter": choice.rule.limiter, **truth_as_json(truth_of(choice.rule))})

    @routes.post("/lab/reset")
    def reset() -> Response:
        gate.reset()
        forgotten = {"rules": tables.reset(), "sessions": sessions.reset()}
        if wants_page():
            return make_response(redirect(url_for("teacher.view"), 303))
        return jsonify(forgotten=forgotten)

    return routes


def _teller(time_scale: float) -> Callable[[Rule], Truth]:
    """Tells the truth about one rule at a time, since it may take a second, and remembers it."""
    lock = threading.Lock()

    @lru_cache(maxsize=128)
    def tell(rule: Rule) -> Truth:
        return tell_truth(rule.build(), time_scale=time_scale)

    def one_at_a_time(rule: Rule) -> Truth:
        try:
            with lock:
                return tell(rule)
        except TooDearError as error:
            raise BadRequest(str(error)) from error

    return one_at_a_time


def _state(gate: Gate, tables: RuleTables, sessions: Sessions) -> dict[str, Any]:
    return {
        "slow_nasa": {
            "sentence": gate.limiter.describe(),
            "asked": gate.asked,
            "refused": gate.refused,
            "now": decision_as_json(gate.look()),
        },
        "rules": [state_as_json(each) for each in tables.look()],
        "puzzles": [standing_as_json(each) for each in sessions.latest(MOST_STANDINGS)],
    }
