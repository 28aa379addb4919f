"""The examples under the public names say what is so."""

from __future__ import annotations

import doctest
import importlib

import pytest

from widgets.media import registry


@pytest.mark.parametrize("name", ["charset", "child", "registry", "sandbox", "sniff", "verdict", "view"])
def test_the_examples_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.viewer_of("text/plain")  # loads the viewers, which an example that comes first would load for itself alone
    for known in ("_renderers", "_kinds", "_offers"):  # What an example registers is not kept.
        monkeypatch.setattr(registry, known, dict(getattr(registry, known)))
    found = doctest.testmod(importlib.import_module(f"widgets.media.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
