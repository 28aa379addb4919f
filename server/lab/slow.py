"""/slow/<limiter>: any rule, with parameters of one's own; /slow says which there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from server.delivery import deliver
from server.headers import DIALECTS, write
from server.latency import LATENCY
from server.limiters import LIMITERS
from server.nasa import choose as choose_resource
from server.problems import NoSuchResource

from .answering import answer, client
from .choice import COMPOUND, SCOPES, STATUSES, ChoiceError, choose, inner_rule, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.catalogue import Catalogue
    from server.holding import Holding
    from server.nasa import Picker

    from .choice import Choice
    from .tables import RuleTables

MEDIA = ("type",)


def slow_routes(
    catalogue: Catalogue,
    picker: Picker,
    tables: RuleTables,
    profiles: dict[str, Choice],
    holding: Holding,
    clock: Callable[[], float],
) -> Blueprint:
    """The routes /slow and /slow/<limiter>."""
    routes = Blueprint("slow", __name__)

    @routes.get("/slow")
    def rules() -> Response:
        return jsonify(
            rules=[_listing(name) for name in LIMITERS],
            profiles=sorted(profiles),
            dialects=list(DIALECTS),
            statuses=list(STATUSES),
            scopes=list(SCOPES),
        )

    @routes.get("/slow/<limiter>")
    def limited(limiter: str) -> Response:
        choice = chosen(limiter, profiles)
        decision = tables.ask(choice.rule, client())
        stated = write(choice.dialect, decision, clock())
        return answer(decision, stated, choice.status, holding, lambda: deliver(choose_resource(catalogue, picker)))

    return routes


def chosen(name: str, profiles: dict[str, Choice]) -> Choice:
    """The choice that the present request's address makes.

    Raises:
        NoSuchResource: If there is neither a rule nor a profile of that name.
        BadRequest: If a parameter is unknown or cannot be used.
    """
    given = {key: text for key, text in request.args.items() if key not in (*MEDIA, *LATENCY)}
    if name in profiles:
        if given:
            raise BadRequest(f"{name} is a profile of this service: it takes no parameter {next(iter(given))!r}.")
        return profiles[name]
    if name not in LIMITERS:
        names = [*LIMITERS, *profiles]
        raise NoSuchResource(f"There is no rule {name!r}. There are: {', '.join(names)}.", available=names)
    try:
        return choose(name, given)
    except ChoiceError as error:
        raise BadRequest(str(error)) from error


def _listing(name: str) -> dict[str, Any]:
    limiter = LIMITERS[name]
    inner = {"rule": inner_rule(name).kind} if name in COMPOUND else {}
    return {
        "name": name,
        "kind": limiter.kind,
        "sentence": limiter().describe(),
        "parameters": [
            {"name": each.name, "type": each.type, "default": each.default, "description": each.description}
            for each in parameters_of(limiter).values()
        ],
        **inner,
    }
