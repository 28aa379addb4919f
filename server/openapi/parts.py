"""What several operations have in common: headers, answers, parameters. Each is plain OpenAPI 3.1."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

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
        {"type": "number", "minimum": 0, "maximum": 10},
    ),
    query(
        "latency_sigma",
        "Standard deviation of the latency's logarithm; 0 is always the same.",
        {"type": "number", "minimum": 0, "maximum": 3},
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
