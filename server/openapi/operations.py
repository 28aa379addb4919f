"""Each route as an OpenAPI operation, by the name of its Flask endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from server.headers import DIALECTS
from server.lab.choice import COMPOUND, SCOPES, STATUSES, inner_rule, parameters_of
from server.lab.faults import FAULTS, LONGEST, MOST_BYTES
from server.lab.puzzle import KINDS, LONGEST_WAIT
from server.lab.puzzles import LEVELS, MOST_SEED
from server.limiters import LIMITERS

from . import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.limiters import Limiter

    from .parts import Node

OBJECT: Final[Node] = {"type": "object"}
REFUSED: Final = {
    **parts.problem(
        503, "The rule refuses, by default with 503; or too many answers are held back.", *parts.LIMIT_HEADERS
    ),
    **parts.problem(429, "The rule refuses, with `status=429`.", *parts.LIMIT_HEADERS),
    **parts.problem(403, "The rule refuses, with `status=403`.", *parts.LIMIT_HEADERS),
    **parts.problem(502, "The rule let the service break down; that says nothing about pace."),
}
THIS_MACHINE: Final = parts.problem(403, "Only a browser on the machine that runs the service may see this.")
NAME: Final = parts.in_path("name", "File name of a resource, as the catalogue lists it.")
PUZZLE: Final = parts.in_path("identifier", "Level and seed, such as 1-2024.", pattern="^[1-3]-(0|[1-9][0-9]{0,12})$")
NO_RESOURCE: Final = parts.problem(404, "Nothing fits; the answer lists what there is.")
NO_PUZZLE: Final = parts.problem(404, "There is no such puzzle, or nothing of that type.")


@dataclass(frozen=True, slots=True)
class Operation:
    """What OpenAPI says of one method of one path."""

    summary: str
    responses: Node
    parameters: list[Node] = field(default_factory=list)
    body: Node | None = None
    tag: str = "Service"

    def as_node(self) -> Node:
        """The operation object."""
        node: Node = {
            "tags": [self.tag],
            "summary": self.summary,
            "parameters": [*self.parameters, *parts.LATENCY],
            "responses": {**parts.BAD, **parts.BUSY, **self.responses},
        }
        return node if self.body is None else {**node, "requestBody": self.body}


def _resource(summary: str, *parameters: Node, **more: Any) -> Operation:
    responses = {
        **parts.media("The resource.", *more.pop("headers", ())),
        **parts.CONDITIONS,
        **more.pop("responses", {}),
    }
    return Operation(summary, {**NO_RESOURCE, **responses}, list(parameters), **more)


def _json_request(properties: Node, required: list[str]) -> Node:
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


_SLOW: Final = {"tag": "Slow", "responses": parts.problem(503, "Asked too soon. When to come back is not said.")}
_LAB_BODY: Final = {
    **parts.problem(413, "The body is too long."),
    **parts.problem(415, "The body is not JSON."),
}

OPERATIONS: Final[dict[str, Operation]] = {
    "home.home": Operation("A page for people.", {"200": {"description": "The page.", "content": parts.page("HTML")}}),
    "home.health": Operation("What this program is.", parts.json_body("Name and version.", OBJECT)),
    "openapi.document": Operation("This document.", parts.json_body("OpenAPI 3.1.", OBJECT)),
    "openapi.page": Operation(
        "This document as a page.", {"200": {"description": "The page.", "content": parts.page("HTML")}}
    ),
    "nasa.random_resource": _resource("A random resource.", parts.TYPE),
    "nasa.named_resource": _resource("One resource.", NAME),
    "slow_nasa.random_resource": _resource("A random resource, if you do not ask too often.", parts.TYPE, **_SLOW),
    "slow_nasa.named_resource": _resource("One resource, if you do not ask too often.", NAME, **_SLOW),
    "slow.rules": Operation("Every rule and its parameters.", parts.json_body("The rules.", OBJECT), tag="Rules"),
    "broken.faults": Operation("Every fault.", parts.json_body("The faults.", OBJECT), tag="Faults"),
    "puzzle.new_puzzle": Operation(
        "Hide a rule.",
        {**parts.json_body("Where it is hidden.", OBJECT, "201"), **_LAB_BODY},
        body=_json_request(
            {
                "level": {"enum": list(LEVELS), "default": 1},
                "seed": {"type": "integer", "minimum": 0, "maximum": MOST_SEED},
            },
            [],
        ),
        tag="Puzzles",
    ),
    "puzzle.hidden": _resource(
        "A random resource behind a hidden rule.",
        PUZZLE,
        parts.TYPE,
        parts.API_KEY,
        headers=parts.LIMIT_HEADERS,
        responses={**REFUSED, **NO_PUZZLE},
        tag="Puzzles",
    ),
    "puzzle.about": Operation(
        "How you stand with a puzzle; the truth, once you have guessed.",
        {
            "200": {
                "description": "Your standing, as JSON or a page.",
                "content": {"application/json": {"schema": OBJECT}, **parts.page("HTML")},
            },
            **NO_PUZZLE,
        },
        [PUZZLE, parts.API_KEY],
        tag="Puzzles",
    ),
    "puzzle.guess": Operation(
        "Commit a guess, once; then the truth is told and scored.",
        {
            "200": {
                "description": "The truth and the score, as JSON or a page.",
                "content": {"application/json": {"schema": OBJECT}, **parts.page("HTML")},
            },
            **NO_PUZZLE,
            **parts.problem(409, "You have guessed already."),
            **_LAB_BODY,
        },
        [PUZZLE, parts.API_KEY],
        body=_json_request(
            {"kind": {"enum": list(KINDS)}, "wait": {"type": "number", "minimum": 0, "maximum": LONGEST_WAIT}},
            ["kind", "wait"],
        ),
        tag="Puzzles",
    ),
    "teacher.view": Operation(
        "The true state of every rule in use, live.",
        {"200": {"description": "The page.", "content": parts.page("HTML")}, **THIS_MACHINE},
        tag="Teacher",
    ),
    "teacher.rows": Operation(
        "The part of that page that changes.",
        {"200": {"description": "A piece of HTML.", "content": parts.page("HTML")}, **THIS_MACHINE},
        tag="Teacher",
    ),
    "teacher.state": Operation(
        "The same as JSON.", {**parts.json_body("The state.", OBJECT), **THIS_MACHINE}, tag="Teacher"
    ),
    "teacher.reset": Operation(
        "Forget every request of everyone.",
        {
            **parts.json_body("How much was forgotten.", OBJECT),
            "303": {
                "description": "Back to the page, for a browser.",
                "headers": parts.headers("Location"),
                "content": parts.page("HTML"),
            },
            **THIS_MACHINE,
        },
        tag="Teacher",
    ),
}


def by_name() -> dict[str, Iterator[tuple[str, Operation]]]:
    """Of the endpoints with a name in their path that stands for a rule or a fault: an operation for each name."""
    return {
        "slow.limited": ((name, _limited(name)) for name in LIMITERS),
        "teacher.truth": ((name, _truth(name)) for name in LIMITERS),
        "broken.broken": ((name, _broken(name)) for name in FAULTS),
    }


def _limited(name: str) -> Operation:
    return _resource(
        LIMITERS[name]().describe(),
        *_arguments(name),
        *_stance(),
        parts.TYPE,
        parts.API_KEY,
        headers=parts.LIMIT_HEADERS,
        responses=REFUSED,
        tag="Rules",
    )


def _truth(name: str) -> Operation:
    return Operation(
        f"The truth about {name}: its curve and its steady waits.",
        {**parts.json_body("The truth.", OBJECT), **NO_RESOURCE, **THIS_MACHINE},
        [*_arguments(name), *_stance()],
        tag="Teacher",
    )


def _broken(name: str) -> Operation:
    bounds = [
        parts.query("seconds", "After which a stream ends.", {"type": "number", "minimum": 0, "maximum": LONGEST}),
        parts.query("bytes", "After which a stream ends.", {"type": "number", "minimum": 0, "maximum": MOST_BYTES}),
    ]
    status = "302" if name == "redirect-loop" else "200"
    answer = {status: {"description": "Not what it says it is.", "content": {"*/*": {}}}}
    return Operation(FAULTS[name].__doc__ or "", answer, bounds, tag="Faults")


def _arguments(name: str) -> list[Node]:
    """The parameters of a rule, and of the rule within it where that is not another one."""
    arguments = _of(LIMITERS[name])
    if name in COMPOUND:
        simple = [each for each in LIMITERS if each not in COMPOUND]
        arguments.append(parts.query("rule", "The rule within it.", {"enum": simple}))
        arguments += _of(inner_rule(name), "rule.")
    return arguments


def _of(limiter: type[Limiter], prefix: str = "") -> list[Node]:
    return [
        parts.query(f"{prefix}{each.name}", each.description, {"type": each.type, "default": each.default})
        for each in parameters_of(limiter).values()
    ]


def _stance() -> list[Node]:
    return [
        parts.query("dialect", "How it states its limits.", {"enum": list(DIALECTS), "default": "none"}),
        parts.query("status", "With which it refuses.", {"enum": list(STATUSES), "default": STATUSES[0]}),
        parts.query("scope", "A state for each client, or one for all.", {"enum": list(SCOPES), "default": SCOPES[0]}),
    ]
