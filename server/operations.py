"""Each route as an OpenAPI 3.1 operation, by the name of its Flask endpoint, and what several have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .headers import DIALECTS
from .lab.broken import FAULTS, LONGEST_STREAM, MOST_BYTES
from .lab.play import KINDS, LONGEST_WAIT
from .lab.puzzles import LEVELS, MOST_SEED
from .lab.rules import COMPOUND, SCOPES, STATUSES, inner_rule, parameters_of
from .latency import LONGEST_LATENCY, WIDEST_SIGMA
from .limiters import LIMITERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .limiters import Limiter

Node: TypeAlias = "dict[str, Any]"

MEDIA_HEADERS: Final = ("X-Description", "X-Credit", "X-Origin", "ETag", "Last-Modified", "Content-Location")
LIMIT_HEADERS: Final = ("Retry-After", "RateLimit", "RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining")

HEADERS: Final[dict[str, str]] = {
    "X-Description": "What the resource shows, in ASCII; `X-Description*` holds it in full as an RFC 8187 value where "
    "ASCII does not.",
    "X-Credit": "Whom to thank; `X-Credit*` likewise.",
    "X-Origin": "NASA, or who made it from what; `X-Origin*` likewise.",
    "ETag": "The strong entity tag of the bytes.",
    "Last-Modified": "When the file last changed.",
    "Content-Location": "The address of this resource: /NASA is a random one.",
    "Content-Range": "Which bytes these are, and how many there are in all.",
    "Location": "Where it is.",
    "Allow": "The methods there are.",
    "Retry-After": "When to come back, in seconds or as a date; only in dialects that say it, and not always truly.",
    "RateLimit": "What is left, in the dialects of the IETF's draft.",
    "RateLimit-Policy": "The quotas, in the dialects of the IETF's draft.",
    "X-RateLimit-Limit": "The quota, in the dialects that say it so.",
    "X-RateLimit-Remaining": "What is left of it, in the dialects that say it so.",
}

SCHEMAS: Final[dict[str, Node]] = {
    "Problem": {
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "available": {"type": "array", "items": {"type": "string"}, "description": "What there is instead."},
        },
    },
}


def headers(*names: str) -> Node:
    """References to response headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def media(description: str, *more: str, status: str = "200") -> Node:
    """An answer with a resource of any type."""
    fields = headers(*MEDIA_HEADERS, *more)
    return {status: {"description": description, "headers": fields, "content": {"*/*": {}}}}


def json_body(description: str, schema: Node, status: str = "200") -> Node:
    """An answer in JSON."""
    return {status: {"description": description, "content": {"application/json": {"schema": schema}}}}


def page(description: str) -> Node:
    """The content of an answer that is a page in a browser."""
    return {"text/html": {"schema": {"type": "string", "description": description}}}


def problem(status: int, description: str, *names: str) -> Node:
    """An error in one of the three forms."""
    text = {"schema": {"type": "string"}}
    content = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        "text/plain": text,
        "text/html": text,
    }
    return {str(status): {"description": description, "headers": headers(*names), "content": content}}


def query(name: str, description: str, schema: Node) -> Node:
    """A parameter after the question mark."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


def in_path(name: str, description: str, **schema: Any) -> Node:
    """A parameter in the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", **schema},
    }


TYPE: Final = query("type", "`image`, `image/*` or `image/png`: only resources of that kind.", {"type": "string"})
LATENCY: Final = [
    query(
        "latency",
        "Seconds by which the answer is late, in the median.",
        {"type": "number", "minimum": 0, "maximum": LONGEST_LATENCY},
    ),
    query(
        "latency_sigma",
        "Standard deviation of the latency's logarithm; 0 is always the same.",
        {"type": "number", "minimum": 0, "maximum": WIDEST_SIGMA},
    ),
]
API_KEY: Final = {
    "name": "X-API-Key",
    "in": "header",
    "description": "Who asks; without it, the address of the connection.",
    "schema": {"type": "string"},
}
CONDITIONS: Final = {
    **media("The bytes that Range asked for.", "Content-Range", status="206"),
    "304": {"description": "The client has it already.", "headers": headers("ETag")},
    "412": {"description": "A precondition failed.", "headers": headers("ETag")},
    **problem(416, "Range lies past the end.", "Content-Range"),
}
BAD: Final = problem(400, "A parameter is unknown or cannot be used; the answer says which and why.")
BUSY: Final = problem(503, "Too many answers are being held back at once.")


OBJECT: Final[Node] = {"type": "object"}
REFUSED: Final = {
    **problem(503, "The rule refuses, by default with 503; or too many answers are held back.", *LIMIT_HEADERS),
    **problem(429, "The rule refuses, with `status=429`.", *LIMIT_HEADERS),
    **problem(403, "The rule refuses, with `status=403`.", *LIMIT_HEADERS),
    **problem(502, "The rule let the service break down; that says nothing about pace."),
}
THIS_MACHINE: Final = problem(403, "Only a browser on the machine that runs the service may see this.")
NAME: Final = in_path("name", "File name of a resource, as the catalogue lists it.")
PUZZLE: Final = in_path("identifier", "Level and seed, such as 1-2024.", pattern="^[1-3]-(0|[1-9][0-9]{0,12})$")
NO_RESOURCE: Final = problem(404, "Nothing fits; the answer lists what there is.")
NO_PUZZLE: Final = problem(404, "There is no such puzzle, or nothing of that type.")


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
            "parameters": [*self.parameters, *LATENCY],
            "responses": {**BAD, **BUSY, **self.responses},
        }
        return node if self.body is None else {**node, "requestBody": self.body}


