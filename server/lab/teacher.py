"""/lab: the true state of every rule in use, live, for the teacher at this machine."""

from __future__ import annotations

import ipaddress
import secrets
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Forbidden

from server.problems import wants_page

from .slow import chosen
from .truth import TooDearError, Truth, tell_truth, truth_as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.gate import Gate
    from server.limiters import Decision

    from .play import Sessions, Standing
    from .rules import Choice, Rule
    from .tables import RuleState, RuleTables

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
        page = render_template("lab.html", nonce=nonce, time_scale=time_scale, **_state(gate, tables, sessions))
        response = make_response(page)
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; connect-src 'self'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        # Under no-referrer a browser sends its button's request as of `Origin: null`, which is nobody's own page.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    @routes.get("/lab/rows")
    def rows() -> str:
        return render_template("lab_rows.html", time_scale=time_scale, **_state(gate, tables, sessions))

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


# Behind a proxy every connection comes from this machine.
_PROXIED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def for_this_machine_only() -> None:
    """Let the present request pass if it comes from this machine, under a name of this machine, and from its own pages.

    Raises:
        Forbidden: If not.
    """
    here = _is_loopback(request.remote_addr or "") and _is_name_of_loopback(request.host)
    proxied = any(name in request.headers for name in _PROXIED)
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if not here or proxied or foreign:
        raise Forbidden("The teacher's view is for a browser on the machine that runs the service.")


def _is_name_of_loopback(host: str) -> bool:
    # A name that another site made resolve to 127.0.0.1 would come with that name (DNS rebinding).
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """What a request would get now: served or not, when it would be, and what is left of each quota before it."""
    return {
        "served": decision.accepted,
        "fails": decision.failed,
        "retry_after": decision.retry_after,
        "policies": [
            {
                "name": policy.name,
                "quota": policy.quota,
                "window": policy.window,
                # The decision counts the request that was only thought of.
                "remaining": min(policy.quota, policy.remaining + decision.accepted),
                "reset": policy.reset,
            }
            for policy in decision.policies
        ],
    }


def rule_as_json(rule: Rule) -> dict[str, Any]:
    """A rule with the arguments that differ from its defaults."""
    return {"limiter": rule.limiter, "arguments": dict(rule.arguments), "shared": rule.shared}


def state_as_json(state: RuleState) -> dict[str, Any]:
    """The state of a rule and of its latest clients."""
    return {
        **rule_as_json(state.rule),
        "sentence": state.sentence,
        "asked": state.asked,
        "refused": state.refused,
        "clients": [{"client": each.client, "now": decision_as_json(each.decision)} for each in state.clients],
    }


def standing_as_json(standing: Standing) -> dict[str, Any]:
    """Where a learner stands with a puzzle, the truth included: this is for the teacher."""
    score = standing.score
    return {
        "puzzle": standing.puzzle.id,
        **rule_as_json(standing.puzzle.choice.rule),
        "client": standing.client,
        "requests": standing.cost.requests,
        "refused": standing.cost.refused,
        "early": standing.cost.early,
        "points": None if score is None else score.points,
    }
