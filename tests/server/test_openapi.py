"""The OpenAPI document, and the service held to it by schemathesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server import create_app
from server.headers import DIALECTS
from server.limiters import LIMITERS
from server.openapi import operations
from server.operations import OPERATIONS, by_name
from tests.server.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

# What requests cannot read, has no type, or drips: tests of their own look at these.
UNREADABLE = {f"/broken/{fault}" for fault in ("truncated", "wrong-encoding", "missing-type", "dripping")}
PATHS = [(path, method) for path, method, _ in operations(create_app()) if path not in UNREADABLE]
EXAMPLES = [10, pytest.param(38, marks=pytest.mark.long)]
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_every_route_is_described_and_every_description_is_of_a_route() -> None:
    endpoints = {rule.endpoint for rule in create_app().url_map.iter_rules()}
    assert endpoints == set(OPERATIONS) | set(by_name())


def test_the_document_is_openapi_3_1_with_every_rule_and_its_parameters(base: str) -> None:
    document = requests.get(f"{base}/openapi.json", timeout=20).json()
    assert document["openapi"] == "3.1.0"
    assert {f"/slow/{name}" for name in LIMITERS} <= set(document["paths"])
    bucket = document["paths"]["/slow/token-bucket"]["get"]
    parameters = {each["name"]: each["schema"] for each in bucket["parameters"]}
    assert parameters["rate"] == {"type": "number", "default": 0.5}
    assert parameters["dialect"]["enum"] == list(DIALECTS)
    assert {"200", "206", "304", "403", "429", "503"} <= set(bucket["responses"])
    assert "Retry-After" in bucket["responses"]["429"]["headers"]
    assert "rule.limit" in {each["name"] for each in document["paths"]["/slow/shared"]["get"]["parameters"]}


def test_the_page_shows_every_path(base: str) -> None:
    page = requests.get(f"{base}/docs", timeout=20)
    for path in requests.get(f"{base}/openapi.json", timeout=20).json()["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_without_the_teachers_view_it_is_not_described() -> None:
    document = create_app({"LAB": False}).test_client().get("/openapi.json").get_json()
    assert not [path for path in document["paths"] if path.startswith("/lab") and path != "/lab/puzzles"]


def map_query(_context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Answers that take their time are tested elsewhere."""
    for name in ("latency", "seconds"):
        if query and isinstance(query.get(name), int | float):
            query[name] = min(query[name], 0.001)
    return query


@pytest.fixture(scope="module")
def described() -> Iterator[Any]:
    # Every rule 10,000 times as fast: a queue's answer would else be held for seconds.
    with serving(create_app({"SEED": 1, "TIME_SCALE": 0.0001})) as url:
        schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
        schema.hook(map_query)
        yield schema


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize(("path", "method"), PATHS)
def test_whatever_is_asked_the_answer_is_documented_and_never_a_500(
    described: Any, path: str, method: str, examples: int
) -> None:
    operation = described[path][method]

    @given(st.one_of(operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)))
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        response = case.call()
        assert response.status_code != 500
        case.validate_response(response, checks=CHECKS)

    ask()