def _resource(summary: str, *parameters: Node, **more: Any) -> Operation:
    responses = {
        **media("The resource.", *more.pop("headers", ())),
        **CONDITIONS,
        **more.pop("responses", {}),
    }
    return Operation(summary, {**NO_RESOURCE, **responses}, list(parameters), **more)


def _json_request(properties: Node, required: list[str]) -> Node:
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


_SLOW: Final = {"tag": "Slow", "responses": problem(503, "Asked too soon. When to come back is not said.")}
_LAB_BODY: Final = {
    **problem(413, "The body is too long."),
    **problem(415, "The body is not JSON."),
}

OPERATIONS: Final[dict[str, Operation]] = {
    "home.home": Operation("A page for people.", {"200": {"description": "The page.", "content": page("HTML")}}),
    "home.health": Operation("What this program is.", json_body("Name and version.", OBJECT)),
    "openapi.document": Operation("This document.", json_body("OpenAPI 3.1.", OBJECT)),
    "openapi.page": Operation(
        "This document as a page.", {"200": {"description": "The page.", "content": page("HTML")}}
    ),
    "nasa.random_resource": _resource("A random resource.", TYPE),
    "nasa.named_resource": _resource("One resource.", NAME),
    "slow_nasa.random_resource": _resource("A random resource, if you do not ask too often.", TYPE, **_SLOW),
    "slow_nasa.named_resource": _resource("One resource, if you do not ask too often.", NAME, **_SLOW),
    "slow.rules": Operation("Every rule and its parameters.", json_body("The rules.", OBJECT), tag="Rules"),
    "broken.faults": Operation("Every fault.", json_body("The faults.", OBJECT), tag="Faults"),
    "puzzle.new_puzzle": Operation(
        "Hide a rule.",
        {**json_body("Where it is hidden.", OBJECT, "201"), **_LAB_BODY},
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
        TYPE,
        API_KEY,
        headers=LIMIT_HEADERS,
        responses={**REFUSED, **NO_PUZZLE},
        tag="Puzzles",
    ),
    "puzzle.about": Operation(
        "How you stand with a puzzle; the truth, once you have guessed.",
        {
            "200": {
                "description": "Your standing, as JSON or a page.",
                "content": {"application/json": {"schema": OBJECT}, **page("HTML")},
            },
            **NO_PUZZLE,
        },
        [PUZZLE, API_KEY],
        tag="Puzzles",
    ),
    "puzzle.guess": Operation(
        "Commit a guess, once; then the truth is told and scored.",
        {
            "200": {
                "description": "The truth and the score, as JSON or a page.",
                "content": {"application/json": {"schema": OBJECT}, **page("HTML")},
            },
            **NO_PUZZLE,
            **problem(409, "You have guessed already."),
            **_LAB_BODY,
        },
        [PUZZLE, API_KEY],
        body=_json_request(
            {"kind": {"enum": list(KINDS)}, "wait": {"type": "number", "minimum": 0, "maximum": LONGEST_WAIT}},
            ["kind", "wait"],
        ),
        tag="Puzzles",
    ),
    "teacher.view": Operation(
        "The true state of every rule in use, live.",
        {"200": {"description": "The page.", "content": page("HTML")}, **THIS_MACHINE},
        tag="Teacher",
    ),
    "teacher.rows": Operation(
        "The part of that page that changes.",
        {"200": {"description": "A piece of HTML.", "content": page("HTML")}, **THIS_MACHINE},
        tag="Teacher",
    ),
    "teacher.state": Operation("The same as JSON.", {**json_body("The state.", OBJECT), **THIS_MACHINE}, tag="Teacher"),
    "teacher.reset": Operation(
        "Forget every request of everyone.",
        {
            **json_body("How much was forgotten.", OBJECT),
            "303": {
                "description": "Back to the page, for a browser.",
                "headers": headers("Location"),
                "content": page("HTML"),
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
        TYPE,
        API_KEY,
        headers=LIMIT_HEADERS,
        responses=REFUSED,
        tag="Rules",
    )


def _truth(name: str) -> Operation:
    return Operation(
        f"The truth about {name}: its curve and its steady waits.",
        {**json_body("The truth.", OBJECT), **NO_RESOURCE, **THIS_MACHINE},
        [*_arguments(name), *_stance()],
        tag="Teacher",
    )


def _broken(name: str) -> Operation:
    bounds = [
        query("seconds", "After which a stream ends.", {"type": "number", "minimum": 0, "maximum": LONGEST_STREAM}),
        query("bytes", "After which a stream ends.", {"type": "number", "minimum": 0, "maximum": MOST_BYTES}),
    ]
    status = "302" if name == "redirect-loop" else "200"
    answer = {status: {"description": "Not what it says it is.", "content": {"*/*": {}}}}
    return Operation(FAULTS[name].__doc__ or "", answer, bounds, tag="Faults")


def _arguments(name: str) -> list[Node]:
    """The parameters of a rule, and of the rule within it where that is not another one."""
    arguments = _of(LIMITERS[name])
    if name in COMPOUND:
        simple = [each for each in LIMITERS if each not in COMPOUND]
        arguments.append(query("rule", "The rule within it.", {"enum": simple}))
        arguments += _of(inner_rule(name), "rule.")
    return arguments


def _of(limiter: type[Limiter], prefix: str = "") -> list[Node]:
    return [
        query(f"{prefix}{each.name}", each.description, {"type": each.type, "default": each.default})
        for each in parameters_of(limiter).values()
    ]


def _stance() -> list[Node]:
    return [
        query("dialect", "How it states its limits.", {"enum": list(DIALECTS), "default": "none"}),
        query("status", "With which it refuses.", {"enum": list(STATUSES), "default": STATUSES[0]}),
        query("scope", "A state for each client, or one for all.", {"enum": list(SCOPES), "default": SCOPES[0]}),
    ]
