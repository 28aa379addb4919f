"""The log of requests."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from server import create_app

if TYPE_CHECKING:
    import pytest


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.getMessage()) for record in caplog.records if record.name == "server.requests"]


def test_each_request_is_one_line_of_json(caplog: pytest.LogCaptureFixture) -> None:
    client = create_app().test_client()
    with caplog.at_level(logging.INFO, "server.requests"):
        client.get("/NASA/planets.csv?latency=0.02").close()
        client.get("/nowhere")
        client.post("/NASA")
    csv, nowhere, wrong = lines(caplog)
    assert (csv["method"], csv["path"], csv["status"], csv["bytes"]) == (
        "GET",
        "/NASA/planets.csv?latency=0.02",
        200,
        373,
    )
    assert csv["ms"] >= 20
    assert (nowhere["status"], wrong["status"]) == (404, 405)


def test_a_client_can_write_nothing_but_its_own_line(caplog: pytest.LogCaptureFixture) -> None:
    client = create_app().test_client()
    with caplog.at_level(logging.INFO, "server.requests"):
        client.get("/NASA/%0A%7B%22status%22:200%7D%1b[2J?" + "x" * 5000, headers={"X-API-Key": "secret"})
    (record,) = (record for record in caplog.records if record.name == "server.requests")
    message = record.getMessage()
    assert "\n" not in message
    assert "\x1b" not in message
    assert "secret" not in message
    assert len(message) < 1000


def test_keys_are_told_apart_without_being_told(caplog: pytest.LogCaptureFixture) -> None:
    client = create_app().test_client()
    with caplog.at_level(logging.INFO, "server.requests"):
        for key in ("ann", "bob", "ann"):
            client.get("/health", headers={"X-API-Key": key})
    first, second, third = (line["key"] for line in lines(caplog))
    assert first == third != second


def test_nothing_is_written_where_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        create_app().test_client().get("/health")
    assert caplog.records == []
