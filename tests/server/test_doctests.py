"""The examples under the public names of the service run, and say what they show."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

import server
from server import embedded, limiters

MODULES = (
    "server",
    "server.embedded",
    "server.headers",
    "server.limiters.buckets",
    "server.limiters.clients",
    "server.limiters.compound",
    "server.limiters.concurrency",
    "server.limiters.contract",
    "server.limiters.gaps",
    "server.limiters.windows",
)
SHOWN = (
    server.create_app,
    server.running,
    limiters.Decision,
    limiters.Clients,
    *limiters.LIMITERS.values(),
)


@pytest.fixture(autouse=True)
def _nothing_found_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_found", None)


@pytest.mark.parametrize("name", MODULES)
def test_examples_say_what_happens(name: str) -> None:
    results = doctest.testmod(import_module(name))
    assert (results.failed, results.attempted > 0) == (0, True)


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.__name__)
def test_public_name_has_an_example(shown: object) -> None:
    assert ">>> " in (shown.__doc__ or "")
