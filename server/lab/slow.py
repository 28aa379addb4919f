"""/slow/<limiter>: any rule, with parameters of one's own, and its decision as an answer; /slow says which there are.

A decision is served, held back, refused in some dialect, or it is a breakdown.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadGateway, BadRequest, HTTPException

from server.delivery import deliver
from server.headers import DIALECTS, write
from server.latency import LATENCY
from server.limiters import LIMITERS
from server.nasa import choose as choose_resource
from server.problems import NoSuchResource

from .rules import COMPOUND, SCOPES, STATUSES, ChoiceError, choose, inner_rule, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.catalogue import Catalogue
    from server.latency import Holding
    from server.limiters import Decision
    from server.nasa import Picker

    from .rules import Choice
    from .tables import RuleTables

LONGEST_KEY: Final = 64
SENTENCES: Final = {
    503: "The service is overloaded. Please wait longer between requests, and try again.",
    429: "Too many requests. Please wait longer between requests, and try again.",
    403: "The rate limit is spent. Please wait longer between requests, and try again.",
}


class Refusal(HTTPException):
    """A request that a limiter refuses.

    Args:
        status: 503, 429 or 403.
        stated: The headers in which the service states its limits.
    """

    def __init__(self, status: int, stated: dict[str, str]) -> None:
        super().__init__(SENTENCES[status])
        self.code = status
        self._stated = stated

    def get_headers(self, *args: object, **options: object) -> list[tuple[str, str]]:
        """Werkzeug's headers and the stated limits."""
        return [*super().get_headers(*args, **options), *self._stated.items()]  # type: ignore[arg-type]


def client() -> str:
    """Who asks: the value of X-API-Key, else the address of the connection."""
    key = request.headers.get("X-API-Key", "").strip()
    if len(key) > LONGEST_KEY:
        # Kept in full, long keys would fill the memory.
        key = f"{key[:LONGEST_KEY]}… {blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
    return f"key {key}" if key else f"address {request.remote_addr}"


def answer(
    decision: Decision, stated: dict[str, str], status: int, holding: Holding, serve: Callable[[], Response]
) -> Response:
    """The answer to a request on which `decision` was made.

    Args:
        decision: Of the limiter.
        stated: The headers in which the service states it.
        status: Of a refusal.
        holding: Holds the answer of a limiter that queues.
        serve: Makes the answer of a request that is served.

    Raises:
        Refusal: If the rule refuses.
        BadGateway: If the rule lets the service break down.
    """
    if decision.failed:
        raise BadGateway("The service broke down over this request. That says nothing about its pace.")
    if not decision.accepted:
        raise Refusal(status, stated)
    holding.hold(decision.delay)
    response = serve()
    response.headers.update(stated)
    return response


MEDIA = ("type",)


def slow_routes(
    catalogue: Catalogue,
    picker: Picker,
    tables: RuleTables,
    profiles: dict[str, Choice],
    holding: Holding,
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
        decision, now = tables.ask(choice.rule, client())
        stated = write(choice.dialect, decision, now)
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
